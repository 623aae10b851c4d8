//! A Rust file as a list of words, marks, texts and comments.
//!
//! The rules ask questions of code, so a word in a string or a comment must not answer them. This is the smallest
//! reader that tells these apart: comments nest, raw strings count their `#`, a quote begins a lifetime or a character.
//! It builds no tree, and it never fails: on text that rustc would refuse it returns something, as rustc refuses it anyway.

use std::iter::Peekable;
use std::str::CharIndices;

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// An identifier or keyword; `r#type` is the word `type`.
    Word,
    /// One sign of punctuation; `::` alone is one token of two.
    Mark,
    /// A string, character, byte or number, or a lifetime.
    Text,
    /// A comment, with its slashes.
    Comment,
}

/// A piece of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Token<'a> {
    pub(super) kind: Kind,
    pub(super) text: &'a str,
    /// The line of its first character, counted from 1.
    pub(super) line: usize,
}

impl Token<'_> {
    pub(super) fn is(&self, word_or_mark: &str) -> bool {
        matches!(self.kind, Kind::Word | Kind::Mark) && self.text == word_or_mark
    }
}

/// A file's tokens without its comments: what the compiler sees.
pub(super) fn code(text: &str) -> Vec<Token<'_>> {
    tokens(text).into_iter().filter(|token| token.kind != Kind::Comment).collect()
}

/// A file's tokens, comments included.
pub(super) fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut lexer = Lexer { text, chars: text.char_indices().peekable(), line: 1 };
    let mut tokens = Vec::new();
    while let Some(token) = lexer.token() {
        tokens.push(token);
    }
    tokens
}

struct Lexer<'a> {
    text: &'a str,
    chars: Peekable<CharIndices<'a>>,
    line: usize,
}

impl<'a> Lexer<'a> {
    fn token(&mut self) -> Option<Token<'a>> {
        self.skip_while(char::is_whitespace);
        let line = self.line;
        let start = self.offset();
        let first = self.peek()?;
        let kind = match first {
            '/' if self.rest().starts_with("//") => {
                self.skip_while(|c| c != '\n');
                Kind::Comment
            }
            '/' if self.rest().starts_with("/*") => {
                self.block_comment();
                Kind::Comment
            }
            '"' => self.quoted('"'),
            '\'' => self.quote(),
            _ if first.is_ascii_digit() => self.number(),
            _ if is_word(first) => self.word(),
            ':' if self.rest().starts_with("::") => {
                self.skip(2);
                Kind::Mark
            }
            _ => {
                self.skip(1);
                Kind::Mark
            }
        };
        let text = &self.text[start..self.offset()];
        let text = if kind == Kind::Word { text.strip_prefix("r#").unwrap_or(text) } else { text };
        Some(Token { kind, text, line })
    }

    /// An identifier, or a text with a prefix: `r"…"`, `br#"…"#`, `b'x'`, `c"…"`.
    fn word(&mut self) -> Kind {
        let rest = self.rest();
        let word = rest.len() - rest.trim_start_matches(is_word).len();
        let (prefix, after) = rest.split_at(word);
        let hashes = after.len() - after.trim_start_matches('#').len();
        let quote = after[hashes..].chars().next();
        match prefix {
            "r" | "br" | "cr" if quote == Some('"') => {
                self.skip(word + hashes + 1);
                self.raw_text(hashes)
            }
            "r" if hashes == 1 && quote.is_some_and(is_word) => {
                self.skip(2);
                self.skip_while(is_word);
                Kind::Word
            }
            "b" | "c" if hashes == 0 && matches!(quote, Some('"' | '\'')) => {
                self.skip(word);
                self.quoted(quote.unwrap_or('"'))
            }
            _ => {
                self.skip_while(is_word);
                Kind::Word
            }
        }
    }

    fn number(&mut self) -> Kind {
        self.skip_while(is_word);
        let mut ahead = self.rest().chars();
        if ahead.next() == Some('.') && ahead.next().is_some_and(|c| c.is_ascii_digit()) {
            self.skip(1);
            self.skip_while(is_word);
        }
        Kind::Text
    }

    /// A character, or a lifetime: the quote of a character comes again after one sign or one escape.
    fn quote(&mut self) -> Kind {
        let mut ahead = self.rest().chars().skip(1);
        let (second, third) = (ahead.next(), ahead.next());
        if second == Some('\\') || third == Some('\'') {
            return self.quoted('\'');
        }
        self.skip(1);
        self.skip_while(is_word);
        Kind::Text
    }

    fn quoted(&mut self, quote: char) -> Kind {
        self.skip(1);
        while let Some(c) = self.next() {
            if c == '\\' {
                self.skip(1);
            } else if c == quote {
                break;
            }
        }
        Kind::Text
    }

    fn raw_text(&mut self, hashes: usize) -> Kind {
        let end = format!("\"{}", "#".repeat(hashes));
        while self.peek().is_some() && !self.rest().starts_with(&end) {
            self.skip(1);
        }
        self.skip(end.len());
        Kind::Text
    }

    fn block_comment(&mut self) {
        let mut depth = 0_usize;
        while self.peek().is_some() {
            if self.rest().starts_with("/*") {
                depth += 1;
                self.skip(2);
            } else if self.rest().starts_with("*/") {
                depth -= 1;
                self.skip(2);
                if depth == 0 {
                    return;
                }
            } else {
                self.skip(1);
            }
        }
    }

    fn peek(&mut self) -> Option<char> {
        self.chars.peek().map(|&(_, c)| c)
    }

    fn next(&mut self) -> Option<char> {
        let (_, c) = self.chars.next()?;
        if c == '\n' {
            self.line += 1;
        }
        Some(c)
    }

    fn offset(&mut self) -> usize {
        self.chars.peek().map_or(self.text.len(), |&(offset, _)| offset)
    }

    fn rest(&mut self) -> &'a str {
        let offset = self.offset();
        &self.text[offset..]
    }

    fn skip(&mut self, chars: usize) {
        for _ in 0..chars {
            self.next();
        }
    }

    fn skip_while(&mut self, keep: impl Fn(char) -> bool) {
        while self.peek().is_some_and(&keep) {
            self.next();
        }
    }
}

fn is_word(c: char) -> bool {
    c == '_' || c.is_alphanumeric()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<&str> {
        tokens(text).into_iter().filter(|token| token.kind == Kind::Word).map(|token| token.text).collect()
    }

    #[test]
    fn words_in_strings_and_comments_are_no_words() {
        assert_eq!(words(r##"a "b \" c" r#"d " e"# b"f" 'g' '\'' /* h /* i */ j */ k // l"##), ["a", "k"]);
    }

    #[test]
    fn a_quote_begins_a_lifetime_or_a_character() {
        assert_eq!(words("fn f<'a>(x: &'a str) -> char { 'a' }"), ["fn", "f", "x", "str", "char"]);
        assert_eq!(words("match c { '\"' => one, _ => two }"), ["match", "c", "one", "_", "two"]);
    }

    #[test]
    fn raw_words_numbers_and_paths() {
        assert_eq!(words("r#type b c0 0x1f 1.5e3 0..n"), ["type", "b", "c0", "n"]);
        let path: Vec<&str> = code("crate::a:: b").iter().map(|token| token.text).collect();
        assert_eq!(path, ["crate", "::", "a", "::", "b"]);
    }

    #[test]
    fn lines_are_counted_through_texts_and_comments() {
        let lines: Vec<(usize, &str)> =
            code("a\n\"x\ny\" b /* \n */ c").iter().map(|token| (token.line, token.text)).collect();
        assert_eq!(lines, [(1, "a"), (2, "\"x\ny\""), (3, "b"), (4, "c")]);
    }
}
