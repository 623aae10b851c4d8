//! One model's rows, by keys of any type.

use super::Tx;
use crate::codec::json;
use crate::codec::order::KeyWriter;
use crate::error::{Error, Result};
use crate::model::{Entity, Indexable, Model, Row, Value};
use crate::query::typed;
use crate::state::State;
use std::any::Any;
use std::marker::PhantomData;

/// Something that finds a key of type `K`: the key, a reference to it, or a `&str` where the key is a `String`.
pub trait Lookup<K> {
    /// Appends the key as it stands in the table.
    fn order(&self, w: &mut KeyWriter);

    /// Appends the key for a message.
    fn show(&self, w: &mut json::Writer);
}

impl<K: Indexable> Lookup<K> for K {
    fn order(&self, w: &mut KeyWriter) {
        Value::order(self, w);
    }

    fn show(&self, w: &mut json::Writer) {
        self.to_json(w);
    }
}

impl<K: Indexable> Lookup<K> for &K {
    fn order(&self, w: &mut KeyWriter) {
        Value::order(*self, w);
    }

    fn show(&self, w: &mut json::Writer) {
        self.to_json(w);
    }
}

impl Lookup<String> for &str {
    fn order(&self, w: &mut KeyWriter) {
        w.text(self);
    }

    fn show(&self, w: &mut json::Writer) {
        w.str(self);
    }
}

/// What the closure of an update may give: nothing, or a result whose error takes the transaction back.
pub trait Edited {
    /// The outcome.
    ///
    /// # Errors
    /// The closure's.
    fn outcome(self) -> Result<()>;
}

impl Edited for () {
    fn outcome(self) -> Result<()> {
        Ok(())
    }
}

impl<E: Into<Error>> Edited for Result<(), E> {
    fn outcome(self) -> Result<()> {
        self.map_err(Into::into)
    }
}

/// The position of the table of `T`; a fault of the program when it has none.
pub(super) fn place_of<T: Model>(state: &State) -> Result<usize> {
    let position = state.models().position::<T>();
    position.ok_or_else(|| {
        Error::internal(format!("{0} is not registered: add .model::<{0}>() to the app", T::NAME))
    })
}

/// What is there, where a method has no error to give: a fault of the program is a panic with the error's words.
#[track_caller]
pub(super) fn sure<T>(found: Result<T>) -> T {
    match found {
        Ok(found) => found,
        Err(fault) => panic!("{fault}"),
    }
}

fn missing<T: Model, K>(key: &impl Lookup<K>) -> Error {
    if T::definition().has_secret_key() {
        return Error::not_found(format!("there is no {} with this key", T::NAME));
    }
    let mut w = json::Writer::new();
    key.show(&mut w);
    Error::not_found(format!(
        "there is no {} with the key {}",
        T::NAME,
        String::from_utf8_lossy(&w.into_bytes())
    ))
}

/// The rows of `T`, to read.
#[derive(Debug)]
pub struct TableRef<'a, T> {
    state: &'a State,
    table: usize,
    of: PhantomData<&'a T>,
}

impl<'a, T: Model> TableRef<'a, T> {
    /// The table in this state.
    pub(super) fn of(state: &'a State) -> Result<Self> {
        Ok(Self { table: place_of::<T>(state)?, state, of: PhantomData })
    }

    fn row(&self, key: &impl Lookup<T::Key>) -> Result<&'a Row> {
        let mut w = KeyWriter::new();
        key.order(&mut w);
        self.state.table(self.table).get(w.as_bytes()).ok_or_else(|| missing::<T, _>(key))
    }

    /// The row with this key.
    ///
    /// # Errors
    /// 404 when there is none.
    #[expect(clippy::needless_pass_by_value, reason = "a key is given as it is at hand, owned or not")]
    pub fn get(&self, key: impl Lookup<T::Key>) -> Result<&'a T> {
        self.row(&key).map(typed)
    }

    /// The row with this key, where there is one.
    #[must_use]
    #[expect(clippy::needless_pass_by_value, reason = "a key is given as it is at hand, owned or not")]
    pub fn lookup(&self, key: impl Lookup<T::Key>) -> Option<&'a T> {
        let mut w = KeyWriter::new();
        key.order(&mut w);
        self.state.table(self.table).get(w.as_bytes()).map(typed)
    }

    /// The sequence that last changed the row with this key.
    ///
    /// # Errors
    /// 404 when there is none.
    #[expect(clippy::needless_pass_by_value, reason = "a key is given as it is at hand, owned or not")]
    pub fn version(&self, key: impl Lookup<T::Key>) -> Result<u64> {
        self.row(&key).map(|row| row.version)
    }

    /// Goes on only when the row with this key is still at this version.
    ///
    /// # Errors
    /// 404 when there is none, 412 when it has changed since.
    pub fn expect(&self, key: impl Lookup<T::Key>, version: u64) -> Result<()> {
        match self.version(key)? {
            found if found == version => Ok(()),
            found => {
                Err(Error::version_mismatch(format!("the {} is at version {found}, not {version}", T::NAME)))
            }
        }
    }

    /// How many rows there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.state.table(self.table).rows().len()
    }

    /// Are there none?
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// The rows of `T`, to change.
#[derive(Debug)]
pub struct TableMut<'a, T> {
    tx: &'a mut Tx,
    table: usize,
    of: PhantomData<fn(T)>,
}

impl<'a, T: Model> TableMut<'a, T> {
    /// The table in the state of this transaction.
    pub(super) fn of(tx: &'a mut Tx) -> Result<Self> {
        Ok(Self { table: place_of::<T>(&tx.state)?, tx, of: PhantomData })
    }

    /// The same rows, to read.
    fn as_ref(&self) -> TableRef<'_, T> {
        TableRef { state: &self.tx.state, table: self.table, of: PhantomData }
    }

    /// The row with this key.
    ///
    /// # Errors
    /// 404 when there is none.
    pub fn get(&self, key: impl Lookup<T::Key>) -> Result<&T> {
        self.as_ref().get(key)
    }

    /// The row with this key, where there is one.
    #[must_use]
    pub fn lookup(&self, key: impl Lookup<T::Key>) -> Option<&T> {
        self.as_ref().lookup(key)
    }

    /// The sequence that last changed the row with this key.
    ///
    /// # Errors
    /// 404 when there is none.
    pub fn version(&self, key: impl Lookup<T::Key>) -> Result<u64> {
        self.as_ref().version(key)
    }

    /// Goes on only when the row with this key is still at this version.
    ///
    /// # Errors
    /// 404 when there is none, 412 when it has changed since.
    pub fn expect(&self, key: impl Lookup<T::Key>, version: u64) -> Result<()> {
        self.as_ref().expect(key, version)
    }

    /// How many rows there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.as_ref().len()
    }

    /// Are there none?
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// As [`Tx::insert`].
    ///
    /// # Errors
    /// As [`Tx::insert`].
    pub fn insert(&mut self, row: T) -> Result<T> {
        self.tx.insert(row)
    }

    /// As [`Tx::update`].
    ///
    /// # Errors
    /// As [`Tx::update`].
    #[expect(clippy::needless_pass_by_value, reason = "a key is given as it is at hand, owned or not")]
    pub fn update<R: Edited>(
        &mut self,
        key: impl Lookup<T::Key>,
        edit: impl FnOnce(&mut T) -> R,
    ) -> Result<T> {
        let mut edit = Some(edit);
        let mut edit_row = |row: &mut dyn Entity| {
            let any: &mut dyn Any = row;
            let row = any.downcast_mut().expect("a table holds rows of its own model");
            let edit = edit.take().expect("a row is edited once");
            edit(row).outcome()
        };
        let mut w = KeyWriter::new();
        key.order(&mut w);
        let after = self.tx.update_row(self.table, &w.finish(), &mut edit_row)?;
        after.map(|row| typed::<T>(&row).copy()).ok_or_else(|| missing::<T, _>(&key))
    }

    /// As [`Tx::remove`].
    ///
    /// # Errors
    /// As [`Tx::remove`].
    #[expect(clippy::needless_pass_by_value, reason = "a key is given as it is at hand, owned or not")]
    pub fn remove(&mut self, key: impl Lookup<T::Key>) -> Result<T> {
        let mut w = KeyWriter::new();
        key.order(&mut w);
        let removed = self.tx.remove_row(self.table, &w.finish())?;
        removed.map(|row| typed::<T>(&row).copy()).ok_or_else(|| missing::<T, _>(&key))
    }
}
