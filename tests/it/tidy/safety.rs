//! `unsafe` is said in `src/sys` alone, and each time with its argument.
//!
//! A block, an `unsafe impl` and an `unsafe extern` carry a `// SAFETY:` comment right above, inside the same statement
//! or arm; an `unsafe fn` and an `unsafe trait` say in `# Safety` what the caller must hold. Pointer types (`unsafe fn(u8)`) promise
//! nothing and need nothing. Macros are read as well, which clippy's lints of the same name do not do.

use super::source::{Kind, Token, tokens};
use super::{Finding, House};

/// The only room that may say `unsafe`.
const ROOM: &str = "src/sys/";

pub(super) fn check(house: &House) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, text) in house.rust() {
        let tokens = tokens(text);
        for at in (0..tokens.len()).filter(|&at| tokens[at].is("unsafe")) {
            let what = if path.starts_with(ROOM) { argue(&tokens, at) } else { Some(OUTSIDE.to_owned()) };
            findings.extend(what.map(|what| Finding::new(path, tokens[at].line, what)));
        }
    }
    findings
}

const OUTSIDE: &str = "`unsafe` outside src/sys; put it there, behind a safe function";

fn argue(tokens: &[Token<'_>], at: usize) -> Option<String> {
    let mut ahead = tokens[at + 1..].iter().filter(|token| token.kind != Kind::Comment);
    let mut next = ahead.next();
    let external = next.is_some_and(|token| token.is("extern"));
    if external {
        next = ahead.next();
        if next.is_some_and(|token| token.kind == Kind::Text) {
            next = ahead.next();
        }
    }
    let definition = next.is_some_and(|token| token.is("fn") || token.is("trait"));
    if !definition {
        let said = above(tokens, at).any(|comment| comment.text.contains("SAFETY:"));
        return (!said)
            .then(|| "`unsafe` without an argument; write `// SAFETY: why it holds` above it".to_owned());
    }
    if ahead.next().is_some_and(|token| token.is("(")) {
        return None;
    }
    let said = above(tokens, at).any(|comment| comment.text.contains("# Safety"));
    (!said)
        .then(|| "`unsafe` without conditions; write what the caller must hold under `# Safety`".to_owned())
}

/// The comments above a token, upwards, as far as its statement, item or arm goes.
fn above<'t, 'a>(tokens: &'t [Token<'a>], at: usize) -> impl Iterator<Item = &'t Token<'a>> {
    let before = tokens[..at].iter().rev();
    before
        .take_while(|token| !["{", "}", ";"].iter().any(|end| token.is(end)))
        .filter(|token| token.kind == Kind::Comment)
}

mod bite {
    use super::super::{bites, passes};
    use super::*;

    #[test]
    fn outside_sys() {
        let block = "// SAFETY: none\nlet x = unsafe { f() };";
        for path in ["src/codec/mod.rs", "macros/src/lib.rs", "examples/todo.rs", "tests/it/main.rs"] {
            bites(check, path, block, "`unsafe` outside src/sys");
        }
    }

    #[test]
    fn without_an_argument() {
        bites(check, "src/sys/mod.rs", "fn f() { unsafe { g() } }", "without an argument");
        bites(check, "src/sys/mod.rs", "// SAFETY: of f\nf();\nunsafe { g() }", "without an argument");
        bites(
            check,
            "src/sys/mod.rs",
            "// SAFETY: a\nunsafe impl Send for A {}\nunsafe impl Sync for A {}",
            "argument",
        );
        bites(check, "src/sys/mod.rs", "unsafe extern \"C\" { fn poll(); }", "without an argument");
        bites(check, "src/sys/mod.rs", "#[unsafe(no_mangle)] fn f() {}", "without an argument");
    }

    #[test]
    fn without_conditions() {
        bites(check, "src/sys/mod.rs", "/// Reads.\npub unsafe fn read() {}", "without conditions");
        bites(check, "src/sys/mod.rs", "unsafe extern \"C\" fn handler() {}", "without conditions");
        bites(check, "src/sys/mod.rs", "/// A.\nunsafe trait A {}", "without conditions");
    }

    #[test]
    fn what_is_allowed() {
        passes(
            check,
            "src/sys/mod.rs",
            "// SAFETY: g takes nothing,\n// and gives nothing.\nlet x =\n    unsafe { g() };",
        );
        passes(
            check,
            "src/sys/mod.rs",
            "match x {\n  1 => {}\n  // SAFETY: as above\n  _ => unsafe { g() },\n}",
        );
        passes(
            check,
            "src/sys/mod.rs",
            "/// Reads.\n///\n/// # Safety\n/// The pointer is valid.\npub(crate) unsafe fn read() {}",
        );
        passes(check, "src/sys/mod.rs", "type Handler = unsafe extern \"C\" fn(i32);");
        passes(check, "src/codec/mod.rs", "#![forbid(unsafe_code)] // unsafe\nconst A: &str = \"unsafe\";");
    }
}
