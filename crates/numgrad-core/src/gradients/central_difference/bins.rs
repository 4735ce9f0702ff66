//! The slots of a sample, sorted into bins by |u|, so that a few large values do not raise the degree of all.

use super::coefficients::TAU;

/// Number of bins.
pub const BINS: usize = 7;

/// The largest |u| of each bin. The cubics reach about as far, and degrees 3 (for a small b), 5 (for b = 1), 5, 7 and 11
/// (each for a small b).
const EDGES: [f64; BINS] = [TAU, 4.9e-4, 2e-3, 9.1e-3, 3.9e-2, 0.17, f64::INFINITY];

/// The bins of one sample.
#[derive(Clone, Copy, Debug, Default)]
pub struct Bins {
    /// Number of bins up to the last one that is not empty.
    pub count: usize,
    /// The slots of bin i are `start[i]..start[i + 1]` of the sorted ones.
    start: [u32; BINS + 1],
    /// The largest |u| of each bin, 0 if it is empty.
    pub largest: [f64; BINS],
}

impl Bins {
    /// Sorts the slots of a sample, given u = h x of each.
    ///
    /// - `first`: the number of the first slot.
    /// - `places`: the numbers of the slots in the order of the bins, as many as there are slots.
    #[inline(never)]
    pub fn sort(us: impl Iterator<Item = f64> + Clone, first: usize, places: &mut [u32]) -> Self {
        let mut bins = Self::default();
        for u in us.clone() {
            let bin = bin_of(u);
            bins.count = bins.count.max(bin + 1);
            bins.start[bin + 1] += 1;
            bins.largest[bin] = bins.largest[bin].max(u.abs());
        }
        for i in 0..BINS {
            bins.start[i + 1] += bins.start[i];
        }
        let mut next = bins.start;
        for (slot, u) in (first..).zip(us) {
            let place = &mut next[bin_of(u)];
            places[*place as usize] = slot as u32;
            *place += 1;
        }
        bins
    }

    /// Where the slots of a bin stand among the sorted ones.
    pub fn slots(&self, bin: usize) -> core::ops::Range<usize> {
        self.start[bin] as usize..self.start[bin + 1] as usize
    }
}

/// The number of the bin of u. An infinite u goes into the last one.
#[inline(never)]
fn bin_of(u: f64) -> usize {
    EDGES.iter().position(|edge| u.abs() <= *edge).unwrap_or(BINS - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_slot_is_in_the_bin_of_its_size() {
        let values = [1.0, -2.5, 3e-5, 0.0, 2e-4, -700.0, f64::MAX, 0.05, 3e-4];
        let mut places = [0; 9];
        let bins = Bins::sort(values.iter().map(|x| 2.0 * x), 4, &mut places);
        assert_eq!(places, [6, 7, 8, 12, 11, 4, 5, 9, 10]);
        assert_eq!(bins.largest, [6e-5, 4e-4, 6e-4, 0.0, 0.0, 0.1, f64::INFINITY]);
        assert_eq!((bins.slots(0), bins.slots(4), bins.slots(6)), (0..2, 4..4, 5..9));
    }
}
