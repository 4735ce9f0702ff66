//! What the standard library would bring: an allocator, and what a panic does. Without its formatting of panic messages,
//! which nobody would see, and its dlmalloc the module is a fifth smaller (80 KB → 65).

use core::panic::PanicInfo;
use talc::wasm::{WasmDynamicTalc, new_wasm_dynamic_allocator};
use trallocator::Trallocator;

// Talc could count by itself, but shows its counters only behind a lock that its growing heap does not fit into.
#[global_allocator]
static ALLOCATOR: Trallocator<WasmDynamicTalc> = Trallocator::new(new_wasm_dynamic_allocator());

/// Bytes that were asked for and not given back yet, whether they were had or not.
pub fn requested_bytes() -> usize {
    ALLOCATOR.usage()
}

/// A panic traps; what it had to say was for tests. JavaScript poisons the instance and says that in a `CoreError`.
#[panic_handler]
fn trap(_: &PanicInfo) -> ! {
    core::arch::wasm32::unreachable()
}
