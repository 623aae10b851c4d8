//! A model that nobody registered: refused at start where a method speaks of it, an error that names it where none does.

use crate::rig::{Rig, program_with};
use std::collections::BTreeMap;
use sunstone::api::{Api, Endpoints, Gateway};
use sunstone::http::{Method, Request};
use sunstone::net::{Peer, Reply, Service};
use sunstone::prelude::*;
use sunstone::stdx::report;

#[Model]
struct Note {
    #[key]
    id: Id<Note>,
    text: String,
}

#[Model]
struct Team {
    #[key]
    name: String,
}

#[Model]
struct Pupil {
    #[key]
    id: Id<Pupil>,
    #[loose]
    note: Option<Id<Note>>,
}

#[Data]
struct Plan {
    steps: Vec<Step>,
}

#[Data]
enum Step {
    Rest,
    Read { notes: BTreeMap<String, Option<Id<Note>>> },
    Nested(Box<Step>, Vec<Plan>),
}

#[Data]
struct Summary {
    newest: Option<Note>,
    teams: (u8, Vec<Team>),
}

/// What the start says of an app with these methods.
fn said(api: impl Api) -> Vec<String> {
    let started = App::new("forgotten").api(api).start();
    started.expect_err("a model is not registered").detail().lines().map(str::to_owned).collect()
}

fn line(method: &str, model: &str) -> String {
    format!("{method} speaks of {model}, which is not registered: add .model::<{model}>() to the app")
}

struct Taking;

#[Api("/taking")]
impl Taking {
    fn one(id: Id<Note>) -> u64 {
        id.get()
    }

    fn inside(ids: Vec<Option<Id<Note>>>) {
        drop(ids);
    }

    #[post("/body")]
    fn body(body: Plan) {
        drop(body);
    }

    fn whole(team: Team, other: Team) {
        drop((team, other));
    }
}

#[test]
fn what_methods_take_is_known_at_start() {
    assert_eq!(
        said(Taking),
        [
            line("taking.one", "Note"),
            line("taking.inside", "Note"),
            line("taking.body", "Note"),
            line("taking.whole", "Team"),
        ]
    );
}

struct Giving;

#[Api("/giving")]
impl Giving {
    fn rows(view: &View) -> Rows<'_, Note> {
        view.all()
    }

    fn some_rows<'v>(view: &'v View) -> Result<Rows<'v, Note>> {
        Ok(view.all())
    }

    fn row(tx: &mut Tx) -> Result<Note> {
        tx.insert(Note { id: Id::new(1), text: String::new() })
    }

    fn lent(view: &View, at: u64) -> Option<&Note> {
        view.lookup(Id::new(at))
    }

    #[expect(clippy::needless_lifetimes, reason = "a lifetime with a name is what is tried here")]
    fn lent_list<'v>(view: &'v View) -> Result<Vec<&'v Note>, Error> {
        Ok(view.all().iter().collect())
    }

    fn key() -> Result<Id<Note>> {
        Ok(Id::new(1))
    }

    fn part() -> Result<Summary> {
        Err(Error::not_found("nothing is there"))
    }

    /// Nothing is known of it.
    fn hidden(view: &View) -> impl Answer + use<> {
        view.seq()
    }

    fn nothing() {}

    fn own(&self) -> Result<(), Error> {
        Ok(())
    }
}

#[test]
fn what_methods_give_back_is_known_at_start() {
    assert_eq!(
        said(Giving),
        [
            line("giving.rows", "Note"),
            line("giving.some_rows", "Note"),
            line("giving.row", "Note"),
            line("giving.lent", "Note"),
            line("giving.lent_list", "Note"),
            line("giving.key", "Note"),
            line("giving.part", "Note"),
            line("giving.part", "Team"),
        ]
    );
}

#[Data]
struct Flags {
    note: Option<Id<Note>>,
}

struct Pupils;

#[Api("/pupils")]
impl Pupils {
    #[get("/")]
    fn all(view: &View) -> Rows<'_, Pupil> {
        view.all()
    }
}

#[test]
fn a_command_is_asked_and_a_loose_reference_is_not() {
    let run = |_: &Store, flags: Flags| flags.note.map(Id::get);
    let app = || App::new("forgotten").model::<Pupil>().api(Pupils);
    let refused = app().command("import", "reads", run).start().expect_err("a model is not registered");
    assert_eq!(refused.detail(), line("import", "Note"));
    // What refers loosely refers to what may be elsewhere: nothing is said of it, and the address is what fails.
    let taken = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let data = crate::program::Folder::new("forgotten");
    let started = app().listen(taken.local_addr().unwrap()).data(data.path()).start();
    let detail = started.expect_err("the address is taken").detail().to_owned();
    assert!(!detail.contains("not registered"), "{detail}");
}

struct Silent;

#[Api("/silent")]
impl Silent {
    #[post("/insert")]
    fn insert(tx: &mut Tx) -> Result<()> {
        tx.insert(Note { id: Id::new(1), text: "mine".to_owned() }).map(drop)
    }

    #[post("/update")]
    fn update(tx: &mut Tx) -> Result<()> {
        tx.update(Id::new(1), |note: &mut Note| note.text.clear()).map(drop)
    }

    #[post("/remove")]
    fn remove(tx: &mut Tx) -> Result<()> {
        tx.remove::<Note>(Id::new(1)).map(drop)
    }

    #[post("/next")]
    fn next(tx: &mut Tx) -> u64 {
        tx.next_id::<Note>().get()
    }

    #[get("/get")]
    fn get(view: &View) -> Result<String> {
        Ok(view.get(Id::<Note>::new(1))?.text.clone())
    }

    #[get("/version")]
    fn version(view: &View) -> Result<u64> {
        view.version(Id::<Note>::new(1))
    }

    #[get("/find")]
    fn find(view: &View) -> usize {
        view.find(Note::TEXT.is("mine")).count()
    }

    #[get("/table")]
    fn table(view: &View) -> bool {
        view.table::<Team>().is_empty()
    }
}

#[test]
fn a_method_that_meets_it_fails_and_the_log_says_what_to_add() {
    let mut endpoints = Endpoints::default();
    endpoints.add(Silent).unwrap();
    let rig = Rig::new(&program_with(|models| models.add::<Pupil>().unwrap(), endpoints.calls()));
    endpoints.number(&rig.loaded.calls);
    let gateway = Gateway::new(rig.engine.clone(), endpoints, rig.loaded.numbers.clone()).unwrap();
    for (method, name, model) in [
        (Method::Post, "insert", "Note"),
        (Method::Post, "update", "Note"),
        (Method::Post, "remove", "Note"),
        (Method::Post, "next", "Note"),
        (Method::Get, "get", "Note"),
        (Method::Get, "version", "Note"),
        (Method::Get, "find", "Note"),
        (Method::Get, "table", "Team"),
    ] {
        let request = Request::builder(method, &format!("/silent/{name}")).build().unwrap();
        let somebody = Peer { addr: None, control: false };
        let (reply, lines) = report::kept(|| gateway.call(request, &somebody, None));
        let Reply::Now(answer) = reply else { panic!("{name}: nothing changed, so nothing is waited for") };
        let body = String::from_utf8_lossy(answer.body.as_bytes()).into_owned();
        let problem = r#"{"type":"internal","title":"the program has a fault","status":500}"#;
        assert_eq!((answer.status, body.as_str()), (500, problem), "{name}");
        let words = format!("{model} is not registered: add .model::<{model}>() to the app");
        assert!(lines.len() == 1 && lines[0].starts_with(&format!("silent.{name} failed")), "{lines:?}");
        assert!(lines[0].ends_with(&words), "{lines:?}");
    }
}
