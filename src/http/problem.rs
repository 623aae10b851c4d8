//! Problem documents (RFC 9457).

use crate::codec::json::Writer;
use crate::error::FieldError;

/// The document. `detail` and `errors` are left out when they are empty.
pub(super) fn document(
    status: u16,
    problem: &str,
    title: &str,
    detail: &str,
    fields: &[FieldError],
) -> Vec<u8> {
    let mut json = Writer::new();
    json.begin_object();
    json.key("type");
    json.str(problem);
    json.key("title");
    json.str(title);
    json.key("status");
    json.u64(u64::from(status));
    if !detail.is_empty() {
        json.key("detail");
        json.str(detail);
    }
    if !fields.is_empty() {
        json.key("errors");
        json.begin_array();
        for FieldError { field, detail } in fields {
            json.element();
            json.begin_object();
            json.key("field");
            json.str(field);
            json.key("detail");
            json.str(detail);
            json.end_object();
        }
        json.end_array();
    }
    json.end_object();
    json.into_bytes()
}
