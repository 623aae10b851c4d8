//! Types of std and open values: what is read, what is written, and that one is the other's inverse.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::fmt::Debug;

use sunstone::codec::json::{self, FromJson, Json, Number, Object, Reader, ToJson};

/// It is written so, and that is read as the same.
fn both_ways<T: FromJson + ToJson + PartialEq + Debug>(value: &T, text: &str) {
    assert_eq!(String::from_utf8(json::encode(value)).unwrap(), text);
    assert_eq!(json::decode::<T>(text.as_bytes()).as_ref(), Ok(value));
}

/// The one thing that is wrong.
fn wrong<T: FromJson + Debug>(text: &str) -> String {
    let errors = json::decode::<T>(text.as_bytes()).unwrap_err();
    assert_eq!(errors.items.len(), 1, "{errors}");
    let item = &errors.items[0];
    if item.path.is_empty() { item.detail.clone() } else { format!("{}: {}", item.path, item.detail) }
}

#[test]
fn types_of_std_both_ways() {
    both_ways(&true, "true");
    both_ways(&(), "null");
    both_ways(&'é', "\"é\"");
    both_ways(&Some(1), "1");
    both_ways(&None::<u8>, "null");
    both_ways(&vec![Some(1), None], "[1,null]");
    both_ways(&Vec::<u8>::new(), "[]");
    both_ways(&Box::new(7_u8), "7");
    both_ways(&[1.5, 2.0], "[1.5,2.0]");
    both_ways(&(1, "b".to_owned(), None::<u8>), "[1,\"b\",null]");
    both_ways(&(1, 2, 3, 4, 5, 6, 7, 8), "[1,2,3,4,5,6,7,8]");
    both_ways(&BTreeMap::from([("b".to_owned(), 1), ("a".to_owned(), 2)]), r#"{"a":2,"b":1}"#);
    both_ways(&BTreeMap::from([(10, 'x'), (9, 'y')]), r#"{"9":"y","10":"x"}"#);
    both_ways(&HashMap::from([(10, 'x'), (9, 'y'), (-1, 'z')]), r#"{"-1":"z","9":"y","10":"x"}"#);
    both_ways(&BTreeSet::from([10, 9]), "[9,10]");
    both_ways(&"1e999".parse::<Json>().unwrap().as_number().unwrap().clone(), "1e999");
    both_ways(&Object::from_iter([("a", 1)]), r#"{"a":1}"#);
    both_ways(&HashSet::from(["b".to_owned(), "a".to_owned()]), r#"["a","b"]"#);
}

#[test]
fn what_is_written_and_never_read() {
    assert_eq!(json::encode("é"), "\"é\"".as_bytes());
    assert_eq!(json::encode(&Cow::Borrowed("a")), b"\"a\"");
    assert_eq!(json::encode(&[1, 2][..]), b"[1,2]");
    assert_eq!(json::encode(&&&1), b"1");
    assert_eq!(json::encode(&BTreeMap::from([("b", 1), ("a", 2)])), br#"{"a":2,"b":1}"#);
    assert_eq!(json::encode(&HashMap::from([(Cow::Borrowed("a"), 2)])), br#"{"a":2}"#);
}

#[test]
fn strings_escape_what_they_must_and_nothing_else() {
    let all: String = (0..0x20_u8).map(char::from).collect();
    let text = String::from_utf8(json::encode(&all)).unwrap();
    assert_eq!(
        text,
        "\"\\u0000\\u0001\\u0002\\u0003\\u0004\\u0005\\u0006\\u0007\\b\\t\\n\\u000b\\f\\r\\u000e\\u000f\
         \\u0010\\u0011\\u0012\\u0013\\u0014\\u0015\\u0016\\u0017\\u0018\\u0019\\u001a\\u001b\\u001c\\u001d\\u001e\\u001f\""
    );
    assert_eq!(json::decode::<String>(text.as_bytes()), Ok(all));
    both_ways(&"/ \u{7f} \u{2028} é € 𝄞".to_owned(), "\"/ \u{7f} \u{2028} é € 𝄞\"");
    // A special byte at every place of the words that are looked at eight bytes at a time.
    for at in 0..40 {
        for special in ['"', '\\', '\n', '\u{1f}'] {
            let mut text = "x".repeat(40);
            text.replace_range(at..=at, &special.to_string());
            assert_eq!(json::decode::<String>(&json::encode(&text)), Ok(text));
        }
    }
}

#[test]
fn a_string_without_escapes_is_borrowed() {
    let text = |json: &'static str| Reader::new(json.as_bytes()).string().unwrap();
    assert!(matches!(text("\"plain é\""), Cow::Borrowed("plain é")));
    assert!(matches!(text("\"a\\u00e9\""), Cow::Owned(text) if text == "aé"));
}

#[test]
fn wrong_types_say_what_was_expected_and_found() {
    assert_eq!(wrong::<bool>("1"), "expected true or false, found a number");
    assert_eq!(wrong::<String>("[1]"), "expected a string, found an array");
    assert_eq!(wrong::<f64>("\"secret\""), "expected a number, found a string");
    assert_eq!(wrong::<char>("\"ab\""), "expected one character, found 2");
    assert_eq!(wrong::<()>("{}"), "expected null, found an object");
    assert_eq!(wrong::<Vec<u8>>("null"), "expected an array, found null");
    assert_eq!(wrong::<BTreeMap<String, u8>>("true"), "expected an object, found a boolean");
    assert_eq!(wrong::<[u8; 2]>("[1]"), "expected an array of 2, found 1");
    assert_eq!(wrong::<[u8; 2]>("[1,2,3]"), "expected an array of 2, found 3");
    assert_eq!(wrong::<[u8; 0]>("1"), "expected an array, found a number");
    assert_eq!(wrong::<(u8, u8)>("[1]"), "expected an array of 2, found 1");
    assert_eq!(wrong::<(u8, bool)>("[1,2]"), "[1]: expected true or false, found a number");
    assert_eq!(wrong::<(u8,)>("\"x\""), "expected an array, found a string");
    assert_eq!(wrong::<Object>("[{}]"), "expected an object, found an array");
    assert_eq!(wrong::<Number>("[{}]"), "expected a number, found an array");
    assert_eq!(wrong::<Option<u8>>("false"), "expected an integer from 0 to 255, found a boolean");
}

#[test]
fn elements_and_keys_given_twice_are_refused() {
    assert_eq!(wrong::<BTreeSet<u8>>("[1,2,1]"), "[2]: given twice");
    assert_eq!(wrong::<HashSet<u8>>("[1,2,1]"), "[2]: given twice");
    assert_eq!(wrong::<BTreeMap<String, u8>>(r#"{"a":1,"\u0061":2}"#), "a: given twice");
    assert_eq!(wrong::<HashMap<u8, u8>>(r#"{"1":1,"2":2,"1":3}"#), "1: given twice");
}

#[test]
fn keys_that_are_no_integers_are_refused() {
    assert_eq!(
        wrong::<BTreeMap<u8, u8>>(r#"{"256":1}"#),
        "256: expected an integer from 0 to 255 as the key"
    );
    assert_eq!(
        wrong::<BTreeMap<u8, u8>>(r#"{"":1}"#),
        r#"[""]: expected an integer from 0 to 255 as the key"#
    );
    assert_eq!(
        wrong::<BTreeMap<u8, u8>>(r#"{"+1":1}"#),
        r#"["+1"]: expected an integer from 0 to 255 as the key"#
    );
    assert_eq!(wrong::<BTreeMap<char, u8>>(r#"{"ab":1}"#), "ab: expected one character as the key");
}

#[test]
fn paths_go_through_maps_and_arrays() {
    type Prices = BTreeMap<String, Vec<(u8, BTreeMap<String, u8>)>>;
    let text = r#"{"eu": [[1, {"a.b": 2, "c": "x"}], [1, {"a.b": true}]], "x y": 1}"#;
    let errors = json::decode::<Prices>(text.as_bytes()).unwrap_err();
    let paths: Vec<&str> = errors.items.iter().map(|item| item.path.as_str()).collect();
    assert_eq!(paths, ["eu[0][1].c", "eu[1][1][\"a.b\"]", "[\"x y\"]"]);
    let places: Vec<_> = errors.items.iter().map(|item| (item.line, item.column)).collect();
    assert_eq!(places, [(1, 29), (1, 48), (1, 64)]);
}

#[test]
fn bare_texts_are_scalars_as_they_stand() {
    fn bare<T: FromJson>(text: &str) -> Result<T, String> {
        let mut reader = Reader::text(text);
        match T::from_json(&mut reader) {
            Ok(value) => reader.finish().map(|()| value).map_err(|errors| errors.to_string()),
            Err(_) => Err(reader.errors().to_string()),
        }
    }
    assert_eq!(bare("a \"b\""), Ok("a \"b\"".to_owned()));
    assert_eq!(bare(""), Ok(String::new()));
    assert_eq!(bare("null"), Ok(Some("null".to_owned())));
    assert_eq!(bare("true"), Ok(true));
    assert_eq!(bare("-1.5"), Ok(-1.5));
    assert_eq!(bare("7"), Ok(7_u128));
    assert_eq!(bare("[1, 2]"), Ok(vec![1, 2]));
    assert_eq!(bare("[1, 2]"), Ok("[1, 2]".to_owned()));
    assert_eq!(bare("{\"a\": 1}"), Ok(BTreeMap::from([('a', 1)])));
    assert_eq!(bare("x"), Ok(Json::from("x")));
    assert_eq!(bare("[true]"), Ok(Json::from(vec![true])));
    assert_eq!(bare::<u8>("abc").unwrap_err(), "expected an integer from 0 to 255, found `abc`");
    assert_eq!(bare::<u8>("").unwrap_err(), "expected an integer from 0 to 255, found nothing");
    assert_eq!(bare::<u8>(" 1").unwrap_err(), "expected an integer from 0 to 255, found ` 1`");
    assert_eq!(bare::<u8>("300").unwrap_err(), "expected an integer from 0 to 255, found 300");
    assert_eq!(bare::<bool>("a\u{1b}[2J").unwrap_err(), "expected true or false, found `a\\u{1b}[2J`");
    let long = "x".repeat(41);
    let cut = format!("expected true or false, found `{}…`", "x".repeat(40));
    assert_eq!(bare::<bool>(&long).unwrap_err(), cut);
    assert_eq!(bare::<BTreeMap<u8, u8>>("x").unwrap_err(), "expected an object, found `x`");
    // Any other text is the only element of a list.
    assert_eq!(bare("7"), Ok(vec![7]));
    assert_eq!(bare("a,b"), Ok(vec!["a,b".to_owned()]));
    assert_eq!(bare::<Vec<u8>>("1,2").unwrap_err(), "[0]: expected an integer from 0 to 255, found `1,2`");
    assert_eq!(bare::<Vec<u8>>("[1,x]").unwrap_err(), "[1]: expected a value, found `x`");
    assert_eq!(bare::<Vec<u8>>("[1]]").unwrap_err(), "expected the end of the text, found `]`");
}

#[test]
fn open_values_keep_the_last_of_a_key_in_its_first_place() {
    let json: Json = r#"{"a": 1, "b": 2, "a": 3, "c": 4, "b": 5, "a": 6}"#.parse().unwrap();
    assert_eq!(json.to_string(), r#"{"a":6,"b":5,"c":4}"#);
}

#[test]
fn open_values_are_built_and_asked() {
    let mut object = Object::new();
    assert_eq!(object.insert("a", 1_u64), None);
    assert_eq!(object.insert("b", vec![None, Some("x")]), None);
    assert_eq!(object.insert("a", -1_i64), Some(Json::from(1_u64)));
    assert_eq!((object.len(), object.is_empty()), (2, false));
    let json = Json::from(object.clone());
    assert_eq!(json.to_string(), r#"{"a":-1,"b":[null,"x"]}"#);
    assert_eq!(json.get("a").and_then(Json::as_i64), Some(-1));
    assert_eq!(json.get("b").and_then(|b| b.at(1)).and_then(Json::as_str), Some("x"));
    assert!(json.get("b").and_then(|b| b.at(0)).is_some_and(Json::is_null));
    assert_eq!(json.at(0), None);
    assert_eq!(object.remove("a"), Some(Json::from(-1_i64)));
    assert_eq!(object.remove("a"), None);
    assert_eq!(Json::from(f64::NAN), Json::Null);
    assert_eq!(Number::from_f64(f64::INFINITY), None);
    assert_eq!(Json::default(), Json::Null);
}

#[test]
fn syntax_errors_of_open_values_have_a_path() {
    let errors = "{\"a\": [1,\n {\"b c\": tru}]}".parse::<Json>().unwrap_err();
    assert_eq!(errors.to_string(), "a[1][\"b c\"]: expected `true`, found `}` (line 2, column 13)");
}
