//! A moment, to the millisecond.

use super::{Indexable, Shape, Value};
use crate::codec::binary::{self, FromBinary, Malformed, ToBinary};
use crate::codec::json::{FromJson, Halt, Reader, ToJson, Writer, shown_text};
use crate::codec::order::KeyWriter;
use std::fmt;
use std::str::FromStr;

/// The first moment that can be written: 0000-01-01T00:00:00Z.
const MIN_MS: i64 = -62_167_219_200_000;
/// The last one: 9999-12-31T23:59:59.999Z.
const MAX_MS: i64 = 253_402_300_799_999;
const DAY_MS: i64 = 86_400_000;

/// A moment in UTC, in milliseconds since 1970, on the wire as RFC 3339 writes it: `2026-11-22T02:31:11.123Z`.
///
/// ```
/// use sunstone::model::Time;
///
/// let time: Time = "2026-11-22T03:31:11.5+01:00".parse()?;
/// assert_eq!(time.to_string(), "2026-11-22T02:31:11.500Z");
/// assert_eq!(time.unix_ms(), 1_795_314_671_500);
/// # Ok::<(), sunstone::error::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Time(i64);

impl Time {
    /// The moment so many milliseconds after 1970-01-01T00:00:00Z; the years 0 to 9999 are held, others become the
    /// nearest of them.
    #[must_use]
    pub fn from_unix_ms(ms: i64) -> Self {
        Self(ms.clamp(MIN_MS, MAX_MS))
    }

    /// Milliseconds since 1970-01-01T00:00:00Z.
    #[must_use]
    pub fn unix_ms(self) -> i64 {
        self.0
    }
}

/// Year, month and day of a day counted from 1970-01-01, in the proleptic Gregorian calendar (after Howard Hinnant,
/// "chrono-Compatible Low-Level Date Algorithms", whose years begin in March so that the leap day comes last).
fn civil(day: i64) -> (i64, i64, i64) {
    let shifted = day + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day_of_month = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day_of_month)
}

/// The day, counted from 1970-01-01, of a date; the reverse of [`civil`].
fn day_of(year: i64, month: i64, day: i64) -> i64 {
    let year = year - i64::from(month <= 2);
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * (if month > 2 { month - 3 } else { month + 9 }) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

impl fmt::Display for Time {
    /// RFC 3339, section 5.6, in UTC with milliseconds.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = civil(self.0.div_euclid(DAY_MS));
        let ms = self.0.rem_euclid(DAY_MS);
        let (hour, minute, second) = (ms / 3_600_000, ms / 60_000 % 60, ms / 1000 % 60);
        write!(f, "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{:03}Z", ms % 1000)
    }
}

/// Takes digits and marks off the front of a text.
struct Parts<'t>(&'t [u8]);

impl Parts<'_> {
    fn digits(&mut self, count: usize) -> Option<i64> {
        let (digits, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        digits
            .iter()
            .try_fold(0, |value, digit| digit.is_ascii_digit().then(|| value * 10 + i64::from(digit - b'0')))
    }

    fn mark(&mut self, marks: &[u8]) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        marks.contains(first).then_some(*first)
    }

    /// Year, month and day.
    fn date(&mut self) -> Option<(i64, i64, i64)> {
        let year = self.digits(4)?;
        self.mark(b"-")?;
        let month = self.digits(2)?;
        self.mark(b"-")?;
        Some((year, month, self.digits(2)?))
    }

    /// Hour, minute and second.
    fn clock(&mut self) -> Option<(i64, i64, i64)> {
        let hour = self.digits(2)?;
        self.mark(b":")?;
        let minute = self.digits(2)?;
        self.mark(b":")?;
        Some((hour, minute, self.digits(2)?))
    }

    /// The digits after a point, to the millisecond; finer ones are cut off.
    fn fraction_ms(&mut self) -> Option<i64> {
        if self.0.first() != Some(&b'.') {
            return Some(0);
        }
        let digits = self.0.iter().skip(1).take_while(|byte| byte.is_ascii_digit()).count();
        let (fraction, rest) = self.0.split_at_checked(digits + 1)?;
        self.0 = rest;
        let value = |place: usize| fraction.get(place).map_or(0, |digit| i64::from(digit - b'0'));
        (digits > 0).then(|| value(1) * 100 + value(2) * 10 + value(3))
    }

    /// `Z`, or an offset like `+01:00`.
    fn offset_ms(&mut self) -> Result<i64, &'static str> {
        let sign = match self.0.first() {
            None => return Err("`Z` or an offset like +01:00 is missing behind it"),
            Some(b' ') => return Err("a space where the offset begins: in a query + is written %2B"),
            Some(_) => self.mark(b"Zz+-"),
        };
        let sign = match sign {
            Some(b'+') => 1,
            Some(b'-') => -1,
            Some(_) => return Ok(0),
            None => return Err("behind the seconds stands neither `Z` nor an offset like +01:00"),
        };
        let hours = self.digits(2).filter(|hours| *hours < 24);
        let minutes = self.mark(b":").and_then(|_| self.digits(2)).filter(|minutes| *minutes < 60);
        let (hours, minutes) = hours.zip(minutes).ok_or("the offset is not one like +01:00")?;
        Ok(sign * (hours * 60 + minutes) * 60_000)
    }
}

/// The moment, or why it is none.
fn parse(text: &str) -> Result<Time, &'static str> {
    let mut parts = Parts(text.as_bytes());
    let (year, month, day) = parts.date().ok_or("it does not begin with a date like 2026-11-22")?;
    if !(1..=12).contains(&month) {
        return Err("there is no such month");
    }
    let days = day_of(year, month, day);
    if civil(days) != (year, month, day) {
        return Err("there is no such day");
    }
    if parts.0.is_empty() {
        return Err("the time of day is missing behind the date");
    }
    let (hour, minute, second) = parts
        .mark(b"Tt ")
        .and_then(|_| parts.clock())
        .ok_or("behind the date stands no time of day like T02:31:11")?;
    // A leap second has no place of its own in Unix time; it is read as the second before it.
    if hour > 23 || minute > 59 || second > 60 {
        return Err("there is no such time of day");
    }
    let fraction = parts.fraction_ms().ok_or("digits are missing behind the point")?;
    let offset = parts.offset_ms()?;
    if !parts.0.is_empty() {
        return Err("something stands behind its end");
    }
    let ms = days * DAY_MS + ((hour * 60 + minute) * 60 + second.min(59)) * 1000 + fraction - offset;
    if (MIN_MS..=MAX_MS).contains(&ms) {
        Ok(Time(ms))
    } else {
        Err("its year in UTC is not one from 0 to 9999")
    }
}

/// What is said of a text that is no moment.
fn refused(text: &str, why: &str) -> String {
    match text {
        "" => "expected a time like 2026-11-22T02:31:11.123Z, found nothing".to_owned(),
        text => format!("expected a time like 2026-11-22T02:31:11.123Z, found {}: {why}", shown_text(text)),
    }
}

impl FromStr for Time {
    type Err = crate::error::Error;

    /// RFC 3339, section 5.6.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        parse(text).map_err(|why| crate::error::Error::bad_request(refused(text, why)))
    }
}

impl ToJson for Time {
    fn to_json(&self, w: &mut Writer) {
        w.str(&self.to_string());
    }
}

impl FromJson for Time {
    fn from_json(r: &mut Reader<'_>) -> Result<Self, Halt> {
        let text = r.string()?;
        parse(&text).map_err(|why| r.reject(refused(&text, why)))
    }
}

impl ToBinary for Time {
    fn to_binary(&self, w: &mut binary::Writer<'_>) {
        w.int(self.0);
    }
}

impl FromBinary for Time {
    fn from_binary(r: &mut binary::Reader<'_>) -> Result<Self, Malformed> {
        i64::from_binary(r).map(Self::from_unix_ms)
    }
}

impl Value for Time {
    fn shape() -> Shape {
        Shape::Scalar("time")
    }

    fn same(&self, other: &Self) -> bool {
        self == other
    }

    fn copy(&self) -> Self {
        *self
    }

    fn order(&self, w: &mut KeyWriter) {
        w.i64(self.0);
    }

    fn from_time(time_ms: u64) -> Option<Self> {
        Some(Self::from_unix_ms(i64::try_from(time_ms).unwrap_or(i64::MAX)))
    }
}

impl Indexable for Time {}

#[cfg(test)]
mod tests {
    use super::*;

    /// Against `date -u -d`.
    #[test]
    fn known_moments() {
        for (ms, text) in [
            (0, "1970-01-01T00:00:00.000Z"),
            (951_782_400_000, "2000-02-29T00:00:00.000Z"),
            (-1, "1969-12-31T23:59:59.999Z"),
            (4_107_542_400_000, "2100-03-01T00:00:00.000Z"),
            (MIN_MS, "0000-01-01T00:00:00.000Z"),
            (MAX_MS, "9999-12-31T23:59:59.999Z"),
        ] {
            assert_eq!(Time(ms).to_string(), text);
            assert_eq!(parse(text), Ok(Time(ms)), "{text}");
        }
    }

    #[test]
    fn every_day_of_four_centuries_and_back() {
        let mut day = day_of(1900, 1, 1);
        while day < day_of(2300, 1, 1) {
            let (y, m, d) = civil(day);
            assert_eq!(day_of(y, m, d), day);
            day += 1;
        }
    }

    #[test]
    fn what_is_no_time_and_why() {
        for (text, why) in [
            ("", "it does not begin"),
            ("2026", "it does not begin"),
            ("yesterday", "it does not begin"),
            ("2026-02-29T00:00:00Z", "there is no such day"),
            ("1990-02-30T10:00:00Z", "there is no such day"),
            ("2026-00-10T00:00:00Z", "there is no such month"),
            ("2026-13-01T00:00:00Z", "there is no such month"),
            ("2026-01-01", "the time of day is missing"),
            ("2026-01-01T1:00", "behind the date stands no time of day"),
            ("2026-01-01T24:00:00Z", "there is no such time of day"),
            ("2026-01-01T00:60:00Z", "there is no such time of day"),
            ("2026-01-01T00:00:00", "`Z` or an offset"),
            ("2026-01-01T00:00:00.Z", "digits are missing"),
            ("2026-01-01T00:00:00 02:00", "in a query + is written %2B"),
            ("2026-01-01T00:00:00x", "neither `Z` nor an offset"),
            ("2026-01-01T00:00:00+1:00", "the offset is not one"),
            ("2026-01-01T00:00:00+25:00", "the offset is not one"),
            ("2026-01-01T00:00:00Zx", "something stands behind its end"),
            ("9999-12-31T23:59:59-01:00", "its year in UTC"),
        ] {
            let said = parse(text).expect_err(text);
            assert!(said.contains(why), "{text}: {said}");
        }
        let long = format!("2026-02-30T00:00:00Z{}", "x".repeat(100));
        assert_eq!(
            long.parse::<Time>().expect_err("there is none").to_string(),
            "expected a time like 2026-11-22T02:31:11.123Z, found `2026-02-30T00:00:00Zxxxxxxxxxxxxxxxxxxxx…`: \
             there is no such day"
        );
    }
}
