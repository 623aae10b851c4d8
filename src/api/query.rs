//! The query string of a request: which pairs are arguments, and what is said of the others.

use super::{Endpoint, Kind, Verb};
use crate::codec::json::{MAX_ERRORS, TextField, key_step};
use crate::error::FieldError;
use crate::model::{MemberInfo, Shape, TypeBody};
use crate::stdx::nearest::nearest;
use std::borrow::Cow;

/// The parameters of the system that rows have.
const PAGE: [&str; 2] = ["_limit", "_after"];

/// A pair, decoded.
pub(super) type Pair<'r> = (Cow<'r, str>, Cow<'r, str>);

/// Puts the pairs that are arguments of this method behind those of its path, `texts`, and gives the others, each with what is
/// wrong with it. What the path has said counts, whatever the query says of it; a method that is given the request may
/// read the rest of the query by itself.
pub(super) fn sort<'p>(
    endpoint: &Endpoint,
    verb: Verb,
    pairs: &'p [Pair<'_>],
    texts: &mut Vec<TextField<'p>>,
) -> Vec<FieldError> {
    let of_path = texts.len();
    let is_argument = |name: &str| arguments(endpoint).any(|member| member.name == name);
    let is_system = |name: &str| name.starts_with('_') && endpoint.kind() == Kind::Query;
    let mut unread: Vec<FieldError> = Vec::new();
    for (name, value) in pairs {
        if texts.iter().take(of_path).any(|(known, _)| known == name) {
            continue;
        }
        if is_system(name) || (verb.reads_query() && is_argument(name)) {
            texts.push((name, Cow::Borrowed(value)));
            continue;
        }
        if endpoint.takes_request() || unread.len() == MAX_ERRORS {
            continue;
        }
        let of_body = is_argument(name) || body_has(endpoint, name);
        // Names of the program are not cut: a field that is missing is found again by its name.
        let field = if of_body { name.clone().into_owned() } else { key_step(name) };
        if unread.iter().any(|fault| fault.field == field) {
            continue;
        }
        let detail = if of_body {
            format!("stands in the query, and {} reads it from the JSON body", verb.method())
        } else {
            unknown(endpoint, name)
        };
        unread.push(FieldError { field, detail });
    }
    unread
}

/// The arguments that a caller gives.
fn arguments(endpoint: &Endpoint) -> impl Iterator<Item = &'static MemberInfo> {
    let members = endpoint.args().map_or(&[][..], |args| args.members);
    members.iter().filter(|member| !member.flags.internal)
}

/// Is this a field of the argument that takes the whole body?
fn body_has(endpoint: &Endpoint, name: &str) -> bool {
    let body = endpoint.body().and_then(|body| arguments(endpoint).find(|member| member.name == body));
    match body.and_then(|body| body.shape).map(|shape| shape()) {
        Some(Shape::Named(info)) if info().body == TypeBody::Record => {
            info().members.iter().any(|member| member.name == name && !member.flags.internal)
        }
        _ => false,
    }
}

fn unknown(endpoint: &Endpoint, name: &str) -> String {
    let arguments: Vec<_> = arguments(endpoint).map(|member| member.name).collect();
    let pages: &[&str] = if endpoint.kind() == Kind::Query { &PAGE } else { &[] };
    let mut words = "unknown, ".to_owned();
    if let Some(near) = nearest(name, arguments.iter().chain(pages).copied()) {
        words.push_str(&format!("the nearest name is `{near}`; "));
    }
    if arguments.is_empty() {
        words.push_str(&format!("{} takes no arguments", endpoint.name()));
    } else {
        words.push_str(&format!("{} takes {}", endpoint.name(), arguments.join(", ")));
    }
    if !pages.is_empty() {
        words.push_str("; rows take _limit and _after as well");
    }
    words
}
