//! `Self` where it would come to mean something else.

use crate::cursor::{Cursor, is_word};
use proc_macro::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};

/// The tokens with the type `owner` in place of `Self`: they are copied into a struct of ours, where `Self` is that.
pub(crate) fn without_self(tokens: TokenStream, owner: &TokenStream) -> TokenStream {
    let mut cursor = Cursor::new(tokens, Span::call_site());
    let mut out = TokenStream::new();
    while let Some(token) = cursor.take() {
        match token {
            TokenTree::Ident(word) if is_word(&word, "Self") => {
                out.extend(named(&word, owner, cursor.is_path_separator()));
            }
            TokenTree::Group(group) => {
                let mut inside = Group::new(group.delimiter(), without_self(group.stream(), owner));
                inside.set_span(group.span());
                out.extend([TokenTree::from(inside)]);
            }
            other => out.extend([other]),
        }
    }
    out
}

/// The owner at the place of this `Self`: `Shop<C>`, or `<Shop<C>>` where a path goes on behind it.
fn named(word: &Ident, owner: &TokenStream, in_path: bool) -> TokenStream {
    let owner =
        if in_path { crate::emit::fill("<$owner>", &[("owner", owner.clone())]) } else { owner.clone() };
    placed(owner, word.span())
}

fn placed(tokens: TokenStream, place: Span) -> TokenStream {
    let placed = tokens.into_iter().map(|mut token| {
        if let TokenTree::Group(group) = &token
            && group.delimiter() != Delimiter::None
        {
            token = Group::new(group.delimiter(), placed(group.stream(), place)).into();
        }
        token.set_span(token.span().located_at(place));
        token
    });
    placed.collect()
}
