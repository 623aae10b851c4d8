//! The one public error. It knows no room; every room makes it, and `api` turns it into a problem document
//! (RFC 9457).

use std::fmt;
use std::path::Path;

/// What a fallible function of a program gives back.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why something was refused or did not work.
///
/// Its kind is closed and asked for by predicates; its words say what and where.
///
/// ```
/// use sunstone::error::Error;
///
/// let error = Error::conflict("the account holds 3, not 5");
/// assert!(error.is_conflict());
/// assert_eq!(error.status(), 409);
/// assert_eq!(error.to_string(), "the account holds 3, not 5");
/// ```
///
/// # Errors of other types
/// Every kind takes whatever can be shown, so an error of another type becomes one of a kind by `map_err`. The words of
/// [`Error::internal`] go to the log and never to a caller, so nothing that a library says of paths, hosts or keys leaks; the
/// words of all others are shown. `?` does it by itself for [`std::io::Error`], which is internal, and for every type of
/// the program with `impl From<ShopError> for Error`.
///
/// ```
/// use sunstone::prelude::*;
///
/// fn price(text: String) -> Result<u64> {
///     // What the caller sent: 422, with the words of the `ParseIntError`.
///     let price: u64 = text.parse().map_err(Error::invalid)?;
///     // A file of the program: 500, its words in the log alone.
///     let rate = std::fs::read_to_string("/no/such/rate")?;
///     // What is in it is not the caller's doing: 500.
///     let rate: u64 = rate.trim().parse().map_err(Error::internal)?;
///     Ok(price * rate)
/// }
///
/// assert!(price("ten".to_owned()).is_err_and(|error| error.is_invalid()));
/// assert!(price("10".to_owned()).is_err_and(|error| error.is_internal()));
/// ```
pub struct Error(Box<Inner>);

struct Inner {
    kind: Kind,
    detail: String,
    fields: Vec<FieldError>,
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

/// One field of a body or a row, and what is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldError {
    /// The path of the field: `items[3].title`; empty for the whole.
    pub field: String,
    /// What was expected and what was found.
    pub detail: String,
}

impl fmt::Display for FieldError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.field.is_empty() {
            f.write_str(&self.detail)
        } else {
            write!(f, "{}: {}", self.field, self.detail)
        }
    }
}

/// The closed list of kinds. Each has one status and one problem type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Kind {
    BadRequest,
    Unauthorized,
    Forbidden,
    NotFound,
    MethodNotAllowed,
    Conflict,
    VersionMismatch,
    TooLarge,
    UnsupportedMediaType,
    Misdirected,
    Invalid,
    TooManyRequests,
    Internal,
    Overloaded,
    OutcomeUnknown,
    DiskFull,
}

impl Kind {
    /// Status (RFC 9110, section 15; 507 is RFC 4918), problem type and title.
    const fn row(self) -> (u16, &'static str, &'static str) {
        match self {
            Self::BadRequest => (400, "bad-request", "the request is not well formed"),
            Self::Unauthorized => (401, "unauthorized", "who is asking is not known"),
            Self::Forbidden => (403, "forbidden", "the caller may not do this"),
            Self::NotFound => (404, "not-found", "nothing is there"),
            Self::MethodNotAllowed => (405, "method-not-allowed", "the method does not fit the path"),
            Self::Conflict => (409, "conflict", "the state does not allow it"),
            Self::VersionMismatch => (412, "version-mismatch", "the row has changed"),
            Self::TooLarge => (413, "too-large", "it is larger than allowed"),
            Self::UnsupportedMediaType => (415, "unsupported-media-type", "the body is of another type"),
            Self::Misdirected => (421, "misdirected", "the server does not go by this name"),
            Self::Invalid => (422, "invalid", "a value breaks a rule"),
            Self::TooManyRequests => (429, "too-many-requests", "the caller asks too often"),
            Self::Internal => (500, "internal", "the program has a fault"),
            Self::Overloaded => (503, "overloaded", "the server has more to do than it can"),
            Self::OutcomeUnknown => (503, "outcome-unknown", "it may or may not have been stored"),
            Self::DiskFull => (507, "disk-full", "nothing was stored"),
        }
    }
}

impl Error {
    /// The words come as whatever can be shown, so that `.map_err(Error::internal)` takes the error that is at hand.
    fn new(kind: Kind, detail: impl fmt::Display) -> Self {
        Self(Box::new(Inner { kind, detail: detail.to_string(), fields: Vec::new(), source: None }))
    }

    /// 400: the request is not well formed, or a value has the wrong type.
    #[must_use]
    pub fn bad_request(detail: impl fmt::Display) -> Self {
        Self::new(Kind::BadRequest, detail)
    }

    /// 401: the caller is not known.
    #[must_use]
    pub fn unauthorized(detail: impl fmt::Display) -> Self {
        Self::new(Kind::Unauthorized, detail)
    }

    /// 403: the caller is known and may not do this.
    #[must_use]
    pub fn forbidden(detail: impl fmt::Display) -> Self {
        Self::new(Kind::Forbidden, detail)
    }

    /// 404: nothing has this key or path.
    #[must_use]
    pub fn not_found(detail: impl fmt::Display) -> Self {
        Self::new(Kind::NotFound, detail)
    }

    /// 405: the path is known, the method is not among its own.
    #[must_use]
    pub fn method_not_allowed(detail: impl fmt::Display) -> Self {
        Self::new(Kind::MethodNotAllowed, detail)
    }

    /// 409: the state does not allow it: a unique value is taken, a rule of the program says no.
    #[must_use]
    pub fn conflict(detail: impl fmt::Display) -> Self {
        Self::new(Kind::Conflict, detail)
    }

    /// 412: the row is no longer the one that was expected.
    #[must_use]
    pub fn version_mismatch(detail: impl fmt::Display) -> Self {
        Self::new(Kind::VersionMismatch, detail)
    }

    /// 413: larger than a limit allows.
    #[must_use]
    pub fn too_large(detail: impl fmt::Display) -> Self {
        Self::new(Kind::TooLarge, detail)
    }

    /// 415: the body is of a type that this route does not read.
    #[must_use]
    pub fn unsupported_media_type(detail: impl fmt::Display) -> Self {
        Self::new(Kind::UnsupportedMediaType, detail)
    }

    /// 421: the request names a host that this server is not.
    #[must_use]
    pub fn misdirected(detail: impl fmt::Display) -> Self {
        Self::new(Kind::Misdirected, detail)
    }

    /// 422: a value breaks a check, or a reference points nowhere.
    #[must_use]
    pub fn invalid(detail: impl fmt::Display) -> Self {
        Self::new(Kind::Invalid, detail)
    }

    /// 429: the caller asks too often.
    #[must_use]
    pub fn too_many_requests(detail: impl fmt::Display) -> Self {
        Self::new(Kind::TooManyRequests, detail)
    }

    /// 500: a fault of the program. The detail goes to the log, never to the caller.
    #[must_use]
    pub fn internal(detail: impl fmt::Display) -> Self {
        Self::new(Kind::Internal, detail)
    }

    /// 500: a method panicked, with these words.
    pub(crate) fn panicked(name: &str, words: &str) -> Self {
        Self::internal(format!("{name} panicked: {words}"))
    }

    /// A file could not be opened, read or written: a fault inside, as from an [`std::io::Error`] alone, and its words name
    /// the file. A subcommand ends with the status that fits, see [`Exit`](crate::app::Exit).
    ///
    /// ```
    /// use sunstone::error::Error;
    ///
    /// let error = std::fs::read("none.txt").map_err(|error| Error::file("none.txt", error)).unwrap_err();
    /// assert!(error.to_string().starts_with("none.txt: "));
    /// ```
    #[must_use]
    pub fn file(path: impl AsRef<Path>, error: std::io::Error) -> Self {
        Self::internal(format!("{}: {error}", path.as_ref().display())).with_source(error)
    }

    /// 503: more to do than can be done; trying again later is right.
    #[must_use]
    pub fn overloaded(detail: impl fmt::Display) -> Self {
        Self::new(Kind::Overloaded, detail)
    }

    /// 503: the disk failed while the change was under way; whether it is stored is known after the next start.
    #[must_use]
    pub fn outcome_unknown(detail: impl fmt::Display) -> Self {
        Self::new(Kind::OutcomeUnknown, detail)
    }

    /// 507: the disk is full; nothing was stored.
    #[must_use]
    pub fn disk_full(detail: impl fmt::Display) -> Self {
        Self::new(Kind::DiskFull, detail)
    }

    /// The same error with what is wrong in single fields.
    #[must_use]
    pub fn with_fields(mut self, fields: Vec<FieldError>) -> Self {
        self.0.fields = fields;
        self
    }

    /// The same error with the error that caused it, for the log.
    #[must_use]
    pub fn with_source(mut self, source: impl std::error::Error + Send + Sync + 'static) -> Self {
        self.0.source = Some(Box::new(source));
        self
    }

    /// The HTTP status.
    #[must_use]
    pub fn status(&self) -> u16 {
        self.0.kind.row().0
    }

    /// The problem type: `not-found`.
    #[must_use]
    pub fn problem(&self) -> &'static str {
        self.0.kind.row().1
    }

    /// The title of the problem type, the same for every error of its kind.
    #[must_use]
    pub fn title(&self) -> &'static str {
        self.0.kind.row().2
    }

    /// What happened, in words.
    #[must_use]
    pub fn detail(&self) -> &str {
        &self.0.detail
    }

    /// What is wrong in single fields; empty when the error is about the whole.
    #[must_use]
    pub fn fields(&self) -> &[FieldError] {
        &self.0.fields
    }

    /// Is this about a request that is not well formed?
    #[must_use]
    pub fn is_bad_request(&self) -> bool {
        self.0.kind == Kind::BadRequest
    }

    /// Is nothing there?
    #[must_use]
    pub fn is_not_found(&self) -> bool {
        self.0.kind == Kind::NotFound
    }

    /// Does the state not allow it?
    #[must_use]
    pub fn is_conflict(&self) -> bool {
        self.0.kind == Kind::Conflict
    }

    /// Has the row changed since?
    #[must_use]
    pub fn is_version_mismatch(&self) -> bool {
        self.0.kind == Kind::VersionMismatch
    }

    /// Does a value break a rule?
    #[must_use]
    pub fn is_invalid(&self) -> bool {
        self.0.kind == Kind::Invalid
    }

    /// Is it larger than allowed?
    #[must_use]
    pub fn is_too_large(&self) -> bool {
        self.0.kind == Kind::TooLarge
    }

    /// Is it a fault of the program?
    #[must_use]
    pub fn is_internal(&self) -> bool {
        self.0.kind == Kind::Internal
    }

    /// Would trying again later help?
    #[must_use]
    pub fn is_overloaded(&self) -> bool {
        self.0.kind == Kind::Overloaded
    }

    /// Is it unknown whether the change was stored?
    #[must_use]
    pub fn is_outcome_unknown(&self) -> bool {
        self.0.kind == Kind::OutcomeUnknown
    }

    /// Is the disk full?
    #[must_use]
    pub fn is_disk_full(&self) -> bool {
        self.0.kind == Kind::DiskFull
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.detail)?;
        for (n, error) in self.0.fields.iter().enumerate() {
            let joint = if n == 0 && self.0.detail.is_empty() { "" } else { "; " };
            write!(f, "{joint}{error}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}: {self}", self.0.kind)?;
        let mut said = self.to_string();
        let mut cause = std::error::Error::source(self);
        while let Some(error) = cause {
            let words = error.to_string();
            if !said.ends_with(&words) {
                write!(f, " ({words})")?;
            }
            (said, cause) = (words, error.source());
        }
        Ok(())
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.source.as_deref().map(|source| source as _)
    }
}

/// An error of another type that says by itself which [`Error`] it is, so that `?` turns it into one.
///
/// Few do. That a file cannot be read is a fault inside; that a number cannot be read may be the caller's mistake as well
/// as the program's, so of a `ParseIntError` a method says which. See [`Error`] for how.
#[diagnostic::on_unimplemented(
    message = "which kind of `Error` a `{Self}` is has to be said",
    label = "say what it is: `.map_err(Error::invalid)?` where the caller sent it (422, with its words), \
             `.map_err(Error::internal)?` for a fault inside (500, its words in the log alone), \
             or `impl From<{Self}> for Error` once for a type of the program"
)]
pub trait Failure {
    /// What it is.
    fn into_error(self) -> Error;
}

impl<F: Failure> From<F> for Error {
    fn from(failure: F) -> Self {
        failure.into_error()
    }
}

impl Failure for std::io::Error {
    /// A file or a socket that a program's own method used: a fault inside, its words for the log alone.
    fn into_error(self) -> Error {
        Error::internal(&self).with_source(self)
    }
}

impl Failure for fmt::Error {
    /// Text that could not be written: a fault inside.
    fn into_error(self) -> Error {
        Error::internal(self).with_source(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_name_every_field() {
        let error = Error::invalid("two values break a rule").with_fields(vec![
            FieldError { field: "title".into(), detail: "expected 1 to 200 characters, found 0".into() },
            FieldError { field: String::new(), detail: "the order is empty".into() },
        ]);
        assert_eq!(error.status(), 422);
        assert_eq!(
            error.to_string(),
            "two values break a rule; title: expected 1 to 200 characters, found 0; the order is empty"
        );
    }

    #[test]
    fn what_a_file_said_is_for_the_log() {
        let failed = || -> Result<()> { Err(std::io::Error::other("no such file: /etc/secret"))? };
        let error = failed().expect_err("it fails");
        assert!(error.is_internal());
        assert_eq!(format!("{error:?}"), "Internal: no such file: /etc/secret");
        let error = Error::internal("the price list").with_source(error);
        assert_eq!(format!("{error:?}"), "Internal: the price list (no such file: /etc/secret)");
        let parsed = "x".parse::<u8>().map_err(Error::invalid).expect_err("it is no number");
        assert_eq!((parsed.status(), parsed.detail()), (422, "invalid digit found in string"));
    }

    #[test]
    fn an_error_is_one_word_wide() {
        assert_eq!(size_of::<Result<(), Error>>(), size_of::<usize>());
    }
}
