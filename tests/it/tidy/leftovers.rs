//! Nothing half done is kept: no `todo`, no switched-off test, no note to oneself.
//!
//! What is not done is not there, and what is left for later stands in no source file. A test that is skipped, and an
//! example in the documentation that is not run, tell nothing.

use super::source::{Kind, Token, tokens};
use super::{Finding, House};

/// Macros that stand for missing code, and the one that stands for a search.
const MACROS: [(&str, &str); 3] = [
    ("todo", "write what belongs here, or take the path to it away"),
    ("unimplemented", "write what belongs here, or take the path to it away"),
    ("dbg", "take it out"),
];

/// Notes to oneself; spelled in two parts, so that this file does not find itself.
const NOTES: [&str; 3] = [concat!("FIX", "ME"), concat!("XX", "X"), concat!("TO", "DO")];

pub(super) fn check(house: &House) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, text) in house.rust() {
        let tokens = tokens(text);
        for (at, token) in tokens.iter().enumerate() {
            let what = if token.kind == Kind::Comment { comment(token.text) } else { code(&tokens[at..]) };
            findings.extend(what.map(|what| Finding::new(path, token.line, what)));
        }
    }
    findings
}

fn code(tokens: &[Token<'_>]) -> Option<String> {
    if let [hash, open, word, ..] = tokens
        && hash.is("#")
        && open.is("[")
        && word.is("ignore")
    {
        return Some("a test that is switched off; make it pass, or take it out".to_owned());
    }
    let [name, mark, ..] = tokens else { return None };
    let (word, fix) = MACROS.iter().find(|(word, _)| name.is(word) && mark.is("!"))?;
    Some(format!("`{word}!` is left over; {fix}"))
}

fn comment(text: &str) -> Option<String> {
    let mut words = text.split(|c: char| c != '_' && !c.is_alphanumeric());
    if let Some(note) = words.find(|word| NOTES.contains(word)) {
        return Some(format!("a note to oneself ({note}); do it, or say what is absent and why"));
    }
    let fence = text.trim_start_matches(['/', '!', '*', ' ']).strip_prefix("```")?;
    fence
        .split([',', ' '])
        .any(|word| word.trim() == "ignore")
        .then(|| "an example that is not run; let it run, or say `no_run` or `compile_fail`".to_owned())
}

mod bite {
    use super::super::{bites, passes};
    use super::*;

    #[test]
    fn macros_that_stand_for_code() {
        for (word, _) in MACROS {
            bites(check, "src/net/mod.rs", &format!("fn f() {{\n    {word}!(\"later\")\n}}"), "is left over");
        }
    }

    #[test]
    fn switched_off_tests() {
        let attribute = concat!("#[", "ignore = \"slow\"]\n#[test]\nfn f() {}");
        bites(check, "tests/it/main.rs", attribute, "switched off");
        bites(check, "src/lib.rs", "/// ```ignore\n/// f();\n/// ```", "not run");
        bites(check, "src/lib.rs", "//! ```rust,ignore", "not run");
    }

    #[test]
    fn notes_to_oneself() {
        for note in NOTES {
            bites(check, "macros/src/lib.rs", &format!("// {note}: think"), "a note to oneself");
        }
    }

    #[test]
    fn what_is_allowed() {
        passes(
            check,
            "examples/todo.rs",
            "//! A todo.\nfn todo() { todo::run(Todo::TODO_MAX) }\n#[derive(Debug)] struct A;",
        );
        passes(check, "src/lib.rs", "/// ```no_run\n/// serve();\n/// ```\nfn ignore() {} // TODO_MAIL_FROM");
    }
}
