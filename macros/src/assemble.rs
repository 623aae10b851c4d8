//! What `#[Model]` and `#[Data]` have in common: one constant block with the codec and the `Value` of a type.

use crate::emit::{fill, text};
use crate::item::Item;
use proc_macro::TokenStream;

/// The bodies of the functions, made by `record` or `choice`.
pub(crate) struct Code {
    /// The variant of `TypeBody`.
    pub(crate) body: &'static str,
    /// Every `MemberInfo`, each with a comma.
    pub(crate) members: TokenStream,
    /// The rule over the whole value, as it was written.
    pub(crate) rule: String,
    /// Items that the functions need.
    pub(crate) items: TokenStream,
    pub(crate) from_json: TokenStream,
    pub(crate) to_json: TokenStream,
    pub(crate) to_binary: TokenStream,
    pub(crate) from_binary: TokenStream,
    pub(crate) same: TokenStream,
    pub(crate) copy: TokenStream,
    pub(crate) order: TokenStream,
    pub(crate) check: TokenStream,
    /// Further functions of `FromJson`.
    pub(crate) more_json: TokenStream,
    /// Further functions of `Value`.
    pub(crate) more: TokenStream,
    /// Further impls.
    pub(crate) impls: TokenStream,
}

/// The names that every template may use: `me`, `declared`, `used`, `bounds` and `info`.
pub(crate) fn scope(item: &Item, types: &[TokenStream]) -> Vec<(&'static str, TokenStream)> {
    let used = item.generics.used();
    let info = if item.generics.is_empty() { "&__INFO" } else { "<__Info $used>::INFO" };
    vec![
        ("me", item.itself()),
        ("declared", item.generics.declared()),
        ("bounds", item.generics.bounds_with(types)),
        ("info", fill(info, &[("used", used.clone())])),
        ("used", used),
    ]
}

/// The template with the names of the scope and more.
pub(crate) fn fill_in(
    scope: &[(&'static str, TokenStream)],
    template: &str,
    more: &[(&'static str, TokenStream)],
) -> TokenStream {
    fill(template, &[scope, more].concat())
}

/// The whole block for a type called `name` in schemas.
pub(crate) fn block(
    scope: &[(&'static str, TokenStream)],
    item: &Item,
    name: &str,
    docs: &str,
    code: &Code,
) -> TokenStream {
    let body = fill(code.body, &[]);
    let info =
        [("name", text(name)), ("docs", text(docs)), ("body", body), ("members", code.members.clone())];
    let info = fill(
        "$x::TypeInfo {
            name: $name,
            docs: $docs,
            slot: &__SLOT,
            body: $x::TypeBody::$body,
            members: &[$members],
            rule: $rule,
        }",
        &[&info[..], &[("rule", text(&code.rule))]].concat(),
    );
    // A static cannot be generic; a constant of a generic type can.
    let holder = if item.generics.is_empty() {
        "static __INFO: $x::TypeInfo = $type_info;"
    } else {
        "struct __Info $declared (::core::marker::PhantomData<fn() -> $me>) $bounds;
        impl $declared __Info $used $bounds { const INFO: &'static $x::TypeInfo = &$type_info; }"
    };
    let mut parts = scope.to_vec();
    parts.push(("type_info", info));
    let holder = fill(holder, &parts);
    let impls = [codec(scope, code), value(scope, code), code.impls.clone()].into_iter().collect();
    fill(
        "#[allow($quiet)]
        const _: () = {
            static __SLOT: $x::TypeSlot = {
                static PLACE: ::core::sync::atomic::AtomicUsize = ::core::sync::atomic::AtomicUsize::new(0);
                $x::TypeSlot::new(|| &PLACE)
            };
            $holder
            $items
            $impls
        };",
        &[("holder", holder), ("items", code.items.clone()), ("impls", impls)],
    )
}

fn codec(scope: &[(&'static str, TokenStream)], code: &Code) -> TokenStream {
    fill_in(
        scope,
        "#[automatically_derived]
        impl $declared $json::FromJson for $me $bounds {
            fn from_json(r: &mut $json::Reader<'_>) -> ::core::result::Result<Self, $json::Halt> { $from_json }
            $more_json
        }
        #[automatically_derived]
        impl $declared $json::ToJson for $me $bounds {
            fn to_json(&self, w: &mut $json::Writer) { $to_json }
        }
        #[automatically_derived]
        impl $declared $binary::ToBinary for $me $bounds {
            fn to_binary(&self, w: &mut $binary::Writer<'_>) { $to_binary }
        }
        #[automatically_derived]
        impl $declared $binary::FromBinary for $me $bounds {
            fn from_binary(r: &mut $binary::Reader<'_>) -> ::core::result::Result<Self, $binary::Malformed> {
                $from_binary
            }
        }",
        &[
            ("from_json", code.from_json.clone()),
            ("more_json", code.more_json.clone()),
            ("to_json", code.to_json.clone()),
            ("to_binary", code.to_binary.clone()),
            ("from_binary", code.from_binary.clone()),
        ],
    )
}

fn value(scope: &[(&'static str, TokenStream)], code: &Code) -> TokenStream {
    fill_in(
        scope,
        "#[automatically_derived]
        impl $declared $x::Value for $me $bounds {
            fn shape() -> $x::Shape { $x::Shape::Named(|| $info) }
            fn same(&self, other: &Self) -> ::core::primitive::bool { $same }
            fn copy(&self) -> Self { $copy }
            fn order(&self, w: &mut $x::KeyWriter) { $order }
            fn check(&self, report: &mut $x::Report) { $check }
            $more
        }",
        &[
            ("same", code.same.clone()),
            ("copy", code.copy.clone()),
            ("order", code.order.clone()),
            ("check", code.check.clone()),
            ("more", code.more.clone()),
        ],
    )
}
