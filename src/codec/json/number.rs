//! Numbers: their grammar (RFC 8259, section 6), floats, and [`Number`], the number of an open value.

use std::fmt;

use super::errors::{Halt, clip};
use super::integer::exact_i128;
use super::reader::Reader;
use super::{FromJson, ToJson, Writer};

/// How many characters of a number an error shows.
const MAX_NUMBER_SHOWN: usize = 24;

/// A number as it stands in the document.
#[derive(Debug, Clone, Copy)]
pub(super) struct NumberText<'a> {
    pub(super) text: &'a str,
    /// Has it neither fraction nor exponent?
    pub(super) integer: bool,
}

impl NumberText<'_> {
    pub(super) fn shown(&self) -> String {
        clip(self.text, MAX_NUMBER_SHOWN)
    }
}

/// Where a number goes wrong: what is left there, and what was expected.
struct Misspelt<'a>(&'a [u8], &'static str);

/// How much of `bytes` is a number, and whether it is an integer.
fn scan(bytes: &[u8]) -> Result<(NumberText<'_>, &[u8]), Misspelt<'_>> {
    let unsigned = bytes.strip_prefix(b"-").unwrap_or(bytes);
    let mut rest = match unsigned {
        [b'0', after @ ..] if after.first().is_some_and(u8::is_ascii_digit) => {
            return Err(Misspelt(after, "no digit behind a leading 0"));
        }
        [b'0', after @ ..] => after,
        _ => digits(unsigned)?,
    };
    let mut integer = true;
    if let [b'.', after @ ..] = rest {
        integer = false;
        rest = digits(after)?;
    }
    if let [b'e' | b'E', after @ ..] = rest {
        integer = false;
        rest = digits(match after {
            [b'+' | b'-', after @ ..] => after,
            _ => after,
        })?;
    }
    let text = bytes.get(..bytes.len().saturating_sub(rest.len())).unwrap_or_default();
    let text = std::str::from_utf8(text).expect("signs, digits, a point and an e are ASCII");
    Ok((NumberText { text, integer }, rest))
}

/// Passes over one digit or more.
fn digits(bytes: &[u8]) -> Result<&[u8], Misspelt<'_>> {
    let count = bytes.iter().take_while(|byte| byte.is_ascii_digit()).count();
    match bytes.get(count..) {
        Some(rest) if count > 0 => Ok(rest),
        _ => Err(Misspelt(bytes, "a digit")),
    }
}

/// The number that is all of `text`, if it is one.
pub(super) fn whole_number(text: &str) -> Option<NumberText<'_>> {
    match scan(text.as_bytes()) {
        Ok((number, [])) => Some(number),
        _ => None,
    }
}

impl<'a> Reader<'a> {
    /// Reads a number and gives its own text, for a type that has more digits than a float.
    ///
    /// ```
    /// use sunstone::codec::json::Reader;
    ///
    /// assert_eq!(Reader::new(b"0.10").number("a price"), Ok("0.10"));
    /// ```
    ///
    /// # Errors
    /// [`Halt::Invalid`] when it is another value ("expected {what}, …"); [`Halt::Syntax`] when it is none.
    pub fn number(&mut self, what: &str) -> Result<&'a str, Halt> {
        self.number_or(what).map(|number| number.text)
    }

    /// Reads a number, or the whole text as one; `what` is for the error.
    pub(super) fn number_or(&mut self, what: &str) -> Result<NumberText<'a>, Halt> {
        if let Some(text) = self.text {
            return match whole_number(text) {
                Some(number) => Ok(self.take_text(number)),
                None => Err(self.expected(what)),
            };
        }
        match self.begin()? {
            b'-' | b'0'..=b'9' => self.number_text(),
            _ => Err(self.expected(what)),
        }
    }

    /// Reads the number that stands next.
    pub(super) fn number_text(&mut self) -> Result<NumberText<'a>, Halt> {
        match scan(self.rest) {
            Ok((number, rest)) => {
                self.rest = rest;
                Ok(number)
            }
            Err(Misspelt(rest, what)) => {
                self.rest = rest;
                Err(self.unexpected(what))
            }
        }
    }

    /// Reads the nearest float.
    ///
    /// # Errors
    /// [`Halt::Invalid`] when it is no number or one beyond the largest float; [`Halt::Syntax`] when it is no JSON.
    pub fn f64(&mut self) -> Result<f64, Halt> {
        let number = self.number_or("a number")?;
        match number.text.parse::<f64>() {
            Ok(value) if value.is_finite() => Ok(value),
            _ => Err(self.too_large(number, f64::MAX)),
        }
    }

    /// Reads the nearest float of 32 bits, in one rounding.
    ///
    /// # Errors
    /// As for [`Reader::f64`].
    pub fn f32(&mut self) -> Result<f32, Halt> {
        let number = self.number_or("a number")?;
        match number.text.parse::<f32>() {
            Ok(value) if value.is_finite() => Ok(value),
            _ => Err(self.too_large(number, f32::MAX)),
        }
    }

    #[cold]
    fn too_large(&mut self, number: NumberText<'_>, max: impl fmt::LowerExp) -> Halt {
        self.reject_with(|| format!("expected a number from -{max:e} to {max:e}, found {}", number.shown()))
    }
}

/// So many digits every float keeps, unless it is too small to be a normal one.
const FLOAT_DIGITS_KEPT: usize = f64::DIGITS as usize;

/// More digits no float is written with.
const FLOAT_DIGITS_MAX: usize = 17;

/// Is the number of this text the one that the nearest float to it is written as?
fn is_written_as(float: f64, text: &str) -> bool {
    let Some(number) = Digits::of(text).filter(|_| float.is_finite()) else { return false };
    match number.digits.len() {
        0 => true,
        1..=FLOAT_DIGITS_KEPT if float.is_normal() => true,
        1..=FLOAT_DIGITS_MAX => Digits::of(&format!("{float:e}")).is_some_and(|written| written == number),
        _ => false,
    }
}

/// The digits of a number without zeros around them, and how many places the last one stands left of the point.
#[derive(PartialEq)]
struct Digits {
    digits: String,
    places: i64,
}

impl Digits {
    /// Those of a number of JSON without its sign; `None` when its exponent is beyond all floats.
    fn of(text: &str) -> Option<Self> {
        let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let all = [whole.trim_start_matches('-'), fraction].concat();
        let digits = all.trim_end_matches('0');
        let zeros = i64::try_from(all.len().saturating_sub(digits.len())).ok()?;
        let behind = i64::try_from(fraction.len()).ok()?;
        let places = exponent.parse::<i64>().ok()?.checked_add(zeros)?.checked_sub(behind)?;
        Some(Self { digits: digits.trim_start_matches('0').to_owned(), places })
    }
}

/// A number of an open value: any that JSON can spell.
///
/// Every number keeps its value. An integer of any size is exact; of other numbers the nearest `f64` is kept where that
/// is written as the same number (`1.50` comes out as `1.5`), else the text. Equality is that of the kept form: 1 and 1.0
/// differ, as they do when written.
///
/// ```
/// use sunstone::codec::json::{Json, Number};
///
/// let json: Json = "[18446744073709551616, 1.50, 0.12345678901234567890]".parse().unwrap();
/// assert_eq!(json.to_string(), "[18446744073709551616,1.5,0.12345678901234567890]");
/// assert_eq!(Number::from(7u64).as_i64(), Some(7));
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Number(Form);

/// Invariants: `Negative` is below 0; `Float` is finite; `Text` is a number of JSON that fits none of the others.
#[derive(Debug, Clone, PartialEq)]
enum Form {
    Unsigned(u64),
    Negative(i64),
    Float(f64),
    Text(Box<str>),
}

impl Number {
    /// The number of a text that is known to be one.
    pub(super) fn from_text(number: NumberText<'_>) -> Self {
        if number.integer && number.text != "-0" {
            return match exact_i128(number).map(Self::try_from) {
                Some(Ok(exact)) => exact,
                _ => Self(Form::Text(number.text.into())),
            };
        }
        match number.text.parse::<f64>() {
            Ok(float) if !number.integer && is_written_as(float, number.text) => Self(Form::Float(float)),
            _ => Self(Form::Text(number.text.into())),
        }
    }

    /// The number of a float; `None` when it is not finite, for which JSON has no spelling.
    #[must_use]
    pub fn from_f64(value: f64) -> Option<Self> {
        value.is_finite().then_some(Self(Form::Float(value)))
    }

    /// The number, if it is an integer of this range.
    #[must_use]
    pub fn as_u64(&self) -> Option<u64> {
        match self.0 {
            Form::Unsigned(value) => Some(value),
            Form::Negative(_) | Form::Float(_) | Form::Text(_) => None,
        }
    }

    /// The number, if it is an integer of this range.
    #[must_use]
    pub fn as_i64(&self) -> Option<i64> {
        match self.0 {
            Form::Unsigned(value) => i64::try_from(value).ok(),
            Form::Negative(value) => Some(value),
            Form::Float(_) | Form::Text(_) => None,
        }
    }

    /// The number, if it is an integer of this range.
    #[must_use]
    pub fn as_i128(&self) -> Option<i128> {
        match &self.0 {
            Form::Unsigned(value) => Some(i128::from(*value)),
            Form::Negative(value) => Some(i128::from(*value)),
            Form::Float(_) => None,
            Form::Text(text) => text.parse().ok(),
        }
    }

    /// The nearest float; `None` when the number is beyond the largest.
    #[must_use]
    pub fn as_f64(&self) -> Option<f64> {
        match &self.0 {
            Form::Unsigned(value) => Some(*value as f64),
            Form::Negative(value) => Some(*value as f64),
            Form::Float(value) => Some(*value),
            Form::Text(text) => text.parse().ok().filter(|float: &f64| float.is_finite()),
        }
    }

    /// Is it an integer, of any size, written without fraction and exponent?
    #[must_use]
    pub fn is_integer(&self) -> bool {
        match &self.0 {
            Form::Unsigned(_) | Form::Negative(_) => true,
            Form::Float(_) => false,
            Form::Text(text) => text.bytes().all(|byte| byte == b'-' || byte.is_ascii_digit()),
        }
    }
}

impl FromJson for Number {
    fn from_json(r: &mut Reader<'_>) -> Result<Self, Halt> {
        r.number_or("a number").map(Self::from_text)
    }
}

impl ToJson for Number {
    fn to_json(&self, w: &mut Writer) {
        match &self.0 {
            Form::Unsigned(value) => w.u64(*value),
            Form::Negative(value) => w.i64(*value),
            Form::Float(value) => w.f64(*value),
            Form::Text(text) => w.raw(text.as_bytes()),
        }
    }
}

impl From<u64> for Number {
    fn from(value: u64) -> Self {
        Self(Form::Unsigned(value))
    }
}

impl From<i64> for Number {
    fn from(value: i64) -> Self {
        Self(u64::try_from(value).map_or(Form::Negative(value), Form::Unsigned))
    }
}

impl From<i128> for Number {
    fn from(value: i128) -> Self {
        match (u64::try_from(value), i64::try_from(value)) {
            (Ok(value), _) => Self(Form::Unsigned(value)),
            (_, Ok(value)) => Self(Form::Negative(value)),
            _ => Self(Form::Text(value.to_string().into())),
        }
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Form::Unsigned(value) => write!(f, "{value}"),
            Form::Negative(value) => write!(f, "{value}"),
            Form::Float(value) => write!(f, "{value:?}"),
            Form::Text(text) => f.write_str(text),
        }
    }
}
