//! The two things that the standard library would bring: an allocator, and what a panic does.
//!
//! The module is a fifth smaller without the standard library (65 KB, not 80): neither its dlmalloc nor its formatting
//! of panic messages, which nobody would see, is in it.

use core::panic::PanicInfo;
use talc::wasm::{WasmDynamicTalc, new_wasm_dynamic_allocator};
use trallocator::Trallocator;

// Talc can count by itself, but its counters can be read only behind a lock that its growing heap does not fit into.
#[global_allocator]
static ALLOCATOR: Trallocator<WasmDynamicTalc> = Trallocator::new(new_wasm_dynamic_allocator());

/// Bytes requested and not yet freed, failed requests included.
pub fn requested_bytes() -> usize {
    ALLOCATOR.usage()
}

/// A panic traps. Its message serves only the native tests. JavaScript poisons the instance and throws a `CoreError`.
#[panic_handler]
fn trap(_: &PanicInfo) -> ! {
    core::arch::wasm32::unreachable()
}
