//! What holds for every value: it comes back from JSON and from the journal as it was, its copy is the same, and its
//! ordered bytes sort as it does, alone, in options, in lists and before another part of a key.

mod decimal;
mod in_a_model;
mod others;
mod scalars;

use std::cmp::Ordering;
use std::fmt::Debug;

use sunstone::codec::binary::{self, Numbers};
use sunstone::codec::json;
use sunstone::codec::order::{Key, KeyWriter};
use sunstone::model::Value;
use sunstone::stdx::random::Xoshiro;

/// A random position below `bound`.
fn pick(random: &mut Xoshiro, bound: usize) -> usize {
    usize::try_from(random.below(bound as u64)).expect("below a usize")
}

fn key<T: Value>(value: &T) -> Key {
    let mut w = KeyWriter::new();
    value.order(&mut w);
    w.finish()
}

/// All laws. The values are compared each with each: a few hundred are enough.
fn hold<T: Value + Debug>(values: &[T], order: impl Fn(&T, &T) -> Ordering) {
    for value in values {
        comes_back_from_json(value);
    }
    hold_without_json(values, order);
}

/// For what JSON cannot tell apart: a float that is no number, an empty option inside an option.
fn hold_without_json<T: Value + Debug>(values: &[T], order: impl Fn(&T, &T) -> Ordering) {
    for value in values {
        assert!(value.same(value) && value.copy().same(value), "{value:?} and its copy");
        comes_back_from_the_journal(value);
    }
    let keys: Vec<Key> = values.iter().map(key).collect();
    for (a, key_a) in values.iter().zip(&keys) {
        for (b, key_b) in values.iter().zip(&keys) {
            let natural = order(a, b);
            assert_eq!(key_a.cmp(key_b), natural, "{a:?} {key_a:?}, {b:?} {key_b:?}");
            assert!(key_a == key_b || !key_a.starts_with(key_b), "{b:?} is a prefix of {a:?}");
            assert!(!a.same(b) || natural.is_eq(), "{a:?} and {b:?} are the same and differ in order");
        }
    }
    in_composites(values, order);
}

fn comes_back_from_json<T: Value + Debug>(value: &T) {
    let text = json::encode(value);
    let back = json::decode::<T>(&text).expect("what is written is read");
    assert!(back.same(value), "{value:?} became {back:?} by {}", String::from_utf8_lossy(&text));
}

fn comes_back_from_the_journal<T: Value + Debug>(value: &T) {
    let bytes = binary::encode(value);
    let back = binary::decode::<T>(&bytes).expect("what is written is read");
    assert!(back.same(value), "{value:?} became {back:?} by {bytes:02x?}");

    let mut over = binary::Reader::new(&bytes, Numbers::positions());
    over.skip().expect("what is written is stepped over");
    assert!(over.is_at_end(), "{value:?} is more than one value");
    for cut in 0..bytes.len() {
        assert!(binary::decode::<T>(&bytes[..cut]).is_err(), "{cut} bytes of {value:?} read as a value");
    }
    // Any damage gives an error or another value, never a panic.
    for at in 0..bytes.len() {
        for bit in 0..8 {
            let mut damaged = bytes.clone();
            damaged[at] ^= 1 << bit;
            drop(binary::decode::<T>(&damaged));
        }
    }

    for deep in [Some(Some(value.copy())), Some(None), None] {
        let back = binary::decode::<Option<Option<T>>>(&binary::encode(&deep)).expect("an option is read");
        assert!(back.same(&deep), "{deep:?} became {back:?}");
    }
}

/// Orders of options, lists and pairs, told from the order of what is in them. Of neighbours: a few pairs say it.
fn in_composites<T: Value + Debug>(values: &[T], order: impl Fn(&T, &T) -> Ordering) {
    for pair in values.windows(2) {
        let (a, b) = (&pair[0], &pair[1]);
        let natural = order(a, b);
        let some = |value: &T| Some(Some(value.copy()));
        assert_eq!(key(&some(a)).cmp(&key(&some(b))), natural, "Some of {a:?} and {b:?}");
        let nothing: [Option<Option<T>>; 2] = [None, Some(None)];
        assert!(key(&nothing[0]) < key(&nothing[1]) && key(&nothing[1]) < key(&some(a)), "nothing and {a:?}");

        assert_eq!(key(&(a.copy(), 2_u8)).cmp(&key(&(b.copy(), 1_u8))), natural.then(Ordering::Greater));
        assert_eq!(key(&[a.copy(), b.copy()]).cmp(&key(&[b.copy(), a.copy()])), natural);

        let list = |parts: &[&T]| key(&parts.iter().map(|part| part.copy()).collect::<Vec<T>>());
        assert!(list(&[]) < list(&[a]) && list(&[a]) < list(&[a, b]), "lists of {a:?}, {b:?}");
        assert_eq!(list(&[a, a]).cmp(&list(&[b])), natural.then(Ordering::Greater), "lists of {a:?}, {b:?}");
    }
}
