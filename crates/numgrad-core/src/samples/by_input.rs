//! The entries of a batch sorted by input: for each input, the samples in which it is not 0.
//!
//! A gradient of the first layer adds up, for each weight, what the samples contribute in which its input is not 0. The
//! lists of this module give these samples without a search.

use super::batch::Batch;
use crate::memory::zeros;
use alloc::vec::Vec;

/// Memory for a batch's entries, sorted by input. Entries of one input stay in the order of the samples.
pub struct ByInput {
    /// `start[i]..start[i + 1]` are the entries of input i, the bias included. One element more serves the sorting.
    start: Vec<u32>,
    slots: Vec<u32>,
    places: Vec<usize>,
    values: Vec<f64>,
}

/// The slots of the entries of a batch, input by input.
#[derive(Clone, Copy)]
pub struct SlotsByInput<'a> {
    start: &'a [u32],
    slots: &'a [u32],
}

/// The samples and values of the entries of a batch, input by input.
#[derive(Clone, Copy)]
pub struct ValuesByInput<'a> {
    start: &'a [u32],
    places: &'a [usize],
    values: &'a [f64],
}

impl ByInput {
    /// Memory for everything that fits into `batch`.
    pub fn new(batch: &Batch) -> Self {
        let entries = batch.entry_capacity();
        Self {
            start: zeros(batch.input_size + 3),
            slots: zeros(entries),
            places: zeros(entries),
            values: zeros(entries),
        }
    }

    /// Sorts the slots of the entries.
    pub fn take_slots(&mut self, batch: &Batch) -> SlotsByInput<'_> {
        self.count(batch);
        let entries = batch.entries();
        for (&input, &slot) in batch.entry_input[..entries].iter().zip(&batch.entry_slot) {
            let place = &mut self.start[input as usize + 1];
            self.slots[*place as usize] = slot;
            *place += 1;
        }
        SlotsByInput { start: &self.start, slots: &self.slots }
    }

    /// Sorts the samples and values of the entries. A sample is noted as the place where its numbers start in an array
    /// of `stride` numbers for each sample.
    pub fn take_values(&mut self, batch: &Batch, stride: usize) -> ValuesByInput<'_> {
        self.count(batch);
        for row in 0..batch.rows() {
            for entry in batch.row_entries(row) {
                let place = &mut self.start[batch.entry_input[entry] as usize + 1];
                self.places[*place as usize] = row * stride;
                self.values[*place as usize] = batch.entry_value[entry];
                *place += 1;
            }
        }
        ValuesByInput { start: &self.start, places: &self.places, values: &self.values }
    }

    /// Puts the place of the first entry of input i into `start[i + 1]`. Each entry that is then placed moves it on by
    /// one, so in the end it is the place behind the last entry of input i, where input i + 1 starts.
    fn count(&mut self, batch: &Batch) {
        self.start.fill(0);
        for &input in &batch.entry_input[..batch.entries()] {
            self.start[input as usize + 2] += 1;
        }
        for i in 2..self.start.len() {
            self.start[i] += self.start[i - 1];
        }
    }
}

impl<'a> SlotsByInput<'a> {
    /// The slots of the entries of one input; the bias is input number `input_size`.
    #[inline]
    pub fn of(&self, input: usize) -> &'a [u32] {
        &self.slots[self.start[input] as usize..self.start[input + 1] as usize]
    }
}

impl<'a> ValuesByInput<'a> {
    /// The entries of one input: (start of the sample's numbers, value).
    #[inline]
    pub fn of(&self, input: usize) -> impl Iterator<Item = (usize, f64)> + Clone + use<'a> {
        let range = self.start[input] as usize..self.start[input + 1] as usize;
        self.places[range.clone()].iter().copied().zip(self.values[range].iter().copied())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::list_images;

    #[test]
    fn entries_by_input_keep_the_order_of_the_samples() {
        let mut batch = Batch::new(3);
        batch.push_values(&[1.0, 0.0, 2.0]).unwrap();
        batch.push_values(&[3.0, 4.0, 0.0]).unwrap();
        let mut by_input = ByInput::new(&batch);
        let slots = by_input.take_slots(&batch);
        assert_eq!([0, 1, 2, 3].map(|input| slots.of(input)), [&[0, 3][..], &[4], &[1], &[2, 5]]);
        let values = by_input.take_values(&batch, 10);
        let entries = |input| values.of(input).collect::<Vec<_>>();
        assert_eq!(entries(0), [(0, 1.0), (10, 3.0)]);
        assert_eq!(entries(1), [(10, 4.0)]);
        assert_eq!(entries(2), [(0, 2.0)]);
        assert_eq!(entries(3), [(0, 1.0), (10, 1.0)]);
    }

    #[test]
    fn an_image_of_a_dataset_has_the_slots_of_its_pixels() {
        for row in [[0, 9, 255, 9, 0, 1, 0, 0, 3], [0; 9], [4; 9], [255, 0, 0, 0, 0, 0, 0, 0, 254]] {
            let (mut a, mut b) = (Batch::new(9), Batch::new(9));
            for _ in 0..2 {
                assert!(a.push_pixels(&row) && b.push_image(&list_images(&[row]).image(0)));
            }
            let [mut by_input_a, mut by_input_b] = [&a, &b].map(ByInput::new);
            let (slots_a, slots_b) = (by_input_a.take_slots(&a), by_input_b.take_slots(&b));
            assert!((0..10).all(|input| slots_a.of(input) == slots_b.of(input)));
        }
    }
}
