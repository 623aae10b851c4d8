//! What the macros make is quiet: with every lint of the compiler that is about code turned on, a library of documented
//! items has none that says a word.

use super::cargo::{DEPENDS, Package};

const LIBRARY: &str = r#"//! Documented.
#![deny(warnings, missing_docs, missing_debug_implementations, unreachable_pub, unused_qualifications)]
#![deny(elided_lifetimes_in_paths, explicit_outlives_requirements, keyword_idents, let_underscore_drop)]
#![deny(macro_use_extern_crate, meta_variable_misuse, non_ascii_idents, redundant_lifetimes, single_use_lifetimes)]
#![deny(trivial_casts, trivial_numeric_casts, unit_bindings, unnameable_types, unused_lifetimes, unused_extern_crates)]
#![deny(unused_import_braces, unused_macro_rules, unused_results, variant_size_differences, ambiguous_negative_literals)]
#![forbid(unsafe_code)]

use sunstone::prelude::*;

/// Documented.
#[Model(unique(name, level), index(level, old), check = sound, strict)]
#[derive(Debug)]
pub struct Row {
    #[key]
    id: Id<Self>,
    #[check(length = 1..=9, with = fine)]
    name: String,
    #[index]
    level: Level,
    #[deprecated]
    #[default(7)]
    old: u8,
    #[on_remove(clear)]
    parent: Option<Id<Self>>,
    private: Option<Vec<Private>>,
}

fn sound(_: &Row) -> Result<(), String> {
    Ok(())
}

fn fine(_: &str) -> Result<(), String> {
    Ok(())
}

#[Data]
#[derive(Debug)]
struct Private(u8, [String; 1 + 1]);

/// Documented.
#[Data]
#[derive(Debug, Clone, Copy, Default)]
pub enum Level {
    /// Documented.
    #[default]
    Low,
    /// Documented.
    High,
}

/// Documented.
#[Data]
#[derive(Debug)]
pub enum Shape<T, const N: usize> {
    /// Documented.
    Dot,
    /// Documented.
    Many([T; N]),
    /// Documented.
    Pair(T, T),
    /// Documented.
    Named {
        /// Documented.
        value: T,
        /// Documented.
        #[deprecated]
        more: (T, Option<Box<Self>>),
    },
}

/// Documented.
#[Data]
#[derive(Debug)]
pub struct Name(String);

/// Documented.
#[derive(Debug)]
pub struct Rows2;

/// Documented.
#[Api("/rows/{level}")]
impl Rows2 {
    /// Documented.
    ///
    /// # Errors
    /// Documented.
    #[post("/", status = 201)]
    pub fn add(&self, tx: &mut Tx, level: Level, body: Row) -> Result<Row> {
        let _level = level;
        tx.insert(body)
    }

    /// Documented.
    #[must_use]
    #[get("/")]
    pub fn all<'v>(view: &'v View, caller: &Caller, level: Level, #[default(Self::FIRST)] from: u8) -> Rows<'v, Row> {
        let _all = (caller, from);
        view.find(Row::LEVEL.is(level))
    }

    const FIRST: u8 = 1;

    #[deprecated]
    fn count(store: &Store) -> u8 {
        let _store = store;
        1
    }
}
"#;

#[test]
fn what_the_macros_make_is_quiet() {
    let package = Package::new("quiet", DEPENDS);
    package.write("src/lib.rs", LIBRARY);
    let said = package.check(&["--lib"]);
    let about_it = said.split_once("Checking quiet").map_or(said.as_str(), |(_, after)| after);
    assert!(
        about_it.contains("Finished") && !about_it.contains("warning") && !about_it.contains("error"),
        "{said}"
    );
}
