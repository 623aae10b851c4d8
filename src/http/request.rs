//! A request, owned: it goes to a handler, to another thread, or waits, and borrows nothing of its connection.
//!
//! The head is one buffer: its bytes as they came, and behind them the table of its field lines, eight bytes a line. So a
//! request costs one allocation, and one more when it has a body.

use std::fmt;

use super::builder::Builder;
use super::fields::{Field, Length, Row};
use super::method::Method;
use super::scan::Scan;
use super::target::{Pairs, Segments};

/// What a value that is no UTF-8 reads as: it is neither absent nor equal to anything that is asked for.
const NOT_TEXT: &str = "\u{fffd}";

/// The version of a request (RFC 9112, section 2.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Version {
    /// HTTP/1.0: closes unless asked to stay; knows no chunks.
    Http10,
    /// HTTP/1.1.
    Http11,
}

/// A part of a head.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) from: u16,
    pub(super) to: u16,
}

impl Span {
    pub(super) const EMPTY: Self = Self { from: 0, to: 0 };

    /// Both ends lie within a head, which `Limits` holds below 2^16 bytes.
    pub(super) fn new(from: usize, to: usize) -> Self {
        debug_assert!(from <= to && to <= usize::from(u16::MAX), "a part of a head from {from} to {to}");
        let short = |place: usize| u16::try_from(place).unwrap_or(u16::MAX);
        Self { from: short(from), to: short(to) }
    }

    pub(super) fn len(self) -> usize {
        usize::from(self.to.saturating_sub(self.from))
    }

    pub(super) fn of(self, bytes: &[u8]) -> &[u8] {
        bytes.get(usize::from(self.from)..usize::from(self.to)).unwrap_or_default()
    }

    /// Without the spaces and tabs at its end.
    pub(super) fn trimmed(self, bytes: &[u8]) -> Self {
        let spaces = self.of(bytes).iter().rev().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
        Self { to: self.to.saturating_sub(u16::try_from(spaces).unwrap_or(u16::MAX)).max(self.from), ..self }
    }
}

/// How the answer to a request is written. A copy outlives the request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Framing {
    /// The request was HEAD: the answer has no body, though its length is stated.
    pub head_only: bool,
    /// The connection stays open after the answer, as far as the client is asked.
    pub keep_alive: bool,
    /// The client's version.
    pub version: Version,
}

impl Framing {
    /// An answer with a body, after which the connection closes.
    pub const CLOSING: Self = Self { head_only: false, keep_alive: false, version: Version::Http11 };
}

/// A request: a checked head and a whole body.
#[derive(Clone)]
pub struct Request {
    /// The head, and from `table` on its field lines.
    head: Vec<u8>,
    /// The body, without its framing.
    pub body: Vec<u8>,
    table: u16,
    path: Span,
    query: Option<Span>,
    host: Option<Span>,
    content_type: Option<Span>,
    method: Method,
    framing: Framing,
    upgrade: bool,
    encoded: bool,
    waits: bool,
    length: Length,
}

impl Request {
    /// A request made by the program itself: in tests, and for calls that did not come over HTTP.
    ///
    /// ```
    /// use sunstone::http::{Method, Request};
    ///
    /// let request = Request::builder(Method::Post, "/todos?dry=true")
    ///     .header("Content-Type", "application/json")
    ///     .body(r#"{"title":"milk"}"#)
    ///     .build()?;
    /// assert_eq!(request.path(), "/todos");
    /// assert_eq!(request.query(), Some("dry=true"));
    /// # Ok::<(), sunstone::http::Refusal>(())
    /// ```
    #[must_use]
    pub fn builder(method: Method, target: &str) -> Builder {
        Builder::new(method, target)
    }

    /// Of a scanned head; `bytes` is that head exactly.
    pub(super) fn from_scan(scan: &Scan, method: Method, bytes: &[u8]) -> Self {
        let table = scan.fields.table();
        let mut head = Vec::with_capacity(bytes.len().saturating_add(table.len()));
        head.extend_from_slice(bytes);
        head.extend_from_slice(table);
        Self {
            head,
            body: Vec::new(),
            table: u16::try_from(bytes.len()).unwrap_or(u16::MAX),
            path: scan.path,
            query: scan.query,
            host: scan.authority.or(scan.fields.host),
            content_type: scan.fields.content_type,
            method,
            framing: Framing {
                head_only: method == Method::Head,
                keep_alive: scan.fields.keep_alive(scan.version),
                version: scan.version,
            },
            upgrade: scan.fields.upgrade,
            encoded: scan.fields.encoded,
            waits: scan.fields.waits(scan.version),
            length: scan.fields.length(),
        }
    }

    /// The method.
    #[must_use]
    pub fn method(&self) -> Method {
        self.method
    }

    /// The version.
    #[must_use]
    pub fn version(&self) -> Version {
        self.framing.version
    }

    /// May the connection stay open after the answer (RFC 9112, section 9.3)?
    #[must_use]
    pub fn keep_alive(&self) -> bool {
        self.framing.keep_alive
    }

    /// How the answer is written; kept by whoever gives the request away.
    #[must_use]
    pub fn framing(&self) -> Framing {
        self.framing
    }

    /// The path as it came, escapes and all; it begins with `/`, or is `*` (OPTIONS alone).
    #[must_use]
    pub fn path(&self) -> &str {
        match self.text(self.path) {
            "" => "/",
            path => path,
        }
    }

    /// The segments of the path, each decoded once. The parser has refused paths with bad escapes, NUL, backslashes or
    /// dot segments. A decoded segment may hold `/`.
    #[must_use]
    pub fn segments(&self) -> Segments<'_> {
        Segments::checked(self.path())
    }

    /// What stands behind the `?`, as it came.
    #[must_use]
    pub fn query(&self) -> Option<&str> {
        self.query.map(|query| self.text(query))
    }

    /// The pairs of the query, decoded.
    #[must_use]
    pub fn pairs(&self) -> Pairs<'_> {
        Pairs::new(self.query().unwrap_or(""))
    }

    /// Host and port that the client asks: of the target when it names them, else of `Host` (RFC 9112, section 3.3).
    #[must_use]
    pub fn host(&self) -> Option<&str> {
        self.host.map(|host| self.text(host))
    }

    /// The value of `Content-Type`, parameters and all.
    #[must_use]
    pub fn content_type(&self) -> Option<&str> {
        self.content_type.map(|value| self.text(value))
    }

    /// The media type of the body, without parameters (RFC 9110, section 8.3.1). Media types have no case.
    #[must_use]
    pub fn media_type(&self) -> Option<&str> {
        let value = self.content_type()?;
        Some(value.split_once(';').map_or(value, |(essence, _)| essence).trim_matches([' ', '\t']))
    }

    /// Does `Content-Encoding` name anything but `identity`: is the body compressed? It is given as it came.
    #[must_use]
    pub fn is_encoded(&self) -> bool {
        self.encoded
    }

    /// Does `Connection` name `upgrade`?
    #[must_use]
    pub fn wants_upgrade(&self) -> bool {
        self.upgrade
    }

    /// The value of the first field line of this name, in any case. A value that is no UTF-8 reads as U+FFFD.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.header_bytes(name).map(|value| str::from_utf8(value).unwrap_or(NOT_TEXT))
    }

    /// The value of the first field line of this name, as it came.
    #[must_use]
    pub fn header_bytes(&self, name: &str) -> Option<&[u8]> {
        self.header_values(name).next()
    }

    /// The values of all field lines of this name, as they came.
    pub fn header_values(&self, name: &str) -> impl Iterator<Item = &[u8]> {
        self.fields()
            .filter(move |field| {
                field.name.len() == name.len() && self.slice(field.name).eq_ignore_ascii_case(name.as_bytes())
            })
            .map(|field| self.slice(field.value))
    }

    /// All field lines in their order: name as it came, and value.
    pub fn headers(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.fields().map(|field| (self.text(field.name), self.slice(field.value)))
    }

    /// The members of a comma-separated field, over all its lines (RFC 9110, section 5.6.1), empty ones left out.
    pub fn list<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.headers()
            .filter(move |(found, _)| found.eq_ignore_ascii_case(name))
            .flat_map(|(_, value)| str::from_utf8(value).unwrap_or(NOT_TEXT).split(','))
            .map(|member| member.trim_matches([' ', '\t']))
            .filter(|member| !member.is_empty())
    }

    pub(super) fn length(&self) -> Length {
        self.length
    }

    pub(super) fn waits_for_continue(&self) -> bool {
        self.waits
    }

    fn fields(&self) -> impl Iterator<Item = Field> {
        let table = self.head.get(usize::from(self.table)..).unwrap_or_default();
        let (rows, _) = table.as_chunks::<{ size_of::<Row>() }>();
        rows.iter().map(|row| Field::from_row(*row))
    }

    fn slice(&self, span: Span) -> &[u8] {
        span.of(&self.head)
    }

    fn text(&self, span: Span) -> &str {
        str::from_utf8(self.slice(span)).unwrap_or(NOT_TEXT)
    }
}

impl fmt::Debug for Request {
    /// The request line without the query, and the sizes: field values and bodies may be secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fields = self.fields().count();
        write!(f, "{} {} ({fields} fields, {} bytes of body)", self.method, self.path(), self.body.len())
    }
}
