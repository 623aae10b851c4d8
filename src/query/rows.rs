//! A lazy answer.

use super::Filter;
use super::filter::Operator;
use crate::codec::order::{Key, KeyWriter};
use crate::model::{Field, Model, Row};
use crate::state::{State, Table};
use std::marker::PhantomData;
use std::ops::Bound;

/// Rows of `T` in one version of the state: a filter and an order, looked up when they are walked.
///
/// As the answer of a method it becomes a page: `{"items": [...], "next": cursor | null}`. A request asks for its size and its
/// place: `?_limit=50` (100 unless stated, 1,000 at most) and `?_after=` with the `next` of the page before; a call by name
/// gives the same two beside its arguments. Rows that are inserted or removed between two pages make no other row come
/// twice or be left out. A cursor serves the query that it came from, and shows no secret: where rows go by a secret field,
/// or have a secret key, it stands behind one row and serves as long as that is there (with a secret key, as long as the
/// process runs as well; and finding the row takes a walk over the table). A cursor that does not serve is refused with 400
/// and the problem type `stale-cursor`: begin again.
pub struct Rows<'a, T> {
    pub(super) state: &'a State,
    pub(super) table: usize,
    pub(super) filter: Filter<T>,
    /// Field positions; true: the largest first.
    pub(super) sort: Vec<(usize, bool)>,
    of: PhantomData<&'a T>,
}

impl<T> std::fmt::Debug for Rows<'_, T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Rows").field("filter", &self.filter).field("sort", &self.sort).finish_non_exhaustive()
    }
}

impl<'a, T: Model> Rows<'a, T> {
    /// The rows of the table at this position.
    pub(crate) fn new(state: &'a State, table: usize, filter: Filter<T>) -> Self {
        Self { state, table, filter, sort: Vec::new(), of: PhantomData }
    }

    /// The same rows by this field, the smallest first; called again, rows that are equal in the first are sorted by the
    /// second. Rows that are equal in all go by key.
    #[must_use]
    pub fn sort<F>(mut self, field: Field<T, F>) -> Self {
        self.sort.push((field.position(), false));
        self
    }

    /// The same rows by this field, the largest first.
    #[must_use]
    pub fn sort_down<F>(mut self, field: Field<T, F>) -> Self {
        self.sort.push((field.position(), true));
        self
    }

    /// How many.
    #[must_use]
    pub fn count(&self) -> usize {
        if self.filter.conditions.is_empty() {
            self.table().rows().len()
        } else {
            self.matching(None).count()
        }
    }

    /// The first one.
    #[must_use]
    pub fn first(&self) -> Option<&'a T> {
        self.rows().next().map(typed)
    }

    /// Every row in order.
    pub fn iter(&self) -> impl Iterator<Item = &'a T> + use<'a, '_, T> {
        self.rows().map(typed)
    }

    pub(super) fn table(&self) -> &'a Table {
        self.state.table(self.table)
    }

    /// Every row in order, untyped.
    fn rows(&self) -> Box<dyn Iterator<Item = &'a Row> + '_> {
        if self.sort.is_empty() {
            return Box::new(self.matching(None).map(|(_, row)| row));
        }
        Box::new(self.sorted().into_iter().map(|(_, row)| row))
    }

    /// The matching rows, each with the bytes that it sorts by, in order.
    pub(super) fn sorted(&self) -> Vec<(Key, &'a Row)> {
        let mut w = KeyWriter::new();
        let mut rows: Vec<_> =
            self.matching(None).map(|(key, row)| (self.sort_key(key, row, &mut w), row)).collect();
        rows.sort_by(|(a, _), (b, _)| a.cmp(b));
        rows
    }

    /// The bytes that a row sorts by: its sort fields, turned around where the largest comes first, then its key.
    pub(super) fn sort_key(&self, key: &[u8], row: &Row, w: &mut KeyWriter) -> Key {
        let mut bytes = Vec::with_capacity(64);
        for (field, down) in &self.sort {
            w.reset();
            row.value.field_order(*field, w);
            let turn = if *down { 0xff } else { 0 };
            bytes.extend(w.as_bytes().iter().map(|byte| byte ^ turn));
        }
        bytes.extend_from_slice(key);
        Key::from_bytes(&bytes)
    }

    /// The matching rows by key, behind the key `after`.
    pub(super) fn matching(
        &self,
        after: Option<&[u8]>,
    ) -> impl Iterator<Item = (&'a [u8], &'a Row)> + use<'a, '_, T> {
        let mut w = KeyWriter::new();
        self.candidates(after).filter(move |(_, row)| {
            self.filter.conditions.iter().all(|condition| condition.holds(&row.value, &mut w))
        })
    }

    /// The rows to look at: a part of an index where one begins with a field that the filter pins, else the table.
    fn candidates(&self, after: Option<&[u8]>) -> Box<dyn Iterator<Item = (&'a [u8], &'a Row)> + 'a> {
        let table = self.table();
        for condition in self.filter.conditions.iter().filter(|condition| condition.operator == Operator::Is)
        {
            let begins = |spec: &crate::model::IndexSpec| spec.fields == [condition.field];
            if let Some(index) = self.state.schema(self.table).indexes.iter().position(begins) {
                let keys = table.keys_by(index, &condition.value, after);
                return Box::new(
                    keys.map(move |key| {
                        (key, table.get(key).expect("an index holds only keys of its table"))
                    }),
                );
            }
        }
        let start = after.map_or(Bound::Unbounded, Bound::Excluded);
        Box::new(
            table.rows().range::<[u8], _>((start, Bound::Unbounded)).map(|(key, row)| (key.as_bytes(), row)),
        )
    }
}

/// A row as its own type.
pub(crate) fn typed<T: Model>(row: &Row) -> &T {
    row.value.typed().expect("a table holds rows of its own model")
}

impl<'a, T: Model> IntoIterator for Rows<'a, T> {
    type Item = &'a T;
    type IntoIter = std::vec::IntoIter<&'a T>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter().collect::<Vec<_>>().into_iter()
    }
}
