//! What is alive: bytes and networks.

#[cfg(target_arch = "wasm32")]
use crate::platform::requested_bytes;
use core::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use wasm_bindgen::prelude::wasm_bindgen;

/// Bytes of all requests that failed.
static REFUSED: AtomicUsize = AtomicUsize::new(0);

/// Networks that have been made and not yet dropped.
static SESSIONS: AtomicUsize = AtomicUsize::new(0);

/// Bytes of all live allocations.
#[wasm_bindgen]
pub fn live_bytes() -> usize {
    requested_bytes().wrapping_sub(REFUSED.load(Relaxed))
}

/// Number of live networks.
#[wasm_bindgen]
pub fn live_sessions() -> usize {
    SESSIONS.load(Relaxed)
}

/// Runs `make`. If it fails for lack of memory, its failed requests are subtracted from the count: the allocator counts
/// requests, and everything that `make` did get has been freed again.
pub(crate) fn try_allocate<T>(make: impl FnOnce() -> Option<T>) -> Option<T> {
    let before = requested_bytes();
    let result = make();
    if result.is_none() {
        REFUSED.fetch_add(requested_bytes().wrapping_sub(before), Relaxed);
    }
    result
}

/// A member of a live network; it counts the network for as long as that lives.
pub(crate) struct Counted(());

impl Counted {
    /// Counts one network more.
    pub(crate) fn new() -> Self {
        SESSIONS.fetch_add(1, Relaxed);
        Self(())
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        SESSIONS.fetch_sub(1, Relaxed);
    }
}

/// A native build does not count bytes.
#[cfg(not(target_arch = "wasm32"))]
fn requested_bytes() -> usize {
    0
}
