//! The central differences of W2 and b2.
//!
//! Moving w₂\[j, k\] by ±h moves logit k by d = ±h sⱼ and nothing else. For k ≠ t the softmax sum moves by
//! S = pₖ expm1(d). For k = t every other logit falls behind by d, so S = r expm1(−d) with r = Σ_{q≠t} p_q (not 1 − p_t,
//! which would cancel). The bias is the weight of a unit whose activation is 1.

use super::coefficients::{LogSeries, TAU};
use super::direct::Sample;
use crate::memory::zeros;
use crate::simd::{F64x2, LANES};
use crate::two_layer::Dimensions;
use alloc::vec::Vec;

/// The sums over the samples, and room for the expm1 of one sample.
pub struct SecondLayer {
    /// Sums of l₊ − l₋, [output_size, hidden_stride].
    pub sums: Vec<f64>,
    /// κ expm1(h sⱼ) of a sample's units.
    up: Vec<f64>,
    /// κ expm1(−h sⱼ) of a sample's units.
    down: Vec<f64>,
}

/// Whether the series of [`SecondLayer::add_by_series`] are certified: as in [`super::coefficients`], with |d| ≤ h and
/// |b| = p ≤ 1.
pub fn certified(h: f64) -> bool {
    h <= TAU
}

impl SecondLayer {
    /// Room for a network.
    pub fn new(dims: Dimensions) -> Self {
        let stride = dims.hidden_stride();
        Self { sums: zeros(dims.output_size * stride), up: zeros(stride), down: zeros(stride) }
    }

    /// Adds l₊ − l₋ of one sample for all units and classes.
    ///
    /// expm1(±d) = ½d² ± (d + d³/6); the logarithm by its first three terms, l = S'(α + S'(β + S')) with S' = κ S.
    pub fn add_by_series(&mut self, series: &LogSeries, h: f64, probs: &[f64], hidden: &[f64]) {
        // κ expm1(±h sⱼ) for all units.
        let (up, down) = (self.up.as_chunks_mut::<LANES>().0, self.down.as_chunks_mut::<LANES>().0);
        let hidden = hidden.as_chunks::<LANES>().0;
        for ((s, up), down) in hidden.iter().zip(up.iter_mut()).zip(down.iter_mut()) {
            let d = h * F64x2::load(s);
            let d2 = d * d;
            let (even, odd) = (0.5 * d2, d + (1.0 / 6.0) * (d * d2));
            (series.kappa * (even + odd)).store(up);
            (series.kappa * (even - odd)).store(down);
        }
        // For each class, l₊ − l₋ of all units.
        let LogSeries { label, .. } = *series;
        let loss = |sum: F64x2| sum * (series.alpha + sum * (series.beta + sum));
        let others: f64 = (0..probs.len()).filter(|k| *k != label).map(|k| probs[k]).sum();
        for (k, sums) in self.sums.chunks_exact_mut(hidden.len() * LANES).enumerate() {
            // If the label's own logit moves, all others move the other way.
            let (p, plus, minus) = if k == label { (others, &*down, &*up) } else { (probs[k], &*up, &*down) };
            for ((sum, plus), minus) in sums.as_chunks_mut::<LANES>().0.iter_mut().zip(plus).zip(minus) {
                let change = loss(p * F64x2::load(plus)) - loss(p * F64x2::load(minus));
                (F64x2::load(sum) + change).store(sum);
            }
        }
    }

    /// The same without series, for any h and any target.
    pub fn add_directly(&mut self, sample: &Sample, h: f64, hidden: &[f64], units: usize, scratch: &mut [f64]) {
        for (j, s) in hidden[..units].iter().enumerate() {
            for moved in 0..sample.probs.len() {
                let own = |k: usize, d: f64| if k == moved { d } else { 0.0 };
                let mut change = |d: f64| sample.loss_change(&|k, r| own(k, d) - own(r, d), scratch);
                self.sums[moved * hidden.len() + j] += change(h * s) - change(-(h * s));
            }
        }
    }
}
