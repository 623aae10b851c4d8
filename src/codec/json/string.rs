//! Strings (RFC 8259, section 7): runs of plain bytes, escapes, and UTF-8 all the way.

use std::borrow::Cow;

use super::errors::Halt;
use super::reader::Reader;

/// How many bytes at the start can be copied as they are: all but the quote, the backslash and the controls
/// below 0x20. Eight at a time; the lowest hit of each trick is exact, and only that one is used.
pub(super) fn plain_run(bytes: &[u8]) -> usize {
    const ONES: u64 = u64::from_le_bytes([1; 8]);
    const HIGHS: u64 = u64::from_le_bytes([0x80; 8]);
    const QUOTES: u64 = u64::from_le_bytes([b'"'; 8]);
    const BACKSLASHES: u64 = u64::from_le_bytes([b'\\'; 8]);
    const SPACES: u64 = u64::from_le_bytes([b' '; 8]);

    let (words, tail) = bytes.as_chunks::<8>();
    for (n, word) in words.iter().enumerate() {
        let word = u64::from_le_bytes(*word);
        let (quote, backslash) = (word ^ QUOTES, word ^ BACKSLASHES);
        let below = (quote.wrapping_sub(ONES) & !quote)
            | (backslash.wrapping_sub(ONES) & !backslash)
            | (word.wrapping_sub(SPACES) & !word);
        let hits = below & HIGHS;
        if hits != 0 {
            return n.wrapping_mul(8).wrapping_add((hits.trailing_zeros() >> 3) as usize);
        }
    }
    let plain = tail.iter().take_while(|byte| !matches!(byte, b'"' | b'\\' | 0..0x20)).count();
    words.len().wrapping_mul(8).wrapping_add(plain)
}

impl<'a> Reader<'a> {
    /// Reads a string. It is borrowed from the document unless it has escapes. Of a bare text it is all.
    ///
    /// # Errors
    /// [`Halt::Invalid`] when it is another value; [`Halt::Syntax`] when it is none, or has a raw control character,
    /// an unknown escape, half of a surrogate pair, or bytes that are not UTF-8.
    pub fn string(&mut self) -> Result<Cow<'a, str>, Halt> {
        if let Some(text) = self.text {
            return Ok(Cow::Borrowed(self.take_text(text)));
        }
        match self.begin()? {
            b'"' => self.quoted(),
            _ => Err(self.expected("a string")),
        }
    }

    /// Reads the string whose opening quote stands next.
    pub(super) fn quoted(&mut self) -> Result<Cow<'a, str>, Halt> {
        self.rest = self.rest.strip_prefix(b"\"").unwrap_or(self.rest);
        let run = self.run()?;
        if let [b'"', rest @ ..] = self.rest {
            self.rest = rest;
            return Ok(Cow::Borrowed(run));
        }
        let mut text = String::with_capacity(run.len().saturating_add(16));
        text.push_str(run);
        while self.more()? {
            text.push(self.escape()?);
            text.push_str(self.run()?);
        }
        Ok(Cow::Owned(text))
    }

    /// Passes over the string whose opening quote stands next, as strictly as reading it would.
    pub(super) fn skip_quoted(&mut self) -> Result<(), Halt> {
        self.rest = self.rest.strip_prefix(b"\"").unwrap_or(self.rest);
        self.run()?;
        while self.more()? {
            self.escape()?;
            self.run()?;
        }
        Ok(())
    }

    /// The plain bytes that stand next, which have to be UTF-8. A run ends at an ASCII byte or at the end of
    /// all, so it never cuts a character that is whole.
    fn run(&mut self) -> Result<&'a str, Halt> {
        let (run, rest) = self.rest.split_at_checked(plain_run(self.rest)).unwrap_or((self.rest, &[]));
        match std::str::from_utf8(run) {
            Ok(text) => {
                self.rest = rest;
                Ok(text)
            }
            Err(error) => {
                self.rest = self.rest.get(error.valid_up_to()..).unwrap_or_default();
                Err(self.unexpected("UTF-8"))
            }
        }
    }

    /// Behind a run: does the string go on with an escape (its backslash is consumed), or was that its end?
    fn more(&mut self) -> Result<bool, Halt> {
        match self.rest {
            [b'"', rest @ ..] => {
                self.rest = rest;
                Ok(false)
            }
            [b'\\', rest @ ..] => {
                self.rest = rest;
                Ok(true)
            }
            [] => Err(self.unexpected("the closing quote")),
            [..] => Err(self.unexpected("an escape for a control character")),
        }
    }

    /// Reads an escape behind its backslash.
    fn escape(&mut self) -> Result<char, Halt> {
        let [letter, rest @ ..] = self.rest else { return Err(self.unexpected("an escape")) };
        let character = match letter {
            b'"' => '"',
            b'\\' => '\\',
            b'/' => '/',
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => return self.unicode_escape(rest),
            _ => return Err(self.unexpected("one of `\"\\/bfnrtu` behind a backslash")),
        };
        self.rest = rest;
        Ok(character)
    }

    /// `\uXXXX`, or two of them that make one character beyond U+FFFF.
    fn unicode_escape(&mut self, digits: &'a [u8]) -> Result<char, Halt> {
        let Some((first, rest)) = four_digits(digits) else {
            return Err(self.unexpected("`u` and four hexadecimal digits"));
        };
        let (code, rest) = match first {
            0xd800..0xdc00 => {
                let second = rest.strip_prefix(b"\\u").and_then(four_digits);
                let Some((second @ 0xdc00..0xe000, rest)) = second else {
                    return Err(self.half_pair(first));
                };
                let code = (first & 0x3ff) << 10 | (second & 0x3ff);
                (code.saturating_add(0x1_0000), rest)
            }
            code => (code, rest),
        };
        let Some(character) = char::from_u32(code) else { return Err(self.half_pair(first)) };
        self.rest = rest;
        Ok(character)
    }

    #[cold]
    fn half_pair(&mut self, code: u32) -> Halt {
        self.syntax(format!("the escape \\u{code:04x} is half of a surrogate pair"))
    }
}

/// Four hexadecimal digits as a number, and what follows.
fn four_digits(bytes: &[u8]) -> Option<(u32, &[u8])> {
    let (digits, rest) = bytes.split_first_chunk::<4>()?;
    let mut code = 0;
    for digit in digits {
        code = code << 4 | char::from(*digit).to_digit(16)?;
    }
    Some((code, rest))
}

/// What stands at the start of `bytes`, for an error: one character, or why it is none.
#[cold]
pub(super) fn show(bytes: &[u8]) -> String {
    let Some(first) = bytes.first() else { return "the end of the text".to_owned() };
    let head = bytes.get(..bytes.len().min(4)).unwrap_or_default();
    let valid = match std::str::from_utf8(head) {
        Ok(text) => text,
        Err(error) => head
            .get(..error.valid_up_to())
            .and_then(|valid| std::str::from_utf8(valid).ok())
            .unwrap_or_default(),
    };
    match valid.chars().next() {
        Some(character) if !character.is_control() => format!("`{character}`"),
        _ => format!("the byte 0x{first:02x}"),
    }
}
