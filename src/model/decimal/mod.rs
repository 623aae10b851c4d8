//! Exact decimal numbers: what money, rates and measures are written in.
//!
//! # Idea
//! A decimal is an integer, its *mantissa*, and a *scale*: how many of its digits stand behind the point. `12.50` is 1250
//! at scale 2. Nothing is ever rounded in passing: adding, subtracting and multiplying give the exact number or nothing,
//! and what cannot be exact (dividing, having fewer digits) is asked for with the digits and the [`Rounding`] named.
//!
//! # Invariants
//! - At most [`DIGITS_MAX`] digits, at most [`SCALE_MAX`] of them behind the point.
//! - The digits that were written are kept: `12.50` stays `12.50`, in JSON, in the journal and on the screen.
//! - Numbers are compared, hashed and ordered by their value: `12.50` is `12.5`, also in a unique index.
//! - There is no negative zero.
//!
//! # Forms
//! In JSON a string, because most readers keep numbers in floats; a number is read as well, digit by digit. In the journal
//! a decimal fraction of CBOR (RFC 8949, section 3.4.4). Ordered bytes: see [`Decimal::order`](super::Value::order).
//!
//! # Left out
//! Floats (a decimal made from one has its error already; [`Decimal::to_f64`] is for charts), infinities, and operators for
//! multiplying and dividing, whose digits and rounding have to be chosen.

mod arithmetic;
mod text;
mod wide;

pub use arithmetic::Rounding;

use super::{Indexable, Shape, Value};
use crate::codec::binary::{self, FromBinary, Malformed, ToBinary};
use crate::codec::json::{FromJson, Halt, Kind, Reader, ToJson, Writer};
use crate::codec::order::KeyWriter;
use std::borrow::Cow;
use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};

/// How many digits a decimal has at most: as many as SQL's `NUMERIC(38)`, and as fit into 128 bits.
pub const DIGITS_MAX: u32 = 38;

/// How many of them stand behind the point at most.
pub const SCALE_MAX: u32 = 28;

/// The largest mantissa.
const MANTISSA_MAX: u128 = 10_u128.pow(DIGITS_MAX) - 1;

/// The tag of a decimal fraction: `[exponent, mantissa]` (RFC 8949, section 3.4.4).
const TAG_DECIMAL_FRACTION: u64 = 4;

/// An exact decimal number of up to 38 digits, up to 28 of them behind the point; a string in JSON.
///
/// ```
/// use sunstone::model::{Decimal, Rounding};
///
/// let price: Decimal = "19.90".parse()?;
/// let total = price.checked_mul(Decimal::from(3)).unwrap();
/// assert_eq!(total.to_string(), "59.70");
/// assert_eq!((total + price).to_string(), "79.60");
///
/// let tax = total.mul_rounded("0.077".parse()?, 2, Rounding::HalfUp).unwrap();
/// assert_eq!(tax.to_string(), "4.60");
/// let third = total.div_rounded(Decimal::from(7), 4, Rounding::HalfEven).unwrap();
/// assert_eq!(third.to_string(), "8.5286");
/// # Ok::<(), sunstone::error::Error>(())
/// ```
#[derive(Clone, Copy, Default)]
pub struct Decimal {
    /// At most [`MANTISSA_MAX`] from 0.
    mantissa: i128,
    /// At most [`SCALE_MAX`].
    scale: u32,
}

impl Decimal {
    /// 0.
    pub const ZERO: Self = Self { mantissa: 0, scale: 0 };
    /// 1.
    pub const ONE: Self = Self { mantissa: 1, scale: 0 };
    /// The largest one: 38 nines.
    pub const MAX: Self = Self { mantissa: MANTISSA_MAX.cast_signed(), scale: 0 };
    /// The least one.
    pub const MIN: Self = Self { mantissa: -MANTISSA_MAX.cast_signed(), scale: 0 };

    /// `mantissa` with `scale` of its digits behind the point; `None` when that is more than [`DIGITS_MAX`] or
    /// [`SCALE_MAX`] digits.
    ///
    /// ```
    /// use sunstone::model::Decimal;
    ///
    /// const CENT: Decimal = Decimal::new(1, 2).unwrap();
    /// assert_eq!(CENT.to_string(), "0.01");
    /// ```
    #[must_use]
    pub const fn new(mantissa: i128, scale: u32) -> Option<Self> {
        if mantissa.unsigned_abs() > MANTISSA_MAX || scale > SCALE_MAX {
            return None;
        }
        Some(Self { mantissa, scale })
    }

    /// As [`Decimal::new`], the sign by itself.
    const fn signed(negative: bool, magnitude: u128, scale: u32) -> Option<Self> {
        if magnitude > MANTISSA_MAX {
            return None;
        }
        let mantissa = magnitude.cast_signed();
        Self::new(if negative { -mantissa } else { mantissa }, scale)
    }

    /// All its digits as an integer.
    #[must_use]
    pub const fn mantissa(self) -> i128 {
        self.mantissa
    }

    /// How many of them stand behind the point.
    #[must_use]
    pub const fn scale(self) -> u32 {
        self.scale
    }

    /// Is it 0?
    #[must_use]
    pub const fn is_zero(self) -> bool {
        self.mantissa == 0
    }

    /// Is it below 0?
    #[must_use]
    pub const fn is_negative(self) -> bool {
        self.mantissa < 0
    }

    /// The same without its sign.
    #[must_use]
    pub const fn abs(self) -> Self {
        Self { mantissa: self.mantissa.abs(), scale: self.scale }
    }

    /// The same value without zeros at the end of its fraction.
    ///
    /// ```
    /// use sunstone::model::Decimal;
    ///
    /// assert_eq!("12.500".parse::<Decimal>()?.normalized().to_string(), "12.5");
    /// # Ok::<(), sunstone::error::Error>(())
    /// ```
    #[must_use]
    pub const fn normalized(mut self) -> Self {
        while self.scale > 0 && self.mantissa % 10 == 0 {
            self.mantissa /= 10;
            self.scale -= 1;
        }
        self
    }

    /// The integer that it is; `None` when it has a fraction.
    #[must_use]
    pub const fn to_integer(self) -> Option<i128> {
        let whole = self.normalized();
        if whole.scale == 0 { Some(whole.mantissa) } else { None }
    }

    /// The nearest float, for charts and estimates.
    #[must_use]
    pub fn to_f64(self) -> f64 {
        self.to_string().parse().expect("every decimal is spelt as a float may be")
    }

    /// Its value, so that equal values are equal and larger ones larger: the sign, where its first digit stands (1 for
    /// units, 0 for tenths), and all its digits as if there were [`DIGITS_MAX`].
    fn canonical(self) -> (Ordering, i32, u128) {
        let magnitude = self.mantissa.unsigned_abs();
        let Some(log) = magnitude.checked_ilog10() else { return (Ordering::Equal, 0, 0) };
        let digits = log + 1;
        let place = digits.cast_signed() - self.scale.cast_signed();
        (self.mantissa.cmp(&0), place, magnitude * 10_u128.pow(DIGITS_MAX - digits))
    }
}

impl PartialEq for Decimal {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Decimal {}

impl PartialOrd for Decimal {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Decimal {
    fn cmp(&self, other: &Self) -> Ordering {
        if self.scale == other.scale {
            return self.mantissa.cmp(&other.mantissa);
        }
        let ((sign, place, digits), (other_sign, other_place, other_digits)) =
            (self.canonical(), other.canonical());
        let larger = (place, digits).cmp(&(other_place, other_digits));
        sign.cmp(&other_sign).then(if sign.is_lt() { larger.reverse() } else { larger })
    }
}

impl Hash for Decimal {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.canonical().hash(state);
    }
}

impl fmt::Debug for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Decimal({self})")
    }
}

macro_rules! from_integers {
    ($($type:ty)*) => {$(
        impl From<$type> for Decimal {
            fn from(integer: $type) -> Self {
                Self { mantissa: integer.into(), scale: 0 }
            }
        }
    )*};
}
from_integers!(u8 u16 u32 u64 i8 i16 i32 i64);

impl ToJson for Decimal {
    fn to_json(&self, w: &mut Writer) {
        w.str(&self.to_string());
    }
}

impl FromJson for Decimal {
    /// From a string, or from a number as it is spelt.
    fn from_json(r: &mut Reader<'_>) -> Result<Self, Halt> {
        let read: Cow<'_, str> = match r.peek()? {
            Kind::Number => r.number("a decimal number")?.into(),
            _ => r.string()?,
        };
        text::parse(&read).map_err(|expected| r.misread(expected, &read))
    }
}

impl ToBinary for Decimal {
    fn to_binary(&self, w: &mut binary::Writer<'_>) {
        w.tag(TAG_DECIMAL_FRACTION);
        w.array(2);
        w.int(-i64::from(self.scale));
        w.int_wide(self.mantissa);
    }
}

impl FromBinary for Decimal {
    fn from_binary(r: &mut binary::Reader<'_>) -> Result<Self, Malformed> {
        let start = r.clone();
        if r.tag()? != TAG_DECIMAL_FRACTION {
            return Err(start.malformed("a decimal fraction"));
        }
        r.array(2)?;
        let (exponent, mantissa) = (r.int_wide()?, r.int_wide()?);
        let scale = exponent.checked_neg().and_then(|scale| u32::try_from(scale).ok());
        scale
            .and_then(|scale| Self::new(mantissa, scale))
            .ok_or_else(|| start.malformed("a decimal of at most 38 digits, 28 of them behind the point"))
    }
}

/// 0 in the order of the bytes; what is positive lies above, what is negative below.
const ORDER_ZERO: u8 = 0x80;

impl Value for Decimal {
    fn shape() -> Shape {
        Shape::Scalar("decimal")
    }

    /// With the digits that were written: 1.5 is as much as 1.50, and not the same.
    fn same(&self, other: &Self) -> bool {
        (self.mantissa, self.scale) == (other.mantissa, other.scale)
    }

    fn copy(&self) -> Self {
        *self
    }

    /// One byte for the sign and the place of the first digit, then all digits as if there were 38, big endian; of
    /// negative numbers all bits turned over; 0 is one byte alone.
    fn order(&self, w: &mut KeyWriter) {
        let (sign, place, digits) = self.canonical();
        // The first digit stands between 27 places behind the point and 38 before it: one byte, with room.
        let place = u8::try_from(place + SCALE_MAX.cast_signed()).expect("a place from 1 to 66");
        match sign {
            Ordering::Equal => w.u8(ORDER_ZERO),
            Ordering::Greater => w.u8(ORDER_ZERO + place).u128(digits),
            Ordering::Less => w.u8(!(ORDER_ZERO + place)).u128(!digits),
        };
    }
}

impl Indexable for Decimal {}
