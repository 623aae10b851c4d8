//! Values as the journal's own catalog shows them are values as their types write them.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use sunstone::codec::binary::Writer;
use sunstone::codec::json;
use sunstone::model::{
    Bytes, Catalog, Decimal, Duration, Entity, Models, Rank, Renderer, Secret, TypeKind, Uid, Uuid,
};
use sunstone::prelude::*;

#[Data]
struct Line {
    amount: u16,
    note: Option<String>,
    inner: Vec<Line>,
    #[secret]
    hidden: u8,
}

#[Data]
struct Pair(i8, String);

#[Data]
struct Wrapped(Vec<Option<Time>>);

#[Data]
enum Form {
    Empty,
    One(u8),
    Two(u8, Pair),
    Named { width: f32, lines: Vec<Line> },
}

/// A field of every kind.
#[Model]
struct Everything {
    #[key]
    id: Id<Everything>,
    truth: bool,
    small: (u8, u16, u32, u64),
    signed: (i8, i16, i32, i64),
    wide: (u128, i128),
    floats: [f64; 3],
    half: f32,
    letter: char,
    text: String,
    nothing: (),
    json: Json,
    maybe: Option<Option<u8>>,
    names: BTreeSet<String>,
    by_name: BTreeMap<String, Vec<u8>>,
    by_number: BTreeMap<i64, bool>,
    by_hash: HashMap<char, Time>,
    bytes: Bytes,
    time: Time,
    duration: Duration,
    uuid: Uuid,
    decimal: Decimal,
    rank: Rank,
    #[loose]
    uid: Uid<Other>,
    #[loose]
    other: Option<Id<Other>>,
    pair: Pair,
    wrapped: Wrapped,
    forms: Vec<Form>,
    line: Line,
    boxed: Box<u64>,
}

#[Model]
struct Other {
    #[key]
    id: Id<Other>,
    token: Secret<String>,
    maybe: Option<Secret<u8>>,
    tokens: Vec<Secret<u8>>,
    #[secret]
    hash: String,
    shown: bool,
}

fn line(depth: u16) -> Line {
    let inner = if depth > 0 { vec![line(depth - 1), line(0)] } else { Vec::new() };
    Line { amount: depth, note: (depth > 1).then(|| "deep".to_owned()), inner, hidden: 9 }
}

fn everything(other: bool) -> Everything {
    Everything {
        id: Id::new(7),
        truth: other,
        small: (u8::MAX, u16::MAX, u32::MAX, u64::MAX),
        signed: (i8::MIN, i16::MIN, i32::MIN, i64::MIN),
        wide: (if other { u128::MAX } else { 1 }, if other { i128::MIN } else { -1 }),
        floats: [0.1, -0.0, 1e300],
        half: 0.1,
        letter: '"',
        text: "a \"b\"\n\u{1f600}".to_owned(),
        nothing: (),
        json: r#"{"a": [1, 2.50, null], "b": "c"}"#.parse().expect("JSON"),
        maybe: if other { Some(Some(3)) } else { Some(None) },
        names: ["b".to_owned(), "a".to_owned()].into(),
        by_name: [("k\"1".to_owned(), vec![1, 2]), (String::new(), vec![])].into(),
        by_number: [(-3, true), (4, false)].into(),
        by_hash: [('x', Time::from_unix_ms(0)), ('"', Time::from_unix_ms(-1))].into(),
        bytes: Bytes::from([1, 2, 255]),
        time: Time::from_unix_ms(1_795_314_671_500),
        duration: Duration::from_millis(90_500),
        uuid: "919108f7-52d1-4320-9bac-f847db4148a8".parse().expect("a UUID"),
        decimal: "-12.50".parse().expect("a decimal"),
        rank: Rank::default(),
        uid: Uid::new(Time::from_unix_ms(1_645_557_742_000), [7; 10]),
        other: other.then(|| Id::new(1)),
        pair: Pair(-1, "p".to_owned()),
        wrapped: Wrapped(vec![None, Some(Time::from_unix_ms(5))]),
        forms: vec![
            Form::Empty,
            Form::One(1),
            Form::Two(2, Pair(3, String::new())),
            Form::Named { width: 1.5, lines: vec![line(1)] },
        ],
        line: line(3),
        boxed: Box::new(5),
    }
}

/// A journal that has named some models, and what one of their rows is in it.
struct Named {
    models: Models,
    catalog: Catalog,
}

impl Named {
    fn new() -> Self {
        let mut models = Models::default();
        models.add::<Everything>().expect("what was just declared fits");
        models.add::<Other>().expect("what was just declared fits");
        models.tie();
        let mut catalog = Catalog::default();
        let frame =
            catalog.plan(&models, &[]).expect("what was just declared fits").expect("everything is new");
        catalog.read(&frame).expect("what was just declared fits");
        Self { models, catalog }
    }

    fn shown(&self, model: &str, row: &dyn Entity) -> String {
        let numbers = self.catalog.numbers(&self.models, &[]);
        let (table, _) = self.catalog.by_name(TypeKind::Model, model).expect("what was just declared fits");
        let mut encoded = Vec::new();
        row.row_to_binary(&mut Writer::new(&mut encoded, &numbers));
        let mut w = json::Writer::new();
        Renderer::new(&self.catalog).row(table, &encoded, &mut w).expect("what was just declared fits");
        String::from_utf8(w.into_bytes()).expect("what was just declared fits")
    }
}

#[test]
fn every_kind_of_value_looks_as_its_type_writes_it() {
    let named = Named::new();
    for other in [false, true] {
        let row = everything(other);
        let own = String::from_utf8(json::encode(&row)).expect("what was just declared fits");
        assert_eq!(named.shown("Everything", &row), own);
    }
}

#[test]
fn secrets_are_left_out_of_rows_and_null_inside_of_lists() {
    let row = Other {
        id: Id::new(1),
        token: Secret::new("hunter2".to_owned()),
        maybe: Some(Secret::new(3)),
        tokens: vec![Secret::new(1), Secret::new(2)],
        hash: "hunter2".to_owned(),
        shown: true,
    };
    assert_eq!(Named::new().shown("Other", &row), r#"{"id":1,"tokens":[null,null],"shown":true}"#);
}

/// A model before and after one of its fields became a secret, and after it was none again.
mod note {
    pub(super) mod before {
        use sunstone::prelude::*;

        #[Model]
        pub(crate) struct Note {
            #[key]
            pub(crate) id: Id<Note>,
            pub(crate) text: String,
        }
    }

    pub(super) mod after {
        use sunstone::prelude::*;

        #[Model]
        pub(crate) struct Note {
            #[key]
            pub(crate) id: Id<Note>,
            #[secret]
            pub(crate) text: String,
        }
    }
}

#[test]
fn what_became_a_secret_is_one_in_the_past_and_stays_one() {
    let mut catalog = Catalog::default();
    let mut shown = Vec::new();
    let before = note::before::Note { id: Id::new(1), text: "plain".to_owned() };
    let mut encoded = Vec::new();
    for secret in [false, true, false] {
        let mut models = Models::default();
        match secret {
            false => models.add::<note::before::Note>(),
            true => models.add::<note::after::Note>(),
        }
        .expect("what was just declared fits");
        models.tie();
        if let Some(frame) = catalog.plan(&models, &[]).expect("what was just declared fits") {
            catalog.read(&frame).expect("what was just declared fits");
        }
        if encoded.is_empty() {
            let numbers = catalog.numbers(&models, &[]);
            before.row_to_binary(&mut Writer::new(&mut encoded, &numbers));
        }
        let mut w = json::Writer::new();
        Renderer::new(&catalog).row(0, &encoded, &mut w).expect("what was just declared fits");
        shown.push(String::from_utf8(w.into_bytes()).expect("what was just declared fits"));
    }
    assert_eq!(shown, [r#"{"id":1,"text":"plain"}"#, r#"{"id":1}"#, r#"{"id":1}"#]);
}

#[test]
fn a_journal_of_a_later_version_is_shown_as_it_reads() {
    let catalog = |shape: &str| {
        let mut frame = Vec::new();
        let mut w = Writer::new(&mut frame, sunstone::codec::binary::Numbers::positions());
        // [[number, kind, name, key, body, [[number, name, shape, is secret], ...]]]: a model with one field.
        w.array(1);
        w.array(6);
        w.uint(0);
        w.uint(0);
        w.text("Later");
        w.uint(0);
        w.uint(0);
        w.array(1);
        w.array(4);
        w.uint(0);
        w.text("field");
        w.text(shape);
        w.bool(false);
        let mut catalog = Catalog::default();
        catalog.read(&frame).expect("what was just declared fits");
        catalog
    };
    for shape in ["colour", "matrix<u8, 3>", "list<colour>", "list<", "tuple<a, b", "map<a>", ""] {
        let mut row = Vec::new();
        let mut w = Writer::new(&mut row, sunstone::codec::binary::Numbers::positions());
        w.map(1);
        w.uint(0);
        w.array(2);
        w.text("r");
        w.int(-1);
        let mut out = json::Writer::new();
        Renderer::new(&catalog(shape)).row(0, &row, &mut out).expect("what was just declared fits");
        assert_eq!(String::from_utf8_lossy(out.bytes()), r#"{"field":["r",-1]}"#, "{shape}");
    }
}

#[test]
fn bytes_that_are_not_what_the_catalog_says_are_refused() {
    let named = Named::new();
    let numbers = named.catalog.numbers(&named.models, &[]);
    let (table, _) =
        named.catalog.by_name(TypeKind::Model, "Everything").expect("what was just declared fits");
    let renderer = Renderer::new(&named.catalog);
    let mut encoded = Vec::new();
    everything(true).row_to_binary(&mut Writer::new(&mut encoded, &numbers));
    for cut in 0..encoded.len() {
        assert!(renderer.row(table, &encoded[..cut], &mut json::Writer::new()).is_err(), "{cut} bytes");
    }
    // A flipped bit gives other values or an error, and never a panic.
    for bit in 0..encoded.len() * 8 {
        encoded[bit / 8] ^= 1 << (bit % 8);
        let mut w = json::Writer::new();
        if renderer.row(table, &encoded, &mut w).is_ok() {
            json::decode::<Json>(w.bytes()).unwrap_or_else(|errors| panic!("bit {bit}: {errors}"));
        }
        encoded[bit / 8] ^= 1 << (bit % 8);
    }
}
