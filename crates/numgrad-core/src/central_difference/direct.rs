//! The change of one sample's loss when its logits move, evaluated as it stands: no series, no condition.

use crate::cross_entropy::{DELTA, add_target_losses, label_loss};
use crate::elementary::{expm1, log1p};
use crate::softmax::softmax_in_place;
use crate::two_layer::argmax;

/// Beyond this shift of a logit the loss itself is evaluated: `pₖ e^d` may have lost pₖ to underflow, or overflow.
const LARGE_SHIFT: f64 = 200.0;

/// One sample before its perturbation.
pub struct Sample<'a> {
    /// Logits.
    pub logits: &'a [f64],
    /// Softmax of the logits.
    pub probs: &'a [f64],
    /// What the sample should be.
    pub target: Target<'a>,
}

/// The target of a sample.
#[derive(Clone, Copy)]
pub enum Target<'a> {
    /// A class.
    Label(usize),
    /// A number ≥ 0 for each class.
    Soft(&'a [f64]),
}

/// What a hidden unit's activation moves by when its pre-activation moves by u: Δ = a m / (1 + s m), m = expm1(u), for
/// the activation s with the slope a = s (1 − s).
#[inline]
pub fn hidden_change(s: f64, a: f64, u: f64) -> f64 {
    let m = expm1(u);
    a * m / (1.0 + s * m)
}

impl Sample<'_> {
    /// l' − l when the logits move, without cancellation. `shift(k, r)` is what logit k moves by more than logit r (only
    /// differences count in a softmax, and the caller can form them without cancellation); `scratch` holds a number for
    /// each class.
    ///
    /// With d relative to the label t, S = Σ_{k≠t} pₖ expm1(dₖ) and p_t' = p_t / (1 + S), so that
    /// l' − l = log1p(c S / (1 + c̄ S)). For soft targets, with d relative to the most probable class,
    /// l' − l = −Σₖ tₖ log1p(pₖ (expm1(dₖ) − S) / ((1 + S)(pₖ + δ))).
    pub fn loss_change(&self, shift: impl Fn(usize, usize) -> f64, scratch: &mut [f64]) -> f64 {
        let reference = match self.target {
            Target::Label(t) => t,
            Target::Soft(_) => argmax(self.probs),
        };
        let mut sum = 0.0;
        for k in 0..self.probs.len() {
            let d = shift(k, reference);
            if !(d.abs() <= LARGE_SHIFT) {
                return self.moved_loss(|k| shift(k, reference), scratch) - self.loss(self.probs);
            }
            // The reference's own term is exactly 0.
            scratch[k] = expm1(d);
            sum += self.probs[k] * scratch[k];
        }
        match self.target {
            Target::Label(t) => {
                let p = self.probs[t];
                let (c, rest) = (p / (p + DELTA), DELTA / (p + DELTA));
                log1p(c * sum / (1.0 + rest * sum))
            }
            Target::Soft(t) => {
                let change = |k: usize| {
                    let p = self.probs[k];
                    log1p(p * (scratch[k] - sum) / ((1.0 + sum) * (p + DELTA)))
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

    /// The loss with the logits moved.
    fn moved_loss(&self, shift: impl Fn(usize) -> f64, scratch: &mut [f64]) -> f64 {
        for k in 0..self.logits.len() {
            scratch[k] = self.logits[k] + shift(k);
        }
        softmax_in_place(scratch);
        self.loss(scratch)
    }
}
