//! Problem documents (RFC 9457), written by hand: five members whose order stays.

use crate::error::FieldError;

/// The document. `detail` and `errors` are left out when they are empty.
pub(super) fn document(
    status: u16,
    problem: &str,
    title: &str,
    detail: &str,
    fields: &[FieldError],
) -> Vec<u8> {
    let mut out = Vec::with_capacity(160);
    out.extend_from_slice(b"{\"type\":");
    text(&mut out, problem);
    out.extend_from_slice(b",\"title\":");
    text(&mut out, title);
    out.extend_from_slice(b",\"status\":");
    out.extend_from_slice(status.to_string().as_bytes());
    if !detail.is_empty() {
        out.extend_from_slice(b",\"detail\":");
        text(&mut out, detail);
    }
    for (n, FieldError { field, detail }) in fields.iter().enumerate() {
        out.extend_from_slice(if n == 0 { b",\"errors\":[{\"field\":" } else { b",{\"field\":" });
        text(&mut out, field);
        out.extend_from_slice(b",\"detail\":");
        text(&mut out, detail);
        out.push(b'}');
    }
    out.extend_from_slice(if fields.is_empty() { b"}" } else { b"]}" });
    out
}

/// A JSON string (RFC 8259, section 7).
fn text(out: &mut Vec<u8>, text: &str) {
    out.push(b'"');
    for byte in text.bytes() {
        match byte {
            b'"' => out.extend_from_slice(b"\\\""),
            b'\\' => out.extend_from_slice(b"\\\\"),
            b'\n' => out.extend_from_slice(b"\\n"),
            b'\r' => out.extend_from_slice(b"\\r"),
            b'\t' => out.extend_from_slice(b"\\t"),
            0..0x20 => {
                let digit = |value: u8| {
                    if value < 10 { b'0' | value } else { b'a'.saturating_add(value & 7).saturating_sub(2) }
                };
                out.extend_from_slice(&[b'\\', b'u', b'0', b'0', digit(byte >> 4), digit(byte & 15)]);
            }
            _ => out.push(byte),
        }
    }
    out.push(b'"');
}
