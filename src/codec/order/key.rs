//! The key itself: 24 bytes, compared eight bytes at a time.

use std::borrow::Borrow;
use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::ops::Deref;
use std::sync::Arc;

/// How many bytes a [`Key`] holds without memory of its own: two numbers and a few, a UUID, a short name.
pub const INLINE_BYTES: usize = 22;

/// A short byte string that orders as `memcmp` does.
///
/// Up to [`INLINE_BYTES`] bytes stand in the key itself, longer ones in memory that its clones share.
///
/// Invariants: a string of at most `INLINE_BYTES` is always inline (so equal keys have equal shapes), and the inline
/// bytes behind its end are 0 (so keys can be compared as three numbers before their lengths are looked at).
#[derive(Clone, PartialEq, Eq)]
pub struct Key(Repr);

#[derive(Clone, PartialEq, Eq)]
enum Repr {
    Inline { len: u8, bytes: [u8; INLINE_BYTES] },
    Shared(Arc<[u8]>),
}

impl Key {
    /// The key of these bytes, as they stand.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Self {
        let mut inline = [0; INLINE_BYTES];
        match (inline.get_mut(..bytes.len()), u8::try_from(bytes.len())) {
            (Some(start), Ok(len)) => {
                start.copy_from_slice(bytes);
                Self(Repr::Inline { len, bytes: inline })
            }
            _ => Self(Repr::Shared(Arc::from(bytes))),
        }
    }

    /// The bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        match &self.0 {
            Repr::Inline { len, bytes } => bytes.get(..usize::from(*len)).unwrap_or(bytes),
            Repr::Shared(bytes) => bytes,
        }
    }

    /// The first key after all that begin with `prefix`; `None` when no key comes after them (`prefix` is empty or all
    /// `FF`).
    ///
    /// ```
    /// use sunstone::codec::order::Key;
    ///
    /// assert_eq!(Key::successor_of_prefix(b"ab"), Some(Key::from_bytes(b"ac")));
    /// assert_eq!(Key::successor_of_prefix(b"a\xff"), Some(Key::from_bytes(b"b")));
    /// assert_eq!(Key::successor_of_prefix(b"\xff\xff"), None);
    /// ```
    #[must_use]
    pub fn successor_of_prefix(prefix: &[u8]) -> Option<Self> {
        let end = prefix.iter().rposition(|byte| *byte != u8::MAX)?;
        let mut bytes = prefix.get(..=end)?.to_vec();
        let last = bytes.last_mut()?;
        *last = last.checked_add(1)?;
        Some(Self::from_bytes(&bytes))
    }

    /// The first eight bytes as a number, with 0 for those that are missing.
    fn head(&self) -> u64 {
        let first = match &self.0 {
            Repr::Inline { bytes, .. } => bytes.first_chunk(),
            Repr::Shared(bytes) => bytes.first_chunk(),
        };
        first.copied().map_or(0, u64::from_be_bytes)
    }
}

impl Ord for Key {
    #[inline]
    fn cmp(&self, other: &Self) -> Ordering {
        // Bytes that are missing count as 0. Where the padded heads differ, either both bytes are there, or one key
        // has ended and the other goes on with something above 0: both ways the heads order as the strings do.
        let (mine, theirs) = (self.head(), other.head());
        if mine != theirs {
            return mine.cmp(&theirs);
        }
        match (&self.0, &other.0) {
            (Repr::Inline { len, bytes }, Repr::Inline { len: other_len, bytes: other_bytes }) => {
                bytes.cmp(other_bytes).then(len.cmp(other_len))
            }
            _ => self.as_bytes().cmp(other.as_bytes()),
        }
    }
}

impl PartialOrd for Key {
    #[inline]
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// Agrees with the hash of the bytes, as [`Borrow`] asks.
impl Hash for Key {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.as_bytes().hash(state);
    }
}

impl Borrow<[u8]> for Key {
    fn borrow(&self) -> &[u8] {
        self.as_bytes()
    }
}

impl AsRef<[u8]> for Key {
    fn as_ref(&self) -> &[u8] {
        self.as_bytes()
    }
}

impl Deref for Key {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        self.as_bytes()
    }
}

/// The empty key, which comes first.
impl Default for Key {
    fn default() -> Self {
        Self::from_bytes(&[])
    }
}

impl From<&[u8]> for Key {
    fn from(bytes: &[u8]) -> Self {
        Self::from_bytes(bytes)
    }
}

/// The bytes in hexadecimal.
impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key(")?;
        for byte in self.as_bytes() {
            write!(f, "{byte:02x}")?;
        }
        f.write_str(")")
    }
}
