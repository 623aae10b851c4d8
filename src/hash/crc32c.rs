//! CRC-32C (Castagnoli), as in RFC 3720 appendix B.4: the checksum of the journal.
//!
//! Reflected polynomial `0x82F63B78`, start and final value inverted. Processors with SSE 4.2 compute it eight bytes
//! at a time (a kernel in `sys`); everywhere else eight tables do (Kounavis and Berry, "slicing by 8").

use crate::sys;

/// The polynomial, bit-reversed.
const POLYNOMIAL: u32 = 0x82f6_3b78;

/// `TABLES[k][b]` is what the byte `b`, followed by `k` zero bytes, adds to the register.
static TABLES: [[u32; 256]; 8] = tables();

/// The checksum of `bytes`.
///
/// ```
/// assert_eq!(sunstone::hash::crc32c::checksum(b"123456789"), 0xe306_9283);
/// ```
#[must_use]
pub fn checksum(bytes: &[u8]) -> u32 {
    extend(0, bytes)
}

/// The checksum of what `checksum` stands for, followed by `bytes`: `extend(checksum(a), b)` is the checksum of `a`
/// and `b` in one piece. The checksum of nothing is 0.
///
/// ```
/// use sunstone::hash::crc32c::{checksum, extend};
///
/// assert_eq!(extend(checksum(b"1234"), b"56789"), checksum(b"123456789"));
/// ```
#[must_use]
pub fn extend(checksum: u32, bytes: &[u8]) -> u32 {
    let register = !checksum;
    !sys::crc32c::update(register, bytes).unwrap_or_else(|| scalar(register, bytes))
}

/// The register after `bytes`, on any processor.
/// The checksum that [`extend`] by `bytes` has made into `checksum`: the way back, bit by bit and so slow.
///
/// ```
/// use sunstone::hash::crc32c;
///
/// assert_eq!(crc32c::retract(crc32c::extend(7, b"behind"), b"behind"), 7);
/// ```
#[must_use]
pub fn retract(checksum: u32, bytes: &[u8]) -> u32 {
    let mut register = !checksum;
    for &byte in bytes.iter().rev() {
        for _ in 0..8 {
            // The polynomial's top bit is set: it shows whether a step forward has taken the polynomial in.
            register = if register >> 31 == 1 { ((register ^ POLYNOMIAL) << 1) | 1 } else { register << 1 };
        }
        register ^= u32::from(byte);
    }
    !register
}

fn scalar(mut register: u32, bytes: &[u8]) -> u32 {
    let (words, rest) = bytes.as_chunks::<8>();
    for &[a, b, c, d, e, f, g, h] in words {
        let low = (register ^ u32::from_le_bytes([a, b, c, d])).to_le_bytes();
        register = TABLES[7][usize::from(low[0])]
            ^ TABLES[6][usize::from(low[1])]
            ^ TABLES[5][usize::from(low[2])]
            ^ TABLES[4][usize::from(low[3])]
            ^ TABLES[3][usize::from(e)]
            ^ TABLES[2][usize::from(f)]
            ^ TABLES[1][usize::from(g)]
            ^ TABLES[0][usize::from(h)];
    }
    for &byte in rest {
        let [low, ..] = register.to_le_bytes();
        register = (register >> 8) ^ TABLES[0][usize::from(low ^ byte)];
    }
    register
}

const fn tables() -> [[u32; 256]; 8] {
    let mut tables = [[0; 256]; 8];
    let mut byte: u32 = 0;
    while byte < 256 {
        let mut register = byte;
        let mut bit = 0;
        while bit < 8 {
            register = (register >> 1) ^ (POLYNOMIAL * (register & 1));
            bit += 1;
        }
        tables[0][byte as usize] = register;
        byte += 1;
    }
    let mut k = 1;
    while k < 8 {
        let mut byte = 0;
        while byte < 256 {
            let before: u32 = tables[k - 1][byte];
            tables[k][byte] = (before >> 8) ^ tables[0][(before & 0xff) as usize];
            byte += 1;
        }
        k += 1;
    }
    tables
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stdx::random::Xoshiro;

    /// RFC 3720 appendix B.4, and the check value of the catalogue of parametrised CRC algorithms.
    #[test]
    fn the_published_vectors_hold() {
        let ascending: Vec<u8> = (0..32).collect();
        let descending: Vec<u8> = (0..32).rev().collect();
        let mut read_pdu = [0_u8; 48];
        for (at, value) in
            [(0, 0x01), (1, 0xc0), (16, 0x14), (22, 0x04), (27, 0x14), (31, 0x18), (32, 0x28), (40, 0x02)]
        {
            read_pdu[at] = value;
        }
        for (bytes, expected) in [
            (&b""[..], 0),
            (b"123456789", 0xe306_9283),
            (&[0; 32], 0x8a91_36aa),
            (&[0xff; 32], 0x62a8_ab43),
            (&ascending, 0x46dd_794e),
            (&descending, 0x113f_db5c),
            (&read_pdu, 0xd996_3a56),
        ] {
            assert_eq!(checksum(bytes), expected, "{bytes:x?}");
            assert_eq!(!scalar(!0, bytes), expected, "{bytes:x?}, scalar");
        }
    }

    fn agree(seed: u64, register: u32, part: &[u8]) {
        let fast = sys::crc32c::update(register, part).unwrap_or_else(|| scalar(register, part));
        assert_eq!(
            fast,
            scalar(register, part),
            "seed {seed}, {} bytes, register {register:08x}",
            part.len()
        );
    }

    #[test]
    fn both_kernels_agree_on_every_short_length_and_alignment() {
        let seed = 32;
        let mut random = Xoshiro::new(seed);
        let mut bytes = vec![0; 100];
        random.fill(&mut bytes);
        for start in 0..16 {
            for end in start..bytes.len() {
                let register = u32::try_from(random.below(1 << 32)).expect("below 2^32");
                agree(seed, register, &bytes[start..end]);
            }
        }
    }

    #[test]
    fn both_kernels_agree_on_long_inputs() {
        let seed = 33;
        let mut random = Xoshiro::new(seed);
        let mut bytes = vec![0; 20_000];
        random.fill(&mut bytes);
        for _ in 0..200 {
            let register = u32::try_from(random.below(1 << 32)).expect("below 2^32");
            let start = usize::try_from(random.below(1000)).expect("below 1000");
            let end = start + usize::try_from(random.below(19_000)).expect("below 19000");
            agree(seed, register, &bytes[start..end]);
        }
        for end in [3071, 3072, 3073, 6143, 6144, 6145] {
            agree(seed, !0, &bytes[..end]);
        }
    }

    #[test]
    fn pieces_give_the_whole() {
        let bytes: Vec<u8> = (0..=255).collect();
        for cut in 0..bytes.len() {
            let (left, right) = bytes.split_at(cut);
            assert_eq!(extend(checksum(left), right), checksum(&bytes), "cut at {cut}");
        }
    }
}
