//! Transcripts: commands, and the whole of what they say.
//!
//! ```text
//! # what comes is said to the reader
//! $ todo call todos.add title=milk     a program of examples/, in a folder that is empty at first
//! {"id":1,"title":"milk","done":false} what it writes to stdout; an empty line is a bar
//! ! todo: ...                          what it writes to stderr
//! = 0                                  its exit status
//! & todo serve --listen 127.0.0.1:0    a server, which runs until the next `%`; what it says at its start
//! % SIGTERM                            ends it: what it still says, and its exit status; so does SIGHUP
//! % tear todo-data                     half a frame behind the last one, as a crash leaves it
//! % flip todo-data                     one bit of the first transaction
//! % cut todo-data                      the file without its last sector and all behind it
//! % files todo-data                    the names in a folder
//! ```
//!
//! What differs from run to run stands in pointed brackets. `SUNSTONE_BLESS=1` writes the files anew.

use crate::program::{Folder, example};
use std::fs::{self, OpenOptions};
use std::io::{BufRead, BufReader, Read};
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;
use sunstone::journal::{self, FrameKind, JOURNAL, RealDirectory};
use sunstone::stdx::threads::spawn;

/// A command that takes longer than this hangs.
const PATIENCE: Duration = Duration::from_secs(30);

/// Runs the commands of a transcript and compares what they say with what stands there.
#[track_caller]
pub(super) fn plays(scenario: &str) {
    let file =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/cli").join(scenario).with_extension("txt");
    let expected = fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let mut stage = Stage { folder: Folder::new(scenario), server: None };
    let mut found = String::new();
    for line in expected.lines() {
        let said = match line.get(..2) {
            Some("# ") => String::new(),
            Some("$ ") => stage.runs(&words(&line[2..])),
            Some("& ") => stage.serves(&words(&line[2..])),
            Some("% ") => stage.does(&words(&line[2..])),
            _ if line.is_empty() => String::new(),
            _ => continue,
        };
        found.push_str(line);
        found.push('\n');
        found.push_str(&said);
    }
    if std::env::var_os("SUNSTONE_BLESS").is_some() {
        fs::write(&file, &found).expect("the transcripts are ours to write");
    } else if found != expected {
        panic!(
            "{}: SUNSTONE_BLESS=1 writes what was found:\n{}",
            file.display(),
            difference(&expected, &found)
        );
    }
}

/// The lines around the first one that differs.
fn difference(expected: &str, found: &str) -> String {
    let same = expected.lines().zip(found.lines()).take_while(|(a, b)| a == b).count();
    let around =
        |text: &str| text.lines().skip(same.saturating_sub(3)).take(12).collect::<Vec<_>>().join("\n");
    format!("line {}: expected\n{}\n\nfound\n{}\n", same + 1, around(expected), around(found))
}

/// Splits a line as a shell does, with single quotes alone.
fn words(line: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut quoted = false;
    for c in line.chars() {
        match c {
            '\'' => quoted = !quoted,
            ' ' if !quoted => words.push(String::new()),
            c => words.last_mut().expect("there is one from the start").push(c),
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

struct Stage {
    folder: Folder,
    server: Option<Server>,
}

/// A process whose output comes by itself, and which is killed when it is dropped.
pub(super) struct Process {
    pub(super) child: Child,
}

impl Process {
    pub(super) fn start(folder: &Folder, words: &[String]) -> Self {
        let mut command = Command::new(example(&words[0]));
        command.args(&words[1..]).current_dir(folder.path()).stdin(Stdio::null());
        let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
        Self { child: child.unwrap_or_else(|error| panic!("{words:?} cannot be started: {error}")) }
    }

    /// Waits until it ends by itself. Whoever reads its output makes sure that it can.
    pub(super) fn ends(&mut self) -> ExitStatus {
        for _ in 0..PATIENCE.as_millis() / 5 {
            if let Some(status) = self.child.try_wait().expect("a child can be waited for") {
                return status;
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        panic!("a process still runs after {PATIENCE:?}");
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // After it has ended there is nobody left, and nothing to be done about it either way.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// Everything that a pipe brings, once it is at its end.
fn all_of(mut pipe: impl Read + Send + 'static) -> Receiver<String> {
    let (tell, told) = channel();
    let reader = spawn("pipe", move || {
        let mut text = String::new();
        if let Err(error) = pipe.read_to_string(&mut text) {
            text.push_str(&format!("({error})"));
        }
        // Nobody may be listening any more.
        drop(tell.send(text));
    });
    reader.expect("the machine has a thread for us");
    told
}

struct Server {
    process: Process,
    stderr: Receiver<String>,
}

impl Stage {
    fn runs(&mut self, words: &[String]) -> String {
        let mut process = Process::start(&self.folder, words);
        let stdout = all_of(process.child.stdout.take().expect("stdout is a pipe"));
        let stderr = all_of(process.child.stderr.take().expect("stderr is a pipe"));
        let status = process.ends();
        let [stdout, stderr] =
            [stdout, stderr].map(|text| text.recv_timeout(PATIENCE).expect("the pipes end"));
        said(&stdout, &stderr, status)
    }

    /// Starts a server, and waits until it has said where the state is, which it does last.
    fn serves(&mut self, words: &[String]) -> String {
        let mut process = Process::start(&self.folder, words);
        let mut stderr = BufReader::new(process.child.stderr.take().expect("stderr is a pipe"));
        let mut start = String::new();
        while !start.contains(" state") {
            let length = stderr.read_line(&mut start).expect("stderr is text");
            assert_ne!(length, 0, "the server ended before it said where it is:\n{start}");
        }
        self.server = Some(Server { process, stderr: all_of(stderr) });
        marked(&start)
    }

    fn does(&mut self, words: &[String]) -> String {
        let folder = words.get(1).map(|name| self.folder.path().join(name));
        match (words[0].as_str(), folder) {
            (signal @ ("SIGTERM" | "SIGHUP"), None) => self.ends_by(signal),
            ("files", Some(folder)) => match fs::read_dir(&folder) {
                Ok(entries) => {
                    let names = entries.map(|entry| entry.expect("a folder can be read").file_name());
                    let mut names: Vec<_> = names.map(|name| name.to_string_lossy().into_owned()).collect();
                    names.sort();
                    format!(
                        "{}\n",
                        if names.is_empty() { "none".to_owned() } else { normal(&names.join(" ")) }
                    )
                }
                Err(error) => format!("! {}\n", error.kind()),
            },
            ("tear", Some(folder)) => {
                let (_, end) = landmarks(&folder);
                edit(&folder, end, b"FRM1, and then the power went");
                String::new()
            }
            ("flip", Some(folder)) => {
                let (first, _) = landmarks(&folder);
                let mut byte = [0];
                let file = fs::File::open(folder.join(JOURNAL)).expect("the journal is there");
                file.read_exact_at(&mut byte, first + 60).expect("the payload is there");
                edit(&folder, first + 60, &[byte[0] ^ 1]);
                String::new()
            }
            ("cut", Some(folder)) => {
                let (_, end) = landmarks(&folder);
                let file = OpenOptions::new().write(true).open(folder.join(JOURNAL));
                file.expect("the journal is there").set_len(end - 512).expect("a file can be cut");
                String::new()
            }
            _ => panic!("no such thing to do: {words:?}"),
        }
    }

    fn ends_by(&mut self, signal: &str) -> String {
        let Server { mut process, stderr } = self.server.take().expect("a server was started before");
        let kill = format!("kill -{} {}", &signal["SIG".len()..], process.child.id());
        let signal = Command::new("sh").arg("-c").arg(kill).status();
        assert!(signal.expect("a Unix has sh").success(), "the server could not be signalled");
        let status = process.ends();
        said("", &stderr.recv_timeout(PATIENCE).expect("the pipe ends"), status)
    }
}

fn said(stdout: &str, stderr: &str, status: ExitStatus) -> String {
    let status = status.code().map_or_else(|| status.to_string(), |code| code.to_string());
    // An empty line belongs to the transcript itself.
    let text = normal(stdout);
    let lines = text.lines().map(|line| if line.is_empty() { "|\n".to_owned() } else { format!("{line}\n") });
    format!("{}{}= {status}\n", lines.collect::<String>(), marked(stderr))
}

fn marked(stderr: &str) -> String {
    normal(stderr).lines().map(|line| format!("! {line}\n")).collect()
}

/// Where the first transaction stands, and where the last frame ends.
fn landmarks(folder: &Path) -> (u64, u64) {
    let mut first = None;
    let report = journal::read(&RealDirectory::open(folder), &mut |frame| {
        if frame.kind == FrameKind::Batch {
            first.get_or_insert(frame.offset);
        }
        Ok(())
    });
    (first.expect("there is a transaction"), report.expect("the journal is whole").bytes)
}

fn edit(folder: &Path, offset: u64, bytes: &[u8]) {
    let file = OpenOptions::new().write(true).open(folder.join(JOURNAL)).expect("the journal is there");
    file.write_all_at(bytes, offset).expect("the journal can be written");
}

/// The text without what differs from run to run.
fn normal(text: &str) -> String {
    let mut text = text.to_owned();
    for (before, name) in [
        ("\"id\":\"", "<id>"),
        ("\"bytes\":", "<n>"),
        ("\"frames\":", "<n>"),
        ("\"offset\":", "<n>"),
        ("127.0.0.1:", "<port>"),
        ("process ", "<pid>"),
        ("<pid> on ", "<host>"),
        ("read in ", "<n>"),
        ("byte ", "<n>"),
        ("torn-", "<time>"),
        ("follow (", "<n>"),
        ("(", "<n>"),
    ] {
        text = masked(&text, before, name);
    }
    times(&text)
}

/// Puts `name` in place of what stands behind each `before`: digits, or up to the end of a word or string where that is no
/// number. Behind a bracket only numbers of bytes count.
fn masked(text: &str, before: &str, name: &str) -> String {
    let mut parts = text.split(before);
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let is_word = matches!(name, "<id>" | "<host>");
        let length = part
            .find(|c: char| if is_word { c == '"' || c == ',' || c == '\n' } else { !c.is_ascii_digit() })
            .unwrap_or(part.len());
        let rest = &part[length..];
        out.push_str(before);
        // An id of a row is no id of a journal, and a port that was asked for is a known one.
        let is_masked = length > 0
            && (name != "<id>" || length == 32)
            && (before != "(" || rest.starts_with(" bytes"))
            && (before != "127.0.0.1:" || &part[..length] != "8080");
        out.push_str(if is_masked { name } else { &part[..length] });
        out.push_str(rest);
    }
    out
}

/// `2026-11-22T02:31:11.123Z` is a time.
fn times(text: &str) -> String {
    const FORM: &str = "dddd-dd-ddTdd:dd:dd.dddZ";
    let is_time = |at: usize| {
        let found = text.as_bytes().get(at..at + FORM.len());
        found.is_some_and(|found| {
            found
                .iter()
                .zip(FORM.bytes())
                .all(|(c, form)| if form == b'd' { c.is_ascii_digit() } else { *c == form })
        })
    };
    let mut out = String::new();
    let mut at = 0;
    while let Some(c) = text[at..].chars().next() {
        if is_time(at) {
            out.push_str("<time>");
            at += FORM.len();
        } else {
            out.push(c);
            at += c.len_utf8();
        }
    }
    out
}
