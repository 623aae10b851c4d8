//! CRC-32C by the processor's own instruction: eight bytes at a time, in three lanes where there is enough of them.
#![cfg_attr(
    target_arch = "x86_64",
    expect(unsafe_code, reason = "the instruction may be used only where it exists")
)]

/// The register of a CRC-32C after `bytes`, or nothing when this processor has no instruction for it.
/// The register is the plain one: the caller inverts it before the first and after the last byte.
pub(crate) fn update(register: u32, bytes: &[u8]) -> Option<u32> {
    #[cfg(target_arch = "x86_64")]
    if std::arch::is_x86_feature_detected!("sse4.2") {
        // SAFETY: `update` asks only for the feature that the line above has just found.
        return Some(unsafe { x86::update(register, bytes) });
    }
    let _ = (register, bytes);
    None
}

#[cfg(target_arch = "x86_64")]
mod x86 {
    use std::arch::x86_64::{_mm_crc32_u8, _mm_crc32_u64};

    /// The polynomial, bit-reversed.
    const POLYNOMIAL: u32 = 0x82f6_3b78;

    /// Bytes of a lane. The instruction takes three cycles and a new one may begin in each, so three lanes keep it
    /// busy; then the lanes are joined, which costs about as much as forty bytes.
    const LANE: usize = 1024;

    /// `BEHIND_LANE[k][b]` is what byte `k` of a register, when it is `b`, becomes behind a lane of zeros. A register
    /// behind zeros is linear in its bits, so that the four bytes add up.
    static BEHIND_LANE: [[u32; 256]; 4] = behind_lane();

    #[target_feature(enable = "sse4.2")]
    pub(super) fn update(mut register: u32, bytes: &[u8]) -> u32 {
        let (chunks, rest) = bytes.as_chunks::<{ 3 * LANE }>();
        for chunk in chunks {
            let (first, others) = chunk.split_at(LANE);
            let (second, third) = others.split_at(LANE);
            let mut lanes = [u64::from(register), 0, 0];
            let words =
                first.as_chunks::<8>().0.iter().zip(second.as_chunks::<8>().0).zip(third.as_chunks::<8>().0);
            for ((a, b), c) in words {
                lanes[0] = _mm_crc32_u64(lanes[0], u64::from_le_bytes(*a));
                lanes[1] = _mm_crc32_u64(lanes[1], u64::from_le_bytes(*b));
                lanes[2] = _mm_crc32_u64(lanes[2], u64::from_le_bytes(*c));
            }
            let [first, second, third] = lanes.map(low_half);
            register = shift(shift(first) ^ second) ^ third;
        }
        let (words, rest) = rest.as_chunks::<8>();
        let mut wide = u64::from(register);
        for word in words {
            wide = _mm_crc32_u64(wide, u64::from_le_bytes(*word));
        }
        let mut register = low_half(wide);
        for &byte in rest {
            register = _mm_crc32_u8(register, byte);
        }
        register
    }

    fn low_half(wide: u64) -> u32 {
        u32::try_from(wide).expect("the instruction leaves the high half zero")
    }

    /// The register behind a lane of zeros.
    fn shift(register: u32) -> u32 {
        let bytes = register.to_le_bytes();
        let behind = |k: usize| BEHIND_LANE[k][usize::from(bytes[k])];
        behind(0) ^ behind(1) ^ behind(2) ^ behind(3)
    }

    /// A linear function of a register: what it makes of each single bit.
    type Matrix = [u32; 32];

    const fn apply(matrix: &Matrix, mut register: u32) -> u32 {
        let (mut sum, mut bit) = (0, 0);
        while register != 0 {
            if register & 1 == 1 {
                sum ^= matrix[bit];
            }
            register >>= 1;
            bit += 1;
        }
        sum
    }

    const fn behind_lane() -> [[u32; 256]; 4] {
        // One zero bit: the lowest bit leaves and brings the polynomial in, the others move down.
        let mut matrix = [POLYNOMIAL; 32];
        let mut bit = 1;
        while bit < 32 {
            matrix[bit] = 1 << (bit - 1);
            bit += 1;
        }
        // Each squaring doubles the zeros, up to those of a lane.
        let mut zeros = 1;
        while zeros < LANE * 8 {
            let single = matrix;
            let mut bit = 0;
            while bit < 32 {
                matrix[bit] = apply(&single, single[bit]);
                bit += 1;
            }
            zeros *= 2;
        }
        let mut table = [[0; 256]; 4];
        let mut byte: u32 = 0;
        while byte < 256 {
            let mut k = 0;
            while k < 4 {
                table[k][byte as usize] = apply(&matrix, byte << (8 * k));
                k += 1;
            }
            byte += 1;
        }
        table
    }
}
