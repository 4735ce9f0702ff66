//! The images of a whole dataset as lists of their non-zero pixels, made once and read for every batch.
//!
//! An image is kept as two lists: its *entries*, the positions of its pixels that are not 0 with the rank of each value
//! among the values of the image, and these *values*, distinct and ascending. 70,000 images of MNIST take 37 MB. The pixels
//! themselves need not be kept.
//!
//! All that belongs to an image stands in one piece: label, number of entries, entries, values. The images of a batch lie
//! anywhere in the memory, so that the processor waits for each piece, and for each page of the memory in which one lies.

use super::palette::Palette;
use super::pixels::visit_pixels;
use crate::memory::reserve;
use alloc::vec::Vec;
use core::ops::Range;

/// The images of a dataset, with their labels.
pub struct ImageLists {
    input_size: usize,
    palette: Palette,
    /// Number of images for which there is room.
    room: usize,
    /// Number of images.
    images: usize,
    /// First the places where the pieces start, with the end of the last one, of four bytes each; then the pieces.
    bytes: Vec<u8>,
}

/// One image.
pub struct Image<'a> {
    /// Position as two bytes, rank as one.
    entries: &'a [[u8; ENTRY]],
    /// The distinct values, ascending as bytes, without 0.
    pub values: &'a [u8],
    /// The numbers that the bytes stand for.
    pub palette: &'a Palette,
    /// The class of the image.
    pub label: u32,
}

impl<'a> Image<'a> {
    /// The position of each pixel that is not 0, ascending, with the place of its value in `values`.
    #[inline(always)]
    pub fn entries(&self) -> impl ExactSizeIterator<Item = (u16, u8)> + use<'a> {
        self.entries.iter().map(|&[low, high, rank]| (u16::from_le_bytes([low, high]), rank))
    }
}

/// Bytes of a place.
const PLACE: usize = 4;

/// Bytes of an entry.
const ENTRY: usize = 3;

/// Bytes of a piece in front of its entries: the label and the number of the entries.
const HEAD: usize = 8;

/// Bytes of a line of the processor's cache.
const LINE: usize = 64;

/// Most pixels of an image.
pub const LARGEST_IMAGE: usize = 1 << 16;

/// How long the lists will be, so that no more is allocated than they need, but for a margin.
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
        let mut is_new = [true; 256];
        is_new[0] = false;
        visit_pixels(image, |_, pixel| {
            self.entries += usize::from(pixel != 0);
            self.values += usize::from(is_new[usize::from(pixel)]);
            is_new[usize::from(pixel)] = false;
        });
    }

    /// Bytes of the lists.
    fn bytes(&self) -> u64 {
        ENTRY as u64 * self.entries as u64 + self.values as u64
    }
}

/// Bytes behind the pieces, so that an image can be listed before it is known how many entries and values it has.
fn margin(input_size: usize) -> usize {
    HEAD + ENTRY * (input_size + 1) + 256
}

impl ImageLists {
    /// Memory for `images` images of `input_size` pixels and for lists of the given lengths; `None` if there is not
    /// enough memory, or if they take 2 GiB or more, as 4 million images of MNIST would: no block of a 32-bit memory may be
    /// larger. `palette` gives the numbers that the pixels stand for.
    ///
    /// # Panics
    /// If an image has more than [`LARGEST_IMAGE`] pixels.
    pub fn new(input_size: usize, images: usize, lengths: ListLengths, palette: Palette) -> Option<Self> {
        assert!(input_size <= LARGEST_IMAGE, "images of {input_size} pixels");
        let places = PLACE as u64 * (images as u64 + 1);
        let bytes = places + HEAD as u64 * images as u64 + lengths.bytes() + margin(input_size) as u64;
        let bytes = reserve(usize::try_from(bytes).ok()?)?;
        Some(Self { input_size, palette, room: images, images: 0, bytes })
    }

    /// Makes room for a copy of another instance's pieces, up to so many bytes of their block.
    pub fn receive(&mut self, bytes: usize) {
        self.images = self.room;
        self.bytes.resize(bytes, 0);
    }

    /// Address and bytes of each block of memory for the lists: places and pieces, and the palette.
    pub fn blocks(&self) -> [usize; 4] {
        let palette = core::ptr::from_ref(&self.palette).addr();
        [self.bytes.as_ptr().addr(), self.bytes.capacity(), palette, size_of::<Palette>()]
    }

    /// Adds an image. False if there is no room for it: the lists are then incomplete, and no longer of use.
    ///
    /// # Panics
    /// If the image has another number of pixels.
    pub fn push(&mut self, image: &[u8], label: u32) -> bool {
        assert_eq!(image.len(), self.input_size, "an image of another size");
        let start = self.bytes.len().max(PLACE * (self.room + 1));
        self.bytes.resize(start + margin(self.input_size), 0);
        let (head, lists) = self.bytes[start..].split_at_mut(HEAD);
        // In both loops a write comes first, and the place moves on only if the write is to be kept: a branch on a pixel
        // would be mispredicted every other time. The entries have the pixels at first.
        let (entries, _) = lists.as_chunks_mut();
        let (mut count, mut occurs) = (0, [false; 256]);
        visit_pixels(image, |input, pixel| {
            let [low, high] = (input as u16).to_le_bytes();
            entries[count] = [low, high, pixel];
            count += usize::from(pixel != 0);
            occurs[usize::from(pixel)] = true;
        });
        // The rank of a value is the number of smaller ones that occur.
        let (entries, values) = lists.split_at_mut(ENTRY * count);
        let (mut rank, mut rank_of) = (0, [0_u8; 256]);
        for pixel in 1..=255_u8 {
            rank_of[usize::from(pixel)] = rank as u8;
            values[rank] = pixel;
            rank += usize::from(occurs[usize::from(pixel)]);
        }
        for [.., rank] in entries.as_chunks_mut::<ENTRY>().0 {
            *rank = rank_of[usize::from(*rank)];
        }
        head[..4].copy_from_slice(&label.to_le_bytes());
        head[4..].copy_from_slice(&(count as u32).to_le_bytes());
        let end = start + HEAD + ENTRY * count + rank;
        self.bytes.truncate(end);
        if self.images == self.room || end + margin(self.input_size) > self.bytes.capacity() {
            return false;
        }
        let (places, _) = self.bytes[PLACE * self.images..].as_chunks_mut();
        [places[0], places[1]] = [start, end].map(|place| (place as u32).to_le_bytes());
        self.images += 1;
        true
    }

    /// The numbers that the pixels stand for.
    pub fn palette_mut(&mut self) -> &mut Palette {
        &mut self.palette
    }

    /// Number of images.
    pub fn len(&self) -> usize {
        self.images
    }

    /// Whether there are no images.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
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
            for place in self.piece(*index as usize).step_by(LINE) {
                sum ^= self.bytes[place];
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
        let (head, lists) = self.bytes[self.piece(index)].split_at(HEAD);
        let [label, entries] = [0, 4].map(|i| u32::from_le_bytes([head[i], head[i + 1], head[i + 2], head[i + 3]]));
        let (entries, values) = lists.split_at(ENTRY * entries as usize);
        Image { entries: entries.as_chunks().0, values, palette: &self.palette, label }
    }

    /// Where the piece of an image stands.
    #[inline(always)]
    fn piece(&self, index: usize) -> Range<usize> {
        assert!(index < self.images, "an image that is not listed");
        let (places, _) = self.bytes[PLACE * index..][..2 * PLACE].as_chunks();
        u32::from_le_bytes(places[0]) as usize..u32::from_le_bytes(places[1]) as usize
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
        for image in &images {
            lengths.add(image);
        }
        assert_eq!(lengths, ListLengths { entries: 7, values: 5 });
        let lists = list_images(&images);
        let all = |index: usize| {
            let image = lists.image(index);
            (image.entries().collect::<Vec<_>>(), image.values.to_vec(), image.label)
        };
        assert_eq!(all(0), (vec![(1, 0), (2, 1), (3, 0)], vec![9, 255], 0));
        assert_eq!(all(1), (vec![], vec![], 1));
        assert_eq!(all(2), (vec![(0, 1), (1, 2), (2, 1), (3, 0)], vec![1, 7, 8], 2));
        assert_eq!((lists.len(), lists.is_empty()), (3, false));
    }

    #[test]
    fn positions_take_two_bytes_and_ranks_all_values_of_a_byte() {
        let image: Vec<u8> = (0..LARGEST_IMAGE).map(|i| (i % 256) as u8).collect();
        let lists = list_images(&[image]);
        let image = lists.image(0);
        let expected = (0..LARGEST_IMAGE).filter(|i| i % 256 != 0).map(|i| (i as u16, (i % 256 - 1) as u8));
        assert!(image.entries().eq(expected));
        assert_eq!(image.values, (1..=255).collect::<Vec<u8>>());
    }

    #[test]
    fn images_that_were_not_counted_find_no_room() {
        let mut lengths = ListLengths::default();
        for image in [[0, 9, 0, 0], [0, 0, 0, 1]] {
            lengths.add(&image);
        }
        let lists = || ImageLists::new(4, 2, lengths, Palette::of_pixels()).unwrap();
        // More entries than were counted, and more values.
        let (mut entries, mut values) = (lists(), lists());
        assert!(entries.push(&[9, 9, 0, 0], 0) && !entries.push(&[9, 0, 0, 0], 0));
        assert!(values.push(&[9, 8, 0, 0], 0) && !values.push(&[7, 0, 0, 0], 0));
    }
}
