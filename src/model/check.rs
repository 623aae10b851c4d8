//! Rules over values, all broken ones reported at once.

use super::limits::{Limits, Ranged};
use crate::codec::json::{ToJson, Writer};
use crate::error::FieldError;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::fmt::Display;
use std::ops::{Bound, RangeBounds};

/// How many broken rules a report names; more are counted as one line.
const FIELD_ERRORS_MAX: usize = 64;

/// What is wrong with a value.
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
}

impl Report {
    /// Says that something is wrong here.
    pub fn add(&mut self, detail: impl Into<String>) {
        if self.errors.len() < FIELD_ERRORS_MAX {
            self.errors.push(FieldError { field: String::new(), detail: detail.into() });
        }
    }

    /// Looks into the field of this name.
    pub fn field(&mut self, name: &str, look: impl FnOnce(&mut Self)) {
        let known = self.errors.len();
        look(self);
        self.errors.iter_mut().skip(known).for_each(|error| lead(error, name));
    }

    /// Looks into the element at this position.
    pub fn element(&mut self, position: usize, look: impl FnOnce(&mut Self)) {
        let known = self.errors.len();
        look(self);
        self.errors.iter_mut().skip(known).for_each(|error| lead(error, &format!("[{position}]")));
    }

    /// `#[check(length = ..)]`: characters of a text, elements of a collection, bytes of bytes.
    pub fn length<T: Measured + ?Sized>(&mut self, value: &T, range: impl RangeBounds<usize>) {
        if let Some(found) = value.measure()
            && !range.contains(&found)
        {
            let words = bounds(range.start_bound(), range.end_bound());
            self.add(format!("expected {words} {}, found {found}", T::UNIT));
        }
    }

    /// `#[check(range = ..)]`: between two values.
    pub fn range<T: Ranged>(&mut self, value: &T, range: impl Limits<T::Bound>) {
        let Some(value) = value.bounded() else { return };
        let range = range.limits();
        if !range.contains(value) {
            let (low, high) = range;
            let words = bounds(low.as_ref().map(shown), high.as_ref().map(shown));
            self.add(format!("expected {words}, found {}", shown(value)));
        }
    }

    /// `#[check(with = ..)]`: a function of the program.
    pub fn with<T: ?Sized, E: Display>(&mut self, value: &T, check: impl FnOnce(&T) -> Result<(), E>) {
        if let Err(error) = check(value) {
            self.add(error.to_string());
        }
    }

    /// What is wrong, in the order it was found.
    #[must_use]
    pub fn errors(&self) -> &[FieldError] {
        &self.errors
    }

    /// Ends the report.
    #[must_use]
    pub fn into_errors(self) -> Vec<FieldError> {
        self.errors
    }
}

/// Puts a step before the path of an error.
fn lead(error: &mut FieldError, step: &str) {
    let joint = if error.field.is_empty() || error.field.starts_with('[') { "" } else { "." };
    error.field = format!("{step}{joint}{}", error.field);
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
