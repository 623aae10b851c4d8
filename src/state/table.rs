//! Tables, their indexes, and the root that holds them.

use super::tree::{self, Tree};
use crate::codec::json;
use crate::codec::order::{INLINE_BYTES, Key, KeyWriter};
use crate::error::{Error, FieldError, Result};
use crate::model::{Entity, IndexSpec, Models, Row, Schema};
use std::ops::Bound;
use std::sync::Arc;

/// The longest key, and the longest entry of an index, in bytes: keys live inside the nodes of the trees and are compared
/// at every step down.
pub const INDEX_KEY_BYTES_MAX: usize = 2048;

/// The rows of one model.
#[derive(Debug, Clone, Default)]
pub struct Table {
    rows: Tree<Key, Row>,
    /// One tree per index: the values of its fields and then the key of the row; the number is where that key begins.
    indexes: Vec<Tree<Key, u16>>,
    next_id: u64,
}

/// Nodes of the tables' trees that changes have replaced, for the copies that later changes make. Tables share them.
#[derive(Debug, Default)]
pub struct Spares {
    rows: tree::Spares<Key, Row>,
    entries: tree::Spares<Key, u16>,
}

/// A version of everything.
#[derive(Debug)]
pub struct State {
    models: Arc<Models>,
    tables: Vec<Arc<Table>>,
    /// Those of the head are filled; other versions are not changed, and theirs stay empty.
    spares: Spares,
    /// The last transaction that is in it.
    pub seq: u64,
    /// The time of that transaction, in milliseconds since 1970.
    pub time_ms: u64,
}

impl Table {
    /// The row with this key.
    #[must_use]
    pub fn get(&self, key: &[u8]) -> Option<&Row> {
        // Keys are compared with keys in a few instructions, with slices by a call.
        if key.len() <= INLINE_BYTES { self.rows.get(&Key::from_bytes(key)) } else { self.rows.get(key) }
    }

    /// All rows by key.
    #[must_use]
    pub fn rows(&self) -> &Tree<Key, Row> {
        &self.rows
    }

    /// The entries of the index at this position: the values of its fields, then the key of the row; the number says
    /// where that key begins.
    #[must_use]
    pub fn entries(&self, position: usize) -> &Tree<Key, u16> {
        &self.indexes[position]
    }

    /// The number that the next counted id gets.
    #[must_use]
    pub fn next_id(&self) -> u64 {
        self.next_id.max(1)
    }

    /// Makes the counter at least `next`.
    pub fn raise_counter(&mut self, next: u64) {
        self.next_id = self.next_id.max(next);
    }

    /// Sets the counter back: for undoing alone.
    pub fn reset_counter(&mut self, next: u64) {
        self.next_id = next;
    }

    /// The keys of the rows whose entries in this index begin with `prefix`, behind the key `after` (which is right where
    /// the prefix is all the values of the index).
    pub fn keys_by<'a>(
        &'a self,
        index: usize,
        prefix: &[u8],
        after: Option<&[u8]>,
    ) -> impl DoubleEndedIterator<Item = &'a [u8]> + use<'a> {
        let behind = after.map(|key| [prefix, key].concat());
        let start = behind.as_deref().map_or(Bound::Included(prefix), Bound::Excluded);
        let end = Key::successor_of_prefix(prefix);
        let end = end.as_ref().map_or(Bound::Unbounded, |end| Bound::Excluded(end.as_bytes()));
        let entries = self.indexes[index].range::<[u8], _>((start, end));
        entries.map(|(entry, start)| &entry.as_bytes()[usize::from(*start)..])
    }

    /// Puts a row in, in place of the one with its key. The indexes follow.
    fn put(&mut self, schema: &Schema, key: &Key, row: Row, spares: &mut Spares) -> Option<Row> {
        if let Some(id) = row.value.key_counter() {
            self.raise_counter(id + 1);
        }
        if schema.indexes.is_empty() {
            return self.rows.insert_reusing(key.clone(), row, &mut spares.rows);
        }
        let before = self.rows.insert_reusing(key.clone(), Arc::clone(&row), &mut spares.rows);
        let mut w = KeyWriter::new();
        for (spec, tree) in schema.indexes.iter().zip(&mut self.indexes) {
            if let Some(before) = &before {
                if spec.fields.iter().all(|field| before.value.field_same(*field, &row.value)) {
                    continue;
                }
                entry_of(spec, &before.value, key, &mut w);
                let gone = tree.remove_reusing(w.as_bytes(), &mut spares.entries);
                assert!(gone.is_some(), "an index of {} lacks a row of its table", schema.name);
            }
            let start = entry_of(spec, &row.value, key, &mut w);
            tree.insert_reusing(w.finish(), start, &mut spares.entries);
        }
        before
    }

    /// Takes a row out. The indexes follow.
    fn take(&mut self, schema: &Schema, key: &[u8], spares: &mut Spares) -> Option<Row> {
        let row = self.rows.remove_reusing(key, &mut spares.rows)?;
        let mut w = KeyWriter::new();
        for (spec, tree) in schema.indexes.iter().zip(&mut self.indexes) {
            entry_of(spec, &row.value, key, &mut w);
            let gone = tree.remove_reusing(w.as_bytes(), &mut spares.entries);
            assert!(gone.is_some(), "an index of {} lacks a row of its table", schema.name);
        }
        Some(row)
    }
}

/// Writes the entry of a row in an index and says where the key begins in it.
fn entry_of(spec: &IndexSpec, row: &dyn Entity, key: &[u8], w: &mut KeyWriter) -> u16 {
    w.reset();
    for field in &spec.fields {
        row.field_order(*field, w);
    }
    let start = w.as_bytes().len();
    w.raw(key);
    u16::try_from(start).expect("no entry is longer than INDEX_KEY_BYTES_MAX")
}

/// The key of a row, for messages; that of a model whose keys are secret is not shown.
pub(super) fn show_key(schema: &Schema, row: &dyn Entity) -> String {
    if schema.has_secret_key() {
        return "with a secret key".to_owned();
    }
    let mut w = json::Writer::new();
    row.key_to_json(&mut w);
    String::from_utf8_lossy(&w.into_bytes()).into_owned()
}

/// Another version, which shares everything and has no spares.
impl Clone for State {
    fn clone(&self) -> Self {
        Self {
            models: Arc::clone(&self.models),
            tables: self.tables.clone(),
            spares: Spares::default(),
            seq: self.seq,
            time_ms: self.time_ms,
        }
    }
}

impl State {
    /// Nothing yet.
    #[must_use]
    pub fn new(models: Arc<Models>) -> Self {
        let tables = models.schemas().iter().map(|schema| {
            Arc::new(Table { indexes: vec![Tree::new(); schema.indexes.len()], ..Table::default() })
        });
        Self { tables: tables.collect(), models, spares: Spares::default(), seq: 0, time_ms: 0 }
    }

    /// How many nodes are kept for reuse.
    #[must_use]
    pub fn spare_nodes(&self) -> usize {
        self.spares.rows.len() + self.spares.entries.len()
    }

    /// Takes out the nodes that are kept for reuse, and with them the last counts of old rows.
    #[must_use]
    pub fn take_spares(&mut self) -> Spares {
        std::mem::take(&mut self.spares)
    }

    /// The models that it holds rows of.
    #[must_use]
    pub fn models(&self) -> &Arc<Models> {
        &self.models
    }

    /// The schema of the table at this position.
    #[must_use]
    pub fn schema(&self, table: usize) -> &Schema {
        &self.models.schemas()[table]
    }

    /// The table at this position.
    #[must_use]
    pub fn table(&self, table: usize) -> &Table {
        &self.tables[table]
    }

    /// The table at this position, to change: copied first where another version shares it.
    pub fn table_mut(&mut self, table: usize) -> &mut Table {
        Arc::make_mut(&mut self.tables[table])
    }

    /// Puts a row in, whatever it breaks: for replay and undo, which repeat what was allowed once.
    pub fn put(&mut self, table: usize, key: &Key, row: Row) -> Option<Row> {
        let schema = &self.models.schemas()[table];
        Arc::make_mut(&mut self.tables[table]).put(schema, key, row, &mut self.spares)
    }

    /// Takes a row out, whatever refers to it: for replay and undo.
    pub fn take(&mut self, table: usize, key: &[u8]) -> Option<Row> {
        let schema = &self.models.schemas()[table];
        Arc::make_mut(&mut self.tables[table]).take(schema, key, &mut self.spares)
    }

    /// Can every index of the table hold this row's values, with as much room again for changes of single fields? Rows that
    /// are admitted are far below what one can hold; those of a journal may come from before the index.
    pub(super) fn has_room_in_indexes(&self, table: usize, row: &dyn Entity) -> bool {
        let mut w = KeyWriter::new();
        self.schema(table).indexes.iter().all(|spec| {
            w.reset();
            spec.fields.iter().for_each(|field| row.field_order(*field, &mut w));
            w.as_bytes().len() <= usize::from(u16::MAX / 2)
        })
    }

    /// May this row stand in its table: is no unique value taken by another, does every reference lead somewhere, is
    /// every key short enough? Fields that are as in `before` are not looked at again.
    ///
    /// # Errors
    /// 409 for a unique value, 422 for the rest.
    pub fn admit(
        &self,
        table: usize,
        key: &Key,
        row: &dyn Entity,
        before: Option<&dyn Entity>,
    ) -> Result<()> {
        let schema = self.schema(table);
        let mut w = KeyWriter::new();
        if key.as_bytes().len() > INDEX_KEY_BYTES_MAX {
            return Err(too_long(schema.field_name(schema.model.key)));
        }
        for (position, spec) in schema.indexes.iter().enumerate() {
            if before.is_some_and(|before| spec.fields.iter().all(|field| before.field_same(*field, row))) {
                continue;
            }
            w.reset();
            spec.fields.iter().for_each(|field| row.field_order(*field, &mut w));
            if w.as_bytes().len() + key.as_bytes().len() > INDEX_KEY_BYTES_MAX {
                return Err(too_long(schema.field_name(spec.fields[0])));
            }
            let counts = spec.unique && !spec.fields.iter().any(|field| row.field_is_null(*field));
            if counts
                && self.tables[table]
                    .keys_by(position, w.as_bytes(), None)
                    .any(|other| other != key.as_bytes())
            {
                return Err(unique_taken(schema, spec));
            }
        }
        let mut astray = Vec::new();
        for reference in &schema.references {
            if before.is_some_and(|before| before.field_same(reference.field, row)) {
                continue;
            }
            w.reset();
            if row.field_reference(reference.field, &mut w)
                && !(reference.target == table && w.as_bytes() == key.as_bytes())
                && self.tables[reference.target].get(w.as_bytes()).is_none()
            {
                let target = self.schema(reference.target).name;
                let field = schema.field_name(reference.field).to_owned();
                astray.push(FieldError { field, detail: format!("there is no such {target}") });
            }
        }
        if !astray.is_empty() {
            let words = format!("{} refers to what is not there", schema.name);
            return Err(Error::invalid(words).with_fields(astray));
        }
        Ok(())
    }

    /// The error for a key that is taken.
    pub(crate) fn key_taken(&self, table: usize, row: &dyn Entity) -> Error {
        let schema = self.schema(table);
        let name = schema.name;
        Error::conflict(match schema.has_secret_key() {
            true => format!("a {name} with this key is there already"),
            false => format!("a {name} with the key {} is there already", show_key(schema, row)),
        })
    }

    /// Every rule of this room, checked the slow way.
    ///
    /// # Panics
    /// When one does not hold, with what breaks it.
    pub fn check_invariants(&self) {
        for (schema, table) in self.models.schemas().iter().zip(&self.tables) {
            let mut w = KeyWriter::new();
            for (key, row) in table.rows.iter() {
                w.reset();
                row.value.key_order(&mut w);
                assert_eq!(w.as_bytes(), key.as_bytes(), "a row of {} stands under another key", schema.name);
                let counted = row.value.key_counter();
                assert!(
                    counted.is_none_or(|id| id < table.next_id),
                    "the counter of {} fell behind",
                    schema.name
                );
            }
            for (spec, tree) in schema.indexes.iter().zip(&table.indexes) {
                assert_eq!(
                    tree.len(),
                    table.rows.len(),
                    "an index of {} has not one entry a row",
                    schema.name
                );
                let mut values: Vec<Vec<u8>> = Vec::new();
                for (key, row) in table.rows.iter() {
                    let start = entry_of(spec, &row.value, key.as_bytes(), &mut w);
                    assert_eq!(
                        tree.get(w.as_bytes()),
                        Some(&start),
                        "an index of {} lacks a row",
                        schema.name
                    );
                    if spec.unique && !spec.fields.iter().any(|field| row.value.field_is_null(*field)) {
                        values.push(w.as_bytes()[..usize::from(start)].to_vec());
                    }
                }
                let count = values.len();
                values.sort();
                values.dedup();
                assert_eq!(values.len(), count, "a unique index of {} holds values twice", schema.name);
            }
        }
    }
}

fn too_long(field: &str) -> Error {
    let detail =
        format!("is longer than {INDEX_KEY_BYTES_MAX} bytes, the most that can stand in a key or an index");
    Error::invalid("a key is too long").with_fields(vec![FieldError { field: field.to_owned(), detail }])
}

fn unique_taken(schema: &Schema, spec: &IndexSpec) -> Error {
    let names: Vec<_> = spec.fields.iter().map(|field| schema.field_name(*field)).collect();
    let fields =
        names.iter().map(|name| FieldError { field: (*name).to_owned(), detail: "is taken".to_owned() });
    let words = names.join(" and ");
    Error::conflict(format!("another {} has the same {words}", schema.name)).with_fields(fields.collect())
}
