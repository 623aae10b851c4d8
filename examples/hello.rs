//! The smallest program: a function with a route. It keeps nothing, so it has no data directory.
//!
//! cargo run --release --example hello
//! curl 'http://127.0.0.1:8080/hello?name=Ada'  # 200
use sunstone::prelude::*;

struct Hello;

#[Api]
impl Hello {
    #[get("/hello")]
    fn hello(name: Option<String>) -> String {
        format!("hello {}", name.as_deref().unwrap_or("world"))
    }
}

fn main() -> Exit {
    App::new("hello").api(Hello).run()
}
