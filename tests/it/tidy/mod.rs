//! The rules of the house, as a test.
//!
//! A style that only people hold wears off; these rules are read from the files and told like a compiler tells an error:
//! `path:line: what is wrong; what to do`. Each rule is a function from a [`House`] to its findings and knows no disk, so
//! that beside every rule stands a test that shows it bite on a bad snippet.
//!
//! Words: the *house* is every text file that the rules look at; a *room* is a folder or file of `src/`; a *finding* is
//! one broken rule at one place.
//!
//! Left out on purpose: what rustfmt, clippy and rustdoc hold already (layout, missing documentation, the length of
//! functions), and anything that needs types. The rules read tokens, see [`source`].

mod leftovers;
mod orphans;
mod papers;
mod ranks;
mod safety;
mod shape;
mod shelf;
mod source;

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::path::Path;

/// The folders that hold our Rust code.
const FOLDERS: [&str; 5] = ["src", "macros", "examples", "tests", "benches"];

/// What lies on top and is read whole.
const PAPERS: [&str; 3] = ["README.md", "Cargo.toml", "Cargo.lock"];

/// One broken rule at one place.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Finding {
    path: String,
    line: usize,
    what: String,
}

impl Finding {
    fn new(path: &str, line: usize, what: impl Into<String>) -> Self {
        Self { path: path.to_owned(), line, what: what.into() }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.path, self.line, self.what)
    }
}

/// Everything that the rules look at: paths with `/`, from the root.
#[derive(Debug, Default)]
struct House {
    files: BTreeMap<String, String>,
    /// The names on top, files and folders, without what git ignores.
    top: Vec<String>,
}

impl House {
    /// The one this test was built from.
    fn here() -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut house = Self::default();
        for folder in FOLDERS {
            house.read(root, folder);
        }
        for paper in PAPERS {
            // One that is not there reads as empty: the rules then say what is missing in it.
            house.files.insert(paper.to_owned(), fs::read_to_string(root.join(paper)).unwrap_or_default());
        }
        house.top = names(root).into_iter().filter(|name| !ignored(name)).collect();
        house
    }

    /// One made of snippets.
    fn of(files: &[(&str, &str)]) -> Self {
        let top = files.iter().map(|(path, _)| path.split('/').next().unwrap_or(path).to_owned()).collect();
        let files = files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect();
        Self { files, top }
    }

    fn read(&mut self, root: &Path, path: &str) {
        let full = root.join(path);
        if full.is_dir() {
            for name in names(&full).into_iter().filter(|name| !ignored(name)) {
                self.read(root, &format!("{path}/{name}"));
            }
        } else if path.ends_with(".rs") || path.ends_with("Cargo.toml") {
            let text = fs::read_to_string(&full).unwrap_or_else(|error| panic!("{path}: {error}"));
            self.files.insert(path.to_owned(), text);
        }
    }

    /// The Rust files, in the order of their paths.
    fn rust(&self) -> impl Iterator<Item = (&str, &str)> {
        self.files
            .iter()
            .map(|(path, text)| (path.as_str(), text.as_str()))
            .filter(|(path, _)| path.ends_with(".rs"))
    }

    fn text(&self, path: &str) -> &str {
        self.files.get(path).map_or("", String::as_str)
    }

    /// The rooms there are: the names of folders and files in `src/`, but for `lib.rs`.
    fn rooms(&self) -> Vec<&str> {
        let mut rooms: Vec<&str> = self.rust().filter_map(|(path, _)| room(path)).collect();
        rooms.dedup();
        rooms
    }
}

/// The room a file belongs to: `src/codec/json/read.rs` and `src/codec.rs` to `codec`; nothing outside `src/` to any.
fn room(path: &str) -> Option<&str> {
    let name = path.strip_prefix("src/")?.split('/').next()?;
    let name = name.strip_suffix(".rs").unwrap_or(name);
    (name != "lib").then_some(name)
}

fn names(folder: &Path) -> Vec<String> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let names = entries.map(|entry| entry.map(|entry| entry.file_name().to_string_lossy().into_owned()));
    names.collect::<Result<_, _>>().unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
}

/// What `.gitignore` names: build output and the data of programs that were run here.
fn ignored(name: &str) -> bool {
    name == "target" || name == ".git" || name.ends_with("-data")
}

fn hold(rule: fn(&House) -> Vec<Finding>) {
    let mut findings = rule(&House::here());
    findings.sort();
    let lines: Vec<String> = findings.iter().map(Finding::to_string).collect();
    assert!(findings.is_empty(), "the house is not tidy:\n\n{}\n", lines.join("\n"));
}

/// What a rule says of some snippets, one line a finding.
fn said(rule: fn(&House) -> Vec<Finding>, files: &[(&str, &str)]) -> Vec<String> {
    rule(&House::of(files)).iter().map(Finding::to_string).collect()
}

/// Asserts that a rule finds exactly one thing in a snippet, and that its words hold `needle`.
fn bites(rule: fn(&House) -> Vec<Finding>, path: &str, text: &str, needle: &str) {
    let said = said(rule, &[(path, text)]);
    assert!(
        said.len() == 1 && said[0].contains(needle),
        "expected one finding with {needle:?}, found {said:?}\n{text}"
    );
}

/// Asserts that a rule has nothing to say of a snippet.
fn passes(rule: fn(&House) -> Vec<Finding>, path: &str, text: &str) {
    let said = said(rule, &[(path, text)]);
    assert!(said.is_empty(), "expected nothing, found {said:?}\n{text}");
}

#[test]
fn a_room_uses_rooms_of_a_lower_rank_only() {
    hold(ranks::check);
}

#[test]
fn unsafe_stays_in_sys_and_argues() {
    hold(safety::check);
}

#[test]
fn files_say_what_they_are_and_stay_short() {
    hold(shape::check);
}

#[test]
fn every_file_is_reached() {
    hold(orphans::check);
}

#[test]
fn nothing_is_left_over() {
    hold(leftovers::check);
}

#[test]
fn the_readme_tells_the_truth_about_the_house() {
    hold(papers::check);
}

#[test]
fn the_top_level_and_the_crates_are_the_agreed_ones() {
    hold(shelf::check);
}
