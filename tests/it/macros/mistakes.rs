//! Every mistake gets its message: `wrong/<mistake>.txt` is the program, and below a line of dashes what rustc says to it.
//!
//! All mistakes are binaries of one crate, checked by one run of cargo. `SUNSTONE_BLESS=1` writes anew what is below the
//! dashes. rustc words its own errors differently from version to version, so whole outputs are compared with the
//! version they were written by ([`GOLDEN_VERSION`]); with any other, our own messages.

use super::cargo::{DEPENDS, Package};
use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::path::Path;
use std::process::Command;

/// The compiler that the golden files were written with.
const GOLDEN_VERSION: &str = "rustc 1.95.";

/// Between a program and what rustc says to it.
const DASHES: &str = "\n----\n";

#[test]
fn every_mistake_gets_its_message() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/macros/wrong");
    let transcripts = transcripts(&folder);
    let package = Package::new("wrong", DEPENDS);
    for (mistake, (program, _)) in &transcripts {
        package.write(&format!("src/bin/{mistake}.rs"), program);
    }
    let said = by_program(&package.check(&["--bins", "--keep-going"]));
    let bless = env::var_os("SUNSTONE_BLESS").is_some();
    let mut failures = Vec::new();
    for (mistake, (program, expected)) in &transcripts {
        let found = said.get(mistake).map_or("it compiles\n", String::as_str);
        if bless {
            let file = folder.join(mistake).with_extension("txt");
            fs::write(file, [program, DASHES, found].concat()).expect("the transcripts are ours to write");
        } else if comparable(expected) != comparable(found) {
            failures.push(format!("== {mistake}: expected\n{expected}\n== {mistake}: found\n{found}"));
        }
    }
    assert!(failures.is_empty(), "SUNSTONE_BLESS=1 writes what was found\n{}", failures.join("\n"));
}

/// What does not hang on rustc's own wording, unless it is the version that the golden files know.
fn comparable(said: &str) -> String {
    if version().starts_with(GOLDEN_VERSION) {
        return said.to_owned();
    }
    let ours = |line: &&str| line.starts_with("error: ") || line.starts_with("known are");
    said.lines().filter(ours).collect::<Vec<_>>().join("\n")
}

fn version() -> String {
    let rustc = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let output =
        Command::new(rustc).arg("--version").output().expect("the compiler that compiled this is there");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// The programs and what is expected to be said to them, by name.
fn transcripts(folder: &Path) -> BTreeMap<String, (String, String)> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).expect("the folder of mistakes is there") {
        let path = entry.expect("a folder can be read").path();
        let name = path.file_stem().expect("a file has a name").to_string_lossy().into_owned();
        let text = fs::read_to_string(&path).expect("a transcript is text");
        let (program, said) = text.split_once(DASHES).unwrap_or((&text, ""));
        found.insert(name, (program.to_owned(), said.to_owned()));
    }
    found
}

/// Cuts cargo's output where it names the program that it was about.
fn by_program(stderr: &str) -> BTreeMap<String, String> {
    let mut said = BTreeMap::new();
    let mut lines: Vec<&str> = Vec::new();
    let failed = "error: could not compile `wrong` (bin \"";
    let warned = "warning: `wrong` (bin \"";
    for line in stderr.lines() {
        if let Some(rest) = line.strip_prefix(failed).or_else(|| line.strip_prefix(warned)) {
            let name = rest.split('"').next().unwrap_or_default();
            // A program with warnings and errors is named twice.
            let text: &mut String = said.entry(name.to_owned()).or_default();
            text.push_str(&normal(&lines));
            lines.clear();
        } else if is_about_cargo(line) {
            lines.clear();
        } else {
            lines.push(line);
        }
    }
    said
}

/// Progress, and what is said of other packages.
fn is_about_cargo(line: &str) -> bool {
    let words = ["Checking ", "Compiling ", "Finished ", "Locking ", "Blocking ", "Updating ", "Adding "];
    let progress = words.iter().any(|word| line.trim_start().starts_with(word));
    progress || line.starts_with("warning: `") || line.starts_with("warning: build failed")
}

/// The text without what differs from machine to machine and from day to day: where the repository and std are, the
/// lines of their sources, and the list of the types that a trait has.
fn normal(lines: &[&str]) -> String {
    let mut text = String::new();
    let mut in_list = false;
    let mut in_source = false;
    for line in lines {
        let start = line.trim_start();
        let is_place = start.starts_with("--> ") || start.starts_with("::: ");
        let begins = start.is_empty() || start.starts_with("= ") || line.starts_with(char::is_alphabetic);
        if is_place {
            in_source = !start.contains(" src/bin/");
        } else if begins {
            in_source = false;
            in_list = line.contains("types implement trait");
        }
        let is_summary =
            line.starts_with("For more information") || line.starts_with("Some errors have detailed");
        if in_list || is_summary || (in_source && !is_place) {
            continue;
        }
        if in_source {
            text.push_str(&source_file(line));
        } else {
            text.push_str(line);
        }
        text.push('\n');
    }
    let mut text = text.trim_end().to_owned();
    text.push('\n');
    text
}

/// A place in the sources of this repository or of std, without its line.
fn source_file(place: &str) -> String {
    let file = place.split(".rs:").next().unwrap_or(place).replace(env!("CARGO_MANIFEST_DIR"), "$SUNSTONE");
    match file.split_once("/library/") {
        Some((before, file)) => format!("{}$STD/{file}.rs", before.split('/').next().unwrap_or_default()),
        None => format!("{file}.rs"),
    }
}
