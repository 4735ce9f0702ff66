//! The class of an image in less than half the time of its probabilities.
//!
//! A class needs few digits. So the first layer, which is nearly all of the work, is summed up in float32, four numbers
//! at a time, and the largest logit decides if no rounding can have put it there. Where that is not certain (one image in
//! some thousands) the answer is `None`, and the forward pass has to decide. So the class is always the forward pass's.
//!
//! # Certificate
//!
//! Let u = 2⁻²⁴, x the n inputs of the image that are not 0 (the bias among them), X = Σ xᵢ, mⱼ = maxᵢ |w₁\[i, j\]|,
//! rⱼ = maxₖ w₂\[j, k\] − minₖ w₂\[j, k\]. The x are float32 numbers. Rounding the weights, the products and the sums moves
//! a pre-activation by at most γ X mⱼ with γ = 1.01 (n + 3) u, which also covers the float64 sum. The sigmoid's slope is
//! at most ¼, so the difference of two logits moves by at most γ X B with B = ¼ Σⱼ rⱼ mⱼ. The float64 operations behind
//! (sigmoid, logits, softmax, in both ways) move it by less than 2⁻⁵⁰ (hidden + 10)(1 + Σⱼ maxₖ |w₂\[j, k\]|).
//!
//! Weights of less than 2⁻¹²⁶ lose digits, up to 2⁻¹⁴⁹ each: mⱼ is taken to be at least 2⁻¹²⁰. A sum that overflows is
//! wrong by anything, but a sigmoid by no more than 1, and then γ X mⱼ / 4 is larger than that.

use crate::kernels::matrix::{Windows, add_weighted_rows, with_starts};
use crate::kernels::sigmoid::sigmoid;
use crate::kernels::vector::argmax;
use crate::memory::zeros;
use crate::samples::batch::pixel_value;
use crate::samples::image_lists::Image;
use crate::simd::F32x4;
use crate::two_layer::Dimensions;
use alloc::vec::Vec;

/// Vectors of a tile, the only kind: units are padded with zeros to a multiple of 28 (the book's 50 to 56).
const TILE: usize = 7;
const LANES: usize = 4;

/// u, half the distance from 1 to the next float32.
const F32_UNIT: f64 = 1.0 / (1 << 24) as f64;
/// 2⁻⁵⁰, eight times the same for float64.
const F64_UNITS: f64 = 1.0 / (1_u64 << 50) as f64;

/// Below this a weight counts as this large in the certificate.
const SMALLEST: f64 = 1.0 / (1_u128 << 120) as f64;

/// A network's first layer in float32, and room for one image.
pub struct Classifier {
    dims: Dimensions,
    /// W1 and b1, [inputs + 1, stride].
    weights: Vec<f32>,
    stride: usize,
    pixel_values: [f32; 256],
    /// For each input that is not 0, where its row of weights starts, and its value.
    entries: Vec<(u32, f32)>,
    hidden_pre: Vec<f64>,
    hidden: Vec<f64>,
    logits: Vec<f64>,
    /// B of the certificate.
    sensitivity: f64,
    /// Bound of what the float64 operations add.
    float64_error: f64,
}

impl Classifier {
    /// Room for a network.
    pub fn new(dims: Dimensions) -> Self {
        let stride = dims.hidden_size.next_multiple_of(TILE * LANES);
        Self {
            dims,
            weights: zeros((dims.input_size + 1) * stride),
            stride,
            pixel_values: core::array::from_fn(|pixel| pixel_value(pixel as u8) as f32),
            entries: zeros(dims.input_size + 1),
            hidden_pre: zeros(stride),
            hidden: zeros(dims.hidden_size + 1),
            logits: zeros(dims.output_size),
            sensitivity: 0.0,
            float64_error: 0.0,
        }
    }

    /// Takes the parameters for the images to come.
    pub fn prepare(&mut self, params: &[f64]) {
        let (w1, w2) = params.split_at(self.dims.first_layer());
        let largest = &mut self.hidden_pre[..self.dims.hidden_size];
        largest.fill(SMALLEST);
        for (from, to) in w1.chunks_exact(self.dims.hidden_size).zip(self.weights.chunks_exact_mut(self.stride)) {
            for ((w, to), largest) in from.iter().zip(to).zip(largest.iter_mut()) {
                *to = *w as f32;
                *largest = largest.max(w.abs());
            }
        }
        let (mut sensitivity, mut magnitude) = (0.0, 1.0);
        for (j, w) in w2.chunks_exact(self.dims.output_size).enumerate() {
            let (low, high) = w.iter().fold((w[0], w[0]), |(low, high), w| (w.min(low), w.max(high)));
            // The bias of the second layer is no hidden unit.
            sensitivity +=
                self.hidden_pre.get(j).filter(|_| j < self.dims.hidden_size).map_or(0.0, |m| m * (high - low));
            magnitude += high.abs().max(low.abs());
        }
        self.sensitivity = 0.25 * sensitivity;
        self.float64_error = F64_UNITS * (self.dims.hidden_size + 10) as f64 * magnitude;
    }

    /// The class of an image, if float32 is enough to tell.
    pub fn class(&mut self, image: &Image, params: &[f64]) -> Option<usize> {
        let total = self.list(image);
        let lit = &self.entries[..image.inputs.len() + 1];
        for column in (0..self.stride).step_by(TILE * LANES) {
            let sums = weighted_sum(lit, &self.weights[column..]);
            for (out, sums) in self.hidden_pre[column..].as_chunks_mut::<LANES>().0.iter_mut().zip(sums) {
                *out = sums.to_array().map(f64::from);
            }
        }
        let (units, bias) = self.hidden.split_at_mut(self.dims.hidden_size);
        sigmoid(&self.hidden_pre[..self.dims.hidden_size], units);
        bias[0] = 1.0;
        self.logits.fill(0.0);
        let w2 = &params[self.dims.first_layer()..];
        add_weighted_rows(
            &mut self.logits,
            with_starts(&self.hidden, self.dims.output_size),
            w2,
            self.dims.output_size,
        );
        let best = argmax(&self.logits);
        let gamma = 1.01 * (lit.len() + 3) as f64 * F32_UNIT;
        let error = gamma * total * self.sensitivity + self.float64_error;
        let ahead = |k: usize| k == best || self.logits[best] - self.logits[k] > error;
        (0..self.dims.output_size).all(ahead).then_some(best)
    }

    /// Lists the inputs of an image that are not 0, the bias last; returns their sum.
    fn list(&mut self, image: &Image) -> f64 {
        let mut total = 1.0;
        for ((entry, input), rank) in self.entries.iter_mut().zip(image.inputs).zip(image.ranks) {
            let value = self.pixel_values[usize::from(image.values[usize::from(*rank)])];
            *entry = (u32::from(*input) * self.stride as u32, value);
            total += f64::from(value);
        }
        self.entries[image.inputs.len()] = ((self.dims.input_size * self.stride) as u32, 1.0);
        total
    }
}

/// Σ x · weights\[row start..\] over the entries (row start, x), for a tile.
#[inline(never)]
fn weighted_sum(entries: &[(u32, f32)], weights: &[f32]) -> [F32x4; TILE] {
    let mut sums = [F32x4::splat(0.0); TILE];
    let rows = Windows::new(weights, TILE * LANES);
    for (start, x) in entries {
        let (row, _) = rows.at(*start as usize).as_chunks::<LANES>();
        let x = F32x4::splat(*x);
        for v in 0..TILE {
            sums[v] += x * F32x4::load(&row[v]);
        }
    }
    sums
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::image_lists::{ImageLists, ListLengths};
    use crate::two_layer::ForwardPass;

    const DIMS: Dimensions = Dimensions { input_size: 60, hidden_size: 31, output_size: 4 };

    /// xorshift64*: uniform numbers in [0, 1).
    fn uniform(state: &mut u64) -> f64 {
        *state ^= *state >> 12;
        *state ^= *state << 25;
        *state ^= *state >> 27;
        (state.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 11) as f64 / (1_u64 << 53) as f64
    }

    fn random_images(state: &mut u64) -> ImageLists {
        let mut pixel = || if uniform(state) < 0.5 { 0 } else { (256.0 * uniform(state)) as u8 };
        let images: Vec<[u8; DIMS.input_size]> = (0..100).map(|_| core::array::from_fn(|_| pixel())).collect();
        let mut lengths = ListLengths::default();
        images.iter().for_each(|image| lengths.add(image));
        let mut lists = ImageLists::new(DIMS.input_size, images.len(), lengths).unwrap();
        images.iter().for_each(|image| lists.push(image, 0));
        lists
    }

    /// How many of 100 images float32 classified; all of them as the forward pass does.
    fn certain(params: &[f64], state: &mut u64) -> usize {
        let images = random_images(state);
        let mut pass = ForwardPass::new(DIMS);
        (0..images.len()).for_each(|index| assert!(pass.batch.push_image(&images.image(index))));
        pass.run(params);
        let mut classifier = Classifier::new(DIMS);
        classifier.prepare(params);
        let mut count = 0;
        for index in 0..images.len() {
            if let Some(class) = classifier.class(&images.image(index), params) {
                assert_eq!(class, argmax(pass.probs(index)), "image {index}");
                count += 1;
            }
        }
        count
    }

    fn random_params(state: &mut u64, spread1: f64, spread2: f64) -> Vec<f64> {
        let spread = |i: usize| if i < DIMS.first_layer() { spread1 } else { spread2 };
        (0..DIMS.parameters()).map(|i| spread(i) * (uniform(state) - 0.5)).collect()
    }

    #[test]
    fn the_class_is_the_forward_pass_s_and_float32_nearly_always_tells_it() {
        let mut state = 7;
        for (spread1, spread2) in [(0.02, 0.02), (0.5, 1.0), (3.0, 10.0), (1e-3, 1e3)] {
            let count: usize = (0..50).map(|_| certain(&random_params(&mut state, spread1, spread2), &mut state)).sum();
            assert!(count >= 4950, "spread {spread1}, {spread2}: {count} of 5000");
        }
    }

    #[test]
    fn what_float32_cannot_tell_is_left_open() {
        let mut state = 8;
        // Overflow, underflow, and saturation that hides everything.
        for spread in [1e-300, 1e-46, 1e-39, 1e20, 1e38, 1e39, 1e200, 1e300] {
            for spread2 in [1e-300, 1e-20, 1.0, 1e20, 1e300] {
                certain(&random_params(&mut state, spread, spread2), &mut state);
            }
        }
        // Two classes that are nearly or exactly the same, with large weights in common.
        for gap in [0.0, 1e-16, 1e-13, 1e-9, 1e-6, 1e-4] {
            for _ in 0..20 {
                let mut params = random_params(&mut state, 0.5, 1.0);
                for w in params[DIMS.first_layer()..].chunks_exact_mut(DIMS.output_size) {
                    w[0] += 3.0;
                    w[2] = w[0] + gap * (uniform(&mut state) - 0.5);
                }
                let count = certain(&params, &mut state);
                assert!(gap > 1e-9 || count == 0, "gap {gap}: {count}");
            }
        }
    }
}
