//! The sigmoid 1 / (1 + e^(−z)) and its slope.

use crate::elementary::{exp, exp_lanes};
use crate::simd::F64x2;

/// e^709, the largest e^(−z) that the slope is computed with. So a unit with z < −709 has the slope 0 and not
/// 0 · ∞ = NaN.
const LARGEST: f64 = 8.218407461554972e307;

/// `out[i] = 1 / (1 + e^(−z[i]))`, as NumPy's `1 / (1 + np.exp(-z))`: 0 for z below −709.78, never NaN for a number.
///
/// # Panics
/// If the lengths differ.
pub fn sigmoid(z: &[f64], out: &mut [f64]) {
    assert_eq!(z.len(), out.len(), "vectors of different lengths");
    let ((z_pairs, z_last), (out_pairs, out_last)) = (z.as_chunks::<2>(), out.as_chunks_mut::<2>());
    for (z, out) in z_pairs.iter().zip(out_pairs) {
        sigmoid_lanes(F64x2::load(z)).0.store(out);
    }
    if let ([z], [out]) = (z_last, out_last) {
        *out = sigmoid_of(*z);
    }
}

/// 1 / (1 + e^(−z)), with the bits of [`sigmoid_lanes`].
pub fn sigmoid_of(z: f64) -> f64 {
    1.0 / (1.0 + exp(-z))
}

/// The sigmoid s of z and its slope s (1 − s).
///
/// 1 − s loses every digit if z > 36. The slope is computed as s (s q) with q = e^(−z): 1 − s = s q, and this product
/// keeps every digit.
#[inline(always)]
pub fn sigmoid_lanes(z: F64x2) -> (F64x2, F64x2) {
    let q = exp_lanes(-z);
    let s = 1.0 / (1.0 + q);
    (s, s * (s * q.min(F64x2::splat(LARGEST))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_slope_keeps_its_digits_in_saturated_units() {
        for z in [-700.0_f64, -100.0, -1.0, 0.0, 1.0, 30.0, 100.0, 700.0] {
            let (_, slope) = sigmoid_lanes(F64x2::splat(z));
            let small = (-z.abs()).exp();
            let expected = small / ((1.0 + small) * (1.0 + small));
            let error = (slope.to_array()[0] / expected - 1.0).abs();
            // One exp and five roundings.
            assert!(error <= 8e-16, "z = {z}: {error:e}");
        }
    }

    #[test]
    fn extreme_pre_activations_give_numbers() {
        for (z, s) in [(-1e3, 0.0), (f64::NEG_INFINITY, 0.0), (1e3, 1.0), (f64::INFINITY, 1.0), (0.0, 0.5)] {
            let (value, slope) = sigmoid_lanes(F64x2::splat(z));
            assert_eq!(value.to_array()[0], s);
            assert_eq!(slope.to_array()[0], s * (1.0 - s));
        }
    }

    #[test]
    fn one_number_and_two_lanes_have_the_same_bits() {
        for z in (-8000..8000).map(|i| 0.1 * f64::from(i)) {
            assert_eq!(sigmoid_of(z).to_bits(), sigmoid_lanes(F64x2::splat(z)).0.to_array()[1].to_bits());
        }
    }

    #[test]
    fn every_tail_is_written() {
        for n in 0..5 {
            let mut out = vec![f64::NAN; n];
            sigmoid(&vec![0.0; n], &mut out);
            assert_eq!(out, vec![0.5; n]);
        }
    }
}
