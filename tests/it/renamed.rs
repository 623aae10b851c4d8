//! Names that change while there are rows: `#[was]`.

use crate::program::{Connection, Folder};
use sunstone::prelude::*;

mod first {
    use sunstone::prelude::*;

    /// What it is for.
    #[Data]
    pub(crate) enum Kind {
        /// For the office.
        OfficeSupplies,
        /// For a trip.
        Trip {
            /// How far.
            miles: u32,
        },
    }

    /// Money that was spent.
    #[Model]
    pub(crate) struct Expense {
        #[key]
        pub(crate) id: Id<Expense>,
        pub(crate) note: String,
        pub(crate) kind: Kind,
    }

    pub(crate) struct Expenses;

    #[Api("/expenses")]
    impl Expenses {
        #[post("/")]
        fn add(tx: &mut Tx, note: String, kind: Kind) -> Result<Expense> {
            let id = tx.next_id();
            tx.insert(Expense { id, note, kind })
        }
    }
}

mod second {
    use sunstone::prelude::*;

    /// What it is for.
    #[Data]
    pub(crate) enum Kind {
        /// For the office.
        #[was("office_supplies")]
        Office,
        /// For a trip.
        #[was("trip")]
        Travel {
            /// How far.
            #[was("miles")]
            distance: u32,
        },
    }

    /// Money that was spent.
    #[Model]
    pub(crate) struct Expense {
        #[key]
        pub(crate) id: Id<Expense>,
        #[was("note")]
        pub(crate) memo: String,
        pub(crate) kind: Kind,
    }

    pub(crate) struct Expenses;

    #[Api("/expenses")]
    impl Expenses {
        #[get("/")]
        fn all(view: &View) -> Rows<'_, Expense> {
            view.all()
        }
    }
}

mod third {
    use sunstone::prelude::*;

    /// What it is for.
    #[Data]
    pub(crate) enum Kind {
        /// For the office.
        Office,
        /// For a trip.
        Travel {
            /// How far.
            distance: u32,
        },
    }

    /// Money that was spent.
    #[Model]
    pub(crate) struct Expense {
        #[key]
        pub(crate) id: Id<Expense>,
        pub(crate) memo: String,
        pub(crate) kind: Kind,
    }

    pub(crate) struct Expenses;

    #[Api("/expenses")]
    impl Expenses {
        #[get("/")]
        fn all(view: &View) -> Rows<'_, Expense> {
            view.all()
        }
    }
}

#[test]
fn a_new_name_finds_what_stands_under_the_old_one() {
    let folder = Folder::new("renamed");
    let start = |app: App| app.data(folder.path()).listen(([127, 0, 0, 1], 0).into()).start();
    let server =
        start(App::new("a").model::<first::Expense>().api(first::Expenses)).expect("a new folder opens");
    let mut connection = Connection::to(server.address()).expect("it listens");
    for kind in [r#""office_supplies""#, r#"{"trip": {"miles": 7}}"#] {
        let added =
            connection.post("/expenses", &format!(r#"{{"note": "x", "kind": {kind}}}"#)).expect("an answer");
        assert_eq!(added.status, 200, "{}", added.body);
    }
    server.stop();

    let refused =
        start(App::new("a").model::<third::Expense>().api(third::Expenses)).expect_err("names are lost");
    let words = refused.to_string();
    assert!(words.contains(r#"Expense.note (text) is in the journal and not in this program"#), "{words}");
    assert!(words.contains(r#"put #[was("note")] on that"#), "{words}");

    let rows = r#"{"items":[{"id":1,"memo":"x","kind":"office"},{"id":2,"memo":"x","kind":{"travel":{"distance":7}}}],"next":null}"#;
    for _ in 0..2 {
        let server =
            start(App::new("a").model::<second::Expense>().api(second::Expenses)).expect("names are found");
        let mut connection = Connection::to(server.address()).expect("it listens");
        assert_eq!(connection.get("/expenses").expect("an answer").body, rows);
        server.stop();
    }
    // The journal has learned the new names: the attribute has done its work.
    let server =
        start(App::new("a").model::<third::Expense>().api(third::Expenses)).expect("names are known");
    let mut connection = Connection::to(server.address()).expect("it listens");
    assert_eq!(connection.get("/expenses").expect("an answer").body, rows);
    server.stop();
}
