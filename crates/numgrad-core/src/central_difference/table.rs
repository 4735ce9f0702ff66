//! l₊ − l₋ for every slot of a sample and a tile of hidden units, by the cubics of [`super::coefficients`].

use super::coefficients::LogSeries;
use crate::input_sums::TILE_COLUMNS;
use crate::simd::{F64x2, LANES};

/// The three powers of u = h x of each slot, so that the loop below only loads and spreads them.
#[derive(Clone, Copy, Debug, Default)]
pub struct Powers {
    u: f64,
    u2: f64,
    u3: f64,
}

impl Powers {
    /// u, u², u³.
    #[inline]
    pub fn new(u: f64) -> Self {
        let u2 = u * u;
        Self { u, u2, u3: u2 * u }
    }
}

/// Fills the rows of a sample's slots in `table`, for `T` vectors of units whose κ A₁, κ A₂, κ A₃ are given.
///
/// Both perturbed softmax sums, S'± = ±(A₁u + A₃u³) + A₂u², then both perturbed losses, l± = S'±(α + S'±(β + S'±)),
/// then their difference: 15 operations for a vector of units.
#[inline(always)]
pub fn fill<const T: usize>(series: &LogSeries, powers: &[Powers], [a1, a2, a3]: [&[f64]; 3], table: &mut [f64]) {
    let vectors = |values: &[f64]| -> [F64x2; T] {
        let (lanes, _) = values[..T * LANES].as_chunks::<LANES>();
        core::array::from_fn(|v| F64x2::load(&lanes[v]))
    };
    let (a1, a2, a3) = (vectors(a1), vectors(a2), vectors(a3));
    let (alpha, beta) = (F64x2::splat(series.alpha), F64x2::splat(series.beta));
    for (power, row) in powers.iter().zip(table.chunks_exact_mut(TILE_COLUMNS)) {
        let (u, u2, u3) = (F64x2::splat(power.u), F64x2::splat(power.u2), F64x2::splat(power.u3));
        let (row, _) = row.as_chunks_mut::<LANES>();
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
