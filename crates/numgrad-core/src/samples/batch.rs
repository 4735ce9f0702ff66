//! A mini-batch as lists: which inputs of a sample are not zero, and which values occur.
//!
//! For each sample, its *entries* are the inputs that are not 0, in order, and last the bias: input number `inputs`,
//! with the value 1. An entry points to a *slot*, one for each distinct value of the sample (an image has 150 non-zero
//! pixels but only 67 values). What is computed from a value is computed once per slot.
//!
//! A batch has fixed room. [`Batch::push_values`] and [`Batch::push_pixels`] say whether a row fitted; a caller works
//! through many rows in chunks.

use crate::memory::zeros;
use crate::samples::image_lists::Image;
use alloc::vec::Vec;

/// A mini-batch as lists of its non-zero inputs.
pub struct Batch {
    inputs: usize,
    rows: usize,
    entry_start: Vec<u32>,
    entry_input: Vec<u32>,
    entry_slot: Vec<u32>,
    entry_value: Vec<f64>,
    entry_place: Vec<usize>,
    slot_start: Vec<u32>,
    slot_value: Vec<f64>,
    input_start: Vec<u32>,
    input_slot: Vec<u32>,
    input_place: Vec<usize>,
    input_value: Vec<f64>,
    pixel_values: [f64; 256],
}

/// Most rows of one chunk.
pub const PART_ROWS: usize = 100;
/// Room for entries: 100 dense images of 28 × 28 go in two chunks, the usual ones (19 % of the pixels) in one.
const ENTRIES: usize = 1 << 16;
/// Room for slots; bounds the table of the central differences (64 bytes a slot).
const SLOTS: usize = 1 << 15;
/// A row of pixels has at most this many slots: the values 1 to 255, of which 255 is the bias too.
const PIXEL_SLOTS: usize = 256;

impl Batch {
    /// An empty batch of rows with `inputs` inputs.
    pub fn new(inputs: usize) -> Self {
        let entries = (PART_ROWS * (inputs + 1)).min(ENTRIES).max(inputs + 1);
        let slots = (PART_ROWS * (inputs + 1)).min(SLOTS).max(inputs + 1);
        Self {
            inputs,
            rows: 0,
            entry_start: zeros(PART_ROWS + 1),
            entry_input: zeros(entries + 1),
            entry_slot: zeros(entries + 1),
            entry_value: zeros(entries + 1),
            entry_place: zeros(entries + 1),
            slot_start: zeros(PART_ROWS + 1),
            slot_value: zeros(slots + 1),
            input_start: zeros(inputs + 3),
            input_slot: zeros(entries),
            input_place: zeros(entries),
            input_value: zeros(entries),
            pixel_values: core::array::from_fn(|pixel| pixel_value(pixel as u8)),
        }
    }

    /// Forgets all rows.
    pub fn clear(&mut self) {
        self.rows = 0;
    }

    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Number of slots of all rows.
    pub fn slots(&self) -> usize {
        self.slot_start[self.rows] as usize
    }

    /// Most slots that fit.
    pub fn slot_capacity(&self) -> usize {
        self.slot_value.len() - 1
    }

    /// Adds a row of numbers, each non-zero one with a slot of its own. False if it does not fit.
    ///
    /// # Errors
    /// The index of the first number that is NaN or infinite.
    ///
    /// # Panics
    /// If `row.len()` is not the number of inputs.
    pub fn push_values(&mut self, row: &[f64]) -> Result<bool, usize> {
        assert_eq!(row.len(), self.inputs, "a row of another width");
        if let Some(index) = row.iter().position(|x| !x.is_finite()) {
            return Err(index);
        }
        let (mut entry, mut slot) = (self.entry_start[self.rows] as usize, self.slots());
        if !self.has_room(entry + self.inputs + 1, slot + self.inputs + 1) {
            return Ok(false);
        }
        for (input, &x) in row.iter().enumerate().filter(|(_, x)| **x != 0.0).chain([(self.inputs, &1.0)]) {
            self.entry_input[entry] = input as u32;
            self.entry_slot[entry] = slot as u32;
            self.entry_value[entry] = x;
            self.slot_value[slot] = x;
            (entry, slot) = (entry + 1, slot + 1);
        }
        self.end_row(entry, slot);
        Ok(true)
    }

    /// Adds a row of pixels, whose numbers are `float32(pixel) / 255`. False if it does not fit.
    ///
    /// # Panics
    /// If `row.len()` is not the number of inputs.
    pub fn push_pixels(&mut self, row: &[u8]) -> bool {
        assert_eq!(row.len(), self.inputs, "a row of another width");
        let (mut entry, first_slot) = (self.entry_start[self.rows] as usize, self.slots());
        // Both lists are written one place past their end before it is known whether that place is needed.
        if !self.has_room(entry + self.inputs + 1, first_slot + PIXEL_SLOTS.min(self.inputs + 1)) {
            return false;
        }
        // Every loop below writes first and moves on only where there is something to keep: a branch on a pixel would be
        // mispredicted every other time. First pass: the entries, with the pixel in place of its slot.
        let mut slot_of = [0_u32; 256];
        let first_entry = entry;
        let mut push = |input: usize, pixel: u8| {
            self.entry_input[entry] = input as u32;
            self.entry_slot[entry] = u32::from(pixel);
            entry += usize::from(pixel != 0);
            slot_of[usize::from(pixel)] = 1;
        };
        let (blocks, rest) = row.as_chunks::<8>();
        for (block, pixels) in blocks.iter().enumerate() {
            if u64::from_le_bytes(*pixels) != 0 {
                for (i, &pixel) in pixels.iter().enumerate() {
                    push(8 * block + i, pixel);
                }
            }
        }
        for (i, &pixel) in rest.iter().enumerate() {
            push(8 * blocks.len() + i, pixel);
        }
        push(self.inputs, 255);
        // The slots, in ascending order of the pixels that occur.
        let mut slot = first_slot;
        for pixel in 1..256 {
            let occurs = slot_of[pixel];
            slot_of[pixel] = slot as u32;
            self.slot_value[slot] = self.pixel_values[pixel];
            slot += occurs as usize;
        }
        let new = first_entry..entry;
        for (slot, value) in self.entry_slot[new.clone()].iter_mut().zip(&mut self.entry_value[new]) {
            let pixel = *slot as usize & 255;
            *slot = slot_of[pixel];
            *value = self.pixel_values[pixel];
        }
        self.end_row(entry, slot);
        true
    }

    /// Adds an image, with the numbers of [`Batch::push_pixels`]. False if it does not fit.
    pub fn push_image(&mut self, image: &Image) -> bool {
        let (mut entry, first_slot) = (self.entry_start[self.rows] as usize, self.slots());
        if !self.has_room(entry + image.inputs.len() + 1, first_slot + image.values.len() + 1) {
            return false;
        }
        let mut slot = first_slot;
        for &pixel in image.values {
            self.slot_value[slot] = self.pixel_values[usize::from(pixel)];
            slot += 1;
        }
        // White shares its slot with the bias.
        if image.values.last() != Some(&255) {
            self.slot_value[slot] = 1.0;
            slot += 1;
        }
        let new = entry..entry + image.inputs.len();
        let lists = self.entry_input[new.clone()].iter_mut().zip(&mut self.entry_slot[new.clone()]);
        let values = &self.slot_value[first_slot..slot];
        for (((to_input, to_slot), to_value), (&input, &rank)) in
            lists.zip(&mut self.entry_value[new]).zip(image.inputs.iter().zip(image.ranks))
        {
            *to_input = u32::from(input);
            *to_slot = first_slot as u32 + u32::from(rank);
            *to_value = values[usize::from(rank)];
        }
        entry += image.inputs.len();
        self.entry_input[entry] = self.inputs as u32;
        self.entry_slot[entry] = slot as u32 - 1;
        self.entry_value[entry] = 1.0;
        self.end_row(entry + 1, slot);
        true
    }

    /// Notes for each entry where the weights of its input start, in a matrix of `cols` columns: so that it is multiplied
    /// once, and not for every tile.
    pub fn place_entries(&mut self, cols: usize) {
        let entries = self.entry_start[self.rows] as usize;
        for (place, input) in self.entry_place[..entries].iter_mut().zip(&self.entry_input) {
            *place = *input as usize * cols;
        }
    }

    /// The entries of a row in order, the bias last, after [`Batch::place_entries`]: (start of the input's weights, value).
    #[inline]
    pub fn entries(&self, row: usize) -> impl Iterator<Item = (usize, f64)> + Clone {
        let range = self.entry_start[row] as usize..self.entry_start[row + 1] as usize;
        self.entry_place[range.clone()].iter().copied().zip(self.entry_value[range].iter().copied())
    }

    /// The slots of a row: the number of the first one, and their values.
    #[inline]
    pub fn row_slots(&self, row: usize) -> (usize, &[f64]) {
        let range = self.slot_start[row] as usize..self.slot_start[row + 1] as usize;
        (range.start, &self.slot_value[range])
    }

    /// Sorts the slots of the entries by input, for [`Batch::input_slots`]. Entries of one input stay in the order of the
    /// samples.
    pub fn sort_slots_by_input(&mut self) {
        self.count_inputs();
        let entries = self.entry_start[self.rows] as usize;
        for (&input, &slot) in self.entry_input[..entries].iter().zip(&self.entry_slot) {
            let place = &mut self.input_start[input as usize + 1];
            self.input_slot[*place as usize] = slot;
            *place += 1;
        }
    }

    /// Sorts the samples and values of the entries by input, for [`Batch::input_entries`], in the same order. A sample is
    /// noted as the place where its numbers start in an array of `stride` numbers for each.
    pub fn sort_values_by_input(&mut self, stride: usize) {
        self.count_inputs();
        for row in 0..self.rows {
            for entry in self.entry_start[row] as usize..self.entry_start[row + 1] as usize {
                let place = &mut self.input_start[self.entry_input[entry] as usize + 1];
                self.input_place[*place as usize] = row * stride;
                self.input_value[*place as usize] = self.entry_value[entry];
                *place += 1;
            }
        }
    }

    /// The slots of the entries of one input (the bias is input number `inputs`), after
    /// [`Batch::sort_slots_by_input`].
    #[inline]
    pub fn input_slots(&self, input: usize) -> &[u32] {
        &self.input_slot[self.input_start[input] as usize..self.input_start[input + 1] as usize]
    }

    /// The entries of one input, (start of the sample's numbers, value), after [`Batch::sort_values_by_input`].
    #[inline]
    pub fn input_entries(&self, input: usize) -> impl Iterator<Item = (usize, f64)> + Clone {
        let range = self.input_start[input] as usize..self.input_start[input + 1] as usize;
        self.input_place[range.clone()].iter().copied().zip(self.input_value[range].iter().copied())
    }

    /// Whether an input is 0 in all samples, after either sort.
    #[inline]
    pub fn is_empty(&self, input: usize) -> bool {
        self.input_start[input] == self.input_start[input + 1]
    }

    /// Puts the place of the first entry of input i into `input_start[i + 1]`; placing the entries then moves it on to
    /// the place behind the last, which is where input i + 1 starts.
    fn count_inputs(&mut self) {
        let entries = self.entry_start[self.rows] as usize;
        self.input_start.fill(0);
        for &input in &self.entry_input[..entries] {
            self.input_start[input as usize + 2] += 1;
        }
        for i in 2..self.input_start.len() {
            self.input_start[i] += self.input_start[i - 1];
        }
    }

    fn has_room(&self, entries: usize, slots: usize) -> bool {
        self.rows < PART_ROWS && entries < self.entry_slot.len() && slots < self.slot_value.len()
    }

    fn end_row(&mut self, entry: usize, slot: usize) {
        self.rows += 1;
        self.entry_start[self.rows] = entry as u32;
        self.slot_start[self.rows] = slot as u32;
    }
}

/// The number that a pixel stands for: `float32(pixel) / 255` in float32, as NumPy divides an image, widened.
#[inline]
pub fn pixel_value(pixel: u8) -> f64 {
    f64::from(f32::from(pixel) / 255.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::image_lists::{ImageLists, ListLengths};

    /// (input, value) of a row.
    fn entries(batch: &mut Batch, row: usize) -> Vec<(usize, f64)> {
        batch.place_entries(1);
        batch.entries(row).collect()
    }

    #[test]
    fn pixels_and_their_values_make_the_same_entries_for_every_width() {
        for inputs in 1..30 {
            let row: Vec<u8> = (0..inputs).map(|i| [0, 0, 7, 255, 0, 7, 1][i % 7]).collect();
            let values: Vec<f64> = row.iter().map(|p| pixel_value(*p)).collect();
            let (mut a, mut b) = (Batch::new(inputs), Batch::new(inputs));
            assert!(a.push_pixels(&row));
            assert!(b.push_values(&values).unwrap());
            assert_eq!(entries(&mut a, 0), entries(&mut b, 0), "{inputs} inputs");
        }
    }

    #[test]
    fn an_image_of_a_dataset_makes_the_lists_of_its_pixels() {
        for row in [&[0, 9, 255, 9, 0, 1, 0, 0, 3][..], &[0; 9], &[4; 9], &[255, 0, 0, 0, 0, 0, 0, 0, 254]] {
            let mut lengths = ListLengths::default();
            lengths.add(row);
            let mut lists = ImageLists::new(9, 1, lengths).unwrap();
            lists.push(row, 0);
            let (mut a, mut b) = (Batch::new(9), Batch::new(9));
            for _ in 0..2 {
                assert!(a.push_pixels(row) && b.push_image(&lists.image(0)));
            }
            for sample in 0..2 {
                assert_eq!(entries(&mut a, sample), entries(&mut b, sample));
                assert_eq!(a.row_slots(sample), b.row_slots(sample));
            }
            a.sort_slots_by_input();
            b.sort_slots_by_input();
            assert!((0..10).all(|input| a.input_slots(input) == b.input_slots(input)));
        }
    }

    #[test]
    fn equal_pixels_share_a_slot_and_white_shares_the_bias() {
        let mut batch = Batch::new(6);
        batch.push_pixels(&[9, 0, 255, 9, 9, 4]);
        assert_eq!(batch.slots(), 3);
        assert_eq!(batch.row_slots(0), (0, &[pixel_value(4), pixel_value(9), 1.0][..]));
    }

    #[test]
    fn entries_by_input_keep_the_order_of_the_samples() {
        let mut batch = Batch::new(3);
        batch.push_values(&[1.0, 0.0, 2.0]).unwrap();
        batch.push_values(&[3.0, 4.0, 0.0]).unwrap();
        batch.sort_slots_by_input();
        assert_eq!(batch.input_slots(0), [0, 3]);
        assert_eq!(batch.input_slots(1), [4]);
        assert_eq!(batch.input_slots(2), [1]);
        assert_eq!(batch.input_slots(3), [2, 5]);
        batch.sort_values_by_input(10);
        let entries = |input| batch.input_entries(input).collect::<Vec<_>>();
        assert_eq!(entries(0), [(0, 1.0), (10, 3.0)]);
        assert_eq!(entries(1), [(10, 4.0)]);
        assert_eq!(entries(2), [(0, 2.0)]);
        assert_eq!(entries(3), [(0, 1.0), (10, 1.0)]);
    }

    #[test]
    fn entries_have_the_places_of_their_weights() {
        let mut batch = Batch::new(3);
        batch.push_values(&[1.0, 0.0, 2.0]).unwrap();
        batch.push_pixels(&[0, 255, 0]);
        batch.place_entries(7);
        assert_eq!(batch.entries(0).collect::<Vec<_>>(), [(0, 1.0), (14, 2.0), (21, 1.0)]);
        assert_eq!(batch.entries(1).collect::<Vec<_>>(), [(7, 1.0), (21, 1.0)]);
    }

    #[test]
    fn a_full_batch_says_so_and_a_bad_number_is_named() {
        let mut batch = Batch::new(2);
        for _ in 0..PART_ROWS {
            assert_eq!(batch.push_values(&[1.0, 2.0]), Ok(true));
        }
        assert_eq!(batch.push_values(&[1.0, 2.0]), Ok(false));
        assert!(!batch.push_pixels(&[1, 2]));
        batch.clear();
        assert_eq!(batch.push_values(&[1.0, f64::NAN]), Err(1));
        assert_eq!(batch.rows(), 0);
        assert!(batch.push_pixels(&[1, 2]));
    }

    #[test]
    fn one_row_always_fits_and_dense_rows_go_in_chunks() {
        let inputs = 70_000;
        let mut batch = Batch::new(inputs);
        assert_eq!(batch.push_values(&vec![1.0; inputs]), Ok(true));
        assert_eq!(batch.push_values(&vec![1.0; inputs]), Ok(false));
    }
}
