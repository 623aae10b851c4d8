//! Odd but right items: they compile, and what they hold comes back from JSON and from the journal as it was.

use sunstone::codec::{binary, json};
use sunstone::model::{Report, Shape, TypeInfo, Value};

mod calls;
mod enums;
mod fields;
mod generated;
mod served;
mod structs;

/// Reads the JSON, takes it to the journal's form and back, and gives what came back.
fn both_ways<T: Value>(text: &str) -> T {
    let value: T = json::decode(text.as_bytes()).unwrap_or_else(|errors| panic!("{text}: {errors}"));
    let kept: T = binary::decode(&binary::encode(&value)).expect("it was just written");
    assert!(value.same(&kept), "the journal has another value than {text}");
    assert!(kept.same(&kept.copy()), "a copy of {text} is another value");
    kept
}

/// The JSON comes back to the letter.
fn comes_back<T: Value>(text: &str) {
    assert_eq!(written(&both_ways::<T>(text)), text);
}

fn written<T: Value>(value: &T) -> String {
    String::from_utf8(json::encode(value)).expect("JSON is UTF-8")
}

/// What is wrong with the JSON.
fn refused<T: Value>(text: &str) -> String {
    match json::decode::<T>(text.as_bytes()) {
        Ok(_) => panic!("{text} was taken"),
        Err(errors) => errors
            .items
            .iter()
            .map(|item| format!("{}: {}", item.path, item.detail))
            .collect::<Vec<_>>()
            .join("; "),
    }
}

/// Every rule that the value breaks.
fn broken<T: Value>(value: &T) -> Vec<String> {
    let mut report = Report::default();
    value.check(&mut report);
    report.errors().iter().map(ToString::to_string).collect()
}

fn info<T: Value>() -> &'static TypeInfo {
    match T::shape() {
        Shape::Named(info) => info(),
        other => panic!("{other} is not declared"),
    }
}

fn members<T: Value>() -> Vec<&'static str> {
    info::<T>().members.iter().map(|member| member.name).collect()
}
