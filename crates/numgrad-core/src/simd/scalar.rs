//! [`F64x2`] and [`F32x4`] as plain numbers.

use core::ops::{Add, AddAssign, Div, Mul, Neg, Sub};

/// Two float64 lanes.
#[derive(Clone, Copy, Debug)]
pub struct F64x2(f64, f64);

impl F64x2 {
    /// 1.5·2⁵². Adding it to x with |x| < 2⁵¹ rounds x to the nearest integer, which then stands in the low bits.
    pub const TO_INTEGER: f64 = 6_755_399_441_055_744.0;

    /// Lanes `a`, `b`.
    #[inline(always)]
    pub fn new(a: f64, b: f64) -> Self {
        Self(a, b)
    }

    /// The same number in both lanes.
    #[inline(always)]
    pub fn splat(a: f64) -> Self {
        Self(a, a)
    }

    /// Two neighbours in memory.
    #[inline(always)]
    pub fn load(from: &[f64; 2]) -> Self {
        Self(from[0], from[1])
    }

    /// Writes both lanes.
    #[inline(always)]
    pub fn store(self, out: &mut [f64; 2]) {
        *out = [self.0, self.1];
    }

    /// Both lanes as an array.
    #[inline(always)]
    pub fn to_array(self) -> [f64; 2] {
        [self.0, self.1]
    }

    /// First lane plus second lane.
    #[inline(always)]
    pub fn sum(self) -> f64 {
        self.0 + self.1
    }

    /// |x|.
    #[inline(always)]
    pub fn abs(self) -> Self {
        Self(self.0.abs(), self.1.abs())
    }

    /// √x.
    #[inline(always)]
    pub fn sqrt(self) -> Self {
        Self(sqrt(self.0), sqrt(self.1))
    }

    /// `other < self ? other : self` in each lane (a NaN in either keeps `self`).
    #[inline(always)]
    pub fn min(self, other: Self) -> Self {
        Self(if other.0 < self.0 { other.0 } else { self.0 }, if other.1 < self.1 { other.1 } else { self.1 })
    }

    /// `self < other ? other : self` in each lane (a NaN in either keeps `self`).
    #[inline(always)]
    pub fn max(self, other: Self) -> Self {
        Self(if self.0 < other.0 { other.0 } else { self.0 }, if self.1 < other.1 { other.1 } else { self.1 })
    }

    /// Whether a lane of `self` is greater than the same lane of `other`.
    #[inline(always)]
    pub fn any_greater(self, other: Self) -> bool {
        self.0 > other.0 || self.1 > other.1
    }

    /// 2ⁿ for the integer n in the low bits, where adding [`Self::TO_INTEGER`] has left it; n from −1022 to 1023.
    #[inline(always)]
    pub fn pow2_of_integer(self) -> Self {
        let pow2 = |x: f64| f64::from_bits((x.to_bits() << 52).wrapping_add(1023 << 52));
        Self(pow2(self.0), pow2(self.1))
    }
}

/// √x, correctly rounded. `f64::sqrt` is in the standard library, which the core does not have.
///
/// x = m 2ᵉ with an even e, and √x = √(m 2⁵⁶) 2^(e/2 − 28). The integer root has 55 bits. Its last bit is set if
/// anything was cut off, and the conversion to float64 rounds.
fn sqrt(x: f64) -> f64 {
    if !(x > 0.0 && x < f64::INFINITY) {
        return if x >= 0.0 { x } else { f64::NAN };
    }
    if x < f64::MIN_POSITIVE {
        let [up, down] = [54, -27].map(pow2);
        return sqrt(x * up) * down;
    }
    let mantissa = x.to_bits() & ((1 << 52) - 1) | 1 << 52;
    let exponent = (x.to_bits() >> 52) as i32 - 1075;
    let odd = exponent & 1;
    let square = u128::from(mantissa << odd) << 56;
    let root = square.isqrt();
    let inexact = u128::from(root * root != square);
    (root | inexact) as f64 * pow2((exponent - odd) / 2 - 28)
}

/// 2ⁿ for n from −1022 to 1023.
fn pow2(n: i32) -> f64 {
    f64::from_bits(((n + 1023) as u64) << 52)
}

impl Add for F64x2 {
    type Output = Self;
    #[inline(always)]
    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0, self.1 + other.1)
    }
}

impl AddAssign for F64x2 {
    #[inline(always)]
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl Sub for F64x2 {
    type Output = Self;
    #[inline(always)]
    fn sub(self, other: Self) -> Self {
        Self(self.0 - other.0, self.1 - other.1)
    }
}

impl Mul for F64x2 {
    type Output = Self;
    #[inline(always)]
    fn mul(self, other: Self) -> Self {
        Self(self.0 * other.0, self.1 * other.1)
    }
}

impl Div for F64x2 {
    type Output = Self;
    #[inline(always)]
    fn div(self, other: Self) -> Self {
        Self(self.0 / other.0, self.1 / other.1)
    }
}

impl Neg for F64x2 {
    type Output = Self;
    #[inline(always)]
    fn neg(self) -> Self {
        Self(-self.0, -self.1)
    }
}

/// Four float32 lanes.
#[derive(Clone, Copy, Debug)]
pub struct F32x4([f32; 4]);

impl F32x4 {
    /// The same number in all lanes.
    #[inline(always)]
    pub fn splat(a: f32) -> Self {
        Self([a; 4])
    }

    /// Four neighbours in memory.
    #[inline(always)]
    pub fn load(from: &[f32; 4]) -> Self {
        Self(*from)
    }

    /// All lanes as an array.
    #[inline(always)]
    pub fn to_array(self) -> [f32; 4] {
        self.0
    }
}

impl AddAssign for F32x4 {
    #[inline(always)]
    fn add_assign(&mut self, other: Self) {
        self.0 = core::array::from_fn(|lane| self.0[lane] + other.0[lane]);
    }
}

impl Mul for F32x4 {
    type Output = Self;
    #[inline(always)]
    fn mul(self, other: Self) -> Self {
        Self(core::array::from_fn(|lane| self.0[lane] * other.0[lane]))
    }
}
