//! A session as a member of a team: what it writes for the other members, and what it reads from them.
//!
//! Everything goes through *blocks* of numbers, which the caller carries from one memory to the other.

use super::Session;
use crate::kernels::vector::larger;
use crate::samples::batch::PART_ROWS;
use crate::share::Share;
use crate::two_layer::Dimensions;
use core::ops::Range;

/// Which of its numbers a member writes or reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Of the staged samples, the activations of the own units and the bounds of |b|; and the own rows of W2 and b2.
    Activations,
    /// The own parameters.
    Params,
    /// Their gradient.
    Grads,
}

/// Length of the longest block of a network.
pub fn block_length(dims: Dimensions) -> usize {
    let rows = PART_ROWS.max(dims.input_size + 1);
    rows * dims.hidden_size + (dims.hidden_size + 1) * dims.output_size + PART_ROWS
}

impl Session {
    /// Gives the session a share of the hidden units; all of them make it work alone again.
    ///
    /// # Panics
    /// See [`Share::new`].
    pub fn set_share(&mut self, units: Range<usize>) {
        self.pass.share = Share::new(units, self.pass.dims.hidden_size);
    }

    /// Writes a block for the other members; returns its length.
    ///
    /// # Panics
    /// If `block` is shorter than [`block_length`] says.
    pub fn write_block(&self, kind: Kind, block: &mut [f64]) -> usize {
        let mut out = Out { block, length: 0 };
        match kind {
            Kind::Activations => {
                let units = self.pass.share.units();
                for row in 0..self.pass.batch.rows() {
                    out.push(&self.pass.last_run().hidden(row)[units.clone()]);
                }
                out.push(&self.params[self.w2_rows(&self.pass.share)]);
                out.push(&self.scratch.bounds()[..self.pass.batch.rows()]);
            }
            Kind::Params => self.own_parameters().for_each(|own| out.push(&self.params[own])),
            Kind::Grads => self.own_parameters().for_each(|own| out.push(&self.grads[own])),
        }
        out.length
    }

    /// Reads the block of the member whose units are `units`.
    ///
    /// # Panics
    /// If `block` is shorter than what was written, or `units` is no share.
    pub fn read_block(&mut self, kind: Kind, units: Range<usize>, block: &[f64]) {
        let mut block = In { block };
        let share = Share::new(units, self.pass.dims.hidden_size);
        match kind {
            Kind::Activations => {
                let rows = self.pass.batch.rows();
                for row in 0..rows {
                    block.take(&mut self.pass.hidden_mut(row)[share.units()]);
                }
                let weights = self.w2_rows(&share);
                block.take(&mut self.params[weights.clone()]);
                self.w2_transposed.take(share.units().start, &self.params[weights]);
                for bound in &mut self.scratch.bounds_mut()[..rows] {
                    *bound = larger(*bound, block.next());
                }
            }
            Kind::Params => self.parameters_of(&share).for_each(|own| block.take(&mut self.params[own])),
            Kind::Grads => self.parameters_of(&share).for_each(|own| block.take(&mut self.grads[own])),
        }
    }

    /// Where the own parameters lie.
    pub(super) fn own_parameters(&self) -> impl Iterator<Item = Range<usize>> + use<> {
        self.parameters_of(&self.pass.share)
    }

    /// Transposes the own rows of W2 and b2.
    pub(super) fn transpose_own_weights(&mut self) {
        let weights = self.w2_rows(&self.pass.share);
        self.w2_transposed.take(self.pass.share.units().start, &self.params[weights]);
    }

    fn parameters_of(&self, share: &Share) -> impl Iterator<Item = Range<usize>> + use<> {
        share.parameters(self.pass.dims.input_size + 1, self.pass.dims.output_size)
    }

    /// Where the rows of W2 and b2 of a share lie in the parameters.
    fn w2_rows(&self, share: &Share) -> Range<usize> {
        let Dimensions { output_size, .. } = self.pass.dims;
        let (start, rows) = (self.pass.dims.first_layer(), share.units_and_bias());
        start + rows.start * output_size..start + rows.end * output_size
    }
}

/// A block that is written.
struct Out<'a> {
    block: &'a mut [f64],
    length: usize,
}

impl Out<'_> {
    fn push(&mut self, values: &[f64]) {
        self.block[self.length..][..values.len()].copy_from_slice(values);
        self.length += values.len();
    }
}

/// The rest of a block that is read.
struct In<'a> {
    block: &'a [f64],
}

impl In<'_> {
    fn take(&mut self, values: &mut [f64]) {
        let (read, rest) = self.block.split_at(values.len());
        values.copy_from_slice(read);
        self.block = rest;
    }

    fn next(&mut self) -> f64 {
        let mut value = [0.0];
        self.take(&mut value);
        value[0]
    }
}
