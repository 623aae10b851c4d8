//! Methods in odd forms, called over HTTP: each argument arrives from where it should come, each answer leaves.

use std::io::{Read, Write};
use std::net::TcpStream;
use sunstone::prelude::*;

/// What is kept.
#[Model]
#[derive(Clone, Debug)]
pub(super) struct Ware {
    #[key]
    id: Id<Self>,
    #[check(length = 1..=9)]
    name: String,
    #[secret]
    cost: u8,
    #[auto(created)]
    since: Time,
    kind: Kind,
}

#[Data]
#[derive(Clone, Debug)]
enum Kind {
    Plain,
    Boxed { size: u8 },
}

#[Data]
struct Draft {
    name: String,
    #[default(3)]
    cost: u8,
    #[default(Kind::Plain)]
    kind: Kind,
}

struct Wares {
    limit: u8,
}

#[Api("/{shop}/wares", name = "shop.wares")]
impl Wares {
    #[post("/", status = 202)]
    fn add(&self, tx: &mut Tx, shop: String, body: Draft) -> Result<Ware> {
        if body.cost > self.limit {
            return Err(Error::conflict(format!("{shop} does not sell that")));
        }
        let ware =
            Ware { id: tx.next_id(), name: body.name, cost: body.cost, since: tx.now(), kind: body.kind };
        tx.insert(ware)
    }

    #[get("/{type}")]
    fn of(view: &View, caller: &Caller, shop: String, r#type: u8, #[default("up")] _order: String) -> String {
        let _view = (view, caller);
        format!("{shop} {type} {_order}", r#type = r#type)
    }

    #[put("/{id}")]
    fn rename(tx: &mut Tx, shop: String, id: Id<Ware>, #[check(length = 2..)] name: String) -> Result<Ware> {
        let _shop = shop;
        tx.update(id, |ware| ware.name = name)
    }

    #[get("/task")]
    fn path(store: &Store, request: &Request, shop: String) -> (String, String) {
        let _store = store;
        (shop, request.path().to_owned())
    }

    fn sum(mut a: u8, b: Option<u8>) -> Option<u8> {
        a += b.unwrap_or(1);
        a.checked_add(1)
    }

    fn nothing() {}
}

fn serve() -> (Server, std::path::PathBuf) {
    let data = std::env::temp_dir().join(format!("sunstone-macros-{}", std::process::id()));
    // A run that was killed may have left it, under a number that has come round again.
    if data.exists() {
        std::fs::remove_dir_all(&data).expect("the temporary folder is ours");
    }
    let app = App::new("wares").model::<Ware>().api(Wares { limit: 9 });
    let server =
        app.listen(([127, 0, 0, 1], 0).into()).data(&data).start().expect("the program holds together");
    (server, data)
}

/// The status and the body of the answer.
fn ask(server: &Server, verb: &str, path: &str, body: &str) -> (u16, String) {
    let mut connection = TcpStream::connect(server.address()).expect("the server listens");
    let length = body.len();
    let head = format!(
        "{verb} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: {length}\r\n"
    );
    let request = format!("{head}Content-Type: application/json\r\n\r\n{body}");
    connection.write_all(request.as_bytes()).expect("the server reads");
    let mut answer = String::new();
    connection.read_to_string(&mut answer).expect("the server answers in UTF-8");
    let (head, body) = answer.split_once("\r\n\r\n").expect("an answer has a head");
    let status =
        head.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("an answer has a status");
    (status, body.to_owned())
}

fn call(server: &Server, method: &str, params: &str) -> String {
    let body = format!(r#"{{"jsonrpc":"2.0","id":1,"method":"{method}","params":{params}}}"#);
    ask(server, "POST", "/_/rpc", &body).1
}

#[test]
fn arguments_come_from_path_query_body_and_parameters() {
    let (server, data) = serve();

    let (status, body) = ask(&server, "POST", "/here/wares", r#"{"name":"tea","kind":{"boxed":{"size":3}}}"#);
    assert_eq!(status, 202, "{body}");
    assert!(body.starts_with(r#"{"id":1,"name":"tea","since":"20"#) && !body.contains("cost"), "{body}");
    assert!(body.ends_with(r#""kind":{"boxed":{"size":3}}}"#), "{body}");
    let (status, body) = ask(&server, "POST", "/here/wares", r#"{"name":"tea","cost":10}"#);
    assert_eq!(status, 409, "{body}");
    let (status, body) = ask(&server, "POST", "/here/wares", r#"{"name":"long long long"}"#);
    assert!(status == 422 && body.contains("name"), "{body}");
    let (status, body) = ask(&server, "POST", "/here/wares", r#"{"cost":"x"}"#);
    assert!(status == 400 && body.contains("cost") && body.contains("missing"), "{body}");

    assert_eq!(ask(&server, "GET", "/here/wares/7?order=down", ""), (200, "\"here 7 down\"".to_owned()));
    assert_eq!(ask(&server, "GET", "/here/wares/7", ""), (200, "\"here 7 up\"".to_owned()));
    assert_eq!(ask(&server, "GET", "/here/wares/task", "").1, r#"["here","/here/wares/task"]"#);

    let (status, body) = ask(&server, "PUT", "/here/wares/1", r#"{"name":"coffee"}"#);
    assert!(status == 200 && body.contains("coffee"), "{body}");
    let (status, body) = ask(&server, "PUT", "/here/wares/1", r#"{"name":"c"}"#);
    assert!(status == 422 && body.contains("expected at least 2 characters"), "{body}");

    assert!(call(&server, "shop.wares.sum", r#"{"a":1}"#).contains(r#""result":3"#));
    assert!(call(&server, "shop.wares.sum", r#"{"a":1,"b":5}"#).contains(r#""result":7"#));
    assert!(call(&server, "shop.wares.nothing", "{}").contains(r#""result":null"#));
    let of = call(&server, "shop.wares.of", r#"{"shop":"there","type":1,"order":"x"}"#);
    assert!(of.contains(r#""result":"there 1 x""#), "{of}");

    server.stop();
    drop(server);
    std::fs::remove_dir_all(data).expect("the temporary folder is ours");
}
