//! NumPy's random numbers: the words of its generator, and normal values made of words.

pub mod mt19937;
pub mod normal;
