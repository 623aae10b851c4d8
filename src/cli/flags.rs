//! Flags: `--name value`, `--name=value`, `--name`.

use super::usage;
use crate::app::Fault;
use crate::stdx::nearest::nearest;

/// A flag of a command.
#[derive(Debug, Clone, Copy)]
pub(super) struct Flag {
    pub(super) name: &'static str,
    /// What stands behind it; none: it stands alone.
    pub(super) value: Option<&'static str>,
    pub(super) help: &'static str,
}

/// What was given.
#[derive(Debug, Default)]
pub(super) struct Given {
    /// Flags by name; `true` for one that stands alone.
    pub(super) flags: Vec<(String, String)>,
    /// What belongs to no flag.
    pub(super) words: Vec<String>,
}

impl Given {
    /// The value of a flag; of one given twice the last.
    pub(super) fn value(&self, name: &str) -> Option<&str> {
        self.flags.iter().rev().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// Was it given?
    pub(super) fn has(&self, name: &str) -> bool {
        self.value(name).is_some()
    }

    /// The value of a flag as something else.
    pub(super) fn parsed<T: std::str::FromStr>(&self, name: &str, what: &str) -> Result<Option<T>, Fault> {
        let Some(text) = self.value(name) else { return Ok(None) };
        text.parse()
            .map(Some)
            .map_err(|_other_words| usage(format!("--{name}: expected {what}, found `{text}`")))
    }
}

/// Reads arguments. `takes` says of a flag's name whether a value stands behind it; none: there is no such flag.
pub(super) fn read(
    arguments: Vec<String>,
    takes: impl Fn(&str) -> Option<bool>,
    known: &[&str],
) -> Result<Given, Fault> {
    let mut given = Given::default();
    let mut arguments = arguments.into_iter();
    while let Some(argument) = arguments.next() {
        let Some(flag) = argument.strip_prefix("--") else {
            if argument.starts_with('-') && argument.len() > 1 {
                return Err(usage(format!(
                    "`{argument}` is no flag: flags have two dashes and a whole word"
                )));
            }
            given.words.push(argument);
            continue;
        };
        if flag.is_empty() {
            given.words.extend(arguments.by_ref());
            break;
        }
        let (name, value) = match flag.split_once('=') {
            Some((name, value)) => (name, Some(value.to_owned())),
            None => (flag, None),
        };
        let Some(takes_value) = takes(name) else {
            return Err(usage(match nearest(name, known.iter().copied()) {
                Some(near) => format!("there is no flag --{name}; the nearest is --{near}"),
                None => format!("there is no flag --{name}; --help lists them"),
            }));
        };
        let value = match (takes_value, value) {
            (true, Some(value)) => value,
            (true, None) => {
                arguments.next().ok_or_else(|| usage(format!("--{name}: expected a value behind it")))?
            }
            (false, None) => "true".to_owned(),
            (false, Some(value)) => return Err(usage(format!("--{name} takes no value, found `{value}`"))),
        };
        given.flags.push((name.to_owned(), value));
    }
    Ok(given)
}

/// Reads the arguments of one of our own commands.
pub(super) fn read_own(arguments: Vec<String>, flags: &[Flag]) -> Result<Given, Fault> {
    let known: Vec<_> = flags.iter().map(|flag| flag.name).collect();
    let takes = |name: &str| flags.iter().find(|flag| flag.name == name).map(|flag| flag.value.is_some());
    read(arguments, takes, &known)
}
