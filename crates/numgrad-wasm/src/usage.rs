//! What is alive: bytes and networks.

#[cfg(target_arch = "wasm32")]
use crate::platform::requested_bytes;
use core::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use wasm_bindgen::prelude::wasm_bindgen;

/// Bytes that were asked for in vain.
static REFUSED: AtomicUsize = AtomicUsize::new(0);

/// Networks that have been made and not dropped.
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

/// What `make` makes where memory allows. Where it does not, all that it has allocated is given back, and what it has not
/// got must not count: the allocator goes by requests.
pub(crate) fn or_nothing<T>(make: impl FnOnce() -> Option<T>) -> Option<T> {
    let before = requested_bytes();
    let made = make();
    if made.is_none() {
        REFUSED.fetch_add(requested_bytes().wrapping_sub(before), Relaxed);
    }
    made
}

/// A member of a live network; it counts.
pub(crate) struct Counted(());

impl Counted {
    /// One more.
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

/// Natively nobody counts.
#[cfg(not(target_arch = "wasm32"))]
fn requested_bytes() -> usize {
    0
}
