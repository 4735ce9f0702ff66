//! The whole gradient, step by step: coefficients, then for each tile of units the table and its sums by input, and the
//! second layer.

use super::coefficients::{LogSeries, TAU, UnitCubics, certified, unit_cubics, weight_ranges};
use super::direct::{Sample, Target, hidden_change};
use super::second_layer::{self, SecondLayer};
use super::table::{Powers, Row, TILE, Table, fill};
use crate::gradients::input_sums::{Sum, sum_by_input};
use crate::kernels::matrix::{Tile, tiles};
use crate::memory::zeros;
use crate::samples::batch::PART_ROWS;
use crate::two_layer::{Dimensions, ForwardPass};
use alloc::vec;
use alloc::vec::Vec;

/// What the incremental evaluation keeps of a chunk.
pub struct Scratch {
    /// The logarithm's coefficients of each sample; `None`: the sample is evaluated directly.
    series: Vec<Option<LogSeries>>,
    /// κA₁, κA₂, κA₃, each [rows, hidden_stride].
    cubics: [Vec<f64>; 3],
    /// Whether a (sample, unit) is evaluated directly, [rows, hidden_stride].
    direct: Vec<bool>,
    /// Whether any unit of a sample is.
    any_direct: Vec<bool>,
    /// Whether any |u| of a sample is beyond the certificate of every unit.
    any_far: Vec<bool>,
    /// Powers of u for each slot.
    powers: Vec<Powers>,
    /// l₊ − l₋ for each slot and the units of a tile.
    table: Vec<Row>,
    /// maxₖ w₂ − minₖ w₂ of each unit.
    ranges: Vec<f64>,
    /// Sums for W2 and b2.
    second: SecondLayer,
    /// A number for each class.
    classes: Vec<f64>,
}

impl Scratch {
    /// Room for a chunk of at most `slots` slots.
    pub fn new(dims: Dimensions, slots: usize) -> Self {
        let units = PART_ROWS * dims.hidden_stride();
        Self {
            series: vec![None; PART_ROWS],
            cubics: [zeros(units), zeros(units), zeros(units)],
            direct: zeros(units),
            any_direct: zeros(PART_ROWS),
            any_far: zeros(PART_ROWS),
            powers: zeros(slots),
            table: zeros(slots),
            ranges: zeros(dims.hidden_stride()),
            second: SecondLayer::new(dims),
            classes: zeros(dims.output_size),
        }
    }
}

/// One sample, for the direct evaluation.
fn sample(pass: &ForwardPass, row: usize) -> Sample<'_> {
    let target = pass.targets.label(row).map_or(Target::Soft(pass.targets.soft(row)), Target::Label);
    Sample { logits: pass.logits(row), probs: pass.probs(row), target }
}

/// Prepares the coefficients of a batch after its forward pass, [`ForwardPass::transpose_w2`] and
/// [`crate::samples::batch::Batch::sort_slots_by_input`].
pub fn prepare(pass: &ForwardPass, h: f64, scratch: &mut Scratch) {
    weight_ranges(pass.w2_transposed(), &mut scratch.ranges);
    for row in 0..pass.batch.rows() {
        prepare_sample(pass, h, row, scratch);
    }
}

/// The first layer, after [`prepare`]: adds the sums of l₊ − l₋ over the samples to the gradient of W1 and b1.
pub fn add_first_layer(pass: &ForwardPass, h: f64, sum: Sum, scratch: &mut Scratch, grads: &mut [f64]) {
    for tile in tiles(pass.dims.hidden_size, TILE) {
        fill_tile(pass, h, scratch, tile);
        sum_by_input(&pass.batch, &Table(&scratch.table), sum, tile, grads, pass.dims.hidden_size);
    }
}

/// The second layer, after [`prepare`]: adds the sums of l₊ − l₋ over the samples to the gradient of W2 and b2.
pub fn add_second_layer(pass: &ForwardPass, h: f64, sum: Sum, scratch: &mut Scratch, grads: &mut [f64]) {
    // Kept from part to part in Scratch, transposed and not scaled.
    if sum.first {
        scratch.second.sums.fill(0.0);
    }
    for row in 0..pass.batch.rows() {
        let (sample, hidden) = (sample(pass, row), pass.hidden(row));
        match (&scratch.series[row], sample.target) {
            (Some(series), Target::Label(label)) if second_layer::certified(h) => {
                scratch.second.add_by_series(series, h, sample.probs, label, hidden);
            }
            _ => scratch.second.add_directly(&sample, h, hidden, pass.dims.hidden_size + 1, &mut scratch.classes),
        }
    }
    let stride = pass.dims.hidden_stride();
    for (j, grads) in grads.chunks_exact_mut(pass.dims.output_size).enumerate() {
        for (k, grad) in grads.iter_mut().enumerate() {
            *grad = scratch.second.sums[k * stride + j] * sum.scale;
        }
    }
}

/// The coefficients of every unit of a sample, or the mark that they are not certified.
fn prepare_sample(pass: &ForwardPass, h: f64, row: usize, scratch: &mut Scratch) {
    let (dims, w2_transposed) = (pass.dims, pass.w2_transposed());
    let (first, values) = pass.batch.row_slots(row);
    let (mut largest, mut any_far): (f64, bool) = (0.0, false);
    for (power, x) in scratch.powers[first..].iter_mut().zip(values) {
        let u = h * x;
        *power = Powers::new(u);
        if u.abs() <= TAU {
            largest = largest.max(u.abs());
        } else {
            any_far = true;
        }
    }
    scratch.any_far[row] = any_far;
    let (sample, slope) = (sample(pass, row), pass.slope(row));
    let series = match sample.target {
        Target::Label(label) => LogSeries::new(sample.probs[label]),
        Target::Soft(_) => None,
    };
    scratch.series[row] = series;
    let stride = dims.hidden_stride();
    let units = row * stride..(row + 1) * stride;
    let direct = &mut scratch.direct[units.clone()];
    for j in 0..dims.hidden_size {
        direct[j] = series.is_none() || !certified(largest, slope[j], scratch.ranges[j]);
    }
    scratch.any_direct[row] = direct[..dims.hidden_size].contains(&true);
    if let (Some(series), Target::Label(label)) = (series, sample.target) {
        let [a1, a2, a3] = &mut scratch.cubics;
        let mut out = UnitCubics { a1: &mut a1[units.clone()], a2: &mut a2[units.clone()], a3: &mut a3[units] };
        let unit = (pass.hidden(row), slope);
        unit_cubics(series.kappa, (sample.probs, label), w2_transposed, unit, &mut out);
    }
}

/// The table of a tile: by the cubics, then once more directly where those are not certified.
fn fill_tile(pass: &ForwardPass, h: f64, scratch: &mut Scratch, tile: Tile) {
    let stride = pass.dims.hidden_stride();
    for row in 0..pass.batch.rows() {
        let (first, values) = pass.batch.row_slots(row);
        let rows = &mut scratch.table[first..][..values.len()];
        if let Some(series) = &scratch.series[row] {
            let powers = &scratch.powers[first..][..values.len()];
            let cubics = [0, 1, 2].map(|r| &scratch.cubics[r][row * stride + tile.column..]);
            fill(series, powers, cubics, tile, rows);
        }
        if scratch.any_direct[row] || scratch.any_far[row] {
            for c in 0..tile.width {
                let unit = tile.column + c;
                let all = scratch.direct[row * stride + unit];
                let out = rows.iter_mut().map(|row| &mut row.0[c]);
                fill_directly(pass, h, (row, unit), all, &mut scratch.classes, out);
            }
        }
    }
}

/// One column of a sample's part of the table, without series: all of it, or only where |u| is beyond every certificate.
fn fill_directly<'a>(
    pass: &ForwardPass,
    h: f64,
    (row, unit): (usize, usize),
    all: bool,
    classes: &mut [f64],
    out: impl Iterator<Item = &'a mut f64>,
) {
    let stride = pass.dims.hidden_stride();
    let sample = sample(pass, row);
    let (z, s, a) = (pass.hidden_pre(row)[unit], pass.hidden(row)[unit], pass.slope(row)[unit]);
    let weight = |k: usize| pass.w2_transposed()[k * stride + unit];
    let mut change = |u: f64| {
        let moved = hidden_change(z, s, a, u);
        sample.loss_change(&|k, r| moved * (weight(k) - weight(r)), classes)
    };
    for (x, out) in pass.batch.row_slots(row).1.iter().zip(out) {
        let u = h * x;
        if all || !(u.abs() <= TAU) {
            *out = change(u) - change(-u);
        }
    }
}
