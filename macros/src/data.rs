//! `#[Data]`: the codec and the checks of structs and enums without identity.

use crate::assemble::{Code, block, fill_in, scope};
use crate::attribute::{Attribute, Form, docs, one_text};
use crate::choice;
use crate::emit::{fill, number};
use crate::error::Errors;
use crate::item::{Body, Fields, FieldsForm, Item};
use crate::json;
use crate::literal;
use crate::names;
use crate::record::{self, Plan, each, each_fill, plans, types};
use crate::rules::Place;
use crate::whole::{self, Whole};
use proc_macro::TokenStream;

/// What stands in `#[Data(..)]`.
#[derive(Default)]
pub(crate) struct Arguments {
    pub(crate) whole: Whole,
    /// What schemas call it, where that is not its own name. `#[Api]` says it of the arguments of a call.
    name: Option<String>,
}

/// What `#[Data]` adds to the item.
pub(crate) fn expand(item: &Item, errors: &mut Errors) -> TokenStream {
    whole::misplaced(&item.attributes, "#[Data(check = path)]", errors);
    let arguments = read_arguments(&item.attributes, errors);
    let name = arguments.name.clone().unwrap_or_else(|| names::plain(&item.name));
    let docs = docs(&item.attributes);
    match &item.body {
        Body::Struct(fields) if record::is_record(fields.form) => {
            let place = if arguments.name.is_some() { Place::Argument } else { Place::DataField };
            let plans = plans(fields, place, &item.itself(), errors);
            let scope = scope(item, &types(&plans));
            let mut code = record_code(&scope, &plans, arguments.whole.strict);
            code.check.extend(arguments.whole.checked());
            code.rule = arguments.whole.rule();
            block(&scope, item, &name, &docs, &code)
        }
        Body::Struct(fields) => {
            let plans = plans(fields, Place::TupleField, &item.itself(), errors);
            let scope = scope(item, &types(&plans));
            let mut code = tuple_code(&scope, fields, &plans);
            code.check.extend(arguments.whole.checked());
            code.rule = arguments.whole.rule();
            block(&scope, item, &name, &docs, &code)
        }
        Body::Enum(variants) => choice::expand(item, variants, &name, &docs, &arguments, errors),
        Body::Other => {
            errors.at(item.name.span(), "`#[Data]` belongs on a struct or an enum");
            TokenStream::new()
        }
    }
}

fn read_arguments(attributes: &[Attribute], errors: &mut Errors) -> Arguments {
    let mut found = Arguments::default();
    for argument in whole::arguments(attributes, "data", errors) {
        match (argument.word().as_str(), &argument.form) {
            // Not for users: the name of a call that these are the arguments of.
            ("__call", Form::Value(value)) => {
                found.name = one_text(value, argument.span).as_ref().and_then(literal::text);
            }
            _ => found.whole.read(&argument, &["check", "strict"], errors),
        }
    }
    found
}

/// A struct with named fields; also every model.
pub(crate) fn record_code(scope: &[(&'static str, TokenStream)], plans: &[Plan], strict: bool) -> Code {
    let slots = fill("__Slots", &[]);
    let itself = fill("Self", &[]);
    let mut slot_parts = scope.to_vec();
    slot_parts.push(("slots", slots.clone()));
    let count = [("count", number(plans.len()))];
    let head = members(plans, fill("$binary::Writer::record(w, &__SLOT, $count)", &count));
    Code {
        body: "Record",
        members: each(plans, |_, plan| fill("$info,", &[("info", plan.info(""))])),
        rule: String::new(),
        items: json::slots(plans, &slot_parts),
        from_json: json::read(plans, &itself, &slots, strict),
        to_json: json::write(plans, OWN),
        to_binary: [head, record::write_members(plans, OWN, 0)].into_iter().collect(),
        from_binary: record::read_binary(plans, &itself, "record", 0),
        same: same(plans),
        copy: copy(plans),
        order: each_fill(plans, "<$ty as $x::Value>::order(&self.$member, w);"),
        check: record::checks(plans, OWN),
        more_json: TokenStream::new(),
        more: TokenStream::new(),
        impls: TokenStream::new(),
    }
}

/// A field of `self`.
const OWN: &str = "&self.$member";

/// Writes the head of a record or variant; its members follow, if there are any.
pub(crate) fn members(plans: &[Plan], head: TokenStream) -> TokenStream {
    let template = if plans.is_empty() { "$head;" } else { "let members = $head;" };
    fill(template, &[("head", head)])
}

fn same(plans: &[Plan]) -> TokenStream {
    fill(
        "true $fields",
        &[("fields", each_fill(plans, "&& <$ty as $x::Value>::same(&self.$member, &other.$member)"))],
    )
}

fn copy(plans: &[Plan]) -> TokenStream {
    fill(
        "Self { $fields }",
        &[("fields", each_fill(plans, "$member: <$ty as $x::Value>::copy(&self.$member),"))],
    )
}

fn tuple_code(scope: &[(&'static str, TokenStream)], fields: &Fields, plans: &[Plan]) -> Code {
    if let ([plan], FieldsForm::Tuple) = (plans, fields.form) {
        return transparent_code(scope, plans, plan);
    }
    let itself = fill("Self", &[]);
    let array = fill("$binary::Writer::array(w, $count);", &[("count", number(plans.len()))]);
    Code {
        body: "Tuple",
        members: each(plans, |_, plan| fill("$info,", &[("info", plan.info(""))])),
        rule: String::new(),
        items: TokenStream::new(),
        from_json: json::read_list(plans, &itself),
        to_json: json::write_list(plans, OWN),
        to_binary: [array, each_fill(plans, "<$ty as $x::Value>::write_binary(&self.$member, w);")]
            .into_iter()
            .collect(),
        from_binary: fill(
            "$binary::Reader::array(r, $count)?; $Ok(Self { $made })",
            &[
                ("count", number(plans.len())),
                ("made", each_fill(plans, "$member: <$ty as $x::Value>::read_binary(r)?,")),
            ],
        ),
        same: same(plans),
        copy: copy(plans),
        order: each_fill(plans, "<$ty as $x::Value>::order(&self.$member, w);"),
        check: record::checks_tuple(plans, OWN),
        more_json: TokenStream::new(),
        more: TokenStream::new(),
        impls: TokenStream::new(),
    }
}

/// A tuple struct of one field is what that field is, everywhere but in the program.
fn transparent_code(scope: &[(&'static str, TokenStream)], plans: &[Plan], plan: &Plan) -> Code {
    let one = |template| plan.fill(0, template, &[]);
    // A bound that does not hold is an error where no parameter stands in it; with a lifetime that stands for all, it
    // is an impl that does not apply.
    let only = |bound| {
        let only = plan.fill(0, bound, &[]);
        let template = if bounds(scope).is_empty() { "where $only" } else { "$bounds $only" };
        fill_in(scope, template, &[("only", only)])
    };
    let impls = fill_in(
        scope,
        "trait __Indexable<'all> {}
        impl<T: $x::Indexable> __Indexable<'_> for T {}
        #[automatically_derived]
        impl $declared $x::Indexable for $me $indexable {}
        trait __Refers<'all> {}
        impl<T: $x::Refers> __Refers<'_> for T {}
        #[automatically_derived]
        impl $declared $x::Refers for $me $refers {}",
        &[
            ("indexable", only("for<'all> $ty: __Indexable<'all>")),
            ("refers", only("for<'all> $ty: __Refers<'all>")),
        ],
    );
    Code {
        body: "Transparent",
        members: each(plans, |_, plan| fill("$info,", &[("info", plan.info(""))])),
        rule: String::new(),
        items: TokenStream::new(),
        from_json: one("$Ok(Self { $member: <$ty as $x::Value>::read_json(r)? })"),
        to_json: one("<$ty as $x::Value>::write_json(&self.$member, w);"),
        to_binary: one("<$ty as $x::Value>::write_binary(&self.$member, w);"),
        from_binary: one("$Ok(Self { $member: <$ty as $x::Value>::read_binary(r)? })"),
        same: same(plans),
        copy: copy(plans),
        order: one("<$ty as $x::Value>::order(&self.$member, w);"),
        // A type around itself is as deep as any other, whatever it is in JSON.
        check: fill(
            "$x::Report::deeper(report, |report| { $checks });",
            &[("checks", record::checks_tuple(plans, OWN))],
        ),
        more_json: one(
            "fn absent() -> ::core::option::Option<Self> {
                <$ty as $json::FromJson>::absent().map(|value| Self { $member: value })
            }",
        ),
        more: one(
            "fn target() -> ::core::option::Option<$x::Target> { <$ty as $x::Value>::target() }
            fn reference(&self, w: &mut $x::KeyWriter) -> ::core::primitive::bool {
                <$ty as $x::Value>::reference(&self.$member, w)
            }
            fn is_null(&self) -> ::core::primitive::bool { <$ty as $x::Value>::is_null(&self.$member) }
            fn counter(&self) -> ::core::option::Option<::core::primitive::u64> {
                <$ty as $x::Value>::counter(&self.$member)
            }
            fn from_time(time_ms: ::core::primitive::u64) -> ::core::option::Option<Self> {
                <$ty as $x::Value>::from_time(time_ms).map(|value| Self { $member: value })
            }
            fn from_caller(caller: ::core::option::Option<&::core::primitive::str>) -> ::core::option::Option<Self> {
                <$ty as $x::Value>::from_caller(caller).map(|value| Self { $member: value })
            }",
        ),
        impls,
    }
}

fn bounds(scope: &[(&'static str, TokenStream)]) -> TokenStream {
    scope.iter().find(|(name, _)| *name == "bounds").map(|(_, bounds)| bounds.clone()).unwrap_or_default()
}
