//! The reader: where it stands, what it looks at next, and how it records what is wrong.

use std::fmt;

use super::errors::{Errors, Faults, Halt, shown_text};
use super::parts::Parts;
use super::string::show;

/// How deep arrays and objects may lie in one another. A person's data is never this deep; a stack overflow is.
pub const MAX_DEPTH: u32 = 128;

/// What kind of value stands next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// `null`
    Null,
    /// `true` or `false`
    Bool,
    /// a number
    Number,
    /// a string, or a bare text
    String,
    /// an array
    Array,
    /// an object
    Object,
}

impl Kind {
    /// The kind with its article: `a number`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool => "a boolean",
            Self::Number => "a number",
            Self::String => "a string",
            Self::Array => "an array",
            Self::Object => "an object",
        }
    }
}

/// A document that is being read, and what was found wrong with it so far.
///
/// Invariants: `rest` is a tail of `whole`; `text` is there only while nothing of a bare text has been read, and then
/// `rest` is all of it; `depth` is the number of containers entered and not left, at most [`MAX_DEPTH`].
///
/// ```
/// use sunstone::codec::json::{Halt, Reader};
///
/// let mut reader = Reader::new(br#"[1, "two", 3]"#);
/// let mut sum = 0;
/// let outcome = reader.array(&mut |r| {
///     sum += r.u64()?;
///     Ok(())
/// });
/// assert_eq!((sum, outcome), (4, Err(Halt::Invalid)));
/// let errors = reader.finish().unwrap_err();
/// assert_eq!(errors.items[0].path, "[1]");
/// ```
pub struct Reader<'a> {
    pub(super) whole: &'a [u8],
    pub(super) rest: &'a [u8],
    pub(super) text: Option<&'a str>,
    /// How many bytes were left where the value that was read last begins.
    pub(super) start: usize,
    pub(super) depth: u32,
    pub(super) faults: Faults,
    /// The object that stands here came in parts, and none is read yet.
    pub(super) parts: Option<Parts<'a>>,
    /// Further bare texts of the same name, for a list; whoever reads one value leaves them.
    pub(super) others: Vec<&'a str>,
    bare: bool,
}

/// Where it stands and what it found wrong, without the document, which may hold secrets.
impl fmt::Debug for Reader<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reader")
            .field("bytes", &self.whole.len())
            .field("left", &self.rest.len())
            .field("depth", &self.depth)
            .field("faults", &self.faults)
            .finish_non_exhaustive()
    }
}

impl<'a> Reader<'a> {
    /// A reader at the start of a document.
    #[must_use]
    pub fn new(json: &'a [u8]) -> Self {
        Self {
            whole: json,
            rest: json,
            text: None,
            start: json.len(),
            depth: 0,
            faults: Faults::default(),
            parts: None,
            others: Vec::new(),
            bare: false,
        }
    }

    /// A reader of one bare text: a path segment, a query value, a flag.
    ///
    /// A string is the whole text, without quotes or escapes; numbers and booleans are the whole text in JSON's own
    /// spelling; arrays and objects are read as JSON if the text begins with their bracket. An array is read from any other
    /// text as from its only element. There is no null.
    ///
    /// ```
    /// use sunstone::codec::json::{FromJson, Reader};
    ///
    /// assert_eq!(u8::from_json(&mut Reader::text("42")), Ok(42));
    /// assert_eq!(String::from_json(&mut Reader::text("42")), Ok("42".to_owned()));
    /// ```
    #[must_use]
    pub fn text(text: &'a str) -> Self {
        Self { text: Some(text), bare: true, ..Self::new(text.as_bytes()) }
    }

    /// What kind of value stands next; nothing is consumed but space. A bare text is an array or an object by its
    /// first character, else a string.
    ///
    /// # Errors
    /// [`Halt::Syntax`] when no value begins here.
    pub fn peek(&mut self) -> Result<Kind, Halt> {
        if let Some(text) = self.text {
            return Ok(match text.as_bytes().first() {
                Some(b'{') => Kind::Object,
                Some(b'[') => Kind::Array,
                _ => Kind::String,
            });
        }
        match self.begin()? {
            b'"' => Ok(Kind::String),
            b'{' => Ok(Kind::Object),
            b'[' => Ok(Kind::Array),
            b'-' | b'0'..=b'9' => Ok(Kind::Number),
            b't' | b'f' => Ok(Kind::Bool),
            b'n' => Ok(Kind::Null),
            _ => Err(self.unexpected("a value")),
        }
    }

    /// Was it a null? If so it is consumed, else nothing is.
    ///
    /// # Errors
    /// [`Halt::Syntax`] when no value begins here.
    pub fn null(&mut self) -> Result<bool, Halt> {
        if self.text.is_some() || self.begin()? != b'n' {
            return Ok(false);
        }
        self.literal(b"null")?;
        Ok(true)
    }

    /// Reads `true` or `false`.
    ///
    /// # Errors
    /// [`Halt::Invalid`] when it is another value, [`Halt::Syntax`] when it is none.
    pub fn bool(&mut self) -> Result<bool, Halt> {
        if let Some(text) = self.text {
            return match text {
                "true" => Ok(self.take_text(true)),
                "false" => Ok(self.take_text(false)),
                _ => Err(self.expected("true or false")),
            };
        }
        match self.begin()? {
            b't' => self.literal(b"true").map(|()| true),
            b'f' => self.literal(b"false").map(|()| false),
            _ => Err(self.expected("true or false")),
        }
    }

    /// Reads over the value that stands next and records that `what` was expected there, and what kind was found.
    ///
    /// ```
    /// use sunstone::codec::json::{Halt, Reader};
    ///
    /// let mut reader = Reader::new(b" [1, 2] ");
    /// assert_eq!(reader.expected("a colour"), Halt::Invalid);
    /// assert_eq!(reader.errors().to_string(), "expected a colour, found an array (line 1, column 2)");
    /// ```
    #[cold]
    pub fn expected(&mut self, what: &str) -> Halt {
        self.expected_with(|| what.to_owned())
    }

    /// Records that the string `text`, which was just read, is none of what was `expected`: words that begin so, to which what
    /// was found is added unless they say it. Always [`Halt::Invalid`].
    #[cold]
    pub fn misread(&mut self, expected: &str, text: &str) -> Halt {
        self.reject_with(|| match text {
            _ if expected.contains(", found ") => expected.to_owned(),
            "" => format!("{expected}, found nothing"),
            text => format!("{expected}, found {}", shown_text(text)),
        })
    }

    /// As [`Reader::expected`], the words made only when there is room for them.
    #[cold]
    pub(super) fn expected_with(&mut self, what: impl FnOnce() -> String) -> Halt {
        let found = match (self.text, self.peek()) {
            (_, Err(halt)) => return halt,
            (Some(""), _) => "nothing".to_owned(),
            (Some(text), _) => shown_text(text),
            (None, Ok(kind)) => kind.name().to_owned(),
        };
        match self.skip() {
            Ok(()) => self.reject_with(|| format!("expected {}, found {found}", what())),
            Err(halt) => halt,
        }
    }

    /// Records `detail` about the value that was just read. Always [`Halt::Invalid`].
    #[cold]
    pub fn reject(&mut self, detail: impl Into<String>) -> Halt {
        self.reject_with(|| detail.into())
    }

    #[cold]
    pub(super) fn reject_with(&mut self, detail: impl FnOnce() -> String) -> Halt {
        self.faults.add(detail, self.start);
        Halt::Invalid
    }

    /// Does it stand before a bare text ([`Reader::text`]), all of which is one value?
    #[must_use]
    pub fn is_bare(&self) -> bool {
        self.text.is_some()
    }

    /// Has anything been recorded?
    #[must_use]
    pub fn failed(&self) -> bool {
        self.faults.any()
    }

    /// Ends the reading: nothing but space may follow.
    ///
    /// # Errors
    /// Everything that was recorded, and what follows the document if anything does.
    pub fn finish(mut self) -> Result<(), Errors> {
        self.end();
        if self.failed() { Err(self.errors()) } else { Ok(()) }
    }

    /// Records what follows the value if anything does.
    pub(super) fn end(&mut self) {
        if self.faults.is_syntax() || self.text.is_some() {
            return;
        }
        self.space();
        if !self.rest.is_empty() {
            self.unexpected("the end of the text");
        }
    }

    /// Everything that was recorded; for a reading that stopped on a [`Halt`].
    #[must_use]
    pub fn errors(self) -> Errors {
        self.faults.into_errors(self.whole, self.bare)
    }

    /// Passes over space (RFC 8259, section 2).
    pub(super) fn space(&mut self) {
        while let [b' ' | b'\n' | b'\r' | b'\t', rest @ ..] = self.rest {
            self.rest = rest;
        }
    }

    /// Passes over space, notes that a value begins here, and tells its first byte.
    pub(super) fn begin(&mut self) -> Result<u8, Halt> {
        self.space();
        self.start = self.rest.len();
        match self.rest.first() {
            Some(byte) => Ok(*byte),
            None => Err(self.unexpected("a value")),
        }
    }

    /// Consumes the bare text, whole.
    pub(super) fn take_text<T>(&mut self, value: T) -> T {
        self.text = None;
        self.start = self.rest.len();
        self.rest = &[];
        value
    }

    pub(super) fn literal(&mut self, word: &[u8]) -> Result<(), Halt> {
        if let Some(rest) = self.rest.strip_prefix(word) {
            self.rest = rest;
            return Ok(());
        }
        let common = self.rest.iter().zip(word).take_while(|(a, b)| a == b).count();
        self.rest = self.rest.get(common..).unwrap_or_default();
        Err(self.unexpected(&format!("`{}`", String::from_utf8_lossy(word))))
    }

    /// Records that `what` was expected right here and something else stands there. Always [`Halt::Syntax`].
    #[cold]
    pub(super) fn unexpected(&mut self, what: &str) -> Halt {
        let found = if self.rest.len() == self.whole.len() && self.rest.starts_with(b"\xef\xbb\xbf") {
            "a byte order mark".to_owned()
        } else {
            show(self.rest)
        };
        self.syntax(format!("expected {what}, found {found}"))
    }

    /// Records a fault that ends the reading, right here.
    #[cold]
    pub(super) fn syntax(&mut self, detail: impl Into<String>) -> Halt {
        self.faults.add_syntax(detail.into(), self.rest.len());
        Halt::Syntax
    }
}
