//! The arithmetic of numgrad: a two-layer network, its loss, and its gradient by central differences and by
//! backpropagation, in float64, with the same bits on every target.
//!
//! # Notation
//!
//! | name | meaning |
//! | --- | --- |
//! | x, t | inputs and targets of a sample |
//! | N | number of samples of a batch, the divisor of the mean |
//! | z | pre-activation of a hidden unit |
//! | s, a | activation of a hidden unit, s = σ(z), and its slope a = s (1 − s) |
//! | p | softmax probabilities; p_t is that of the label |
//! | δ | 1e-7, inside the logarithm of the cross entropy |
//! | h | difference step |
//! | u | h x, how far a pre-activation moves |
//!
//! Matrices are row-major, [rows, cols]. Kernels take slices and write into slices. Only [`session`] with the types
//! that it consists of, and [`samples::image_lists`], own memory; all of it is allocated when they are made. Every sum
//! has one order, from the first sample or input to the last. Multiplication and addition are rounded separately.
//!
//! # Rooms
//!
//! Each room imports only from rooms above it in this table. [`memory`] (allocation) may be imported by all.
//!
//! | room | content |
//! | --- | --- |
//! | [`simd`] | vectors of two float64 or four float32 lanes: the only files that name an instruction set |
//! | [`elementary`] | exp, ln and their relatives, with the same bits everywhere |
//! | [`kernels`] | formulas over slices: matrix, sigmoid, softmax, cross entropy, vector |
//! | [`random`] | NumPy's random words and normal values |
//! | [`samples`] | samples as lists of what is not 0: a batch, a whole dataset, the targets |
//! | [`share`] | the hidden units that one member of a team computes |
//! | [`two_layer`] | the network: dimensions, forward pass, loss, accuracy |
//! | [`classify`] | the class of an image in float32, if a bound allows that |
//! | [`gradients`] | backpropagation and central differences |
//! | [`session`] | the owner of a network and of everything that works on it |
//!
//! # Where to start
//!
//! [`gradients::central_difference`] explains the idea of the project, and its `plain` is the idea on one page of code.

#![cfg_attr(not(test), no_std)]

extern crate alloc;

pub mod classify;
pub mod elementary;
pub mod gradients;
pub mod kernels;
pub mod memory;
pub mod random;
pub mod samples;
pub mod session;
pub mod share;
pub mod simd;
#[cfg(test)]
mod testing;
pub mod two_layer;
