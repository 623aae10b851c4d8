//! A place in a list of tokens.
//!
//! Tokens that a `macro_rules!` pasted in may stand in invisible groups (`$vis`, `$ty`, `$literal`). A cursor looks
//! through them where it needs the token inside ([`Cursor::enter`]) and hands them on whole where it only copies.

use proc_macro::{Delimiter, Group, Ident, Literal, Punct, Spacing, Span, TokenStream, TokenTree};

/// Tokens, read from the front. Every look is an `Option`: half-typed items end anywhere.
#[derive(Clone)]
pub(crate) struct Cursor {
    /// The tokens that are left, the next one last.
    rest: Vec<TokenTree>,
    /// The last token taken; before the first one, what the tokens stand in.
    last: Span,
}

impl Cursor {
    /// At the first token; `place` is where an error about missing tokens points when there are none.
    pub(crate) fn new(tokens: TokenStream, place: Span) -> Self {
        let mut rest: Vec<TokenTree> = tokens.into_iter().collect();
        rest.reverse();
        Self { rest, last: place }
    }

    /// In the group.
    pub(crate) fn of(group: &Group) -> Self {
        Self::new(group.stream(), group.span_close())
    }

    pub(crate) fn peek(&self) -> Option<&TokenTree> {
        self.rest.last()
    }

    /// The token `n` after the next one.
    pub(crate) fn peek_at(&self, n: usize) -> Option<&TokenTree> {
        self.rest.iter().rev().nth(n)
    }

    pub(crate) fn take(&mut self) -> Option<TokenTree> {
        let token = self.rest.pop()?;
        self.last = token.span();
        Some(token)
    }

    pub(crate) fn at_end(&self) -> bool {
        self.rest.is_empty()
    }

    /// The place of the next token; at the end, of the last one.
    pub(crate) fn span(&self) -> Span {
        self.peek().map_or(self.last, TokenTree::span)
    }

    /// All that is left.
    pub(crate) fn remaining(mut self) -> TokenStream {
        self.rest.reverse();
        self.rest.into_iter().collect()
    }

    /// Looks through invisible groups: afterwards the next token is none.
    pub(crate) fn enter(&mut self) {
        while let Some(TokenTree::Group(group)) = self.rest.last() {
            if group.delimiter() != Delimiter::None {
                return;
            }
            let inner: Vec<TokenTree> = group.stream().into_iter().collect();
            self.rest.pop();
            self.rest.extend(inner.into_iter().rev());
        }
    }

    /// Looks through an invisible group that is empty or begins with this word (`$vis`), and through no other.
    pub(crate) fn enter_if_word(&mut self, word: &str) {
        while let Some(TokenTree::Group(group)) = self.rest.last() {
            let mut inside = Self::of(group);
            inside.enter();
            if group.delimiter() != Delimiter::None || !(inside.at_end() || inside.is_word(word)) {
                return;
            }
            self.rest.pop();
            self.rest.extend(inside.rest);
        }
    }

    pub(crate) fn is_word(&self, word: &str) -> bool {
        matches!(self.peek(), Some(TokenTree::Ident(ident)) if is_word(ident, word))
    }

    pub(crate) fn is_punct(&self, wanted: char) -> bool {
        is_punct(self.peek(), wanted)
    }

    /// `::`
    pub(crate) fn is_path_separator(&self) -> bool {
        is_joint(self.peek(), ':') && is_punct(self.peek_at(1), ':')
    }

    pub(crate) fn word(&mut self, word: &str) -> Option<Ident> {
        if self.is_word(word) { self.ident() } else { None }
    }

    pub(crate) fn ident(&mut self) -> Option<Ident> {
        let Some(TokenTree::Ident(ident)) = self.peek() else { return None };
        let ident = ident.clone();
        self.take();
        Some(ident)
    }

    pub(crate) fn punct(&mut self, wanted: char) -> Option<Punct> {
        let Some(TokenTree::Punct(punct)) = self.peek() else { return None };
        if punct.as_char() != wanted {
            return None;
        }
        let punct = punct.clone();
        self.take();
        Some(punct)
    }

    pub(crate) fn literal(&mut self) -> Option<Literal> {
        let Some(TokenTree::Literal(literal)) = self.peek() else { return None };
        let literal = literal.clone();
        self.take();
        Some(literal)
    }

    pub(crate) fn group(&mut self, delimiter: Delimiter) -> Option<Group> {
        let Some(TokenTree::Group(group)) = self.peek() else { return None };
        if group.delimiter() != delimiter {
            return None;
        }
        let group = group.clone();
        self.take();
        Some(group)
    }

    pub(crate) fn is_group(&self, wanted: Delimiter) -> bool {
        matches!(self.peek(), Some(TokenTree::Group(group)) if group.delimiter() == wanted)
    }

    /// Tokens of a type (or of bounds) up to a token at angle depth 0 that `stop` knows. Types are not understood:
    /// `<` is one deeper, `>` one less unless it ends a joint `->` or `=>`.
    pub(crate) fn type_until(&mut self, stop: impl Fn(&Self) -> bool) -> TokenStream {
        let mut taken = Vec::new();
        let mut depth = 0usize;
        let mut arrow = false;
        while !self.at_end() {
            if depth == 0 && stop(self) {
                break;
            }
            if self.is_punct('<') {
                depth = depth.saturating_add(1);
            } else if self.is_punct('>') && !arrow {
                depth = depth.saturating_sub(1);
            }
            arrow = is_joint(self.peek(), '-') || is_joint(self.peek(), '=');
            taken.extend(self.take());
        }
        taken.into_iter().collect()
    }

    /// Tokens of a type up to a comma, which stays.
    pub(crate) fn type_until_comma(&mut self) -> TokenStream {
        self.type_until(|cursor| cursor.is_punct(','))
    }

    /// Tokens of an expression up to a comma, which stays. Here `<` compares, except in a turbofish.
    pub(crate) fn expression_until_comma(&mut self) -> TokenStream {
        let mut taken = Vec::new();
        while !self.at_end() && !self.is_punct(',') {
            if self.is_path_separator() && is_punct(self.peek_at(2), '<') {
                taken.extend(self.take());
                taken.extend(self.take());
                taken.extend(self.angles());
            } else {
                taken.extend(self.take());
            }
        }
        taken.into_iter().collect()
    }

    /// From `<` to the `>` that closes it.
    pub(crate) fn angles(&mut self) -> TokenStream {
        let mut taken: Vec<TokenTree> = self.take().into_iter().collect();
        taken.extend(self.type_until(|cursor| cursor.is_punct('>')));
        taken.extend(self.take());
        taken.into_iter().collect()
    }
}

/// Is the identifier this word, not written `r#word`?
pub(crate) fn is_word(ident: &Ident, word: &str) -> bool {
    ident.to_string() == word
}

pub(crate) fn is_punct(token: Option<&TokenTree>, wanted: char) -> bool {
    matches!(token, Some(TokenTree::Punct(punct)) if punct.as_char() == wanted)
}

fn is_joint(token: Option<&TokenTree>, wanted: char) -> bool {
    matches!(token, Some(TokenTree::Punct(punct)) if punct.as_char() == wanted && punct.spacing() == Spacing::Joint)
}
