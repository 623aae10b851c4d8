//! A file says on top what it is, is named for what it holds, and stays short enough to be read.

use super::source::{Kind, tokens};
use super::{Finding, House};

/// A longer file needs a reason in [`LONG`].
const NORMAL_LINES: usize = 600;

/// No reason is good enough beyond this.
const WALL_LINES: usize = 1000;

/// Files over [`NORMAL_LINES`]: how many lines each may have, and why it is one file. The numbers only ever go down.
const LONG: [(&str, usize, &str); 0] = [];

/// Names that say nothing about what is in the drawer.
const DRAWERS: [&str; 10] =
    ["util", "utils", "common", "helper", "helpers", "types", "manager", "managers", "core", "misc"];

pub(super) fn check(house: &House) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, text) in house.rust() {
        findings.extend(top(path, text));
        findings.extend(name(path));
        findings.extend(length(path, text.lines().count(), &LONG));
    }
    findings.extend(stale(house, &LONG));
    findings
}

fn top(path: &str, text: &str) -> Option<Finding> {
    let first = tokens(text).into_iter().next();
    if first.is_some_and(|token| token.kind == Kind::Comment && token.text.starts_with("//!")) {
        return None;
    }
    Some(Finding::new(path, 1, "no `//!` on top; say what this file holds, and what it leaves out"))
}

fn name(path: &str) -> Option<Finding> {
    let drawer = path.trim_end_matches(".rs").split('/').find(|part| DRAWERS.contains(part))?;
    Some(Finding::new(
        path,
        1,
        format!("`{drawer}` names a drawer; name the file for the one thing it holds"),
    ))
}

fn length(path: &str, lines: usize, long: &[(&str, usize, &str)]) -> Option<Finding> {
    let allowed = long.iter().find(|(name, ..)| *name == path).map_or(NORMAL_LINES, |&(_, lines, _)| lines);
    let what = if lines > WALL_LINES {
        format!("{lines} lines, the wall stands at {WALL_LINES}; split the file by what its parts are for")
    } else if lines > allowed {
        format!(
            "{lines} lines, {allowed} are allowed; split the file, or argue in LONG (tests/it/tidy/shape.rs)"
        )
    } else {
        return None;
    };
    Some(Finding::new(path, lines, what))
}

/// Exceptions that are not needed any more: the ratchet.
fn stale(house: &House, long: &[(&str, usize, &str)]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for &(path, allowed, reason) in long {
        let lines = house.text(path).lines().count();
        let what = if lines <= NORMAL_LINES {
            format!("{lines} lines need no exception; take it out of LONG")
        } else if lines + 50 < allowed {
            format!("{lines} lines, but LONG allows {allowed}; lower its number")
        } else if reason.len() < 20 {
            "an exception without a reason; say in LONG why it is one file".to_owned()
        } else {
            continue;
        };
        findings.push(Finding::new(path, lines, what));
    }
    findings
}

mod bite {
    use super::super::{bites, passes};
    use super::*;

    #[test]
    fn no_words_on_top() {
        for text in ["", "use std::fmt;", "// Copyright\n//! Late.", "/// Of the item below.\nfn f() {}"] {
            bites(check, "src/net/wake.rs", text, "no `//!` on top");
        }
        passes(check, "src/net/wake.rs", "\n//! Wakes.\n");
    }

    #[test]
    fn drawers() {
        for path in ["src/net/utils.rs", "src/common/mod.rs", "macros/src/helpers.rs", "tests/it/core.rs"] {
            bites(check, path, "//! Odds and ends.", "names a drawer");
        }
        passes(check, "src/net/score.rs", "//! The word is whole.");
    }

    #[test]
    fn lengths() {
        let lines = |n: usize| "//! Long.\n".repeat(n);
        passes(check, "src/net/mod.rs", &lines(NORMAL_LINES));
        bites(check, "src/net/mod.rs", &lines(NORMAL_LINES + 1), "601 lines, 600 are allowed");
        bites(check, "src/net/mod.rs", &lines(WALL_LINES + 1), "the wall stands at 1000");
    }

    #[test]
    fn the_ratchet() {
        let long = [("src/a.rs", 700, "one table, read from top to bottom")];
        let said = |lines: usize| {
            let mut said: Vec<Finding> = length("src/a.rs", lines, &long).into_iter().collect();
            said.extend(stale(&House::of(&[("src/a.rs", "\n".repeat(lines).as_str())]), &long));
            said.iter().map(Finding::to_string).collect::<Vec<_>>().join("\n")
        };
        assert_eq!(said(700), "");
        assert!(said(701).contains("701 lines, 700 are allowed"), "{}", said(701));
        assert!(said(620).contains("lower its number"), "{}", said(620));
        assert!(said(600).contains("take it out of LONG"), "{}", said(600));
        let house = House::of(&[("src/a.rs", "\n".repeat(690).as_str())]);
        assert!(stale(&house, &[("src/a.rs", 700, "big")])[0].what.contains("without a reason"));
    }
}
