//! The formulas of [`super::direct`] for two hidden units at a time.
//!
//! They are exact to a few units in the last place, as those are. Where these formulas would lose digits, or a shift is
//! large, both units are evaluated by [`Sample::loss_change`].

use super::direct::{LARGE_SHIFT, Sample, hidden_change};
use super::series::{ClassTerms, Units};
use crate::elementary::{expm1, expm1_lanes, log1p_lanes};
use crate::samples::targets::Target;
use crate::simd::{F64x2, LANES};

/// A sample and what its evaluation needs.
pub struct LaneSample<'a> {
    /// The sample.
    pub sample: Sample<'a>,
    /// Its terms.
    pub terms: ClassTerms<'a>,
}

/// Whether both lanes are above −½. False for NaN.
#[inline(always)]
fn above_minus_half(x: F64x2) -> bool {
    let [a, b] = x.to_array();
    a > -0.5 && b > -0.5
}

impl LaneSample<'_> {
    /// l₊ − l₋ if the pre-activations z of two units move by ±u.
    ///
    /// - `scratch`: two numbers for each class.
    #[inline(never)]
    pub fn difference(&self, units: Units, z: [f64; LANES], u: f64, scratch: &mut [f64]) -> F64x2 {
        let mut difference = F64x2::splat(0.0);
        // First −l₋, then l₊: one copy of the code serves both.
        for u in [-u, u] {
            let delta = if u.abs() <= 1.0 {
                let m = F64x2::splat(expm1(u));
                units.slope * m / (1.0 + units.hidden * m)
            } else {
                let (s, a) = (units.hidden.to_array(), units.slope.to_array());
                F64x2::new(hidden_change(z[0], s[0], a[0], u), hidden_change(z[1], s[1], a[1], u))
            };
            let change = self.loss_change(units, delta, scratch);
            difference = change.unwrap_or_else(|| self.loss_change_apart(units, delta, scratch)) - difference;
        }
        difference
    }

    /// l' − l if the activations of two units move; `None` if a lane needs the other formulas.
    #[inline(always)]
    fn loss_change(&self, units: Units, delta: F64x2, scratch: &mut [f64]) -> Option<F64x2> {
        let reference = match self.sample.target {
            Target::Label(label) => label,
            Target::Soft(_) => self.terms.reference,
        };
        let own = units.weight(reference);
        let (mut sum, mut largest) = (F64x2::splat(0.0), F64x2::splat(0.0));
        let exps = scratch.as_chunks_mut::<LANES>().0;
        for (k, (p, exp)) in self.sample.probs.iter().zip(&mut *exps).enumerate() {
            let d = delta * (units.weight(k) - own);
            let value = expm1_lanes(d);
            largest = largest.max(d.abs());
            value.store(exp);
            sum += *p * value;
        }
        // A NaN among the shifts makes the sum NaN.
        if largest.any_greater(F64x2::splat(LARGE_SHIFT)) {
            return None;
        }
        for exp in &mut *exps {
            (F64x2::load(exp) - sum).store(exp);
        }
        self.change(sum, exps)
    }

    /// l' − l = −Σ tₖ log1p(cₖ nₖ / (1 + S)), given S and the nₖ; `None` if a lane needs the other formulas.
    #[inline(never)]
    fn change(&self, sum: F64x2, numerators: &[[f64; LANES]]) -> Option<F64x2> {
        if !above_minus_half(sum) {
            return None;
        }
        let inverse = 1.0 / (1.0 + sum);
        let mut change = F64x2::splat(0.0);
        for k in self.sample.target.classes() {
            let weight = self.sample.target.weight(k);
            if weight != 0.0 {
                let z = self.terms.certainties[k] * F64x2::load(&numerators[k]) * inverse;
                if !above_minus_half(z) {
                    return None;
                }
                change = change - weight * log1p_lanes(z);
            }
        }
        Some(change)
    }

    /// l' − l by the formulas for one unit.
    #[inline(never)]
    fn loss_change_apart(&self, units: Units, delta: F64x2, scratch: &mut [f64]) -> F64x2 {
        let mut changes = [0.0; LANES];
        for lane in 0..LANES {
            let (delta, weight) = (delta.to_array()[lane], |k: usize| units.weight(k).to_array()[lane]);
            changes[lane] = self.sample.loss_change(&|k, r| delta * (weight(k) - weight(r)), scratch);
        }
        F64x2::load(&changes)
    }

    /// l' − l if logit k alone moves by d, given expm1(d) for two units and Σ_{q≠k} p_q; `None` if a lane needs the
    /// other formulas.
    ///
    /// - `scratch`: two numbers for each class.
    #[inline(always)]
    pub fn logit_change(&self, k: usize, others: f64, exp: F64x2, scratch: &mut [f64]) -> Option<F64x2> {
        let sum = self.sample.probs[k] * exp;
        let numerators = scratch.as_chunks_mut::<LANES>().0;
        for q in self.sample.target.classes() {
            if q == k { others * exp } else { -sum }.store(&mut numerators[q]);
        }
        self.change(sum, numerators)
    }
}
