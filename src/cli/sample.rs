//! Values that somebody could try a method with.

use crate::api::Endpoint;
use crate::model::{MemberInfo, Shape, TypeBody};

/// How deep a sample goes; what lies deeper is left empty.
const DEPTH_MAX: usize = 3;

/// Names and values, as JSON.
pub(super) type Sample = Vec<(&'static str, String)>;

/// The arguments that a method has to be given, but for the one that is the body.
pub(super) fn arguments(endpoint: &Endpoint) -> Sample {
    let mut given = members_of(endpoint.args().map_or(&[], |args| args.members), 0);
    given.retain(|(name, _)| Some(*name) != endpoint.body());
    given
}

/// The body, where one argument is all of it.
pub(super) fn body(endpoint: &Endpoint) -> Option<String> {
    let name = endpoint.body()?;
    let body = endpoint.args()?.members.iter().find(|member| member.name == name)?;
    Some(value(&body.shape?(), name, 0))
}

/// A sample as an object.
pub(super) fn object(sample: Sample) -> String {
    let fields = sample.into_iter().map(|(name, value)| format!("\"{name}\": {value}"));
    format!("{{{}}}", fields.collect::<Vec<_>>().join(", "))
}

fn members_of(members: &[MemberInfo], depth: usize) -> Sample {
    let wanted = members.iter().filter(|member| !member.flags.optional && !member.flags.internal);
    let values = wanted.filter_map(|member| {
        let shape = member.shape?();
        (!matches!(shape, Shape::Option(_))).then(|| (member.name, value(&shape, member.name, depth)))
    });
    values.collect()
}

/// A value of this shape, as JSON.
fn value(shape: &Shape, name: &str, depth: usize) -> String {
    match shape {
        Shape::Scalar(scalar) => scalar_value(scalar, name),
        Shape::Id(_) => "1".to_owned(),
        Shape::Uid(_) => "\"017f22e2-79b0-7cc3-98c4-dc0c0c07398f\"".to_owned(),
        Shape::Secret(inner) => value(inner, name, depth),
        Shape::Option(_) => "null".to_owned(),
        Shape::List(_) | Shape::Set(_) => "[]".to_owned(),
        Shape::Array(inner, length) => list(std::iter::repeat_n(&**inner, *length), name, depth),
        Shape::Tuple(parts) => list(parts.iter(), name, depth),
        Shape::Map(..) => "{}".to_owned(),
        Shape::Named(_) if depth >= DEPTH_MAX => "{}".to_owned(),
        Shape::Named(info) => {
            let mut shapes = info().members.iter().filter_map(|member| member.shape).map(|shape| shape());
            match info().body {
                TypeBody::Record => object(members_of(info().members, depth + 1)),
                TypeBody::Tuple => list(shapes.collect::<Vec<_>>().iter(), name, depth + 1),
                TypeBody::Transparent => {
                    shapes.next().map_or_else(String::new, |one| value(&one, name, depth + 1))
                }
                TypeBody::Choice => {
                    let first = info().members.first().map_or("", |variant| variant.name);
                    format!("\"{first}\"")
                }
            }
        }
    }
}

fn list<'s>(shapes: impl Iterator<Item = &'s Shape>, name: &str, depth: usize) -> String {
    let values: Vec<_> = shapes.map(|shape| value(shape, name, depth)).collect();
    format!("[{}]", values.join(", "))
}

fn scalar_value(scalar: &str, name: &str) -> String {
    let json = match scalar {
        "bool" => "false",
        "bytes" => "\"AAEC\"",
        "char" => "\"a\"",
        "decimal" => "\"1.50\"",
        "duration" => "\"PT1M30S\"",
        "f32" | "f64" => "1.5",
        "json" => "{}",
        "rank" => "\"a0\"",
        "text" => return format!("\"{name}\""),
        "time" => "\"2030-01-01T00:00:00Z\"",
        "u128" | "i128" => "\"1\"",
        "unit" => "null",
        "uuid" => "\"919108f7-52d1-4320-9bac-f847db4148a8\"",
        _ => "1",
    };
    json.to_owned()
}
