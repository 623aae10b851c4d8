//! Structs and enums, as far as the macros need to know them: names and types, never what a type means.

use crate::attribute::{Attribute, attributes};
use crate::cursor::{Cursor, is_word};
use crate::generics::Generics;
use proc_macro::{Delimiter, Ident, Span, TokenStream, TokenTree};

/// A struct or an enum.
pub(crate) struct Item {
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) visibility: TokenStream,
    pub(crate) name: Ident,
    pub(crate) generics: Generics,
    pub(crate) body: Body,
}

impl Item {
    /// The type with its parameters: `Page<T>`.
    pub(crate) fn itself(&self) -> TokenStream {
        let mut tokens = TokenStream::from(TokenTree::from(self.name.clone()));
        tokens.extend(self.generics.used());
        tokens
    }
}

pub(crate) enum Body {
    Struct(Fields),
    Enum(Vec<Variant>),
    /// A union, or a kind that has only begun to be typed.
    Other,
}

/// The fields of a struct or a variant, and how they stand.
pub(crate) struct Fields {
    pub(crate) form: FieldsForm,
    pub(crate) list: Vec<Field>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum FieldsForm {
    Named,
    Tuple,
    Unit,
}

pub(crate) struct Field {
    pub(crate) attributes: Vec<Attribute>,
    /// `None` in a tuple.
    pub(crate) name: Option<Ident>,
    pub(crate) ty: TokenStream,
    /// Where to point at the whole field.
    pub(crate) span: Span,
}

pub(crate) struct Variant {
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) name: Ident,
    pub(crate) fields: Fields,
}

/// What stands at the beginning of an item: its attributes, and the word that says what it is.
pub(crate) fn beginning(tokens: TokenStream) -> (Vec<Attribute>, Option<Ident>) {
    let mut cursor = Cursor::new(tokens, Span::call_site());
    let attributes = attributes(&mut cursor);
    visibility(&mut cursor);
    while let Some(TokenTree::Ident(word)) = cursor.take() {
        let modifier =
            ["unsafe", "const", "async", "extern", "default"].iter().any(|known| is_word(&word, known));
        if !modifier {
            return (attributes, Some(word));
        }
    }
    (attributes, None)
}

/// Reads a struct or an enum; `None` when there is not even a name.
pub(crate) fn parse(tokens: TokenStream) -> Option<Item> {
    let mut cursor = Cursor::new(tokens, Span::call_site());
    let attributes = attributes(&mut cursor);
    let visibility = visibility(&mut cursor);
    cursor.enter();
    let keyword = cursor.ident()?;
    cursor.enter();
    let name = cursor.ident()?;
    let mut generics = Generics::parse(&mut cursor);
    generics.parse_where(&mut cursor);
    let body = if is_word(&keyword, "struct") {
        Body::Struct(fields(&mut cursor))
    } else if is_word(&keyword, "enum") {
        Body::Enum(
            cursor.group(Delimiter::Brace).map(|group| variants(&mut Cursor::of(&group))).unwrap_or_default(),
        )
    } else {
        Body::Other
    };
    // A tuple struct has its where clause behind the fields.
    generics.parse_where(&mut cursor);
    Some(Item { attributes, visibility, name, generics, body })
}

/// `pub`, `pub(crate)`, `pub(in path)` or nothing. The parenthesis after `pub` may also be a tuple field's type.
pub(crate) fn visibility(cursor: &mut Cursor) -> TokenStream {
    cursor.enter_if_word("pub");
    let Some(word) = cursor.word("pub") else { return TokenStream::new() };
    let mut tokens = vec![TokenTree::from(word)];
    if let Some(TokenTree::Group(group)) = cursor.peek()
        && group.delimiter() == Delimiter::Parenthesis
        && restricts(&Cursor::of(group))
    {
        tokens.extend(cursor.take());
    }
    tokens.into_iter().collect()
}

/// `crate`, `self` or `super` alone, or `in path`; `crate::Type` is the type of a field.
fn restricts(inside: &Cursor) -> bool {
    let is_alone = inside.peek_at(1).is_none();
    inside.is_word("in") || (is_alone && ["crate", "self", "super"].iter().any(|word| inside.is_word(word)))
}

fn fields(cursor: &mut Cursor) -> Fields {
    if let Some(group) = cursor.group(Delimiter::Brace) {
        return Fields { form: FieldsForm::Named, list: field_list(&mut Cursor::of(&group), true) };
    }
    if let Some(group) = cursor.group(Delimiter::Parenthesis) {
        return Fields { form: FieldsForm::Tuple, list: field_list(&mut Cursor::of(&group), false) };
    }
    Fields { form: FieldsForm::Unit, list: Vec::new() }
}

fn field_list(cursor: &mut Cursor, named: bool) -> Vec<Field> {
    let mut list = Vec::new();
    while !cursor.at_end() {
        list.extend(field(cursor, named));
        // Whatever a half-typed field left behind goes with it.
        cursor.type_until_comma();
        cursor.punct(',');
    }
    list
}

fn field(cursor: &mut Cursor, named: bool) -> Option<Field> {
    let attributes = attributes(cursor);
    visibility(cursor);
    let mut span = cursor.span();
    let mut name = None;
    if named {
        cursor.enter();
        span = cursor.span();
        name = Some(cursor.ident()?);
        cursor.punct(':')?;
    }
    let ty = cursor.type_until_comma();
    if ty.is_empty() { None } else { Some(Field { attributes, name, ty, span }) }
}

fn variants(cursor: &mut Cursor) -> Vec<Variant> {
    let mut list = Vec::new();
    while !cursor.at_end() {
        let attributes = attributes(cursor);
        visibility(cursor);
        cursor.enter();
        if let Some(name) = cursor.ident() {
            let fields = fields(cursor);
            list.push(Variant { attributes, name, fields });
        }
        // A discriminant, or what a half-typed variant left behind.
        cursor.expression_until_comma();
        cursor.punct(',');
    }
    list
}
