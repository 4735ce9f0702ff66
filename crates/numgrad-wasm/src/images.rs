//! The images of a dataset.

use crate::usage::try_allocate;
use alloc::vec::Vec;
use numgrad_core::memory::{has_room, zeros};
use numgrad_core::samples::image_lists::{ImageLists, LARGEST_IMAGE, ListLengths};
use numgrad_core::samples::palette::Palette;
use wasm_bindgen::prelude::wasm_bindgen;

/// Images of one part: how many the buffer holds.
const PART_IMAGES: usize = 64;

/// The lists of a dataset's images. All images pass through the buffer twice, part by part: first to be counted, then
/// to be listed. Images of numbers become pixels on the way, if they have few enough different ones. Or the lists are a
/// copy of those of another instance.
#[wasm_bindgen]
pub struct RawImages {
    input_size: usize,
    images: usize,
    /// Numbers of a part, [images, input_size]; empty if the images come as pixels.
    numbers: Vec<f64>,
    pixels: Vec<u8>,
    labels: Vec<u32>,
    lengths: ListLengths,
    /// The numbers that the pixels stand for, until the lists have it.
    palette: Option<Palette>,
    lists: Option<ImageLists>,
    layout: [usize; 8],
}

#[wasm_bindgen]
impl RawImages {
    /// Prepares for `images` images of `input_size` pixels, which come as numbers or as pixels. `None` if an image is too
    /// large for lists, or if there is not enough memory.
    pub fn create(input_size: usize, images: usize, as_numbers: bool) -> Option<RawImages> {
        if input_size > LARGEST_IMAGE {
            return None;
        }
        let pixels = PART_IMAGES * input_size;
        let numbers = if as_numbers { pixels } else { 0 };
        // This object, the labels, and what the allocator adds.
        const REST: usize = size_of::<RawImages>() + 1024;
        try_allocate(|| has_room(8 * numbers + pixels + REST).then_some(()))?;
        let (numbers, pixels, labels) = (zeros(numbers), zeros(pixels), zeros(PART_IMAGES));
        let addresses = [pixels.as_ptr() as usize, labels.as_ptr() as usize, numbers.as_ptr() as usize];
        let layout = [PART_IMAGES, addresses[0], addresses[1], addresses[2], 0, 0, 0, 0];
        let palette = Some(if as_numbers { Palette::new() } else { Palette::of_pixels() });
        let lengths = ListLengths::default();
        Some(Self { input_size, images, numbers, pixels, labels, lengths, palette, lists: None, layout })
    }

    /// Address of the layout, whose names are in packages/numgrad/src/wasm/layouts.ts: how many images the
    /// buffers hold, and the addresses of their pixels, [images, input_size], of their labels, [images], and of their
    /// numbers, [images, input_size]; when the lists are allocated, also the [blocks](ImageLists::blocks) of their memory.
    #[wasm_bindgen(getter)]
    pub fn layout(&self) -> *const usize {
        self.layout.as_ptr()
    }

    /// Turns the first `rows` images of numbers in the buffer into pixels. False if the images have too many different
    /// numbers, or one that is not finite.
    pub fn encode(&mut self, rows: usize) -> bool {
        let palette = match &mut self.lists {
            Some(lists) => lists.palette_mut(),
            None => self.palette.as_mut().expect("the lists take the palette over"),
        };
        palette.encode(&self.numbers[..rows * self.input_size], &mut self.pixels)
    }

    /// Counts what the lists of the first `rows` images in the buffer will hold.
    pub fn count(&mut self, rows: usize) {
        for image in self.pixels.chunks_exact(self.input_size).take(rows) {
            self.lengths.add(image);
        }
    }

    /// Allocates the lists of all images that were counted; false if there is not enough memory.
    pub fn allocate(&mut self) -> bool {
        let Some(palette) = self.palette.take() else { return false };
        self.lists = try_allocate(|| ImageLists::new(self.input_size, self.images, self.lengths, palette));
        let Some(lists) = &self.lists else { return false };
        self.layout[4..].copy_from_slice(&lists.blocks());
        true
    }

    /// Makes room for a copy of the pieces of another instance's lists, up to byte number `bytes`. The first call allocates
    /// the lists: for it, and only for it, `all` is the number of bytes of their block. False if there is not enough memory.
    pub fn receive(&mut self, all: usize, bytes: usize) -> bool {
        if self.lists.is_none() {
            // An upper bound: places and heads are among these bytes.
            self.lengths = ListLengths { entries: 0, values: all };
            if !self.allocate() {
                return false;
            }
        }
        if let Some(lists) = &mut self.lists {
            lists.receive(bytes);
        }
        true
    }

    /// Lists the first `rows` images in the buffer, with their labels. False if the images are not those that were
    /// counted, so that there is no room for them.
    pub fn push(&mut self, rows: usize) -> bool {
        let lists = self.lists.as_mut().expect("the lists are allocated");
        self.pixels.chunks_exact(self.input_size).zip(&self.labels).take(rows).all(|(image, l)| lists.push(image, *l))
    }
}

impl RawImages {
    /// The lists.
    ///
    /// # Panics
    /// If they have not been allocated.
    pub(crate) fn lists(&self) -> &ImageLists {
        self.lists.as_ref().expect("the lists are allocated")
    }
}
