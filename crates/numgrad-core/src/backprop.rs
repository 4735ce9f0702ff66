//! Backpropagation: the analytic gradient of the book's chapter 5.
//!
//! δ₂ = (Σₖ t · probs − t) / N at the logits (probs − t where the targets sum to 1), δ₁ = s (1 − s) · δ₂ W2ᵀ at the
//! hidden units; the gradients are sums over the samples of x δ₁ and s δ₂. As in the book, δ₂ leaves out the 1e-7
//! inside the logarithm, so that it differs from the slope of the loss by about 1e-7 / probs\[label\] of itself.

use crate::batch::{Batch, CHUNK_ROWS};
use crate::input_sums::{Part, TILE_COLUMNS, sum_by_input, tiles};
use crate::matrix::add_weighted_rows;
use crate::simd::{F64x2, LANES};
use crate::two_layer::{Dimensions, ForwardPass};

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
        Self { logits: vec![0.0; CHUNK_ROWS * dims.outputs], hidden: vec![0.0; CHUNK_ROWS * dims.hidden_stride()] }
    }
}

/// Adds the gradient of a batch to `grads`. `samples` is the N of the mean: all samples, also those of other parts, of
/// which this may be the first; `table` is scratch of [`TILE_COLUMNS`] numbers a slot.
pub fn add_gradient(
    pass: &ForwardPass,
    samples: usize,
    first: bool,
    deltas: &mut Deltas,
    table: &mut [f64],
    grads: &mut [f64],
) {
    let (dims, batch) = (pass.dims, &pass.batch);
    let (rows, stride) = (batch.rows(), dims.hidden_stride());
    for row in 0..rows {
        let logits = &mut deltas.logits[row * dims.outputs..][..dims.outputs];
        logit_deltas(pass, row, samples as f64, logits);
        let hidden = &mut deltas.hidden[row * stride..][..stride];
        hidden.fill(0.0);
        add_weighted_rows(hidden, logits.iter().copied().enumerate(), pass.w2_transposed(), stride);
        for (delta, slope) in hidden.iter_mut().zip(pass.slope(row)) {
            *delta *= slope;
        }
    }
    let (w1_grads, w2_grads) = grads.split_at_mut(dims.first_layer());
    if first {
        w2_grads.fill(0.0);
    }
    for (unit, grads) in w2_grads.chunks_exact_mut(dims.outputs).enumerate() {
        let hidden = (0..rows).map(|row| (row, pass.hidden(row)[unit]));
        add_weighted_rows(grads, hidden, &deltas.logits, dims.outputs);
    }
    for (column, width) in tiles(dims.hidden) {
        for row in 0..rows {
            let delta = &deltas.hidden[row * stride + column..(row + 1) * stride];
            fill_table(batch, row, delta, width, table);
        }
        // The mean is taken in δ₂ already: no factor after the last part.
        sum_by_input(batch, dims.inputs, table, Part { first, last: None }, (column, width), w1_grads);
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

/// `table[slot, ..width] = x δ` for the slots of a sample.
fn fill_table(batch: &Batch, row: usize, delta: &[f64], width: usize, table: &mut [f64]) {
    let (first, values) = batch.row_slots(row);
    let vectors = width.div_ceil(LANES);
    let delta = &delta.as_chunks::<LANES>().0[..vectors];
    for (x, out) in values.iter().zip(table[first * TILE_COLUMNS..].chunks_exact_mut(TILE_COLUMNS)) {
        let x = F64x2::splat(*x);
        for (delta, out) in delta.iter().zip(out.as_chunks_mut::<LANES>().0) {
            (x * F64x2::load(delta)).store(out);
        }
    }
}
