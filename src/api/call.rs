//! One call of a method.

use super::input::not_read;
use super::{About, Endpoint, Input, Kind, Out};
use crate::codec::binary::{Numbers, Writer};
use crate::error::{Error, Result};
use crate::hash::sha256::digest;
use crate::http::Request;
use crate::journal::Ticket;
use crate::model::{Report, TypeInfo, Value, without_secrets};
use crate::store::{Caller, Cause, Engine, Store, Tx, View};
use std::sync::Arc;

/// Arguments of a command that take more bytes than this are recorded as their length and their SHA-256.
pub const ARGUMENTS_BYTES_MAX: usize = 4096;

/// One call: its arguments, who makes it, and where its answer goes. What `#[Api]` writes is run over it.
#[derive(Debug)]
pub struct Call<'c> {
    engine: &'c Arc<Engine>,
    endpoint: &'c Endpoint,
    numbers: &'c Numbers,
    input: Input<'c>,
    caller: Caller,
    request: &'c Request,
    out: Out,
    arguments: Vec<u8>,
    ticket: Option<Ticket>,
    seq: Option<u64>,
}

/// Room that recorded arguments are given before they are written: most need no more.
const ARGUMENTS_BYTES: usize = 256;

/// What a call came to.
#[derive(Debug)]
pub struct Ended {
    /// The answer, encoded; none: nothing to say.
    pub result: Result<Option<Vec<u8>>>,
    /// What the answer waits for.
    pub ticket: Option<Ticket>,
    /// The sequence that it stands for.
    pub seq: Option<u64>,
}

impl<'c> Call<'c> {
    pub(super) fn new(
        engine: &'c Arc<Engine>,
        endpoint: &'c Endpoint,
        numbers: &'c Numbers,
        input: Input<'c>,
        caller: Caller,
        request: &'c Request,
    ) -> Self {
        let (out, arguments) = (Out::new(), Vec::new());
        Self { engine, endpoint, numbers, input, caller, request, out, arguments, ticket: None, seq: None }
    }

    /// Runs the method.
    pub(super) fn run(mut self) -> Ended {
        let result = self.take_parameters().and_then(|()| self.endpoint.run(&mut self));
        Ended { result: result.map(|()| self.out.into_json()), ticket: self.ticket, seq: self.seq }
    }

    /// Takes the parameters of the system out of the query.
    fn take_parameters(&mut self) -> Result<()> {
        if self.endpoint.args().is_none() && !self.input.unread.is_empty() {
            return Err(not_read(std::mem::take(&mut self.input.unread)));
        }
        if self.endpoint.kind() == Kind::Query {
            let system = self.input.system();
            for (position, (name, value)) in system.iter().enumerate() {
                if system.iter().take(position).any(|(known, _)| known == name) {
                    return Err(Error::bad_request(format!("{name}: given twice")));
                }
                if !self.out.parameter(name, value)? {
                    return Err(Error::bad_request(format!("{name}: known are _limit and _after")));
                }
            }
        }
        Ok(())
    }

    /// Reads the arguments and holds them to their checks.
    ///
    /// # Errors
    /// 400 with every field that is missing or has another type, 422 with every rule that is broken.
    pub fn args<T: Value>(&mut self) -> Result<T> {
        let args: T = self.checked_args()?;
        if self.endpoint.records_arguments() {
            self.arguments.reserve(ARGUMENTS_BYTES);
            args.to_binary(&mut Writer::new(&mut self.arguments, self.numbers));
            shorten_arguments(&mut self.arguments, self.endpoint.secret_args(), self.numbers);
        }
        Ok(args)
    }

    fn checked_args<T: Value>(&mut self) -> Result<T> {
        let args: T = self.input.decode()?;
        let mut report = Report::default();
        args.check(&mut report);
        match report.into_errors() {
            broken if broken.is_empty() => Ok(args),
            broken => Err(Error::invalid("an argument breaks a rule").with_fields(broken)),
        }
    }

    fn cause(&self) -> Cause<'_> {
        Cause {
            caller: self.caller.clone(),
            name: self.endpoint.name(),
            call: Some(self.endpoint.number()),
            arguments: &self.arguments,
        }
    }

    /// Runs a query.
    ///
    /// # Errors
    /// The method's.
    pub fn query(&mut self, run: impl FnOnce(&View, About<'_>, &mut Out) -> Result<()>) -> Result<()> {
        let view = self.engine.view(self.caller.clone());
        self.seq = Some(view.seq());
        run(&view, About::new(&self.caller, self.request), &mut self.out)
    }

    /// Runs a command.
    ///
    /// # Errors
    /// The method's, and those of [`Engine::command`].
    pub fn command(&mut self, run: impl FnOnce(&mut Tx, About<'_>, &mut Out) -> Result<()>) -> Result<()> {
        let about = About::new(&self.caller, self.request);
        let mut out = std::mem::replace(&mut self.out, Out::new());
        let mut run = Some(run);
        let ran = self.engine.command(&self.cause(), &mut |tx| {
            let run = run.take().expect("a command is run once");
            run(tx, about, &mut out)
        })?;
        self.out = out;
        self.ticket = Some(ran.ticket);
        self.seq = Some(ran.ticket.seq);
        ran.result
    }

    /// Runs a task.
    ///
    /// # Errors
    /// The method's.
    pub fn task(&mut self, run: impl FnOnce(&Store, About<'_>, &mut Out) -> Result<()>) -> Result<()> {
        let store = Store::new(Arc::clone(self.engine), &self.cause());
        run(&store, About::new(&self.caller, self.request), &mut self.out)?;
        self.seq = Some(self.engine.seq());
        Ok(())
    }

    /// Runs a plain function.
    ///
    /// # Errors
    /// The method's.
    pub fn plain(&mut self, run: impl FnOnce(About<'_>, &mut Out) -> Result<()>) -> Result<()> {
        run(About::new(&self.caller, self.request), &mut self.out)
    }
}

impl Endpoint {
    /// Do the arguments of a call go into the journal?
    fn records_arguments(&self) -> bool {
        self.journal_args() && matches!(self.kind(), Kind::Command | Kind::Task)
    }
}

/// Leaves out of recorded arguments what is secret, and of long ones everything but their length and hash. `secret` is their
/// type where it holds secrets.
pub(crate) fn shorten_arguments(
    arguments: &mut Vec<u8>,
    secret: Option<&'static TypeInfo>,
    numbers: &Numbers,
) {
    if let Some(info) = secret {
        let full = std::mem::take(arguments);
        let copied = without_secrets(info, &full, numbers, arguments);
        copied.expect("arguments that were just encoded are as they were encoded");
    }
    if arguments.len() > ARGUMENTS_BYTES_MAX {
        let (length, hash) = (arguments.len(), digest(arguments));
        arguments.clear();
        let mut w = Writer::new(arguments, numbers);
        w.array(2);
        w.uint(length as u64);
        w.bytes(&hash);
    }
}
