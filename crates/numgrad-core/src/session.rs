//! A network at work: the owner of its parameters and gradients, and of everything that works on them.
//!
//! Everything is allocated when the session is made, the parts' own lists too: nothing grows later. Rows and targets are
//! written into [`Session::values`] or [`Session::pixels`] and [`Session::targets_mut`], then staged; larger batches come
//! in parts.

use crate::classify::Classifier;
use crate::gradients::backprop::{self, Deltas};
use crate::gradients::central_difference::definition;
use crate::gradients::central_difference::incremental::{self, Scratch};
use crate::gradients::input_sums::Sum;
use crate::kernels::vector;
use crate::memory::zeros;
use crate::samples::batch::PART_ROWS;
use crate::samples::image_lists::ImageLists;
use crate::samples::targets::Targets;
use crate::two_layer::{Dimensions, ForwardPass};
use alloc::vec::Vec;

/// Parameters of one slice of the gradient by definition, because one long call would stay in V8's baseline compiler.
pub const PIECE: usize = 64;

/// Which part of a larger batch is staged.
#[derive(Clone, Copy, Debug)]
pub struct Part {
    /// Whether it is the first part.
    pub first: bool,
    /// Whether it is the last part.
    pub last: bool,
    /// Samples of all parts.
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
        // An allocation that fails ends the program. One block that would hold everything is asked for politely first.
        let bytes = usize::try_from(Self::bytes(dims)).ok()?;
        Vec::<u8>::new().try_reserve_exact(bytes).ok()?;
        let pass = ForwardPass::new(dims);
        let slots = pass.batch.slot_capacity();
        Some(Self {
            params: zeros(dims.parameters()),
            grads: zeros(dims.parameters()),
            values: zeros(PART_ROWS * dims.input_size),
            pixels: zeros(PART_ROWS * dims.input_size),
            indices: zeros(PART_ROWS),
            pass,
            deltas: Deltas::new(dims),
            scratch: Scratch::new(dims, slots),
            piece_sums: zeros(PIECE),
            classifier: Classifier::new(dims),
        })
    }

    /// An upper bound of the bytes that a network takes.
    fn bytes(dims: Dimensions) -> u64 {
        let Dimensions { input_size, hidden_size, output_size } = dims;
        let (inputs, hidden, outputs) = (input_size as u64 + 2, hidden_size as u64 + 3, output_size as u64);
        let rows = PART_ROWS as u64;
        let params = inputs.saturating_mul(hidden).saturating_add(hidden.saturating_mul(outputs));
        let per_row = inputs * 9 + hidden * 72 + outputs * 40;
        // 44 bytes of lists an entry (36 on wasm32); 8 of lists, 24 of powers and 64 of the table a slot, of which there are
        // no more.
        let lists = (44 + 8 + 24 + 64) * inputs.max(rows.saturating_mul(inputs).min(1 << 16));
        params
            .saturating_mul(32)
            .saturating_add(rows.saturating_mul(per_row))
            .saturating_add(lists)
            .saturating_add(inputs.saturating_mul(4 * hidden + 120))
            .saturating_add(1 << 16)
    }

    /// w1, b1, w2, b2, one after the other.
    pub fn params(&self) -> &[f64] {
        &self.params
    }

    /// The parameters, to be set.
    pub fn params_mut(&mut self) -> &mut [f64] {
        &mut self.params
    }

    /// Multiplies the weights, not the biases, by `factor`: normal values become the initial weights.
    pub fn scale_weights(&mut self, factor: f64) {
        let Dimensions { input_size, hidden_size, output_size } = self.pass.dims;
        let second = self.pass.dims.first_layer();
        for weights in [0..input_size * hidden_size, second..second + hidden_size * output_size] {
            self.params[weights].iter_mut().for_each(|weight| *weight *= factor);
        }
    }

    /// The gradient, in the layout of the parameters.
    pub fn grads(&self) -> &[f64] {
        &self.grads
    }

    /// Where rows of numbers are put, [`PART_ROWS`] × inputs.
    pub fn values(&mut self) -> &mut [f64] {
        &mut self.values
    }

    /// Where rows of pixels are put, [`PART_ROWS`] × inputs.
    pub fn pixels(&mut self) -> &mut [u8] {
        &mut self.pixels
    }

    /// Where labels and rows of targets are put.
    pub fn targets_mut(&mut self) -> &mut Targets {
        &mut self.pass.targets
    }

    /// The probabilities of the last forward pass, [rows, outputs].
    pub fn probs(&self) -> &[f64] {
        self.pass.all_probs()
    }

    /// Stages the first `rows` rows of [`Session::values`] as the batch; returns how many fitted.
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

    /// Stages the first `rows` rows of [`Session::pixels`] as the batch; returns how many fitted.
    pub fn stage_pixels(&mut self, rows: usize) -> usize {
        self.pass.batch.clear();
        self.pixels
            .chunks_exact(self.pass.dims.input_size)
            .take(rows)
            .take_while(|row| self.pass.batch.push_pixels(row))
            .count()
    }

    /// Where numbers of images are put, [`PART_ROWS`].
    pub fn indices(&mut self) -> &mut [u32] {
        &mut self.indices
    }

    /// Stages the images of a dataset whose numbers are the first `rows` of [`Session::indices`], with their labels;
    /// returns how many fitted.
    ///
    /// # Panics
    /// If there is no image of such a number.
    pub fn stage_images(&mut self, images: &ImageLists, rows: usize) -> usize {
        self.pass.batch.clear();
        for (row, index) in self.indices[..rows].iter().enumerate() {
            let image = images.image(*index as usize);
            if !self.pass.batch.push_image(&image) {
                return row;
            }
            self.pass.targets.labels[row] = image.label;
        }
        rows
    }

    /// How many of the images `from..to` of a dataset are classified as labelled: by float32 where that is certain, else by
    /// the forward pass, so always as that would have it.
    pub fn count_correct_images(&mut self, images: &ImageLists, from: usize, to: usize) -> usize {
        self.classifier.prepare(&self.params);
        let (mut correct, mut uncertain) = (0, 0);
        for index in from..to {
            let image = images.image(index);
            match self.classifier.class(&image, &self.params) {
                Some(class) => correct += usize::from(class == image.label as usize),
                None => {
                    self.indices[uncertain] = index as u32;
                    uncertain += 1;
                }
            }
            if uncertain == PART_ROWS || index + 1 == to {
                correct += self.count_correct_by_forward_pass(images, uncertain);
                uncertain = 0;
            }
        }
        correct
    }

    /// How many of the images whose numbers are the first `rows` of [`Session::indices`] are classified as labelled.
    fn count_correct_by_forward_pass(&mut self, images: &ImageLists, rows: usize) -> usize {
        let (mut left, mut correct) = (rows, 0);
        while left > 0 {
            let staged = self.stage_images(images, left);
            self.forward();
            correct += self.count_correct();
            self.indices.copy_within(staged..left, 0);
            left -= staged;
        }
        correct
    }

    /// The forward pass of the staged batch.
    pub fn forward(&mut self) {
        self.pass.run(&self.params);
    }

    /// `sum` plus the losses of the batch after [`Session::forward`], in nats.
    pub fn add_losses(&self, sum: f64) -> f64 {
        self.pass.add_losses(sum)
    }

    /// How many samples of the batch have their largest probability at their target, after [`Session::forward`].
    pub fn count_correct(&self) -> usize {
        self.pass.count_correct()
    }

    /// Backpropagation of the staged batch into the gradient (forward pass included).
    pub fn backpropagate(&mut self, part: Part) {
        self.evaluate();
        self.pass.batch.sort_values_by_input(self.pass.dims.hidden_stride());
        backprop::prepare(&self.pass, part.samples, &mut self.deltas);
        let (w1_grads, w2_grads) = self.grads.split_at_mut(self.pass.dims.first_layer());
        backprop::add_first_layer(&self.pass, &self.deltas, part.first, w1_grads);
        backprop::add_second_layer(&self.pass, &self.deltas, part.first, w2_grads);
    }

    /// Central differences of the staged batch into the gradient, incrementally (forward pass included).
    pub fn central_differences(&mut self, h: f64, part: Part) {
        self.evaluate();
        self.pass.batch.sort_slots_by_input();
        incremental::prepare(&self.pass, h, &mut self.scratch);
        let (w1_grads, w2_grads) = self.grads.split_at_mut(self.pass.dims.first_layer());
        let scale = if part.last { 1.0 / (2.0 * h * part.samples as f64) } else { 1.0 };
        let sum = Sum { first: part.first, scale };
        incremental::add_first_layer(&self.pass, h, sum, &mut self.scratch, w1_grads);
        incremental::add_second_layer(&self.pass, h, sum, &mut self.scratch, w2_grads);
    }

    /// Central differences by definition, for up to [`PIECE`] parameters from `first_parameter` on: adds the losses of
    /// the staged batch and, with the last part, puts the quotients into the gradient.
    pub fn central_differences_by_definition(&mut self, h: f64, part: Part, first_parameter: usize) {
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

    /// Moves every parameter by −`learning_rate` × its gradient; false, and nothing changed, if a result is not finite.
    pub fn descend(&mut self, learning_rate: f64) -> bool {
        vector::descend(&mut self.params, &self.grads, learning_rate)
    }

    /// The forward pass, and what every gradient needs besides.
    fn evaluate(&mut self) {
        self.pass.run(&self.params);
        self.pass.transpose_w2(&self.params);
    }
}
