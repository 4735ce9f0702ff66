//! The gradient of the loss, in two ways: [`backprop`] derives it, [`central_difference`] measures it.
//!
//! Both add up over the samples in the one loop of [`input_sums`].

pub mod backprop;
pub mod central_difference;
pub mod input_sums;
