//! The gradient of the loss, in two ways: [`backprop`] computes it, [`central_difference`] measures it. Both sum over the
//! samples by the one loop of [`input_sums`].

pub mod backprop;
pub mod central_difference;
pub mod input_sums;
