//! Pages: a walk over them meets every row that is there all the while once, whatever comes and goes meanwhile.

use super::{House, Task};
use std::collections::BTreeSet;
use sunstone::codec::json::{Json, decode};
use sunstone::prelude::*;
use sunstone::stdx::random::Xoshiro;
use sunstone::store::Cause;

struct Page {
    ids: Vec<u64>,
    next: Option<String>,
}

fn page(house: &House, target: &str) -> Page {
    let answer = house.ask(sunstone::http::Method::Get, target);
    assert_eq!(answer.status, 200, "{target}: {answer}");
    let json: Json = decode(answer.body.as_bytes()).unwrap();
    let items = json.get("items").and_then(Json::as_array).unwrap();
    let ids = items.iter().map(|item| item.get("id").and_then(Json::as_u64).unwrap()).collect();
    Page { ids, next: json.get("next").and_then(Json::as_str).map(str::to_owned) }
}

fn change(house: &House, run: impl FnOnce(&mut Tx) -> Result<()>) {
    let cause = Cause { caller: Caller::anonymous(), name: "test", call: None, arguments: &[] };
    Store::new(house.gateway.engine().clone(), &cause).commit(run).unwrap();
}

fn insert(tx: &mut Tx, id: u64, title: &str) -> Result<()> {
    let (title, slug, parent) = (title.to_owned(), None, None);
    tx.insert(Task { id: Id::new(id), title, done: id.is_multiple_of(2), slug, pin: 0, parent }).map(drop)
}

#[test]
fn a_page_has_a_hundred_rows_unless_stated() {
    let house = House::new();
    change(&house, |tx| (1..=1200).try_for_each(|id| insert(tx, id, "a")));
    for (query, rows) in [("", 100), ("?_limit=1", 1), ("?_limit=1000", 1000), ("?_limit=999&done=true", 600)]
    {
        let found = page(&house, &format!("/tasks{query}"));
        assert_eq!((found.ids.len(), found.next.is_some()), (rows, rows != 600), "{query}");
    }
    // The last page says that it is the last, also when it is full.
    let first = page(&house, "/tasks?_limit=600&done=false");
    assert_eq!((first.ids.len(), first.next), (600, None));
}

/// Walks over all pages; between two of them rows come and go at random.
fn walk(seed: u64, target: &str) {
    let house = House::new();
    let mut random = Xoshiro::new(seed);
    let title = |random: &mut Xoshiro| {
        ["a", "ab", "a\u{1}", "b", "\u{e4}", "z"][usize::try_from(random.below(6)).unwrap()]
    };
    let mut there = BTreeSet::new();
    change(&house, |tx| {
        for _ in 0..60 {
            let id = 1 + random.below(200);
            if there.insert(id) {
                insert(tx, id, title(&mut random))?;
            }
        }
        Ok(())
    });
    let mut stayed = there.clone();
    let mut met: Vec<u64> = Vec::new();
    let mut after: Option<String> = None;
    loop {
        let limit = 1 + random.below(9);
        let joint = if target.contains('?') { '&' } else { '?' };
        let cursor = after.map(|after| format!("&_after={after}")).unwrap_or_default();
        let found = page(&house, &format!("{target}{joint}_limit={limit}{cursor}"));
        assert!(found.ids.len() <= usize::try_from(limit).unwrap(), "seed {seed}");
        assert!(found.next.is_none() || !found.ids.is_empty(), "seed {seed}: a cursor behind nothing");
        met.extend(&found.ids);
        after = found.next;
        if after.is_none() {
            break;
        }
        change(&house, |tx| {
            for _ in 0..random.below(6) {
                let id = 1 + random.below(200);
                if there.remove(&id) {
                    stayed.remove(&id);
                    tx.remove::<Task>(Id::new(id))?;
                } else {
                    there.insert(id);
                    insert(tx, id, title(&mut random))?;
                }
            }
            Ok(())
        });
    }
    // A row that went and came back is another one; one that stayed is met once.
    for id in &stayed {
        let times = met.iter().filter(|other| *other == id).count();
        let expected = usize::from(!target.contains("done") || id.is_multiple_of(2));
        assert_eq!(times, expected, "seed {seed}: row {id} of {target}");
    }
}

#[test]
fn walks_over_pages_while_rows_come_and_go() {
    for seed in 0..15 {
        for target in ["/tasks", "/tasks?done=true", "/tasks/titles"] {
            walk(seed, target);
        }
    }
}

/// A cursor of another answer, or made up, is refused by its name and not taken for some place.
#[test]
fn cursors_of_other_answers() {
    let house = House::new();
    change(&house, |tx| (1..=20).try_for_each(|id| insert(tx, id, "a")));
    let sorted = page(&house, "/tasks/titles?_limit=3").next.unwrap();
    let plain = page(&house, "/tasks?_limit=3").next.unwrap();
    let open = page(&house, "/tasks?_limit=3&done=false").next.unwrap();
    for (target, cursor) in [
        ("/tasks", &sorted),
        ("/tasks", &open),
        ("/tasks?done=true", &open),
        ("/tasks?done=false", &plain),
        ("/tasks/titles", &plain),
        ("/tasks", &"00000000".to_owned()),
        ("/tasks", &"0000000000".to_owned()),
    ] {
        let joint = if target.contains('?') { '&' } else { '?' };
        let refused = house.get(&format!("{target}{joint}_after={cursor}"));
        assert!(refused.starts_with("400 ") && refused.contains("\"stale-cursor\""), "{target}: {refused}");
    }
    for none in ["", "AA", "00", "zz", "0"] {
        let refused = house.get(&format!("/tasks?_after={none}"));
        assert!(refused.starts_with("400 ") && refused.contains("expected a cursor"), "{none}: {refused}");
    }
    assert_eq!(page(&house, &format!("/tasks?_after={plain}")).ids, (4..=20).collect::<Vec<_>>());
    // The size of a page is no part of the question.
    assert_eq!(page(&house, &format!("/tasks?_limit=1&_after={plain}")).ids, [4]);
    assert_eq!(page(&house, &format!("/tasks?done=false&_after={open}")).ids[0], 7);
}
