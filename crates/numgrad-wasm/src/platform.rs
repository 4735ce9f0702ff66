//! The two things that the standard library would bring: an allocator, and what a panic does.
//!
//! The module is a fifth smaller without the standard library (65 KB, not 80): neither its dlmalloc nor its formatting
//! of panic messages, which nobody would see, is in it.
//!
//! The linker limits the memory to one page less than 3.5 GiB (`.cargo/config.toml`), because Talc adds the size of a
//! request to the address of a gap and does not notice an overflow. With 4 GiB the sum could pass 2³², so that a gap at the
//! end of the memory seemed to be large enough although it was not. Talc then wrote into memory that was in use, and
//! the allocations for which the request had asked trapped. Talc searches the gaps of only one bin for a request that they
//! may be too small for, and the widest bins of such gaps, those from 2³⁰ to 2³¹ bytes, are 2²⁹ bytes wide. So the sum
//! passes the end of the memory by at most 2²⁹, which is still less than 2³².

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
