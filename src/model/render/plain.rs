//! Values that are shown without a shape, or not at all.

use super::DEPTH_MAX;
use crate::codec::base64;
use crate::codec::binary::{Major, Malformed, Reader};
use crate::codec::json::Writer;
use crate::model::TAG_SECRET;

/// Null in place of a value.
pub(super) fn secret(r: &mut Reader<'_>, w: &mut Writer) -> Result<(), Malformed> {
    r.skip()?;
    w.null();
    Ok(())
}

/// A list of so many elements, each read and written by a function that is given its position.
pub(super) fn list(
    count: usize,
    r: &mut Reader<'_>,
    w: &mut Writer,
    mut element: impl FnMut(usize, &mut Reader<'_>, &mut Writer) -> Result<(), Malformed>,
) -> Result<(), Malformed> {
    w.begin_array();
    for n in 0..count {
        w.element();
        element(n, r, w)?;
    }
    w.end_array();
    Ok(())
}

/// The key of an object: text as it is, everything else as the text of its JSON.
pub(super) fn map_key(w: &mut Writer, json: &[u8]) {
    if json.first() != Some(&b'"') {
        return w.key(&String::from_utf8_lossy(json));
    }
    if w.bytes().last() != Some(&b'{') {
        w.raw(b",");
    }
    w.raw(json);
    w.raw(b":");
}

/// CBOR as it reads, without knowing what it stands for.
pub(super) fn plain(r: &mut Reader<'_>, w: &mut Writer, depth: usize) -> Result<(), Malformed> {
    if depth > DEPTH_MAX {
        return Err(r.malformed("a value that is less deep"));
    }
    match r.peek() {
        Some(Major::Unsigned) => w.u64(r.uint()?),
        Some(Major::Negative) => {
            let number = r.int_wide()?;
            match i64::try_from(number) {
                Ok(number) => w.i64(number),
                Err(_) => w.i128(number),
            }
        }
        Some(Major::Bytes) => w.str(&base64::encode(r.bytes()?)),
        Some(Major::Text) => w.str(r.text()?),
        Some(Major::Array) => list(r.list()?, r, w, |_, r, w| plain(r, w, depth + 1))?,
        Some(Major::Map) => {
            w.begin_object();
            for _ in 0..r.map()? {
                let mut key = Writer::new();
                plain(r, &mut key, depth + 1)?;
                map_key(w, key.bytes());
                plain(r, w, depth + 1)?;
            }
            w.end_object();
        }
        Some(Major::Tag) => match r.tag()? {
            TAG_SECRET => secret(r, w)?,
            _ => plain(r, w, depth + 1)?,
        },
        Some(Major::Simple) if r.null() => w.null(),
        Some(Major::Simple) => {
            if let Ok(truth) = r.bool() {
                w.bool(truth);
            } else {
                w.f64(r.float()?);
            }
        }
        None => return Err(r.malformed("a value")),
    }
    Ok(())
}
