//! UUIDs.

use super::{Indexable, Shape, Time, Value};
use crate::codec::binary::{self, FromBinary, Malformed, ToBinary};
use crate::codec::json::{FromJson, Halt, Reader, TextKey, ToJson, ToKey, Writer};
use crate::codec::order::KeyWriter;
use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

/// How long the text is.
const TEXT_BYTES: usize = 36;

pub(super) const EXPECTED: &str = "a UUID like 017f22e2-79b0-7cc3-98c4-dc0c0c07398f";

/// A UUID (RFC 9562) of any version. On the wire it is text in lower case; both cases are read. They order as their
/// bytes do, so that those of version 7 order by their time.
///
/// None is made up here: time and randomness come from the caller, in a command from its `tx`.
///
/// ```
/// use sunstone::model::{Time, Uuid};
///
/// let uuid: Uuid = "919108F7-52D1-4320-9BAC-F847DB4148A8".parse()?;
/// assert_eq!(uuid.to_string(), "919108f7-52d1-4320-9bac-f847db4148a8");
/// assert_eq!(uuid.version(), Some(4));
///
/// let uuid = Uuid::v7(Time::from_unix_ms(1_645_557_742_000), [7; 10]);
/// assert_eq!(uuid.to_string(), "017f22e2-79b0-7707-8707-070707070707");
/// # Ok::<(), sunstone::error::Error>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Uuid([u8; 16]);

impl Uuid {
    /// All bits 0 (RFC 9562, section 5.9).
    pub const NIL: Self = Self([0; 16]);
    /// All bits 1 (RFC 9562, section 5.10).
    pub const MAX: Self = Self([0xff; 16]);

    /// The UUID of these bytes.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// Its bytes.
    #[must_use]
    pub const fn to_bytes(self) -> [u8; 16] {
        self.0
    }

    /// A random one (RFC 9562, section 5.4): 122 of the bits given.
    #[must_use]
    pub const fn v4(random: [u8; 16]) -> Self {
        Self(random).marked(4)
    }

    /// One that orders by its time (RFC 9562, section 5.7): the milliseconds, then 74 of the random bits given. A time
    /// before 1970 counts as 1970.
    #[must_use]
    pub fn v7(time: Time, random: [u8; 10]) -> Self {
        let ms = u64::try_from(time.unix_ms()).unwrap_or(0);
        let mut bytes = [0; 16];
        // The years up to 9999 fit into 48 bits.
        bytes[..6].copy_from_slice(&ms.to_be_bytes()[2..]);
        bytes[6..].copy_from_slice(&random);
        Self(bytes).marked(7)
    }

    /// The same with the version and the variant of RFC 9562, sections 4.1 and 4.2.
    const fn marked(mut self, version: u8) -> Self {
        self.0[6] = self.0[6] & 0x0f | version << 4;
        self.0[8] = self.0[8] & 0x3f | 0x80;
        self
    }

    /// Its version; `None` when it is not of the variant of RFC 9562 (as [`Uuid::NIL`] and [`Uuid::MAX`]).
    #[must_use]
    pub const fn version(self) -> Option<u8> {
        if self.0[8] >> 6 == 0b10 { Some(self.0[6] >> 4) } else { None }
    }

    /// The time in it; `None` when it is not of version 7.
    #[must_use]
    pub fn time(self) -> Option<Time> {
        if self.version() != Some(7) {
            return None;
        }
        let ms = self.0[..6].iter().fold(0, |ms, byte| ms << 8 | i64::from(*byte));
        Some(Time::from_unix_ms(ms))
    }
}

/// The positions of the hyphens (RFC 9562, section 4).
fn is_hyphen(position: usize) -> bool {
    matches!(position, 8 | 13 | 18 | 23)
}

impl fmt::Display for Uuid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(std::str::from_utf8(&text(*self)).expect("digits and hyphens are ASCII"))
    }
}

fn text(uuid: Uuid) -> [u8; TEXT_BYTES] {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut digits = uuid.0.iter().flat_map(|byte| [byte >> 4, byte & 0xf]);
    std::array::from_fn(|position| match is_hyphen(position) {
        true => b'-',
        false => digits.next().map_or(b'?', |digit| DIGITS[usize::from(digit)]),
    })
}

pub(super) fn parse(text: &str) -> Option<Uuid> {
    let text: &[u8; TEXT_BYTES] = text.as_bytes().try_into().ok()?;
    let mut bits = 0_u128;
    for (position, sign) in text.iter().enumerate() {
        match is_hyphen(position) {
            true if *sign != b'-' => return None,
            true => {}
            false => bits = bits << 4 | u128::from(char::from(*sign).to_digit(16)?),
        }
    }
    Some(Uuid(bits.to_be_bytes()))
}

impl fmt::Debug for Uuid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Uuid({self})")
    }
}

impl FromStr for Uuid {
    type Err = crate::error::Error;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        parse(text).ok_or_else(|| crate::error::Error::bad_request(format!("expected {EXPECTED}")))
    }
}

impl ToJson for Uuid {
    fn to_json(&self, w: &mut Writer) {
        w.raw(b"\"");
        w.raw(&text(*self));
        w.raw(b"\"");
    }
}

impl FromJson for Uuid {
    fn from_json(r: &mut Reader<'_>) -> Result<Self, Halt> {
        let text = r.string()?;
        parse(&text).ok_or_else(|| r.misread(&format!("expected {EXPECTED}"), &text))
    }
}

impl TextKey for Uuid {
    fn from_key(text: &str) -> Result<Self, String> {
        parse(text).ok_or_else(|| EXPECTED.to_owned())
    }
}

impl ToKey for Uuid {
    fn to_key(&self) -> Cow<'_, str> {
        Cow::Owned(self.to_string())
    }
}

impl ToBinary for Uuid {
    fn to_binary(&self, w: &mut binary::Writer<'_>) {
        w.bytes(&self.0);
    }
}

impl FromBinary for Uuid {
    fn from_binary(r: &mut binary::Reader<'_>) -> Result<Self, Malformed> {
        let start = r.clone();
        r.bytes()?.try_into().map(Self).map_err(|_length| start.malformed("the 16 bytes of a UUID"))
    }
}

impl Value for Uuid {
    fn shape() -> Shape {
        Shape::Scalar("uuid")
    }

    fn same(&self, other: &Self) -> bool {
        self == other
    }

    fn copy(&self) -> Self {
        *self
    }

    fn order(&self, w: &mut KeyWriter) {
        w.raw(&self.0);
    }
}

impl Indexable for Uuid {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::json;
    use crate::stdx::random::Xoshiro;

    /// RFC 9562, appendices A.3 and A.6, from the bits that they are made of.
    #[test]
    fn published_vectors() {
        let random = 0x9191_08f7_52d1_3320_5bac_f847_db41_48a8_u128;
        let four = Uuid::v4(random.to_be_bytes());
        assert_eq!(four.to_string(), "919108f7-52d1-4320-9bac-f847db4148a8");
        assert_eq!(four.time(), None);

        let moment: Time = "2022-02-22T14:22:22-05:00".parse().unwrap();
        let seven = Uuid::v7(moment, [0x0c, 0xc3, 0x18, 0xc4, 0xdc, 0x0c, 0x0c, 0x07, 0x39, 0x8f]);
        assert_eq!(seven.to_string(), "017f22e2-79b0-7cc3-98c4-dc0c0c07398f");
        assert_eq!((seven.version(), seven.time()), (Some(7), Some(moment)));
    }

    /// RFC 9562, appendices A.1, A.2, A.4, A.5 and B: the other versions are read and written as they are.
    #[test]
    fn every_version_is_held() {
        for (text, version) in [
            ("c232ab00-9414-11ec-b3c8-9f6bdeced846", Some(1)),
            ("5df41881-3aed-3515-88a7-2f4a814cf09e", Some(3)),
            ("2ed6657d-e927-568b-95e1-2665a8aea6a2", Some(5)),
            ("1ec9414c-232a-6b00-b3c8-9f6bdeced846", Some(6)),
            ("2489e9ad-2ee2-8e00-8ec9-32d5f69181c0", Some(8)),
            ("00000000-0000-0000-0000-000000000000", None),
            ("ffffffff-ffff-ffff-ffff-ffffffffffff", None),
        ] {
            let uuid: Uuid = text.parse().unwrap();
            assert_eq!((uuid.to_string().as_str(), uuid.version()), (text, version));
            assert_eq!(text.to_uppercase().parse::<Uuid>().unwrap(), uuid);
        }
        assert_eq!(parse("00000000-0000-0000-0000-000000000000"), Some(Uuid::NIL));
        assert_eq!(parse("ffffffff-ffff-ffff-ffff-ffffffffffff"), Some(Uuid::MAX));
    }

    #[test]
    fn random_ones_come_back_and_keep_their_marks() {
        let mut random = Xoshiro::new(1);
        for _ in 0..5_000 {
            let (mut all, mut ten) = ([0; 16], [0; 10]);
            random.fill(&mut all);
            random.fill(&mut ten);
            let any = Uuid::from_bytes(all);
            assert_eq!(parse(&any.to_string()), Some(any));
            assert_eq!(Uuid::v4(all).version(), Some(4));
            let time = Time::from_unix_ms(random.below(253_402_300_799_999).cast_signed());
            let seven = Uuid::v7(time, ten);
            assert_eq!((seven.version(), seven.time()), (Some(7), Some(time)));
            let later = Uuid::v7(Time::from_unix_ms(time.unix_ms() + 1), [0; 10]);
            assert!(seven < later, "{seven} {later}");
        }
        assert_eq!(Uuid::v7(Time::from_unix_ms(-1), [0; 10]).time(), Some(Time::from_unix_ms(0)));
    }

    #[test]
    fn what_is_no_uuid() {
        for text in [
            "",
            "017f22e279b07cc398c4dc0c0c07398f",
            "017f22e2-79b0-7cc3-98c4-dc0c0c07398",
            "017f22e2-79b0-7cc3-98c4-dc0c0c07398f0",
            "017f22e2-79b0-7cc3-98c4-dc0c0c07398g",
            "017f22e27-9b0-7cc3-98c4-dc0c0c07398f",
            "017f22e2-79b0-7cc3-98c4_dc0c0c07398f",
            "+17f22e2-79b0-7cc3-98c4-dc0c0c07398f",
            "{17f22e2-79b0-7cc3-98c4-dc0c0c07398}",
            "urn:uuid:017f22e2-79b0-7cc3-98c4-dc0c0c07398f",
            "017f22e2-79b0-7cc3-98c4-dc0c0c0739é",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
        let errors = json::decode::<Uuid>(b"\"017f22e2\"").unwrap_err();
        assert_eq!(
            errors.items[0].detail,
            "expected a UUID like 017f22e2-79b0-7cc3-98c4-dc0c0c07398f, found `017f22e2`"
        );
        let short = binary::decode::<Uuid>(&binary::encode(&[7_u8; 3])).unwrap_err();
        assert_eq!(short.to_string(), "expected bytes at byte 0");
    }
}
