//! HTTP/1.1 as functions of bytes: no socket, no clock, no thread.
//!
//! A [`Parser`] is given the bytes of a connection as they come and gives back whole, owned [`Request`]s, or one
//! [`Refusal`] and an end. A [`Response`] writes itself behind a buffer. What waits, times out and is sent lies in `net`.
#![warn(clippy::indexing_slicing, clippy::arithmetic_side_effects)]

mod builder;
mod chunked;
mod date;
mod fields;
mod grammar;
pub mod header;
mod limits;
mod method;
mod parser;
mod problem;
mod refusal;
mod request;
mod request_line;
mod response;
mod scan;
mod status;
pub mod target;

pub use builder::Builder;
pub use date::date;
pub use header::{BadHeader, HeaderName, HeaderValue};
pub use limits::{
    BODY_BYTES, CHUNK_EXTENSION_BYTES, CHUNK_EXTENSIONS_BYTES, CHUNK_SIZE_DIGITS, FIELDS, HEAD_BYTES,
    HEAD_BYTES_MAX, Limits, REQUEST_LINE_BYTES, TRAILER_BYTES,
};
pub use method::{Method, Methods};
pub use parser::{CONTINUE, Parser, Phase, Step};
pub use refusal::Refusal;
pub use request::{Framing, Request, Version};
pub use response::{Body, Response};
pub use status::reason;
