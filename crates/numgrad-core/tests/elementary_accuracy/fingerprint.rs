//! One number for the bits of 100,000 results, the same on every target.

/// SplitMix64 (Steele, Lea and Flood 2014).
pub struct Random(pub u64);

impl Random {
    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Uniform in [from, to).
    pub fn uniform(&mut self, from: f64, to: f64) -> f64 {
        from + (to - from) * ((self.bits() >> 11) as f64 / 9_007_199_254_740_992.0)
    }

    /// ± 2ᵉ m with e uniform between the two exponents, both included, and m uniform in [1, 2); −1023 stands for the
    /// subnormals.
    pub fn any_exponent(&mut self, from: i32, to: i32) -> f64 {
        let exponent = from + ((self.bits() >> 33) as i32) % (to - from + 1);
        let bits = self.bits();
        f64::from_bits((bits & !(0x7ff << 52)) | (((exponent + 1023) as u64) << 52))
    }
}

/// FNV-1a hash of the bits of 100,000 results, two arguments at a time. Every NaN counts as 0.
///
/// A quarter of the arguments has any bit pattern, a quarter exponents −60 … 10, a quarter is from [−750, 750) and a
/// quarter from [−1, 1).
pub fn fingerprint(function: impl Fn([f64; 2]) -> [f64; 2]) -> u64 {
    let mut random = Random(1);
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for _ in 0..25_000 {
        let bits = f64::from_bits(random.bits());
        let any = random.any_exponent(-60, 10);
        for pair in [[bits, any], [random.uniform(-750.0, 750.0), random.uniform(-1.0, 1.0)]] {
            for result in function(pair) {
                let bits = if result.is_nan() { 0 } else { result.to_bits() };
                for byte in bits.to_le_bytes() {
                    hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
                }
            }
        }
    }
    hash
}
