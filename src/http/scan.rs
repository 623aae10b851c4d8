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

/// Where in a head the next byte stands. In order: those before `FieldStart` are of the request line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum State {
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
    pub(super) state: State,
    /// The next byte to look at, from the first byte of the head.
    pub(super) at: usize,
    /// Where the part under way began.
    pub(super) mark: usize,
    /// The path has escapes or may have dot segments, and is looked at again as a whole.
    pub(super) odd_path: bool,
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
        self.end(view)?;
        if self.state == State::End {
            self.fields.finish(self.version)?;
            return Ok(Some(self.at));
        }
        let full = view.len() >= limits.head;
        if full { Err(Refusal::new(431, "the head is longer than the limit")) } else { Ok(None) }
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
                    Some(&byte) => return Err(no_name(byte, at == self.mark)),
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
                    Some(&byte) => return Err(no_value(byte)),
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
        Ok(())
    }

    /// The LF of the empty line that ends a head.
    fn end(&mut self, bytes: &[u8]) -> Result<(), Refusal> {
        if let (State::EndLf, Some(&byte)) = (self.state, bytes.get(self.at)) {
            expect_lf(byte)?;
            self.step(State::End);
        }
        Ok(())
    }

    /// One byte further, into `state`.
    pub(super) fn step(&mut self, state: State) {
        self.at = self.at.saturating_add(1);
        self.state = state;
    }

    pub(super) fn since_mark(&self) -> Span {
        Span::new(self.mark, self.at)
    }
}

/// What is said of a byte where a name should begin or end.
const fn no_name(byte: u8, at_its_start: bool) -> Refusal {
    Refusal::bad(match (byte, at_its_start) {
        (b' ' | b'\t', true) => "a field line that begins with a space",
        (b' ' | b'\t', false) => "a space before the colon of a field line",
        (b'\n', true) => "LF without CR",
        _ => "expected a field name, then a colon",
    })
}

/// What is said of a byte that no value can hold.
const fn no_value(byte: u8) -> Refusal {
    Refusal::bad(if byte == b'\n' { "LF without CR" } else { "a control character in a field value" })
}

pub(super) fn expect_lf(byte: u8) -> Result<(), Refusal> {
    if byte == b'\n' { Ok(()) } else { Err(Refusal::bad("CR without LF")) }
}
