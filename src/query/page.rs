//! A piece of an answer, and where the next one begins.

use super::Rows;
use crate::codec::hex;
use crate::codec::order::KeyWriter;
use crate::error::{Error, Result};
use crate::hash::crc32c;
use crate::hash::sha256::Sha256;
use crate::model::{Model, Row};
use crate::stdx::random::{Random, SystemRandom};
use std::ops::Bound;
use std::sync::OnceLock;

/// Bytes of the hash that stands for a secret key in a cursor.
const NAME_BYTES: usize = 16;

/// A place between two rows of an answer: behind one of them. It outlives inserts and removals, because it names a place in
/// the order and not a number of rows.
///
/// It belongs to its query (the model, the conditions, the order): another query takes it for none of its own. It is given
/// to whoever asked, so nothing secret is in it. Where the bytes of the order are secret it names the row by its key, and
/// where the key is secret by a hash of it that means something to this process alone; its place is then found through the
/// row, and is lost with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Position {
    /// The checksum of the query.
    query: [u8; 4],
    /// What its [`Naming`] says.
    name: Vec<u8>,
}

impl Position {
    /// Reads a cursor; `None` when it is none.
    #[must_use]
    pub fn parse(cursor: &str) -> Option<Self> {
        let bytes = hex::decode(cursor)?;
        let (query, name) = bytes.split_first_chunk()?;
        Some(Self { query: *query, name: name.to_vec() })
    }
}

impl std::fmt::Display for Position {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&hex::encode(&self.query))?;
        f.write_str(&hex::encode(&self.name))
    }
}

/// How the cursors of a query name the row that they stand behind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Naming {
    /// By the bytes that it sorts by.
    Place,
    /// By its key.
    Key,
    /// By the hash of its key.
    HashOfKey,
}

/// Some rows, and the place behind the last of them when more follow.
#[derive(Debug)]
pub struct Page<'a> {
    /// The rows.
    pub items: Vec<&'a Row>,
    /// Where the next page begins.
    pub next: Option<Position>,
}

impl<'a, T: Model> Rows<'a, T> {
    /// At most `limit` rows behind a place.
    ///
    /// # Errors
    /// [`Error::stale_cursor`] when the place is one of another query, or was found through a row that is gone.
    pub fn page(&self, limit: usize, after: Option<&Position>) -> Result<Page<'a>> {
        let after = after.map(|position| self.place(position)).transpose()?;
        if self.sort.is_empty() {
            return Ok(self.cut(self.matching(after.as_deref()), limit));
        }
        let sorted = self.sorted();
        let start = after.map_or(0, |after| sorted.partition_point(|(key, _)| key.as_bytes() <= &*after));
        Ok(self.cut(sorted.into_iter().skip(start), limit))
    }

    fn cut<K: AsRef<[u8]>>(&self, mut rows: impl Iterator<Item = (K, &'a Row)>, limit: usize) -> Page<'a> {
        let mut items = Vec::new();
        let mut last = None;
        for (place, row) in rows.by_ref().take(limit) {
            items.push(row);
            last = Some((place, row));
        }
        let more = rows.next().is_some();
        let next = last.filter(|_| more).map(|(place, row)| self.position(place.as_ref(), row));
        Page { items, next }
    }

    /// The place behind the row that sorts by `place`.
    fn position(&self, place: &[u8], row: &Row) -> Position {
        let key = || {
            let mut w = KeyWriter::new();
            row.value.key_order(&mut w);
            w.finish()
        };
        let name = match self.naming() {
            Naming::Place => place.to_vec(),
            Naming::Key => key().as_bytes().to_vec(),
            Naming::HashOfKey => hash_of_key(key().as_bytes()).to_vec(),
        };
        Position { query: self.checksum(), name }
    }

    /// The bytes that the row before a place sorts by.
    fn place(&self, position: &Position) -> Result<Vec<u8>> {
        if position.query != self.checksum() {
            return Err(Error::stale_cursor("the cursor is one of another query: begin again without it"));
        }
        let (table, name) = (self.table(), position.name.as_slice());
        let found = match self.naming() {
            Naming::Place => return Ok(name.to_vec()),
            Naming::Key => table.get(name).map(|row| (name, row)),
            Naming::HashOfKey => {
                let rows = table.rows().range::<[u8], _>((Bound::Unbounded, Bound::Unbounded));
                let mut rows = rows.map(|(key, row)| (key.as_bytes(), row));
                rows.find(|(key, _)| hash_of_key(key) == name)
            }
        };
        let (key, row) = found.ok_or_else(|| {
            Error::stale_cursor(
                "the row that the cursor stands behind is not there any more: begin again without it",
            )
        })?;
        Ok(self.sort_key(key, row, &mut KeyWriter::new()).as_bytes().to_vec())
    }

    fn naming(&self) -> Naming {
        let is_secret = |field: usize| self.state.schema(self.table).model.is_secret(field);
        if is_secret(self.state.schema(self.table).model.key) {
            Naming::HashOfKey
        } else if self.sort.iter().any(|(field, _)| is_secret(*field)) {
            Naming::Key
        } else {
            Naming::Place
        }
    }

    /// What tells this query from others, the same in every process: the model, the conditions and the order. It stands in
    /// cursors, and a checksum of a short secret is as good as the secret: of secret fields the value is left out.
    fn checksum(&self) -> [u8; 4] {
        let schema = self.state.schema(self.table);
        let name = |field: usize| schema.model.info.members[field].name;
        let mut sum = 0;
        let mut add = |bytes: &[u8]| {
            sum = crc32c::extend(sum, &(bytes.len() as u64).to_le_bytes());
            sum = crc32c::extend(sum, bytes);
        };
        add(schema.name.as_bytes());
        for condition in &self.filter.conditions {
            add(name(condition.field).as_bytes());
            add(condition.operator.sign().as_bytes());
            add(if schema.model.is_secret(condition.field) { &[] } else { &condition.value });
        }
        for (field, down) in &self.sort {
            add(if *down { b"down" } else { b"up" });
            add(name(*field).as_bytes());
        }
        sum.to_le_bytes()
    }
}

/// What stands for a secret key: whoever does not have this process's own number cannot find out by trying which key it is.
/// The number comes first and the hash is cut, so that nobody goes on with it either.
fn hash_of_key(key: &[u8]) -> [u8; NAME_BYTES] {
    static OF_THIS_PROCESS: OnceLock<[u8; 32]> = OnceLock::new();
    let number = OF_THIS_PROCESS.get_or_init(|| {
        let mut number = [0; 32];
        SystemRandom.fill(&mut number);
        number
    });
    let mut hash = Sha256::new();
    hash.update(number);
    hash.update(key);
    let mut name = [0; NAME_BYTES];
    name.copy_from_slice(&hash.finish()[..NAME_BYTES]);
    name
}
