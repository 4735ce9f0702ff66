//! The network: dimensions, layout of the parameters, forward pass, loss and accuracy.
//!
//! hiddenPre = x W1 + b1, hidden = sigmoid(hiddenPre), logits = hidden W2 + b2, probs = softmax(logits).
//!
//! The parameters lie in one slice, w1 then b1 then w2 then b2, each row-major. So b1 is the last row of a matrix
//! [inputs + 1, hidden] and b2 the last row of a matrix [hidden + 1, outputs]: a bias is the weight of an input that
//! is always 1, and no kernel needs a special case for it.

use crate::batch::{Batch, CHUNK_ROWS};
use crate::cross_entropy::{add_label_losses, add_target_losses};
use crate::matrix::add_weighted_rows;
use crate::sigmoid::sigmoid_lanes;
use crate::simd::{F64x2, LANES};
use crate::softmax::softmax_in_place;
use crate::targets::Targets;

/// Numbers of units of the three layers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dimensions {
    /// Width of an input row.
    pub inputs: usize,
    /// Hidden units.
    pub hidden: usize,
    /// Classes.
    pub outputs: usize,
}

impl Dimensions {
    /// Parameters of the first layer: (inputs + 1) × hidden, the bias last.
    pub fn first_layer(&self) -> usize {
        (self.inputs + 1) * self.hidden
    }

    /// All parameters.
    pub fn parameters(&self) -> usize {
        self.first_layer() + (self.hidden + 1) * self.outputs
    }

    /// Distance from one sample to the next in arrays of hidden units: room for the constant 1 of the bias, and even.
    pub fn hidden_stride(&self) -> usize {
        (self.hidden + 1).next_multiple_of(LANES)
    }
}

/// What a forward pass leaves behind for each sample of a batch.
pub struct Activations {
    /// s: sigmoid of the hidden units, [rows, hidden_stride]; after the last unit stands the 1 of the bias.
    pub hidden: Vec<f64>,
    /// a = s (1 − s), [rows, hidden_stride]; 0 beyond the last unit.
    pub slope: Vec<f64>,
    /// x W2 + b2 of the hidden layer, [rows, outputs].
    pub logits: Vec<f64>,
    /// Softmax of the logits, [rows, outputs].
    pub probs: Vec<f64>,
}

impl Activations {
    /// Room for a chunk.
    pub fn new(dims: Dimensions) -> Self {
        let stride = dims.hidden_stride();
        Self {
            hidden: vec![0.0; CHUNK_ROWS * stride],
            slope: vec![0.0; CHUNK_ROWS * stride],
            logits: vec![0.0; CHUNK_ROWS * dims.outputs],
            probs: vec![0.0; CHUNK_ROWS * dims.outputs],
        }
    }
}

/// The forward pass of a batch: hidden units, their slopes and the probabilities.
///
/// # Panics
/// If `params` has another length than [`Dimensions::parameters`].
pub fn forward(dims: Dimensions, params: &[f64], batch: &Batch, out: &mut Activations) {
    assert_eq!(params.len(), dims.parameters(), "parameters of another network");
    let (w1, w2) = params.split_at(dims.first_layer());
    let stride = dims.hidden_stride();
    for row in 0..batch.rows() {
        let hidden = &mut out.hidden[row * stride..][..stride];
        let slope = &mut out.slope[row * stride..][..stride];
        hidden.fill(0.0);
        add_weighted_rows(hidden, batch.entries(row), w1, dims.hidden);
        let (hidden_pairs, slope_pairs) = (hidden.as_chunks_mut::<LANES>().0, slope.as_chunks_mut::<LANES>().0);
        for (s, a) in hidden_pairs.iter_mut().zip(slope_pairs) {
            let (value, derivative) = sigmoid_lanes(F64x2::load(s));
            value.store(s);
            derivative.store(a);
        }
        hidden[dims.hidden..].fill(0.0);
        hidden[dims.hidden] = 1.0;
        slope[dims.hidden..].fill(0.0);

        let logits = &mut out.logits[row * dims.outputs..][..dims.outputs];
        logits.fill(0.0);
        let units = hidden[..dims.hidden + 1].iter().copied().enumerate();
        add_weighted_rows(logits, units, w2, dims.outputs);
        let probs = &mut out.probs[row * dims.outputs..][..dims.outputs];
        probs.copy_from_slice(logits);
        softmax_in_place(probs);
    }
}

/// `sum` plus the cross entropies of the batch in nats, sample after sample; the loss is the sum over all samples
/// divided by their number.
pub fn add_losses(dims: Dimensions, mut sum: f64, activations: &Activations, targets: &Targets, rows: usize) -> f64 {
    for row in 0..rows {
        let probs = &activations.probs[row * dims.outputs..][..dims.outputs];
        sum = match targets.label(row) {
            Some(label) => add_label_losses(sum, &probs[label..=label]),
            None => add_target_losses(sum, probs, targets.soft(row)),
        };
    }
    sum
}

/// How many samples have their largest probability at their label. The first of several equal largest ones counts.
pub fn count_correct(dims: Dimensions, activations: &Activations, targets: &Targets, rows: usize) -> usize {
    let hits = |row: &usize| {
        let probs = &activations.probs[row * dims.outputs..][..dims.outputs];
        let target = targets.label(*row).unwrap_or_else(|| argmax(targets.soft(*row)));
        argmax(probs) == target
    };
    (0..rows).filter(hits).count()
}

/// Index of the largest number, the first of several.
pub fn argmax(values: &[f64]) -> usize {
    (1..values.len()).fold(0, |best, k| if values[k] > values[best] { k } else { best })
}

/// W2 and b2 the other way round, [outputs, hidden_stride]: `out[k, j]` is w2\[j, k\], `out[k, hidden]` is b2\[k\], and
/// the rest is 0.
pub fn transpose_w2(dims: Dimensions, params: &[f64], out: &mut [f64]) {
    let stride = dims.hidden_stride();
    out.fill(0.0);
    for (j, row) in params[dims.first_layer()..].chunks_exact(dims.outputs).enumerate() {
        for (k, w) in row.iter().enumerate() {
            out[k * stride + j] = *w;
        }
    }
}
