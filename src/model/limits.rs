//! What `#[check(range = ..)]` compares, and with what.
//!
//! The bounds of most fields are values of the field's own type: a literal in a range takes that type by itself. A
//! [`Decimal`] has no literals, and a `String` none that a constant could hold, so their bounds may be written in a type
//! that has.

use super::{Decimal, Time};
use crate::codec::json::ToJson;
use std::ops::{Bound, Range, RangeFrom, RangeFull, RangeInclusive, RangeTo, RangeToInclusive};
use std::time::Duration;

/// What `#[check(range = ..)]` compares.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no range to check",
    note = "#[check(range = ..)] is for numbers, times, durations and texts, and Options of them; #[check(with = ..)] takes a function"
)]
pub trait Ranged {
    /// What the bounds are.
    type Bound: PartialOrd + ToJson;

    /// What is compared with them; `None` when there is nothing to compare.
    fn bounded(&self) -> Option<&Self::Bound>;
}

impl<T: Ranged> Ranged for Option<T> {
    type Bound = T::Bound;

    fn bounded(&self) -> Option<&T::Bound> {
        self.as_ref().and_then(T::bounded)
    }
}

macro_rules! ranged {
    ($($type:ty)*) => {$(
        impl Ranged for $type {
            type Bound = Self;

            fn bounded(&self) -> Option<&Self> {
                Some(self)
            }
        }
    )*};
}

ranged! {
    u8 u16 u32 u64 u128 usize i8 i16 i32 i64 i128 isize f32 f64 char String
    Time Decimal Duration
}

/// Bounds that values of type `B` can be held to: a range of such values, or for a `Decimal` one of integers or floats, for a
/// `String` one of texts.
///
/// Written as few impls for each range, so that a bare `5` takes the type of the field.
#[diagnostic::on_unimplemented(
    message = "`{B}` cannot be held to bounds like these",
    label = "these are a `{Self}`",
    note = "integers take `range = 0..=5`, floats `range = 0.0..=5.0`, a Decimal either, a String `range = \"a\"..\"n\"`",
    note = "a time or a duration takes its own: `range = Duration::from_secs(1)..=Duration::from_secs(60)`"
)]
pub trait Limits<B> {
    /// The low and the high one.
    fn limits(self) -> (Bound<B>, Bound<B>);
}

/// A type that bounds may be written in.
trait Written<B> {
    fn read(self) -> B;
}

impl Written<Decimal> for i64 {
    fn read(self) -> Decimal {
        Decimal::from(self)
    }
}

impl Written<Decimal> for f64 {
    /// The shortest number that stands for the float: what was written, where that has no more than 15 digits.
    fn read(self) -> Decimal {
        match self.to_string().parse() {
            Ok(decimal) => decimal,
            Err(_) => panic!("a Decimal cannot be held to the bound {self:e}: it is no decimal"),
        }
    }
}

impl Written<String> for &str {
    fn read(self) -> String {
        self.to_owned()
    }
}

/// Ranges, each with the way to its bounds.
macro_rules! ranges {
    ($($range:ident, $self:ident => $limits:expr;)*) => {$(
        impl<B> Limits<B> for $range<B> {
            fn limits($self) -> (Bound<B>, Bound<B>) {
                $limits
            }
        }

        ranges! { $range of i64 => Decimal, f64 => Decimal, &str => String }
    )*};
    ($range:ident of $($written:ty => $bound:ty),*) => {$(
        impl Limits<$bound> for $range<$written> {
            fn limits(self) -> (Bound<$bound>, Bound<$bound>) {
                let (low, high) = Limits::<$written>::limits(self);
                (low.map(Written::read), high.map(Written::read))
            }
        }
    )*};
}

ranges! {
    Range, self => (Bound::Included(self.start), Bound::Excluded(self.end));
    RangeFrom, self => (Bound::Included(self.start), Bound::Unbounded);
    RangeInclusive, self => {
        let (low, high) = self.into_inner();
        (Bound::Included(low), Bound::Included(high))
    };
    RangeTo, self => (Bound::Unbounded, Bound::Excluded(self.end));
    RangeToInclusive, self => (Bound::Unbounded, Bound::Included(self.end));
}

impl<B> Limits<B> for RangeFull {
    fn limits(self) -> (Bound<B>, Bound<B>) {
        (Bound::Unbounded, Bound::Unbounded)
    }
}

impl<B> Limits<B> for (Bound<B>, Bound<B>) {
    fn limits(self) -> (Bound<B>, Bound<B>) {
        self
    }
}

#[cfg(test)]
mod tests {
    use crate::model::{Decimal, Report};

    #[test]
    fn a_decimal_is_held_to_the_number_that_was_written() {
        let breaks = |text: &str, hold: fn(&mut Report, &Decimal)| {
            let mut report = Report::default();
            hold(&mut report, &text.parse().expect("a decimal"));
            report.errors().first().map(|error| error.detail.clone()).unwrap_or_default()
        };
        assert_eq!(breaks("10.00", |report, value| report.range(value, 1..=10)), "");
        assert_eq!(
            breaks("10.01", |report, value| report.range(value, 1..=10)),
            "expected \"1\" to \"10\", found \"10.01\""
        );
        assert_eq!(breaks("-1", |report, value| report.range(value, -1..)), "");
        assert_eq!(breaks("0.1", |report, value| report.range(value, 0.1..0.3)), "");
        assert_eq!(
            breaks("0.09999999999999999999", |report, value| report.range(value, 0.1..0.3)),
            "expected at least \"0.1\" and less than \"0.3\", found \"0.09999999999999999999\""
        );
        assert_eq!(breaks("99999999.99", |report, value| report.range(value, ..=99_999_999.99)), "");
        assert_eq!(
            breaks("1", |report, value| report.range(value, ..Decimal::ONE)),
            "expected less than \"1\", found \"1\""
        );
    }

    #[test]
    fn a_text_is_held_to_texts() {
        let mut report = Report::default();
        report.range(&"m".to_owned(), "a".."n");
        report.range(&Some("z".to_owned()), "a".."n");
        report.range(&"z".to_owned(), ..);
        assert_eq!(report.errors().len(), 1);
        assert_eq!(report.errors()[0].detail, "expected at least \"a\" and less than \"n\", found \"z\"");
    }
}
