//! e^x and e^x − 1.
//!
//! x = k ln 2 + r with k whole and |r| ≤ ½ ln 2, so e^x = 2ᵏ eʳ. With t = r²,
//!
//! ```text
//! r coth(r/2) = 2 + t P(t)            even in r: five coefficients reach 2⁻⁶²
//! c           = r − t P(t)
//! eʳ − 1      = 2r / (r coth(r/2) − r) = r + r c / (2 − c)
//! ```
//!
//! r c / (2 − c) ≈ r²/2 is at most 0.06, so its rounding errors count only for a sixteenth.

use core::ops::{Add, Mul};

use super::{LN_2_HIGH, LN_2_LOW, TINY, fast_two_sum, leading, two_sum};
use crate::simd::F64x2;

/// P, minimax for 0 ≤ t ≤ (½ ln 2)²: the error of eʳ is at most 2⁻⁶²·³.
const P: [f64; 5] =
    [0.16666666666666555, -0.0027777777776696825, 6.613756250289797e-5, -1.6533837352275962e-6, 4.1360547602541566e-8];

/// Up to this |x|, both 2ᵏ and the result are normal numbers.
const LARGEST_NORMAL: f64 = 708.0;

/// e^x.
///
/// This is [`exp_lanes`] with x in both lanes, which states the error and the special values.
///
/// ```
/// use numgrad_core::elementary::exp;
///
/// assert_eq!(exp(1.0), std::f64::consts::E);
/// assert_eq!(exp(-745.2), 0.0);
/// ```
#[inline(never)] // exp_lanes is inlined into it: one copy is enough where speed does not matter
pub fn exp(x: f64) -> f64 {
    exp_lanes(F64x2::splat(x)).to_array()[0]
}

/// e^x in each lane.
///
/// The error is at most 0.75 ULP (all roundings added up), or 0.875 if the result is subnormal and so rounded twice.
/// Measured were 0.734 and 0.801, over 165 million points of [−745.13, 709.78], against double-double arithmetic.
///
/// e^(±0) = 1, e^(−∞) = 0, e^∞ = ∞, NaN stays NaN. The result is ∞ above 709.782712893384, and 0 below
/// −745.1332191019411, as correct rounding gives it. No lane depends on its neighbour.
///
/// ```
/// use numgrad_core::{elementary::exp_lanes, simd::F64x2};
///
/// assert_eq!(exp_lanes(F64x2::new(0.0, -1.0)).to_array(), [1.0, 0.36787944117144233]);
/// ```
#[inline(always)]
pub fn exp_lanes(x: F64x2) -> F64x2 {
    if x.abs().any_greater(F64x2::splat(LARGEST_NORMAL)) {
        // This is not a function of its own, because a call, even one that is never made, keeps V8 from holding the
        // constants in registers (7.9 ns a pair, not 5.1).
        let (n, high, low) = reduce(x.max(F64x2::splat(-746.0)).min(F64x2::splat(710.0)));
        // 2ᵏ in two factors, so that only the last product rounds, overflows or underflows.
        let half_n = F64x2::TO_INTEGER + 0.5 * (n - F64x2::TO_INTEGER);
        let other_n = n - (half_n - F64x2::TO_INTEGER);
        return exp_reduced(high, low) * half_n.pow2_of_integer() * other_n.pow2_of_integer();
    }
    let (n, high, low) = reduce(x);
    exp_reduced(high, low) * n.pow2_of_integer()
}

/// x = k ln 2 + (high − low). The first result is k + [`F64x2::TO_INTEGER`], `high` is exact (Cody and Waite).
#[inline(always)]
fn reduce(x: F64x2) -> (F64x2, F64x2, F64x2) {
    let n = F64x2::TO_INTEGER + core::f64::consts::LOG2_E * x;
    let k = n - F64x2::TO_INTEGER;
    (n, x - LN_2_HIGH * k, LN_2_LOW * k)
}

/// e^(high − low) for a difference of at most ½ ln 2.
///
/// The rounding error of 1 + high is added to the small terms. Without that (fdlibm's form, 1 + (r + r c / (2 − c))) a
/// pair takes 5.0 ns instead of 5.4, but the error reaches 1.0 ULP, and 10 % of the results are not correctly rounded
/// (here 1.7 %). A polynomial of degree 11 in place of the quotient is as exact and takes 5.9 ns.
#[inline(always)]
fn exp_reduced(high: F64x2, low: F64x2) -> F64x2 {
    let r = high - low;
    let t = r * r;
    let c = r - t * polynomial(t, P.map(F64x2::splat));
    let (sum, left_out) = fast_two_sum(F64x2::splat(1.0), high);
    sum + ((left_out - low) + r * c / (2.0 - c))
}

/// p₀ + p₁t + p₂t² + p₃t³ + p₄t⁴ in pairs (Estrin). The chains are shorter than Horner's, which saves 0.4 ns a pair.
#[inline(always)]
fn polynomial<T: Copy + Add<Output = T> + Mul<Output = T>>(t: T, [p0, p1, p2, p3, p4]: [T; 5]) -> T {
    let t2 = t * t;
    (p0 + t * p1) + t2 * ((p2 + t * p3) + t2 * p4)
}

/// e^x − 1, without cancellation for small x.
///
/// The error is at most 0.7 ULP. Measured was 0.650, over 165 million points of [−40, 709.78], against double-double
/// arithmetic.
///
/// With k, r, P and c as in the module's text,
///
/// ```text
/// e^x − 1 = 2ᵏ ((1 − 2⁻ᵏ) + r + r²/2 + r³ (1 − (2 + r) P(r²)) / (2 (2 − c)))
/// ```
///
/// where 1 − 2⁻ᵏ, r and r²/2 are kept to twice the precision and added without rounding, the smallest last, because for
/// x = 0.35 the sum is half as large as its terms. Without that a call takes 9.9 ns instead of 12.4, but the error
/// reaches 1.23 ULP.
///
/// ±0 and subnormal x give x, −∞ gives −1, ∞ gives ∞, NaN stays NaN; the result is ∞ above 709.782712893384.
///
/// ```
/// use numgrad_core::elementary::expm1;
///
/// assert_eq!(expm1(1e-10), 1.00000000005e-10);
/// assert_eq!(expm1(f64::NEG_INFINITY), -1.0);
/// ```
#[inline(never)] // one copy is enough where speed does not matter
pub fn expm1(x: f64) -> f64 {
    if x.abs() < TINY {
        return x;
    }
    if x > 710.0 {
        return f64::INFINITY;
    }
    if x < -38.0 {
        return -1.0;
    }
    let lane = |x: F64x2| x.to_array()[0];
    let (n, high, low) = reduce(F64x2::splat(x));
    let (high, low) = (lane(high), lane(low));
    // 2ᵏ⁻¹ and not 2ᵏ, because 2¹⁰²⁴ is not a float64.
    let half_scale = lane((n - 1.0).pow2_of_integer());

    // r and its rounding error, then r³ (1 − (2 + r) P) / (2 − c), twice the last term.
    let r = high - low;
    let r_low = (high - r) - low;
    let t = r * r;
    let p = polynomial(t, P);
    let twice_cube_term = r * t * (1.0 - (2.0 + r) * p) / (2.0 - (r - t * p));
    // r²/2 to twice the precision.
    let r_leading = leading(r, 26);
    let half_square = 0.5 * (r_leading * r_leading);
    let half_square_low = 0.5 * ((r - r_leading) * (r + r_leading)) + r * r_low;

    // The large terms without rounding, the rounding errors with the small terms.
    let (sum, low_1) = two_sum(1.0, -0.5 / half_scale);
    let (sum, low_2) = fast_two_sum(sum, high);
    let (sum, low_3) = fast_two_sum(sum, half_square);
    let small = (low_2 + low_3) + (low_1 + ((0.5 * twice_cube_term + half_square_low) - low));
    2.0 * (sum + small) * half_scale
}

/// e^x − 1 in each lane for |x| ≤ 700, without cancellation for small x, faster and less exact than [`expm1`].
///
/// With k and r as in the module's text, e^x − 1 = 2ᵏ (eʳ − 1) + (2ᵏ − 1). The result differs from that of
/// [`expm1`] by at most 2 ULP, and for |x| ≤ 0.3, where k = 0, by at most 1 ULP (four million points were compared). NaN
/// stays NaN. Beyond 700 the result has no meaning.
///
/// ```
/// use numgrad_core::{elementary::expm1_lanes, simd::F64x2};
///
/// assert_eq!(expm1_lanes(F64x2::new(1e-10, 0.0)).to_array(), [1.00000000005e-10, 0.0]);
/// ```
#[inline(always)]
pub fn expm1_lanes(x: F64x2) -> F64x2 {
    let (n, high, low) = reduce(x);
    let r = high - low;
    let t = r * r;
    let c = r - t * polynomial(t, P.map(F64x2::splat));
    let scale = n.pow2_of_integer();
    scale * (r + r * c / (2.0 - c)) + (scale - 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Arguments with normal and subnormal results, with overflow and underflow, and every kind of special value.
    const ARGUMENTS: [f64; 16] = [
        0.0,
        -0.0,
        1.0,
        -3.75,
        707.9,
        -708.0,
        -708.1,
        709.782712893384,
        709.7827128933841,
        -744.0,
        -745.2,
        1e300,
        -1e300,
        f64::INFINITY,
        f64::NEG_INFINITY,
        f64::NAN,
    ];

    fn same(a: f64, b: f64) -> bool {
        a.to_bits() == b.to_bits() || (a.is_nan() && b.is_nan())
    }

    #[test]
    fn exp_ends_where_correct_rounding_ends() {
        for (x, expected) in [
            (0.0, 1.0),
            (-0.0, 1.0),
            (5e-324, 1.0),
            (f64::INFINITY, f64::INFINITY),
            (f64::NEG_INFINITY, 0.0),
            (f64::MAX, f64::INFINITY),
            (f64::MIN, 0.0),
            (709.79, f64::INFINITY),
            (709.782712893384, 1.7976931348622732e308),
            (709.7827128933841, f64::INFINITY),
            // ln 2⁻¹⁰⁷⁵, half the smallest number, is −745.13321910194120762…
            (-745.1332191019411, 5e-324),
            (-745.1332191019412, 0.0),
            (-745.2, 0.0),
            // The last normal and the first subnormal result.
            (-708.3964185322641, 2.2250738585072626e-308),
            (-708.3964185322642, 2.2250738585070097e-308),
        ] {
            assert!(same(exp(x), expected), "exp({x}) = {:e}, not {expected:e}", exp(x));
        }
        assert!(exp(f64::NAN).is_nan());
    }

    #[test]
    fn no_lane_depends_on_its_neighbour() {
        for a in ARGUMENTS {
            for b in ARGUMENTS {
                let [first, second] = exp_lanes(F64x2::new(a, b)).to_array();
                assert!(same(first, exp(a)) && same(second, exp(b)), "exp_lanes({a}, {b}) = ({first}, {second})");
            }
        }
    }

    #[test]
    fn exp_is_monotonic_where_the_reduction_changes_k() {
        // For |x| ≥ 2 the results of neighbouring arguments are at least two ULP apart, more than twice the error.
        for k in (-1074..=1023).filter(|k: &i32| k.abs() > 4) {
            let middle = (f64::from(k) + 0.5) * core::f64::consts::LN_2;
            let arguments = (0..200).map(|i| f64::from_bits(middle.abs().to_bits() - 100 + i).copysign(middle));
            let results: Vec<f64> = arguments.map(exp).collect();
            let rising = results.windows(2).all(|pair| if k > 0 { pair[0] <= pair[1] } else { pair[0] >= pair[1] });
            assert!(rising, "k = {k}");
        }
    }

    #[test]
    fn two_lanes_of_expm1_are_those_of_the_exact_one_within_their_bound() {
        let mut random = crate::testing::Xorshift(4);
        for i in 0..2_000_000 {
            let size = [0.3, 1e-6, 0.4, 2.0, 200.0, 700.0][i % 6];
            let x = [2.0 * size * random.centred(), 2.0 * size * random.centred()];
            for (x, value) in x.into_iter().zip(expm1_lanes(F64x2::load(&x)).to_array()) {
                let exact = expm1(x);
                let error = (value - exact).abs() / (exact.abs().next_up() - exact.abs());
                assert!(error <= if size <= 0.3 { 1.0 } else { 2.0 }, "expm1_lanes({x}) = {value:e}, not {exact:e}");
            }
        }
        let [zero, nan] = expm1_lanes(F64x2::new(0.0, f64::NAN)).to_array();
        assert!(zero == 0.0 && nan.is_nan());
    }

    #[test]
    fn expm1_is_exact_at_its_ends() {
        for (x, expected) in [
            (0.0, 0.0),
            (-0.0, -0.0),
            (5e-324, 5e-324),
            (-2.2e-308, -2.2e-308),
            (1e-17, 1e-17),
            (f64::INFINITY, f64::INFINITY),
            (f64::NEG_INFINITY, -1.0),
            (f64::MIN, -1.0),
            (-40.0, -1.0),
            (-37.5, -1.0),
            (-37.0, -0.9999999999999999),
            (709.782712893384, 1.7976931348622732e308),
            (709.7827128933841, f64::INFINITY),
            (1e300, f64::INFINITY),
        ] {
            assert!(same(expm1(x), expected), "expm1({x}) = {:e}, not {expected:e}", expm1(x));
        }
        assert!(expm1(f64::NAN).is_nan());
    }

    #[test]
    fn expm1_is_monotonic_where_its_formulas_meet() {
        // The formula changes at −38 and ±2⁻⁵⁴, and k changes at ±½ ln 2. The results of neighbours stay in order.
        for end in [-38.0, -TINY, TINY, 0.34657359027997264, -0.34657359027997264, 45.05, 709.78] {
            let neighbours = (0..200).map(|i| f64::from_bits(f64::to_bits(end.abs()) - 100 + i).copysign(end));
            let results: Vec<f64> = neighbours.map(expm1).collect();
            let in_order = |pair: &[f64]| {
                if end > 0.0 { pair[0] <= pair[1] } else { pair[0] >= pair[1] }
            };
            assert!(results.windows(2).all(in_order), "around {end}");
        }
    }
}
