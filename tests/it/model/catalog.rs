//! A program that has changed, over the journal that the one before it has written.

use crate::rig::{Calls, Rig, picture, program, program_with};
use sunstone::codec::binary::Numbers;
use sunstone::journal::MemoryDirectory;
use sunstone::model::{Catalog, Models, TypeKind, type_info};
use sunstone::prelude::*;
use sunstone::store::Program;

/// A version of a program: a model called Thing and what it holds.
macro_rules! version {
    ($version:ident { $($items:tt)* }) => {
        mod $version {
            use sunstone::prelude::*;

            $($items)*

            pub(super) fn program() -> sunstone::store::Program {
                crate::rig::program(|models| models.add::<Thing>().expect("a sound model"))
            }
        }
    };
}

version!(first {
    #[Data]
    #[derive(Debug, PartialEq)]
    pub(super) enum Form { Plain, Sized { width: u8 }, Pair(u8, u8) }

    #[Data]
    #[derive(Debug, PartialEq)]
    pub(super) struct Point(pub(super) u8, pub(super) u8);

    #[Model]
    pub(super) struct Thing {
        #[key]
        pub(super) id: Id<Thing>,
        pub(super) name: String,
        pub(super) forms: Vec<Form>,
        pub(super) point: Point,
    }
});

version!(widened {
    #[Data]
    #[derive(Debug, PartialEq)]
    pub(super) enum Form {
        Round { radius: u16 },
        Pair(u8, u8),
        Sized { #[default(3)] height: u8, width: u8 },
        Plain,
    }

    #[Data]
    #[derive(Debug, PartialEq)]
    pub(super) struct Point(pub(super) u8, pub(super) u8);

    #[Model]
    pub(super) struct Extra {
        #[key]
        pub(super) id: Id<Extra>,
        pub(super) thing: Id<Thing>,
    }

    /// The fields stand in another order, and some are new.
    #[Model]
    pub(super) struct Thing {
        #[default(7)]
        pub(super) weight: u32,
        pub(super) point: Point,
        pub(super) owner: Option<String>,
        pub(super) forms: Vec<Form>,
        pub(super) name: String,
        #[key]
        pub(super) id: Id<Thing>,
    }
});

version!(narrowed {
    #[Data]
    pub(super) enum Form { Plain { depth: u8 }, Sized { width: u8, height: u8 } }

    #[Data]
    pub(super) struct Point(pub(super) u8, pub(super) u8, pub(super) Option<u8>);

    #[Model]
    pub(super) struct Thing {
        #[loose]
        pub(super) id: Id<Thing>,
        #[key]
        pub(super) name: String,
        pub(super) forms: Vec<Form>,
        pub(super) point: Point,
        pub(super) weight: u32,
    }
});

version!(turned {
    #[Data]
    pub(super) struct Form { plain: u8 }

    #[Data]
    pub(super) struct Point(pub(super) u8);

    #[Model]
    pub(super) struct Thing {
        #[key]
        pub(super) id: Id<Thing>,
        pub(super) name: Option<String>,
        pub(super) forms: Vec<Form>,
        pub(super) point: Point,
    }
});

fn written_by_first() -> MemoryDirectory {
    use first::{Form, Point, Thing};
    let rig = Rig::new(&first::program());
    rig.commit(|tx| {
        let id = tx.next_id();
        let forms = vec![Form::Plain, Form::Sized { width: 9 }, Form::Pair(1, 2)];
        tx.insert(Thing { id, name: "one".to_owned(), forms, point: Point(5, 6) }).map(drop)
    })
    .unwrap();
    rig.commit(|tx| tx.update(Id::new(1), |thing: &mut Thing| thing.name.push('!')).map(drop)).unwrap();
    rig.engine.stop();
    rig.directory
}

fn refusal(program: &Program, directory: &MemoryDirectory) -> String {
    let before = directory.content("app.journal");
    let refused = Rig::open(program, directory).expect_err("the program has changed too far");
    assert_eq!(directory.content("app.journal"), before, "nothing is written before it is refused");
    refused.to_string()
}

#[test]
fn fields_variants_and_models_are_added_and_moved() {
    use widened::{Form, Point, Thing};
    let directory = written_by_first();
    let rig = Rig::open(&widened::program(), &directory).expect("a program that was widened");
    let view = rig.view();
    let thing = view.get::<Thing>(Id::new(1)).unwrap();
    assert_eq!((thing.name.as_str(), thing.weight, &thing.owner), ("one!", 7, &None));
    assert_eq!(thing.point, Point(5, 6));
    assert_eq!(thing.forms, [Form::Plain, Form::Sized { height: 3, width: 9 }, Form::Pair(1, 2)]);
    assert_eq!(view.version::<Thing>(Id::new(1)).unwrap(), 2);

    rig.commit(|tx| {
        tx.update(Id::new(1), |thing: &mut Thing| {
            thing.forms = vec![Form::Round { radius: 300 }, Form::Sized { height: 1, width: 2 }];
            thing.owner = Some("ann".to_owned());
        })?;
        let id = tx.next_id();
        tx.insert(widened::Extra { id, thing: Id::new(1) }).map(drop)
    })
    .unwrap_err();
    rig.commit(|tx| {
        tx.update(Id::new(1), |thing: &mut Thing| thing.forms.push(Form::Round { radius: 300 })).map(drop)
    })
    .unwrap();
    let after = picture(rig.view().state());
    drop(rig);
    let again = Rig::open(&widened::program(), &directory.kill()).unwrap();
    assert_eq!(picture(again.view().state()), after);

    // The one before refuses what it does not know, by name.
    let refused = refusal(&first::program(), &directory.kill());
    for line in [
        "Thing.weight (u32) is in the journal and not in this program: put it back, or, if it has a new name now, put #[was(\"weight\")] on that",
        "Thing.owner (option<text>) is in the journal and not in this program: put it back, or, if it has a new name now, put #[was(\"owner\")] on that",
        "Form.round (a variant) is in the journal and not in this program: put it back, or, if it has a new name now, put #[was(\"round\")] on that",
        "Form.round.radius (u16) is in the journal and not in this program: put it back, or, if it has a new name now, put #[was(\"radius\")] on that",
        "Form.sized.height (u8) is in the journal and not in this program: put it back, or, if it has a new name now, put #[was(\"height\")] on that",
    ] {
        assert!(refused.contains(line), "{refused}");
    }
}

#[test]
fn what_rows_in_the_journal_cannot_have_is_refused() {
    let refused = refusal(&narrowed::program(), &written_by_first());
    let lines: Vec<&str> = refused.lines().collect();
    let expected = [
        "Thing.weight (u32) is new in this program and the rows in the journal have none: make it an Option or give it a #[default(..)]",
        "the key of Thing is name in this program and id in the journal: give it its old key back",
        "Form.plain.depth (u8) is new in this program, and what the journal holds has no place for it: take it away, or make Form a type or a variant with another name",
        "Form.sized.height (u8) is new in this program and the rows in the journal have none: make it an Option or give it a #[default(..)]",
        "Form.pair (a variant) is in the journal and not in this program: put it back, or, if it has a new name now, put #[was(\"pair\")] on that",
        "Form.pair.0 (u8) is in the journal and not in this program: put it back, or, if it has a new name now, put #[was(\"0\")] on that",
        "Form.pair.1 (u8) is in the journal and not in this program: put it back, or, if it has a new name now, put #[was(\"1\")] on that",
        "Point.2 (option<u8>) is new in this program, and what the journal holds has no place for it: take it away, or make Point a type or a variant with another name",
    ];
    for (line, expected) in lines.iter().zip(expected) {
        assert!(line.ends_with(expected), "{line}\n{expected}");
    }
    assert_eq!(lines.len(), expected.len(), "{refused}");
}

#[test]
fn types_of_another_form_are_refused() {
    let refused = refusal(&turned::program(), &written_by_first());
    for line in [
        "Thing.name is option<text> in this program and text in the journal: give it its old type back",
        "Form is a struct with named fields in this program and an enum in the journal: give it its old form back",
        "Point is a struct around one value in this program and a struct with fields in order in the journal: give it its old form back",
        "Form.plain is u8 in this program and a variant in the journal: give it its old type back",
    ] {
        assert!(refused.contains(line), "{line}\n{refused}");
    }
}

#[Data]
struct Sum {
    left: u32,
    right: u32,
}

#[Data]
struct OtherSum {
    left: String,
    middle: Option<u8>,
}

fn calls(arguments: Option<&'static sunstone::model::TypeInfo>) -> Calls {
    vec![("sums.add".to_owned(), arguments)]
}

/// Numbers are given once; what a call no longer takes keeps its own.
#[test]
fn numbers_are_never_given_again() {
    let models = Models::default();
    let (old, new) = (calls(Some(type_info::<Sum>())), calls(Some(type_info::<OtherSum>())));
    let mut catalog = Catalog::default();
    let mut names = Vec::new();
    for calls in [&old, &new, &old, &new, &calls(None), &new] {
        if let Some(payload) = catalog.plan(&models, calls).unwrap() {
            catalog.read(&payload).unwrap();
        }
        assert_eq!(catalog.plan(&models, calls).unwrap(), None, "nothing is missing once it is named");
        let (number, call) = catalog.by_name(TypeKind::Call, "sums.add").expect("the call is named");
        assert_eq!(number, 0);
        let found: Vec<_> = call.members.iter().map(|member| member.name.clone()).collect();
        assert!(found.starts_with(&names), "{found:?} after {names:?}");
        names = found;
    }
    // Each change of a type is a new number, going back to an old one too.
    assert_eq!(names, ["left", "right", "left", "middle", "left", "left"]);
    let slot = type_info::<OtherSum>().slot;
    let numbers: Numbers = catalog.numbers(&models, &new);
    assert_eq!([0, 1].map(|position| numbers.members(slot).number(position)), [5, 3]);
}

mod here {
    use sunstone::prelude::*;

    #[Data]
    pub(super) struct Part {
        pub(super) a: u8,
    }

    #[Data]
    pub(super) struct Holder {
        pub(super) part: Part,
        pub(super) other: super::there::Part,
    }
}

mod there {
    use sunstone::prelude::*;

    #[Data]
    pub(super) struct Part {
        pub(super) b: u8,
    }
}

#[test]
fn two_types_of_one_name_are_refused_before_anything_is_written() {
    let program = program_with(|_| (), calls(Some(type_info::<here::Holder>())));
    let directory = MemoryDirectory::new();
    let refused = Rig::open(&program, &directory).expect_err("one name for two types");
    assert!(refused.to_string().ends_with("two types are called Part: rename one"), "{refused}");
}

mod part {
    use sunstone::prelude::*;

    /// It is called like a model and is none.
    #[Data]
    pub(super) struct Coin {
        pub(super) value: u8,
        pub(super) year: u16,
    }

    #[Model]
    pub(super) struct Purse {
        #[key]
        pub(super) id: Id<Purse>,
        pub(super) coins: Vec<Coin>,
    }
}

mod moved {
    use sunstone::prelude::*;

    #[Data]
    pub(super) struct Coin {
        pub(super) year: u16,
        pub(super) value: u8,
    }

    #[Model]
    pub(super) struct Purse {
        #[key]
        pub(super) id: Id<Purse>,
        pub(super) coins: Vec<Coin>,
    }
}

#[Model]
struct Coin {
    #[key]
    id: Id<Coin>,
}

#[test]
fn a_part_that_is_called_like_a_model_has_numbers_of_its_own() {
    let first = program(|models| {
        models.add::<Coin>().unwrap();
        models.add::<part::Purse>().unwrap();
    });
    let rig = Rig::new(&first);
    let coins = vec![part::Coin { value: 5, year: 1999 }];
    rig.commit(|tx| tx.insert(part::Purse { id: Id::new(1), coins }).map(drop)).unwrap();
    let second = program(|models| {
        models.add::<Coin>().unwrap();
        models.add::<moved::Purse>().unwrap();
    });
    let again = Rig::open(&second, &rig.directory.kill()).unwrap();
    let view = again.view();
    let coin = &view.get::<moved::Purse>(Id::new(1)).unwrap().coins[0];
    assert_eq!((coin.value, coin.year), (5, 1999));
}

/// A schema frame that does not follow on the ones before is an error, wherever it is damaged.
#[test]
fn a_damaged_schema_is_an_error() {
    let program = widened::program();
    let payload =
        Catalog::default().plan(&program.models, &calls(Some(type_info::<Sum>()))).unwrap().unwrap();
    let mut whole = Catalog::default();
    whole.read(&payload).unwrap();
    for cut in 0..payload.len() {
        assert!(Catalog::default().read(&payload[..cut]).is_err(), "cut at {cut}");
    }
    for at in 0..payload.len() {
        for bit in 0..8 {
            let mut damaged = payload.clone();
            damaged[at] ^= 1 << bit;
            let mut catalog = Catalog::default();
            // Another name may come out of it, never a panic.
            drop(catalog.read(&damaged));
            drop(catalog.plan(&program.models, &calls(None)));
        }
    }
    let mut twice = whole.clone();
    assert!(twice.read(&payload).is_err() || twice == whole, "what is known already is no news");
}
