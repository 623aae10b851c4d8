//! `#[Api]`: an impl block whose methods are calls and routes.
//!
//! The impl comes out with our attributes taken off; behind it comes one constant block with the arguments of each
//! method as a `#[Data]` struct and the table of methods.

use crate::attribute::{Argument, Attribute, Form, arguments, attributes, docs, one_text};
use crate::cursor::Cursor;
use crate::emit::{fill, text};
use crate::error::Errors;
use crate::generics::Generics;
use crate::literal;
use crate::method::{Member, members};
use crate::names;
use crate::operation::{self, Operation};
use crate::route::{self, CALL, VERBS};
use proc_macro::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};

/// The impl block, up to its braces.
struct Header {
    attributes: Vec<Attribute>,
    generics: Generics,
    /// The type that the methods belong to.
    owner: TokenStream,
    /// Its last name.
    name: Ident,
}

impl Header {
    /// The `#[cfg]`s on the impl, behind `#[Api]`.
    fn conditions(&self) -> TokenStream {
        let conditions = self.attributes.iter().filter(|attribute| attribute.is_condition());
        conditions.map(|attribute| attribute.tokens.clone()).collect()
    }
}

/// What stands in `#[Api(..)]`.
#[derive(Default)]
pub(crate) struct Prefix {
    pub(crate) path: String,
    pub(crate) parameters: Vec<String>,
    pub(crate) name: String,
}

/// The whole expansion: the impl, what is made of it, and what is wrong with it.
pub(crate) fn expand(given: TokenStream, item: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let (before, body) = split(item.clone());
    let (Some(header), Some(body)) = (header(before.clone(), &mut errors), body) else {
        return item.into_iter().chain(errors.into_tokens()).collect();
    };
    let prefix = prefix(given, &header.name, &mut errors);
    let mut operations: Vec<Operation> = Vec::new();
    let mut inside = TokenStream::new();
    for member in &members(&body) {
        match member {
            Member::Other(tokens) => inside.extend(tokens.clone()),
            Member::Method(method) => {
                inside.extend(method.tokens(is_ours, is_ours_inside));
                operations.extend(operation::operation(method, &prefix, &header.generics, &mut errors));
            }
        }
    }
    let mut braces = Group::new(Delimiter::Brace, inside);
    braces.set_span(body.span());
    // Arguments come by value, and only by value: advice to borrow them leads nowhere.
    let mut out = fill("#[allow(clippy::needless_pass_by_value)]", &[]);
    out.extend(before);
    out.extend([TokenTree::from(braces)]);
    out.extend(table(&header, &prefix, &operations));
    let mut conditional = Errors::default();
    conditional.append(errors, &header.conditions());
    out.extend(conditional.into_tokens());
    out
}

/// Ours on a method: verbs, `call`, and what was meant to be one.
fn is_ours(attribute: &Attribute) -> bool {
    attribute.is(CALL)
        || (attribute.is("cfg_attr") && attribute.mentions(&route::verb_names()))
        || VERBS.iter().any(|(verb, _)| attribute.is(verb))
        || operation::meant(attribute).is_some()
}

/// Ours on a parameter. Documentation cannot stay on one.
fn is_ours_inside(attribute: &Attribute) -> bool {
    attribute.is("doc") || operation::is_of_argument(attribute)
}

/// The tokens before the braces at the end, and the braces.
fn split(item: TokenStream) -> (TokenStream, Option<Group>) {
    let mut tokens: Vec<TokenTree> = item.into_iter().collect();
    match tokens.pop() {
        Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Brace => {
            (tokens.into_iter().collect(), Some(group))
        }
        last => (tokens.into_iter().chain(last).collect(), None),
    }
}

fn header(tokens: TokenStream, errors: &mut Errors) -> Option<Header> {
    let form = "`#[Api]` belongs on an impl block with methods: `#[Api(\"/todos\")] impl Todos { .. }`";
    let mut cursor = Cursor::new(tokens, Span::call_site());
    let attributes = attributes(&mut cursor);
    cursor.enter();
    let start = cursor.span();
    if cursor.word("impl").is_none() {
        errors.at(start, form);
        return None;
    }
    let mut generics = Generics::parse(&mut cursor);
    let owner = cursor.type_until(|cursor| cursor.is_word("where") || cursor.is_word("for"));
    if cursor.is_word("for") {
        errors.over(&owner, start, format!("this is the impl of a trait; {form}"));
        return None;
    }
    generics.parse_where(&mut cursor);
    if let Some(twin) = attributes.iter().find(|attribute| attribute.ends_in("Api")) {
        errors.at(twin.span, "the impl has `#[Api]` already");
        return None;
    }
    let Some(name) = last_name(&owner) else {
        errors.over(&owner, start, form);
        return None;
    };
    Some(Header { attributes, generics, owner, name })
}

/// The last name of a path before its generics.
fn last_name(path: &TokenStream) -> Option<Ident> {
    let mut cursor = Cursor::new(path.clone(), Span::call_site());
    cursor.enter();
    let mut name = None;
    while let Some(token) = cursor.take() {
        match token {
            TokenTree::Ident(word) => name = Some(word),
            TokenTree::Punct(punct) if punct.as_char() == ':' => {}
            _ => break,
        }
    }
    name
}

fn prefix(given: TokenStream, owner: &Ident, errors: &mut Errors) -> Prefix {
    let mut prefix = Prefix { name: names::snake(&names::plain(owner)), ..Prefix::default() };
    let mut has_path = false;
    let mut has_name = false;
    for argument in arguments(given, Span::call_site(), errors) {
        if let Some(path) = argument.text() {
            if has_path {
                errors.at(argument.span, "the path is given twice");
            } else if let Some((path, parameters)) = route::pattern(&path, errors) {
                route::keep_out(&path, argument.span, errors);
                prefix.path = path;
                prefix.parameters = parameters;
            }
            has_path = true;
            continue;
        }
        match (argument.word().as_str(), &argument.form) {
            ("name", _) if has_name => errors.at(argument.span, "`name` is given twice"),
            ("name", Form::Value(value)) => {
                has_name = true;
                if let Some(name) = call_name(value, &argument, errors) {
                    prefix.name = name;
                }
            }
            ("name", _) => errors.over(&argument.tokens, argument.span, "write `name = \"v1.todos\"`"),
            (_, Form::Bare | Form::Flag) => errors.over(
                &argument.tokens,
                argument.span,
                "expected a path or a name: `#[Api(\"/v1/todos\", name = \"v1.todos\")]`",
            ),
            (word, _) => errors.unknown(argument.span, "argument", word, &["name"]),
        }
    }
    prefix
}

fn call_name(value: &TokenStream, argument: &Argument, errors: &mut Errors) -> Option<String> {
    let name = one_text(value, argument.span).as_ref().and_then(literal::text);
    let is_name = |name: &str| {
        !name.is_empty()
            && name
                .split('.')
                .all(|part| !part.is_empty() && part.chars().all(|c| c.is_alphanumeric() || c == '_'))
    };
    let name = name.filter(|name| is_name(name));
    if name.is_none() {
        errors.over(value, argument.span, "a name is words with dots between: `name = \"v1.todos\"`");
    }
    name
}

/// The constant block with the impl of `Api`.
fn table(header: &Header, prefix: &Prefix, operations: &[Operation]) -> TokenStream {
    let parts = [
        ("conditions", header.conditions()),
        ("arguments", operations.iter().map(|operation| operation.arguments(&header.owner)).collect()),
        ("declared", header.generics.declared()),
        ("bounds", header.generics.bounds()),
        ("owner", header.owner.clone()),
        ("prefix", text(&prefix.path)),
        ("name", text(&prefix.name)),
        ("docs", text(&docs(&header.attributes))),
        ("methods", operations.iter().map(Operation::row).collect()),
    ];
    fill(
        "$conditions
        #[allow($quiet)]
        const _: () = {
            $arguments
            #[automatically_derived]
            impl $declared $x::Api for $owner $bounds {
                fn about() -> $x::ApiInfo { $x::ApiInfo { prefix: $prefix, name: $name, docs: $docs } }
                fn methods() -> &'static [$x::Method<Self>] { const { &[$methods] } }
            }
        };",
        &parts,
    )
}
