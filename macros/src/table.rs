//! What is made of the methods: the structs of their arguments, and their rows in the table of methods.

use crate::cursor::is_word;
use crate::emit::{self, fill, number, text, truth};
use crate::names;
use crate::operation::{Input, Kind, Operation, Value};
use crate::owner::without_self;
use crate::route::Route;
use proc_macro::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};

impl Operation {
    fn values(&self) -> impl Iterator<Item = &Value> {
        self.inputs.iter().filter_map(Input::value)
    }

    /// The name of the struct of its arguments.
    fn struct_name(&self) -> TokenStream {
        emit::word(&format!("__Arguments_{}", self.name), Span::mixed_site())
    }

    /// The struct of its arguments, a `#[Data]` of its own; nothing when it has none.
    pub(crate) fn arguments(&self, owner: &TokenStream) -> TokenStream {
        if self.values().next().is_none() {
            return TokenStream::new();
        }
        let fields = self.values().map(|value| {
            let parts = [
                ("conditions", value.conditions.clone()),
                ("attributes", without_self(value.attributes.clone(), owner)),
                ("rename", value.rename()),
                ("name", TokenTree::from(value.name.clone()).into()),
                ("ty", without_self(value.ty.clone(), owner)),
            ];
            fill("$conditions $attributes $rename $name: $ty,", &parts)
        });
        let parts = [
            ("conditions", self.conditions.clone()),
            ("schema", text(&self.schema)),
            ("struct", self.struct_name()),
            ("fields", fields.collect()),
        ];
        fill(
            "$conditions
            #[allow(non_camel_case_types)]
            #[derive($x::DataDerive)]
            #[data(__call = $schema)]
            struct $struct { $fields }",
            &parts,
        )
    }

    /// Its entry in the table.
    pub(crate) fn row(&self) -> TokenStream {
        let none = || fill("$None", &[]);
        let some = |tokens: TokenStream| fill("$Some($it)", &[("it", tokens)]);
        let route = self.route.as_ref();
        let has_arguments = self.values().next().is_some();
        let info = fill("$x::type_info::<$struct>", &[("struct", self.struct_name())]);
        let body = self.values().find(|value| value.wire == "body" && route.is_some());
        let status = route
            .and_then(|route| route.status)
            .map(|status| number(usize::try_from(status).unwrap_or_default()));
        let journal = route.is_none_or(|route| route.without_arguments.is_none());
        let parts = [
            ("conditions", self.conditions.clone()),
            ("name", text(&self.name)),
            ("docs", text(&self.docs)),
            ("verb", route.map_or_else(none, |route| some(fill(&format!("$x::Verb::{}", route.verb), &[])))),
            ("path", text(route.map_or("", |route| &route.path))),
            ("status", status.map_or_else(none, some)),
            ("kind", fill(&format!("$x::Kind::{}", self.kind.variant()), &[])),
            ("args", if has_arguments { some(info) } else { none() }),
            ("answer", self.told()),
            ("body", body.map_or_else(none, |value| some(text(&value.wire)))),
            ("journal_args", truth(journal)),
            ("takes_request", truth(self.inputs.iter().any(|input| matches!(input, Input::Request)))),
            ("run", self.run(has_arguments)),
        ];
        fill(
            "$conditions
            $x::Method {
                name: $name,
                docs: $docs,
                verb: $verb,
                path: $path,
                status: $status,
                kind: $kind,
                args: $args,
                answer: $answer,
                body: $body,
                journal_args: $journal_args,
                takes_request: $takes_request,
                run: $run,
            },",
            &parts,
        )
    }

    /// The function that takes the arguments from a call, calls the method, and hands on its answer.
    fn run(&self, has_arguments: bool) -> TokenStream {
        let template = if has_arguments { "let args = $x::Call::args::<$struct>(call)?;" } else { "" };
        let arguments = fill(template, &[("struct", self.struct_name())]);
        let api = if self.takes_self { "api" } else { "_api" };
        let about = if self.inputs.iter().any(|input| matches!(input, Input::Caller | Input::Request)) {
            "about"
        } else {
            "_about"
        };
        let call = match self.kind {
            Kind::Query => "$x::Call::query(call, |handle, $about, out| out.answer($answer))",
            Kind::Command => "$x::Call::command(call, |handle, $about, out| out.answer($answer))",
            Kind::Task => "$x::Call::task(call, |handle, $about, out| out.answer($answer))",
            Kind::Plain => "$x::Call::plain(call, |$about, out| out.answer($answer))",
        };
        let call = fill(call, &[("about", fill(about, &[])), ("answer", self.answer())]);
        fill(
            "|$api: &Self, call: &mut $x::Call<'_>| -> ::core::result::Result<(), $x::Error> { $arguments $call }",
            &[("api", fill(api, &[])), ("arguments", arguments), ("call", call)],
        )
    }

    /// The function that says what it answers.
    fn told(&self) -> TokenStream {
        let is_word =
            |token: &TokenTree, word| matches!(token, TokenTree::Ident(ident) if is_word(ident, word));
        // What a method without an answer or with `impl` before it gives back has no name.
        if self.answer.clone().into_iter().next().is_none_or(|first| is_word(&first, "impl")) {
            return fill("|| $None", &[]);
        }
        let answer = any_lifetimes(self.answer.clone());
        let needs_nothing = self.route.as_ref().is_some_and(Route::is_bodiless);
        let bodiless = match needs_nothing {
            true => {
                emit::fill_over(&answer, "$x::answers_nothing::<$answer>();", &[("answer", answer.clone())])
            }
            false => TokenStream::new(),
        };
        fill(
            "|| {
                use $x::{ToldFirst as _, ToldLast as _, ToldNext as _};
                $bodiless
                (&&&$x::Told::<$answer>::new()).shape()
            }",
            &[("bodiless", bodiless), ("answer", answer)],
        )
    }

    /// `Self::add(handle, args.title)`, with the place of the type that it answers, so that a type that cannot be an
    /// answer is underlined there.
    fn answer(&self) -> TokenStream {
        let mut spans = self.answer.clone().into_iter().map(|token| token.span());
        let first = spans.next().unwrap_or_else(|| self.ident.span());
        let last = spans.last().unwrap_or(first);
        let mut inputs = TokenStream::new();
        if self.takes_self {
            inputs.extend(fill("api,", &[]));
        }
        for input in &self.inputs {
            inputs.extend(match input {
                Input::Handle => fill("handle,", &[]),
                Input::Caller => fill("about.caller(),", &[]),
                Input::Request => fill("about.request(),", &[]),
                Input::Value(value) => {
                    let name = TokenTree::from(value.name.clone()).into();
                    fill(
                        "$conditions args.$name,",
                        &[("conditions", value.conditions.clone()), ("name", name)],
                    )
                }
            });
        }
        let mut inputs = Group::new(Delimiter::Parenthesis, inputs);
        inputs.set_span(last);
        let mut name = self.ident.clone();
        name.set_span(name.span().located_at(first));
        let owner = TokenTree::from(Ident::new("Self", first)).into();
        fill(
            "$owner::$name $inputs",
            &[
                ("owner", owner),
                ("name", TokenTree::from(name).into()),
                ("inputs", TokenTree::from(inputs).into()),
            ],
        )
    }
}

/// A type without the names of its lifetimes: those of a method are known inside it alone.
fn any_lifetimes(ty: TokenStream) -> TokenStream {
    let mut out = TokenStream::new();
    let mut is_lifetime = false;
    for token in ty {
        let begins = matches!(&token, TokenTree::Punct(punct) if punct.as_char() == '\'');
        out.extend([match token {
            TokenTree::Ident(name) if is_lifetime && !is_word(&name, "static") => {
                Ident::new("_", name.span()).into()
            }
            TokenTree::Group(group) => {
                let mut inside = Group::new(group.delimiter(), any_lifetimes(group.stream()));
                inside.set_span(group.span());
                inside.into()
            }
            other => other,
        }]);
        is_lifetime = begins;
    }
    out
}

impl Value {
    /// `#[rename("title")]` of `_title`.
    fn rename(&self) -> TokenStream {
        if names::plain(&self.name) == self.wire || !names::plain(&self.name).starts_with('_') {
            return TokenStream::new();
        }
        if crate::attribute::mentions(self.attributes.clone(), &["rename"]) {
            return TokenStream::new();
        }
        fill("#[rename($wire)]", &[("wire", text(&self.wire))])
    }
}

impl Kind {
    fn variant(self) -> &'static str {
        match self {
            Self::Query => "Query",
            Self::Command => "Command",
            Self::Task => "Task",
            Self::Plain => "Plain",
        }
    }
}
