//! The request line (RFC 9112, section 3): method, target, version, one space between, CR LF behind.

use super::grammar;
use super::method::Method;
use super::refusal::Refusal;
use super::request::Version;
use super::scan::{Scan, State, expect_lf};
use super::target;

/// What nearly every request line ends with; what differs from it is read state by state.
const USUAL_END: &[u8] = b" HTTP/1.1\r\n";

const UNKNOWN_METHOD: Refusal =
    Refusal::new(501, "expected one of GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS");

impl Scan {
    /// Reads on while bytes are there and the line lasts.
    pub(super) fn request_line(&mut self, bytes: &[u8]) -> Result<(), Refusal> {
        while let Some(&byte) = bytes.get(self.at) {
            match self.state {
                State::Start if byte == b'\r' => self.step(State::StartLf),
                State::Start => {
                    self.mark = self.at;
                    self.state = State::Method;
                }
                State::StartLf => {
                    // However many there are, they count as bytes of the request line (RFC 9112, section 2.2).
                    expect_lf(byte)?;
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
                State::TargetEnd if self.has_usual_end(bytes) => {
                    self.at = self.at.saturating_add(USUAL_END.len());
                    self.state = State::FieldStart;
                    return self.line_end(bytes);
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
            _ => return Err(self.no_target()),
        }
        Ok(())
    }

    /// CONNECT has a target of its own form, and perhaps other methods that are not known here.
    const fn no_target(&self) -> Refusal {
        match self.method {
            None => UNKNOWN_METHOD,
            Some(_) => Refusal::bad("expected a target that begins with / or with http://"),
        }
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
        Err(self.no_target())
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

    fn has_usual_end(&self, bytes: &[u8]) -> bool {
        bytes.get(self.at..).is_some_and(|rest| rest.starts_with(USUAL_END))
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
        let method = self.method.ok_or(UNKNOWN_METHOD)?;
        let path = self.path.of(bytes);
        if path == b"*" && method != Method::Options {
            return Err(Refusal::bad("the target * is for OPTIONS alone"));
        }
        if self.odd_path {
            target::check_path(path).map_err(|bad| Refusal::bad(bad.words()))?;
        }
        Ok(())
    }
}
