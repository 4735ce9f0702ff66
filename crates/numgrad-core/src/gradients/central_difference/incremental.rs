//! The gradient of [`super::plain`], fast: coefficients for each (sample, unit), then for each tile of units the table
//! and its sums by input, then the second layer.

use super::bins::{BINS, Bins};
use super::certificate::certified_degree;
use super::coefficients::{self, LARGEST_RANGE, LogSeries, TAU, UnitCubics, certified, unit_cubics, weight_ranges};
use super::direct::Sample;
use super::direct_lanes::LaneSample;
use super::second_layer::{self, SecondLayer};
use super::series::{ClassTerms, UnitSeries, Units};
use super::table::{Powers, Row, TABLE_TILE, Table, fill, fill_series};
use crate::gradients::input_sums::{Sum, sum_by_input};
use crate::kernels::matrix::{Tile, tiles};
use crate::memory::zeros;
use crate::samples::batch::PART_ROWS;
use crate::samples::by_input::ByInput;
use crate::simd::{F64x2, LANES};
use crate::two_layer::{Dimensions, Evaluated};
use alloc::vec::Vec;
use core::ops::Range;

/// Memory for what is computed of a part.
pub struct Scratch {
    /// What each sample is evaluated with.
    samples: Vec<Plan>,
    /// κA₁, κA₂, κA₃, each [rows, hidden_stride].
    cubics: [Vec<f64>; 3],
    /// Powers of u for each slot.
    powers: Vec<Powers>,
    /// l₊ − l₋ for each slot and the units of a tile.
    table: Vec<Row>,
    /// maxₖ w₂ − minₖ w₂ of each unit.
    ranges: Vec<f64>,
    /// The terms of the classes of samples that are not usual, [rows, 2, output_size].
    terms: Vec<f64>,
    /// Numbers of the slots of samples that are not usual, in the order of their bins.
    places: Vec<u32>,
    /// The series of a tile.
    series: [UnitSeries; TABLE_TILE],
    /// Sums for W2 and b2. They continue from part to part.
    second: SecondLayer,
    /// Two numbers for each class.
    classes: Vec<f64>,
}

/// How a sample is evaluated.
#[derive(Clone, Copy, Default)]
struct Plan {
    /// The coefficients of the logarithm; `None` if the cubics do not serve the sample.
    series: Option<LogSeries>,
    /// Whether the cubics serve all slots and units. If not, the other fields and `Scratch::terms` are set.
    usual: bool,
    /// The most probable class.
    reference: usize,
    /// The slots, sorted by |u|.
    bins: Bins,
}

/// A sample with its terms, which [`Prepared::prepare_sample`] has computed.
#[inline(never)]
fn with_terms<'a>(pass: Evaluated<'a>, row: usize, plan: &Plan, terms: &'a [f64]) -> LaneSample<'a> {
    let classes = pass.dims().output_size;
    let (slopes, certainties) = terms[2 * row * classes..][..2 * classes].split_at(classes);
    let terms = ClassTerms { reference: plan.reference, slopes, certainties };
    LaneSample { sample: Sample::of(pass, row), terms }
}

/// A batch whose coefficients are computed.
pub struct Prepared<'a> {
    pass: Evaluated<'a>,
    w2_transposed: &'a [f64],
    h: f64,
    scratch: &'a mut Scratch,
}

impl Scratch {
    /// Memory for a part of at most `slots` slots.
    pub fn new(dims: Dimensions, slots: usize) -> Self {
        let units = PART_ROWS * dims.hidden_stride();
        Self {
            samples: zeros(PART_ROWS),
            cubics: [zeros(units), zeros(units), zeros(units)],
            powers: zeros(slots),
            table: zeros(slots),
            ranges: zeros(dims.hidden_stride()),
            terms: zeros(PART_ROWS * 2 * dims.output_size),
            places: zeros(slots),
            series: [UnitSeries::zero(); TABLE_TILE],
            second: SecondLayer::new(dims),
            classes: zeros(LANES * dims.output_size),
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
        for tile in tiles(hidden_size, TABLE_TILE) {
            self.fill_tile(tile);
            sum_by_input(&Table { slots, rows: &self.scratch.table }, sum, tile, grads, hidden_size);
        }
    }

    /// The second layer: adds the sums of l₊ − l₋ over the samples to the gradient of W2 and b2.
    pub fn add_second_layer(&mut self, sum: Sum, grads: &mut [f64]) {
        let (pass, h, dims) = (self.pass, self.h, self.pass.dims());
        let Scratch { second, samples, terms, classes, .. } = &mut *self.scratch;
        // The sums are transposed and not scaled, so they cannot continue from the gradient.
        if sum.first {
            second.sums.fill(0.0);
        }
        for row in 0..pass.batch().rows() {
            let hidden = pass.hidden(row);
            match &samples[row].series {
                Some(series) if second_layer::certified(h) => second.add_by_cubic(series, h, pass.probs(row), hidden),
                // A sample without a series is not usual, and with a larger h neither is any other, because u = h is
                // that of the bias.
                _ => second.add(&with_terms(pass, row, &samples[row], terms), h, hidden, classes),
            }
        }
        let stride = dims.hidden_stride();
        for (j, grads) in grads.chunks_exact_mut(dims.output_size).enumerate() {
            for (k, grad) in grads.iter_mut().enumerate() {
                *grad = second.sums[k * stride + j] * sum.scale;
            }
        }
    }

    /// Computes the coefficients of a sample's cubics, or notes that not all of its table comes from them.
    fn prepare_sample(&mut self, row: usize) {
        let (pass, dims, scratch) = (self.pass, self.pass.dims(), &mut *self.scratch);
        // The powers of u = h x for each slot. The largest |u| decides below whether the units are certified.
        let (first, values) = pass.batch().row_slots(row);
        let mut largest: f64 = 0.0;
        for (power, x) in scratch.powers[first..].iter_mut().zip(values) {
            let u = self.h * x;
            *power = Powers::new(u);
            largest = largest.max(u.abs());
        }
        // The series of the logarithm. Soft targets have none, and a label of next to no probability has none either.
        let sample = Sample::of(pass, row);
        let series = LogSeries::new(&sample);
        let stride = dims.hidden_stride();
        let units = row * stride..(row + 1) * stride;
        let slope = pass.slope(row);
        let is_certified = |j: usize| certified(largest, slope[j], scratch.ranges[j]);
        let plan = &mut scratch.samples[row];
        plan.series = series;
        plan.usual = series.is_some() && (0..dims.hidden_size).all(is_certified);
        // The cubics of all units: even for large h they may serve the smaller values.
        if let Some(series) = &series {
            let [a1, a2, a3] = &mut scratch.cubics;
            let out = UnitCubics { a1: &mut a1[units.clone()], a2: &mut a2[units.clone()], a3: &mut a3[units] };
            let units = coefficients::Units { hidden: pass.hidden(row), slope };
            unit_cubics(series, sample.probs, self.w2_transposed, units, out);
        }
        if !plan.usual {
            let slots = first..first + values.len();
            let us = scratch.powers[slots.clone()].iter().map(|powers| powers.u);
            plan.bins = Bins::sort(us, first, &mut scratch.places[slots]);
            let terms = &mut scratch.terms[2 * row * dims.output_size..][..2 * dims.output_size];
            let (slopes, certainties) = terms.split_at_mut(dims.output_size);
            plan.reference = ClassTerms::take(&sample, slopes, certainties).reference;
        }
    }

    /// Fills the table of a tile.
    fn fill_tile(&mut self, tile: Tile) {
        for row in 0..self.pass.batch().rows() {
            if self.scratch.samples[row].usual {
                self.fill_by_cubics(row, tile);
            } else {
                self.fill_unusual(row, tile);
            }
        }
    }

    /// Fills the rows of all slots of a sample by its cubics.
    fn fill_by_cubics(&mut self, row: usize, tile: Tile) {
        let (stride, scratch) = (self.pass.dims().hidden_stride(), &mut *self.scratch);
        let Some(series) = &scratch.samples[row].series else { return };
        let (first, values) = self.pass.batch().row_slots(row);
        let powers = &scratch.powers[first..][..values.len()];
        let cubics = [0, 1, 2].map(|r| &scratch.cubics[r][row * stride + tile.column..]);
        fill(series, powers, cubics, tile, &mut scratch.table[first..][..values.len()]);
    }

    /// Fills the rows of a sample bin by bin: by the cubics if they serve all bins, otherwise each bin by a series of the
    /// smallest degree that is certified, or without series. Nothing but the values of the sample and the tile decides.
    #[inline(never)]
    fn fill_unusual(&mut self, row: usize, tile: Tile) {
        let Plan { bins, series, .. } = self.scratch.samples[row];
        let largest_b = self.largest_b(row, tile);
        let mut by_cubics = series.is_some();
        let mut degrees = [None; BINS];
        for bin in 0..bins.count {
            if !bins.slots(bin).is_empty() {
                let u = bins.largest[bin];
                degrees[bin] = certified_degree(u, largest_b);
                // What degree 3 misses is more than what the cubics miss, so its certificate holds for the cubics too.
                by_cubics &= degrees[bin] == Some(3) || u <= TAU && u * largest_b <= TAU;
            }
        }
        if by_cubics {
            return self.fill_by_cubics(row, tile);
        }
        let highest = degrees.iter().fold(0, |highest, degree| degree.unwrap_or(0).max(highest));
        if highest > 0 {
            self.take_series(highest, row, tile);
        }
        let (first, _) = self.pass.batch().row_slots(row);
        for bin in 0..bins.count {
            let slots = bins.slots(bin);
            let slots = first + slots.start..first + slots.end;
            if let Some(degree) = degrees[bin] {
                let Scratch { powers, places, series, table, .. } = &mut *self.scratch;
                fill_series(degree, series, tile, powers, &places[slots], table);
            } else if !slots.is_empty() {
                self.fill_directly(row, tile, slots);
            }
        }
    }

    /// A bound of |bₖ| for the units of a tile; ∞ if a range is too large for the moments.
    fn largest_b(&self, row: usize, tile: Tile) -> f64 {
        let units = self.pass.slope(row).iter().zip(&self.scratch.ranges).skip(tile.column).take(tile.width);
        units.fold(0.0, |largest: f64, (slope, range)| {
            largest.max(if *range <= LARGEST_RANGE { slope * range } else { f64::INFINITY })
        })
    }

    /// Computes the series of a tile's units.
    fn take_series(&mut self, degree: usize, row: usize, tile: Tile) {
        let Scratch { samples, terms, series, .. } = &mut *self.scratch;
        let sample = with_terms(self.pass, row, &samples[row], terms);
        for (v, series) in series[..tile.width.div_ceil(LANES)].iter_mut().enumerate() {
            series.take(degree, sample.terms, &sample.sample, units(self.pass, self.w2_transposed, row, tile, v));
        }
    }

    /// Fills the rows of some sorted slots without series.
    fn fill_directly(&mut self, row: usize, tile: Tile, slots: Range<usize>) {
        let Scratch { samples, terms, powers, places, table, classes, .. } = &mut *self.scratch;
        let (sample, places) = (with_terms(self.pass, row, &samples[row], terms), &places[slots]);
        for v in 0..tile.width.div_ceil(LANES) {
            let units = units(self.pass, self.w2_transposed, row, tile, v);
            let z = self.pass.hidden_pre(row).as_chunks::<LANES>().0[units.vector];
            for place in places.iter().map(|place| *place as usize) {
                let out = &mut table[place].0.as_chunks_mut::<LANES>().0[v];
                sample.difference(units, z, powers[place].u, classes).store(out);
            }
        }
    }
}

/// The units of a vector of a tile.
#[inline(never)]
fn units<'a>(pass: Evaluated, w2_transposed: &'a [f64], row: usize, tile: Tile, vector: usize) -> Units<'a> {
    let vector = tile.column / LANES + vector;
    let lanes = |values: &[f64]| F64x2::load(&values.as_chunks::<LANES>().0[vector]);
    Units {
        weights: w2_transposed.as_chunks::<LANES>().0,
        vectors: pass.dims().hidden_stride() / LANES,
        vector,
        hidden: lanes(pass.hidden(row)),
        slope: lanes(pass.slope(row)),
    }
}
