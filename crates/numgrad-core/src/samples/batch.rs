//! The staged part of a batch, as lists: which inputs of a sample are not 0, and which values occur.
//!
//! The *entries* of a sample are its inputs that are not 0, in order, and last the bias: input number `input_size`,
//! with the value 1. Each entry points to a *slot*, one for each distinct value of the sample (an image has 150
//! non-zero pixels but only 67 values). What depends on nothing but the value is computed once for each slot.
//!
//! A batch has fixed room. The methods that add a row say whether it fitted. A caller with more rows works through them
//! part by part.

use super::image_lists::Image;
use crate::memory::zeros;
use alloc::vec::Vec;
use core::ops::Range;

/// A part of a batch, as lists of its non-zero inputs.
pub struct Batch {
    input_size: usize,
    rows: usize,
    /// The entries of row n are `entry_start[n]..entry_start[n + 1]`.
    entry_start: Vec<u32>,
    pub(super) entry_input: Vec<u32>,
    pub(super) entry_slot: Vec<u32>,
    pub(super) entry_value: Vec<f64>,
    /// Written by [`Batch::place_entries`], read by [`PlacedEntries`].
    entry_place: Vec<usize>,
    /// The slots of row n are `slot_start[n]..slot_start[n + 1]`.
    slot_start: Vec<u32>,
    slot_value: Vec<f64>,
    pixel_values: [f64; 256],
}

/// The entries of a batch, each with the place where the weights of its input start.
#[derive(Clone, Copy)]
pub struct PlacedEntries<'a>(&'a Batch);

/// Most rows of one part.
pub const PART_ROWS: usize = 100;
/// Room for entries. 100 dense images of 28 × 28 take two parts; usual images (19 % of the pixels are not 0) take one.
pub(crate) const ENTRIES: usize = 1 << 16;
/// Room for slots. It bounds the table of the central differences (64 bytes a slot).
const SLOTS: usize = 1 << 15;
/// Upper bound of the slots of a row of pixels: one for each of the values 1 to 255. White, 255, shares its slot with
/// the bias.
const PIXEL_SLOTS: usize = 256;

impl Batch {
    /// An empty batch of rows with `input_size` inputs.
    pub fn new(input_size: usize) -> Self {
        let entries = (PART_ROWS * (input_size + 1)).min(ENTRIES).max(input_size + 1);
        let slots = (PART_ROWS * (input_size + 1)).min(SLOTS).max(input_size + 1);
        Self {
            input_size,
            rows: 0,
            entry_start: zeros(PART_ROWS + 1),
            entry_input: zeros(entries + 1),
            entry_slot: zeros(entries + 1),
            entry_value: zeros(entries + 1),
            entry_place: zeros(entries + 1),
            slot_start: zeros(PART_ROWS + 1),
            slot_value: zeros(slots + 1),
            pixel_values: core::array::from_fn(|pixel| pixel_value(pixel as u8)),
        }
    }

    /// Forgets all rows.
    pub fn clear(&mut self) {
        self.rows = 0;
    }

    /// Number of inputs of a row.
    pub fn input_size(&self) -> usize {
        self.input_size
    }

    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Number of entries of all rows.
    pub fn entries(&self) -> usize {
        self.entry_start[self.rows] as usize
    }

    /// Most entries that fit.
    pub fn entry_capacity(&self) -> usize {
        self.entry_slot.len() - 1
    }

    /// Number of slots of all rows.
    pub fn slots(&self) -> usize {
        self.slot_start[self.rows] as usize
    }

    /// Most slots that fit.
    pub fn slot_capacity(&self) -> usize {
        self.slot_value.len() - 1
    }

    /// Adds a row of numbers, each non-zero one with a slot of its own. False if the row does not fit.
    ///
    /// # Errors
    /// The index of the first number that is NaN or infinite.
    ///
    /// # Panics
    /// If `row.len()` is not the number of inputs.
    pub fn push_values(&mut self, row: &[f64]) -> Result<bool, usize> {
        assert_eq!(row.len(), self.input_size, "a row of another width");
        if let Some(index) = row.iter().position(|x| !x.is_finite()) {
            return Err(index);
        }
        let (mut entry, mut slot) = (self.entries(), self.slots());
        if !self.has_room(entry + self.input_size + 1, slot + self.input_size + 1) {
            return Ok(false);
        }
        for (input, &x) in row.iter().enumerate().filter(|(_, x)| **x != 0.0).chain([(self.input_size, &1.0)]) {
            self.entry_input[entry] = input as u32;
            self.entry_slot[entry] = slot as u32;
            self.entry_value[entry] = x;
            self.slot_value[slot] = x;
            (entry, slot) = (entry + 1, slot + 1);
        }
        self.end_row(entry, slot);
        Ok(true)
    }

    /// Adds a row of pixels, which stand for the numbers `float32(pixel) / 255`. False if the row does not fit.
    ///
    /// # Panics
    /// If `row.len()` is not the number of inputs.
    pub fn push_pixels(&mut self, row: &[u8]) -> bool {
        assert_eq!(row.len(), self.input_size, "a row of another width");
        let (first_entry, first_slot) = (self.entries(), self.slots());
        // Both lists are written one place past their end before it is known whether that place is needed.
        if !self.has_room(first_entry + self.input_size + 1, first_slot + PIXEL_SLOTS.min(self.input_size + 1)) {
            return false;
        }
        // In all loops of the three passes a write comes first, and the place moves on only if the write is to be kept:
        // a branch on a pixel would be mispredicted every other time.
        let mut slot_of = [0_u32; 256];
        let entry = self.list_pixels(row, first_entry, &mut slot_of);
        let slot = self.number_slots(first_slot, &mut slot_of);
        // The third pass replaces the pixels by their slots, and adds the numbers that they stand for.
        let new = first_entry..entry;
        for (slot, value) in self.entry_slot[new.clone()].iter_mut().zip(&mut self.entry_value[new]) {
            let pixel = *slot as usize & 255;
            *slot = slot_of[pixel];
            *value = self.pixel_values[pixel];
        }
        self.end_row(entry, slot);
        true
    }

    /// The first pass: lists the entries of a row of pixels, with the pixel in place of its slot, and marks with a 1
    /// which pixels occur. Returns the place behind the last entry.
    #[inline(always)]
    fn list_pixels(&mut self, row: &[u8], mut entry: usize, occurs: &mut [u32; 256]) -> usize {
        let mut push = |input: usize, pixel: u8| {
            self.entry_input[entry] = input as u32;
            self.entry_slot[entry] = u32::from(pixel);
            entry += usize::from(pixel != 0);
            occurs[usize::from(pixel)] = 1;
        };
        // Eight black pixels are passed over at a time.
        let (eights, rest) = row.as_chunks::<8>();
        for (i, pixels) in eights.iter().enumerate() {
            if u64::from_le_bytes(*pixels) != 0 {
                for (j, &pixel) in pixels.iter().enumerate() {
                    push(8 * i + j, pixel);
                }
            }
        }
        for (j, &pixel) in rest.iter().enumerate() {
            push(8 * eights.len() + j, pixel);
        }
        push(self.input_size, 255);
        entry
    }

    /// The second pass: gives the pixels that occur their slots, in ascending order, and replaces each mark by the
    /// number of the slot. Returns the number of the next free slot.
    #[inline(always)]
    fn number_slots(&mut self, mut slot: usize, slot_of: &mut [u32; 256]) -> usize {
        for pixel in 1..256 {
            let occurs = slot_of[pixel];
            slot_of[pixel] = slot as u32;
            self.slot_value[slot] = self.pixel_values[pixel];
            slot += occurs as usize;
        }
        slot
    }

    /// Adds an image, with the numbers of [`Batch::push_pixels`]. False if it does not fit.
    pub fn push_image(&mut self, image: &Image) -> bool {
        let (first_entry, first_slot) = (self.entries(), self.slots());
        let last_entry = first_entry + image.inputs.len();
        if !self.has_room(last_entry + 1, first_slot + image.values.len() + 1) {
            return false;
        }
        // One slot for each value.
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
        // One entry for each pixel. The rank of its value leads to its slot.
        let new = first_entry..last_entry;
        let lists = self.entry_input[new.clone()].iter_mut().zip(&mut self.entry_slot[new.clone()]);
        let values = &self.slot_value[first_slot..slot];
        for (((to_input, to_slot), to_value), (&input, &rank)) in
            lists.zip(&mut self.entry_value[new]).zip(image.inputs.iter().zip(image.ranks))
        {
            *to_input = u32::from(input);
            *to_slot = first_slot as u32 + u32::from(rank);
            *to_value = values[usize::from(rank)];
        }
        // The bias.
        self.entry_input[last_entry] = self.input_size as u32;
        self.entry_slot[last_entry] = slot as u32 - 1;
        self.entry_value[last_entry] = 1.0;
        self.end_row(last_entry + 1, slot);
        true
    }

    /// Notes for each entry where the weights of its input start in a matrix of `cols` columns, so that this product is
    /// formed once for an entry and not once for every tile.
    pub fn place_entries(&mut self, cols: usize) -> PlacedEntries<'_> {
        let entries = self.entries();
        for (place, input) in self.entry_place[..entries].iter_mut().zip(&self.entry_input) {
            *place = *input as usize * cols;
        }
        PlacedEntries(self)
    }

    /// The slots of a row: the number of the first one, and the values of all.
    #[inline]
    pub fn row_slots(&self, row: usize) -> (usize, &[f64]) {
        let range = self.slot_start[row] as usize..self.slot_start[row + 1] as usize;
        (range.start, &self.slot_value[range])
    }

    /// Where the entries of a row stand in the lists of all entries.
    #[inline]
    pub(super) fn row_entries(&self, row: usize) -> Range<usize> {
        self.entry_start[row] as usize..self.entry_start[row + 1] as usize
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

impl<'a> PlacedEntries<'a> {
    /// The entries of a row in order, the bias last: (start of the input's weights, value).
    #[inline]
    pub fn row(&self, row: usize) -> impl Iterator<Item = (usize, f64)> + Clone + use<'a> {
        let range = self.0.row_entries(row);
        self.0.entry_place[range.clone()].iter().copied().zip(self.0.entry_value[range].iter().copied())
    }
}

/// The number that a pixel stands for: `float32(pixel) / 255` in float32, as NumPy divides an image, widened to
/// float64.
#[inline]
pub fn pixel_value(pixel: u8) -> f64 {
    f64::from(f32::from(pixel) / 255.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::list_images;

    /// (input, value) of the entries of a row.
    fn entries(batch: &mut Batch, row: usize) -> Vec<(usize, f64)> {
        batch.place_entries(1).row(row).collect()
    }

    #[test]
    fn pixels_and_the_numbers_that_they_stand_for_have_the_same_entries_for_every_width() {
        for input_size in 1..30 {
            let row: Vec<u8> = (0..input_size).map(|i| [0, 0, 7, 255, 0, 7, 1][i % 7]).collect();
            let values: Vec<f64> = row.iter().map(|p| pixel_value(*p)).collect();
            let (mut a, mut b) = (Batch::new(input_size), Batch::new(input_size));
            assert!(a.push_pixels(&row));
            assert!(b.push_values(&values).unwrap());
            assert_eq!(entries(&mut a, 0), entries(&mut b, 0), "{input_size} inputs");
        }
    }

    #[test]
    fn an_image_of_a_dataset_has_the_lists_of_its_pixels() {
        for row in [[0, 9, 255, 9, 0, 1, 0, 0, 3], [0; 9], [4; 9], [255, 0, 0, 0, 0, 0, 0, 0, 254]] {
            let (mut a, mut b) = (Batch::new(9), Batch::new(9));
            for sample in 0..2 {
                assert!(a.push_pixels(&row) && b.push_image(&list_images(&[row]).image(0)));
                assert_eq!(entries(&mut a, sample), entries(&mut b, sample));
                assert_eq!(a.row_slots(sample), b.row_slots(sample));
            }
        }
    }

    #[test]
    fn equal_pixels_share_a_slot_and_white_shares_the_slot_of_the_bias() {
        let mut batch = Batch::new(6);
        batch.push_pixels(&[9, 0, 255, 9, 9, 4]);
        assert_eq!(batch.slots(), 3);
        assert_eq!(batch.row_slots(0), (0, &[pixel_value(4), pixel_value(9), 1.0][..]));
    }

    #[test]
    fn entries_know_the_places_of_their_weights() {
        let mut batch = Batch::new(3);
        batch.push_values(&[1.0, 0.0, 2.0]).unwrap();
        batch.push_pixels(&[0, 255, 0]);
        let placed = batch.place_entries(7);
        assert_eq!(placed.row(0).collect::<Vec<_>>(), [(0, 1.0), (14, 2.0), (21, 1.0)]);
        assert_eq!(placed.row(1).collect::<Vec<_>>(), [(7, 1.0), (21, 1.0)]);
    }

    #[test]
    fn a_full_batch_says_so_and_a_number_that_is_not_finite_is_named() {
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
    fn one_row_of_any_width_fits() {
        let input_size = 70_000;
        let mut batch = Batch::new(input_size);
        assert_eq!(batch.push_values(&vec![1.0; input_size]), Ok(true));
        assert_eq!(batch.push_values(&vec![1.0; input_size]), Ok(false));
    }
}
