//! The field lines of a head, and what its framing depends on (RFC 9112, sections 6 and 7; RFC 9110, sections 7.2,
//! 7.6.1 and 10.1.1), noted line by line.
//!
//! Invariant: two readers of the same bytes must agree where a message ends. So there is one length or one final
//! `chunked`, never both, never two, in no other spelling; whatever might be read in another way is refused.

use super::refusal::Refusal;
use super::request::{Span, Version};
use super::target;

/// One field line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Field {
    pub(super) name: Span,
    pub(super) value: Span,
}

/// A field line as it stands in the table of a request: four numbers of 16 bits, low byte first.
pub(super) type Row = [u8; 8];

impl Field {
    pub(super) fn to_row(self) -> Row {
        let wide = |span: Span| u64::from(span.from) | u64::from(span.to) << 16;
        (wide(self.name) | wide(self.value) << 32).to_le_bytes()
    }

    pub(super) fn from_row(row: Row) -> Self {
        let [a, b, c, d, e, f, g, h] = row;
        let pair = |low, high| u16::from_le_bytes([low, high]);
        Self {
            name: Span { from: pair(a, b), to: pair(c, d) },
            value: Span { from: pair(e, f), to: pair(g, h) },
        }
    }
}

/// Beyond so many lines the list's memory is given back between requests.
const KEPT_LINES: usize = 32;

/// The field lines so far and what they mean for the framing.
#[derive(Debug, Default)]
pub(super) struct Fields {
    table: Vec<Row>,
    last: Option<Field>,
    pub(super) host: Option<Span>,
    pub(super) content_type: Option<Span>,
    content_length: Option<u64>,
    chunked: bool,
    close: bool,
    keep_alive: bool,
    pub(super) upgrade: bool,
    pub(super) encoded: bool,
    expects_continue: bool,
}

/// How the end of a body is found (RFC 9112, section 6.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Length {
    Fixed(u64),
    Chunked,
}

impl Fields {
    pub(super) fn clear(&mut self) {
        let mut table = std::mem::take(&mut self.table);
        table.clear();
        table.shrink_to(KEPT_LINES);
        *self = Self { table, ..Self::default() };
    }

    pub(super) fn len(&self) -> usize {
        self.table.len()
    }

    pub(super) fn table(&self) -> &[u8] {
        self.table.as_flattened()
    }

    pub(super) fn push(&mut self, name: Span, value: Span) {
        let field = Field { name, value };
        self.table.push(field.to_row());
        self.last = Some(field);
    }

    /// Notes what the line just pushed says. Lengths of names tell nearly all others apart.
    pub(super) fn note(&mut self, bytes: &[u8]) -> Result<(), Refusal> {
        let Some(Field { name, value }) = self.last.take() else { return Ok(()) };
        let is = |known: &[u8]| name.of(bytes).eq_ignore_ascii_case(known);
        match name.len() {
            4 if is(b"host") => self.note_host(value, bytes),
            6 if is(b"expect") => self.note_expect(value.of(bytes)),
            10 if is(b"connection") => {
                self.note_connection(value.of(bytes));
                Ok(())
            }
            12 if is(b"content-type") => self.note_content_type(value),
            14 if is(b"content-length") => self.note_length(value.of(bytes)),
            16 if is(b"content-encoding") => {
                self.encoded |= !value.of(bytes).eq_ignore_ascii_case(b"identity");
                Ok(())
            }
            17 if is(b"transfer-encoding") => self.note_coding(value.of(bytes)),
            _ => Ok(()),
        }
    }

    fn note_host(&mut self, value: Span, bytes: &[u8]) -> Result<(), Refusal> {
        if self.host.replace(value).is_some() {
            return Err(Refusal::bad("Host stands twice"));
        }
        if target::is_authority(value.of(bytes)) {
            Ok(())
        } else {
            Err(Refusal::bad("expected host and port in Host"))
        }
    }

    fn note_expect(&mut self, value: &[u8]) -> Result<(), Refusal> {
        self.expects_continue = true;
        if value.eq_ignore_ascii_case(b"100-continue") {
            return Ok(());
        }
        Err(Refusal::new(417, "expected no other expectation than 100-continue"))
    }

    fn note_connection(&mut self, value: &[u8]) {
        for option in value.split(|&byte| byte == b',') {
            let option = option.trim_ascii();
            self.close |= option.eq_ignore_ascii_case(b"close");
            self.keep_alive |= option.eq_ignore_ascii_case(b"keep-alive");
            self.upgrade |= option.eq_ignore_ascii_case(b"upgrade");
        }
    }

    fn note_content_type(&mut self, value: Span) -> Result<(), Refusal> {
        match self.content_type.replace(value) {
            None => Ok(()),
            Some(_) => Err(Refusal::bad("Content-Type stands twice")),
        }
    }

    /// A length beyond 64 bits is a number all the same: it is too large, not ill-formed.
    fn note_length(&mut self, value: &[u8]) -> Result<(), Refusal> {
        if value.is_empty() || !value.iter().all(u8::is_ascii_digit) {
            return Err(Refusal::bad("expected digits alone in Content-Length"));
        }
        let length = value.iter().try_fold(0u64, |sum, &digit| {
            sum.checked_mul(10)?.checked_add(u64::from(digit.saturating_sub(b'0')))
        });
        match self.content_length.replace(length.unwrap_or(u64::MAX)) {
            None => Ok(()),
            Some(_) => Err(Refusal::bad("Content-Length stands twice")),
        }
    }

    fn note_coding(&mut self, value: &[u8]) -> Result<(), Refusal> {
        if self.chunked {
            return Err(Refusal::bad("Transfer-Encoding stands twice"));
        }
        if !value.eq_ignore_ascii_case(b"chunked") {
            return Err(Refusal::bad("expected no other transfer coding than one chunked"));
        }
        self.chunked = true;
        Ok(())
    }

    /// What can be said once all lines are there.
    pub(super) fn finish(&mut self, version: Version) -> Result<(), Refusal> {
        if self.chunked && self.content_length.is_some() {
            return Err(Refusal::bad("Transfer-Encoding and Content-Length together"));
        }
        match version {
            Version::Http10 if self.chunked => Err(Refusal::bad("Transfer-Encoding in HTTP/1.0")),
            Version::Http11 if self.host.is_none() => Err(Refusal::bad("expected one Host")),
            Version::Http10 | Version::Http11 => Ok(()),
        }
    }

    pub(super) fn length(&self) -> Length {
        if self.chunked { Length::Chunked } else { Length::Fixed(self.content_length.unwrap_or(0)) }
    }

    /// Persistence (RFC 9112, section 9.3): `close` wins; HTTP/1.0 stays only when asked to.
    pub(super) fn keep_alive(&self, version: Version) -> bool {
        !self.close && (self.keep_alive || version == Version::Http11)
    }

    /// Does the client wait for 100 before it sends the body? In HTTP/1.0 it cannot mean it (RFC 9110, section 10.1.1).
    pub(super) fn waits(&self, version: Version) -> bool {
        self.expects_continue && version == Version::Http11
    }
}
