//! The slots of a sample, sorted into bins by |u|, so that a few large values do not raise the degree of all.

use crate::kernels::vector::larger;

/// Number of bins. The largest |u| of each is 4 times that of the one before: 2⁻¹², 2⁻¹⁰, …, 1, ∞.
pub const BINS: usize = 8;

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
            bins.largest[bin] = larger(bins.largest[bin], u.abs());
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

    /// All slots of a sample in one bin, in their order.
    ///
    /// - `largest`: the largest |u|.
    pub fn single(largest: f64, first: usize, places: &mut [u32]) -> Self {
        for (slot, place) in (first..).zip(&mut *places) {
            *place = slot as u32;
        }
        let mut bins = Self { count: 1, ..Self::default() };
        bins.start[1] = places.len() as u32;
        bins.largest[0] = largest;
        bins
    }

    /// Where the slots of a bin stand among the sorted ones.
    pub fn slots(&self, bin: usize) -> core::ops::Range<usize> {
        self.start[bin] as usize..self.start[bin + 1] as usize
    }
}

/// The number of the bin of u. An infinite u goes into the last one.
#[inline]
fn bin_of(u: f64) -> usize {
    // For 2ⁱ⁻¹ < |u| ≤ 2ⁱ these bits are i + 1022, the exponent of the float64 before |u|.
    let exponent = (u.abs().to_bits().saturating_sub(1) >> 52) as usize;
    const LAST: usize = BINS - 1;
    ((exponent + 1).saturating_sub(1024 - 2 * LAST) / 2).min(LAST)
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
        assert_eq!(bins.largest, [6e-5, 6e-4, 0.0, 0.0, 0.0, 0.1, 0.0, f64::INFINITY]);
        assert_eq!((bins.slots(0), bins.slots(4), bins.slots(7)), (0..2, 4..4, 5..9));
        // A power of two is the largest of its bin.
        assert_eq!([0.25_f64.powi(7), 0.25_f64.powi(6), 0.0625, 0.0626, 1.0, 1.001].map(bin_of), [0, 0, 4, 5, 6, 7]);
        assert_eq!(Bins::single(1e-5, 4, &mut places).slots(0), 0..9);
        assert_eq!(places, [4, 5, 6, 7, 8, 9, 10, 11, 12]);
    }
}
