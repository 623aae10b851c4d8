//! What is wrong with a document, and where: faults as they are put down while reading, and the finished list.

use std::fmt;

use crate::error::{Error, FieldError};

/// How many faults of one document are told, the last place being kept for one that ends the reading. More of them
/// help nobody, and a hostile body could have a million.
pub const MAX_ERRORS: usize = 32;

/// How many characters of a client's key stand in a path. Names of a program's own fields are never cut.
const MAX_KEY_SHOWN: usize = 40;

/// What stands in a fault between what was expected and what was found.
const FOUND: &str = ", found ";

/// How many characters of a text stand in an error about it.
const MAX_TEXT_SHOWN: usize = 40;

/// Why a value was not read. What was wrong is recorded in the [`Reader`](super::Reader).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Halt {
    /// The document cannot be read on.
    Syntax,
    /// The value was read over, whole; the caller may go on behind it.
    Invalid,
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// Where in the value: `items[3].title`; empty for the whole.
    pub path: String,
    /// What was expected and what was found.
    pub detail: String,
    /// The line in the document, from 1; 0 for a fault of a bare text.
    pub line: usize,
    /// The column in that line, in characters, from 1; 0 for a fault of a bare text.
    pub column: usize,
}

/// Everything that is wrong with a document; never empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Errors {
    /// The faults in the order in which they were found, at most [`MAX_ERRORS`].
    pub items: Vec<Item>,
    /// How many more there were.
    more: usize,
    /// Is it no JSON at all?
    syntax: bool,
    /// Was it one bare text? Then lines and columns say nothing.
    text: bool,
}

impl Errors {
    /// Is the document no JSON, so that it was not read to its end?
    #[must_use]
    pub fn is_syntax(&self) -> bool {
        self.syntax
    }

    /// The 400 for the arguments of a call that did not come as a body: places in a document would say nothing, for nobody
    /// has seen one.
    #[must_use]
    pub fn of_arguments(self) -> Error {
        let detail = match self.syntax {
            true => "the arguments are not valid JSON",
            false => "the arguments do not have the expected shape",
        };
        let field = |Item { path, detail, .. }| FieldError { field: path, detail };
        Error::bad_request(detail).with_fields(self.items.into_iter().map(field).collect())
    }
}

impl fmt::Display for Errors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (n, item) in self.items.iter().enumerate() {
            let joint = if n == 0 { "" } else { "; " };
            let colon = if item.path.is_empty() { "" } else { ": " };
            write!(f, "{joint}{}{colon}{}", item.path, item.detail)?;
            if !self.text && item.line > 0 {
                write!(f, " (line {}, column {})", item.line, item.column)?;
            }
        }
        match self.more {
            0 => Ok(()),
            more => write!(f, "; and {more} more"),
        }
    }
}

impl std::error::Error for Errors {}

impl From<Errors> for Error {
    /// 400, with a line for each field. Details carry line and column, except for those of a bare text.
    fn from(errors: Errors) -> Self {
        // Arguments that came by path and query are in no document.
        let bare = errors.text || errors.items.iter().all(|item| item.line == 0);
        let detail = match (errors.syntax, bare) {
            (true, _) => "the body is not valid JSON",
            (false, false) => "the body does not have the expected shape",
            (false, true) => "a value does not have the expected form",
        };
        let text = errors.text;
        let field = |Item { path, detail, line, column }| {
            let detail =
                if text || line == 0 { detail } else { format!("{detail} (line {line}, column {column})") };
            FieldError { field: path, detail }
        };
        Self::bad_request(detail).with_fields(errors.items.into_iter().map(field).collect())
    }
}

/// The place of a fault that is in no document: it came as a bare text.
pub(super) const NOWHERE: usize = usize::MAX;

/// One fault as it is put down: its place is how many bytes of the document were left there.
#[derive(Debug)]
struct Fault {
    path: String,
    detail: String,
    left: usize,
}

/// The faults of a reader. Its paths grow from the right while the reader's calls return.
#[derive(Debug, Default)]
pub(super) struct Faults {
    list: Vec<Fault>,
    more: usize,
    syntax: bool,
}

impl Faults {
    /// A fault of the value that began when so much was left. A body that is one fault after the other costs no words
    /// beyond those that are told.
    #[cold]
    pub(super) fn add(&mut self, detail: impl FnOnce() -> String, left: usize) {
        if self.list.len() < MAX_ERRORS - 1 {
            self.list.push(Fault { path: String::new(), detail: detail(), left });
        } else {
            self.more = self.more.saturating_add(1);
        }
    }

    /// A fault that ends the reading; there is one of them at most, and its place is kept.
    #[cold]
    pub(super) fn add_syntax(&mut self, detail: String, left: usize) {
        if self.syntax {
            return; // a caller went on all the same: what it meets there says nothing
        }
        self.list.push(Fault { path: String::new(), detail, left });
        self.syntax = true;
    }

    /// Takes over the faults of another reading, all put at one place.
    pub(super) fn take_over(&mut self, others: Self, left: usize) {
        for Fault { path, detail, .. } in others.list {
            if self.list.len() < MAX_ERRORS - 1 {
                self.list.push(Fault { path, detail, left });
            } else {
                self.more = self.more.saturating_add(1);
            }
        }
        self.more = self.more.saturating_add(others.more);
    }

    pub(super) fn any(&self) -> bool {
        !self.list.is_empty()
    }

    /// How many are recorded: what a caller keeps to prefix those that come after.
    pub(super) fn count(&self) -> usize {
        self.list.len()
    }

    pub(super) fn is_syntax(&self) -> bool {
        self.syntax
    }

    /// Puts `step` before the paths of all faults from number `from` on.
    #[cold]
    pub(super) fn prefix(&mut self, from: usize, step: &str) {
        for Fault { path, .. } in self.list.iter_mut().skip(from) {
            let joint = if path.is_empty() || path.starts_with('[') { "" } else { "." };
            *path = [step, joint, path].concat();
        }
    }

    /// Takes what was found out of the words of all faults from number `from` on, and the way that led there, which may go
    /// over keys of a map.
    #[cold]
    pub(super) fn hide_found(&mut self, from: usize) {
        for Fault { path, detail, .. } in self.list.iter_mut().skip(from) {
            path.clear();
            if let Some(end) = detail.find(FOUND) {
                detail.truncate(end);
            }
        }
    }

    /// The finished list, with lines and columns in `whole`.
    pub(super) fn into_errors(mut self, whole: &[u8], text: bool) -> Errors {
        if self.list.is_empty() {
            self.add(|| "refused".to_owned(), whole.len());
        }
        let item = |Fault { path, detail, left }| {
            let (line, column) = match left {
                NOWHERE => (0, 0),
                left => position(whole, whole.len().saturating_sub(left)),
            };
            Item { path, detail, line, column }
        };
        Errors {
            items: self.list.into_iter().map(item).collect(),
            more: self.more,
            syntax: self.syntax,
            text,
        }
    }
}

/// The line and the column of a byte, both from 1; columns are characters.
fn position(whole: &[u8], at: usize) -> (usize, usize) {
    let before = whole.get(..at).unwrap_or(whole);
    let lines = before.iter().filter(|byte| **byte == b'\n').count();
    let column = before
        .iter()
        .rev()
        .take_while(|byte| **byte != b'\n')
        .filter(|byte| **byte & 0xc0 != 0x80) // continuation bytes belong to the character before them
        .count();
    (lines.saturating_add(1), column.saturating_add(1))
}

/// A client's key as a step of a path: bare when it is a word, else quoted in brackets; clipped.
#[must_use]
pub fn key_step(key: &str) -> String {
    let word = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'$');
    let plain = !key.is_empty() && key.bytes().all(word);
    let shown = clip(key, MAX_KEY_SHOWN);
    if plain { shown } else { format!("[{shown:?}]") }
}

/// A client's text for an error about it, clipped, and with escapes for what a terminal would obey.
#[must_use]
pub fn shown_text(text: &str) -> String {
    let clipped = clip(text, MAX_TEXT_SHOWN);
    let shown: String = clipped
        .chars()
        .flat_map(|c| {
            let escapes = c.is_control().then(|| c.escape_default());
            let plain = escapes.is_none().then_some(c);
            escapes.into_iter().flatten().chain(plain)
        })
        .collect();
    format!("`{shown}`")
}

/// The first `max` characters, with a mark where something was cut.
pub(super) fn clip(text: &str, max: usize) -> String {
    match text.char_indices().nth(max) {
        None => text.to_owned(),
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
    }
}
