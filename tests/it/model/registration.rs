//! Declarations that cannot be, found when they are registered.

use crate::rig::{Rig, program};
use sunstone::model::{Models, SchemaError};
use sunstone::prelude::*;

fn add<T: Model>() -> Result<(), SchemaError> {
    Models::default().add::<T>()
}

#[Model]
struct Coded {
    #[key]
    code: String,
}

#[Model]
struct ToCoded {
    #[key]
    id: Id<ToCoded>,
    coded: Option<Id<Coded>>,
}

#[Model]
struct LooseToCoded {
    #[key]
    id: Id<LooseToCoded>,
    #[loose]
    coded: Id<Coded>,
}

#[Data]
struct Number(Id<Wrapped>);

#[Model]
struct Wrapped {
    #[key]
    id: Number,
}

#[Model]
struct ToWrapped {
    #[key]
    id: Id<ToWrapped>,
    wrapped: Id<Wrapped>,
}

#[Model]
struct Cleared {
    #[key]
    id: Id<Cleared>,
    #[on_remove(clear)]
    parent: Id<Cleared>,
}

#[Model]
struct ClearedOnce {
    #[key]
    id: Id<ClearedOnce>,
    #[fixed]
    #[on_remove(clear)]
    parent: Option<Id<ClearedOnce>>,
}

#[Model]
struct Filled {
    #[key]
    id: Id<Filled>,
    #[auto(created)]
    at: u64,
}

#[Model]
struct Called {
    #[key]
    id: Id<Called>,
    #[auto(caller)]
    by: u64,
}

mod other {
    use sunstone::prelude::*;

    #[Model]
    pub(super) struct Coded {
        #[key]
        id: Id<Coded>,
    }
}

#[Model]
struct Holder<T: sunstone::model::Value> {
    #[key]
    id: u32,
    value: T,
}

#[test]
fn what_cannot_be_is_told() {
    for (found, said) in [
        (
            add::<ToCoded>(),
            "ToCoded.coded is id<Coded>, and the key of Coded is text: refer to it by its key, or leave the reference #[loose]",
        ),
        (add::<LooseToCoded>(), ""),
        (add::<ToWrapped>(), ""),
        (add::<Cleared>(), "Cleared.parent is cleared on removal, but cannot be null: make it an Option"),
        (
            add::<ClearedOnce>(),
            "ClearedOnce.parent is cleared on removal, but set once: take #[fixed] away, or the rule",
        ),
        (add::<Filled>(), "Filled.at is filled in with a time, which its type cannot hold: make it a Time"),
        (
            add::<Called>(),
            "Called.by is filled in with the caller, which its type cannot hold: make it a String",
        ),
    ] {
        assert_eq!(found.err().map(|error| error.to_string()).unwrap_or_default(), said);
    }
}

#[test]
fn two_models_of_one_name() {
    let mut models = Models::default();
    models.add::<Coded>().unwrap();
    models.add::<Coded>().expect("twice is the same as once");
    let refused = models.add::<other::Coded>().unwrap_err();
    assert_eq!(refused.to_string(), "two models are called Coded: rename one");
    assert_eq!(models.schemas().len(), 1);
}

#[test]
fn a_generic_model_is_one_model() {
    let mut models = Models::default();
    models.add::<Holder<u8>>().unwrap();
    models.add::<Holder<u8>>().unwrap();
    let refused = models.add::<Holder<String>>().unwrap_err();
    assert_eq!(refused.to_string(), "Holder is registered with two sets of type parameters: one is all");
}

#[Data]
struct DeepId(Option<Id<Deep>>);

#[Data]
#[derive(Default)]
struct Stamp(Time);

#[Data]
#[derive(Default)]
struct Mark(Option<String>);

/// Its fields are types around one value, which are what that value is.
#[Model]
struct Around {
    #[key]
    number: AroundId,
    #[on_remove(cascade)]
    deep: DeepId,
    #[auto(created)]
    at: Stamp,
    #[auto(caller)]
    by: Mark,
    #[unique]
    mark: Mark,
}

#[Data]
struct AroundId(Id<Around>);

#[test]
fn a_type_around_one_value_is_what_that_is() {
    let rig = Rig::new(&program(|models| models.add::<Around>().unwrap()));
    let row = |number: u64, deep: Option<u64>| Around {
        number: AroundId(Id::new(number)),
        deep: DeepId(deep.map(Id::new)),
        at: Stamp(Time::default()),
        by: Mark(None),
        mark: Mark(None),
    };
    rig.commit(|tx| tx.insert(Deep { id: Id::new(1), parent: None }).map(drop)).unwrap();
    rig.commit(|tx| tx.insert(row(7, Some(1))).map(drop)).unwrap();
    rig.commit(|tx| tx.insert(row(8, None)).map(drop)).expect("nulls are never in each other's way");
    let nobody = rig.commit(|tx| tx.insert(row(9, Some(5))).map(drop)).unwrap_err();
    assert!(nobody.is_invalid(), "{nobody}");
    let view = rig.view();
    let around = view.all::<Around>().first().unwrap();
    assert_eq!(around.at.0, view.time());
    assert_eq!(rig.commit(|tx| Ok(tx.next_id::<Around>().get())).unwrap(), 9, "the key is counted");
    rig.commit(|tx| tx.remove::<Deep>(Id::new(1)).map(drop)).unwrap();
    assert_eq!(rig.view().all::<Around>().count(), 1);
    let read: Mark = sunstone::codec::json::decode(b"null").unwrap();
    assert!(read.0.is_none());
}

#[Model]
struct Deep {
    #[key]
    id: Id<Deep>,
    #[on_remove(clear)]
    parent: Option<Option<Id<Deep>>>,
}

/// However many options stand around a reference, it is one.
#[test]
fn a_reference_in_an_option_in_an_option() {
    let rig = Rig::new(&program(|models| models.add::<Deep>().unwrap()));
    let first = rig.commit(|tx| {
        let id = tx.next_id();
        tx.insert(Deep { id, parent: None })
    });
    let first = first.unwrap().id;
    let child = rig.commit(|tx| {
        let id = tx.next_id();
        tx.insert(Deep { id, parent: Some(Some(first)) })
    });
    let child = child.unwrap().id;
    let nobody = rig.commit(|tx| {
        let id = tx.next_id();
        tx.insert(Deep { id, parent: Some(Some(Id::new(99))) })
    });
    assert!(nobody.err().is_some_and(|error| error.is_invalid()));
    rig.commit(|tx| tx.remove(first).map(drop)).unwrap();
    assert!(rig.view().get(child).unwrap().parent.is_none());
}
