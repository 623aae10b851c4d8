//! What is said of a struct or an enum as a whole: `#[Data(check = path, strict)]`, and the same of a model.

use crate::attribute::{self, Argument, Attribute, Form};
use crate::emit::{fill, fill_over};
use crate::error::Errors;
use crate::rules::ALL;
use proc_macro::TokenStream;

#[derive(Default)]
pub(crate) struct Whole {
    /// A function over the whole value.
    pub(crate) check: Option<TokenStream>,
    /// Are unknown fields of a body refused?
    pub(crate) strict: bool,
}

impl Whole {
    /// Takes `check` and `strict`; of any other argument says that only the known ones exist.
    pub(crate) fn read(&mut self, argument: &Argument, known: &[&str], errors: &mut Errors) {
        let word = argument.word();
        let message = match (word.as_str(), &argument.form) {
            ("check", Form::Value(_)) if self.check.is_some() => "`check` is given twice",
            ("check", Form::Value(path)) => {
                self.check = Some(path.clone());
                return;
            }
            ("check", _) => "write `check = path::to::function`",
            ("strict", Form::Flag) if self.strict => "`strict` is given twice",
            ("strict", Form::Flag) => {
                self.strict = true;
                return;
            }
            ("strict", _) => "write `strict`",
            ("", _) => {
                let message = format!("expected an argument\nknown are: `{}`", known.join("`, `"));
                errors.over(&argument.tokens, argument.span, message);
                return;
            }
            (word, _) => {
                errors.unknown(argument.span, "argument", word, known);
                return;
            }
        };
        errors.over(&argument.tokens, argument.span, message);
    }

    /// The check as it was written.
    pub(crate) fn rule(&self) -> String {
        self.check.as_ref().map(|path| format!("check = {path}")).unwrap_or_default()
    }

    /// Reports what the function over the whole value says.
    pub(crate) fn checked(&self) -> TokenStream {
        let check = self.check.iter().map(|path| {
            let call = fill_over(path, "($path)(value)", &[("path", path.clone())]);
            fill("$x::Report::with(report, self, |value: &Self| $call);", &[("call", call)])
        });
        check.collect()
    }
}

/// The arguments in the attribute of this name.
pub(crate) fn arguments(attributes: &[Attribute], name: &str, errors: &mut Errors) -> Vec<Argument> {
    let lists = attributes
        .iter()
        .filter(|attribute| attribute.is(name))
        .filter_map(|attribute| attribute.list.as_ref());
    lists.flat_map(|list| attribute::arguments(list.stream(), list.span(), errors)).collect()
}

/// Complains about attributes of fields that stand on the whole item.
pub(crate) fn misplaced(attributes: &[Attribute], check: &str, errors: &mut Errors) {
    for attribute in attributes {
        let Some(name) = ALL.iter().find(|name| attribute.is(name)) else { continue };
        let right = match *name {
            "check" => format!("a check over the whole value is `{check}`"),
            "index" | "unique" => format!("over several fields it is `#[Model({name}(a, b))]`"),
            "was" if check.starts_with("#[Model") => {
                "the name that a model had before is `#[Model(was = \"Name\")]`".to_owned()
            }
            _ => "put it on the one it is about".to_owned(),
        };
        errors.at(attribute.span, format!("`#[{name}]` belongs on a field; {right}"));
    }
}
