//! The packages of `examples/`: a file of JSON lines goes in, whole or not at all or without its broken lines.

use crate::program::{Connection, Folder, Server, run};
use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::Output;
use sunstone::codec::json::{self, Json};

/// More than go into one transaction.
const RECORDS: usize = 1_234;

/// Of the real file, one in so many is asked for.
const STEP: usize = 40;

fn line(name: &str, section: &str) -> String {
    format!(
        "{{\"name\": \"{name}\", \"version\": \"1.0-1\", \"section\": \"{section}\", \"priority\": \"optional\", \"size\": 1, \
         \"installed_kib\": 2, \"depends\": [\"libc6\", \"libc6\"], \"summary\": \"\", \"source\": \"s\", \"essential\": false}}"
    )
}

/// Writes a file of lines and imports it.
fn import(folder: &Folder, lines: &str, flags: &[&str]) -> Output {
    let file = folder.path().join("lines.jsonl");
    std::fs::write(&file, lines).expect("the folder takes a file");
    let file = file.to_str().expect("the target folder has a name in UTF-8");
    let data = format!("{}/data", folder.text());
    run("packages", &[&["import", file, "--data", &data], flags].concat())
}

fn data(folder: &Folder) -> PathBuf {
    folder.path().join("data")
}

fn said(output: &Output) -> (String, String) {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("what it says is UTF-8");
    (text(&output.stdout), text(&output.stderr))
}

fn get(connection: &mut Connection, path: &str) -> (u16, String) {
    let answer = connection.get(path).expect("an answer");
    (answer.status, answer.body)
}

#[test]
fn records_of_many_transactions_are_found_by_name_and_by_section() {
    let folder = Folder::new("import");
    let mut lines = String::new();
    for number in 0..RECORDS {
        writeln!(
            lines,
            "{}",
            line(&format!("package-{number}"), if number % 3 == 0 { "games" } else { "libs" })
        )
        .expect("a String takes everything");
    }
    // The last line needs no end, and an empty one is none.
    write!(lines, "\n  \r\n{}", line("libstdc++6.0", "c++")).expect("a String takes everything");
    let output = import(&folder, &lines, &[]);
    let (stdout, stderr) = said(&output);
    assert!(output.status.success(), "{stderr}");
    assert_eq!(stdout, format!("{{\"records\":{0},\"new\":{0},\"broken\":0}}\n", RECORDS + 1));
    assert!(stderr.ends_with(&format!("{} records\n", RECORDS + 1)), "progress on stderr: {stderr}");

    let again = import(&folder, &line("package-7", "games"), &[]);
    assert_eq!(said(&again).0, "{\"records\":1,\"new\":0,\"broken\":0}\n", "a record in place of another");

    let server = Server::start_in("packages", &data(&folder));
    let mut connection = server.connect();
    let packed = |text: String| text.replace("\": ", "\":").replace(", ", ",");
    for path in ["/packages/libstdc++6.0", "/packages/libstdc%2B%2B6%2E0"] {
        assert_eq!(get(&mut connection, path), (200, packed(line("libstdc++6.0", "c++"))), "{path}");
    }
    for path in
        ["/packages/libstdc%20%206.0", "/packages/package-1234", "/packages/section", "/packages/Package-1"]
    {
        assert_eq!(get(&mut connection, path).0, 404, "{path}");
    }
    let (status, body) = get(&mut connection, "/packages/section/c++");
    assert_eq!(
        (status, body),
        (200, format!("{{\"items\":[{}],\"next\":null}}", packed(line("libstdc++6.0", "c++"))))
    );
    let games = names_of(&mut connection, "games");
    let mut expected: Vec<_> = (0..RECORDS)
        .filter(|number| number % 3 == 0 || *number == 7)
        .map(|number| format!("package-{number}"))
        .collect();
    expected.sort();
    assert_eq!(games, expected, "by the index, which follows a record that moves to another section");
    assert_eq!(
        get(&mut connection, "/packages/section/none"),
        (200, "{\"items\":[],\"next\":null}".to_owned())
    );
}

/// The names of a section, all pages of it.
fn names_of(connection: &mut Connection, section: &str) -> Vec<String> {
    let mut names = Vec::new();
    let mut path = format!("/packages/section/{section}");
    loop {
        let (status, body) = get(connection, &path);
        assert_eq!(status, 200, "{body}");
        let page: Json = json::decode(body.as_bytes()).expect("an answer is JSON");
        let Some(Json::Array(items)) = page.get("items") else { panic!("no items in {body}") };
        let name =
            |row: &Json| row.get("name").and_then(Json::as_str).expect("a package has a name").to_owned();
        names.extend(items.iter().map(name));
        match page.get("next").and_then(Json::as_str) {
            Some(next) => path = format!("/packages/section/{section}?_after={next}"),
            None => return names,
        }
    }
}

#[test]
fn broken_lines_are_named_and_keep_everything_out_or_are_left_out() {
    let sound = line("sound", "libs");
    let long = format!("\"{}\"", "x".repeat(1 << 20));
    let broken = [
        (sound.replace("\"1.0-1\"", "3"), "column 30: version: expected a string, found a number"),
        (sound.replace("false}", "false, \"colour\": 1}"), "colour: unknown"),
        (sound.replace("\"size\": 1, ", ""), "size: missing"),
        (sound.replace("\"optional\"", "\"optinal\""), "priority: expected one of"),
        (sound.replace("\"sound\"", "\"\""), "name: expected 1 to 200 characters, found 0"),
        (
            sound.replace("\"installed_kib\": 2", "\"installed_kib\": -2"),
            "installed_kib: expected an integer",
        ),
        (sound.replace("\"size\": 1,", "\"size\": 1, \"size\": 1,"), "size: given twice"),
        (sound[..100].to_owned(), "column 101: "),
        ("[]".to_owned(), "expected an object, found an array"),
        (long, "longer than 1048576 bytes"),
        ("\u{1}".to_owned(), "column 1: "),
    ];
    let mut lines = format!("{}\n", line("first", "libs"));
    for (line, _) in &broken {
        writeln!(lines, "{line}\n{sound}").expect("a String takes everything");
    }
    let folder = Folder::new("broken");

    let output = import(&folder, &lines, &[]);
    let (stdout, stderr) = said(&output);
    assert_eq!((output.status.code(), stdout.as_str()), (Some(65), ""));
    for (at, (_, words)) in broken.iter().enumerate() {
        // After the first line every second one is broken.
        let number = format!("line {}", 2 + 2 * at);
        let named = stderr.lines().any(|line| {
            line.strip_prefix(&number)
                .is_some_and(|rest| rest.starts_with([',', ':']) && rest.contains(words))
        });
        assert!(named, "{number} with `{words}` in:\n{stderr}");
    }
    assert!(stderr.contains("broken lines: 11. Nothing of it went in"), "{stderr}");
    let server = Server::start_in("packages", &data(&folder));
    assert_eq!(get(&mut server.connect(), "/packages/first").0, 404, "nothing went in");
    assert!(server.terminate().0.success());

    let output = import(&folder, &lines, &["--keep-going"]);
    let (stdout, kept_stderr) = said(&output);
    assert!(output.status.success(), "{kept_stderr}");
    assert_eq!(stdout, "{\"records\":12,\"new\":2,\"broken\":11}\n");
    let named = |stderr: &str| stderr.lines().filter(|line| line.starts_with("line ")).count();
    assert_eq!(named(&kept_stderr), named(&stderr), "they are named either way");
    let server = Server::start_in("packages", &data(&folder));
    for name in ["first", "sound"] {
        assert_eq!(get(&mut server.connect(), &format!("/packages/{name}")).0, 200, "{name}");
    }
}

#[test]
fn of_many_broken_lines_some_are_named_and_all_are_counted() {
    let folder = Folder::new("many");
    let output = import(&folder, &"{}\n".repeat(1000), &["--keep-going"]);
    let (stdout, stderr) = said(&output);
    assert_eq!(stdout, "{\"records\":0,\"new\":0,\"broken\":1000}\n");
    assert!(stderr.contains("line 20, ") && !stderr.contains("line 21, "), "{stderr}");
}

#[test]
fn a_file_that_is_not_there_is_named() {
    let folder = Folder::new("missing");
    let data = folder.path().join("data");
    let output = run("packages", &["import", "no-such-file.jsonl", "--data", data.to_str().expect("UTF-8")]);
    assert_eq!(output.status.code(), Some(66));
    let words = "packages: import: no-such-file.jsonl: No such file or directory (os error 2)\n";
    assert_eq!(said(&output).1, words);
}

#[test]
fn the_real_file_comes_back_as_it_was() {
    let Some(file) = std::env::var_os("SUNSTONE_DATA").map(|data| PathBuf::from(data).join("packages.jsonl"))
    else {
        println!("not run: SUNSTONE_DATA does not name the folder with packages.jsonl");
        return;
    };
    let folder = Folder::new("real");
    let lines = std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let output = run("packages", &["import", file.to_str().expect("UTF-8"), "--data", folder.text()]);
    let (stdout, stderr) = said(&output);
    let count = lines.lines().count();
    assert_eq!(stdout, format!("{{\"records\":{count},\"new\":{count},\"broken\":0}}\n"), "{stderr}");
    let server = Server::start("packages", &folder);
    let mut connection = server.connect();
    for line in lines.lines().step_by(STEP) {
        let record: Json = json::decode(line.as_bytes()).expect("the file is JSON");
        let name = record.get("name").and_then(Json::as_str).expect("a record has a name");
        let (status, body) = get(&mut connection, &format!("/packages/{name}"));
        assert_eq!(status, 200, "{name}");
        assert_eq!(json::decode::<Json>(body.as_bytes()).expect("an answer is JSON"), record, "{name}");
    }
}
