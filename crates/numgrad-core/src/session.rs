//! A network at work: the owner of its parameters, its gradient, and everything that works on them.
//!
//! Everything is allocated when the session is made; nothing grows later. A caller writes rows and targets into
//! [`Session::values`] or [`Session::pixels`] and [`Session::targets_mut`], then stages them. A larger batch comes in
//! parts.

use crate::classify::Classifier;
use crate::gradients::backprop::Deltas;
use crate::gradients::central_difference::definition;
use crate::gradients::central_difference::incremental::Scratch;
use crate::gradients::input_sums::Sum;
use crate::kernels::vector::{Columns, descend, descends_to_finite, l1_norm};
use crate::memory::{has_room, zeros};
use crate::samples::batch::{ENTRIES, PART_ROWS};
use crate::samples::by_input::ByInput;
use crate::samples::image_lists::ImageLists;
use crate::samples::targets::Targets;
use crate::share::Share;
use crate::two_layer::{Dimensions, ForwardPass, TransposedW2};
use alloc::vec::Vec;
use core::ops::Range;

/// Parameters of one call of the gradient by definition: one long call would stay in V8's baseline compiler.
pub const PIECE: usize = 64;

/// Which part of a larger batch is staged.
#[derive(Clone, Copy, Debug)]
pub struct Part {
    /// Whether it is the first part.
    pub first: bool,
    /// Whether it is the last part.
    pub last: bool,
    /// Number of samples of all parts.
    pub samples: usize,
}

/// A network and its workspace.
pub struct Session {
    params: Vec<f64>,
    grads: Vec<f64>,
    values: Vec<f64>,
    pixels: Vec<u8>,
    indices: Vec<u32>,
    pass: ForwardPass,
    by_input: ByInput,
    w2_transposed: TransposedW2,
    deltas: Deltas,
    scratch: Scratch,
    piece_sums: Vec<[f64; 2]>,
    classifier: Classifier,
}

impl Session {
    /// A network whose parameters and gradients are all 0; `None` if there is not enough memory for it.
    ///
    /// # Panics
    /// If a dimension is 0.
    pub fn new(dims: Dimensions) -> Option<Self> {
        assert!(dims.input_size > 0 && dims.hidden_size > 0 && dims.output_size > 0, "a layer without units");
        if !has_room(usize::try_from(Self::bytes(dims)).ok()?) {
            return None;
        }
        let pass = ForwardPass::new(dims);
        let slots = pass.batch.slot_capacity();
        Some(Self {
            params: zeros(dims.parameters()),
            grads: zeros(dims.parameters()),
            values: zeros(PART_ROWS * dims.input_size),
            pixels: zeros(PART_ROWS * dims.input_size),
            indices: zeros(PART_ROWS),
            by_input: ByInput::new(&pass.batch),
            pass,
            w2_transposed: TransposedW2::new(dims),
            deltas: Deltas::new(dims),
            scratch: Scratch::new(dims, slots),
            piece_sums: zeros(PIECE),
            classifier: Classifier::new(dims),
        })
    }

    /// An upper bound of the bytes that a session takes, in its allocations and in itself; `tests/session_bytes.rs`
    /// counts how many it does.
    pub fn bytes(dims: Dimensions) -> u64 {
        /// A parameter, its gradient; for W2 also the transpose and the sums of the central differences: 8 bytes each.
        const PARAMETER: u64 = 32;
        /// Of each row, an input: a number and a pixel.
        const ROW_INPUT: u64 = 8 + 1;
        /// Of each row, a hidden unit: z, s, a, δ₁ and three coefficients of 8 bytes, and a mark; rounded up.
        const ROW_UNIT: u64 = 72;
        /// Of each row, a class: logit, probability, target, δ₂ and two terms of 8 bytes; rounded up for the labels and
        /// plans.
        const ROW_CLASS: u64 = 56;
        /// Of one sample, a class: two numbers, and sums over the other classes for each power.
        const CLASS: u64 = 2 * 8 + 12 * 8;
        /// An entry: in the batch its input, slot and value, by input its slot, place and value. (32 on wasm32.)
        const ENTRY: u64 = 4 + 4 + 8 + 4 + 8 + 8;
        /// A slot: its value, three powers of u, its number and a row of the table. There are no more slots than entries.
        const SLOT: u64 = 8 + 24 + 4 + 64;
        /// Of the classifier, a weight in float32.
        const WEIGHT: u64 = 4;
        /// An input: in the classifier 19 weights that pad the tiles, and an entry; and where its entries start.
        const INPUT: u64 = 19 * 4 + 8 + 4;
        /// Everything that does not depend on the dimensions.
        const REST: u64 = 1 << 16;

        let Dimensions { input_size, hidden_size, output_size } = dims;
        // With the bias, padding, and the places at the ends of lists.
        let (inputs, units, classes) = (input_size as u64 + 2, hidden_size as u64 + 3, output_size as u64);
        let rows = PART_ROWS as u64;
        let params = inputs.saturating_mul(units).saturating_add(units.saturating_mul(classes));
        let row = inputs * ROW_INPUT + units * ROW_UNIT + classes * ROW_CLASS;
        let entries = inputs.max(rows.saturating_mul(inputs).min(ENTRIES as u64));
        PARAMETER
            .saturating_mul(params)
            .saturating_add(rows.saturating_mul(row))
            .saturating_add((ENTRY + SLOT) * entries)
            .saturating_add(inputs.saturating_mul(WEIGHT * units + INPUT))
            .saturating_add(CLASS * classes)
            .saturating_add(REST)
    }

    /// The parameters: w1, b1, w2, b2, one after the other.
    pub fn params(&self) -> &[f64] {
        &self.params
    }

    /// The parameters, to be set.
    pub fn params_mut(&mut self) -> &mut [f64] {
        &mut self.params
    }

    /// The sum of the sizes of all parameters, which callers write without a check: see [`l1_norm`].
    pub fn parameter_norm(&self) -> f64 {
        l1_norm(&self.params)
    }

    /// The gradient, in the order of the parameters.
    pub fn grads(&self) -> &[f64] {
        &self.grads
    }

    /// The buffer for rows of numbers, [[`PART_ROWS`], input_size].
    pub fn values(&mut self) -> &mut [f64] {
        &mut self.values
    }

    /// The buffer for rows of pixels, [[`PART_ROWS`], input_size].
    pub fn pixels(&mut self) -> &mut [u8] {
        &mut self.pixels
    }

    /// The buffer for indices of images, [[`PART_ROWS`]].
    pub fn indices(&mut self) -> &mut [u32] {
        &mut self.indices
    }

    /// The buffers for labels and rows of targets.
    pub fn targets_mut(&mut self) -> &mut Targets {
        &mut self.pass.targets
    }

    /// The probabilities of the last forward pass, [rows, output_size].
    pub fn probs(&self) -> &[f64] {
        self.pass.all_probs()
    }

    /// Stages the first `rows` rows of [`Session::values`]; returns how many fitted.
    ///
    /// # Errors
    /// The index in the buffer of the first number that is NaN or infinite.
    pub fn stage_values(&mut self, rows: usize) -> Result<usize, usize> {
        self.pass.batch.clear();
        for (row, values) in self.values.chunks_exact(self.pass.dims.input_size).take(rows).enumerate() {
            match self.pass.batch.push_values(values) {
                Ok(true) => {}
                Ok(false) => return Ok(row),
                Err(index) => return Err(row * self.pass.dims.input_size + index),
            }
        }
        Ok(rows)
    }

    /// Stages the first `rows` rows of [`Session::pixels`]; returns how many fitted.
    pub fn stage_pixels(&mut self, rows: usize) -> usize {
        self.pass.batch.clear();
        self.pixels
            .chunks_exact(self.pass.dims.input_size)
            .take(rows)
            .take_while(|row| self.pass.batch.push_pixels(row))
            .count()
    }

    /// Stages the images of a dataset whose indices are the first `rows` of [`Session::indices`], with their labels;
    /// returns how many fitted.
    ///
    /// # Panics
    /// If an index is not below the number of images.
    pub fn stage_images(&mut self, images: &ImageLists, rows: usize) -> usize {
        self.pass.stage_images(images, &self.indices[..rows])
    }

    /// How many of the images `from..to` of a dataset are classified as their labels say. Float32 decides if it is
    /// certain, otherwise the forward pass, so the count is always that of the forward pass.
    pub fn count_correct_images(&mut self, images: &ImageLists, from: usize, to: usize) -> usize {
        let mut classifier = self.classifier.prepare(&self.params);
        let (mut correct, mut uncertain) = (0, 0);
        for index in from..to {
            let image = images.image(index);
            match classifier.class(&image) {
                Some(class) => correct += usize::from(class == image.label as usize),
                None => {
                    self.indices[uncertain] = index as u32;
                    uncertain += 1;
                }
            }
            // The images that float32 left open are collected, and go through the forward pass together.
            if uncertain == PART_ROWS || index + 1 == to {
                let indices = &self.indices[..uncertain];
                correct += count_correct_by_forward_pass(&mut self.pass, &self.params, images, indices);
                uncertain = 0;
            }
        }
        correct
    }

    /// The forward pass of the staged samples.
    pub fn forward(&mut self) {
        self.begin(false);
        self.finish_forward();
    }

    /// The first half of a forward pass or a gradient: what needs the own hidden units only.
    ///
    /// - `with_bounds`: whether central differences follow, which need bounds of |b|.
    pub fn begin(&mut self, with_bounds: bool) {
        let outputs = self.pass.run_hidden(&self.params);
        if with_bounds {
            self.scratch.take_bounds(outputs, &self.params[outputs.dims().first_layer()..]);
        }
    }

    /// The second half of [`Session::forward`], which needs the activations of all units and W2.
    pub fn finish_forward(&mut self) {
        self.pass.run_outputs(&self.params);
    }

    /// `sum` plus the losses of the staged samples, in nats. The last forward pass must have been theirs.
    pub fn add_losses(&self, sum: f64) -> f64 {
        self.pass.last_run().add_losses(sum)
    }

    /// How many of the staged samples have their largest probability at their target. The last forward pass must have
    /// been theirs.
    pub fn count_correct(&self) -> usize {
        self.pass.last_run().count_correct()
    }

    /// Backpropagation of the staged samples into the gradient, forward pass included.
    pub fn backpropagate(&mut self, part: Part) {
        self.begin(false);
        self.finish_backpropagation(part);
    }

    /// The second half of [`Session::backpropagate`], which needs the activations of all units and W2.
    pub fn finish_backpropagation(&mut self, part: Part) {
        let (w1_grads, w2_grads) = self.grads.split_at_mut(self.pass.dims.first_layer());
        let outputs = self.pass.run_outputs(&self.params);
        let prepared = self.deltas.prepare(outputs, self.w2_transposed.take(&self.params), part.samples);
        prepared.add_first_layer(&mut self.by_input, part.first, w1_grads);
        prepared.add_second_layer(part.first, w2_grads);
    }

    /// Central differences of the staged samples into the gradient, incrementally, forward pass included.
    pub fn central_differences(&mut self, h: f64, part: Part) {
        self.begin(true);
        self.finish_differences(h, part);
    }

    /// The second half of [`Session::central_differences`], which needs the activations of all units, W2 and the bounds
    /// of |b| over all units.
    pub fn finish_differences(&mut self, h: f64, part: Part) {
        let (w1_grads, w2_grads) = self.grads.split_at_mut(self.pass.dims.first_layer());
        let outputs = self.pass.run_outputs(&self.params);
        let mut prepared = self.scratch.prepare(outputs, self.w2_transposed.take(&self.params), h);
        let scale = if part.last { 1.0 / (2.0 * h * part.samples as f64) } else { 1.0 };
        let sum = Sum { first: part.first, scale };
        prepared.add_first_layer(&mut self.by_input, sum, w1_grads);
        prepared.add_second_layer(sum, w2_grads);
    }

    /// Central differences by definition, for up to [`PIECE`] parameters from `first_parameter` on: adds the losses of
    /// the staged samples and, with the last part, writes the quotients into the gradient.
    pub fn differences_by_definition(&mut self, h: f64, part: Part, first_parameter: usize) {
        let piece = first_parameter..(first_parameter + PIECE).min(self.params.len());
        let sums = &mut self.piece_sums[..piece.len()];
        if part.first {
            sums.fill([0.0; 2]);
        }
        definition::add_perturbed_losses(&mut self.pass, &mut self.params, h, first_parameter, sums);
        if part.last {
            for (grad, sums) in self.grads[piece].iter_mut().zip(sums) {
                *grad = definition::quotient(*sums, part.samples, h);
            }
        }
    }

    /// Moves every parameter by −`learning_rate` × its gradient. False, and nothing has changed, if a result would not
    /// be finite.
    pub fn try_descend(&mut self, learning_rate: f64) -> bool {
        let is_finite = self.descends_to_finite(learning_rate);
        if is_finite {
            self.descend(learning_rate);
        }
        is_finite
    }

    /// Whether moving every own parameter by −`learning_rate` × its gradient gives nothing but finite numbers.
    pub fn descends_to_finite(&mut self, learning_rate: f64) -> bool {
        self.all_own(descends_to_finite, learning_rate)
    }

    /// Moves every own parameter by −`learning_rate` × its gradient.
    pub fn descend(&mut self, learning_rate: f64) {
        let update: Update = |params, grads, columns, learning_rate| {
            descend(params, grads, columns, learning_rate);
            true
        };
        self.all_own(update, learning_rate);
    }

    /// Whether a function is true for the own parameters and their gradient: first for those of the first layer, then for
    /// those of the second.
    #[inline(never)] // called twice
    fn all_own(&mut self, update: Update, learning_rate: f64) -> bool {
        let Dimensions { hidden_size, output_size, .. } = self.pass.dims;
        let (w1, w2) = self.params.split_at_mut(self.pass.dims.first_layer());
        let (w1_grads, w2_grads) = self.grads.split_at(w1.len());
        let (units, rows) = (self.pass.share.units(), self.pass.share.units_and_bias());
        let rows = rows.start * output_size..rows.end * output_size;
        let (w2, w2_grads) = (&mut w2[rows.clone()], &w2_grads[rows]);
        // If all units are own ones, W1 and b1 are one row.
        let (units, cols) = if units.len() == hidden_size { (0..w1.len(), w1.len()) } else { (units, hidden_size) };
        let (first, second) = (Columns { cols, range: units }, Columns::all(w2.len()));
        update(w1, w1_grads, first, learning_rate) && update(w2, w2_grads, second, learning_rate)
    }

    /// Gives the session a share of the hidden units; all of them make it work alone again.
    ///
    /// # Panics
    /// See [`Share::new`].
    pub fn set_share(&mut self, units: Range<usize>) {
        self.pass.share = Share::new(units, self.pass.dims.hidden_size);
    }

    /// The activations of the staged samples, [rows, hidden_stride]. After `begin` only the own ones are known; those of
    /// other members are set here, and so are their rows of W2 in the parameters.
    pub fn hidden_mut(&mut self) -> &mut [f64] {
        self.pass.hidden_mut()
    }

    /// The bounds of |b| of the staged samples, which central differences need. After `begin` they are those over the own
    /// units; the largest of all members are set here.
    pub fn bounds_mut(&mut self) -> &mut [f64] {
        self.scratch.bounds_mut()
    }
}

/// What is done to some columns of parameters, given their gradient and the learning rate.
type Update = fn(&mut [f64], &[f64], Columns, f64) -> bool;

/// How many of the images with these indices the forward pass classifies as their labels say.
fn count_correct_by_forward_pass(
    pass: &mut ForwardPass,
    params: &[f64],
    images: &ImageLists,
    indices: &[u32],
) -> usize {
    let (mut done, mut correct) = (0, 0);
    while done < indices.len() {
        done += pass.stage_images(images, &indices[done..]);
        correct += pass.run(params).count_correct();
    }
    correct
}
