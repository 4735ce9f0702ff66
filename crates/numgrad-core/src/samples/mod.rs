//! Samples as lists of what is not 0, and their targets.

pub mod batch;
pub mod by_input;
pub mod image_lists;
pub mod palette;
pub mod pixels;
pub mod targets;
