//! The certificate of [`super::series`]: which degree is exact enough for which unit and move.
//!
//! x₊ and x₋ have no error but rounding, so what degree n misses is λₘ (x₊ᵐ − x₋ᵐ) for every m > n. Let b = max |bₖ|, and
//! bound every number by its size: bₖ by b, and put + for each −. Then each logarithm is bounded, coefficient by
//! coefficient, by the series of −ln(2 − e^(b x)) = Σ ηₘ (b x)ᵐ. So |λₘ| ≤ ηₘ bᵐ⁻¹ (2 Σ tₖ Σ pₖ |bₖ| + Σ tₖ |bₖ|).
//!
//! For |u| ≤ 1, |x₊| and |x₋| are at most X = expm1(|u|) ≤ |u| (1 + |u|), and |x₊ + x₋| ≤ |u| X. So |x₊ᵐ − x₋ᵐ| is at most
//! Xᵐ⁻¹ |x₊ − x₋| for an odd m, and ½ m |u| Xᵐ⁻¹ |x₊ − x₋| for an even m. With y = b X, what is missing is at most
//!
//! ```text
//! yⁿ (½ (n + 1) ηₙ₊₁ |u| + ηₙ₊₂ y)
//! ```
//!
//! relative to |x₊ − x₋| (2 Σ tₖ Σ pₖ |bₖ| + Σ tₖ |bₖ|), which bounds the terms whose sum is λ₁ (x₊ − x₋). All higher powers
//! add less than a hundredth of that. A degree is used if this bound is at most 1e-14 for y = b |u| (1 + |u|). Only classes
//! whose terms all have their largest size and the same sign would attain it. This allows |u| up to
//!
//! | degree | 3 | 5 | 7 | 11 |
//! | --- | --- | --- | --- | --- |
//! | b = 1 | 2.3e-4 | 3.4e-3 | 1.3e-2 | 4.7e-2 |
//! | b = 0.1 | 1.4e-3 | 2.4e-2 | 9.3e-2 | 0.32 |
//! | b = 0.01 | 5e-3 | 0.15 | 0.52 | 1 |
//!
//! Degree 3 ends at 5e-3, because it computes the quotient of x± by a series (`fill_degree_3` in `table`). There is
//! no degree 9. It would take 1 KB of WebAssembly.

/// The smallest degree.
pub const SMALLEST: usize = 3;

/// The highest degree.
pub const HIGHEST: usize = 11;

/// For each degree n: the largest |u|, ½ (n + 1) ηₙ₊₁, and ηₙ₊₂. The last two are a hundredth larger, for the higher powers.
/// A test below computes them.
const DEGREES: [(usize, f64, [f64; 2]); 4] = [
    (SMALLEST, 5e-3, [2.189, 1.263]),
    (5, 1.0, [4.554, 1.877]),
    (7, 1.0, [9.479, 3.039]),
    (HIGHEST, 1.0, [41.06, 9.113]),
];

/// Most of what may be missing.
const LARGEST_ERROR: f64 = 1e-14;

/// The smallest degree that is certified for all |u| ≤ `largest_u` and |bₖ| ≤ `largest_b`; `None` if there is none.
#[inline(never)]
pub fn certified_degree(largest_u: f64, largest_b: f64) -> Option<usize> {
    let y = largest_b * largest_u * (1.0 + largest_u);
    let (mut power, mut next) = (1.0, 0);
    for (degree, last, [even, odd]) in DEGREES {
        while next < degree {
            power *= y;
            next += 1;
        }
        if largest_u <= last && power * (even * largest_u + odd * y) <= LARGEST_ERROR {
            return Some(degree);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_constants_are_the_coefficients_of_the_bounding_series() {
        // 1 / (2 − e^y) = Σ gₘ yᵐ with gₘ = Σ_{j ≥ 1} gₘ₋ⱼ / j!, and the derivative of −ln(2 − e^y) is 2 / (2 − e^y) − 1.
        let mut g = [1.0; HIGHEST + 2];
        for m in 1..g.len() {
            let mut factorial = 1.0;
            g[m] = (1..=m).fold(0.0, |sum, j| {
                factorial *= j as f64;
                sum + g[m - j] / factorial
            });
        }
        let eta = |m: usize| 2.0 * g[m - 1] / m as f64;
        for (n, _, [even, odd]) in DEGREES {
            for (constant, exact) in [(even, 0.5 * (n + 1) as f64 * eta(n + 1)), (odd, eta(n + 2))] {
                assert!(1.01 * exact <= constant && constant <= 1.0105 * exact, "degree {n}: {exact}, not {constant}");
            }
            // y² times this is what the next two powers add. The largest y is that of the highest degree and u → 0.
            let largest_y = (LARGEST_ERROR / odd).powf(1.0 / (n + 1) as f64);
            assert!(3.5 * largest_y.powi(2) < 0.012, "degree {n}: {largest_y}");
        }
    }

    #[test]
    fn the_degree_rises_with_the_move_and_with_the_range() {
        let degrees = |b: f64, us: [f64; 6]| us.map(|u| certified_degree(u, b));
        let expected = [Some(3), Some(3), Some(5), Some(7), Some(11), None];
        assert_eq!(degrees(1.0, [0.0, 2.3e-4, 3.3e-3, 1.2e-2, 4.6e-2, 5.3e-2]), expected);
        assert_eq!(degrees(0.01, [0.0, 5.0e-3, 0.11, 0.43, 1.0, 1.1]), expected);
        for b in [f64::INFINITY, f64::NAN] {
            assert_eq!(degrees(b, [0.0, 1e-9, 1e-4, 1.0, 1e9, f64::INFINITY]), [None; 6]);
        }
        assert_eq!(certified_degree(f64::INFINITY, 0.0), None);
    }
}
