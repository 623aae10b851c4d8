//! Documents out of a generator, whole and broken: no panic, and every way of reading agrees on what is JSON.

use sunstone::codec::json::{self, Halt, Json, Kind, Reader};
use sunstone::stdx::random::Xoshiro;

use super::{documents, rounds};

/// Is it JSON? Asked in every way the room has.
pub(super) fn ways(bytes: &[u8]) -> [(&'static str, bool); 4] {
    let mut skipping = Reader::new(bytes);
    let skipped = skipping.skip().is_ok() && skipping.finish().is_ok();
    let mut cutting = Reader::new(bytes);
    let cut = cutting.raw().is_ok_and(|raw| json::decode::<Json>(raw).is_ok()) && cutting.finish().is_ok();
    let mut walking = Reader::new(bytes);
    let walked = walk(&mut walking).is_ok() && walking.finish().is_ok();
    [("Json", json::decode::<Json>(bytes).is_ok()), ("skip", skipped), ("raw", cut), ("pulling", walked)]
}

/// Reads by the calls that typed decoding is made of.
fn walk(r: &mut Reader<'_>) -> Result<(), Halt> {
    match r.peek()? {
        Kind::Null => r.null().map(|_| ()),
        Kind::Bool => r.bool().map(|_| ()),
        Kind::Number => r.number("a number").map(|_| ()),
        Kind::String => r.string().map(|_| ()),
        Kind::Array => r.array(&mut walk),
        Kind::Object => r.map(&mut |_key, r| walk(r)),
    }
}

/// Changes one to four places of a document: a byte, a piece left out, doubled or moved.
fn mutate(random: &mut Xoshiro, bytes: &mut Vec<u8>) {
    const FAVOURITES: &[u8] = b"{}[],:\"\\u0123456789eE+-.tfn \n\t\x00\x1f\x7f\x80\xbf\xc0\xed\xf4\xff";
    for _ in 0..=random.below(4) {
        let len = bytes.len() as u64;
        if len == 0 {
            bytes.push(FAVOURITES[random.below(FAVOURITES.len() as u64) as usize]);
            continue;
        }
        let (at, other) = (random.below(len) as usize, random.below(len) as usize);
        let (from, to) = (at.min(other), at.max(other).min(at.min(other) + 12));
        match random.below(6) {
            0 => bytes[at] = FAVOURITES[random.below(FAVOURITES.len() as u64) as usize],
            1 => bytes[at] = random.below(256) as u8,
            2 => bytes.insert(at, FAVOURITES[random.below(FAVOURITES.len() as u64) as usize]),
            3 => drop(bytes.drain(from..to)),
            4 => bytes.extend_from_within(from..to),
            _ => bytes.truncate(at),
        }
    }
}

/// Breaks a document for each seed; all ways of reading say the same of it.
fn all_agree_when_broken(seeds: u64, document: impl Fn(&mut Xoshiro) -> Vec<u8>) {
    for seed in 0..rounds(seeds) {
        let mut random = Xoshiro::new(seed);
        let mut bytes = document(&mut random);
        mutate(&mut random, &mut bytes);
        let ways = ways(&bytes);
        let agree = ways.iter().all(|way| way.1 == ways[0].1);
        assert!(agree, "seed {seed}: {ways:?} of {}", bytes.escape_ascii());
    }
}

#[test]
fn every_way_of_reading_agrees_on_broken_documents() {
    all_agree_when_broken(4_000, documents::document);
}

#[test]
fn cases_of_the_suite_broken_once_more_are_agreed_on() {
    let cases: Vec<_> = super::suite::cases().into_iter().filter(|case| case.1.len() < 2_000).collect();
    all_agree_when_broken(10_000, |random| cases[random.below(cases.len() as u64) as usize].1.clone());
}

/// Typed decoding of a document of any shape: no panic, and syntax is an error exactly when it is no JSON.
#[test]
fn typed_decoding_of_broken_documents_ends() {
    type Shape = Vec<(std::collections::BTreeMap<String, Option<Vec<f64>>>, [Box<String>; 2], (), i8)>;
    for seed in 0..rounds(3_000) {
        let mut random = Xoshiro::new(seed);
        let mut bytes = documents::document(&mut random);
        if random.one_in(2) {
            mutate(&mut random, &mut bytes);
        }
        let valid = json::decode::<Json>(&bytes).is_ok();
        match json::decode::<Shape>(&bytes) {
            Ok(_) => assert!(valid, "seed {seed}"),
            // A value of a wrong shape ends the reading before what follows it is looked at.
            Err(errors) => assert!(!errors.is_syntax() || !valid, "seed {seed}: {errors}"),
        }
    }
}

#[test]
fn every_document_cut_short_is_refused() {
    for seed in 0..rounds(100) {
        let bytes = documents::document(&mut Xoshiro::new(seed));
        if !matches!(bytes.first(), Some(b'[' | b'{' | b'"')) {
            continue; // a number cut short is a number
        }
        if bytes.len() > 1_000 {
            continue; // the work is the square
        }
        for end in 0..bytes.len() {
            if bytes[end..].iter().all(u8::is_ascii_whitespace) {
                continue;
            }
            assert!(ways(&bytes[..end]).iter().all(|way| !way.1), "seed {seed}, cut at {end}");
        }
    }
}
