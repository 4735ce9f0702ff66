//! Backpropagation: the analytic gradient of the book's chapter 5.
//!
//! δ₂ = ((Σₖ tₖ) probs − t) / N at the logits (probs − t if the targets sum to 1), δ₁ = s (1 − s) · δ₂ W2ᵀ at the hidden
//! units. The gradients are sums over the samples of x δ₁ and s δ₂.
//!
//! As in the book, δ₂ leaves out the 1e-7 inside the logarithm, so it differs from the slope of the loss by about
//! 1e-7 / probs\[label\] of itself.

use super::input_sums::{Source, Sum, sum_last, sum_vectors};
use crate::kernels::matrix::{Tile, WIDE, Windows, add_weighted_rows, sum_tiles, with_starts, with_wide};
use crate::kernels::vector::axpy;
use crate::memory::zeros;
use crate::samples::batch::PART_ROWS;
use crate::samples::by_input::{ByInput, ValuesByInput};
use crate::samples::targets::Target;
use crate::simd::{F64x2, LANES};
use crate::two_layer::{Dimensions, Evaluated};
use alloc::vec::Vec;

/// Memory for the deltas of a part.
pub struct Deltas {
    /// δ₂, [rows, output_size].
    logits: Vec<f64>,
    /// δ₁, [rows, hidden_stride].
    hidden: Vec<f64>,
}

/// The deltas of a batch, ready to be summed up.
pub struct Prepared<'a> {
    pass: Evaluated<'a>,
    deltas: &'a Deltas,
}

impl Deltas {
    /// Memory for a part.
    pub fn new(dims: Dimensions) -> Self {
        Self { logits: zeros(PART_ROWS * dims.output_size), hidden: zeros(PART_ROWS * dims.hidden_stride()) }
    }

    /// Computes the deltas of a batch.
    ///
    /// - `w2_transposed`: [output_size, hidden_stride], with which the batch was evaluated.
    /// - `samples`: the N of the mean, samples of other parts included.
    pub fn prepare<'a>(&'a mut self, pass: Evaluated<'a>, w2_transposed: &[f64], samples: usize) -> Prepared<'a> {
        let (dims, stride) = (pass.dims(), pass.dims().hidden_stride());
        let own = pass.share().padded_units();
        for row in 0..pass.batch().rows() {
            let logits = &mut self.logits[row * dims.output_size..][..dims.output_size];
            logit_deltas(pass, row, samples as f64, logits);
            let hidden = &mut self.hidden[row * stride..][own.clone()];
            hidden.fill(0.0);
            add_weighted_rows(hidden, with_starts(logits, stride), &w2_transposed[own.start..], own.len());
            for (delta, slope) in hidden.iter_mut().zip(&pass.slope(row)[own.clone()]) {
                *delta *= slope;
            }
        }
        Prepared { pass, deltas: self }
    }
}

impl Prepared<'_> {
    /// The first layer: adds the sums of x δ₁ over the samples to the gradient of W1 and b1.
    pub fn add_first_layer(&self, by_input: &mut ByInput, first: bool, grads: &mut [f64]) {
        let dims = self.pass.dims();
        let entries = by_input.take_values(self.pass.batch(), dims.hidden_stride());
        let source = Products { entries, deltas: &self.deltas.hidden };
        // δ₂ is divided by N already.
        let sum = Sum { first, scale: 1.0 };
        for Tile { column, width } in sum_tiles(self.pass.share().units(), WIDE) {
            with_wide!(width,
                T => sum_vectors::<T, _>(&source, sum, column, grads, dims.hidden_size),
                1 => sum_last(&source, sum, column, grads, dims.hidden_size)
            );
        }
    }

    /// The second layer: adds the sums of s δ₂ over the samples to the gradient of W2 and b2.
    pub fn add_second_layer(&self, first: bool, grads: &mut [f64]) {
        let (output_size, own) = (self.pass.dims().output_size, self.pass.share().units_and_bias());
        let grads = &mut grads[own.start * output_size..own.end * output_size];
        if first {
            grads.fill(0.0);
        }
        for row in 0..self.pass.batch().rows() {
            let logits = &self.deltas.logits[row * output_size..][..output_size];
            for (s, grads) in self.pass.hidden(row)[own.clone()].iter().zip(grads.chunks_exact_mut(output_size)) {
                axpy(*s, logits, grads);
            }
        }
    }
}

/// x δ₁: what a sample with the input x adds.
struct Products<'a> {
    entries: ValuesByInput<'a>,
    deltas: &'a [f64],
}

impl Source for Products<'_> {
    #[inline(always)]
    fn add<const T: usize>(&self, input: usize, column: usize, sums: &mut [F64x2; T]) {
        let deltas = Windows::new(&self.deltas[column..], T * LANES);
        for (start, x) in self.entries.of(input) {
            let (deltas, _) = deltas.at(start).as_chunks::<LANES>();
            let x = F64x2::splat(x);
            for v in 0..T {
                sums[v] += x * F64x2::load(&deltas[v]);
            }
        }
    }

    fn add_last(&self, input: usize, column: usize, sum: f64) -> f64 {
        self.entries.of(input).fold(sum, |sum, (start, x)| sum + x * self.deltas[start + column])
    }
}

/// Computes δ₂ of a sample.
fn logit_deltas(pass: Evaluated, row: usize, samples: f64, out: &mut [f64]) {
    let probs = pass.probs(row);
    match pass.target(row) {
        Target::Label(label) => {
            out.copy_from_slice(probs);
            out[label] -= 1.0;
        }
        Target::Soft(t) => {
            let total: f64 = t.iter().sum();
            for k in 0..out.len() {
                out[k] = total * probs[k] - t[k];
            }
        }
    }
    for delta in out {
        *delta /= samples;
    }
}
