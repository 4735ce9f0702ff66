//! The gradient of [`super::plain`], fast: coefficients for each (sample, unit), then for each tile of units the table
//! and its sums by input, then the second layer.

use super::bins::Bins;
use super::certificate::{SMALLEST, certified_degree};
use super::coefficients::{self, LogSeries, UnitCubics, certified, largest_b, unit_cubics, weight_ranges};
use super::direct::Sample;
use super::direct_lanes::LaneSample;
use super::moves::Move;
use super::second_layer::SecondLayer;
use super::series::{ClassTerms, Curvatures, UnitSeries, Units, cubic};
use super::table::{Row, TABLE_TILE, Table, fill, fill_any, fill_series, table_tiles};
use crate::gradients::input_sums::Sum;
use crate::kernels::matrix::Tile;
use crate::kernels::vector::largest_size;
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
    /// Of usual samples: κA₁, κA₂, κA₃, or λ₁, λ₂, λ₃; each [rows, hidden_stride].
    cubics: [Vec<f64>; 3],
    /// Of each slot: powers of u if its sample is usual, otherwise exponentials.
    moves: Vec<Move>,
    /// l₊ − l₋ for each slot and the units of a tile.
    table: Vec<Row>,
    /// maxₖ w₂ − minₖ w₂ of each unit.
    ranges: Vec<f64>,
    /// A bound of |b| over all units and classes, for each sample.
    bounds: Vec<f64>,
    /// The terms of the classes of the samples that need them, [rows, 2, output_size].
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
    /// The coefficients of the logarithm; `None` for soft targets, and for a label of next to no probability.
    series: Option<LogSeries>,
    /// Whether cubics serve all slots and units.
    usual: bool,
    /// The most probable class, if the sample has terms.
    reference: usize,
    /// The slots, sorted by |u|, if the sample is not usual.
    bins: Bins,
}

/// A sample with its terms, which [`Prepared::prepare_sample`] has computed.
#[inline(never)]
fn with_terms<'a>(pass: Evaluated<'a>, row: usize, plan: &Plan, terms: &'a [f64]) -> LaneSample<'a> {
    let classes = pass.dims().output_size;
    let (derivatives, certainties) = terms[2 * row * classes..][..2 * classes].split_at(classes);
    let terms = ClassTerms { reference: plan.reference, derivatives, certainties };
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
            moves: zeros(slots),
            table: zeros(slots),
            ranges: zeros(dims.hidden_stride()),
            bounds: zeros(PART_ROWS),
            terms: zeros(PART_ROWS * 2 * dims.output_size),
            places: zeros(slots),
            series: [UnitSeries::zero(); TABLE_TILE],
            second: SecondLayer::new(dims),
            classes: zeros(LANES * dims.output_size),
        }
    }

    /// Computes the bounds of |b| of a batch over the own units.
    ///
    /// - `w2`: [hidden_size, output_size], of which the rows of the own units are read.
    pub fn take_bounds(&mut self, pass: Evaluated, w2: &[f64]) {
        let units = pass.share().units();
        let ranges = &mut self.ranges[units.clone()];
        weight_ranges(w2.chunks_exact(pass.dims().output_size).skip(units.start), ranges);
        for (row, bound) in self.bounds.iter_mut().enumerate().take(pass.batch().rows()) {
            *bound = largest_b(&pass.slope(row)[units.clone()], ranges);
        }
    }

    /// The bound of |b| of each sample over the own units, which becomes that over all units.
    pub fn bounds_mut(&mut self) -> &mut [f64] {
        &mut self.bounds
    }

    /// Computes the coefficients of a batch, whose bounds have been taken.
    ///
    /// - `w2_transposed`: [output_size, hidden_stride], with which the batch was evaluated.
    pub fn prepare<'a>(&'a mut self, pass: Evaluated<'a>, w2_transposed: &'a [f64], h: f64) -> Prepared<'a> {
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
        for tile in table_tiles(self.pass.share().units()) {
            self.fill_tile(tile);
            let table = Table { slots, rows: &self.scratch.table };
            table.add_up(sum, tile, grads, hidden_size);
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
        let own = pass.share().padded_units();
        for row in 0..pass.batch().rows() {
            let hidden = &pass.hidden(row)[own.clone()];
            match &samples[row].series {
                Some(series) if certified(h, 1.0) => second.add_by_cubic(series, h, pass.probs(row), hidden),
                // These samples have terms.
                _ => second.add(&with_terms(pass, row, &samples[row], terms), h, hidden, classes),
            }
        }
        let rows = pass.share().units_and_bias();
        for (j, grads) in grads.chunks_exact_mut(dims.output_size).skip(rows.start).take(rows.len()).enumerate() {
            for (k, grad) in grads.iter_mut().enumerate() {
                *grad = second.sums[k * own.len() + j] * sum.scale;
            }
        }
    }

    /// Plans how a sample is evaluated, and computes what is the same for all tiles.
    fn prepare_sample(&mut self, row: usize) {
        let (pass, dims, h, scratch) = (self.pass, self.pass.dims(), self.h, &mut *self.scratch);
        let (first, values) = pass.batch().row_slots(row);
        let largest_u = (h * largest_size(values)).abs();
        let largest_b = scratch.bounds[row];
        let sample = Sample::of(pass, row);
        let series = LogSeries::new(&sample);
        let plan = &mut scratch.samples[row];
        plan.series = series;
        plan.usual = certified(largest_u, largest_b);
        if !(plan.usual && series.is_some() && certified(h, 1.0)) {
            let terms = &mut scratch.terms[2 * row * dims.output_size..][..2 * dims.output_size];
            let (derivatives, certainties) = terms.split_at_mut(dims.output_size);
            plan.reference = ClassTerms::take(&sample, derivatives, certainties).reference;
        }
        let moves = scratch.moves[first..].iter_mut().zip(values);
        if plan.usual {
            moves.for_each(|(powers, x)| *powers = Move::powers(h * x));
            self.take_cubics(row);
        } else {
            moves.for_each(|(exponentials, x)| *exponentials = Move::exponentials(h * x));
            let places = &mut scratch.places[first..][..values.len()];
            plan.bins = if certified_degree(largest_u, largest_b) == Some(SMALLEST) {
                Bins::single(largest_u, first, places)
            } else {
                Bins::sort(values.iter().map(|x| h * x), first, places)
            };
        }
    }

    /// Computes the cubics of all units of a usual sample.
    fn take_cubics(&mut self, row: usize) {
        let (pass, stride, own) = (self.pass, self.pass.dims().hidden_stride(), self.pass.share().padded_units());
        let Scratch { samples, cubics, terms, classes, .. } = &mut *self.scratch;
        let [a1, a2, a3] = cubics.each_mut().map(|values| &mut values[row * stride..][own.clone()]);
        if let Some(series) = &samples[row].series {
            let (hidden, slope) = (&pass.hidden(row)[own.clone()], &pass.slope(row)[own.clone()]);
            let units = coefficients::Units { hidden, slope, weights: &self.w2_transposed[own.start..], stride };
            unit_cubics(series, pass.probs(row), units, UnitCubics { a1, a2, a3 });
            return;
        }
        let sample = with_terms(pass, row, &samples[row], terms);
        let curvatures = Curvatures::take(sample.terms, sample.sample.target, classes);
        let out = a1.as_chunks_mut().0.iter_mut().zip(a2.as_chunks_mut().0).zip(a3.as_chunks_mut().0);
        for (v, ((a1, a2), a3)) in out.enumerate() {
            let units = units(pass, self.w2_transposed, row, own.start / LANES + v);
            let [l1, l2, l3] = cubic(sample.terms, &sample.sample, units, curvatures);
            l1.store(a1);
            l2.store(a2);
            l3.store(a3);
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
        let (pass, scratch) = (self.pass, &mut *self.scratch);
        let (first, values) = pass.batch().row_slots(row);
        let (moves, rows) = (&scratch.moves[first..][..values.len()], &mut scratch.table[first..][..values.len()]);
        let start = row * pass.dims().hidden_stride() + tile.column;
        let [a1, a2, a3] = scratch.cubics.each_ref().map(|values| &values[start..]);
        match &scratch.samples[row].series {
            Some(series) => fill(series, [a1, a2, a3], moves, tile, rows),
            None => {
                let (s, a) = (&pass.hidden(row)[tile.column..], &pass.slope(row)[tile.column..]);
                fill_any([s, a, a1, a2, a3], moves, tile, rows);
            }
        }
    }

    /// Fills the rows of a sample bin by bin: each bin by a series of the smallest degree that is certified, or without
    /// series. Nothing but the values of the sample and the tile decides.
    #[inline(never)]
    fn fill_unusual(&mut self, row: usize, tile: Tile) {
        let Plan { bins, .. } = self.scratch.samples[row];
        let slopes = &self.pass.slope(row)[tile.column..][..tile.width];
        let largest_b = largest_b(slopes, &self.scratch.ranges[tile.column..]);
        // From the largest u to the smallest, so that the first series has all coefficients that the others need.
        let (first, _) = self.pass.batch().row_slots(row);
        let mut highest = 0;
        for bin in (0..bins.count).rev() {
            let slots = bins.slots(bin);
            let slots = first + slots.start..first + slots.end;
            if slots.is_empty() {
                continue;
            }
            let Some(degree) = certified_degree(bins.largest[bin], largest_b) else {
                self.fill_directly(row, tile, slots);
                continue;
            };
            if highest == 0 {
                highest = degree;
                self.take_series(highest, row, tile);
            }
            let Scratch { moves, places, series, table, .. } = &mut *self.scratch;
            fill_series(degree, series, tile, moves, &places[slots], table);
        }
    }

    /// Computes the series of a tile's units.
    fn take_series(&mut self, degree: usize, row: usize, tile: Tile) {
        let Scratch { samples, terms, series, classes, .. } = &mut *self.scratch;
        let sample = with_terms(self.pass, row, &samples[row], terms);
        let curvatures = Curvatures::take(sample.terms, sample.sample.target, classes);
        for (v, series) in series[..tile.width.div_ceil(LANES)].iter_mut().enumerate() {
            let units = units(self.pass, self.w2_transposed, row, tile.column / LANES + v);
            series.take(degree, sample.terms, &sample.sample, units, curvatures);
        }
    }

    /// Fills the rows of some sorted slots without series.
    fn fill_directly(&mut self, row: usize, tile: Tile, slots: Range<usize>) {
        let Scratch { samples, terms, places, table, classes, .. } = &mut *self.scratch;
        let (first, values) = self.pass.batch().row_slots(row);
        let (sample, places) = (with_terms(self.pass, row, &samples[row], terms), &places[slots]);
        for v in 0..tile.width.div_ceil(LANES) {
            let units = units(self.pass, self.w2_transposed, row, tile.column / LANES + v);
            let z = self.pass.hidden_pre(row).as_chunks::<LANES>().0[units.vector];
            for place in places.iter().map(|place| *place as usize) {
                let out = &mut table[place].0.as_chunks_mut::<LANES>().0[v];
                sample.difference(units, z, self.h * values[place - first], classes).store(out);
            }
        }
    }
}

/// The units of a vector.
#[inline(always)]
fn units<'a>(pass: Evaluated, w2_transposed: &'a [f64], row: usize, vector: usize) -> Units<'a> {
    let lanes = |values: &[f64]| F64x2::load(&values.as_chunks::<LANES>().0[vector]);
    Units {
        weights: w2_transposed.as_chunks::<LANES>().0,
        vectors: pass.dims().hidden_stride() / LANES,
        vector,
        hidden: lanes(pass.hidden(row)),
        slope: lanes(pass.slope(row)),
    }
}
