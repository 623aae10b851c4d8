//! Reading over a whole value: every byte checked, nothing kept, no recursion.

use super::errors::Halt;
use super::reader::Reader;

/// The containers that are open, innermost in the lowest bit: 1 for an object, 0 for an array.
/// [`MAX_DEPTH`](super::MAX_DEPTH) is how many fit.
#[derive(Debug, Default)]
struct Open {
    kinds: u128,
    count: u32,
}

impl Open {
    fn push(&mut self, object: bool) {
        self.kinds = self.kinds << 1 | u128::from(object);
        self.count = self.count.saturating_add(1);
    }

    fn pop(&mut self) {
        self.kinds >>= 1;
        self.count = self.count.saturating_sub(1);
    }

    fn bracket(&self) -> u8 {
        if self.kinds & 1 == 1 { b'}' } else { b']' }
    }
}

impl<'a> Reader<'a> {
    /// Reads over the value that stands next, as strictly as if it were kept.
    ///
    /// # Errors
    /// [`Halt::Syntax`] when it is no JSON.
    pub fn skip(&mut self) -> Result<(), Halt> {
        if self.text.is_some() {
            self.take_text(());
            return Ok(());
        }
        self.begin()?;
        let start = self.start;
        let mut open = Open::default();
        loop {
            if self.skip_to_inner(&mut open)? {
                continue;
            }
            // A value is complete; so are the containers that end behind it.
            loop {
                if open.count == 0 {
                    self.start = start;
                    return Ok(());
                }
                if self.goes_on(open.bracket())? {
                    self.skip_key(&open)?;
                    break;
                }
                self.depth = self.depth.saturating_sub(1);
                open.pop();
            }
        }
    }

    /// Reads over a scalar or an empty container (false), or enters one up to its first element (true).
    fn skip_to_inner(&mut self, open: &mut Open) -> Result<bool, Halt> {
        match self.begin()? {
            b'"' => self.skip_quoted()?,
            b'-' | b'0'..=b'9' => self.number_text().map(|_| ())?,
            b't' => self.literal(b"true")?,
            b'f' => self.literal(b"false")?,
            b'n' => self.literal(b"null")?,
            bracket @ (b'[' | b'{') => {
                let object = bracket == b'{';
                self.deeper()?;
                open.push(object);
                if !self.leaves_at_once(open.bracket()) {
                    self.skip_key(open)?;
                    return Ok(true);
                }
                self.depth = self.depth.saturating_sub(1);
                open.pop();
            }
            _ => return Err(self.unexpected("a value")),
        }
        Ok(false)
    }

    fn skip_key(&mut self, open: &Open) -> Result<(), Halt> {
        if open.bracket() == b'}' {
            self.key_begins()?;
            self.skip_quoted()?;
            self.colon()?;
        }
        Ok(())
    }

    /// The bytes of the value that stands next, checked, without the space around them. Of a bare text it is all.
    ///
    /// ```
    /// use sunstone::codec::json::Reader;
    ///
    /// let mut reader = Reader::new(b" [1, {\"a\": 2}] ");
    /// assert_eq!(reader.raw(), Ok(&b"[1, {\"a\": 2}]"[..]));
    /// ```
    ///
    /// # Errors
    /// [`Halt::Syntax`] when it is no JSON.
    pub fn raw(&mut self) -> Result<&'a [u8], Halt> {
        if self.text.is_none() {
            self.space();
        }
        let from = self.rest;
        self.skip()?;
        Ok(from.get(..from.len().saturating_sub(self.rest.len())).unwrap_or_default())
    }
}
