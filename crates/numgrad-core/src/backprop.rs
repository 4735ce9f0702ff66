//! Backpropagation: the analytic gradient of the book's chapter 5.
//!
//! δ₂ = (Σₖ t · probs − t) / N at the logits (probs − t where the targets sum to 1), δ₁ = s (1 − s) · δ₂ W2ᵀ at the
//! hidden units; the gradients are sums over the samples of x δ₁ and s δ₂. As in the book, δ₂ leaves out the 1e-7
//! inside the logarithm, so that it differs from the slope of the loss by about 1e-7 / probs\[label\] of itself.

use crate::batch::{Batch, CHUNK_ROWS};
use crate::input_sums::{Part, TILE_COLUMNS, sum_by_input, tiles};
use crate::matrix::add_weighted_rows;
use crate::simd::{F64x2, LANES};
use crate::targets::Targets;
use crate::two_layer::{Activations, Dimensions};

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
        Self {
            logits: vec![0.0; CHUNK_ROWS * dims.outputs],
            hidden: vec![0.0; CHUNK_ROWS * dims.hidden_stride()],
        }
    }
}

/// Adds the gradient of a batch to `grads`, after [`crate::two_layer::forward`] and [`Batch::sort_by_input`].
///
/// `samples` is the N of the mean: all samples, also those of other parts. `w2_transposed` is
/// [`crate::two_layer::transpose_w2`]'s; `table` is scratch of [`TILE_COLUMNS`] numbers a slot. [`Part::last`] is not
/// used as a factor here (the mean is taken in δ₂).
#[expect(clippy::too_many_arguments, reason = "the parts of a session, borrowed apart")]
pub fn add_gradient(
    dims: Dimensions,
    samples: usize,
    first: bool,
    (batch, activations, targets): (&Batch, &Activations, &Targets),
    w2_transposed: &[f64],
    deltas: &mut Deltas,
    table: &mut [f64],
    grads: &mut [f64],
) {
    let (rows, stride) = (batch.rows(), dims.hidden_stride());
    logit_deltas(dims, rows, samples as f64, activations, targets, &mut deltas.logits);
    for row in 0..rows {
        let delta = &mut deltas.hidden[row * stride..][..stride];
        delta.fill(0.0);
        let logits = deltas.logits[row * dims.outputs..][..dims.outputs]
            .iter()
            .copied()
            .enumerate();
        add_weighted_rows(delta, logits, w2_transposed, stride);
        for (delta, slope) in delta.iter_mut().zip(&activations.slope[row * stride..]) {
            *delta *= slope;
        }
    }
    let (w1_grads, w2_grads) = grads.split_at_mut(dims.first_layer());
    if first {
        w2_grads.fill(0.0);
    }
    for (unit, grads) in w2_grads.chunks_exact_mut(dims.outputs).enumerate() {
        let hidden = (0..rows).map(|row| (row, activations.hidden[row * stride + unit]));
        add_weighted_rows(grads, hidden, &deltas.logits, dims.outputs);
    }
    for (column, width) in tiles(dims.hidden) {
        for row in 0..rows {
            let delta = &deltas.hidden[row * stride + column..(row + 1) * stride];
            fill_table(batch, row, delta, width, table);
        }
        sum_by_input(
            batch,
            dims.inputs,
            table,
            Part { first, last: None },
            (column, width),
            w1_grads,
        );
    }
}

/// δ₂ of every sample.
fn logit_deltas(
    dims: Dimensions,
    rows: usize,
    samples: f64,
    activations: &Activations,
    targets: &Targets,
    out: &mut [f64],
) {
    for row in 0..rows {
        let probs = &activations.probs[row * dims.outputs..][..dims.outputs];
        let delta = &mut out[row * dims.outputs..][..dims.outputs];
        match targets.label(row) {
            Some(label) => {
                delta.copy_from_slice(probs);
                delta[label] -= 1.0;
            }
            None => {
                let t = targets.soft(row);
                let total: f64 = t.iter().sum();
                for k in 0..delta.len() {
                    delta[k] = total * probs[k] - t[k];
                }
            }
        }
        for delta in delta.iter_mut() {
            *delta /= samples;
        }
    }
}

/// `table[slot, ..width] = x δ` for the slots of a sample.
fn fill_table(batch: &Batch, row: usize, delta: &[f64], width: usize, table: &mut [f64]) {
    let (first, values) = batch.row_slots(row);
    let vectors = width.div_ceil(LANES);
    let delta = &delta.as_chunks::<LANES>().0[..vectors];
    for (x, out) in values
        .iter()
        .zip(table[first * TILE_COLUMNS..].chunks_exact_mut(TILE_COLUMNS))
    {
        let x = F64x2::splat(*x);
        for (delta, out) in delta.iter().zip(out.as_chunks_mut::<LANES>().0) {
            (x * F64x2::load(delta)).store(out);
        }
    }
}
