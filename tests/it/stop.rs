//! Stopping in spite of a command that has no end.

use crate::program::{Connection, Folder, Server};
use crate::rig::{Rig, read};
use crate::store::{add, items};
use std::io::Write;
use std::process::{Command, Stdio};
use std::sync::mpsc::channel;
use std::time::Duration;
use sunstone::prelude::*;
use sunstone::stdx::report;
use sunstone::stdx::threads::spawn;

/// Says to a process of this test that it is the program.
const DATA: &str = "SUNSTONE_TEST_STOP_DATA";

#[test]
fn a_stop_leaves_a_command_behind_that_does_not_end_and_loses_nothing() {
    let rig = Rig::new(&items());
    rig.commit(|tx| add(tx, 1)).expect("a row");
    // Acknowledged to nobody yet, and on its way.
    let (_, ticket) = rig.run(|tx| add(tx, 2));
    rig.engine.set_stop_wait(50);
    let (entered, is_in) = channel();
    let (end, ends) = channel::<()>();
    let engine = rig.engine.clone();
    let (tell, told) = channel();
    let hangs = spawn("hangs", move || {
        let caller = Caller::anonymous();
        let cause = sunstone::store::Cause { caller, name: "items.hang", call: None, arguments: &[] };
        let ran = engine.command(&cause, &mut |tx| {
            add(tx, 3)?;
            entered.send(()).expect("the test waits for it");
            // It ends when the test has seen what it wants.
            ends.recv().expect("the test ends it");
            Ok(())
        });
        tell.send(ran.map(|ran| engine.wait(ran.ticket))).expect("the test waits for it");
    });
    let hangs = hangs.expect("the machine has a thread for us");
    is_in.recv().expect("the command begins");
    let ((), said) = report::kept(|| rig.engine.stop());
    assert_eq!(rig.engine.hanging().as_deref(), Some("items.hang"));
    assert!(said.len() == 1 && said[0].starts_with("items.hang has not ended in the 50 ms"), "{said:?}");
    assert_eq!(rig.engine.standing(ticket), sunstone::store::Standing::Stored);
    let state = read(&items(), &rig.directory).expect("the journal is whole");
    assert_eq!(state.seq, 2);
    // Again it waits for nobody.
    rig.engine.set_stop_wait(60_000);
    rig.engine.stop();
    end.send(()).expect("the command waits");
    let standing = told.recv().expect("the command ends").expect("it ran");
    hangs.join().expect("it does not panic");
    assert_eq!(standing, sunstone::store::Standing::NotStored);
    assert_eq!(read(&items(), &rig.directory).expect("the journal is whole").seq, 2);
}

struct Endless;

#[Api("/endless")]
impl Endless {
    #[post("/add")]
    fn add(tx: &mut Tx) -> Result<u64> {
        add(tx, 1)?;
        Ok(tx.now().unix_ms().unsigned_abs())
    }

    #[post("/hang")]
    fn hang(tx: &mut Tx) -> Result<u64> {
        add(tx, 1)?;
        loop {
            std::thread::park();
        }
    }
}

fn endless() -> App {
    App::new("endless").model::<crate::store::Item>().api(Endless)
}

/// The program of the test below, in a process of its own.
#[test]
fn the_program_that_hangs() {
    let Some(data) = std::env::var_os(DATA) else {
        println!("not run: it is the program of another test");
        return;
    };
    let data = data.into_string().expect("the target folder has a name in UTF-8");
    let exit = endless().run_with(["serve", "--listen", "127.0.0.1:0", "--data", &data]);
    #[expect(
        clippy::disallowed_methods,
        reason = "this process is the program, whose exit status is looked at"
    )]
    std::process::exit(i32::from(exit.status()));
}

#[test]
fn the_process_ends_in_spite_of_it_and_says_which_command_it_was() {
    let folder = Folder::new("stop");
    let mut command = Command::new(std::env::current_exe().expect("a test knows where it is"));
    command.args(["--exact", "stop::the_program_that_hangs", "--nocapture", "--test-threads=1"]);
    command.env(DATA, folder.path()).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
    let server = Server::started("the test", command.spawn().expect("a test can be started"));
    let address = server.address();
    let mut connection = Connection::to(address).expect("the server listens");
    assert_eq!(connection.post("/endless/add", "{}").expect("an answer").status, 200);
    // Whoever asked for it is gone, so that nothing but the command is waited for.
    let mut asks = std::net::TcpStream::connect(address).expect("the server listens");
    asks.write_all(b"POST /endless/hang HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n")
        .expect("sent");
    let busy = (0..1000).any(|_| {
        let mut other = Connection::to(address).expect("the server listens");
        other.stream.set_read_timeout(Some(Duration::from_secs(1))).expect("a timeout");
        other.post("/endless/add", "{}").is_err()
    });
    assert!(busy, "the command that hangs keeps others waiting");
    drop(asks);
    let (status, said) = server.terminate();
    assert_eq!(status.code(), Some(70), "{said}");
    assert!(said.contains("endless.hang has not ended in the 10000 ms"), "{said}");
    let (exit, verified) = report::kept(|| endless().run_with(["verify", "--data", folder.text()]));
    assert_eq!((exit, verified), (Exit::OK, Vec::new()));
}
