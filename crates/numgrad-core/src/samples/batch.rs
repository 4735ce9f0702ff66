//! The staged part of a batch, as lists: which inputs of a sample are not 0, and which values occur.
//!
//! The *entries* of a sample are its inputs that are not 0, in order, and last the bias: input number `input_size`,
//! with the value 1. Each entry points to a *slot*, one for each distinct value of the sample (an image has 150
//! non-zero pixels but only 67 values). What depends on nothing but the value is computed once for each slot.
//!
//! A batch has fixed room. The methods that add a row (those for pixels are in [`super::pixels`]) say whether it
//! fitted. A caller with more rows works through them part by part.

use super::image_lists::pixel_value;
use crate::memory::zeros;
use alloc::vec::Vec;
use core::ops::Range;

/// A part of a batch, as lists of its non-zero inputs.
pub struct Batch {
    pub(super) input_size: usize,
    rows: usize,
    /// The entries of row n are `entry_start[n]..entry_start[n + 1]`.
    entry_start: Vec<u32>,
    pub(super) entry_input: Vec<u32>,
    pub(super) entry_slot: Vec<u32>,
    pub(super) entry_value: Vec<f64>,
    /// The slots of row n are `slot_start[n]..slot_start[n + 1]`.
    slot_start: Vec<u32>,
    pub(super) slot_value: Vec<f64>,
    pub(super) pixel_values: [f64; 256],
    /// The last slot that was found for a number of each hash, in any row.
    slots_by_hash: Vec<u32>,
}

/// The entries of a batch, each with the place where the weights of its input start.
#[derive(Clone, Copy)]
pub struct PlacedEntries<'a> {
    batch: &'a Batch,
    cols: usize,
}

/// Most rows of one part.
pub const PART_ROWS: usize = 100;
/// Memory for entries. 100 dense images of 28 × 28 take two parts; usual images (19 % of the pixels are not 0) take one.
pub(crate) const ENTRIES: usize = 1 << 16;
/// Memory for slots. It bounds the table of the central differences (64 bytes a slot).
const SLOTS: usize = 1 << 13;

/// Bits of a number's hash.
const HASH_BITS: u32 = 12;
/// Rows with fewer inputs are not searched for equal numbers.
const SHORTEST_SEARCHED: usize = 32;
/// The search ends if so many entries of a row bring fewer than [`REPETITIONS`] numbers again.
const SAMPLE: usize = 32;
const REPETITIONS: usize = 4;

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
            slot_start: zeros(PART_ROWS + 1),
            slot_value: zeros(slots + 1),
            slots_by_hash: zeros(1 << HASH_BITS),
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

    /// Adds a row of numbers. Equal numbers share a slot if the row is long and its first entries show that it pays.
    /// False if the row does not fit.
    ///
    /// # Errors
    /// The index of the first number that is NaN or infinite.
    ///
    /// # Panics
    /// If `row.len()` is not the number of inputs.
    pub fn push_values(&mut self, row: &[f64]) -> Result<bool, usize> {
        assert_eq!(row.len(), self.input_size, "a row of another width");
        let (mut entry, mut slot) = (self.entries(), self.slots());
        if !self.has_room(entry + self.input_size + 1, slot + self.input_size + 1) {
            return Ok(false);
        }
        let (first_entry, first_slot) = (entry, slot);
        let mut searches = self.input_size >= SHORTEST_SEARCHED;
        // Most numbers of an image are 0, with many zeros side by side. Four of them are left out at a time.
        let mut input = 0;
        for numbers in row.chunks(4).chain([[1.0].as_slice()]) {
            if numbers.iter().fold(0, |bits, x| bits | x.to_bits() << 1) == 0 {
                input += numbers.len();
                continue;
            }
            for &x in numbers {
                if !x.is_finite() {
                    return Err(input);
                }
                if x != 0.0 {
                    let own = if searches { self.find_slot(x, first_slot, slot) } else { slot };
                    self.entry_input[entry] = input as u32;
                    self.entry_slot[entry] = own as u32;
                    self.entry_value[entry] = x;
                    self.slot_value[own] = x;
                    (entry, slot) = (entry + 1, slot + usize::from(own == slot));
                    if entry - first_entry == SAMPLE {
                        searches &= slot - first_slot <= SAMPLE - REPETITIONS;
                    }
                }
                input += 1;
            }
        }
        self.end_row(entry, slot);
        Ok(true)
    }

    /// The slot of an equal number of the row, or the next free slot. Two numbers with the same hash drive each other out:
    /// equal numbers may then have two slots, which costs time and changes no bits.
    #[inline]
    fn find_slot(&mut self, x: f64, first: usize, next: usize) -> usize {
        // Fibonacci hashing: the highest bits of the product with 2⁶⁴ / 1.618….
        let hash = (x.to_bits().wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (64 - HASH_BITS)) as usize;
        // What stands there may be a slot of another row.
        let slot = self.slots_by_hash[hash] as usize;
        let found = (first <= slot) & (slot < next) & (self.slot_value[slot] == x);
        let own = if found { slot } else { next };
        self.slots_by_hash[hash] = own as u32;
        own
    }

    /// The entries, for a matrix of weights of `cols` columns.
    pub fn place_entries(&self, cols: usize) -> PlacedEntries<'_> {
        PlacedEntries { batch: self, cols }
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

    /// Whether the batch has room for one row more, and for so many entries and slots in all.
    pub(super) fn has_room(&self, entries: usize, slots: usize) -> bool {
        self.rows < PART_ROWS && entries < self.entry_slot.len() && slots < self.slot_value.len()
    }

    /// Ends a row whose last entry and slot are the ones before these.
    pub(super) fn end_row(&mut self, entry: usize, slot: usize) {
        self.rows += 1;
        self.entry_start[self.rows] = entry as u32;
        self.slot_start[self.rows] = slot as u32;
    }
}

impl<'a> PlacedEntries<'a> {
    /// The entries of a row in order, the bias last: (start of the input's weights, value).
    #[inline]
    pub fn row(&self, row: usize) -> impl Iterator<Item = (usize, f64)> + Clone + use<'a> {
        let Self { batch, cols } = *self;
        let range = batch.row_entries(row);
        let starts = batch.entry_input[range.clone()].iter().map(move |input| *input as usize * cols);
        starts.zip(batch.entry_value[range].iter().copied())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
        assert_eq!((batch.entries(), batch.slots()), (batch.entry_capacity(), batch.slot_capacity()));
        assert_eq!(batch.push_values(&[1.0, 2.0]), Ok(false));
        assert!(!batch.push_pixels(&[1, 2]));
        batch.clear();
        assert_eq!(batch.push_values(&[1.0, f64::NAN]), Err(1));
        assert_eq!(batch.rows(), 0);
        assert!(batch.push_pixels(&[1, 2]));
    }

    #[test]
    fn equal_numbers_of_a_long_row_share_a_slot_unless_few_are_equal() {
        let mut batch = Batch::new(3000);
        let repeats: Vec<f64> = (0..3000).map(|i| f64::from(i % 200 / 2) - 3.0).collect();
        let differs: Vec<f64> = (0..3000).map(|i| 1.5 + f64::from(i)).collect();
        let repeats_later: Vec<f64> = (0..3000).map(|i| f64::from(i.min(32)) + 1.5).collect();
        for (row, expected) in [(&repeats, 99..130), (&differs, 3001..3002), (&repeats_later, 3001..3002)] {
            batch.clear();
            assert_eq!(batch.push_values(row), Ok(true));
            assert!(expected.contains(&batch.slots()), "{} slots", batch.slots());
            let entries = batch.place_entries(1).row(0).collect::<Vec<_>>();
            let expected = row.iter().copied().enumerate().filter(|(_, x)| *x != 0.0).chain([(3000, 1.0)]);
            assert_eq!(entries, expected.collect::<Vec<_>>());
            let (_, values) = batch.row_slots(0);
            assert!(batch.entry_slot.iter().zip(&entries).all(|(slot, (_, x))| values[*slot as usize] == *x));
        }
    }

    #[test]
    fn one_row_of_any_width_fits() {
        let input_size = 70_000;
        let mut batch = Batch::new(input_size);
        assert_eq!(batch.push_values(&vec![1.0; input_size]), Ok(true));
        assert_eq!(batch.push_values(&vec![1.0; input_size]), Ok(false));
    }
}
