//! The only room that may say `unsafe`.

pub(crate) mod crc32c;

/// Fills `bytes` from the kernel's generator; a failure ends the process.
pub(crate) fn getrandom(bytes: &mut [u8]) {
    use std::io::Read;
    let read = std::fs::File::open("/dev/urandom").and_then(|mut file| file.read_exact(bytes));
    assert!(read.is_ok(), "the kernel gives no randomness: {read:?}");
}
