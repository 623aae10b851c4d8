//! Requests that the program makes itself. They are written as text and read by the same scan as those of strangers, so
//! one set of rules holds for both.

use super::header::{HeaderName, HeaderValue};
use super::limits::{HEAD_BYTES_MAX, Limits};
use super::method::Method;
use super::refusal::Refusal;
use super::request::Request;
use super::scan::Scan;

/// A request in the making: see [`Request::builder`].
#[derive(Debug, Clone)]
pub struct Builder {
    method: Method,
    head: Vec<u8>,
    has_host: bool,
    body: Vec<u8>,
    refusal: Option<Refusal>,
}

impl Builder {
    pub(super) fn new(method: Method, target: &str) -> Self {
        let mut head = Vec::with_capacity(256);
        for part in [method.as_str(), " ", target, " HTTP/1.1\r\n"] {
            head.extend_from_slice(part.as_bytes());
        }
        // A line end in the target would begin a field line.
        let refusal = target.contains(['\r', '\n']).then(|| Refusal::bad("a line end in the target"));
        Self { method, head, has_host: false, body: Vec::new(), refusal }
    }

    /// One more field line. `Host` is `localhost` unless given.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        if HeaderName::is_token(name) && HeaderValue::new(value.to_owned()).is_ok() {
            self.has_host |= name.eq_ignore_ascii_case("host");
            for part in [name, ": ", value, "\r\n"] {
                self.head.extend_from_slice(part.as_bytes());
            }
        } else {
            self.refusal = Some(Refusal::bad("a field line that is none"));
        }
        self
    }

    /// The body. It needs no `Content-Length`.
    #[must_use]
    pub fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self
    }

    /// The request.
    ///
    /// # Errors
    /// What the parser would refuse: a target or a field line that is not well formed, a head over 64 KiB. No limit is set
    /// to the number of lines and to the body.
    pub fn build(mut self) -> Result<Request, Refusal> {
        if let Some(refusal) = self.refusal {
            return Err(refusal);
        }
        self.head.extend_from_slice(if self.has_host { b"\r\n" } else { b"Host: localhost\r\n\r\n" });
        let limits = Limits {
            request_line: HEAD_BYTES_MAX,
            head: HEAD_BYTES_MAX,
            fields: usize::MAX,
            ..Limits::default()
        };
        let mut scan = Scan::new();
        match scan.read(&self.head, &limits)? {
            Some(end) if end == self.head.len() => {
                let mut request = Request::from_scan(&scan, self.method, &self.head);
                request.body = self.body;
                Ok(request)
            }
            _ => Err(Refusal::bad("expected one head")),
        }
    }
}
