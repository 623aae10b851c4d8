//! The attribute macros of Sunstone.

mod api;
mod assemble;
mod attribute;
mod choice;
mod cursor;
mod data;
mod emit;
mod error;
mod fit;
mod generics;
mod item;
mod literal;
mod method;
mod model;
mod names;
mod operation;
mod owner;
mod record;
mod route;
mod rules;
mod table;
mod whole;

use error::Errors;
use proc_macro::{Span, TokenStream};

/// Makes a struct a model: its values are the rows of a table.
#[expect(non_snake_case, reason = "the attribute is named as the thing it makes")]
#[proc_macro_attribute]
pub fn Model(arguments: TokenStream, item: TokenStream) -> TokenStream {
    derived("Model", &["struct"], "#[derive($x::ModelDerive)] #[model($arguments)] $item", arguments, item)
}

/// Gives a struct or an enum the codec and the checks.
#[expect(non_snake_case, reason = "the attribute is named as the thing it makes")]
#[proc_macro_attribute]
pub fn Data(arguments: TokenStream, item: TokenStream) -> TokenStream {
    derived(
        "Data",
        &["struct", "enum"],
        "#[derive($x::DataDerive)] #[data($arguments)] $item",
        arguments,
        item,
    )
}

/// Makes the methods of an impl block calls and routes.
#[expect(non_snake_case, reason = "the attribute is named as the thing it makes")]
#[proc_macro_attribute]
pub fn Api(arguments: TokenStream, item: TokenStream) -> TokenStream {
    api::expand(arguments, item)
}

/// Puts the item out as it is, behind a derive that does the work: so rustc resolves `cfg` and `cfg_attr` first.
fn derived(
    attribute: &str,
    kinds: &[&str],
    template: &str,
    arguments: TokenStream,
    item: TokenStream,
) -> TokenStream {
    let mut errors = Errors::default();
    let (attributes, keyword) = item::beginning(item.clone());
    let is_kind = |word: &proc_macro::Ident| kinds.iter().any(|kind| cursor::is_word(word, kind));
    if let Some(word) = keyword.filter(|word| !is_kind(word)) {
        let enums = if cursor::is_word(&word, "enum") { "; `#[Data]` takes enums too" } else { "" };
        errors.at(word.span(), format!("`#[{attribute}]` belongs on a {}{enums}", kinds.join(" or an ")));
    }
    for twin in attributes.iter().filter(|twin| twin.ends_in(attribute)) {
        errors.at(twin.span, format!("`#[{attribute}]` is given twice"));
    }
    let other = if attribute == "Data" { "Model" } else { "Data" };
    for twin in attributes.iter().filter(|twin| twin.ends_in(other)) {
        errors.at(twin.span, "`#[Model]` does what `#[Data]` does: take `#[Data]` away");
    }
    if errors.is_empty() {
        return emit::fill(template, &[("arguments", arguments), ("item", item)]);
    }
    item.into_iter().chain(errors.into_tokens()).collect()
}

/// What `#[Model]` derives.
#[doc(hidden)]
#[proc_macro_derive(
    ModelDerive,
    attributes(
        model, key, index, unique, check, default, was, rename, secret, auto, fixed, internal, on_remove,
        loose
    )
)]
pub fn model_derive(item: TokenStream) -> TokenStream {
    expand(item, model::expand)
}

/// What `#[Data]` derives.
#[doc(hidden)]
#[proc_macro_derive(
    DataDerive,
    attributes(
        data, key, index, unique, check, default, was, rename, secret, auto, fixed, internal, on_remove,
        loose
    )
)]
pub fn data_derive(item: TokenStream) -> TokenStream {
    expand(item, data::expand)
}

fn expand(item: TokenStream, with: fn(&item::Item, &mut Errors) -> TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let mut out = TokenStream::new();
    match item::parse(item) {
        Some(item) => match item.generics.lifetime() {
            Some(span) => errors.at(span, "a value owns its parts, so its type has no lifetime"),
            None => out.extend(with(&item, &mut errors)),
        },
        None => errors.at(Span::call_site(), "expected a struct or an enum"),
    }
    out.extend(errors.into_tokens());
    out
}
