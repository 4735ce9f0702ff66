//! Row-major matrices: the weighted sum of rows that every layer is made of.

use crate::simd::{F64x2, LANES};

/// Most vectors that a column tile holds. Seven accumulators, a factor and a product fill the sixteen registers that
/// x86-64 engines have without spilling; with thirteen they spill.
const TILE: usize = 7;

/// `out += Σ x · W[row, :]` over the given pairs (row, x), in their order.
///
/// `w` is row-major with `cols` columns; `out` holds at least `cols` values, of which the first `cols` change. With the
/// pairs of a sparse row (zeros left out) and a last pair (bias row, 1) this is the affine map x W + b of a layer; with
/// all pairs, a row of a matrix product. Every column is a sum of its own in the order of the pairs: how the columns
/// are tiled does not touch a bit.
///
/// # Panics
/// If `out` is shorter than `cols` or a row lies outside `w`.
///
/// ```
/// let w = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]; // 3 rows, 2 columns
/// let mut out = [0.0; 2];
/// numgrad_core::matrix::add_weighted_rows(&mut out, [(0, 10.0), (2, 1.0)].into_iter(), &w, 2);
/// assert_eq!(out, [15.0, 26.0]);
/// ```
#[inline]
pub fn add_weighted_rows<I>(out: &mut [f64], rows: I, w: &[f64], cols: usize)
where
    I: Iterator<Item = (usize, f64)> + Clone,
{
    let vectors = cols / LANES;
    let mut vector = 0;
    for tiles in (1..=vectors.div_ceil(TILE)).rev() {
        // As even as possible: 25 vectors go 7 + 6 + 6 + 6.
        let width = (vectors - vector).div_ceil(tiles);
        let column = vector * LANES;
        match width {
            1 => add_tile::<1, I>(out, rows.clone(), w, cols, column),
            2 => add_tile::<2, I>(out, rows.clone(), w, cols, column),
            3 => add_tile::<3, I>(out, rows.clone(), w, cols, column),
            4 => add_tile::<4, I>(out, rows.clone(), w, cols, column),
            5 => add_tile::<5, I>(out, rows.clone(), w, cols, column),
            6 => add_tile::<6, I>(out, rows.clone(), w, cols, column),
            _ => add_tile::<TILE, I>(out, rows.clone(), w, cols, column),
        }
        vector += width;
    }
    if cols % LANES == 1 {
        let column = cols - 1;
        for (row, x) in rows {
            out[column] += x * w[row * cols + column];
        }
    }
}

/// [`add_weighted_rows`] for `T` vectors of columns from `column` on.
fn add_tile<const T: usize, I>(out: &mut [f64], rows: I, w: &[f64], cols: usize, column: usize)
where
    I: Iterator<Item = (usize, f64)>,
{
    let (out, _) = out[column..][..T * LANES].as_chunks_mut::<LANES>();
    let mut sums: [F64x2; T] = core::array::from_fn(|v| F64x2::load(&out[v]));
    for (row, x) in rows {
        let (weights, _) = w[row * cols + column..][..T * LANES].as_chunks::<LANES>();
        let x = F64x2::splat(x);
        for v in 0..T {
            sums[v] += x * F64x2::load(&weights[v]);
        }
    }
    for v in 0..T {
        sums[v].store(&mut out[v]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equals_the_plain_double_loop_bit_for_bit_for_every_number_of_columns() {
        for cols in 1..40 {
            let w: Vec<f64> = (0..5 * cols).map(|i| ((i * 7919) % 1013) as f64 / 1013.0 - 0.5).collect();
            let pairs = [(0, 0.3), (3, -1.7), (4, 1.0), (3, 1e-3)];
            let mut expected = vec![0.25; cols];
            for (row, x) in pairs {
                for c in 0..cols {
                    expected[c] += x * w[row * cols + c];
                }
            }
            let mut out = vec![0.25; cols + 3];
            out[cols..].fill(f64::NAN);
            add_weighted_rows(&mut out, pairs.into_iter(), &w, cols);
            assert_eq!(&out[..cols], expected, "{cols} columns");
            assert!(out[cols..].iter().all(|x| x.is_nan()), "wrote past the last column");
        }
    }
}
