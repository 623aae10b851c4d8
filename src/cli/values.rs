//! Values as they are typed: what a text stands for is said by the shape that is expected.

use crate::codec::json::{Json, decode, encode};
use crate::model::{MemberInfo, Shape, TypeBody};

/// The variants of a choice stand where its word would while they are no longer than this.
const CHOICES_BYTES_MAX: usize = 60;

/// The JSON that a text stands for. What is no JSON goes as a string, so that whoever reads it says what it should have been.
pub(super) fn json_of(shape: Option<&Shape>, text: &str) -> Vec<u8> {
    let is_text = shape.is_some_and(|shape| shape.is_text() && !(holds_data(shape) && text.starts_with('{')));
    if !is_text && decode::<Json>(text.as_bytes()).is_ok() {
        return text.as_bytes().to_vec();
    }
    encode(text)
}

/// Can it be an object, although it is a text otherwise: an enum with data?
fn holds_data(shape: &Shape) -> bool {
    match shape {
        Shape::Option(inner) | Shape::Secret(inner) => holds_data(inner),
        Shape::Named(info) => info().body == TypeBody::Choice,
        _ => false,
    }
}

/// The shape of one value where several may be given: of a list, a set, and such ones that may be absent.
pub(super) fn element(shape: &Shape) -> Option<&Shape> {
    match shape {
        Shape::List(inner) | Shape::Set(inner) => Some(inner),
        Shape::Option(inner) => element(inner),
        _ => None,
    }
}

/// Is it true or false, and never absent?
pub(super) fn is_truth(shape: &Shape) -> bool {
    matches!(shape, Shape::Scalar("bool"))
}

/// The word for a value in usage lines: `FILE`.
pub(super) fn placeholder(name: &str) -> String {
    name.to_uppercase().replace('_', "-")
}

/// The word for one value of a member, as people say it: of a text its name, of a choice everything that it can be.
pub(super) fn kind_of(member: &MemberInfo, shape: &Shape) -> String {
    let word = match shape {
        Shape::Option(inner) | Shape::Secret(inner) | Shape::List(inner) | Shape::Set(inner) => {
            return kind_of(member, inner);
        }
        Shape::Scalar("text" | "char") => return placeholder(member.name),
        Shape::Scalar("bytes") => "BASE64",
        Shape::Scalar("unit") => "JSON",
        Shape::Scalar("u128" | "i128") => "NUMBER",
        Shape::Scalar(name) if shape.is_text() || *name == "json" => return name.to_uppercase(),
        Shape::Scalar(_) => "NUMBER",
        Shape::Id(_) => "ID",
        Shape::Uid(_) => "UUID",
        Shape::Named(info) => match (info().body, info().members) {
            (TypeBody::Transparent, [MemberInfo { shape: Some(inner), .. }]) => {
                return kind_of(member, &inner());
            }
            (TypeBody::Choice, variants) if variants.iter().all(|variant| variant.shape.is_none()) => {
                let all = variants.iter().map(|variant| variant.name).collect::<Vec<_>>().join("|");
                return if all.len() <= CHOICES_BYTES_MAX { all } else { placeholder(member.name) };
            }
            _ => "JSON",
        },
        Shape::Array(..) | Shape::Tuple(_) | Shape::Map(..) => "JSON",
    };
    word.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_words_of_people() {
        let member = MemberInfo::new("since_when", None);
        let option = |name| Shape::Option(Box::new(Shape::Scalar(name)));
        for (shape, word) in [
            (option("text"), "SINCE-WHEN"),
            (option("u8"), "NUMBER"),
            (Shape::Scalar("u128"), "NUMBER"),
            (Shape::Scalar("f64"), "NUMBER"),
            (Shape::Scalar("time"), "TIME"),
            (Shape::Scalar("decimal"), "DECIMAL"),
            (Shape::Id("Guest"), "ID"),
            (Shape::Uid("Guest"), "UUID"),
            (Shape::List(Box::new(Shape::Scalar("uuid"))), "UUID"),
            (Shape::Tuple(Vec::new()), "JSON"),
        ] {
            assert_eq!(kind_of(&member, &shape), word, "{shape}");
        }
    }

    #[test]
    fn texts_by_their_shape() {
        let text = Shape::Scalar("text");
        let number = Shape::Scalar("u64");
        let list = Shape::List(Box::new(Shape::Scalar("text")));
        for (shape, typed, json) in [
            (Some(&text), "5", r#""5""#),
            (Some(&text), "{a", r#""{a""#),
            (Some(&text), "", r#""""#),
            (Some(&number), "5", "5"),
            (Some(&number), "five", r#""five""#),
            (Some(&list), r#"["a"]"#, r#"["a"]"#),
            (None, "true", "true"),
            (None, "tru", r#""tru""#),
        ] {
            assert_eq!(json_of(shape, typed), json.as_bytes(), "{typed}");
        }
    }
}
