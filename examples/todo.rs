//! Things to do: one model, its methods, and a query. Read this one first after `hello`. Subscribing to the query, of which its
//! comment speaks, is to come; until then it is asked.
//!
//! ```sh
//! cargo run --release --example todo
//! curl --json '{"title": "milk"}' http://127.0.0.1:8080/todos            # 201
//! curl http://127.0.0.1:8080/todos/open                                  # 200
//! curl -X POST http://127.0.0.1:8080/todos/1/finish                      # 200
//! ```

use sunstone::prelude::*;

/// Something to do.
#[Model]
pub struct Todo {
    #[key]
    pub id: Id<Todo>,
    #[check(length = 1..=200)]
    pub title: String,
    #[index]
    pub done: bool,
}

pub struct Todos;

#[Api("/todos")]
impl Todos {
    /// Adds something to do.
    #[post("/", status = 201)]
    fn add(tx: &mut Tx, title: String) -> Result<Todo> {
        let id = tx.next_id();
        tx.insert(Todo { id, title, done: false })
    }

    /// Marks it done.
    #[post("/{id}/finish")]
    fn finish(tx: &mut Tx, id: Id<Todo>) -> Result<Todo> {
        tx.update(id, |todo| todo.done = true)
    }

    /// What is left to do. Subscribe to it and it stays true.
    #[get("/open")]
    fn open(view: &View) -> Rows<'_, Todo> {
        view.find(Todo::DONE.is(false)).sort(Todo::TITLE)
    }
}

fn app() -> App {
    App::new("todo").model::<Todo>().api(Todos)
}

fn main() -> Exit {
    app().run()
}
