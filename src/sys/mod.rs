//! The only room that may say `unsafe`: what the kernel offers and std does not, each behind a safe face.
//!
//! The functions are declared here by hand and resolved from the C library that std links anyway, so no crate is
//! needed. Each file is one subject; its blocks carry the argument why they are sound, and nothing outside this room
//! has to know it. Descriptors are owned by std's `OwnedFd`, so that none is closed twice or leaked.
//!
//! Left out on purpose: whatever std does well (sockets, files, threads), and portable imitations of what only one
//! system has. The portable road is [`poll`] beside [`epoll`], and a socket pair where there is no eventfd ([`wake`]).

pub(crate) mod crc32c;
pub(crate) mod descriptors;
#[cfg(target_os = "linux")]
pub(crate) mod epoll;
pub(crate) mod poll;
mod random;
pub(crate) mod signal;
pub(crate) mod wake;

pub(crate) use random::getrandom;
