//! The targets of a batch: a label for each sample, or a row of any non-negative numbers ("soft").

use crate::memory::zeros;
use crate::samples::batch::PART_ROWS;
use alloc::vec::Vec;

/// Marks a sample without a label; its row of soft targets counts.
pub const SOFT: u32 = u32::MAX;

/// The targets of up to [`PART_ROWS`] samples.
pub struct Targets {
    outputs: usize,
    /// The class of each sample, or [`SOFT`].
    pub labels: Vec<u32>,
    /// Rows of targets, [rows, outputs]; only the rows of samples marked [`SOFT`] are read.
    pub rows: Vec<f64>,
}

impl Targets {
    /// Room for a chunk.
    pub fn new(outputs: usize) -> Self {
        Self { outputs, labels: zeros(PART_ROWS), rows: zeros(PART_ROWS * outputs) }
    }

    /// The label of a sample; `None` if it has a row of targets.
    ///
    /// # Panics
    /// If the label is no class.
    #[inline]
    pub fn label(&self, row: usize) -> Option<usize> {
        let label = self.labels[row];
        assert!(label == SOFT || (label as usize) < self.outputs, "label out of range");
        (label != SOFT).then_some(label as usize)
    }

    /// The row of targets of a sample.
    #[inline]
    pub fn soft(&self, row: usize) -> &[f64] {
        &self.rows[row * self.outputs..][..self.outputs]
    }
}
