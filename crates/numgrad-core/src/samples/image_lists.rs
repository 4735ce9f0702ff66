//! The images of a whole dataset as lists of their non-zero pixels, made once and read for every batch.
//!
//! An image is kept as three lists: the positions of its pixels that are not 0, for each of these pixels the rank of
//! its value among the values of the image, and these values, distinct and ascending. 70,000 images of MNIST take 37
//! MB. The pixels themselves need not be kept.

use super::palette::Palette;
use crate::memory::reserve;
use alloc::vec::Vec;
use core::ops::Range;

/// The images of a dataset, with their labels.
pub struct ImageLists {
    input_size: usize,
    palette: Palette,
    entry_start: Vec<u32>,
    entry_input: Vec<u16>,
    entry_rank: Vec<u8>,
    value_start: Vec<u32>,
    values: Vec<u8>,
    labels: Vec<u32>,
}

/// One image.
pub struct Image<'a> {
    /// Positions of the pixels that are not 0, ascending.
    pub inputs: &'a [u16],
    /// For each of these pixels, the place of its value in `values`.
    pub ranks: &'a [u8],
    /// The distinct values, ascending as bytes, without 0.
    pub values: &'a [u8],
    /// The numbers that the bytes stand for.
    pub palette: &'a Palette,
    /// The class of the image.
    pub label: u32,
}

/// Bytes of a line of the processor's cache.
const LINE: usize = 64;

/// Most pixels of an image.
pub const LARGEST_IMAGE: usize = 1 << 16;

/// How long the lists will be, so that exactly as much is allocated.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ListLengths {
    /// Pixels that are not 0.
    pub entries: usize,
    /// Distinct values, added up over the images.
    pub values: usize,
}

impl ListLengths {
    /// Adds the lengths of one image's lists.
    pub fn add(&mut self, image: &[u8]) {
        let mut occurs = [false; 256];
        for &pixel in image {
            occurs[usize::from(pixel)] = true;
            self.entries += usize::from(pixel != 0);
        }
        self.values += occurs[1..].iter().filter(|occurs| **occurs).count();
    }
}

impl ImageLists {
    /// Memory for `images` images of `input_size` pixels and for lists of the given lengths; `None` if there is not
    /// enough memory. `palette` gives the numbers that the pixels stand for.
    ///
    /// # Panics
    /// If an image has more than [`LARGEST_IMAGE`] pixels.
    pub fn new(input_size: usize, images: usize, lengths: ListLengths, palette: Palette) -> Option<Self> {
        assert!(input_size <= LARGEST_IMAGE, "images of {input_size} pixels");
        let mut lists = Self {
            input_size,
            palette,
            entry_start: reserve(images + 1)?,
            entry_input: reserve(lengths.entries)?,
            entry_rank: reserve(lengths.entries)?,
            value_start: reserve(images + 1)?,
            values: reserve(lengths.values)?,
            labels: reserve(images)?,
        };
        lists.entry_start.push(0);
        lists.value_start.push(0);
        Some(lists)
    }

    /// Adds an image. False if there is no room for it: the lists are then incomplete, and no longer of use.
    ///
    /// # Panics
    /// If the image has another number of pixels.
    pub fn push(&mut self, image: &[u8], label: u32) -> bool {
        assert_eq!(image.len(), self.input_size, "an image of another size");
        // Marks which values occur, then replaces each mark by the rank of the value.
        let mut rank_of = [0_u8; 256];
        for &pixel in image {
            rank_of[usize::from(pixel)] = 1;
        }
        let first = self.values.len();
        for pixel in 1..=255_u8 {
            if rank_of[usize::from(pixel)] == 1 {
                if self.values.len() == self.values.capacity() {
                    return false;
                }
                rank_of[usize::from(pixel)] = (self.values.len() - first) as u8;
                self.values.push(pixel);
            }
        }
        // Lists the pixels.
        for (input, &pixel) in image.iter().enumerate().filter(|(_, pixel)| **pixel != 0) {
            if self.entry_input.len() == self.entry_input.capacity() {
                return false;
            }
            self.entry_input.push(input as u16);
            self.entry_rank.push(rank_of[usize::from(pixel)]);
        }
        self.entry_start.push(self.entry_input.len() as u32);
        self.value_start.push(self.values.len() as u32);
        self.labels.push(label);
        true
    }

    /// The numbers that the pixels stand for.
    pub fn palette_mut(&mut self) -> &mut Palette {
        &mut self.palette
    }

    /// Number of images.
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// Whether there are no images.
    pub fn is_empty(&self) -> bool {
        self.labels.is_empty()
    }

    /// Brings the lists of some images into the processor's cache, by reading numbers of each line.
    ///
    /// The images of a batch lie far apart, so most of their lines are in no cache near. Reads on which nothing depends
    /// wait for the memory together; while a batch is staged, each list would wait for the one before.
    ///
    /// # Panics
    /// If an index is not below the number of images.
    pub fn fetch(&self, indices: &[u32]) {
        let mut sum = 0;
        for index in indices {
            for entry in self.entries(*index as usize).step_by(LINE / size_of::<u16>()) {
                sum ^= self.entry_input[entry] ^ u16::from(self.entry_rank[entry]);
            }
        }
        // The compiler would leave out reads whose results nobody needs.
        core::hint::black_box(sum);
    }

    /// One image.
    ///
    /// # Panics
    /// If `index` is not below the number of images.
    #[inline]
    pub fn image(&self, index: usize) -> Image<'_> {
        let entries = self.entries(index);
        let values = self.value_start[index] as usize..self.value_start[index + 1] as usize;
        Image {
            inputs: &self.entry_input[entries.clone()],
            ranks: &self.entry_rank[entries],
            values: &self.values[values],
            palette: &self.palette,
            label: self.labels[index],
        }
    }

    /// Where the entries of an image stand in the lists of all.
    #[inline(always)]
    fn entries(&self, index: usize) -> Range<usize> {
        self.entry_start[index] as usize..self.entry_start[index + 1] as usize
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

    #[test]
    fn an_image_is_its_nonzero_pixels_and_their_distinct_values() {
        let images = [[0, 9, 255, 9], [0, 0, 0, 0], [7, 8, 7, 1]];
        let mut lengths = ListLengths::default();
        images.iter().for_each(|image| lengths.add(image));
        assert_eq!(lengths, ListLengths { entries: 7, values: 5 });
        let lists = list_images(&images);
        let first = lists.image(0);
        assert_eq!((first.inputs, first.ranks, first.values), (&[1, 2, 3][..], &[0, 1, 0][..], &[9, 255][..]));
        assert!(lists.image(1).inputs.is_empty() && lists.image(1).values.is_empty());
        assert_eq!((lists.image(2).ranks, lists.image(2).label), (&[1, 2, 1, 0][..], 2));
        assert_eq!((lists.len(), lists.is_empty()), (3, false));
    }

    #[test]
    fn images_that_were_not_counted_find_no_room() {
        let mut lengths = ListLengths::default();
        [[0, 9, 0, 0], [0, 0, 0, 1]].iter().for_each(|image| lengths.add(image));
        let lists = || ImageLists::new(4, 2, lengths, Palette::of_pixels()).unwrap();
        // More entries than were counted, and more values.
        let (mut entries, mut values) = (lists(), lists());
        assert!(entries.push(&[9, 9, 0, 0], 0) && !entries.push(&[9, 0, 0, 0], 0));
        assert!(values.push(&[9, 8, 0, 0], 0) && !values.push(&[7, 0, 0, 0], 0));
    }
}
