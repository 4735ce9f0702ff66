//! The change of one sample's loss if its logits move: the formulas without series, for moves of any size.

use crate::elementary::{exp, expm1, ln, log1p};
use crate::kernels::cross_entropy::{DELTA, add_target_losses, label_loss};
use crate::kernels::sigmoid::sigmoid_of;
use crate::kernels::softmax::softmax_in_place;
use crate::kernels::vector::argmax;
use crate::samples::targets::Target;
use crate::two_layer::Evaluated;

/// Beyond this shift of a logit the perturbed loss itself is evaluated: in `pₖ e^d`, pₖ may have underflowed, or the
/// product may overflow.
pub const LARGE_SHIFT: f64 = 200.0;

/// One sample before its perturbation.
pub struct Sample<'a> {
    /// Logits.
    pub logits: &'a [f64],
    /// Softmax of the logits.
    pub probs: &'a [f64],
    /// Target of the sample.
    pub target: Target<'a>,
}

/// Δ, the change of a hidden unit's activation if its pre-activation z moves by u, given its activation s = σ(z) and
/// the slope a = s (1 − s).
///
/// For |u| ≤ 1: Δ = a m / (1 + s m) with m = expm1(u). This keeps every digit of small changes and of saturated units.
/// For larger |u| the product may overflow, or 1 + s m may cancel. Then Δ is the difference of two activations or, if
/// both are near 1, of their complements. With |u| > 1 these are not close to each other.
#[inline]
pub fn hidden_change(z: f64, s: f64, a: f64, u: f64) -> f64 {
    if u.abs() <= 1.0 {
        let m = expm1(u);
        return a * m / (1.0 + s * m);
    }
    if z > 0.0 && z + u > 0.0 { sigmoid_of(-z) - sigmoid_of(-(z + u)) } else { sigmoid_of(z + u) - sigmoid_of(z) }
}

/// ln((new_p + δ) / (p + δ)) for a probability p that becomes `new_p` = p + `difference`.
fn log_ratio(p: f64, new_p: f64, difference: f64) -> f64 {
    let relative = difference / (p + DELTA);
    // If `relative` is near −1, few digits of 1 + relative are left for log1p.
    if relative > -0.5 { log1p(relative) } else { ln((new_p + DELTA) / (p + DELTA)) }
}

impl<'a> Sample<'a> {
    /// A sample of an evaluated batch.
    pub fn of(pass: Evaluated<'a>, row: usize) -> Self {
        Self { logits: pass.logits(row), probs: pass.probs(row), target: pass.target(row) }
    }

    /// l' − l, the change of the loss if the logits move, without cancellation.
    ///
    /// - `shift(k, r)`: by how much more logit k moves than logit r. Only differences count in a softmax, and the
    ///   caller can form them without cancellation: the difference of two shifts would cancel if a label and its rival
    ///   had nearly the same weight.
    /// - `scratch`: at least a number for each class.
    ///
    /// For a label t, let dₖ be the shift relative to t. Then S = Σ_{k≠t} pₖ expm1(dₖ) and p_t' = p_t / (1 + S), so
    /// that l' − l = log1p(c S / (1 + c̄ S)).
    ///
    /// For soft targets, let dₖ be the shift relative to the most probable class. Then
    /// l' − l = −Σₖ tₖ ln((pₖ' + δ) / (pₖ + δ)) with pₖ' − pₖ = pₖ (expm1(dₖ) − S) / (1 + S).
    ///
    /// If S is near −1, 1 + S is formed anew as Σ pₖ e^dₖ, which cancels nothing.
    #[inline(never)] // it is long, and called from three places
    pub fn loss_change(&self, shift: &dyn Fn(usize, usize) -> f64, scratch: &mut [f64]) -> f64 {
        let reference = match self.target {
            Target::Label(t) => t,
            Target::Soft(_) => argmax(self.probs),
        };
        // S, with expm1(dₖ) kept for each class. If a shift is too large (or NaN), two losses are subtracted instead.
        let mut sum = 0.0;
        for k in 0..self.probs.len() {
            let d = shift(k, reference);
            if !(d.abs() <= LARGE_SHIFT) {
                return self.moved_loss(|k| shift(k, reference), scratch) - self.loss(self.probs);
            }
            // The term of the reference itself is exactly 0.
            scratch[k] = expm1(d);
            sum += self.probs[k] * scratch[k];
        }
        // 1 + S.
        let total = if sum > -0.5 {
            1.0 + sum
        } else {
            (0..self.probs.len()).fold(0.0, |total, k| total + self.probs[k] * exp(shift(k, reference)))
        };
        match self.target {
            Target::Label(t) if sum > -0.5 => {
                let p = self.probs[t];
                let (c, rest) = (p / (p + DELTA), DELTA / (p + DELTA));
                log1p(c * sum / (1.0 + rest * sum))
            }
            Target::Label(t) => {
                let p = self.probs[t];
                -log_ratio(p, p / total, -p * sum / total)
            }
            Target::Soft(t) => {
                let change = |k: usize| {
                    let p = self.probs[k];
                    log_ratio(p, p * exp(shift(k, reference)) / total, p * (scratch[k] - sum) / total)
                };
                -(0..t.len()).filter(|k| t[*k] != 0.0).fold(0.0, |total, k| total + t[k] * change(k))
            }
        }
    }

    fn loss(&self, probs: &[f64]) -> f64 {
        match self.target {
            Target::Label(t) => label_loss(probs[t]),
            Target::Soft(t) => add_target_losses(0.0, probs, t),
        }
    }

    /// The loss after the logits have moved.
    fn moved_loss(&self, shift: impl Fn(usize) -> f64, scratch: &mut [f64]) -> f64 {
        let new_logits = &mut scratch[..self.logits.len()];
        for k in 0..new_logits.len() {
            new_logits[k] = self.logits[k] + shift(k);
        }
        softmax_in_place(new_logits);
        self.loss(new_logits)
    }
}
