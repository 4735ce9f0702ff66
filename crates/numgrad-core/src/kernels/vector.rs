//! Vectors: dot product, sum of the sizes, maximum and the update of gradient descent.

use crate::simd::F64x2;
use core::hint::black_box;
use core::ops::Range;

/// Dot product `Σᵢ aᵢ bᵢ`.
///
/// Even and odd elements are summed in two lanes that are added last, so the result has the same bits on every target.
///
/// # Panics
/// If `a.len() != b.len()`.
///
/// ```
/// assert_eq!(numgrad_core::kernels::vector::dot(&[1.0, 2.0, 3.0], &[4.0, 5.0, 6.0]), 32.0);
/// ```
pub fn dot(a: &[f64], b: &[f64]) -> f64 {
    dot_from(F64x2::splat(0.0), a, b).sum()
}

/// The two lanes of a dot product, continued from `lanes`. So a long vector can come in pieces, each of them but the
/// last of even length, and gives the bits of the whole vector.
///
/// # Panics
/// If `a.len() != b.len()`.
pub fn dot_from(lanes: F64x2, a: &[f64], b: &[f64]) -> F64x2 {
    assert_eq!(a.len(), b.len(), "vectors of different lengths");
    let ((a_pairs, a_last), (b_pairs, b_last)) = (a.as_chunks::<2>(), b.as_chunks::<2>());
    let mut sums = lanes;
    for (x, y) in a_pairs.iter().zip(b_pairs) {
        sums += F64x2::load(x) * F64x2::load(y);
    }
    if let ([x], [y]) = (a_last, b_last) {
        let [even, odd] = sums.to_array();
        sums = F64x2::new(even + x * y, odd);
    }
    sums
}

/// The larger of two numbers, and the first of two equal ones or if one is NaN. (`f64::max` is a call in WebAssembly.)
#[inline]
pub fn larger(a: f64, b: f64) -> f64 {
    if b > a { b } else { a }
}

/// The largest |x|, 0 of no numbers.
pub fn largest_size(values: &[f64]) -> f64 {
    let (groups, rest) = values.as_chunks::<4>();
    // Four maxima at a time: each of them waits for the one before.
    let mut largest = [F64x2::splat(0.0); 2];
    for group in groups {
        for (largest, pair) in largest.iter_mut().zip(group.as_chunks::<2>().0) {
            *largest = largest.max(F64x2::load(pair).abs());
        }
    }
    let [even, odd] = largest[0].max(largest[1]).to_array();
    rest.iter().fold(larger(even, odd), |largest, x| larger(largest, x.abs()))
}

/// `out += a x`.
///
/// # Panics
/// If the lengths differ.
#[inline]
pub fn axpy(a: f64, x: &[f64], out: &mut [f64]) {
    assert!(x.len() == out.len(), "vectors of different lengths");
    let ((x_pairs, x_last), (out_pairs, out_last)) = (x.as_chunks::<2>(), out.as_chunks_mut::<2>());
    for (x, out) in x_pairs.iter().zip(out_pairs) {
        (F64x2::load(out) + a * F64x2::load(x)).store(out);
    }
    if let ([x], [out]) = (x_last, out_last) {
        *out += a * x;
    }
}

/// Neighbouring columns of a row-major matrix.
#[derive(Clone, Debug)]
pub struct Columns {
    /// Number of the matrix's columns.
    pub cols: usize,
    /// The columns that are meant.
    pub range: Range<usize>,
}

impl Columns {
    /// All numbers of a matrix, as one row.
    pub fn all(len: usize) -> Self {
        Self { cols: len, range: 0..len }
    }
}

/// The update of gradient descent for some columns: `params[i] −= learning_rate · grads[i]`. The product is rounded, then
/// the difference.
///
/// The loop over the rows is in here, because a call for each row would take as long as the update of a short row. The
/// compiler does not get to know that all rows are equally long, as it would write a loop of its own for odd lengths.
///
/// # Panics
/// If the lengths differ.
pub fn descend(params: &mut [f64], grads: &[f64], Columns { cols, range }: Columns, learning_rate: f64) {
    assert_eq!(params.len(), grads.len(), "parameters and gradients of different lengths");
    for (params, grads) in params.chunks_exact_mut(cols).zip(grads.chunks_exact(cols)) {
        let range = black_box(range.clone());
        let (params, param_last) = params[range.clone()].as_chunks_mut::<2>();
        let (grads, grad_last) = grads[range].as_chunks::<2>();
        for (p, g) in params.iter_mut().zip(grads) {
            (F64x2::load(p) - learning_rate * F64x2::load(g)).store(p);
        }
        if let ([p], [g]) = (param_last, grad_last) {
            *p -= learning_rate * g;
        }
    }
}

/// Whether [`descend`] would leave nothing but finite numbers.
///
/// # Panics
/// If the lengths differ.
#[expect(clippy::eq_op, reason = "x - x is 0 for every finite x and NaN for the others")]
pub fn descends_to_finite(
    params: &mut [f64],
    grads: &[f64],
    Columns { cols, range }: Columns,
    learning_rate: f64,
) -> bool {
    assert_eq!(params.len(), grads.len(), "parameters and gradients of different lengths");
    // If a result is not finite, next − next is NaN, which survives the sum.
    let mut unsound = F64x2::splat(0.0);
    for (params, grads) in params.chunks_exact(cols).zip(grads.chunks_exact(cols)) {
        let range = black_box(range.clone());
        let (params, param_last) = params[range.clone()].as_chunks::<2>();
        let (grads, grad_last) = grads[range].as_chunks::<2>();
        for (p, g) in params.iter().zip(grads) {
            let next = F64x2::load(p) - learning_rate * F64x2::load(g);
            unsound += next - next;
        }
        if let ([p], [g]) = (param_last, grad_last) {
            let next = F64x2::splat(p - learning_rate * g);
            unsound += next - next;
        }
    }
    unsound.sum() == 0.0
}

/// The sum of the sizes, Σ |x|, which is at least the largest size. It is NaN or infinite if a number is, or if it overflows.
pub fn l1_norm(values: &[f64]) -> f64 {
    let (groups, rest) = values.as_chunks::<8>();
    // Four sums at a time: each of them waits for the one before.
    let mut sums = [F64x2::splat(0.0); 4];
    for group in groups {
        for (sum, pair) in sums.iter_mut().zip(group.as_chunks::<2>().0) {
            *sum += F64x2::load(pair).abs();
        }
    }
    sums.iter().map(|sum| sum.sum()).chain(rest.iter().map(|x| x.abs())).sum()
}

/// Index of the largest number; of several equal largest ones, the first.
pub fn argmax(values: &[f64]) -> usize {
    (1..values.len()).fold(0, |best, k| if values[k] > values[best] { k } else { best })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dot_product_is_the_sum_of_the_even_products_plus_the_sum_of_the_odd_ones_for_every_tail() {
        for n in 0..9 {
            let a: Vec<f64> = (0..n).map(|i| 0.1 + i as f64).collect();
            let b: Vec<f64> = (0..n).map(|i| 1.0 / (3.0 + i as f64)).collect();
            let lane = |first: usize| (first..n).step_by(2).fold(0.0, |sum, i| sum + a[i] * b[i]);
            assert_eq!(dot(&a, &b), lane(0) + lane(1), "n = {n}");
        }
    }

    #[test]
    fn a_dot_product_in_pieces_has_the_bits_of_the_whole() {
        let a: Vec<f64> = (0..101).map(|i| (i as f64 * 0.37).sqrt()).collect();
        let b: Vec<f64> = (0..101).map(|i| 1.0 / (1.0 + i as f64)).collect();
        for cut in (0..100).step_by(2) {
            let first = dot_from(F64x2::splat(0.0), &a[..cut], &b[..cut]);
            assert_eq!(dot_from(first, &a[cut..], &b[cut..]).sum(), dot(&a, &b));
        }
    }

    #[test]
    fn the_sum_of_the_sizes_has_every_number_and_is_not_finite_if_one_is_not() {
        assert_eq!(l1_norm(&[]), 0.0);
        for n in 1..40 {
            let values: Vec<f64> = (1..=n).map(|i| f64::from(i) * if i % 2 == 0 { 1.0 } else { -1.0 }).collect();
            assert_eq!(l1_norm(&values), f64::from(n * (n + 1) / 2));
            for place in 0..values.len() {
                for value in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
                    let mut values = values.clone();
                    values[place] = value;
                    assert!(!l1_norm(&values).is_finite());
                }
            }
        }
        assert_eq!(l1_norm(&[f64::MAX; 3]), f64::INFINITY);
    }

    #[test]
    fn axpy_adds_the_multiple_for_every_tail() {
        for n in 0..7 {
            let x: Vec<f64> = (0..n).map(|i| 0.7 * i as f64).collect();
            let mut out = vec![0.1; n];
            axpy(-0.3, &x, &mut out);
            assert_eq!(out, x.iter().map(|x| 0.1 + -0.3 * x).collect::<Vec<_>>());
        }
    }

    #[test]
    fn the_largest_size_is_found_at_every_place_and_with_every_sign() {
        for n in 0..12 {
            let values: Vec<f64> = (0..n).map(|i| if i % 2 == 0 { 0.25 } else { -0.5 }).collect();
            assert_eq!(largest_size(&values), [0.0, 0.25, 0.5][n.min(2)]);
            for place in 0..n {
                for value in [3.0, -3.0, f64::NEG_INFINITY] {
                    let mut values = values.clone();
                    values[place] = value;
                    assert_eq!(largest_size(&values), value.abs());
                }
            }
        }
    }

    /// Parameters and gradients of three rows, and the columns from `start` on, `n` of them.
    fn some_columns(start: usize, n: usize) -> (Vec<f64>, Vec<f64>, Columns) {
        let cols = start + n + 1;
        let numbers = |factor: f64| (0..3 * cols).map(|i| 0.3 + factor * i as f64).collect();
        (numbers(0.7), numbers(-1.3), Columns { cols, range: start..start + n })
    }

    #[test]
    fn an_update_moves_the_parameters_of_its_columns_by_the_rate_times_their_gradient() {
        for (start, n) in (0..3).flat_map(|start| (0..7).map(move |n| (start, n))) {
            let (mut params, grads, columns) = some_columns(start, n);
            let moved = |i: usize| columns.range.contains(&(i % columns.cols));
            let expected: Vec<f64> =
                (0..params.len()).map(|i| params[i] - if moved(i) { 0.1 * grads[i] } else { 0.0 }).collect();
            assert!(descends_to_finite(&mut params, &grads, columns.clone(), 0.1));
            descend(&mut params, &grads, columns, 0.1);
            assert_eq!(params, expected);
        }
    }

    #[test]
    fn an_update_that_would_not_be_finite_is_found_in_its_columns_and_nowhere_else() {
        for (start, n) in (0..3).flat_map(|start| (1..7).map(move |n| (start, n))) {
            let (mut params, grads, columns) = some_columns(start, n);
            for broken in 0..grads.len() {
                for bad in [f64::NAN, f64::INFINITY, f64::MAX] {
                    let mut grads = grads.clone();
                    grads[broken] = bad;
                    let is_meant = columns.range.contains(&(broken % columns.cols));
                    assert_eq!(descends_to_finite(&mut params, &grads, columns.clone(), -10.0), !is_meant);
                }
            }
        }
    }
}
