//! Allocation.

use alloc::vec;
use alloc::vec::Vec;

/// `len` zeros.
///
/// It is never inlined, so the program has one copy for each element type. Each inlined allocation would take 200 bytes
/// of WebAssembly.
#[inline(never)]
pub fn zeros<T: Clone + Default>(len: usize) -> Vec<T> {
    vec![T::default(); len]
}

/// An empty list with room for exactly `capacity` elements; `None` if there is not enough memory.
pub fn reserve<T>(capacity: usize) -> Option<Vec<T>> {
    let mut list = Vec::new();
    list.try_reserve_exact(capacity).ok()?;
    Some(list)
}
