//! The bridge between numgrad-core and JavaScript.
//!
//! Pointers go out, sizes and scalars come in: JavaScript writes rows into the buffers that these pointers name, calls,
//! and reads results from them. Shapes are checked in TypeScript before a call; the assertions of the core are the
//! second wall.

#![cfg_attr(target_arch = "wasm32", no_std)]

extern crate alloc;

#[cfg(target_arch = "wasm32")]
mod platform;

mod functions;
mod images;
mod network;
mod random;
mod usage;
