//! The images of a dataset.

use crate::usage::try_allocate;
use alloc::vec::Vec;
use numgrad_core::memory::{reserve, zeros};
use numgrad_core::samples::image_lists::{ImageLists, LARGEST_IMAGE, ListLengths};
use wasm_bindgen::prelude::wasm_bindgen;

/// Images of one part: how many the buffer holds.
const PART_IMAGES: usize = 64;

/// The lists of a dataset's images. All images pass through the buffer twice, part by part: first to be counted, then
/// to be listed.
#[wasm_bindgen]
pub struct RawImages {
    input_size: usize,
    images: usize,
    pixels: Vec<u8>,
    labels: Vec<u32>,
    lengths: ListLengths,
    lists: Option<ImageLists>,
    layout: [usize; 3],
}

#[wasm_bindgen]
impl RawImages {
    /// Prepares for `images` images of `input_size` pixels. `None` if an image is too large for lists, or if there is
    /// not enough memory.
    pub fn create(input_size: usize, images: usize) -> Option<RawImages> {
        if input_size > LARGEST_IMAGE {
            return None;
        }
        let mut pixels: Vec<u8> = try_allocate(|| reserve(PART_IMAGES * input_size))?;
        pixels.resize(PART_IMAGES * input_size, 0);
        let labels = zeros(PART_IMAGES);
        let layout = [PART_IMAGES, pixels.as_ptr() as usize, labels.as_ptr() as usize];
        Some(Self { input_size, images, pixels, labels, lengths: ListLengths::default(), lists: None, layout })
    }

    /// Address of the layout, which packages/numgrad/src/network/image-lists.ts reads by position: how many images the
    /// buffer holds, and the addresses of their pixels, [images, input_size], and of their labels, [images].
    #[wasm_bindgen(getter)]
    pub fn layout(&self) -> *const usize {
        self.layout.as_ptr()
    }

    /// Counts what the lists of the first `rows` images in the buffer will hold.
    pub fn count(&mut self, rows: usize) {
        self.pixels.chunks_exact(self.input_size).take(rows).for_each(|image| self.lengths.add(image));
    }

    /// Allocates the lists of all images that were counted; false if there is not enough memory.
    pub fn allocate(&mut self) -> bool {
        self.lists = try_allocate(|| ImageLists::new(self.input_size, self.images, self.lengths));
        self.lists.is_some()
    }

    /// Lists the first `rows` images in the buffer, with their labels.
    pub fn push(&mut self, rows: usize) {
        let lists = self.lists.as_mut().expect("the lists are allocated");
        for (image, label) in self.pixels.chunks_exact(self.input_size).zip(&self.labels).take(rows) {
            lists.push(image, *label);
        }
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
