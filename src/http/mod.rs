//! HTTP/1.1 as functions of bytes: no socket, no clock, no thread.
//!
//! # The idea
//! A [`Parser`] is shown the bytes of a connection that are not yet consumed, and says what they come to: a whole, owned
//! [`Request`], a head whose body is on its way, the wish for more bytes, or a [`Refusal`] and the end. Since it neither
//! reads nor waits, a test cuts the bytes wherever it likes, and a seed replays a whole connection. A [`Response`] writes
//! itself behind a buffer. What waits, times out and is sent lies in `net`.
//!
//! # The words
//! The *head* is the request line and the field lines up to the empty line; the *body* is what its *framing*
//! (`Content-Length` or `chunked`) says. A *span* is a part of a head, as two numbers. A *refusal* is a status and words
//! after which nothing more is read, because nobody knows where a next request would begin.
//!
//! # What always holds
//! - Bytes read the same in whatever pieces they come, refusals and their words included; only whether a client is seen
//!   to wait for `100 Continue` depends on the pieces. Each byte is looked at once by the scan: the scan goes on where it
//!   stopped. (Paths with escapes or dots behind a slash are looked at once more, and so are field values with a meaning
//!   for the framing.)
//! - Two readers of one message must agree where it ends. What the RFCs let a server repair (two equal lengths, LF
//!   alone, folded lines, spaces before a colon) is refused here, since somebody on the way may have repaired it
//!   in another way (RFC 9112, section 11.2).
//! - No declared size takes memory. A head waits in the caller's buffer up to [`HEAD_BYTES`]; a body grows as it comes.
//! - A path is held to the rules before anybody sees it: [`Request::segments`] cannot fail and cannot lead upwards.
//! - Nothing that a program was given can end a header line: [`HeaderName`] and [`HeaderValue`] refuse it. Length, date
//!   and connection are the writer's alone.
//!
//! # Where to look
//! `grammar` (which byte may stand where), `scan` with `request_line` and `fields` (the head), `chunked`, `parser` (one
//! connection), `request` and `builder`, `target` (paths and queries), `response` with `header`, `status`, `date` and
//! `problem`.
//!
//! # What is left out
//! HTTP/2, CONNECT, TRACE, trailers (checked and dropped), transfer codings other than `chunked`, and the obsolete forms
//! of a date. Bodies are whole before a handler runs, and so are answers.
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
