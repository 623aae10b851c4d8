//! An answer and the bytes it becomes.
//!
//! A program says status, fields and body; the rest is the writer's alone: length, date, what the connection does,
//! `nosniff`. So an answer cannot lie about where it ends.

use std::sync::Arc;

use crate::error::{Error, FieldError};

use super::header::{ALLOW, HeaderName, HeaderValue};
use super::method::{Method, Methods};
use super::problem;
use super::request::{Framing, Version};
use super::status;

const JSON: HeaderValue = HeaderValue::from_static("application/json");
const PROBLEM: HeaderValue = HeaderValue::from_static("application/problem+json");
const TEXT: HeaderValue = HeaderValue::from_static("text/plain; charset=utf-8");

/// Room for the fields that the writer sets itself.
const OWN_HEAD_BYTES: usize = 256;

/// The body of an answer.
#[derive(Debug, Clone, Default)]
pub enum Body {
    /// None.
    #[default]
    Empty,
    /// Bytes made for this answer.
    Bytes(Vec<u8>),
    /// Bytes of the program.
    Static(&'static [u8]),
    /// Bytes that several answers share.
    Shared(Arc<[u8]>),
}

impl Body {
    /// Its bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        match self {
            Self::Empty => &[],
            Self::Bytes(bytes) => bytes,
            Self::Static(bytes) => bytes,
            Self::Shared(bytes) => bytes,
        }
    }
}

/// An answer.
///
/// ```
/// use sunstone::http::{Framing, Response, date};
///
/// let mut out = Vec::new();
/// Response::json(201, br#"{"id":1}"#.to_vec()).write_to(&mut out, &date(784_111_777), Framing::CLOSING);
/// assert_eq!(
///     String::from_utf8_lossy(&out),
///     "HTTP/1.1 201 Created\r\n\
///      Content-Type: application/json\r\n\
///      X-Content-Type-Options: nosniff\r\n\
///      Content-Length: 8\r\n\
///      Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n\
///      Connection: close\r\n\
///      \r\n\
///      {\"id\":1}"
/// );
/// ```
#[derive(Debug, Clone)]
pub struct Response {
    /// The status, from 200 to 599, or 101.
    pub status: u16,
    /// The sequence that the answer stands for: `Sunstone-Seq`.
    pub seq: Option<u64>,
    /// The body.
    pub body: Body,
    content_type: Option<HeaderValue>,
    headers: Vec<(HeaderName, HeaderValue)>,
    close: bool,
}

impl Response {
    /// An answer without a body.
    #[must_use]
    pub const fn empty(status: u16) -> Self {
        Self { status, seq: None, body: Body::Empty, content_type: None, headers: Vec::new(), close: false }
    }

    /// An answer with a body of this type.
    #[must_use]
    pub const fn new(status: u16, content_type: HeaderValue, body: Body) -> Self {
        Self { status, seq: None, body, content_type: Some(content_type), headers: Vec::new(), close: false }
    }

    /// JSON, already encoded.
    #[must_use]
    pub const fn json(status: u16, json: Vec<u8>) -> Self {
        Self::new(status, JSON, Body::Bytes(json))
    }

    /// Plain text.
    #[must_use]
    pub fn text(status: u16, text: impl Into<String>) -> Self {
        Self::new(status, TEXT, Body::Bytes(text.into().into_bytes()))
    }

    /// The problem document of an error (RFC 9457). What a fault of the program says stays inside.
    #[must_use]
    pub fn problem(error: &Error) -> Self {
        let (detail, fields) =
            if error.is_internal() { ("", &[][..]) } else { (error.detail(), error.fields()) };
        Self::problem_of(error.status(), error.problem(), error.title(), detail, fields)
    }

    /// A problem document of its parts; without a detail when that is empty.
    #[must_use]
    pub fn problem_of(status: u16, problem: &str, title: &str, detail: &str, fields: &[FieldError]) -> Self {
        let document = problem::document(status, problem, title, detail, fields);
        Self::new(status, PROBLEM, Body::Bytes(document))
    }

    /// What OPTIONS says of a path: 204 and `Allow` (RFC 9110, section 9.3.7).
    #[must_use]
    pub fn options(of_path: Methods) -> Self {
        Self::empty(204).with_header(ALLOW, of_path.answered().allow())
    }

    /// 405 and `Allow` (RFC 9110, section 15.5.6), for a request with the method `used`.
    #[must_use]
    pub fn method_not_allowed(used: Method, of_path: Methods) -> Self {
        let allowed = of_path.answered();
        Self::problem(&Error::method_not_allowed(format!("expected one of {allowed}, found {used}")))
            .with_header(ALLOW, allowed.allow())
    }

    /// The answer with one more field.
    #[must_use]
    pub fn with_header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        if name.is("content-type") {
            self.content_type = Some(value);
        } else {
            self.headers.push((name, value));
        }
        self
    }

    /// The answer with the sequence it stands for.
    #[must_use]
    pub const fn with_seq(mut self, seq: u64) -> Self {
        self.seq = Some(seq);
        self
    }

    /// The answer, after which the connection closes.
    #[must_use]
    pub const fn closing(mut self) -> Self {
        self.close = true;
        self
    }

    /// Does the connection close after this answer?
    #[must_use]
    pub const fn closes(&self, framing: Framing) -> bool {
        self.close || !framing.keep_alive
    }

    /// The value of the first field of this name that the program has set.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&HeaderValue> {
        if name.eq_ignore_ascii_case("content-type") {
            return self.content_type.as_ref();
        }
        self.headers.iter().find(|(found, _)| found.is(name)).map(|(_, value)| value)
    }

    /// Writes the whole answer behind `out`.
    pub fn write_to(&self, out: &mut Vec<u8>, date: &[u8; 29], framing: Framing) {
        let body = if framing.head_only { &[] } else { self.sent_body() };
        out.reserve(self.head_bytes().saturating_add(body.len()));
        self.write_head(out, date, framing);
        out.extend_from_slice(body);
    }

    /// Writes the head alone, for a body that is sent from where it lies: [`Self::sent_body`], unless the request was
    /// HEAD.
    pub fn write_head(&self, out: &mut Vec<u8>, date: &[u8; 29], framing: Framing) {
        self.write_status(out);
        let body = self.sent_body();
        if let Some(content_type) = &self.content_type {
            write_field(out, b"Content-Type: ", content_type.as_bytes());
        }
        if !body.is_empty() {
            out.extend_from_slice(b"X-Content-Type-Options: nosniff\r\n");
        }
        // With 304 it would be the length of what was not sent, and that is not known here (RFC 9110, section 8.6).
        if !matches!(self.status, 100..200 | 204 | 304) {
            out.extend_from_slice(b"Content-Length: ");
            write_number(out, body.len() as u64);
            out.extend_from_slice(b"\r\n");
        }
        write_field(out, b"Date: ", date);
        if self.status == 101 {
            out.extend_from_slice(b"Connection: Upgrade\r\n");
        } else if self.closes(framing) {
            out.extend_from_slice(b"Connection: close\r\n");
        } else if framing.version == Version::Http10 {
            out.extend_from_slice(b"Connection: keep-alive\r\n");
        }
        if let Some(seq) = self.seq {
            out.extend_from_slice(b"Sunstone-Seq: ");
            write_number(out, seq);
            out.extend_from_slice(b"\r\n");
        }
        for (name, value) in &self.headers {
            out.extend_from_slice(name.as_str().as_bytes());
            write_field(out, b": ", value.as_bytes());
        }
        out.extend_from_slice(b"\r\n");
    }

    /// The body as far as the status allows one: none with 1xx, 204, 205 and 304 (RFC 9110, section 6.4.1).
    #[must_use]
    pub fn sent_body(&self) -> &[u8] {
        if matches!(self.status, 100..200 | 204 | 205 | 304) { &[] } else { self.body.as_bytes() }
    }

    fn write_status(&self, out: &mut Vec<u8>) {
        if let Some(line) = status::line(self.status) {
            out.extend_from_slice(line);
            return;
        }
        // Three digits are all that a status can have; the reason may be empty (RFC 9112, section 4).
        out.extend_from_slice(b"HTTP/1.1 ");
        write_number(out, u64::from(self.status.clamp(100, 999)));
        out.extend_from_slice(b" \r\n");
    }

    fn head_bytes(&self) -> usize {
        let own = self.content_type.as_ref().map_or(0, |value| value.as_bytes().len());
        self.headers.iter().fold(OWN_HEAD_BYTES.saturating_add(own), |sum, (name, value)| {
            sum.saturating_add(name.as_str().len()).saturating_add(value.as_bytes().len()).saturating_add(4)
        })
    }
}

fn write_field(out: &mut Vec<u8>, name: &[u8], value: &[u8]) {
    out.extend_from_slice(name);
    out.extend_from_slice(value);
    out.extend_from_slice(b"\r\n");
}

/// The decimal digits of a number, without the machinery of formatting.
fn write_number(out: &mut Vec<u8>, number: u64) {
    let mut digits = [b'0'; 20];
    let mut length = 0usize;
    let mut left = number;
    for digit in digits.iter_mut().rev() {
        *digit = b'0'.saturating_add(u8::try_from(left % 10).unwrap_or(0));
        left /= 10;
        length = length.saturating_add(1);
        if left == 0 {
            break;
        }
    }
    out.extend_from_slice(digits.get(digits.len().saturating_sub(length)..).unwrap_or_default());
}
