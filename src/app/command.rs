//! Subcommands of the program's own: functions whose argument becomes flags.

use super::Opened;
use crate::api::{Answer, Out};
use crate::codec::binary;
use crate::codec::json::{Reader, Rest};
use crate::error::{Error, Result};
use crate::model::{Report, Shape, TypeInfo, Value, holds_secrets};
use crate::store::{Caller, Cause, Store};
use std::fmt;
use std::sync::Arc;

/// A subcommand of the program's own.
pub(crate) struct Command {
    pub(crate) name: &'static str,
    pub(crate) help: &'static str,
    /// What its flags make up; none: it takes none.
    pub(crate) flags: Option<&'static TypeInfo>,
    prepare: Prepare,
}

type Prepare = Box<dyn FnOnce(&[(String, String)]) -> Result<Ready>>;

impl Command {
    pub(crate) fn new<Form, S: Subcommand<Form> + 'static>(
        name: &'static str,
        help: &'static str,
        flags: Option<&'static TypeInfo>,
        run: S,
    ) -> Self {
        Self { name, help, flags, prepare: Box::new(move |flags| run.prepare(flags)) }
    }

    /// Reads its flags, before anything is opened.
    pub(crate) fn prepare(self, flags: &[(String, String)]) -> Result<Ready> {
        (self.prepare)(flags)
    }
}

/// A subcommand whose flags have been read.
pub struct Ready {
    /// Its flags as the journal records them.
    arguments: Encode,
    run: Run,
}

type Run = Box<dyn FnOnce(&Store, &mut Out) -> Result<()>>;

type Encode = Box<dyn Fn(&mut binary::Writer<'_>)>;

impl fmt::Debug for Ready {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ready").finish_non_exhaustive()
    }
}

impl Ready {
    /// Runs it; the answer, encoded.
    pub(crate) fn run(
        self,
        opened: &Opened,
        name: &str,
        flags: Option<&'static TypeInfo>,
    ) -> Result<Vec<u8>> {
        let call = opened.call(name);
        let mut arguments = Vec::new();
        if let Some(info) = flags {
            let numbers = opened.catalog.call_numbers(call.unwrap_or(u64::MAX), info, &opened.numbers);
            (self.arguments)(&mut binary::Writer::new(&mut arguments, &numbers));
            let secrets = Some(info).filter(|info| holds_secrets(info));
            crate::api::shorten_arguments(&mut arguments, secrets, &numbers);
        }
        let cause = Cause { caller: Caller::anonymous(), name, call, arguments: &arguments };
        let store = Store::new(Arc::clone(opened.gateway.engine()), &cause);
        let mut out = Out::new();
        (self.run)(&store, &mut out)?;
        Ok(out.into_json().unwrap_or_else(|| b"null".to_vec()))
    }
}

/// A function that can be a subcommand: `fn(&Store) -> R`, or `fn(&Store, Flags) -> R` where `#[Data] struct Flags` has a field
/// for each flag.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a command of the program",
    label = "expected `fn(&Store) -> ..` or `fn(&Store, Flags) -> ..`",
    note = "a command is given a `&Store`: it reads with `store.view()` and changes with `store.commit(|tx| ..)`",
    note = "its flags are the fields of a struct with #[Data], its answer is what the answer of a method can be; a closure names the types of its arguments: `|store: &Store| ..`"
)]
pub trait Subcommand<Form> {
    /// What its flags make up; none: it takes none.
    fn shape() -> Option<Shape>;

    /// Reads its flags.
    ///
    /// # Errors
    /// 400 and 422 for flags that are no good.
    fn prepare(self, flags: &[(String, String)]) -> Result<Ready>;
}

/// The form of a subcommand without flags.
#[derive(Debug)]
pub struct Bare;

impl<F: FnOnce(&Store) -> R + 'static, R: Answer> Subcommand<(Bare, R)> for F {
    fn shape() -> Option<Shape> {
        None
    }

    fn prepare(self, _flags: &[(String, String)]) -> Result<Ready> {
        let run = Box::new(|store: &Store, out: &mut Out| out.answer(self(store)));
        Ok(Ready { arguments: Box::new(|_nothing| ()), run })
    }
}

impl<F: FnOnce(&Store, D) -> R + 'static, D: Value, R: Answer> Subcommand<(D, R)> for F {
    fn shape() -> Option<Shape> {
        Some(D::shape())
    }

    fn prepare(self, flags: &[(String, String)]) -> Result<Ready> {
        let flags: D = read(flags)?;
        let recorded = flags.copy();
        let run = Box::new(|store: &Store, out: &mut Out| out.answer(self(store, flags)));
        Ok(Ready { arguments: Box::new(move |w| recorded.to_binary(w)), run })
    }
}

/// Reads flags and holds them to their checks.
fn read<D: Value>(flags: &[(String, String)]) -> Result<D> {
    let texts: Vec<_> = flags.iter().map(|(name, text)| (name.as_str(), text.as_str().into())).collect();
    let mut reader = Reader::parts(&texts, b"", Rest::Nothing);
    let flags: D = match D::from_json(&mut reader) {
        Ok(flags) => reader.finish().map(|()| flags),
        Err(_recorded) => Err(reader.errors()),
    }?;
    let mut report = Report::default();
    flags.check(&mut report);
    match report.into_errors() {
        broken if broken.is_empty() => Ok(flags),
        broken => Err(Error::invalid("a flag breaks a rule").with_fields(broken)),
    }
}
