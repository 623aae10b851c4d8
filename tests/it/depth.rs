//! How deep a value may be: what a commit takes, everything that reads can read, and the rest is refused before anything
//! walks down into it.

use crate::rig::{Rig, picture, program, read};
use std::collections::BTreeMap;
use sunstone::codec::binary::{FromBinary, Numbers, Reader, ToBinary, Writer};
use sunstone::codec::json::{self, Json, MAX_DEPTH, Object};
use sunstone::model::{Catalog, LEVELS_MAX, Model, Models, Renderer, TypeKind, Value, type_info};
use sunstone::prelude::*;
use sunstone::stdx::random::Xoshiro;
use sunstone::stdx::report;

/// A type in itself, each way that there is.
#[Data]
#[derive(Debug, Clone, PartialEq)]
enum Tree {
    Leaf,
    Open(Json),
    List(Vec<Tree>),
    Map(BTreeMap<String, Tree>),
    Pair(Box<Tree>, u8),
    Record {
        next: Option<Box<Tree>>,
        #[default]
        wrapped: Wrapped,
    },
}

/// Around itself without a level of JSON.
#[Data]
#[derive(Debug, Clone, PartialEq, Default)]
struct Wrapped(Option<Box<Tree>>);

#[Model]
#[derive(Debug, Clone, PartialEq)]
struct Doc {
    #[key]
    id: Id<Doc>,
    #[default]
    open: Json,
    tree: Tree,
    #[default]
    #[secret]
    hidden: Option<Tree>,
}

/// The arguments of a call.
#[Data]
struct Look {
    open: Json,
    tree: Tree,
}

const CALL: &str = "docs.look";

fn register(models: &mut Models) {
    models.add::<Doc>().expect("a sound model");
}

fn arrays(levels: u32) -> Json {
    (1..levels).fold(Json::Array(Vec::new()), |inside, _| Json::Array(vec![inside]))
}

fn objects(levels: u32) -> Json {
    let around = |inside| Json::Object([("a".to_owned(), inside)].into_iter().collect::<Object>());
    (0..levels).fold(Json::Null, |inside, _| around(inside))
}

fn lists(levels: u32) -> Tree {
    (0..levels).fold(Tree::Leaf, |inside, _| Tree::List(vec![inside]))
}

fn insert(rig: &Rig, open: Json, tree: Tree) -> Result<Doc> {
    rig.commit(|tx| {
        let id = tx.next_id();
        tx.insert(Doc { id, open, tree, hidden: None })
    })
}

/// A document in a line of history, in a page in an answer in a batch: the row is read out and in again.
fn enveloped(row: &Json) -> String {
    format!(r#"[{{"id":1,"result":{{"items":[{row}],"next":null}}}}]"#)
}

/// Every reader there is reads what the journal on this disk holds, and all say the same.
fn read_by_all(rig: &Rig) {
    let program = program(register);
    let again = Rig::open(&program, &rig.directory.kill()).expect("a restart reads what was committed");
    assert_eq!(picture(again.head().state()), picture(rig.head().state()));
    assert_eq!(
        picture(&read(&program, &rig.directory).expect("the file alone is enough")),
        picture(rig.head().state())
    );

    let view = rig.view();
    assert!(view.state().broken_rules().named.is_empty(), "what was taken keeps the rules");
    let (catalog, numbers) = catalog();
    let renderer = Renderer::new(&catalog);
    let (table, _) = catalog.by_name(TypeKind::Model, Doc::NAME).expect("the model is named");
    let (call, _) = catalog.by_name(TypeKind::Call, CALL).expect("the call is named");
    for doc in view.all::<Doc>().iter() {
        let mut bytes = Vec::new();
        doc.to_binary(&mut Writer::new(&mut bytes, &numbers));
        let mut shown = json::Writer::new();
        renderer.row(table, &bytes, &mut shown).expect("history and state show it without the program");
        assert_eq!(shown.bytes(), json::encode(doc), "both show the same");
        assert!(Doc::from_binary(&mut Reader::new(&bytes, &numbers)).expect("replay reads it").same(doc));
        for (field, ops) in (0..).zip(Doc::fields()) {
            let mut value = Vec::new();
            ops.to_binary(doc, &mut Writer::new(&mut value, &numbers));
            renderer.field(table, field, &value, &mut json::Writer::new()).expect("history shows each field");
        }
        let look = Look { open: doc.open.clone(), tree: doc.tree.clone() };
        let mut arguments = Vec::new();
        look.to_binary(&mut Writer::new(&mut arguments, &numbers));
        renderer.arguments(call, &arguments, &mut json::Writer::new()).expect("history shows arguments");
        let out: Json =
            String::from_utf8(json::encode(doc)).expect("JSON is text").parse().expect("JSON out, and in");
        enveloped(&out).parse::<Json>().expect("whatever goes around it");
        let back: Doc = json::decode(out.to_string().as_bytes()).expect("as its own type");
        assert!(Doc { hidden: doc.hidden.clone(), ..back }.same(doc));
    }
}

/// A journal that knows the model, and its numbers.
fn catalog() -> (Catalog, Numbers) {
    let mut models = Models::default();
    register(&mut models);
    models.tie();
    let calls = [(CALL.to_owned(), Some(type_info::<Look>()))];
    let mut catalog = Catalog::default();
    let frame = catalog.plan(&models, &calls).expect("a new journal takes every program");
    catalog.read(&frame.expect("a new journal knows nothing")).expect("what was just written");
    let numbers = catalog.numbers(&models, &calls);
    (catalog, numbers)
}

#[test]
fn the_limit_is_exact_and_named_with_its_field() {
    let rig = Rig::new(&program(register));
    let inside = LEVELS_MAX - 1;
    for open in [arrays(inside), objects(inside)] {
        insert(&rig, open, Tree::Leaf).expect("as deep as the limit");
    }
    // A variant with data is an object around a list: two levels each.
    insert(&rig, Json::Null, lists(inside / 2)).expect("as deep as the limit");
    read_by_all(&rig);
    let before = picture(rig.head().state());
    let words = format!("is more than {LEVELS_MAX} levels deep, the most that is kept");
    let refused = |outcome: Result<Doc>, field: &str| {
        let error = outcome.unwrap_err();
        assert_eq!((error.status(), error.detail()), (422, "the Doc breaks a rule"));
        let [only] = error.fields() else { panic!("one field is too deep: {error:?}") };
        assert_eq!((only.field.as_str(), only.detail.as_str()), (field, words.as_str()));
    };
    for deep in [inside + 1, MAX_DEPTH, 1_000] {
        refused(insert(&rig, arrays(deep), Tree::Leaf), "open");
        refused(insert(&rig, objects(deep), Tree::Leaf), "open");
        refused(insert(&rig, Json::Null, lists(deep)), "tree.list");
        let (updated, _) = rig.run(|tx| tx.update(Id::<Doc>::new(1), |doc| doc.open = arrays(deep)));
        refused(updated, "open");
    }
    let (updated, _) = rig.run(|tx| tx.update(Id::<Doc>::new(3), |doc| doc.hidden = Some(lists(200))));
    refused(updated, "hidden");
    assert_eq!(picture(rig.head().state()), before, "nothing of it was stored");
}

/// A program can make what no document can hold. Nothing of ours walks down into it.
#[test]
fn a_value_that_no_stack_could_encode_is_refused_in_words() {
    let refused = || {
        let rig = Rig::new(&program(register));
        for levels in [5_000, 20_000] {
            let error = rig
                .commit(|tx| {
                    let id = tx.next_id();
                    let mut doc = Doc { id, open: arrays(levels), tree: lists(levels), hidden: None };
                    let row = Doc { id, open: Json::Null, tree: Tree::Leaf, hidden: None };
                    tx.insert(row)?;
                    let refused = tx.update(id, |row| std::mem::swap(row, &mut doc)).unwrap_err();
                    assert_eq!(refused.fields().len(), 2);
                    Err::<(), _>(refused)
                })
                .unwrap_err();
            assert_eq!(error.status(), 422);
        }
    };
    // What drops such a value is the compiler's code, and goes down as deep as the value is.
    let thread = std::thread::Builder::new().stack_size(256 << 20);
    thread.spawn(refused).expect("a thread for a test").join().expect("nothing overflows");
}

fn random_json(random: &mut Xoshiro, levels: u32) -> Json {
    if levels == 0 {
        return [Json::Null, true.into(), "deep".into(), 7_u64.into(), 0.5.into()]
            [usize::try_from(random.below(5)).expect("below 5")]
        .clone();
    }
    let side = random_json(random, 0);
    let inside = random_json(random, levels - 1);
    match random.below(2) {
        0 => Json::Array(vec![side, inside]),
        _ => Json::Object([("side".to_owned(), side), ("in".to_owned(), inside)].into_iter().collect()),
    }
}

fn random_tree(random: &mut Xoshiro, levels: u32) -> Tree {
    let Some(less) = levels.checked_sub(1) else { return Tree::Leaf };
    match random.below(7) {
        0 => Tree::Open(random_json(random, less)),
        1 => Tree::List(vec![Tree::Leaf, random_tree(random, less.saturating_sub(1))]),
        2 => Tree::Map([("key".to_owned(), random_tree(random, less))].into()),
        3 => Tree::Pair(Box::new(random_tree(random, less)), 1),
        4 => Tree::Record { next: None, wrapped: Wrapped(Some(Box::new(random_tree(random, less)))) },
        _ => Tree::Record { next: Some(Box::new(random_tree(random, less))), wrapped: Wrapped(None) },
    }
}

#[test]
fn whatever_is_taken_around_the_limit_every_reader_reads() {
    let mut taken = 0;
    for seed in 0..40 {
        let mut random = Xoshiro::new(seed);
        let rig = Rig::new(&program(register));
        for _ in 0..20 {
            let mut levels = || 30 + u32::try_from(random.below(80)).expect("below 80");
            let (open, tree, hidden) = (levels(), levels(), levels());
            let (open, tree) = (random_json(&mut random, open), random_tree(&mut random, tree));
            let hidden = Some(random_tree(&mut random, hidden));
            let inserted = rig.commit(|tx| {
                let id = tx.next_id();
                tx.insert(Doc { id, open, tree, hidden })
            });
            match inserted {
                Ok(_) => taken += 1,
                Err(refused) => assert_eq!(refused.status(), 422, "seed {seed}: {refused:?}"),
            }
        }
        read_by_all(&rig);
    }
    assert!((100..700).contains(&taken), "{taken} of 800 values were taken: they are not around the limit");
}

struct Docs;

#[Api("/docs")]
impl Docs {
    /// Arguments are recorded, and so are held to the limit whatever becomes of them.
    #[call]
    fn look(tx: &mut Tx, open: Json) -> Result<u64> {
        let _only_recorded = open;
        Ok(tx.next_id::<Doc>().get())
    }
}

#[test]
fn arguments_are_held_to_it_as_well() {
    let data = std::env::temp_dir().join(format!("sunstone-depth-{}", std::process::id()));
    let run = |words: &[&str]| {
        let app = App::new("depth").model::<Doc>().api(Docs).data(&data);
        report::kept(|| app.run_with(words.iter().copied()))
    };
    let call = |levels: u32| run(&["call", CALL, &format!("open={}", arrays(levels))]);
    let (taken, refused) = (call(LEVELS_MAX - 1), call(LEVELS_MAX));
    let (verified, lines) = run(&["verify"]);
    std::fs::remove_dir_all(&data).expect("the directory is ours");
    assert_eq!((taken.0, verified), (Exit::OK, Exit::OK), "{taken:?} {lines:?}");
    let words = format!("open: is more than {LEVELS_MAX} levels deep, the most that is kept");
    assert!(refused.0 == Exit::REFUSED && refused.1.join(" ").contains(&words), "{refused:?}");
}
