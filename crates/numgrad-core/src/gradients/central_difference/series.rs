//! The loss change of a (sample, hidden unit) as a polynomial of an odd degree in the change of its activation, for any
//! target and for moves of any size up to 1.
//!
//! [`super::coefficients`] is a shorter form of this for the usual case: a label, and degree 3.
//!
//! # Derivation
//!
//! Let bₖ = a (w₂\[j,k\] − w₂\[j,r\]) with the slope a = s (1 − s) and the sample's most probable class r.
//!
//! **The hidden unit.** If the pre-activation moves by ±u, the activation moves by a x± with x± = m± / (1 + s m±),
//! m± = expm1(±u). Because m₊ + m₋ = −m₊ m₋ = C, both denominators have the product 1 + a C, and so
//!
//! ```text
//! x± = (m± − s C) / (1 + a C),   C = e^u + e^−u − 2
//! ```
//!
//! This takes one division for two exact values. m₊, m₋ and C are computed once for each slot. (For a large |u| the
//! numerator would cancel. For |u| ≤ 1 it loses little more than two bits.)
//!
//! **The loss.** If the activation moves by a x, probability k becomes pₖ e^(bₖ x) / (1 + S) with
//! S(x) = Σ pₖ expm1(bₖ x) = Σ Mₘ xᵐ, Mₘ = Σ pₖ bₖᵐ / m!. With cₖ = pₖ / (pₖ + δ) the loss of the sample moves by
//!
//! ```text
//! l(x) = −Σₖ tₖ log1p(zₖ),   zₖ = cₖ (expm1(bₖ x) − S) / (1 + S)
//! ```
//!
//! in which nothing cancels, however small a probability is. The series of zₖ follows from
//! (1 + S) zₖ = cₖ (expm1(bₖ x) − S), that of the logarithm L from m Lₘ = m zₘ − Σ_{j<m} j Lⱼ zₘ₋ⱼ, and
//! l(x) = Σ λₘ xᵐ is their sum. Only λ₁ is formed in another way: λ₁ = Σ vₖ bₖ with the derivatives of the loss by the
//! logits, vₖ = pₖ Σ_{q≠k} t_q c_q − tₖ cₖ Σ_{q≠k} p_q. It is nearly the whole result, and if the probabilities are near
//! the targets, only this form keeps its digits.
//!
//! Of degree 3 the coefficients have a shorter form. Let dₖ = bₖ − Σ p b, and Dₘ = Σ pₖ dₖᵐ / m!. Then
//!
//! ```text
//! λ₂ = D₂ Σ tₖcₖ − Σ tₖcₖ(1 − cₖ) dₖ² / 2
//! λ₃ = D₃ Σ tₖcₖ + D₂ Σ tₖcₖ(1 − cₖ) dₖ − Σ tₖcₖ(1 − cₖ)(1 − 2cₖ) dₖ³ / 6
//! ```
//!
//! For each slot x₊ and x₋ are formed, then l(x₊) and l(x₋), then their difference. Both perturbed activations and both
//! perturbed losses exist as numbers.
//!
//! The error of these polynomials is that of [`super::certificate`].

use super::certificate::{HIGHEST, SMALLEST};
use super::direct::Sample;
use crate::kernels::cross_entropy::DELTA;
use crate::kernels::vector::argmax;
use crate::samples::targets::Target;
use crate::simd::{F64x2, LANES};

/// 1 / m.
pub const INVERSES: [f64; HIGHEST + 2] = {
    let mut values = [1.0; HIGHEST + 2];
    let mut m = 1;
    while m < values.len() {
        values[m] = 1.0 / m as f64;
        m += 1;
    }
    values
};

/// What the series of a sample need of each class, for all of its units: slices of a number for each class.
#[derive(Clone, Copy)]
pub struct ClassTerms<'a> {
    /// r, the most probable class.
    pub reference: usize,
    /// vₖ, the derivatives of the loss by the logits.
    pub derivatives: &'a [f64],
    /// cₖ = pₖ / (pₖ + δ).
    pub certainties: &'a [f64],
}

impl<'a> ClassTerms<'a> {
    /// Computes the terms of a sample into the room for them.
    #[inline(never)]
    pub fn take(sample: &Sample, derivatives: &'a mut [f64], certainties: &'a mut [f64]) -> Self {
        // Each sum over the other classes comes in two halves,
        // from below and from above: nothing is subtracted.
        let (mut weight_before, mut probs_before) = (0.0, 0.0);
        for (k, ((v, c), p)) in derivatives.iter_mut().zip(&mut *certainties).zip(sample.probs).enumerate() {
            *c = p / (p + DELTA);
            let weight = sample.target.weight(k) * *c;
            *v = p * weight_before - weight * probs_before;
            weight_before += weight;
            probs_before += p;
        }
        (weight_before, probs_before) = (0.0, 0.0);
        for (k, ((v, c), p)) in derivatives.iter_mut().zip(&*certainties).zip(sample.probs).enumerate().rev() {
            let weight = sample.target.weight(k) * *c;
            *v += p * weight_before - weight * probs_before;
            weight_before += weight;
            probs_before += p;
        }
        Self { reference: argmax(sample.probs), derivatives, certainties }
    }
}

/// The hidden units of one vector.
#[derive(Clone, Copy)]
pub struct Units<'a> {
    /// W2 and b2 the other way round, [output_size, vectors of hidden units].
    pub weights: &'a [[f64; LANES]],
    /// Number of vectors of a row of `weights`.
    pub vectors: usize,
    /// Number of this vector.
    pub vector: usize,
    /// s.
    pub hidden: F64x2,
    /// a = s (1 − s).
    pub slope: F64x2,
}

impl Units<'_> {
    /// w₂\[j,k\] of the units.
    #[inline(always)]
    pub fn weight(&self, k: usize) -> F64x2 {
        F64x2::load(&self.weights[k * self.vectors + self.vector])
    }
}

/// What x± and l(x) are computed with, for the units of a vector.
#[derive(Clone, Copy)]
pub struct UnitSeries {
    /// s.
    pub hidden: F64x2,
    /// a = s (1 − s).
    pub slope: F64x2,
    /// λ₁, λ₂, …
    pub loss: [F64x2; HIGHEST],
}

impl UnitSeries {
    /// All coefficients 0.
    pub fn zero() -> Self {
        let zero = F64x2::splat(0.0);
        Self { hidden: zero, slope: zero, loss: [zero; HIGHEST] }
    }

    /// Computes the coefficients up to degree n. Those of higher powers may be any.
    ///
    pub fn take(&mut self, n: usize, classes: ClassTerms, sample: &Sample, units: Units, curvatures: Curvatures) {
        (self.hidden, self.slope) = (units.hidden, units.slope);
        if n == SMALLEST {
            [self.loss[0], self.loss[1], self.loss[2]] = cubic(classes, sample, units, curvatures);
        } else {
            self.take_higher(n, classes, sample, units);
        }
    }

    /// [`UnitSeries::take`] for a degree higher than [`SMALLEST`].
    #[inline(never)]
    fn take_higher(&mut self, n: usize, classes: ClassTerms, sample: &Sample, units: Units) {
        let n = n.min(HIGHEST);
        let zero = F64x2::splat(0.0);
        // λ₁ = Σ vₖ bₖ, and Mₘ = Σ pₖ bₖᵐ / m!, the coefficients of S.
        let own = units.weight(classes.reference);
        let mut first = zero;
        let mut sums = [zero; HIGHEST];
        for (k, (p, v)) in sample.probs.iter().zip(classes.derivatives).enumerate() {
            let b = units.slope * (units.weight(k) - own);
            first += *v * b;
            let mut term = *p * b;
            for m in 0..n {
                sums[m] += term;
                term = term * b;
            }
        }
        let mut factor = 1.0;
        for m in 0..n {
            factor *= INVERSES[m + 1];
            sums[m] = factor * sums[m];
        }
        // −tₖ log1p(zₖ) for each class that has a target.
        let mut loss = [zero; HIGHEST];
        for k in sample.target.classes() {
            let (target, certainty) = (sample.target.weight(k), classes.certainties[k]);
            if target == 0.0 {
                continue;
            }
            let b = units.slope * (units.weight(k) - own);
            // cₖ bₖᵐ / m!.
            let mut power = certainty * b;
            let (mut z, mut logarithm) = ([zero; HIGHEST], [zero; HIGHEST]);
            for m in 0..n {
                let (mut product, mut sum) = (zero, zero);
                for j in 0..m {
                    product += z[j] * sums[m - 1 - j];
                    sum += (j + 1) as f64 * (logarithm[j] * z[m - 1 - j]);
                }
                z[m] = power - certainty * sums[m] - product;
                logarithm[m] = z[m] - INVERSES[m + 1] * sum;
                loss[m] = loss[m] - target * logarithm[m];
                power = INVERSES[m + 2] * (power * b);
            }
        }
        loss[0] = first;
        self.loss = loss;
    }
}

/// What λ₂ and λ₃ need of a sample, the same for all of its units.
#[derive(Clone, Copy)]
pub struct Curvatures<'a> {
    /// Σ tₖ cₖ.
    total: f64,
    /// tₖ cₖ (1 − cₖ) / 2 and (1 − 2 cₖ) / 3 for each class that may have a target.
    classes: &'a [[f64; 2]],
}

impl<'a> Curvatures<'a> {
    /// Computes them, given room for two numbers for each class.
    pub fn take(classes: ClassTerms, target: Target, out: &'a mut [f64]) -> Self {
        let (out, mut total) = (out.as_chunks_mut().0, 0.0);
        let all = target.classes();
        let out = &mut out[..all.len()];
        for (out, k) in out.iter_mut().zip(all) {
            let c = classes.certainties[k];
            let weight = target.weight(k) * c;
            *out = [0.5 * (weight * (1.0 - c)), (1.0 / 3.0) * (1.0 - 2.0 * c)];
            total += weight;
        }
        Self { total, classes: out }
    }
}

/// λ₁, λ₂ and λ₃ for the units of a vector.
#[inline(never)]
pub fn cubic(classes: ClassTerms, sample: &Sample, units: Units, curvatures: Curvatures) -> [F64x2; 3] {
    let (own, a) = (units.weight(classes.reference), units.slope);
    // λ₁ and the moments Σ pₖ dₖʳ of the differences d = w₂[j,k] − w₂[j,r].
    let [mut l1, mut mean, mut m2, mut m3] = [F64x2::splat(0.0); 4];
    for (k, (p, v)) in sample.probs.iter().zip(classes.derivatives).enumerate() {
        let d = units.weight(k) - own;
        let first = *p * d;
        let second = first * d;
        l1 += *v * d;
        mean += first;
        m2 += second;
        m3 += second * d;
    }
    // The moments of bₖ about their mean, over r!.
    let mean_square = mean * mean;
    m3 = (1.0 / 6.0) * (a * a * a) * (m3 - mean * (3.0 * m2 - 2.0 * mean_square));
    m2 = 0.5 * (a * a) * (m2 - mean_square);
    let [mut linear, mut square, mut cube] = [F64x2::splat(0.0); 3];
    for (k, [curvature, skew]) in sample.target.classes().zip(curvatures.classes) {
        let d = (units.weight(k) - own) - mean;
        let first = *curvature * d;
        let second = first * d;
        linear += first;
        square += second;
        cube += *skew * (second * d);
    }
    let l2 = curvatures.total * m2 - a * a * square;
    let l3 = curvatures.total * m3 + 2.0 * (a * linear * m2) - a * a * a * cube;
    [a * l1, l2, l3]
}

#[cfg(test)]
mod tests {
    use super::super::certificate::certified_degree;
    use super::super::coefficients::certified;
    use super::super::direct::hidden_change;
    use super::super::moves::Move;
    use super::super::table::{Row, TABLE_TILE, fill_any, fill_series};
    use super::*;
    use crate::kernels::matrix::Tile;
    use crate::testing::Xorshift;

    /// What fills a row of the table.
    #[derive(Clone, Copy, Debug)]
    enum Way {
        /// Two cubics, by [`fill_any`].
        Cubics,
        /// A polynomial of a degree, by [`fill_series`].
        Degree(usize),
    }

    /// The largest |u| that is certified.
    fn edge(way: Way, b: f64) -> f64 {
        let (mut low, mut high) = (0.0, 1.0);
        for _ in 0..60 {
            let middle = 0.5 * (low + high);
            let holds = match way {
                Way::Cubics => certified(middle, b),
                Way::Degree(n) => certified_degree(middle, b).is_some_and(|degree| degree <= n),
            };
            if holds { low = middle } else { high = middle }
        }
        low
    }

    /// Targets of four kinds: a label, soft ones, smoothed ones, unnormalised ones with zeros among them.
    fn targets(random: &mut Xorshift, kind: usize, label: usize, classes: usize) -> Vec<f64> {
        (0..classes)
            .map(|k| match kind {
                1 => random.uniform() / classes as f64,
                2 => 0.9 * f64::from(u8::from(k == label)) + 0.1 / classes as f64,
                _ => (3.0 * random.uniform() - 1.5).max(0.0) + 0.1 * f64::from(u8::from(k == label)),
            })
            .collect()
    }

    /// The error of the pair relative to 2 |u| (2 Σ tₖ Σ pₖ |bₖ| + Σ tₖ |bₖ|), for a random unit at its edge.
    fn error_at_the_edge(random: &mut Xorshift, way: Way, kind: usize, spread: f64) -> f64 {
        let classes = 2 + (random.uniform() * 9.0) as usize;
        let label = (random.uniform() * classes as f64) as usize;
        let logits: Vec<f64> = (0..classes).map(|_| spread * random.centred()).collect();
        let mut probs = logits.clone();
        crate::kernels::softmax::softmax_in_place(&mut probs);
        let rows = targets(random, kind, label, classes);
        let target = if kind == 0 { Target::Label(label) } else { Target::Soft(&rows) };
        let sample = Sample { logits: &logits, probs: &probs, target };
        // A unit whose slope times the range of its weights is b.
        let z = 8.0 * random.centred();
        let (hidden, slope) = crate::kernels::sigmoid::sigmoid_lanes(F64x2::splat(z));
        let (s, a) = (hidden.to_array()[0], slope.to_array()[0]);
        let b = [1e-3, 0.1, 1.0, 10.0][(random.uniform() * 4.0) as usize];
        let mut weights: Vec<f64> = (0..classes).map(|_| random.uniform()).collect();
        let (low, high) = (label, (label + 1) % classes);
        (weights[low], weights[high]) = (0.0, 1.0);
        weights.iter_mut().for_each(|w| *w *= 0.999_999 * b / a);
        let size = edge(way, b) * if random.uniform() < 0.5 { 1.0 } else { 0.3 + 0.7 * random.uniform() };
        let u = if random.uniform() < 0.5 { size } else { -size };

        let (mut derivatives, mut certainties) = (vec![0.0; classes], vec![0.0; classes]);
        let terms = ClassTerms::take(&sample, &mut derivatives, &mut certainties);
        let lanes: Vec<[f64; LANES]> = weights.iter().map(|w| [*w, 0.0]).collect();
        let units = Units { weights: &lanes, vectors: 1, vector: 0, hidden, slope };
        let mut room = vec![0.0; 2 * classes];
        let curvatures = Curvatures::take(terms, target, &mut room);
        let (tile, mut rows) = (Tile { column: 0, width: 1 }, [Row::default()]);
        match way {
            Way::Cubics => {
                let [l1, l2, l3] = cubic(terms, &sample, units, curvatures);
                let numbers = [hidden, slope, l1, l2, l3].map(F64x2::to_array);
                fill_any(numbers.each_ref().map(|lanes| lanes.as_slice()), &[Move::powers(u)], tile, &mut rows);
            }
            Way::Degree(n) => {
                let mut series = [UnitSeries::zero(); TABLE_TILE];
                series[0].take(n, terms, &sample, units, curvatures);
                fill_series(n, &series, tile, &[Move::exponentials(u)], &[0], &mut rows);
            }
        }

        let mut scratch = vec![0.0; classes];
        let mut exact = |u: f64| {
            let moved = hidden_change(z, s, a, u);
            sample.loss_change(&|k, r| moved * (weights[k] - weights[r]), &mut scratch)
        };
        let exact = exact(u) - exact(-u);
        let range = |k: usize| a * (weights[k] - weights[terms.reference]).abs();
        let total: f64 = (0..classes).map(|k| target.weight(k)).sum();
        let terms_size: f64 = (0..classes).map(|k| (2.0 * total * probs[k] + target.weight(k)) * range(k)).sum();
        (rows[0].0[0] - exact).abs() / (2.0 * u.abs() * terms_size)
    }

    #[test]
    fn every_way_keeps_its_certificate_at_its_edge_for_every_kind_of_target() {
        let mut random = Xorshift(21);
        for way in [Way::Cubics, Way::Degree(3), Way::Degree(5), Way::Degree(7), Way::Degree(11)] {
            for kind in 0..4 {
                for spread in [1.0, 10.0, 80.0] {
                    let errors = (0..2000).map(|_| error_at_the_edge(&mut random, way, kind, spread));
                    let worst = errors.fold(0.0, |worst: f64, error| if error <= worst { worst } else { error });
                    println!("{way:?}, targets {kind}, spread {spread}: {worst:e}");
                    // 1e-14 is missing at most, and 2e-15 for the rounding of both sides.
                    assert!(worst <= 1.2e-14, "{way:?}, targets {kind}, spread {spread}: {worst:e}");
                }
            }
        }
    }
}
