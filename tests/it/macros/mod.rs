//! The macros: odd but right items compile and keep their values (`right`), wrong ones get the message that a person
//! would want: `wrong/<mistake>.txt` is the program, and below a line of dashes what rustc says to it.
//!
//! All mistakes are binaries of one crate in a temporary folder, checked by one run of cargo. `SUNSTONE_BLESS=1`
//! writes anew what is below the dashes. rustc words its own errors differently from version to version, so whole
//! outputs are compared with the version they were written by ([`GOLDEN_VERSION`]); with any other, our own messages.

use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

mod right;

/// The compiler that the golden files were written with.
const GOLDEN_VERSION: &str = "rustc 1.95.";

/// Between a program and what rustc says to it.
const DASHES: &str = "\n----\n";

#[test]
fn every_mistake_gets_its_message() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/macros/wrong");
    let transcripts = transcripts(&folder);
    let programs = transcripts.iter().map(|(name, (program, _))| (name.clone(), program.clone())).collect();
    let said = check("wrong", &programs);
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

/// What rustc says to each program, by name; programs that compile without a word have no entry.
fn check(package: &str, programs: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    let folder = write_crate(package, programs);
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        // One at a time, so that what is said of one program stands together.
        .args(["check", "--offline", "--bins", "--keep-going", "--jobs=1", "--color=never"])
        .current_dir(&folder)
        .env("CARGO_TARGET_DIR", folder.with_extension("target"))
        .env_remove("RUSTFLAGS")
        .env_remove("CARGO_ENCODED_RUSTFLAGS")
        .env_remove("RUSTC_WORKSPACE_WRAPPER")
        .output()
        .expect("cargo runs");
    by_program(&String::from_utf8_lossy(&output.stderr), package)
}

fn write_crate(package: &str, programs: &BTreeMap<String, String>) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("macros-{package}"));
    let sources = folder.join("src/bin");
    // Programs of an earlier run are not to be compiled again.
    if sources.exists() {
        fs::remove_dir_all(&sources).expect("the temporary folder is ours");
    }
    fs::create_dir_all(&sources).expect("the temporary folder is ours");
    let manifest = format!(
        "[package]\nname = \"{package}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n\
         [dependencies]\nsunstone = {{ path = {:?} }}\n\n[workspace]\n\n[profile.dev]\ndebug = false\n",
        env!("CARGO_MANIFEST_DIR")
    );
    fs::write(folder.join("Cargo.toml"), manifest).expect("the temporary folder is ours");
    for (name, source) in programs {
        fs::write(sources.join(name).with_extension("rs"), source).expect("the temporary folder is ours");
    }
    folder
}

/// Cuts cargo's output where it names the program that it was about.
fn by_program(stderr: &str, package: &str) -> BTreeMap<String, String> {
    let mut said = BTreeMap::new();
    let mut lines: Vec<&str> = Vec::new();
    let failed = format!("error: could not compile `{package}` (bin \"");
    let warned = format!("warning: `{package}` (bin \"");
    for line in stderr.lines() {
        if let Some(rest) = line.strip_prefix(&failed).or_else(|| line.strip_prefix(&warned)) {
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
