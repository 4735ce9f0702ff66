//! Rows of pixels and listed images, as entries and slots of a [`Batch`]. Equal pixels of a row share a slot.

use super::batch::Batch;
use super::image_lists::Image;

/// Upper bound of the slots of a row of pixels: one for each of the values 1 to 255. White, 255, shares its slot with
/// the bias.
const PIXEL_SLOTS: usize = 256;

/// Calls `visit` with the position and the value of each pixel. Eight black pixels that stand side by side are passed over:
/// most of an image is black.
#[inline(always)]
pub(super) fn visit_pixels(pixels: &[u8], mut visit: impl FnMut(usize, u8)) {
    for (i, eight) in pixels.chunks(8).enumerate() {
        if eight.try_into().is_ok_and(|eight| u64::from_le_bytes(eight) == 0) {
            continue;
        }
        for (j, &pixel) in eight.iter().enumerate() {
            visit(8 * i + j, pixel);
        }
    }
}

impl Batch {
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
        visit_pixels(row, &mut push);
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
        let last_entry = first_entry + image.entries().len();
        if !self.has_room(last_entry + 1, first_slot + image.values.len() + 1) {
            return false;
        }
        // One slot for each value.
        let mut slot = first_slot;
        for &pixel in image.values {
            self.slot_value[slot] = image.palette.values[usize::from(pixel)];
            slot += 1;
        }
        // White, the last of the pixels and the number 1, shares its slot with the bias.
        if image.values.last() != Some(&255) || image.palette.values[255] != 1.0 {
            self.slot_value[slot] = 1.0;
            slot += 1;
        }
        // One entry for each pixel. The rank of its value leads to its slot.
        let new = first_entry..last_entry;
        let lists = self.entry_input[new.clone()].iter_mut().zip(&mut self.entry_slot[new.clone()]);
        let values = &self.slot_value[first_slot..slot];
        for (((to_input, to_slot), to_value), (input, rank)) in
            lists.zip(&mut self.entry_value[new]).zip(image.entries())
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
}

#[cfg(test)]
mod tests {
    use super::super::image_lists::pixel_value;
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
}
