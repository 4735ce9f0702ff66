//! The certificate of [`super::series`]: which degree is exact enough for which unit and move.
//!
//! Only odd powers of u survive in l(x₊) − l(x₋), so the first power that degree n misses is n + 2. Let b = max |bₖ|, and
//! bound every number by its size: γₘ by its maximum ξₘ over all s, bₖ by b, and put + for each −. Then each logarithm is
//! bounded, coefficient by coefficient, by the series of −ln(2 − e^(b X(u))) with X(u) = Σ ξₘ uᵐ. Its coefficient of
//! uⁿ⁺² is a polynomial in b, with the coefficients of the table `MISSING`. So relative to |u| (2 Σ tₖ Σ pₖ |bₖ| + Σ tₖ |bₖ|), the
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

#[cfg(test)]
mod tests {
    use super::super::direct::{Sample, hidden_change};
    use super::super::series::{ClassTerms, UnitSeries, Units};
    use super::*;
    use crate::kernels::sigmoid::sigmoid_lanes;
    use crate::kernels::softmax::softmax_in_place;
    use crate::samples::targets::Target;
    use crate::simd::F64x2;
    use crate::testing::Xorshift;

    const DEGREES: [usize; 5] = [3, 5, 7, 9, 11];
    /// Powers of u that the series of the test keep: 0 to 13.
    const POWERS: usize = HIGHEST + 3;

    /// A power series in u whose coefficients are polynomials in b: `series[m][j]` belongs to uᵐ bʲ.
    type Series = [[f64; POWERS]; POWERS];

    fn product(a: &Series, b: &Series) -> Series {
        let mut product = [[0.0; POWERS]; POWERS];
        for (m, n) in (0..POWERS).flat_map(|m| (0..POWERS - m).map(move |n| (m, n))) {
            for (i, j) in (0..POWERS).flat_map(|i| (0..POWERS - i).map(move |j| (i, j))) {
                product[m + n][i + j] += a[m][i] * b[n][j];
            }
        }
        product
    }

    /// Σ weight(k) seriesᵏ for k ≥ 1, of a series without constant.
    fn sum_of_powers(series: &Series, weight: impl Fn(usize) -> f64) -> Series {
        let mut sum = [[0.0; POWERS]; POWERS];
        let mut power = *series;
        for k in 1..POWERS {
            for m in 0..POWERS {
                (0..POWERS).for_each(|j| sum[m][j] += weight(k) * power[m][j]);
            }
            power = product(&power, series);
        }
        sum
    }

    /// ξₘ = max |Pₘ(s)| / m! for m from 1 on, by P₁ = 1 and Pₘ₊₁ = (1 − 2s) Pₘ + s (1 − s) Pₘ′.
    fn largest_hidden_coefficients() -> [f64; POWERS] {
        let (mut polynomial, mut factorial) = (vec![1.0], 1.0);
        let mut largest = [0.0; POWERS];
        for m in 1..POWERS {
            factorial *= m as f64;
            let value = |s: f64| polynomial.iter().rev().fold(0.0, |sum, c| sum * s + c);
            // |Pₘ| is the same at s and 1 − s.
            largest[m] = (0..=4000).map(|i| value(f64::from(i) / 8000.0).abs() / factorial).fold(0.0, f64::max);
            let mut next = vec![0.0; polynomial.len() + 1];
            for (i, c) in polynomial.iter().enumerate() {
                next[i] += c * (1 + i) as f64;
                next[i + 1] -= c * (2 + i) as f64;
            }
            polynomial = next;
        }
        largest
    }

    #[test]
    fn the_coefficients_are_those_of_the_bounding_series() {
        let mut hidden = [[0.0; POWERS]; POWERS];
        for (row, largest) in hidden.iter_mut().zip(largest_hidden_coefficients()) {
            row[1] = largest;
        }
        let mut factorial = [1.0; POWERS];
        (1..POWERS).for_each(|k| factorial[k] = factorial[k - 1] * k as f64);
        // −ln(2 − e^(b X(u))) = −ln(1 − (e^(b X) − 1)).
        let exp = sum_of_powers(&hidden, |k| 1.0 / factorial[k]);
        let bound = sum_of_powers(&exp, |k| 1.0 / k as f64);
        for (n, missing) in DEGREES.into_iter().zip(MISSING) {
            for (j, f) in missing.into_iter().enumerate() {
                let exact = if j < n + 2 { bound[n + 2][j + 1] } else { 0.0 };
                // Rounded up to four digits.
                assert!(exact <= f && f <= 1.002 * exact, "degree {n}, f{}: {f} for {exact}", j + 1);
            }
        }
    }

    #[test]
    fn a_degree_ends_where_the_table_says() {
        for (b, limits) in
            [(1.0, [2.1e-4, 3.0e-3, 1.1e-2, 2.5e-2, 4.2e-2]), (1e-9, [4.9e-4, 9.1e-3, 3.9e-2, 9.4e-2, 0.17])]
        {
            for (i, limit) in limits.into_iter().enumerate() {
                assert_eq!(certified_degree(0.97 * limit, b), Some(DEGREES[i]), "u = {limit}, b = {b}");
                assert_eq!(certified_degree(1.05 * limit, b), DEGREES.get(i + 1).copied(), "u = {limit}, b = {b}");
            }
        }
        for unusable in [f64::NAN, f64::INFINITY] {
            assert_eq!(certified_degree(1e-4, unusable), None);
            assert_eq!(certified_degree(unusable, 1.0), None);
        }
    }

    /// Targets of one kind: a label, soft, smoothed, or unnormalised with zeros among them.
    fn random_targets(random: &mut Xorshift, kind: usize, classes: usize) -> Vec<f64> {
        let label = (random.uniform() * classes as f64) as usize;
        let mut target = |k: usize| match kind {
            0 => f64::from(k == label),
            1 => random.uniform(),
            2 => 0.9 * f64::from(k == label) + 0.1 / classes as f64,
            _ => 3.0 * random.uniform() * f64::from(random.uniform() < 0.6 || k == label),
        };
        (0..classes).map(&mut target).collect()
    }

    /// One random unit at the edge of a degree: the error of l₊ − l₋ relative to |u| (2 Σ tₖ Σ pₖ |bₖ| + Σ tₖ |bₖ|).
    fn error_at_the_edge(random: &mut Xorshift, degree: usize, kind: usize, b: f64) -> f64 {
        let classes = 2 + (random.uniform() * 9.0) as usize;
        let spread = [0.3, 3.0, 10.0, 40.0][(random.uniform() * 4.0) as usize];
        let logits: Vec<f64> = (0..classes).map(|_| spread * random.centred()).collect();
        let mut probs = logits.clone();
        softmax_in_place(&mut probs);
        let targets = random_targets(random, kind, classes);
        // Half of the units have z = 0, where the certificate is attained.
        let z = if random.uniform() < 0.5 { 0.0 } else { 8.0 * random.centred() };
        let (s, a) = sigmoid_lanes(F64x2::splat(z));
        let raw: Vec<f64> = (0..classes).map(|_| random.centred()).collect();
        let range = raw.iter().fold(f64::MIN, |m, w| m.max(*w)) - raw.iter().fold(f64::MAX, |m, w| m.min(*w));
        let slope = a.to_array()[0];
        let weights: Vec<f64> = raw.iter().map(|w| w * b / (slope * range)).collect();
        // The largest u that this degree takes, by bisection.
        let (mut low, mut high) = (0.0, 1.0);
        for _ in 0..60 {
            let middle = 0.5 * (low + high);
            let fits = certified_degree(middle, b).is_some_and(|n| n <= degree);
            (low, high) = if fits { (middle, high) } else { (low, middle) };
        }
        let u = low;

        let sample = Sample { logits: &logits, probs: &probs, target: Target::Soft(&targets) };
        let (mut slopes, mut certainties) = (vec![0.0; classes], vec![0.0; classes]);
        let terms = ClassTerms::take(&sample, &mut slopes, &mut certainties);
        let pairs: Vec<[f64; 2]> = weights.iter().map(|w| [*w; 2]).collect();
        let units = Units { weights: &pairs, vectors: 1, vector: 0, hidden: s, slope: a };
        let mut series = UnitSeries::zero();
        series.take(degree, terms, &sample, units);
        series.hidden[0] = F64x2::splat(1.0);
        let polynomial = |coefficients: &[F64x2], x: f64| {
            x * coefficients[..degree].iter().rev().fold(0.0, |sum, c| sum * x + c.to_array()[0])
        };
        let change = |u: f64| polynomial(&series.loss, polynomial(&series.hidden, u));
        let mut scratch = vec![0.0; classes];
        let mut exact = |u: f64| {
            let delta = hidden_change(z, s.to_array()[0], slope, u);
            sample.loss_change(&|k, r| delta * (weights[k] - weights[r]), &mut scratch)
        };
        let error = (change(u) - change(-u)) - (exact(u) - exact(-u));
        let reference = crate::kernels::vector::argmax(&probs);
        let size = |k: usize| (slope * (weights[k] - weights[reference])).abs();
        let total: f64 = targets.iter().sum();
        let size_of_terms: f64 = (0..classes).map(|k| (2.0 * total * probs[k] + targets[k]) * size(k)).sum();
        error.abs() / (u * size_of_terms)
    }

    #[test]
    fn every_degree_keeps_its_error_at_its_edge_for_every_kind_of_target() {
        let mut random = Xorshift(21);
        for degree in DEGREES {
            for kind in 0..4 {
                for b in [1e-3, 0.1, 1.0, 10.0] {
                    let errors = (0..250).map(|_| error_at_the_edge(&mut random, degree, kind, b));
                    let worst = errors.fold(0.0, |worst: f64, error| if error <= worst { worst } else { error });
                    // The certificate allows 1e-15 for small b, twice the 5e-16 of one side; the rest is the rounding of both
                    // ways, a dozen operations each. Measured: 2.5e-15 at most.
                    println!("degree {degree}, kind {kind}, b {b}: {worst:e}");
                    assert!(worst <= 4e-15, "degree {degree}, kind {kind}, b {b}: {worst:e}");
                }
            }
        }
    }
}
