//! Leaving secrets out of what is recorded of a call.

use super::{MemberInfo, ModelInfo, Shape, TypeBody, TypeInfo};
use crate::codec::binary::{Malformed, Numbers, Reader, Writer};

/// Does a value of this type hold a `#[secret]` member, at any depth?
#[must_use]
pub fn holds_secrets(info: &'static TypeInfo) -> bool {
    let mut seen = Vec::new();
    visit(info, &mut seen)
}

impl Shape {
    /// Is there a secret in such a value, at any depth?
    #[must_use]
    pub fn holds_secrets(&self) -> bool {
        inside(self, &mut Vec::new())
    }
}

impl ModelInfo {
    /// Is the field at this position a secret, or does it hold one?
    #[must_use]
    pub fn is_secret(&self, field: usize) -> bool {
        self.info.members.get(field).is_some_and(MemberInfo::hides_secrets)
    }
}

fn visit(info: &'static TypeInfo, seen: &mut Vec<usize>) -> bool {
    if seen.contains(&info.slot.place()) {
        return false;
    }
    seen.push(info.slot.place());
    info.members
        .iter()
        .any(|member| member.flags.secret || member.shape.is_some_and(|shape| inside(&shape(), seen)))
}

fn inside(shape: &Shape, seen: &mut Vec<usize>) -> bool {
    match shape {
        Shape::Scalar(_) | Shape::Id(_) | Shape::Uid(_) => false,
        Shape::Secret(_) => true,
        Shape::Option(inner) | Shape::List(inner) | Shape::Set(inner) | Shape::Array(inner, _) => {
            inside(inner, seen)
        }
        Shape::Tuple(parts) => parts.iter().any(|part| inside(part, seen)),
        Shape::Map(key, value) => inside(key, seen) || inside(value, seen),
        Shape::Named(info) => visit(info(), seen),
    }
}

/// Copies an encoded value of this type without its secret members.
///
/// # Errors
/// When the bytes are not such a value.
pub fn without_secrets(
    info: &'static TypeInfo,
    encoded: &[u8],
    numbers: &Numbers,
    out: &mut Vec<u8>,
) -> Result<(), Malformed> {
    let mut r = Reader::new(encoded, numbers);
    copy_named(info, &mut r, &mut Writer::new(out, numbers))?;
    r.end()
}

fn copy_named(info: &'static TypeInfo, r: &mut Reader<'_>, w: &mut Writer<'_>) -> Result<(), Malformed> {
    match info.body {
        TypeBody::Record => copy_members(info, r, w),
        TypeBody::Tuple | TypeBody::Transparent => {
            let mut members = info.members.iter();
            if info.body == TypeBody::Tuple {
                w.array(r.list()?);
            }
            members.try_for_each(|member| match (member.shape, member.flags.secret) {
                (_, true) => {
                    w.null();
                    r.skip()
                }
                (Some(shape), false) => copy(&shape(), r, w),
                (None, false) => r.skip(),
            })
        }
        TypeBody::Choice => {
            if r.list_ahead() {
                r.array(2)?;
                w.array(2);
                w.uint(r.uint()?);
                return copy_members(info, r, w);
            }
            w.raw(r.raw()?);
            Ok(())
        }
    }
}

fn copy_members(info: &'static TypeInfo, r: &mut Reader<'_>, w: &mut Writer<'_>) -> Result<(), Malformed> {
    let numbers = w.numbers();
    let mut kept = Vec::new();
    for _ in 0..r.map()? {
        let number = r.uint()?;
        match info.members.get(numbers.position(info.slot, number)) {
            Some(member) if !member.flags.secret => {
                let mut value = Vec::new();
                match member.shape {
                    Some(shape) => copy(&shape(), r, &mut Writer::new(&mut value, numbers))?,
                    None => value.extend_from_slice(r.raw()?),
                }
                kept.push((number, value));
            }
            _ => r.skip()?,
        }
    }
    w.map(kept.len());
    for (number, value) in kept {
        w.uint(number);
        w.raw(&value);
    }
    Ok(())
}

fn copy(shape: &Shape, r: &mut Reader<'_>, w: &mut Writer<'_>) -> Result<(), Malformed> {
    if !shape.holds_secrets() {
        w.raw(r.raw()?);
        return Ok(());
    }
    match shape {
        Shape::Named(info) => copy_named(info(), r, w),
        Shape::Option(_) if r.null() => {
            w.null();
            Ok(())
        }
        Shape::Option(inner) => copy(inner, r, w),
        Shape::List(inner) | Shape::Set(inner) | Shape::Array(inner, _) => {
            let length = r.list()?;
            w.array(length);
            (0..length).try_for_each(|_| copy(inner, r, w))
        }
        Shape::Tuple(parts) => {
            w.array(r.list()?);
            parts.iter().try_for_each(|part| copy(part, r, w))
        }
        Shape::Map(key, value) => {
            let length = r.map()?;
            w.map(length);
            (0..length).try_for_each(|_| copy(key, r, w).and_then(|()| copy(value, r, w)))
        }
        Shape::Secret(_) => {
            w.null();
            r.skip()
        }
        Shape::Scalar(_) | Shape::Id(_) | Shape::Uid(_) => {
            w.raw(r.raw()?);
            Ok(())
        }
    }
}
