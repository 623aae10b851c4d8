//! Methods (RFC 9110, section 9; PATCH: RFC 5789) and sets of them, for `Allow`.

use std::fmt;

use super::header::HeaderValue;

/// A method that is spoken here. Any other token is answered 501, CONNECT and TRACE among them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Method {
    /// Reads.
    Get,
    /// Reads, the answer's body left out.
    Head,
    /// Whatever the target says.
    Post,
    /// Puts a whole value in place.
    Put,
    /// Changes a part.
    Patch,
    /// Removes.
    Delete,
    /// Asks what is possible.
    Options,
}

impl Method {
    /// All of them, in the order in which `Allow` lists them.
    pub const ALL: [Self; 7] =
        [Self::Get, Self::Head, Self::Post, Self::Put, Self::Patch, Self::Delete, Self::Options];

    /// The method of a token; tokens are compared byte by byte, as methods are case-sensitive.
    #[must_use]
    pub fn from_token(token: &[u8]) -> Option<Self> {
        Some(match token {
            b"GET" => Self::Get,
            b"HEAD" => Self::Head,
            b"POST" => Self::Post,
            b"PUT" => Self::Put,
            b"PATCH" => Self::Patch,
            b"DELETE" => Self::Delete,
            b"OPTIONS" => Self::Options,
            _ => return None,
        })
    }

    /// The token: `GET`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Head => "HEAD",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
            Self::Options => "OPTIONS",
        }
    }

    /// Does the client ask for no change (RFC 9110, section 9.2.1)?
    #[must_use]
    pub const fn is_safe(self) -> bool {
        matches!(self, Self::Get | Self::Head | Self::Options)
    }

    /// Does asking twice ask for no more than asking once (RFC 9110, section 9.2.2)?
    #[must_use]
    pub const fn is_idempotent(self) -> bool {
        self.is_safe() || matches!(self, Self::Put | Self::Delete)
    }

    const fn bit(self) -> u8 {
        match self {
            Self::Get => 1,
            Self::Head => 2,
            Self::Post => 4,
            Self::Put => 8,
            Self::Patch => 16,
            Self::Delete => 32,
            Self::Options => 64,
        }
    }
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A set of methods: those of a path.
///
/// ```
/// use sunstone::http::{Method, Methods};
///
/// let of_path = Methods::new().with(Method::Get).with(Method::Post);
/// assert_eq!(of_path.answered().to_string(), "GET, HEAD, POST, OPTIONS");
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Default)]
pub struct Methods(u8);

impl Methods {
    /// None.
    #[must_use]
    pub const fn new() -> Self {
        Self(0)
    }

    /// The set with one more.
    #[must_use]
    pub const fn with(self, method: Method) -> Self {
        Self(self.0 | method.bit())
    }

    /// Is it in the set?
    #[must_use]
    pub const fn contains(self, method: Method) -> bool {
        self.0 & method.bit() != 0
    }

    /// Is the set empty?
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The set with what is answered for nothing: HEAD where there is GET, and OPTIONS.
    #[must_use]
    pub const fn answered(self) -> Self {
        let set = self.with(Method::Options);
        if set.contains(Method::Get) { set.with(Method::Head) } else { set }
    }

    /// Its methods, in the order of [`Method::ALL`].
    pub fn iter(self) -> impl Iterator<Item = Method> {
        Method::ALL.into_iter().filter(move |method| self.contains(*method))
    }

    /// The value of `Allow` (RFC 9110, section 10.2.1) for this set as it stands.
    #[must_use]
    pub fn allow(self) -> HeaderValue {
        HeaderValue::new(self.to_string()).expect("the names of methods are visible ASCII")
    }
}

impl fmt::Display for Methods {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (n, method) in self.iter().enumerate() {
            f.write_str(if n == 0 { "" } else { ", " })?;
            f.write_str(method.as_str())?;
        }
        Ok(())
    }
}

impl fmt::Debug for Methods {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}
