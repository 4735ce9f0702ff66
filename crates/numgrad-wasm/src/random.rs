//! Random words, one state of the generator at a time, and normal values.

use alloc::boxed::Box;
use alloc::vec::Vec;
use numgrad_core::memory::zeros;
use numgrad_core::random::mt19937::{STATE_WORDS, Words, temper, twist};
use numgrad_core::random::normal::{TRY_WORDS, fill_normal};
use wasm_bindgen::prelude::wasm_bindgen;

/// Most tries of the polar method in one call.
const TRIES: usize = 2048;

/// Buffers for a state of the generator, the words that the state gives, and normal values made of words.
///
/// No generator is kept here. Each generator copies its state in before a call, and out after it.
#[wasm_bindgen]
pub struct RawRandom {
    key: Box<Words>,
    words: Box<Words>,
    tries: Vec<u32>,
    values: Vec<f64>,
    layout: [usize; 5],
}

#[wasm_bindgen]
impl RawRandom {
    /// Allocates the buffers.
    pub fn create() -> Self {
        let state = || Box::new([0; STATE_WORDS]);
        let (key, words, tries, values) = (state(), state(), zeros(TRY_WORDS * TRIES), zeros(2 * TRIES));
        let layout =
            [TRIES, key.as_ptr() as usize, words.as_ptr() as usize, tries.as_ptr() as usize, values.as_ptr() as usize];
        Self { key, words, tries, values, layout }
    }

    /// Address of the layout, which packages/numgrad/src/random/kernels.ts reads by position: most tries of one call of
    /// `fill_normal`, then the addresses of the state, [624], of its words, [624], of the words for normal values,
    /// [tries, 4], and of the normal values, [tries, 2].
    #[wasm_bindgen(getter)]
    pub fn layout(&self) -> *const usize {
        self.layout.as_ptr()
    }

    /// Moves the state on to the next one.
    pub fn twist(&mut self) {
        twist(&mut self.key);
    }

    /// Computes the words of the state.
    pub fn temper(&mut self) {
        temper(&self.key, &mut self.words);
    }

    /// Computes normal values from the words of `tries` points. Returns how many: two for each point within the unit
    /// circle.
    pub fn fill_normal(&mut self, tries: usize) -> usize {
        fill_normal(&self.tries[..TRY_WORDS * tries], &mut self.values)
    }
}
