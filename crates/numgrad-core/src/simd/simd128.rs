//! [`F64x2`] and [`F32x4`] as a `v128` of WebAssembly.

use core::arch::wasm32::{
    f32x4, f32x4_add, f32x4_extract_lane, f32x4_mul, f32x4_splat, f64x2, f64x2_abs, f64x2_add, f64x2_div,
    f64x2_extract_lane, f64x2_gt, f64x2_mul, f64x2_neg, f64x2_pmax, f64x2_pmin, f64x2_splat, f64x2_sqrt, f64x2_sub,
    i64x2_add, i64x2_shl, i64x2_splat, v128, v128_any_true,
};
use core::ops::{Add, AddAssign, Div, Mul, Neg, Sub};

/// Two float64 lanes.
#[derive(Clone, Copy, Debug)]
pub struct F64x2(v128);

impl F64x2 {
    /// 1.5·2⁵². Adding it to x with |x| < 2⁵¹ rounds x to the nearest integer, which then stands in the low bits.
    pub const TO_INTEGER: f64 = 6_755_399_441_055_744.0;

    /// Lanes `a`, `b`.
    #[inline(always)]
    pub fn new(a: f64, b: f64) -> Self {
        Self(f64x2(a, b))
    }

    /// The same number in both lanes.
    #[inline(always)]
    pub fn splat(a: f64) -> Self {
        Self(f64x2_splat(a))
    }

    /// Two neighbours in memory.
    #[inline(always)]
    pub fn load(from: &[f64; 2]) -> Self {
        // Compiles to one v128.load.
        Self(f64x2(from[0], from[1]))
    }

    /// Writes both lanes.
    #[inline(always)]
    pub fn store(self, out: &mut [f64; 2]) {
        // Compiles to one v128.store.
        *out = self.to_array();
    }

    /// Both lanes as an array.
    #[inline(always)]
    pub fn to_array(self) -> [f64; 2] {
        [f64x2_extract_lane::<0>(self.0), f64x2_extract_lane::<1>(self.0)]
    }

    /// First lane plus second lane.
    #[inline(always)]
    pub fn sum(self) -> f64 {
        f64x2_extract_lane::<0>(self.0) + f64x2_extract_lane::<1>(self.0)
    }

    /// |x|.
    #[inline(always)]
    pub fn abs(self) -> Self {
        Self(f64x2_abs(self.0))
    }

    /// √x.
    #[inline(always)]
    pub fn sqrt(self) -> Self {
        Self(f64x2_sqrt(self.0))
    }

    /// `other < self ? other : self` in each lane (a NaN in either keeps `self`).
    #[inline(always)]
    pub fn min(self, other: Self) -> Self {
        Self(f64x2_pmin(self.0, other.0))
    }

    /// `self < other ? other : self` in each lane (a NaN in either keeps `self`).
    #[inline(always)]
    pub fn max(self, other: Self) -> Self {
        Self(f64x2_pmax(self.0, other.0))
    }

    /// Whether a lane of `self` is greater than the same lane of `other`.
    #[inline(always)]
    pub fn any_greater(self, other: Self) -> bool {
        v128_any_true(f64x2_gt(self.0, other.0))
    }

    /// 2ⁿ for the integer n in the low bits, where adding [`Self::TO_INTEGER`] has left it; n from −1022 to 1023.
    #[inline(always)]
    pub fn pow2_of_integer(self) -> Self {
        Self(i64x2_add(i64x2_shl(self.0, 52), i64x2_splat(1023 << 52)))
    }
}

impl Add for F64x2 {
    type Output = Self;
    #[inline(always)]
    fn add(self, other: Self) -> Self {
        Self(f64x2_add(self.0, other.0))
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
        Self(f64x2_sub(self.0, other.0))
    }
}

impl Mul for F64x2 {
    type Output = Self;
    #[inline(always)]
    fn mul(self, other: Self) -> Self {
        Self(f64x2_mul(self.0, other.0))
    }
}

impl Div for F64x2 {
    type Output = Self;
    #[inline(always)]
    fn div(self, other: Self) -> Self {
        Self(f64x2_div(self.0, other.0))
    }
}

impl Neg for F64x2 {
    type Output = Self;
    #[inline(always)]
    fn neg(self) -> Self {
        Self(f64x2_neg(self.0))
    }
}

/// Four float32 lanes.
#[derive(Clone, Copy, Debug)]
pub struct F32x4(v128);

impl F32x4 {
    /// The same number in all lanes.
    #[inline(always)]
    pub fn splat(a: f32) -> Self {
        Self(f32x4_splat(a))
    }

    /// Four neighbours in memory.
    #[inline(always)]
    pub fn load(from: &[f32; 4]) -> Self {
        // Compiles to one v128.load.
        Self(f32x4(from[0], from[1], from[2], from[3]))
    }

    /// All lanes as an array.
    #[inline(always)]
    pub fn to_array(self) -> [f32; 4] {
        [
            f32x4_extract_lane::<0>(self.0),
            f32x4_extract_lane::<1>(self.0),
            f32x4_extract_lane::<2>(self.0),
            f32x4_extract_lane::<3>(self.0),
        ]
    }
}

impl AddAssign for F32x4 {
    #[inline(always)]
    fn add_assign(&mut self, other: Self) {
        self.0 = f32x4_add(self.0, other.0);
    }
}

impl Mul for F32x4 {
    type Output = Self;
    #[inline(always)]
    fn mul(self, other: Self) -> Self {
        Self(f32x4_mul(self.0, other.0))
    }
}
