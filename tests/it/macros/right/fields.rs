//! All that can be said of a field.

use super::{both_ways, broken, comes_back, refused, written};
use sunstone::model::{Auto, OnRemove, Report};
use sunstone::prelude::{Id, Model, Time};

const LIMIT: u8 = 5;

/// All that can be said of a field.
#[Model(check = sound, index(b, c))]
struct Said {
    #[key]
    id: Id<Self>,
    #[unique]
    #[default(vec![1, 2].len())]
    a: usize,
    #[index]
    #[default(if LIMIT < 3 { 1 } else { 2 })]
    b: u8,
    #[fixed]
    #[default("text, with a comma")]
    c: String,
    #[secret]
    #[check(length = 1..=2, with = no_x)]
    #[check(with = NO_X)]
    #[default("ab")]
    d: String,
    #[internal]
    e: u32,
    #[internal]
    #[default(5)]
    f: u32,
    #[auto(created)]
    g: Time,
    #[auto(updated)]
    h: Time,
    #[auto(caller)]
    i: Option<String>,
    #[on_remove(cascade)]
    j: Option<Id<Self>>,
    #[loose]
    k: Option<Id<Self>>,
    #[check(range = 0..=LIMIT)]
    #[default]
    l: u8,
    #[cfg(test)]
    m: u8,
    #[cfg(not(test))]
    m: u16,
    #[cfg_attr(test, index, rename("oo"))]
    o: u8,
    #[cfg_attr(not(test), index, nothing)]
    p: u8,
    #[deprecated]
    #[default(1)]
    q: u8,
}

const NO_X: fn(&str) -> Result<(), &'static str> = no_x;

fn no_x(text: &str) -> Result<(), &'static str> {
    if text.contains('x') { Err("has an x") } else { Ok(()) }
}

fn sound(said: &Said) -> Result<(), String> {
    if said.a == 0 { Err(format!("a is {}", said.a)) } else { Ok(()) }
}

#[test]
fn defaults_and_fields_that_no_body_sets() {
    let said: Said = both_ways(r#"{"id":1,"e":7,"f":8,"g":9,"i":"me","m":1,"oo":1,"p":1}"#);
    assert_eq!((said.a, said.b, said.c.as_str(), said.d.as_str()), (2, 2, "text, with a comma", "ab"));
    assert_eq!(
        (said.e, said.f, said.g, said.h, said.i.as_deref()),
        (0, 5, Time::default(), Time::default(), None)
    );
    assert_eq!((said.j, said.k, said.l, said.m, said.o, said.p), (None, None, 0, 1, 1, 1));
    assert!(!written(&said).contains("\"d\""), "a secret leaves the server");
    let missing = refused::<Said>(r#"{"id":"x","d":1}"#);
    assert_eq!(missing.matches("missing").count(), 3, "{missing}");
    assert_eq!(missing.matches("expected").count(), 2, "{missing}");
}

#[test]
fn checks_of_fields_and_of_the_row() {
    let said: Said = both_ways(r#"{"id":1,"a":0,"d":"xxx","l":9,"m":1,"oo":1,"p":1}"#);
    let of_fields =
        ["d: expected 1 to 2 characters", "d: has an x", "d: has an x", "l: expected 0 to 5, found 9"];
    let beside_them = [of_fields.as_slice(), &["a is 0"]].concat();
    assert_eq!(broken(&said), beside_them, "a broken field does not hide the rule over the row");
    let mut report = Report::default();
    said.check_row(&mut report);
    assert_eq!(report.errors().len(), 1);
    assert_eq!(report.errors()[0].detail, "a is 0");
}

#[test]
fn what_the_library_is_told() {
    let definition = Said::definition();
    let indexes: Vec<_> =
        definition.indexes.iter().map(|index| (index.fields.to_vec(), index.unique)).collect();
    assert_eq!(indexes, [(vec![1], true), (vec![2], false), (vec![14], false), (vec![2, 3], false)]);
    let autos: Vec<_> = definition.roles.iter().filter_map(|role| role.auto).collect();
    assert_eq!(autos, [Auto::Created, Auto::Updated, Auto::Caller]);
    assert_eq!(definition.roles[10].on_remove, OnRemove::Cascade);
    assert!(definition.roles[11].loose && !definition.strict && definition.key == 0);
    assert_eq!(definition.info.docs, "All that can be said of a field.");
    let flagged = |flag: fn(&sunstone::model::MemberFlags) -> bool| -> Vec<&str> {
        definition
            .info
            .members
            .iter()
            .filter(|member| flag(&member.flags))
            .map(|member| member.name)
            .collect()
    };
    assert_eq!(flagged(|flags| flags.secret), ["d"]);
    assert_eq!(flagged(|flags| flags.internal), ["e", "f"]);
    assert_eq!(flagged(|flags| flags.fixed), ["c"]);
    assert_eq!(flagged(|flags| flags.optional), ["a", "b", "c", "d", "f", "l", "q"]);
}

#[Model]
struct Small {
    #[key]
    id: Id<Self>,
    #[secret]
    a: u8,
}

#[test]
fn a_secret_goes_in_and_not_out() {
    assert_eq!(written(&both_ways::<Small>(r#"{"id":1,"a":3}"#)), r#"{"id":1}"#);
    assert_eq!(both_ways::<Small>(r#"{"id":1,"a":3}"#).a, 3);
    comes_back::<Id<Small>>("7");
}
