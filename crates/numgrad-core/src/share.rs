//! The hidden units that one member of a team computes, and what the members tell each other.
//!
//! A team is several sessions of one network, each in a thread and a memory of its own. Each member computes its own
//! hidden units: their columns of W1 and b1, their rows of W2, and in the last member b2, which is the row of the bias.
//! Logits and probabilities are sums over all units, so each member tells the others its activations and its rows of W2,
//! and then computes all of them itself.
//!
//! Every number is computed by the same operations as in a session that works alone, and every sum has the same order.
//! So the bits do not depend on the number of members. That needs shares that start at a multiple of [`UNITS`]: the tiles
//! of a share's central differences are then tiles of the whole layer.

use crate::simd::LANES;
use core::ops::Range;

/// Every share but the last is a multiple of this many units. A tile of the central differences has as many, and its
/// largest slope decides about the degree of its series.
pub const UNITS: usize = 8;

/// Neighbouring hidden units, which one member of a team computes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Share {
    units: Range<usize>,
    hidden_size: usize,
}

impl Share {
    /// All units: the share of a session that works alone.
    pub fn all(hidden_size: usize) -> Self {
        Self { units: 0..hidden_size, hidden_size }
    }

    /// Some of the units.
    ///
    /// # Panics
    /// If there is no unit, or the share does not start at a multiple of [`UNITS`], or it ends neither there nor at the
    /// last unit.
    pub fn new(units: Range<usize>, hidden_size: usize) -> Self {
        assert!(units.start < units.end && units.end <= hidden_size, "a share without units");
        assert!(
            units.start.is_multiple_of(UNITS) && (units.end.is_multiple_of(UNITS) || units.end == hidden_size),
            "a share of half a tile"
        );
        Self { units, hidden_size }
    }

    /// The units: the own columns of W1.
    pub fn units(&self) -> Range<usize> {
        self.units.clone()
    }

    /// The own rows of W2: those of the units and, in the last share, the bias.
    pub fn units_and_bias(&self) -> Range<usize> {
        self.units.start..self.units.end + usize::from(self.is_last())
    }

    /// The own elements of a row of hidden units: whole vectors, in the last share with the bias and the padding.
    pub fn padded_units(&self) -> Range<usize> {
        self.units.start..self.units_and_bias().end.next_multiple_of(LANES)
    }

    fn is_last(&self) -> bool {
        self.units.end == self.hidden_size
    }
}
