//! `#[Data]` on an enum: one of several forms, each with a name and perhaps with data.
//!
//! In JSON a variant without data is its name, one with data is an object with its name as the only key.

use crate::assemble::{Code, block, fill_in, scope};
use crate::attribute::docs;
use crate::data::{Arguments, members};
use crate::emit::{self, bytes, fill, number, text};
use crate::error::Errors;
use crate::item::{FieldsForm, Item, Variant};
use crate::json;
use crate::names;
use crate::record::{self, Plan, each, each_fill, plans, said, types};
use crate::rules::{Place, distinct, rules};
use proc_macro::{Ident, Span, TokenStream, TokenTree};

/// A variant and what is done with it.
struct Choice {
    name: Ident,
    wire: String,
    /// Where to point at its name.
    span: Span,
    was: Vec<(String, Span)>,
    docs: String,
    form: FieldsForm,
    fields: Vec<Plan>,
    /// Its position among all members: variants, each followed by its fields.
    member: usize,
    /// Its position among the variants.
    position: usize,
}

type Scope = [(&'static str, TokenStream)];

pub(crate) fn expand(
    item: &Item,
    variants: &[Variant],
    name: &str,
    docs: &str,
    arguments: &Arguments,
    errors: &mut Errors,
) -> TokenStream {
    let choices = choices(variants, &item.itself(), errors);
    let all_types: Vec<TokenStream> = choices.iter().flat_map(|choice| types(&choice.fields)).collect();
    let scope = scope(item, &all_types);
    let mut code = code(&scope, &choices, arguments.whole.strict);
    code.check.extend(arguments.whole.checked());
    code.rule = arguments.whole.rule();
    block(&scope, item, name, docs, &code)
}

fn choices(variants: &[Variant], owner: &TokenStream, errors: &mut Errors) -> Vec<Choice> {
    let mut choices: Vec<Choice> = Vec::new();
    let mut member = 0usize;
    for (position, variant) in variants.iter().enumerate() {
        let said = rules(&variant.attributes, Place::Variant, errors);
        let place =
            if variant.fields.form == FieldsForm::Tuple { Place::TupleField } else { Place::DataField };
        let fields = plans(&variant.fields, place, owner, errors);
        let (wire, span) = match said.rename {
            Some(rename) => rename,
            None => (names::snake(&names::plain(&variant.name)), variant.name.span()),
        };
        let length = fields.len().saturating_add(1);
        choices.push(Choice {
            name: variant.name.clone(),
            wire,
            span,
            was: said.was,
            docs: docs(&variant.attributes),
            form: variant.fields.form,
            fields,
            member,
            position,
        });
        member = member.saturating_add(length);
    }
    let named = choices.iter().map(|choice| (choice.wire.as_str(), choice.span, choice.was.as_slice()));
    distinct("variants", named, errors);
    choices
}

fn code(scope: &Scope, choices: &[Choice], strict: bool) -> Code {
    let all = |piece: &dyn Fn(&Choice) -> TokenStream| choices.iter().map(piece).collect::<TokenStream>();
    let over = |arms: TokenStream| fill("match *self { $arms }", &[("arms", arms)]);
    let has_data = choices.iter().any(|choice| choice.form != FieldsForm::Unit);
    let indexable =
        fill_in(scope, "#[automatically_derived] impl $declared $x::Indexable for $me $bounds {}", &[]);
    let mut same = all(&Choice::same);
    if choices.len() > 1 {
        same.extend(fill("_ => false,", &[]));
    }
    let same = if choices.is_empty() {
        over(same)
    } else {
        fill("match (self, other) { $arms }", &[("arms", same)])
    };
    Code {
        body: "Choice",
        members: all(&Choice::members),
        rule: String::new(),
        items: all(&|choice| choice.slots(scope)),
        from_json: from_json(choices, strict),
        to_json: over(all(&Choice::to_json)),
        to_binary: over(all(&Choice::to_binary)),
        from_binary: fill(
            "match $binary::Reader::variant(r, &__SLOT)? { $arms _ => $Err($binary::Reader::unknown_variant(r)) }",
            &[("arms", all(&Choice::binary_arm))],
        ),
        same,
        copy: over(all(&Choice::copy)),
        order: over(all(&Choice::order)),
        check: over(all(&Choice::check)),
        more_json: TokenStream::new(),
        more: TokenStream::new(),
        impls: if has_data { TokenStream::new() } else { indexable },
    }
}

fn from_json(choices: &[Choice], strict: bool) -> TokenStream {
    let names = choices.iter().map(|choice| fill("$name,", &[("name", text(&choice.wire))]));
    let arms = choices.iter().map(|choice| choice.json_arm(strict));
    fill(
        "$x::variant(r, &[$names], &mut |index, r, has_value| match index { $arms _ => $Err($json::Halt::Invalid) })",
        &[("names", names.collect()), ("arms", arms.collect())],
    )
}

impl Choice {
    fn fill(&self, template: &str, more: &[(&str, TokenStream)]) -> TokenStream {
        let name = TokenTree::from(self.name.clone()).into();
        let mut parts = vec![
            ("name", name),
            ("wire", text(&self.wire)),
            ("member", number(self.member)),
            ("position", number(self.position)),
            ("count", number(self.fields.len())),
        ];
        parts.extend(more.iter().map(|(name, tokens)| (*name, tokens.clone())));
        fill(template, &parts)
    }

    /// `Self::Move`
    fn constructor(&self) -> TokenStream {
        self.fill("Self::$name", &[])
    }

    /// An arm that has a reference to every field in its local: `Self::Move { x: ref f0 } => { .. }`.
    fn arm(&self, body: TokenStream) -> TokenStream {
        let fields = each_fill(&self.fields, "$member: ref $local,");
        self.fill("Self::$name { $fields } => { $body }", &[("fields", fields), ("body", body)])
    }

    fn members(&self) -> TokenStream {
        let said = said(&self.was, &self.docs);
        let mut members = self.fill("$x::MemberInfo::new($wire, $None) $said,", &[("said", said)]);
        let prefix = format!("{}.", self.wire);
        members.extend(each(&self.fields, |_, plan| fill("$info,", &[("info", plan.info(&prefix))])));
        members
    }

    fn slots_name(&self) -> TokenStream {
        emit::word(&format!("__Slots{}", self.position), Span::mixed_site())
    }

    fn slots(&self, scope: &Scope) -> TokenStream {
        if self.form != FieldsForm::Named {
            return TokenStream::new();
        }
        let mut parts = scope.to_vec();
        parts.push(("slots", self.slots_name()));
        json::slots(&self.fields, &parts)
    }

    fn json_arm(&self, strict: bool) -> TokenStream {
        let value = match (self.form, self.fields.as_slice()) {
            (FieldsForm::Unit, _) => {
                let wrong = text(&format!("{} without a value", json::quoted(&self.wire)));
                let template = "$position => if has_value { $Err($json::Reader::expected(r, $wrong)) } else { $Ok(Self::$name) },";
                return self.fill(template, &[("wrong", wrong)]);
            }
            (FieldsForm::Tuple, [plan]) => {
                let template = "$Ok($made { $member: <$ty as $x::Value>::read_json(r)? })";
                plan.fill(0, template, &[("made", self.constructor())])
            }
            (FieldsForm::Tuple, _) => json::read_list(&self.fields, &self.constructor()),
            (FieldsForm::Named, _) => {
                json::read(&self.fields, &self.constructor(), &self.slots_name(), strict)
            }
        };
        let wrong = text(&format!("expected a value with it: {{{}: ..}}", json::quoted(&self.wire)));
        let template =
            "$position => if has_value { $value } else { $Err($json::Reader::reject(r, $wrong)) },";
        self.fill(template, &[("value", value), ("wrong", wrong)])
    }

    fn to_json(&self) -> TokenStream {
        if self.form == FieldsForm::Unit {
            let name = bytes(&json::quoted(&self.wire));
            return self.arm(fill("$json::Writer::raw(w, $name);", &[("name", name)]));
        }
        let key = bytes(&format!("{{{}:", json::quoted(&self.wire)));
        let value = match (self.form, self.fields.as_slice()) {
            (FieldsForm::Tuple, [_]) => each_fill(&self.fields, "<$ty as $x::Value>::write_json($local, w);"),
            (FieldsForm::Tuple, _) => json::write_list(&self.fields, "$local"),
            _ => json::write(&self.fields, "$local"),
        };
        let template = "$json::Writer::raw(w, $key); $value $json::Writer::raw(w, b\"}\");";
        self.arm(fill(template, &[("key", key), ("value", value)]))
    }

    fn to_binary(&self) -> TokenStream {
        if self.form == FieldsForm::Unit {
            return self.arm(self.fill("$binary::Writer::unit_variant(w, &__SLOT, $member);", &[]));
        }
        let head = self.fill("$binary::Writer::variant(w, &__SLOT, $member, $count)", &[]);
        let mut body = members(&self.fields, head);
        body.extend(record::write_members(&self.fields, "$local", self.member.saturating_add(1)));
        self.arm(body)
    }

    fn binary_arm(&self) -> TokenStream {
        if self.form == FieldsForm::Unit {
            return self.fill("$member => $Ok(Self::$name),", &[]);
        }
        let first = self.member.saturating_add(1);
        let value = record::read_binary(&self.fields, &self.constructor(), "variant_fields", first);
        self.fill("$member => $value,", &[("value", value)])
    }

    fn same(&self) -> TokenStream {
        let ours = each(&self.fields, |n, plan| plan.fill(n, "$member: $a,", &[("a", local("a", n))]));
        let theirs = each(&self.fields, |n, plan| plan.fill(n, "$member: $b,", &[("b", local("b", n))]));
        let fields = each(&self.fields, |n, plan| {
            plan.fill(n, "&& <$ty as $x::Value>::same($a, $b)", &[("a", local("a", n)), ("b", local("b", n))])
        });
        self.fill(
            "(Self::$name { $ours }, Self::$name { $theirs }) => true $fields,",
            &[("ours", ours), ("theirs", theirs), ("fields", fields)],
        )
    }

    fn copy(&self) -> TokenStream {
        let fields = each_fill(&self.fields, "$member: <$ty as $x::Value>::copy($local),");
        self.arm(self.fill("Self::$name { $fields }", &[("fields", fields)]))
    }

    fn order(&self) -> TokenStream {
        let mut body = self.fill("$x::KeyWriter::u32(w, $position);", &[]);
        body.extend(each_fill(&self.fields, "<$ty as $x::Value>::order($local, w);"));
        self.arm(body)
    }

    fn check(&self) -> TokenStream {
        if self.fields.is_empty() {
            return self.fill("Self::$name { .. } => {}", &[]);
        }
        let checks = match self.form {
            FieldsForm::Tuple => record::checks_tuple(&self.fields, "$local"),
            FieldsForm::Named | FieldsForm::Unit => record::checks(&self.fields, "$local"),
        };
        self.arm(self.fill("$x::Report::field(report, $wire, |report| { $checks });", &[("checks", checks)]))
    }
}

fn local(letter: &str, position: usize) -> TokenStream {
    emit::word(&format!("{letter}{position}"), Span::mixed_site())
}
