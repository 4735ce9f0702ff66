//! The chapter's functions for arrays of any length, which pass through fixed buffers piece by piece.

use alloc::vec::Vec;
use numgrad_core::kernels::cross_entropy::{add_label_losses, add_target_losses};
use numgrad_core::kernels::matrix::{add_weighted_rows, with_starts};
use numgrad_core::kernels::sigmoid;
use numgrad_core::kernels::softmax::{exp_minus_in_place, softmax_in_place};
use numgrad_core::kernels::vector::dot_from;
use numgrad_core::memory::zeros;
use numgrad_core::simd::F64x2;
use wasm_bindgen::prelude::wasm_bindgen;

/// Numbers in each buffer: 64 KB, which leaves the L2 cache to the network.
const CAPACITY: usize = 8192;

/// Three buffers a, b and out, and the kernels that work on them.
#[wasm_bindgen]
pub struct RawFunctions {
    a: Vec<f64>,
    b: Vec<f64>,
    out: Vec<f64>,
    dot: F64x2,
    layout: [usize; 4],
}

#[wasm_bindgen]
impl RawFunctions {
    /// Allocates the buffers.
    pub fn create() -> Self {
        let [a, b, out] = [(); 3].map(|()| zeros(CAPACITY));
        let layout = [CAPACITY, a.as_ptr() as usize, b.as_ptr() as usize, out.as_ptr() as usize];
        Self { a, b, out, dot: F64x2::splat(0.0), layout }
    }

    /// Address of the layout, which packages/numgrad/src/functions/kernels.ts reads by position: how many numbers each
    /// buffer holds (an even number), and the addresses of a, b and out.
    #[wasm_bindgen(getter)]
    pub fn layout(&self) -> *const usize {
        self.layout.as_ptr()
    }

    /// Σ a[i] b[i] over `len` numbers. Unless `first`, the sum continues from the piece before. Every piece but the
    /// last has an even length.
    pub fn dot(&mut self, len: usize, first: bool) -> f64 {
        let start = if first { F64x2::splat(0.0) } else { self.dot };
        self.dot = dot_from(start, &self.a[..len], &self.b[..len]);
        self.dot.sum()
    }

    /// out[m, n] = a[m, k] b[k, n]. Unless `first`, the product is added to out.
    pub fn matmul(&mut self, m: usize, k: usize, n: usize, first: bool) {
        for (a, out) in self.a[..m * k].chunks_exact(k).zip(self.out[..m * n].chunks_exact_mut(n)) {
            if first {
                out.fill(0.0);
            }
            add_weighted_rows(out, with_starts(a, n), &self.b[..k * n], n);
        }
    }

    /// out[i] = sigmoid(a[i]).
    pub fn sigmoid(&mut self, len: usize) {
        sigmoid::sigmoid(&self.a[..len], &mut self.out[..len]);
    }

    /// Softmax of each row of a[rows, cols], in place.
    pub fn softmax(&mut self, rows: usize, cols: usize) {
        for row in self.a[..rows * cols].chunks_exact_mut(cols) {
            softmax_in_place(row);
        }
    }

    /// a[i] = e^(a[i] − shift), in place; returns `sum` plus all of them. A row that is too long for the buffer comes
    /// in pieces.
    pub fn exp_minus(&mut self, len: usize, shift: f64, sum: f64) -> f64 {
        exp_minus_in_place(&mut self.a[..len], shift, sum)
    }

    /// `sum` − Σ b[i] ln(a[i] + 1e-7): the predictions are in a, the targets in b.
    pub fn target_losses(&self, len: usize, sum: f64) -> f64 {
        add_target_losses(sum, &self.a[..len], &self.b[..len])
    }

    /// `sum` − Σ ln(a[i] + 1e-7): the probabilities of the labels are in a.
    pub fn label_losses(&self, len: usize, sum: f64) -> f64 {
        add_label_losses(sum, &self.a[..len])
    }
}
