//! The table of a tile of hidden units: l₊ − l₋ for every slot, by the cubics of [`super::coefficients`].
//!
//! A row is one cache line. The table of a batch of MNIST takes 430 KB, so it stays in the L2 cache until it has been
//! added up.

use super::coefficients::LogSeries;
use crate::gradients::input_sums::Source;
use crate::kernels::matrix::Tile;
use crate::samples::by_input::SlotsByInput;
use crate::simd::{F64x2, LANES};

/// Most vectors of a tile: the three coefficients of four vectors, and what is computed from them, fill the registers.
pub const TILE: usize = 4;

/// l₊ − l₋ of one slot for the units of a tile: what each entry of the slot adds to its weights.
#[derive(Clone, Copy, Debug, Default)]
#[repr(align(64))]
pub struct Row(pub [f64; TILE * LANES]);

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
    u: f64,
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
        _ => fill_vectors::<TILE>(series, powers, cubics, rows),
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
