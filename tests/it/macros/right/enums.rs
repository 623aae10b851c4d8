//! Enums: with and without data, with discriminants, generic, recursive.

use super::{both_ways, broken, comes_back, info, members, refused, written};
use sunstone::model::TypeBody;
use sunstone::prelude::Data;

#[Data]
#[derive(Clone, Copy, Debug, Default, PartialEq)]
enum Level {
    Low = -1,
    #[default]
    Middle = { 1 << 3 },
    /// The highest.
    #[rename("top")]
    #[was("highest")]
    High = if 1 < 2 { 20 } else { 30 },
}

#[test]
fn variants_without_data_are_names() {
    comes_back::<Level>("\"top\"");
    assert_eq!(both_ways::<Level>("\"middle\""), Level::default());
    assert_ne!(Level::Low, Level::High);
    assert_eq!(members::<Level>(), ["low", "middle", "top"]);
    let high = &info::<Level>().members[2];
    assert_eq!(
        (high.was, high.docs, info::<Level>().body),
        (["highest"].as_slice(), "The highest.", TypeBody::Choice)
    );
    assert_eq!(
        refused::<Level>("\"Low\""),
        ": expected one of \"low\", \"middle\", \"top\"; did you mean \"low\"?"
    );
    assert_eq!(refused::<Level>("1"), ": expected one of \"low\", \"middle\", \"top\", found a number");
    assert_eq!(refused::<Level>(r#"{"low":null}"#), "low: expected \"low\" without a value, found null");
}

#[Data]
enum Step<T> {
    Stay,
    Empty(),
    None {},
    To(T),
    Pair(u8, Vec<T>),
    Turn {
        r#type: T,
        #[default(9)]
        #[check(range = 0..10)]
        by: u8,
        #[secret]
        #[default]
        note: String,
    },
    HTTPError(Box<Self>),
}

#[test]
fn variants_with_data_are_objects_of_one_key() {
    let texts = [
        "\"stay\"",
        r#"{"empty":[]}"#,
        r#"{"none":{}}"#,
        r#"{"to":3}"#,
        r#"{"pair":[1,[2]]}"#,
        r#"{"turn":{"type":1,"by":2}}"#,
        r#"{"http_error":{"to":1}}"#,
    ];
    for text in texts {
        comes_back::<Step<u8>>(text);
    }
    let made = [Step::Stay, Step::Empty(), Step::None {}, Step::To(3_u8)];
    assert_eq!(made.iter().map(written).collect::<Vec<_>>(), texts[..4]);
    let turn = both_ways::<Step<u8>>(r#"{"turn":{"type":1,"note":"x"}}"#);
    assert_eq!(written(&turn), r#"{"turn":{"type":1,"by":9}}"#);
    let all = [
        "stay",
        "empty",
        "none",
        "to",
        "to.0",
        "pair",
        "pair.0",
        "pair.1",
        "turn",
        "turn.type",
        "turn.by",
        "turn.note",
        "http_error",
        "http_error.0",
    ];
    assert_eq!(members::<Step<u8>>(), all);
}

#[test]
fn what_is_wrong_with_a_variant_is_named() {
    let all = "\"stay\", \"empty\", \"none\", \"to\", \"pair\", \"turn\", \"http_error\"";
    let cases = [
        ("\"to\"", ": expected a value with it: {\"to\": ..}".to_owned()),
        (r#"{"stay":1}"#, "stay: expected \"stay\" without a value, found a number".to_owned()),
        (r#"{"pair":[1]}"#, "pair: expected a list of 2 values, found 1".to_owned()),
        (
            r#"{"pair":[1,[true]]}"#,
            "pair[1][0]: expected an integer from 0 to 255, found a boolean".to_owned(),
        ),
        (r#"{"turn":{}}"#, "turn.type: missing".to_owned()),
        (r#"{"nothing":1}"#, format!("nothing: expected one of {all}")),
        ("\"nothing\"", format!(": expected one of {all}")),
        ("{}", ": expected one variant, found none".to_owned()),
        (
            r#"{"to":1,"pair":[1,[]]}"#,
            "pair: a value is one variant, and this one is `to` already".to_owned(),
        ),
        ("3", format!(": expected one of {all}, found a number")),
    ];
    for (text, expected) in cases {
        assert_eq!(refused::<Step<u8>>(text), expected, "{text}");
    }
    let turn = both_ways::<Step<u8>>(r#"{"http_error":{"turn":{"type":1,"by":10}}}"#);
    assert_eq!(broken(&turn), ["http_error.turn.by: expected at least 0 and less than 10, found 10"]);
}

#[Data]
enum Never {}

#[test]
fn an_enum_without_variants_has_no_values() {
    assert_eq!(members::<Never>(), Vec::<&str>::new());
    refused::<Never>("\"x\"");
}
