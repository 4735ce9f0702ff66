//! The central differences of W2 and b2.
//!
//! Moving w₂\[j, k\] by ±h moves logit k by d = ±h sⱼ and nothing else. For k ≠ t the softmax sum moves by
//! S = pₖ expm1(d); for k = t every other logit falls behind by d, S = r expm1(−d) with r = Σ_{q≠t} p_q (not 1 − p_t, which
//! cancels). The bias is the unit whose activation is 1.

use super::coefficients::{LogSeries, TAU};
use super::direct::Sample;
use crate::simd::{F64x2, LANES};

/// Whether the series of [`add_by_series`] are certified: as in [`super::coefficients`], with |d| ≤ h and |b| = p ≤ 1.
pub fn certified(h: f64) -> bool {
    h <= TAU
}

/// Adds l₊ − l₋ of one sample for all units and classes to `sums`, [outputs, stride].
///
/// expm1(±d) = ½d² ± (d + d³/6), the logarithm by its first three terms.
pub fn add_by_series(series: &LogSeries, h: f64, probs: &[f64], label: usize, hidden: &[f64], sums: &mut [f64]) {
    let others: f64 = (0..probs.len()).filter(|k| *k != label).map(|k| probs[k]).sum();
    let (l1, l2, l3) = (F64x2::splat(series.l1), F64x2::splat(series.l2), F64x2::splat(series.l3));
    let (half, sixth, h) = (F64x2::splat(0.5), F64x2::splat(1.0 / 6.0), F64x2::splat(h));
    let loss = |sum: F64x2| sum * (l1 + sum * (l2 + sum * l3));
    let stride = hidden.len();
    for (v, s) in hidden.as_chunks::<LANES>().0.iter().enumerate() {
        let d = h * F64x2::load(s);
        let d2 = d * d;
        let (even, odd) = (d2 * half, d + d * d2 * sixth);
        let (up, down) = (even + odd, even - odd);
        for k in 0..probs.len() {
            let (p, up, down) = if k == label { (others, down, up) } else { (probs[k], up, down) };
            let p = F64x2::splat(p);
            let out = &mut sums[k * stride + v * LANES..][..LANES].as_chunks_mut::<LANES>().0[0];
            (F64x2::load(out) + (loss(p * up) - loss(p * down))).store(out);
        }
    }
}

/// The same without series, for any h and any target.
pub fn add_directly(sample: &Sample, h: f64, hidden: &[f64], units: usize, scratch: &mut [f64], sums: &mut [f64]) {
    for (j, s) in hidden[..units].iter().enumerate() {
        for moved in 0..sample.probs.len() {
            let own = |k: usize, d: f64| if k == moved { d } else { 0.0 };
            let mut change = |d: f64| sample.loss_change(|k, r| own(k, d) - own(r, d), scratch);
            sums[moved * hidden.len() + j] += change(h * s) - change(-(h * s));
        }
    }
}
