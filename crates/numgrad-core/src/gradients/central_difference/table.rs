//! The table of a tile of hidden units: l₊ − l₋ for every slot, by the cubics of [`super::coefficients`] or by the
//! polynomials of [`super::series`].
//!
//! A row is one cache line. The table of a batch of MNIST takes 430 KB, so it stays in the L2 cache until it has been
//! added up.

use super::coefficients::LogSeries;
use super::moves::Move;
use super::series::UnitSeries;
use crate::gradients::input_sums::{Source, Sum, sum_last, sum_vectors};
use crate::kernels::matrix::{Tile, with_width};
use crate::samples::by_input::SlotsByInput;
use crate::simd::{F64x2, LANES};
use core::ops::Range;

/// Most vectors of a tile: those of a cache line.
pub const TABLE_TILE: usize = 4;

/// Vectors of the second widest tiles.
const HALF_TABLE_TILE: usize = TABLE_TILE / 2;

/// The tiles of some neighbouring columns: as many as possible of four vectors, then of two, then of one, then the last of an
/// odd number of columns.
pub fn table_tiles(columns: Range<usize>) -> impl Iterator<Item = Tile> {
    let Range { start: mut column, end } = columns;
    core::iter::from_fn(move || {
        let rest = end - column;
        let width = [TABLE_TILE * LANES, HALF_TABLE_TILE * LANES, LANES, 1].into_iter().find(|width| *width <= rest)?;
        column += width;
        Some(Tile { column: column - width, width })
    })
}

/// l₊ − l₋ of one slot for the units of a tile: what each entry of the slot adds to its weights.
#[derive(Clone, Copy, Debug, Default)]
#[repr(align(64))]
pub struct Row(pub [f64; TABLE_TILE * LANES]);

/// The table of a batch, with the slots of the entries of each input.
pub struct Table<'a> {
    /// Slots of the entries.
    pub slots: SlotsByInput<'a>,
    /// A row for each slot.
    pub rows: &'a [Row],
}

impl Table<'_> {
    /// The sums of a tile of the first layer (see [`sum_vectors`]).
    pub fn add_up(&self, sum: Sum, tile: Tile, grads: &mut [f64], cols: usize) {
        let Tile { column, width } = tile;
        with_width!(width, [1 2; 4],
            T => sum_vectors::<T, _>(self, sum, column, grads, cols),
            1 => sum_last(self, sum, column, grads, cols)
        );
    }
}

impl Source for Table<'_> {
    #[inline(always)]
    fn add<const T: usize>(&self, input: usize, _: usize, sums: &mut [F64x2; T]) {
        for &slot in self.slots.of(input) {
            let (values, _) = self.rows[slot as usize].0.as_chunks::<LANES>();
            for (sum, value) in sums.iter_mut().zip(values) {
                *sum += F64x2::load(value);
            }
        }
    }

    fn add_last(&self, input: usize, _: usize, sum: f64) -> f64 {
        self.slots.of(input).iter().fold(sum, |sum, slot| sum + self.rows[*slot as usize].0[0])
    }
}

/// Fills the rows of a sample's slots for the units of a tile, given the κ A₁, κ A₂, κ A₃ of these units.
///
/// First both perturbed softmax sums, S'± = κ(±(A₁u + A₃u³) + A₂u²), then both perturbed losses,
/// l± = S'±(α + S'±(β + S'±)), then their difference: 15 operations for a vector of units.
pub fn fill(series: &LogSeries, cubics: [&[f64]; 3], moves: &[Move], tile: Tile, rows: &mut [Row]) {
    let (alpha, beta) = (F64x2::splat(series.alpha), F64x2::splat(series.beta));
    let loss = |[even, odd]: [F64x2; 2]| {
        let (plus, minus) = (even + odd, even - odd);
        plus * (alpha + plus * (beta + plus)) - minus * (alpha + minus * (beta + minus))
    };
    fill_pairs(cubics, moves, tile, rows, |[a1, a2, a3], [u, u2, u3]| loss([a2 * u2, a1 * u + a3 * u3]));
}

/// Fills the rows of a sample's slots for the units of a tile, given s, a, λ₁, λ₂, λ₃ of these units.
///
/// First both perturbed activations, x± = ±(u + γ₃u³) + γ₂u², then both perturbed losses, then their difference.
pub fn fill_any(numbers: [&[f64]; 5], moves: &[Move], tile: Tile, rows: &mut [Row]) {
    fill_pairs(numbers, moves, tile, rows, |[s, a, l1, l2, l3], [u, u2, u3]| {
        let (gamma2, gamma3) = (0.5 - s, (1.0 / 6.0) - a);
        let (even, odd) = (gamma2 * u2, u + gamma3 * u3);
        let (plus, minus) = (even + odd, even - odd);
        plus * (l1 + plus * (l2 + plus * l3)) - minus * (l1 + minus * (l2 + minus * l3))
    });
}

/// Fills two vectors of a tile at a time: more would not fit into the registers.
#[inline(always)]
fn fill_pairs<const N: usize>(
    numbers: [&[f64]; N],
    moves: &[Move],
    tile: Tile,
    rows: &mut [Row],
    difference: impl Fn([F64x2; N], [F64x2; 3]) -> F64x2 + Copy,
) {
    let numbers = numbers.map(|values| values.as_chunks::<LANES>().0);
    let vectors = tile.width.div_ceil(LANES);
    for first in (0..vectors).step_by(2) {
        if first + 1 < vectors {
            fill_vectors::<2, N>(numbers, moves, first, rows, difference);
        } else {
            fill_vectors::<1, N>(numbers, moves, first, rows, difference);
        }
    }
}

#[inline(always)]
fn fill_vectors<const T: usize, const N: usize>(
    numbers: [&[[f64; LANES]]; N],
    moves: &[Move],
    first: usize,
    rows: &mut [Row],
    difference: impl Fn([F64x2; N], [F64x2; 3]) -> F64x2,
) {
    let numbers: [[F64x2; N]; T] = core::array::from_fn(|v| numbers.map(|values| F64x2::load(&values[first + v])));
    for (powers, row) in moves.iter().zip(rows) {
        let (u, u2, u3) = (F64x2::splat(powers.first), F64x2::splat(powers.second), F64x2::splat(powers.third));
        let (row, _) = row.0.as_chunks_mut::<LANES>();
        for v in 0..T {
            difference(numbers[v], [u, u2, u3]).store(&mut row[(first & 2) + v]);
        }
    }
}

/// A function that fills a vector of some rows by polynomials of one degree, given 1 / (1 + t) as a function of t.
///
/// A loop over the coefficients would be half as fast, because they would not stay in registers.
macro_rules! define_fill {
    ($name:ident, $inverse:expr, [$highest:literal $(, $next:literal)*]) => {
        /// x₊ and x₋, then l(x₊) and l(x₋), then their difference.
        #[inline(never)]
        fn $name(series: &UnitSeries, vector: usize, moves: &[Move], places: &[u32], rows: &mut [Row]) {
            for place in places {
                let Move { first, second, third } = moves[*place as usize];
                let (plus, minus, sum) = (F64x2::splat(first), F64x2::splat(second), F64x2::splat(third));
                let row = rows[*place as usize].0.as_chunks_mut::<LANES>().0;
                let UnitSeries { hidden, slope, loss } = series;
                let inverse = $inverse;
                let (common, factor) = (*hidden * sum, inverse(*slope * sum));
                let (plus, minus) = ((plus - common) * factor, (minus - common) * factor);
                let (mut loss_plus, mut loss_minus) = (loss[$highest - 1], loss[$highest - 1]);
                $(
                    loss_plus = loss_plus * plus + loss[$next - 1];
                    loss_minus = loss_minus * minus + loss[$next - 1];
                )*
                (loss_plus * plus - loss_minus * minus).store(&mut row[vector]);
            }
        }
    };
}

// For the moves of degree 3, t is at most 6.3e-6, so t³ is a unit in the last place.
define_fill!(fill_degree_3, |t: F64x2| 1.0 - t * (1.0 - t), [3, 2, 1]);
define_fill!(fill_degree_5, |t: F64x2| 1.0 / (1.0 + t), [5, 4, 3, 2, 1]);
define_fill!(fill_degree_7, |t: F64x2| 1.0 / (1.0 + t), [7, 6, 5, 4, 3, 2, 1]);
define_fill!(fill_degree_11, |t: F64x2| 1.0 / (1.0 + t), [11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1]);

/// Fills the rows of some slots of a sample by polynomials of degree n, one of the degrees of the certificate.
///
/// - `series`: those of the vectors of the tile.
/// - `moves`: the exponentials of all slots; `rows`: the rows of all slots.
/// - `places`: which of them to fill.
#[inline(never)]
pub fn fill_series(
    n: usize,
    series: &[UnitSeries; TABLE_TILE],
    tile: Tile,
    moves: &[Move],
    places: &[u32],
    rows: &mut [Row],
) {
    let fill = match n {
        3 => fill_degree_3,
        5 => fill_degree_5,
        7 => fill_degree_7,
        _ => fill_degree_11,
    };
    for (vector, series) in series[..tile.width.div_ceil(LANES)].iter().enumerate() {
        fill(series, vector, moves, places, rows);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tiles_cover_the_columns_in_order() {
        for cols in 0..100 {
            let mut next = 8;
            for tile in table_tiles(8..8 + cols) {
                assert_eq!(tile.column, next);
                next += tile.width;
            }
            assert_eq!(next, 8 + cols);
        }
        assert_eq!(table_tiles(0..59).map(|tile| tile.width).collect::<Vec<_>>(), [8, 8, 8, 8, 8, 8, 8, 2, 1]);
    }
}
