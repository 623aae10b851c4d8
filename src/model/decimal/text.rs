//! Decimals as text.

use super::{DIGITS_MAX, Decimal, Rounding, SCALE_MAX};
use crate::error::Error;
use std::fmt;
use std::str::FromStr;

const EXPECTED: &str = "expected a decimal number like 12.50";
const EXPECTED_SHORTER: &str = "expected a decimal number of at most 38 digits, 28 of them behind the point";

impl fmt::Display for Decimal {
    /// Its digits as they are; with a precision (`{:.2}`) that many behind the point, rounded half to even.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let places = f.precision().unwrap_or(self.scale as usize);
        let shown = match u32::try_from(places) {
            Ok(places) if places < self.scale => {
                self.round(places, Rounding::HalfEven).expect("fewer digits always fit")
            }
            _ => *self,
        };
        let scale = shown.scale as usize;
        let mut digits = format!("{:0width$}", shown.mantissa.unsigned_abs(), width = scale + 1);
        if places > 0 {
            digits.insert(digits.len() - scale, '.');
            digits.extend(std::iter::repeat_n('0', places - scale));
        }
        // A precision given to `pad_integral` does nothing; width, sign and fill are its own.
        f.pad_integral(!shown.is_negative(), "", &digits)
    }
}

impl FromStr for Decimal {
    type Err = Error;

    /// Digits, a point and more digits if wanted, an exponent if wanted: `12.50`, `-3`, `1.5e3`. Every digit counts: what
    /// has too many is refused, never rounded.
    fn from_str(text: &str) -> Result<Self, Error> {
        parse(text).map_err(Error::bad_request)
    }
}

pub(super) fn parse(text: &str) -> Result<Decimal, &'static str> {
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    let (number, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((number, exponent)) => (number, parse_exponent(exponent)?),
        None => (unsigned, 0),
    };
    let (whole, fraction) = match number.split_once('.') {
        Some((_, "")) => return Err(EXPECTED),
        Some(parts) => parts,
        None => (number, ""),
    };
    let is_digits = |digits: &str| digits.bytes().all(|digit| digit.is_ascii_digit());
    if whole.is_empty() || !is_digits(whole) || !is_digits(fraction) {
        return Err(EXPECTED);
    }
    let scale = i64::try_from(fraction.len()).unwrap_or(i64::MAX).saturating_sub(exponent);
    let digits = whole.bytes().chain(fraction.bytes()).map(|digit| u128::from(digit - b'0'));
    assemble(text.starts_with('-'), digits, scale).ok_or(EXPECTED_SHORTER)
}

/// What stands behind the `e`. One beyond all sense is as good as the largest.
fn parse_exponent(text: &str) -> Result<i64, &'static str> {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|digit| digit.is_ascii_digit()) {
        return Err(EXPECTED);
    }
    let magnitude = digits.parse::<i64>().unwrap_or(i64::MAX);
    Ok(if text.starts_with('-') { -magnitude } else { magnitude })
}

/// The number of these digits, `scale` of them behind the point (below 0: so many zeros are missing). Zeros at the end of
/// the fraction go where there are too many digits.
fn assemble(negative: bool, digits: impl Iterator<Item = u128>, scale: i64) -> Option<Decimal> {
    let (digits_max, scale_max) = (i64::from(DIGITS_MAX), i64::from(SCALE_MAX));
    // The digits up to the last one that is not 0, how many they are, and how many zeros follow.
    let (mut magnitude, mut count, mut zeros) = (0_u128, 0_i64, 0_i64);
    for digit in digits {
        if digit == 0 {
            zeros += 1;
            continue;
        }
        // Zeros at the front are none.
        count += if magnitude == 0 { 1 } else { zeros + 1 };
        if count > digits_max {
            return None;
        }
        magnitude =
            magnitude * if magnitude == 0 { 1 } else { 10_u128.pow(u32::try_from(zeros + 1).ok()?) } + digit;
        zeros = 0;
    }
    let mut kept_scale = scale.clamp(0, scale_max);
    if magnitude == 0 {
        return Decimal::signed(false, 0, u32::try_from(kept_scale).ok()?);
    }
    // The zeros that stay, to leave that scale; fewer when there are too many digits.
    let mut kept = zeros.saturating_add(kept_scale).saturating_sub(scale);
    let excess = count.saturating_add(kept).saturating_sub(digits_max).max(0);
    kept = kept.saturating_sub(excess);
    kept_scale -= excess.min(kept_scale + 1);
    if kept < 0 || kept_scale < 0 {
        return None;
    }
    let magnitude = magnitude.checked_mul(10_u128.checked_pow(u32::try_from(kept).ok()?)?)?;
    Decimal::signed(negative, magnitude, u32::try_from(kept_scale).ok()?)
}
