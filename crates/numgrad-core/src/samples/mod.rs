//! Samples and their targets, as lists of what is not 0.

pub mod batch;
pub mod image_lists;
pub mod targets;
