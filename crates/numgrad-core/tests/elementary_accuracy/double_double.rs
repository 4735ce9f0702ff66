//! The references: exp, expm1, ln and log1p in double-double arithmetic, about 106 bits.
//!
//! A double-double is the exact sum of a float64 and a second one no larger than half its last bit. One product or sum
//! is good to about 2⁻¹⁰² (Joldes, Muller and Popescu, "Tight and rigorous error bounds for basic building blocks
//! of double-word arithmetic", ACM TOMS 44, 2017). The functions below chain at most 30 of them on shrinking terms, so
//! their own error is near 2⁻¹⁰⁰, or 2⁻⁴⁷ = 7e-15 ULP of a float64. `the_reference_agrees_with_mpmath` checks this to
//! 1e-13 ULP; the largest error that it finds is 2e-16.

use std::ops::{Add, Mul};
use std::sync::LazyLock;

/// ln 2 to about 200 bits. The first part has 32 bits, so its product with an exponent is exact.
const LN_2: [f64; 3] = [
    f64::from_bits(0x3fe6_2e42_fee0_0000),
    f64::from_bits(0x3dea_39ef_3579_3c76),
    f64::from_bits(0x3a8c_c01f_97b5_7a08),
];

/// high + low, exactly.
#[derive(Clone, Copy, Debug)]
pub struct DoubleDouble {
    pub high: f64,
    pub low: f64,
}

impl DoubleDouble {
    pub const fn from(high: f64) -> Self {
        Self { high, low: 0.0 }
    }

    /// a + b, exactly (Knuth).
    pub fn sum(a: f64, b: f64) -> Self {
        let high = a + b;
        let b_part = high - a;
        Self { high, low: (a - (high - b_part)) + (b - b_part) }
    }

    /// a b, exactly (Veltkamp, Dekker), unless a part overflows or underflows.
    pub fn product(a: f64, b: f64) -> Self {
        let split = |x: f64| {
            let high = 134_217_729.0 * x;
            let high = high - (high - x);
            (high, x - high)
        };
        let ((a_high, a_low), (b_high, b_low)) = (split(a), split(b));
        let high = a * b;
        Self { high, low: ((a_high * b_high - high) + a_high * b_low + a_low * b_high) + a_low * b_low }
    }

    /// Applies a function to both parts, for products with powers of two.
    pub fn map(self, f: impl Fn(f64) -> f64) -> Self {
        Self { high: f(self.high), low: f(self.low) }
    }

    fn reciprocal_of(x: f64) -> Self {
        let high = 1.0 / x;
        let product = Self::product(high, x);
        Self::sum(high, ((1.0 - product.high) - product.low) / x)
    }
}

impl Add for DoubleDouble {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        let (high, low) = (Self::sum(self.high, other.high), Self::sum(self.low, other.low));
        let first = Self::sum(high.high, high.low + low.high);
        Self::sum(first.high, first.low + low.low)
    }
}

impl Mul for DoubleDouble {
    type Output = Self;
    fn mul(self, other: Self) -> Self {
        let product = Self::product(self.high, other.high);
        Self::sum(product.high, product.low + (self.high * other.low + self.low * other.high))
    }
}

/// value · 2^exponent: a result that may lie below or above the float64 range.
#[derive(Clone, Copy, Debug)]
pub struct Scaled {
    pub value: DoubleDouble,
    pub exponent: i32,
}

impl Scaled {
    /// The error of `got` in ULP, the spacing of float64 numbers in the binade of the true value, 2⁻¹⁰⁷⁴ for
    /// subnormals.
    pub fn error_in_ulp(self, got: f64) -> f64 {
        let difference = (times_power_of_two(got, -self.exponent) - self.value.high) - self.value.low;
        // A value just below a power of two belongs to the lower binade.
        let below = self.value.high.abs().to_bits() & MANTISSA == 0 && self.value.high * self.value.low < 0.0;
        let binade = (self.value.high.abs().to_bits() >> 52) as i32 - 1023 - i32::from(below);
        let spacing = (binade - 52).max(-1074 - self.exponent);
        times_power_of_two(difference.abs(), -spacing)
    }
}

const MANTISSA: u64 = (1 << 52) - 1;

/// x 2ⁿ, in four exact steps unless the result itself is out of range.
pub fn times_power_of_two(x: f64, n: i32) -> f64 {
    (0..4).fold(x, |x, step| {
        let part = (n + step) >> 2;
        x * f64::from_bits(((part + 1023) as u64) << 52)
    })
}

/// 1/n! for n = 1 … 27.
static RECIPROCAL_FACTORIALS: LazyLock<[DoubleDouble; 27]> = LazyLock::new(|| {
    let mut factor = DoubleDouble::from(1.0);
    std::array::from_fn(|i| {
        factor = factor * DoubleDouble::reciprocal_of((i + 1) as f64);
        factor
    })
});

/// eʳ − 1 = r + r²/2! + r³/3! + …. The first term that is left out is below 2⁻¹³⁰ r for |r| ≤ 0.36.
fn expm1_series(r: DoubleDouble) -> DoubleDouble {
    let coefficients = &*RECIPROCAL_FACTORIALS;
    // Terms from r¹⁵ on are below 2⁻⁵⁷ r: plain float64 is enough for them.
    let small = coefficients[14..].iter().rev().fold(0.0, |sum, c| sum * r.high + c.high);
    coefficients[..14].iter().rev().fold(DoubleDouble::from(small), |sum, &c| sum * r + c) * r
}

/// x = k ln 2 + r.
fn reduce(x: f64) -> (i32, DoubleDouble) {
    let k = (x / LN_2[0]).round();
    let high = DoubleDouble::from(x - k * LN_2[0]);
    (k as i32, high + DoubleDouble::product(-k, LN_2[1]) + DoubleDouble::from(-k * LN_2[2]))
}

/// e^x.
pub fn exp(x: f64) -> Scaled {
    let (k, r) = reduce(x);
    Scaled { value: expm1_series(r) + DoubleDouble::from(1.0), exponent: k }
}

/// e^x − 1.
pub fn expm1(x: f64) -> Scaled {
    let small = |value| Scaled { value, exponent: 0 };
    if x.abs() < 1e-40 {
        // The next term is below 2⁻²⁶⁰ x.
        return small(DoubleDouble { high: x, low: 0.5 * x * x });
    }
    if x.abs() < 0.34 {
        return small(expm1_series(DoubleDouble::from(x)));
    }
    let Scaled { value, exponent } = exp(x);
    if exponent > 120 {
        return Scaled { value, exponent };
    }
    if exponent < -120 {
        return small(DoubleDouble::from(-1.0));
    }
    small(value.map(|part| times_power_of_two(part, exponent)) + DoubleDouble::from(-1.0))
}

/// ln(1 + f) for 1 + f in [0.7, 1.42], by one Newton step on a float64 guess y: y + f + (1 + f)(e^(−y) − 1).
///
/// The step squares the guess's relative error, 2⁻⁵², and every term is as small as y, so the relative error stays
/// near 2⁻¹⁰¹ however small f is.
fn ln_1p_near_zero(f: DoubleDouble) -> DoubleDouble {
    let y = f.high.ln_1p();
    let step = f + (DoubleDouble::from(1.0) + f) * expm1_series(DoubleDouble::from(-y));
    DoubleDouble::from(y) + step
}

fn ln_of_scaled(a: DoubleDouble, exponent: i32) -> DoubleDouble {
    let k = ((a.high / std::f64::consts::FRAC_1_SQRT_2).to_bits() >> 52) as i32 - 1023;
    let f = a.map(|part| times_power_of_two(part, -k)) + DoubleDouble::from(-1.0);
    let k = f64::from(k + exponent);
    DoubleDouble::from(k * LN_2[0])
        + DoubleDouble::product(k, LN_2[1])
        + DoubleDouble::from(k * LN_2[2])
        + ln_1p_near_zero(f)
}

/// ln x for x > 0.
pub fn ln(x: f64) -> Scaled {
    // Scaled by 2^±600, so that nothing under- or overflows.
    let exponent = if x < 1e-150 {
        -600
    } else if x > 1e150 {
        600
    } else {
        0
    };
    let value = ln_of_scaled(DoubleDouble::from(times_power_of_two(x, -exponent)), exponent);
    Scaled { value, exponent: 0 }
}

/// ln(1 + x) for x > −1.
pub fn log1p(x: f64) -> Scaled {
    if x.abs() < 1e-40 {
        return Scaled { value: DoubleDouble { high: x, low: -0.5 * x * x }, exponent: 0 };
    }
    if x > 1e150 {
        // ln(1 + x) − ln x ≈ 1/x is far below the last digit of ln x.
        return ln(x);
    }
    let value = if x > -0.29 && x < 0.41 {
        ln_1p_near_zero(DoubleDouble::from(x))
    } else {
        ln_of_scaled(DoubleDouble::sum(1.0, x), 0)
    };
    Scaled { value, exponent: 0 }
}
