//! Adding, multiplying, dividing and rounding: exact, or rounded as asked.

use super::wide::Wide;
use super::{Decimal, MANTISSA_MAX, SCALE_MAX};
use std::cmp::Ordering;
use std::iter::Sum;
use std::ops::{Add, AddAssign, Neg, Sub, SubAssign};

/// Which neighbour is taken when digits have to go. Numbers that need no rounding are left alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Rounding {
    /// The nearer one; of two as near the one whose last digit is even. 0.5, 1.5, 2.5 → 0, 2, 2. Errors cancel out over
    /// many sums; also called banker's rounding.
    HalfEven,
    /// The nearer one; of two as near the one farther from 0. 0.5, 1.5, -0.5 → 1, 2, -1. What is taught at school.
    HalfUp,
    /// The one nearer to 0: digits are cut off.
    Down,
    /// The one farther from 0.
    Up,
    /// The lower one: -0.5 → -1.
    Floor,
    /// The higher one: -0.5 → 0.
    Ceiling,
}

/// What was cut off: nothing, or less, as much, or more than half of the last digit that stays.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Cut {
    Nothing,
    Something(Ordering),
}

impl Rounding {
    /// Does the number grow away from 0 by one in its last digit?
    fn away(self, negative: bool, odd: bool, cut: Cut) -> bool {
        let Cut::Something(half) = cut else { return false };
        match self {
            Self::HalfEven => half.is_gt() || half.is_eq() && odd,
            Self::HalfUp => half.is_ge(),
            Self::Down => false,
            Self::Up => true,
            Self::Floor => negative,
            Self::Ceiling => !negative,
        }
    }

    /// The magnitude after rounding.
    fn applied(self, negative: bool, magnitude: u128, cut: Cut) -> Option<u128> {
        magnitude.checked_add(u128::from(self.away(negative, magnitude % 2 == 1, cut)))
    }
}

/// The exact number of this magnitude and scale, without as many zeros at its end as have to go; `None` when it has too
/// many digits.
fn exact(negative: bool, mut magnitude: Wide, mut scale: u32) -> Option<Decimal> {
    loop {
        if scale <= SCALE_MAX
            && let Some(magnitude) = magnitude.narrow().filter(|magnitude| *magnitude <= MANTISSA_MAX)
        {
            return Decimal::signed(negative, magnitude, scale);
        }
        let (tenth, digit) = magnitude.tenth();
        if digit != 0 {
            return None;
        }
        magnitude = tenth;
        scale = scale.checked_sub(1)?;
    }
}

/// The number of this magnitude and scale at another scale.
fn rounded(negative: bool, magnitude: Wide, from: u32, to: u32, rounding: Rounding) -> Option<Decimal> {
    if to > SCALE_MAX {
        return None;
    }
    if to >= from {
        let magnitude = magnitude.narrow()?.checked_mul(10_u128.pow(to - from))?;
        return Decimal::signed(negative, magnitude, to);
    }
    // The last digit that is cut off decides, and those behind it where it is a 5 or a 0.
    let (mut magnitude, mut last, mut behind) = (magnitude, 0, false);
    for _ in to..from {
        behind |= last != 0;
        (magnitude, last) = magnitude.tenth();
    }
    let cut = match (last, behind) {
        (0, false) => Cut::Nothing,
        (5, true) => Cut::Something(Ordering::Greater),
        (digit, _) => Cut::Something(digit.cmp(&5)),
    };
    Decimal::signed(negative, rounding.applied(negative, magnitude.narrow()?, cut)?, to)
}

impl Decimal {
    /// The sum; `None` when it has more than 38 digits.
    ///
    /// ```
    /// use sunstone::model::Decimal;
    ///
    /// let sum = "0.1".parse::<Decimal>()?.checked_add("0.20".parse()?);
    /// assert_eq!(sum.unwrap().to_string(), "0.30");
    /// assert_eq!(Decimal::MAX.checked_add(Decimal::ONE), None);
    /// # Ok::<(), sunstone::error::Error>(())
    /// ```
    #[must_use]
    pub fn checked_add(self, other: Self) -> Option<Self> {
        let (finer, coarser) = if self.scale >= other.scale { (self, other) } else { (other, self) };
        let raise = 10_u128.pow(finer.scale - coarser.scale);
        let sum = i128::try_from(raise)
            .ok()
            .and_then(|raise| coarser.mantissa.checked_mul(raise))
            .and_then(|raised| raised.checked_add(finer.mantissa))
            .and_then(|sum| Self::new(sum, finer.scale));
        sum.or_else(|| {
            // 128 bits were too few, so that the raised one is larger than any mantissa, or both have one sign.
            let wide = |number: Self, times: u128| Wide::product(number.mantissa.unsigned_abs(), times);
            let (larger, smaller) = (wide(coarser, raise), wide(finer, 1));
            let one_sign = coarser.is_negative() == finer.is_negative();
            let magnitude = if one_sign { larger.sum(smaller) } else { larger.difference(smaller) };
            exact(coarser.is_negative(), magnitude, finer.scale)
        })
    }

    /// The difference; `None` when it has more than 38 digits.
    #[must_use]
    pub fn checked_sub(self, other: Self) -> Option<Self> {
        self.checked_add(-other)
    }

    /// The product, exactly; `None` when it has more than 38 digits or more than 28 behind the point.
    #[must_use]
    pub fn checked_mul(self, other: Self) -> Option<Self> {
        let scale = self.scale + other.scale;
        let product = self.mantissa.checked_mul(other.mantissa).and_then(|product| Self::new(product, scale));
        product.or_else(|| exact(self.is_negative() != other.is_negative(), self.wide_product(other), scale))
    }

    /// The product with `scale` digits behind the point; `None` when that is more than 38 digits or `scale` is more than
    /// 28.
    #[must_use]
    pub fn mul_rounded(self, other: Self, scale: u32, rounding: Rounding) -> Option<Self> {
        let negative = self.is_negative() != other.is_negative();
        rounded(negative, self.wide_product(other), self.scale + other.scale, scale, rounding)
    }

    fn wide_product(self, other: Self) -> Wide {
        Wide::product(self.mantissa.unsigned_abs(), other.mantissa.unsigned_abs())
    }

    /// The quotient with `scale` digits behind the point, rounded once from the exact one; `None` when `divisor` is 0, or
    /// that is more than 38 digits, or `scale` is more than 28.
    #[must_use]
    pub fn div_rounded(self, divisor: Self, scale: u32, rounding: Rounding) -> Option<Self> {
        if divisor.is_zero() || scale > SCALE_MAX {
            return None;
        }
        let negative = self.is_negative() != divisor.is_negative();
        let by = divisor.mantissa.unsigned_abs();
        let whole = self.mantissa.unsigned_abs();
        let (mut quotient, mut rest) = (whole / by, whole % by);
        // So many digits are to come behind those of the mantissas' own quotient; or so many have to go.
        let wanted = scale + divisor.scale;
        for _ in self.scale..wanted {
            let digit;
            (digit, rest) = next_digit(rest, by);
            quotient = quotient.checked_mul(10)?.checked_add(digit)?;
        }
        let mut cut = match rest {
            0 => Cut::Nothing,
            // 2 rest against by, where the sum could overflow.
            rest => Cut::Something(rest.cmp(&(by - rest))),
        };
        if wanted < self.scale {
            // At most the 28 digits of a scale.
            let unit = 10_u128.pow(self.scale - wanted);
            let gone = quotient % unit;
            quotient /= unit;
            if gone != 0 || cut != Cut::Nothing {
                let half = gone.cmp(&(unit / 2));
                cut = Cut::Something(if cut == Cut::Nothing { half } else { half.then(Ordering::Greater) });
            }
        }
        Self::signed(negative, rounding.applied(negative, quotient, cut)?, scale)
    }

    /// The number with exactly `scale` digits behind the point; `None` when that is more than 38 digits or `scale` is more
    /// than 28.
    ///
    /// ```
    /// use sunstone::model::{Decimal, Rounding};
    ///
    /// let round = |text: &str, scale, rounding| {
    ///     text.parse::<Decimal>().unwrap().round(scale, rounding).unwrap().to_string()
    /// };
    /// assert_eq!(round("2.345", 2, Rounding::HalfEven), "2.34");
    /// assert_eq!(round("2.345", 2, Rounding::HalfUp), "2.35");
    /// assert_eq!(round("-2.5", 0, Rounding::Floor), "-3");
    /// assert_eq!(round("2", 2, Rounding::Down), "2.00");
    /// ```
    #[must_use]
    pub fn round(self, scale: u32, rounding: Rounding) -> Option<Self> {
        let magnitude = Wide::product(self.mantissa.unsigned_abs(), 1);
        rounded(self.is_negative(), magnitude, self.scale, scale, rounding)
    }
}

/// Ten times `rest`, divided by `by`, of which it is a rest: a digit, and the next rest. Both are below 10^38, so that
/// two of them fit into 128 bits, and ten do not.
fn next_digit(rest: u128, by: u128) -> (u128, u128) {
    let (mut digit, mut sum) = (0, 0);
    for _ in 0..10 {
        sum += rest;
        if sum >= by {
            sum -= by;
            digit += 1;
        }
    }
    (digit, sum)
}

impl Neg for Decimal {
    type Output = Self;

    fn neg(self) -> Self {
        Self { mantissa: -self.mantissa, scale: self.scale }
    }
}

const TOO_LARGE: &str = "the sum of two decimals has more than 38 digits";

/// Exact.
///
/// # Panics
/// When the sum has more than 38 digits; [`Decimal::checked_add`] tells instead.
impl Add for Decimal {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        self.checked_add(other).expect(TOO_LARGE)
    }
}

/// Exact.
///
/// # Panics
/// When the difference has more than 38 digits; [`Decimal::checked_sub`] tells instead.
impl Sub for Decimal {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        self.checked_sub(other).expect(TOO_LARGE)
    }
}

impl AddAssign for Decimal {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl SubAssign for Decimal {
    fn sub_assign(&mut self, other: Self) {
        *self = *self - other;
    }
}

impl Sum for Decimal {
    fn sum<I: Iterator<Item = Self>>(numbers: I) -> Self {
        numbers.fold(Self::ZERO, Self::add)
    }
}

impl<'d> Sum<&'d Self> for Decimal {
    fn sum<I: Iterator<Item = &'d Self>>(numbers: I) -> Self {
        numbers.copied().sum()
    }
}
