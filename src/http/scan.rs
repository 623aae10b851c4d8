//! The head of a request, byte after byte (RFC 9112, sections 2 to 5).
//!
//! One loop over a state and a position. It stops when the bytes end and goes on there when more have come, so each
//! byte is looked at once, in however many pieces it comes. What the framing of the message depends on is noted as its
//! line ends; nothing is looked up afterwards.

use super::fields::Fields;
use super::grammar;
use super::limits::Limits;
use super::method::Method;
use super::refusal::Refusal;
use super::request::{Span, Version};
use super::target;

/// Where in a head the next byte stands. In order: those before `FieldStart` are of the request line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum State {
    /// Before the first byte of a request.
    Start,
    /// After the CR of an empty line before the request line.
    StartLf,
    Method,
    TargetStart,
    /// In the scheme and `://` of an absolute target.
    Scheme,
    Authority,
    Path,
    Query,
    /// At the space after a target.
    TargetEnd,
    Version,
    LineLf,
    FieldStart,
    Name,
    ValueStart,
    Value,
    ValueLf,
    EndLf,
    End,
}

/// The scan of one head.
#[derive(Debug)]
pub(super) struct Scan {
    state: State,
    /// The next byte to look at, from the first byte of the head.
    at: usize,
    /// Where the part under way began.
    mark: usize,
    /// An empty line stood before the request line.
    empty_line: bool,
    /// The path has escapes or may have dot segments, and is looked at again as a whole.
    odd_path: bool,
    name: Span,
    pub(super) method: Option<Method>,
    pub(super) version: Version,
    /// The authority of an absolute target.
    pub(super) authority: Option<Span>,
    pub(super) path: Span,
    pub(super) query: Option<Span>,
    pub(super) fields: Fields,
}

impl Scan {
    pub(super) fn new() -> Self {
        Self {
            state: State::Start,
            at: 0,
            mark: 0,
            empty_line: false,
            odd_path: false,
            name: Span::EMPTY,
            method: None,
            version: Version::Http11,
            authority: None,
            path: Span::EMPTY,
            query: None,
            fields: Fields::default(),
        }
    }

    /// Makes ready for the next head; the list of fields keeps its memory.
    pub(super) fn reset(&mut self) {
        let mut fields = std::mem::take(&mut self.fields);
        fields.clear();
        *self = Self { fields, ..Self::new() };
    }

    /// Has nothing of a head come?
    pub(super) fn is_idle(&self) -> bool {
        self.at == 0
    }

    /// Reads on. `bytes` begins with the first byte of the head, at every call. The length of the head when it is whole.
    pub(super) fn read(&mut self, bytes: &[u8], limits: &Limits) -> Result<Option<usize>, Refusal> {
        if self.state < State::FieldStart {
            let limit = limits.request_line.min(limits.head);
            let view = bytes.get(..limit).unwrap_or(bytes);
            self.request_line(view)?;
            if self.state < State::FieldStart {
                let full = view.len() >= limit;
                return if full {
                    Err(Refusal::new(414, "the request line is longer than the limit"))
                } else {
                    Ok(None)
                };
            }
        }
        let view = bytes.get(..limits.head).unwrap_or(bytes);
        self.field_lines(view, limits)?;
        if self.state == State::End {
            self.fields.finish(self.version)?;
            return Ok(Some(self.at));
        }
        let full = view.len() >= limits.head;
        if full { Err(Refusal::new(431, "the head is longer than the limit")) } else { Ok(None) }
    }

    fn request_line(&mut self, bytes: &[u8]) -> Result<(), Refusal> {
        while let Some(&byte) = bytes.get(self.at) {
            match self.state {
                State::Start if byte == b'\r' && !self.empty_line => self.step(State::StartLf),
                State::Start => {
                    self.mark = self.at;
                    self.state = State::Method;
                }
                State::StartLf => {
                    expect_lf(byte)?;
                    self.empty_line = true;
                    self.step(State::Start);
                }
                State::Method => self.method(bytes)?,
                State::TargetStart => self.target_start(byte)?,
                State::Scheme => self.scheme(bytes)?,
                State::Authority => self.authority(bytes)?,
                State::Path => self.path(bytes)?,
                State::Query => {
                    self.at = grammar::run(bytes, self.at, grammar::QUERY);
                    if let Some(&byte) = bytes.get(self.at) {
                        self.query = Some(self.since_mark());
                        self.target_end(byte)?;
                    }
                }
                State::TargetEnd => {
                    self.target_end(byte)?;
                    self.step(State::Version);
                    self.mark = self.at;
                }
                State::Version => self.version(bytes)?,
                State::LineLf => {
                    expect_lf(byte)?;
                    self.step(State::FieldStart);
                    return self.line_end(bytes);
                }
                _ => return Ok(()),
            }
        }
        Ok(())
    }

    fn method(&mut self, bytes: &[u8]) -> Result<(), Refusal> {
        self.at = grammar::run(bytes, self.at, grammar::TOKEN);
        match bytes.get(self.at) {
            None => Ok(()),
            Some(b' ') if self.at > self.mark => {
                self.method = Method::from_token(self.since_mark().of(bytes));
                self.step(State::TargetStart);
                Ok(())
            }
            Some(_) => Err(Refusal::bad("expected a method, then one space")),
        }
    }

    /// The four forms of a target (RFC 9112, section 3.2); that of CONNECT is not among ours.
    fn target_start(&mut self, byte: u8) -> Result<(), Refusal> {
        self.mark = self.at;
        match byte {
            b'/' => self.state = State::Path,
            b'*' => {
                self.step(State::TargetEnd);
                self.path = self.since_mark();
            }
            _ if byte.is_ascii_alphabetic() => self.state = State::Scheme,
            _ => return Err(Refusal::bad("expected a target that begins with / or with http://")),
        }
        Ok(())
    }

    fn scheme(&mut self, bytes: &[u8]) -> Result<(), Refusal> {
        const SECURE: &[u8] = b"https://";
        const PLAIN: &[u8] = b"http://";
        // At most eight bytes, looked at again only while they trickle in.
        let rest = bytes.get(self.mark..).unwrap_or_default();
        for scheme in [PLAIN, SECURE] {
            let found = rest.get(..scheme.len()).unwrap_or(rest);
            let wanted = scheme.get(..found.len()).unwrap_or_default();
            if found.eq_ignore_ascii_case(wanted) {
                self.at = self.mark.saturating_add(found.len());
                if found.len() == scheme.len() {
                    self.mark = self.at;
                    self.state = State::Authority;
                }
                return Ok(());
            }
        }
        Err(Refusal::bad("expected a target that begins with / or with http://"))
    }

    fn authority(&mut self, bytes: &[u8]) -> Result<(), Refusal> {
        let rest = bytes.get(self.at..).unwrap_or_default();
        let length = rest.iter().position(|byte| matches!(byte, b'/' | b'?' | 0..=b' ' | 0x7f..));
        self.at = self.at.saturating_add(length.unwrap_or(rest.len()));
        let Some(&byte) = bytes.get(self.at) else { return Ok(()) };
        let authority = self.since_mark();
        if !target::is_authority(authority.of(bytes)) {
            return Err(Refusal::bad("expected host and port in the target"));
        }
        self.authority = Some(authority);
        self.mark = self.at;
        match byte {
            b'/' => self.state = State::Path,
            b'?' => self.query_start(),
            _ => self.target_end(byte)?,
        }
        Ok(())
    }

    fn path(&mut self, bytes: &[u8]) -> Result<(), Refusal> {
        self.at = grammar::run(bytes, self.at, grammar::PATH);
        match bytes.get(self.at) {
            None => Ok(()),
            Some(&byte @ (b'%' | b'.')) => {
                // A dot segment without escapes begins with a dot behind a slash.
                self.odd_path |= byte == b'%' || bytes.get(self.at.saturating_sub(1)) == Some(&b'/');
                self.at = self.at.saturating_add(1);
                Ok(())
            }
            Some(b'\\') => Err(Refusal::bad("a backslash in the path")),
            Some(&byte) => {
                self.path = self.since_mark();
                if byte == b'?' {
                    self.query_start();
                    return Ok(());
                }
                self.target_end(byte)
            }
        }
    }

    fn query_start(&mut self) {
        self.step(State::Query);
        self.mark = self.at;
    }

    fn target_end(&mut self, byte: u8) -> Result<(), Refusal> {
        match byte {
            b' ' => self.state = State::TargetEnd,
            b'\r' | b'\n' => return Err(Refusal::bad("expected a version after the target")),
            b'#' => return Err(Refusal::bad("a fragment in the target")),
            _ => return Err(Refusal::bad("a byte in the target that has to be percent-encoded")),
        }
        Ok(())
    }

    fn version(&mut self, bytes: &[u8]) -> Result<(), Refusal> {
        self.at = grammar::run(bytes, self.at, grammar::QUERY);
        let Some(&byte) = bytes.get(self.at) else { return Ok(()) };
        let known = match (byte, self.since_mark().of(bytes)) {
            (b'\r', b"HTTP/1.1") => Some(Version::Http11),
            (b'\r', b"HTTP/1.0") => Some(Version::Http10),
            (b'\r', [b'H', b'T', b'T', b'P', b'/', major, b'.', minor])
                if major.is_ascii_digit() && minor.is_ascii_digit() =>
            {
                None
            }
            _ => return Err(Refusal::bad("expected HTTP/1.1 and the end of the request line")),
        };
        self.version = known.ok_or(Refusal::new(505, "expected HTTP/1.1 or HTTP/1.0"))?;
        self.step(State::LineLf);
        Ok(())
    }

    /// What can be said once the request line is whole and well formed.
    fn line_end(&mut self, bytes: &[u8]) -> Result<(), Refusal> {
        let method = self
            .method
            .ok_or(Refusal::new(501, "expected one of GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"))?;
        let path = self.path.of(bytes);
        if path == b"*" && method != Method::Options {
            return Err(Refusal::bad("the target * is for OPTIONS alone"));
        }
        if self.odd_path {
            target::check_path(path).map_err(|bad| Refusal::bad(bad.words()))?;
        }
        Ok(())
    }

    /// The states of a field line follow each other within one turn of the loop; position and state are kept in locals,
    /// as this is where nearly all bytes of a head are read.
    fn field_lines(&mut self, bytes: &[u8], limits: &Limits) -> Result<(), Refusal> {
        let (mut at, mut state) = (self.at, self.state);
        loop {
            if state == State::FieldStart {
                match bytes.get(at) {
                    None => break,
                    Some(b'\r') => {
                        at = at.saturating_add(1);
                        state = State::EndLf;
                        break;
                    }
                    Some(b' ' | b'\t') => return Err(Refusal::bad("a field line that begins with a space")),
                    Some(b'\n') => return Err(Refusal::bad("LF without CR")),
                    Some(_) if self.fields.len() >= limits.fields => {
                        return Err(Refusal::new(431, "more field lines than the limit"));
                    }
                    Some(_) => {
                        self.mark = at;
                        state = State::Name;
                    }
                }
            }
            if state == State::Name {
                at = grammar::run(bytes, at, grammar::TOKEN);
                match bytes.get(at) {
                    None => break,
                    Some(b':') if at > self.mark => {
                        self.name = Span::new(self.mark, at);
                        at = at.saturating_add(1);
                        state = State::ValueStart;
                    }
                    Some(b' ' | b'\t') => {
                        return Err(Refusal::bad("a space before the colon of a field line"));
                    }
                    Some(_) => return Err(Refusal::bad("expected a field name, then a colon")),
                }
            }
            if state == State::ValueStart {
                while let Some(b' ' | b'\t') = bytes.get(at) {
                    at = at.saturating_add(1);
                }
                if at >= bytes.len() {
                    break;
                }
                self.mark = at;
                state = State::Value;
            }
            if state == State::Value {
                at = grammar::run_value(bytes, at);
                match bytes.get(at) {
                    None => break,
                    Some(b'\r') => {
                        self.fields.push(self.name, Span::new(self.mark, at).trimmed(bytes));
                        at = at.saturating_add(1);
                        state = State::ValueLf;
                    }
                    Some(b'\n') => return Err(Refusal::bad("LF without CR")),
                    Some(_) => return Err(Refusal::bad("a control character in a field value")),
                }
            }
            match (state, bytes.get(at)) {
                (State::ValueLf, Some(b'\n')) => {
                    at = at.saturating_add(1);
                    state = State::FieldStart;
                    self.fields.note(bytes)?;
                }
                (State::ValueLf, Some(_)) => return Err(Refusal::bad("CR without LF")),
                _ => break,
            }
        }
        (self.at, self.state) = (at, state);
        match (state, bytes.get(at)) {
            (State::EndLf, Some(&byte)) => {
                expect_lf(byte)?;
                self.step(State::End);
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// One byte further, into `state`.
    fn step(&mut self, state: State) {
        self.at = self.at.saturating_add(1);
        self.state = state;
    }

    fn since_mark(&self) -> Span {
        Span::new(self.mark, self.at)
    }
}

fn expect_lf(byte: u8) -> Result<(), Refusal> {
    if byte == b'\n' { Ok(()) } else { Err(Refusal::bad("CR without LF")) }
}
