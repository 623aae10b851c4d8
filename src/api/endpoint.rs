//! The methods of a program, ready to be called.

use super::pace::Pace;
use super::{Api, Call, Kind, Method, RouteError, Verb};
use crate::error::Result;
use crate::model::{Shape, TypeInfo, holds_secrets};
use std::fmt;
use std::sync::Arc;

/// A method of a registered api.
pub struct Endpoint {
    name: String,
    pattern: Option<(Verb, String)>,
    method: Box<dyn Callable>,
    number: u64,
    holds_secrets: bool,
    pace: Pace,
}

/// A method without the type it belongs to.
trait Callable: Send + Sync {
    fn run(&self, call: &mut Call<'_>) -> Result<()>;
    fn kind(&self) -> Kind;
    fn status(&self) -> Option<u16>;
    fn args(&self) -> Option<&'static TypeInfo>;
    fn answer(&self) -> Option<Shape>;
    fn body(&self) -> Option<&'static str>;
    fn journal_args(&self) -> bool;
    fn takes_request(&self) -> bool;
    fn docs(&self) -> &'static str;
}

struct Held<A: 'static> {
    api: Arc<A>,
    method: &'static Method<A>,
}

impl<A: Api> Callable for Held<A> {
    fn run(&self, call: &mut Call<'_>) -> Result<()> {
        (self.method.run)(&self.api, call)
    }

    fn kind(&self) -> Kind {
        self.method.kind
    }

    fn status(&self) -> Option<u16> {
        self.method.status
    }

    fn args(&self) -> Option<&'static TypeInfo> {
        self.method.args.map(|args| args())
    }

    fn answer(&self) -> Option<Shape> {
        (self.method.answer)()
    }

    fn body(&self) -> Option<&'static str> {
        self.method.body
    }

    fn journal_args(&self) -> bool {
        self.method.journal_args
    }

    fn takes_request(&self) -> bool {
        self.method.takes_request
    }

    fn docs(&self) -> &'static str {
        self.method.docs
    }
}

impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Endpoint")
            .field("name", &self.name)
            .field("pattern", &self.pattern)
            .finish_non_exhaustive()
    }
}

impl Endpoint {
    /// Its name: `todos.add`.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its verb and its whole pattern; none: it is called by name alone.
    #[must_use]
    pub fn route(&self) -> Option<(Verb, &str)> {
        self.pattern.as_ref().map(|(verb, pattern)| (*verb, pattern.as_str()))
    }

    /// What it is.
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.method.kind()
    }

    /// The status of its answer, where one is stated.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        self.method.status()
    }

    /// Its arguments.
    #[must_use]
    pub fn args(&self) -> Option<&'static TypeInfo> {
        self.method.args()
    }

    /// What it answers, where that is known of its type.
    #[must_use]
    pub fn answer(&self) -> Option<Shape> {
        self.method.answer()
    }

    /// The argument that takes the whole body.
    #[must_use]
    pub fn body(&self) -> Option<&'static str> {
        self.method.body()
    }

    /// Its documentation.
    #[must_use]
    pub fn docs(&self) -> &'static str {
        self.method.docs()
    }

    pub(super) fn journal_args(&self) -> bool {
        self.method.journal_args()
    }

    /// May it read the query by itself?
    pub(super) fn takes_request(&self) -> bool {
        self.method.takes_request()
    }

    /// Its arguments, where some of them are secret.
    pub(super) fn secret_args(&self) -> Option<&'static TypeInfo> {
        self.args().filter(|_| self.holds_secrets)
    }

    /// Its number in the journal's catalog.
    pub(super) fn number(&self) -> u64 {
        self.number
    }

    pub(super) fn run(&self, call: &mut Call<'_>) -> Result<()> {
        self.method.run(call)
    }

    /// How long its calls take.
    pub(super) fn pace(&self) -> &Pace {
        &self.pace
    }
}

/// The methods of a program.
#[derive(Debug, Default)]
pub struct Endpoints {
    list: Vec<Endpoint>,
}

impl Endpoints {
    /// Adds the methods of an api.
    ///
    /// # Errors
    /// When a call of one of its names is there already.
    pub fn add<A: Api>(&mut self, api: A) -> Result<(), RouteError> {
        let about = A::about();
        let api = Arc::new(api);
        for method in A::methods() {
            let name = format!("{}.{}", about.name, method.name);
            if self.list.iter().any(|known| known.name == name) {
                return Err(RouteError::new(format!(
                    "two methods are called {name}: give one api another name"
                )));
            }
            let pattern = method.verb.map(|verb| (verb, join(about.prefix, method.path)));
            let holds_secrets = method.args.is_some_and(|args| holds_secrets(args()));
            let method = Box::new(Held { api: Arc::clone(&api), method });
            self.list.push(Endpoint {
                name,
                pattern,
                method,
                number: 0,
                holds_secrets,
                pace: Pace::default(),
            });
        }
        Ok(())
    }

    /// Their names and arguments, for the journal's catalog.
    #[must_use]
    pub fn calls(&self) -> Vec<(String, Option<&'static TypeInfo>)> {
        self.list.iter().map(|endpoint| (endpoint.name.clone(), endpoint.args())).collect()
    }

    /// Takes the numbers that the journal gave them, in their order.
    pub fn number(&mut self, numbers: &[u64]) {
        for (endpoint, number) in self.list.iter_mut().zip(numbers) {
            endpoint.number = *number;
        }
    }

    /// All of them, in the order in which they were added.
    #[must_use]
    pub fn list(&self) -> &[Endpoint] {
        &self.list
    }

    /// The position of the one of this name.
    #[must_use]
    pub fn position(&self, name: &str) -> Option<usize> {
        self.list.iter().position(|endpoint| endpoint.name == name)
    }
}

/// A path behind a prefix; `/` behind a prefix is the prefix.
fn join(prefix: &str, path: &str) -> String {
    let joined = format!("{}/{}", prefix.trim_end_matches('/'), path.trim_matches('/'));
    let joined = joined.trim_end_matches('/');
    if joined.is_empty() { "/".to_owned() } else { joined.to_owned() }
}
