//! The network: dimensions, order of the parameters, forward pass, loss and accuracy.
//!
//! hiddenPre = x W1 + b1, hidden = sigmoid(hiddenPre), logits = hidden W2 + b2, probs = softmax(logits).
//!
//! The parameters lie in one slice: w1, b1, w2, b2, each row-major. So b1 is the last row of a matrix
//! [input_size + 1, hidden_size], and b2 the last row of a matrix [hidden_size + 1, output_size]. A bias is the weight
//! of an input that is always 1, and no kernel needs a special case for it.

use crate::kernels::cross_entropy::{add_label_losses, add_target_losses};
use crate::kernels::matrix::{WIDE, add_weighted_rows, add_weighted_rows_of_tile, sum_tiles, with_starts};
use crate::kernels::sigmoid::sigmoid_lanes;
use crate::kernels::softmax::softmax_in_place;
use crate::kernels::vector::argmax;
use crate::memory::zeros;
use crate::samples::batch::{Batch, PART_ROWS};
use crate::samples::image_lists::ImageLists;
use crate::samples::targets::{Target, Targets};
use crate::share::Share;
use crate::simd::{F64x2, LANES};
use alloc::vec::Vec;

/// Numbers of units of the three layers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dimensions {
    /// Number of inputs.
    pub input_size: usize,
    /// Number of hidden units.
    pub hidden_size: usize,
    /// Number of classes.
    pub output_size: usize,
}

impl Dimensions {
    /// Number of parameters of the first layer: (input_size + 1) × hidden_size.
    pub fn first_layer(&self) -> usize {
        (self.input_size + 1) * self.hidden_size
    }

    /// Number of all parameters.
    pub fn parameters(&self) -> usize {
        self.first_layer() + (self.hidden_size + 1) * self.output_size
    }

    /// Distance from one sample to the next in arrays of hidden units. It leaves room for the constant 1 of the bias,
    /// and it is even.
    pub fn hidden_stride(&self) -> usize {
        (self.hidden_size + 1).next_multiple_of(LANES)
    }
}

/// The staged part of a batch, its targets, and room for what the network computes for each sample.
pub struct ForwardPass {
    /// Numbers of units.
    pub dims: Dimensions,
    /// The hidden units that are computed here.
    pub share: Share,
    /// The samples.
    pub batch: Batch,
    /// The targets of the samples.
    pub targets: Targets,
    hidden_pre: Vec<f64>,
    hidden: Vec<f64>,
    slope: Vec<f64>,
    logits: Vec<f64>,
    probs: Vec<f64>,
}

impl ForwardPass {
    /// Memory for a part.
    pub fn new(dims: Dimensions) -> Self {
        let stride = dims.hidden_stride();
        Self {
            dims,
            share: Share::all(dims.hidden_size),
            batch: Batch::new(dims.input_size),
            targets: Targets::new(dims.output_size),
            hidden_pre: zeros(PART_ROWS * stride),
            hidden: zeros(PART_ROWS * stride),
            slope: zeros(PART_ROWS * stride),
            logits: zeros(PART_ROWS * dims.output_size),
            probs: zeros(PART_ROWS * dims.output_size),
        }
    }

    /// Makes images of a dataset the batch, with their labels; returns how many fitted.
    ///
    /// # Panics
    /// If an index is not below the number of images.
    pub fn stage_images(&mut self, images: &ImageLists, indices: &[u32]) -> usize {
        self.batch.clear();
        images.fetch(indices);
        for (row, index) in indices.iter().enumerate() {
            let image = images.image(*index as usize);
            if !self.batch.push_image(&image) {
                return row;
            }
            self.targets.labels[row] = image.label;
        }
        indices.len()
    }

    /// Runs the network on the batch.
    ///
    /// # Panics
    /// If `params` has another length than [`Dimensions::parameters`].
    pub fn run(&mut self, params: &[f64]) -> Evaluated<'_> {
        self.run_hidden(params);
        self.run_outputs(params)
    }

    /// Computes the own hidden units for the batch.
    ///
    /// # Panics
    /// If `params` has another length than [`Dimensions::parameters`].
    #[inline(never)] // called from several places
    pub fn run_hidden(&mut self, params: &[f64]) -> Evaluated<'_> {
        let dims = self.dims;
        assert_eq!(params.len(), dims.parameters(), "parameters of another network");
        let w1 = &params[..dims.first_layer()];
        let (rows, stride) = (self.batch.rows(), dims.hidden_stride());
        let entries = self.batch.place_entries(dims.hidden_size);
        self.hidden_pre[..rows * stride].fill(0.0);
        // A tile of units at a time for all samples.
        for tile in sum_tiles(self.share.units(), WIDE) {
            for row in 0..rows {
                let out = &mut self.hidden_pre[row * stride..][..stride];
                add_weighted_rows_of_tile(out, entries.row(row), w1, tile);
            }
        }
        let padded = self.share.padded_units();
        for row in 0..rows {
            let start = row * stride;
            let own = start + padded.start..start + padded.end;
            activate(&self.hidden_pre[own.clone()], &mut self.hidden[own.clone()], &mut self.slope[own]);
            // The 1 of the bias, with the slope 0, follows the last unit.
            self.hidden[start + dims.hidden_size..start + stride].fill(0.0);
            self.hidden[start + dims.hidden_size] = 1.0;
            self.slope[start + dims.hidden_size..start + stride].fill(0.0);
        }
        self.last_run()
    }

    /// Computes logits and probabilities from all hidden units.
    #[inline(never)] // called from several places
    pub fn run_outputs(&mut self, params: &[f64]) -> Evaluated<'_> {
        let dims = self.dims;
        let (w2, stride) = (&params[dims.first_layer()..], dims.hidden_stride());
        for row in 0..self.batch.rows() {
            let hidden = &self.hidden[row * stride..][..stride];
            let logits = &mut self.logits[row * dims.output_size..][..dims.output_size];
            logits.fill(0.0);
            let units = with_starts(&hidden[..dims.hidden_size + 1], dims.output_size);
            add_weighted_rows(logits, units, w2, dims.output_size);
            let probs = &mut self.probs[row * dims.output_size..][..dims.output_size];
            probs.copy_from_slice(logits);
            softmax_in_place(probs);
        }
        self.last_run()
    }

    /// What the last run computed, for a caller that cannot keep what [`ForwardPass::run`] returned. The batch must
    /// still be that of the last run.
    pub fn last_run(&self) -> Evaluated<'_> {
        Evaluated(self)
    }

    /// The activations of all hidden units, [rows, hidden_stride]. Those that are not own ones come from other members.
    pub fn hidden_mut(&mut self) -> &mut [f64] {
        &mut self.hidden
    }

    /// Probabilities of all samples, [rows, output_size].
    pub fn all_probs(&self) -> &[f64] {
        &self.probs
    }
}

/// A batch, its targets, and what the forward pass computed for each sample.
#[derive(Clone, Copy)]
pub struct Evaluated<'a>(&'a ForwardPass);

impl<'a> Evaluated<'a> {
    /// Numbers of units.
    pub fn dims(self) -> Dimensions {
        self.0.dims
    }

    /// The hidden units that are computed here. Pre-activations and slopes of others have no meaning.
    pub fn share(self) -> &'a Share {
        &self.0.share
    }

    /// The samples.
    pub fn batch(self) -> &'a Batch {
        &self.0.batch
    }

    /// The target of a sample.
    pub fn target(self, row: usize) -> Target<'a> {
        self.0.targets.of(row)
    }

    /// z, the pre-activations of a sample's hidden units: hidden_stride numbers.
    pub fn hidden_pre(self, row: usize) -> &'a [f64] {
        row_of(&self.0.hidden_pre, self.0.dims.hidden_stride(), row)
    }

    /// s, the activations of a sample's hidden units; the 1 of the bias follows the last one: hidden_stride numbers.
    pub fn hidden(self, row: usize) -> &'a [f64] {
        row_of(&self.0.hidden, self.0.dims.hidden_stride(), row)
    }

    /// a = s (1 − s), the slopes of a sample's hidden units; 0 beyond the last one: hidden_stride numbers.
    pub fn slope(self, row: usize) -> &'a [f64] {
        row_of(&self.0.slope, self.0.dims.hidden_stride(), row)
    }

    /// Logits of a sample, one for each class.
    pub fn logits(self, row: usize) -> &'a [f64] {
        row_of(&self.0.logits, self.0.dims.output_size, row)
    }

    /// Probabilities of a sample, one for each class.
    pub fn probs(self, row: usize) -> &'a [f64] {
        row_of(&self.0.probs, self.0.dims.output_size, row)
    }

    /// `sum` plus the cross entropies of the batch in nats, sample after sample. The loss is the sum over all samples,
    /// divided by their number.
    #[inline(never)] // one copy is enough where speed does not matter
    pub fn add_losses(self, sum: f64) -> f64 {
        (0..self.batch().rows()).fold(sum, |sum, row| match self.target(row) {
            Target::Label(label) => add_label_losses(sum, &self.probs(row)[label..=label]),
            Target::Soft(t) => add_target_losses(sum, self.probs(row), t),
        })
    }

    /// How many samples have their largest probability at their label. The first of several equal largest ones counts.
    pub fn count_correct(self) -> usize {
        let expected = |row| match self.target(row) {
            Target::Label(label) => label,
            Target::Soft(t) => argmax(t),
        };
        (0..self.batch().rows()).filter(|row| argmax(self.probs(*row)) == expected(*row)).count()
    }
}

/// Memory for W2 and b2 the other way round.
pub struct TransposedW2 {
    dims: Dimensions,
    values: Vec<f64>,
}

impl TransposedW2 {
    /// Memory for a network.
    pub fn new(dims: Dimensions) -> Self {
        Self { dims, values: zeros(dims.output_size * dims.hidden_stride()) }
    }

    /// Transposes W2 and b2 of the parameters. The result has the shape [output_size, hidden_stride]: element \[k, j\]
    /// is w2\[j, k\], element [k, hidden_size] is b2\[k\], and the rest is 0.
    pub fn take(&mut self, params: &[f64]) -> &[f64] {
        let stride = self.dims.hidden_stride();
        for (j, row) in params[self.dims.first_layer()..].chunks_exact(self.dims.output_size).enumerate() {
            for (k, w) in row.iter().enumerate() {
                self.values[k * stride + j] = *w;
            }
        }
        &self.values
    }
}

/// Computes activations and slopes of some vectors of a sample.
fn activate(hidden_pre: &[f64], hidden: &mut [f64], slope: &mut [f64]) {
    let (hidden_pairs, slope_pairs) = (hidden.as_chunks_mut::<LANES>().0, slope.as_chunks_mut::<LANES>().0);
    for ((z, s), a) in hidden_pre.as_chunks::<LANES>().0.iter().zip(hidden_pairs).zip(slope_pairs) {
        let (value, derivative) = sigmoid_lanes(F64x2::load(z));
        value.store(s);
        derivative.store(a);
    }
}

fn row_of(values: &[f64], cols: usize, row: usize) -> &[f64] {
    &values[row * cols..][..cols]
}
