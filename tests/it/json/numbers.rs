//! Numbers: integers at every boundary, floats against std on random bits and random digits.

use std::fmt::{Debug, Display};

use sunstone::codec::json::{self, FromJson, Json, Reader, ToJson, Writer};
use sunstone::stdx::random::Xoshiro;

use super::rounds;

/// What decoding one integer of a type says, of a document and of a bare text.
fn read<T: FromJson>(text: &str) -> Result<T, String> {
    let document = json::decode::<T>(text.as_bytes()).map_err(|errors| errors.items[0].detail.clone());
    let mut bare = Reader::text(text);
    match T::from_json(&mut bare) {
        Ok(_) => assert!(bare.finish().is_ok() && document.is_ok(), "{text} as a bare text"),
        Err(_) => assert_eq!(Some(&bare.errors().items[0].detail), document.as_ref().err(), "{text}"),
    }
    document
}

/// The last integers inside of a range are read and written; the first outside of it are refused with the range.
fn boundaries<T>(min: &str, max: &str, below: &str, above: &str)
where
    T: FromJson + ToJson + Display + PartialEq + Debug,
{
    for text in [min, max, "0", "1", "12"] {
        let value: T = read(text).unwrap();
        assert_eq!(value.to_string(), text);
        let written = String::from_utf8(json::encode(&value)).unwrap();
        assert_eq!(written.trim_matches('"'), text);
        assert_eq!(json::decode::<T>(written.as_bytes()).as_ref(), Ok(&value));
    }
    for text in [below, above, "1.0", "1e2", "-1.5", "100000000000000000000000000000000000000000000"] {
        let detail = read::<T>(text).unwrap_err();
        let found = if text.len() > 24 && !text.contains('.') {
            format!("{}…", &text[..24])
        } else {
            text.to_owned()
        };
        assert!(detail.starts_with(&format!("expected an integer from {min} to {max}")), "{detail}");
        assert!(detail.ends_with(&format!("found {found}")), "{detail} for {text}");
    }
    assert_eq!(read::<T>("-0").unwrap().to_string(), "0");
}

#[test]
fn integers_at_their_boundaries() {
    boundaries::<u8>("0", "255", "-1", "256");
    boundaries::<u16>("0", "65535", "-1", "65536");
    boundaries::<u32>("0", "4294967295", "-1", "4294967296");
    boundaries::<u64>("0", "18446744073709551615", "-1", "18446744073709551616");
    boundaries::<i8>("-128", "127", "-129", "128");
    boundaries::<i16>("-32768", "32767", "-32769", "32768");
    boundaries::<i32>("-2147483648", "2147483647", "-2147483649", "2147483648");
    boundaries::<i64>(
        "-9223372036854775808",
        "9223372036854775807",
        "-9223372036854775809",
        "9223372036854775808",
    );
    boundaries::<u128>(
        "0",
        "340282366920938463463374607431768211455",
        "-1",
        "340282366920938463463374607431768211456",
    );
    boundaries::<i128>(
        "-170141183460469231731687303715884105728",
        "170141183460469231731687303715884105727",
        "-170141183460469231731687303715884105729",
        "170141183460469231731687303715884105728",
    );
    assert_eq!(json::decode::<usize>(b"12"), Ok(12));
    assert_eq!(json::decode::<isize>(b"-12"), Ok(-12));
}

#[test]
fn integers_of_128_bits_are_strings_on_the_wire() {
    assert_eq!(json::encode(&u128::MAX), b"\"340282366920938463463374607431768211455\"");
    assert_eq!(json::decode::<i128>(b"\"-5\""), Ok(-5));
    let errors = json::decode::<u128>(b"\"five\"").unwrap_err();
    let range = format!("from 0 to {}", u128::MAX);
    assert_eq!(
        errors.items[0].detail,
        format!("expected an integer {range}, in a string, found another string")
    );
    assert!(json::decode::<u128>(b"\" 5\"").is_err());
    assert!(json::decode::<u64>(b"\"5\"").is_err(), "64 bits are a number");
}

#[test]
fn random_integers_are_exact() {
    let mut random = Xoshiro::new(0x5eed);
    for n in 0..rounds(20_000) {
        let wide = random.next_u64() >> random.below(64);
        assert_eq!(json::decode::<u64>(wide.to_string().as_bytes()), Ok(wide), "number {n}");
        assert_eq!(json::encode(&wide), wide.to_string().as_bytes(), "number {n}");
        let signed = wide.cast_signed();
        assert_eq!(json::decode::<i64>(signed.to_string().as_bytes()), Ok(signed), "number {n}");
        assert_eq!(json::encode(&signed), signed.to_string().as_bytes(), "number {n}");
    }
}

#[test]
fn floats_have_the_look_of_json() {
    for (value, text) in [
        (0.0, "0.0"),
        (-0.0, "-0.0"),
        (1.0, "1.0"),
        (-1.5, "-1.5"),
        (0.1, "0.1"),
        (1e300, "1e300"),
        (-2.5e-300, "-2.5e-300"),
        (5e-324, "5e-324"),
        (f64::MAX, "1.7976931348623157e308"),
        (1e16, "1e16"),
        (123_456_789_012_345.0, "123456789012345.0"),
        (f64::NAN, "null"),
        (f64::INFINITY, "null"),
        (f64::NEG_INFINITY, "null"),
    ] {
        assert_eq!(String::from_utf8(json::encode(&value)).unwrap(), text);
    }
    assert_eq!(json::encode(&0.1_f32), b"0.1");
    assert_eq!(json::encode(&f32::MAX), b"3.4028235e38");
    assert_eq!(json::encode(&f32::NAN), b"null");
}

#[test]
fn floats_beyond_the_largest_are_refused() {
    let detail = read::<f64>("-1e309").unwrap_err();
    assert_eq!(
        detail,
        "expected a number from -1.7976931348623157e308 to 1.7976931348623157e308, found -1e309"
    );
    assert!(read::<f32>("3.5e38").is_err());
    assert_eq!(read::<f64>("1e-400"), Ok(0.0));
    assert_eq!(read::<f64>("12"), Ok(12.0), "an integer is a number");
    let negative_zero = read::<f64>("-0").unwrap();
    assert!(negative_zero == 0.0 && negative_zero.is_sign_negative());
}

/// A million patterns of bits: what is written reads back as the same bits here and in std, is as short as std's
/// shortest, and what std writes reads back here.
#[test]
fn random_floats_are_shortest_and_exact() {
    let mut random = Xoshiro::new(0xf10a7);
    let mut writer = Writer::new();
    for n in 0..rounds(1_000_000) {
        let value = f64::from_bits(random.next_u64());
        let mut buffer = writer.into_bytes();
        buffer.clear();
        writer = Writer::with_buffer(buffer);
        writer.f64(value);
        let text = std::str::from_utf8(writer.bytes()).unwrap();
        if !value.is_finite() {
            assert_eq!(text, "null");
            continue;
        }
        let read = Reader::new(writer.bytes()).f64();
        assert_eq!(read.map(f64::to_bits), Ok(value.to_bits()), "number {n}: {value:e}");
        assert_eq!(text.parse().map(f64::to_bits), Ok(value.to_bits()), "number {n}: {text}");
        if n % 16 == 0 {
            let theirs = format!("{value:e}");
            assert_eq!(
                Reader::new(theirs.as_bytes()).f64().map(f64::to_bits),
                Ok(value.to_bits()),
                "{theirs}"
            );
            let digits = |text: &str| {
                let mantissa = text.split('e').next().unwrap_or_default().replace(['-', '.'], "");
                mantissa.trim_matches('0').len()
            };
            assert_eq!(digits(text), digits(&theirs), "number {n}: {text} and {theirs}");
        }
    }
}

#[test]
fn random_digits_are_read_as_std_reads_them() {
    let mut random = Xoshiro::new(0xd161);
    for n in 0..rounds(50_000) {
        let mut text = String::new();
        let most = if random.one_in(50) { 800 } else { 25 };
        for _ in 0..=random.below(most) {
            text.push(char::from(b'0' + random.below(10) as u8));
        }
        let text = text.trim_start_matches('0');
        let mut text = if text.is_empty() { "0".to_owned() } else { text.to_owned() };
        if random.one_in(2) {
            text.push_str(&format!(".{}", random.next_u64() >> random.below(64)));
        }
        if random.one_in(2) {
            text.push_str(&format!("e{}", random.below(700).cast_signed() - 350));
        }
        let (expected, found) = (text.parse::<f64>().unwrap(), Reader::new(text.as_bytes()).f64());
        match found {
            Ok(found) => assert_eq!(found.to_bits(), expected.to_bits(), "number {n}: {text}"),
            Err(_) => assert!(expected.is_infinite(), "number {n}: {text}"),
        }
        let expected = text.parse::<f32>().unwrap();
        if let Ok(found) = Reader::new(text.as_bytes()).f32() {
            assert_eq!(found.to_bits(), expected.to_bits(), "number {n}: {text}");
        } else {
            assert!(expected.is_infinite(), "number {n}: {text}");
        }
    }
}

#[test]
fn open_numbers_keep_what_they_are() {
    for text in
        ["0", "-0", "-1", "18446744073709551615", "-9223372036854775808", "1.5", "-0.0", "1e400", "-1e400"]
    {
        let json: Json = text.parse().unwrap();
        assert_eq!(json.to_string(), text);
    }
    let huge = "-123456789012345678901234567890123456789012345678901234567890";
    let json: Json = huge.parse().unwrap();
    assert_eq!(json.to_string(), huge);
    let number = json.as_number().unwrap();
    assert!(number.is_integer() && number.as_i128().is_none() && number.as_i64().is_none());
    assert_eq!(number.as_f64(), Some(-123456789012345678901234567890123456789012345678901234567890.0));
    let json: Json = "1e400".parse().unwrap();
    assert_eq!((json.as_f64(), json.as_number().unwrap().is_integer()), (None, false));
    let json: Json = "36893488147419103232".parse().unwrap();
    assert_eq!(json.as_number().unwrap().as_i128(), Some(1 << 65));
}

#[test]
fn an_open_number_keeps_its_value_whatever_its_size() {
    let said = |text: &str| text.parse::<Json>().unwrap().to_string();
    for text in [
        "123456789012345678901234567890.5",
        "-0",
        "-0.0",
        "0.1234567890123456789",
        "0.10000000000000000555",
        "9007199254740993.0",
        "1e-400",
        "-5e-324",
        "1.0e400",
        "4.9406564584124654e-324",
        "1e99999999999999999999",
    ] {
        assert_eq!(said(text), text);
        assert_eq!(said(text).parse::<Json>(), text.parse::<Json>());
    }
    for (text, short) in [
        ("1.50", "1.5"),
        ("1e2", "100.0"),
        ("100e-2", "1.0"),
        ("0.30000000000000004", "0.30000000000000004"),
        ("3.00000000000000000000", "3.0"),
        ("0.00e-999999", "0.0"),
        ("1.7976931348623157e308", "1.7976931348623157e308"),
    ] {
        assert_eq!(said(text), short);
    }
    let mut random = Xoshiro::new(1);
    for _ in 0..20_000 {
        let float = f64::from_bits(random.next_u64());
        if float.is_finite() {
            let text = String::from_utf8(json::encode(&float)).unwrap();
            assert_eq!(said(&text), text);
            assert_eq!(text.parse::<Json>().unwrap().as_f64().map(f64::to_bits), Some(float.to_bits()));
        }
    }
}
