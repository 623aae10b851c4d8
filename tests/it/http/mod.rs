//! HTTP/1.1 as functions of bytes: what is read of which bytes, what is refused and with which words, however the bytes
//! come, and what answers look like on the wire.
//!
//! The transcripts (`*.txt`) are the larger part: bytes behind `>`, what is read of them behind `<`. See [`transcript`].

mod answers;
mod bodies;
mod drive;
mod fuzz;
mod naive;
mod requests;
mod transcript;
