//! The bridge between numgrad-core and JavaScript.
//!
//! Pointers go out; only sizes and numbers come in. JavaScript reads the addresses of an object's buffers from its
//! *layout*, writes rows into these buffers, calls, and reads the results from them. A layout is a list that Rust and
//! TypeScript share by position, so the comment of each getter `layout` names the file that reads it.
//!
//! TypeScript checks all shapes before a call. The assertions of the core are the second wall.

#![cfg_attr(target_arch = "wasm32", no_std)]

extern crate alloc;

#[cfg(target_arch = "wasm32")]
mod platform;

mod functions;
mod images;
mod network;
mod random;
mod usage;
