//! Templates: fixed code is written as text, the user's tokens are put in as they are.
//!
//! `$name` in a template is a part that is given, or one of the fixed ones: `$x` (our exports), `$json`, `$binary`,
//! `$Ok`, `$Err`, `$Some`, `$None`, `$quiet`. The template's own tokens are `mixed_site`, so that their locals are invisible to
//! the user's expressions; the parts keep the spans that they came with, so that rustc points at the user's code.

use proc_macro::{Group, Literal, Span, TokenStream, TokenTree};

/// What rustc and clippy may say of a type where the user wrote it, and not again where it is copied to.
const QUIET: &str = "deprecated, unused_qualifications, unused_braces, unused_parens, clippy::absolute_paths, \
     clippy::multiple_bound_locations, clippy::type_complexity, clippy::use_self";

/// The template with its parts put in.
pub(crate) fn fill(template: &str, parts: &[(&str, TokenStream)]) -> TokenStream {
    fill_at(Span::mixed_site(), template, parts)
}

/// The same, and what rustc says of the template's own tokens is said at the first of these tokens.
pub(crate) fn fill_over(place: &TokenStream, template: &str, parts: &[(&str, TokenStream)]) -> TokenStream {
    fill_at(Span::mixed_site().located_at(first(place)), template, parts)
}

/// The same, and the template's own tokens stand exactly there: rustc says a thing once where it finds it twice at one
/// place. Only for templates whose locals no part could mean.
pub(crate) fn fill_as(place: &TokenStream, template: &str, parts: &[(&str, TokenStream)]) -> TokenStream {
    let filled = fill_at(first(place), template, parts);
    let last = place.clone().into_iter().last().map_or_else(Span::mixed_site, |token| token.span());
    let mut tokens: Vec<TokenTree> = filled.into_iter().collect();
    if let Some(token) = tokens.last_mut() {
        token.set_span(last);
    }
    tokens.into_iter().collect()
}

fn first(place: &TokenStream) -> Span {
    place.clone().into_iter().next().map_or_else(Span::mixed_site, |token| token.span())
}

fn fill_at(span: Span, template: &str, parts: &[(&str, TokenStream)]) -> TokenStream {
    match template.parse() {
        Ok(tokens) => spliced(tokens, span, parts),
        Err(error) => broken(&format!("a template of the macros: {error}")),
    }
}

fn spliced(tokens: TokenStream, span: Span, parts: &[(&str, TokenStream)]) -> TokenStream {
    let mut out = TokenStream::new();
    let mut tokens = tokens.into_iter();
    while let Some(mut token) = tokens.next() {
        match &token {
            TokenTree::Punct(punct) if punct.as_char() == '$' => {
                let name = tokens.next().map(|name| name.to_string()).unwrap_or_default();
                out.extend(part(&name, span, parts));
                continue;
            }
            TokenTree::Group(group) => {
                token = Group::new(group.delimiter(), spliced(group.stream(), span, parts)).into();
            }
            TokenTree::Ident(_) | TokenTree::Punct(_) | TokenTree::Literal(_) => {}
        }
        token.set_span(span);
        out.extend([token]);
    }
    out
}

fn part(name: &str, span: Span, parts: &[(&str, TokenStream)]) -> TokenStream {
    if let Some((_, tokens)) = parts.iter().find(|(known, _)| *known == name) {
        return tokens.clone();
    }
    let fixed = match name {
        "x" => "::sunstone::export",
        "json" => "::sunstone::export::json",
        "binary" => "::sunstone::export::binary",
        "Ok" => "::core::result::Result::Ok",
        "Err" => "::core::result::Result::Err",
        "Some" => "::core::option::Option::Some",
        "None" => "::core::option::Option::None",
        "quiet" => QUIET,
        _ => return broken(&format!("no part named {name} in a template of the macros")),
    };
    fill_at(span, fixed, &[])
}

/// A mistake in the macros themselves.
fn broken(what: &str) -> TokenStream {
    let text = format!("::core::compile_error! {{ {what:?} }}");
    text.parse().unwrap_or_default()
}

/// An identifier; nothing when the text is none.
pub(crate) fn word(name: &str, place: Span) -> TokenStream {
    let words = name.parse::<TokenStream>().unwrap_or_default().into_iter();
    words
        .filter(|token| matches!(token, TokenTree::Ident(_)))
        .map(|mut word| {
            word.set_span(place);
            word
        })
        .collect()
}

/// A string literal.
pub(crate) fn text(value: &str) -> TokenStream {
    literal(Literal::string(value))
}

/// Bytes as a literal.
pub(crate) fn bytes(value: &str) -> TokenStream {
    literal(Literal::byte_string(value.as_bytes()))
}

/// A position.
pub(crate) fn number(value: usize) -> TokenStream {
    literal(Literal::usize_unsuffixed(value))
}

/// `true` or `false`.
pub(crate) fn truth(value: bool) -> TokenStream {
    fill(if value { "true" } else { "false" }, &[])
}

fn literal(mut literal: Literal) -> TokenStream {
    literal.set_span(Span::mixed_site());
    TokenTree::from(literal).into()
}
