//! CRC-32C by the processor's own instruction, eight bytes at a time.
#![cfg_attr(
    target_arch = "x86_64",
    expect(unsafe_code, reason = "the instruction may be used only where it exists")
)]

/// The register of a CRC-32C after `bytes`, or nothing when this processor has no instruction for it.
/// The register is the plain one: the caller inverts it before the first and after the last byte.
pub(crate) fn update(register: u32, bytes: &[u8]) -> Option<u32> {
    #[cfg(target_arch = "x86_64")]
    if std::arch::is_x86_feature_detected!("sse4.2") {
        // SAFETY: `sse42` asks only for the feature that the line above has just found.
        return Some(unsafe { sse42(register, bytes) });
    }
    let _ = (register, bytes);
    None
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "sse4.2")]
fn sse42(register: u32, bytes: &[u8]) -> u32 {
    use std::arch::x86_64::{_mm_crc32_u8, _mm_crc32_u64};
    let (words, rest) = bytes.as_chunks::<8>();
    let mut wide = u64::from(register);
    for word in words {
        wide = _mm_crc32_u64(wide, u64::from_le_bytes(*word));
    }
    let mut register = u32::try_from(wide).expect("the instruction leaves the high half zero");
    for &byte in rest {
        register = _mm_crc32_u8(register, byte);
    }
    register
}
