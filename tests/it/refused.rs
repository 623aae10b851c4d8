//! Programs that do not fit a journal: what is said, how the process ends, and that nothing is left behind.

use crate::program::Folder;
use crate::rig::{Rig, program, program_with};
use std::collections::BTreeMap;
use std::path::Path;
use sunstone::journal::{MemoryDirectory, OpenError, RealDirectory};
use sunstone::prelude::*;
use sunstone::stdx::report;

/// The models as they were when the journal was written.
mod before {
    use sunstone::prelude::*;

    #[Model]
    pub(super) struct Book {
        #[key]
        pub(super) id: Id<Book>,
        pub(super) title: String,
        #[secret]
        pub(super) price: u32,
        #[loose]
        pub(super) sequel: Option<Id<Book>>,
    }

    pub(super) struct Books;

    #[Api("/books")]
    impl Books {
        #[post("/")]
        fn add(tx: &mut Tx, title: String, price: u32, sequel: Option<Id<Book>>) -> Result<Book> {
            let id = tx.next_id();
            tx.insert(Book { id, title, price, sequel })
        }

        #[get("/")]
        fn all(view: &View) -> Rows<'_, Book> {
            view.all()
        }
    }
}

macro_rules! later {
    ($module:ident: $($field:tt)*) => {
        mod $module {
            use sunstone::prelude::*;

            #[Model]
            pub(super) struct Book {
                #[key]
                pub(super) id: Id<Book>,
                $($field)*
            }

            pub(super) struct Books;

            #[Api("/books")]
            impl Books {
                #[get("/")]
                fn all(view: &View) -> Rows<'_, Book> {
                    view.all()
                }
            }

            pub(super) fn app() -> App {
                App::new("books").model::<Book>().api(Books)
            }
        }
    };
}

later!(retyped: pub(super) title: u8, #[secret] pub(super) price: u32, #[loose] pub(super) sequel: Option<Id<Book>>);
later!(unique: #[unique] pub(super) title: String, #[secret] pub(super) price: u32, #[loose] pub(super) sequel: Option<Id<Book>>);
later!(refers: pub(super) title: String, #[secret] pub(super) price: u32, pub(super) sequel: Option<Id<Book>>);
later!(checked: #[check(length = 2..)] pub(super) title: String, #[secret] #[check(range = 0..=9)] pub(super) price: u32, #[loose] pub(super) sequel: Option<Id<Book>>);
later!(mild: #[check(length = 1..)] pub(super) title: String, #[secret] pub(super) price: u32, #[loose] pub(super) sequel: Option<Id<Book>>);

fn books() -> App {
    App::new("books").model::<before::Book>().api(before::Books)
}

/// Runs a command of the program; how it ended, and what it said on stderr.
fn run(app: App, folder: &Folder, words: &[&str]) -> (u8, String) {
    let (exit, said) =
        report::kept(|| app.run_with([words, &["--data", folder.text()]].concat().iter().copied()));
    (exit.status(), said.join("\n"))
}

fn written(name: &str) -> Folder {
    let folder = Folder::new(name);
    for (title, price, sequel) in [("one", "5", "9"), ("x", "12345", "1"), ("one", "7", "1")] {
        let words = [format!("title={title}"), format!("price={price}"), format!("sequel={sequel}")];
        let words: Vec<_> =
            ["call", "books.add"].into_iter().chain(words.iter().map(String::as_str)).collect();
        assert_eq!(run(books(), &folder, &words), (0, String::new()));
    }
    folder
}

/// Every file with its bytes.
fn bytes(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let entries = std::fs::read_dir(folder).expect("the folder is there");
    let file = |entry: std::fs::DirEntry| {
        (entry.file_name().to_string_lossy().into_owned(), std::fs::read(entry.path()).expect("a file"))
    };
    entries.map(|entry| file(entry.expect("the folder can be read"))).collect()
}

/// Methods that speak of no model.
struct Books;

#[Api("/books")]
impl Books {
    fn all(view: &View) -> u64 {
        view.seq()
    }
}

#[test]
fn a_program_that_does_not_fit_is_told_first_of_all_and_leaves_no_trace() {
    let folder = written("refused");
    let nobody = || {
        let seed = |_: &mut Tx| Ok(());
        App::new("books").api(Books).seed(seed)
    };
    let cases: [(App, &str); 5] = [
        (retyped::app(), "books: Book.title is u8 in this program and text in the journal"),
        (
            unique::app(),
            "books: Book 3: title: is unique, and the row 1 has the same\nthe journal holds rows that break rules which are new in \
             this program: start the one before, which wrote them, and change the rows, or take the rules back\nwhile",
        ),
        (
            refers::app(),
            "books: Book 1: sequel: there is no such Book\nthe journal holds rows that break rules which are new",
        ),
        (
            checked::app(),
            "books: Book 2: title: expected at least 2 characters, found 1; price: breaks a rule\nthe journal holds",
        ),
        (nobody(), "books: the journal holds rows of Book, which this program does not have"),
    ];
    for with_lock in [true, false] {
        if !with_lock {
            std::fs::remove_file(folder.path().join("lock")).expect("a lock file stays");
        }
        let found = bytes(folder.path());
        assert_eq!(found.contains_key("lock"), with_lock);
        for app in [retyped::app, unique::app, refers::app, checked::app] {
            let (status, said) = run(app(), &folder, &["call", "books.all"]);
            let expected = cases.iter().find(|(_, words)| said.starts_with(words));
            assert!(status == 78 && expected.is_some(), "{status}: {said}");
            let anew = format!("while nothing in it is needed, `rm -r {}` begins anew", folder.text());
            assert!(said.ends_with(&anew), "{said}");
            assert_eq!(bytes(folder.path()), found, "{said}");
        }
    }
    for (app, words) in cases {
        // Rows of a model that the program does not have may be another's.
        let may_begin_anew = !words.contains("does not have");
        let found = bytes(folder.path());
        let (status, said) = run(app, &folder, &["call", "books.all"]);
        assert!(status == 78 && said.starts_with(words), "{status}: {said}");
        assert!(!said.contains("12345"), "a secret in {said}");
        assert_eq!(said.contains("rm -r"), may_begin_anew, "{said}");
        assert_eq!(bytes(folder.path()), found, "{said}");
    }
    assert_eq!(run(mild::app(), &folder, &["call", "books.all"]).0, 0, "a rule that all rows keep");
}

#[test]
fn what_a_crash_has_left_stays_for_a_program_that_fits() {
    let folder = written("refused-torn");
    let journal = folder.path().join(sunstone::journal::JOURNAL);
    let report = sunstone::journal::read(&RealDirectory::open(folder.path()), &mut |_| Ok(()));
    let end = report.expect("the journal is whole").bytes;
    let file = std::fs::OpenOptions::new().write(true).open(journal).expect("the journal is there");
    std::os::unix::fs::FileExt::write_all_at(&file, b"FRM1, and then the power went", end).expect("written");
    let found = bytes(folder.path());
    assert_eq!(run(checked::app(), &folder, &["call", "books.all"]).0, 78);
    assert_eq!(bytes(folder.path()), found);
    assert_eq!(run(books(), &folder, &["call", "books.all"]).0, 0);
    assert_ne!(bytes(folder.path()), found);
}

#[test]
fn rules_are_held_against_old_rows_when_they_are_new_and_not_at_every_start() {
    let old = program(|models| models.add::<before::Book>().expect("a sound model"));
    let new = program(|models| models.add::<mild::Book>().expect("a sound model"));
    let rig = Rig::new(&old);
    let add = |title: &str| {
        let (id, title) = (rig.commit(|tx| Ok(tx.next_id())).expect("an id"), title.to_owned());
        rig.commit(|tx| tx.insert(before::Book { id, title, price: 1, sequel: None }).map(drop))
            .expect("a row");
    };
    add("one");
    let later = Rig::open(&new, &rig.directory.kill()).expect("the row keeps the rule");
    let named = later.loaded.catalog.clone();
    assert!(!named.has_other_rules(&new.models) && named.has_other_rules(&old.models));
    // The next start names nothing, and finds the same.
    let again = Rig::open(&new, &later.directory.kill()).expect("it opened before");
    assert_eq!(again.loaded.catalog, named);
    // A program without the rule may write what breaks it; then it is looked for once more.
    let back = Rig::open(&old, &later.directory.kill()).expect("without rules nothing breaks");
    let id = back.commit(|tx| Ok(tx.next_id())).expect("an id");
    let title = String::new();
    back.commit(|tx| tx.insert(before::Book { id, title, price: 1, sequel: None }).map(drop)).expect("a row");
    let refused = Rig::open(&new, &back.directory.kill()).expect_err("the row breaks the rule");
    assert!(matches!(refused, OpenError::Refused { .. }), "{refused:?}");
    assert!(refused.to_string().contains("title: expected at least 1 characters, found 0"), "{refused}");
}

#[test]
fn verify_names_the_rows_that_break_rules_and_counts_the_rest() {
    let folder = written("verify-rules");
    let found = bytes(folder.path());
    let (status, said) = run(checked::app(), &folder, &["verify"]);
    assert_eq!(
        (status, said.as_str()),
        (65, "Book 2: title: expected at least 2 characters, found 1; price: breaks a rule")
    );
    assert_eq!(
        run(refers::app(), &folder, &["verify"]),
        (65, "Book 1: sequel: there is no such Book".to_owned())
    );
    assert_eq!(
        run(unique::app(), &folder, &["verify"]),
        (65, "Book 3: title: is unique, and the row 1 has the same".to_owned())
    );
    assert_eq!(run(mild::app(), &folder, &["verify"]), (0, String::new()));
    assert_eq!(bytes(folder.path()), found);

    let server = books().data(folder.path()).listen(([127, 0, 0, 1], 0).into()).start().expect("it fits");
    let mut connection = crate::program::Connection::to(server.address()).expect("it listens");
    for _ in 0..30 {
        let added = connection.post("/books", r#"{"title": "y", "price": 1}"#).expect("an answer");
        assert_eq!(added.status, 200, "{}", added.body);
    }
    server.stop();
    let (status, said) = run(checked::app(), &folder, &["verify"]);
    let lines: Vec<_> = said.lines().collect();
    assert_eq!((status, lines.len()), (65, 21), "{said}");
    assert_eq!(lines[20], "11 more rows break the rules of this program");
}

#[test]
fn a_new_schema_on_a_full_disk_says_what_to_do() {
    let old = program(|models| models.add::<before::Book>().expect("a sound model"));
    // More names than there is space on disk ahead of the last frame.
    let calls = (0..500).map(|n| (format!("books.a_call_with_a_long_name_{n}"), None)).collect();
    let new = program_with(|models| models.add::<before::Book>().expect("a sound model"), calls);
    let rig = Rig::new(&old);
    rig.engine.stop();
    let directory: MemoryDirectory = rig.directory.kill();
    directory.set_space(Some(0));
    let refused = Rig::open(&new, &directory).expect_err("there is no space for the schema");
    let words = refused.to_string();
    assert!(words.starts_with("writing what is new in this program to the journal: "), "{words}");
    assert!(words.ends_with("make space on the disk and start again"), "{words}");
}
