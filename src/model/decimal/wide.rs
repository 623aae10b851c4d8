//! 256 bits for what does not fit into 128 for a moment: the product of two mantissas, a mantissa at a larger scale.
//!
//! Plain schoolbook arithmetic on four parts. It is met only where 128 bits are too few, so that it need not be fast.

/// An integer from 0 to 2^256 - 1, the least part first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Wide([u64; 4]);

/// The lower and the upper half.
#[expect(clippy::cast_possible_truncation, reason = "the upper half is what is shifted down")]
fn halves(value: u128) -> [u64; 2] {
    [value as u64, (value >> 64) as u64]
}

impl Wide {
    /// The product, which always fits.
    pub(super) fn product(a: u128, b: u128) -> Self {
        let mut parts = [0; 4];
        for (i, a) in halves(a).into_iter().enumerate() {
            let mut carry = 0;
            for (j, b) in halves(b).into_iter().enumerate() {
                // At most (2^64 - 1)^2 + 2 (2^64 - 1) = 2^128 - 1.
                let sum = u128::from(a) * u128::from(b) + u128::from(parts[i + j]) + u128::from(carry);
                [parts[i + j], carry] = halves(sum);
            }
            parts[i + 2] = carry;
        }
        Self(parts)
    }

    /// The sum of two that each lie below 2^255.
    pub(super) fn sum(self, other: Self) -> Self {
        let mut carry = 0;
        Self(std::array::from_fn(|i| {
            let part;
            [part, carry] = halves(u128::from(self.0[i]) + u128::from(other.0[i]) + u128::from(carry));
            part
        }))
    }

    /// What is left when another, not larger one, is taken away.
    pub(super) fn difference(self, less: Self) -> Self {
        let mut borrow = false;
        Self(std::array::from_fn(|i| {
            let (part, under) = self.0[i].overflowing_sub(less.0[i]);
            let (part, under_again) = part.overflowing_sub(u64::from(borrow));
            borrow = under || under_again;
            part
        }))
    }

    /// A tenth, and the digit that is left over.
    pub(super) fn tenth(self) -> (Self, u64) {
        let (mut parts, mut rest) = (self.0, 0);
        for part in parts.iter_mut().rev() {
            // The rest is below 10, so that the quotient fits into its part.
            let [low, _] = halves((u128::from(rest) << 64 | u128::from(*part)) / 10);
            rest = part.wrapping_sub(low.wrapping_mul(10));
            *part = low;
        }
        (Self(parts), rest)
    }

    /// The same in 128 bits, if it fits.
    pub(super) fn narrow(self) -> Option<u128> {
        let [a, b, 0, 0] = self.0 else { return None };
        Some(u128::from(b) << 64 | u128::from(a))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stdx::random::Xoshiro;

    fn digits(mut wide: Wide) -> String {
        let mut digits = Vec::new();
        while wide.0 != [0; 4] {
            let (rest, digit) = wide.tenth();
            digits.push(char::from(b'0' + u8::try_from(digit).unwrap()));
            wide = rest;
        }
        digits.iter().rev().collect()
    }

    #[test]
    fn products_known_from_elsewhere() {
        // 2^256 - 2^129 + 1
        assert_eq!(
            digits(Wide::product(u128::MAX, u128::MAX)),
            "115792089237316195423570985008687907852589419931798687112530834793049593217025"
        );
        assert_eq!(digits(Wide::product(10_u128.pow(38), 10_u128.pow(28))), format!("1{}", "0".repeat(66)));
        assert_eq!(Wide::product(7, 0).narrow(), Some(0));
        // A borrow that goes through a part of zeros.
        let two_to_128 = Wide::product(1 << 64, 1 << 64);
        assert_eq!(two_to_128.difference(Wide::product(1, 1)).narrow(), Some(u128::MAX));
    }

    #[test]
    fn beside_128_bits_and_itself() {
        let mut random = Xoshiro::new(1);
        for _ in 0..20_000 {
            let mut any = || u128::from(random.next_u64()) << 64 | u128::from(random.next_u64());
            let (a, b, c) = (any(), any(), any());
            let small = Wide::product(a >> 64, b >> 64);
            assert_eq!(small.narrow(), Some((a >> 64) * (b >> 64)));
            assert_eq!(Wide::product(a, b), Wide::product(b, a));
            // (a + c) b = a b + c b, with sums that fit.
            let (a, c) = (a >> 1, c >> 1);
            let (left, right) = (Wide::product(a, b), Wide::product(c, b));
            assert_eq!(Wide::product(a + c, b), left.sum(right));
            assert_eq!(left.sum(right).difference(right), left);
            let (tenth, digit) = left.tenth();
            let ten_times = (0..9).fold(tenth, |sum, _| sum.sum(tenth));
            assert_eq!(ten_times.sum(Wide::product(digit.into(), 1)), left);
        }
    }
}
