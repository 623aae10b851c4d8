//! Errors that are not the framework's own: what `?` makes of them, and what of that is shown.

use crate::rig::{Rig, program_with};
use std::num::ParseIntError;
use sunstone::api::{Endpoints, Gateway};
use sunstone::http::{Method, Request};
use sunstone::net::{Peer, Reply, Service};
use sunstone::prelude::*;
use sunstone::stdx::report;

/// What the shop refuses.
enum ShopError {
    SoldOut(u32),
}

impl From<ShopError> for Error {
    fn from(error: ShopError) -> Self {
        match error {
            ShopError::SoldOut(left) => Error::conflict(format!("only {left} are left")),
        }
    }
}

struct Shop;

impl Shop {
    fn reserve(count: u32) -> Result<u32, ShopError> {
        if count > 3 { Err(ShopError::SoldOut(3)) } else { Ok(count) }
    }
}

#[Api("/shop")]
impl Shop {
    #[get("/file")]
    fn file() -> Result<String> {
        Err(std::io::Error::other("cannot read /srv/keys/private.pem"))?
    }

    #[get("/parsed")]
    fn parsed(text: String) -> Result<u64> {
        text.parse().map_err(Error::invalid)
    }

    #[get("/inside")]
    fn inside() -> Result<u64> {
        "the password is 1234"
            .parse()
            .map_err(|error: ParseIntError| Error::internal("the rate").with_source(error))
    }

    #[get("/reserved")]
    fn reserved(count: u32) -> Result<u32> {
        Ok(Self::reserve(count)?)
    }

    #[get("/taken")]
    fn taken(count: u32) -> Result<u32, ShopError> {
        Self::reserve(count)
    }
}

#[test]
fn a_fault_inside_is_told_to_the_log_alone_and_what_a_program_says_to_the_caller() {
    let mut endpoints = Endpoints::default();
    endpoints.add(Shop).unwrap();
    let rig = Rig::new(&program_with(|_| (), endpoints.calls()));
    endpoints.number(&rig.loaded.calls);
    let gateway = Gateway::new(rig.engine.clone(), endpoints, rig.loaded.numbers.clone()).unwrap();
    let inside = r#"500 {"type":"internal","title":"the program has a fault","status":500}"#;
    let sold = r#"409 {"type":"conflict","title":"the state does not allow it","status":409,"detail":"only 3 are left"}"#;
    for (target, answered, logged) in [
        ("/shop/file", inside, "shop.file failed: Internal: cannot read /srv/keys/private.pem"),
        (
            "/shop/parsed?text=ten",
            r#"422 {"type":"invalid","title":"a value breaks a rule","status":422,"detail":"invalid digit found in string"}"#,
            "",
        ),
        ("/shop/inside", inside, "shop.inside failed: Internal: the rate (invalid digit found in string)"),
        ("/shop/reserved?count=4", sold, ""),
        ("/shop/taken?count=4", sold, ""),
        ("/shop/taken?count=2", "200 2", ""),
    ] {
        let request = Request::builder(Method::Get, target).build().unwrap();
        let somebody = Peer { addr: None, control: false };
        let (reply, lines) = report::kept(|| gateway.call(request, &somebody, None));
        let Reply::Now(answer) = reply else { panic!("{target} waits for nothing") };
        let body = String::from_utf8_lossy(answer.body.as_bytes()).into_owned();
        assert_eq!(format!("{} {body}", answer.status), answered, "{target}");
        assert_eq!(lines.join("\n"), logged, "{target}");
    }
}
