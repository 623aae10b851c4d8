//! Odd but right items.
use sunstone::prelude::*;
use sunstone::codec::{binary, json};
use sunstone::model::{Model as _, Report, Value, Shape};
use std::collections::BTreeMap;

fn both_ways<T: Value>(text: &str) -> T {
    let value: T = match json::decode(text.as_bytes()) { Ok(v) => v, Err(e) => panic!("{e}") };
    let kept: T = binary::decode(&binary::encode(&value)).expect("reads");
    assert!(value.same(&kept));
    assert!(value.copy().same(&kept));
    kept
}
fn text<T: Value>(v: &T) -> String { String::from_utf8(json::encode(v)).expect("utf8") }
fn same<T: Value>(json: &str) { assert_eq!(text(&both_ways::<T>(json)), json); }
fn members<T: Value>() -> Vec<&'static str> { let Shape::Named(info) = T::shape() else { panic!() }; info().members.iter().map(|m| m.name).collect() }

mod inner {
    use super::*;
    #[Model(unique(r#type, name), index(name, size), strict)]
    #[derive(Clone, Debug, PartialEq, Default)]
    pub(crate) struct Crated {
        #[key] pub(in crate::macros::right::inner) code: String,
        pub(super) r#type: u8,
        #[rename(r#"we"ird\"#)] #[was("old")] #[was("ol\u{e9}d\\\x41")] name: String,
        pub(self) size: Option<u32>,
    }
    pub(crate) fn make() -> Crated { Crated { code: "a".into(), r#type: 1, name: "n".into(), size: None } }
}
#[test]
fn crated() {
    let made = inner::make();
    assert_eq!(text(&made), r#"{"code":"a","type":1,"we\"ird\\":"n","size":null}"#);
    same::<inner::Crated>(r#"{"code":"a","type":1,"we\"ird\\":"n","size":null}"#);
    let _ = (inner::Crated::TYPE, inner::Crated::NAME, inner::Crated::CODE);
    assert_eq!(<inner::Crated as sunstone::model::Model>::NAME, "Crated");
    let d = inner::Crated::definition();
    assert_eq!(d.indexes[0].fields, [1, 2]); assert!(d.indexes[0].unique && !d.indexes[1].unique && d.strict);
    assert_eq!(d.info.members[2].was, ["old", "oléd\\A"]);
    assert!(json::decode::<inner::Crated>(br#"{"code":"a","type":1,"we\"ird\\":"n","siz":null}"#).is_err());
}

#[Model] struct Pair(#[key] pub u64, pub (crate::macros::right::inner::Crated, u8), #[rename("third")] Vec<Vec<u8>>);
#[test] fn tuple_model() { same::<Pair>(r#"{"0":1,"1":[{"code":"a","type":1,"we\"ird\\":"n","size":null},2],"third":[[1],[]]}"#); let _ = (Pair::F0, Pair::F2); }

trait Returns { type Out; }
impl<A, B> Returns for fn(A) -> B { type Out = B; }
#[Data] #[derive(Debug)]
struct Types<T, const N: usize = 2> where fn(u8) -> Vec<Vec<T>>: Copy, T: Clone, Vec<Vec<T>>: Into<Vec<Vec<T>>>, {
    a: <fn(u8) -> Vec<Vec<u8>> as Returns>::Out,
    b: [T; N],
    c: Block<{ if 2 > 1 { 3 } else { 4 } }>,
    d: BTreeMap<String, Vec<(T, Option<Vec<T>>)>>,
    e: [u8; { const X: usize = 1 << 1; X }],
    f: Block<{ 1 }>
}
#[Data] #[derive(Debug, Clone)] struct Block<const N: usize> { x: [u8; N] }
#[test] fn types() { same::<Types<u8>>(r#"{"a":[[1]],"b":[1,2],"c":{"x":[1,2,3]},"d":{"k":[[1,null]]},"e":[1,2],"f":{"x":[0]}}"#); 
   same::<Types<String, 1>>(r#"{"a":[[1]],"b":["x"],"c":{"x":[1,2,3]},"d":{"k":[["a",["b"]]]},"e":[1,2],"f":{"x":[0]}}"#); }

#[Model] struct Versioned<T: Value> { #[key] id: Id<Versioned<T>>, #[default] value: Option<T> }
#[test] fn generic_model() { same::<Versioned<u8>>(r#"{"id":3,"value":7}"#); let _ = Versioned::<String>::VALUE; assert_eq!(Versioned::<u8>::fields().len(), 2); }

#[Data] #[derive(Clone, Copy, Debug, Default, PartialEq, PartialOrd, Eq, Hash)]
enum Level { Low = -1, #[default] Middle = { 1 << 3 }, #[rename("top")] #[was("highest")] High = if 1 < 2 { 20 } else { 30 } }
#[test] fn level() { same::<Level>("\"top\""); assert_eq!(both_ways::<Level>("\"middle\""), Level::default()); assert_eq!(members::<Level>(), ["low", "middle", "top"]);
  assert!(json::decode::<Level>(b"{\"low\":null}").is_err()); assert!(json::decode::<Level>(b"\"Low\"").is_err()); let _ = Level::Low; let _ = Level::High; }

#[Data] enum Many<T> { Unit, Empty(), None {}, One(T), Two(u8, Vec<T>), Named { r#type: T, #[default(9)] n: u8, #[secret] #[default] s: String }, HTTPError(Box<Many<T>>) }
#[test] fn many() {
  for t in ["\"unit\"", r#"{"empty":[]}"#, r#"{"none":{}}"#, r#"{"one":3}"#, r#"{"two":[1,[2]]}"#, r#"{"named":{"type":1,"n":2}}"#, r#"{"http_error":{"one":1}}"#] { same::<Many<u8>>(t); }
  assert_eq!(text(&both_ways::<Many<u8>>(r#"{"named":{"type":1,"s":"x"}}"#)), r#"{"named":{"type":1,"n":9}}"#);
  for t in ["\"one\"", r#"{"unit":1}"#, r#"{"two":[1]}"#, r#"{"two":[1,[],3]}"#, "{}", r#"{"nope":1}"#, "\"nope\"", "3", r#"{"named":{}}"#, r#"{"empty":[1]}"#] {
     match json::decode::<Many<u8>>(t.as_bytes()) { Ok(_) => panic!("{t}"), Err(e) => println!("{t}: {e}") } }
  assert_eq!(members::<Many<u8>>(), ["unit", "empty", "none", "one", "one.0", "two", "two.0", "two.1", "named", "named.type", "named.n", "named.s", "http_error", "http_error.0"]);
  let _ = (Many::<u8>::Unit, Many::<u8>::Empty(), Many::<u8>::None {});
}

/// All that can be said of a field.
#[Model(check = sound, index(b, c))]
struct Said {
    #[key] id: Id<Said>,
    #[unique] #[default(vec![1, 2].len())] a: usize,
    #[index] #[default(if LIMIT < 3 { 1 } else { 2 })] b: u8,
    #[fixed] #[default("text, with a comma")] c: String,
    #[secret] #[check(length = 1..=2, with = no_x)] #[check(with = no_x)] d: String,
    #[internal] e: u32,
    #[internal] #[default(5)] f: u32,
    #[auto(created)] g: Time,
    #[auto(updated)] h: Time,
    #[auto(caller)] i: Option<String>,
    #[on_remove(cascade)] j: Option<Id<Said>>,
    #[loose] k: Option<Id<Said>>,
    #[check(range = 0..=LIMIT)] l: u8,
    #[default] m: bool,
    #[cfg(all())] n: u8,
    #[cfg(any())] n: u16,
    #[cfg_attr(all(), index, rename("oo"))] o: u8,
    #[cfg_attr(any(), index, nothing)] p: u8,
    #[deprecated] #[default(1)] q: u8,
}
const LIMIT: u8 = 5;
fn no_x(s: &str) -> Result<(), &'static str> { if s.contains('x') { Err("has an x") } else { Ok(()) } }
fn sound(s: &Said) -> Result<(), String> { if s.a == 0 { Err(format!("a is {}", s.a)) } else { Ok(()) } }
#[test] fn said() {
  let s: Said = both_ways(r#"{"id":1,"d":"xxx","e":7,"f":8,"l":9,"n":1,"oo":1,"p":1,"a":0,"i":"me"}"#);
  assert_eq!((s.e, s.f, s.b, s.c.as_str(), s.i.as_deref()), (0, 5, 2, "text, with a comma", None));
  assert!(!text(&s).contains("\"d\""));
  let mut r = Report::default(); s.check(&mut r); s.check_row(&mut r);
  let errors: Vec<String> = r.errors().iter().map(ToString::to_string).collect();
  println!("{errors:#?}"); assert_eq!(errors.len(), 5);
  println!("{:?}", Said::definition());
  println!("{}", json::decode::<Said>(br#"{"id":"x","d":1}"#).err().expect("wrong"));
}

macro_rules! made {
    ($(#[$m:meta])* $vis:vis $name:ident $kind:ident { $($f:ident : $t:ty = $d:expr),* } $lit:literal $($rest:tt)*) => {
        #[$kind] $(#[$m])* $vis struct $name { #[key] $vis id: Id<$name>, $(#[default($d)] $f: $t,)* #[rename($lit)] $vis last: u8 $($rest)* }
    };
}
made! { #[derive(Debug)] pub Made Model { a: Vec<u8> = vec![1], b: Option<Option<u8>> = None } "z" }
made! { Made2 Model { } "z\n" , #[index] more: u8 }
#[test] fn made() { same::<Made>(r#"{"id":1,"a":[2],"b":3,"z":1}"#); same::<Made2>(r#"{"id":1,"z\n":1,"more":2}"#); let _ = (Made::LAST, Made::A, Made2::MORE); }

mod shadow {
    #![allow(dead_code, non_camel_case_types)]
    pub struct Result; pub struct Option; pub struct Some; pub struct None; pub struct Ok; pub struct Err; pub struct Box; pub struct Default; pub struct From; pub struct Vec;
    pub struct Slots; pub struct str; pub struct bool; pub struct usize; pub struct core; pub struct std;
    pub mod sunstone {}
    use ::sunstone::prelude::{Data, Model};
    #[Model(check = ok)]
    pub struct Shadow { #[key] #[default(1)] pub r: u64, pub w: u8, #[default("x")] pub slots: ::std::string::String, pub of: u8, pub report: u8, pub index: u8, pub members: u8, #[check(range = 0..9)] pub value: u8, pub f0: u8, pub handle: u8, pub row: u8, pub name: u8, pub other: u8 }
    fn ok(_: &Shadow) -> ::std::result::Result<(), &'static ::core::primitive::str> { ::std::result::Result::Ok(()) }
    #[Data] pub enum E { Ok, Err(u8), Some { a: u8, b0: u8 }, None(u8, u8) }
    #[Data] pub struct T(u8, u8);
    #[Data] pub struct U(u8);
    #[Data] pub struct V;
}
#[test] fn shadowed() { same::<shadow::Shadow>(r#"{"r":1,"w":1,"slots":"x","of":1,"report":1,"index":1,"members":1,"value":1,"f0":1,"handle":1,"row":1,"name":1,"other":1}"#);
  same::<shadow::E>(r#"{"some":{"a":1,"b0":2}}"#); same::<shadow::E>("\"ok\""); same::<shadow::E>(r#"{"none":[1,2]}"#); same::<shadow::T>("[1,2]"); same::<shadow::U>("3"); same::<shadow::V>("{}"); }

#[test] fn inside_a_function() {
    #[Data] struct Local { a: Other }
    #[Data(check = short)] #[derive(Debug)] struct Other(#[check(length = ..3)] String);
    fn short(o: &Other) -> Result<(), String> { Err(format!("{o:?}")) }
    same::<Local>(r#"{"a":"x"}"#);
    let mut r = Report::default(); both_ways::<Local>(r#"{"a":"xxxx"}"#).check(&mut r);
    println!("{:?}", r.errors()); assert_eq!(r.errors().len(), 2);
    #[Model] struct Keyed { #[key] k: Email, #[index] c: Color }
    #[Data] struct Email(String);
    #[Data] enum Color { Red }
    #[Data] struct NotKey(Vec<u8>);
    same::<Keyed>(r#"{"k":"x","c":"red"}"#); same::<NotKey>("[1]");
    let _ = Color::Red;
}

struct Shop<C> { c: C }
trait Clocky: Send + Sync + 'static { fn t(&self) -> u8; }
struct Fixed; impl Clocky for Fixed { fn t(&self) -> u8 { 42 } }
type Sum = Result<u8, sunstone::error::Error>;
/// The shop.
#[Api("/shops/{shop}", name = "v1.shop")]
#[cfg(all())]
impl<C> Shop<C> where C: Clocky {
    const X: u8 = 1;
    /// First line
    /// goes on.
    ///
    /// Not this.
    #[post("/{type}/x", status = 202, journal = "changes")]
    #[allow(unused_mut)]
    pub(crate) fn odd(&self, tx: &mut Tx, shop: u64, mut r#type: u8, /** Doc of it. */ #[check(range = ..9)] #[default(1 + 1)] args: u8, call: u8, #[rename("handle")] h: u8, api: Vec<Vec<u8>>, about: Option<u8>, out: u8, #[cfg(any())] gone: u8, #[cfg(all())] there: u8) -> Sum {
        let _ = (&tx, shop, call, h, api, about, out, there); Ok(r#type + args + self.c.t() + Self::X)
    }
    #[cfg(any())] #[get("/nothing")] fn nothing(view: &Nothing) {}
    #[delete("/")] fn delete(store: &Store, caller: &Caller, request: &sunstone::prelude::Request, shop: Id<inner::Crated>) { let _ = (store, caller, request, shop); }
    #[call] fn by_name(shop: u8) -> u8 { shop }
    #[get("")] fn none(_view: &View, shop: u8) -> Option<u8> { Some(shop) }
    const fn plain_const() -> u8 { 3 }
}
#[test] fn api() {
    let a = Shop::<Fixed>::about(); assert_eq!((a.prefix, a.name, a.docs), ("/shops/{shop}", "v1.shop", "The shop."));
    let m = Shop::<Fixed>::methods(); assert_eq!(m.len(), 5);
    assert_eq!((m[0].name, m[0].docs, m[0].path, m[0].status, m[0].journal_args), ("odd", "First line\ngoes on.", "/{type}/x", Some(202), false));
    let mut c = Call(br#"{"shop":1,"type":2,"call":3,"handle":4,"api":[[1]],"about":null,"out":1,"there":1}"#, vec![]);
    (m[0].run)(&Shop { c: Fixed }, &mut c).unwrap(); assert_eq!(c.1, b"47");
    let info = m[0].args.unwrap()(); assert_eq!(info.name, "v1.shop.odd"); assert_eq!(info.members[2].docs, "Doc of it.");
}

struct Alone;
#[Api]
impl Alone { #[get("/")] fn r#in(body_: u8, #[rename("to")] _to: Same) -> Same { let _ = body_; _to } 
  #[post("/{id}")] fn with_body(tx: &mut Tx, id: u8, body: Other) -> Other { let _ = (tx, id); body } 
  #[patch("/")] fn own(x: Option<OfSelf<Self>>) -> u8 { x.map_or(1, |x| x.0) } }
#[Data] struct Same { x: u8 }
#[Data] struct Other { x: u8 }
trait Has { type T; } impl Has for Alone { type T = u8; }
#[Data] struct Byte(u8);
type OfSelf<T> = Wrapped<<T as Has>::T>;
#[Data] struct Wrapped<T>(T);
#[test] fn alone() { let m = Alone::methods(); assert_eq!((m[0].name, m[0].path, Alone::about().name, Alone::about().prefix), ("in", "/", "alone", "")); assert_eq!(m[1].body, Some("body")); 
  let mut c = Call(br#"{"body_":1,"to":{"x":3}}"#, vec![]); (m[0].run)(&Alone, &mut c).unwrap(); assert_eq!(c.1, b"{\"x\":3}"); same::<Byte>("3"); let _ = m[2].args.unwrap()(); }
macro_rules! api { ($t:ident, $p:literal, $n:ident, $a:ident: $ty:ty) => { struct $t; #[Api($p)] impl $t { #[get("/{x}")] fn $n(view: &View, $a: $ty) -> $ty { let _ = view; $a } } } }
api!(ByMacro, "/by", get_it, x: Vec<u8>);
#[test] fn by_macro() { let _ = ByMacro; assert_eq!(ByMacro::methods()[0].name, "get_it"); }
