//! std's [`Duration`] as a value, and times a duration apart.
//!
//! On the wire a duration is text as ISO 8601 writes it, exact to the nanosecond: `PT1M30.5S`. Every language has a
//! reader for that form, and unlike a bare number it says its unit. What is written has hours, minutes and seconds
//! (`PT36H`, not `P1DT12H`: one form for one duration). Weeks and days are read as well, as 7 and 1 times 24 hours.
//! Years and months are refused: they have no length of their own. So are negative durations, which std has not.
//!
//! In the journal it is the number of nanoseconds.

use super::{Indexable, Shape, Time, Value};
use crate::codec::binary::{self, FromBinary, Malformed, ToBinary};
use crate::codec::json::{FromJson, Halt, Reader, ToJson, Writer};
use crate::codec::order::KeyWriter;
use std::fmt::Write as _;
use std::ops::{Add, Sub};
use std::time::Duration;

const HOUR_S: u64 = 3600;
const MINUTE_S: u64 = 60;
const SECOND_NS: u128 = 1_000_000_000;

/// The digits behind the point of a second: nanoseconds.
const FRACTION_DIGITS: usize = 9;

/// The parts before the `T`, in their order, with their seconds.
const DATE_PARTS: &[(char, u64)] = &[('W', 7 * 24 * HOUR_S), ('D', 24 * HOUR_S)];

/// The parts behind it.
const TIME_PARTS: &[(char, u64)] = &[('H', HOUR_S), ('M', MINUTE_S), ('S', 1)];

const EXPECTED: &str = "expected a duration like PT1M30.5S";
const EXPECTED_FIXED: &str =
    "expected a duration in weeks, days, hours, minutes and seconds (years and months have no fixed length)";
const EXPECTED_FRACTION: &str =
    "expected a duration with a fraction of its seconds alone, at most nine digits";
const EXPECTED_SHORTER: &str = "expected a duration of at most 2^64 - 1 seconds";

/// ISO 8601, in hours, minutes and seconds.
fn print(duration: Duration) -> String {
    let (hours, rest) = (duration.as_secs() / HOUR_S, duration.as_secs() % HOUR_S);
    let (minutes, seconds) = (rest / MINUTE_S, rest % MINUTE_S);
    let mut text = String::from("PT");
    let mut part = |value: std::fmt::Arguments<'_>| text.write_fmt(value).expect("a String takes every text");
    if hours > 0 {
        part(format_args!("{hours}H"));
    }
    if minutes > 0 {
        part(format_args!("{minutes}M"));
    }
    match duration.subsec_nanos() {
        0 if seconds == 0 && !duration.is_zero() => {}
        0 => part(format_args!("{seconds}S")),
        nanos => {
            let digits = format!("{nanos:0FRACTION_DIGITS$}");
            part(format_args!("{seconds}.{}S", digits.trim_end_matches('0')));
        }
    }
    text
}

fn parse(text: &str) -> Result<Duration, &'static str> {
    let parts = text.strip_prefix(['P', 'p']).ok_or(EXPECTED)?;
    let (date, time) = match parts.split_once(['T', 't']) {
        Some((_, "")) => return Err(EXPECTED),
        Some((date, time)) => (date, time),
        None if parts.is_empty() => return Err(EXPECTED),
        None => (parts, ""),
    };
    let sum = add_parts(Duration::ZERO, date, DATE_PARTS)?;
    add_parts(sum, time, TIME_PARTS)
}

/// Adds parts like `2H30M` that come in the order of `units`, each at most once.
fn add_parts(mut sum: Duration, mut text: &str, mut units: &[(char, u64)]) -> Result<Duration, &'static str> {
    let in_date = units == DATE_PARTS;
    while !text.is_empty() {
        let is_number = |sign: char| sign.is_ascii_digit() || matches!(sign, '.' | ',');
        let (number, rest) = text.split_once(|sign| !is_number(sign)).ok_or(EXPECTED)?;
        let sign = text.get(number.len()..).and_then(|rest| rest.chars().next()).ok_or(EXPECTED)?;
        let sign = sign.to_ascii_uppercase();
        let Some(found) = units.iter().position(|(unit, _)| *unit == sign) else {
            return Err(if in_date && matches!(sign, 'Y' | 'M') { EXPECTED_FIXED } else { EXPECTED });
        };
        let (whole, fraction) = match number.split_once(['.', ',']) {
            Some(_) if sign != 'S' => return Err(EXPECTED_FRACTION),
            Some((whole, fraction)) => (whole, nanoseconds(fraction)?),
            None => (number, 0),
        };
        if whole.is_empty() {
            return Err(EXPECTED);
        }
        // Only digits are left, so that the one reason for a failure is the size.
        let count: u64 = whole.parse().or(Err(EXPECTED_SHORTER))?;
        let seconds = count.checked_mul(units[found].1).ok_or(EXPECTED_SHORTER)?;
        sum = sum.checked_add(Duration::new(seconds, fraction)).ok_or(EXPECTED_SHORTER)?;
        units = &units[found + 1..];
        text = rest;
    }
    Ok(sum)
}

/// The digits behind the point of a second.
fn nanoseconds(digits: &str) -> Result<u32, &'static str> {
    if !(1..=FRACTION_DIGITS).contains(&digits.len()) {
        return Err(EXPECTED_FRACTION);
    }
    format!("{digits:0<FRACTION_DIGITS$}").parse().or(Err(EXPECTED))
}

impl ToJson for Duration {
    fn to_json(&self, w: &mut Writer) {
        w.str(&print(*self));
    }
}

impl FromJson for Duration {
    fn from_json(r: &mut Reader<'_>) -> Result<Self, Halt> {
        let text = r.string()?;
        parse(&text).map_err(|expected| r.misread(expected, &text))
    }
}

impl ToBinary for Duration {
    fn to_binary(&self, w: &mut binary::Writer<'_>) {
        w.uint_wide(self.as_nanos());
    }
}

impl FromBinary for Duration {
    fn from_binary(r: &mut binary::Reader<'_>) -> Result<Self, Malformed> {
        let all = r.uint_wide()?;
        match (u64::try_from(all / SECOND_NS), u32::try_from(all % SECOND_NS)) {
            (Ok(seconds), Ok(nanos)) => Ok(Self::new(seconds, nanos)),
            _ => Err(r.malformed("a duration of at most 2^64 - 1 seconds")),
        }
    }
}

/// On the wire ISO 8601: `PT1M30.5S`, exact to the nanosecond.
///
/// ```
/// use std::time::Duration;
/// use sunstone::codec::json;
///
/// let duration = Duration::from_millis(90_500);
/// assert_eq!(json::encode(&duration), b"\"PT1M30.5S\"");
/// assert_eq!(json::decode::<Duration>(b"\"PT1M30.5S\"").unwrap(), duration);
/// assert_eq!(json::decode::<Duration>(b"\"P1D\"").unwrap(), Duration::from_secs(86_400));
/// ```
impl Value for Duration {
    fn shape() -> Shape {
        Shape::Scalar("duration")
    }

    fn same(&self, other: &Self) -> bool {
        self == other
    }

    fn copy(&self) -> Self {
        *self
    }

    fn order(&self, w: &mut KeyWriter) {
        w.u64(self.as_secs()).u32(self.subsec_nanos());
    }
}

impl Indexable for Duration {}

/// The duration in whole milliseconds, as far as times reach.
fn whole_ms(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

/// The time so much later; what is finer than a millisecond is cut off.
impl Add<Duration> for Time {
    type Output = Self;

    fn add(self, duration: Duration) -> Self {
        Self::from_unix_ms(self.unix_ms().saturating_add(whole_ms(duration)))
    }
}

/// The time so much earlier; what is finer than a millisecond is cut off.
impl Sub<Duration> for Time {
    type Output = Self;

    fn sub(self, duration: Duration) -> Self {
        Self::from_unix_ms(self.unix_ms().saturating_sub(whole_ms(duration)))
    }
}

impl Time {
    /// How long after `earlier` it is; nothing when it is not after it.
    ///
    /// ```
    /// use std::time::Duration;
    /// use sunstone::model::Time;
    ///
    /// let start = Time::from_unix_ms(1_000);
    /// let end = start + Duration::from_secs(90);
    /// assert_eq!(end.since(start), Duration::from_secs(90));
    /// assert_eq!(start.since(end), Duration::ZERO);
    /// ```
    #[must_use]
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(u64::try_from(self.unix_ms() - earlier.unix_ms()).unwrap_or(0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stdx::random::Xoshiro;

    #[test]
    fn one_form_for_one_duration() {
        for (duration, text) in [
            (Duration::ZERO, "PT0S"),
            (Duration::from_nanos(1), "PT0.000000001S"),
            (Duration::from_millis(90_500), "PT1M30.5S"),
            (Duration::from_secs(60), "PT1M"),
            (Duration::from_secs(3600), "PT1H"),
            (Duration::from_secs(36 * 3600), "PT36H"),
            (Duration::new(3600, 10), "PT1H0.00000001S"),
            (Duration::from_secs(3601), "PT1H1S"),
            (Duration::MAX, "PT5124095576030431H15.999999999S"),
        ] {
            assert_eq!(print(duration), text);
            assert_eq!(parse(text), Ok(duration), "{text}");
        }
    }

    #[test]
    fn random_durations_come_back_to_the_nanosecond() {
        let mut random = Xoshiro::new(1);
        for _ in 0..20_000 {
            let seconds = random.next_u64() >> random.below(64);
            let nanos = u32::try_from(random.below(1_000_000_000)).unwrap();
            let nanos = if random.one_in(2) { nanos } else { nanos / 1000 * 1000 };
            let duration = Duration::new(seconds, nanos);
            assert_eq!(parse(&print(duration)), Ok(duration), "{}", print(duration));
        }
    }

    #[test]
    fn what_others_write_is_read() {
        for (text, seconds) in [
            ("P1D", 86_400.0),
            ("P2W", 1_209_600.0),
            ("P1W1DT1H", 694_800.0),
            ("P1DT12H", 129_600.0),
            ("PT90S", 90.0),
            ("PT90M", 5400.0),
            ("pt1m0,5s", 60.5),
            ("PT0.500S", 0.5),
            ("PT00H00M01S", 1.0),
        ] {
            assert_eq!(parse(text), Ok(Duration::from_secs_f64(seconds)), "{text}");
        }
    }

    #[test]
    fn what_is_no_duration() {
        for (text, said) in [
            ("", EXPECTED),
            ("P", EXPECTED),
            ("PT", EXPECTED),
            ("P1DT", EXPECTED),
            ("90", EXPECTED),
            ("90.5s", EXPECTED),
            ("1H", EXPECTED),
            ("-PT1S", EXPECTED),
            ("PT-1S", EXPECTED),
            ("PT+1S", EXPECTED),
            ("PT1", EXPECTED),
            ("PT1X", EXPECTED),
            ("PTé", EXPECTED),
            ("PT1é", EXPECTED),
            ("PTS", EXPECTED),
            ("PT.5S", EXPECTED),
            ("PT1S1M", EXPECTED),
            ("PT1M1M", EXPECTED),
            ("P1D1W", EXPECTED),
            ("P1H", EXPECTED),
            ("PT1D", EXPECTED),
            (" PT1S", EXPECTED),
            ("PT1S ", EXPECTED),
            ("P1Y", EXPECTED_FIXED),
            ("P1M", EXPECTED_FIXED),
            ("PT1.5M", EXPECTED_FRACTION),
            ("PT1.S", EXPECTED_FRACTION),
            ("PT1.0000000001S", EXPECTED_FRACTION),
            ("PT1.5.5S", EXPECTED),
            ("PT18446744073709551616S", EXPECTED_SHORTER),
            ("PT18446744073709551615M", EXPECTED_SHORTER),
            ("PT5124095576030431H16S", EXPECTED_SHORTER),
        ] {
            assert_eq!(parse(text), Err(said), "{text}");
        }
    }

    #[test]
    fn times_stay_within_their_years() {
        let last = Time::from_unix_ms(i64::MAX);
        assert_eq!(last + Duration::MAX, last);
        assert_eq!(last - Duration::MAX, Time::from_unix_ms(i64::MIN));
        assert_eq!((last - Duration::from_micros(1999)).unix_ms(), last.unix_ms() - 1);
    }
}
