//! The targets of a part of a batch: for each sample a label, or a row of any non-negative numbers ("soft").

use super::batch::PART_ROWS;
use crate::memory::zeros;
use alloc::vec::Vec;

/// The label of a sample that has none: its row of soft targets counts.
pub const SOFT: u32 = u32::MAX;

/// The target of a sample.
#[derive(Clone, Copy)]
pub enum Target<'a> {
    /// A class.
    Label(usize),
    /// A number ≥ 0 for each class.
    Soft(&'a [f64]),
}

/// The targets of up to [`PART_ROWS`] samples.
pub struct Targets {
    output_size: usize,
    /// The class of each sample, or [`SOFT`].
    pub labels: Vec<u32>,
    /// Rows of soft targets, [rows, output_size]. Only the rows of samples whose label is [`SOFT`] are read.
    pub rows: Vec<f64>,
}

impl Targets {
    /// Room for a part.
    pub fn new(output_size: usize) -> Self {
        Self { output_size, labels: zeros(PART_ROWS), rows: zeros(PART_ROWS * output_size) }
    }

    /// The target of a sample.
    ///
    /// # Panics
    /// If its label is not a class.
    #[inline]
    pub fn of(&self, row: usize) -> Target<'_> {
        let label = self.labels[row];
        if label == SOFT {
            return Target::Soft(&self.rows[row * self.output_size..][..self.output_size]);
        }
        assert!((label as usize) < self.output_size, "the label is not a class");
        Target::Label(label as usize)
    }
}
