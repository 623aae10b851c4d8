//! A room uses rooms of a lower rank only, never another one of its own rank.
//!
//! So the rooms form layers, no two of them know each other, and any of them can be read without those above it. Test
//! modules count as well: a room that needs an upper room for its tests is tested in `tests/it/`.
//!
//! Read are the paths `crate::room`, `sunstone::room` and chains of `super` that reach the root, in `use` trees and in
//! the code, macros included. Comments are not read: documentation may point upwards, and its examples are programs.

use super::source::{Kind, Token, code};
use super::{Finding, House, room};

/// The rooms and their ranks, in reading order.
pub(super) const RANKS: [(&str, usize); 23] = [
    ("sys", 0),
    ("error", 0),
    ("stdx", 1),
    ("codec", 2),
    ("hash", 2),
    ("http", 3),
    ("ws", 3),
    ("journal", 3),
    ("net", 4),
    ("model", 4),
    ("state", 5),
    ("query", 6),
    ("store", 7),
    ("live", 8),
    ("api", 9),
    ("dashboard", 10),
    ("clients", 10),
    ("client", 10),
    ("test", 10),
    ("app", TOP),
    ("cli", TOP),
    ("prelude", TOP),
    ("export", TOP),
];

/// The rank of what puts the rooms together: here alone, equals may use each other.
const TOP: usize = 11;

pub(super) fn rank(room: &str) -> Option<usize> {
    RANKS.iter().find(|(name, _)| *name == room).map(|&(_, rank)| rank)
}

pub(super) fn check(house: &House) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, text) in house.rust() {
        let Some(own) = room(path) else { continue };
        let Some(own_rank) = rank(own) else {
            let what = format!(
                "the room `{own}` has no rank; give it one in tests/it/tidy/ranks.rs, or move the file"
            );
            findings.push(Finding::new(path, 1, what));
            continue;
        };
        for used in uses(&code(text), depth(path)) {
            findings.extend(judge(own, own_rank, &used).map(|what| Finding::new(path, used.line, what)));
        }
    }
    findings
}

fn judge(own: &str, own_rank: usize, used: &Token<'_>) -> Option<String> {
    let name = used.text;
    if name == own || own_rank == TOP {
        return None;
    }
    match rank(name) {
        None => {
            Some(format!("`{name}` is taken from the root, which is no room; name the room that it lives in"))
        }
        Some(rank) if rank == own_rank => Some(format!(
            "`{own}` and `{name}` both have rank {rank} and must not know each other; \
             move what they share to a lower room, or the use of both to a higher one"
        )),
        Some(rank) if rank > own_rank => Some(format!(
            "`{own}` (rank {own_rank}) uses `{name}` (rank {rank}); \
             pass in what it needs, or put a trait into `{own}` that `{name}` implements"
        )),
        Some(_) => None,
    }
}

/// How many `super` lead from a file's module to the root.
fn depth(path: &str) -> usize {
    let module = path.trim_start_matches("src/").trim_end_matches(".rs").trim_end_matches("/mod");
    module.split('/').count()
}

/// The names that the code takes from the crate's root, each with its line.
fn uses<'a>(code: &[Token<'a>], depth: usize) -> Vec<Token<'a>> {
    let mut found = Vec::new();
    let mut braces: Vec<bool> = Vec::new();
    for (at, token) in code.iter().enumerate() {
        let inline = braces.iter().filter(|&&module| module).count();
        // Only a `super` can go on a path that another word of the root began.
        let begins = at < 2 || !is_super(&[code[at - 1], code[at - 2]]);
        match token.text {
            "{" => braces.push(at >= 2 && code[at - 2].is("mod")),
            "}" => drop(braces.pop()),
            "crate" | "sunstone" if token.kind == Kind::Word && begins => {
                first_names(&code[at + 1..], &mut found);
            }
            "super" if token.kind == Kind::Word && begins => {
                let supers = 1 + code[at + 1..].chunks(2).take_while(|pair| is_super(pair)).count();
                if supers == depth + inline {
                    first_names(&code[at + 2 * supers - 1..], &mut found);
                }
            }
            _ => {}
        }
    }
    found
}

fn is_super(pair: &[Token<'_>]) -> bool {
    matches!(pair, [colons, word] if colons.is("::") && word.is("super"))
}

/// The names after the root: one in `::a::b`, several in `::{a::b, c}`. Anything but `::` names nothing.
fn first_names<'a>(rest: &[Token<'a>], found: &mut Vec<Token<'a>>) {
    let [colons, first, ..] = rest else { return };
    if !colons.is("::") {
        return;
    }
    if !first.is("{") {
        found.push(*first);
        return;
    }
    let mut open = 0_usize;
    let mut fresh = true;
    for token in &rest[1..] {
        match token.text {
            "{" => open += 1,
            "}" => open -= 1,
            "," if open == 1 => fresh = true,
            _ if open == 1 && fresh => {
                fresh = false;
                if token.text != "self" {
                    found.push(*token);
                }
            }
            _ => {}
        }
        if open == 0 {
            return;
        }
    }
}

mod bite {
    use super::super::{bites, passes, said};
    use super::*;

    #[test]
    fn upwards() {
        bites(check, "src/codec/mod.rs", "use crate::store::Store;", "uses `store` (rank 7)");
        bites(check, "src/codec/mod.rs", "fn f() { crate::store::open() }", "uses `store` (rank 7)");
        bites(check, "src/codec/mod.rs", "use ::sunstone::store::Store;", "uses `store`");
        bites(check, "src/codec/mod.rs", "macro_rules! m { () => { $crate::app::App } }", "uses `app`");
        bites(check, "src/codec/mod.rs", "#[cfg(test)] mod tests { use crate::api::Router; }", "uses `api`");
    }

    #[test]
    fn sideways() {
        bites(check, "src/http/head.rs", "use crate::journal::Ticket;", "both have rank 3");
        bites(check, "src/error.rs", "use crate::sys::getrandom;", "both have rank 0");
    }

    #[test]
    fn in_groups() {
        let found = said(
            check,
            &[("src/hash/mod.rs", "use crate::{\n  self as root, codec::{json, x},\n  stdx, net::*,\n};")],
        );
        assert_eq!(found.len(), 2, "{found:?}");
        assert!(found[0].starts_with("src/hash/mod.rs:2: `hash` and `codec`"), "{found:?}");
        assert!(found[1].starts_with("src/hash/mod.rs:3: `hash` (rank 2) uses `net`"), "{found:?}");
    }

    #[test]
    fn by_super() {
        bites(check, "src/codec/json/read.rs", "use super::super::super::store::Store;", "uses `store`");
        bites(check, "src/codec/mod.rs", "mod tests { use super::super::store; }", "uses `store`");
        bites(check, "src/codec/mod.rs", "use super::store;", "uses `store`");
        passes(check, "src/codec/json/read.rs", "use super::super::store::Store;");
        passes(check, "src/codec/json/read.rs", "mod tests { use super::super::super::store; }");
    }

    #[test]
    fn through_the_root() {
        bites(check, "src/net/mod.rs", "use crate::Result;", "`Result` is taken from the root");
        bites(check, "src/net/mod.rs", "use crate::*;", "`*` is taken from the root");
    }

    #[test]
    fn without_a_rank() {
        bites(check, "src/shed/mod.rs", "", "the room `shed` has no rank");
    }

    #[test]
    fn what_is_allowed() {
        passes(
            check,
            "src/net/mod.rs",
            "use crate::http::Request; use crate::{error::Error, net::Peer, stdx};",
        );
        passes(check, "src/app.rs", "use crate::{cli, api::Router};");
        passes(check, "src/lib.rs", "pub use crate::app::App;");
        passes(
            check,
            "src/codec/mod.rs",
            "//! See [`crate::store`].\nfn f() -> &'static str { \"crate::store\" }",
        );
        passes(check, "src/codec/mod.rs", "pub(crate) fn f(sunstone: u8) {}");
    }
}
