//! The class of an image in less than half the time of its probabilities.
//!
//! A class needs few digits. So the first layer, which is nearly all of the work, is summed up in float32, four numbers
//! at a time, and the class with the largest logit is the answer if a bound shows that no rounding can have put it
//! there. Otherwise (for one image in some thousands) the answer is `None`, and the forward pass has to decide. So the
//! class is always that of the forward pass.
//!
//! # Certificate
//!
//! Let u = 2⁻²⁴, x the n inputs of the image that are not 0 (the bias among them), X = Σ |xᵢ|, mⱼ = maxᵢ |w₁\[i, j\]|, rⱼ
//! = maxₖ w₂\[j, k\] − minₖ w₂\[j, k\]. Rounding the x, the weights, the products and the sums
//! moves a pre-activation by at most γ X mⱼ with γ = 1.01 (n + 4) u, which also covers the float64 sum. The slope of
//! the sigmoid is at most ¼, so the difference of two logits moves by at most γ X B with B = ¼ Σⱼ rⱼ mⱼ. The float64
//! operations that follow (sigmoid, logits, softmax, in both ways) move it by less than 2⁻⁵⁰ (hidden_size + 10)(1 + Σⱼ
//! maxₖ |w₂\[j, k\]|).
//!
//! Weights of less than 2⁻¹²⁶ lose digits, up to 2⁻¹⁴⁹ each, so mⱼ is taken to be at least 2⁻¹²⁰. A sum that overflows
//! is wrong by any amount, but its sigmoid is wrong by at most 1, and then γ X mⱼ / 4 is larger than that.

use crate::kernels::matrix::{Windows, add_weighted_rows, with_starts};
use crate::kernels::sigmoid::sigmoid;
use crate::kernels::vector::argmax;
use crate::memory::zeros;
use crate::samples::image_lists::Image;
use crate::simd::F32x4;
use crate::two_layer::Dimensions;
use alloc::vec::Vec;

/// Vectors of a tile. All tiles have this size: the units are padded with zeros to a multiple of 28 (the book's 50
/// units to 56). On a Xeon, tiles of five, six and nine vectors take 1.06 to 1.3 times as long for an image.
const TILE: usize = 7;
const LANES: usize = 4;

/// u, half the distance from 1 to the next float32.
const F32_UNIT: f64 = 1.0 / (1 << 24) as f64;
/// 2⁻⁵⁰, eight times half the distance from 1 to the next float64.
const F64_UNITS: f64 = 1.0 / (1_u64 << 50) as f64;

/// Smaller weights count as this large in the certificate.
const SMALLEST: f64 = 1.0 / (1_u128 << 120) as f64;

/// Memory for a network's first layer in float32, and for one image.
pub struct Classifier {
    dims: Dimensions,
    /// W1 and b1, [input_size + 1, stride].
    weights: Vec<f32>,
    /// hidden_size, padded to whole tiles.
    stride: usize,
    /// mⱼ of the certificate.
    largest: Vec<f64>,
    /// For each input that is not 0, where its row of weights starts, and its value.
    entries: Vec<(u32, f32)>,
    hidden_pre: Vec<f64>,
    hidden: Vec<f64>,
    logits: Vec<f64>,
}

/// A classifier that has taken over the parameters of a network.
pub struct Prepared<'a> {
    room: &'a mut Classifier,
    /// W2 and b2.
    w2: &'a [f64],
    /// B of the certificate.
    sensitivity: f64,
    /// Bound of the error that the float64 operations add.
    float64_error: f64,
}

impl Classifier {
    /// Memory for a network.
    pub fn new(dims: Dimensions) -> Self {
        let stride = dims.hidden_size.next_multiple_of(TILE * LANES);
        Self {
            dims,
            weights: zeros((dims.input_size + 1) * stride),
            stride,
            largest: zeros(dims.hidden_size),
            entries: zeros(dims.input_size + 1),
            hidden_pre: zeros(stride),
            hidden: zeros(dims.hidden_size + 1),
            logits: zeros(dims.output_size),
        }
    }

    /// Takes over the parameters.
    pub fn prepare<'a>(&'a mut self, params: &'a [f64]) -> Prepared<'a> {
        let dims = self.dims;
        let (w1, w2) = params.split_at(dims.first_layer());
        // The weights of the first layer in float32, and mⱼ.
        self.largest.fill(SMALLEST);
        for (from, to) in w1.chunks_exact(dims.hidden_size).zip(self.weights.chunks_exact_mut(self.stride)) {
            for ((w, to), largest) in from.iter().zip(to).zip(&mut self.largest) {
                *to = *w as f32;
                *largest = largest.max(w.abs());
            }
        }
        // Σⱼ rⱼ mⱼ and 1 + Σⱼ maxₖ |w₂[j, k]|. The last row is the bias, which belongs only to the second sum.
        let (mut sensitivity, mut magnitude) = (0.0, 1.0);
        for (j, w) in w2.chunks_exact(dims.output_size).enumerate() {
            let (low, high) = w.iter().fold((w[0], w[0]), |(low, high), w| (w.min(low), w.max(high)));
            sensitivity += self.largest.get(j).map_or(0.0, |largest| largest * (high - low));
            magnitude += high.abs().max(low.abs());
        }
        let float64_error = F64_UNITS * (dims.hidden_size + 10) as f64 * magnitude;
        Prepared { room: self, w2, sensitivity: 0.25 * sensitivity, float64_error }
    }
}

impl Prepared<'_> {
    /// The class of an image, if float32 is enough to tell.
    pub fn class(&mut self, image: &Image) -> Option<usize> {
        let total = self.list(image);
        let Classifier { dims, weights, stride, entries, hidden_pre, hidden, logits, .. } = &mut *self.room;
        // The first layer in float32.
        let entries = &entries[..image.entries().len() + 1];
        for column in (0..*stride).step_by(TILE * LANES) {
            let sums = weighted_sum(entries, &weights[column..]);
            for (out, sum) in hidden_pre[column..].iter_mut().zip(sums.as_flattened()) {
                *out = f64::from(*sum);
            }
        }
        // The rest in float64, up to the logits.
        let (units, bias) = hidden.split_at_mut(dims.hidden_size);
        sigmoid(&hidden_pre[..dims.hidden_size], units);
        bias[0] = 1.0;
        logits.fill(0.0);
        add_weighted_rows(logits, with_starts(hidden, dims.output_size), self.w2, dims.output_size);
        // The largest logit decides, if it is ahead of all others by more than the bound of the error.
        let best = argmax(logits);
        let gamma = 1.01 * (entries.len() + 4) as f64 * F32_UNIT;
        let error = gamma * total * self.sensitivity + self.float64_error;
        let ahead = |k: usize| k == best || logits[best] - logits[k] > error;
        (0..dims.output_size).all(ahead).then_some(best)
    }

    /// Lists the inputs of an image that are not 0, the bias last; returns the sum of their sizes, the X of the certificate.
    fn list(&mut self, image: &Image) -> f64 {
        let Classifier { dims, stride, entries, .. } = &mut *self.room;
        let mut total = 1.0;
        for (entry, (input, rank)) in entries.iter_mut().zip(image.entries()) {
            let value = image.palette.values[usize::from(image.values[usize::from(rank)])];
            let value = value as f32;
            *entry = (u32::from(input) * *stride as u32, value);
            // Infinite, and the answer `None`, if the number is beyond the range of float32.
            total += f64::from(value.abs());
        }
        entries[image.entries().len()] = ((dims.input_size * *stride) as u32, 1.0);
        total
    }
}

/// Σ x · weights\[row start..\] over the entries (row start, x), for a tile.
#[inline(never)]
fn weighted_sum(entries: &[(u32, f32)], weights: &[f32]) -> [[f32; LANES]; TILE] {
    let mut sums = [F32x4::splat(0.0); TILE];
    let rows = Windows::new(weights, TILE * LANES);
    for (start, x) in entries {
        let (row, _) = rows.at(*start as usize).as_chunks::<LANES>();
        let x = F32x4::splat(*x);
        for v in 0..TILE {
            sums[v] += x * F32x4::load(&row[v]);
        }
    }
    sums.map(F32x4::to_array)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::image_lists::{ImageLists, ListLengths};
    use crate::samples::palette::Palette;
    use crate::testing::{Xorshift, list_images};
    use crate::two_layer::ForwardPass;

    const DIMS: Dimensions = Dimensions { input_size: 60, hidden_size: 31, output_size: 4 };

    /// 100 images, half of whose pixels are 0.
    fn random_images(random: &mut Xorshift) -> ImageLists {
        let mut pixel = || if random.uniform() < 0.5 { 0 } else { (256.0 * random.uniform()) as u8 };
        let images: Vec<[u8; DIMS.input_size]> = (0..100).map(|_| core::array::from_fn(|_| pixel())).collect();
        list_images(&images)
    }

    /// How many of 100 images float32 classified. Fails if the forward pass gives one of them another class.
    fn count_certain(params: &[f64], random: &mut Xorshift) -> usize {
        count_certain_of(random_images(random), params)
    }

    fn count_certain_of(images: ImageLists, params: &[f64]) -> usize {
        let mut pass = ForwardPass::new(DIMS);
        (0..images.len()).for_each(|index| assert!(pass.batch.push_image(&images.image(index))));
        let pass = pass.run(params);
        let mut classifier = Classifier::new(DIMS);
        let mut classifier = classifier.prepare(params);
        let mut count = 0;
        for index in 0..images.len() {
            if let Some(class) = classifier.class(&images.image(index)) {
                assert_eq!(class, argmax(pass.probs(index)), "image {index}");
                count += 1;
            }
        }
        count
    }

    fn random_params(random: &mut Xorshift, spread1: f64, spread2: f64) -> Vec<f64> {
        let spread = |i: usize| if i < DIMS.first_layer() { spread1 } else { spread2 };
        (0..DIMS.parameters()).map(|i| spread(i) * random.centred()).collect()
    }

    #[test]
    fn the_class_is_that_of_the_forward_pass_and_float32_nearly_always_tells_it() {
        let mut random = Xorshift(7);
        for (spread1, spread2) in [(0.02, 0.02), (0.5, 1.0), (3.0, 10.0), (1e-3, 1e3)] {
            let count: usize =
                (0..50).map(|_| count_certain(&random_params(&mut random, spread1, spread2), &mut random)).sum();
            assert!(count >= 4950, "spread {spread1}, {spread2}: {count} of 5000");
        }
    }

    /// The same images with other numbers for their bytes.
    fn with_numbers(images: &ImageLists, number: impl Fn(u8) -> f64) -> ImageLists {
        let numbers: Vec<f64> = (0..images.len())
            .flat_map(|index| {
                let image = images.image(index);
                let mut row = [number(0); DIMS.input_size];
                for (input, rank) in image.entries() {
                    row[usize::from(input)] = number(image.values[usize::from(rank)]);
                }
                row
            })
            .collect();
        let (mut palette, mut bytes) = (Palette::new(), vec![0; numbers.len()]);
        assert!(palette.encode(&numbers, &mut bytes));
        let mut lengths = ListLengths::default();
        for image in bytes.chunks_exact(DIMS.input_size) {
            lengths.add(image);
        }
        let mut lists = ImageLists::new(DIMS.input_size, images.len(), lengths, palette).unwrap();
        bytes.chunks_exact(DIMS.input_size).for_each(|image| assert!(lists.push(image, 0)));
        lists
    }

    #[test]
    fn the_class_is_that_of_the_forward_pass_whatever_the_bytes_stand_for() {
        let mut random = Xorshift(9);
        // Divided by 255 in float64, with a mean subtracted, negative, and beyond the range of float32 on both sides.
        let numbers: [fn(u8) -> f64; 5] = [
            |v| f64::from(v & 254) / 255.0,
            |v| (f64::from(v & 254) - 33.31) / 78.57,
            |v| -f64::from(v & 254),
            |v| 1e37 * f64::from(v & 254),
            |v| 1e-47 * f64::from(v & 254),
        ];
        for number in numbers {
            for (spread1, spread2) in [(0.02, 0.02), (0.5, 1.0), (3.0, 10.0), (1e-3, 1e3)] {
                for _ in 0..10 {
                    let params = random_params(&mut random, spread1, spread2);
                    count_certain_of(with_numbers(&random_images(&mut random), number), &params);
                }
            }
        }
        // A number beyond the range of float32, with weights so small that the product is a usual number.
        let mut params = random_params(&mut random, 1e-39, 1.0);
        params[DIMS.first_layer() - DIMS.hidden_size..DIMS.first_layer()].fill(0.0);
        let one_pixel: Vec<[u8; DIMS.input_size]> =
            (0..100).map(|i| core::array::from_fn(|input| u8::from(input == i % DIMS.input_size))).collect();
        assert_eq!(count_certain_of(with_numbers(&list_images(&one_pixel), |v| 4e38 * f64::from(v)), &params), 0);
        // Numbers of a usual size are nearly always certain, too.
        let params = random_params(&mut random, 0.5, 1.0);
        let images = with_numbers(&random_images(&mut random), numbers[1]);
        assert!(count_certain_of(images, &params) >= 95);
    }

    #[test]
    fn a_class_that_float32_cannot_tell_is_left_open() {
        let mut random = Xorshift(8);
        // Weights that overflow or underflow in float32, and units that are all saturated.
        for spread in [1e-300, 1e-46, 1e-39, 1e20, 1e38, 1e39, 1e200, 1e300] {
            for spread2 in [1e-300, 1e-20, 1.0, 1e20, 1e300] {
                count_certain(&random_params(&mut random, spread, spread2), &mut random);
            }
        }
        // Two classes with nearly or exactly the same weights, which are large.
        for gap in [0.0, 1e-16, 1e-13, 1e-9, 1e-6, 1e-4] {
            for _ in 0..20 {
                let mut params = random_params(&mut random, 0.5, 1.0);
                for w in params[DIMS.first_layer()..].chunks_exact_mut(DIMS.output_size) {
                    w[0] += 3.0;
                    w[2] = w[0] + gap * random.centred();
                }
                let count = count_certain(&params, &mut random);
                assert!(gap > 1e-9 || count == 0, "gap {gap}: {count}");
            }
        }
    }
}
