//! The numbers that the bytes of a listed image stand for.
//!
//! The pixels of an image are bytes, and so are the inputs of many datasets that come as numbers: divided by 255, or with
//! the mean subtracted, a pixel still has one of at most 256 values. A palette gives each of them a byte.

use super::image_lists::pixel_value;

/// Places of the hash table, four for each number.
const PLACES: usize = 1024;

/// Up to 256 numbers, each known by a byte. Byte 0 is the number 0. The numbers stand first in the memory.
#[repr(C)]
pub struct Palette {
    /// The number of each byte.
    pub values: [f64; 256],
    /// How many bytes are taken.
    taken: usize,
    /// For each place of the hash table the byte of its number; 0 if the place is free.
    bytes: [u8; PLACES],
}

impl Palette {
    /// The palette of pixels, `float32(pixel) / 255`.
    pub fn of_pixels() -> Self {
        let values: [f64; 256] = core::array::from_fn(|pixel| pixel_value(pixel as u8));
        Self { values, taken: 256, bytes: [0; PLACES] }
    }

    /// A palette that knows only 0.
    pub fn new() -> Self {
        Self { values: [0.0; 256], taken: 1, bytes: [0; PLACES] }
    }

    /// Replaces numbers by bytes, and takes in the numbers that are new. False if a number is not finite, or if there
    /// are more than 256 different ones; `out` is then incomplete.
    ///
    /// # Panics
    /// If `out` is shorter than `numbers`.
    pub fn encode(&mut self, numbers: &[f64], out: &mut [u8]) -> bool {
        for (x, out) in numbers.iter().zip(&mut out[..numbers.len()]) {
            *out = 0;
            // Most inputs of an image are 0, and −0 counts as 0.
            if *x != 0.0 {
                match self.byte_of(*x) {
                    Some(byte) => *out = byte,
                    None => return false,
                }
            }
        }
        true
    }

    /// The byte of a number that is not 0.
    fn byte_of(&mut self, x: f64) -> Option<u8> {
        let bits = x.to_bits();
        let mut place = (bits.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 54) as usize;
        loop {
            match self.bytes[place] {
                0 if self.taken == 256 || !x.is_finite() => return None,
                0 => {
                    let byte = self.taken as u8;
                    self.bytes[place] = byte;
                    self.values[usize::from(byte)] = x;
                    self.taken += 1;
                    return Some(byte);
                }
                byte if self.values[usize::from(byte)].to_bits() == bits => return Some(byte),
                _ => place = (place + 1) % PLACES,
            }
        }
    }
}

impl Default for Palette {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_numbers_have_equal_bytes_and_a_byte_gives_its_number_back() {
        let mut palette = Palette::new();
        let numbers = [0.5, -0.0, 0.25, 0.5, -1e300, 0.0, 0.25, f64::MIN_POSITIVE];
        let mut bytes = [9; 8];
        assert!(palette.encode(&numbers, &mut bytes));
        assert_eq!(bytes, [1, 0, 2, 1, 3, 0, 2, 4]);
        assert!(bytes.iter().zip(numbers).all(|(byte, x)| palette.values[usize::from(*byte)] == x));
        // A second time nothing is new.
        let again = bytes;
        assert!(palette.encode(&numbers, &mut bytes));
        assert_eq!(bytes, again);
    }

    #[test]
    fn there_is_room_for_255_numbers_besides_0() {
        let numbers: Vec<f64> = (0..256).map(|i| f64::from(i) / 255.0).collect();
        let mut bytes = [0; 256];
        let mut palette = Palette::new();
        assert!(palette.encode(&numbers, &mut bytes));
        assert!(palette.encode(&numbers, &mut bytes));
        assert!(!palette.encode(&[2.0], &mut bytes));
    }

    #[test]
    fn numbers_that_are_not_finite_are_refused() {
        for x in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            assert!(!Palette::new().encode(&[x], &mut [0]));
        }
    }
}
