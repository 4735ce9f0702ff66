//! The random numbers of all tests.

/// Marsaglia's generator of 32 bits, also in `test/bits/two-hundred-steps.ts`. The state must not be 0.
pub struct Xorshift(pub u32);

impl Xorshift {
    /// The next word.
    pub fn next(&mut self) -> u32 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 17;
        self.0 ^= self.0 << 5;
        self.0
    }

    /// Uniform in [0, 1).
    pub fn uniform(&mut self) -> f64 {
        f64::from(self.next()) / 4_294_967_296.0
    }

    /// Uniform in [−½, ½).
    pub fn centred(&mut self) -> f64 {
        self.uniform() - 0.5
    }
}
