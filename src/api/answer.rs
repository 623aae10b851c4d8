//! What a method gives back, as JSON.

use crate::codec::json::{ToJson, Writer};
use crate::error::{Error, Result};
use crate::model::Model;
use crate::query::{Position, Rows};

/// How many rows a page has unless the request says otherwise.
pub const PAGE_ROWS: usize = 100;

/// The most rows that a request may ask for.
pub const PAGE_ROWS_MAX: usize = 1000;

/// Room that an answer is given before it is written: most need no more.
const ANSWER_BYTES: usize = 512;

/// Where an answer goes.
#[derive(Debug)]
pub struct Out {
    pub(super) writer: Writer,
    /// The answer is nothing at all.
    pub(super) empty: bool,
    pub(super) limit: usize,
    pub(super) after: Option<Position>,
    /// The parameter that asked for a page, which only rows have.
    paged: Option<&'static str>,
}

impl Out {
    pub(crate) fn new() -> Self {
        Self { writer: Writer::new(), empty: false, limit: PAGE_ROWS, after: None, paged: None }
    }

    /// What was written; none: nothing to say.
    pub(crate) fn into_json(self) -> Option<Vec<u8>> {
        (!self.empty).then(|| self.writer.into_bytes())
    }

    /// Takes a system parameter of the request; false when it is none that is known.
    ///
    /// # Errors
    /// 400 when its value is no good.
    pub(super) fn parameter(&mut self, name: &str, value: &str) -> Result<bool> {
        match name {
            "_limit" => {
                self.paged = Some("_limit");
                self.limit = match value.parse() {
                    Ok(limit) if (1..=PAGE_ROWS_MAX).contains(&limit) => limit,
                    _ => return Err(Error::bad_request(format!("_limit: expected 1 to {PAGE_ROWS_MAX}"))),
                };
            }
            "_after" => {
                self.paged = Some("_after");
                let cursor = Position::parse(value);
                let cursor =
                    cursor.ok_or_else(|| Error::bad_request("_after: expected a cursor from `next`"))?;
                self.after = Some(cursor);
            }
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// Writes the answer of a method.
    ///
    /// # Errors
    /// The method's.
    pub fn answer<A: Answer>(&mut self, answer: A) -> Result<()> {
        self.writer.reserve(ANSWER_BYTES);
        answer.write(self)
    }
}

/// What a method may give back: a value, rows, or a result of one.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the answer of a method",
    note = "a method gives back a value with #[Data] or #[Model], a type of std that has a JSON form, `Rows`, or a `Result` of one",
    note = "the error of a `Result` is an `Error`, or a type of the program with `impl From<..> for Error`",
    note = "a helper function belongs into an impl block of its own, without #[Api]"
)]
pub trait Answer {
    /// Writes it.
    ///
    /// # Errors
    /// The method's own.
    fn write(self, out: &mut Out) -> Result<()>;
}

/// Nothing to say, which is all that an answer without a body can say.
#[diagnostic::on_unimplemented(
    message = "the answer `{Self}` cannot be sent with a status that has no body",
    note = "answers with the status 204 or 205 have no body (RFC 9110): answer `()` or `Result<()>`, or take another status"
)]
pub trait Bodiless {}

impl Bodiless for () {}

impl<T: Bodiless, E> Bodiless for Result<T, E> {}

/// Compiles for the answers of methods whose status leaves no room for a body.
pub const fn answers_nothing<A: Bodiless>() {}

impl<T: ToJson> Answer for T {
    fn write(self, out: &mut Out) -> Result<()> {
        if let Some(name) = out.paged {
            return Err(Error::bad_request(format!("{name}: only rows come in pages, and these are none")));
        }
        self.to_json(&mut out.writer);
        // Of the types without size only `()` is written as null: it stands for nothing to say, 204.
        out.empty = size_of::<T>() == 0 && out.writer.bytes() == b"null";
        Ok(())
    }
}

impl<T: Answer, E: Into<Error>> Answer for Result<T, E> {
    fn write(self, out: &mut Out) -> Result<()> {
        match self {
            Ok(value) => value.write(out),
            Err(error) => Err(error.into()),
        }
    }
}

impl<T: Model> Answer for Rows<'_, T> {
    /// A page: `{"items": [...], "next": cursor | null}`.
    fn write(self, out: &mut Out) -> Result<()> {
        let page = self.page(out.limit, out.after.as_ref())?;
        let w = &mut out.writer;
        w.begin_object();
        w.key("items");
        w.begin_array();
        for row in page.items {
            w.element();
            row.value.row_to_json(w);
        }
        w.end_array();
        w.key("next");
        match page.next {
            Some(next) => w.str(&next.to_string()),
            None => w.null(),
        }
        w.end_object();
        Ok(())
    }
}
