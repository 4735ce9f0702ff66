//! The whole gradient: coefficients, then for each tile of units the table and its sums by input, then the second layer.

use super::coefficients::{LogSeries, UnitCubics, certified, unit_cubics, weight_ranges};
use super::direct::{Sample, Target, hidden_change};
use super::second_layer;
use super::table::{Powers, fill};
use crate::batch::CHUNK_ROWS;
use crate::input_sums::{Part, TILE_COLUMNS, sum_by_input, tiles};
use crate::simd::LANES;
use crate::two_layer::{Dimensions, ForwardPass};

/// What the incremental evaluation keeps of a chunk.
pub struct Scratch {
    /// The logarithm's coefficients of each sample; `None`: the sample is pass directly.
    series: Vec<Option<LogSeries>>,
    /// κA₁, κA₂, κA₃, each [rows, hidden_stride].
    cubics: [Vec<f64>; 3],
    /// Whether a (sample, unit) is pass directly, [rows, hidden_stride].
    direct: Vec<bool>,
    /// Whether any unit of a sample is.
    any_direct: Vec<bool>,
    /// Powers of u for each slot.
    powers: Vec<Powers>,
    /// maxₖ w₂ − minₖ w₂ of each unit.
    ranges: Vec<f64>,
    /// Sums for W2 and b2, [outputs, hidden_stride].
    w2_sums: Vec<f64>,
    /// A number for each class.
    classes: Vec<f64>,
}

impl Scratch {
    /// Room for a chunk of at most `slots` slots.
    pub fn new(dims: Dimensions, slots: usize) -> Self {
        let units = CHUNK_ROWS * dims.hidden_stride();
        Self {
            series: vec![None; CHUNK_ROWS],
            cubics: [vec![0.0; units], vec![0.0; units], vec![0.0; units]],
            direct: vec![false; units],
            any_direct: vec![false; CHUNK_ROWS],
            powers: vec![Powers::default(); slots],
            ranges: vec![0.0; dims.hidden_stride()],
            w2_sums: vec![0.0; dims.outputs * dims.hidden_stride()],
            classes: vec![0.0; dims.outputs],
        }
    }
}

/// One sample, for the direct evaluation.
fn sample(pass: &ForwardPass, row: usize) -> Sample<'_> {
    let target = pass.targets.label(row).map_or(Target::Soft(pass.targets.soft(row)), Target::Label);
    Sample { logits: pass.logits(row), probs: pass.probs(row), target }
}

/// Adds the differences l₊ − l₋ of a part of the samples to `grads`; with the last part, divides the sums by 2 h N
/// (`part.last` is 1 / 2hN).
pub fn add_gradient(
    pass: &ForwardPass,
    h: f64,
    part: Part,
    scratch: &mut Scratch,
    table: &mut [f64],
    grads: &mut [f64],
) {
    let (dims, batch) = (pass.dims, &pass.batch);
    let (w1_grads, w2_grads) = grads.split_at_mut(dims.first_layer());
    prepare(pass, h, scratch);
    for (column, width) in tiles(dims.hidden) {
        fill_tile(pass, h, scratch, (column, width), table);
        sum_by_input(batch, dims.inputs, table, part, (column, width), w1_grads);
    }
    second_layer_sums(pass, h, part.first, scratch);
    if let Some(scale) = part.last {
        let stride = dims.hidden_stride();
        for (j, grads) in w2_grads.chunks_exact_mut(dims.outputs).enumerate() {
            for (k, grad) in grads.iter_mut().enumerate() {
                *grad = scratch.w2_sums[k * stride + j] * scale;
            }
        }
    }
}

/// The coefficients of every sample and unit, or the mark that they are not certified.
fn prepare(pass: &ForwardPass, h: f64, scratch: &mut Scratch) {
    let (dims, batch, w2_transposed) = (pass.dims, &pass.batch, pass.w2_transposed());
    let stride = dims.hidden_stride();
    weight_ranges(w2_transposed, &mut scratch.ranges);
    for row in 0..batch.rows() {
        let (first, values) = batch.row_slots(row);
        let mut largest: f64 = 0.0;
        for (power, x) in scratch.powers[first..].iter_mut().zip(values) {
            *power = Powers::new(h * x);
            largest = largest.max((h * x).abs());
        }
        let (sample, slope) = (sample(pass, row), pass.slope(row));
        let series = match sample.target {
            Target::Label(label) => LogSeries::new(sample.probs[label]),
            Target::Soft(_) => None,
        };
        scratch.series[row] = series;
        let units = row * stride..(row + 1) * stride;
        let direct = &mut scratch.direct[units.clone()];
        for j in 0..dims.hidden {
            direct[j] = series.is_none() || !certified(largest, slope[j], scratch.ranges[j]);
        }
        scratch.any_direct[row] = direct[..dims.hidden].contains(&true);
        if let (Some(series), Target::Label(label)) = (series, sample.target) {
            let [a1, a2, a3] = &mut scratch.cubics;
            let mut out =
                UnitCubics { a1: &mut a1[units.clone()], a2: &mut a2[units.clone()], a3: &mut a3[units.clone()] };
            let unit = (pass.hidden(row), slope);
            unit_cubics(series.kappa, (sample.probs, label), w2_transposed, unit, &mut out);
        }
    }
}

/// The table of a tile: by the cubics, then once more directly where those are not certified.
fn fill_tile(pass: &ForwardPass, h: f64, scratch: &mut Scratch, (column, width): (usize, usize), table: &mut [f64]) {
    let (dims, batch) = (pass.dims, &pass.batch);
    let stride = dims.hidden_stride();
    for row in 0..batch.rows() {
        let (first, values) = batch.row_slots(row);
        let table = &mut table[first * TILE_COLUMNS..][..values.len() * TILE_COLUMNS];
        if let Some(series) = &scratch.series[row] {
            let powers = &scratch.powers[first..][..values.len()];
            let cubics = [0, 1, 2].map(|r| &scratch.cubics[r][row * stride + column..]);
            match width.div_ceil(LANES) {
                1 => fill::<1>(series, powers, cubics, table),
                2 => fill::<2>(series, powers, cubics, table),
                3 => fill::<3>(series, powers, cubics, table),
                _ => fill::<4>(series, powers, cubics, table),
            }
        }
        if scratch.any_direct[row] {
            for j in (column..column + width).filter(|j| scratch.direct[row * stride + j]) {
                fill_directly(pass, h, row, j, &mut scratch.classes, &mut table[j - column..]);
            }
        }
    }
}

/// One column of a sample's part of the table, without series.
fn fill_directly(pass: &ForwardPass, h: f64, row: usize, unit: usize, classes: &mut [f64], table: &mut [f64]) {
    let stride = pass.dims.hidden_stride();
    let (sample, s, a) = (sample(pass, row), pass.hidden(row)[unit], pass.slope(row)[unit]);
    let weight = |k: usize| pass.w2_transposed()[k * stride + unit];
    let mut change = |u: f64| {
        let moved = hidden_change(s, a, u);
        sample.loss_change(|k, r| moved * (weight(k) - weight(r)), classes)
    };
    for (x, out) in pass.batch.row_slots(row).1.iter().zip(table.iter_mut().step_by(TILE_COLUMNS)) {
        *out = change(h * x) - change(-(h * x));
    }
}

/// Adds the differences of the second layer to the sums.
fn second_layer_sums(pass: &ForwardPass, h: f64, first: bool, scratch: &mut Scratch) {
    if first {
        scratch.w2_sums.fill(0.0);
    }
    for row in 0..pass.batch.rows() {
        let (sample, hidden) = (sample(pass, row), pass.hidden(row));
        match (&scratch.series[row], sample.target) {
            (Some(series), Target::Label(label)) if second_layer::certified(h) => {
                second_layer::add_by_series(series, h, sample.probs, label, hidden, &mut scratch.w2_sums);
            }
            _ => {
                let units = pass.dims.hidden + 1;
                second_layer::add_directly(&sample, h, hidden, units, &mut scratch.classes, &mut scratch.w2_sums);
            }
        }
    }
}
