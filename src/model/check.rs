//! Rules over values, all broken ones reported at once.

use super::limits::{Limits, Ranged};
use crate::codec::json::{Json, ToJson, Writer, key_step};
use crate::error::FieldError;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::fmt::Display;
use std::ops::{Bound, RangeBounds};

/// How many broken rules a report names; more are counted as one line.
const FIELD_ERRORS_MAX: usize = 64;

/// How deep lists, maps, options and declared types may lie in one another in a row or in the arguments of a call. What is
/// kept within it can be read by everything that reads: a document of JSON may be [`MAX_DEPTH`] deep, and what is left
/// between the two belongs to what goes around a row: a page, an answer, a batch, a line of history.
///
/// [`MAX_DEPTH`]: crate::codec::json::MAX_DEPTH
pub const LEVELS_MAX: u32 = 100;

/// Where a value is too deep is told in so many steps: the whole way would be as long as the value is deep.
const LEVELS_TOLD: u32 = 2;

/// What is wrong with a value.
///
/// It walks the value before anything else does and never farther down than [`LEVELS_MAX`], so that nothing that is behind
/// it (copies, encoders, readers) meets a value that its stack cannot hold. Within a secret member it says what was
/// expected and not what was found.
///
/// ```
/// use sunstone::model::Report;
///
/// let mut report = Report::default();
/// report.field("title", |report| report.length("", 1..=200));
/// assert_eq!(report.errors()[0].to_string(), "title: expected 1 to 200 characters, found 0");
/// ```
#[derive(Debug, Default)]
pub struct Report {
    /// Each with its path from where the report is looking now: a sound value pays nothing for it.
    errors: Vec<FieldError>,
    /// How many levels down it is looking.
    level: u32,
    /// Further down than it may look there was more, which is not among the errors yet.
    is_too_deep: bool,
    /// It is looking into a secret.
    is_secret: bool,
    /// It is looking at a row, as it will be kept.
    is_row: bool,
}

impl Report {
    /// A report on a row as it will be kept, not on what a body says of one.
    #[must_use]
    pub fn of_row() -> Self {
        Self { is_row: true, ..Self::default() }
    }

    /// Is it on a row as it will be kept?
    #[must_use]
    pub(super) fn is_row(&self) -> bool {
        self.is_row
    }

    /// Says that something is wrong here.
    pub fn add(&mut self, detail: impl Into<String>) {
        if self.errors.len() < FIELD_ERRORS_MAX {
            self.errors.push(FieldError { field: String::new(), detail: detail.into() });
        }
    }

    /// Looks into the field of this name.
    pub fn field(&mut self, name: &str, look: impl FnOnce(&mut Self)) {
        let known = self.errors.len();
        self.deeper(look);
        self.lead(known, || name.to_owned());
    }

    /// Looks into the secret field of this name: what is found there is not told.
    pub fn secret(&mut self, name: &str, look: impl FnOnce(&mut Self)) {
        self.field(name, |report| report.hidden(look));
    }

    /// Looks at what is not to be told, right here.
    pub(super) fn hidden(&mut self, look: impl FnOnce(&mut Self)) {
        let before = std::mem::replace(&mut self.is_secret, true);
        look(self);
        self.is_secret = before;
    }

    /// Looks into the element at this position.
    pub fn element(&mut self, position: usize, look: impl FnOnce(&mut Self)) {
        let known = self.errors.len();
        self.deeper(look);
        self.lead(known, || format!("[{position}]"));
    }

    /// Looks into the entry of a map: told by its key, as a body has it, or by its position where the key is secret.
    pub(super) fn entry(&mut self, position: usize, key: &impl ToJson, look: impl FnOnce(&mut Self)) {
        let known = self.errors.len();
        self.deeper(look);
        let hides = self.is_secret;
        self.lead(known, || if hides { format!("[{position}]") } else { step_to(key) });
    }

    /// Looks one level down, if that is not too deep.
    pub fn deeper(&mut self, look: impl FnOnce(&mut Self)) {
        if self.level >= LEVELS_MAX {
            self.is_too_deep = true;
            return;
        }
        self.level += 1;
        look(self);
        self.level -= 1;
        if self.is_too_deep && self.level < LEVELS_TOLD {
            self.add_too_deep();
        }
    }

    /// Does an open value fit in what is left?
    pub(super) fn open_value(&mut self, value: &Json) {
        if !value.is_within(LEVELS_MAX - self.level) {
            self.is_too_deep = true;
        }
    }

    #[cold]
    fn add_too_deep(&mut self) {
        self.is_too_deep = false;
        self.add(format!("is more than {LEVELS_MAX} levels deep, the most that is kept"));
    }

    /// Puts a step before the paths of the errors behind the first `known`.
    fn lead(&mut self, known: usize, step: impl Fn() -> String) {
        for error in self.errors.iter_mut().skip(known) {
            let joint = if error.field.is_empty() || error.field.starts_with('[') { "" } else { "." };
            error.field = [&step(), joint, &error.field].concat();
        }
    }

    /// `#[check(length = ..)]`: characters of a text, elements of a collection, bytes of bytes.
    pub fn length<T: Measured + ?Sized>(&mut self, value: &T, range: impl RangeBounds<usize>) {
        if let Some(found) = value.measure()
            && !range.contains(&found)
        {
            let words = bounds(range.start_bound(), range.end_bound());
            let shows = T::SHOWN && !self.is_secret;
            let found = if shows { format!(", found {found}") } else { String::new() };
            self.add(format!("expected {words} {}{found}", T::UNIT));
        }
    }

    /// `#[check(range = ..)]`: between two values.
    pub fn range<T: Ranged>(&mut self, value: &T, range: impl Limits<T::Bound>) {
        let Some(value) = value.bounded() else { return };
        let range = range.limits();
        if !range.contains(value) {
            let (low, high) = range;
            let words = bounds(low.as_ref().map(shown), high.as_ref().map(shown));
            let found = if self.is_secret { String::new() } else { format!(", found {}", shown(value)) };
            self.add(format!("expected {words}{found}"));
        }
    }

    /// `#[check(with = ..)]`: a function of the program. Its words are the program's own, of a secret as well.
    pub fn with<T: ?Sized, E: Display>(&mut self, value: &T, check: impl FnOnce(&T) -> Result<(), E>) {
        if let Err(error) = check(value) {
            self.add(error.to_string());
        }
    }

    /// Says the same of all errors behind the first `known`: for words that could show a secret.
    pub(super) fn reword(&mut self, known: usize, words: &str) {
        self.errors.iter_mut().skip(known).for_each(|error| words.clone_into(&mut error.detail));
    }

    /// What is wrong, in the order it was found.
    #[must_use]
    pub fn errors(&self) -> &[FieldError] {
        &self.errors
    }

    /// Ends the report.
    #[must_use]
    pub fn into_errors(mut self) -> Vec<FieldError> {
        if self.is_too_deep {
            self.add_too_deep();
        }
        self.errors
    }
}

/// The key of a map as a step of a path.
fn step_to(key: &impl ToJson) -> String {
    let text = shown(key);
    match text.parse() {
        Ok(Json::String(text)) => key_step(&text),
        _ => key_step(&text),
    }
}

fn shown<T: ToJson>(value: &T) -> String {
    let mut writer = Writer::new();
    value.to_json(&mut writer);
    String::from_utf8_lossy(&writer.into_bytes()).into_owned()
}

/// "1 to 200", "at least 1", "fewer than 3".
fn bounds<T: Display>(low: Bound<T>, high: Bound<T>) -> String {
    match (low, high) {
        (Bound::Included(low), Bound::Included(high)) => format!("{low} to {high}"),
        (Bound::Included(low), Bound::Excluded(high)) => format!("at least {low} and less than {high}"),
        (Bound::Included(low), Bound::Unbounded) => format!("at least {low}"),
        (Bound::Unbounded, Bound::Included(high)) => format!("at most {high}"),
        (Bound::Unbounded, Bound::Excluded(high)) => format!("less than {high}"),
        (Bound::Excluded(low), Bound::Included(high)) => format!("more than {low} and at most {high}"),
        (Bound::Excluded(low), Bound::Excluded(high)) => format!("more than {low} and less than {high}"),
        (Bound::Excluded(low), Bound::Unbounded) => format!("more than {low}"),
        (Bound::Unbounded, Bound::Unbounded) => "anything".to_owned(),
    }
}

/// What `#[check(length = ..)]` counts.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no length to check",
    note = "#[check(length = ..)] is for text, bytes and collections; #[check(range = ..)] is for numbers"
)]
pub trait Measured {
    /// What is counted, in the plural.
    const UNIT: &'static str;

    /// May the count be told? That of a secret may not.
    const SHOWN: bool = true;

    /// The count; `None` when there is nothing to count.
    fn measure(&self) -> Option<usize>;
}

impl Measured for str {
    const UNIT: &'static Self = "characters";

    fn measure(&self) -> Option<usize> {
        Some(self.chars().count())
    }
}

impl Measured for String {
    const UNIT: &'static str = "characters";

    fn measure(&self) -> Option<usize> {
        self.as_str().measure()
    }
}

impl<T: Measured> Measured for Option<T> {
    const UNIT: &'static str = T::UNIT;
    const SHOWN: bool = T::SHOWN;

    fn measure(&self) -> Option<usize> {
        self.as_ref().and_then(T::measure)
    }
}

macro_rules! collections {
    ($([$($generics:tt)*] $type:ty;)*) => {$(
        impl<$($generics)*> Measured for $type {
            const UNIT: &'static str = "elements";

            fn measure(&self) -> Option<usize> {
                Some(self.len())
            }
        }
    )*};
}

collections! {
    [T] Vec<T>;
    [T] BTreeSet<T>;
    [T, S] HashSet<T, S>;
    [K, V] BTreeMap<K, V>;
    [K, V, S] HashMap<K, V, S>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_bound_has_its_words() {
        let mut report = Report::default();
        report.range(&7, 0..=5);
        report.range(&7, 0..5);
        report.range(&7, 9..);
        report.range(&7, ..5);
        report.range(&7, ..=5);
        report.range(&7.5, 8.0..=9.0);
        report.length("äö", 3..);
        report.length(&vec![1, 2], 5..);
        report.length(&None::<String>, 5..);
        report.range(&Some(7_u8), 1..=5);
        report.range(&None::<u8>, 1..=5);
        let words: Vec<_> = report.errors().iter().map(|error| error.detail.as_str()).collect();
        assert_eq!(
            words,
            [
                "expected 0 to 5, found 7",
                "expected at least 0 and less than 5, found 7",
                "expected at least 9, found 7",
                "expected less than 5, found 7",
                "expected at most 5, found 7",
                "expected 8.0 to 9.0, found 7.5",
                "expected at least 3 characters, found 2",
                "expected at least 5 elements, found 2",
                "expected 1 to 5, found 7",
            ]
        );
    }

    #[test]
    fn a_path_leads_to_the_place() {
        let mut report = Report::default();
        report.field("items", |report| {
            report.element(3, |report| report.field("title", |report| report.add("is odd")));
        });
        assert_eq!(report.errors()[0].field, "items[3].title");
    }
}
