//! The targets of a part of a batch: for each sample a label, or a row of any non-negative numbers ("soft").

use super::batch::PART_ROWS;
use crate::memory::zeros;
use alloc::vec::Vec;
use core::ops::Range;

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

impl Target<'_> {
    /// tₖ: for a label, 1 at this class and 0 elsewhere.
    #[inline]
    pub fn weight(&self, k: usize) -> f64 {
        match self {
            Target::Label(label) => f64::from(u8::from(k == *label)),
            Target::Soft(t) => t[k],
        }
    }

    /// The classes whose tₖ may differ from 0.
    #[inline]
    pub fn classes(&self) -> Range<usize> {
        match self {
            Target::Label(label) => *label..*label + 1,
            Target::Soft(t) => 0..t.len(),
        }
    }
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
    /// Memory for a part.
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
