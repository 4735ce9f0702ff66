//! The arithmetic of numgrad: a two-layer network, its loss, and its gradient by central differences and by
//! backpropagation, in float64, with the same bits on every target.
//!
//! # Notation
//!
//! | name | meaning |
//! | --- | --- |
//! | x, t | inputs, targets of a sample |
//! | N | samples of a batch, the divisor of the mean |
//! | s, a | activation of a hidden unit, its slope s (1 − s) |
//! | p | softmax probabilities; p_t that of the label |
//! | δ | 1e-7, inside the logarithm of the cross entropy |
//! | h | difference step |
//! | u | h x, what a hidden pre-activation moves by |
//!
//! Matrices are row-major, [rows, cols]. Slices come in, slices go out; only [`session`] with the types it is made of, and
//! the lists of [`image_lists`], own memory. Sums have one order, from the first sample or input to the last; multiply and
//! add are rounded separately.
//!
//! # Map
//!
//! [`simd`] (two lanes) → [`elementary`] (exp, ln) → [`vector`], [`matrix`], [`sigmoid`], [`softmax`], [`cross_entropy`]
//! (kernels) → [`image_lists`], [`batch`], [`targets`] (samples as lists) → [`two_layer`] (forward), [`classify`] → [`input_sums`], [`backprop`],
//! [`central_difference`] (gradients) → [`session`] (the owner of it all). [`mt19937`] and [`normal`] are NumPy's random
//! numbers.

#![cfg_attr(not(test), no_std)]

extern crate alloc;

pub mod backprop;
pub mod batch;
pub mod central_difference;
pub mod classify;
pub mod cross_entropy;
pub mod elementary;
pub mod image_lists;
pub mod input_sums;
pub mod matrix;
pub mod mt19937;
pub mod normal;
pub mod session;
pub mod sigmoid;
pub mod simd;
pub mod softmax;
pub mod targets;
pub mod two_layer;
pub mod vector;
