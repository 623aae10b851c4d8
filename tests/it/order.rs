//! Order-preserving keys beside the natural order of what they encode, on boundary and random values.

use std::cmp::Ordering;
use std::fmt::Debug;

use sunstone::codec::order::{INLINE_BYTES, Key, KeyReader, KeyWriter};
use sunstone::stdx::random::Xoshiro;

/// Asserts that keys order as the values do, that each reads back, and that none is a prefix of another.
fn assert_ordered<T: Debug>(
    values: &[T],
    order: impl Fn(&T, &T) -> Ordering,
    write: impl for<'w> Fn(&'w mut KeyWriter, &T) -> &'w mut KeyWriter,
    read: impl Fn(&mut KeyReader<'_>) -> Option<T>,
) {
    let mut writer = KeyWriter::new();
    let keys: Vec<Key> = values
        .iter()
        .map(|value| {
            write(writer.reset(), value);
            assert_eq!(writer.as_bytes(), writer.finish().as_bytes());
            writer.finish()
        })
        .collect();
    for (a, key_a) in values.iter().zip(&keys) {
        let mut reader = KeyReader::new(key_a);
        let back = read(&mut reader);
        assert!(back.as_ref().is_some_and(|back| order(back, a).is_eq()), "{a:?} read back as {back:?}");
        assert!(reader.is_empty(), "{a:?} leaves {:?}", reader.rest());
        for cut in 0..key_a.len() {
            let short = &mut KeyReader::new(&key_a[..cut]);
            assert!(read(short).is_none(), "{cut} bytes of {a:?} read as a value");
        }
        for (b, key_b) in values.iter().zip(&keys) {
            assert_eq!(key_a.cmp(key_b), order(a, b), "{a:?} and {b:?}: {key_a:?} and {key_b:?}");
            assert_eq!(key_a.as_bytes().cmp(key_b), order(a, b), "{a:?} and {b:?} as bytes");
            assert!(key_a == key_b || !key_a.starts_with(key_b), "{b:?} is a prefix of {a:?}");
        }
    }
}

fn random_u128(random: &mut Xoshiro) -> u128 {
    let wide = u128::from(random.next_u64()) << 64 | u128::from(random.next_u64());
    wide >> random.below(128)
}

#[test]
fn integers() {
    macro_rules! check {
        ($($kind:ident)*) => { $({
            let random = &mut Xoshiro::new(1);
            let mut values = vec![$kind::MIN, $kind::MIN + 1, 0, 1, $kind::MAX / 2, $kind::MAX - 1, $kind::MAX];
            values.extend((0..8_u32).map(|shift| $kind::MAX >> shift));
            values.extend((0..8_u32).map(|shift| $kind::MIN >> shift));
                        values.extend((0..100).map(|_| {
                let bytes = random_u128(random).to_le_bytes();
                $kind::from_le_bytes(*bytes.first_chunk().expect("no number is wider"))
            }));
            assert_ordered(&values, Ord::cmp, |w, v| w.$kind(*v), |r| r.$kind());
        })* };
    }
    check! { u8 u16 u32 u64 u128 i8 i16 i32 i64 i128 }
}

#[test]
fn floats_in_total_order() {
    let random = &mut Xoshiro::new(2);
    let mut values = vec![0.0, -0.0, 1.0, -1.0, f64::MIN, f64::MAX, f64::MIN_POSITIVE, -f64::MIN_POSITIVE];
    values.extend([f64::INFINITY, f64::NEG_INFINITY, f64::NAN, -f64::NAN, f64::EPSILON, 5e-324, -5e-324]);
    values.extend((0..200).map(|_| f64::from_bits(random.next_u64())));
    assert_ordered(&values, f64::total_cmp, |w, v| w.f64(*v), |r| r.f64());

    let mut narrow =
        vec![0.0, -0.0, f32::MIN, f32::MAX, f32::INFINITY, f32::NEG_INFINITY, f32::NAN, -f32::NAN, 1e-45];
    narrow.extend((0..200).map(|_| f32::from_bits(u32::try_from(random.next_u64() >> 32).unwrap())));
    assert_ordered(&narrow, f32::total_cmp, |w, v| w.f32(*v), |r| r.f32());
}

#[test]
fn truth_and_characters() {
    assert_ordered(&[false, true], Ord::cmp, |w, v| w.bool(*v), |r| r.bool());
    let chars = ['\0', '\x01', 'a', 'z', 'ä', '\u{d7ff}', '\u{e000}', '\u{ffff}', '\u{10000}', char::MAX];
    assert_ordered(&chars, Ord::cmp, |w, v| w.char(*v), |r| r.char());
}

/// Short byte strings over the bytes that the escapes are about, and some longer than a key holds inline.
fn random_bytes(random: &mut Xoshiro) -> Vec<u8> {
    let len = match random.below(12) {
        0 => 40 + random.below(50),
        1 => 15 + random.below(20),
        _ => random.below(5),
    };
    let byte = |random: &mut Xoshiro| {
        [0, 0, 1, 1, 2, 3, 0xfe, 0xff, b'a'][usize::try_from(random.below(9)).expect("below nine")]
    };
    (0..len).map(|_| byte(random)).collect()
}

#[test]
fn byte_strings_with_zeros_inside() {
    let random = &mut Xoshiro::new(3);
    let mut values: Vec<Vec<u8>> =
        [&b""[..], b"\0", b"\0\0", b"\x01", b"\0\x01", b"\x01\0", b"\x02", b"\xff", b"a", b"a\0"]
            .map(<[u8]>::to_vec)
            .to_vec();
    values.extend((0..300).map(|_| random_bytes(random)));
    let read = |r: &mut KeyReader<'_>| r.bytes().map(std::borrow::Cow::into_owned);
    assert_ordered(&values, Ord::cmp, |w, v| w.bytes(v), read);
}

#[test]
fn texts() {
    let values = [
        "",
        "a",
        "ab",
        "b",
        "a\0",
        "a\0b",
        "a\u{1}",
        "Zürich",
        "zebra",
        "日本",
        "\u{10ffff}",
        "a long name, past the key",
    ];
    let values = values.map(str::to_owned);
    let read = |r: &mut KeyReader<'_>| r.text().map(std::borrow::Cow::into_owned);
    assert_ordered(&values, Ord::cmp, |w, v| w.text(v), read);
}

type Composite = (Vec<u8>, Option<i64>, Option<Vec<u8>>, i128, bool);

fn write_composite<'w>(w: &'w mut KeyWriter, composite: &Composite) -> &'w mut KeyWriter {
    let (name, number, other, wide, truth) = composite;
    w.bytes(name);
    match number {
        Some(number) => w.some().i64(*number),
        None => w.none(),
    };
    match other {
        Some(other) => w.some().bytes(other),
        None => w.none(),
    };
    w.i128(*wide).bool(*truth)
}

#[test]
fn composites_order_as_tuples() {
    let random = &mut Xoshiro::new(4);
    let values: Vec<Composite> = (0..400)
        .map(|_| {
            let number = [i64::MIN, -256, -1, 0, 1, 255, i64::MAX]
                [usize::try_from(random.below(7)).expect("below nine")];
            let wide = i128::from(number) * if random.one_in(2) { i128::from(i64::MAX) } else { 1 };
            let name = random.one_in(2).then(|| random_bytes(random));
            (random_bytes(random), random.one_in(2).then_some(number), name, wide, random.one_in(2))
        })
        .collect();
    let read = |r: &mut KeyReader<'_>| {
        let name = r.bytes()?.into_owned();
        let number = if r.mark()? { Some(r.i64()?) } else { None };
        let other = if r.mark()? { Some(r.bytes()?.into_owned()) } else { None };
        Some((name, number, other, r.i128()?, r.bool()?))
    };
    assert_ordered(&values, Ord::cmp, write_composite, read);
}

#[test]
fn a_prefix_and_its_successor_enclose_exactly_the_keys_that_begin_with_it() {
    let random = &mut Xoshiro::new(5);
    for _ in 0..3_000 {
        let (prefix, key) = (random_bytes(random), Key::from_bytes(&random_bytes(random)));
        let inside = *key >= *prefix && Key::successor_of_prefix(&prefix).is_none_or(|end| key < end);
        assert_eq!(inside, key.starts_with(&prefix), "{prefix:02x?} and {key:?}");
    }
    assert_eq!(Key::successor_of_prefix(b""), None);
    assert_eq!(Key::successor_of_prefix(&[0xff; 40]), None);
    assert_eq!(Key::successor_of_prefix(b"\x01\xff\xff"), Some(Key::from_bytes(b"\x02")));
}

#[test]
fn the_beginning_of_a_text_is_a_prefix_of_it() {
    let random = &mut Xoshiro::new(6);
    for _ in 0..2_000 {
        let (start, whole) = (random_bytes(random), random_bytes(random));
        let prefix = KeyWriter::new().bytes_prefix(&start).finish();
        let key = KeyWriter::new().bytes(&whole).finish();
        assert_eq!(key.starts_with(&prefix), whole.starts_with(&start), "{start:02x?} and {whole:02x?}");
    }
    assert!(
        KeyWriter::new().text("Zürich").finish().starts_with(KeyWriter::new().text_prefix("Zü").as_bytes())
    );
}

#[test]
fn keys_order_as_their_bytes_whatever_their_length() {
    let random = &mut Xoshiro::new(7);
    let mut all: Vec<Vec<u8>> = (0..300).map(|_| random_bytes(random)).collect();
    let around = INLINE_BYTES - 1..=INLINE_BYTES + 1;
    all.extend(around.flat_map(|len| [vec![0; len], vec![7; len], vec![0xff; len]]));
    // Equal but for one byte, at every place, on both sides of the inline length.
    all.extend((0..30).map(|at| (0..30).map(|i| u8::from(i == at)).collect()));
    all.extend((0..INLINE_BYTES).map(|at| (0..INLINE_BYTES).map(|i| u8::from(i == at)).collect()));
    for a in &all {
        let key = Key::from_bytes(a);
        assert_eq!(key.as_bytes(), a);
        for b in &all {
            let other = Key::from_bytes(b);
            assert_eq!(key.cmp(&other), a.cmp(b), "{a:02x?} and {b:02x?}");
            assert_eq!(key == other, a == b, "{a:02x?} and {b:02x?}");
        }
    }
}

#[test]
fn a_key_is_small_and_found_by_its_bytes() {
    assert_eq!((size_of::<Key>(), size_of::<Option<Key>>()), (24, 24));
    let map: std::collections::HashMap<Key, u8> =
        (0..50).map(|n| (Key::from_bytes(&vec![n; n.into()]), n)).collect();
    assert!((0..50).all(|n| map.get(vec![n; n.into()].as_slice()) == Some(&n)));
    assert_eq!(format!("{:?}", Key::from_bytes(b"\x00\xffz")), "Key(00ff7a)");
    assert!(Key::default().is_empty());
}

#[test]
fn bytes_that_are_no_such_value_read_as_none_and_take_nothing() {
    let broken: [&[u8]; 4] = [b"never ended", b"\x01", b"\x01\x03\x00", b"ends in an escape\x01\x00"];
    for bytes in broken {
        let mut reader = KeyReader::new(bytes);
        assert_eq!((reader.bytes(), reader.text(), reader.rest()), (None, None, bytes));
    }
    let mut reader = KeyReader::new(b"\xff\xff\x00\x02\xff\xff");
    assert_eq!(
        (reader.text(), reader.mark(), reader.bool(), reader.char(), reader.u64()),
        (None, None, None, None, None)
    );
    assert_eq!((reader.raw(7), reader.raw(2), reader.u8()), (None, Some(&b"\xff\xff"[..]), Some(0)));
}
