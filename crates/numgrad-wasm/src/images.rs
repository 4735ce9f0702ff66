//! The images of a dataset.

use crate::usage::or_nothing;
use alloc::vec::Vec;
use numgrad_core::memory::{reserve, zeros};
use numgrad_core::samples::image_lists::{Extent, ImageLists, LARGEST_IMAGE};
use wasm_bindgen::prelude::wasm_bindgen;

/// Images that pass through the buffer at a time.
const CHUNK: usize = 64;

/// The lists of a dataset's images. All images pass through the buffer twice: to be counted, and to be listed.
#[wasm_bindgen]
pub struct RawImages {
    inputs: usize,
    images: usize,
    pixels: Vec<u8>,
    labels: Vec<u32>,
    extent: Extent,
    lists: Option<ImageLists>,
    table: [usize; 3],
}

#[wasm_bindgen]
impl RawImages {
    /// Lists to be, of `images` images with `inputs` pixels each; nothing if an image is too large for lists, or if memory
    /// is short.
    pub fn create(inputs: usize, images: usize) -> Option<RawImages> {
        if inputs > LARGEST_IMAGE {
            return None;
        }
        let mut pixels: Vec<u8> = or_nothing(|| reserve(CHUNK * inputs))?;
        pixels.resize(CHUNK * inputs, 0);
        let labels = zeros(CHUNK);
        let table = [CHUNK, pixels.as_ptr() as usize, labels.as_ptr() as usize];
        Some(Self { inputs, images, pixels, labels, extent: Extent::default(), lists: None, table })
    }

    /// Address of a table: images that the buffer holds, address of the buffer, [images, inputs], and of the labels of the
    /// images in it.
    #[wasm_bindgen(getter)]
    pub fn table(&self) -> *const usize {
        self.table.as_ptr()
    }

    /// Counts what the lists of the first `rows` images in the buffer will hold.
    pub fn count(&mut self, rows: usize) {
        self.pixels.chunks_exact(self.inputs).take(rows).for_each(|image| self.extent.add(image));
    }

    /// Makes room for what has been counted; false if memory is short.
    pub fn allocate(&mut self) -> bool {
        self.lists = or_nothing(|| ImageLists::new(self.inputs, self.images, self.extent));
        self.lists.is_some()
    }

    /// Lists the first `rows` images in the buffer with their labels.
    pub fn push(&mut self, rows: usize) {
        let lists = self.lists.as_mut().expect("room for the lists");
        for (image, label) in self.pixels.chunks_exact(self.inputs).zip(&self.labels).take(rows) {
            lists.push(image, *label);
        }
    }
}

impl RawImages {
    /// The lists.
    ///
    /// # Panics
    /// If there are none yet.
    pub(crate) fn lists(&self) -> &ImageLists {
        self.lists.as_ref().expect("listed images")
    }
}
