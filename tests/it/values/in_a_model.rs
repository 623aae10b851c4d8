//! The framework's own types as fields of a model: declared, checked, referred to, kept and shown.

#![expect(clippy::use_self, reason = "a model names itself as programs write it")]

use sunstone::codec::order::KeyWriter;
use sunstone::codec::{binary, json};
use sunstone::model::{Entity, Models, Report, Value};
use sunstone::prelude::*;

#[Model]
struct Board {
    #[key]
    id: Uid<Board>,
}

#[Model]
struct Card {
    #[key]
    id: Uuid,
    board: Uid<Board>,
    copied_from: Option<Uid<Board>>,
    #[index]
    rank: Rank,
    #[check(range = Decimal::ZERO..)]
    price: Decimal,
    #[check(length = ..=4)]
    image: Bytes,
    #[check(range = Duration::from_secs(1)..)]
    effort: Duration,
    #[unique]
    #[check(length = 8..)]
    token: Secret<String>,
}

fn card() -> Card {
    Card {
        id: Uuid::NIL,
        board: Uid::default(),
        copied_from: None,
        rank: Rank::default(),
        price: "12.50".parse().expect("a price"),
        image: Bytes::from([1, 2, 3, 4]),
        effort: Duration::from_millis(90_500),
        token: "opensesame".into(),
    }
}

const TEXT: &str = concat!(
    r#"{"id":"00000000-0000-0000-0000-000000000000","board":"00000000-0000-7000-8000-000000000000","#,
    r#""copied_from":null,"rank":"a0","price":"12.50","image":"AQIDBA==","effort":"PT1M30.5S","token":"#
);

#[test]
fn shown_without_the_secret_and_read_with_it() {
    let card = card();
    assert_eq!(String::from_utf8(json::encode(&card)).unwrap(), format!("{TEXT}null}}"));
    let read: Card = json::decode(format!("{TEXT}\"opensesame\"}}").as_bytes()).unwrap();
    assert!(read.same(&card));
    assert!(binary::decode::<Card>(&binary::encode(&card)).unwrap().same(&card));
}

#[test]
fn every_rule_is_checked() {
    let mut wrong = card();
    wrong.price = -Decimal::ONE;
    wrong.image = Bytes::from([0; 5]);
    wrong.effort = Duration::ZERO;
    wrong.token = "short".into();
    let mut report = Report::default();
    wrong.check(&mut report);
    let said: Vec<String> = report.errors().iter().map(ToString::to_string).collect();
    assert_eq!(
        said,
        [
            "price: expected at least \"0\", found \"-1\"",
            "image: expected at most 4 bytes, found 5",
            "effort: expected at least \"PT1S\", found \"PT0S\"",
            "token: expected at least 8 characters",
        ]
    );
}

#[test]
fn everything_wrong_in_a_body_is_told_and_no_secret() {
    let body =
        br#"{"id":"7","board":"919108f7-52d1-4320-9bac-f847db4148a8","rank":"a00","price":"ten","image":"AQ",
        "effort":"P1M","token":4711}"#;
    let errors = json::decode::<Card>(body).err().expect("nothing in it is right");
    let said: Vec<String> =
        errors.items.iter().map(|item| format!("{}: {}", item.path, item.detail)).collect();
    assert_eq!(
        said,
        [
            "id: expected a UUID like 017f22e2-79b0-7cc3-98c4-dc0c0c07398f, found `7`",
            "board: expected a UUID of version 7, found one of version 4",
            "rank: expected a rank like a0V, found `a00`",
            "price: expected a decimal number like 12.50, found `ten`",
            "image: expected bytes in base64 with padding, found 2 characters, which is not a multiple of 4",
            "effort: expected a duration in weeks, days, hours, minutes and seconds (years and months have no fixed length), found `P1M`",
            "token: expected a secret of the type text",
        ]
    );
}

#[test]
fn a_uid_is_a_reference_to_the_other_table() {
    let mut models = Models::default();
    models.add::<Card>().unwrap();
    models.tie();
    let cards = &models.schemas()[models.position::<Card>().unwrap()];
    let boards = models.position::<Board>().expect("registered with the model that refers to it");
    let found: Vec<_> = cards.references.iter().map(|to| (to.field, to.target, to.options > 0)).collect();
    assert_eq!(found, [(1, boards, false), (2, boards, true)]);

    // What refers is what the other table has as its key.
    let board = Board { id: Uid::new(Time::from_unix_ms(7), [7; 10]) };
    let (mut key, mut reference) = (KeyWriter::new(), KeyWriter::new());
    board.key_order(&mut key);
    assert!(Some(board.id).reference(&mut reference));
    assert_eq!(key.as_bytes(), reference.as_bytes());
    assert_eq!(Card::shape().to_string(), "Card");
    assert_eq!(Option::<Uid<Board>>::shape().to_string(), "option<uid<Board>>");
}

#[Model]
struct Offer {
    #[key]
    id: Id<Offer>,
    #[check(range = 1..=10)]
    price: Decimal,
    #[check(range = 0.5..2.5)]
    rate: Option<Decimal>,
    #[check(range = "a".."n")]
    section: String,
}

#[test]
fn decimals_and_texts_are_held_to_literals() {
    let said = |price: &str, rate: Option<&str>, section: &str| {
        let read = |text: &str| text.parse::<Decimal>().expect("a decimal");
        let offer =
            Offer { id: Id::new(1), price: read(price), rate: rate.map(read), section: section.to_owned() };
        let mut report = Report::default();
        offer.check(&mut report);
        report.errors().iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    assert_eq!(said("10.00", Some("0.50"), "middle"), [""; 0]);
    assert_eq!(said("1", None, "a"), [""; 0]);
    assert_eq!(
        said("10.01", Some("2.50"), "north"),
        [
            r#"price: expected "1" to "10", found "10.01""#,
            r#"rate: expected at least "0.5" and less than "2.5", found "2.50""#,
            r#"section: expected at least "a" and less than "n", found "north""#,
        ]
    );
}
