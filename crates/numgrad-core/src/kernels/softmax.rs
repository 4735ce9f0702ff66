//! Softmax, e^(xₖ − max) / Σ e^(x_q − max).

use crate::elementary::{exp, exp_lanes};
use crate::simd::F64x2;

/// Softmax of one row, in place. Returns Σ e^(x_q − max), which lies in [1, n].
///
/// The maximum of the row is subtracted first, so nothing overflows. The terms are added from left to right.
///
/// # Panics
/// If the row is empty.
///
/// ```
/// let mut row = [1010.0, 1000.0, 990.0];
/// numgrad_core::kernels::softmax::softmax_in_place(&mut row);
/// assert!((row[0] - 0.99995_46).abs() < 1e-7);
/// ```
pub fn softmax_in_place(row: &mut [f64]) -> f64 {
    assert!(!row.is_empty(), "softmax of an empty row");
    let max = row.iter().fold(f64::NEG_INFINITY, |max, &x| if x > max { x } else { max });
    let sum = exp_minus_in_place(row, max, 0.0);
    for p in row.iter_mut() {
        *p /= sum;
    }
    sum
}

/// `row[k] = e^(row[k] − shift)`; returns `sum` plus all of them, added from left to right.
///
/// A long row can come in pieces: each piece continues the sum of the piece before.
pub fn exp_minus_in_place(row: &mut [f64], shift: f64, mut sum: f64) -> f64 {
    let (pairs, last) = row.as_chunks_mut::<2>();
    for pair in pairs {
        exp_lanes(F64x2::load(pair) - shift).store(pair);
        sum += pair[0];
        sum += pair[1];
    }
    if let [x] = last {
        *x = exp(*x - shift);
        sum += *x;
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_sum_to_one_and_do_not_overflow() {
        for row in [vec![0.3, 2.9, 4.0], vec![1e308, -1e308], vec![-745.0, 0.0], vec![5.0], vec![1e3; 7]] {
            let mut p = row.clone();
            softmax_in_place(&mut p);
            // Each quotient and each sum is rounded: n ulp for n terms.
            assert!((p.iter().sum::<f64>() - 1.0).abs() <= 1e-15, "{row:?} gives {p:?}");
        }
    }

    #[test]
    fn a_row_in_pieces_has_the_bits_of_the_whole() {
        let row: Vec<f64> = (0..11).map(|k| (k * k % 7) as f64 * 0.3).collect();
        let mut whole = row.clone();
        let sum = exp_minus_in_place(&mut whole, 1.5, 0.0);
        for cut in 0..11 {
            let mut pieces = row.clone();
            let first = exp_minus_in_place(&mut pieces[..cut], 1.5, 0.0);
            let total = exp_minus_in_place(&mut pieces[cut..], 1.5, first);
            assert_eq!((pieces, total), (whole.clone(), sum));
        }
    }
}
