//! The journal's form of declared types: every field by its number, and nothing that bytes can do to a reader.

use std::collections::{BTreeMap, BTreeSet};
use sunstone::codec::binary::{self, FromBinary, Numbers, Reader, Writer};
use sunstone::model::{Value, type_info};
use sunstone::prelude::*;
use sunstone::stdx::random::Xoshiro;

#[Data]
#[derive(Debug, PartialEq, Clone)]
enum Shape {
    Empty,
    Circle { radius: f64, tag: Option<Option<String>> },
    Pair(i8, Box<Shape>),
    Wrapped(Name),
}

#[Data]
#[derive(Debug, PartialEq, Clone, PartialOrd, Eq, Ord)]
struct Name(String);

#[Data]
#[derive(Debug, PartialEq, Clone)]
struct Triple(u8, Option<()>, [bool; 2]);

#[Data]
#[derive(Debug, PartialEq, Clone)]
struct Everything {
    shapes: Vec<Shape>,
    names: BTreeSet<u64>,
    table: BTreeMap<String, Option<Shape>>,
    triple: Triple,
    wide: (u128, i128, i64, u64),
    float: f32,
    maybe: Option<Option<Option<u8>>>,
    lists: Option<Vec<Option<Vec<u8>>>>,
    letter: char,
    time: Time,
}

/// One of some.
fn pick<'s, T>(random: &mut Xoshiro, some: &'s [T]) -> &'s T {
    let which = random.below(some.len() as u64);
    &some[usize::try_from(which).expect("below a length")]
}

fn text(random: &mut Xoshiro) -> String {
    let letters = ['a', '\0', '\u{7f}', '\u{20ac}', '\u{10ffff}', '"'];
    (0..random.below(5)).map(|_| *pick(random, &letters)).collect()
}

fn shape(random: &mut Xoshiro, depth: u32) -> Shape {
    match random.below(if depth > 4 { 3 } else { 4 }) {
        0 => Shape::Empty,
        1 => {
            let tag = [None, Some(None), Some(Some(text(random)))];
            let tag = pick(random, &tag).clone();
            let radius = f64::from_bits(random.next_u64());
            Shape::Circle { radius: if radius.is_nan() { 0.5 } else { radius }, tag }
        }
        2 => Shape::Wrapped(Name(text(random))),
        _ => Shape::Pair(-7, Box::new(shape(random, depth + 1))),
    }
}

fn everything(random: &mut Xoshiro) -> Everything {
    let number = |random: &mut Xoshiro| {
        let bits = random.below(65);
        random.next_u64().checked_shr(u32::try_from(bits).unwrap()).unwrap_or(0)
    };
    let maybes = [None, Some(None), Some(Some(None)), Some(Some(Some(7)))];
    let lists = [None, Some(vec![]), Some(vec![None]), Some(vec![Some(vec![]), None, Some(vec![0, 255])])];
    let wide = u128::from(number(random)) << random.below(65) | u128::from(number(random));
    Everything {
        shapes: (0..random.below(4)).map(|_| shape(random, 0)).collect(),
        names: (0..random.below(4)).map(|_| number(random)).collect(),
        table: (0..random.below(3)).map(|_| (text(random), Some(shape(random, 0)))).collect(),
        triple: Triple(1, if random.one_in(2) { None } else { Some(()) }, [true, false]),
        wide: (wide, !wide.cast_signed(), number(random).cast_signed(), number(random)),
        float: 1.5,
        maybe: *pick(random, &maybes),
        lists: pick(random, &lists).clone(),
        letter: *pick(random, &['x', '\u{10ffff}']),
        time: Time::from_unix_ms(number(random).cast_signed() >> 20),
    }
}

/// Numbers as a journal might have given them: in another order, with gaps.
fn numbers() -> Numbers {
    let mut numbers = Numbers::default();
    numbers.set(type_info::<Everything>().slot, &[40, 2, 3, 900, 5, 30, 1, 0, 9, 10]);
    numbers.set(type_info::<Shape>().slot, &[9, 8, 7, 6, 5, 4, 3, 2, 1]);
    numbers
}

fn write<T: Value>(value: &T, numbers: &Numbers) -> Vec<u8> {
    let mut bytes = Vec::new();
    value.to_binary(&mut Writer::new(&mut bytes, numbers));
    bytes
}

fn read<T: FromBinary>(bytes: &[u8], numbers: &Numbers) -> Option<T> {
    let mut r = Reader::new(bytes, numbers);
    let value = T::from_binary(&mut r).ok()?;
    r.end().ok().map(|()| value)
}

#[test]
fn values_come_back_by_whatever_numbers() {
    let (given, mut random) = (numbers(), Xoshiro::new(11));
    for _ in 0..300 {
        let value = everything(&mut random);
        for numbers in [Numbers::positions(), &given] {
            let bytes = write(&value, numbers);
            assert_eq!(read::<Everything>(&bytes, numbers).as_ref(), Some(&value));
            let mut over = Reader::new(&bytes, numbers);
            over.skip().unwrap();
            assert!(over.is_at_end());
        }
    }
}

#[test]
fn bits_of_floats_stay() {
    for bits in [0, 1 << 63, f64::INFINITY.to_bits(), 0x7ff8_0000_0000_0001, 0xfff0_0000_0000_0123, 1] {
        let back: f64 = binary::decode(&binary::encode(&f64::from_bits(bits))).unwrap();
        assert_eq!(back.to_bits(), bits);
        let bits = u32::try_from(bits >> 32).unwrap();
        let back: f32 = binary::decode(&binary::encode(&f32::from_bits(bits))).unwrap();
        assert_eq!(back.to_bits(), bits);
    }
}

#[test]
fn a_value_that_is_cut_short_is_an_error_at_every_byte() {
    let mut random = Xoshiro::new(3);
    for _ in 0..20 {
        let bytes = write(&everything(&mut random), Numbers::positions());
        for cut in 0..bytes.len() {
            assert_eq!(read::<Everything>(&bytes[..cut], Numbers::positions()), None, "cut at {cut}");
        }
    }
}

/// Damaged and made-up bytes give a value or an error, within memory that the bytes themselves justify.
#[test]
fn no_bytes_make_a_reader_panic() {
    let long = std::env::var_os("SUNSTONE_LONG").is_some();
    let (given, rounds) = (numbers(), if long { 2_000_000 } else { 20_000 });
    let heads =
        [0x80, 0x81, 0x82, 0x98, 0x9b, 0xa0, 0xa1, 0xbb, 0x5b, 0x7b, 0xc2, 0xc3, 0xf6, 0xf4, 0xfb, 0xff];
    for seed in 0..rounds {
        let mut random = Xoshiro::new(seed);
        let mut bytes = if random.one_in(2) {
            let value = everything(&mut random);
            write(&value, &given)
        } else {
            vec![0; usize::try_from(random.below(40)).unwrap()]
        };
        for _ in 0..=random.below(6) {
            if bytes.is_empty() {
                break;
            }
            let at = usize::try_from(random.below(bytes.len() as u64)).unwrap();
            match random.below(4) {
                0 => bytes[at] = *pick(&mut random, &heads),
                1 => bytes[at] = u8::try_from(random.below(256)).unwrap(),
                2 => drop(bytes.remove(at)),
                _ => bytes.insert(at, u8::try_from(random.below(24)).unwrap()),
            }
        }
        let ran = std::panic::catch_unwind(|| {
            drop(read::<Everything>(&bytes, &given));
            drop(read::<Vec<Shape>>(&bytes, Numbers::positions()));
            let mut r = Reader::new(&bytes, &given);
            while r.skip().is_ok() && !r.is_at_end() {}
        });
        assert!(ran.is_ok(), "seed {seed}: {bytes:02x?}");
    }
}

#[test]
fn a_length_that_is_not_there_takes_no_memory() {
    for head in [0x9b_u8, 0xbb, 0x5b, 0x7b] {
        let mut bytes = vec![head];
        bytes.extend([0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]);
        assert!(binary::decode::<Vec<u64>>(&bytes).is_err());
        assert!(binary::decode::<BTreeMap<u64, u64>>(&bytes).is_err());
        assert!(binary::decode::<String>(&bytes).is_err());
        assert!(Reader::new(&bytes, Numbers::positions()).skip().is_err());
    }
}
