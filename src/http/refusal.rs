//! What is not read any further: a status, words, and a connection that closes.
//!
//! After bytes that are no request nobody knows where the next one would begin, so every refusal of the parser closes
//! the connection (RFC 9112, section 9.6); the words say what was expected and never repeat what came.

use std::borrow::Cow;
use std::fmt;
use std::num::NonZeroU64;

use super::request::Framing;
use super::response::Response;

/// Why the bytes of a connection are read no further.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refusal {
    status: u16,
    detail: &'static str,
    /// The limit that was passed, in bytes. Every connection has room for a refusal, so this takes none for "no limit".
    limit: Option<NonZeroU64>,
    head_only: bool,
}

impl Refusal {
    pub(super) const fn new(status: u16, detail: &'static str) -> Self {
        Self { status, detail, limit: None, head_only: false }
    }

    /// 400, the commonest.
    pub(super) const fn bad(detail: &'static str) -> Self {
        Self::new(400, detail)
    }

    /// 413: the body has more bytes than `limit`.
    pub(super) const fn body_too_large(limit: u64) -> Self {
        Self { limit: NonZeroU64::new(limit), ..Self::new(413, "the body is larger than the limit") }
    }

    /// The same, known to answer HEAD: its answer has no body either.
    pub(super) const fn to_head(self, head_only: bool) -> Self {
        Self { head_only, ..self }
    }

    /// The status: 400, 413, 414, 417, 431, 501 or 505.
    #[must_use]
    pub const fn status(&self) -> u16 {
        self.status
    }

    /// What was expected.
    #[must_use]
    pub const fn detail(&self) -> &'static str {
        self.detail
    }

    /// The answer: a problem document, after which the connection closes.
    #[must_use]
    pub fn response(&self) -> Response {
        let (problem, title) = match self.status {
            413 => ("too-large", "it is larger than allowed"),
            414 => ("target-too-long", "the target is longer than allowed"),
            417 => ("expectation-failed", "the expectation cannot be met"),
            431 => ("head-too-large", "the head is larger than allowed"),
            501 => ("not-implemented", "the method is not known"),
            505 => ("version-not-supported", "the version of HTTP is not spoken here"),
            _ => ("bad-request", "the request is not well formed"),
        };
        Response::problem_of(self.status, problem, title, &self.words(), &[]).closing()
    }

    fn words(&self) -> Cow<'static, str> {
        match self.limit {
            Some(limit) => format!("{} of {limit} bytes", self.detail).into(),
            None => self.detail.into(),
        }
    }

    /// How the answer is written.
    #[must_use]
    pub const fn framing(&self) -> Framing {
        Framing { head_only: self.head_only, ..Framing::CLOSING }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.status, self.words())
    }
}

impl std::error::Error for Refusal {}
