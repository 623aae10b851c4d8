//! Generic parameters and where clauses, carried from the item to everything that is made for it.

use crate::attribute;
use crate::cursor::Cursor;
use crate::emit;
use proc_macro::{Delimiter, Ident, Span, TokenStream, TokenTree};

/// `<'a, T: Bound, const N: usize>` and `where ..`.
#[derive(Default)]
pub(crate) struct Generics {
    params: Vec<Param>,
    /// What stands after `where`, without a comma at the end.
    bounds: TokenStream,
}

struct Param {
    /// As it stands in a declaration, without its default.
    declared: TokenStream,
    /// As it stands where it is used.
    used: TokenStream,
    /// Its name where it is a type.
    name: Option<Ident>,
    /// Where it stands, if it is a lifetime.
    lifetime: Option<Span>,
}

impl Generics {
    /// Reads `<..>` if it stands here.
    pub(crate) fn parse(cursor: &mut Cursor) -> Self {
        let mut generics = Self::default();
        if cursor.punct('<').is_none() {
            return generics;
        }
        while !cursor.at_end() && cursor.punct('>').is_none() {
            let tokens = cursor.type_until(|cursor| cursor.is_punct(',') || cursor.is_punct('>'));
            cursor.punct(',');
            generics.params.extend(param(tokens, cursor));
        }
        generics
    }

    /// Reads `where ..` if it stands here, up to the body or a semicolon.
    pub(crate) fn parse_where(&mut self, cursor: &mut Cursor) {
        if cursor.word("where").is_none() {
            return;
        }
        let mut bounds: Vec<TokenTree> = cursor
            .type_until(|cursor| cursor.is_group(Delimiter::Brace) || cursor.is_punct(';'))
            .into_iter()
            .collect();
        bounds.pop_if(|last| crate::cursor::is_punct(Some(last), ','));
        self.bounds = bounds.into_iter().collect();
    }

    /// Where the first lifetime stands.
    pub(crate) fn lifetime(&self) -> Option<Span> {
        self.params.iter().find_map(|param| param.lifetime)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.params.is_empty()
    }

    /// Does the name of a type or const parameter stand in these tokens?
    pub(crate) fn mentioned_in(&self, tokens: &TokenStream) -> bool {
        let names: Vec<String> = self
            .params
            .iter()
            .filter(|param| param.lifetime.is_none())
            .filter_map(|param| param.used.clone().into_iter().last())
            .map(|name| name.to_string())
            .collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        attribute::mentions(tokens.clone(), &names)
    }

    /// `<'a, T: Bound, const N: usize>`
    pub(crate) fn declared(&self) -> TokenStream {
        self.angles(|param| &param.declared)
    }

    /// `<'a, T, N>`
    pub(crate) fn used(&self) -> TokenStream {
        self.angles(|param| &param.used)
    }

    fn angles(&self, of: impl Fn(&Param) -> &TokenStream) -> TokenStream {
        if self.params.is_empty() {
            return TokenStream::new();
        }
        let params = self.params.iter().map(|param| emit::fill("$param,", &[("param", of(param).clone())]));
        emit::fill("< $params >", &[("params", params.collect())])
    }

    /// `where ..` as the user wrote it.
    pub(crate) fn bounds(&self) -> TokenStream {
        self.bounds_with(&[])
    }

    /// `where ..`, and every type parameter that one of these types names is a `Value`.
    pub(crate) fn bounds_with(&self, types: &[TokenStream]) -> TokenStream {
        let mut bounds = TokenStream::new();
        if !self.bounds.is_empty() {
            bounds.extend(emit::fill("$bounds,", &[("bounds", self.bounds.clone())]));
        }
        for name in self.params.iter().filter_map(|param| param.name.as_ref()) {
            let word = name.to_string();
            if types.iter().any(|ty| attribute::mentions(ty.clone(), &[&word])) {
                bounds.extend(emit::fill(
                    "$name: $x::Value,",
                    &[("name", TokenTree::from(name.clone()).into())],
                ));
            }
        }
        if bounds.is_empty() { bounds } else { emit::fill("where $bounds", &[("bounds", bounds)]) }
    }
}

fn param(tokens: TokenStream, place: &Cursor) -> Option<Param> {
    let mut cursor = Cursor::new(tokens, place.span());
    attribute::attributes(&mut cursor);
    let declared = cursor.clone().type_until(|cursor| cursor.is_punct('='));
    let place = cursor.span();
    if let Some(tick) = cursor.punct('\'') {
        let used = [TokenTree::from(tick), cursor.ident()?.into()].into_iter().collect();
        return Some(Param { declared, used, name: None, lifetime: Some(place) });
    }
    let is_const = cursor.word("const").is_some();
    let name = cursor.ident()?;
    let used = TokenTree::from(name.clone()).into();
    Some(Param { declared, used, name: (!is_const).then_some(name), lifetime: None })
}
