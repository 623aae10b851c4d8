//! The todo of the programs that we are measured beside: six fields, a check on each that comes from outside.
//!
//! `POST /todos {"title", "owner", "priority"}` answers 201 with the whole row when it is on disk, `GET /todos/{id}` 200.

use sunstone::prelude::*;

#[Model]
struct Todo {
    #[key]
    id: Id<Todo>,
    #[check(length = 1..=200)]
    title: String,
    #[check(length = 1..=64)]
    owner: String,
    done: bool,
    #[check(range = 0..=5)]
    priority: u8,
    /// In seconds since 1970, as the others have it.
    created_at: i64,
}

struct Todos;

#[Api("/todos")]
impl Todos {
    #[post("/", status = 201)]
    fn add(tx: &mut Tx, title: String, owner: String, priority: u8) -> Result<Todo> {
        let (id, created_at) = (tx.next_id(), tx.now().unix_ms() / 1000);
        tx.insert(Todo { id, title, owner, done: false, priority, created_at })
    }

    #[get("/{id}")]
    fn one(view: &View, id: Id<Todo>) -> Result<&Todo> {
        view.get(id)
    }
}

fn main() -> Exit {
    App::new("six_fields").model::<Todo>().api(Todos).run()
}
