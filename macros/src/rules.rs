//! What the attributes on a field, a variant or an argument say.

use crate::attribute::{Argument, Attribute, Form, arguments, one_literal, one_text};
use crate::error::Errors;
use crate::literal;
use crate::range;
use proc_macro::{Span, TokenStream};
use std::fmt::{self, Display, Formatter};

/// Where an attribute stands. Not every attribute makes sense everywhere.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    ModelField,
    DataField,
    TupleField,
    Variant,
    Argument,
}

/// Every attribute of ours that can stand inside an item.
pub(crate) const ALL: &[&str] = &[
    "key",
    "index",
    "unique",
    "check",
    "default",
    "was",
    "rename",
    "secret",
    "auto",
    "fixed",
    "internal",
    "on_remove",
    "loose",
];

/// The rules that `#[check(..)]` knows.
const CHECKS: &[&str] = &["length", "range", "with"];

impl Place {
    fn allows(self) -> &'static [&'static str] {
        match self {
            Self::ModelField => ALL,
            Self::DataField => &["check", "default", "was", "rename", "secret", "internal"],
            Self::TupleField => &["check"],
            Self::Variant => &["rename", "was"],
            Self::Argument => &["check", "default", "rename", "secret"],
        }
    }

    fn refuses(self, attribute: &str) -> String {
        let why = match self {
            Self::DataField | Self::TupleField if !Self::DataField.allows().contains(&attribute) => {
                "belongs to the fields of a `#[Model]`"
            }
            Self::ModelField | Self::DataField => "does not belong here",
            Self::TupleField => "belongs to fields that have a name",
            Self::Variant => "does not belong on a variant",
            Self::Argument => "does not belong on an argument",
        };
        let allowed = self.allows().join("]`, `#[");
        format!("`#[{attribute}]` {why}\nhere can stand: `#[{allowed}]`")
    }
}

/// What was said of one field, variant or argument.
#[derive(Default)]
pub(crate) struct Rules {
    pub(crate) key: Option<Span>,
    pub(crate) index: Option<Span>,
    pub(crate) unique: Option<Span>,
    pub(crate) checks: Vec<Check>,
    pub(crate) default: Option<Fallback>,
    pub(crate) was: Vec<(String, Span)>,
    pub(crate) rename: Option<(String, Span)>,
    pub(crate) secret: bool,
    /// The variant of `Auto`.
    pub(crate) auto: Option<&'static str>,
    pub(crate) fixed: bool,
    pub(crate) internal: bool,
    /// The variant of `OnRemove`.
    pub(crate) on_remove: Option<&'static str>,
    pub(crate) loose: Option<Span>,
}

pub(crate) enum Check {
    Length(TokenStream),
    Range(TokenStream),
    With(TokenStream),
}

impl Display for Check {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Length(range) => write!(f, "length = {range}"),
            Self::Range(range) => write!(f, "range = {range}"),
            Self::With(path) => write!(f, "with = {path}"),
        }
    }
}

/// What a field is when a body leaves it out.
pub(crate) enum Fallback {
    /// What the type itself says.
    OfType,
    /// A string literal, to be turned into the type.
    Text(TokenStream),
    Expression(TokenStream),
}

/// Reads ours among the attributes; others are not looked at.
pub(crate) fn rules(attributes: &[Attribute], place: Place, errors: &mut Errors) -> Rules {
    let mut rules = Rules::default();
    let mut seen: Vec<&str> = Vec::new();
    for attribute in attributes {
        let Some(name) = ALL.iter().copied().find(|known| attribute.is(known)) else { continue };
        let is_std_default = name == "default" && place == Place::Variant && attribute.list.is_none();
        if is_std_default {
            continue;
        }
        if !place.allows().contains(&name) {
            errors.at(attribute.span, place.refuses(name));
            continue;
        }
        if seen.contains(&name) && name != "check" && name != "was" {
            errors.at(attribute.span, format!("`#[{name}]` is given twice"));
            continue;
        }
        seen.push(name);
        rules.read(name, attribute, errors);
    }
    rules.agree(attributes, errors);
    rules
}

impl Rules {
    fn read(&mut self, name: &str, attribute: &Attribute, errors: &mut Errors) {
        match name {
            "check" => self.checks(attribute, errors),
            "default" => self.default = default(attribute, errors),
            "was" => self.was.extend(name_argument(attribute, errors).map(|name| (name, attribute.span))),
            "rename" => self.rename = name_argument(attribute, errors).map(|name| (name, attribute.span)),
            "auto" => {
                let known = [("created", "Created"), ("updated", "Updated"), ("caller", "Caller")];
                self.auto = one_word(attribute, &known, errors);
            }
            "on_remove" => {
                let known = [("refuse", "Refuse"), ("cascade", "Cascade"), ("clear", "Clear")];
                self.on_remove = one_word(attribute, &known, errors);
            }
            flag => {
                attribute.takes_nothing(errors);
                self.flag(flag, attribute.span);
            }
        }
    }

    fn flag(&mut self, name: &str, span: Span) {
        match name {
            "key" => self.key = Some(span),
            "index" => self.index = Some(span),
            "unique" => self.unique = Some(span),
            "secret" => self.secret = true,
            "fixed" => self.fixed = true,
            "internal" => self.internal = true,
            _ => self.loose = Some(span),
        }
    }

    fn checks(&mut self, attribute: &Attribute, errors: &mut Errors) {
        let Some(list) = attribute.list.as_ref().filter(|list| !list.stream().is_empty()) else {
            errors.at(attribute.span, "`#[check]` needs a rule: `#[check(length = 1..=200)]`");
            return;
        };
        let mut seen: Vec<String> = Vec::new();
        for argument in arguments(list.stream(), list.span(), errors) {
            let word = argument.word();
            if seen.contains(&word) {
                errors.at(argument.span, format!("`{word}` is given twice"));
                continue;
            }
            self.checks.extend(check(&argument, errors));
            seen.push(word);
        }
    }

    /// Complains about attributes that contradict each other.
    fn agree(&self, attributes: &[Attribute], errors: &mut Errors) {
        for span in [self.index, self.unique].into_iter().flatten().filter(|_| self.key.is_some()) {
            errors.at(span, "a key is unique and indexed as it is: take this attribute away");
        }
        if let (None, Some(span), Some(_)) = (self.key, self.index, self.unique) {
            errors.at(span, "`#[unique]` is an index already: take `#[index]` away");
        }
        if let (Some(span), Some(_)) = (self.loose, self.on_remove) {
            errors.at(
                span,
                "`#[loose]` leaves the reference unchecked, so `#[on_remove]` would never act: take one away",
            );
        }
        let on_remove = attributes.iter().find(|attribute| attribute.is("on_remove"));
        if let (Some(attribute), Some(_), Some("Clear")) = (on_remove, self.key, self.on_remove) {
            errors.at(attribute.span, "a key cannot be cleared: `refuse` or `cascade`");
        }
    }

    /// The checks as they were written.
    pub(crate) fn rule(&self) -> String {
        let checks: Vec<_> = self.checks.iter().map(ToString::to_string).collect();
        checks.join(", ")
    }

    /// Is the value never taken from a body?
    pub(crate) fn is_internal(&self) -> bool {
        self.internal || self.auto.is_some()
    }
}

fn check(argument: &Argument, errors: &mut Errors) -> Option<Check> {
    let word = argument.word();
    let name = argument.name.as_ref().map_or(argument.span, proc_macro::Ident::span);
    if word.is_empty() {
        let known = CHECKS.join("`, `");
        errors.over(
            &argument.tokens,
            argument.span,
            format!("expected a rule like `length = 1..=200`\nknown are: `{known}`"),
        );
        return None;
    }
    if !CHECKS.contains(&word.as_str()) {
        errors.unknown(name, "check", &word, CHECKS);
        return None;
    }
    let form = match word.as_str() {
        "length" => "length = 1..=200",
        "range" => "range = 0..=5",
        _ => "with = path::to::function",
    };
    let Form::Value(value) = &argument.form else {
        errors.over(&argument.tokens, argument.span, format!("write `{form}`"));
        return None;
    };
    if word != "with" && one_literal(value, argument.span).is_some() {
        errors.over(value, argument.span, format!("`{word}` takes a range: `{form}`"));
        return None;
    }
    if word != "with"
        && let Some(why) = range::emptiness(value)
    {
        errors.over(value, argument.span, format!("nothing lies in this range: {why}"));
        return None;
    }
    let value = value.clone();
    Some(match word.as_str() {
        "length" => Check::Length(value),
        "range" => Check::Range(value),
        _ => Check::With(value),
    })
}

fn default(attribute: &Attribute, errors: &mut Errors) -> Option<Fallback> {
    if let Some(value) = &attribute.value {
        errors.over(value, attribute.span, format!("write `#[default({value})]`"));
        return Some(Fallback::OfType);
    }
    let Some(list) = &attribute.list else { return Some(Fallback::OfType) };
    let tokens = list.stream();
    if tokens.is_empty() {
        errors.at(list.span(), "write `#[default]` for the type's own default, or `#[default(expression)]`");
        return Some(Fallback::OfType);
    }
    let is_text = one_text(&tokens, list.span()).is_some();
    Some(if is_text { Fallback::Text(tokens) } else { Fallback::Expression(tokens) })
}

/// Complains about names outside that stand twice among these: a thing's name, where to point at it, and the names
/// that it had before.
pub(crate) fn distinct<'r>(
    what: &str,
    named: impl Iterator<Item = (&'r str, Span, &'r [(String, Span)])> + Clone,
    errors: &mut Errors,
) {
    let mut names: Vec<&str> = Vec::new();
    for (name, span, _) in named.clone() {
        if names.contains(&name) {
            errors.at(span, format!("two {what} are called `{name}`"));
        }
        names.push(name);
    }
    for (was, span) in named.flat_map(|(_, _, was)| was) {
        if names.contains(&was.as_str()) {
            errors.at(*span, format!("two {what} are or were called `{was}`"));
        }
        names.push(was);
    }
}

/// The name in `#[was("old")]`.
fn name_argument(attribute: &Attribute, errors: &mut Errors) -> Option<String> {
    let word = attribute.word().unwrap_or_default();
    let list = attribute.list.as_ref();
    let text = list.and_then(|list| one_text(&list.stream(), list.span())).as_ref().and_then(literal::text);
    match text {
        Some(text) if !text.is_empty() => Some(text),
        _ => {
            let place = list.map_or(attribute.span, proc_macro::Group::span);
            errors.at(place, format!("`#[{word}]` takes one name: `#[{word}(\"name\")]`"));
            None
        }
    }
}

/// The word in `#[auto(created)]`, as what it stands for.
fn one_word(
    attribute: &Attribute,
    known: &[(&str, &'static str)],
    errors: &mut Errors,
) -> Option<&'static str> {
    let name = attribute.word().unwrap_or_default();
    let words: Vec<&str> = known.iter().map(|(word, _)| *word).collect();
    let Some(list) = &attribute.list else {
        errors.at(attribute.span, format!("`#[{name}]` takes one of: `{}`", words.join("`, `")));
        return None;
    };
    let given = arguments(list.stream(), list.span(), errors);
    let (Some(argument), None) = (given.first(), given.get(1)) else {
        errors.at(list.span(), format!("`#[{name}]` takes exactly one of: `{}`", words.join("`, `")));
        return None;
    };
    let word = argument.tokens.to_string();
    let found = known.iter().find(|(known, _)| *known == word).map(|(_, variant)| *variant);
    if found.is_none() {
        errors.unknown(argument.span, "word", &word, &words);
    }
    found
}
