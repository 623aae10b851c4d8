//! A chunked body, byte after byte (RFC 9112, section 7.1).
//!
//! The size is hexadecimal digits and nothing else, lines end with CR LF and nothing else: whatever another reader on the
//! way might read in another way is refused. Extensions and trailers are checked, counted and dropped.

use super::grammar;
use super::limits::{CHUNK_EXTENSIONS_BYTES, CHUNK_SIZE_DIGITS, Limits};
use super::refusal::Refusal;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Size,
    /// Spaces before the semicolon of an extension (RFC 9112, section 7.1.1: bad whitespace).
    Space,
    Extension,
    SizeLf,
    Data,
    DataCr,
    DataLf,
    TrailerStart,
    TrailerName,
    TrailerValue,
    TrailerLf,
    EndLf,
    End,
}

/// The reading of one chunked body.
#[derive(Debug)]
pub(super) struct Chunked {
    state: State,
    /// The size while it is read; then what is left of the chunk.
    left: u64,
    digits: usize,
    extension: usize,
    extensions: usize,
    trailers: usize,
}

impl Chunked {
    pub(super) fn new() -> Self {
        Self { state: State::Size, left: 0, digits: 0, extension: 0, extensions: 0, trailers: 0 }
    }

    pub(super) fn is_whole(&self) -> bool {
        self.state == State::End
    }

    /// Reads on, up to the end of the body, and puts data behind `body`. How many bytes it has read.
    pub(super) fn read(
        &mut self,
        bytes: &[u8],
        body: &mut Vec<u8>,
        body_limit: u64,
        limits: &Limits,
    ) -> Result<usize, Refusal> {
        let mut at = 0usize;
        while let Some(&byte) = bytes.get(at) {
            match self.state {
                State::End => break,
                State::Data => {
                    let rest = bytes.get(at..).unwrap_or_default();
                    let here = usize::try_from(self.left).unwrap_or(usize::MAX).min(rest.len());
                    let data = rest.get(..here).unwrap_or_default();
                    body.extend_from_slice(data);
                    at = at.saturating_add(here);
                    self.left = self.left.saturating_sub(here as u64);
                    if self.left == 0 {
                        self.state = State::DataCr;
                    }
                    continue;
                }
                State::Size | State::Space | State::Extension => self.size_line(byte, limits)?,
                State::SizeLf => {
                    expect(byte, b'\n')?;
                    self.chunk_start(body, body_limit)?;
                }
                State::DataCr => {
                    expect(byte, b'\r')?;
                    self.state = State::DataLf;
                }
                State::DataLf => {
                    expect(byte, b'\n')?;
                    *self = Self { extensions: self.extensions, ..Self::new() };
                }
                State::TrailerStart
                | State::TrailerName
                | State::TrailerValue
                | State::TrailerLf
                | State::EndLf => self.trailer(byte, limits)?,
            }
            at = at.saturating_add(1);
        }
        Ok(at)
    }

    fn size_line(&mut self, byte: u8, limits: &Limits) -> Result<(), Refusal> {
        match (self.state, byte) {
            (State::Size, b'0'..=b'9' | b'a'..=b'f' | b'A'..=b'F') => {
                self.digits = self.digits.saturating_add(1);
                if self.digits > CHUNK_SIZE_DIGITS {
                    return Err(Refusal::bad("a chunk size of more than 16 digits"));
                }
                let digit = char::from(byte).to_digit(16).unwrap_or(0);
                self.left = self.left << 4 | u64::from(digit);
            }
            (State::Size, _) if self.digits == 0 => return Err(Refusal::bad("expected the size of a chunk")),
            (State::Size | State::Extension, b'\r') => self.state = State::SizeLf,
            (State::Size | State::Space, b';') => self.state = State::Extension,
            (State::Size | State::Space, b' ' | b'\t') => {
                self.state = State::Space;
                return self.count_extension(limits);
            }
            (State::Extension, _) if grammar::is(byte, grammar::VALUE) => {
                return self.count_extension(limits);
            }
            _ => {
                return Err(Refusal::bad(
                    "expected hexadecimal digits and the end of the line of a chunk's size",
                ));
            }
        }
        Ok(())
    }

    fn count_extension(&mut self, limits: &Limits) -> Result<(), Refusal> {
        self.extension = self.extension.saturating_add(1);
        self.extensions = self.extensions.saturating_add(1);
        if self.extension > limits.chunk_extension || self.extensions > CHUNK_EXTENSIONS_BYTES {
            return Err(Refusal::bad("chunk extensions longer than the limit"));
        }
        Ok(())
    }

    fn chunk_start(&mut self, body: &[u8], body_limit: u64) -> Result<(), Refusal> {
        if self.left == 0 {
            self.state = State::TrailerStart;
            return Ok(());
        }
        if self.left > body_limit.saturating_sub(body.len() as u64) {
            return Err(Refusal::body_too_large(body_limit));
        }
        self.state = State::Data;
        Ok(())
    }

    fn trailer(&mut self, byte: u8, limits: &Limits) -> Result<(), Refusal> {
        self.trailers = self.trailers.saturating_add(1);
        if self.trailers > limits.trailers {
            return Err(Refusal::new(431, "the trailers are longer than the limit"));
        }
        self.state = match (self.state, byte) {
            (State::TrailerStart, b'\r') => State::EndLf,
            (State::TrailerStart | State::TrailerName, _) if grammar::is(byte, grammar::TOKEN) => {
                State::TrailerName
            }
            (State::TrailerName, b':') => State::TrailerValue,
            (State::TrailerValue, b'\r') => State::TrailerLf,
            (State::TrailerValue, _) if grammar::is(byte, grammar::VALUE) => State::TrailerValue,
            (State::TrailerLf, b'\n') => State::TrailerStart,
            (State::EndLf, b'\n') => State::End,
            _ => return Err(Refusal::bad("expected trailer lines and an empty line")),
        };
        Ok(())
    }
}

fn expect(byte: u8, wanted: u8) -> Result<(), Refusal> {
    if byte == wanted { Ok(()) } else { Err(Refusal::bad("expected CR LF at the end of a chunk's line")) }
}
