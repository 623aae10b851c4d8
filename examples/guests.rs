//! A guest list: what an empty journal begins with, a secret, and a command of one's own whose fields become flags.
//!
//! ```sh
//! cargo run --release --example guests -- invite Ada Grace --table 7 --vip
//! cargo run --release --example guests -- history
//! cargo run --release --example guests
//! curl --json '{"code": "open sesame"}' http://127.0.0.1:8080/guests/1/enter      # 403
//! curl --json '{"state": "absent"}' http://127.0.0.1:8080/guests/1/state          # 400
//! curl --json '{"state": {"late": {"minutes": 20}}}' http://127.0.0.1:8080/guests/1/state    # 200
//! curl 'http://127.0.0.1:8080/guests/of?table=1'                                 # 200
//! ```

use sunstone::prelude::*;

/// Somebody who is invited.
#[Model]
struct Guest {
    #[key]
    id: Id<Guest>,
    #[check(length = 1..=100)]
    name: String,
    #[index]
    table: Option<u8>,
    state: State,
    tags: Vec<String>,
    /// What the doorkeeper asks for. It is kept, and never shown: not in an answer, not in the history.
    #[secret]
    code: String,
    #[auto(created)]
    since: Time,
}

/// Where somebody is.
#[Data]
enum State {
    Invited,
    Here,
    Late { minutes: u32 },
}

struct Guests;

#[Api("/guests")]
impl Guests {
    /// Lets somebody in who knows the code.
    #[post("/{id}/enter")]
    fn enter(tx: &mut Tx, id: Id<Guest>, #[secret] code: String) -> Result<Guest> {
        if tx.get(id)?.code != code {
            return Err(Error::forbidden("the code is another one"));
        }
        tx.update(id, |guest| guest.state = State::Here)
    }

    /// Gives somebody another code.
    #[post("/{id}/code")]
    fn change(tx: &mut Tx, id: Id<Guest>, #[secret] code: String) -> Result<Guest> {
        tx.update(id, |guest| guest.code = code)
    }

    /// Says where somebody is.
    #[post("/{id}/state")]
    fn set(tx: &mut Tx, id: Id<Guest>, state: State) -> Result<Guest> {
        tx.update(id, |guest| guest.state = state)
    }

    /// The guests of a table; without one, those who have none yet.
    #[get("/of")]
    fn of(view: &View, table: Option<u8>) -> Rows<'_, Guest> {
        view.find(Guest::TABLE.is(table)).sort(Guest::NAME)
    }
}

/// All of them come on the list, or none of them.
#[Data]
struct Invite {
    /// Who is invited.
    #[check(length = 1..)]
    names: Vec<String>,
    /// Where they sit.
    table: Option<u8>,
    /// Marks them with a tag.
    vip: bool,
    /// What they say at the door.
    #[default("friend")]
    #[secret]
    code: String,
}

/// Puts guests on the list, all of them or none, and answers how many there are now.
fn invite(store: &Store, Invite { names, table, vip, code }: Invite) -> Result<usize> {
    store.commit(|tx| names.into_iter().try_for_each(|name| add(tx, name, table, vip, code.clone())))?;
    Ok(store.view().all::<Guest>().count())
}

fn add(tx: &mut Tx, name: String, table: Option<u8>, vip: bool, code: String) -> Result<()> {
    let (id, since) = (tx.next_id(), tx.now());
    let tags = if vip { vec!["vip".to_owned()] } else { Vec::new() };
    tx.insert(Guest { id, name, table, state: State::Invited, tags, code, since })?;
    Ok(())
}

fn main() -> Exit {
    App::new("guests")
        .version(env!("CARGO_PKG_VERSION"))
        .model::<Guest>()
        .api(Guests)
        .seed(|tx| add(tx, "the host".to_owned(), Some(1), false, "my house".to_owned()))
        .command("invite", "puts guests on the list", invite)
        .run()
}
