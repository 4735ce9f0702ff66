//! The definition: two whole forward passes of the batch for each parameter.

use crate::batch::Batch;
use crate::targets::Targets;
use crate::two_layer::{Activations, Dimensions, add_losses, forward};

/// For each parameter from `first` on, adds the losses of the batch with the parameter moved by +h and by −h to
/// `sums`. The parameter is restored bit for bit.
///
/// With the sums over all parts of a batch of N samples the quotient is (plus / N − minus / N) / (2 h).
///
/// # Panics
/// If `first + sums.len()` exceeds the number of parameters.
#[expect(clippy::too_many_arguments, reason = "the parts of a session, borrowed apart")]
pub fn add_perturbed_losses(
    dims: Dimensions,
    params: &mut [f64],
    batch: &Batch,
    targets: &Targets,
    activations: &mut Activations,
    h: f64,
    first: usize,
    sums: &mut [[f64; 2]],
) {
    for (index, sums) in (first..).zip(sums) {
        let kept = params[index];
        for (sum, moved) in sums.iter_mut().zip([kept + h, kept - h]) {
            params[index] = moved;
            forward(dims, params, batch, activations);
            *sum = add_losses(dims, *sum, activations, targets, batch.rows());
        }
        params[index] = kept;
    }
}

/// The quotient from the sums of [`add_perturbed_losses`] over N samples.
pub fn quotient([plus, minus]: [f64; 2], samples: usize, h: f64) -> f64 {
    let samples = samples as f64;
    (plus / samples - minus / samples) / (2.0 * h)
}
