//! Row-major matrices: the weighted sum of rows, of which every layer consists.

use crate::simd::{F64x2, LANES};
use core::ops::Range;

/// Most vectors of a tile in the sums of the first layer, whose entries are many: each tile is a pass over all of them.
/// The accumulators, a factor and a product must fit into the sixteen registers of x86-64, but tiles of nine vectors
/// already take longer on a Xeon. The compiler unrolls loops of so many rounds and not more (`.cargo/config.toml`).
pub const WIDE: usize = 7;

/// The same in all other sums. The book's ten classes are one tile.
pub const NARROW: usize = 5;

/// Some neighbouring columns, worked on at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tile {
    /// First column.
    pub column: usize,
    /// Number of columns: those of all vectors of a tile; or 1, the last of an odd number of columns.
    pub width: usize,
}

/// The tiles of some neighbouring columns in which sums are formed. Each tile is a pass over the same entries, so there are
/// few: with tiles of up to seven vectors the book's 25 vectors take four, 6 + 6 + 6 + 7.
///
/// `widest` is [`WIDE`] or [`NARROW`]. Each width is code of its own, so there are only tiles of so many vectors, of one
/// less, of four and of one, then the last of an odd number of columns.
pub fn sum_tiles(columns: Range<usize>, widest: usize) -> impl Iterator<Item = Tile> {
    let Range { start: mut column, end } = columns;
    core::iter::from_fn(move || {
        let width = sum_width(end - column, widest);
        column += width;
        (width > 0).then_some(Tile { column: column - width, width })
    })
}

/// Columns of the first of the tiles of so many columns; 0 if there is none.
#[inline(never)] // one copy is enough where speed does not matter
fn sum_width(columns: usize, widest: usize) -> usize {
    let vectors = columns / LANES;
    let passes = vectors.div_ceil(widest);
    // How many tiles have to be narrower by one vector.
    let missing = widest * passes - vectors;
    let width = match vectors {
        0 => return columns,
        _ if missing == 0 => widest,
        _ if missing <= passes => widest - 1,
        // With wide tiles ten vectors take 4 + 6. With narrow ones six vectors take 5 + 1, because 4 + 1 + 1 is more.
        4.. if widest == WIDE => 4,
        _ if vectors > widest => widest,
        _ => 1,
    };
    width * LANES
}

/// Runs `$vectors` with the number of vectors of a tile as the constant `$T`, or `$column` if the tile is the last of an odd
/// number of columns. Each of the numbers is code of its own.
macro_rules! with_width {
    ($width:expr, [$($number:literal)*; $most:literal], $T:ident => $vectors:expr, 1 => $column:expr) => {
        match $width / $crate::simd::LANES {
            0 => $column,
            $($number => {
                const $T: usize = $number;
                $vectors
            })*
            vectors => {
                debug_assert_eq!(vectors, $most, "vectors of a tile");
                const $T: usize = $most;
                $vectors
            }
        }
    };
}

/// [`with_width`] for the tiles of [`sum_tiles`] up to [`WIDE`].
macro_rules! with_wide {
    ($width:expr, $($code:tt)*) => {
        $crate::kernels::matrix::with_width!($width, [1 4 6; 7], $($code)*)
    };
}
pub(crate) use {with_wide, with_width};

/// `out += Σ x · W[row, :]` over the given pairs (start of the row in `w`, x), in their order.
///
/// - `w`: row-major with `cols` columns, so that row r starts at r · cols.
/// - `out`: at least `cols` values, of which the first `cols` change.
///
/// With the pairs of a sparse row (zeros left out) and a last pair (start of the bias row, 1) this is the affine map
/// x W + b of a layer. With the pairs of all rows it is a row of a matrix product. Every column is a sum of its own, in
/// the order of the pairs, so the tiles have no effect on the bits.
///
/// # Panics
/// If `out` is shorter than `cols`, if `w` is shorter than a row, or (in a debug build, see [`Windows`]) if a row lies
/// outside `w`.
///
/// ```
/// let w = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]; // 3 rows, 2 columns
/// let mut out = [0.0; 2];
/// numgrad_core::kernels::matrix::add_weighted_rows(&mut out, [(0, 10.0), (4, 1.0)].into_iter(), &w, 2);
/// assert_eq!(out, [15.0, 26.0]);
/// ```
#[inline(never)]
pub fn add_weighted_rows<I>(out: &mut [f64], rows: I, w: &[f64], cols: usize)
where
    I: Iterator<Item = (usize, f64)> + Clone,
{
    for Tile { column, width } in sum_tiles(0..cols, NARROW) {
        let rows = rows.clone();
        with_width!(width, [1 4; 5],
            T => add_tile::<T, I>(out, rows, w, column),
            1 => add_column(out, rows, w, column)
        );
    }
}

/// [`add_weighted_rows`] for a tile of up to [`WIDE`] vectors. A caller with one `w` and many `out`s
/// makes the tiles the outer loop: the columns of the tile in `w` then stay in the cache.
#[inline]
pub fn add_weighted_rows_of_tile<I>(out: &mut [f64], rows: I, w: &[f64], tile: Tile)
where
    I: Iterator<Item = (usize, f64)>,
{
    let Tile { column, width } = tile;
    with_wide!(width,
        T => add_tile::<T, I>(out, rows, w, column),
        1 => add_column(out, rows, w, column)
    );
}

#[inline(always)]
fn add_tile<const T: usize, I>(out: &mut [f64], rows: I, w: &[f64], column: usize)
where
    I: Iterator<Item = (usize, f64)>,
{
    let (out, _) = out[column..][..T * LANES].as_chunks_mut::<LANES>();
    let mut sums: [F64x2; T] = core::array::from_fn(|v| F64x2::load(&out[v]));
    let weights = Windows::new(&w[column..], T * LANES);
    for (start, x) in rows {
        let (weights, _) = weights.at(start).as_chunks::<LANES>();
        let x = F64x2::splat(x);
        for v in 0..T {
            sums[v] += x * F64x2::load(&weights[v]);
        }
    }
    for v in 0..T {
        sums[v].store(&mut out[v]);
    }
}

/// The last of an odd number of columns.
#[inline(always)]
fn add_column(out: &mut [f64], rows: impl Iterator<Item = (usize, f64)>, w: &[f64], column: usize) {
    for (start, x) in rows {
        out[column] += x * w[start + column];
    }
}

/// Each number with the place where its row starts: the pairs of [`add_weighted_rows`] for all rows of a matrix.
pub fn with_starts(x: &[f64], cols: usize) -> impl Iterator<Item = (usize, f64)> + Clone {
    x.iter().enumerate().map(move |(row, &x)| (row * cols, x))
}

/// Windows of neighbouring values anywhere in a slice, for loops that do little else but load one.
///
/// The places of windows come from lists that were made for the slice, so a place beyond the last window is a bug of
/// the core. In a debug build, as in the tests, it panics; in a release build it gives the last window. A panic branch
/// in such a loop costs 10 % of the forward pass, because V8 does not unroll loops with a second exit. The compiler
/// sees that no window ends behind the slice, and adds no check.
#[derive(Clone, Copy)]
pub struct Windows<'a, T> {
    values: &'a [T],
    length: usize,
    last: usize,
}

impl<'a, T> Windows<'a, T> {
    /// Windows of `length` values.
    ///
    /// # Panics
    /// If the slice is shorter than a window.
    #[inline(always)]
    pub fn new(values: &'a [T], length: usize) -> Self {
        assert!(length <= values.len(), "the slice is shorter than a window");
        Self { values, length, last: values.len() - length }
    }

    /// The window that starts at `start`.
    #[inline(always)]
    pub fn at(&self, start: usize) -> &'a [T] {
        debug_assert!(start <= self.last, "the window lies outside the slice");
        &self.values[start.min(self.last)..][..self.length]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The widths of the tiles of some columns, which they must cover in order.
    fn widths(columns: Range<usize>, widest: usize) -> Vec<usize> {
        let mut next = columns.start;
        let tiles = sum_tiles(columns.clone(), widest).map(|tile| {
            assert_eq!(tile.column, next);
            next += tile.width;
            tile.width
        });
        let widths = tiles.collect();
        assert_eq!(next, columns.end);
        widths
    }

    #[test]
    fn sums_take_as_few_passes_as_their_widest_tiles_can() {
        assert_eq!(widths(0..50, WIDE), [12, 12, 12, 14]);
        assert_eq!(widths(24..50, WIDE), [12, 14]);
        assert_eq!(widths(0..24, WIDE), [12, 12]);
        assert_eq!(widths(0..20, WIDE), [8, 12]);
        assert_eq!(widths(7..20, WIDE), [12, 1]);
        assert_eq!(widths(0..50, NARROW), [10; 5]);
        assert_eq!(widths(24..50, NARROW), [8, 8, 10]);
        assert_eq!(widths(7..22, NARROW), [10, 2, 2, 1]);
        assert_eq!(widths(3..3, NARROW), []);
        for (widest, least) in [(WIDE, 10), (NARROW, 12)] {
            for vectors in least..200 {
                assert_eq!(widths(0..2 * vectors, widest).len(), vectors.div_ceil(widest));
                assert_eq!(widths(1..2 * vectors + 2, widest).len(), vectors.div_ceil(widest) + 1);
            }
        }
    }

    #[test]
    fn a_window_holds_the_neighbours_from_its_start_on() {
        let windows = Windows::new(&[1, 2, 3, 4], 3);
        assert_eq!(windows.at(0), [1, 2, 3]);
        assert_eq!(windows.at(1), [2, 3, 4]);
    }

    #[test]
    #[cfg(debug_assertions)]
    #[should_panic(expected = "the window lies outside the slice")]
    fn a_debug_build_finds_a_window_outside_the_slice() {
        Windows::new(&[1, 2, 3, 4], 3).at(2);
    }

    #[test]
    #[should_panic(expected = "the slice is shorter than a window")]
    fn a_slice_that_is_too_short_has_no_window() {
        Windows::new(&[1, 2], 3);
    }

    #[test]
    fn weighted_rows_have_the_bits_of_a_double_loop_for_every_number_of_columns() {
        for cols in 1..40 {
            let w: Vec<f64> = (0..5 * cols).map(|i| ((i * 7919) % 1013) as f64 / 1013.0 - 0.5).collect();
            let pairs = [(0, 0.3), (3, -1.7), (4, 1.0), (3, 1e-3)];
            let mut expected = vec![0.25; cols];
            for (row, x) in pairs {
                for c in 0..cols {
                    expected[c] += x * w[row * cols + c];
                }
            }
            let mut out = vec![0.25; cols + 3];
            out[cols..].fill(f64::NAN);
            add_weighted_rows(&mut out, pairs.into_iter().map(|(row, x)| (row * cols, x)), &w, cols);
            assert_eq!(&out[..cols], expected, "{cols} columns");
            assert!(out[cols..].iter().all(|x| x.is_nan()), "wrote past the last column");
        }
    }
}
