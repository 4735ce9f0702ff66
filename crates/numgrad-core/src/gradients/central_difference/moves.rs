//! The moves ±u of a pre-activation, as the powers or the exponentials that the table is computed with.

use crate::elementary::expm1;
use crate::simd::F64x2;

/// What is computed once of u = h x of a slot, because it is the same for every tile: powers, or exponentials.
#[derive(Clone, Copy, Debug, Default)]
pub struct Move {
    /// u, or e^u − 1.
    pub first: f64,
    /// u², or e^−u − 1.
    pub second: f64,
    /// u³, or e^u + e^−u − 2.
    pub third: f64,
}

impl Move {
    /// u, u² and u³.
    #[inline]
    pub fn powers(u: f64) -> Self {
        let u2 = u * u;
        Self { first: u, second: u2, third: u2 * u }
    }

    /// e^u − 1, e^−u − 1 and their sum, for |u| ≤ 1.
    #[inline]
    pub fn exponentials(u: f64) -> Self {
        if u.abs() <= SMALL_MOVE {
            let [plus, minus, sum] = small_exponentials(F64x2::splat(u)).map(|lanes| lanes.to_array()[0]);
            return Self { first: plus, second: minus, third: sum };
        }
        // e^u + e^−u − 2 = (e^u − 1)² / e^u, in which nothing cancels.
        let plus = expm1(u);
        let minus = -(plus / (1.0 + plus));
        Self { first: plus, second: minus, third: -(plus * minus) }
    }
}

/// Up to this |u|, [`small_exponentials`] is exact to two units in the last place.
pub const SMALL_MOVE: f64 = 0.0078125;

/// e^u − 1, e^−u − 1 and their sum by the first powers of u. Of the even and the odd part the next power is u⁶/20160 and
/// u⁶/5040 of the first.
#[inline(always)]
pub fn small_exponentials(u: F64x2) -> [F64x2; 3] {
    let u2 = u * u;
    let odd = u + u * (u2 * (1.0 / 6.0 + (1.0 / 120.0) * u2));
    let even = u2 * (0.5 + u2 * (1.0 / 24.0 + (1.0 / 720.0) * u2));
    [even + odd, even - odd, even + even]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exponentials_are_exact_to_a_few_units_in_the_last_place() {
        for u in [1.0, -1.0, 0.3, -0.01, 0.0079, 0.0078, -0.0078, 1e-3, 3e-6, -1e-12, 1e-100, 0.0] {
            let Move { first: plus, second: minus, third: sum } = Move::exponentials(u);
            let (exact_plus, exact_minus) = (expm1(u), expm1(-u));
            let exact_sum = exact_plus * (exact_plus / (1.0 + exact_plus));
            for (value, exact) in [(plus, exact_plus), (minus, exact_minus), (sum, exact_sum)] {
                assert!((value - exact).abs() <= 1e-15 * exact.abs(), "{u}: {value}, not {exact}");
            }
        }
    }
}
