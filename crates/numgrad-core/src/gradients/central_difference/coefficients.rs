//! The loss change of a (sample, hidden unit) as two nested cubics in u, and the certificate of their error.
//!
//! # Derivation
//!
//! Let the pre-activation move by u, and let a = s (1 − s), bₖ = a (w₂\[j,k\] − w₂\[j,t\]). The activation moves by a x,
//!
//! x(u) = u + (½ − s) u² + (1 − 6a)/6 u³ + …
//!
//! and, with the moments Mᵣ = Σₖ pₖ bₖʳ / r!, the perturbed softmax sum is S = M₁ x + M₂ x² + M₃ x³ + …, so
//!
//! S(u) = A₁ u + A₂ u² + A₃ u³ + …, A₁ = M₁, A₂ = M₁(½ − s) + M₂, A₃ = M₁(1 − 6a)/6 + 2 M₂(½ − s) + M₃,
//!
//! l = log1p(S) − log1p(c̄ S) = L₁ S + L₂ S² + L₃ S³ + …, L₁ = c, L₂ = −c (1 + c̄)/2, L₃ = c (1 + c̄ + c̄²)/3.
//!
//! The factor κ = ∛L₃ is moved into S, which makes the last coefficient 1: with S' = κ S, α = L₁/κ, β = L₂/κ²,
//! l = S'(α + S'(β + S')).
//!
//! S'₊ and S'₋ are formed for +u and −u, then l₊ and l₋, then l₊ − l₋. The coefficients of the logarithm are never
//! multiplied with those of the unit: both changes of the loss exist as numbers.
//!
//! # Certificate
//!
//! Only odd powers of u survive in l₊ − l₋. The fifth is the first of which the cubics leave something out. Let
//! b = max |bₖ|, and bound every number by its size, as in [`super::certificate`]: |bₖ| by b, and the m-th coefficient of x,
//! σ⁽ᵐ⁾ / (σ′ m!), by 1/m!, because the polynomials 1, 1 − 2s, 1 − 6a, (1 − 2s)(1 − 12a), 1 − 30a + 120a² lie in [−1, 1].
//! Then the loss is bounded, coefficient by coefficient, by −ln(2 − e^(b X)) with X = e^u − 1, whose coefficient of u⁵ is
//! b/120 + b²/4 + 5b³/4 + 13b⁴/6 + 5b⁵/4. So relative to 2 |u| Σ pₖ |bₖ|, twice what bounds the terms of A₁ u, what the
//! cubics leave out is at most
//!
//! ```text
//! u⁴ (1/120 + b/4 + 5b²/4 + 13b³/6 + 5b⁴/4)
//! ```
//!
//! and of higher powers a millionth of that. The cubics are used if this is at most 1e-14, and u⁴/120 at most 5e-16. Units
//! with s = ½, and with s near 0 or 1, attain the latter; the former would need p_t → 0 and classes that all have their largest
//! size. For b = 1 this allows |u| up to 2.1e-4, for b → 0 up to 4.9e-4.
//!
//! The certificate is that of the pair: the error of l₊ alone is about u³. The tests below hold 80,000 random units at
//! the edge of the certificate against the direct evaluation.

use super::direct::Sample;
use crate::elementary::{exp, ln};
use crate::kernels::cross_entropy::DELTA;
use crate::kernels::vector::larger;
use crate::samples::targets::Target;
use crate::simd::{F64x2, LANES};

/// Most of what may be missing in all, and without b.
const LARGEST_ERROR: [f64; 2] = [1e-14, 5e-16];

/// Below this L₃ the scaling by its cube root is not trusted. p_t = 0 is such a case.
const SMALLEST_L3: f64 = 1e-200;

/// Larger differences of weights could overflow: the series of degree 11 form b¹¹. TypeScript relies on it that the
/// gradient is finite for weights up to 1e100 (packages/numgrad/src/network/size-bounds.ts).
const LARGEST_RANGE: f64 = 1e27;

/// The part of the logarithm: its series for a sample with a label.
#[derive(Clone, Copy, Debug)]
pub struct LogSeries {
    /// t, the label.
    pub label: usize,
    /// κ = ∛L₃.
    pub kappa: f64,
    /// α = L₁/κ.
    pub alpha: f64,
    /// β = L₂/κ².
    pub beta: f64,
}

impl LogSeries {
    /// The coefficients for a sample; `None` if they are not certified, or if the targets are soft.
    pub fn new(sample: &Sample) -> Option<Self> {
        let Target::Label(label) = sample.target else { return None };
        let p = sample.probs[label];
        let (c, rest) = (p / (p + DELTA), DELTA / (p + DELTA));
        let (l1, l2, l3) = (c, -0.5 * c * (1.0 + rest), c * (1.0 + rest + rest * rest) / 3.0);
        // An error of κ affects only the cubic term, 1e-8 of l, so any cube root is exact enough.
        let kappa = exp(ln(l3) / 3.0);
        (l3 >= SMALLEST_L3).then(|| Self { label, kappa, alpha: l1 / kappa, beta: l2 / (kappa * kappa) })
    }
}

/// Neighbouring hidden units of a sample, whole vectors.
#[derive(Clone, Copy)]
pub struct Units<'a> {
    /// s.
    pub hidden: &'a [f64],
    /// a = s (1 − s).
    pub slope: &'a [f64],
    /// W2 the other way round: the weights of the units for class k start at k · stride.
    pub weights: &'a [f64],
    /// Distance from one class to the next in the weights.
    pub stride: usize,
}

/// κ A₁, κ A₂, κ A₃ of the same units.
pub struct UnitCubics<'a> {
    /// κ A₁.
    pub a1: &'a mut [f64],
    /// κ A₂.
    pub a2: &'a mut [f64],
    /// κ A₃.
    pub a3: &'a mut [f64],
}

/// The part of the hidden units: computes their cubics, for one sample with the probabilities `probs`.
pub fn unit_cubics(series: &LogSeries, probs: &[f64], units: Units, out: UnitCubics) {
    let LogSeries { label, kappa, .. } = *series;
    let vectors = units.stride / LANES;
    let (hidden, slope) = (units.hidden.as_chunks::<LANES>().0, units.slope.as_chunks::<LANES>().0);
    let weights = units.weights.as_chunks::<LANES>().0;
    let out = out
        .a1
        .as_chunks_mut::<LANES>()
        .0
        .iter_mut()
        .zip(out.a2.as_chunks_mut::<LANES>().0)
        .zip(out.a3.as_chunks_mut::<LANES>().0);
    for (v, ((a1, a2), a3)) in out.enumerate() {
        // The moments Σₖ pₖ dₖʳ of the differences d = w₂[j,k] − w₂[j,t], for the units of one vector.
        let own = F64x2::load(&weights[label * vectors + v]);
        let [mut m1, mut m2, mut m3] = [F64x2::splat(0.0); 3];
        for (k, p) in probs.iter().enumerate() {
            // The term of the label itself is exactly 0.
            let d = F64x2::load(&weights[k * vectors + v]) - own;
            let first = *p * d;
            let second = first * d;
            m1 += first;
            m2 += second;
            m3 += second * d;
        }
        // κ M₁, κ M₂, κ M₃ and from them κ A₁, κ A₂, κ A₃.
        let (s, a) = (F64x2::load(&hidden[v]), F64x2::load(&slope[v]));
        let scale = kappa * a;
        let m1 = scale * m1;
        let m2 = 0.5 * (scale * a * m2);
        let m3 = (1.0 / 6.0) * (scale * a * a * m3);
        let second = 0.5 - s;
        let third = (1.0 / 6.0) * (1.0 - 6.0 * a);
        m1.store(a1);
        (m1 * second + m2).store(a2);
        (m1 * third + 2.0 * m2 * second + m3).store(a3);
    }
}

/// Computes for each unit j the range maxₖ w₂\[j,k\] − minₖ w₂\[j,k\], a bound of |w₂\[j,k\] − w₂\[j,t\]|.
///
/// - `rows`: of each unit the row of W2.
pub fn weight_ranges<'a>(rows: impl Iterator<Item = &'a [f64]>, out: &mut [f64]) {
    for (row, out) in rows.zip(out) {
        let (lowest, highest) = row.iter().fold((f64::NEG_INFINITY, f64::NEG_INFINITY), |(lowest, highest), w| {
            (larger(lowest, -*w), larger(highest, *w))
        });
        *out = highest + lowest;
    }
}

/// A bound of |bₖ| for some units, given their slopes and the ranges of their weights; ∞ if a range is too large for the
/// moments.
pub fn largest_b(slopes: &[f64], ranges: &[f64]) -> f64 {
    let bounds = slopes.iter().zip(ranges);
    bounds.map(|(slope, range)| if *range <= LARGEST_RANGE { slope * range } else { f64::INFINITY }).fold(0.0, larger)
}

/// Whether the cubics are certified for all |u| ≤ `largest_u` and |bₖ| ≤ `largest_b`.
pub fn certified(largest_u: f64, largest_b: f64) -> bool {
    let (u, b) = (largest_u, largest_b);
    let power = (u * u) * (u * u);
    let alone = power * (1.0 / 120.0);
    alone + power * (b * (0.25 + b * (1.25 + b * (13.0 / 6.0 + b * 1.25)))) <= LARGEST_ERROR[0]
        && alone <= LARGEST_ERROR[1]
}

#[cfg(test)]
mod tests {
    use super::super::direct::hidden_change;
    use super::*;
    use crate::testing::Xorshift;

    /// The largest |u| that is certified.
    fn edge(b: f64) -> f64 {
        let (mut low, mut high) = (0.0, 1.0);
        for _ in 0..60 {
            let middle = 0.5 * (low + high);
            if certified(middle, b) { low = middle } else { high = middle }
        }
        low
    }

    /// The error of the pair relative to 2 c |u| Σ pₖ |bₖ|, for one random unit at the edge of the certificate.
    fn error_at_the_edge(random: &mut Xorshift, spread: f64) -> f64 {
        let classes = 2 + (random.uniform() * 9.0) as usize;
        let logits: Vec<f64> = (0..classes).map(|_| spread * random.centred()).collect();
        let mut probs = logits.clone();
        crate::kernels::softmax::softmax_in_place(&mut probs);
        let label = (random.uniform() * classes as f64) as usize;
        let z = 8.0 * random.centred();
        let (s, a) = crate::kernels::sigmoid::sigmoid_lanes(F64x2::splat(z));
        let (s, a) = (s.to_array()[0], a.to_array()[0]);
        let b = [1e-3, 0.1, 1.0, 10.0][(random.uniform() * 4.0) as usize];
        let u = edge(b) * if random.uniform() < 0.5 { 1.0 } else { 0.3 + 0.7 * random.uniform() };
        // Weights between 0 and 1, both of which occur, one of them at the label. Then scaled so that a range is b.
        let mut raw: Vec<f64> =
            (0..classes).map(|_| if random.uniform() < 0.3 { 1.0 } else { random.uniform() }).collect();
        let label_is_low = random.uniform() < 0.5;
        raw[label] = f64::from(!label_is_low);
        raw[(label + 1) % classes] = f64::from(label_is_low);
        let weights: Vec<f64> = raw.iter().map(|w| w * 0.999_999 * b / a).collect();
        let transposed: Vec<f64> = weights.iter().flat_map(|w| [*w, 0.0]).collect();
        let mut ranges = [0.0; 2];
        weight_ranges([&weights[..]].into_iter(), &mut ranges);
        assert!(certified(u, largest_b(&[a, 0.0], &ranges)));

        let sample = Sample { logits: &logits, probs: &probs, target: Target::Label(label) };
        let series = LogSeries::new(&sample).unwrap();
        let c = probs[label] / (probs[label] + DELTA);
        let (mut a1, mut a2, mut a3) = ([0.0; 2], [0.0; 2], [0.0; 2]);
        let out = UnitCubics { a1: &mut a1, a2: &mut a2, a3: &mut a3 };
        let units = Units { hidden: &[s, 0.0], slope: &[a, 0.0], weights: &transposed, stride: 2 };
        unit_cubics(&series, &probs, units, out);
        let l = |u: f64| {
            let sum = u * (a1[0] + u * (a2[0] + u * a3[0]));
            sum * (series.alpha + sum * (series.beta + sum))
        };
        let mut scratch = vec![0.0; classes];
        let mut exact = |u: f64| {
            let change = hidden_change(z, s, a, u);
            sample.loss_change(&|k, r| change * (weights[k] - weights[r]), &mut scratch)
        };
        let unit: f64 = (0..classes).map(|k| probs[k] * (weights[k] - weights[label]).abs()).sum();
        ((l(u) - l(-u)) - (exact(u) - exact(-u))).abs() / (4.0 * c * u * a * unit)
    }

    #[test]
    fn the_pair_stays_within_the_certificate_at_its_edge() {
        let mut random = Xorshift(20);
        for spread in [1.0, 10.0, 40.0, 80.0] {
            let errors = (0..20_000).map(|_| error_at_the_edge(&mut random, spread));
            let worst = errors.fold(0.0, |worst: f64, error| if error <= worst { worst } else { error });
            assert!(worst.is_finite(), "spread {spread}: {worst}");
            // 1e-14 is missing at most, and 2e-15 for the rounding of both sides, a dozen operations each.
            assert!(worst <= 1.2e-14, "spread {spread}: {worst:e}");
            println!("spread {spread}: worst {worst:e}");
        }
    }

    #[test]
    fn labels_of_next_to_no_probability_are_not_certified() {
        let certified = |p: f64| {
            let sample = Sample { logits: &[], probs: &[p], target: Target::Label(0) };
            LogSeries::new(&sample).is_some()
        };
        assert!(!certified(0.0));
        assert!(!certified(1e-210));
        assert!(certified(1e-190));
    }

    #[test]
    fn the_certificate_ends_at_its_edges() {
        assert!(certified(2.1e-4, 1.0) && !certified(2.2e-4, 1.0));
        assert!(certified(4.9e-4, 0.0) && !certified(5.0e-4, 0.0));
        assert!(certified(1e-5, 20.0) && !certified(1e-5, 60.0));
        for b in [f64::INFINITY, f64::NAN] {
            assert!(!certified(0.0, b) && !certified(1e-4, b));
        }
        assert_eq!(largest_b(&[0.25, 0.1], &[2.0, 7.0]), 0.1 * 7.0);
        assert_eq!(largest_b(&[0.0, 0.1], &[f64::INFINITY, 7.0]), f64::INFINITY);
        assert_eq!(largest_b(&[0.25], &[1.1e27]), f64::INFINITY);
        assert!(LARGEST_RANGE.powi(11).is_finite());
    }
}
