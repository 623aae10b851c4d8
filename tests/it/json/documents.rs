//! A generator of documents: any value, with space, escapes and repeated keys where JSON allows them; and the round
//! trips of what it makes.

use sunstone::codec::json::{self, Json, Number, Object};
use sunstone::stdx::random::Xoshiro;

use super::rounds;

/// How deep the documents are: deeper ones are only larger.
const DEPTH: u32 = 4;

/// A random document, valid.
pub(super) fn document(random: &mut Xoshiro) -> Vec<u8> {
    let mut out = Vec::new();
    let value = value(random.next_u64(), DEPTH);
    spell(random, &value, &mut out);
    out
}

/// A random value, at most `depth` deep.
fn value(seed: u64, depth: u32) -> Json {
    let random = &mut Xoshiro::new(seed);
    match random.below(if depth == 0 { 6 } else { 12 }) {
        0 => Json::Null,
        1 => Json::Bool(random.one_in(2)),
        2 | 3 => Json::Number(number(random)),
        4 | 5 => Json::String(string(random)),
        6..9 => Json::Array((0..random.below(6)).map(|_| value(random.next_u64(), depth - 1)).collect()),
        _ => {
            let usual = random.below(6);
            let most = if random.one_in(8) { 40 } else { usual };
            let entry = |_| (string(random), value(random.next_u64(), depth - 1));
            Json::Object((0..most).map(entry).collect::<Object>())
        }
    }
}

fn number(random: &mut Xoshiro) -> Number {
    let bits = random.next_u64() >> random.below(64);
    match random.below(5) {
        0 => Number::from(bits),
        1 => Number::from(bits.cast_signed()),
        2 => Number::from(i128::from(bits) * -i128::from(random.next_u64() >> 1 >> random.below(63))),
        3 => Number::from_f64((bits as f64) / 1024.0).unwrap(),
        _ => Number::from_f64(f64::from_bits(random.next_u64())).unwrap_or(Number::from(0_u64)),
    }
}

fn string(random: &mut Xoshiro) -> String {
    let character = |random: &mut Xoshiro| match random.below(8) {
        0 => char::from_u32(random.below(0x80) as u32).unwrap(),
        1 => char::from_u32(random.below(0x11_0000) as u32).unwrap_or('\u{fffd}'),
        2 => ['"', '\\', '/', '\u{7f}', '\u{2028}', 'é', '€', '𝄞'][random.below(8) as usize],
        _ => char::from(b'a' + random.below(26) as u8),
    };
    (0..random.below(20)).map(|_| character(random)).collect()
}

/// Writes a value in one of the many ways in which JSON lets it be written.
fn spell(random: &mut Xoshiro, value: &Json, out: &mut Vec<u8>) {
    space(random, out);
    match value {
        Json::String(text) => spell_string(random, text, out),
        Json::Array(elements) => {
            out.push(b'[');
            for (n, element) in elements.iter().enumerate() {
                if n > 0 {
                    out.push(b',');
                }
                spell(random, element, out);
            }
            space(random, out);
            out.push(b']');
        }
        Json::Object(object) => {
            out.push(b'{');
            for (n, (key, value)) in object.iter().enumerate() {
                if n > 0 {
                    out.push(b',');
                }
                space(random, out);
                spell_string(random, key, out);
                space(random, out);
                out.push(b':');
                spell(random, value, out);
            }
            space(random, out);
            out.push(b'}');
        }
        Json::Null | Json::Bool(_) | Json::Number(_) => out.extend(json::encode(value)),
    }
    space(random, out);
}

fn spell_string(random: &mut Xoshiro, text: &str, out: &mut Vec<u8>) {
    let escape_all = random.one_in(6);
    out.push(b'"');
    for character in text.chars() {
        if escape_all || matches!(character, '"' | '\\' | '\0'..' ') || random.one_in(20) {
            for unit in character.encode_utf16(&mut [0; 2]) {
                let digits =
                    if random.one_in(2) { format!("\\u{unit:04x}") } else { format!("\\u{unit:04X}") };
                out.extend(digits.as_bytes());
            }
        } else {
            out.extend(character.encode_utf8(&mut [0; 4]).as_bytes());
        }
    }
    out.push(b'"');
}

fn space(random: &mut Xoshiro, out: &mut Vec<u8>) {
    while random.one_in(6) {
        out.push(b" \n\r\t"[random.below(4) as usize]);
    }
}

#[test]
fn however_it_is_spelt_it_is_the_same_value() {
    for seed in 0..rounds(3_000) {
        let expected = value(seed, DEPTH);
        let mut bytes = Vec::new();
        spell(&mut Xoshiro::new(!seed), &expected, &mut bytes);
        let found = json::decode::<Json>(&bytes).unwrap_or_else(|errors| panic!("seed {seed}: {errors}"));
        assert_eq!(found, expected, "seed {seed}");
        let again = json::decode::<Json>(&json::encode(&found)).unwrap();
        assert_eq!(again, expected, "seed {seed}");
    }
}

#[test]
fn writing_is_a_function_of_the_value() {
    for seed in 0..rounds(1_000) {
        let bytes = json::encode(&value(seed, DEPTH));
        let found = json::decode::<Json>(&bytes).unwrap();
        assert_eq!(json::encode(&found), bytes, "seed {seed}");
        assert!(!bytes.contains(&b'\n'), "seed {seed}");
    }
}
