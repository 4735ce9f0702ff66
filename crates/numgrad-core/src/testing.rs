//! Tools that several unit tests share.

use crate::samples::image_lists::{ImageLists, ListLengths};
use crate::samples::palette::Palette;

// The integration tests take the generator from the same file.
#[path = "../tests/support/xorshift.rs"]
mod xorshift;
pub use xorshift::Xorshift;

/// The lists of some images of one size, labelled 0, 1, 2, ….
pub fn list_images(images: &[impl AsRef<[u8]>]) -> ImageLists {
    let mut lengths = ListLengths::default();
    for image in images {
        lengths.add(image.as_ref());
    }
    let mut lists = ImageLists::new(images[0].as_ref().len(), images.len(), lengths, Palette::of_pixels()).unwrap();
    for (label, image) in images.iter().enumerate() {
        lists.push(image.as_ref(), label as u32);
    }
    lists
}
