//! A program's own commands: the fields of their argument are their flags.
//!
//! A field `keep_going: bool` is `--keep-going`, standing alone; one with a default or an `Option` is `--since VALUE`; a
//! list is a flag that can be given several times. What has to be given can be given by position, in the order of the
//! fields, a list taking all that is left. The files are opened for writing, so nobody else may have them.

use super::flags::{Takes, read};
use super::output::print;
use super::values::{element, is_truth, json_of, kind_of, placeholder};
use super::{DATA, Exit, data_of, no_command, usage};
use crate::app::{Command, Declared, Fault, open};
use crate::codec::json::{Json, decode};
use crate::error::{Error, FieldError};
use crate::model::{MemberInfo, Shape, TypeInfo};
use crate::stdx::clock::{Clock, SystemClock};
use crate::stdx::{panics, report};
use std::fmt;
use std::sync::Arc;

/// The name of a field as a flag.
fn flag_of(member: &MemberInfo) -> String {
    member.name.replace('_', "-")
}

fn members(flags: Option<&'static TypeInfo>) -> impl Iterator<Item = (&'static MemberInfo, Shape)> {
    let members = flags.map_or(&[][..], |info| info.members).iter();
    let members = members.filter(|member| !member.flags.internal);
    members.filter_map(|member| member.shape.map(|shape| (member, shape())))
}

/// Has it to be given, so that it can be given by position?
fn is_operand(member: &MemberInfo, shape: &Shape) -> bool {
    !member.flags.optional && !matches!(shape, Shape::Option(_)) && !is_truth(shape)
}

/// What keeps these flags from being flags.
pub(super) fn faults(command: &str, info: &'static TypeInfo) -> Vec<String> {
    let taken = [DATA.name, "help"];
    let names: Vec<_> = members(Some(info)).map(|(member, _)| flag_of(member)).collect();
    let mut wrong = Vec::new();
    for (position, name) in names.iter().enumerate() {
        if taken.contains(&name.as_str()) {
            wrong.push(format!(
                "the command {command} has a flag --{name}, which every command has: rename the field"
            ));
        }
        if names[..position].contains(name) {
            wrong.push(format!("the command {command} has two flags --{name}: rename a field"));
        }
    }
    let lists: Vec<_> = members(Some(info))
        .filter(|(member, shape)| is_operand(member, shape))
        .map(|(_, shape)| element(&shape).is_some())
        .collect();
    if lists.iter().rev().skip(1).any(|is_list| *is_list) {
        wrong.push(format!(
            "the command {command} has a list before other fields that have to be given: put it last, or make it an Option"
        ));
    }
    wrong
}

/// `FILE [TAGS ...]`
pub(super) fn operands(command: &Command) -> String {
    let operands = members(command.flags).filter(|(member, shape)| is_operand(member, shape));
    let words = operands.map(|(member, shape)| match element(&shape) {
        Some(_) => format!("[{} ...]", placeholder(member.name)),
        None => placeholder(member.name),
    });
    words.collect::<Vec<_>>().join(" ")
}

/// What the struct of its flags says of itself, in lines.
pub(super) fn docs(command: &Command) -> String {
    let lines = command.flags.map_or("", |info| info.docs).trim().lines();
    lines.map(str::trim).collect::<Vec<_>>().join("\n")
}

/// The rows of its help.
pub(super) fn rows(command: &Command) -> Vec<(String, String)> {
    let rows = members(command.flags).map(|(member, shape)| {
        let name = flag_of(member);
        let left = match is_truth(&shape) {
            true => format!("--{name}"),
            false => format!("--{name} {}", kind_of(member, &shape)),
        };
        (left, explanation(member, &shape))
    });
    rows.collect()
}

/// What its documentation says in its first paragraph, how it is given, and what it is when it is not.
fn explanation(member: &MemberInfo, shape: &Shape) -> String {
    let docs = member.docs.trim().lines().map(str::trim).take_while(|line| !line.is_empty());
    let docs = docs.collect::<Vec<_>>().join(" ");
    let note = match (is_operand(member, shape), element(shape)) {
        (true, Some(_)) => "(also by position, several times)",
        (true, None) => "(required, also by position)",
        (false, Some(_)) => "(several times)",
        (false, None) => "",
    };
    let is_secret = member.flags.secret || shape.holds_secrets();
    let default = member.default.filter(|_| !is_secret).and_then(|default| shown(&default()));
    let default = default.map_or_else(String::new, |default| format!("[{default}]"));
    let docs = if note.is_empty() { docs.as_str() } else { docs.trim_end_matches('.') };
    let parts = [docs, note, &default].into_iter().filter(|part| !part.is_empty());
    parts.collect::<Vec<_>>().join(" ")
}

/// A default as it would be given, unless it says nothing.
fn shown(json: &str) -> Option<String> {
    match decode::<Json>(json.as_bytes()) {
        Ok(Json::Null | Json::Bool(false)) => None,
        Ok(Json::String(text)) if text.is_empty() => None,
        Ok(Json::Array(elements)) if elements.is_empty() => None,
        Ok(Json::String(text)) => Some(text),
        _ => Some(json.to_owned()),
    }
}

pub(super) fn run(mut declared: Declared, name: &str, arguments: Vec<String>) -> Result<Exit, Fault> {
    let Some(position) = declared.commands.iter().position(|command| command.name == name) else {
        return Err(no_command(&declared, name));
    };
    let command = declared.commands.swap_remove(position);
    let info = command.flags;
    let names: Vec<_> = members(info).map(|(member, shape)| (flag_of(member), is_truth(&shape))).collect();
    let takes = |is_truth: &bool| if *is_truth { Takes::Truth } else { Takes::Value };
    let mut known: Vec<_> = names.iter().map(|(name, is_truth)| (name.as_str(), takes(is_truth))).collect();
    known.push((DATA.name, Takes::Value));
    let given = read(arguments, &known)?;
    given.once(DATA.name)?;
    declared.data = data_of(&declared, &given);
    let mut words = given.words.into_iter();
    let mut texts = Vec::new();
    for (member, shape) in members(info) {
        let flag = flag_of(member);
        let mut values: Vec<String> =
            given.flags.iter().filter(|(name, _)| *name == flag).map(|(_, value)| value.clone()).collect();
        let is_list = element(&shape).is_some();
        if is_operand(member, &shape) && values.is_empty() {
            values.extend(words.by_ref().take(if is_list { usize::MAX } else { 1 }));
            if values.is_empty() && !is_list {
                return Err(usage(format!(
                    "{name}: expected {}, or --{flag}; --help says more",
                    placeholder(member.name)
                )));
            }
        }
        texts.extend(text_of(member, &shape, values, &flag)?.map(|text| (member.name.to_owned(), text)));
    }
    if let Some(word) = words.next() {
        return Err(usage(format!("{name} takes no `{word}`")));
    }
    let ready = command.prepare(&texts).map_err(|error| usage(bad_flags(name, &error)))?;
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
    let opened = open(declared, true, &clock)?;
    let (ran, panics) = panics::kept(|| ready.run(&opened, name, info));
    opened.engine().stop();
    let fault = |words: &dyn fmt::Display, exit| Err(Fault { words: format!("{name}: {words}"), exit });
    match (ran, panics.last()) {
        (Some(Ok(answer)), _) => {
            panics.iter().for_each(|panic| report::line(&format!("{name}: {panic}")));
            print(&String::from_utf8_lossy(&answer))
        }
        (Some(Err(error)), Some(panic)) if error.is_internal() => fault(panic, Exit::SOFTWARE),
        (Some(Err(error)), _) => fault(&error, Exit::from(&error)),
        (None, Some(panic)) => fault(panic, Exit::SOFTWARE),
        // `resume_unwind` says nothing.
        (None, None) => fault(&"panicked", Exit::SOFTWARE),
    }
}

/// The text that a field is read from; none: it was not given and has something to stand in.
fn text_of(
    member: &MemberInfo,
    shape: &Shape,
    mut values: Vec<String>,
    flag: &str,
) -> Result<Option<String>, Fault> {
    let must_be = !member.flags.optional && !matches!(shape, Shape::Option(_));
    if let Some(of) = element(shape) {
        if values.is_empty() && !must_be {
            return Ok(None);
        }
        let elements =
            values.iter().map(|value| String::from_utf8_lossy(&json_of(Some(of), value)).into_owned());
        return Ok(Some(format!("[{}]", elements.collect::<Vec<_>>().join(","))));
    }
    match (values.pop(), values.is_empty()) {
        (Some(_), false) => Err(usage(format!("--{flag} is given twice"))),
        (None, _) if is_truth(shape) && must_be => Ok(Some("false".to_owned())),
        (value, _) => Ok(value),
    }
}

/// What is wrong with the flags, each under its name on the command line.
fn bad_flags(command: &str, error: &Error) -> String {
    let faults = error.fields().iter().map(|FieldError { field, detail }| match field.as_str() {
        "" => detail.clone(),
        field => format!("--{}: {detail}", field.replace('_', "-")),
    });
    let faults: Vec<_> = faults.collect();
    if faults.is_empty() {
        format!("{command}: {error}")
    } else {
        format!("{command}: {}", faults.join("; "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::binary::TypeSlot;
    use crate::model::TypeBody;
    use std::sync::atomic::AtomicUsize;

    #[test]
    fn every_flag_is_explained() {
        let text: fn() -> Shape = || Shape::Scalar("text");
        let option: fn() -> Shape = || Shape::Option(Box::new(Shape::Scalar("u8")));
        let member = |name| MemberInfo::new(name, Some(text));
        for (member, row) in [
            (member("file"), "FILE: (required, also by position)"),
            (
                member("file").docs(" The file,\n line by line.\n\n More."),
                "FILE: The file, line by line (required, also by position)",
            ),
            (member("mode").docs("How.").optional(|| "\"fast\"".to_owned()), "MODE: How. [fast]"),
            (member("mode").optional(|| "\"\"".to_owned()), "MODE: "),
            (member("code").secret().optional(|| "\"friend\"".to_owned()), "CODE: "),
            (MemberInfo::new("at_most", Some(option)).docs("So many."), "NUMBER: So many."),
            (MemberInfo::new("at_most", Some(option)).optional(|| "7".to_owned()), "NUMBER: [7]"),
        ] {
            let shape = member.shape.expect("a field")();
            assert_eq!(format!("{}: {}", kind_of(&member, &shape), explanation(&member, &shape)), row);
        }
    }

    #[test]
    fn the_struct_says_what_the_command_is() {
        static PLACE: AtomicUsize = AtomicUsize::new(0);
        static SLOT: TypeSlot = TypeSlot::new(|| &PLACE);
        static INFO: TypeInfo = TypeInfo {
            name: "Flags",
            docs: " Reads a file.\n\n Twice.\n",
            slot: &SLOT,
            body: TypeBody::Record,
            members: &[],
            rule: "",
        };
        let command = Command::new("read", "reads", Some(&INFO), |_: &crate::store::Store| ());
        assert_eq!(docs(&command), "Reads a file.\n\nTwice.");
    }
}
