//! What lies on top is agreed, the examples can be tried, and no crate but ours comes in.

use super::{Finding, House};

/// The agreed top level. Names with a dot before them (settings of tools) are not looked at.
const TOP: [&str; 11] = [
    "Cargo.lock",
    "Cargo.toml",
    "CHANGELOG.md",
    "LICENSE-APACHE",
    "LICENSE-MIT",
    "README.md",
    "benches",
    "examples",
    "macros",
    "src",
    "tests",
];

/// The crates that may be named in a manifest or the lock file.
const CRATES: [&str; 2] = ["sunstone", "sunstone-macros"];

pub(super) fn check(house: &House) -> Vec<Finding> {
    let mut findings = top(house);
    for (path, text) in house.files.iter().filter(|(path, _)| path.ends_with("Cargo.toml")) {
        // `benches/` is a workspace of its own with a lock file of its own, so that criterion can live there.
        if !path.starts_with("benches/") {
            findings.extend(dependencies(path, text));
        }
    }
    findings.extend(locked(house.text("Cargo.lock")));
    for (path, text) in house.rust() {
        findings.extend(example(path, text));
    }
    findings
}

fn top(house: &House) -> Vec<Finding> {
    let strange = |name: &&String| !name.starts_with('.') && !TOP.contains(&name.as_str());
    let what = "not of the agreed top level; put it into the folder it belongs to";
    house.top.iter().filter(strange).map(|name| Finding::new(name, 1, what)).collect()
}

/// The names under `[dependencies]`, `[dev-dependencies]`, `[target.….dependencies]`, `[workspace.dependencies]`,
/// and those of tables of their own, `[dependencies.name]`.
fn dependencies(path: &str, manifest: &str) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut inside = false;
    for (at, line) in manifest.lines().enumerate() {
        let line = line.trim();
        let name = if let Some(table) = line.strip_prefix('[') {
            let table = table.trim_end_matches(']');
            let (parent, last) = table.rsplit_once('.').unwrap_or(("", table));
            inside = last.ends_with("dependencies");
            parent.ends_with("dependencies").then_some(last)
        } else if inside && !line.starts_with('#') {
            line.split_once(['=', '.']).map(|(name, _)| name.trim())
        } else {
            None
        };
        if let Some(name) = name.filter(|name| !CRATES.contains(name)) {
            findings.push(Finding::new(
                path,
                at + 1,
                format!("the crate `{name}`; the framework has none but its own"),
            ));
        }
    }
    findings
}

fn locked(lock: &str) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (at, line) in lock.lines().enumerate() {
        let name = line.strip_prefix("name = \"").and_then(|rest| rest.strip_suffix('"'));
        if let Some(name) = name.filter(|name| !CRATES.contains(name)) {
            let what = format!("the crate `{name}` is locked; the framework has none but its own");
            findings.push(Finding::new("Cargo.lock", at + 1, what));
        }
    }
    findings
}

/// An example's header says how it is run and, if it serves, how it is asked and what status comes back.
fn example(path: &str, text: &str) -> Vec<Finding> {
    let Some(name) = example_name(path) else { return Vec::new() };
    let header: Vec<&str> = text.lines().map_while(|line| line.strip_prefix("//!")).map(str::trim).collect();
    let mut findings = Vec::new();
    let run = format!("--example {name}");
    if !header.iter().any(|line| line.starts_with("cargo run") && line.contains(&run)) {
        let what =
            format!("the header does not say how to run it; give it a line `cargo run --release {run}`");
        findings.push(Finding::new(path, 1, what));
    }
    let serves = text.contains("App::new(");
    let asked = header.iter().any(|line| line.starts_with("curl ") || line.starts_with("$ curl "));
    let answered = header.iter().any(|line| status(line).is_some());
    if serves && !(asked && answered) {
        let what =
            "the header does not say how to ask it; give it a line `curl … http://127.0.0.1:8080/…  # 200`";
        findings.push(Finding::new(path, 1, what));
    }
    findings
}

/// The name of the example whose root a file is: `examples/todo.rs` and `examples/todo/main.rs` are `todo`.
fn example_name(path: &str) -> Option<&str> {
    let rest = path.strip_prefix("examples/")?;
    rest.strip_suffix("/main.rs").or_else(|| rest.strip_suffix(".rs").filter(|name| !name.contains('/')))
}

/// The status at the end of a curl line: `curl … # 201 Created`.
fn status(line: &str) -> Option<u16> {
    let (_, said) = line.rsplit_once("# ")?;
    said.split(' ').next()?.parse().ok().filter(|status| (100..600).contains(status))
}

mod bite {
    use super::super::{bites, passes, said};
    use super::*;

    #[test]
    fn strange_things_on_top() {
        bites(check, "notes.txt", "", "notes.txt:1: not of the agreed top level");
        passes(check, ".editorconfig", "");
        passes(check, "CHANGELOG.md", "");
    }

    #[test]
    fn other_crates() {
        for manifest in [
            "[dependencies]\nserde = \"1\"",
            "[dev-dependencies]\nserde.workspace = true",
            "[target.'cfg(unix)'.dependencies]\nserde = { version = \"1\" }",
            "[dependencies.serde]\nversion = \"1\"",
            "[workspace.dependencies]\n# why\nserde = \"1\"",
        ] {
            bites(check, "macros/Cargo.toml", manifest, "the crate `serde`");
        }
        bites(
            check,
            "Cargo.lock",
            "[[package]]\nname = \"serde\"",
            "Cargo.lock:2: the crate `serde` is locked",
        );
        passes(
            check,
            "Cargo.toml",
            "[package]\nname = \"a\"\n[dependencies]\nsunstone-macros = { path = \"macros\" }\n\n[lints]\nx = 1",
        );
        passes(check, "benches/Cargo.toml", "[dependencies]\ncriterion = \"0.5\"");
    }

    #[test]
    fn examples_that_cannot_be_tried() {
        let good = "//! Shop.\n//!\n//!     cargo run --release --example shop\n//!     curl http://127.0.0.1:8080/a  # 200\n\nApp::new(\"shop\")";
        passes(check, "examples/shop.rs", good);
        passes(check, "examples/shop/main.rs", good);
        passes(check, "examples/shop/cart.rs", "//! A part of it.");
        passes(check, "examples/sum.rs", "//!     cargo run --example sum\nfn main() {}");
        bites(check, "examples/shop.rs", &good.replace("--example shop", "--example ship"), "how to run it");
        bites(check, "examples/shop.rs", &good.replace("curl", "open"), "how to ask it");
        bites(check, "examples/shop.rs", &good.replace("  # 200", ""), "how to ask it");
        let found = said(check, &[("examples/shop.rs", "//! Shop.\nApp::new(\"shop\")")]);
        assert_eq!(found.len(), 2, "{found:?}");
    }
}
