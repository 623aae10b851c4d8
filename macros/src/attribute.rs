//! Attributes as they stand on an item, and the arguments inside them.

use crate::cursor::{Cursor, is_word};
use crate::error::Errors;
use crate::literal;
use crate::names;
use proc_macro::{Delimiter, Group, Ident, Literal, Span, TokenStream, TokenTree};

/// One `#[...]`.
#[derive(Clone)]
pub(crate) struct Attribute {
    /// The name, where the path is a single word; ours all are.
    name: Option<Ident>,
    /// The last word of the path.
    last: Option<Ident>,
    /// What follows the path in parentheses.
    pub(crate) list: Option<Group>,
    /// What follows an equals sign.
    pub(crate) value: Option<TokenStream>,
    /// What stands in the brackets.
    inside: TokenStream,
    /// All of it as the user wrote it.
    pub(crate) tokens: TokenStream,
    pub(crate) span: Span,
}

impl Attribute {
    pub(crate) fn is(&self, name: &str) -> bool {
        self.name.as_ref().is_some_and(|ident| is_word(ident, name))
    }

    /// Is this the last word of its path?
    pub(crate) fn ends_in(&self, name: &str) -> bool {
        self.last.as_ref().is_some_and(|ident| is_word(ident, name))
    }

    /// The name, where it is a single word.
    pub(crate) fn word(&self) -> Option<String> {
        self.name.as_ref().map(ToString::to_string)
    }

    /// Does it decide whether the thing that it stands on exists?
    pub(crate) fn is_condition(&self) -> bool {
        self.is("cfg") || (self.is("cfg_attr") && self.mentions(&["cfg"]))
    }

    /// Does one of these words stand in its brackets, however deep?
    pub(crate) fn mentions(&self, words: &[&str]) -> bool {
        mentions(self.inside.clone(), words)
    }

    /// Complains about arguments of an attribute that takes none.
    pub(crate) fn takes_nothing(&self, errors: &mut Errors) {
        let name = self.word().unwrap_or_default();
        if let Some(list) = &self.list {
            errors.at(list.span(), format!("`#[{name}]` takes no arguments"));
        } else if let Some(value) = &self.value {
            errors.over(value, self.span, format!("`#[{name}]` takes no value"));
        }
    }
}

/// Does one of these words stand in the tokens, however deep?
pub(crate) fn mentions(tokens: TokenStream, words: &[&str]) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Ident(ident) => words.iter().any(|word| is_word(&ident, word)),
        TokenTree::Group(group) => mentions(group.stream(), words),
        TokenTree::Punct(_) | TokenTree::Literal(_) => false,
    })
}

/// The attributes that stand here.
pub(crate) fn attributes(cursor: &mut Cursor) -> Vec<Attribute> {
    let mut found = Vec::new();
    loop {
        let hash_then_brackets = matches!(
            cursor.peek_at(1),
            Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Bracket
        );
        if !cursor.is_punct('#') || !hash_then_brackets {
            return found;
        }
        let Some(hash) = cursor.punct('#') else { return found };
        let Some(brackets) = cursor.group(Delimiter::Bracket) else { return found };
        found.push(attribute(hash.into(), brackets));
    }
}

fn attribute(hash: TokenTree, brackets: Group) -> Attribute {
    let mut inside = Cursor::of(&brackets);
    inside.enter();
    let span = inside.span();
    let mut words = 0usize;
    let mut last = None;
    loop {
        if inside.is_path_separator() {
            inside.take();
            inside.take();
            words = words.saturating_add(1);
        } else if let Some(word) = inside.ident() {
            last = Some(word);
        } else {
            break;
        }
    }
    let name = if words == 0 { last.clone() } else { None };
    let list = inside.group(Delimiter::Parenthesis);
    let value = inside.punct('=').map(|_| inside.remaining());
    let stream = brackets.stream();
    let tokens = [hash, brackets.into()].into_iter().collect();
    Attribute { name, last, list, value, inside: stream, tokens, span }
}

/// The first paragraph of the documentation, its lines joined.
pub(crate) fn docs(attributes: &[Attribute]) -> String {
    let mut lines: Vec<String> = Vec::new();
    for attribute in attributes.iter().filter(|attribute| attribute.is("doc")) {
        let Some(value) = &attribute.value else { continue };
        let mut cursor = Cursor::new(value.clone(), attribute.span);
        cursor.enter();
        let Some(text) = cursor.literal().as_ref().and_then(literal::text) else { continue };
        lines.extend(text.lines().map(|line| line.trim().to_owned()));
        if text.is_empty() {
            lines.push(String::new());
        }
    }
    let words = lines.into_iter().skip_while(String::is_empty).take_while(|line| !line.is_empty());
    words.collect::<Vec<_>>().join("\n")
}

/// One argument in the parentheses of an attribute.
pub(crate) struct Argument {
    /// The word that it begins with, where `=`, parentheses or nothing follow.
    pub(crate) name: Option<Ident>,
    pub(crate) form: Form,
    /// All of it.
    pub(crate) tokens: TokenStream,
    pub(crate) span: Span,
}

/// How an argument is written.
pub(crate) enum Form {
    /// `strict`
    Flag,
    /// `check = path`
    Value(TokenStream),
    /// `unique(a, b)`
    List(Group),
    /// `"/todos"`, and whatever else is none of the above.
    Bare,
}

impl Argument {
    /// The name as text; empty when it has none.
    pub(crate) fn word(&self) -> String {
        self.name.as_ref().map(names::plain).unwrap_or_default()
    }

    /// The string literal that stands here alone.
    pub(crate) fn text(&self) -> Option<Literal> {
        match &self.form {
            Form::Bare => one_text(&self.tokens, self.span),
            Form::Flag | Form::Value(_) | Form::List(_) => None,
        }
    }
}

/// The string literal, when these tokens are one and nothing else.
pub(crate) fn one_text(tokens: &TokenStream, place: Span) -> Option<Literal> {
    one_literal(tokens, place).filter(|literal| literal::text(literal).is_some())
}

/// The literal, when these tokens are one and nothing else.
pub(crate) fn one_literal(tokens: &TokenStream, place: Span) -> Option<Literal> {
    let mut cursor = Cursor::new(tokens.clone(), place);
    cursor.enter();
    let literal = cursor.literal()?;
    cursor.at_end().then_some(literal)
}

/// The arguments, split at commas.
pub(crate) fn arguments(tokens: TokenStream, place: Span, errors: &mut Errors) -> Vec<Argument> {
    let mut cursor = Cursor::new(tokens, place);
    let mut found = Vec::new();
    while !cursor.at_end() {
        let span = cursor.span();
        let tokens = cursor.expression_until_comma();
        if tokens.is_empty() {
            errors.at(span, "nothing stands before this comma");
        } else {
            found.push(argument(tokens, span));
        }
        cursor.punct(',');
    }
    found
}

fn argument(tokens: TokenStream, span: Span) -> Argument {
    let mut cursor = Cursor::new(tokens.clone(), span);
    cursor.enter();
    let name = cursor.ident();
    let mut form = Form::Bare;
    if name.is_some() && cursor.at_end() {
        form = Form::Flag;
    } else if name.is_some() && cursor.is_group(Delimiter::Parenthesis) {
        if let Some(list) = cursor.group(Delimiter::Parenthesis) {
            form = if cursor.at_end() { Form::List(list) } else { Form::Bare };
        }
    } else if name.is_some() && cursor.punct('=').is_some() && !cursor.at_end() {
        form = Form::Value(cursor.remaining());
    }
    let name = if matches!(form, Form::Bare) { None } else { name };
    Argument { name, form, tokens, span }
}
