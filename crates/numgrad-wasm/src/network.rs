//! A network's session.

use crate::images::RawImages;
use crate::usage::{Counted, or_nothing};
use numgrad_core::samples::batch::CHUNK_ROWS;
use numgrad_core::samples::targets::SOFT;
use numgrad_core::session::{Progress, SLICE, Session};
use numgrad_core::two_layer::Dimensions;
use wasm_bindgen::prelude::wasm_bindgen;

/// A network: parameters, gradient, the staged part of a batch.
#[wasm_bindgen]
pub struct RawSession {
    session: Session,
    table: [usize; 11],
    _counted: Counted,
}

#[wasm_bindgen]
impl RawSession {
    /// A network with all parameters 0, or nothing if memory is short. Everything it will ever need is allocated here.
    pub fn create(inputs: usize, hidden: usize, outputs: usize) -> Option<RawSession> {
        let mut session = or_nothing(|| Session::new(Dimensions { inputs, hidden, outputs }))?;
        let targets = session.targets_mut();
        let table = [
            CHUNK_ROWS,
            SLICE,
            SOFT as usize,
            targets.labels.as_ptr() as usize,
            targets.rows.as_ptr() as usize,
            session.params().as_ptr() as usize,
            session.grads().as_ptr() as usize,
            session.values().as_ptr() as usize,
            session.pixels().as_ptr() as usize,
            session.indices().as_ptr() as usize,
            session.probs().as_ptr() as usize,
        ];
        Some(Self { session, table, _counted: Counted::new() })
    }

    /// Address of a table:
    ///
    /// 1. most rows that the buffers hold,
    /// 2. parameters of one call of `central_differences_by_definition`,
    /// 3. the label of a sample whose targets are a row of numbers;
    ///
    /// and the addresses of
    ///
    /// 4. the labels, [rows],
    /// 5. the rows of targets, [rows, outputs],
    /// 6. w1, b1, w2, b2, one after the other,
    /// 7. the gradient, in the layout of the parameters,
    /// 8. the rows of numbers, [rows, inputs],
    /// 9. the rows of pixels, [rows, inputs],
    /// 10. the numbers of images, [rows],
    /// 11. the probabilities, [rows, outputs].
    #[wasm_bindgen(getter)]
    pub fn table(&self) -> *const usize {
        self.table.as_ptr()
    }

    /// Multiplies the weights, not the biases, by `factor`.
    pub fn scale_weights(&mut self, factor: f64) {
        self.session.scale_weights(factor);
    }

    /// Stages rows of numbers: how many fitted, or −1 − index of the first number that is not finite.
    pub fn stage_values(&mut self, rows: usize) -> i32 {
        match self.session.stage_values(rows) {
            Ok(staged) => staged as i32,
            Err(index) => -1 - index as i32,
        }
    }

    /// Stages rows of pixels: how many fitted.
    pub fn stage_pixels(&mut self, rows: usize) -> usize {
        self.session.stage_pixels(rows)
    }

    /// Stages the images whose numbers stand in the first `rows` places, with their labels: how many fitted.
    pub fn stage_images(&mut self, images: &RawImages, rows: usize) -> usize {
        self.session.stage_images(images.lists(), rows)
    }

    /// How many of the images `from..to` are classified as labelled.
    pub fn count_correct_images(&mut self, images: &RawImages, from: usize, to: usize) -> usize {
        self.session.count_correct_images(images.lists(), from, to)
    }

    /// The forward pass of the staged rows.
    pub fn forward(&mut self) {
        self.session.forward();
    }

    /// `sum` plus the losses of the staged rows, after a forward pass.
    pub fn add_losses(&self, sum: f64) -> f64 {
        self.session.add_losses(sum)
    }

    /// How many of the staged rows are classified as their targets say, after a forward pass.
    pub fn count_correct(&self) -> usize {
        self.session.count_correct()
    }

    /// Backpropagation, with its forward pass. `samples`: of all parts, the divisor of the mean.
    pub fn backpropagate(&mut self, first: bool, samples: usize) {
        self.session.backpropagate(Progress { first, last: true, samples });
    }

    /// Central differences, incrementally, with the forward pass.
    pub fn central_differences(&mut self, h: f64, first: bool, last: bool, samples: usize) {
        self.session.central_differences(h, Progress { first, last, samples });
    }

    /// Central differences by definition for `slice` parameters from `first_parameter` on.
    pub fn central_differences_by_definition(
        &mut self,
        h: f64,
        first: bool,
        last: bool,
        samples: usize,
        first_parameter: usize,
    ) {
        let progress = Progress { first, last, samples };
        self.session.central_differences_by_definition(h, progress, first_parameter);
    }

    /// params −= learning_rate × grads; false and nothing changed if a result is not finite.
    pub fn descend(&mut self, learning_rate: f64) -> bool {
        self.session.descend(learning_rate)
    }
}
