//! Cross entropy −Σ t log(y + δ).

use crate::elementary::ln;

/// δ: the book adds it inside the logarithm, so that the logarithm of 0 is never taken.
pub const DELTA: f64 = 1e-7;

/// −ln(y + δ): the cross entropy, in nats, of a sample whose label has the probability y.
#[inline]
pub fn label_loss(y: f64) -> f64 {
    -ln(y + DELTA)
}

/// sum + Σ −tₖ ln(yₖ + δ), added from left to right.
///
/// Terms with tₖ = 0 are left out, so one-hot targets give the bits of [`label_loss`].
///
/// # Panics
/// If the lengths differ.
pub fn add_target_losses(sum: f64, y: &[f64], t: &[f64]) -> f64 {
    assert_eq!(y.len(), t.len(), "predictions and targets of different lengths");
    y.iter().zip(t).filter(|(_, t)| **t != 0.0).fold(sum, |sum, (y, t)| sum + t * label_loss(*y))
}

/// sum + Σ −ln(yᵢ + δ) over the probabilities of the labels, added from left to right.
pub fn add_label_losses(sum: f64, y: &[f64]) -> f64 {
    y.iter().fold(sum, |sum, y| sum + label_loss(*y))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn certain_and_impossible_labels_have_finite_losses() {
        assert!((label_loss(1.0) + 1e-7).abs() < 1e-13);
        assert!((label_loss(0.0) - 16.118_095_650_958_32).abs() < 1e-14);
    }

    #[test]
    fn one_hot_targets_give_the_bits_of_their_label() {
        assert_eq!(add_target_losses(0.5, &[0.1, 0.7, 0.2], &[0.0, 1.0, 0.0]), add_label_losses(0.5, &[0.7]));
    }
}
