//! Programs that change their models over a journal: new names of models, new shapes before there are rows, and what a
//! refusal says to do.

use crate::program::{Connection, Folder};
use crate::rig::{Rig, picture, program};
use sunstone::codec::json::Writer;
use sunstone::journal::{self, FrameKind, MemoryDirectory};
use sunstone::model::Catalog;
use sunstone::prelude::*;
use sunstone::state::{Historian, Record};
use sunstone::stdx::report;
use sunstone::store::Program;

/// A version of a program: its models, and what is registered of them.
macro_rules! version {
    ($version:ident: $($model:ident),* { $($items:tt)* }) => {
        mod $version {
            use sunstone::prelude::*;

            $($items)*

            pub(super) fn program() -> sunstone::store::Program {
                crate::rig::program(|models| { $(models.add::<$model>().expect("a sound model");)* })
            }
        }
    };
}

version!(patients: Visit, Patient {
    #[Data]
    pub(super) struct Copy { pub(super) of: Patient }

    #[Model]
    pub(super) struct Patient {
        #[key]
        pub(super) id: Id<Self>,
        pub(super) name: String,
        #[loose]
        pub(super) parent: Option<Id<Patient>>,
    }

    #[Model]
    pub(super) struct Visit {
        #[key]
        pub(super) id: Id<Visit>,
        pub(super) patient: Id<Patient>,
        pub(super) copies: Vec<Copy>,
    }
});

macro_rules! clients {
    ($version:ident: $($was:tt)*) => {
        version!($version: Visit, Client {
            #[Data]
            pub(super) struct Copy { pub(super) of: Client }

            $($was)*
            pub(super) struct Client {
                #[key]
                pub(super) id: Id<Self>,
                pub(super) name: String,
                #[loose]
                pub(super) parent: Option<Id<Client>>,
            }

            #[Model]
            pub(super) struct Visit {
                #[key]
                pub(super) id: Id<Visit>,
                pub(super) patient: Id<Client>,
                pub(super) copies: Vec<Copy>,
            }
        });
    };
}

clients!(clients: #[Model(was = "Person", was = "Patient")]);
clients!(forgotten: #[Model]);
clients!(mistyped: #[Model(was = "Patien")]);

version!(doubled: Client, Patient {
    #[Model(was = "Patient")]
    pub(super) struct Client {
        #[key]
        pub(super) id: Id<Self>,
    }

    #[Model]
    pub(super) struct Patient {
        #[key]
        pub(super) id: Id<Self>,
    }
});

version!(twins: Client, Guest {
    #[Model(was = "Patient")]
    pub(super) struct Client {
        #[key]
        pub(super) id: Id<Self>,
    }

    #[Model(was = "Patient")]
    pub(super) struct Guest {
        #[key]
        pub(super) id: Id<Self>,
    }
});

version!(people: Person {
    #[Model]
    pub(super) struct Person {
        #[key]
        pub(super) id: Id<Self>,
        pub(super) name: String,
    }
});

version!(guests: Guest {
    #[Model]
    pub(super) struct Guest {
        #[key]
        pub(super) id: Id<Self>,
        pub(super) name: String,
    }
});

version!(changed: Guest {
    #[Model(was = "Persn")]
    pub(super) struct Guest {
        #[key]
        pub(super) id: Id<Self>,
        pub(super) name: String,
        pub(super) came: Option<Time>,
    }
});

version!(books: Book {
    #[Model]
    pub(super) struct Book {
        #[key]
        pub(super) id: Id<Self>,
        pub(super) title: String,
    }
});

/// The journal of the first program: a patient, its child, and a visit.
fn with_rows() -> MemoryDirectory {
    use patients::{Copy, Patient, Visit};
    let rig = Rig::new(&patients::program());
    let patient = |parent| Patient { id: Id::new(1), name: "Ada".to_owned(), parent };
    rig.commit(|tx| {
        let id = tx.next_id();
        tx.insert(Patient { id, ..patient(None) })?;
        let child = tx.next_id();
        tx.insert(Patient { id: child, ..patient(Some(id)) })?;
        let visit = tx.next_id();
        tx.insert(Visit { id: visit, patient: child, copies: vec![Copy { of: patient(None) }] }).map(drop)
    })
    .expect("three rows");
    rig.engine.stop();
    rig.directory.kill()
}

fn refusal(program: &Program, directory: &MemoryDirectory) -> String {
    let before = directory.content("app.journal");
    let refused = Rig::open(program, directory).expect_err("the program does not fit");
    assert_eq!(directory.content("app.journal"), before, "nothing is written before it is refused");
    refused.to_string()
}

/// The models that the changes of a history are told of, those that one asks for alone.
fn told(directory: &MemoryDirectory, model: Option<&str>) -> Vec<String> {
    let mut later = Catalog::default();
    let mut names = |frame: &journal::Frame<'_>| {
        if frame.kind == FrameKind::Schema {
            later.read(frame.payload).expect("a schema frame");
        }
        Ok(())
    };
    journal::read(directory, &mut names).expect("the journal is whole");
    let mut historian = Historian::default().knowing(later);
    let mut lines = Vec::new();
    let mut tell = |frame: &journal::Frame<'_>| {
        match frame.kind {
            FrameKind::Schema => historian.schema(frame.payload).expect("a schema frame"),
            FrameKind::Batch => Record::each(frame.payload, |record| {
                let mut w = Writer::new();
                historian.tell(frame.first_seq, &record, model, &mut w)?;
                lines.push(String::from_utf8(w.into_bytes()).expect("JSON is text"));
                Ok::<_, sunstone::codec::binary::Malformed>(())
            })
            .expect("it is told"),
            _ => {}
        }
        Ok(())
    };
    journal::read(directory, &mut tell).expect("the journal is whole");
    let parts = lines.iter().flat_map(|line| line.split("\"model\":\"").skip(1));
    parts.map(|rest| rest.split('"').next().unwrap_or_default().to_owned()).collect()
}

#[test]
fn a_model_gets_another_name_and_references_follow() {
    use clients::{Client, Visit};
    let directory = with_rows();
    let rig = Rig::open(&clients::program(), &directory).expect("it says what the name was");
    let view = rig.view();
    let child = view.get::<Client>(Id::new(2)).expect("a row of the old name");
    assert_eq!((child.name.as_str(), child.parent), ("Ada", Some(Id::new(1))));
    let visit = view.get::<Visit>(Id::new(1)).expect("a row that refers to it");
    assert_eq!((visit.patient, visit.copies[0].of.name.as_str()), (Id::new(2), "Ada"));
    rig.commit(|tx| tx.update(Id::new(2), |client: &mut Client| client.name.push('!')).map(drop))
        .expect("it goes on");
    let found = picture(rig.view().state());
    let directory = rig.directory.kill();

    // The journal knows the name now: the attribute may stay, and may go.
    let again = Rig::open(&clients::program(), &directory).expect("with the attribute");
    assert_eq!(picture(again.view().state()), found);
    let directory = again.directory.kill();
    let without = Rig::open(&forgotten::program(), &directory).expect("without the attribute");
    assert_eq!(picture(without.view().state()), found);
    let directory = without.directory.kill();

    // What was is told under the name it had, and found by the one it has.
    assert_eq!(told(&directory, None), ["Patient", "Patient", "Visit", "Client"]);
    assert_eq!(told(&directory, Some("Client")), ["Patient", "Patient", "Client"]);
    assert_eq!(told(&directory, Some("Patient")), ["Patient", "Patient"]);

    // The program before it is told how it could be said.
    let words = refusal(&patients::program(), &directory);
    assert!(
        words.contains("if Patient is its new name, write #[Model(was = \"Client\")] struct Patient"),
        "{words}"
    );
}

#[test]
fn a_model_that_seems_to_have_another_name_is_named_with_the_line_that_says_so() {
    let directory = with_rows();
    assert_eq!(
        refusal(&forgotten::program(), &directory),
        "Patient is in the journal and not in this program, and Client has its fields: if Client is its new name, write \
         #[Model(was = \"Patient\")] struct Client"
    );
    assert_eq!(
        refusal(&mistyped::program(), &directory),
        "Patient is in the journal and not in this program, and Client has its fields: was = \"Patien\" of Client names no \
         model in the journal: write #[Model(was = \"Patient\")] struct Client"
    );
    let lone = Rig::new(&people::program());
    lone.commit(|tx| {
        let id = tx.next_id();
        tx.insert(people::Person { id, name: "Ada".to_owned() }).map(drop)
    })
    .expect("a row");
    let lone = lone.directory.kill();
    assert_eq!(
        refusal(&guests::program(), &lone),
        "the journal holds rows of Person, which this program does not have: if Guest is its new name, write \
         #[Model(was = \"Person\")] struct Guest; else add .model::<Person>() to the app"
    );
    assert_eq!(
        refusal(&changed::program(), &lone),
        "the journal holds rows of Person, which this program does not have: was = \"Persn\" of Guest names no model in the \
         journal; the nearest is Person"
    );
    let fresh = MemoryDirectory::new();
    assert!(
        refusal(&doubled::program(), &fresh).ends_with(
            "Client was called Patient, and so is another model: take was = \"Patient\" away from one, or rename one"
        )
    );
    assert!(
        refusal(&twins::program(), &fresh)
            .contains("Client was called Patient, and so was Guest: take was = \"Patient\" away from one")
    );
    assert_eq!(
        refusal(&books::program(), &directory),
        "the journal is of another program: its models are Visit, Patient, and this one has none of them; `--data` names \
         the directory of its own"
    );
}

macro_rules! thing {
    ($version:ident: $($field:tt)*) => {
        version!($version: Thing, Box {
            #[Data]
            pub(super) struct Form { $($field)* }

            #[Model]
            pub(super) struct Thing {
                #[key]
                pub(super) id: Id<Self>,
                $($field)*
            }

            /// It has no rows, and holds what Thing holds not.
            #[Model]
            pub(super) struct Box {
                #[key]
                pub(super) id: Id<Self>,
                pub(super) form: Form,
                pub(super) thing: Option<Id<Thing>>,
            }
        });
    };
}

thing!(begun: pub(super) name: String, pub(super) phone: String,);
thing!(retyped: pub(super) name: u8, pub(super) phone: String,);
thing!(removed: pub(super) name: String,);
thing!(added: pub(super) name: String, pub(super) phone: String, pub(super) mail: String,);
thing!(moved: pub(super) label: String, pub(super) phone: String,);
thing!(wrong_name: #[was("nam")] pub(super) label: String, pub(super) phone: String,);
thing!(optional: pub(super) name: String, pub(super) number: Option<String>,);

#[test]
fn a_model_without_rows_changes_freely() {
    let mut directory = MemoryDirectory::new();
    let versions =
        [begun::program(), retyped::program(), removed::program(), added::program(), retyped::program()];
    for program in &versions {
        for _ in 0..2 {
            let rig = Rig::open(program, &directory).expect("nothing is lost");
            directory = rig.directory.kill();
        }
    }
    let rig = Rig::open(&added::program(), &directory).expect("nothing is lost");
    let thing = |id, name: &str| {
        let text = name.to_owned();
        added::Thing { id, name: text.clone(), phone: text.clone(), mail: text }
    };
    rig.commit(|tx| {
        let id = tx.next_id();
        tx.insert(thing(id, "one")).map(drop)
    })
    .expect("a row");
    let found = picture(rig.view().state());
    let directory = rig.directory.kill();
    let again = Rig::open(&added::program(), &directory).expect("the shape that the row has");
    assert_eq!(picture(again.view().state()), found);
    assert_eq!(again.view().get::<added::Thing>(Id::new(1)).expect("the row").mail, "one");
    let directory = again.directory.kill();

    // From the first row on it has a shape. A part that stands in no row has none yet, and no line.
    let words = refusal(&retyped::program(), &directory);
    assert_eq!(
        words,
        "Thing.name is u8 in this program and text in the journal: give it its old type back, or put the new one beside it \
         under another name and write a command that copies\n\
         Thing.mail (text) is in the journal and not in this program: put it back, or, if it has a new name now, put \
         #[was(\"mail\")] on that"
    );
}

version!(owned: Pet, Owner {
    #[Model]
    pub(super) struct Pet {
        #[key]
        pub(super) id: Id<Self>,
        pub(super) owner: Option<Id<Owner>>,
    }

    #[Model]
    pub(super) struct Owner {
        #[key]
        pub(super) id: Id<Self>,
        pub(super) name: String,
    }
});

version!(kept: Pet, Keeper {
    #[Model]
    pub(super) struct Pet {
        #[key]
        pub(super) id: Id<Self>,
        pub(super) owner: Option<Id<Keeper>>,
    }

    #[Model(was = "Owner")]
    pub(super) struct Keeper {
        #[key]
        pub(super) id: Id<Self>,
        pub(super) age: u8,
    }
});

#[test]
fn a_model_without_rows_gets_another_name_and_shape_at_once() {
    let rig = Rig::new(&owned::program());
    rig.commit(|tx| {
        let id = tx.next_id();
        tx.insert(owned::Pet { id, owner: None }).map(drop)
    })
    .expect("a row that refers to none");
    let mut directory = rig.directory.kill();
    for _ in 0..2 {
        let rig = Rig::open(&kept::program(), &directory).expect("the reference follows");
        let id = rig.commit(|tx| Ok(tx.next_id())).expect("an id");
        rig.commit(|tx| tx.insert(kept::Keeper { id, age: 7 }).map(drop)).expect("a row of the new shape");
        rig.commit(|tx| tx.update(Id::new(1), |pet: &mut kept::Pet| pet.owner = Some(id)).map(drop))
            .expect("a reference");
        directory = rig.directory.kill();
    }
}

fn with_a_thing() -> MemoryDirectory {
    let rig = Rig::new(&begun::program());
    rig.commit(|tx| {
        let id = tx.next_id();
        tx.insert(begun::Thing { id, name: "a".to_owned(), phone: "b".to_owned() }).map(drop)
    })
    .expect("a row");
    rig.directory.kill()
}

#[test]
fn a_row_that_is_gone_held_values_all_the_same() {
    let rig = Rig::open(&begun::program(), &with_a_thing()).expect("it fits");
    rig.commit(|tx| tx.remove::<begun::Thing>(Id::new(1)).map(drop)).expect("it goes");
    let words = refusal(&removed::program(), &rig.directory.kill());
    assert!(
        words.starts_with("Thing.phone (text) is in the journal and not in this program: put it back"),
        "{words}"
    );
}

#[test]
fn a_new_name_of_a_field_is_the_first_advice() {
    let directory = with_a_thing();
    assert_eq!(
        refusal(&moved::program(), &directory),
        "Thing.label (text) is new in this program and the rows in the journal have none: put #[was(\"name\")] on it if that \
         is its old name, else make it an Option or give it a #[default(..)]\n\
         Thing.name (text) is in the journal and not in this program: if it is label now, put #[was(\"name\")] on that, else \
         put it back"
    );
    assert!(refusal(&wrong_name::program(), &directory).starts_with(
        "Thing.label: was(\"nam\") names no field of Thing in the journal; the nearest is name\n"
    ));
    assert_eq!(
        refusal(&optional::program(), &directory),
        "Thing.phone (text) is in the journal and not in this program: put it back, or, if it has a new name now, put \
         #[was(\"phone\")] on that"
    );
    assert!(
        refusal(&program(|models| models.add::<books::Book>().expect("a sound model")), &directory)
            .starts_with("the journal is of another program: its models are Thing, Box, ")
    );
}

fn clinic() -> App {
    App::new("clinic").model::<patients::Visit>().model::<patients::Patient>()
}

/// Runs a command of the program; how it ended, and what it said on stderr.
fn run(app: App, words: &[&str]) -> (u8, String) {
    let (exit, said) = report::kept(|| app.run_with(words.iter().copied()));
    (exit.status(), said.join("\n"))
}

#[test]
fn a_command_that_panics_ends_with_one_line() {
    let folder = Folder::new("panics");
    let data = folder.text();
    let app = || {
        let straight = |_: &Store| -> u8 { panic!("no such\nline") };
        let inside = |store: &Store| store.commit(|_| -> Result<u8> { panic!("in a transaction") });
        clinic().command("straight", "panics", straight).command("inside", "panics", inside)
    };
    for (command, ending) in [("straight", ": no such line"), ("inside", ": in a transaction")] {
        let (status, said) = run(app(), &[command, "--data", data]);
        assert_eq!((status, said.lines().count()), (70, 1), "{said}");
        let start = format!("clinic: {command}: panicked at tests/it/reshaped.rs:");
        assert!(said.starts_with(&start) && said.ends_with(ending), "{said}");
    }
    assert_eq!(run(app(), &["verify", "--data", data]), (0, String::new()));
}

#[test]
fn a_taken_address_leaves_no_journal_and_names_who_has_the_data() {
    let folder = Folder::new("taken");
    let (mine, other) = (folder.path().join("mine"), folder.path().join("other"));
    let server = clinic().data(&mine).listen(([127, 0, 0, 1], 0).into()).start().expect("a free port");
    let address = server.address().to_string();
    let (other_text, mine_text) = (other.display().to_string(), mine.display().to_string());
    let (status, said) = run(clinic(), &["--listen", &address, "--data", &other_text]);
    let words = format!(
        "clinic: listening on {address}: somebody listens there already; stop them, or choose another address: \
         `--listen ADDRESS` names one, and its port 0 is any free one"
    );
    assert_eq!((status, said), (69, words));
    assert!(!other.exists(), "nothing was made");
    for listen in [address.as_str(), "127.0.0.1:0"] {
        let (status, said) = run(clinic(), &["--listen", listen, "--data", &mine_text]);
        let start = format!("clinic: {mine_text} is in use by process {}", std::process::id());
        assert!(status == 75 && said.starts_with(&start) && said.contains(&address), "{said}");
    }
    let answer = Connection::to(server.address()).expect("it listens").get("/_/health/live");
    assert!(answer.is_ok(), "the first one goes on");
    server.stop();
}
