//! Route patterns and what stands in a verb attribute.

use crate::attribute::{Argument, Attribute, Form, arguments, one_literal, one_text};
use crate::error::Errors;
use crate::literal;
use proc_macro::{Literal, Span, TokenStream};

/// The verbs: the attribute, and the variant of `Verb`.
pub(crate) const VERBS: &[(&str, &str)] =
    &[("get", "Get"), ("post", "Post"), ("put", "Put"), ("patch", "Patch"), ("delete", "Delete")];

/// The attribute for methods without a route.
pub(crate) const CALL: &str = "call";

/// What can be the status of an answer: that of an error is the error's.
const STATUSES: std::ops::RangeInclusive<u64> = 200..=299;

/// The statuses whose answers have no body (RFC 9110, sections 15.3.5 and 15.3.6).
const BODILESS: &[u64] = &[204, 205];

/// The names of the verbs.
pub(crate) fn verb_names() -> Vec<&'static str> {
    VERBS.iter().map(|(name, _)| *name).collect()
}

/// `#[post("/", status = 201)]`
pub(crate) struct Route {
    /// The variant of `Verb`.
    pub(crate) verb: &'static str,
    /// The attribute's name.
    pub(crate) word: &'static str,
    pub(crate) path: String,
    /// The names in braces.
    pub(crate) parameters: Vec<String>,
    /// Where to point at the path.
    pub(crate) span: Span,
    pub(crate) status: Option<u64>,
    /// `journal = "changes"`: the arguments are left out of the journal.
    pub(crate) without_arguments: Option<Span>,
}

/// Reads a verb attribute; whatever is wrong in it falls back to `/` and no status.
pub(crate) fn route(attribute: &Attribute, verb: (&'static str, &'static str), errors: &mut Errors) -> Route {
    let (word, verb) = verb;
    let mut route = Route {
        verb,
        word,
        path: "/".to_owned(),
        parameters: Vec::new(),
        span: attribute.span,
        status: None,
        without_arguments: None,
    };
    let list = attribute.list.as_ref();
    let given = list.map(|list| arguments(list.stream(), list.span(), errors)).unwrap_or_default();
    let mut rest = given.iter();
    match given.first().and_then(Argument::text) {
        Some(path) => {
            rest.next();
            route.span = path.span();
            if let Some((path, parameters)) = pattern(&path, errors) {
                route.path = path;
                route.parameters = parameters;
            }
        }
        None => {
            let message = format!("`#[{word}]` begins with its path: `#[{word}(\"/\")]`");
            errors.at(given.first().map_or(attribute.span, |first| first.span), message);
            if given.first().is_some_and(|first| matches!(first.form, Form::Bare | Form::Flag)) {
                rest.next();
            }
        }
    }
    for argument in rest {
        route.argument(argument, errors);
    }
    route
}

impl Route {
    /// Is its answer one without a body?
    pub(crate) fn is_bodiless(&self) -> bool {
        self.status.is_some_and(|status| BODILESS.contains(&status))
    }

    fn argument(&mut self, argument: &Argument, errors: &mut Errors) {
        match (argument.word().as_str(), &argument.form) {
            ("status", _) if self.status.is_some() => errors.at(argument.span, "`status` is given twice"),
            ("status", Form::Value(value)) => self.status = status(value, argument.span, errors),
            ("status", _) => errors.over(&argument.tokens, argument.span, "write `status = 201`"),
            ("journal", _) if self.without_arguments.is_some() => {
                errors.at(argument.span, "`journal` is given twice");
            }
            ("journal", Form::Value(value)) => {
                let text = one_text(value, argument.span).as_ref().and_then(literal::text);
                if text.as_deref() == Some("changes") {
                    self.without_arguments = Some(argument.span);
                } else {
                    let message = "the journal can keep only the changes of a call, without its arguments: `journal = \"changes\"`";
                    errors.over(value, argument.span, message);
                }
            }
            ("journal", _) => errors.over(&argument.tokens, argument.span, "write `journal = \"changes\"`"),
            ("", _) => {
                let message = "after the path come `status = 201` and `journal = \"changes\"`";
                errors.over(&argument.tokens, argument.span, message);
            }
            (word, _) => errors.unknown(argument.span, "argument", word, &["status", "journal"]),
        }
    }
}

fn status(value: &TokenStream, place: Span, errors: &mut Errors) -> Option<u64> {
    let status = one_literal(value, place).as_ref().and_then(literal::number);
    if !status.is_some_and(|status| STATUSES.contains(&status)) {
        let (low, high) = (STATUSES.start(), STATUSES.end());
        let message = format!(
            "the status of an answer that went well is a number from {low} to {high}\n\
             what did not go well is an `Error`, which has its own"
        );
        errors.over(value, place, message);
        return None;
    }
    status
}

/// The pattern and the names in its braces; `None` when it is wrong.
pub(crate) fn pattern(path: &Literal, errors: &mut Errors) -> Option<(String, Vec<String>)> {
    let text = literal::text(path)?;
    let mut wrong = Vec::new();
    let mut names: Vec<String> = Vec::new();
    if !text.is_empty() && !text.starts_with('/') {
        wrong.push(format!("a path begins with a slash: \"/{text}\""));
    }
    let inner = text.trim_start_matches('/').trim_end_matches('/');
    if text.len() > inner.len().saturating_add(2) || inner.contains("//") {
        wrong.push("a segment of this path is empty".to_owned());
    }
    for segment in inner.split('/').filter(|segment| !segment.is_empty()) {
        match parameter(segment) {
            Ok(Some(name)) if names.iter().any(|known| known == name) => {
                wrong.push(format!("the route parameter `{name}` stands twice"));
            }
            Ok(Some(name)) => names.push(name.to_owned()),
            Ok(None) => {}
            Err(message) => wrong.push(message),
        }
    }
    let is_right = wrong.is_empty();
    for message in wrong {
        errors.at(path.span(), message);
    }
    is_right.then_some((text, names))
}

/// Refuses a path that begins where the library's own routes are. `path` is a whole one, or a prefix.
pub(crate) fn keep_out(path: &str, place: Span, errors: &mut Errors) {
    if path.trim_start_matches('/').split('/').next() == Some("_") {
        errors.at(place, "what begins with `/_` is the library's: give this another path");
    }
}

/// The name, if the segment is `{name}`.
fn parameter(segment: &str) -> Result<Option<&str>, String> {
    if let Some(name) = segment.strip_prefix(':') {
        return Err(format!("a route parameter stands in braces: `{{{name}}}`"));
    }
    if let Some(odd) = segment.chars().find(|c| c.is_control() || c.is_whitespace() || "?#%\\*".contains(*c))
    {
        return Err(format!("a path is written plain, and {odd:?} is not part of one"));
    }
    if !segment.contains(['{', '}']) {
        return if matches!(segment, "." | "..") {
            Err("`.` and `..` lead nowhere in a route".to_owned())
        } else {
            Ok(None)
        };
    }
    let name = segment
        .strip_prefix('{')
        .and_then(|rest| rest.strip_suffix('}'))
        .filter(|name| !name.contains(['{', '}']));
    match name {
        Some("") => Err("a route parameter needs a name: `{id}`".to_owned()),
        Some(name) if name.chars().all(|c| c.is_alphanumeric() || c == '_') => Ok(Some(name)),
        Some(name) => Err(format!("a route parameter is the name of an argument, which `{name}` cannot be")),
        None => Err(format!("a route parameter is a whole segment, `{{name}}`; `{segment}` is not")),
    }
}
