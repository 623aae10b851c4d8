//! `#[Model]`: a struct whose values are the rows of a table.

use crate::assemble::{block, fill_in, scope};
use crate::attribute::{Argument, Attribute, Form, arguments, docs, one_text};
use crate::data::record_code;
use crate::emit::{self, fill, number, text, truth};
use crate::error::Errors;
use crate::item::{Body, Item};
use crate::literal;
use crate::names;
use crate::record::{Plan, each, each_fill, plans, types};
use crate::rules::Place;
use crate::whole::{self, Whole};
use proc_macro::{Delimiter, TokenStream};

/// What stands in `#[Model(..)]`.
#[derive(Default)]
struct Arguments {
    indexes: Vec<Index>,
    /// The names that it had before.
    was: Vec<String>,
    whole: Whole,
}

struct Index {
    fields: Vec<usize>,
    unique: bool,
}

const ARGUMENTS: &[&str] = &["unique", "index", "check", "strict", "was"];

/// What `#[Model]` adds to the struct.
pub(crate) fn expand(item: &Item, errors: &mut Errors) -> TokenStream {
    let Body::Struct(fields) = &item.body else {
        errors.at(item.name.span(), "`#[Model]` belongs on a struct; `#[Data]` takes enums too");
        return TokenStream::new();
    };
    whole::misplaced(&item.attributes, "#[Model(check = path)]", errors);
    let name = names::plain(&item.name);
    let plans = plans(fields, Place::ModelField, &item.itself(), errors);
    let arguments = read_arguments(&item.attributes, &name, &plans, errors);
    let scope = scope(item, &types(&plans));
    let key = key(item, &plans, errors);
    let mut code = record_code(&scope, &plans, arguments.whole.strict);
    code.items.extend(requirements(&scope, &plans, &arguments));
    if arguments.whole.check.is_some() {
        code.check = fill(ROW_BESIDE_FIELDS, &[("fields", code.check)]);
    }
    code.rule = arguments.whole.rule();
    code.impls = model(&scope, item, &plans, key, &arguments);
    let mut out = block(&scope, item, &name, &docs(&item.attributes), &code);
    out.extend(handles(&scope, item, &plans));
    out
}

/// A row whose fields break rules is never put into its table, where the rule over the whole row is held: that one is looked
/// at here, so that everything that is wrong is said at once.
const ROW_BESIDE_FIELDS: &str = "
    let known = $x::Report::errors(report).len();
    $fields
    if $x::Report::errors(report).len() > known {
        <Self as $x::Model>::check_row(self, report);
    }";

/// The position of the one key.
fn key(item: &Item, plans: &[Plan], errors: &mut Errors) -> Option<usize> {
    let mut keys = plans.iter().enumerate().filter_map(|(position, plan)| Some((position, plan.rules.key?)));
    let first = keys.next();
    for (_, span) in keys {
        errors.at(span, "a model has one key, and this is a second: two fields that are unique together are `#[Model(unique(a, b))]`");
    }
    if first.is_none() {
        let name = &item.name;
        errors.at(
            name.span(),
            format!("a model needs a key: put `#[key]` on one field, for instance `#[key] id: Id<{name}>`"),
        );
    }
    first.map(|(position, _)| position)
}

/// A function that is never called and compiles only where every indexed field has an order, and every reference refers.
fn requirements(scope: &[(&'static str, TokenStream)], plans: &[Plan], arguments: &Arguments) -> TokenStream {
    let calls = each(plans, |position, plan| {
        let rules = &plan.rules;
        let is_indexed = rules.index.is_some()
            || rules.unique.is_some()
            || arguments.indexes.iter().any(|index| index.fields.contains(&position));
        let is_reference = rules.on_remove.is_some() || rules.loose.is_some();
        let calls =
            [(is_indexed, "stands_in_an_index::<$ty>();"), (is_reference, "is_a_reference::<$ty>();")];
        calls.iter().filter(|(is_needed, _)| *is_needed).map(|(_, call)| plan.fill_as_type(call)).collect()
    });
    if calls.is_empty() {
        return calls;
    }
    fill_in(
        scope,
        "#[allow(dead_code)]
        fn __requirements $declared () $bounds {
            fn stands_in_an_index<T: $x::Indexable>() {}
            fn is_a_reference<T: $x::Refers>() {}
            $calls
        }",
        &[("calls", calls)],
    )
}

fn model(
    scope: &[(&'static str, TokenStream)],
    item: &Item,
    plans: &[Plan],
    key: Option<usize>,
    arguments: &Arguments,
) -> TokenStream {
    // Without a key the error is said; the first field stands in, so that everything else still resolves.
    let position = key.unwrap_or(0);
    let (key_type, key) = match plans.get(position) {
        Some(plan) if key.is_some() => (plan.ty.clone(), plan.fill(0, "&self.$member", &[])),
        _ => (fill("::core::primitive::u64", &[]), fill("&0", &[])),
    };
    let access = "&$x::FieldAccess::<Self, $ty> { get: |row| &row.$member, get_mut: |row| &mut row.$member }";
    let access = |plan: &Plan| fill("$access,", &[("access", plan.fill_as_type(access))]);
    let check = arguments.whole.checked();
    let template =
        if check.is_empty() { "" } else { "fn check_row(&self, report: &mut $x::Report) { $check }" };
    let check = fill(template, &[("check", check)]);
    fill_in(
        scope,
        "#[automatically_derived]
        impl $declared $x::Model for $me $bounds {
            type Key = $key_type;
            const NAME: &'static ::core::primitive::str = $name;
            fn key(&self) -> &Self::Key { $key }
            fn definition() -> &'static $x::ModelInfo {
                $definition
            }
            fn fields() -> &'static [&'static dyn $x::FieldOps<Self>] { const { $are_values &[$fields] } }
            $check
        }",
        &[
            ("key_type", key_type),
            ("key", key),
            ("name", text(&names::plain(&item.name))),
            ("definition", definition(scope, item, plans, position, arguments)),
            ("fields", each(plans, |_, plan| access(plan))),
            // Says of a type that cannot be a field what is said of it elsewhere, so that rustc says it once.
            ("are_values", each_fill(plans, "let _ = <$ty as $x::Value>::shape;")),
            ("check", check),
        ],
    )
}

/// The body of `definition`.
fn definition(
    scope: &[(&'static str, TokenStream)],
    item: &Item,
    plans: &[Plan],
    key: usize,
    arguments: &Arguments,
) -> TokenStream {
    let single = plans.iter().enumerate().filter_map(|(position, plan)| {
        let unique = plan.rules.unique.is_some();
        (unique || plan.rules.index.is_some()).then(|| index(&[position], unique))
    });
    let several = arguments.indexes.iter().map(|found| index(&found.fields, found.unique));
    let parts = [
        ("key", number(key)),
        ("indexes", single.chain(several).collect()),
        ("roles", each(plans, |_, plan| role(plan))),
        ("strict", truth(arguments.whole.strict)),
        ("was", arguments.was.iter().map(|was| fill("$was,", &[("was", text(was))])).collect()),
    ];
    let info = fill_in(
        scope,
        "$x::ModelInfo {
            info: $info,
            key: $key,
            indexes: &[$indexes],
            roles: &[$roles],
            strict: $strict,
            was: &[$was],
        }",
        &parts,
    );
    let template = if item.generics.is_empty() {
        "static DEFINITION: $x::ModelInfo = $it; &DEFINITION"
    } else {
        "const { &$it }"
    };
    fill(template, &[("it", info)])
}

fn index(fields: &[usize], unique: bool) -> TokenStream {
    let fields = fields.iter().map(|field| fill("$field,", &[("field", number(*field))])).collect();
    fill(
        "$x::IndexInfo { fields: &[$fields], unique: $unique },",
        &[("fields", fields), ("unique", truth(unique))],
    )
}

fn role(plan: &Plan) -> TokenStream {
    let rules = &plan.rules;
    if rules.auto.is_none() && rules.on_remove.is_none() && rules.loose.is_none() {
        return fill("$x::Role::NONE,", &[]);
    }
    let auto = rules.auto.map_or_else(
        || fill("$None", &[]),
        |auto| fill("$Some($x::Auto::$auto)", &[("auto", fill(auto, &[]))]),
    );
    let on_remove = fill(rules.on_remove.unwrap_or("Refuse"), &[]);
    fill(
        "$x::Role { auto: $auto, on_remove: $x::OnRemove::$on_remove, loose: $loose },",
        &[("auto", auto), ("on_remove", on_remove), ("loose", truth(rules.loose.is_some()))],
    )
}

/// `Todo::DONE` and its like.
fn handles(scope: &[(&'static str, TokenStream)], item: &Item, plans: &[Plan]) -> TokenStream {
    let handles = each(plans, |position, plan| {
        let is_tuple = plan.name.starts_with(|c: char| c.is_ascii_digit());
        let name = if is_tuple { format!("F{}", plan.name) } else { names::constant(&plan.name) };
        let handle = emit::word(&name, plan.span);
        let docs = text(&format!("The field `{}`, for queries.", plan.name));
        let visibility = item.visibility.clone();
        plan.fill(
            position,
            "#[doc = $docs] $visibility const $handle: $x::Field<Self, $ty> = $x::Field::new($at, $wire);",
            &[("docs", docs), ("visibility", visibility), ("handle", handle)],
        )
    });
    fill_in(
        scope,
        "#[automatically_derived]
        #[allow(dead_code, private_interfaces, unreachable_pub, $quiet)]
        impl $declared $me $bounds { $handles }",
        &[("handles", handles)],
    )
}

fn read_arguments(attributes: &[Attribute], name: &str, plans: &[Plan], errors: &mut Errors) -> Arguments {
    let mut found = Arguments::default();
    for argument in whole::arguments(attributes, "model", errors) {
        found.read(&argument, name, plans, errors);
    }
    found
}

impl Arguments {
    fn read(&mut self, argument: &Argument, name: &str, plans: &[Plan], errors: &mut Errors) {
        match (argument.word().as_str(), &argument.form) {
            ("was", form) => self.read_was(argument, form, name, errors),
            (word @ ("unique" | "index"), Form::List(list)) => {
                let fields = index_fields(list, plans, errors);
                self.add(Index { fields, unique: word == "unique" }, argument, errors);
            }
            (word @ ("unique" | "index"), _) => {
                errors.over(
                    &argument.tokens,
                    argument.span,
                    format!("write `{word}(a, b)`, or put `#[{word}]` on one field"),
                );
            }
            _ => self.whole.read(argument, ARGUMENTS, errors),
        }
    }

    /// `was = "Patient"`
    fn read_was(&mut self, argument: &Argument, form: &Form, name: &str, errors: &mut Errors) {
        let value = match form {
            Form::Value(value) => one_text(value, argument.span).as_ref().and_then(literal::text),
            Form::Flag | Form::List(_) | Form::Bare => None,
        };
        let message = match value.filter(|was| !was.is_empty()) {
            None => "write `was = \"Name\"`: the name that the model had before".to_owned(),
            Some(was) if was == name => format!("`{was}` is what the model is called now: take `was` away"),
            Some(was) if self.was.contains(&was) => format!("`was = \"{was}\"` is given twice"),
            Some(was) => {
                self.was.push(was);
                return;
            }
        };
        errors.over(&argument.tokens, argument.span, message);
    }

    fn add(&mut self, index: Index, argument: &Argument, errors: &mut Errors) {
        if index.fields.is_empty() {
            return;
        }
        if self.indexes.iter().any(|other| other.fields == index.fields) {
            errors.over(&argument.tokens, argument.span, "an index over these fields is given twice");
            return;
        }
        self.indexes.push(index);
    }
}

/// The positions of the fields that are named in `unique(a, b)`.
fn index_fields(list: &proc_macro::Group, plans: &[Plan], errors: &mut Errors) -> Vec<usize> {
    let known: Vec<&str> = plans.iter().map(|plan| plan.name.as_str()).collect();
    let mut fields = Vec::new();
    for argument in arguments(list.stream(), list.span(), errors) {
        let text = argument.tokens.to_string();
        let name = text.strip_prefix("r#").unwrap_or(&text);
        match known.iter().position(|field| *field == name) {
            Some(field) if fields.contains(&field) => {
                errors.at(argument.span, format!("the field `{name}` is given twice"));
            }
            Some(field) => fields.push(field),
            None => errors.unknown(argument.span, "field", name, &known),
        }
    }
    if list.stream().is_empty() && list.delimiter() == Delimiter::Parenthesis {
        errors.at(list.span(), "an index needs the names of its fields");
    }
    fields
}
