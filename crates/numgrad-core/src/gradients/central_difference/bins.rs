//! The slots of a sample, sorted into bins by |u|, so that a few large values do not raise the degree of all.

use super::coefficients::TAU;

/// Number of bins.
pub const BINS: usize = 7;

/// The largest |u| of each bin but the last. About as far go B2 and degree 3 (for a small b), 5 (b = 1), 5, 7 and 11.
const EDGES: [f64; BINS - 1] = [TAU, 4.9e-4, 2e-3, 9.1e-3, 3.9e-2, 0.17];

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
    /// Sorts the slots of a sample.
    ///
    /// - `values`: x of the slots, the first of which has the number `first`.
    /// - `us`, `places`: u = h x and the number of each slot, in the order of the bins; as long as `values`.
    #[inline(never)]
    pub fn sort(h: f64, values: &[f64], first: usize, us: &mut [f64], places: &mut [u32]) -> Self {
        let mut bins = Self::default();
        for x in values {
            let (u, bin) = place(h, *x);
            bins.count = bins.count.max(bin + 1);
            bins.start[bin + 1] += 1;
            bins.largest[bin] = bins.largest[bin].max(u.abs());
        }
        for i in 0..BINS {
            bins.start[i + 1] += bins.start[i];
        }
        let mut next = bins.start;
        for (slot, x) in (first..).zip(values) {
            let (u, bin) = place(h, *x);
            us[next[bin] as usize] = u;
            places[next[bin] as usize] = slot as u32;
            next[bin] += 1;
        }
        bins
    }

    /// Where the slots of a bin stand among the sorted ones.
    pub fn slots(&self, bin: usize) -> core::ops::Range<usize> {
        self.start[bin] as usize..self.start[bin + 1] as usize
    }
}

/// u = h x and the number of its bin. An infinite u goes into the last bin.
#[inline(never)]
fn place(h: f64, x: f64) -> (f64, usize) {
    let u = h * x;
    (u, EDGES.iter().filter(|edge| !(u.abs() <= **edge)).count())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_slot_is_in_the_bin_of_its_size() {
        let values = [1.0, -2.5, 3e-5, 0.0, 2e-4, -700.0, f64::MAX, 0.05, 3e-4];
        let (mut us, mut places) = ([f64::NAN; 9], [0; 9]);
        let bins = Bins::sort(2.0, &values, 4, &mut us, &mut places);
        assert_eq!(places, [6, 7, 8, 12, 11, 4, 5, 9, 10]);
        assert!(us.iter().zip(places).all(|(u, place)| *u == 2.0 * values[place as usize - 4]));
        assert_eq!(bins.largest, [6e-5, 4e-4, 6e-4, 0.0, 0.0, 0.1, f64::INFINITY]);
        assert_eq!((bins.slots(0), bins.slots(4), bins.slots(6)), (0..2, 4..4, 5..9));
    }
}
