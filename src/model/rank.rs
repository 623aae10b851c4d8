//! An order that people make by hand: there is always room between two.
//!
//! # The form
//! A rank is a number in base 62, written so that the order of the texts is the order of the numbers: digits `0`-`9`,
//! `A`-`Z`, `a`-`z`, the order of ASCII. First its whole part: a letter that says its sign and how many digits follow (`a`
//! one, `b` two, … `z` 26; below zero `Z` one, … `A` 26), then these digits. Then a fraction, which does not end in `0`. So
//! `a0` < `a1` < `a1V` < `a2` < `az` < `b00`. (After David Greenspan, "Implementing Fractional Indexing".)
//!
//! # How long a rank grows
//! - At either end whole numbers are counted: the first 62 ranks have 2 characters, the next 3,844 have 3, the next
//!   238,328 have 4. A million rows put one behind the other need 5.
//! - Between two, the middle is taken. Each new digit of a fraction leaves room for at least 5 halvings, so that n
//!   insertions into what is always the smallest gap add at most n / 5 + 1 characters. No scheme that leaves the other
//!   rows alone does better than a fixed number of bits for each. [`Rank::spread`] gives a long list fresh ranks.
//!
//! Left out: a limit (a rank is never refused for its length) and randomness in the middle. Commands run one after the
//! other, so two of them never choose one rank for one gap; should a program give two rows one rank, they stand beside
//! each other in the order of their keys.

use super::{Indexable, Shape, Value};
use crate::codec::binary::{self, FromBinary, Malformed, ToBinary};
use crate::codec::json::{FromJson, Halt, Reader, ToJson, Writer};
use crate::codec::order::KeyWriter;
use crate::error::Error;
use std::fmt;
use std::str::FromStr;

const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// How many digits the longest whole part has.
const WHOLE_DIGITS_MAX: usize = 26;

const EXPECTED: &str = "expected a rank like a0V";

/// Where something stands in an order that is made by moving: cards on a board, songs in a list. A row that moves gets a
/// new rank between its new neighbours, and no other row is touched.
///
/// ```
/// use sunstone::model::Rank;
///
/// let first = Rank::default();
/// let last = Rank::after(&first);
/// let middle = Rank::between(Some(&first), Some(&last))?;
/// let top = Rank::between(None, Some(&first))?;
/// assert!(top < first && first < middle && middle < last);
/// assert_eq!(middle.as_str(), "a0V");
/// # Ok::<(), sunstone::error::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Rank(Box<str>);

impl Rank {
    /// A rank above `low` and below `high`; `None` is the end of the list. There always is one.
    ///
    /// # Errors
    /// 409 when `low` is not below `high`: the neighbours have moved since they were looked at.
    pub fn between(low: Option<&Self>, high: Option<&Self>) -> Result<Self, Error> {
        match (low, high) {
            (None, None) => Ok(Self::default()),
            (Some(low), None) => Ok(Self::after(low)),
            (None, Some(high)) => Ok(Self::before(high)),
            (Some(low), Some(high)) if low < high => Ok(Self::inside(low, high)),
            (Some(low), Some(high)) => Err(Error::conflict(format!("no rank lies between {low} and {high}"))),
        }
    }

    /// A rank above `low`: the next whole one.
    #[must_use]
    pub fn after(low: &Self) -> Self {
        let (whole, fraction) = low.parts();
        match next_whole(whole) {
            Some(next) => Self(next.into()),
            None => Self::joined(whole, &middle(fraction, None)),
        }
    }

    /// A rank below `high`: the whole one before it.
    #[must_use]
    pub fn before(high: &Self) -> Self {
        let (whole, fraction) = high.parts();
        if !fraction.is_empty() && whole != least_whole() {
            return Self(whole.into());
        }
        match previous_whole(whole) {
            // The least whole number is no rank, because nothing could go before it.
            Some(previous) if previous == least_whole() => Self::joined(&previous, &middle("", None)),
            Some(previous) => Self(previous.into()),
            None => Self::joined(whole, &middle("", Some(fraction))),
        }
    }

    fn inside(low: &Self, high: &Self) -> Self {
        let ((low_whole, low_fraction), (high_whole, high_fraction)) = (low.parts(), high.parts());
        if low_whole == high_whole {
            return Self::joined(low_whole, &middle(low_fraction, Some(high_fraction)));
        }
        match next_whole(low_whole) {
            Some(next) if *next < *high.0 => Self(next.into()),
            _ => Self::joined(low_whole, &middle(low_fraction, None)),
        }
    }

    /// So many ranks in their order, as short as can be: for a list that is new, or whose ranks have grown long.
    ///
    /// ```
    /// use sunstone::model::Rank;
    ///
    /// let ranks: Vec<Rank> = Rank::spread(100).collect();
    /// assert_eq!((ranks[0].as_str(), ranks[99].as_str()), ("a0", "b0b"));
    /// ```
    pub fn spread(count: usize) -> impl Iterator<Item = Self> {
        std::iter::successors(Some(Self::default()), |last| Some(Self::after(last))).take(count)
    }

    /// Its text. Comparing the texts byte by byte compares the ranks.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn joined(whole: &str, fraction: &str) -> Self {
        Self([whole, fraction].concat().into())
    }

    /// The whole part and the fraction.
    fn parts(&self) -> (&str, &str) {
        let length = whole_length(&self.0).expect("a rank begins with a whole part");
        self.0.split_at(length)
    }
}

/// How many characters the whole part of this text has, by its first.
fn whole_length(text: &str) -> Option<usize> {
    match text.as_bytes().first()? {
        head @ b'a'..=b'z' => Some(usize::from(head - b'a') + 2),
        head @ b'A'..=b'Z' => Some(usize::from(b'Z' - head) + 2),
        _ => None,
    }
}

fn least_whole() -> String {
    format!("A{}", "0".repeat(WHOLE_DIGITS_MAX))
}

/// The place of a digit among the digits.
fn value(digit: u8) -> Option<usize> {
    DIGITS.binary_search(&digit).ok()
}

/// The whole number one above; `None` when there is none.
fn next_whole(whole: &str) -> Option<String> {
    let (head, digits) = whole.split_at(1);
    if let Some(digits) = counted_up(digits) {
        return Some([head, &digits].concat());
    }
    // The least number that has the next length.
    let (head, digits) = match head.as_bytes()[0] {
        b'z' => return None,
        b'Z' => (b'a', 1),
        head @ b'a'.. => (head + 1, digits.len() + 1),
        head => (head + 1, digits.len() - 1),
    };
    Some(format!("{}{}", char::from(head), "0".repeat(digits)))
}

/// The whole number one below; `None` when there is none.
fn previous_whole(whole: &str) -> Option<String> {
    let (head, digits) = whole.split_at(1);
    if let Some(digits) = counted_down(digits) {
        return Some([head, &digits].concat());
    }
    // The largest number that has the length before.
    let (head, digits) = match head.as_bytes()[0] {
        b'A' => return None,
        b'a' => (b'Z', 1),
        head @ b'a'.. => (head - 1, digits.len() - 1),
        head => (head - 1, digits.len() + 1),
    };
    Some(format!("{}{}", char::from(head), "z".repeat(digits)))
}

/// One more; `None` when every digit is the last one.
fn counted_up(digits: &str) -> Option<String> {
    let kept = digits.trim_end_matches('z');
    let (last, before) = kept.as_bytes().split_last()?;
    let raised = DIGITS[value(*last)? + 1];
    Some([text(before), text(&[raised]), &"0".repeat(digits.len() - kept.len())].concat())
}

/// One less; `None` when every digit is the first one.
fn counted_down(digits: &str) -> Option<String> {
    let kept = digits.trim_end_matches('0');
    let (last, before) = kept.as_bytes().split_last()?;
    let lowered = DIGITS[value(*last)? - 1];
    Some([text(before), text(&[lowered]), &"z".repeat(digits.len() - kept.len())].concat())
}

/// A fraction between two, as short as can be without leaving the middle of its last digit. `None` is 1. Neither may end
/// in 0, and `low` is below `high`.
fn middle(low: &str, high: Option<&str>) -> String {
    let (mut low, mut high) = (low.as_bytes(), high.map(str::as_bytes));
    let mut fraction = Vec::new();
    loop {
        let low_place = low.first().and_then(|digit| value(*digit)).unwrap_or(0);
        let high_place = high.map_or(DIGITS.len(), |digits| {
            digits.first().and_then(|digit| value(*digit)).expect("above another fraction, so not 0")
        });
        match high_place - low_place {
            0 => {}
            1 if high.is_some_and(|digits| digits.len() > 1) => {
                fraction.push(DIGITS[high_place]);
                return text(&fraction).to_owned();
            }
            1 => high = None,
            room => {
                fraction.push(DIGITS[low_place + room / 2]);
                return text(&fraction).to_owned();
            }
        }
        fraction.push(DIGITS[low_place]);
        low = low.get(1..).unwrap_or_default();
        high = high.and_then(|digits| digits.get(1..));
    }
}

fn text(digits: &[u8]) -> &str {
    std::str::from_utf8(digits).expect("digits are ASCII")
}

fn parse(text: &str) -> Option<Rank> {
    let (head, fraction) = text.split_at_checked(whole_length(text)?)?;
    let digits = text.bytes().skip(1).all(|digit| value(digit).is_some());
    (digits && !fraction.ends_with('0') && (!fraction.is_empty() || head != least_whole()))
        .then(|| Rank(text.into()))
}

impl Default for Rank {
    /// The first rank of an empty list.
    fn default() -> Self {
        Self("a0".into())
    }
}

impl fmt::Debug for Rank {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Rank({})", self.0)
    }
}

impl fmt::Display for Rank {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl FromStr for Rank {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        parse(text).ok_or_else(|| Error::bad_request(EXPECTED))
    }
}

impl ToJson for Rank {
    fn to_json(&self, w: &mut Writer) {
        w.str(&self.0);
    }
}

impl FromJson for Rank {
    fn from_json(r: &mut Reader<'_>) -> Result<Self, Halt> {
        let text = r.string()?;
        parse(&text).ok_or_else(|| r.misread(EXPECTED, &text))
    }
}

impl ToBinary for Rank {
    fn to_binary(&self, w: &mut binary::Writer<'_>) {
        w.text(&self.0);
    }
}

impl FromBinary for Rank {
    fn from_binary(r: &mut binary::Reader<'_>) -> Result<Self, Malformed> {
        let start = r.clone();
        parse(r.text()?).ok_or_else(|| start.malformed("a rank"))
    }
}

impl Value for Rank {
    fn shape() -> Shape {
        Shape::Scalar("rank")
    }

    fn same(&self, other: &Self) -> bool {
        self == other
    }

    fn copy(&self) -> Self {
        self.clone()
    }

    fn order(&self, w: &mut KeyWriter) {
        w.text(&self.0);
    }
}

impl Indexable for Rank {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::json;
    use crate::stdx::random::Xoshiro;
    use std::cmp::Ordering;

    fn rank(text: &str) -> Rank {
        text.parse().expect("a rank")
    }

    /// The rank between these two, which is sound and lies there.
    fn between(low: Option<&Rank>, high: Option<&Rank>) -> Rank {
        let rank = Rank::between(low, high).expect("in order");
        assert_eq!(parse(rank.as_str()).as_ref(), Some(&rank), "between {low:?} and {high:?}");
        assert!(low.is_none_or(|low| low < &rank) && high.is_none_or(|high| &rank < high), "{rank:?}");
        rank
    }

    #[test]
    fn known_places() {
        let least = least_whole();
        let most = format!("z{}", "z".repeat(WHOLE_DIGITS_MAX));
        for (low, high, expected) in [
            (None, None, "a0"),
            (Some("a0"), None, "a1"),
            (Some("az"), None, "b00"),
            (Some("bzz"), None, "c000"),
            (Some("Zz"), None, "a0"),
            (Some("Yzz"), None, "Z0"),
            (Some("a0V"), None, "a1"),
            (None, Some("a0"), "Zz"),
            (None, Some("Z0"), "Yzz"),
            (None, Some("b00"), "az"),
            (None, Some("c000"), "bzz"),
            (None, Some("a0V"), "a0"),
            (Some("a0"), Some("a1"), "a0V"),
            (Some("a0"), Some("a2"), "a1"),
            (Some("a0"), Some("b00"), "a1"),
            (Some("a0V"), Some("a1"), "a0k"),
            (Some("a0"), Some("a0V"), "a0F"),
            (Some("a0"), Some("a01"), "a00V"),
            (Some("a0y"), Some("a0zV"), "a0z"),
            (Some("a0z"), Some("a1"), "a0zV"),
            (Some(&most), None, &format!("{most}V")),
            (None, Some(&format!("{least}V")), &format!("{least}F")),
            (None, Some(&format!("{}1", &least[..WHOLE_DIGITS_MAX])), &format!("{least}V")),
        ] {
            let (low, high) = (low.map(rank), high.map(rank));
            assert_eq!(between(low.as_ref(), high.as_ref()).as_str(), expected);
        }
    }

    #[test]
    fn no_room_is_a_conflict() {
        for (low, high) in [("a0", "a0"), ("a1", "a0")] {
            let error = Rank::between(Some(&rank(low)), Some(&rank(high))).unwrap_err();
            assert!(error.is_conflict());
            assert_eq!(error.to_string(), format!("no rank lies between {low} and {high}"));
        }
    }

    /// Beside a list of numbers: insertions anywhere, and the ranks order as the list does.
    #[test]
    fn random_insertions_beside_a_list() {
        for seed in 0..20 {
            let mut random = Xoshiro::new(seed);
            let mut list: Vec<Rank> = Vec::new();
            for _ in 0..500 {
                let at = usize::try_from(random.below(list.len() as u64 + 1)).unwrap();
                let low = at.checked_sub(1).and_then(|low| list.get(low));
                let new = between(low, list.get(at));
                list.insert(at, new);
            }
            assert!(list.is_sorted(), "seed {seed}");
            let longest = list.iter().map(|rank| rank.as_str().len()).max().unwrap();
            assert!(longest <= 8, "seed {seed}: {longest} characters after 500 random insertions");
        }
    }

    #[test]
    fn the_ends_grow_as_numbers_do() {
        for direction in [Ordering::Greater, Ordering::Less] {
            let step = if direction.is_gt() { Rank::after } else { Rank::before };
            let mut last = Rank::default();
            for n in 1_u32..300_000 {
                let next = step(&last);
                assert_eq!(next.cmp(&last), direction, "{last} {next}");
                last = next;
                let length = match n {
                    ..62 => 2,
                    62..3_906 => 3,
                    3_906..242_234 => 4,
                    _ => 5,
                };
                assert!(last.as_str().len() <= length, "{last} is number {n}");
            }
        }
    }

    /// Every way to be unkind to one gap: always the lower half, always the upper one, in turn, at random, and the one
    /// whose middle is longer.
    #[test]
    fn one_gap_grows_a_character_in_five() {
        let mut random = Xoshiro::new(1);
        for way in 0..5 {
            let (mut low, mut high) = (rank("a0"), rank("a1"));
            for n in 1..=2000_usize {
                let new = between(Some(&low), Some(&high));
                let added = new.as_str().len() - 2;
                assert!(added <= n / 5 + 1, "way {way}: {added} characters after {n} insertions");
                let upper = match way {
                    0 => false,
                    1 => true,
                    2 => n % 2 == 0,
                    3 => random.one_in(2),
                    _ => between(Some(&new), Some(&high)).0.len() > between(Some(&low), Some(&new)).0.len(),
                };
                *(if upper { &mut low } else { &mut high }) = new;
            }
        }
    }

    #[test]
    fn what_is_no_rank() {
        let least = least_whole();
        for text in ["", "a", "0", "a00", "a0V0", "b0", "a-", "a0-", "a0é", "é0", "z0", " a0", "a0 ", &least]
        {
            assert_eq!(parse(text), None, "{text}");
        }
        let errors = json::decode::<Rank>(b"\"a00\"").unwrap_err();
        assert_eq!(errors.items[0].detail, "expected a rank like a0V, found `a00`");
        let refused = binary::decode::<Rank>(&binary::encode("a00")).unwrap_err();
        assert_eq!(refused.to_string(), "expected a rank at byte 0");
    }
}
