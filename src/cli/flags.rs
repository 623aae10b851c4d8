//! Flags: `--name value`, `--name=value`, `--name`. What has no dashes is a word; behind `--` everything is one.

use super::usage;
use crate::app::{Declared, Fault};
use crate::stdx::nearest::nearest;

/// A flag of one of our own commands.
#[derive(Debug, Clone, Copy)]
pub(super) struct Flag {
    pub(super) name: &'static str,
    /// What stands behind it; none: it stands alone.
    pub(super) value: Option<&'static str>,
    pub(super) help: &'static str,
    /// What it is unless it is given; an empty text says nothing.
    pub(super) default: Option<fn(&Declared) -> String>,
    /// May it be given several times?
    pub(super) repeats: bool,
}

/// Does a value belong to a flag?
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Takes {
    /// No: it stands alone.
    Nothing,
    /// Yes, behind it.
    Value,
    /// It stands alone, or says `=true` or `=false`.
    Truth,
}

/// What was given.
#[derive(Debug, Default)]
pub(super) struct Given {
    /// Flags by name, in the order in which they came; `true` for one that stands alone.
    pub(super) flags: Vec<(String, String)>,
    /// What belongs to no flag.
    pub(super) words: Vec<String>,
}

impl Given {
    /// The value of a flag.
    pub(super) fn value(&self, name: &str) -> Option<&str> {
        self.flags.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The values of a flag that can be given several times.
    pub(super) fn values<'g>(&'g self, name: &'g str) -> impl Iterator<Item = &'g str> {
        self.flags.iter().filter(move |(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// Refuses a flag that is given twice: nothing that was said is passed over.
    pub(super) fn once(&self, name: &str) -> Result<(), Fault> {
        let twice = self.values(name).nth(1).is_some();
        if twice { Err(usage(format!("--{name} is given twice"))) } else { Ok(()) }
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

    /// The words, of which there may be so many at most.
    pub(super) fn words_up_to(&self, most: usize, command: &str) -> Result<&[String], Fault> {
        match self.words.get(most) {
            Some(word) => Err(usage(format!("{command} takes no `{word}`"))),
            None => Ok(&self.words),
        }
    }
}

/// Reads arguments by the flags that are known.
pub(super) fn read(arguments: Vec<String>, known: &[(&str, Takes)]) -> Result<Given, Fault> {
    let mut given = Given::default();
    let mut arguments = arguments.into_iter();
    while let Some(argument) = arguments.next() {
        let Some(flag) = argument.strip_prefix("--") else {
            if is_short_flag(&argument) {
                let words = format!("`{argument}` is no flag: flags have two dashes and a whole word");
                return Err(usage(words));
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
        let Some((_, takes)) = known.iter().find(|(known, _)| *known == name) else {
            return Err(usage(match nearest(name, known.iter().map(|(name, _)| *name)) {
                Some(near) => format!("there is no flag --{name}; the nearest is --{near}"),
                None => format!("there is no flag --{name}; --help lists them"),
            }));
        };
        let value = match (takes, value) {
            (Takes::Value | Takes::Truth, Some(value)) => value,
            (Takes::Value, None) => {
                arguments.next().ok_or_else(|| usage(format!("--{name}: expected a value behind it")))?
            }
            (Takes::Nothing | Takes::Truth, None) => "true".to_owned(),
            (Takes::Nothing, Some(value)) => {
                return Err(usage(format!("--{name} takes no value, found `{value}`")));
            }
        };
        given.flags.push((name.to_owned(), value));
    }
    Ok(given)
}

/// `-x`, but neither `-` alone, which stands for a file, nor a number below zero.
fn is_short_flag(argument: &str) -> bool {
    let rest = argument.strip_prefix('-').unwrap_or_default();
    rest.starts_with(|c: char| !c.is_ascii_digit())
}

/// Reads the arguments of one of our own commands.
pub(super) fn read_own(arguments: Vec<String>, flags: &[Flag]) -> Result<Given, Fault> {
    let takes = |flag: &Flag| if flag.value.is_some() { Takes::Value } else { Takes::Nothing };
    let known: Vec<_> = flags.iter().map(|flag| (flag.name, takes(flag))).collect();
    let given = read(arguments, &known)?;
    flags.iter().filter(|flag| !flag.repeats).try_for_each(|flag| given.once(flag.name))?;
    Ok(given)
}

#[cfg(test)]
mod tests {
    use super::*;

    const KNOWN: &[(&str, Takes)] =
        &[("data", Takes::Value), ("follow", Takes::Nothing), ("done", Takes::Truth)];

    fn reads(line: &str) -> Result<Given, String> {
        read(line.split_whitespace().map(str::to_owned).collect(), KNOWN).map_err(|fault| fault.words)
    }

    #[test]
    fn flags_and_words_in_any_order() {
        let given = reads("a --data=x --follow - b --data y -3 -- --follow").unwrap();
        assert_eq!(given.words, ["a", "-", "b", "-3", "--follow"]);
        assert_eq!(given.values("data").collect::<Vec<_>>(), ["x", "y"]);
        assert!(given.once("data").is_err() && given.once("follow").is_ok());
        assert_eq!((given.has("follow"), given.has("done")), (true, false));
        assert_eq!(reads("--done").unwrap().value("done"), Some("true"));
        assert_eq!(reads("--done=false x").unwrap().value("done"), Some("false"));
    }

    #[test]
    fn what_is_no_command_line() {
        for (line, words) in [
            ("--dta x", "there is no flag --dta; the nearest is --data"),
            ("--zzzzzz", "there is no flag --zzzzzz; --help lists them"),
            ("--data", "--data: expected a value behind it"),
            ("--follow=x", "--follow takes no value, found `x`"),
            ("-d", "`-d` is no flag: flags have two dashes and a whole word"),
        ] {
            assert_eq!(reads(line).unwrap_err(), words);
        }
    }
}
