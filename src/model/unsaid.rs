//! Encoded arguments without what is secret, for the journal: what is never written cannot leak.

use super::registry::collect_types;
use super::{MemberInfo, Shape, TypeBody, TypeInfo};
use crate::codec::binary::{Major, Malformed, Numbers, Reader, Writer};

/// Is anything secret in a value of this type, at any depth?
#[must_use]
pub fn has_secrets(info: &'static TypeInfo) -> bool {
    let mut types = Vec::new();
    collect_types(info, &mut types);
    types.iter().flat_map(|info| info.members).any(is_secret)
}

/// Is a member flagged, or is there a `Secret` in its own shape?
fn is_secret(member: &MemberInfo) -> bool {
    member.flags.secret || member.shape.is_some_and(|shape| holds_secret(&shape()))
}

fn holds_secret(shape: &Shape) -> bool {
    match shape {
        Shape::Secret(_) => true,
        Shape::Scalar(_) | Shape::Id(_) | Shape::Uid(_) | Shape::Named(_) => false,
        Shape::Option(inner) | Shape::List(inner) | Shape::Set(inner) | Shape::Array(inner, _) => {
            holds_secret(inner)
        }
        Shape::Tuple(parts) => parts.iter().any(holds_secret),
        Shape::Map(key, value) => holds_secret(key) || holds_secret(value),
    }
}

/// An encoded value of this type without its secrets: a flagged member is left out, a `Secret` is null. What comes out can
/// be shown, and not be read back as the type.
///
/// # Errors
/// When the bytes are no such value.
pub fn without_secrets(
    info: &'static TypeInfo,
    encoded: &[u8],
    numbers: &Numbers,
) -> Result<Vec<u8>, Malformed> {
    let mut out = Vec::with_capacity(encoded.len());
    let mut r = Reader::new(encoded, numbers);
    named(info, &mut r, &mut Writer::new(&mut out, numbers))?;
    r.end()?;
    Ok(out)
}

/// The depth is that of the value, which was read from a document of limited depth.
fn value(shape: &Shape, r: &mut Reader<'_>, w: &mut Writer<'_>) -> Result<(), Malformed> {
    match shape {
        Shape::Scalar(_) | Shape::Id(_) | Shape::Uid(_) => w.raw(r.raw()?),
        Shape::Secret(_) => {
            r.skip()?;
            w.null();
        }
        Shape::Option(_) if r.null() => w.null(),
        Shape::Option(inner) => {
            if r.is_wrapped_null() {
                r.array(1)?;
                w.array(1);
            }
            value(inner, r, w)?;
        }
        Shape::List(inner) | Shape::Set(inner) | Shape::Array(inner, _) => {
            let length = r.list()?;
            w.array(length);
            for _ in 0..length {
                value(inner, r, w)?;
            }
        }
        Shape::Tuple(parts) => {
            r.array(parts.len())?;
            w.array(parts.len());
            for part in parts {
                value(part, r, w)?;
            }
        }
        Shape::Map(key, inner) => {
            let length = r.map()?;
            w.map(length);
            for _ in 0..length {
                value(key, r, w)?;
                value(inner, r, w)?;
            }
        }
        Shape::Named(info) => named(info(), r, w)?,
    }
    Ok(())
}

fn named(info: &'static TypeInfo, r: &mut Reader<'_>, w: &mut Writer<'_>) -> Result<(), Malformed> {
    let shapes = || info.members.iter().filter_map(|member| member.shape);
    match info.body {
        TypeBody::Record => record(info, r, w),
        TypeBody::Tuple => value(&Shape::Tuple(shapes().map(|shape| shape()).collect()), r, w),
        TypeBody::Transparent => match shapes().next() {
            Some(shape) => value(&shape(), r, w),
            None => Err(r.malformed("a type around one value")),
        },
        TypeBody::Choice if r.peek() == Some(Major::Array) => {
            r.array(2)?;
            w.array(2);
            w.uint(r.uint()?);
            record(info, r, w)
        }
        TypeBody::Choice => {
            w.uint(r.uint()?);
            Ok(())
        }
    }
}

/// The fields that are no secret, and before them how many that are.
fn record(info: &'static TypeInfo, r: &mut Reader<'_>, w: &mut Writer<'_>) -> Result<(), Malformed> {
    let mut kept = Vec::new();
    for _ in 0..r.map()? {
        let number = r.uint()?;
        let start = r.clone();
        r.skip()?;
        let member = info.members.get(start.numbers().position(info.slot, number));
        let shape = member.and_then(|member| member.shape).ok_or_else(|| start.malformed("a known field"))?;
        if !member.is_some_and(|member| member.flags.secret) {
            kept.push((number, shape(), start));
        }
    }
    w.map(kept.len());
    for (number, shape, mut start) in kept {
        w.uint(number);
        value(&shape, &mut start, w)?;
    }
    Ok(())
}
