//! The attribute macros of Sunstone: [`macro@Model`], [`macro@Data`] and [`macro@Api`]. No syn, no quote.
//!
//! # Idea
//! A macro sees tokens, not types. It needs to know little of them: the names of fields and methods, and where a type
//! begins and ends. So there is no grammar of Rust in here. A `cursor` walks over tokens, `item` and `method` take
//! apart what has names and copy the rest, `rules` and `route` read our own attributes, and `emit` fills templates.
//! The user's tokens come out as they came in, spans and all, so that rustc's errors about them point at them.
//!
//! # The way of an item
//! - `#[Model]` and `#[Data]` put the item out untouched behind a derive, which does the work: rustc resolves `cfg` and
//!   `cfg_attr` on fields first, and helper attributes such as `#[key]` are legal. `record` and `json` make the code for
//!   things with fields, `choice` for enums, `assemble` puts the impls together, `data` and `model` add what is
//!   theirs.
//! - `#[Api]` takes its own attributes off methods and parameters, and puts behind the impl one constant block: for each
//!   `operation` the struct of its arguments (a `#[Data]` like any other) and a row in the `table` of methods.
//!
//! # Invariants
//! - The item always comes out, whatever is wrong with it, and everything that is wrong is said in one round
//!   (`error`). Wrong arguments fall back to defaults, so that what hangs on the item still resolves.
//! - Nothing panics, and every loop takes a token: half-typed items expand too. A test feeds every beginning of an item
//!   to every macro.
//! - Names of ours are hidden: locals are `mixed_site`, items begin with two underscores inside a constant block, paths
//!   are `::sunstone::export::..` and `::core::..`.
//! - The same item makes the same code: no files, no clock, no environment.
//! - No trait of std is implemented: `#[derive(Clone)]` stays the user's.
//!
//! # Left out
//! Bodies of methods are never looked at. Types are never understood: an alias of `Id<Team>` is as good as the name.

#![warn(missing_docs, missing_debug_implementations)]

mod api;
mod assemble;
mod attribute;
mod choice;
mod cursor;
mod data;
mod emit;
mod error;
mod fit;
mod generics;
mod item;
mod json;
mod literal;
mod method;
mod model;
mod names;
mod operation;
mod owner;
mod range;
mod record;
mod route;
mod rules;
mod table;
mod whole;

use error::Errors;
use proc_macro::{Span, TokenStream};

/// Makes a struct a model: its values are the rows of a table.
///
/// The struct gets its JSON and journal forms, its checks and indexes, and a handle for queries for each field: a
/// constant in capitals, `Todo::DONE` for `done`, `F0` for the first field of a tuple struct. No trait of std is
/// implemented.
///
/// ```
/// use sunstone::prelude::*;
///
/// /// Who sits where.
/// #[Model(unique(room, desk), check = Seat::sound)]
/// #[derive(Debug, Clone)]
/// pub struct Seat {
///     #[key]
///     pub id: Id<Self>,
///     #[check(length = 1..=200)]
///     pub room: String,
///     #[check(range = 1..)]
///     pub desk: u16,
///     #[on_remove(clear)]
///     pub beside: Option<Id<Self>>,
///     #[auto(created)]
///     pub since: Time,
/// }
///
/// impl Seat {
///     fn sound(&self) -> std::result::Result<(), &'static str> {
///         if self.beside == Some(self.id) { Err("nobody sits beside himself") } else { Ok(()) }
///     }
/// }
///
/// let _handle = Seat::ROOM.is("attic");
/// ```
///
/// | on a field | |
/// |---|---|
/// | `#[key]` | the key, on exactly one field |
/// | `#[index]`, `#[unique]` | an index over the field; one that no two rows share |
/// | `#[check(length = 1..=200, range = 0..=5, with = path)]` | rules, all of which hold; the bounds of a range are of the field's type, those of a `Decimal` integers or floats (`1..=10`, `0.5..`), those of a `String` texts; `with` names a `fn(&T) -> Result<(), impl Display>` |
/// | `#[default]`, `#[default(expression)]` | what it is when a body leaves it out |
/// | `#[was("old")]`, `#[rename("x")]` | a name that it had; the name that it has outside |
/// | `#[secret]` | never leaves the server; of one that breaks a rule it is told what was expected and not what was found (the words of a `with` are the program's own) |
/// | `#[internal]` | never from a body: read from one, it is its `#[default]`, else what `Default` says |
/// | `#[auto(created)]`, `#[auto(updated)]`, `#[auto(caller)]` | filled in by the transaction: a `Time` when the row was created or last changed, a `String` with who created it; or an `Option` of them. In a literal it still stands, with anything: `tx.now()`, `Time::default()`, `String::new()`, `None`; an insert writes over it |
/// | `#[fixed]` | set once |
/// | `#[on_remove(refuse)]`, `cascade`, `clear`; `#[loose]` | what happens when the row that it refers to goes; the reference is not checked |
///
/// | on the struct | |
/// |---|---|
/// | `#[Model(unique(a, b))]`, `index(a, b)` | an index over several fields |
/// | `check = path` | a rule over the whole row |
/// | `strict` | a body with unknown fields is refused |
/// | `was = "Place"` | a name that it had |
#[expect(non_snake_case, reason = "the attribute is named as the thing it makes")]
#[proc_macro_attribute]
pub fn Model(arguments: TokenStream, item: TokenStream) -> TokenStream {
    derived("Model", &["struct"], "#[derive($x::ModelDerive)] #[model($arguments)] $item", arguments, item)
}

/// Gives a struct or an enum its JSON and journal forms and its checks: for arguments, answers and parts of a model.
///
/// In JSON a struct with named fields is an object, a tuple struct a list, a tuple struct of one field what that field
/// is. A variant without data is its name in snake case (`InProgress` is `"in_progress"`), one with data an object with
/// that name as the only key.
///
/// ```
/// use sunstone::codec::json;
/// use sunstone::prelude::*;
///
/// #[Data]
/// enum Move {
///     Stay,
///     Go { x: i32, #[default(0)] y: i32 },
/// }
///
/// #[Data(check = Name::sound)]
/// struct Name(String);
///
/// impl Name {
///     fn sound(&self) -> std::result::Result<(), &'static str> {
///         if self.0.is_empty() { Err("nobody has no name") } else { Ok(()) }
///     }
/// }
///
/// assert!(matches!(json::decode(br#""stay""#), Ok(Move::Stay)));
/// assert!(matches!(json::decode(br#"{"go": {"x": 1}}"#), Ok(Move::Go { x: 1, y: 0 })));
/// ```
///
/// Fields with names take `check`, `default`, `was`, `rename`, `secret` and `internal` as those of a
/// [model](macro@Model) do, fields without names `check`, variants `was` and `rename`; the whole takes `check = path` and
/// `strict`.
#[expect(non_snake_case, reason = "the attribute is named as the thing it makes")]
#[proc_macro_attribute]
pub fn Data(arguments: TokenStream, item: TokenStream) -> TokenStream {
    derived(
        "Data",
        &["struct", "enum"],
        "#[derive($x::DataDerive)] #[data($arguments)] $item",
        arguments,
        item,
    )
}

/// Makes every method of an impl block a call, and those with a verb a route.
///
/// What the first argument is says what a method is: `&View` a query, `&mut Tx` a command, `&Store` a task, none of them
/// a plain function. `&self` is what was given to `App::api`. `&Caller` and `&Request` may stand anywhere; every other
/// argument comes by value and by its name, from the path, else from the query (`get`, `delete`), else from the body. One
/// argument named `body` is the whole body. Helper functions belong into an impl block of their own.
///
/// What the path says counts, whatever the query or the body say of it. A parameter of the query that is no argument, or that
/// is given twice and is no list, is refused, as is one that stands in the query of a method that reads its body; a
/// method that takes `&Request` may read the query by itself, so there it is let through. A list has its name several
/// times, `?tag=a&tag=b`, or is JSON, `?tag=["a","b"]`. Fields of a body that nobody knows are passed over, unless the
/// type of `body` is `#[Data(strict)]`.
///
/// ```
/// use sunstone::prelude::*;
///
/// struct Greetings {
///     word: String,
/// }
///
/// #[Api("/greetings", name = "v1.greetings")]
/// impl Greetings {
///     /// Says hello: GET /greetings/ann?loud=true, and the call `v1.greetings.hello`.
///     #[get("/{name}")]
///     fn hello(&self, name: String, #[default(false)] loud: bool) -> String {
///         format!("{} {name}{}", self.word, if loud { "!" } else { "" })
///     }
/// }
///
/// let _app = App::new("greetings").api(Greetings { word: "hello".to_owned() });
/// ```
///
/// - `#[Api]`, `#[Api("/path")]`, `#[Api("/path", name = "v1.todos")]`: without a name calls begin with the name of the
///   type in snake case: `todo_lists.add`.
/// - `#[get("/path")]`, `post`, `put`, `patch`, `delete`: with `status = 201` for another status of success (200 to 299;
///   204 and 205 have no body, and so belong to methods that answer nothing), and
///   `journal = "changes"` to keep the arguments out of the journal. A method without a verb is called by name alone;
///   `#[call]` may say so.
/// - Arguments take `#[check(..)]`, `#[default]`, `#[rename("x")]`, `#[secret]` and documentation. An argument `_title` is
///   called `title`.
#[expect(non_snake_case, reason = "the attribute is named as the thing it makes")]
#[proc_macro_attribute]
pub fn Api(arguments: TokenStream, item: TokenStream) -> TokenStream {
    api::expand(arguments, item)
}

/// Puts the item out as it is, behind a derive that does the work: so rustc resolves `cfg` and `cfg_attr` first.
fn derived(
    attribute: &str,
    kinds: &[&str],
    template: &str,
    arguments: TokenStream,
    item: TokenStream,
) -> TokenStream {
    let mut errors = Errors::default();
    let (attributes, keyword) = item::beginning(item.clone());
    let is_kind = |word: &proc_macro::Ident| kinds.iter().any(|kind| cursor::is_word(word, kind));
    if let Some(word) = keyword.filter(|word| !is_kind(word)) {
        let enums = if cursor::is_word(&word, "enum") { "; `#[Data]` takes enums too" } else { "" };
        errors.at(word.span(), format!("`#[{attribute}]` belongs on a {}{enums}", kinds.join(" or an ")));
    }
    for twin in attributes.iter().filter(|twin| twin.ends_in(attribute)) {
        errors.at(twin.span, format!("`#[{attribute}]` is given twice"));
    }
    let other = if attribute == "Data" { "Model" } else { "Data" };
    for twin in attributes.iter().filter(|twin| twin.ends_in(other)) {
        errors.at(twin.span, "`#[Model]` does what `#[Data]` does: take `#[Data]` away");
    }
    if errors.is_empty() {
        return emit::fill(template, &[("arguments", arguments), ("item", item)]);
    }
    item.into_iter().chain(errors.into_tokens()).collect()
}

/// What [`macro@Model`] derives.
#[doc(hidden)]
#[proc_macro_derive(
    ModelDerive,
    attributes(
        model, key, index, unique, check, default, was, rename, secret, auto, fixed, internal, on_remove,
        loose
    )
)]
pub fn model_derive(item: TokenStream) -> TokenStream {
    expand(item, model::expand)
}

/// What [`macro@Data`] derives.
#[doc(hidden)]
#[proc_macro_derive(
    DataDerive,
    attributes(
        data, key, index, unique, check, default, was, rename, secret, auto, fixed, internal, on_remove,
        loose
    )
)]
pub fn data_derive(item: TokenStream) -> TokenStream {
    expand(item, data::expand)
}

fn expand(item: TokenStream, with: fn(&item::Item, &mut Errors) -> TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let mut out = TokenStream::new();
    match item::parse(item) {
        Some(item) => match item.generics.lifetime() {
            Some(span) => errors.at(span, "a value owns its parts, so its type has no lifetime"),
            None => out.extend(with(&item, &mut errors)),
        },
        None => errors.at(Span::call_site(), "expected a struct or an enum"),
    }
    out.extend(errors.into_tokens());
    out
}
