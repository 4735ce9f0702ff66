//! The table of a tile of hidden units: l₊ − l₋ for every slot, by the cubics of [`super::coefficients`] or by the
//! polynomials of [`super::series`].
//!
//! A row is one cache line. The table of a batch of MNIST takes 430 KB, so it stays in the L2 cache until it has been
//! added up.

use super::coefficients::LogSeries;
use super::series::UnitSeries;
use crate::gradients::input_sums::Source;
use crate::kernels::matrix::Tile;
use crate::samples::by_input::SlotsByInput;
use crate::simd::{F64x2, LANES};

/// Most vectors of a tile: the three coefficients of four vectors, and what is computed from them, fill the registers.
pub const TABLE_TILE: usize = 4;

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

    fn add_last(&self, input: usize, tile: Tile, sum: f64) -> f64 {
        self.slots.of(input).iter().fold(sum, |sum, slot| sum + self.rows[*slot as usize].0[tile.width - 1])
    }
}

/// u = h x of a slot, its square and its cube, which [`fill`] only loads: they are the same for every tile.
#[derive(Clone, Copy, Debug, Default)]
pub struct Powers {
    /// u.
    pub u: f64,
    u2: f64,
    u3: f64,
}

impl Powers {
    /// The powers of u.
    #[inline]
    pub fn new(u: f64) -> Self {
        let u2 = u * u;
        Self { u, u2, u3: u2 * u }
    }
}

/// Fills the rows of a sample's slots for the units of a tile, given the κ A₁, κ A₂, κ A₃ of these units.
///
/// First both perturbed softmax sums, S'± = κ(±(A₁u + A₃u³) + A₂u²), then both perturbed losses,
/// l± = S'±(α + S'±(β + S'±)), then their difference: 15 operations for a vector of units.
pub fn fill(series: &LogSeries, powers: &[Powers], cubics: [&[f64]; 3], tile: Tile, rows: &mut [Row]) {
    match tile.width.div_ceil(LANES) {
        1 => fill_vectors::<1>(series, powers, cubics, rows),
        2 => fill_vectors::<2>(series, powers, cubics, rows),
        3 => fill_vectors::<3>(series, powers, cubics, rows),
        _ => fill_vectors::<TABLE_TILE>(series, powers, cubics, rows),
    }
}

#[inline(never)]
fn fill_vectors<const T: usize>(series: &LogSeries, powers: &[Powers], [a1, a2, a3]: [&[f64]; 3], rows: &mut [Row]) {
    let vectors = |values: &[f64]| -> [F64x2; T] {
        let (lanes, _) = values[..T * LANES].as_chunks::<LANES>();
        core::array::from_fn(|v| F64x2::load(&lanes[v]))
    };
    let (a1, a2, a3) = (vectors(a1), vectors(a2), vectors(a3));
    let (alpha, beta) = (F64x2::splat(series.alpha), F64x2::splat(series.beta));
    for (power, row) in powers.iter().zip(rows) {
        let (u, u2, u3) = (F64x2::splat(power.u), F64x2::splat(power.u2), F64x2::splat(power.u3));
        let (row, _) = row.0.as_chunks_mut::<LANES>();
        for v in 0..T {
            let even = a2[v] * u2;
            let odd = a1[v] * u + a3[v] * u3;
            let (plus, minus) = (even + odd, even - odd);
            let loss_plus = plus * (alpha + plus * (beta + plus));
            let loss_minus = minus * (alpha + minus * (beta + minus));
            (loss_plus - loss_minus).store(&mut row[v]);
        }
    }
}

/// Polynomial in `$x` by Horner's rule, given its coefficients from the highest on.
macro_rules! horner {
    ($x:ident, $highest:expr $(, $next:expr)*) => {{
        let value = $highest;
        $(let value = value * $x + $next;)*
        value
    }};
}

/// A function that fills two vectors of some rows by polynomials of one degree.
///
/// A loop over the coefficients would be half as fast, because they would not stay in registers.
macro_rules! define_fill {
    ($name:ident, $highest:literal, odd [$($odd:literal),*], even [$($even:literal),*], loss [$($loss:literal),*]) => {
        /// x₊ and x₋ from the odd and the even part of x(u), then l(x₊) and l(x₋), then their difference.
        #[inline(never)]
        fn $name(series: [&UnitSeries; 2], first: usize, powers: &[Powers], places: &[u32], rows: &mut [Row]) {
            for place in places {
                let Powers { u, u2, u3 } = powers[*place as usize];
                let (u, u2, u3) = (F64x2::splat(u), F64x2::splat(u2), F64x2::splat(u3));
                let row = rows[*place as usize].0.as_chunks_mut::<LANES>().0;
                for (v, UnitSeries { hidden, loss }) in series.into_iter().enumerate() {
                    let odd = u + horner!(u2, $(hidden[$odd - 1]),*) * u3;
                    let even = horner!(u2, $(hidden[$even - 1]),*) * u2;
                    let (plus, minus) = (even + odd, even - odd);
                    let loss_plus = horner!(plus, loss[$highest - 1] $(, loss[$loss - 1])*) * plus;
                    let loss_minus = horner!(minus, loss[$highest - 1] $(, loss[$loss - 1])*) * minus;
                    (loss_plus - loss_minus).store(&mut row[(first & 2) + v]);
                }
            }
        }
    };
}

define_fill!(fill_degree_3, 3, odd [3], even [2], loss [2, 1]);
define_fill!(fill_degree_5, 5, odd [5, 3], even [4, 2], loss [4, 3, 2, 1]);
define_fill!(fill_degree_7, 7, odd [7, 5, 3], even [6, 4, 2], loss [6, 5, 4, 3, 2, 1]);
define_fill!(fill_degree_11, 11, odd [11, 9, 7, 5, 3], even [10, 8, 6, 4, 2], loss [10, 9, 8, 7, 6, 5, 4, 3, 2, 1]);

/// Fills the rows of some slots of a sample by polynomials of degree n, one of the degrees of the certificate.
///
/// Two vectors are filled at a time: their coefficients fill the registers, and their chains of operations overlap. The
/// last of an odd number of vectors is filled together with the next one, whose series may be any.
///
/// - `series`: those of the vectors of the tile.
/// - `powers`, `rows`: of all slots.
/// - `places`: which of them to fill.
#[inline(never)]
pub fn fill_series(
    n: usize,
    series: &[UnitSeries; TABLE_TILE],
    tile: Tile,
    powers: &[Powers],
    places: &[u32],
    rows: &mut [Row],
) {
    let fill = match n {
        3 => fill_degree_3,
        5 => fill_degree_5,
        7 => fill_degree_7,
        _ => fill_degree_11,
    };
    for first in (0..tile.width.div_ceil(LANES)).step_by(2) {
        fill([&series[first], &series[first + 1]], first, powers, places, rows);
    }
}
