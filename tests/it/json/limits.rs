//! Limits: depth on a small stack, the number of faults, hostile sizes.

use std::collections::BTreeMap;

use sunstone::codec::json::{self, Errors, FromJson, Halt, Json, MAX_DEPTH, MAX_ERRORS, Reader};

/// A type that lies in itself.
struct Nest(#[expect(dead_code, reason = "it is read for its depth alone")] Vec<Self>);

impl FromJson for Nest {
    fn from_json(r: &mut Reader<'_>) -> Result<Self, Halt> {
        Vec::from_json(r).map(Self)
    }
}

/// A map that lies in itself.
struct Tree(
    #[expect(dead_code, reason = "it is read for its depth alone")] BTreeMap<String, Option<Box<Self>>>,
);

impl FromJson for Tree {
    fn from_json(r: &mut Reader<'_>) -> Result<Self, Halt> {
        BTreeMap::from_json(r).map(Self)
    }
}

fn arrays(depth: u32) -> Vec<u8> {
    ["[".repeat(depth as usize), "]".repeat(depth as usize)].concat().into_bytes()
}

fn objects(depth: u32) -> Vec<u8> {
    ["{\"a\":".repeat(depth as usize), "null".to_owned(), "}".repeat(depth as usize)].concat().into_bytes()
}

fn skip(json: &[u8]) -> Result<(), Errors> {
    let mut reader = Reader::new(json);
    match reader.skip() {
        Ok(()) => reader.finish(),
        Err(_) => Err(reader.errors()),
    }
}

#[test]
fn depth_is_counted_alike_everywhere() {
    for (name, at, beyond) in [
        ("arrays", arrays(MAX_DEPTH), arrays(MAX_DEPTH + 1)),
        ("objects", objects(MAX_DEPTH), objects(MAX_DEPTH + 1)),
    ] {
        let outcomes = |json: &[u8]| {
            let typed = if name == "arrays" {
                json::decode::<Nest>(json).map(|_| ())
            } else {
                json::decode::<Tree>(json).map(|_| ())
            };
            [typed, json::decode::<Json>(json).map(|_| ()), skip(json)]
        };
        for outcome in outcomes(&at) {
            assert_eq!(outcome, Ok(()), "{name}");
        }
        for outcome in outcomes(&beyond) {
            let errors = outcome.unwrap_err();
            assert!(errors.is_syntax());
            assert_eq!(errors.items[0].detail, "nested deeper than 128 levels", "{name}");
        }
    }
}

#[test]
fn depth_is_counted_across_ways_of_reading() {
    let mut json = arrays(MAX_DEPTH - 1);
    json.splice(0..0, *b"[[1],");
    json.push(b']');
    // The outer array is typed, its elements are skipped or kept.
    for keep in [false, true] {
        let mut reader = Reader::new(&json);
        let outcome = reader.array(&mut |r| if keep { Json::from_json(r).map(|_| ()) } else { r.skip() });
        assert_eq!((outcome, reader.finish()), (Ok(()), Ok(())));
        let deeper = [&b"["[..], &json, b"]"].concat();
        let mut reader = Reader::new(&deeper);
        let outcome = reader
            .array(&mut |r| r.array(&mut |r| if keep { Json::from_json(r).map(|_| ()) } else { r.skip() }));
        assert_eq!(outcome, Err(Halt::Syntax));
    }
}

/// 128 levels of typed decoding, unoptimized, have to fit well into the stack of a thread.
#[test]
fn the_deepest_document_fits_a_small_stack() {
    let small = std::thread::Builder::new().stack_size(512 * 1024);
    let reading = small.spawn(|| {
        assert!(json::decode::<Nest>(&arrays(MAX_DEPTH)).is_ok());
        assert!(json::decode::<Tree>(&objects(MAX_DEPTH)).is_ok());
        let value = json::decode::<Json>(&objects(MAX_DEPTH)).unwrap();
        assert_eq!(json::encode(&value), objects(MAX_DEPTH));
    });
    reading.unwrap().join().unwrap();
}

#[test]
fn a_million_brackets_are_refused_at_once() {
    let json = vec![b'['; 1_000_000];
    assert!(skip(&json).is_err());
    assert!(json::decode::<Json>(&json).is_err());
    assert!(json::decode::<Nest>(&json).is_err());
}

#[test]
fn faults_are_told_up_to_a_limit() {
    let mut json = b"[".to_vec();
    json.extend("true,".repeat(10_000).bytes());
    json.extend(b"1]");
    let errors = json::decode::<Vec<u8>>(&json).unwrap_err();
    assert_eq!(errors.items.len(), MAX_ERRORS - 1);
    assert_eq!(errors.items[30].path, "[30]");
    assert!(errors.to_string().ends_with("; and 9969 more"));

    // One that ends the reading has its place all the same.
    json.extend(b" x");
    let mut reader = Reader::new(&json);
    assert_eq!(Vec::<u8>::from_json(&mut reader), Err(Halt::Invalid));
    let errors = reader.finish().unwrap_err();
    assert!(errors.is_syntax());
    assert_eq!(errors.items.len(), MAX_ERRORS);
    assert_eq!(errors.items[MAX_ERRORS - 1].detail, "expected the end of the text, found `x`");
}

#[test]
fn keys_given_a_hundred_thousand_times_cost_no_more_than_sorting() {
    let mut json = b"{".to_vec();
    for n in 0..100_000 {
        json.extend(format!("\"k{}\":{n},", n % 50_000).bytes());
    }
    json.extend(b"\"k0\":null}");
    let value = json::decode::<Json>(&json).unwrap();
    let object = value.as_object().unwrap();
    assert_eq!(object.len(), 50_000);
    assert_eq!(object.iter().next(), Some(("k0", &Json::Null)));
    assert_eq!(object.iter().nth(1), Some(("k1", &Json::from(50_001_u64))));
}

#[test]
fn long_keys_and_numbers_are_clipped_in_errors() {
    let key = "é".repeat(1_000);
    let json = format!("{{\"{key}\": {}}}", "9".repeat(1_000));
    let errors = json::decode::<BTreeMap<String, u8>>(json.as_bytes()).unwrap_err();
    assert_eq!(errors.items[0].path, format!("[\"{}…\"]", "é".repeat(40)));
    let found = "9".repeat(24);
    assert_eq!(errors.items[0].detail, format!("expected an integer from 0 to 255, found {found}…"));
    assert_eq!(errors.items[0].column, 1_006, "columns are characters");
}
