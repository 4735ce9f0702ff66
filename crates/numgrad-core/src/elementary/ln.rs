//! ln x and ln(1 + x).
//!
//! x = 2ᵏ (1 + f) with 1 + f in [√½, √2). With s = f / (2 + f), at most 0.172,
//!
//! ```text
//! ln x = k ln 2 + 2 artanh s = k ln 2 + 2s + ⅔ s³ + s⁵ P(s²)
//! ```
//!
//! 2s and ⅔ s³ are kept to twice the precision. For that s is cut to 17 bits, so its cube is exact without another
//! split, and the rest of s is computed from the remainder of the division. The last term is below 1/5000 of the
//! result, and its rounding errors are below 1/1000 ULP.

use super::{LN_2_HIGH, LN_2_LOW, TINY, fast_two_sum, leading, two_sum};
use crate::simd::F64x2;

/// P, minimax for 0 ≤ s² ≤ 0.0295: the relative error of ln is at most 2⁻⁶⁶.
const P: [f64; 7] = [
    0.40000000000002256,
    0.285714285700997,
    0.22222222519884313,
    0.18181784371807547,
    0.15386757061671844,
    0.13256825132021943,
    0.13196251014594346,
];

const TWO_THIRDS: f64 = 2.0 / 3.0;

/// √½, rounded up.
const SQRT_HALF_BITS: u64 = 0x3fe6_a09e_667f_3bcd;

/// 2⁵⁴.
const TWO_POW_54: f64 = 18_014_398_509_481_984.0;

/// Natural logarithm of x.
///
/// The error is at most 0.502 ULP. Measured was 0.5011, over 165 million points of all exponents, against double-double
/// arithmetic.
///
/// The error is so close to that of correct rounding for the sake of NumPy's `randn`, which scales by √(−2 ln(r²)/r²).
/// With this logarithm 12 of the 40,000 values after `seed(0)` differ in the last bits, as many as with a correctly
/// rounded one. With fdlibm's logarithm, which is that of V8, 1,223 values differ (`test/golden/README.md`).
///
/// ln(1) = +0, ln(±0) = −∞, ln(∞) = ∞; negative x and NaN give NaN. Subnormal x are as exact as other numbers.
///
/// ```
/// use numgrad_core::elementary::ln;
///
/// assert_eq!(ln(10.0), std::f64::consts::LN_10);
/// assert!(ln(-1.0).is_nan());
/// ```
#[inline]
pub fn ln(x: f64) -> f64 {
    if x == 0.0 {
        return f64::NEG_INFINITY;
    }
    if !(x > 0.0 && x < f64::INFINITY) {
        return if x > 0.0 { x } else { f64::NAN };
    }
    let (x, scaled_by) = if x < f64::MIN_POSITIVE { (x * TWO_POW_54, 54.0) } else { (x, 0.0) };
    let (m, k) = split(x);
    ln_of_parts(m - 1.0, k - scaled_by, 0.0)
}

/// ln(1 + x), without cancellation for small x.
///
/// The error is at most 0.502 ULP. Measured was 0.5013, over 165 million points of all exponents, against double-double
/// arithmetic.
///
/// If 1 + x is within [√½, √2), f is x itself. Otherwise 1 + x is rounded to u, and the rounding error d comes back as
/// a correction: ln(u + d) ≈ ln u + d/u. The next term is below 2⁻¹⁰⁷.
///
/// ±0 and subnormal x give x, log1p(−1) = −∞, log1p(∞) = ∞; x < −1 and NaN give NaN.
///
/// ```
/// use numgrad_core::elementary::log1p;
///
/// assert_eq!(log1p(1e-10), 9.999999999500001e-11);
/// assert_eq!(log1p(-1.0), f64::NEG_INFINITY);
/// ```
#[inline(never)] // one copy is enough where speed does not matter
pub fn log1p(x: f64) -> f64 {
    if x.abs() < TINY {
        return x;
    }
    if x == -1.0 {
        return f64::NEG_INFINITY;
    }
    if !(x > -1.0 && x < f64::INFINITY) {
        return if x > 0.0 { x } else { f64::NAN };
    }
    let (u, left_out) = two_sum(1.0, x);
    match split(u) {
        (_, 0.0) => ln_of_parts(x, 0.0, 0.0),
        (m, k) => ln_of_parts(m - 1.0, k, left_out / u),
    }
}

/// ln(1 + x) in each lane, faster and less exact than [`log1p`].
///
/// If both lanes lie in (−0.29, 0.41), then with s = x / (2 + x) and R = ⅔ s² + s⁴ P(s²), ln(1 + x) = 2s + s R is
/// formed as x − (½x² − s (½x² + R)) (fdlibm's form), which differs from the result of [`log1p`] by at most 1 ULP (four
/// million points were compared). Otherwise both lanes are those of [`log1p`].
///
/// ```
/// use numgrad_core::{elementary::log1p_lanes, simd::F64x2};
///
/// assert_eq!(log1p_lanes(F64x2::new(1e-10, 0.0)).to_array(), [9.999999999500001e-11, 0.0]);
/// ```
#[inline(always)]
pub fn log1p_lanes(x: F64x2) -> F64x2 {
    let [a, b] = x.to_array();
    let is_near = |x: f64| x > -0.29 && x < 0.41;
    if !(is_near(a) && is_near(b)) {
        return F64x2::new(log1p(a), log1p(b));
    }
    let s = x / (F64x2::splat(2.0) + x);
    let t = s * s;
    let [p0, p1, p2, p3, p4, p5, p6] = P.map(F64x2::splat);
    let polynomial = p0 + t * (p1 + t * (p2 + t * (p3 + t * (p4 + t * (p5 + t * p6)))));
    let half_square = 0.5 * (x * x);
    x - (half_square - s * (half_square + t * (F64x2::splat(TWO_THIRDS) + t * polynomial)))
}

/// m in [√½, √2) and whole k with x = 2ᵏ m, for a normal positive x.
#[inline(always)]
fn split(x: f64) -> (f64, f64) {
    let k = x.to_bits().wrapping_sub(SQRT_HALF_BITS) as i64 >> 52;
    (f64::from_bits(x.to_bits().wrapping_sub((k << 52) as u64)), k as f64)
}

/// k ln 2 + ln(1 + f) + correction for 1 + f in [√½, √2). It is too long to inline, so the program has one copy.
#[inline(never)]
fn ln_of_parts(f: f64, k: f64, correction: f64) -> f64 {
    // s = f / d: s_high has 17 bits and d_high 36, so s_high d_high and its difference from f are exact.
    let d = 2.0 + f;
    let d_high = leading(d, 36);
    let d_low = f - (d_high - 2.0);
    let s = f / d;
    let s_high = leading(s, 17);
    let s_low = ((f - s_high * d_high) - s_high * d_low) / d;

    // s³ = cube + cube_low, cube exact; ⅔ cube = two_thirds + two_thirds_low, where cube − 1½ two_thirds is exact.
    let square = s * s;
    let cube = s_high * s_high * s_high;
    let cube_low = s_low * (square + s_high * (s + s_high));
    let two_thirds = TWO_THIRDS * cube;
    let two_thirds_low = TWO_THIRDS * (((cube - two_thirds) - 0.5 * two_thirds) + cube_low);

    // s⁵ P(s²).
    let [p0, p1, p2, p3, p4, p5, p6] = P;
    let polynomial = p0 + square * (p1 + square * (p2 + square * (p3 + square * (p4 + square * (p5 + square * p6)))));
    let fifth_power_term = s * square * square * polynomial;

    // The large terms without rounding, the rounding errors with the small terms.
    let (sum, low_1) = fast_two_sum(k * LN_2_HIGH, 2.0 * s_high);
    let (sum, low_2) = fast_two_sum(sum, two_thirds);
    let small = 2.0 * s_low + (two_thirds_low + (fifth_power_term + (k * LN_2_LOW + correction)));
    sum + (low_1 + (low_2 + small))
}

#[cfg(test)]
mod tests {
    use super::*;
    use core::f64::consts::{FRAC_1_SQRT_2, LN_2, SQRT_2};

    #[test]
    fn two_lanes_of_log1p_are_those_of_the_exact_one_within_their_bound() {
        let mut random = crate::testing::Xorshift(5);
        for i in 0..2_000_000 {
            let size = [0.29, 1e-6, 0.01, 0.1][i % 4];
            let x =
                [2.0 * size * random.centred(), 2.0 * size * random.centred() + if size > 0.2 { 0.12 } else { 0.0 }];
            for (x, value) in x.into_iter().zip(log1p_lanes(F64x2::load(&x)).to_array()) {
                let exact = log1p(x);
                let error = (value - exact).abs() / (exact.abs().next_up() - exact.abs());
                assert!(error <= 1.0, "log1p_lanes({x}) = {value:e}, not {exact:e}");
            }
        }
        for far in [-1.0, 0.5, 1e300, f64::INFINITY, -0.3] {
            assert_eq!(log1p_lanes(F64x2::new(far, 0.1)).to_array(), [log1p(far), log1p(0.1)]);
        }
        assert!(log1p_lanes(F64x2::new(0.0, f64::NAN)).to_array()[1].is_nan());
    }

    fn assert_same(name: &str, x: f64, got: f64, expected: f64) {
        assert!(got.to_bits() == expected.to_bits(), "{name}({x:e}) = {got:e}, not {expected:e}");
    }

    #[test]
    fn ln_is_exact_at_its_ends() {
        for (x, expected) in [
            (1.0, 0.0),
            (0.0, f64::NEG_INFINITY),
            (-0.0, f64::NEG_INFINITY),
            (f64::INFINITY, f64::INFINITY),
            (f64::MAX, 709.782712893384),
            (f64::MIN_POSITIVE, -708.3964185322641),
            (5e-324, -744.4400719213812),
            // Neighbours of 1, where ln x ≈ x − 1.
            (1.0 + f64::EPSILON, 2.2204460492503128e-16),
            (1.0 - f64::EPSILON / 2.0, -1.1102230246251565e-16),
        ] {
            assert_same("ln", x, ln(x), expected);
        }
        for x in [-1.0, -5e-324, f64::NEG_INFINITY, f64::NAN] {
            assert!(ln(x).is_nan(), "ln({x})");
        }
    }

    #[test]
    fn ln_of_a_power_of_two_is_a_multiple_of_ln_2() {
        for k in -1074..=1023_i32 {
            let x = if k < -1022 { f64::from_bits(1 << (k + 1074)) } else { f64::from_bits(((k + 1023) as u64) << 52) };
            // LN_2 differs from ln 2 by 2.3e-17, so the product is right to one unit in its last place.
            let expected = f64::from(k) * LN_2;
            assert!((ln(x) - expected).abs() <= 2.3e-16 * expected.abs(), "ln 2^{k} = {:e}", ln(x));
        }
    }

    #[test]
    fn ln_and_log1p_are_monotonic_between_neighbours() {
        for end in [FRAC_1_SQRT_2, 1.0, SQRT_2, 2.0 * SQRT_2, 1e-300 * SQRT_2, f64::MIN_POSITIVE] {
            let x = |i: u64| f64::from_bits(end.to_bits() - 500 + i);
            assert!((0..1000).all(|i| ln(x(i)) <= ln(x(i + 1))), "ln around {end:e}");
        }
        for end in [FRAC_1_SQRT_2 - 1.0, SQRT_2 - 1.0, TINY, -TINY, 1.0, 2.0 * SQRT_2 - 1.0, TWO_POW_54] {
            let x = |i: u64| f64::from_bits(end.to_bits() - 500 + i);
            let in_order = |a: f64, b: f64| if end > 0.0 { a <= b } else { a >= b };
            assert!((0..1000).all(|i| in_order(log1p(x(i)), log1p(x(i + 1)))), "log1p around {end:e}");
        }
    }

    #[test]
    fn log1p_is_exact_at_its_ends() {
        for (x, expected) in [
            (0.0, 0.0),
            (-0.0, -0.0),
            (5e-324, 5e-324),
            (-2.2e-308, -2.2e-308),
            (1e-17, 1e-17),
            (-1.0, f64::NEG_INFINITY),
            (-1.0 + f64::EPSILON / 2.0, -36.7368005696771),
            (1.0, LN_2),
            (f64::INFINITY, f64::INFINITY),
            (f64::MAX, 709.782712893384),
            (TWO_POW_54, 37.42994775023705),
        ] {
            assert_same("log1p", x, log1p(x), expected);
        }
        for x in [-1.0000000000000002, -5.0, f64::NEG_INFINITY, f64::NAN] {
            assert!(log1p(x).is_nan(), "log1p({x})");
        }
    }
}
