//! The types of std.

use super::{hold, hold_without_json, key, pick};
use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use sunstone::codec::json::Json;
use sunstone::model::Value;
use sunstone::stdx::random::Xoshiro;

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
            values.extend((0..$kind::BITS).flat_map(|shift| [$kind::MAX >> shift, $kind::MIN >> shift]));
            #[expect(clippy::allow_attributes, reason = "not every width truncates")]
            #[allow(clippy::cast_possible_truncation, clippy::cast_possible_wrap, reason = "any bits will do")]
            values.extend((0..60).map(|_| random_u128(random) as $kind));
            hold(&values, Ord::cmp);
        })* };
    }
    check! { u8 u16 u32 u64 u128 usize i8 i16 i32 i64 i128 isize }
}

#[test]
fn truth_characters_and_nothing() {
    hold(&[false, true], Ord::cmp);
    hold(&['\0', '\u{1}', ' ', '"', 'a', 'ä', '\u{d7ff}', '\u{e000}', '\u{ffff}', char::MAX], Ord::cmp);
    assert!(().same(&()) && key(&()).is_empty());
}

/// The order of `total_cmp`, so that every float has its place: also -0 before 0, and what is not a number at the ends.
#[test]
fn floats() {
    let random = &mut Xoshiro::new(2);
    let mut finite =
        vec![0.0, -0.0, 1.0, -1.0, f64::MIN, f64::MAX, f64::MIN_POSITIVE, 5e-324, -5e-324, 1e300];
    finite.extend((0..100).map(|_| f64::from_bits(random.next_u64())).filter(|float| float.is_finite()));
    hold(&finite, f64::total_cmp);
    let odd = [f64::NAN, -f64::NAN, f64::INFINITY, f64::NEG_INFINITY, f64::from_bits(0x7ff0_0000_0000_0001)];
    hold_without_json(&[&odd[..], &finite[..20]].concat(), f64::total_cmp);

    let mut narrow = vec![0.0, -0.0, 1.5, -1.5, f32::MIN, f32::MAX, f32::MIN_POSITIVE, 1e-45, -1e-45];
    let mut bits = || u32::try_from(random.next_u64() >> 32).unwrap();
    narrow.extend((0..100).map(|_| f32::from_bits(bits())).filter(|float| float.is_finite()));
    hold(&narrow, f32::total_cmp);
    // A signalling one keeps its bits and its place beside the quiet ones.
    let odd = [f32::NAN, -f32::NAN, f32::INFINITY, f32::NEG_INFINITY, f32::from_bits(0x7f80_0001)];
    hold_without_json(&[&odd[..], &narrow[..20]].concat(), f32::total_cmp);
}

fn random_text(random: &mut Xoshiro) -> String {
    let signs = ['\0', '\u{1}', '\u{2}', 'a', 'b', '"', '\\', '\n', 'é', '\u{ffff}', '\u{10ffff}'];
    let length = if random.one_in(8) { 20 } else { random.below(4) };
    (0..length).map(|_| signs[pick(random, 11)]).collect()
}

#[test]
fn texts() {
    let random = &mut Xoshiro::new(3);
    let mut values: Vec<String> = ["", "a", "ab", "b", "a\0", "a\0b", "a\u{1}"].map(str::to_owned).to_vec();
    values.extend((0..200).map(|_| random_text(random)));
    hold(&values, Ord::cmp);
}

/// Null before null that is there before a value, however deep; and a null in the journal is one of its own level.
#[test]
fn options_in_options() {
    let values: Vec<Option<Option<Option<u8>>>> =
        vec![None, Some(None), Some(Some(None)), Some(Some(Some(0))), Some(Some(Some(255)))];
    hold_without_json(&values, Ord::cmp);
    let values: Vec<Option<Option<Vec<Option<u8>>>>> = vec![
        None,
        Some(None),
        Some(Some(vec![])),
        Some(Some(vec![None])),
        Some(Some(vec![None, None])),
        Some(Some(vec![None, Some(0)])),
        Some(Some(vec![Some(0)])),
    ];
    hold_without_json(&values, Ord::cmp);
    hold(&[None, Some(0), Some(1), Some(u64::MAX)], Ord::cmp);
}

fn random_list(random: &mut Xoshiro) -> Vec<u8> {
    (0..random.below(5)).map(|_| [0, 1, 2, 255][pick(random, 4)]).collect()
}

/// A list sorts before a longer one that it begins, whatever follows; so do sets and maps in the order of their parts.
#[test]
fn lists_sets_and_maps() {
    let random = &mut Xoshiro::new(4);
    let mut lists = vec![vec![], vec![0], vec![0, 0], vec![1], vec![255], vec![255, 0]];
    lists.extend((0..80).map(|_| random_list(random)));
    hold(&lists, Ord::cmp);
    let of_lists: Vec<Vec<Vec<u8>>> = lists.windows(2).map(<[Vec<u8>]>::to_vec).collect();
    hold(&of_lists, Ord::cmp);
    let texts: Vec<Vec<String>> = (0..60).map(|_| vec![random_text(random), random_text(random)]).collect();
    hold(&texts, Ord::cmp);

    let sets: Vec<BTreeSet<u8>> = lists.iter().map(|list| list.iter().copied().collect()).collect();
    hold(&sets, Ord::cmp);
    let hashed: Vec<HashSet<u8>> = lists.iter().map(|list| list.iter().copied().collect()).collect();
    let sorted = |set: &HashSet<u8>| set.iter().copied().collect::<BTreeSet<_>>();
    hold(&hashed, |a, b| sorted(a).cmp(&sorted(b)));

    let pairs = |list: &Vec<u8>| list.iter().map(|n| (n.to_string(), *n)).collect::<Vec<_>>();
    let maps: Vec<BTreeMap<String, u8>> =
        lists.iter().map(|list| pairs(list).into_iter().collect()).collect();
    hold(&maps, Ord::cmp);
    let hashed: Vec<HashMap<String, u8>> =
        lists.iter().map(|list| pairs(list).into_iter().collect()).collect();
    let sorted = |map: &HashMap<String, u8>| map.clone().into_iter().collect::<BTreeMap<_, _>>();
    hold(&hashed, |a, b| sorted(a).cmp(&sorted(b)));
}

#[test]
fn arrays_tuples_and_boxes() {
    let random = &mut Xoshiro::new(5);
    let arrays: Vec<[String; 2]> = (0..60).map(|_| [random_text(random), random_text(random)]).collect();
    hold(&arrays, Ord::cmp);
    let tuples: Vec<(Option<String>, i16, bool)> = (0..60)
        .map(|_| {
            let small = i16::try_from(random.below(3)).unwrap() - 1;
            (random.one_in(2).then(|| random_text(random)), small, random.one_in(2))
        })
        .collect();
    hold(&tuples, Ord::cmp);
    hold(&tuples.into_iter().map(Box::new).collect::<Vec<_>>(), Ord::cmp);
}

/// What a value is to tables does not change in a box.
#[test]
fn a_box_is_what_it_holds() {
    assert!(Box::new(None::<u8>).is_null() && !Box::new(Some(1_u8)).is_null());
    assert_eq!(Box::<String>::from_caller(Some("ann")), Some(Box::new("ann".to_owned())));
    assert_eq!(Box::<u8>::from_time(7), None);
}

#[test]
fn open_json() {
    let values: Vec<Json> = ["null", "true", "1", "1.5", "\"a\"", "[1,{\"b\":null}]", "{\"a\":1,\"b\":[]}"]
        .map(|text| text.parse().expect("JSON"))
        .to_vec();
    let text = |a: &Json, b: &Json| -> Ordering { a.to_string().cmp(&b.to_string()) };
    hold_without_json(&values, text);
}
