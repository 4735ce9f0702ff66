//! e^x, e^x − 1, ln x and ln(1 + x) with the same bits on every target.
//!
//! The platform's functions (`f64::exp`, `Math.log`, …) differ in the last bits between C libraries, processors and
//! engines, and a training run that starts from other bits is another run. The functions of this room use only +, −, ×,
//! ÷ and the bits of a float64. Every operation is rounded once, a multiplication and the addition after it separately,
//! so x86, ARM and WebAssembly with and without SIMD agree to the last bit (`tests/elementary_accuracy.rs` holds a
//! fingerprint of 100,000 results of each function). A NaN is a NaN everywhere, but its sign and payload depend on the
//! processor.
//!
//! | function | largest error in ULP | not correctly rounded |
//! | --- | --- | --- |
//! | [`exp`], [`exp_lanes`] | 0.734; 0.801 where the result is subnormal | 1.7 % of [−745, 710) |
//! | [`expm1`] | 0.650, near x = 0.35 | 0.6 % of [−1, 1) |
//! | [`ln`] | 0.5011, near x = √½ and √2 | 0.005 % of (0, 1) |
//! | [`log1p`] | 0.5013, near 1 + x = √½ and √2 | 0.007 % of [−½, 1) |
//!
//! [`expm1_lanes`] and [`log1p_lanes`] are faster and less exact: they differ from [`expm1`] and [`log1p`] by up to 2 and 1
//! ULP. They serve sums of many terms.
//!
//! The errors were measured over 165 million points of each function (the test runs eleven million or more), against
//! double-double arithmetic that is itself checked against mpmath. 1 ULP is the spacing of the float64 numbers around
//! the true result, 2⁻¹⁰⁷⁴ for subnormal numbers. There are no tables, because the whole core has 68 KB.
//!
//! Sources: Cody and Waite, *Software Manual for the Elementary Functions* (1980), for the reduction; the rational form
//! of e^r in Sun's fdlibm (`e_exp.c`, 1993); Dekker, "A floating-point technique for extending the available
//! precision", Numer. Math. 18 (1971), for sums and products without rounding; Muller, *Elementary Functions* (3rd ed.,
//! 2016). The polynomials are minimax fits of our own, by Lawson's iteration in 45 or more digits; the leading
//! coefficients are rounded one after the other.
//!
//! The times in these files are the least of 56 rounds in Node 20 on an Intel Xeon (Emerald Rapids) with 2 shared
//! cores.

mod exp;
mod ln;

pub use exp::{exp, exp_lanes, expm1, expm1_lanes};
pub use ln::{ln, log1p, log1p_lanes};

use core::ops::{Add, Sub};

/// ln 2 = high + low. The high part has 32 bits, so its product with an exponent, which has 11 bits, is exact.
const LN_2_HIGH: f64 = 0.6931471803691238;
const LN_2_LOW: f64 = 1.9082149292705877e-10;

/// 2⁻⁵⁴. For smaller |x|, e^x − 1 and ln(1 + x) round to x.
const TINY: f64 = 5.551115123125783e-17;

/// The rounded sum a + b and its rounding error: the two add up to a + b exactly (Knuth).
#[inline(always)]
fn two_sum(a: f64, b: f64) -> (f64, f64) {
    let sum = a + b;
    let b_part = sum - a;
    (sum, (a - (sum - b_part)) + (b - b_part))
}

/// [`two_sum`] in half the operations, for |a| ≥ |b| or a = 0 (Dekker).
#[inline(always)]
fn fast_two_sum<T: Copy + Add<Output = T> + Sub<Output = T>>(a: T, b: T) -> (T, T) {
    let sum = a + b;
    (sum, b - (sum - a))
}

/// x, cut to its first `bits` significant bits. The difference `x − leading(x, bits)` has the other 53 − `bits` bits.
#[inline(always)]
fn leading(x: f64, bits: u32) -> f64 {
    f64::from_bits(x.to_bits() & (u64::MAX << (53 - bits)))
}
