//! Formulas over slices: one operation in each file, on top of [`crate::simd`] and [`crate::elementary`].

pub mod cross_entropy;
pub mod matrix;
pub mod sigmoid;
pub mod softmax;
pub mod vector;
