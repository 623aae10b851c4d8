//! Code for things with fields: structs, variants, the arguments of a method.
//!
//! Every function here makes a part of one impl; `data`, `choice` and `model` put the parts together.

use crate::attribute::docs;
use crate::emit::{self, bytes, fill, number, text};
use crate::error::Errors;
use crate::item::{Fields, FieldsForm};
use crate::names;
use crate::owner::without_self;
use crate::rules::{Check, Default, Place, Rules, rules};
use proc_macro::{Literal, Span, TokenStream, TokenTree};

/// A field and what is done with it.
pub(crate) struct Plan {
    /// `title`, or `0` in a tuple.
    pub(crate) member: TokenStream,
    /// The name in Rust without `r#`: `title`, or `0` in a tuple.
    pub(crate) name: String,
    /// The name in JSON and in the journal.
    pub(crate) wire: String,
    /// The local that holds it while it is read.
    pub(crate) local: TokenStream,
    pub(crate) ty: TokenStream,
    pub(crate) docs: String,
    pub(crate) rules: Rules,
    pub(crate) span: Span,
}

/// Makes the plans of all fields of the type `owner`, and complains about wire names that stand twice.
pub(crate) fn plans(fields: &Fields, place: Place, owner: &TokenStream, errors: &mut Errors) -> Vec<Plan> {
    let mut plans: Vec<Plan> = Vec::new();
    for (position, field) in fields.list.iter().enumerate() {
        let rules = rules(&field.attributes, place, errors);
        let name = field.name.as_ref().map_or_else(|| position.to_string(), names::plain);
        let wire = rules.rename.as_ref().map_or_else(|| name.clone(), |(rename, _)| rename.clone());
        if plans.iter().any(|plan| plan.wire == wire) {
            let place = rules.rename.as_ref().map_or(field.span, |(_, span)| *span);
            errors.at(place, format!("two fields are called `{wire}`"));
        }
        let member = match &field.name {
            Some(name) => TokenTree::from(name.clone()).into(),
            None => index(position, field.span),
        };
        let local = emit::word(&format!("f{position}"), Span::mixed_site());
        let docs = docs(&field.attributes);
        plans.push(Plan {
            member,
            name,
            wire,
            local,
            ty: without_self(field.ty.clone(), owner),
            docs,
            rules,
            span: field.span,
        });
    }
    plans
}

fn index(position: usize, span: Span) -> TokenStream {
    let mut literal = Literal::usize_unsuffixed(position);
    literal.set_span(span);
    TokenTree::from(literal).into()
}

/// The types of the fields.
pub(crate) fn types(plans: &[Plan]) -> Vec<TokenStream> {
    plans.iter().map(|plan| plan.ty.clone()).collect()
}

/// One piece of code for each plan, one after the other.
pub(crate) fn each(plans: &[Plan], piece: impl Fn(usize, &Plan) -> TokenStream) -> TokenStream {
    plans.iter().enumerate().map(|(position, plan)| piece(position, plan)).collect()
}

/// The template for each plan, with `$member`, `$wire`, `$local`, `$ty`, `$default` and `$at` (the position).
pub(crate) fn each_fill(plans: &[Plan], template: &str) -> TokenStream {
    each(plans, |position, plan| plan.fill(position, template, &[]))
}

impl Plan {
    pub(crate) fn fill(&self, position: usize, template: &str, more: &[(&str, TokenStream)]) -> TokenStream {
        let mut parts = vec![
            ("member", self.member.clone()),
            ("wire", text(&self.wire)),
            ("local", self.local.clone()),
            ("ty", self.ty.clone()),
            ("at", number(position)),
        ];
        if template.contains("$default") {
            parts.push(("default", self.default()));
        }
        parts.extend(more.iter().map(|(name, tokens)| (*name, tokens.clone())));
        fill(template, &parts)
    }

    /// The template, standing where the type of the field does: there belongs what rustc says of a type that does not
    /// fit. The template must have no locals that the user's tokens could mean.
    pub(crate) fn fill_as_type(&self, template: &str) -> TokenStream {
        emit::fill_as(&self.ty, template, &[("ty", self.ty.clone()), ("member", self.member.clone())])
    }

    /// `Some(|| 7)`: what it is when it is not given.
    fn default(&self) -> TokenStream {
        let ty = || ("ty", self.ty.clone());
        match &self.rules.default {
            Some(Default::Expression(value)) => fill("$Some(|| $value)", &[("value", value.clone())]),
            Some(Default::Text(value)) => fill(
                "$Some(|| <$ty as ::core::convert::From<_>>::from($value))",
                &[ty(), ("value", value.clone())],
            ),
            Some(Default::OfType) => fill("$Some(<$ty as ::core::default::Default>::default)", &[ty()]),
            None if self.rules.is_internal() => {
                fill("$Some(<$ty as ::core::default::Default>::default)", &[ty()])
            }
            None => fill("$None", &[]),
        }
    }

    /// `MemberInfo::new(..)`, the name behind `prefix`.
    pub(crate) fn info(&self, prefix: &str) -> TokenStream {
        let rules = &self.rules;
        let mut info = self.fill(
            0,
            "$x::MemberInfo::new($name, $Some(<$ty as $x::Value>::shape))",
            &[("name", text(&format!("{prefix}{}", self.wire)))],
        );
        info.extend(said(&rules.was, &self.docs));
        let flags = [
            (rules.secret, ".secret()"),
            (rules.internal, ".internal()"),
            (rules.fixed, ".fixed()"),
            (rules.default.is_some(), ".optional()"),
        ];
        info.extend(flags.iter().filter(|(is_set, _)| *is_set).map(|(_, flag)| fill(flag, &[])));
        info
    }

    /// Reports the rules that the field breaks, and those that its value breaks by itself.
    pub(crate) fn checks(&self, access: &str) -> TokenStream {
        let value = self.fill(0, access, &[]);
        let checks = self.rules.checks.iter().map(|check| {
            let (template, argument) = match check {
                Check::Length(range) => {
                    ("$x::Report::length::<$ty>(report, $value, $argument);", range.clone())
                }
                Check::Range(range) => {
                    ("$x::Report::range::<$ty>(report, $value, $argument);", range.clone())
                }
                Check::With(path) => (
                    "$x::Report::with(report, $value, |value: &$ty| $argument);",
                    emit::fill_over(path, "($path)(value)", &[("path", path.clone())]),
                ),
            };
            self.fill(0, template, &[("value", value.clone()), ("argument", argument)])
        });
        let mut checks: TokenStream = checks.collect();
        checks.extend(self.fill(0, "<$ty as $x::Value>::check($value, report);", &[("value", value)]));
        checks
    }
}

/// `.was(..).docs(..)` of a member.
pub(crate) fn said(was: &[String], docs: &str) -> TokenStream {
    let mut out = TokenStream::new();
    if !was.is_empty() {
        let names = was.iter().map(|name| fill("$name,", &[("name", text(name))])).collect();
        out.extend(fill(".was(&[$names])", &[("names", names)]));
    }
    if !docs.is_empty() {
        out.extend(fill(".docs($docs)", &[("docs", text(docs))]));
    }
    out
}

/// Where the fields wait while a body is read, and how it finds them.
///
/// `parts` has `declared`, `used`, `bounds` and `me` of the type, `slots` the name of the struct.
pub(crate) fn slots(plans: &[Plan], parts: &[(&str, TokenStream)]) -> TokenStream {
    let taken: Vec<&Plan> = plans.iter().filter(|plan| !plan.rules.is_internal()).collect();
    let arms = taken.iter().map(|plan| {
        plan.fill(0, "$wire => <$ty as $x::Value>::fill_json(r, &mut self.$local).map(|()| true),", &[])
    });
    let names = taken.iter().map(|plan| plan.fill(0, "$wire,", &[]));
    let mut parts = parts.to_vec();
    parts.push(("fields", each_fill(plans, "$local: $json::Slot<$ty>,")));
    parts.push(("arms", arms.collect()));
    parts.push(("names", names.collect()));
    fill(
        "struct $slots $declared $bounds { $fields of: ::core::marker::PhantomData<fn() -> $me> }
        #[automatically_derived]
        impl $declared $json::Fields for $slots $used $bounds {
            fn field(
                &mut self,
                name: &::core::primitive::str,
                r: &mut $json::Reader<'_>,
            ) -> ::core::result::Result<::core::primitive::bool, $json::Halt> {
                match name { $arms _ => $Ok(false) }
            }
            fn names(&self) -> &'static [&'static ::core::primitive::str] { &[$names] }
        }",
        &parts,
    )
}

/// Reads an object into `constructor { .. }`; a block whose value is a `Result`, with `r` in scope.
pub(crate) fn read_json(
    plans: &[Plan],
    constructor: &TokenStream,
    slots: &TokenStream,
    strict: bool,
) -> TokenStream {
    fill(
        "{
            let mut slots = $slots { $empty of: ::core::marker::PhantomData::<fn() -> Self> };
            $json::Reader::object(r, $strict, &mut slots)?;
            $take
            $full
            $Ok($constructor { $made })
        }",
        &[
            ("slots", slots.clone()),
            ("strict", emit::truth(strict)),
            ("constructor", constructor.clone()),
            ("empty", each_fill(plans, "$local: $json::Slot::Empty,")),
            (
                "take",
                each_fill(
                    plans,
                    "let $local = <$ty as $x::Value>::take_json(r, slots.$local, $wire, $default);",
                ),
            ),
            (
                "full",
                each_fill(plans, "let $Some($local) = $local else { return $Err($json::Halt::Invalid) };"),
            ),
            ("made", each_fill(plans, "$member: $local,")),
        ],
    )
}

/// Writes an object; `access` is the template of a reference to a field.
pub(crate) fn write_json(plans: &[Plan], access: &str) -> TokenStream {
    let mut out = TokenStream::new();
    let mut before = '{';
    for plan in plans.iter().filter(|plan| !plan.rules.secret) {
        let key = bytes(&format!("{before}{}:", quoted(&plan.wire)));
        let value = plan.fill(0, access, &[]);
        let parts = [("key", key), ("value", value)];
        out.extend(plan.fill(
            0,
            "$json::Writer::raw(w, $key); <$ty as $x::Value>::write_json($value, w);",
            &parts,
        ));
        before = ',';
    }
    let end = if before == '{' { "{}" } else { "}" };
    out.extend(fill("$json::Writer::raw(w, $end);", &[("end", bytes(end))]));
    out
}

/// Writes a list.
pub(crate) fn write_json_tuple(plans: &[Plan], access: &str) -> TokenStream {
    let mut out = TokenStream::new();
    let mut before = "[";
    for plan in plans {
        let parts = [("before", bytes(before)), ("value", plan.fill(0, access, &[]))];
        out.extend(plan.fill(
            0,
            "$json::Writer::raw(w, $before); <$ty as $x::Value>::write_json($value, w);",
            &parts,
        ));
        before = ",";
    }
    let end = if before == "[" { "[]" } else { "]" };
    out.extend(fill("$json::Writer::raw(w, $end);", &[("end", bytes(end))]));
    out
}

/// Reads a list of exactly so many values into `constructor { .. }`; a block like [`read_json`]'s.
pub(crate) fn read_json_tuple(plans: &[Plan], constructor: &TokenStream) -> TokenStream {
    let what = match plans.len() {
        0 => "an empty list".to_owned(),
        more => format!("a list of {more} values"),
    };
    fill(
        "{
            $empty
            let mut count = 0usize;
            $json::Reader::array(r, &mut |r| {
                let at = count;
                count += 1;
                match at { $arms _ => $json::Reader::skip(r) }
            })?;
            if count != $length {
                return $Err($json::Reader::reject(r, ::std::format!($wrong)));
            }
            $take
            $full
            $Ok($constructor { $made })
        }",
        &[
            ("empty", each_fill(plans, "let mut $local: $json::Slot<$ty> = $json::Slot::Empty;")),
            ("arms", each_fill(plans, "$at => <$ty as $x::Value>::fill_json(r, &mut $local),")),
            ("length", number(plans.len())),
            ("wrong", text(&format!("expected {what}, found {{count}}"))),
            (
                "take",
                each_fill(plans, "let $local = <$ty as $x::Value>::take_json(r, $local, $wire, $None);"),
            ),
            (
                "full",
                each_fill(plans, "let $Some($local) = $local else { return $Err($json::Halt::Invalid) };"),
            ),
            ("constructor", constructor.clone()),
            ("made", each_fill(plans, "$member: $local,")),
        ],
    )
}

/// Reads the members of a record or a variant into `constructor { .. }`; `call` is the reader's method.
pub(crate) fn read_binary(
    plans: &[Plan],
    constructor: &TokenStream,
    call: &str,
    first: usize,
) -> TokenStream {
    let arm = |position: usize, plan: &Plan| {
        let position = first.saturating_add(position);
        plan.fill(position, "$at => <$ty as $x::Value>::fill_binary(r, &mut $local),", &[])
    };
    fill(
        "{
            $empty
            $binary::Reader::$call(r, &__SLOT, &mut |index, r| match index { $arms _ => $binary::Reader::skip(r) })?;
            $Ok($constructor { $made })
        }",
        &[
            ("empty", each_fill(plans, "let mut $local: $json::Slot<$ty> = $json::Slot::Empty;")),
            ("call", fill(call, &[])),
            ("arms", each(plans, arm)),
            ("constructor", constructor.clone()),
            ("made", each_fill(plans, "$member: <$ty as $x::Value>::take_binary(r, $local, $wire, $default)?,")),
        ],
    )
}

/// Writes the members after the head of the record.
pub(crate) fn write_members(plans: &[Plan], access: &str, first: usize) -> TokenStream {
    each(plans, |position, plan| {
        let value = plan.fill(0, access, &[]);
        let template =
            "$binary::Writer::member(w, members, $at); <$ty as $x::Value>::write_binary($value, w);";
        plan.fill(first.saturating_add(position), template, &[("value", value)])
    })
}

/// Reports what every field breaks, each under its name.
pub(crate) fn checks(plans: &[Plan], access: &str) -> TokenStream {
    each(plans, |_, plan| {
        let template = "$x::Report::field(report, $wire, |report| { $checks });";
        plan.fill(0, template, &[("checks", plan.checks(access))])
    })
}

/// Reports what the parts of a tuple break, as they stand in JSON: the only one is the value itself.
pub(crate) fn checks_tuple(plans: &[Plan], access: &str) -> TokenStream {
    if let [only] = plans {
        return only.checks(access);
    }
    each(plans, |position, plan| {
        let template = "$x::Report::element(report, $at, |report| { $checks });";
        plan.fill(position, template, &[("checks", plan.checks(access))])
    })
}

/// The name as a JSON string.
pub(crate) fn quoted(name: &str) -> String {
    let mut out = String::from("\"");
    for c in name.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if u32::from(c) < 0x20 => out.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// Do the fields have names?
pub(crate) fn is_record(form: FieldsForm) -> bool {
    matches!(form, FieldsForm::Named | FieldsForm::Unit)
}
