//! The gradient of the first layer from a table of contributions.
//!
//! Both gradients have the form g[i, j] = scale · Σ over the entries of input i of table[slot, j]: what a sample adds
//! to the gradient of a weight depends on the pixel only through its value, so it is computed once per slot (by
//! `backprop` as x δⱼ, by `central_difference` as l₊ − l₋) and looked up for each pixel that has the value. The columns
//! j go tile by tile, so that the table of a tile (64 bytes a slot, 430 KB for a batch of MNIST) stays in the L2 cache.

use crate::batch::Batch;
use crate::simd::{F64x2, LANES};

/// Vectors of a column tile.
pub const TILE: usize = 4;
/// Columns of a column tile, which is also the width of a row of the table.
pub const TILE_COLUMNS: usize = TILE * LANES;

/// Which part of the samples a table holds: sums continue from one chunk to the next, and are scaled after the last.
#[derive(Clone, Copy, Debug)]
pub struct Part {
    /// Whether the sums start at 0 (else at what the gradient holds).
    pub first: bool,
    /// The factor of the whole sums, if this is the last part.
    pub last: Option<f64>,
}

/// For each input i, and the bias as the last: `grads[i, column + c]` becomes the scaled sum over the entries of i of
/// `table[slot, c]`, in the order of the samples, for `width` columns.
///
/// # Panics
/// If `width` is 0 or more than [`TILE_COLUMNS`].
pub fn sum_by_input(
    batch: &Batch,
    inputs: usize,
    table: &[f64],
    part: Part,
    (column, width): (usize, usize),
    grads: &mut [f64],
) {
    assert!(0 < width && width <= TILE_COLUMNS, "a tile of {width} columns");
    let cols = grads.len() / (inputs + 1);
    for input in 0..=inputs {
        let out = &mut grads[input * cols + column..][..width];
        match width.div_ceil(LANES) {
            1 => sum_slots::<1>(batch.input_slots(input), table, part, out),
            2 => sum_slots::<2>(batch.input_slots(input), table, part, out),
            3 => sum_slots::<3>(batch.input_slots(input), table, part, out),
            _ => sum_slots::<TILE>(batch.input_slots(input), table, part, out),
        }
    }
}

#[inline(always)]
fn sum_slots<const T: usize>(slots: &[u32], table: &[f64], part: Part, out: &mut [f64]) {
    let mut row = [0.0; TILE_COLUMNS];
    if !part.first {
        row[..out.len()].copy_from_slice(out);
    }
    let (lanes, _) = row.as_chunks_mut::<LANES>();
    let mut sums: [F64x2; T] = core::array::from_fn(|v| F64x2::load(&lanes[v]));
    for &slot in slots {
        let (values, _) = table[slot as usize * TILE_COLUMNS..][..TILE_COLUMNS].as_chunks::<LANES>();
        for v in 0..T {
            sums[v] += F64x2::load(&values[v]);
        }
    }
    let scale = F64x2::splat(part.last.unwrap_or(1.0));
    for v in 0..T {
        (sums[v] * scale).store(&mut lanes[v]);
    }
    out.copy_from_slice(&row[..out.len()]);
}

/// The column tiles of `cols` columns: (first column, width).
pub fn tiles(cols: usize) -> impl Iterator<Item = (usize, usize)> {
    (0..cols).step_by(TILE_COLUMNS).map(move |column| (column, TILE_COLUMNS.min(cols - column)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_are_those_of_the_plain_loop_for_every_width() {
        let inputs = 4;
        // All values of a row differ, also from the bias.
        let x = [[7.0, 0.0, 2.0, 0.0], [0.0, 3.0, 4.0, 0.0], [5.0, 0.0, 6.0, 0.0]];
        let mut batch = Batch::new(inputs);
        for row in &x {
            batch.push_values(row).unwrap();
        }
        batch.sort_by_input();
        let table: Vec<f64> = (0..batch.slots() * TILE_COLUMNS).map(|i| (i as f64).sqrt()).collect();
        for width in 1..=TILE_COLUMNS {
            let cols = width + 2;
            let mut expected = vec![f64::NAN; (inputs + 1) * cols];
            for input in 0..=inputs {
                for c in 0..width {
                    let mut sum = 0.0;
                    for (row, x) in x.iter().enumerate() {
                        let value = if input == inputs { 1.0 } else { x[input] };
                        let (first, values) = batch.row_slots(row);
                        if let Some(slot) = values.iter().position(|v| *v == value) {
                            sum += table[(first + slot) * TILE_COLUMNS + c];
                        }
                    }
                    expected[input * cols + 1 + c] = sum * 0.5;
                }
            }
            let mut grads = vec![f64::NAN; (inputs + 1) * cols];
            sum_by_input(&batch, inputs, &table, Part { first: true, last: Some(0.5) }, (1, width), &mut grads);
            for (g, e) in grads.iter().zip(&expected) {
                assert!(g == e || (g.is_nan() && e.is_nan()), "width {width}: {grads:?}, not {expected:?}");
            }
        }
    }
}
