//! A network's session.

use crate::images::RawImages;
use crate::usage::{Counted, try_allocate};
use numgrad_core::samples::batch::PART_ROWS;
use numgrad_core::samples::targets::SOFT;
use numgrad_core::session::{PIECE, Part, Session};
use numgrad_core::two_layer::Dimensions;
use wasm_bindgen::prelude::wasm_bindgen;

/// A network: its parameters, its gradient, and the staged part of a batch.
#[wasm_bindgen]
pub struct RawSession {
    session: Session,
    layout: [usize; 13],
    _counted: Counted,
}

#[wasm_bindgen]
impl RawSession {
    /// A network whose parameters are all 0; `None` if there is not enough memory. Everything that it will ever need is
    /// allocated here.
    pub fn create(input_size: usize, hidden_size: usize, output_size: usize) -> Option<RawSession> {
        let mut session = try_allocate(|| Session::new(Dimensions { input_size, hidden_size, output_size }))?;
        let targets = session.targets_mut();
        let layout = [
            PART_ROWS,
            PIECE,
            SOFT as usize,
            targets.labels.as_ptr() as usize,
            targets.rows.as_ptr() as usize,
            session.params().as_ptr() as usize,
            session.grads().as_ptr() as usize,
            session.values().as_ptr() as usize,
            session.pixels().as_ptr() as usize,
            session.indices().as_ptr() as usize,
            session.probs().as_ptr() as usize,
            session.hidden_mut().as_ptr() as usize,
            session.bounds_mut().as_ptr() as usize,
        ];
        Some(Self { session, layout, _counted: Counted::new() })
    }

    /// Address of the layout, which packages/numgrad/src/network/session.ts reads by position:
    ///
    /// 1. most rows that the buffers hold,
    /// 2. parameters of one call of `differences_by_definition`,
    /// 3. the label that marks a sample whose targets are a row of numbers;
    ///
    /// then the addresses of
    ///
    /// 4. the labels, [rows],
    /// 5. the rows of targets, [rows, output_size],
    /// 6. the parameters: w1, b1, w2, b2, one after the other,
    /// 7. the gradient, in the order of the parameters,
    /// 8. the rows of numbers, [rows, input_size],
    /// 9. the rows of pixels, [rows, input_size],
    /// 10. the indices of images, [rows],
    /// 11. the probabilities, [rows, output_size],
    /// 12. the activations, [rows, hidden_size and the bias, padded to an even number],
    /// 13. the bounds of |b|, [rows].
    #[wasm_bindgen(getter)]
    pub fn layout(&self) -> *const usize {
        self.layout.as_ptr()
    }

    /// The sum of the sizes of all parameters. It is NaN or infinite if a parameter is, or if it overflows.
    pub fn parameter_norm(&self) -> f64 {
        self.session.parameter_norm()
    }

    /// Stages rows of numbers. Returns how many fitted, or −1 − i if the number at index i is not finite.
    pub fn stage_values(&mut self, rows: usize) -> i32 {
        match self.session.stage_values(rows) {
            Ok(staged) => staged as i32,
            Err(index) => -1 - index as i32,
        }
    }

    /// Stages rows of pixels. Returns how many fitted.
    pub fn stage_pixels(&mut self, rows: usize) -> usize {
        self.session.stage_pixels(rows)
    }

    /// Stages the images that the first `rows` indices name, with their labels. Returns how many fitted.
    pub fn stage_images(&mut self, images: &RawImages, rows: usize) -> usize {
        self.session.stage_images(images.lists(), rows)
    }

    /// How many of the images `from..to` are classified as their labels say.
    pub fn count_correct_images(&mut self, images: &RawImages, from: usize, to: usize) -> usize {
        self.session.count_correct_images(images.lists(), from, to)
    }

    /// `sum` plus the losses of the staged rows. The last forward pass must have been theirs.
    pub fn add_losses(&self, sum: f64) -> f64 {
        self.session.add_losses(sum)
    }

    /// How many of the staged rows are classified as their targets say. The last forward pass must have been theirs.
    pub fn count_correct(&self) -> usize {
        self.session.count_correct()
    }

    /// Gives the session a share of the hidden units: those from `from` to, but without, `to`.
    pub fn set_share(&mut self, from: usize, to: usize) {
        self.session.set_share(from..to);
    }

    /// The first half of the forward pass of the staged rows, or of a gradient: the own hidden units. `with_bounds` for
    /// central differences.
    pub fn begin(&mut self, with_bounds: bool) {
        self.session.begin(with_bounds);
    }

    /// The second half of the forward pass.
    pub fn finish_forward(&mut self) {
        self.session.finish_forward();
    }

    /// The second half of backpropagation. `samples` counts the rows of all parts: the divisor of the mean.
    pub fn finish_backpropagation(&mut self, first: bool, samples: usize) {
        self.session.finish_backpropagation(Part { first, last: true, samples });
    }

    /// The second half of the incremental central differences.
    pub fn finish_differences(&mut self, h: f64, first: bool, last: bool, samples: usize) {
        self.session.finish_differences(h, Part { first, last, samples });
    }

    /// Central differences by definition, for one piece of the parameters: those from `first_parameter` on.
    pub fn differences_by_definition(
        &mut self,
        h: f64,
        first: bool,
        last: bool,
        samples: usize,
        first_parameter: usize,
    ) {
        let part = Part { first, last, samples };
        self.session.differences_by_definition(h, part, first_parameter);
    }

    /// Whether own parameters − learning_rate × their gradient are all finite.
    pub fn descends_to_finite(&mut self, learning_rate: f64) -> bool {
        self.session.descends_to_finite(learning_rate)
    }

    /// Own parameters −= learning_rate × their gradient.
    pub fn descend(&mut self, learning_rate: f64) {
        self.session.descend(learning_rate);
    }
}
