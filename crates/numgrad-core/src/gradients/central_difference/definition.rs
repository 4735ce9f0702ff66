//! The definition, which is the book's loop: two whole forward passes of the batch for each parameter.

use crate::two_layer::ForwardPass;

/// For each parameter from `first` on, adds the losses of the batch with the parameter moved by +h and by −h to
/// `sums`. The parameter is restored bit for bit.
///
/// With the sums over all parts of a batch of N samples the quotient is (plus / N − minus / N) / (2 h).
///
/// # Panics
/// If `first + sums.len()` exceeds the number of parameters.
pub fn add_perturbed_losses(pass: &mut ForwardPass, params: &mut [f64], h: f64, first: usize, sums: &mut [[f64; 2]]) {
    for (index, sums) in (first..).zip(sums) {
        let kept = params[index];
        for (sum, perturbed) in sums.iter_mut().zip([kept + h, kept - h]) {
            params[index] = perturbed;
            *sum = pass.run(params).add_losses(*sum);
        }
        params[index] = kept;
    }
}

/// The quotient from the sums of [`add_perturbed_losses`] over N samples.
pub fn quotient([plus, minus]: [f64; 2], samples: usize, h: f64) -> f64 {
    let samples = samples as f64;
    (plus / samples - minus / samples) / (2.0 * h)
}
