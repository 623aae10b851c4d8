//! JSON of things with fields: an object for those with names, a list for the others.

use crate::emit::{self, bytes, fill, number, text};
use crate::record::{Plan, each_fill};
use proc_macro::TokenStream;

/// Where the fields wait while a body is read, and how it finds them.
///
/// `parts` has `declared`, `used`, `bounds` and `me` of the type, `slots` the name of the struct.
pub(crate) fn slots(plans: &[Plan], parts: &[(&str, TokenStream)]) -> TokenStream {
    let taken: Vec<&Plan> = plans.iter().filter(|plan| !plan.rules.is_internal()).collect();
    let arms = taken.iter().map(|plan| {
        let template = match plan.rules.secret {
            true => "$wire => <$ty as $x::Value>::fill_secret_json(r, &mut self.$local).map(|()| true),",
            false => "$wire => <$ty as $x::Value>::fill_json(r, &mut self.$local).map(|()| true),",
        };
        plan.fill(0, template, &[])
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
pub(crate) fn read(
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
pub(crate) fn write(plans: &[Plan], access: &str) -> TokenStream {
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
pub(crate) fn write_list(plans: &[Plan], access: &str) -> TokenStream {
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

/// Reads a list of exactly so many values into `constructor { .. }`; a block like [`read`]'s.
pub(crate) fn read_list(plans: &[Plan], constructor: &TokenStream) -> TokenStream {
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
