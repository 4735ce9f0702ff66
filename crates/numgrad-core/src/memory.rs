//! Allocation.

use alloc::vec;
use alloc::vec::Vec;
use core::hint::black_box;

/// `len` zeros.
///
/// It is never inlined, so the program has one copy for each element type. Each inlined allocation would take 200 bytes
/// of WebAssembly.
#[inline(never)]
pub fn zeros<T: Clone + Default>(len: usize) -> Vec<T> {
    vec![T::default(); len]
}

/// Whether a block of that many bytes can be allocated. It is freed again, so everything that is allocated next succeeds
/// if it fits into the block, with 32 bytes more for each allocation.
///
/// A failed allocation traps, and constructors that can fail would be 12 KB more of WebAssembly. So a constructor asks
/// first whether there is room for all that it will allocate.
pub fn has_room(bytes: usize) -> bool {
    // A compiler may leave out an allocation that nobody looks at.
    black_box(reserve::<u8>(bytes)).is_some()
}

/// An empty list with room for exactly `capacity` elements; `None` if there is not enough memory.
pub fn reserve<T>(capacity: usize) -> Option<Vec<T>> {
    let mut list = Vec::new();
    list.try_reserve_exact(capacity).ok()?;
    Some(list)
}
