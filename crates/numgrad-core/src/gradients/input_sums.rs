//! The sums of the first layer: for each weight w₁\[i, j\], over the samples whose input i is not 0.
//!
//! A [`Source`] says what is added up: x δ for backpropagation, an entry of a table for central differences.
//!
//! The update of the parameters is not fused into this loop. That would save reading the gradient back, 2 % of a step,
//! and would leave no gradient to look at.

use crate::simd::{F64x2, LANES};

/// What the samples add to the weights.
pub trait Source {
    /// Adds what each entry of `input`, in the order of the samples, contributes to `T` vectors of columns from
    /// `column` on.
    fn add<const T: usize>(&self, input: usize, column: usize, sums: &mut [F64x2; T]);

    /// Returns `sum` plus what the same entries contribute to one column.
    fn add_last(&self, input: usize, column: usize, sum: f64) -> f64;
}

/// A sum over the samples of a batch, which may come in parts: it continues from one part to the next, and is scaled
/// with the last part.
#[derive(Clone, Copy, Debug)]
pub struct Sum {
    /// Whether the sum starts at 0, and not at what the gradient holds.
    pub first: bool,
    /// Factor of the sum; 1 before the last part.
    pub scale: f64,
}

/// Computes the gradient of the weights of each input, and of the bias as the last, for `T` vectors of columns from
/// `column` on: each is the scaled sum over the entries of the input, in the order of the samples.
///
/// `grads`: row-major with `cols` columns, one row for each input and one for the bias.
#[inline(never)]
pub fn sum_vectors<const T: usize, S: Source>(source: &S, sum: Sum, column: usize, grads: &mut [f64], cols: usize) {
    let scale = F64x2::splat(sum.scale);
    for (input, row) in grads.chunks_exact_mut(cols).enumerate() {
        let (out, _) = row[column..][..T * LANES].as_chunks_mut::<LANES>();
        let mut sums = [F64x2::splat(0.0); T];
        if !sum.first {
            sums = core::array::from_fn(|v| F64x2::load(&out[v]));
        }
        source.add(input, column, &mut sums);
        for v in 0..T {
            (sums[v] * scale).store(&mut out[v]);
        }
    }
}

/// [`sum_vectors`] for one column, the last of an odd number.
#[inline(never)]
pub fn sum_last<S: Source>(source: &S, sum: Sum, column: usize, grads: &mut [f64], cols: usize) {
    for (input, row) in grads.chunks_exact_mut(cols).enumerate() {
        let start = if sum.first { 0.0 } else { row[column] };
        row[column] = source.add_last(input, column, start) * sum.scale;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernels::matrix::with_wide;
    use crate::samples::batch::Batch;
    use crate::samples::by_input::{ByInput, ValuesByInput};

    /// Adds x + n + column for the entry of sample n with the value x.
    struct Sums<'a>(ValuesByInput<'a>);

    impl Source for Sums<'_> {
        fn add<const T: usize>(&self, input: usize, column: usize, sums: &mut [F64x2; T]) {
            for (row, x) in self.0.of(input) {
                for (v, sum) in sums.iter_mut().enumerate() {
                    let column = (column + LANES * v) as f64;
                    *sum += F64x2::splat(x) + F64x2::splat(row as f64) + F64x2::new(column, column + 1.0);
                }
            }
        }

        fn add_last(&self, input: usize, column: usize, sum: f64) -> f64 {
            self.0.of(input).fold(sum, |sum, (row, x)| sum + (x + row as f64 + column as f64))
        }
    }

    #[test]
    fn every_width_and_part_gives_the_plain_loop() {
        let x = [[7.0, 0.0, 2.0, 0.0], [0.0, 3.0, 4.0, 0.0], [5.0, 0.0, 6.0, 0.0]];
        let mut batch = Batch::new(4);
        for row in &x {
            batch.push_values(row).unwrap();
        }
        let mut by_input = ByInput::new(&batch);
        let source = Sums(by_input.take_values(&batch, 1));
        let sum = |input: usize, column: usize, start: f64| {
            x.iter().enumerate().fold(start, |sum, (row, x)| {
                let value = *x.get(input).unwrap_or(&1.0);
                if value == 0.0 { sum } else { sum + (value + row as f64 + column as f64) }
            })
        };
        for width in [1, 2, 8, 12, 14] {
            let cols = width + 3;
            let run = |sum: Sum, out: &mut [f64]| {
                with_wide!(width,
                    T => sum_vectors::<T, _>(&source, sum, 2, out, cols),
                    1 => sum_last(&source, sum, 2, out, cols)
                );
            };
            let old = |input: usize, column: usize| 0.25 * (input * cols + column) as f64;
            let check = |expected: &dyn Fn(usize, usize) -> f64, run: &dyn Fn(&mut [f64])| {
                let mut out: Vec<f64> = (0..5 * cols).map(|i| old(i / cols, i % cols)).collect();
                run(&mut out);
                for (i, value) in out.iter().enumerate() {
                    let (input, column) = (i / cols, i % cols);
                    let inside = (2..2 + width).contains(&column);
                    let expected = if inside { expected(input, column) } else { old(input, column) };
                    assert_eq!(*value, expected, "width {width}, element [{input}, {column}]");
                }
            };
            let first = Sum { first: true, scale: 0.5 };
            check(&|i, c| sum(i, c, 0.0) * 0.5, &|out| run(first, out));
            let next = Sum { first: false, scale: 1.0 };
            check(&|i, c| sum(i, c, old(i, c)), &|out| run(next, out));
        }
    }
}
