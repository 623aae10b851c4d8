//! Methods of an `#[Api]` in odd forms, and what the library is told of them.

use super::structs::Restricted;
use sunstone::api::{Api, Kind, Verb};
use sunstone::model::{MemberFlags, TypeInfo};
use sunstone::prelude::{Api, Caller, Data, Error, Id, Request, Store, Tx, View};

trait Clock: Send + Sync + 'static {
    fn hour(&self) -> u8;
}

struct Noon;

impl Clock for Noon {
    fn hour(&self) -> u8 {
        12
    }
}

struct Shop<C> {
    clock: C,
}

type Sum = Result<u8, Error>;

/// The shop.
#[Api("/shops/{shop}", name = "v1.shop")]
#[cfg(test)]
impl<C> Shop<C>
where
    C: Clock,
{
    const ONE: u8 = 1;

    /// First line
    /// goes on.
    ///
    /// Not this.
    #[post("/{type}/x", status = 202, journal = "changes")]
    #[expect(
        unused_mut,
        clippy::too_many_arguments,
        reason = "every name that the macro uses is an argument here"
    )]
    pub(crate) fn odd(
        &self,
        tx: &mut Tx,
        shop: u64,
        mut r#type: u8,
        /** Doc of it. */
        #[check(range = ..9)]
        #[default(1 + 1)]
        args: u8,
        call: u8,
        #[rename("handle")] h: u8,
        api: Vec<Vec<u8>>,
        about: Option<u8>,
        #[secret] out: u8,
        #[cfg(not(test))] gone: u8,
        #[cfg(test)] there: u8,
    ) -> Sum {
        let _all = (&tx, shop, call, h, api, about, out, there);
        Ok(r#type + args + self.clock.hour() + Self::ONE)
    }

    #[cfg(not(test))]
    #[get("/{nothing")]
    fn nothing(view: &Nothing) {}

    #[delete("/")]
    fn delete(store: &Store, caller: &Caller, request: &::sunstone::http::Request, shop: Id<Restricted>) {
        let _all = (store, caller, request, shop);
    }

    #[call]
    fn by_name(shop: u8) -> u8 {
        shop
    }

    #[get("")]
    fn none(_view: &View, shop: u8) -> Option<u8> {
        Some(shop)
    }

    const fn constant() -> u8 {
        3
    }
}

fn names(args: Option<fn() -> &'static TypeInfo>) -> Vec<&'static str> {
    args.map(|args| args().members.iter().map(|member| member.name).collect()).unwrap_or_default()
}

#[test]
fn the_table_of_methods() {
    assert_eq!(Noon.hour(), 12);
    let about = Shop::<Noon>::about();
    assert_eq!((about.prefix, about.name, about.docs), ("/shops/{shop}", "v1.shop", "The shop."));
    let [odd, delete, by_name, none, constant] = Shop::<Noon>::methods() else { panic!("five methods") };
    assert_eq!(
        (odd.name, odd.docs, odd.path, odd.status),
        ("odd", "First line\ngoes on.", "/{type}/x", Some(202))
    );
    assert_eq!(
        (odd.verb, odd.kind, odd.journal_args, odd.body),
        (Some(Verb::Post), Kind::Command, false, None)
    );
    assert_eq!(names(odd.args), ["shop", "type", "args", "call", "handle", "api", "about", "out", "there"]);
    let info = odd.args.expect("it has arguments")();
    assert_eq!((info.name, info.members[2].docs), ("v1.shop.odd", "Doc of it."));
    let MemberFlags { secret, optional, .. } = info.members[2].flags;
    assert!(!secret && optional && info.members[7].flags.secret);
    assert_eq!(
        (delete.verb, delete.kind, names(delete.args)),
        (Some(Verb::Delete), Kind::Task, vec!["shop"])
    );
    assert_eq!((by_name.verb, by_name.kind, by_name.name), (None, Kind::Plain, "by_name"));
    assert_eq!((none.verb, none.kind, none.path), (Some(Verb::Get), Kind::Query, ""));
    assert_eq!((constant.name, constant.args.is_none(), constant.journal_args), ("constant", true, true));
}

struct HTTPThings;

#[Api]
impl HTTPThings {
    #![allow(non_snake_case, reason = "attributes inside the block stay where they are")]

    #[get("/")]
    fn r#in(#[cfg_attr(test, default(7))] body_: u8, _to: Same) -> Same {
        Same { x: _to.x + body_ }
    }

    #[post("/{id}")]
    fn with_body(tx: &mut Tx, id: u8, body: Same) -> Same {
        let _all = (tx, id);
        body
    }

    #[patch("/")]
    fn own(of: Option<Wrapped<<Self as Has>::Byte>>) -> u8 {
        of.map_or(1, |wrapped| wrapped.0)
    }

    fn asked<'a>(view: &'a View, request: &'a Request) -> String {
        let _view = view;
        request.path().to_owned()
    }
}

#[Data]
struct Same {
    x: u8,
}

trait Has {
    type Byte;
}

impl Has for HTTPThings {
    type Byte = u8;
}

#[Data]
struct Wrapped<T>(T);

#[test]
fn without_a_prefix_and_with_self_among_the_types() {
    let about = HTTPThings::about();
    assert_eq!((about.prefix, about.name, about.docs), ("", "http_things", ""));
    let [r#in, with_body, own, asked] = HTTPThings::methods() else { panic!("four methods") };
    assert_eq!((r#in.name, names(r#in.args)), ("in", vec!["body_", "to"]));
    assert!(r#in.args.expect("it has arguments")().members[0].flags.optional);
    assert_eq!((with_body.body, names(with_body.args)), (Some("body"), vec!["id", "body"]));
    assert_eq!((own.verb, names(own.args)), (Some(Verb::Patch), vec!["of"]));
    assert_eq!((asked.name, asked.args.is_none()), ("asked", true));
}

macro_rules! api {
    ($name:ident $path:literal $vis:vis $method:ident $argument:ident: $ty:ty) => {
        struct $name;

        #[Api($path)]
        impl $name {
            #[get("/{x}")]
            $vis fn $method(view: &View, $argument: $ty) -> $ty {
                let _view = view;
                $argument
            }
        }
    };
}

api!(ByMacro "/by" pub(crate) get_it x: Vec<u8>);

#[test]
fn an_api_of_a_macro() {
    let [method] = ByMacro::methods() else { panic!("one method") };
    assert_eq!((method.name, ByMacro::about().name), ("get_it", "by_macro"));
}
