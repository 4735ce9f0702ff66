//! The change of one sample's loss when its logits move, evaluated without series, for moves of any size.

use crate::elementary::{exp, expm1, ln, log1p};
use crate::kernels::cross_entropy::{DELTA, add_target_losses, label_loss};
use crate::kernels::sigmoid::sigmoid_of;
use crate::kernels::softmax::softmax_in_place;
use crate::kernels::vector::argmax;

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

/// What a hidden unit's activation moves by when its pre-activation z moves by u, given its activation s = σ(z) and the
/// slope a = s (1 − s).
///
/// For |u| ≤ 1: Δ = a m / (1 + s m), m = expm1(u), which keeps every digit of small changes and of saturated units.
/// Beyond, where m may overflow or 1 + s m cancel, the difference of two activations, or of their complements where both
/// are near 1: with |u| > 1 those are not close to each other.
#[inline]
pub fn hidden_change(z: f64, s: f64, a: f64, u: f64) -> f64 {
    if u.abs() <= 1.0 {
        let m = expm1(u);
        return a * m / (1.0 + s * m);
    }
    if z > 0.0 && z + u > 0.0 { sigmoid_of(-z) - sigmoid_of(-(z + u)) } else { sigmoid_of(z + u) - sigmoid_of(z) }
}

/// ln((moved + δ) / (p + δ)) for a probability p that becomes `moved` = p + `difference`.
fn log_ratio(p: f64, moved: f64, difference: f64) -> f64 {
    let relative = difference / (p + DELTA);
    // Near −1 the logarithm would have only the digits that 1 + relative has left.
    if relative > -0.5 { log1p(relative) } else { ln((moved + DELTA) / (p + DELTA)) }
}

impl Sample<'_> {
    /// l' − l when the logits move, without cancellation. `shift(k, r)` is what logit k moves by more than logit r (only
    /// differences count in a softmax, and the caller can form them without cancellation); `scratch` holds a number for
    /// each class.
    ///
    /// With d relative to the label t, S = Σ_{k≠t} pₖ expm1(dₖ) and p_t' = p_t / (1 + S), so that
    /// l' − l = log1p(c S / (1 + c̄ S)). For soft targets, with d relative to the most probable class,
    /// l' − l = −Σₖ tₖ ln((pₖ' + δ) / (pₖ + δ)), pₖ' − pₖ = pₖ (expm1(dₖ) − S) / (1 + S).
    ///
    /// Where S comes near −1, 1 + S is formed anew as Σ pₖ e^dₖ, which cancels nothing.
    #[inline(never)] // it is long, and called from three places
    pub fn loss_change(&self, shift: &dyn Fn(usize, usize) -> f64, scratch: &mut [f64]) -> f64 {
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

    /// The loss with the logits moved.
    fn moved_loss(&self, shift: impl Fn(usize) -> f64, scratch: &mut [f64]) -> f64 {
        for k in 0..self.logits.len() {
            scratch[k] = self.logits[k] + shift(k);
        }
        softmax_in_place(scratch);
        self.loss(scratch)
    }
}
