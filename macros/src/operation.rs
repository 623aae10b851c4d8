//! One method of an `#[Api]`: what it is and what it takes. Most mistakes in a signature are found here.

use crate::api::Prefix;
use crate::attribute::{Attribute, docs};
use crate::error::Errors;
use crate::fit;
use crate::generics::Generics;
use crate::method::{Method, Param, Receiver, Reference};
use crate::names;
use crate::route::{CALL, Route, VERBS, route, verb_names};
use crate::rules::{ALL, Place, rules};
use proc_macro::{Ident, Span, TokenStream, TokenTree};

/// A method that can be called from outside.
pub(crate) struct Operation {
    /// Its name without `r#`.
    pub(crate) name: String,
    pub(crate) ident: Ident,
    pub(crate) docs: String,
    /// The `#[cfg]`s on it.
    pub(crate) conditions: TokenStream,
    pub(crate) kind: Kind,
    pub(crate) takes_self: bool,
    pub(crate) route: Option<Route>,
    /// Everything between the parentheses behind the receiver.
    pub(crate) inputs: Vec<Input>,
    pub(crate) answer: TokenStream,
    /// The name of its arguments in schemas.
    pub(crate) schema: String,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Query,
    Command,
    Task,
    Plain,
}

pub(crate) enum Input {
    /// The view, the transaction or the store.
    Handle,
    Caller,
    Request,
    Value(Value),
}

/// An argument by value.
pub(crate) struct Value {
    pub(crate) attributes: TokenStream,
    pub(crate) conditions: TokenStream,
    pub(crate) name: Ident,
    pub(crate) wire: String,
    pub(crate) ty: TokenStream,
}

/// Reads a method; `None` when it cannot be called as it stands, which has been said then.
pub(crate) fn operation(
    method: &Method,
    prefix: &Prefix,
    generics: &Generics,
    errors: &mut Errors,
) -> Option<Operation> {
    let conditions = method.attributes.iter().filter(|attribute| attribute.is_condition());
    let conditions = conditions.map(|attribute| attribute.tokens.clone()).collect();
    let mut found = Errors::default();
    shape(method, &mut found);
    let inputs = inputs(method, generics, &mut found);
    // What is wrong in its attributes has a default: only a wrong signature keeps it out of the table.
    let is_callable = found.is_empty();
    let kind = kind(method);
    let route = verb(method, &mut found);
    if let Some(route) = &route
        && is_callable
    {
        fit::check(method, route, kind, prefix, &inputs, &mut found);
    }
    errors.append(found, &conditions);
    let name = names::plain(&method.name);
    is_callable.then(|| Operation {
        schema: format!("{}.{name}", prefix.name),
        name,
        ident: method.name.clone(),
        docs: docs(&method.attributes),
        conditions,
        kind,
        takes_self: matches!(method.receiver, Receiver::Shared),
        route,
        inputs,
        answer: method.answer(),
    })
}

/// The verb that a word on a method was a typo for.
pub(crate) fn meant(attribute: &Attribute) -> Option<&'static str> {
    let word = attribute.word()?;
    let is_verb = |verb: &&str| word != **verb && names::distance(&word.to_lowercase(), verb) <= 1;
    let is_known = ["test", "cold", "path", "pub"].contains(&word.as_str());
    verb_names().into_iter().find(is_verb).filter(|_| !is_known)
}

fn verb(method: &Method, errors: &mut Errors) -> Option<Route> {
    let mut found: Option<Route> = None;
    let mut by_name = None;
    for attribute in &method.attributes {
        if let Some(meant) = meant(attribute) {
            let word = attribute.word().unwrap_or_default();
            errors.at(attribute.span, format!("unknown attribute `#[{word}]`; did you mean `#[{meant}]`?"));
        }
        if attribute.is("cfg_attr") && attribute.mentions(&verb_names()) {
            let message = "a verb cannot stand in `cfg_attr`: write the method twice, each with its `#[cfg]`";
            errors.at(attribute.span, message);
        }
        if attribute.is(CALL) {
            attribute.takes_nothing(errors);
            by_name = Some(attribute.span);
        }
        let Some(verb) = VERBS.iter().find(|(word, _)| attribute.is(word)) else { continue };
        match &found {
            Some(first) => {
                let message = format!("a method has one verb, and this one has `#[{}]` already", first.word);
                errors.at(attribute.span, message);
            }
            None => found = Some(route(attribute, *verb, errors)),
        }
    }
    if let (Some(span), Some(_)) = (by_name, &found) {
        errors.at(span, "every method can be called by its name: take `#[call]` away");
    }
    found
}

/// Complains about what no method can be.
fn shape(method: &Method, errors: &mut Errors) {
    for modifier in &method.modifiers {
        let message = match modifier.to_string().as_str() {
            "async" => "methods are plain functions: take `&Store` for work that waits".to_owned(),
            word => format!("methods are plain functions, without `{word}`"),
        };
        errors.at(modifier.span(), message);
    }
    if let Some(span) = method.generic {
        errors.at(span, "a method with type parameters cannot be called from outside: name the types, or move it to another impl block");
    }
    if let Receiver::Wrong(tokens) = &method.receiver {
        let message = "all requests share what was given to `.api(..)`: take `&self`";
        errors.over(tokens, method.name.span(), message);
    }
}

fn kind(method: &Method) -> Kind {
    match method
        .params
        .first()
        .and_then(|param| param.reference.as_ref())
        .map(|reference| reference.name.as_str())
    {
        Some("View") => Kind::Query,
        Some("Tx") => Kind::Command,
        Some("Store") => Kind::Task,
        _ => Kind::Plain,
    }
}

fn inputs(method: &Method, generics: &Generics, errors: &mut Errors) -> Vec<Input> {
    let mut inputs: Vec<Input> = Vec::new();
    for (position, param) in method.params.iter().enumerate() {
        let Some(input) = input(position, param, generics, errors) else { continue };
        let twin =
            |value: &Value| inputs.iter().filter_map(Input::value).any(|other| other.wire == value.wire);
        if let Some(value) = input.value().filter(|value| twin(value)) {
            errors.at(value.name.span(), format!("two arguments are called `{}`", value.wire));
        }
        inputs.push(input);
    }
    inputs
}

fn input(position: usize, param: &Param, generics: &Generics, errors: &mut Errors) -> Option<Input> {
    if let Some(reference) = &param.reference {
        return reference_input(position, param, reference, errors);
    }
    let Some(name) = &param.name else {
        errors.over(&param.pattern, Span::call_site(), "an argument has one name: take it apart in the body");
        return None;
    };
    if param.ty.is_empty() {
        return None;
    }
    if let Some(right) = handle_by_value(position, param) {
        let word = right.trim_start_matches("&mut ").trim_start_matches('&');
        let message = format!(
            "take `{right}`\na type of this program with that name is written with its path: `self::{word}`"
        );
        errors.over(&param.ty, name.span(), message);
        return None;
    }
    if generics.mentioned_in(&param.ty) {
        errors.over(
            &param.ty,
            name.span(),
            "an argument cannot depend on the parameters of the impl: name the type",
        );
        return None;
    }
    if matches!(param.ty.clone().into_iter().next(), Some(TokenTree::Ident(word)) if crate::cursor::is_word(&word, "impl"))
    {
        errors.over(&param.ty, name.span(), "an argument has a type with a name, not `impl`");
        return None;
    }
    // The other mistakes in these attributes are said where the arguments become a struct.
    let rename = rules(&param.attributes, Place::Argument, &mut Errors::default()).rename;
    if let Some((_, span)) = rename.as_ref().filter(|(name, _)| name.starts_with('_')) {
        errors.at(*span, "parameters of the system begin with an underscore: an argument has another name");
    }
    let plain = names::plain(name);
    let wire = rename.map_or_else(|| plain.trim_start_matches('_').to_owned(), |(rename, _)| rename);
    let ours = param.attributes.iter().filter(|attribute| attribute.is("doc") || is_of_argument(attribute));
    let conditions =
        param.attributes.iter().filter(|attribute| attribute.is_condition() && !is_of_argument(attribute));
    Some(Input::Value(Value {
        attributes: ours.map(|attribute| attribute.tokens.clone()).collect(),
        conditions: conditions.map(|attribute| attribute.tokens.clone()).collect(),
        name: name.clone(),
        wire,
        ty: param.ty.clone(),
    }))
}

/// Does the attribute say something of an argument? One under a condition does so on the struct of the arguments.
pub(crate) fn is_of_argument(attribute: &Attribute) -> bool {
    ALL.iter().any(|known| attribute.is(known)) || (attribute.is("cfg_attr") && attribute.mentions(ALL))
}

const REFERENCES: &str = "`&View`, `&mut Tx`, `&Store`, `&Caller` and `&Request`";

fn reference_input(
    position: usize,
    param: &Param,
    reference: &Reference,
    errors: &mut Errors,
) -> Option<Input> {
    let place = param.name.as_ref().map_or_else(Span::call_site, Ident::span);
    let (right, input) = match reference.name.as_str() {
        "View" => ("&View", Input::Handle),
        "Tx" => ("&mut Tx", Input::Handle),
        "Store" => ("&Store", Input::Handle),
        "Caller" => ("&Caller", Input::Caller),
        "Request" => ("&Request", Input::Request),
        "str" => {
            errors.over(&param.ty, place, "an argument comes by value: take `String`");
            return None;
        }
        _ => {
            let message =
                format!("an argument comes by value; the references that a method can take are {REFERENCES}");
            errors.over(&param.ty, place, message);
            return None;
        }
    };
    if reference.mutable != (right == "&mut Tx") {
        errors.over(&param.ty, place, format!("take `{right}`"));
        return None;
    }
    if matches!(input, Input::Handle) && position != 0 {
        errors.over(&param.ty, place, format!("`{right}` says what the method is, so it stands first"));
        return None;
    }
    Some(input)
}

/// The reference that was meant where a method begins with `View`, `Tx` or `Store` alone.
fn handle_by_value(position: usize, param: &Param) -> Option<&'static str> {
    let mut tokens = param.ty.clone().into_iter();
    let (Some(TokenTree::Ident(word)), None, 0) = (tokens.next(), tokens.next(), position) else {
        return None;
    };
    let is = |known: &str| crate::cursor::is_word(&word, known);
    [("View", "&View"), ("Tx", "&mut Tx"), ("Store", "&Store")]
        .into_iter()
        .find_map(|(known, right)| is(known).then_some(right))
}

impl Input {
    /// The argument, if it is one that a caller gives.
    pub(crate) fn value(&self) -> Option<&Value> {
        match self {
            Self::Value(value) => Some(value),
            Self::Handle | Self::Caller | Self::Request => None,
        }
    }
}
