//! Every Rust file is reached by a `mod` line, so that no file is kept which nothing compiles.
//!
//! The walk starts at the roots that Cargo knows and follows `mod name;` into `name.rs` or `name/mod.rs`, inside inline
//! modules as well. `#[path]` is refused: a file lies where its module's name says.

use std::collections::BTreeSet;

use super::source::{Token, code};
use super::{Finding, House};

pub(super) fn check(house: &House) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut reached: BTreeSet<String> = BTreeSet::new();
    let mut open: Vec<String> =
        house.rust().map(|(path, _)| path.to_owned()).filter(|path| is_root(path)).collect();
    while let Some(path) = open.pop() {
        let Some(text) = house.files.get(&path) else { continue };
        let code = code(text);
        for at in (0..code.len()).filter(|&at| code[at].is("path") && attribute(&code, at)) {
            findings.push(Finding::new(
                &path,
                code[at].line,
                "`#[path]`; put the file where the module's name says",
            ));
        }
        open.extend(children(&path, &code));
        reached.insert(path);
    }
    let orphans = house.rust().filter(|(path, _)| !reached.contains(*path));
    let what = "no `mod` line leads here; add one, or delete the file";
    findings.extend(orphans.map(|(path, _)| Finding::new(path, 1, what)));
    findings
}

/// Where Cargo starts to read: libraries, programs, and each example, test and bench that stands for itself.
fn is_root(path: &str) -> bool {
    let parts: Vec<&str> = path.split('/').collect();
    matches!(
        parts.as_slice(),
        ["src", "lib.rs"]
            | ["macros" | "benches", "src", "lib.rs" | "main.rs"]
            | ["examples" | "tests" | "benches", _]
            | ["examples" | "tests", _, "main.rs"]
            | ["benches", "benches", _]
            | ["benches", "src", "bin", _]
            | ["benches", "programs", "src", "bin", _]
    )
}

fn attribute(code: &[Token<'_>], at: usize) -> bool {
    at >= 2
        && code[at - 1].is("[")
        && code[at - 2].is("#")
        && code.get(at + 1).is_some_and(|token| token.is("="))
}

/// The files that a file's `mod` lines name, both spellings of each.
fn children(path: &str, code: &[Token<'_>]) -> Vec<String> {
    let mut folder: Vec<&str> = path.split('/').collect();
    let file = folder.pop().unwrap_or_default();
    if !is_root(path) && file != "mod.rs" {
        folder.push(file.trim_end_matches(".rs"));
    }
    let mut found = Vec::new();
    let mut braces: Vec<bool> = Vec::new();
    for (at, token) in code.iter().enumerate() {
        match token.text {
            "{" => {
                let module = at >= 2 && code[at - 2].is("mod");
                if module {
                    folder.push(code[at - 1].text);
                }
                braces.push(module);
            }
            "}" if braces.pop() == Some(true) => drop(folder.pop()),
            ";" if at >= 2 && code[at - 2].is("mod") => {
                let stem = format!("{}/{}", folder.join("/"), code[at - 1].text);
                found.push(format!("{stem}.rs"));
                found.push(format!("{stem}/mod.rs"));
            }
            _ => {}
        }
    }
    found
}

mod bite {
    use super::super::{bites, passes, said};
    use super::*;

    #[test]
    fn a_file_that_nothing_names() {
        let house = [
            ("src/lib.rs", "mod net; // mod shed;\nconst A: &str = \"mod shed;\";"),
            ("src/net/mod.rs", "mod wake;"),
            ("src/net/wake.rs", ""),
            ("src/net/shed.rs", ""),
            ("src/shed.rs", ""),
        ];
        let found = said(check, &house);
        assert_eq!(found.len(), 2, "{found:?}");
        assert!(found[0].starts_with("src/net/shed.rs:1: no `mod` line leads here"), "{found:?}");
        assert!(found[1].starts_with("src/shed.rs:1: no `mod` line"), "{found:?}");
    }

    #[test]
    fn a_child_of_an_orphan_is_one() {
        let found = said(check, &[("src/a/mod.rs", "mod b;"), ("src/a/b.rs", "")]);
        assert_eq!(found.len(), 2, "{found:?}");
    }

    #[test]
    fn a_path_of_its_own() {
        bites(check, "src/lib.rs", "#[path = \"x.rs\"]\nmod y;", "`#[path]`");
    }

    #[test]
    fn what_is_reached() {
        let house = [
            ("src/lib.rs", "pub mod net;"),
            ("src/net.rs", "mod wake; mod inner { mod deep; }"),
            ("src/net/wake.rs", "//! Let path = 1;"),
            ("src/net/inner/deep.rs", ""),
            ("macros/src/lib.rs", "mod cursor;"),
            ("macros/src/cursor.rs", ""),
            ("tests/it/main.rs", "mod r#type;"),
            ("tests/it/type/mod.rs", ""),
            ("examples/hello.rs", ""),
            ("examples/shop/main.rs", "mod cart;"),
            ("examples/shop/cart.rs", ""),
            ("benches/benches/tree.rs", ""),
        ];
        assert_eq!(said(check, &house), Vec::<String>::new());
        passes(check, "src/lib.rs", "fn f(path: &str) {}");
    }
}
