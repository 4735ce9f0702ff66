//! The certificate of [`super::series`]: which degree is exact enough for which unit and move.
//!
//! Only odd powers of u survive in l(x₊) − l(x₋), so the first power that degree n misses is n + 2. Let b = max |bₖ|, and
//! bound every number by its size: γₘ by its maximum ξₘ over all s, bₖ by b, and put + for each −. Then each logarithm is
//! bounded, coefficient by coefficient, by the series of −ln(2 − e^(b X(u))) with X(u) = Σ ξₘ uᵐ. Its coefficient of
//! uⁿ⁺² is a polynomial in b, with the coefficients of [`MISSING`]. So relative to |u| (2 Σ tₖ Σ pₖ |bₖ| + Σ tₖ |bₖ|), the
//! size of the terms whose sum is λ₁ u, what is missing is at most
//!
//! ```text
//! |u|ⁿ⁺¹ (f₁ + f₂ b + f₃ b² + … + fₙ₊₂ bⁿ⁺¹)
//! ```
//!
//! and the next odd power is less than a five-hundredth of that. A degree is used if the whole is at most 1e-14, and the
//! part without b at most 5e-16. A unit with s = ½ attains the latter; the former would need classes whose terms all
//! have their largest size and the same sign. For b ≤ 1 this allows |u| up to
//!
//! | degree | 3 | 5 | 7 | 9 | 11 |
//! | --- | --- | --- | --- | --- | --- |
//! | b = 1 | 2.1e-4 | 3.0e-3 | 1.1e-2 | 2.5e-2 | 4.2e-2 |
//! | b → 0 | 4.9e-4 | 9.1e-3 | 3.9e-2 | 9.4e-2 | 0.17 |
//!
//! If a logit moves by d itself, x(u) is d and b is 1, so that only the last coefficient is left. It is at most a quarter
//! of the sum of all, so [`certified_degree`] for b = 1 then keeps the error below 2.6e-15.
//!
//! The certificate is that of the pair: one loss change alone is exact only to about |u|ⁿ⁺¹.

/// The highest degree. The others are 3, 5, 7 and 9.
pub const HIGHEST: usize = 11;

/// f₁ to fₙ₊₂ of the certificate for each degree n, rounded up, and zeros. A test below computes them.
const MISSING: [[f64; HIGHEST + 2]; 5] = [
    [0.008334, 0.2501, 1.251, 2.167, 1.251, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0],
    [8.434e-4, 0.02727, 0.3584, 1.806, 4.167, 4.509, 1.859, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0],
    [8.543e-5, 0.002884, 0.05536, 0.5617, 2.874, 7.89, 11.93, 9.384, 3.009, 0.0, 0.0, 0.0, 0.0],
    [8.656e-6, 3.334e-4, 0.007195, 0.1063, 0.9454, 4.876, 15.02, 28.16, 31.59, 19.54, 5.124, 0.0, 0.0],
    [8.771e-7, 3.8e-5, 9.252e-4, 0.01632, 0.2048, 1.671, 8.65, 28.88, 63.03, 89.52, 79.84, 40.66, 9.023],
];

/// Most of what may be missing in all, and without b.
const LARGEST_ERROR: [f64; 2] = [1e-14, 5e-16];

/// The smallest degree that is certified for all |u| ≤ `largest_u` and |bₖ| ≤ `largest_b`; `None` if there is none.
#[inline(never)]
pub fn certified_degree(largest_u: f64, largest_b: f64) -> Option<usize> {
    let square = largest_u * largest_u;
    let mut power = square;
    for (degree, missing) in (3..).step_by(2).zip(&MISSING) {
        power *= square;
        let error = power * polynomial(missing, largest_b);
        if error <= LARGEST_ERROR[0] && power * missing[0] <= LARGEST_ERROR[1] {
            return Some(degree);
        }
    }
    None
}

#[inline(never)] // so that its loop is not unrolled
fn polynomial(coefficients: &[f64], x: f64) -> f64 {
    coefficients.iter().rev().fold(0.0, |sum, c| sum * x + c)
}
