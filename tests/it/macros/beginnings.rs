//! Half-typed items expand too: no beginning of an item and no heap of tokens makes the macros panic, or go on for ever.
//!
//! rustc hands its macros whole items only; an editor hands them whatever stands there. So the modules of the macros are
//! compiled into a macro of a temporary crate that feeds them every beginning of its tokens.

use super::cargo::Package;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use sunstone::stdx::random::Xoshiro;

/// `every_beginning! { tokens }` expands all beginnings of the tokens by all macros, throws away what comes out, and
/// leaves the number of beginnings.
const MACRO: &str = r#"
use proc_macro::{Group, Literal, Span, TokenStream, TokenTree};

#[proc_macro]
pub fn every_beginning(tokens: TokenStream) -> TokenStream {
    let beginnings = beginnings(tokens);
    for beginning in &beginnings {
        for expand in [model::expand, data::expand] {
            if let Some(item) = item::parse(beginning.clone()) {
                let mut errors = error::Errors::default();
                let _made = expand(&item, &mut errors);
                let _said = errors.into_tokens();
            }
        }
        let _beginning = item::beginning(beginning.clone());
        let _api = api::expand(beginning.clone(), beginning.clone());
    }
    TokenTree::from(Literal::usize_suffixed(beginnings.len())).into()
}

fn beginnings(tokens: TokenStream) -> Vec<TokenStream> {
    let mut all = vec![TokenStream::new()];
    let mut before: Vec<TokenTree> = Vec::new();
    for token in tokens {
        if let TokenTree::Group(group) = &token {
            for inside in beginnings(group.stream()) {
                let mut cut = Group::new(group.delimiter(), inside);
                cut.set_span(Span::call_site());
                all.push(before.iter().cloned().chain([TokenTree::from(cut)]).collect());
            }
        }
        before.push(token);
        all.push(before.iter().cloned().collect());
    }
    all
}
"#;

/// Items with everything in them.
const ITEMS: [&str; 4] = [
    r#"/// Doc.
    #[model(unique(a, b), index(r#type), check = path::to::<A, B>, strict)]
    pub(crate) struct Row<'a, T: Fn(u8) -> Vec<Vec<u8>> = X, const N: usize = { 3 }> where T: Copy {
        #[key] pub(in a::b) id: Id<Self>, #[check(length = 1..=2, range = ..3, with = f)] #[default(1 + 1)] r#type: [T; { N }],
        #[was("x")] #[rename(r"y")] #[auto(created)] #[on_remove(clear)] c: Foo<{ A > B }> }"#,
    r#"#[data(__call = "x", strict)] struct Pair<T>(#[check(range = 0..)] pub (crate::A, T), u8) where T: Into<Vec<T>>;"#,
    r#"#[data] enum Step { #[default] A = 1 << 3, #[rename("b")] B(#[check(length = 1..)] Vec<u8>, u8), C { x: Self, y: u8 } }"#,
    r#"#[cfg(a)] impl<C: Clock> Shop<C> where C: Copy { const X: u8 = 1;
        #[post("/{id}/x", status = 201, journal = "changes")] pub async unsafe extern "C" fn add<'a, T>(&'a mut self,
        tx: &mut Tx, #[default(Self::X)] mut id: Id<Self>, Point { x, .. }: Point, y: impl A<B>, _: &dyn X) -> Result<Vec<T>>
        where T: A { body } macro_call! { x } type T = u8; }"#,
];

/// Words that mean something to the macros.
const WORDS: [&str; 40] = [
    "#",
    "!",
    "<",
    ">",
    "-",
    "=",
    ":",
    "::",
    ",",
    ";",
    "&",
    "'a",
    "..",
    "pub",
    "crate",
    "in",
    "self",
    "Self",
    "mut",
    "struct",
    "enum",
    "union",
    "impl",
    "for",
    "where",
    "const",
    "async",
    "fn",
    "dyn",
    "key",
    "check",
    "default",
    "get",
    "cfg_attr",
    "unique",
    "r#type",
    "x",
    "View",
    "\"/{id}\"",
    "7",
];

/// How many heaps of tokens are tried.
const HEAPS: usize = 40;

#[test]
fn half_typed_items_expand_too() {
    let seed = 0x5eed;
    let mut random = Xoshiro::new(seed);
    let package = Package::new("beginnings", "[lib]\nproc-macro = true\n");
    package.write("src/lib.rs", &format!("#![allow(warnings)]\n{}{MACRO}", modules()));
    let mut program = String::from("fn main() {\nlet mut count = 0;\n");
    let heaps = (0..HEAPS).map(|_| heap(&mut random, 0));
    for tokens in ITEMS.map(str::to_owned).into_iter().chain(heaps) {
        writeln!(program, "count += beginnings::every_beginning! {{ {tokens} }};")
            .expect("a string takes everything");
    }
    program.push_str("assert!(count > 1000);\n}\n");
    package.write("src/main.rs", &program);
    let said = package.check(&["--bins"]);
    assert!(said.contains("Finished"), "seed {seed:#x}\n{said}");
}

/// The modules of the macros, as they stand in their own `lib.rs`.
fn modules() -> String {
    let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("macros/src");
    let library = fs::read_to_string(sources.join("lib.rs")).expect("the macros have a library");
    let names = library.lines().filter_map(|line| line.strip_prefix("mod ")?.strip_suffix(';'));
    names
        .map(|name| format!("#[path = {:?}]\nmod {name};\n", sources.join(name).with_extension("rs")))
        .collect()
}

/// Some tokens, with groups in groups.
fn heap(random: &mut Xoshiro, depth: u64) -> String {
    let mut text = String::new();
    for _ in 0..random.below(14) {
        let (open, close) = [("(", ")"), ("[", "]"), ("{", "}")][pick(random, 3)];
        if depth < 3 && random.below(4) == 0 {
            write!(text, "{open}{}{close} ", heap(random, depth + 1)).expect("a string takes everything");
        } else {
            write!(text, "{} ", WORDS[pick(random, WORDS.len())]).expect("a string takes everything");
        }
    }
    text
}

fn pick(random: &mut Xoshiro, count: usize) -> usize {
    usize::try_from(random.below(count as u64)).expect("it is below a usize")
}
