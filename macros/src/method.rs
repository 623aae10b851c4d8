//! Methods of an `#[Api]`: their signatures, never their bodies.

use crate::attribute::{Attribute, attributes};
use crate::cursor::Cursor;
use crate::emit::fill;
use crate::item::visibility;
use proc_macro::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};

/// One thing in the impl block.
pub(crate) enum Member {
    Method(Method),
    /// A constant, a macro call, or what has only begun to be typed: passed on as it is.
    Other(TokenStream),
}

pub(crate) struct Method {
    pub(crate) attributes: Vec<Attribute>,
    /// From the visibility to the generics: `pub async fn name<T>`.
    head: TokenStream,
    /// The words before `fn` that a method cannot have.
    pub(crate) modifiers: Vec<Ident>,
    pub(crate) name: Ident,
    /// A type or const parameter in the generics.
    pub(crate) generic: Option<Span>,
    pub(crate) receiver: Receiver,
    pub(crate) params: Vec<Param>,
    /// The attributes and the rest of everything in the parentheses, the receiver too.
    written: Vec<(Vec<Attribute>, TokenStream)>,
    parens: Group,
    /// From the arrow to the where clause.
    pub(crate) output: TokenStream,
    /// The body in braces; a semicolon while there is none.
    body: TokenStream,
}

pub(crate) enum Receiver {
    None,
    /// `&self`
    Shared,
    /// Any other form, with its tokens.
    Wrong(TokenStream),
}

pub(crate) struct Param {
    pub(crate) attributes: Vec<Attribute>,
    /// `None` when the pattern is more than a name.
    pub(crate) name: Option<Ident>,
    pub(crate) pattern: TokenStream,
    pub(crate) ty: TokenStream,
    pub(crate) reference: Option<Reference>,
}

/// `&'a mut path::Name<..>`
pub(crate) struct Reference {
    pub(crate) mutable: bool,
    /// The last segment of the path.
    pub(crate) name: String,
}

/// Everything in the braces of an impl.
pub(crate) fn members(body: &Group) -> Vec<Member> {
    let mut cursor = Cursor::of(body);
    let mut members = Vec::new();
    while !cursor.at_end() {
        if let Some(inner) = inner_attribute(&mut cursor) {
            members.push(Member::Other(inner));
            continue;
        }
        let before = cursor.clone();
        match method(&mut cursor) {
            Some(method) => members.push(Member::Method(method)),
            None => {
                cursor = before;
                members.push(Member::Other(other(&mut cursor)));
            }
        }
    }
    members
}

/// `#![..]`
fn inner_attribute(cursor: &mut Cursor) -> Option<TokenStream> {
    let is_inner = cursor.is_punct('#') && crate::cursor::is_punct(cursor.peek_at(1), '!');
    is_inner.then(|| [cursor.take(), cursor.take(), cursor.take()].into_iter().flatten().collect())
}

/// Tokens up to the end of an item that is no method.
fn other(cursor: &mut Cursor) -> TokenStream {
    let mut tokens = Vec::new();
    while let Some(token) = cursor.take() {
        let ends = match &token {
            TokenTree::Group(group) => group.delimiter() == Delimiter::Brace && !cursor.is_punct(';'),
            TokenTree::Punct(punct) => punct.as_char() == ';',
            TokenTree::Ident(_) | TokenTree::Literal(_) => false,
        };
        tokens.push(token);
        if ends {
            break;
        }
    }
    tokens.into_iter().collect()
}

fn method(cursor: &mut Cursor) -> Option<Method> {
    let attributes = attributes(cursor);
    let mut head: Vec<TokenTree> = visibility(cursor).into_iter().collect();
    let mut modifiers = Vec::new();
    cursor.enter();
    while !cursor.is_word("fn") {
        match cursor.take()? {
            TokenTree::Ident(word) => {
                if ["async", "unsafe", "extern", "default"]
                    .iter()
                    .any(|known| crate::cursor::is_word(&word, known))
                {
                    modifiers.push(word.clone());
                } else if !crate::cursor::is_word(&word, "const") {
                    return None;
                }
                head.push(word.into());
            }
            // The name of an ABI.
            TokenTree::Literal(abi) if !modifiers.is_empty() => head.push(abi.into()),
            _ => return None,
        }
    }
    head.extend(cursor.take());
    cursor.enter();
    let name = cursor.ident()?;
    head.push(name.clone().into());
    let angles = if cursor.is_punct('<') { cursor.angles() } else { TokenStream::new() };
    let generic = generic(&angles);
    head.extend(angles);
    let parens = cursor.group(Delimiter::Parenthesis)?;
    let written = written(&parens);
    let (receiver, params) = params(&written);
    let output = cursor.type_until(|cursor| cursor.is_group(Delimiter::Brace) || cursor.is_punct(';'));
    let body = cursor.take().into_iter().collect();
    let head = head.into_iter().collect();
    Some(Method {
        attributes,
        head,
        modifiers,
        name,
        generic,
        receiver,
        params,
        written,
        parens,
        output,
        body,
    })
}

/// Where a type or const parameter stands. Lifetimes are fine: a call infers them.
fn generic(angles: &TokenStream) -> Option<Span> {
    let mut cursor = Cursor::new(angles.clone(), Span::call_site());
    cursor.punct('<')?;
    while !cursor.at_end() && !cursor.is_punct('>') {
        attributes(&mut cursor);
        if !cursor.is_punct('\'') {
            return Some(cursor.span());
        }
        cursor.type_until(|cursor| cursor.is_punct(',') || cursor.is_punct('>'));
        cursor.punct(',');
    }
    None
}

fn written(parens: &Group) -> Vec<(Vec<Attribute>, TokenStream)> {
    let mut cursor = Cursor::of(parens);
    let mut written = Vec::new();
    while !cursor.at_end() {
        let attributes = attributes(&mut cursor);
        written.push((attributes, cursor.type_until_comma()));
        cursor.punct(',');
    }
    written
}

fn params(written: &[(Vec<Attribute>, TokenStream)]) -> (Receiver, Vec<Param>) {
    let receiver = written.first().and_then(|(_, tokens)| self_param(tokens));
    let params = written.iter().skip(usize::from(receiver.is_some()));
    let params = params.map(|(attributes, tokens)| param(attributes.clone(), tokens.clone())).collect();
    (receiver.unwrap_or(Receiver::None), params)
}

/// What kind of receiver these tokens are; `None` when they are a parameter.
fn self_param(tokens: &TokenStream) -> Option<Receiver> {
    let mut cursor = Cursor::new(tokens.clone(), Span::call_site());
    cursor.enter();
    let shared = cursor.punct('&').is_some();
    if cursor.punct('\'').is_some() {
        cursor.take();
    }
    let mutable = cursor.word("mut").is_some();
    cursor.word("self")?;
    let plain = shared && !mutable && cursor.at_end();
    Some(if plain { Receiver::Shared } else { Receiver::Wrong(tokens.clone()) })
}

fn param(attributes: Vec<Attribute>, tokens: TokenStream) -> Param {
    let mut cursor = Cursor::new(tokens, Span::call_site());
    let pattern = pattern(&mut cursor);
    let ty = cursor.remaining();
    let name = one_name(&pattern);
    let reference = reference(&ty);
    Param { attributes, name, pattern, ty, reference }
}

/// Tokens up to the colon before the type, which goes too.
fn pattern(cursor: &mut Cursor) -> TokenStream {
    let mut tokens = Vec::new();
    while !cursor.at_end() {
        if cursor.is_path_separator() {
            tokens.extend(cursor.take());
        } else if cursor.punct(':').is_some() {
            break;
        }
        tokens.extend(cursor.take());
    }
    tokens.into_iter().collect()
}

/// The name, when the pattern is one, perhaps with `mut`.
fn one_name(pattern: &TokenStream) -> Option<Ident> {
    let mut cursor = Cursor::new(pattern.clone(), Span::call_site());
    cursor.enter();
    cursor.word("mut");
    let name = cursor.ident()?;
    (cursor.at_end() && !crate::cursor::is_word(&name, "_")).then_some(name)
}

fn reference(ty: &TokenStream) -> Option<Reference> {
    let mut cursor = Cursor::new(ty.clone(), Span::call_site());
    cursor.enter();
    cursor.punct('&')?;
    if cursor.punct('\'').is_some() {
        cursor.take();
    }
    let mutable = cursor.word("mut").is_some();
    cursor.enter();
    let mut name = String::new();
    while let Some(token) = cursor.take() {
        match token {
            TokenTree::Ident(word) => name = word.to_string(),
            TokenTree::Punct(punct) if punct.as_char() == ':' => {}
            _ => break,
        }
    }
    Some(Reference { mutable, name })
}

impl Method {
    /// The method without our attributes, on itself and on its parameters.
    pub(crate) fn tokens(
        &self,
        is_ours: impl Fn(&Attribute) -> bool,
        is_ours_inside: impl Fn(&Attribute) -> bool,
    ) -> TokenStream {
        let mut out = without(&self.attributes, is_ours);
        out.extend(self.head.clone());
        let mut inside = self.parens.stream();
        if self.written.iter().any(|(attributes, _)| attributes.iter().any(&is_ours_inside)) {
            let params = self.written.iter().map(|(attributes, tokens)| {
                fill(
                    "$attributes $tokens,",
                    &[("attributes", without(attributes, &is_ours_inside)), ("tokens", tokens.clone())],
                )
            });
            inside = params.collect();
        }
        let mut parens = Group::new(Delimiter::Parenthesis, inside);
        parens.set_span(self.parens.span());
        out.extend([TokenTree::from(parens)]);
        out.extend(self.output.clone());
        out.extend(self.body.clone());
        out
    }

    /// The type after the arrow.
    pub(crate) fn answer(&self) -> TokenStream {
        let mut cursor = Cursor::new(self.output.clone(), self.name.span());
        if cursor.punct('-').is_none() || cursor.punct('>').is_none() {
            return TokenStream::new();
        }
        cursor.type_until(|cursor| cursor.is_word("where"))
    }
}

fn without(attributes: &[Attribute], is_ours: impl Fn(&Attribute) -> bool) -> TokenStream {
    attributes
        .iter()
        .filter(|attribute| !is_ours(attribute))
        .map(|attribute| attribute.tokens.clone())
        .collect()
}
