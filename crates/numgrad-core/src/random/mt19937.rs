//! The recurrence of the Mersenne Twister MT19937, on all 624 words of a state, as in the authors' `mt19937ar.c`.
//!
//! TypeScript does the seeding, and knows how many words of a state have been used (`random/mt19937.ts`).

/// Number of words of a state.
pub const STATE_WORDS: usize = 624;

/// How far away the word is that the recurrence mixes in.
const SHIFT: usize = 397;
const UPPER_BIT: u32 = 0x8000_0000;

/// A state, or the random words that it gives.
pub type Words = [u32; STATE_WORDS];

/// Moves the state on to the next one.
pub fn twist(key: &mut Words) {
    for i in 0..STATE_WORDS {
        let next = key[(i + 1) % STATE_WORDS];
        let far = key[(i + SHIFT) % STATE_WORDS];
        // The highest bit of one word and the rest of the next, times a matrix over GF(2).
        let word = key[i] & UPPER_BIT | next & !UPPER_BIT;
        // No branch on the lowest bit: it is random.
        key[i] = far ^ word >> 1 ^ (word & 1).wrapping_neg() & 0x9908_b0df;
    }
}

/// Computes the random words of a state.
pub fn temper(key: &Words, out: &mut Words) {
    for (out, &word) in out.iter_mut().zip(key) {
        let mut word = word;
        word ^= word >> 11;
        word ^= word << 7 & 0x9d2c_5680;
        word ^= word << 15 & 0xefc6_0000;
        *out = word ^ word >> 18;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `init_genrand` of mt19937ar.c.
    fn seeded(seed: u32) -> Words {
        let mut key = [seed; STATE_WORDS];
        for i in 1..STATE_WORDS {
            let previous = key[i - 1];
            key[i] = (previous ^ previous >> 30).wrapping_mul(1_812_433_253).wrapping_add(i as u32);
        }
        key
    }

    #[test]
    fn the_10_000th_word_for_seed_5489_is_the_one_that_the_cpp_standard_prescribes() {
        let (mut key, mut words) = (seeded(5489), [0; STATE_WORDS]);
        for _ in 0..=9_999 / STATE_WORDS {
            twist(&mut key);
        }
        temper(&key, &mut words);
        assert_eq!(words[9_999 % STATE_WORDS], 4_123_659_995);
    }
}
