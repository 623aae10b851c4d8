//! The framework's own types, beside the order of their Rust values.

use super::{hold, hold_without_json, key, pick};
use std::time::Duration;
use sunstone::codec::binary;
use sunstone::codec::json::{FromJson, Reader};
use sunstone::model::{Bytes, Rank, Secret, Time, Uuid, Value};
use sunstone::stdx::random::Xoshiro;

fn random_bytes(random: &mut Xoshiro) -> Vec<u8> {
    let length = if random.one_in(6) { 15 + random.below(20) } else { random.below(5) };
    (0..length).map(|_| [0, 1, 2, 0xfe, 0xff, b'a'][pick(random, 6)]).collect()
}

#[test]
fn bytes() {
    let random = &mut Xoshiro::new(1);
    let mut values: Vec<Bytes> =
        [&b""[..], b"\0", b"\0\0", b"\x01", b"\xff", b"a", b"a\0"].map(Bytes::from).to_vec();
    values.extend((0..150).map(|_| Bytes::from(random_bytes(random))));
    hold(&values, Ord::cmp);
}

#[test]
fn durations() {
    let random = &mut Xoshiro::new(2);
    let mut values = vec![
        Duration::ZERO,
        Duration::from_nanos(1),
        Duration::from_nanos(999_999_999),
        Duration::from_secs(1),
        Duration::from_secs(3600),
        Duration::from_nanos(u64::MAX),
        Duration::from_nanos(u64::MAX) + Duration::from_nanos(1),
        Duration::from_secs(u64::MAX),
        Duration::MAX,
    ];
    let mut seconds = || random.next_u64() >> random.below(64);
    values.extend((0..60).map(|n| Duration::new(seconds() - u64::from(n == 0), n * 16_949_152)));
    hold(&values, Ord::cmp);
    let beyond = binary::encode(&(Duration::MAX.as_nanos() + 1));
    let refused = binary::decode::<Duration>(&beyond).unwrap_err();
    assert_eq!(refused.expected, "a duration of at most 2^64 - 1 seconds");
}

#[test]
fn times() {
    let random = &mut Xoshiro::new(3);
    let mut values: Vec<Time> = [i64::MIN, -1, 0, 1, i64::MAX].map(Time::from_unix_ms).to_vec();
    values.extend((0..100).map(|_| Time::from_unix_ms(random.next_u64().cast_signed() >> random.below(64))));
    hold(&values, Ord::cmp);
}

#[test]
fn uuids() {
    let random = &mut Xoshiro::new(4);
    let mut values = vec![Uuid::NIL, Uuid::MAX, Uuid::v4([0; 16]), Uuid::v7(Time::from_unix_ms(0), [0; 10])];
    for _ in 0..100 {
        let mut bytes = [0; 16];
        random.fill(&mut bytes);
        let time = Time::from_unix_ms(random.below(2_000_000_000_000).cast_signed());
        values.extend([Uuid::from_bytes(bytes), Uuid::v7(time, [bytes[0]; 10])]);
    }
    hold(&values, Ord::cmp);
    let short = binary::decode::<Uuid>(&binary::encode(&Bytes::from([1, 2, 3]))).unwrap_err();
    assert_eq!(short.to_string(), "expected the 16 bytes of a UUID at byte 0");
}

/// As text from a path or a flag, too: what stands in a URL is what is read.
#[test]
fn bare_texts() {
    let read = |text| Uuid::from_json(&mut Reader::text(text)).map(|uuid| uuid.to_string());
    assert_eq!(read("017f22e2-79b0-7cc3-98c4-dc0c0c07398f").unwrap(), "017f22e2-79b0-7cc3-98c4-dc0c0c07398f");
    assert_eq!(Duration::from_json(&mut Reader::text("PT5M")), Ok(Duration::from_secs(300)));
    assert_eq!(Rank::from_json(&mut Reader::text("a0V")).unwrap().as_str(), "a0V");
    assert_eq!(Bytes::from_json(&mut Reader::text("Zm9v")), Ok(Bytes::from(b"foo")));
}

#[test]
fn ranks() {
    let random = &mut Xoshiro::new(5);
    let mut values: Vec<Rank> = Rank::spread(70).collect();
    values.push(Rank::before(&values[0]));
    for _ in 0..80 {
        let at = pick(random, values.len());
        let mut sorted = values.clone();
        sorted.sort();
        values.push(Rank::between(sorted.get(at), sorted.get(at + 1)).unwrap());
    }
    hold(&values, Ord::cmp);
}

/// Secrets come back from the journal, never from JSON; their keys are equal when they are, and tell nothing else.
#[test]
fn secrets() {
    let random = &mut Xoshiro::new(6);
    let values: Vec<Secret<Bytes>> =
        (0..80).map(|_| Secret::new(Bytes::from(random_bytes(random)))).collect();
    hold_without_json(&values, |a, b| key(a).cmp(&key(b)));
    for a in &values {
        for b in &values {
            assert_eq!(key(a) == key(b), a.expose() == b.expose());
            assert_eq!(a == b, a.expose() == b.expose());
        }
    }
    assert_eq!(Secret::<Option<Vec<u8>>>::shape().to_string(), "secret<option<list<u8>>>");
}
