//! The README tells the truth about the house: its map, its commands, the compiler, and the program it begins with.

use super::ranks::{RANKS, rank};
use super::{Finding, House};

const README: &str = "README.md";

/// The two commands that a newcomer needs.
const COMMANDS: [&str; 2] = ["cargo run --release --example todo", "cargo test"];

/// The line above the table of the rooms.
const MAP: &str = "## The map of the house";

pub(super) fn check(house: &House) -> Vec<Finding> {
    let readme = house.text(README);
    let mut findings = map(readme, &house.rooms());
    for command in COMMANDS {
        let named = readme.lines().any(|line| line.trim().starts_with(command));
        if !named {
            findings.push(Finding::new(
                README,
                1,
                format!("the command `{command}` stands on no line of its own"),
            ));
        }
    }
    if let Some(version) = value(house.text("Cargo.toml"), "rust-version")
        && !readme.contains(&format!("Rust {version}"))
    {
        let what = format!("Cargo.toml asks for Rust {version}; say `Rust {version}` here too");
        findings.push(Finding::new(README, 1, what));
    }
    findings.extend(program(readme, house.text("examples/todo.rs")));
    findings
}

/// The first program of the README is `examples/todo.rs` without its header, sign for sign.
fn program(readme: &str, example: &str) -> Option<Finding> {
    if example.is_empty() {
        return None;
    }
    let begin = readme.find("```rust\n")? + "```rust\n".len();
    let end = readme[begin..].find("```")?;
    let body: Vec<&str> = example.lines().filter(|line| !line.starts_with("//!")).collect();
    let same = readme[begin..begin + end].trim() == body.join("\n").trim();
    let line = readme[..begin].lines().count();
    (!same).then(|| {
        Finding::new(README, line, "not the program of examples/todo.rs; copy it here without its header")
    })
}

/// The value of `key = "value"` in a manifest.
fn value<'a>(manifest: &'a str, key: &str) -> Option<&'a str> {
    let lines = manifest.lines().map(|line| line.split_once('='));
    let (_, value) = lines.flatten().find(|(name, _)| name.trim() == key)?;
    Some(value.trim().trim_matches('"'))
}

/// The table of the rooms names each room there is with its rank, in the order of the ranks, and no other.
fn map(readme: &str, rooms: &[&str]) -> Vec<Finding> {
    let Some(begin) = readme.lines().position(|line| line == MAP) else {
        return vec![Finding::new(README, 1, format!("no map; put a table of the rooms under `{MAP}`"))];
    };
    let rows = readme.lines().enumerate().skip(begin + 1).take_while(|(_, line)| !line.starts_with("## "));
    let mut findings = Vec::new();
    let mut named: Vec<&str> = Vec::new();
    let mut last = 0;
    for (number, row) in rows {
        let Some((rank_said, name)) = room_row(row) else { continue };
        let mut find = |what: String| findings.push(Finding::new(README, number + 1, what));
        if !rooms.contains(&name) {
            find(format!("the map names `{name}`, which is no room of src/; take the row out"));
        } else if rank(name) != Some(rank_said) {
            find(format!(
                "the map gives `{name}` rank {rank_said}, tests/it/tidy/ranks.rs another; make them one"
            ));
        } else if named.contains(&name) {
            find(format!("the map names `{name}` twice; take one row out"));
        } else if rank_said < last {
            find(format!("`{name}` stands below rank {last}; put the rows in the order of their ranks"));
        }
        last = rank_said;
        named.push(name);
    }
    for room in
        rooms.iter().filter(|room| !named.contains(room) && RANKS.iter().any(|(name, _)| name == *room))
    {
        let what = format!("the map leaves out `{room}`; give it a row with one line about what is in it");
        findings.push(Finding::new(README, begin + 1, what));
    }
    findings
}

/// The rank and the room of a row like ``| 3 | `http` | … |``.
fn room_row(row: &str) -> Option<(usize, &str)> {
    let mut cells = row.strip_prefix('|')?.split('|').map(str::trim);
    let rank = cells.next()?.parse().ok()?;
    let name = cells.next()?.trim_matches('`');
    Some((rank, name))
}

mod bite {
    use super::super::said;
    use super::*;

    const GOOD: &str = "\
cargo run --release --example todo
cargo test
Rust 1.89
```rust
fn main() {}
```
## The map of the house
| rank | room | what is in it |
|---|---|---|
| 0 | `sys` | the kernel |
| 3 | `http` | bytes |
## Next
| 9 | `api` | not a row of the map |
";

    fn on(readme: &str) -> Vec<String> {
        let house = [
            (README, readme),
            ("Cargo.toml", "[package]\nrust-version = \"1.89\"\n"),
            ("src/lib.rs", ""),
            ("src/sys/mod.rs", ""),
            ("src/sys/poll.rs", ""),
            ("src/http/mod.rs", ""),
            ("examples/todo.rs", "//! Todo.\n\nfn main() {}\n"),
        ];
        said(check, &house)
    }

    #[track_caller]
    fn bites(from: &str, to: &str, needle: &str) {
        let found = on(&GOOD.replace(from, to));
        assert!(found.len() == 1 && found[0].contains(needle), "{needle:?} in {found:?}");
    }

    #[test]
    fn a_true_one_passes() {
        assert_eq!(on(GOOD), Vec::<String>::new());
    }

    #[test]
    fn a_false_map() {
        bites("| 3 | `http` | bytes |\n", "", "README.md:7: the map leaves out `http`");
        bites("| 3 | `http`", "| 4 | `http`", "README.md:11: the map gives `http` rank 4");
        bites(
            "## Next",
            "| 9 | `api` | calls |\n## Next",
            "README.md:12: the map names `api`, which is no room",
        );
        bites("## Next", "| 3 | `http` | again |\n## Next", "`http` twice");
        bites(
            "| 0 | `sys` | the kernel |\n| 3 | `http` | bytes |",
            "| 3 | `http` | b |\n| 0 | `sys` | k |",
            "below rank 3",
        );
        bites(MAP, "## Elsewhere", "no map");
    }

    #[test]
    fn missing_commands_and_versions() {
        bites("cargo test\n", "", "the command `cargo test`");
        bites("--example todo", "", "the command `cargo run --release --example todo`");
        bites("Rust 1.89", "Rust 1.85", "say `Rust 1.89`");
    }

    #[test]
    fn another_program() {
        bites("fn main() {}", "fn main() { run() }", "README.md:4: not the program of examples/todo.rs");
    }
}
