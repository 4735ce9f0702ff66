//! Two float64 lanes, [`F64x2`], and four float32 lanes, [`F32x4`]: the only files that name an instruction set.
//!
//! `simd128` is the vector unit of WebAssembly. `scalar` has the same types as plain numbers, for native builds and for
//! engines without SIMD. Both have the same functions with the same results to the last bit. Every operation is rounded
//! once, as IEEE 754 prescribes, so there is no fused multiply-add and no relaxed SIMD. No operation mixes lanes,
//! except where its name says so ([`F64x2::sum`]).

#[cfg(all(target_arch = "wasm32", target_feature = "simd128", not(feature = "scalar")))]
mod simd128;
#[cfg(all(target_arch = "wasm32", target_feature = "simd128", not(feature = "scalar")))]
use simd128 as imp;

#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128", not(feature = "scalar"))))]
mod scalar;
#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128", not(feature = "scalar"))))]
use scalar as imp;

pub use imp::{F32x4, F64x2};

use core::ops::{Add, Div, Mul, Sub};

/// Number of float64 lanes in an [`F64x2`].
pub const LANES: usize = 2;

// A number beside a vector stands in both lanes. So a formula with constants reads as it is written.

impl Add<F64x2> for f64 {
    type Output = F64x2;
    #[inline(always)]
    fn add(self, other: F64x2) -> F64x2 {
        F64x2::splat(self) + other
    }
}

impl Sub<F64x2> for f64 {
    type Output = F64x2;
    #[inline(always)]
    fn sub(self, other: F64x2) -> F64x2 {
        F64x2::splat(self) - other
    }
}

impl Sub<f64> for F64x2 {
    type Output = F64x2;
    #[inline(always)]
    fn sub(self, other: f64) -> F64x2 {
        self - F64x2::splat(other)
    }
}

impl Mul<F64x2> for f64 {
    type Output = F64x2;
    #[inline(always)]
    fn mul(self, other: F64x2) -> F64x2 {
        F64x2::splat(self) * other
    }
}

impl Div<F64x2> for f64 {
    type Output = F64x2;
    #[inline(always)]
    fn div(self, other: F64x2) -> F64x2 {
        F64x2::splat(self) / other
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const VALUES: [f64; 9] = [0.0, -0.0, 1.5, -2.25, 1e-310, 1e308, f64::INFINITY, f64::NEG_INFINITY, f64::NAN];

    fn check(name: &str, got: [f64; 2], expected: [f64; 2]) {
        for lane in 0..LANES {
            let (g, e) = (got[lane], expected[lane]);
            assert!(g.to_bits() == e.to_bits() || (g.is_nan() && e.is_nan()), "{name}: lane {lane} is {g}, not {e}");
        }
    }

    #[test]
    fn every_operation_is_the_scalar_operation_in_each_lane() {
        for a in VALUES {
            for b in VALUES {
                let (x, y) = (F64x2::new(a, b), F64x2::new(b, 3.0));
                check("add", (x + y).to_array(), [a + b, b + 3.0]);
                check("sub", (x - y).to_array(), [a - b, b - 3.0]);
                check("mul", (x * y).to_array(), [a * b, b * 3.0]);
                check("div", (x / y).to_array(), [a / b, b / 3.0]);
                check("number + vector", (a + y).to_array(), [a + b, a + 3.0]);
                check("number - vector", (a - y).to_array(), [a - b, a - 3.0]);
                check("vector - number", (y - a).to_array(), [b - a, 3.0 - a]);
                check("number * vector", (a * y).to_array(), [a * b, a * 3.0]);
                check("number / vector", (a / y).to_array(), [a / b, a / 3.0]);
                check("neg", (-x).to_array(), [-a, -b]);
                check("abs", x.abs().to_array(), [a.abs(), b.abs()]);
                check("sqrt", x.sqrt().to_array(), [a.sqrt(), b.sqrt()]);
                let (min, max) =
                    (|p: f64, q: f64| if q < p { q } else { p }, |p: f64, q: f64| if p < q { q } else { p });
                check("min", x.min(y).to_array(), [min(a, b), min(b, 3.0)]);
                check("max", x.max(y).to_array(), [max(a, b), max(b, 3.0)]);
                assert_eq!(x.any_greater(y), a > b || b > 3.0);
                check("sum", [x.sum(); 2], [a + b; 2]);
            }
        }
    }

    #[test]
    fn square_roots_are_rounded_correctly() {
        // Random bits have every exponent and any mantissa. Squares and their neighbours are the hardest to round.
        let mut bits: u64 = 1;
        for i in 0..1_000_000_u64 {
            bits = bits.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let x = f64::from_bits(bits >> 1);
            let square = (1 << 26 | i) as f64 * (1 << 26 | i) as f64;
            let near = f64::from_bits(square.to_bits() + i % 3 - 1);
            check("sqrt", F64x2::new(x, near).sqrt().to_array(), [x.sqrt(), near.sqrt()]);
        }
    }

    #[test]
    fn powers_of_two_come_from_the_low_bits() {
        for n in -1022..=1023_i32 {
            let shifted = F64x2::TO_INTEGER + F64x2::splat(f64::from(n));
            check("pow2", shifted.pow2_of_integer().to_array(), [2f64.powi(n); 2]);
        }
    }

    #[test]
    fn float32_operations_are_the_scalar_operations_in_each_lane() {
        let (a, b) = ([1.5_f32, -0.1, 3e38, 1e-40], [0.7_f32, 0.3, 2.0, 0.5]);
        let mut sum = F32x4::splat(0.1);
        sum += F32x4::load(&a) * F32x4::load(&b);
        assert_eq!(sum.to_array(), core::array::from_fn(|lane| 0.1 + a[lane] * b[lane]));
    }

    #[test]
    fn loads_and_stores_keep_the_order() {
        let mut out = [f64::NAN; 2];
        F64x2::load(&[1.0, 2.0]).store(&mut out);
        assert_eq!(out, [1.0, 2.0]);
        assert_eq!(F64x2::splat(7.0).to_array(), [7.0, 7.0]);
    }
}
