//! Decimals beside a naive twin: numbers as lists of decimal digits, calculated as on paper.

use super::{hold, key};
use std::cmp::Ordering;
use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};
use sunstone::codec::{binary, json};
use sunstone::model::{DIGITS_MAX, Decimal, Rounding, SCALE_MAX};
use sunstone::stdx::random::Xoshiro;

const ROUNDINGS: [Rounding; 6] =
    [Rounding::HalfEven, Rounding::HalfUp, Rounding::Down, Rounding::Up, Rounding::Floor, Rounding::Ceiling];

/// A natural number: its digits, the last one first, without zeros at the front.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Paper(Vec<u8>);

impl Paper {
    fn of(number: u128) -> Self {
        Self(number.to_string().bytes().rev().map(|digit| digit - b'0').collect()).trimmed()
    }

    fn trimmed(mut self) -> Self {
        while self.0.last() == Some(&0) {
            self.0.pop();
        }
        self
    }

    fn digit(&self, place: usize) -> u8 {
        self.0.get(place).copied().unwrap_or(0)
    }

    fn shifted(&self, places: u32) -> Self {
        let zeros = std::iter::repeat_n(0, places as usize);
        Self(zeros.chain(self.0.iter().copied()).collect()).trimmed()
    }

    fn plus(&self, other: &Self) -> Self {
        let (mut sum, mut carry) = (Vec::new(), 0);
        for place in 0..=self.0.len().max(other.0.len()) {
            let digit = self.digit(place) + other.digit(place) + carry;
            sum.push(digit % 10);
            carry = digit / 10;
        }
        Self(sum).trimmed()
    }

    fn minus(&self, other: &Self) -> Self {
        let (mut difference, mut borrow) = (Vec::new(), 0);
        for place in 0..self.0.len() {
            let digit = 10 + self.digit(place) - other.digit(place) - borrow;
            difference.push(digit % 10);
            borrow = 1 - digit / 10;
        }
        assert_eq!(borrow, 0, "{self:?} is less than {other:?}");
        Self(difference).trimmed()
    }

    fn times(&self, other: &Self) -> Self {
        let mut product = Self(Vec::new());
        for (place, digit) in (0..).zip(&other.0) {
            for _ in 0..*digit {
                product = product.plus(&self.shifted(place));
            }
        }
        product
    }

    fn divided(&self, by: &Self) -> (Self, Self) {
        let (mut quotient, mut rest) = (Vec::new(), Self(Vec::new()));
        for digit in self.0.iter().rev() {
            rest = rest.shifted(1).plus(&Self(vec![*digit]).trimmed());
            let mut times = 0;
            while rest.compare(by).is_ge() {
                rest = rest.minus(by);
                times += 1;
            }
            quotient.insert(0, times);
        }
        (Self(quotient).trimmed(), rest)
    }

    fn compare(&self, other: &Self) -> Ordering {
        self.0.len().cmp(&other.0.len()).then_with(|| self.0.iter().rev().cmp(other.0.iter().rev()))
    }
}

fn paper(number: Decimal) -> Paper {
    Paper::of(number.mantissa().unsigned_abs())
}

/// The decimal of this magnitude and scale, its zeros gone as far as they have to; nothing when it has too many digits.
fn held(negative: bool, mut magnitude: Paper, mut scale: u32) -> Option<String> {
    while magnitude.0.len() > DIGITS_MAX as usize || scale > SCALE_MAX {
        if scale == 0 || magnitude.digit(0) != 0 {
            return None;
        }
        magnitude = magnitude.divided(&Paper(vec![0, 1])).0;
        scale -= 1;
    }
    let mut digits: String = (0..magnitude.0.len().max(scale as usize + 1))
        .rev()
        .map(|place| char::from(b'0' + magnitude.digit(place)))
        .collect();
    if scale > 0 {
        digits.insert(digits.len() - scale as usize, '.');
    }
    if negative && magnitude != Paper(Vec::new()) {
        digits.insert(0, '-');
    }
    Some(digits)
}

/// `above / below` with `scale` digits behind the point.
fn ratio(negative: bool, above: &Paper, below: &Paper, scale: u32, rounding: Rounding) -> Option<String> {
    let (mut quotient, rest) = above.shifted(scale).divided(below);
    let half = rest.plus(&rest).compare(below);
    let away = match rounding {
        Rounding::HalfEven => half.is_gt() || half.is_eq() && quotient.digit(0) % 2 == 1,
        Rounding::HalfUp => half.is_ge(),
        Rounding::Down => false,
        Rounding::Up => true,
        Rounding::Floor => negative,
        Rounding::Ceiling => !negative,
    };
    if away && rest != Paper(Vec::new()) {
        quotient = quotient.plus(&Paper(vec![1]));
    }
    let fits = quotient.0.len() <= DIGITS_MAX as usize && scale <= SCALE_MAX;
    fits.then(|| held(negative, quotient, scale)).flatten()
}

fn number(random: &mut Xoshiro, bound: u64) -> u32 {
    u32::try_from(random.below(bound)).expect("a small bound")
}

/// Of every length and scale, often round, often near a limit.
fn random_decimal(random: &mut Xoshiro) -> Decimal {
    let digits = number(random, 39);
    let any = u128::from(random.next_u64()) << 64 | u128::from(random.next_u64());
    let limit = 10_u128.pow(digits);
    let magnitude = match random.below(6) {
        0 => limit - 1,
        1 => limit / 10,
        2 => any % limit / 1_000_000_000 * 1_000_000_000,
        3 => limit / 2,
        _ => any % limit,
    };
    let mantissa = magnitude.cast_signed() * if random.one_in(2) { 1 } else { -1 };
    let scale = if random.one_in(3) { number(random, 4) } else { number(random, 29) };
    Decimal::new(mantissa, scale).expect("within the limits")
}

fn shown(number: Option<Decimal>) -> Option<String> {
    number.map(|number| number.to_string())
}

#[test]
fn sums_differences_and_products_beside_paper() {
    let random = &mut Xoshiro::new(1);
    let (mut exact, mut refused) = (0, 0);
    for n in 0..2_000 {
        let (a, b) = (random_decimal(random), random_decimal(random));
        let scale = a.scale().max(b.scale());
        let (left, right) = (paper(a).shifted(scale - a.scale()), paper(b).shifted(scale - b.scale()));
        let signed = |negative_b: bool| match (a.is_negative() == negative_b, left.compare(&right).is_ge()) {
            (true, _) => held(a.is_negative(), left.plus(&right), scale),
            (false, true) => held(a.is_negative(), left.minus(&right), scale),
            (false, false) => held(negative_b, right.minus(&left), scale),
        };
        assert_eq!(shown(a.checked_add(b)), signed(b.is_negative()), "{n}: {a} + {b}");
        assert_eq!(shown(a.checked_sub(b)), signed(!b.is_negative() && !b.is_zero()), "{n}: {a} - {b}");
        let product =
            held(a.is_negative() != b.is_negative(), paper(a).times(&paper(b)), a.scale() + b.scale());
        assert_eq!(shown(a.checked_mul(b)), product, "{n}: {a} * {b}");
        *(if product.is_some() { &mut exact } else { &mut refused }) += 1;
    }
    assert!(exact > 300 && refused > 300, "{exact} exact products, {refused} refused");
}

#[test]
fn roundings_beside_paper() {
    let random = &mut Xoshiro::new(2);
    let mut given = 0;
    for n in 0..500 {
        let (a, b) = (random_decimal(random), random_decimal(random));
        let scale = number(random, 30);
        for rounding in ROUNDINGS {
            let words = format!("{n}: {a}, {b} to {scale} by {rounding:?}");
            let one = Paper::of(1);
            let rounded = ratio(a.is_negative(), &paper(a), &one.shifted(a.scale()), scale, rounding);
            assert_eq!(shown(a.round(scale, rounding)), rounded, "round {words}");

            let negative = a.is_negative() != b.is_negative();
            let below = one.shifted(a.scale() + b.scale());
            let product = ratio(negative, &paper(a).times(&paper(b)), &below, scale, rounding);
            assert_eq!(shown(a.mul_rounded(b, scale, rounding)), product, "product {words}");

            let quotient = (!b.is_zero()).then(|| {
                let (above, below) = (paper(a).shifted(b.scale()), paper(b).shifted(a.scale()));
                ratio(negative, &above, &below, scale, rounding)
            });
            assert_eq!(shown(a.div_rounded(b, scale, rounding)), quotient.flatten(), "quotient {words}");
            given += usize::from(product.is_some());
        }
    }
    assert!(given > 600, "{given} products fitted");
}

/// Every quotient of small numbers: the rests are as often half of an odd or an even divisor as not.
#[test]
fn small_quotients_beside_paper() {
    let number = |mantissa, scale| Decimal::new(mantissa, scale).expect("small");
    for (a, b) in (-20..=20).flat_map(|a| (1..=9).map(move |b| (a, b))) {
        for (scale_a, scale_b, scale) in [(0, 0, 0), (2, 0, 1), (0, 1, 0), (3, 1, 0), (0, 0, 2)] {
            let (left, right) = (number(a, scale_a), number(b, scale_b));
            for rounding in ROUNDINGS {
                let (above, below) = (paper(left).shifted(scale_b), paper(right).shifted(scale_a));
                let expected = ratio(a < 0, &above, &below, scale, rounding);
                let found = shown(left.div_rounded(right, scale, rounding));
                assert_eq!(found, expected, "{left} / {right} to {scale} by {rounding:?}");
                let negated = shown(left.div_rounded(-right, scale, rounding));
                assert_eq!(negated, shown((-left).div_rounded(right, scale, rounding)), "{left} / -{right}");
            }
        }
    }
}

/// Ties, and what lies just beside them: the numbers that every rounding has to tell apart.
#[test]
fn ties() {
    let number = |text: &str| text.parse::<Decimal>().unwrap();
    for (text, expected) in [
        ("0.5", ["0", "1", "0", "1", "0", "1"]),
        ("1.5", ["2", "2", "1", "2", "1", "2"]),
        ("2.5", ["2", "3", "2", "3", "2", "3"]),
        ("-0.5", ["0", "-1", "0", "-1", "-1", "0"]),
        ("-1.5", ["-2", "-2", "-1", "-2", "-2", "-1"]),
        ("2.4999999999999999999999999999", ["2", "2", "2", "3", "2", "3"]),
        ("2.5000000000000000000000000001", ["3", "3", "2", "3", "2", "3"]),
        ("-2.05", ["-2", "-2", "-2", "-3", "-3", "-2"]),
        ("2.0", ["2"; 6]),
        ("0.0", ["0"; 6]),
    ] {
        for (rounding, expected) in ROUNDINGS.into_iter().zip(expected) {
            let two = number("2");
            assert_eq!(
                shown(number(text).round(0, rounding)).as_deref(),
                Some(expected),
                "{text} {rounding:?}"
            );
            let doubled = number(text).checked_add(number(text)).unwrap();
            assert_eq!(shown(doubled.div_rounded(two, 0, rounding)).as_deref(), Some(expected), "{text} / 2");
        }
    }
    assert_eq!(number("1").div_rounded(Decimal::ZERO, 2, Rounding::Down), None);
    assert_eq!(Decimal::MAX.round(1, Rounding::Down), None);
    assert_eq!(Decimal::ONE.round(SCALE_MAX + 1, Rounding::Down), None);
}

fn hash(number: Decimal) -> u64 {
    let mut hasher = DefaultHasher::new();
    number.hash(&mut hasher);
    hasher.finish()
}

#[test]
fn values_order_and_are_equal_whatever_their_digits() {
    let random = &mut Xoshiro::new(3);
    let mut values = vec![Decimal::ZERO, Decimal::ONE, -Decimal::ONE, Decimal::MAX, Decimal::MIN];
    let texts =
        ["1.5", "1.50", "1.500", "-1.5", "-1.50", "0.00", "10", "9.99", "0.1", "0.09", "-10", "-9.99"];
    values.extend(texts.map(|text| text.parse::<Decimal>().unwrap()));
    values.extend([1, -1].map(|one| Decimal::new(one, SCALE_MAX).unwrap()));
    values.extend((0..120).map(|_| random_decimal(random)));
    let on_paper = |a: &Decimal, b: &Decimal| {
        let sign = |number: &Decimal| number.mantissa().signum();
        let larger = paper(*a).shifted(b.scale()).compare(&paper(*b).shifted(a.scale()));
        sign(a).cmp(&sign(b)).then(if a.is_negative() { larger.reverse() } else { larger })
    };
    hold(&values, on_paper);
    for a in &values {
        for b in &values {
            assert_eq!(a.cmp(b), on_paper(a, b), "{a} and {b}");
            assert!(a != b || hash(*a) == hash(*b), "{a} and {b}");
        }
        assert_eq!(a.normalized(), *a);
        assert!(key(a).len() <= 17, "{a}");
    }
    let distinct: HashSet<Decimal> = values.iter().copied().collect();
    let mut sorted = values.clone();
    sorted.sort();
    sorted.dedup();
    assert_eq!(distinct.len(), sorted.len());
}

#[test]
fn random_texts_beside_paper() {
    let random = &mut Xoshiro::new(4);
    let (mut read, mut refused) = (0, 0);
    for n in 0..5_000 {
        let mut digits = |least: u64| -> String {
            let length = least + if random.one_in(4) { random.below(45) } else { random.below(8) };
            let zero = random.one_in(3);
            (0..length)
                .map(|_| if zero { '0' } else { char::from(b'0' + u8::try_from(random.below(10)).unwrap()) })
                .collect()
        };
        let (whole, fraction) = (digits(1), digits(0));
        let exponent = random.one_in(3).then(|| i32::try_from(random.below(100)).unwrap() - 50);
        let negative = random.one_in(2);
        let mut text = format!("{}{whole}", if negative { "-" } else { "" });
        if !fraction.is_empty() {
            text.push('.');
            text.push_str(&fraction);
        }
        if let Some(exponent) = exponent {
            text.push_str(&format!("e{exponent}"));
        }
        let all =
            Paper([&whole[..], &fraction[..]].concat().bytes().rev().map(|digit| digit - b'0').collect())
                .trimmed();
        let scale = i32::try_from(fraction.len()).unwrap() - exponent.unwrap_or(0);
        let missing = u32::try_from(-scale).unwrap_or(0);
        let expected = held(negative, all.shifted(missing), u32::try_from(scale).unwrap_or(0));
        let found = text.parse::<Decimal>();
        assert_eq!(found.as_ref().ok().map(Decimal::to_string), expected, "{n}: {text}");
        match found {
            Ok(number) => {
                read += 1;
                let from_number = json::decode::<Decimal>(text.as_bytes());
                assert!(from_number.is_err() == (whole.len() > 1 && whole.starts_with('0')), "{text}");
                assert!(from_number.is_ok_and(|found| found == number) || whole.starts_with('0'), "{text}");
            }
            Err(_) => refused += 1,
        }
    }
    assert!(read > 1_000 && refused > 300, "{read} read, {refused} refused");
}

#[test]
fn what_is_no_decimal() {
    let (unlike, long) = (
        "expected a decimal number like 12.50",
        "expected a decimal number of at most 38 digits, 28 of them behind the point",
    );
    for (text, said) in [
        ("", unlike),
        ("-", unlike),
        (".5", unlike),
        ("5.", unlike),
        ("1,5", unlike),
        ("1_000", unlike),
        ("1e", unlike),
        ("1e+", unlike),
        ("e5", unlike),
        ("1.5.5", unlike),
        ("--1", unlike),
        ("- 1", unlike),
        (" 1", unlike),
        ("NaN", unlike),
        ("Infinity", unlike),
        ("0x10", unlike),
        ("١", unlike),
        ("123456789012345678901234567890123456789", long),
        ("0.00000000000000000000000000001", long),
        ("1e38", long),
        ("1e-29", long),
        ("1e99999999999999999999", long),
        ("1e-99999999999999999999", long),
    ] {
        assert_eq!(text.parse::<Decimal>().unwrap_err().to_string(), said, "{text}");
        let quoted = json::decode::<Decimal>(&json::encode(text)).unwrap_err();
        let found = if text.is_empty() { "nothing".to_owned() } else { format!("`{text}`") };
        assert_eq!(quoted.items[0].detail, format!("{said}, found {found}"));
    }
    let said = |text: &[u8]| json::decode::<Decimal>(text).unwrap_err().items[0].detail.clone();
    assert_eq!(said(b"1e38"), format!("{long}, found `1e38`"));
    assert_eq!(said(b"true"), "expected a string, found a boolean");
    assert_eq!("0e99999999999999999999".parse::<Decimal>().unwrap(), Decimal::ZERO);
    assert_eq!(json::decode::<Decimal>(b"12.50").unwrap().to_string(), "12.50");
    assert_eq!("+1.5E1".parse::<Decimal>().unwrap().to_string(), "15");
}

/// RFC 8949, section 3.4.4: 273.15.
#[test]
fn the_journal_has_decimal_fractions() {
    let number: Decimal = "273.15".parse().unwrap();
    assert_eq!(binary::encode(&number), [0xc4, 0x82, 0x21, 0x19, 0x6a, 0xb3]);
    for (bytes, said) in [
        (
            &b"\xc4\x82\x01\x01"[..],
            "expected a decimal of at most 38 digits, 28 of them behind the point at byte 0",
        ),
        (
            b"\xc4\x82\x38\x1c\x01",
            "expected a decimal of at most 38 digits, 28 of them behind the point at byte 0",
        ),
        (b"\xc5\x82\x21\x01", "expected a decimal fraction at byte 0"),
        (b"\x82\x21\x01", "expected a tag at byte 0"),
        (b"\xc4\x81\x21", "expected a list of 2 at byte 1"),
    ] {
        assert_eq!(binary::decode::<Decimal>(bytes).unwrap_err().to_string(), said);
    }
}

#[test]
fn how_it_is_shown() {
    let number: Decimal = "-1234.565".parse().unwrap();
    assert_eq!(
        format!("{number}|{number:.2}|{number:.0}|{number:.5}"),
        "-1234.565|-1234.56|-1235|-1234.56500"
    );
    assert_eq!(
        format!("{number:>12.1}|{number:012.1}|{:+}|{:<6}|", Decimal::ONE, Decimal::ONE),
        "     -1234.6|-000001234.6|+1|1     |"
    );
    assert_eq!(format!("{:.1}|{:?}", "-0.04".parse::<Decimal>().unwrap(), number), "0.0|Decimal(-1234.565)");
    assert_eq!(format!("{:.2}", Decimal::ONE), "1.00");
    let tenth: Decimal = "0.1".parse().unwrap();
    assert!((tenth.to_f64() - 0.1).abs() < f64::EPSILON);
    assert_eq!(
        ["3.00", "3.10", "-7"].map(|text| text.parse::<Decimal>().unwrap().to_integer()),
        [Some(3), None, Some(-7)]
    );
    assert_eq!((0..10).map(|_| tenth).sum::<Decimal>().to_string(), "1.0");
}
