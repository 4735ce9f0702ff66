//! The certificate of [`super::series`]: which degree is exact enough for which unit and move.
//!
//! Only odd powers of u survive in l(x₊) − l(x₋), so the first power that degree n misses is n + 2. Let b = max |bₖ|, and
//! bound every number by its size: γₘ by its maximum ξₘ over all s, bₖ by b, and put + for each −. Then each logarithm is
//! bounded, coefficient by coefficient, by the series of −ln(2 − e^(b X(u))) with X(u) = Σ ξₘ uᵐ. Its coefficient of
//! uⁿ⁺² is a polynomial in b, with the coefficients of `MISSING`. So relative to |u| (2 Σ tₖ Σ pₖ |bₖ| + Σ tₖ |bₖ|), the
//! size of the terms whose sum is λ₁ u, what is missing is at most
//!
//! ```text
//! |u|ⁿ⁺¹ (f₁ + f₂ b + f₃ b² + … + fₙ₊₂ bⁿ⁺¹)
//! ```
//!
//! and the next odd power is less than a hundredth of that. A degree is used if the whole is at most 1e-14, and the
//! part without b at most 5e-16. A unit with s = ½ attains the latter; the former would need classes whose terms all
//! have their largest size and the same sign. For b ≤ 1 this allows |u| up to
//!
//! | degree | 3 | 5 | 7 | 11 |
//! | --- | --- | --- | --- | --- |
//! | b = 1 | 2.1e-4 | 3.0e-3 | 1.1e-2 | 4.2e-2 |
//! | b → 0 | 4.9e-4 | 9.1e-3 | 3.9e-2 | 0.17 |
//!
//! There is no degree 9. It would reach 2.5e-2, be a fifth faster there than degree 11, and take 1 KB of WebAssembly.
//!
//! If a logit moves by d itself, x(u) is d and b is 1, so that only the last coefficient is left. It is at most a quarter
//! of the sum of all, so [`certified_degree`] for b = 1 then keeps the error below 2.6e-15.
//!
//! The certificate is that of the pair: one loss change alone is exact only to about |u|ⁿ⁺¹.

/// The highest degree.
pub const HIGHEST: usize = 11;

/// The degrees, and for each degree n f₁ to fₙ₊₂ of the certificate, rounded up, and zeros. A test below computes
/// them. As float32 they take half the room.
const MISSING: [(usize, [f32; HIGHEST + 2]); 4] = [
    (3, [0.008334, 0.2501, 1.251, 2.167, 1.251, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]),
    (5, [8.434e-4, 0.02727, 0.3584, 1.806, 4.167, 4.509, 1.859, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]),
    (7, [8.543e-5, 0.002884, 0.05536, 0.5617, 2.874, 7.89, 11.93, 9.384, 3.009, 0.0, 0.0, 0.0, 0.0]),
    (11, [8.771e-7, 3.8e-5, 9.252e-4, 0.01632, 0.2048, 1.671, 8.65, 28.88, 63.03, 89.52, 79.84, 40.66, 9.023]),
];

/// Most of what may be missing in all, and without b.
const LARGEST_ERROR: [f64; 2] = [1e-14, 5e-16];

/// The smallest degree that is certified for all |u| ≤ `largest_u` and |bₖ| ≤ `largest_b`; `None` if there is none.
#[inline(never)]
pub fn certified_degree(largest_u: f64, largest_b: f64) -> Option<usize> {
    for (degree, missing) in &MISSING {
        let power = (0..=*degree).fold(1.0, |power, _| power * largest_u);
        let error = power * polynomial(missing, largest_b);
        if error <= LARGEST_ERROR[0] && power * f64::from(missing[0]) <= LARGEST_ERROR[1] {
            return Some(*degree);
        }
    }
    None
}

#[inline(never)] // so that its loop is not unrolled
fn polynomial(coefficients: &[f32], x: f64) -> f64 {
    coefficients.iter().rev().fold(0.0, |sum, c| sum * x + f64::from(*c))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Powers of u and of b.
    type Series = Vec<[f64; TERMS]>;
    const TERMS: usize = HIGHEST + 3;

    fn zero() -> Series {
        vec![[0.0; TERMS]; TERMS]
    }

    fn product(a: &Series, b: &Series) -> Series {
        let mut out = zero();
        for (i, j) in (0..TERMS).flat_map(|i| (0..TERMS - i).map(move |j| (i, j))) {
            for (p, q) in (0..TERMS).flat_map(|p| (0..TERMS - p).map(move |q| (p, q))) {
                out[i + j][p + q] += a[i][p] * b[j][q];
            }
        }
        out
    }

    fn add(sum: &mut Series, factor: f64, term: &Series) {
        for (sum, term) in sum.iter_mut().flatten().zip(term.iter().flatten()) {
            *sum += factor * term;
        }
    }

    /// The maxima of |γₘ| over all s, from 100,000 of them.
    fn largest_coefficients() -> [f64; TERMS] {
        let mut largest = [0.0_f64; TERMS];
        for s in (0..=100_000).map(|i| f64::from(i) / 100_000.0) {
            let mut gamma = [0.0; TERMS];
            gamma[1] = 1.0;
            for m in 2..TERMS {
                let square: f64 = (1..m - 1).map(|i| gamma[i] * gamma[m - 1 - i]).sum();
                gamma[m] = ((1.0 - 2.0 * s) * gamma[m - 1] - s * (1.0 - s) * square) / m as f64;
            }
            largest.iter_mut().zip(gamma).for_each(|(largest, gamma)| *largest = largest.max(gamma.abs()));
        }
        largest
    }

    #[test]
    fn the_constants_are_the_coefficients_of_the_bounding_series() {
        // b X(u), then its exponential without the 1, then −ln(1 − (e^(b X) − 1)) = Σ (e^(b X) − 1)ᵏ / k.
        let mut shift = zero();
        for (row, xi) in shift.iter_mut().zip(largest_coefficients()) {
            row[1] = xi;
        }
        let mut one = zero();
        one[0][0] = 1.0;
        let (mut exp, mut term, mut factorial) = (zero(), one.clone(), 1.0);
        for k in 1..TERMS {
            (term, factorial) = (product(&term, &shift), factorial * k as f64);
            add(&mut exp, 1.0 / factorial, &term);
        }
        let (mut logarithm, mut term) = (zero(), one);
        for k in 1..TERMS {
            term = product(&term, &exp);
            add(&mut logarithm, 1.0 / k as f64, &term);
        }
        for (n, missing) in MISSING {
            for (j, f) in missing[..n + 2].iter().map(|f| f64::from(*f)).enumerate() {
                let exact = logarithm[n + 2][j + 1];
                assert!(exact <= f && f <= 1.001 * exact, "degree {n}: f_{} is {exact}, not {f}", j + 1);
            }
            assert!(missing[n + 2..].iter().all(|f| *f == 0.0));
            assert!(missing[n + 1] <= 0.26 * missing.iter().sum::<f32>());
        }
    }

    #[test]
    fn the_degree_rises_with_the_move_and_with_the_range() {
        let degrees = |b: f64, us: [f64; 6]| us.map(|u| certified_degree(u, b));
        let expected = [Some(3), Some(3), Some(5), Some(7), Some(11), None];
        assert_eq!(degrees(1.0, [0.0, 2.1e-4, 2.9e-3, 1.1e-2, 4.2e-2, 4.4e-2]), expected);
        assert_eq!(degrees(0.0, [0.0, 4.9e-4, 9.1e-3, 3.9e-2, 0.169, 0.2]), expected);
        for b in [f64::INFINITY, f64::NAN] {
            assert_eq!(degrees(b, [0.0, 1e-9, 1e-4, 1.0, 1e9, f64::INFINITY]), [None; 6]);
        }
        assert_eq!(certified_degree(f64::INFINITY, 0.0), None);
    }
}
