//! `getrandom(2)`: the kernel's generator, seeded before the first byte is given.

#![cfg_attr(target_os = "linux", expect(unsafe_code, reason = "getrandom is not in std"))]

/// Fills `bytes` from the kernel's generator; a failure ends the process, because no secret would be one.
#[cfg(target_os = "linux")]
pub(crate) fn getrandom(bytes: &mut [u8]) {
    use std::ffi::{c_uint, c_void};
    use std::io::{Error, ErrorKind};

    // SAFETY: the signature is the one of getrandom(2).
    unsafe extern "C" {
        #[link_name = "getrandom"]
        fn fill(buffer: *mut c_void, len: usize, flags: c_uint) -> isize;
    }

    let mut rest = bytes;
    while !rest.is_empty() {
        // SAFETY: the pointer and the length are those of one slice that is borrowed mutably through the call, and
        // the kernel writes at most `len` bytes.
        let got = unsafe { fill(rest.as_mut_ptr().cast(), rest.len(), 0) };
        match usize::try_from(got) {
            Ok(got) => rest = &mut rest[got..],
            Err(_) if Error::last_os_error().kind() == ErrorKind::Interrupted => {}
            Err(_) => fatal(&Error::last_os_error()),
        }
    }
}

/// Fills `bytes` from the kernel's generator; a failure ends the process, because no secret would be one.
#[cfg(not(target_os = "linux"))]
pub(crate) fn getrandom(bytes: &mut [u8]) {
    use std::io::Read;
    let read = std::fs::File::open("/dev/urandom").and_then(|mut file| file.read_exact(bytes));
    if let Err(error) = read {
        fatal(&error);
    }
}

/// Not a panic: that could be caught, and the caller would go on with zeros.
#[expect(clippy::print_stderr, reason = "the last words of a process that may not go on")]
fn fatal(error: &std::io::Error) -> ! {
    eprintln!("the kernel gives no randomness: {error}");
    std::process::abort()
}

#[cfg(test)]
mod tests {
    use super::getrandom;

    #[test]
    fn every_length_is_filled() {
        for len in [0, 1, 16, 4096] {
            let (mut a, mut b) = (vec![0; len], vec![0; len]);
            getrandom(&mut a);
            getrandom(&mut b);
            assert!(len < 16 || a != b, "two fills of {len} bytes are equal");
        }
    }
}
