//! Typed decoding as the macros write it: fields into slots, every fault of a body at once.

use std::borrow::Cow;
use sunstone::codec::json::{self, Errors, Fields, FromJson, Halt, Reader, Rest, Slot};
use sunstone::error::Error;

#[derive(Debug, PartialEq)]
struct Order {
    id: u32,
    note: Option<String>,
    priority: u8,
    items: Vec<Item>,
}

#[derive(Debug, PartialEq)]
struct Item {
    title: String,
    count: u16,
}

#[derive(Default)]
struct OrderSlots {
    id: Slot<u32>,
    note: Slot<Option<String>>,
    priority: Slot<u8>,
    items: Slot<Vec<Item>>,
}

impl Fields for OrderSlots {
    fn field(&mut self, name: &str, r: &mut Reader<'_>) -> Result<bool, Halt> {
        match name {
            "id" => r.fill(&mut self.id),
            "note" => r.fill(&mut self.note),
            "priority" => r.fill(&mut self.priority),
            "items" => r.fill(&mut self.items),
            _ => return Ok(false),
        }?;
        Ok(true)
    }

    fn names(&self) -> &'static [&'static str] {
        &["id", "note", "priority", "items"]
    }
}

impl FromJson for Order {
    fn from_json(r: &mut Reader<'_>) -> Result<Self, Halt> {
        let mut slots = OrderSlots::default();
        r.object(false, &mut slots)?;
        let id = r.take(slots.id, "id", None);
        let note = r.take(slots.note, "note", None);
        let priority = r.take(slots.priority, "priority", Some(|| 5));
        let items = r.take(slots.items, "items", None);
        match (id, note, priority, items) {
            (Some(id), Some(note), Some(priority), Some(items)) => Ok(Self { id, note, priority, items }),
            _ => Err(Halt::Invalid),
        }
    }
}

#[derive(Default)]
struct ItemSlots {
    title: Slot<String>,
    count: Slot<u16>,
}

impl Fields for ItemSlots {
    fn field(&mut self, name: &str, r: &mut Reader<'_>) -> Result<bool, Halt> {
        match name {
            "title" => r.fill(&mut self.title),
            "count" => r.fill(&mut self.count),
            _ => return Ok(false),
        }?;
        Ok(true)
    }

    fn names(&self) -> &'static [&'static str] {
        &["title", "count"]
    }
}

/// Strict: what it does not know is a fault.
impl FromJson for Item {
    fn from_json(r: &mut Reader<'_>) -> Result<Self, Halt> {
        let mut slots = ItemSlots::default();
        r.object(true, &mut slots)?;
        let title = r.take(slots.title, "title", None);
        let count = r.take(slots.count, "count", Some(|| 1));
        match (title, count) {
            (Some(title), Some(count)) => Ok(Self { title, count }),
            _ => Err(Halt::Invalid),
        }
    }
}

fn order(json: &str) -> Result<Order, Errors> {
    json::decode(json.as_bytes())
}

fn lines(errors: &Errors) -> Vec<String> {
    let line = |item: &json::Item| format!("{}:{} {}: {}", item.line, item.column, item.path, item.detail);
    errors.items.iter().map(line).collect()
}

#[test]
fn a_sound_body_becomes_the_struct() {
    let found =
        order(r#" {"items": [{"title": "a"}, {"count": 2, "title": "b\n"}], "more": [{}], "id": 7} "#);
    let items = vec![Item { title: "a".to_owned(), count: 1 }, Item { title: "b\n".to_owned(), count: 2 }];
    assert_eq!(found, Ok(Order { id: 7, note: None, priority: 5, items }));
    let found = order(r#"{"\u0069d": 1, "note": "n", "priority": 0, "items": []}"#).unwrap();
    assert_eq!((found.id, found.note.as_deref(), found.priority), (1, Some("n"), 0));
    assert_eq!(order(r#"{"id": 1, "note": null, "items": []}"#).unwrap().note, None);
}

#[test]
fn every_fault_of_a_body_is_told_at_once() {
    let errors = order(
        r#"{
  "id": -1,
  "priority": "high",
  "items": [
    {"title": "a", "count": 70000},
    {"count": true, "titel": "é", "colour": [1]},
    7,
    {"title": "a", "title": "b"}
  ],
  "id": 2
}"#,
    )
    .unwrap_err();
    assert!(!errors.is_syntax());
    assert_eq!(
        lines(&errors),
        [
            "2:9 id: expected an integer from 0 to 4294967295, found -1",
            "3:15 priority: expected an integer from 0 to 255, found a string",
            "5:29 items[0].count: expected an integer from 0 to 65535, found 70000",
            "6:15 items[1].count: expected an integer from 0 to 65535, found a boolean",
            "6:30 items[1].titel: unknown, the nearest name is `title`",
            "6:45 items[1].colour: unknown, expected one of: title, count",
            "6:5 items[1].title: missing",
            "7:5 items[2]: expected an object, found a number",
            "8:29 items[3].title: given twice",
            "10:9 id: given twice",
        ]
    );
}

/// Such a value is whole but for what it should not have; its faults have the whole path all the same.
#[test]
fn an_unknown_field_alone_has_its_path() {
    let errors = order(r#"{"id": 1, "items": [{"title": "a", "titles": 2}]}"#).unwrap_err();
    assert_eq!(lines(&errors), ["1:46 items[0].titles: unknown, the nearest name is `title`"]);
    let texts = [("items", r#"[{"title": "a", "c": 2}]"#.into()), ("id", "1".into())];
    let mut reader = Reader::parts(&texts, b"", Rest::Nothing);
    assert!(Order::from_json(&mut reader).is_ok());
    assert_eq!(reader.errors().to_string(), "items[0].c: unknown, expected one of: title, count");
}

/// Fields out of a path and a query, the rest out of the body.
#[test]
fn parts_of_an_object_tell_their_faults_alike() {
    let texts = [("id", "x".into()), ("items", "[] ]".into()), ("other", "1".into())];
    let mut reader = Reader::parts(&texts, b"{\"id\": 7,\n \"priority\": -1}", Rest::Object);
    assert_eq!(Order::from_json(&mut reader), Err(Halt::Invalid));
    assert_eq!(
        reader.errors().to_string(),
        "id: expected an integer from 0 to 4294967295, found `x`; \
         items: expected the end of the text, found `]`; \
         priority: expected an integer from 0 to 255, found -1 (line 2, column 14)"
    );
}

/// Texts of one name are the elements of a list, and of nothing else.
#[test]
fn texts_that_come_several_times() {
    let read = |texts: &[(&str, Cow<'_, str>)]| {
        let mut reader = Reader::parts(texts, b"", Rest::Nothing);
        match Order::from_json(&mut reader) {
            Ok(order) => reader.finish().map(|()| order).map_err(|errors| errors.to_string()),
            Err(_) => Err(reader.errors().to_string()),
        }
    };
    let item = |json: &'static str| ("items", Cow::Borrowed(json));
    let order = read(&[item(r#"{"title": "a"}"#), ("id", "1".into()), item(r#"{"title": "b"}"#)]);
    let order = order.expect("a list of two");
    assert_eq!(order.items.iter().map(|item| item.title.as_str()).collect::<Vec<_>>(), ["a", "b"]);
    assert_eq!(read(&[item(r#"{"title": "a"}"#), ("id", "1".into())]).expect("a list of one").items.len(), 1);
    assert_eq!(
        read(&[item("{}"), ("id", "1".into()), item("7"), ("id", "2".into())]).expect_err("it is refused"),
        "items[0].title: missing; items[1]: expected an object, found `7`; id: given twice"
    );
}

#[test]
fn a_field_that_was_refused_is_not_missing_as_well() {
    let errors = order(r#"{"id": "x", "items": []}"#).unwrap_err();
    assert_eq!(lines(&errors), ["1:8 id: expected an integer from 0 to 4294967295, found a string"]);
}

#[test]
fn everything_that_is_missing_is_told() {
    let errors = order("\n  {}").unwrap_err();
    assert_eq!(lines(&errors), ["2:3 id: missing", "2:3 items: missing"]);
}

#[test]
fn syntax_ends_the_reading_and_keeps_what_was_found() {
    let errors = order("{\"id\": -1, \"items\": [{\"title\": \"a\", \"count\": 1,}]}").unwrap_err();
    assert!(errors.is_syntax());
    assert_eq!(
        lines(&errors),
        [
            "1:8 id: expected an integer from 0 to 4294967295, found -1",
            "1:48 items[0]: expected a key in double quotes, found `}`",
        ]
    );
}

#[test]
fn what_cannot_be_read_says_where() {
    let message = |json: &[u8]| json::decode::<Order>(json).unwrap_err().to_string();
    assert_eq!(message(b""), "expected a value, found the end of the text (line 1, column 1)");
    assert_eq!(message(b"{\"id\" 1}"), "expected `:`, found `1` (line 1, column 7)");
    assert_eq!(
        message(b"{\"id\": 01}"),
        "id: expected no digit behind a leading 0, found `1` (line 1, column 9)"
    );
    assert_eq!(message(b"{\"id\": 1.}"), "id: expected a digit, found `}` (line 1, column 10)");
    assert_eq!(message(b"{\"id\": 1"), "expected `,` or `}`, found the end of the text (line 1, column 9)");
    assert_eq!(message(b"\xef\xbb\xbf{}"), "expected a value, found a byte order mark (line 1, column 1)");
    assert_eq!(message(b"{\"a\": \"\xff\"}"), "a: expected UTF-8, found the byte 0xff (line 1, column 8)");
    assert_eq!(
        message(b"{\"a\": \"\x01\"}"),
        "a: expected an escape for a control character, found the byte 0x01 (line 1, column 8)"
    );
    assert_eq!(
        message(b"{\"a\": \"\\ud800\"}"),
        "a: the escape \\ud800 is half of a surrogate pair (line 1, column 9)"
    );
    assert_eq!(
        message(b"{\"a\": \"\\x\"}"),
        "a: expected one of `\"\\/bfnrtu` behind a backslash, found `x` (line 1, column 9)"
    );
    assert_eq!(message(b"{\"a\": nul}"), "a: expected `null`, found `}` (line 1, column 10)");
    assert_eq!(
        message(b"{\"id\": 1, \"items\": []} {"),
        "expected the end of the text, found `{` (line 1, column 24)"
    );
}

#[test]
fn the_public_error_has_a_line_for_each_field() {
    let error = Error::from(order("{\"id\": true}").unwrap_err());
    assert_eq!(error.status(), 400);
    assert_eq!(error.detail(), "the body does not have the expected shape");
    assert_eq!(error.fields().len(), 2);
    assert_eq!(error.fields()[0].field, "id");
    assert_eq!(
        error.fields()[0].detail,
        "expected an integer from 0 to 4294967295, found a boolean (line 1, column 8)"
    );
    let error = Error::from(order("{").unwrap_err());
    assert_eq!(error.detail(), "the body is not valid JSON");
}

#[test]
fn an_empty_slot_asks_nothing_of_its_type() {
    struct Plain;
    assert!(matches!(Slot::<Plain>::default(), Slot::Empty));
}

/// A reader of its own may halt without a word; the list is never empty all the same.
#[test]
fn a_refusal_without_words_is_an_error_still() {
    #[derive(Debug)]
    struct Silent;
    impl FromJson for Silent {
        fn from_json(r: &mut Reader<'_>) -> Result<Self, Halt> {
            r.skip()?;
            Err(Halt::Invalid)
        }
    }
    assert_eq!(json::decode::<Silent>(b"1").unwrap_err().items[0].detail, "refused");
}

/// Raw bytes and a rejected value: what a type of one's own is made of.
#[test]
fn a_type_of_ones_own() {
    #[derive(Debug, PartialEq)]
    struct Even(u64);
    impl FromJson for Even {
        fn from_json(r: &mut Reader<'_>) -> Result<Self, Halt> {
            let number = r.u64()?;
            if number % 2 == 0 { Ok(Self(number)) } else { Err(r.reject("expected an even number")) }
        }
    }
    assert_eq!(json::decode(b"4"), Ok(Even(4)));
    let errors = json::decode::<Vec<Even>>(b"[2, 3]").unwrap_err();
    assert_eq!(errors.to_string(), "[1]: expected an even number (line 1, column 5)");
}
