//! The service behind the sockets.

use super::cross_site::is_cross_site;
use super::router::{Found, parameters};
use super::{Call, Ended, Endpoint, Endpoints, Input, Kind, Origins, RouteError, Router, Verb, query, rpc};
use crate::codec::binary::Numbers;
use crate::codec::json::Rest;
use crate::error::Error;
use crate::http::{Method, Methods, Request, Response};
use crate::journal::Ticket;
use crate::net::{Instead, Peer, Reply, Service, Settled};
use crate::stdx::report;
use crate::store::{Caller, Engine, Standing};
use std::borrow::Cow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

/// Requests to a program's methods.
#[derive(Debug, Clone)]
pub struct Gateway {
    inner: Arc<Inner>,
    origins: Origins,
}

#[derive(Debug)]
struct Inner {
    engine: Arc<Engine>,
    endpoints: Endpoints,
    router: Router,
    numbers: Numbers,
}

impl Gateway {
    /// A gateway to these methods over an open engine. `numbers` are those of the arguments in its journal.
    ///
    /// # Errors
    /// When two methods have one verb and path.
    pub fn new(engine: Arc<Engine>, endpoints: Endpoints, numbers: Numbers) -> Result<Self, RouteError> {
        let router = Router::new(endpoints.list())?;
        let inner = Arc::new(Inner { engine, endpoints, router, numbers });
        Ok(Self { inner, origins: Origins::default() })
    }

    /// The same for a server of these names: requests for others are refused, and pages of the listed origins are its own.
    #[must_use]
    pub fn under(self, origins: Origins) -> Self {
        Self { origins, ..self }
    }

    /// The engine behind it.
    #[must_use]
    pub fn engine(&self) -> &Arc<Engine> {
        &self.inner.engine
    }

    /// The methods behind it.
    #[must_use]
    pub fn endpoints(&self) -> &Endpoints {
        &self.inner.endpoints
    }

    /// Calls a method by name; none: it has none such. The answer is given as it is; what it waits for is in its ticket.
    #[must_use]
    pub fn call_by_name(&self, name: &str, input: Input<'_>, request: &Request) -> Option<Ended> {
        let endpoint = &self.inner.endpoints.list()[self.inner.endpoints.position(name)?];
        Some(self.run(endpoint, input, request))
    }

    pub(super) fn endpoint(&self, name: &str) -> Option<&Endpoint> {
        self.inner.endpoints.list().get(self.inner.endpoints.position(name)?)
    }

    pub(super) fn run(&self, endpoint: &Endpoint, input: Input<'_>, request: &Request) -> Ended {
        let Inner { engine, numbers, .. } = &*self.inner;
        let call = Call::new(engine, endpoint, numbers, input, Caller::anonymous(), request);
        let run = || match endpoint.kind() {
            // The engine keeps the time of commands.
            Kind::Command => call.run(),
            Kind::Query | Kind::Plain | Kind::Task => {
                let _under_way = endpoint.pace().begin(&**engine.clock());
                call.run()
            }
        };
        // A panic is the fault of one call; others of the same batch have their answers.
        let ended = catch_unwind(AssertUnwindSafe(run)).unwrap_or_else(|panic| {
            let error = Error::panicked(endpoint.name(), report::panic_words(&*panic));
            Ended { result: Err(error), ticket: None, seq: None }
        });
        if let Err(error) = &ended.result
            && error.is_internal()
        {
            report::line(&format!("{} failed: {error:?}", endpoint.name()));
        }
        ended
    }

    /// Would a call of this method keep a loop waiting?
    pub(super) fn is_slow(&self, endpoint: &Endpoint) -> bool {
        let engine = &self.inner.engine;
        match endpoint.kind() {
            Kind::Command => engine.is_stuck(),
            Kind::Query | Kind::Plain => endpoint.pace().is_slow(&**engine.clock()),
            Kind::Task => false,
        }
    }

    /// The answer, now or when its ticket is settled; `instead` is what leaves when it is not stored.
    pub(super) fn reply(
        &self,
        mut response: Response,
        ticket: Option<Ticket>,
        seq: Option<u64>,
        instead: Option<Instead>,
    ) -> Reply {
        response.seq = seq;
        match ticket {
            Some(ticket) if self.inner.engine.standing(ticket) != Standing::Stored => {
                Reply::Parked(response, ticket, instead)
            }
            _ => Reply::Now(response),
        }
    }

    fn routed(&self, position: usize, request: &Request, values: Vec<Cow<'_, str>>) -> Reply {
        let endpoint = &self.inner.endpoints.list()[position];
        let (verb, pattern) = endpoint.route().expect("what was found by its route has one");
        let mut texts: Vec<_> = parameters(pattern).zip(values).collect();
        let pairs: Vec<query::Pair<'_>> = match request.pairs().collect() {
            Ok(pairs) => pairs,
            Err(bad) => {
                return Reply::Now(Response::problem(&Error::bad_request(format!("the query: {bad}"))));
            }
        };
        let unread = query::sort(endpoint, verb, &pairs, &mut texts);
        let has_body = !verb.reads_query() && !request.body.is_empty() && endpoint.args().is_some();
        if has_body && !is_json(request.content_type()) {
            return Reply::Now(Response::problem(&Error::unsupported_media_type(
                "the body is to be JSON: send the header `Content-Type: application/json`",
            )));
        }
        let rest = match endpoint.body() {
            _ if !has_body => Rest::Nothing,
            Some(name) => Rest::Field(name),
            None => Rest::Object,
        };
        let input = Input { texts, json: &request.body, rest, is_body: has_body, unread };
        let Ended { result, ticket, seq } = self.run(endpoint, input, request);
        let response = match result {
            Ok(Some(json)) => Response::json(endpoint.status().unwrap_or(200), json),
            Ok(None) => Response::empty(endpoint.status().unwrap_or(204)),
            Err(error) => Response::problem(&as_sent(error, rest)),
        };
        self.reply(response, ticket, seq, None)
    }

    /// What is answered somewhere: what `OPTIONS *` asks for (RFC 9110, section 9.3.7).
    fn all_methods(&self) -> Methods {
        let routes = self.inner.endpoints.list().iter().filter_map(Endpoint::route);
        let rpc = Methods::new().with(Method::Post);
        routes.map(|(verb, _)| verb.method()).fold(rpc, Methods::with)
    }

    /// Looks the request up and runs it right here.
    fn run_here(&self, request: &Request) -> Reply {
        let segments: Vec<_> = request.segments().collect();
        match self.inner.router.find(Verb::of(request.method()), &segments) {
            Found::Endpoint(position, values) => self.routed(position, request, values),
            Found::OtherVerbs(_) | Found::Nothing => {
                unreachable!("the same request led to a method when it was looked up before")
            }
        }
    }
}

/// The error with its fields as the client has sent them: what is called `body.title` where the body is an argument is the
/// field `title` of the document.
fn as_sent(error: Error, rest: Rest) -> Error {
    let Rest::Field(name) = rest else { return error };
    let mut fields = error.fields().to_vec();
    for error in &mut fields {
        if let Some(inside) = error.field.strip_prefix(name).and_then(|rest| rest.strip_prefix('.')) {
            error.field = inside.to_owned();
        }
    }
    error.with_fields(fields)
}

/// Is this the type of a JSON body (RFC 8259, section 11; the suffix of RFC 6839)? A browser sends none of these across
/// sites without having asked first.
pub(super) fn is_json(content_type: Option<&str>) -> bool {
    if content_type == Some("application/json") {
        return true;
    }
    let essence = content_type.and_then(|value| value.split(';').next()).map(str::trim).unwrap_or_default();
    let subtype =
        essence.get(.."application/".len()).filter(|kind| kind.eq_ignore_ascii_case("application/"));
    let rest = subtype.and_then(|kind| essence.get(kind.len()..)).unwrap_or_default();
    let suffix = rest.len().checked_sub("+json".len()).and_then(|start| rest.get(start..));
    rest.eq_ignore_ascii_case("json") || suffix.is_some_and(|suffix| suffix.eq_ignore_ascii_case("+json"))
}

impl Service for Gateway {
    fn call(&self, request: Request, peer: &Peer, after: Option<Ticket>) -> Reply {
        // No browser comes through the control socket, whatever name is said there.
        if !peer.control
            && let Err(misdirected) = self.origins.admit(&request)
        {
            return Reply::Now(Response::problem(&misdirected));
        }
        if !request.method().is_safe() && is_cross_site(&request, &self.origins) {
            return Reply::Now(Response::problem(&Error::forbidden(
                "a browser sent this for a page of another site",
            )));
        }
        if request.is_encoded() && !request.body.is_empty() {
            return Reply::Now(Response::problem(&Error::unsupported_media_type(
                "the body is compressed, which is not read here: send it as it is",
            )));
        }
        // What looks at the state sees at least what the commands before it on its connection made of it.
        let waits = |kind| matches!(kind, Kind::Query | Kind::Task);
        let waiting = || after.filter(|ticket| self.inner.engine.standing(*ticket) == Standing::Waiting);
        let path = request.path();
        let is_star = path == "*";
        if path.trim_end_matches('/') == rpc::PATH {
            return rpc::answer(self, request, waiting());
        }
        if is_star {
            return Reply::Now(Response::options(self.all_methods()));
        }
        let segments: Vec<_> = request.segments().collect();
        let (position, values) = match self.inner.router.find(Verb::of(request.method()), &segments) {
            Found::Endpoint(position, values) => (position, values),
            Found::OtherVerbs(verbs) if request.method() == Method::Options => {
                return Reply::Now(Response::options(verbs));
            }
            Found::OtherVerbs(verbs) => {
                return Reply::Now(Response::method_not_allowed(request.method(), verbs));
            }
            Found::Nothing => {
                let words = format!("nothing is at {}", request.path());
                return Reply::Now(Response::problem(&Error::not_found(words)));
            }
        };
        let endpoint = &self.inner.endpoints.list()[position];
        let kind = endpoint.kind();
        // A task may commit whatever its verb is.
        if kind == Kind::Task && request.method().is_safe() && is_cross_site(&request, &self.origins) {
            return Reply::Now(Response::problem(&Error::forbidden(
                "a browser sent this for a page of another site",
            )));
        }
        let slow = self.is_slow(endpoint);
        if kind != Kind::Task && !slow && !(waits(kind) && after.is_some()) {
            return self.routed(position, &request, values);
        }
        drop((values, segments));
        if let Some(ticket) = waiting().filter(|_| waits(kind)) {
            return Reply::Wait(request, ticket);
        }
        let here = self.clone();
        match kind {
            Kind::Task => Reply::Task(Box::new(move || here.run_here(&request))),
            _ if slow => Reply::Pool(Box::new(move || here.run_here(&request))),
            _ => self.run_here(&request),
        }
    }

    fn rest(&self) {
        self.inner.engine.flush();
    }

    fn settled(&self, ticket: Ticket) -> Settled {
        let standing = self.inner.engine.standing(ticket);
        match standing {
            Standing::Waiting => Settled::Waiting,
            standing => match self.inner.engine.refusal(standing) {
                None => Settled::Stored,
                Some(error) => Settled::Refused(error),
            },
        }
    }

    fn overloaded(&self) -> Response {
        Response::problem(&Error::overloaded("too many slow calls are under way"))
    }

    fn panicked(&self) -> Response {
        Response::problem(&Error::internal("a method panicked"))
    }
}

#[cfg(test)]
mod tests {
    use super::is_json;

    #[test]
    fn what_counts_as_json() {
        for json in ["application/json", "Application/JSON; charset=utf-8", "application/merge-patch+json"] {
            assert!(is_json(Some(json)), "{json}");
        }
        for other in
            ["", "text/plain", "application/jsonp", "application/x-www-form-urlencoded", "json", "+json"]
        {
            assert!(!is_json(Some(other)), "{other}");
        }
        assert!(!is_json(None));
    }
}
