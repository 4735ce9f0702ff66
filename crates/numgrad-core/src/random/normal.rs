//! Marsaglia's polar method for normal values, as in NumPy's legacy generator.

use crate::elementary::ln;
use crate::simd::F64x2;

/// Random words of one try: two for each of the two coordinates.
pub const TRY_WORDS: usize = 4;

/// Tries points (x₁, x₂) of the square [−1, 1)². Each point within the unit circle, as π/4 of them are, gives two
/// independent standard normal values,
///
/// ```text
/// f x₂,  f x₁    with f = √(−2 ln(r²) / r²) and r² = x₁² + x₂² in (0, 1)
/// ```
///
/// - `words`: [tries, 4], random words; 27 bits of one word and 26 bits of the next make a coordinate.
/// - `out`: room for [tries, 2] numbers.
///
/// Returns how many numbers were written.
///
/// # Panics
/// If `out` is too short.
pub fn fill_normal(words: &[u32], out: &mut [f64]) -> usize {
    let (tries, (pairs, _)) = (words.as_chunks::<TRY_WORDS>().0, out.as_chunks_mut::<2>());
    assert!(pairs.len() >= tries.len(), "no room for {} tries", tries.len());
    let mut filled = 0;
    for &[a, b, c, d] in tries {
        let (x1, x2) = (coordinate(a, b), coordinate(c, d));
        let r2 = x1 * x1 + x2 * x2;
        if r2 >= 1.0 || r2 == 0.0 {
            continue;
        }
        let f = F64x2::splat(-2.0 * ln(r2) / r2).sqrt();
        (f * F64x2::new(x2, x1)).store(&mut pairs[filled]);
        filled += 1;
    }
    2 * filled
}

/// A number in [−1, 1), a multiple of 2⁻⁵².
fn coordinate(high: u32, low: u32) -> f64 {
    let uniform = (f64::from(high >> 5) * 67_108_864.0 + f64::from(low >> 6)) / 9_007_199_254_740_992.0;
    2.0 * uniform - 1.0
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The two words of a coordinate.
    fn words_of(x: f64) -> [u32; 2] {
        let bits = ((x + 1.0) / 2.0 * 9_007_199_254_740_992.0) as u64;
        [((bits >> 26) << 5) as u32, ((bits & ((1 << 26) - 1)) << 6) as u32]
    }

    #[test]
    fn points_outside_the_circle_and_its_centre_are_left_out() {
        let points = [(0.0, 0.0), (0.5, -0.25), (-1.0, 0.0), (0.75, 0.75), (-0.125, 0.5)];
        let words: Vec<u32> = points.iter().flat_map(|&(x1, x2)| [words_of(x1), words_of(x2)].concat()).collect();
        let mut out = [f64::NAN; 10];
        assert_eq!(fill_normal(&words, &mut out), 4);
        for (found, (x1, x2)) in out.chunks(2).zip([(0.5, -0.25), (-0.125, 0.5)]) {
            let r2: f64 = x1 * x1 + x2 * x2;
            let f = (-2.0 * ln(r2) / r2).sqrt();
            assert_eq!(found, [f * x2, f * x1]);
        }
        assert!(out[4..].iter().all(|x| x.is_nan()));
    }

    #[test]
    fn the_lowest_bits_of_a_word_have_no_effect() {
        let [mut out, mut same] = [[f64::NAN; 2]; 2];
        assert_eq!(fill_normal(&[0x4000_0000, 0x8000_0000, 0x7000_0000, 0x1234_5640], &mut out), 2);
        assert_eq!(fill_normal(&[0x4000_001f, 0x8000_003f, 0x7000_001f, 0x1234_567f], &mut same), 2);
        assert_eq!(out, same);
    }

    #[test]
    #[should_panic(expected = "no room for 2 tries")]
    fn too_little_room_is_refused() {
        fill_normal(&[0; 8], &mut [0.0; 3]);
    }
}
