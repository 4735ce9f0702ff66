//! `Session::bytes` against an allocator that counts: for these shapes the bound is 1.06 to 2.8 times what is used.

use numgrad_core::session::Session;
use numgrad_core::two_layer::Dimensions;
use std::alloc::System;
use trallocator::Trallocator;

#[global_allocator]
static ALLOCATOR: Trallocator<System> = Trallocator::new(System);

/// input_size, hidden_size, output_size: the book's network, and shapes in which one buffer after the other is the
/// largest.
const SHAPES: [[usize; 3]; 13] = [
    [1, 1, 1],
    [30, 10, 6],
    [2, 3, 2],
    [784, 50, 10],
    [784, 1, 10],
    [784, 1000, 10],
    [1, 5000, 1],
    [3, 2, 5000],
    [1, 1000, 1000],
    [655, 21, 3],
    [656, 20, 3],
    [70_000, 1, 2],
    [20_000, 300, 2],
];

// The only test of this file: others would allocate at the same time.
#[test]
fn a_session_allocates_no_more_than_it_has_reserved_and_at_least_a_third_of_that() {
    for [input_size, hidden_size, output_size] in SHAPES {
        let dims = Dimensions { input_size, hidden_size, output_size };
        let before = ALLOCATOR.usage();
        let session = Session::new(dims).unwrap();
        // The session itself is moved into an allocation of its own, and the allocator of the core adds up to 32 bytes to
        // each of the 50.
        let used = (ALLOCATOR.usage() - before + size_of::<Session>() + 50 * 32) as u64;
        drop(session);
        let bytes = Session::bytes(dims);
        println!("{dims:?}: {used} of {bytes} bytes used, the bound is {:.2} times that", bytes as f64 / used as f64);
        assert!(used <= bytes, "{dims:?}: {used} bytes, more than the {bytes} reserved");
        // A bound far too large would refuse networks that fit.
        assert!(bytes <= 3 * used, "{dims:?}: only {used} of {bytes} bytes are used");
    }
}
