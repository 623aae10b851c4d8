//! Randomness as a seam: from the machine in service, from a seed in tests.

use std::fmt::Debug;
use std::sync::Mutex;

/// Where random bytes come from.
pub trait Random: Debug + Send + Sync + 'static {
    /// Fills `bytes`.
    fn fill(&self, bytes: &mut [u8]);

    /// A random number.
    fn next_u64(&self) -> u64 {
        let mut bytes = [0; 8];
        self.fill(&mut bytes);
        u64::from_le_bytes(bytes)
    }
}

/// The machine's own randomness (`getrandom(2)`); a failure ends the process, because no secret would be one.
#[derive(Debug, Default, Clone, Copy)]
pub struct SystemRandom;

impl Random for SystemRandom {
    fn fill(&self, bytes: &mut [u8]) {
        crate::sys::getrandom(bytes);
    }
}

/// A generator of repeatable numbers: xoshiro256** (Blackman and Vigna, 2018), seeded by `SplitMix64`.
/// For tests, simulations and `tx.random()`; never for secrets.
#[derive(Debug, Clone)]
pub struct Xoshiro {
    state: [u64; 4],
}

impl Xoshiro {
    /// The generator of a seed. Equal seeds give equal numbers on every machine.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        let mut mix = seed;
        let state = std::array::from_fn(|_| {
            mix = mix.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let z = (mix ^ (mix >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            z ^ (z >> 31)
        });
        Self { state }
    }

    /// The next number.
    pub fn next_u64(&mut self) -> u64 {
        let s = &mut self.state;
        let result = s[1].wrapping_mul(5).rotate_left(7).wrapping_mul(9);
        let t = s[1] << 17;
        s[2] ^= s[0];
        s[3] ^= s[1];
        s[1] ^= s[2];
        s[0] ^= s[3];
        s[2] ^= t;
        s[3] = s[3].rotate_left(45);
        result
    }

    /// A number below `bound`, evenly (Lemire's multiplication; the bias is below 2^-64 times the bound).
    ///
    /// # Panics
    /// When `bound` is 0.
    pub fn below(&mut self, bound: u64) -> u64 {
        assert!(bound > 0, "a number below 0 was asked for");
        let wide = u128::from(self.next_u64()) * u128::from(bound);
        u64::try_from(wide >> 64).expect("the high half of a product of two u64 is a u64")
    }

    /// True once in `n` times.
    pub fn one_in(&mut self, n: u64) -> bool {
        self.below(n) == 0
    }

    /// Fills `bytes`.
    pub fn fill(&mut self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(8) {
            let word = self.next_u64().to_le_bytes();
            chunk.copy_from_slice(&word[..chunk.len()]);
        }
    }
}

/// A [`Random`] from a seed, for tests and simulations.
#[derive(Debug)]
pub struct SeededRandom(Mutex<Xoshiro>);

impl SeededRandom {
    /// The source of a seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self(Mutex::new(Xoshiro::new(seed)))
    }
}

impl Random for SeededRandom {
    fn fill(&self, bytes: &mut [u8]) {
        self.0.lock().expect("filling bytes cannot panic").fill(bytes);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Blackman and Vigna's reference code gives these for the state that SplitMix64 makes of 0.
    #[test]
    fn equal_seeds_repeat_and_other_seeds_differ() {
        let (mut a, mut b, mut c) = (Xoshiro::new(7), Xoshiro::new(7), Xoshiro::new(8));
        let left: Vec<u64> = (0..8).map(|_| a.next_u64()).collect();
        assert_eq!(left, (0..8).map(|_| b.next_u64()).collect::<Vec<_>>());
        assert_ne!(left, (0..8).map(|_| c.next_u64()).collect::<Vec<_>>());
        assert_eq!(Xoshiro::new(0).next_u64(), 0x99ec_5f36_cb75_f2b4);
    }

    #[test]
    fn below_stays_below() {
        let mut random = Xoshiro::new(1);
        assert!((1..200).all(|bound| random.below(bound) < bound));
    }
}
