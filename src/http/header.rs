//! Names and values of header fields that a program puts into an answer. The types refuse what would end a line or
//! begin another one (RFC 9110, section 5.5), so an answer cannot be split by what a program was given.

use std::borrow::Cow;
use std::fmt;

use super::grammar;

/// The name of a header field: a token (RFC 9110, section 5.1), and none of those that the writer of the answer owns.
#[derive(Clone, PartialEq, Eq)]
pub struct HeaderName(Cow<'static, str>);

/// The value of a header field: no control characters but the tab, so neither CR nor LF nor NUL.
#[derive(Clone, PartialEq, Eq)]
pub struct HeaderValue(Cow<'static, [u8]>);

/// Names that say where an answer ends or what its connection does: the writer alone sets them.
const OWNED_BY_THE_WRITER: [&str; 7] = [
    "connection",
    "content-length",
    "date",
    "keep-alive",
    "sunstone-seq",
    "transfer-encoding",
    "x-content-type-options",
];

const fn is_owned(name: &[u8]) -> bool {
    let mut rest: &[&str] = &OWNED_BY_THE_WRITER;
    while let [owned, others @ ..] = rest {
        if owned.as_bytes().eq_ignore_ascii_case(name) {
            return true;
        }
        rest = others;
    }
    false
}

/// `Allow` (RFC 9110, section 10.2.1).
pub const ALLOW: HeaderName = HeaderName::from_static("Allow");
/// `Cache-Control` (RFC 9111, section 5.2).
pub const CACHE_CONTROL: HeaderName = HeaderName::from_static("Cache-Control");
/// `ETag` (RFC 9110, section 8.8.3).
pub const ETAG: HeaderName = HeaderName::from_static("ETag");
/// `Location` (RFC 9110, section 10.2.2).
pub const LOCATION: HeaderName = HeaderName::from_static("Location");
/// `Retry-After` (RFC 9110, section 10.2.3).
pub const RETRY_AFTER: HeaderName = HeaderName::from_static("Retry-After");
/// `Upgrade` (RFC 9110, section 7.8).
pub const UPGRADE: HeaderName = HeaderName::from_static("Upgrade");
/// `WWW-Authenticate` (RFC 9110, section 11.6.1).
pub const WWW_AUTHENTICATE: HeaderName = HeaderName::from_static("WWW-Authenticate");

/// Why a text is no name or no value of a header field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum BadHeader {
    /// A name is empty, or the byte at this place is none of a token.
    Name {
        /// The place of the byte.
        at: usize,
    },
    /// The writer of the answer sets this one itself.
    Owned,
    /// The byte at this place is a control character.
    Value {
        /// The place of the byte.
        at: usize,
    },
}

impl fmt::Display for BadHeader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name { at } => write!(f, "header name: expected a token, found another byte at {at}"),
            Self::Owned => f.write_str("header name: this field is set by the writer of the answer alone"),
            Self::Value { at } => write!(f, "header value: control character at {at}"),
        }
    }
}

impl std::error::Error for BadHeader {}

impl HeaderName {
    /// A name, in the case in which it is to be written.
    ///
    /// # Errors
    /// No token, or a name that the writer of the answer owns (`Content-Length`, `Connection`, `Date` …).
    pub fn new(name: impl Into<Cow<'static, str>>) -> Result<Self, BadHeader> {
        let name = name.into();
        let end = grammar::run(name.as_bytes(), 0, grammar::TOKEN);
        if name.is_empty() || end < name.len() {
            return Err(BadHeader::Name { at: end });
        }
        if is_owned(name.as_bytes()) {
            return Err(BadHeader::Owned);
        }
        Ok(Self(name))
    }

    /// Is it a name at all, owned by whomever?
    pub(super) fn is_token(name: &str) -> bool {
        !name.is_empty() && grammar::all(name.as_bytes(), grammar::TOKEN)
    }

    /// A name known at compile time.
    ///
    /// # Panics
    /// When it holds anything but letters, digits and `-`, or is owned by the writer; in a constant the compiler says so.
    #[must_use]
    pub const fn from_static(name: &'static str) -> Self {
        let mut rest = name.as_bytes();
        assert!(!rest.is_empty(), "header name: empty");
        assert!(!is_owned(rest), "header name: set by the writer of the answer alone");
        while let [first, others @ ..] = rest {
            assert!(
                first.is_ascii_alphanumeric() || *first == b'-',
                "header name: not a letter, a digit or -"
            );
            rest = others;
        }
        Self(Cow::Borrowed(name))
    }

    /// The name as it is written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Is it this one? Names have no case.
    #[must_use]
    pub fn is(&self, name: &str) -> bool {
        self.0.eq_ignore_ascii_case(name)
    }
}

impl HeaderValue {
    /// A value.
    ///
    /// ```
    /// use sunstone::http::HeaderValue;
    ///
    /// assert!(HeaderValue::new("/todos/7").is_ok());
    /// assert!(HeaderValue::new("/todos/7\r\nSet-Cookie: a=b").is_err());
    /// ```
    ///
    /// # Errors
    /// A control character other than the tab.
    pub fn new(value: impl Into<Cow<'static, str>>) -> Result<Self, BadHeader> {
        let bytes = match value.into() {
            Cow::Borrowed(text) => Cow::Borrowed(text.as_bytes()),
            Cow::Owned(text) => Cow::Owned(text.into_bytes()),
        };
        let end = grammar::run_value(&bytes, 0);
        if end < bytes.len() { Err(BadHeader::Value { at: end }) } else { Ok(Self(bytes)) }
    }

    /// A value known at compile time.
    ///
    /// # Panics
    /// When it holds anything but visible ASCII and spaces; in a constant the compiler says so.
    #[must_use]
    pub const fn from_static(value: &'static str) -> Self {
        let mut rest = value.as_bytes();
        while let [first, others @ ..] = rest {
            assert!(first.is_ascii_graphic() || *first == b' ', "header value: not visible ASCII");
            rest = others;
        }
        Self(Cow::Borrowed(value.as_bytes()))
    }

    /// Its bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for HeaderName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

impl fmt::Debug for HeaderValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&String::from_utf8_lossy(&self.0), f)
    }
}
