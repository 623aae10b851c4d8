//! Integers: exact, each in its own range, or refused with the range in words.

use std::fmt::Display;

use super::errors::Halt;
use super::number::{NumberText, whole_number};
use super::reader::{Kind, Reader};
use super::{FromJson, ToJson, Writer};

/// How many decimal digits always fit in a `u64`.
const SAFE_DIGITS: usize = 19;

/// The magnitude of decimal digits, and nothing but digits, if it fits.
fn magnitude(digits: &str) -> Option<u128> {
    if digits.len() > SAFE_DIGITS {
        return digits.parse().ok();
    }
    let value = digits.bytes().fold(0_u64, |sum, digit| {
        sum.wrapping_mul(10).wrapping_add(u64::from(digit & 0x0f)) // `0` to `9` are 0x30 to 0x39
    });
    Some(u128::from(value))
}

/// The exact value of an integer without fraction and exponent, if it fits.
pub(super) fn exact_i128(number: NumberText<'_>) -> Option<i128> {
    if !number.integer {
        return None;
    }
    match number.text.strip_prefix('-') {
        None => i128::try_from(magnitude(number.text)?).ok(),
        Some(digits) => 0_i128.checked_sub_unsigned(magnitude(digits)?),
    }
}

/// The exact value of an integer that may not be negative, if it fits.
fn exact_u128(number: NumberText<'_>) -> Option<u128> {
    if !number.integer {
        return None;
    }
    match number.text {
        "-0" => Some(0),
        text if text.starts_with('-') => None,
        text => magnitude(text),
    }
}

impl Reader<'_> {
    /// Reads an integer of the type `T`, whose range is told in the error.
    fn integer<T: TryFrom<i128> + Copy + Display>(&mut self, min: T, max: T) -> Result<T, Halt> {
        let what = || format!("an integer from {min} to {max}");
        if self.text.is_none() && !matches!(self.begin()?, b'-' | b'0'..=b'9') {
            return Err(self.expected_with(what));
        }
        let number = match self.text {
            None => self.number_text()?,
            Some(text) => match whole_number(text) {
                Some(number) => self.take_text(number),
                None => return Err(self.expected_with(what)),
            },
        };
        match exact_i128(number).map(T::try_from) {
            Some(Ok(value)) => Ok(value),
            _ => Err(self.out_of_range(what, number)),
        }
    }

    #[cold]
    fn out_of_range(&mut self, what: impl Fn() -> String, number: NumberText<'_>) -> Halt {
        self.reject_with(|| format!("expected {}, found {}", what(), number.shown()))
    }

    /// Reads an integer from 0 to 2^64-1, exactly. `1.0` and `1e2` are no integers.
    ///
    /// # Errors
    /// [`Halt::Invalid`] when it is another value; [`Halt::Syntax`] when it is none.
    pub fn u64(&mut self) -> Result<u64, Halt> {
        self.integer(u64::MIN, u64::MAX)
    }

    /// Reads an integer from `min` to `max`, exactly. `1.0` and `1e2` are no integers.
    ///
    /// # Errors
    /// [`Halt::Invalid`] when it is another value; [`Halt::Syntax`] when it is none.
    pub fn u64_within(&mut self, min: u64, max: u64) -> Result<u64, Halt> {
        match self.integer(min, max)? {
            value if (min..=max).contains(&value) => Ok(value),
            value => {
                Err(self.reject_with(|| format!("expected an integer from {min} to {max}, found {value}")))
            }
        }
    }

    /// Reads an integer from -2^63 to 2^63-1, exactly. `1.0` and `1e2` are no integers.
    ///
    /// # Errors
    /// [`Halt::Invalid`] when it is another value; [`Halt::Syntax`] when it is none.
    pub fn i64(&mut self) -> Result<i64, Halt> {
        self.integer(i64::MIN, i64::MAX)
    }

    /// Reads an integer from 0 to 2^128-1, exactly, from a string or a number.
    ///
    /// # Errors
    /// [`Halt::Invalid`] when it is another value; [`Halt::Syntax`] when it is none.
    pub fn u128(&mut self) -> Result<u128, Halt> {
        self.wide(u128::MIN, u128::MAX, exact_u128)
    }

    /// Reads an integer from -2^127 to 2^127-1, exactly, from a string or a number.
    ///
    /// # Errors
    /// [`Halt::Invalid`] when it is another value; [`Halt::Syntax`] when it is none.
    pub fn i128(&mut self) -> Result<i128, Halt> {
        self.wide(i128::MIN, i128::MAX, exact_i128)
    }

    fn wide<T: Copy + Display>(
        &mut self,
        min: T,
        max: T,
        exact: fn(NumberText<'_>) -> Option<T>,
    ) -> Result<T, Halt> {
        let what = || format!("an integer from {min} to {max}, in a string");
        let kind = self.peek()?;
        if kind == Kind::Number {
            let number = self.number_text()?;
            return exact(number).ok_or_else(|| self.out_of_range(what, number));
        }
        if kind != Kind::String {
            return Err(self.expected_with(what));
        }
        let string = self.string()?;
        match whole_number(&string) {
            Some(number) => exact(number).ok_or_else(|| self.out_of_range(what, number)),
            None => Err(self.reject_with(|| format!("expected {}, found another string", what()))),
        }
    }
}

macro_rules! integers {
    ($($type:ident $write:ident),*) => {$(
        impl FromJson for $type {
            fn from_json(r: &mut Reader<'_>) -> Result<Self, Halt> {
                r.integer(Self::MIN, Self::MAX)
            }
        }

        impl ToJson for $type {
            fn to_json(&self, w: &mut Writer) {
                w.$write((*self).into());
            }
        }
    )*};
}
integers!(u8 u64, u16 u64, u32 u64, u64 u64, i8 i64, i16 i64, i32 i64, i64 i64);

macro_rules! wide_integers {
    ($($type:ident),*) => {$(
        impl FromJson for $type {
            fn from_json(r: &mut Reader<'_>) -> Result<Self, Halt> {
                r.$type()
            }
        }

        impl ToJson for $type {
            fn to_json(&self, w: &mut Writer) {
                w.$type(*self);
            }
        }
    )*};
}
wide_integers!(u128, i128);

impl FromJson for usize {
    fn from_json(r: &mut Reader<'_>) -> Result<Self, Halt> {
        r.integer(Self::MIN, Self::MAX)
    }
}

impl ToJson for usize {
    fn to_json(&self, w: &mut Writer) {
        w.u64(u64::try_from(*self).expect("a usize has at most 64 bits"));
    }
}

impl FromJson for isize {
    fn from_json(r: &mut Reader<'_>) -> Result<Self, Halt> {
        r.integer(Self::MIN, Self::MAX)
    }
}

impl ToJson for isize {
    fn to_json(&self, w: &mut Writer) {
        w.i64(i64::try_from(*self).expect("an isize has at most 64 bits"));
    }
}
