//! Backpropagation: the analytic gradient of the book's chapter 5.
//!
//! δ₂ = (Σₖ t · probs − t) / N at the logits (probs − t where the targets sum to 1), δ₁ = s (1 − s) · δ₂ W2ᵀ at the
//! hidden units; the gradients are sums over the samples of x δ₁ and s δ₂. As in the book, δ₂ leaves out the 1e-7
//! inside the logarithm, so that it differs from the slope of the loss by about 1e-7 / probs\[label\] of itself.

use crate::gradients::input_sums::{Source, Sum, sum_by_input};
use crate::kernels::matrix::{TILE, Tile, Windows, add_weighted_rows, tiles, with_starts};
use crate::kernels::vector::axpy;
use crate::memory::zeros;
use crate::samples::batch::{Batch, PART_ROWS};
use crate::simd::{F64x2, LANES};
use crate::two_layer::{Dimensions, ForwardPass};
use alloc::vec::Vec;

/// Deltas of a chunk.
pub struct Deltas {
    /// δ₂, [rows, outputs].
    logits: Vec<f64>,
    /// δ₁, [rows, hidden_stride].
    hidden: Vec<f64>,
}

impl Deltas {
    /// Room for a chunk.
    pub fn new(dims: Dimensions) -> Self {
        Self { logits: zeros(PART_ROWS * dims.output_size), hidden: zeros(PART_ROWS * dims.hidden_stride()) }
    }
}

/// Computes the deltas of a batch after its forward pass and [`ForwardPass::transpose_w2`]. `samples` is the N of the
/// mean: all samples, also those of other parts.
pub fn prepare(pass: &ForwardPass, samples: usize, deltas: &mut Deltas) {
    let (dims, stride) = (pass.dims, pass.dims.hidden_stride());
    for row in 0..pass.batch.rows() {
        let logits = &mut deltas.logits[row * dims.output_size..][..dims.output_size];
        logit_deltas(pass, row, samples as f64, logits);
        let hidden = &mut deltas.hidden[row * stride..][..stride];
        hidden.fill(0.0);
        add_weighted_rows(hidden, with_starts(logits, stride), pass.w2_transposed(), stride);
        for (delta, slope) in hidden.iter_mut().zip(pass.slope(row)) {
            *delta *= slope;
        }
    }
}

/// The first layer, after [`prepare`] and [`Batch::sort_values_by_input`] with hidden_stride: adds the sums of x δ₁ over the samples to the
/// gradient of W1 and b1.
pub fn add_first_layer(pass: &ForwardPass, deltas: &Deltas, first: bool, grads: &mut [f64]) {
    let (cols, source) = (pass.dims.hidden_size, Products { deltas: &deltas.hidden });
    for tile in tiles(cols, TILE) {
        // The mean is taken in δ₂ already.
        sum_by_input(&pass.batch, &source, Sum { first, scale: 1.0 }, tile, grads, cols);
    }
}

/// The second layer, after [`prepare`]: adds the sums of s δ₂ over the samples to the gradient of W2 and b2.
pub fn add_second_layer(pass: &ForwardPass, deltas: &Deltas, first: bool, grads: &mut [f64]) {
    if first {
        grads.fill(0.0);
    }
    for row in 0..pass.batch.rows() {
        let logits = &deltas.logits[row * pass.dims.output_size..][..pass.dims.output_size];
        for (s, grads) in pass.hidden(row).iter().zip(grads.chunks_exact_mut(pass.dims.output_size)) {
            axpy(*s, logits, grads);
        }
    }
}

/// x δ₁: what a sample with the input x adds.
struct Products<'a> {
    deltas: &'a [f64],
}

impl Source for Products<'_> {
    #[inline(always)]
    fn add<const T: usize>(&self, batch: &Batch, input: usize, column: usize, sums: &mut [F64x2; T]) {
        let deltas = Windows::new(&self.deltas[column..], T * LANES);
        for (start, x) in batch.input_entries(input) {
            let (deltas, _) = deltas.at(start).as_chunks::<LANES>();
            let x = F64x2::splat(x);
            for v in 0..T {
                sums[v] += x * F64x2::load(&deltas[v]);
            }
        }
    }

    fn add_last(&self, batch: &Batch, input: usize, tile: Tile, sum: f64) -> f64 {
        let column = tile.column + tile.width - 1;
        batch.input_entries(input).fold(sum, |sum, (start, x)| sum + x * self.deltas[start + column])
    }
}

/// δ₂ of a sample.
fn logit_deltas(pass: &ForwardPass, row: usize, samples: f64, out: &mut [f64]) {
    let probs = pass.probs(row);
    match pass.targets.label(row) {
        Some(label) => {
            out.copy_from_slice(probs);
            out[label] -= 1.0;
        }
        None => {
            let t = pass.targets.soft(row);
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
