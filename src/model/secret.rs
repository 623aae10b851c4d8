//! Values that are kept and never shown.

use super::{Indexable, Measured, Report, Shape, Value};
use crate::codec::binary::{self, FromBinary, Major, Malformed, ToBinary};
use crate::codec::json::{FromJson, Halt, Reader, ToJson, Writer};
use crate::codec::order::KeyWriter;
use crate::hash::{equal, sha256};
use std::fmt;
use std::hash::{Hash, Hasher};

/// The tag before a secret in the journal, so that whoever prints a journal without the program knows what to leave out.
/// Its four bytes read `SECR`; nobody has registered it (RFC 8949, section 9.2).
pub const TAG_SECRET: u64 = 0x5345_4352;

/// A value that is kept in the journal and never shown: a password's hash, a token, a number of a card.
///
/// - `{:?}` says `Secret(..)`, there is no `{}`, and in JSON it is `null`. It is read from JSON as what it is (so a row that
///   a client got cannot be sent back whole: the secret has to be set anew, or left out of a patch); what is wrong with
///   it is told without a digit of it.
/// - What lies in an index or in a filter is its SHA-256, so that it can be looked for (`Session::TOKEN.is(token)`) and
///   nothing can be learned from an order or from how long a look took. It sorts, but in no order that means anything. Not
///   even the hash leaves the server: a cursor names the row instead.
/// - `==` and [`Secret::matches`] take the same time however much of a guess is right.
/// - [`Secret::expose`] is the one way to it, easy to find in a review.
///
/// The journal holds it in clear, in rows; of the arguments of a call it is left out. What nobody should ever read back, a
/// password, is hashed before it is put into a row; a short number cannot hide behind a hash, because all of them are
/// soon tried.
///
/// ```
/// use sunstone::codec::json;
/// use sunstone::model::Secret;
///
/// let token: Secret<String> = json::decode(b"\"opensesame\"").unwrap();
/// assert_eq!(format!("{token:?}"), "Secret(..)");
/// assert_eq!(json::encode(&token), b"null");
/// assert!(token.matches("opensesame"));
/// assert_eq!(token.expose().len(), 10);
/// ```
#[derive(Clone, Default)]
pub struct Secret<T>(T);

impl<T> Secret<T> {
    /// The secret that is this value.
    #[must_use]
    pub const fn new(value: T) -> Self {
        Self(value)
    }

    /// The value.
    #[must_use]
    pub const fn expose(&self) -> &T {
        &self.0
    }

    /// The value, and no secret any more.
    #[must_use]
    pub fn into_inner(self) -> T {
        self.0
    }
}

impl<T: AsRef<[u8]>> Secret<T> {
    /// Is it this text, or these bytes? How long it takes depends on the two lengths alone.
    #[must_use]
    pub fn matches(&self, guess: impl AsRef<[u8]>) -> bool {
        equal(self.0.as_ref(), guess.as_ref())
    }
}

impl<T> From<T> for Secret<T> {
    fn from(value: T) -> Self {
        Self(value)
    }
}

impl From<&str> for Secret<String> {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl<T> fmt::Debug for Secret<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(..)")
    }
}

impl<T: Value> Secret<T> {
    /// What stands for it wherever it is compared.
    fn digest(&self) -> [u8; sha256::DIGEST_BYTES] {
        let mut w = KeyWriter::new();
        self.0.order(&mut w);
        sha256::digest(w.as_bytes())
    }
}

/// By the digests.
impl<T: Value> PartialEq for Secret<T> {
    fn eq(&self, other: &Self) -> bool {
        equal(&self.digest(), &other.digest())
    }
}

impl<T: Value> Eq for Secret<T> {}

impl<T: Value> Hash for Secret<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.digest().hash(state);
    }
}

impl<T> ToJson for Secret<T> {
    /// `null`, always.
    fn to_json(&self, w: &mut Writer) {
        w.null();
    }
}

impl<T: Value> FromJson for Secret<T> {
    fn from_json(r: &mut Reader<'_>) -> Result<Self, Halt> {
        let bare = r.is_bare();
        let given = r.raw()?;
        let read = match std::str::from_utf8(given) {
            Ok(text) if bare => read_alone(Reader::text(text)),
            _ => read_alone(Reader::new(given)),
        };
        // The value's own words would show what was found.
        read.map(Self).ok_or_else(|| r.reject(format!("expected a secret of the type {}", T::shape())))
    }

    fn absent() -> Option<Self> {
        T::absent().map(Self)
    }
}

/// The value that is all that `r` holds.
fn read_alone<T: FromJson>(mut r: Reader<'_>) -> Option<T> {
    let value = T::from_json(&mut r).ok()?;
    r.finish().is_ok().then_some(value)
}

impl<T: ToBinary> ToBinary for Secret<T> {
    fn to_binary(&self, w: &mut binary::Writer<'_>) {
        w.tag(TAG_SECRET);
        self.0.to_binary(w);
    }
}

impl<T: FromBinary> FromBinary for Secret<T> {
    /// Without the tag as well, as a field was written before it became a secret.
    fn from_binary(r: &mut binary::Reader<'_>) -> Result<Self, Malformed> {
        let mut ahead = r.clone();
        if ahead.peek() == Some(Major::Tag) && ahead.tag()? == TAG_SECRET {
            r.tag()?;
        }
        T::from_binary(r).map(Self)
    }
}

impl<T: Value> Value for Secret<T> {
    fn shape() -> Shape {
        Shape::Secret(Box::new(T::shape()))
    }

    fn same(&self, other: &Self) -> bool {
        self.0.same(&other.0)
    }

    fn copy(&self) -> Self {
        Self(self.0.copy())
    }

    /// The digest: equal secrets are equal bytes, and nothing else is to be seen in them.
    fn order(&self, w: &mut KeyWriter) {
        w.raw(&self.digest());
    }

    /// Names the places that break a rule, without the values.
    fn check(&self, report: &mut Report) {
        let known = report.errors().len();
        report.hidden(|report| self.0.check(report));
        report.reword(known, BROKEN_RULE);
    }

    fn is_null(&self) -> bool {
        self.0.is_null()
    }
}

const BROKEN_RULE: &str = "breaks a rule of its type";

impl<T: Indexable> Indexable for Secret<T> {}

impl<T: Measured> Measured for Secret<T> {
    const UNIT: &'static str = T::UNIT;
    const SHOWN: bool = false;

    fn measure(&self) -> Option<usize> {
        self.0.measure()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::json;
    use crate::codec::order::Key;
    use crate::model::{Bytes, Decimal};
    use std::collections::HashSet;

    fn key(value: &impl Value) -> Key {
        let mut w = KeyWriter::new();
        value.order(&mut w);
        w.finish()
    }

    #[test]
    fn nothing_of_it_is_shown() {
        let secret = Secret::new(vec![Some("hunter2".to_owned())]);
        assert_eq!(format!("{secret:?} {secret:#?}"), "Secret(..) Secret(..)");
        assert_eq!(json::encode(&secret), b"null");
        assert_eq!(json::encode(&Some(Secret::new(7))), b"null");
        let key = key(&secret);
        assert!(!key.windows(4).any(|four| four == b"hunt"), "{key:?}");
    }

    #[test]
    fn it_is_read_as_what_it_is() {
        assert_eq!(json::decode::<Secret<u8>>(b" 7 ").unwrap().into_inner(), 7);
        assert_eq!(json::decode::<Option<Secret<u8>>>(b"null").unwrap(), None);
        assert_eq!(json::decode::<Secret<Option<u8>>>(b"null").unwrap(), Secret::new(None));
        assert_eq!(Secret::<Option<u8>>::absent(), Some(Secret::new(None)));
        assert_eq!(Secret::<u8>::absent(), None);
        assert_eq!(json::decode::<Vec<Secret<u8>>>(b"[1,2]").unwrap(), [Secret::new(1), Secret::new(2)]);
        assert!(Secret::<String>::from_json(&mut Reader::text("a \"b\"")).unwrap().matches("a \"b\""));
        assert_eq!(Secret::<u8>::from_json(&mut Reader::text("42")).unwrap().expose(), &42);
    }

    #[test]
    fn what_is_wrong_is_told_without_it() {
        let said = |errors: json::Errors| errors.to_string();
        for (text, words) in [
            ("4711", "expected a secret of the type u8 (line 1, column 1)"),
            ("\"4711\"", "expected a secret of the type u8 (line 1, column 1)"),
            ("{\"pin\":[4711]}", "expected a secret of the type u8 (line 1, column 1)"),
        ] {
            assert_eq!(said(json::decode::<Secret<u8>>(text.as_bytes()).unwrap_err()), words);
        }
        let list = json::decode::<Vec<Secret<u8>>>(b"[1, 4711]").unwrap_err();
        assert_eq!(said(list), "[1]: expected a secret of the type u8 (line 1, column 5)");
        let syntax = json::decode::<Secret<u8>>(b"47x").unwrap_err();
        assert!(syntax.is_syntax());
        let mut r = Reader::text("4711");
        assert_eq!(Secret::<u8>::from_json(&mut r), Err(Halt::Invalid));
        assert!(!said(r.errors()).contains("4711"));

        let mut report = Report::default();
        report.length(&Secret::new("short".to_owned()), 8..);
        assert_eq!(report.errors()[0].detail, "expected at least 8 characters");
    }

    #[test]
    fn equal_ones_are_equal_everywhere() {
        let (a, b) = (Secret::new("open".to_owned()), Secret::new("opem".to_owned()));
        assert!(a == a.copy() && a.same(&a.copy()) && key(&a) == key(&a.copy()));
        assert!(a != b && !a.same(&b) && key(&a) != key(&b));
        assert!(a.matches("open") && !a.matches("opem") && !a.matches("") && !a.matches("opensesame"));
        assert!(Secret::new(Bytes::from([1, 2])).matches([1, 2]));
        assert_eq!(HashSet::from([a.copy(), a.copy(), b.copy()]).len(), 2);
        // Two texts of one value are one in an index, and still a change.
        let (short, long) =
            (Secret::new("1.5".parse::<Decimal>().unwrap()), Secret::new("1.50".parse().unwrap()));
        assert!(short == long && !short.same(&long) && key(&short) == key(&long));
    }

    #[test]
    fn the_journal_has_it_behind_its_tag() {
        let secret = Secret::new("open".to_owned());
        let bytes = binary::encode(&secret);
        assert_eq!(bytes, b"\xda\x53\x45\x43\x52\x64open");
        assert_eq!(binary::decode::<Secret<String>>(&bytes).unwrap(), secret);
        assert_eq!(binary::decode::<Secret<String>>(b"\x64open").unwrap(), secret, "before it was a secret");
        let wide = Secret::new(i128::MAX);
        assert_eq!(binary::decode::<Secret<i128>>(&binary::encode(&wide)).unwrap(), wide);
        assert_eq!(binary::decode::<Secret<i128>>(&binary::encode(&i128::MAX)).unwrap(), wide);
        for deep in [None, Some(Secret::new(None)), Some(Secret::new(Some(3_u8)))] {
            let back = binary::decode::<Option<Secret<Option<u8>>>>(&binary::encode(&deep)).unwrap();
            assert_eq!(back, deep);
        }
    }
}
