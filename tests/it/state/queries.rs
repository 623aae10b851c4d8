//! Questions beside a naive twin: filters, orders and pages over random rows, by an index and without.

use crate::rig::{Rig, program};
use std::cmp::Ordering;
use sunstone::prelude::*;
use sunstone::stdx::random::Xoshiro;

#[Model(index(letter, word))]
#[derive(Debug, Clone, PartialEq)]
struct Card {
    #[key]
    key: (u8, String),
    #[index]
    number: u8,
    #[index]
    maybe: Option<i16>,
    letter: char,
    word: String,
    float: f64,
    deep: Option<Option<bool>>,
}

fn pick<T: Clone>(random: &mut Xoshiro, some: &[T]) -> T {
    some[usize::try_from(random.below(some.len() as u64)).expect("below a length")].clone()
}

const WORDS: [&str; 7] = ["", "a", "a\0", "a\u{1}", "ab", "b", "\u{ff}"];
const FLOATS: [f64; 6] = [f64::NEG_INFINITY, -1.5, -0.0, 0.0, 2.25, f64::INFINITY];
const MAYBES: [Option<i16>; 5] = [None, Some(-300), Some(0), Some(1), Some(i16::MAX)];
const DEEP: [Option<Option<bool>>; 4] = [None, Some(None), Some(Some(false)), Some(Some(true))];

fn card(random: &mut Xoshiro) -> Card {
    Card {
        key: (pick(random, &[0, 1, 255]), pick(random, &WORDS).to_owned()),
        number: pick(random, &[0, 1, 2, 255]),
        maybe: pick(random, &MAYBES),
        letter: pick(random, &['a', '\u{10ffff}']),
        word: pick(random, &WORDS).to_owned(),
        float: pick(random, &FLOATS),
        deep: pick(random, &DEEP),
    }
}

type Holds = Box<dyn Fn(&Card) -> bool>;
type Order = Box<dyn Fn(&Card, &Card) -> Ordering>;

/// A comparison of one field, as a filter and as a function.
macro_rules! compare {
    ($random:ident, $handle:ident, $value:expr, $order:expr) => {{
        let value = $value;
        let (given, order) = (value.clone(), $order);
        let holds = move |accepts: fn(Ordering) -> bool| -> Holds {
            Box::new(move |card| accepts(order(card, &value)))
        };
        match $random.below(6) {
            0 => (Card::$handle.is(given), holds(Ordering::is_eq)),
            1 => (Card::$handle.ne(given), holds(Ordering::is_ne)),
            2 => (Card::$handle.lt(given), holds(Ordering::is_lt)),
            3 => (Card::$handle.lte(given), holds(Ordering::is_le)),
            4 => (Card::$handle.gt(given), holds(Ordering::is_gt)),
            _ => (Card::$handle.gte(given), holds(Ordering::is_ge)),
        }
    }};
}

fn condition(random: &mut Xoshiro) -> (Filter<Card>, Holds) {
    match random.below(6) {
        0 => {
            compare!(random, NUMBER, pick(random, &[0_u8, 1, 7]), |card: &Card, to: &u8| card.number.cmp(to))
        }
        1 => {
            compare!(random, MAYBE, pick(random, &MAYBES), |card: &Card, to: &Option<i16>| card.maybe.cmp(to))
        }
        2 => compare!(random, LETTER, 'a', |card: &Card, to: &char| card.letter.cmp(to)),
        3 => compare!(random, WORD, pick(random, &WORDS).to_owned(), |card: &Card, to: &String| card
            .word
            .cmp(to)),
        4 => compare!(random, FLOAT, pick(random, &FLOATS), |card: &Card, to: &f64| card.float.total_cmp(to)),
        _ => compare!(random, DEEP, pick(random, &DEEP), |card: &Card, to: &Option<Option<bool>>| card
            .deep
            .cmp(to)),
    }
}

fn sort<'v>(random: &mut Xoshiro, rows: Rows<'v, Card>) -> (Rows<'v, Card>, Order) {
    macro_rules! by {
        ($handle:ident, $order:expr) => {
            if random.one_in(2) {
                (rows.sort($handle), Box::new($order) as Order)
            } else {
                (rows.sort_down($handle), Box::new(move |a: &Card, b: &Card| $order(b, a)) as Order)
            }
        };
    }
    let (number, maybe, word) = (Card::NUMBER, Card::MAYBE, Card::WORD);
    let (letter, float, deep) = (Card::LETTER, Card::FLOAT, Card::DEEP);
    match random.below(6) {
        0 => by!(number, |a: &Card, b: &Card| a.number.cmp(&b.number)),
        1 => by!(maybe, |a: &Card, b: &Card| a.maybe.cmp(&b.maybe)),
        2 => by!(word, |a: &Card, b: &Card| a.word.cmp(&b.word)),
        3 => by!(letter, |a: &Card, b: &Card| a.letter.cmp(&b.letter)),
        4 => by!(float, |a: &Card, b: &Card| a.float.total_cmp(&b.float)),
        _ => by!(deep, |a: &Card, b: &Card| a.deep.cmp(&b.deep)),
    }
}

#[test]
fn filters_orders_and_pages_beside_a_naive_twin() {
    let program = program(|models| models.add::<Card>().expect("a sound model"));
    for seed in 0..60 {
        let mut random = Xoshiro::new(seed);
        let rig = Rig::new(&program);
        let mut cards = Vec::new();
        rig.commit(|tx| {
            for _ in 0..30 {
                let card = card(&mut random);
                if tx.table::<Card>().lookup(&card.key).is_none() {
                    cards.push(tx.insert(card)?);
                }
            }
            Ok(())
        })
        .unwrap();
        cards.sort_by(|a, b| a.key.cmp(&b.key));
        let view = rig.view();
        for _ in 0..20 {
            let mut filter = Filter::all();
            let mut expected: Vec<&Card> = cards.iter().collect();
            for _ in 0..random.below(4) {
                let (more, holds) = condition(&mut random);
                filter = filter.and(more);
                expected.retain(|card| holds(card));
            }
            let words = format!("seed {seed}: {filter:?}");
            let mut rows = view.find(filter);
            let mut orders = Vec::new();
            for _ in 0..random.below(3) {
                let (sorted, order) = sort(&mut random, rows);
                rows = sorted;
                orders.push(order);
            }
            // A stable sort: rows that are equal in all go by key.
            expected.sort_by(|a, b| {
                orders.iter().map(|order| order(a, b)).find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
            });
            assert_eq!(rows.iter().collect::<Vec<_>>(), expected, "{words}");
            assert_eq!((rows.count(), rows.first()), (expected.len(), expected.first().copied()), "{words}");
            let (mut paged, mut after) = (Vec::new(), None);
            loop {
                let page = rows
                    .page(1 + usize::try_from(random.below(7)).expect("below 7"), after.as_ref())
                    .unwrap();
                paged.extend(page.items.iter().map(|row| row.value.typed::<Card>().expect("a card")));
                after = page.next;
                if after.is_none() {
                    break;
                }
            }
            assert_eq!(paged, expected, "{words}");
        }
    }
}
