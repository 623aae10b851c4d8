//! Errors at the user's tokens, all of an item in one round.

use crate::names;
use proc_macro::{Delimiter, Group, Ident, Literal, Punct, Spacing, Span, TokenStream, TokenTree};

/// What is wrong with an item. Collecting never stops the expansion: the item itself always comes out.
#[derive(Default)]
pub(crate) struct Errors {
    items: Vec<Item>,
}

struct Item {
    first: Span,
    last: Span,
    message: String,
    /// The `#[cfg]`s on what is wrong.
    conditions: TokenStream,
}

impl Errors {
    /// At one token.
    pub(crate) fn at(&mut self, place: Span, message: impl Into<String>) {
        self.add(place, place, message.into());
    }

    /// From the first of these tokens to the last; at `otherwise` when there are none.
    pub(crate) fn over(&mut self, tokens: &TokenStream, otherwise: Span, message: impl Into<String>) {
        let mut spans = tokens.clone().into_iter().map(|token| token.span());
        let first = spans.next().unwrap_or(otherwise);
        let last = spans.last().unwrap_or(first);
        self.add(first, last, message.into());
    }

    fn add(&mut self, first: Span, last: Span, message: String) {
        self.items.push(Item { first, last, message, conditions: TokenStream::new() });
    }

    /// A word that is none of the known ones: lists them, and names the nearest.
    pub(crate) fn unknown(&mut self, place: Span, what: &str, word: &str, known: &[&str]) {
        let list = known.join("`, `");
        let nearest =
            names::nearest(word, known).map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
        self.at(place, format!("unknown {what} `{word}`{nearest}\nknown are: `{list}`"));
    }

    /// Those of a part of the item that is only there under these `#[cfg]`s.
    pub(crate) fn append(&mut self, part: Self, conditions: &TokenStream) {
        self.items.extend(part.items.into_iter().map(|item| Item {
            conditions: conditions.clone().into_iter().chain(item.conditions).collect(),
            ..item
        }));
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// One `compile_error!` for each.
    pub(crate) fn into_tokens(self) -> TokenStream {
        let errors = self.items.into_iter().flat_map(|item| {
            let error = compile_error(item.first, item.last, &item.message);
            item.conditions.into_iter().chain(error)
        });
        errors.collect()
    }
}

/// `::core::compile_error! { "message" }`, which rustc underlines from `first` to `last`.
fn compile_error(first: Span, last: Span, message: &str) -> [TokenTree; 8] {
    let mut text = Literal::string(message);
    text.set_span(last);
    let mut group = Group::new(Delimiter::Brace, TokenTree::from(text).into());
    group.set_span(last);
    let punct = |c, spacing| {
        let mut punct = Punct::new(c, spacing);
        punct.set_span(first);
        TokenTree::from(punct)
    };
    let word = |text| TokenTree::from(Ident::new(text, first));
    [
        punct(':', Spacing::Joint),
        punct(':', Spacing::Alone),
        word("core"),
        punct(':', Spacing::Joint),
        punct(':', Spacing::Alone),
        word("compile_error"),
        punct('!', Spacing::Alone),
        group.into(),
    ]
}
