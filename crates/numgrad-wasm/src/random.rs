//! Random words and normal values, block by block.

use alloc::boxed::Box;
use alloc::vec::Vec;
use numgrad_core::memory::zeros;
use numgrad_core::random::mt19937::{Block, STATE_WORDS, temper, twist};
use numgrad_core::random::normal::{TRY_WORDS, fill_normal};
use wasm_bindgen::prelude::wasm_bindgen;

/// Most tries of the polar method at a time.
const TRIES: usize = 2048;

/// A state of the generator, the words that it gives, and normal values made of words. No generator is kept here: each
/// brings its state along, and takes it away.
#[wasm_bindgen]
pub struct RawRandom {
    key: Box<Block>,
    words: Box<Block>,
    tries: Vec<u32>,
    values: Vec<f64>,
    table: [usize; 5],
}

#[wasm_bindgen]
impl RawRandom {
    /// Allocates the buffers.
    #[wasm_bindgen(constructor)]
    pub fn new() -> Self {
        let block = || Box::new([0; STATE_WORDS]);
        let (key, words, tries, values) = (block(), block(), zeros(TRY_WORDS * TRIES), zeros(2 * TRIES));
        let table =
            [TRIES, key.as_ptr() as usize, words.as_ptr() as usize, tries.as_ptr() as usize, values.as_ptr() as usize];
        Self { key, words, tries, values, table }
    }

    /// Address of a table: most tries of `fill_normal`, and the addresses of the state, [624], the state's words, [624],
    /// the words for normal values, [tries, 4], and the normal values, [tries, 2].
    #[wasm_bindgen(getter)]
    pub fn table(&self) -> *const usize {
        self.table.as_ptr()
    }

    /// The next state.
    pub fn twist(&mut self) {
        twist(&mut self.key);
    }

    /// The words of the state.
    pub fn temper(&mut self) {
        temper(&self.key, &mut self.words);
    }

    /// Normal values from the words of `tries` points. Returns how many: two for each point within the unit circle.
    pub fn fill_normal(&mut self, tries: usize) -> usize {
        fill_normal(&self.tries[..TRY_WORDS * tries], &mut self.values)
    }
}

impl Default for RawRandom {
    fn default() -> Self {
        Self::new()
    }
}
