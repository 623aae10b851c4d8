//! The parsing cases of JSONTestSuite (its licence is in `suite.txt`), read in every way the room has.

use sunstone::codec::json::{self, Json, Reader};

/// What we do where RFC 8259 leaves it open, and why.
const DECISIONS: &[(&str, Verdict, &str)] = &[
    ("i_number_double_huge_neg_exp", Accept, "the nearest float is 0"),
    ("i_number_huge_exp", Accept, "a Json keeps the text; a float refuses"),
    ("i_number_neg_int_huge_exp", Accept, "a Json keeps the text; a float refuses"),
    ("i_number_pos_double_huge_exp", Accept, "a Json keeps the text; a float refuses"),
    ("i_number_real_neg_overflow", Accept, "a Json keeps the text; a float refuses"),
    ("i_number_real_pos_overflow", Accept, "a Json keeps the text; a float refuses"),
    ("i_number_real_underflow", Accept, "the nearest float is 0"),
    ("i_number_too_big_neg_int", Accept, "integers of any size are exact in a Json"),
    ("i_number_too_big_pos_int", Accept, "integers of any size are exact in a Json"),
    ("i_number_very_big_negative_int", Accept, "integers of any size are exact in a Json"),
    ("i_object_key_lone_2nd_surrogate", Refuse, "half of a pair is no character"),
    ("i_string_1st_surrogate_but_2nd_missing", Refuse, "half of a pair is no character"),
    ("i_string_1st_valid_surrogate_2nd_invalid", Refuse, "half of a pair is no character"),
    ("i_string_UTF-16LE_with_BOM", Refuse, "input is UTF-8 (section 8.1)"),
    ("i_string_UTF-8_invalid_sequence", Refuse, "not UTF-8"),
    ("i_string_UTF8_surrogate_U+D800", Refuse, "not UTF-8: surrogates are no characters"),
    ("i_string_incomplete_surrogate_and_escape_valid", Refuse, "half of a pair is no character"),
    ("i_string_incomplete_surrogate_pair", Refuse, "half of a pair is no character"),
    ("i_string_incomplete_surrogates_escape_valid", Refuse, "half of a pair is no character"),
    ("i_string_invalid_lonely_surrogate", Refuse, "half of a pair is no character"),
    ("i_string_invalid_surrogate", Refuse, "half of a pair is no character"),
    ("i_string_invalid_utf-8", Refuse, "not UTF-8"),
    ("i_string_inverted_surrogates_U+1D11E", Refuse, "a pair begins with its high half"),
    ("i_string_iso_latin_1", Refuse, "not UTF-8"),
    ("i_string_lone_second_surrogate", Refuse, "half of a pair is no character"),
    ("i_string_lone_utf8_continuation_byte", Refuse, "not UTF-8"),
    ("i_string_not_in_unicode_range", Refuse, "not UTF-8: beyond U+10FFFF"),
    ("i_string_overlong_sequence_2_bytes", Refuse, "not UTF-8: overlong"),
    ("i_string_overlong_sequence_6_bytes", Refuse, "not UTF-8: overlong"),
    ("i_string_overlong_sequence_6_bytes_null", Refuse, "not UTF-8: overlong"),
    ("i_string_truncated-utf-8", Refuse, "not UTF-8"),
    ("i_string_utf16BE_no_BOM", Refuse, "input is UTF-8 (section 8.1)"),
    ("i_string_utf16LE_no_BOM", Refuse, "input is UTF-8 (section 8.1)"),
    ("i_structure_500_nested_arrays", Refuse, "deeper than the limit of 128"),
    (
        "i_structure_UTF-8_BOM_empty_object",
        Refuse,
        "no byte order mark: nobody has to skip one (section 8.1)",
    ),
];

/// The cases of the suite: how many begin with y, n and i.
const COUNTS: (usize, usize, usize) = (95, 188, 35);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Accept,
    Refuse,
}
use Verdict::{Accept, Refuse};

/// Names and bytes of all cases.
pub(super) fn cases() -> Vec<(&'static str, Vec<u8>)> {
    let lines = include_str!("suite.txt").lines().filter(|line| !line.starts_with('#'));
    lines
        .map(|line| {
            let columns: Vec<&str> = line.split('\t').collect();
            let bytes = match columns[1..] {
                [unit] => unescape(unit),
                [unit, times, end] => {
                    let times = times.parse().expect("the third column is a count");
                    [unescape(unit).repeat(times), unescape(end)].concat()
                }
                _ => panic!("{line}: two columns or four"),
            };
            (columns[0], bytes)
        })
        .collect()
}

fn unescape(text: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((byte, after)) = rest.split_first() {
        rest = after;
        if *byte != b'\\' {
            bytes.push(*byte);
        } else if let Some(after) = rest.strip_prefix(b"\\") {
            bytes.push(b'\\');
            rest = after;
        } else {
            let digits = std::str::from_utf8(&rest[1..3]).expect("two digits behind \\x");
            bytes.push(u8::from_str_radix(digits, 16).expect("two hexadecimal digits"));
            rest = &rest[3..];
        }
    }
    bytes
}

fn verdict(name: &str) -> Verdict {
    match name.as_bytes()[0] {
        b'y' => Accept,
        b'n' => Refuse,
        _ => DECISIONS.iter().find(|row| row.0 == name).unwrap_or_else(|| panic!("{name} is not decided")).1,
    }
}

#[test]
fn every_case_is_there_and_every_open_one_decided() {
    let cases = cases();
    let count = |letter: &str| cases.iter().filter(|(name, _)| name.starts_with(letter)).count();
    assert_eq!((count("y_"), count("n_"), count("i_")), COUNTS);
    assert_eq!(DECISIONS.len(), COUNTS.2);
}

#[test]
fn every_case_is_accepted_or_refused_in_every_way_of_reading() {
    for (name, bytes) in cases() {
        let expected = verdict(name);
        for (way, accepted) in super::fuzz::ways(&bytes) {
            let found = if accepted { Accept } else { Refuse };
            assert_eq!(found, expected, "{name} by {way}: {}", bytes[..bytes.len().min(100)].escape_ascii());
        }
    }
}

#[test]
fn what_is_accepted_is_written_and_read_as_the_same_value() {
    for (name, bytes) in cases() {
        if let Ok(value) = json::decode::<Json>(&bytes) {
            let written = json::encode(&value);
            assert_eq!(json::decode::<Json>(&written).as_ref(), Ok(&value), "{name}");
        }
    }
}

#[test]
fn what_is_refused_says_where() {
    for (name, bytes) in cases() {
        if let Err(errors) = json::decode::<Json>(&bytes) {
            assert!(errors.is_syntax(), "{name}: {errors}");
            assert_eq!(errors.items.len(), 1, "{name}: {errors}");
            let lines = bytes.split(|byte| *byte == b'\n').count();
            assert!(errors.items[0].line <= lines, "{name}: {errors}");
            assert!(errors.items[0].detail.len() < 100, "{name}: {errors}");
        }
    }
}

#[test]
fn the_same_place_is_told_by_every_way_of_reading() {
    for (name, bytes) in cases() {
        let Err(errors) = json::decode::<Json>(&bytes) else { continue };
        let mut reader = Reader::new(&bytes);
        let skipped = reader.skip();
        let other = if skipped.is_ok() { reader.finish().unwrap_err() } else { reader.errors() };
        let place = |errors: &json::Errors| {
            (errors.items[0].detail.clone(), errors.items[0].line, errors.items[0].column)
        };
        assert_eq!(place(&errors), place(&other), "{name}");
    }
}
