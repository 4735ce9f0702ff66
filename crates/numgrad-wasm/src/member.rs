//! A session as a member of a team.

use crate::network::RawSession;
use crate::usage::try_allocate;
use alloc::vec::Vec;
use numgrad_core::memory::{has_room, zeros};
use numgrad_core::session::{Kind, block_length};
use numgrad_core::two_layer::Dimensions;
use wasm_bindgen::prelude::wasm_bindgen;

/// The buffer for blocks, which JavaScript carries from one member of a team to the others.
#[wasm_bindgen]
pub struct RawBlock {
    values: Vec<f64>,
    layout: [usize; 2],
}

#[wasm_bindgen]
impl RawBlock {
    /// A buffer for the blocks of a network; `None` if there is not enough memory.
    pub fn create(input_size: usize, hidden_size: usize, output_size: usize) -> Option<RawBlock> {
        let length = block_length(Dimensions { input_size, hidden_size, output_size });
        // This object, and what the allocator adds.
        const REST: usize = size_of::<RawBlock>() + 128;
        try_allocate(|| has_room(8 * length + REST).then_some(()))?;
        let values: Vec<f64> = zeros(length);
        let layout = [length, values.as_ptr() as usize];
        Some(Self { values, layout })
    }

    /// Address of the layout, which packages/numgrad/src/network/member.ts reads by position: how many numbers the
    /// buffer holds, and its address.
    #[wasm_bindgen(getter)]
    pub fn layout(&self) -> *const usize {
        self.layout.as_ptr()
    }
}

#[wasm_bindgen]
impl RawSession {
    /// Gives the session a share of the hidden units: those from `from` to, but without, `to`.
    pub fn set_share(&mut self, from: usize, to: usize) {
        self.session.set_share(from..to);
    }

    /// Writes a block for the other members: of activations (0), parameters (1) or gradients (2). Returns its length.
    pub fn write_block(&self, kind: usize, block: &mut RawBlock) -> usize {
        self.session.write_block(KINDS[kind], &mut block.values)
    }

    /// Reads the block of the member whose units are those from `from` to, but without, `to`.
    pub fn read_block(&mut self, kind: usize, from: usize, to: usize, block: &RawBlock) {
        self.session.read_block(KINDS[kind], from..to, &block.values);
    }
}

const KINDS: [Kind; 3] = [Kind::Activations, Kind::Params, Kind::Grads];
