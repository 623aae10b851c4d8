//! Code for things with fields: structs, variants, the arguments of a method.
//!
//! Every function here makes a part of one impl; `data`, `choice` and `model` put the parts together.

use crate::attribute::docs;
use crate::emit::{self, fill, number, text};
use crate::error::Errors;
use crate::item::{Fields, FieldsForm};
use crate::names;
use crate::owner::without_self;
use crate::rules::{Check, Fallback, Place, Rules, distinct, rules};
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
        let mut rules = rules(&field.attributes, place, errors);
        if let Some(Fallback::Expression(value)) = &mut rules.default {
            // It also stands where no `Self` is.
            *value = without_self(std::mem::take(value), owner);
        }
        let name = field.name.as_ref().map_or_else(|| position.to_string(), names::plain);
        let wire = rules.rename.as_ref().map_or_else(|| name.clone(), |(rename, _)| rename.clone());
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
    let place = |plan: &Plan| plan.rules.rename.as_ref().map_or(plan.span, |(_, span)| *span);
    let named = plans.iter().map(|plan| (plan.wire.as_str(), place(plan), plan.rules.was.as_slice()));
    distinct("fields", named, errors);
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
            Some(Fallback::Expression(value)) => fill("$Some(|| $value)", &[("value", value.clone())]),
            Some(Fallback::Text(value)) => fill(
                "$Some(|| <$ty as ::core::convert::From<_>>::from($value))",
                &[ty(), ("value", value.clone())],
            ),
            Some(Fallback::OfType) => fill("$Some(<$ty as ::core::default::Default>::default)", &[ty()]),
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
            (rules.key.is_some(), ".key()"),
            (rules.secret, ".secret()"),
            (rules.internal, ".internal()"),
            (rules.fixed, ".fixed()"),
        ];
        info.extend(flags.iter().filter(|(is_set, _)| *is_set).map(|(_, flag)| fill(flag, &[])));
        if rules.default.is_some() {
            info.extend(self.fill(0, ".optional(|| $x::default_text::<$ty>($default))", &[]));
        }
        let rule = rules.rule();
        if !rule.is_empty() {
            info.extend(fill(".rule($rule)", &[("rule", text(&rule))]));
        }
        info
    }

    /// Reports the rules that the field breaks, and those that its value breaks by itself.
    pub(crate) fn checks(&self, access: &str) -> TokenStream {
        let value = self.fill(0, access, &[]);
        let checks = self.rules.checks.iter().map(|check| {
            // What rustc says of the type of a field is said where that type stands.
            let over_type = |template, argument: &TokenStream| {
                let parts =
                    [("ty", self.ty.clone()), ("value", value.clone()), ("argument", argument.clone())];
                emit::fill_over(&self.ty, template, &parts)
            };
            match check {
                Check::Length(range) => {
                    over_type("$x::Report::length::<$ty>(report, $value, $argument);", range)
                }
                Check::Range(range) => {
                    over_type("$x::Report::range::<$ty>(report, $value, $argument);", range)
                }
                Check::With(path) => {
                    let call = emit::fill_over(path, "($path)(value)", &[("path", path.clone())]);
                    let template = "$x::Report::with(report, $value, |value: &$ty| $call);";
                    self.fill(0, template, &[("value", value.clone()), ("call", call)])
                }
            }
        });
        let mut checks: TokenStream = checks.collect();
        checks.extend(self.fill(0, "<$ty as $x::Value>::check($value, report);", &[("value", value)]));
        checks
    }
}

/// `.was(..).docs(..)` of a member.
pub(crate) fn said(was: &[(String, Span)], docs: &str) -> TokenStream {
    let mut out = TokenStream::new();
    if !was.is_empty() {
        let names = was.iter().map(|(name, _)| fill("$name,", &[("name", text(name))])).collect();
        out.extend(fill(".was(&[$names])", &[("names", names)]));
    }
    if !docs.is_empty() {
        out.extend(fill(".docs($docs)", &[("docs", text(docs))]));
    }
    out
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
        let template = match plan.rules.secret {
            true => "$x::Report::secret(report, $wire, |report| { $checks });",
            false => "$x::Report::field(report, $wire, |report| { $checks });",
        };
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

/// Do the fields have names?
pub(crate) fn is_record(form: FieldsForm) -> bool {
    matches!(form, FieldsForm::Named | FieldsForm::Unit)
}
