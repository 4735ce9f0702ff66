//! The idea on one page: the pseudo-code of [`super`] in Rust, on dense rows.
//!
//! This code is for reading, and an oracle for the tests. [`super::incremental`] computes the same numbers fast.

use super::direct::{Sample, hidden_change};
use crate::two_layer::{Dimensions, Evaluated};
use alloc::vec;
use alloc::vec::Vec;

/// The gradient (L(θ + h) − L(θ − h)) / 2h for every parameter θ of w1, b1, w2, b2, from one forward pass.
///
/// - `pass`: the batch, evaluated with `params`.
/// - `x`: the inputs of the batch, [rows, input_size].
pub fn central_differences(pass: Evaluated, x: &[f64], params: &[f64], h: f64) -> Vec<f64> {
    let Dimensions { input_size, hidden_size, output_size } = pass.dims();
    let w2 = &params[pass.dims().first_layer()..];
    let mut grads = vec![0.0; params.len()];
    let (w1_grads, w2_grads) = grads.split_at_mut(pass.dims().first_layer());
    let mut scratch = vec![0.0; output_size];

    for (row, x) in x.chunks_exact(input_size).enumerate() {
        let sample = Sample::of(pass, row);
        let (z, s, a) = (pass.hidden_pre(row), pass.hidden(row), pass.slope(row));

        // w₁[i, j] ± h moves the pre-activation of hidden unit j by u = ±h xᵢ. b₁ is the weight of an input that is 1.
        for (i, x) in x.iter().chain(&[1.0]).enumerate() {
            for j in 0..hidden_size {
                let mut loss_change = |u: f64| {
                    let delta = hidden_change(z[j], s[j], a[j], u);
                    let shift = |k: usize, r: usize| delta * (w2[j * output_size + k] - w2[j * output_size + r]);
                    sample.loss_change(&shift, &mut scratch)
                };
                w1_grads[i * hidden_size + j] += loss_change(h * x) - loss_change(-h * x);
            }
        }

        // w₂[j, k] ± h moves logit k by d = ±h sⱼ, and no other. b₂ is the weight of a hidden unit that is 1.
        for j in 0..=hidden_size {
            for k in 0..output_size {
                let mut loss_change = |d: f64| {
                    let shift_of = |q: usize| if q == k { d } else { 0.0 };
                    sample.loss_change(&|q, r| shift_of(q) - shift_of(r), &mut scratch)
                };
                w2_grads[j * output_size + k] += loss_change(h * s[j]) - loss_change(-h * s[j]);
            }
        }
    }

    // The loss is the mean over the samples.
    let samples = pass.batch().rows() as f64;
    grads.iter_mut().for_each(|grad| *grad /= 2.0 * h * samples);
    grads
}
