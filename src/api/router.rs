//! From a verb and a path to a method: a tree of segments.

use super::{Endpoint, Verb};
use crate::http::Methods;
use std::borrow::Cow;
use std::fmt;

/// What the library's own routes begin with: `/_/rpc`.
const OURS: &str = "_";

/// Why routes cannot be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RouteError(String);

impl RouteError {
    pub(super) fn new(words: String) -> Self {
        Self(words)
    }
}

impl fmt::Display for RouteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for RouteError {}

/// The routes of a program. A static segment beats a parameter; a trailing slash makes no difference.
#[derive(Debug, Default)]
pub struct Router {
    root: Node,
}

#[derive(Debug, Default)]
struct Node {
    /// By segment, in order.
    fixed: Vec<(String, Self)>,
    parameter: Option<Box<Self>>,
    /// By verb: the position of the endpoint.
    ends: Vec<(Verb, usize)>,
}

/// What stands at a path.
#[derive(Debug)]
pub(super) enum Found<'r> {
    /// The endpoint at this position, and the values of its parameters in order.
    Endpoint(usize, Vec<Cow<'r, str>>),
    /// Other verbs.
    OtherVerbs(Methods),
    /// Nothing.
    Nothing,
}

/// The name of a parameter: `{id}` is `id`.
fn parameter(segment: &str) -> Option<&str> {
    segment.strip_prefix('{')?.strip_suffix('}')
}

/// The names of the parameters of a pattern, in order.
pub(super) fn parameters(pattern: &str) -> impl Iterator<Item = &str> {
    pattern.split('/').filter_map(parameter)
}

impl Router {
    /// The routes of these endpoints.
    ///
    /// # Errors
    /// When two have one verb and pattern, or one is where the library's own routes are.
    pub fn new(endpoints: &[Endpoint]) -> Result<Self, RouteError> {
        let mut router = Self::default();
        for (position, endpoint) in endpoints.iter().enumerate() {
            let Some((verb, pattern)) = endpoint.route() else { continue };
            if pattern.split('/').nth(1) == Some(OURS) {
                return Err(RouteError(format!(
                    "{} {pattern} of {} cannot be: what begins with /{OURS} is the library's: give it another path",
                    verb.method().as_str(),
                    endpoint.name(),
                )));
            }
            let mut node = &mut router.root;
            for segment in pattern.split('/').filter(|segment| !segment.is_empty()) {
                node = node.child(segment);
            }
            if let Some((_, other)) = node.ends.iter().find(|(known, _)| *known == verb) {
                return Err(RouteError(format!(
                    "{} {pattern} is both {} and {}: give one another path",
                    verb.method().as_str(),
                    endpoints[*other].name(),
                    endpoint.name(),
                )));
            }
            node.ends.push((verb, position));
        }
        Ok(router)
    }

    /// What stands at this path.
    pub(super) fn find<'r>(&self, verb: Option<Verb>, segments: &[Cow<'r, str>]) -> Found<'r> {
        let mut values = Vec::new();
        let mut others = Vec::new();
        match self.root.find(verb, segments, &mut values, &mut others) {
            Some(position) => Found::Endpoint(position, values),
            None if others.is_empty() => Found::Nothing,
            None => {
                Found::OtherVerbs(others.into_iter().map(Verb::method).fold(Methods::new(), Methods::with))
            }
        }
    }
}

impl Node {
    fn child(&mut self, segment: &str) -> &mut Self {
        if parameter(segment).is_some() {
            return self.parameter.get_or_insert_default();
        }
        let place = match self.fixed.binary_search_by(|(known, _)| known.as_str().cmp(segment)) {
            Ok(place) => place,
            Err(place) => {
                self.fixed.insert(place, (segment.to_owned(), Self::default()));
                place
            }
        };
        &mut self.fixed[place].1
    }

    /// The endpoint below this node. The depth is that of the program's own patterns, not of the request.
    fn find<'r>(
        &self,
        verb: Option<Verb>,
        segments: &[Cow<'r, str>],
        values: &mut Vec<Cow<'r, str>>,
        others: &mut Vec<Verb>,
    ) -> Option<usize> {
        let Some((segment, rest)) = segments.split_first() else {
            let end = self.ends.iter().find(|(known, _)| Some(*known) == verb);
            if end.is_none() {
                others.extend(self.ends.iter().map(|(known, _)| *known));
            }
            return end.map(|(_, position)| *position);
        };
        if let Ok(place) = self.fixed.binary_search_by(|(known, _)| known.as_str().cmp(segment))
            && let Some(found) = self.fixed[place].1.find(verb, rest, values, others)
        {
            return Some(found);
        }
        // A parameter has a value: nothing between two slashes is none.
        let below = self.parameter.as_ref().filter(|_| !segment.is_empty())?;
        values.push(segment.clone());
        let found = below.find(verb, rest, values, others);
        if found.is_none() {
            values.pop();
        }
        found
    }
}
