//! Structs: visibilities, tuples, generics, names that stand in the way.

use super::{both_ways, broken, comes_back, members, refused, written};
use std::collections::BTreeMap;
use sunstone::model::{Indexable, TypeBody, Value};
use sunstone::prelude::{Data, Id, Model};

mod inner {
    use sunstone::prelude::*;

    #[Model(unique(r#type, name), index(name, size), strict)]
    #[derive(Clone, Debug, PartialEq, Default)]
    pub(crate) struct Restricted {
        #[key]
        pub(in crate::macros::right::structs) code: String,
        pub(super) r#type: u8,
        #[rename(r#"we"ird\"#)]
        #[was("old")]
        #[was("ol\u{e9}d\\\x41")]
        name: String,
        pub(self) size: Option<u32>,
    }

    pub(super) fn made() -> Restricted {
        Restricted { code: "a".to_owned(), r#type: 1, name: "n".to_owned(), size: None }
    }
}

pub(super) use inner::Restricted;

#[test]
fn restricted_visibility_raw_names_and_raw_literals() {
    let made = inner::made();
    assert_eq!((made.code.as_str(), made.r#type), ("a", 1));
    assert_eq!(written(&made), r#"{"code":"a","type":1,"we\"ird\\":"n","size":null}"#);
    comes_back::<Restricted>(r#"{"code":"a","type":1,"we\"ird\\":"n","size":null}"#);
    let unknown = refused::<Restricted>(r#"{"code":"a","type":1,"we\"ird\\":"n","siz":null}"#);
    assert!(unknown.contains("siz"), "{unknown}");
    let definition = Restricted::definition();
    assert_eq!(definition.info.members[2].was, ["old", "oléd\\A"]);
    assert_eq!((definition.indexes[0].fields, definition.indexes[0].unique), ([1, 2].as_slice(), true));
    assert_eq!((definition.indexes[1].fields, definition.indexes[1].unique), ([2, 3].as_slice(), false));
    assert!(definition.strict);
    let _handles = (Restricted::TYPE, Restricted::NAME, Restricted::CODE, Restricted::SIZE);
    assert_eq!(<Restricted as Model>::NAME, "Restricted");
}

// A parenthesis after `pub` may begin a type.
#[expect(unused_qualifications, reason = "a type that begins with `crate` looks most like a visibility")]
#[Model]
struct Shelf(
    #[key] pub u64,
    pub (crate::macros::right::structs::inner::Restricted, u8),
    #[rename("rest")] Vec<Vec<u8>>,
);

#[test]
fn a_tuple_struct_as_a_model() {
    let text = r#"{"0":1,"1":[{"code":"a","type":1,"we\"ird\\":"n","size":null},2],"rest":[[1],[]]}"#;
    comes_back::<Shelf>(text);
    assert_eq!((both_ways::<Shelf>(text).0, members::<Shelf>()), (1, vec!["0", "1", "rest"]));
    let _handles = (Shelf::F0, Shelf::F1, Shelf::F2);
}

trait Returns {
    type Out;
}

impl<A, B> Returns for fn(A) -> B {
    type Out = B;
}

#[Data]
#[derive(Debug)]
#[expect(clippy::type_complexity, reason = "complex types are what this is about")]
struct Types<T, const N: usize = 2>
where
    fn(u8) -> Vec<Vec<T>>: Copy,
    T: Clone + Into<T>,
    Block<{ 1 + 1 }>: Sized,
    Vec<Vec<T>>: Into<Vec<Vec<T>>>,
{
    function: <fn(u8) -> Vec<Vec<u8>> as Returns>::Out,
    array: [T; N],
    block: Block<{ if 2 > 1 { 3 } else { 4 } }>,
    map: BTreeMap<String, Vec<(T, Option<Vec<T>>)>>,
    last: [u8; {
        const LENGTH: usize = 1 << 1;
        LENGTH
    }],
}

#[Data]
#[derive(Debug, Clone)]
struct Block<const N: usize> {
    x: [u8; N],
}

#[test]
fn types_with_angles_braces_and_arrows() {
    comes_back::<Types<u8>>(
        r#"{"function":[[1]],"array":[1,2],"block":{"x":[1,2,3]},"map":{"k":[[1,null]]},"last":[1,2]}"#,
    );
    comes_back::<Types<String, 1>>(
        r#"{"function":[],"array":["x"],"block":{"x":[1,2,3]},"map":{"k":[["a",["b"]]]},"last":[1,2]}"#,
    );
}

#[Model(index(value))]
struct Versioned<T>
where
    T: Value + Indexable,
{
    #[key]
    id: Id<Self>,
    #[default]
    value: Option<T>,
}

#[test]
fn a_generic_model() {
    comes_back::<Versioned<u8>>(r#"{"id":3,"value":7}"#);
    comes_back::<Versioned<String>>(r#"{"id":3,"value":null}"#);
    assert_eq!(Versioned::<u8>::fields().len(), 2);
    assert_eq!(Versioned::<u8>::definition().info.members.len(), 2);
    let _handle = Versioned::<String>::VALUE;
}

#[Data]
struct Nothing;

#[Data]
struct NoFields {}

#[Data]
struct NoParts();

#[Data]
struct Point(f64, #[check(range = 0.0..)] f64);

#[Data]
struct Wrapped<T>(T);

#[test]
fn structs_of_few_fields() {
    comes_back::<Nothing>("{}");
    comes_back::<NoFields>("{}");
    comes_back::<NoParts>("[]");
    comes_back::<Point>("[1.5,2.5]");
    comes_back::<Wrapped<Wrapped<Vec<u8>>>>("[1]");
    assert_eq!(super::info::<Wrapped<u8>>().body, TypeBody::Transparent);
    assert_eq!(refused::<Point>("[1.5]"), ": expected a list of 2 values, found 1");
    assert_eq!(refused::<Point>("[1.5,2,3]"), ": expected a list of 2 values, found 3");
    assert_eq!(refused::<Point>("[true,2]"), "[0]: expected a number, found a boolean");
    assert_eq!(broken(&both_ways::<Point>("[0,-1]")), ["[1]: expected at least 0.0, found -1.0"]);
    assert_eq!(refused::<NoParts>("[1]"), ": expected an empty list, found 1");
}

#[Model]
struct Keyed {
    #[key]
    email: Email,
    #[index]
    color: Color,
}

#[Data(check = has_an_at)]
struct Email(#[check(length = 3..=20)] String);

fn has_an_at(email: &Email) -> Result<(), &'static str> {
    if email.0.contains('@') { Ok(()) } else { Err("expected an @") }
}

#[Data]
enum Color {
    Red,
    Green,
}

// Its inside has no order that an index could use, and that is no error as long as nobody asks for it.
#[Data]
struct Bag(Vec<u8>);

#[test]
fn a_transparent_struct_is_what_it_holds() {
    comes_back::<Keyed>(r#"{"email":"a@b","color":"red"}"#);
    comes_back::<Bag>("[1]");
    let keyed = both_ways::<Keyed>(r#"{"email":"a","color":"green"}"#);
    let expected = ["email: expected 3 to 20 characters, found 1", "email: expected an @"];
    assert_eq!(broken(&keyed), expected);
    assert!(matches!(keyed.color, Color::Green) && !matches!(keyed.color, Color::Red));
}

/// Every name that the code of the macros uses means something else here.
mod shadowed {
    #![allow(dead_code, non_camel_case_types, reason = "the names are there to be in the way")]

    pub(super) struct Result;
    pub(super) struct Option;
    pub(super) struct Some;
    pub(super) struct None;
    pub(super) struct Ok;
    pub(super) struct Err;
    pub(super) struct Default;
    pub(super) struct From;
    pub(super) struct Vec;
    pub(super) struct str;
    pub(super) struct bool;
    pub(super) struct usize;
    pub(super) mod core {}
    pub(super) mod std {}
    pub(super) mod sunstone {}

    use ::sunstone::prelude::{Data, Model};

    #[Model(check = sound)]
    pub(super) struct Names {
        #[key]
        #[default(1)]
        pub(super) r: u64,
        pub(super) w: u8,
        #[default("x")]
        pub(super) slots: ::std::string::String,
        pub(super) of: u8,
        pub(super) report: u8,
        pub(super) index: u8,
        pub(super) members: u8,
        #[check(range = 0..9)]
        pub(super) value: u8,
        pub(super) f0: u8,
        pub(super) name: u8,
        pub(super) other: u8,
    }

    fn sound(_: &Names) -> ::std::result::Result<(), &'static ::core::primitive::str> {
        ::std::result::Result::Ok(())
    }

    #[Data]
    pub(super) enum Words {
        Ok,
        Err(u8),
        Some { a: u8, b0: u8 },
        None(u8, u8),
    }
}

#[test]
fn names_in_the_way() {
    comes_back::<shadowed::Names>(
        r#"{"r":1,"w":1,"slots":"x","of":1,"report":1,"index":1,"members":1,"value":1,"f0":1,"name":1,"other":1}"#,
    );
    comes_back::<shadowed::Words>(r#"{"some":{"a":1,"b0":2}}"#);
    comes_back::<shadowed::Words>(r#"{"none":[1,2]}"#);
    comes_back::<shadowed::Words>(r#"{"err":1}"#);
    comes_back::<shadowed::Words>("\"ok\"");
}

#[test]
fn inside_a_function() {
    #[Data]
    struct Local {
        a: Other,
    }

    #[Data(check = short)]
    struct Other {
        #[check(length = ..3)]
        text: String,
    }

    fn short(_: &Other) -> Result<(), String> {
        Err("never right".to_owned())
    }

    comes_back::<Local>(r#"{"a":{"text":"x"}}"#);
    let broken = broken(&both_ways::<Local>(r#"{"a":{"text":"xxxx"}}"#));
    assert_eq!(broken, ["a.text: expected less than 3 characters, found 4", "a: never right"]);
}
