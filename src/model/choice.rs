//! Reading an enum from JSON: a name, or an object with a name as its only key.

use super::{Shape, TypeInfo, Value};
use crate::codec::json::{Halt, Kind, Reader, Writer, shown_text};
use crate::stdx::nearest::nearest;

/// How many variants an error lists; an enum with more names the nearest one alone.
const LISTED_MAX: usize = 12;

/// Reads a variant. `each` is given its position in `names`, and whether a value comes with it, which it reads.
///
/// # Errors
/// When it is neither a name nor an object of one entry, when the name is none of these, and those of `each`.
pub fn variant<T>(
    r: &mut Reader<'_>,
    names: &'static [&'static str],
    each: &mut dyn FnMut(usize, &mut Reader<'_>, bool) -> Result<T, Halt>,
) -> Result<T, Halt> {
    let position = |name: &str| names.iter().position(|known| *known == name);
    match r.peek()? {
        Kind::String => {
            let name = r.string()?;
            match position(&name) {
                Some(variant) => each(variant, r, false),
                None => Err(r.reject(unknown(&name, names))),
            }
        }
        Kind::Object => {
            let mut found = None;
            let mut first = None;
            r.map(&mut |name, r| {
                if let Some(first) = &first {
                    r.skip()?;
                    return Err(r.reject(format!("a value is one variant, and this one is {first} already")));
                }
                first = Some(shown_text(&name));
                let Some(variant) = position(&name) else {
                    r.skip()?;
                    return Err(r.reject(unknown(&name, names)));
                };
                found = Some(each(variant, r, true)?);
                Ok(())
            })?;
            found.ok_or_else(|| r.reject("expected one variant, found none"))
        }
        Kind::Null | Kind::Bool | Kind::Number | Kind::Array => Err(r.expected(&expected(names))),
    }
}

fn expected(names: &[&str]) -> String {
    if names.len() > LISTED_MAX {
        return "the name of a variant".to_owned();
    }
    format!("one of \"{}\"", names.join("\", \""))
}

fn unknown(name: &str, names: &'static [&'static str]) -> String {
    match nearest(name, names.iter().copied()) {
        Some(near) => format!("expected {}; did you mean \"{near}\"?", expected(names)),
        None => format!("expected {}", expected(names)),
    }
}

/// What a declared type is, for the arguments of a call.
///
/// # Panics
/// When the type is not one that the macros declare.
#[must_use]
pub fn type_info<T: Value>() -> &'static TypeInfo {
    match T::shape() {
        Shape::Named(info) => info(),
        other => unreachable!("arguments are declared by the macros, and {other} is not"),
    }
}

/// What a member is that is left out, as JSON.
#[must_use]
pub fn default_text<T: Value>(default: Option<fn() -> T>) -> String {
    let mut w = Writer::new();
    match default {
        Some(default) => default().write_json(&mut w),
        None => w.null(),
    }
    String::from_utf8_lossy(&w.into_bytes()).into_owned()
}
