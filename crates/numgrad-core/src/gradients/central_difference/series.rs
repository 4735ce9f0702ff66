//! The loss change of a (sample, hidden unit) as polynomials of an odd degree, for any target and for h up to about 0.1,
//! and the certificate of their error.
//!
//! [`super::coefficients`] is a shorter form of this for the usual case: a label, and degree 3.
//!
//! # Derivation
//!
//! Let bₖ = a (w₂\[j,k\] − w₂\[j,r\]) with the slope a = s (1 − s) and the sample's most probable class r.
//!
//! **The hidden unit.** If the pre-activation moves by u, the activation moves by a x with x(u) = Σ γₘ uᵐ. The sigmoid
//! solves σ′ = σ (1 − σ), and so x′ = 1 + (1 − 2s) x − a x². Hence γ₁ = 1 and
//! m γₘ = (1 − 2s) γₘ₋₁ − a Σ_{i+j=m−1} γᵢ γⱼ.
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
//! l(x) = Σ λₘ xᵐ is their sum. Only λ₁ is formed in another way: λ₁ = Σ vₖ bₖ with the
//! derivatives of the loss by the logits, vₖ = pₖ Σ_{q≠k} t_q c_q − tₖ cₖ Σ_{q≠k} p_q. It is nearly the whole result,
//! and if the probabilities are near the targets, only this form keeps its digits.
//!
//! For each slot x₊ = x(u) and x₋ = x(−u) are formed from the odd and the even part of x(u), then l(x₊) and l(x₋), then
//! their difference. Both perturbed activations and both perturbed losses exist as numbers.
//!
//! The error of these polynomials is that of [`super::certificate`].

use super::certificate::HIGHEST;
use super::direct::Sample;
use crate::kernels::cross_entropy::DELTA;
use crate::kernels::vector::argmax;
use crate::simd::{F64x2, LANES};

/// 1 / m!.
pub const INVERSE_FACTORIALS: [f64; HIGHEST + 1] = {
    let mut values = [1.0; HIGHEST + 1];
    let (mut m, mut factorial) = (1, 1.0);
    while m <= HIGHEST {
        factorial *= m as f64;
        values[m] = 1.0 / factorial;
        m += 1;
    }
    values
};

/// 1 / m.
pub const INVERSES: [f64; HIGHEST + 1] = {
    let mut values = [1.0; HIGHEST + 1];
    let mut m = 1;
    while m <= HIGHEST {
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
    pub slopes: &'a [f64],
    /// cₖ = pₖ / (pₖ + δ).
    pub certainties: &'a [f64],
}

impl<'a> ClassTerms<'a> {
    /// Computes the terms of a sample into the room for them.
    #[inline(never)]
    pub fn take(sample: &Sample, slopes: &'a mut [f64], certainties: &'a mut [f64]) -> Self {
        // Each sum over the other classes comes in two halves,
        // from below and from above: nothing is subtracted.
        let (mut weight_before, mut probs_before) = (0.0, 0.0);
        for (k, ((v, c), p)) in slopes.iter_mut().zip(&mut *certainties).zip(sample.probs).enumerate() {
            *c = p / (p + DELTA);
            let weight = sample.target.weight(k) * *c;
            *v = p * weight_before - weight * probs_before;
            weight_before += weight;
            probs_before += p;
        }
        (weight_before, probs_before) = (0.0, 0.0);
        for (k, ((v, c), p)) in slopes.iter_mut().zip(&*certainties).zip(sample.probs).enumerate().rev() {
            let weight = sample.target.weight(k) * *c;
            *v += p * weight_before - weight * probs_before;
            weight_before += weight;
            probs_before += p;
        }
        Self { reference: argmax(sample.probs), slopes, certainties }
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

/// The coefficients of x(u) and of l(x), from the first power on, for the units of a vector.
#[derive(Clone, Copy)]
pub struct UnitSeries {
    /// γ₁ = 1, γ₂, …
    pub hidden: [F64x2; HIGHEST],
    /// λ₁, λ₂, …
    pub loss: [F64x2; HIGHEST],
}

impl UnitSeries {
    /// All coefficients 0.
    pub fn zero() -> Self {
        Self { hidden: [F64x2::splat(0.0); HIGHEST], loss: [F64x2::splat(0.0); HIGHEST] }
    }

    /// Computes the coefficients up to degree n; those of higher degrees stay what they are.
    pub fn take(&mut self, n: usize, classes: ClassTerms, sample: &Sample, units: Units) {
        // The usual degree has a copy of its own, whose loops the compiler unrolls.
        if n == 3 {
            self.take_degree::<3>(3, classes, sample, units);
        } else {
            self.take_degree::<HIGHEST>(n, classes, sample, units);
        }
    }

    /// The same for n ≤ `N`.
    #[inline(never)]
    fn take_degree<const N: usize>(&mut self, n: usize, classes: ClassTerms, sample: &Sample, units: Units) {
        assert!(0 < n && n <= N);
        let zero = F64x2::splat(0.0);
        let mut hidden = [zero; N];
        hidden[0] = F64x2::splat(1.0);
        for m in 1..n {
            // The products γᵢ γⱼ of i + j = m.
            let mut square = zero;
            for i in 0..m - 1 {
                square += hidden[i] * hidden[m - 2 - i];
            }
            hidden[m] = INVERSES[m + 1] * ((1.0 - 2.0 * units.hidden) * hidden[m - 1] - units.slope * square);
        }

        // λ₁ = Σ vₖ bₖ, and Mₘ = Σ pₖ bₖᵐ / m!, the coefficients of S.
        let own = units.weight(classes.reference);
        let mut first = zero;
        let mut sums = [zero; N];
        for (k, (p, v)) in sample.probs.iter().zip(classes.slopes).enumerate() {
            let b = units.slope * (units.weight(k) - own);
            first += *v * b;
            let mut term = *p * b;
            for m in 0..n {
                sums[m] += term;
                term = term * b;
            }
        }
        for m in 0..n {
            sums[m] = INVERSE_FACTORIALS[m + 1] * sums[m];
        }
        // −tₖ log1p(zₖ) for each class that has a target.
        let mut loss = [zero; N];
        for k in sample.target.classes() {
            let target = sample.target.weight(k);
            if target == 0.0 {
                continue;
            }
            let b = units.slope * (units.weight(k) - own);
            let mut power = classes.certainties[k] * b;
            let (mut z, mut logarithm) = ([zero; N], [zero; N]);
            for m in 0..n {
                let (mut product, mut sum) = (zero, zero);
                for j in 0..m {
                    product += z[j] * sums[m - 1 - j];
                    sum += (j + 1) as f64 * (logarithm[j] * z[m - 1 - j]);
                }
                z[m] = INVERSE_FACTORIALS[m + 1] * power - classes.certainties[k] * sums[m] - product;
                logarithm[m] = z[m] - INVERSES[m + 1] * sum;
                loss[m] = loss[m] - target * logarithm[m];
                power = power * b;
            }
        }
        loss[0] = first;
        for m in 0..n {
            (self.hidden[m], self.loss[m]) = (hidden[m], loss[m]);
        }
    }
}
