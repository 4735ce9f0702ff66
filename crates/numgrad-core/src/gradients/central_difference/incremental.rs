//! The gradient of [`super::plain`], fast: coefficients for each (sample, unit), then for each tile of units the table
//! and its sums by input, then the second layer.

use super::coefficients::{LogSeries, TAU, UnitCubics, Units, certified, unit_cubics, weight_ranges};
use super::direct::{Sample, hidden_change};
use super::second_layer::{self, SecondLayer};
use super::table::{Powers, Row, TILE, Table, fill};
use crate::gradients::input_sums::{Sum, sum_by_input};
use crate::kernels::matrix::{Tile, tiles};
use crate::memory::zeros;
use crate::samples::batch::PART_ROWS;
use crate::samples::by_input::ByInput;
use crate::two_layer::{Dimensions, Evaluated};
use alloc::vec;
use alloc::vec::Vec;

/// Room for what is computed of a part.
pub struct Scratch {
    /// The coefficients of each sample's logarithm; `None` if the whole sample is evaluated directly.
    series: Vec<Option<LogSeries>>,
    /// κA₁, κA₂, κA₃, each [rows, hidden_stride].
    cubics: [Vec<f64>; 3],
    /// Whether a (sample, unit) is evaluated directly, [rows, hidden_stride].
    direct: Vec<bool>,
    /// Whether a sample has a unit that is evaluated directly.
    any_direct: Vec<bool>,
    /// Whether a sample has a value whose |u| is beyond the certificate of every unit.
    any_far: Vec<bool>,
    /// Powers of u for each slot.
    powers: Vec<Powers>,
    /// l₊ − l₋ for each slot and the units of a tile.
    table: Vec<Row>,
    /// maxₖ w₂ − minₖ w₂ of each unit.
    ranges: Vec<f64>,
    /// Sums for W2 and b2. They continue from part to part.
    second: SecondLayer,
    /// A number for each class.
    classes: Vec<f64>,
}

/// A batch whose coefficients are computed.
pub struct Prepared<'a> {
    pass: Evaluated<'a>,
    w2_transposed: &'a [f64],
    h: f64,
    scratch: &'a mut Scratch,
}

impl Scratch {
    /// Room for a part of at most `slots` slots.
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

    /// Computes the coefficients of a batch.
    ///
    /// - `w2_transposed`: [output_size, hidden_stride], with which the batch was evaluated.
    pub fn prepare<'a>(&'a mut self, pass: Evaluated<'a>, w2_transposed: &'a [f64], h: f64) -> Prepared<'a> {
        weight_ranges(w2_transposed, &mut self.ranges);
        let mut prepared = Prepared { pass, w2_transposed, h, scratch: self };
        for row in 0..pass.batch().rows() {
            prepared.prepare_sample(row);
        }
        prepared
    }
}

impl Prepared<'_> {
    /// The first layer: adds the sums of l₊ − l₋ over the samples to the gradient of W1 and b1.
    pub fn add_first_layer(&mut self, by_input: &mut ByInput, sum: Sum, grads: &mut [f64]) {
        let slots = by_input.take_slots(self.pass.batch());
        let hidden_size = self.pass.dims().hidden_size;
        for tile in tiles(hidden_size, TILE) {
            self.fill_tile(tile);
            sum_by_input(&Table { slots, rows: &self.scratch.table }, sum, tile, grads, hidden_size);
        }
    }

    /// The second layer: adds the sums of l₊ − l₋ over the samples to the gradient of W2 and b2.
    pub fn add_second_layer(&mut self, sum: Sum, grads: &mut [f64]) {
        let (pass, h, dims) = (self.pass, self.h, self.pass.dims());
        let Scratch { second, series, classes, .. } = &mut *self.scratch;
        // The sums are transposed and not scaled, so they cannot continue from the gradient.
        if sum.first {
            second.sums.fill(0.0);
        }
        // l₊ − l₋ comes from the series if the sample has one and h is small enough, otherwise from direct evaluation.
        for row in 0..pass.batch().rows() {
            let (sample, hidden) = (Sample::of(pass, row), pass.hidden(row));
            match &series[row] {
                Some(series) if second_layer::certified(h) => second.add_by_series(series, h, sample.probs, hidden),
                _ => second.add_directly(&sample, h, hidden, dims.hidden_size + 1, classes),
            }
        }
        let stride = dims.hidden_stride();
        for (j, grads) in grads.chunks_exact_mut(dims.output_size).enumerate() {
            for (k, grad) in grads.iter_mut().enumerate() {
                *grad = second.sums[k * stride + j] * sum.scale;
            }
        }
    }

    /// Computes the coefficients of every unit of a sample, or marks the unit if they are not certified.
    fn prepare_sample(&mut self, row: usize) {
        let (pass, dims, scratch) = (self.pass, self.pass.dims(), &mut *self.scratch);
        // The powers of u = h x for each slot. The largest |u| within τ decides below which units are certified; any
        // |u| beyond τ is evaluated directly for all units.
        let (first, values) = pass.batch().row_slots(row);
        let (mut largest, mut any_far): (f64, bool) = (0.0, false);
        for (power, x) in scratch.powers[first..].iter_mut().zip(values) {
            let u = self.h * x;
            *power = Powers::new(u);
            if u.abs() <= TAU {
                largest = largest.max(u.abs());
            } else {
                any_far = true;
            }
        }
        scratch.any_far[row] = any_far;
        // The series of the logarithm. Soft targets have none, and a label of next to no probability has none either.
        let sample = Sample::of(pass, row);
        let series = LogSeries::new(&sample);
        scratch.series[row] = series;
        // The units without a certificate.
        let stride = dims.hidden_stride();
        let units = row * stride..(row + 1) * stride;
        let (direct, slope) = (&mut scratch.direct[units.clone()], pass.slope(row));
        for j in 0..dims.hidden_size {
            direct[j] = series.is_none() || !certified(largest, slope[j], scratch.ranges[j]);
        }
        scratch.any_direct[row] = direct[..dims.hidden_size].contains(&true);
        // The cubics of all units, because those with a certificate lie anywhere among the others.
        if let Some(series) = &series {
            let [a1, a2, a3] = &mut scratch.cubics;
            let out = UnitCubics { a1: &mut a1[units.clone()], a2: &mut a2[units.clone()], a3: &mut a3[units] };
            let units = Units { hidden: pass.hidden(row), slope };
            unit_cubics(series, sample.probs, self.w2_transposed, units, out);
        }
    }

    /// Fills the table of a tile by the cubics, and then directly where these are not certified.
    fn fill_tile(&mut self, tile: Tile) {
        let stride = self.pass.dims().hidden_stride();
        for row in 0..self.pass.batch().rows() {
            let scratch = &mut *self.scratch;
            if let Some(series) = &scratch.series[row] {
                let (first, values) = self.pass.batch().row_slots(row);
                let powers = &scratch.powers[first..][..values.len()];
                let cubics = [0, 1, 2].map(|r| &scratch.cubics[r][row * stride + tile.column..]);
                fill(series, powers, cubics, tile, &mut scratch.table[first..][..values.len()]);
            }
            if scratch.any_direct[row] || scratch.any_far[row] {
                self.fill_directly(row, tile);
            }
        }
    }

    /// Fills in a sample's rows of the table what is evaluated without series: all values of a unit without a
    /// certificate, and for every unit the values whose |u| is beyond every certificate.
    fn fill_directly(&mut self, row: usize, tile: Tile) {
        let (pass, stride) = (self.pass, self.pass.dims().hidden_stride());
        let Scratch { direct, table, classes, .. } = &mut *self.scratch;
        let sample = Sample::of(pass, row);
        let (first, values) = pass.batch().row_slots(row);
        for c in 0..tile.width {
            let unit = tile.column + c;
            let (z, s, a) = (pass.hidden_pre(row)[unit], pass.hidden(row)[unit], pass.slope(row)[unit]);
            let weight = |k: usize| self.w2_transposed[k * stride + unit];
            let mut change = |u: f64| {
                let moved = hidden_change(z, s, a, u);
                sample.loss_change(&|k, r| moved * (weight(k) - weight(r)), classes)
            };
            let all = direct[row * stride + unit];
            for (x, out) in values.iter().zip(&mut table[first..]) {
                let u = self.h * x;
                if all || !(u.abs() <= TAU) {
                    out.0[c] = change(u) - change(-u);
                }
            }
        }
    }
}
