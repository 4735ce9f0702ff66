//! The central differences of W2 and b2.
//!
//! Moving w₂\[j, k\] by ±h moves logit k by d = ±h sⱼ and nothing else. The bias is the weight of a unit whose activation
//! is 1. There are three ways:
//!
//! **For a label t and a small h**, the cubic of the logarithm of [`super::coefficients`]. For k ≠ t the softmax sum moves
//! by S = pₖ expm1(d). For k = t every other logit falls behind by d, so S = r expm1(−d) with r = Σ_{q≠t} p_q (not
//! 1 − p_t, which would cancel).
//!
//! **For any target, and h up to 0.047**, a polynomial in E = expm1(d). The softmax sum moves by S = pₖ E. With
//! V = E / (1 + pₖ E), probability k moves by pₖ rₖ V, where rₖ = Σ_{q≠k} p_q, and each other p_q by −p_q pₖ V. So the
//! loss of the sample moves by
//!
//! ```text
//! l = −tₖ log1p(cₖ rₖ V) − Σ_{q≠k} t_q log1p(−c_q pₖ V) = Σₘ gₘ Vᵐ
//! gₘ = (pₖᵐ Σ_{q≠k} t_q c_qᵐ + (−1)ᵐ tₖ (cₖ rₖ)ᵐ) / m
//! ```
//!
//! in which g₁ is vₖ of [`super::series`]. Horner's rule with series turns this into powers of E, which takes O(n² K)
//! operations for each sample, before its units. Powers beyond degree n are left out. What they would add is at most what
//! [`super::certificate`] allows for |u| = h and b = 1: in E the logarithms are those of 1 + (pₖ + cₖ rₖ) E,
//! 1 + pₖ (1 − c_q) E and 1 + pₖ E, so coefficient m is at most (tₖ + pₖ Σ_{q≠k} t_q) / m, and 1/m is less than ηₘ. Both
//! expm1(d) and expm1(−d) are formed, then both losses, then their difference.
//!
//! **For what no degree is certified for**, the formulas without series.

use super::certificate::{HIGHEST, certified_degree};
use super::coefficients::LogSeries;
use super::direct::{LARGE_SHIFT, Sample};
use super::direct_lanes::LaneSample;
use super::moves::{SMALL_MOVE, small_exponentials};
use super::series::INVERSES;
use crate::elementary::expm1_lanes;
use crate::memory::zeros;
use crate::simd::{F64x2, LANES};
use crate::two_layer::Dimensions;
use alloc::vec::Vec;

/// Number of sums over other classes.
const SUMS: usize = HIGHEST + 1;

/// The sums over the samples, and room for what is computed of one sample.
pub struct SecondLayer {
    /// Sums of l₊ − l₋, \[output_size, length of `hidden`\].
    pub sums: Vec<f64>,
    /// expm1(h sⱼ) of a sample's units, for the cubic times κ.
    up: Vec<f64>,
    /// expm1(−h sⱼ) of a sample's units, for the cubic times κ.
    down: Vec<f64>,
    /// For each class k, sums over other classes: of t_q c_qᵐ over those before k, then of p_q over all. The shape is
    /// [output_size, SUMS].
    others: Vec<f64>,
}

impl SecondLayer {
    /// Memory for a network.
    pub fn new(dims: Dimensions) -> Self {
        let (stride, classes) = (dims.hidden_stride(), dims.output_size);
        Self { sums: zeros(classes * stride), up: zeros(stride), down: zeros(stride), others: zeros(SUMS * classes) }
    }

    /// Adds l₊ − l₋ of one sample for all units and classes, if the cubics are certified for |u| = h and b = 1.
    ///
    /// expm1(±d) = ½d² ± (d + d³/6); the logarithm by its first three terms, l = S'(α + S'(β + S')) with S' = κ S.
    pub fn add_by_cubic(&mut self, series: &LogSeries, h: f64, probs: &[f64], hidden: &[f64]) {
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
        for (k, sums) in self.sums.chunks_exact_mut(hidden.len() * LANES).take(probs.len()).enumerate() {
            // If the label's own logit moves, all others move the other way.
            let (p, plus, minus) = if k == label { (others, &*down, &*up) } else { (probs[k], &*up, &*down) };
            for ((sum, plus), minus) in sums.as_chunks_mut::<LANES>().0.iter_mut().zip(plus).zip(minus) {
                let change = loss(p * F64x2::load(plus)) - loss(p * F64x2::load(minus));
                (F64x2::load(sum) + change).store(sum);
            }
        }
    }

    /// The same for any target and h.
    ///
    /// - `hidden`: the activations of neighbouring units, whole vectors.
    /// - `scratch`: two numbers for each class.
    pub fn add(&mut self, sample: &LaneSample, h: f64, hidden: &[f64], scratch: &mut [f64]) {
        self.take_others(sample.sample.probs);
        self.take_exps(h, hidden);
        match certified_degree(h, 1.0) {
            Some(n) => self.add_by_polynomial(n, sample, hidden.len()),
            None => self.add_directly(sample, h, hidden, scratch),
        }
    }

    /// expm1(±h sⱼ) of a sample's units.
    #[inline(never)]
    fn take_exps(&mut self, h: f64, hidden: &[f64]) {
        let exps = self.up.as_chunks_mut::<LANES>().0.iter_mut().zip(self.down.as_chunks_mut::<LANES>().0);
        for (s, (up, down)) in hidden.as_chunks::<LANES>().0.iter().zip(exps) {
            let d = h * F64x2::load(s);
            if h <= SMALL_MOVE {
                let [plus, minus, _] = small_exponentials(d);
                plus.store(up);
                minus.store(down);
            } else {
                let exp = expm1_lanes(d);
                exp.store(up);
                // expm1(−d) = −expm1(d) / (1 + expm1(d)), to about 2 ULP for d up to 200.
                (-exp / (1.0 + exp)).store(down);
            }
        }
    }

    /// Σ_{q≠k} p_q for each k, in two halves, from below and from above.
    fn take_others(&mut self, probs: &[f64]) {
        let others = self.others.as_chunks_mut::<SUMS>().0;
        let mut sum = 0.0;
        for (other, p) in others.iter_mut().zip(probs) {
            other[HIGHEST] = sum;
            sum += p;
        }
        let mut sum = 0.0;
        for (other, p) in others.iter_mut().zip(probs).rev() {
            other[HIGHEST] += sum;
            sum += p;
        }
    }

    /// By the polynomials in E of degree n, for `units` units.
    #[inline(never)]
    fn add_by_polynomial(&mut self, n: usize, sample: &LaneSample, units: usize) {
        let n = n.min(HIGHEST);
        let LaneSample { sample: Sample { probs, target, .. }, terms } = sample;
        // m gₘ of each class: first the sums over the classes before it, then over those behind it, then its own term.
        let mut sums = [0.0; HIGHEST];
        for (k, others) in self.others.as_chunks_mut::<SUMS>().0.iter_mut().enumerate() {
            others[..HIGHEST].copy_from_slice(&sums);
            add_powers(&mut sums[..n], target.weight(k), terms.certainties[k]);
        }
        sums = [0.0; HIGHEST];
        let classes = self
            .others
            .as_chunks::<SUMS>()
            .0
            .iter()
            .zip(self.sums[..probs.len() * units].chunks_exact_mut(units))
            .enumerate();
        for (k, (others, out)) in classes.rev() {
            let (p, t, c) = (probs[k], target.weight(k), terms.certainties[k]);
            let (mut power, mut own_power) = (1.0, t);
            let mut polynomial = [0.0; HIGHEST];
            for m in 0..n {
                power *= p;
                own_power *= -(c * others[HIGHEST]);
                polynomial[m] = INVERSES[m + 1] * (power * (others[m] + sums[m]) + own_power);
            }
            polynomial[0] = terms.derivatives[k];
            substitute(p, &mut polynomial[..n]);
            add_powers(&mut sums[..n], t, c);
            let (up, down) = (self.up.as_chunks::<LANES>().0, self.down.as_chunks::<LANES>().0);
            let out = out.as_chunks_mut::<LANES>().0;
            // A loop over the coefficients would be half as fast, because they would not stay in registers.
            match n {
                3 => add_differences::<3>(&polynomial, up, down, out),
                5 => add_differences::<5>(&polynomial, up, down, out),
                7 => add_differences::<7>(&polynomial, up, down, out),
                _ => add_differences::<HIGHEST>(&polynomial, up, down, out),
            }
        }
    }

    /// Without series.
    #[inline(never)]
    fn add_directly(&mut self, sample: &LaneSample, h: f64, hidden: &[f64], scratch: &mut [f64]) {
        let units = hidden.as_chunks::<LANES>().0;
        let classes = self.others.as_chunks::<SUMS>().0.iter().zip(self.sums.chunks_exact_mut(hidden.len()));
        for (k, (others, sums)) in classes.enumerate() {
            let exps = self.up.as_chunks::<LANES>().0.iter().zip(self.down.as_chunks::<LANES>().0);
            for ((sum, units), (up, down)) in sums.as_chunks_mut::<LANES>().0.iter_mut().zip(units).zip(exps) {
                let mut difference = F64x2::splat(0.0);
                for exp in [down, up] {
                    let change = sample.logit_change(k, others[HIGHEST], F64x2::load(exp), scratch);
                    difference = change.unwrap_or(F64x2::splat(f64::NAN)) - difference;
                }
                // NaN, if one of the two needs the other formulas.
                let [first, second] = difference.to_array();
                if h > LARGE_SHIFT || !(first - second).is_finite() {
                    difference = differences_apart(&sample.sample, k, h, *units, scratch);
                }
                (F64x2::load(sum) + difference).store(sum);
            }
        }
    }
}

/// Adds l(E₊) − l(E₋) for each vector, given the coefficients of l from the first power on.
#[inline(never)]
fn add_differences<const N: usize>(
    polynomial: &[f64; HIGHEST],
    up: &[[f64; LANES]],
    down: &[[f64; LANES]],
    out: &mut [[f64; LANES]],
) {
    let coefficients: [F64x2; N] = core::array::from_fn(|m| F64x2::splat(polynomial[m]));
    for ((sum, up), down) in out.iter_mut().zip(up).zip(down) {
        let (up, down) = (F64x2::load(up), F64x2::load(down));
        let (mut loss_up, mut loss_down) = (coefficients[N - 1], coefficients[N - 1]);
        for m in (0..N - 1).rev() {
            loss_up = loss_up * up + coefficients[m];
            loss_down = loss_down * down + coefficients[m];
        }
        (F64x2::load(sum) + (loss_up * up - loss_down * down)).store(sum);
    }
}

/// Adds t cᵐ to the sum of each power m.
fn add_powers(sums: &mut [f64], target: f64, certainty: f64) {
    let mut power = target;
    for sum in sums {
        power *= certainty;
        *sum += power;
    }
}

/// Turns the coefficients of a polynomial in V = E / (1 + p E), from the first power on, into those of powers of E.
///
/// Horner's rule: each coefficient is added to the series of the higher ones, which is then multiplied with V. The
/// product with E moves the coefficients by one place, and the quotient by 1 + p E is qᵢ = aᵢ − p qᵢ₋₁.
fn substitute(p: f64, polynomial: &mut [f64]) {
    for first in (0..polynomial.len()).rev() {
        let mut before = 0.0;
        for value in &mut polynomial[first..] {
            *value -= p * before;
            before = *value;
        }
    }
}

/// l₊ − l₋ of two units by the formulas for one.
#[inline(never)]
fn differences_apart(sample: &Sample, moved: usize, h: f64, hidden: [f64; LANES], scratch: &mut [f64]) -> F64x2 {
    let own = |k: usize, d: f64| if k == moved { d } else { 0.0 };
    let mut differences = [0.0; LANES];
    for (difference, s) in differences.iter_mut().zip(hidden) {
        for d in [-(h * s), h * s] {
            *difference = sample.loss_change(&|k, r| own(k, d) - own(r, d), scratch) - *difference;
        }
    }
    F64x2::load(&differences)
}

#[cfg(test)]
mod tests {
    use super::super::series::ClassTerms;
    use super::*;
    use crate::samples::targets::Target;
    use crate::testing::Xorshift;

    const UNITS: usize = 6;

    /// The largest error of the sums of a random sample against the formulas for one unit, relative to
    /// 2 |d| (2 Σ tₖ pₖ + tₖ), the size of the terms of g₁.
    fn error(random: &mut Xorshift, h: f64, soft: bool, spread: f64, directly: bool) -> f64 {
        let classes = 1 + (random.uniform() * 10.0) as usize;
        let logits: Vec<f64> = (0..classes).map(|_| spread * random.centred()).collect();
        let mut probs = logits.clone();
        crate::kernels::softmax::softmax_in_place(&mut probs);
        let rows: Vec<f64> = (0..classes).map(|_| (3.0 * random.uniform() - 1.0).max(0.0)).collect();
        let label = (random.uniform() * classes as f64) as usize;
        let target = if soft { Target::Soft(&rows) } else { Target::Label(label) };
        let (mut derivatives, mut certainties) = (vec![0.0; classes], vec![0.0; classes]);
        let sample = Sample { logits: &logits, probs: &probs, target };
        let terms = ClassTerms::take(&sample, &mut derivatives, &mut certainties);
        let sample = LaneSample { sample, terms };
        let hidden: [f64; UNITS] = core::array::from_fn(|j| if j + 1 < UNITS { random.uniform() } else { 1.0 });
        let dims = Dimensions { input_size: 1, hidden_size: UNITS - 1, output_size: classes };
        let (mut layer, mut scratch) = (SecondLayer::new(dims), vec![0.0; LANES * classes]);
        if directly {
            layer.take_others(&probs);
            layer.take_exps(h, &hidden);
            layer.add_directly(&sample, h, &hidden, &mut scratch);
        } else {
            layer.add(&sample, h, &hidden, &mut scratch);
        }
        let total: f64 = (0..classes).map(|k| target.weight(k)).sum();
        let mut worst: f64 = 0.0;
        for k in 0..classes {
            for (j, s) in hidden.iter().enumerate() {
                let exact = differences_apart(&sample.sample, k, h, [*s, 0.0], &mut scratch).to_array()[0];
                let size = 2.0 * h * s * (2.0 * total * probs[k] + target.weight(k));
                worst = worst.max((layer.sums[k * UNITS + j] - exact).abs() / size.max(1e-300));
            }
        }
        worst
    }

    #[test]
    fn every_way_gives_the_digits_of_the_formulas_for_one_unit() {
        let mut random = Xorshift(22);
        // The last two are beyond every degree.
        for h in [1e-6, 2.1e-4, 2.2e-4, 2.9e-3, 1.1e-2, 2.5e-2, 4.2e-2, 0.3, 3.0] {
            for (soft, spread) in [(false, 1.0), (false, 40.0), (true, 1.0), (true, 40.0)] {
                for directly in [false, true] {
                    let errors = (0..500).map(|_| error(&mut random, h, soft, spread, directly));
                    let worst = errors.fold(0.0, |worst: f64, error| if error <= worst { worst } else { error });
                    println!("h {h}, soft {soft}, spread {spread}, directly {directly}: {worst:e}");
                    // 1e-14 is missing at most by the certificate, a quarter of it by the bound 1/m; the rest is rounding.
                    assert!(worst <= 5e-15, "h {h}, soft {soft}, spread {spread}, directly {directly}: {worst:e}");
                }
            }
        }
    }
}
