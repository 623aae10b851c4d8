//! One method of an `#[Api]`: what it is, what it takes, and its row in the table of methods.

use crate::api::Prefix;
use crate::attribute::{Attribute, docs};
use crate::emit::{fill, text};
use crate::error::Errors;
use crate::generics::Generics;
use crate::method::{Method, Param, Receiver, Reference};
use crate::names;
use crate::route::{CALL, Route, VERBS, route, verb_names};
use crate::rules::{ALL, Place, rules};
use proc_macro::{Group, Ident, Span, TokenStream, TokenTree};

/// A method that can be called from outside.
pub(crate) struct Operation {
    /// Its name without `r#`.
    name: String,
    ident: Ident,
    docs: String,
    /// The `#[cfg]`s on it.
    conditions: TokenStream,
    kind: Kind,
    takes_self: bool,
    route: Option<Route>,
    /// Everything between the parentheses behind the receiver.
    inputs: Vec<Input>,
    answer: TokenStream,
    /// The name of its arguments in schemas.
    schema: String,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Query,
    Command,
    Task,
    Plain,
}

enum Input {
    /// The view, the transaction or the store.
    Handle,
    Caller,
    Request,
    Value(Value),
}

struct Value {
    attributes: TokenStream,
    conditions: TokenStream,
    name: Ident,
    wire: String,
    ty: TokenStream,
}

/// Reads a method; `None` when it cannot be called as it stands, which has been said then.
pub(crate) fn operation(
    method: &Method,
    prefix: &Prefix,
    generics: &Generics,
    errors: &mut Errors,
) -> Option<Operation> {
    let mut found = Errors::default();
    let route = verb(method, errors);
    shape(method, &mut found);
    let kind = kind(method);
    let inputs: Vec<Input> = method
        .params
        .iter()
        .enumerate()
        .filter_map(|(n, param)| input(n, param, generics, &mut found))
        .collect();
    let name = names::plain(&method.name);
    let is_sound = found.is_empty();
    if let Some(route) = &route {
        fits(method, route, kind, prefix, &inputs, &mut found);
    }
    let is_callable = is_sound && (found.is_empty() || kind != Kind::Command);
    errors.append(found);
    let conditions = method.attributes.iter().filter(|attribute| attribute.is_condition());
    is_callable.then(|| Operation {
        schema: format!("{}.{name}", prefix.name),
        name,
        ident: method.name.clone(),
        docs: docs(&method.attributes),
        conditions: conditions.map(|attribute| attribute.tokens.clone()).collect(),
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
    let plain = names::plain(name);
    let wire = rename.map_or_else(|| plain.trim_start_matches('_').to_owned(), |(rename, _)| rename);
    let ours = param
        .attributes
        .iter()
        .filter(|attribute| ALL.iter().any(|known| attribute.is(known)) || attribute.is("doc"));
    let conditions = param.attributes.iter().filter(|attribute| attribute.is_condition());
    Some(Input::Value(Value {
        attributes: ours.map(|attribute| attribute.tokens.clone()).collect(),
        conditions: conditions.map(|attribute| attribute.tokens.clone()).collect(),
        name: name.clone(),
        wire,
        ty: param.ty.clone(),
    }))
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

/// Complains where the route and the arguments do not fit together.
fn fits(method: &Method, route: &Route, kind: Kind, prefix: &Prefix, inputs: &[Input], errors: &mut Errors) {
    if let (Kind::Command, "get", Some(first)) = (kind, route.word, method.params.first()) {
        let message = "a GET cannot change the state: take `&View`, or use `#[post]`";
        errors.over(&first.ty, method.name.span(), message);
    }
    if let (Some(span), Kind::Query | Kind::Plain) = (route.without_arguments, kind) {
        errors.at(span, "`journal` is about commands and tasks: this method leaves nothing in the journal");
    }
    let values = || inputs.iter().filter_map(Input::value);
    for parameter in &route.parameters {
        if prefix.parameters.contains(parameter) {
            errors.at(
                route.span,
                format!("the route parameter `{parameter}` stands in the path of `#[Api]` already"),
            );
        } else if !values().any(|value| value.wire == *parameter) {
            errors.at(
                route.span,
                no_argument(parameter, method, values().map(|value| value.wire.as_str()).collect()),
            );
        }
    }
    for parameter in prefix.parameters.iter().filter(|name| !values().any(|value| value.wire == **name)) {
        errors.at(method.name.span(), no_argument(parameter, method, Vec::new()));
    }
    body_fits(method, route, prefix, inputs, errors);
}

fn no_argument(parameter: &str, method: &Method, known: Vec<&str>) -> String {
    let nearest = names::nearest(parameter, &known).map(|near| format!("; did you mean `{{{near}}}`?"));
    let name = &method.name;
    let nearest = nearest.unwrap_or_else(|| format!(": `fn {name}(.., {parameter}: Id<..>)`"));
    format!("route parameter `{parameter}` has no argument{nearest}")
}

fn body_fits(method: &Method, route: &Route, prefix: &Prefix, inputs: &[Input], errors: &mut Errors) {
    let mut bodies = inputs.iter().filter_map(Input::value).filter(|value| value.wire == "body");
    let Some(body) = bodies.next() else { return };
    if route.word == "get" {
        errors.at(body.name.span(), "a GET has no body: take the fields as arguments, or use `#[post]`");
        return;
    }
    for second in bodies {
        errors.at(second.name.span(), "two arguments are called `body`");
    }
    let is_in_path = |name: &String| route.parameters.contains(name) || prefix.parameters.contains(name);
    for value in inputs
        .iter()
        .filter_map(Input::value)
        .filter(|value| value.wire != "body" && !is_in_path(&value.wire))
    {
        let (name, verb) = (&value.wire, route.word);
        let message = format!(
            "`body` is the whole body, so there is no place for `{name}`: make it a field of the body, or a route parameter: `#[{verb}(\"../{{{name}}}\")]`"
        );
        errors.at(value.name.span(), message);
    }
    let _ = method;
}

impl Input {
    fn value(&self) -> Option<&Value> {
        match self {
            Self::Value(value) => Some(value),
            Self::Handle | Self::Caller | Self::Request => None,
        }
    }
}

impl Operation {
    fn values(&self) -> impl Iterator<Item = &Value> {
        self.inputs.iter().filter_map(Input::value)
    }

    /// The name of the struct of its arguments.
    fn struct_name(&self) -> TokenStream {
        TokenTree::from(Ident::new(&format!("__Arguments_{}", self.name), Span::mixed_site())).into()
    }

    /// The struct of its arguments, a `#[Data]` of its own; nothing when it has none.
    pub(crate) fn arguments(&self, owner: &TokenStream) -> TokenStream {
        if self.values().next().is_none() {
            return TokenStream::new();
        }
        let fields = self.values().map(|value| {
            let parts = [
                ("conditions", value.conditions.clone()),
                ("attributes", value.attributes.clone()),
                ("rename", value.rename()),
                ("name", TokenTree::from(value.name.clone()).into()),
                ("ty", without_self(value.ty.clone(), owner)),
            ];
            fill("$conditions $attributes $rename $name: $ty,", &parts)
        });
        let parts = [
            ("conditions", self.conditions.clone()),
            ("schema", text(&self.schema)),
            ("struct", self.struct_name()),
            ("fields", fields.collect()),
        ];
        fill(
            "$conditions
            #[allow(non_camel_case_types)]
            #[derive($x::DataDerive)]
            #[data(name = $schema)]
            struct $struct { $fields }",
            &parts,
        )
    }

    /// Its entry in the table.
    pub(crate) fn row(&self) -> TokenStream {
        let none = || fill("$None", &[]);
        let some = |tokens: TokenStream| fill("$Some($it)", &[("it", tokens)]);
        let route = self.route.as_ref();
        let has_arguments = self.values().next().is_some();
        let info = fill("$x::type_info::<$struct>", &[("struct", self.struct_name())]);
        let body = self.values().find(|value| value.wire == "body" && route.is_some());
        let status = route.and_then(|route| route.status).map(|status| number(status));
        let journal = route.is_none_or(|route| route.without_arguments.is_none());
        let parts = [
            ("conditions", self.conditions.clone()),
            ("name", text(&self.name)),
            ("docs", text(&self.docs)),
            ("verb", route.map_or_else(none, |route| some(fill(&format!("$x::Verb::{}", route.verb), &[])))),
            ("path", text(route.map_or("", |route| &route.path))),
            ("status", status.map_or_else(none, some)),
            ("kind", fill(&format!("$x::Kind::{}", self.kind.variant()), &[])),
            ("args", if has_arguments { some(info) } else { none() }),
            ("body", body.map_or_else(none, |value| some(text(&value.wire)))),
            ("journal_args", crate::emit::truth(journal)),
            ("run", self.run(has_arguments)),
        ];
        fill(
            "$conditions
            $x::Method {
                name: $name,
                docs: $docs,
                verb: $verb,
                path: $path,
                status: $status,
                kind: $kind,
                args: $args,
                body: $body,
                journal_args: $journal_args,
                run: $run,
            },",
            &parts,
        )
    }

    /// The function that takes the arguments from a call, calls the method, and hands on its answer.
    fn run(&self, has_arguments: bool) -> TokenStream {
        let template = if has_arguments { "let args = $x::Call::args::<$struct>(call)?;" } else { "" };
        let arguments = fill(template, &[("struct", self.struct_name())]);
        let api = if self.takes_self { "api" } else { "_api" };
        let about = if self.inputs.iter().any(|input| matches!(input, Input::Caller | Input::Request)) {
            "about"
        } else {
            "_about"
        };
        let call = match self.kind {
            Kind::Query => "$x::Call::query(call, |handle, $about, out| out.answer($answer))",
            Kind::Command => "$x::Call::command(call, |handle, $about, out| out.answer($answer))",
            Kind::Task => "$x::Call::task(call, |handle, $about, out| out.answer($answer))",
            Kind::Plain => "$x::Call::plain(call, |$about, out| out.answer($answer))",
        };
        let call = fill(call, &[("about", fill(about, &[])), ("answer", self.answer())]);
        fill(
            "|$api: &Self, call: &mut $x::Call<'_>| -> ::core::result::Result<(), $x::Error> { $arguments $call }",
            &[("api", fill(api, &[])), ("arguments", arguments), ("call", call)],
        )
    }

    /// `Self::add(handle, args.title)`, with the place of the type that it answers, so that a type that cannot be an
    /// answer is underlined there.
    fn answer(&self) -> TokenStream {
        let mut spans = self.answer.clone().into_iter().map(|token| token.span());
        let first = spans.next().unwrap_or_else(|| self.ident.span());
        let last = spans.last().unwrap_or(first);
        let mut inputs = TokenStream::new();
        if self.takes_self {
            inputs.extend(fill("api,", &[]));
        }
        for input in &self.inputs {
            inputs.extend(match input {
                Input::Handle => fill("handle,", &[]),
                Input::Caller => fill("about.caller(),", &[]),
                Input::Request => fill("about.request(),", &[]),
                Input::Value(value) => {
                    let name = TokenTree::from(value.name.clone()).into();
                    fill(
                        "$conditions args.$name,",
                        &[("conditions", value.conditions.clone()), ("name", name)],
                    )
                }
            });
        }
        let mut inputs = Group::new(proc_macro::Delimiter::Parenthesis, inputs);
        inputs.set_span(last);
        let mut name = self.ident.clone();
        name.set_span(name.span().located_at(first));
        let owner = TokenTree::from(Ident::new("Self", first)).into();
        fill(
            "$owner::$name $inputs",
            &[
                ("owner", owner),
                ("name", TokenTree::from(name).into()),
                ("inputs", TokenTree::from(inputs).into()),
            ],
        )
    }
}

impl Value {
    /// `#[rename("title")]` of `_title`.
    fn rename(&self) -> TokenStream {
        if names::plain(&self.name) == self.wire || !names::plain(&self.name).starts_with('_') {
            return TokenStream::new();
        }
        if crate::attribute::mentions(self.attributes.clone(), &["rename"]) {
            return TokenStream::new();
        }
        fill("#[rename($wire)]", &[("wire", text(&self.wire))])
    }
}

impl Kind {
    fn variant(self) -> &'static str {
        match self {
            Self::Query => "Query",
            Self::Command => "Command",
            Self::Task => "Task",
            Self::Plain => "Plain",
        }
    }
}

fn number(status: u64) -> TokenStream {
    crate::emit::number(usize::try_from(status).unwrap_or(200))
}

/// The type with the impl's own type in place of `Self`, which would mean the struct of the arguments.
fn without_self(ty: TokenStream, owner: &TokenStream) -> TokenStream {
    let replaced = ty.into_iter().flat_map(|token| -> TokenStream {
        match token {
            TokenTree::Ident(word) if crate::cursor::is_word(&word, "Self") => owner.clone(),
            TokenTree::Group(group) => {
                let mut inside = Group::new(group.delimiter(), without_self(group.stream(), owner));
                inside.set_span(group.span());
                TokenTree::from(inside).into()
            }
            other => other.into(),
        }
    });
    replaced.collect()
}
