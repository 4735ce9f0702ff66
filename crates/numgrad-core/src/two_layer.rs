//! The network: dimensions, layout of the parameters, forward pass, loss and accuracy.
//!
//! hiddenPre = x W1 + b1, hidden = sigmoid(hiddenPre), logits = hidden W2 + b2, probs = softmax(logits).
//!
//! The parameters lie in one slice, w1 then b1 then w2 then b2, each row-major. So b1 is the last row of a matrix
//! [inputs + 1, hidden] and b2 the last row of a matrix [hidden + 1, outputs]: a bias is the weight of an input that
//! is always 1, and no kernel needs a special case for it.

use crate::kernels::cross_entropy::{add_label_losses, add_target_losses};
use crate::kernels::matrix::{TILE, add_weighted_rows, add_weighted_rows_of_tile, tiles, with_starts};
use crate::kernels::sigmoid::sigmoid_lanes;
use crate::kernels::softmax::softmax_in_place;
use crate::kernels::vector::argmax;
use crate::memory::zeros;
use crate::samples::batch::{Batch, PART_ROWS};
use crate::samples::targets::Targets;
use crate::simd::{F64x2, LANES};
use alloc::vec::Vec;

/// Numbers of units of the three layers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dimensions {
    /// Width of an input row.
    pub input_size: usize,
    /// Hidden units.
    pub hidden_size: usize,
    /// Classes.
    pub output_size: usize,
}

impl Dimensions {
    /// Parameters of the first layer: (inputs + 1) × hidden, the bias last.
    pub fn first_layer(&self) -> usize {
        (self.input_size + 1) * self.hidden_size
    }

    /// All parameters.
    pub fn parameters(&self) -> usize {
        self.first_layer() + (self.hidden_size + 1) * self.output_size
    }

    /// Distance from one sample to the next in arrays of hidden units: room for the constant 1 of the bias, and even.
    pub fn hidden_stride(&self) -> usize {
        (self.hidden_size + 1).next_multiple_of(LANES)
    }
}

/// A batch, its targets, and what the forward pass leaves behind for each sample.
pub struct ForwardPass {
    /// Numbers of units.
    pub dims: Dimensions,
    /// The samples.
    pub batch: Batch,
    /// What they should be.
    pub targets: Targets,
    hidden_pre: Vec<f64>,
    hidden: Vec<f64>,
    slope: Vec<f64>,
    logits: Vec<f64>,
    probs: Vec<f64>,
    w2_transposed: Vec<f64>,
}

impl ForwardPass {
    /// Room for a chunk.
    pub fn new(dims: Dimensions) -> Self {
        let stride = dims.hidden_stride();
        Self {
            dims,
            batch: Batch::new(dims.input_size),
            targets: Targets::new(dims.output_size),
            hidden_pre: zeros(PART_ROWS * stride),
            hidden: zeros(PART_ROWS * stride),
            slope: zeros(PART_ROWS * stride),
            logits: zeros(PART_ROWS * dims.output_size),
            probs: zeros(PART_ROWS * dims.output_size),
            w2_transposed: zeros(dims.output_size * stride),
        }
    }

    /// Pre-activations of a sample's hidden units: hidden_stride numbers.
    pub fn hidden_pre(&self, row: usize) -> &[f64] {
        row_of(&self.hidden_pre, self.dims.hidden_stride(), row)
    }

    /// s, the activations of a sample's hidden units; after the last stands the 1 of the bias: hidden_stride numbers.
    pub fn hidden(&self, row: usize) -> &[f64] {
        row_of(&self.hidden, self.dims.hidden_stride(), row)
    }

    /// a = s (1 − s) of a sample's hidden units; 0 beyond the last: hidden_stride numbers.
    pub fn slope(&self, row: usize) -> &[f64] {
        row_of(&self.slope, self.dims.hidden_stride(), row)
    }

    /// Logits of a sample, one for each output.
    pub fn logits(&self, row: usize) -> &[f64] {
        row_of(&self.logits, self.dims.output_size, row)
    }

    /// Probabilities of a sample, one for each output.
    pub fn probs(&self, row: usize) -> &[f64] {
        row_of(&self.probs, self.dims.output_size, row)
    }

    /// Probabilities of all samples, `[rows, outputs]`.
    pub fn all_probs(&self) -> &[f64] {
        &self.probs
    }

    /// W2 and b2 the other way round, after [`ForwardPass::transpose_w2`]: element \[k, j\] is w2\[j, k\], and with
    /// j = hidden b2\[k\]; the rest is 0. Shape `[outputs, hidden_stride]`.
    pub fn w2_transposed(&self) -> &[f64] {
        &self.w2_transposed
    }

    /// Runs the network on the batch.
    ///
    /// # Panics
    /// If `params` has another length than [`Dimensions::parameters`].
    pub fn run(&mut self, params: &[f64]) {
        let dims = self.dims;
        assert_eq!(params.len(), dims.parameters(), "parameters of another network");
        let (w1, w2) = params.split_at(dims.first_layer());
        let stride = dims.hidden_stride();
        self.batch.place_entries(dims.hidden_size);
        self.hidden_pre[..self.batch.rows() * stride].fill(0.0);
        for tile in tiles(dims.hidden_size, TILE) {
            for row in 0..self.batch.rows() {
                let out = &mut self.hidden_pre[row * stride..][..stride];
                add_weighted_rows_of_tile(out, self.batch.entries(row), w1, tile);
            }
        }
        for row in 0..self.batch.rows() {
            let hidden = &mut self.hidden[row * stride..][..stride];
            let slope = &mut self.slope[row * stride..][..stride];
            activate(&self.hidden_pre[row * stride..][..stride], hidden, slope, dims.hidden_size);
            let logits = &mut self.logits[row * dims.output_size..][..dims.output_size];
            logits.fill(0.0);
            let units = with_starts(&hidden[..dims.hidden_size + 1], dims.output_size);
            add_weighted_rows(logits, units, w2, dims.output_size);
            let probs = &mut self.probs[row * dims.output_size..][..dims.output_size];
            probs.copy_from_slice(logits);
            softmax_in_place(probs);
        }
    }

    /// Brings [`ForwardPass::w2_transposed`] up to date.
    pub fn transpose_w2(&mut self, params: &[f64]) {
        let stride = self.dims.hidden_stride();
        for (j, row) in params[self.dims.first_layer()..].chunks_exact(self.dims.output_size).enumerate() {
            for (k, w) in row.iter().enumerate() {
                self.w2_transposed[k * stride + j] = *w;
            }
        }
    }

    /// `sum` plus the cross entropies of the batch in nats, sample after sample; the loss is the sum over all samples
    /// divided by their number.
    pub fn add_losses(&self, sum: f64) -> f64 {
        (0..self.batch.rows()).fold(sum, |sum, row| match self.targets.label(row) {
            Some(label) => add_label_losses(sum, &self.probs(row)[label..=label]),
            None => add_target_losses(sum, self.probs(row), self.targets.soft(row)),
        })
    }

    /// How many samples have their largest probability at their label. The first of several equal largest ones counts.
    pub fn count_correct(&self) -> usize {
        let expected = |row| self.targets.label(row).unwrap_or_else(|| argmax(self.targets.soft(row)));
        (0..self.batch.rows()).filter(|row| argmax(self.probs(*row)) == expected(*row)).count()
    }
}

/// Activations and slopes of a sample; behind the last unit the 1 of the bias, with slope 0.
fn activate(hidden_pre: &[f64], hidden: &mut [f64], slope: &mut [f64], units: usize) {
    let (hidden_pairs, slope_pairs) = (hidden.as_chunks_mut::<LANES>().0, slope.as_chunks_mut::<LANES>().0);
    for ((z, s), a) in hidden_pre.as_chunks::<LANES>().0.iter().zip(hidden_pairs).zip(slope_pairs) {
        let (value, derivative) = sigmoid_lanes(F64x2::load(z));
        value.store(s);
        derivative.store(a);
    }
    hidden[units..].fill(0.0);
    hidden[units] = 1.0;
    slope[units..].fill(0.0);
}

fn row_of(values: &[f64], cols: usize, row: usize) -> &[f64] {
    &values[row * cols..][..cols]
}
