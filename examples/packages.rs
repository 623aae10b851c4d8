//! Real input: the packages of a distribution, read from a file of JSON lines in bounded memory, and served by name and by
//! section. Shows keys that are texts, an index, and a subcommand that does a large piece of work in many transactions.
//!
//! ```sh
//! cargo run --release --example packages -- import packages.jsonl
//! cargo run --release --example packages
//! curl http://127.0.0.1:8080/packages/libstdc++6                               # 200
//! curl http://127.0.0.1:8080/packages/libstdc%2B%2B6                           # 200
//! curl http://127.0.0.1:8080/packages/no-such-package                          # 404
//! curl 'http://127.0.0.1:8080/packages/section/games?_limit=10'                # 200
//! ```
//!
//! A record whose name is there already takes the place of the one before, so that an import can be run again. A line that
//! is broken is named by its number; then nothing of the file goes in, or, with `--keep-going`, the rest does.

use std::fs::File;
use std::io::{self, BufRead, BufReader, IsTerminal, Read, Seek, Write};
use sunstone::codec::json;
use sunstone::model::{Report, Value};
use sunstone::prelude::*;
use sunstone::stdx::report;

/// A transaction takes so many records, or fewer when their lines are long.
const RECORDS_AT_ONCE: usize = 500;

/// A transaction takes no more lines when it has so many bytes of them.
const BYTES_AT_ONCE: usize = 4 << 20;

/// The longest line, in bytes. A longer one is broken; it is never held as a whole.
const LINE_BYTES_MAX: usize = 1 << 20;

/// So many broken lines are named, the rest are counted.
const NAMED_MAX: u64 = 20;

/// Something that can be installed.
#[Model(strict)]
struct Package {
    #[key]
    #[check(length = 1..=200)]
    name: String,
    version: String,
    #[index]
    #[check(length = 1..=200)]
    section: String,
    priority: Priority,
    /// Of the file that is downloaded, in bytes.
    size: u64,
    installed_kib: u64,
    depends: Vec<String>,
    summary: String,
    source: String,
    essential: bool,
}

/// How much a system needs it.
#[Data]
enum Priority {
    Required,
    Important,
    Standard,
    Optional,
    Extra,
}

struct Packages;

#[Api("/packages")]
impl Packages {
    /// The package of this name.
    #[get("/{name}")]
    fn named(view: &View, name: String) -> Result<&Package> {
        view.table().get(name)
    }

    /// The packages of a section.
    #[get("/section/{section}")]
    fn section(view: &View, section: String) -> Rows<'_, Package> {
        view.find(Package::SECTION.is(section))
    }
}

/// A record whose name is there already takes the place of the one before, so that an import can be run again. A line that
/// is broken is named by its number.
#[Data]
struct Flags {
    /// The file, a record a line.
    file: String,
    /// Leave broken lines out; otherwise one of them keeps the whole file out.
    #[default(false)]
    keep_going: bool,
}

/// What came of it.
#[Data]
#[derive(Default)]
struct Imported {
    /// Records that are in.
    records: u64,
    /// Those of them whose names were not there before.
    new: u64,
    /// Lines that were left out.
    broken: u64,
}

/// Takes in the records of a file, line by line. Unless broken lines are to be left out, the file is gone through twice: it is
/// known to be sound before the first of its records goes in.
fn import(store: &Store, Flags { file, keep_going }: Flags) -> Result<Imported> {
    let opened = File::open(&file).map_err(|error| Error::file(&file, error))?;
    let mut lines = Lines { source: BufReader::new(opened), text: Vec::new(), number: 0, broken: 0 };
    if !keep_going {
        while lines.records(&mut Vec::new())? {}
        if lines.broken > 0 {
            let words = format!(
                "{file} has broken lines: {}. Nothing of it went in; --keep-going leaves them out",
                lines.broken
            );
            return Err(Error::invalid(words));
        }
        lines.source.rewind()?;
        lines.number = 0;
    }
    let mut imported = Imported::default();
    let mut records = Vec::new();
    let mut more = true;
    while more {
        more = lines.records(&mut records)?;
        imported.records += records.len() as u64;
        imported.new += store.commit(|tx| put(tx, &mut records))?;
        progress(imported.records, !more);
    }
    Ok(Imported { broken: lines.broken, ..imported })
}

/// Puts in records, each in place of the one of its name. How many had none.
fn put(tx: &mut Tx, records: &mut Vec<Package>) -> Result<u64> {
    let mut packages = tx.table::<Package>();
    let mut new = 0;
    for record in records.drain(..) {
        if packages.lookup(&record.name).is_some() {
            packages.update(record.name.clone(), |package| *package = record)?;
        } else {
            packages.insert(record)?;
            new += 1;
        }
    }
    Ok(new)
}

/// A line that is written over at a terminal, and now and then a line of its own elsewhere.
fn progress(records: u64, last: bool) {
    let mut stderr = io::stderr();
    let written = match (stderr.is_terminal(), last) {
        (true, false) => write!(stderr, "\r{records} records"),
        (true, true) => writeln!(stderr, "\r{records} records"),
        (false, true) => writeln!(stderr, "{records} records"),
        (false, false) if records % 10_000 < RECORDS_AT_ONCE as u64 => {
            writeln!(stderr, "{records} records ...")
        }
        (false, false) => Ok(()),
    };
    if written.is_err() {
        // Nobody is there to see it, and the import does not end for that.
    }
}

/// The lines of a file, one at a time.
struct Lines {
    source: BufReader<File>,
    /// The line that was read last.
    text: Vec<u8>,
    /// Its number, from 1.
    number: u64,
    /// How many were broken.
    broken: u64,
}

impl Lines {
    /// Reads the records of one transaction and names the lines that are broken. False at the end of the file.
    fn records(&mut self, records: &mut Vec<Package>) -> Result<bool> {
        let mut bytes = 0;
        while records.len() < RECORDS_AT_ONCE && bytes < BYTES_AT_ONCE {
            if !self.read()? {
                return Ok(false);
            }
            bytes += self.text.len();
            let line = self.text.trim_ascii_end();
            if line.is_empty() {
                continue;
            }
            match record(line) {
                Ok(record) => records.push(record),
                Err(faults) => self.name_broken(&faults),
            }
        }
        Ok(true)
    }

    /// Reads the next line, of one that is too long only the beginning. False at the end.
    fn read(&mut self) -> io::Result<bool> {
        self.text.clear();
        self.source.by_ref().take(LINE_BYTES_MAX as u64 + 1).read_until(b'\n', &mut self.text)?;
        if self.text.len() > LINE_BYTES_MAX && self.text.last() != Some(&b'\n') {
            self.source.skip_until(b'\n')?;
        }
        self.number += 1;
        Ok(!self.text.is_empty())
    }

    fn name_broken(&mut self, faults: &[String]) {
        self.broken += 1;
        if self.broken <= NAMED_MAX {
            faults.iter().for_each(|fault| report::line(&format!("line {}{fault}", self.number)));
        } else if self.broken == NAMED_MAX + 1 {
            report::line("more lines are broken; they are counted and not named");
        }
    }
}

/// The record that a line holds, or everything that is wrong with it.
fn record(line: &[u8]) -> Result<Package, Vec<String>> {
    if line.len() > LINE_BYTES_MAX {
        return Err(vec![format!(": longer than {LINE_BYTES_MAX} bytes")]);
    }
    let record: Package = json::decode(line).map_err(|errors| {
        let fault = |item: &json::Item| match item.path.as_str() {
            "" => format!(", column {}: {}", item.column, item.detail),
            path => format!(", column {}: {path}: {}", item.column, item.detail),
        };
        errors.items.iter().map(fault).collect::<Vec<_>>()
    })?;
    let mut report = Report::default();
    record.check(&mut report);
    match report.errors() {
        [] => Ok(record),
        broken => Err(broken.iter().map(|error| format!(": {}: {}", error.field, error.detail)).collect()),
    }
}

fn main() -> Exit {
    App::new("packages")
        .model::<Package>()
        .api(Packages)
        .command("import", "takes in a file of JSON lines", import)
        .run()
}
