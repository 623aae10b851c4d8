//! Comparing secrets without telling how much of a guess was right.

use std::hint::black_box;

/// Are the two the same? How long it takes depends on their lengths alone, never on where they differ.
///
/// ```
/// use sunstone::hash::equal;
///
/// assert!(equal(b"token", b"token"));
/// assert!(!equal(b"token", b"tokem"));
/// ```
#[must_use]
pub fn equal(a: &[u8], b: &[u8]) -> bool {
    if a.len() != b.len() {
        return false;
    }
    // The box keeps the compiler from leaving the loop as soon as the outcome is certain.
    let difference = a.iter().zip(b).fold(0, |difference, (a, b)| black_box(difference | (a ^ b)));
    difference == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_single_bit_counts() {
        let secret: Vec<u8> = (0..40).collect();
        assert!(equal(&secret, &secret));
        assert!(equal(&[], &[]));
        for byte in 0..secret.len() {
            for bit in 0..8 {
                let mut other = secret.clone();
                other[byte] ^= 1 << bit;
                assert!(!equal(&secret, &other), "byte {byte}, bit {bit}");
            }
            assert!(!equal(&secret, &secret[..byte]));
        }
    }
}
