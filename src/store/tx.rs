//! One transaction.

use super::tables::{Edited, TableMut, place_of, sure};
use super::{Caller, Reading, View};
use crate::codec::order::{Key, KeyWriter};
use crate::error::{Error, FieldError, Result};
use crate::model::{
    Auto, Entity, ID_BROUGHT_MAX, ID_MAX, Id, Model, OnRemove, Reference, Report, Row, Time, Uid,
};
use crate::state::{Change, State, undo};
use crate::stdx::random::Xoshiro;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Arc;

/// One transaction in the head state: all or nothing.
///
/// What can be asked of it is in [`Reading`], and sees what it has changed so far. When the method that holds it gives an error or panics, everything is as it
/// was. Time, ids and randomness come from here, so that tests and simulations repeat.
///
/// ```
/// use sunstone::prelude::*;
///
/// #[Model]
/// struct Account {
///     #[key]
///     id: Id<Account>,
///     balance: u64,
/// }
///
/// fn transfer(tx: &mut Tx, from: Id<Account>, to: Id<Account>, amount: u64) -> Result<()> {
///     let left = tx.get(from)?.balance.checked_sub(amount);
///     let left = left.ok_or_else(|| Error::conflict("the account does not hold so much"))?;
///     tx.update(from, |account| account.balance = left)?;
///     tx.update(to, |account| account.balance += amount)?;
///     Ok(())
/// }
/// ```
#[derive(Debug)]
pub struct Tx {
    pub(super) state: State,
    pub(super) changes: Vec<Change>,
    /// Tables whose ids were taken or raised, with the next id before.
    pub(super) counters: Vec<(usize, u64)>,
    pub(super) time_ms: u64,
    pub(super) caller: Caller,
    pub(super) random: Xoshiro,
    /// The tree is being changed: a panic now leaves it in a state that nobody knows.
    pub(super) in_tree: bool,
}

impl Reading for Tx {
    fn read_from(&self) -> &State {
        &self.state
    }
}

impl Tx {
    /// A head over this state.
    pub(super) fn new(state: State, seed: u64) -> Self {
        Self {
            time_ms: state.time_ms,
            state,
            changes: Vec::new(),
            counters: Vec::new(),
            caller: Caller::anonymous(),
            random: Xoshiro::new(seed),
            in_tree: false,
        }
    }

    /// When the transaction happens: the same for all of it, and never before an earlier one.
    #[must_use]
    pub fn now(&self) -> Time {
        Time::from_unix_ms(i64::try_from(self.time_ms).unwrap_or(i64::MAX))
    }

    /// A random number. Not for secrets: a simulation repeats it.
    pub fn random(&mut self) -> u64 {
        self.random.next_u64()
    }

    /// Who is asking.
    #[must_use]
    pub fn caller(&self) -> &Caller {
        &self.caller
    }

    /// An id that no row of `T` has or had: one more than the last. When all are used up (a journal of before there was
    /// [`ID_BROUGHT_MAX`] may hold the very last) it is 0, which no row may have: what is inserted with it is refused.
    ///
    /// # Panics
    /// When `T` is not registered.
    #[track_caller]
    pub fn next_id<T: Model>(&mut self) -> Id<T> {
        let table = sure(place_of::<T>(&self.state));
        self.note_counter(table);
        let next = self.state.table(table).next_id();
        if next > ID_MAX {
            return Id::default();
        }
        self.state.table_mut(table).raise_counter(next + 1);
        Id::new(next)
    }

    /// A key that orders by time and that nobody else makes: a UUID of version 7 (RFC 9562), from the transaction's own time
    /// and randomness.
    pub fn next_uid<T: Model>(&mut self) -> Uid<T> {
        let mut random = [0; 10];
        self.random.fill(&mut random);
        Uid::new(self.now(), random)
    }

    /// The table of `T`, to read and to change, for keys that are not [`Id`].
    ///
    /// # Panics
    /// When `T` is not registered.
    #[track_caller]
    pub fn table<T: Model>(&mut self) -> TableMut<'_, T> {
        sure(TableMut::of(self))
    }

    /// Puts in a new row, and gives it back as it is kept: fields with `#[auto]` are filled in.
    ///
    /// # Errors
    /// 409 when its key or a unique value is taken, 422 when it breaks a check or refers to what is not there.
    pub fn insert<T: Model>(&mut self, mut row: T) -> Result<T> {
        self.insert_row(place_of::<T>(&self.state)?, &mut row)?;
        Ok(row)
    }

    /// Changes the row with this id and gives it back as it is then. The closure may give a `Result`; an error leaves the row
    /// as it was.
    ///
    /// # Errors
    /// 404 when there is none; as for [`Tx::insert`]; 422 when the key or a `#[fixed]` field would change; the closure's.
    pub fn update<T: Model<Key = Id<T>>, R: Edited>(
        &mut self,
        id: Id<T>,
        edit: impl FnOnce(&mut T) -> R,
    ) -> Result<T> {
        TableMut::of(self)?.update(id, edit)
    }

    /// Takes the row with this id out and gives it back. What refers to it is handled as its fields say.
    ///
    /// # Errors
    /// 404 when there is none, 409 when rows refer to it that do not allow it.
    pub fn remove<T: Model<Key = Id<T>>>(&mut self, id: Id<T>) -> Result<T> {
        TableMut::of(self)?.remove(id)
    }

    /// What the state looks like from here, as a query sees it: for calling a query's method from a command's.
    #[must_use]
    pub fn view(&self) -> View {
        View::new(Arc::new(self.state.clone()), self.caller.clone())
    }

    /// Forgets the last transaction and begins one.
    pub(super) fn begin(&mut self, time_ms: u64, caller: Caller) {
        self.changes.clear();
        self.counters.clear();
        self.time_ms = time_ms.max(self.state.time_ms);
        self.caller = caller;
    }

    /// Has nothing happened: no row was touched and no id taken?
    pub(super) fn is_idle(&self) -> bool {
        let unmoved = |(table, before): &(usize, u64)| self.state.table(*table).next_id() == *before;
        self.changes.is_empty() && self.counters.iter().all(unmoved)
    }

    /// Makes everything as it was.
    pub(super) fn undo(&mut self) {
        self.in_tree = true;
        undo(&mut self.state, &mut self.changes, &mut self.counters);
        self.in_tree = false;
    }

    /// The state as it was before this transaction, beside the one that it is in.
    pub(super) fn before(&self) -> State {
        let mut before = self.state.clone();
        undo(&mut before, &mut self.changes.clone(), &mut self.counters.clone());
        before
    }

    fn note_counter(&mut self, table: usize) {
        if !self.counters.iter().any(|(known, _)| *known == table) {
            self.counters.push((table, self.state.table(table).next_id()));
        }
    }

    /// The version that rows changed by this transaction get.
    fn version_now(&self) -> u64 {
        self.state.seq + 1
    }

    fn put(&mut self, table: usize, key: &Key, row: Row) {
        self.note_counter(table);
        self.enter_tree();
        self.state.put(table, key, row);
        self.in_tree = false;
    }

    /// From here on a panic is one inside the tree. A method that has caught one goes no further: what it sees is unknown.
    fn enter_tree(&mut self) {
        assert!(!self.in_tree, "a panic inside the state was caught: nothing after it is known");
        self.in_tree = true;
    }

    pub(super) fn insert_row(&mut self, table: usize, row: &mut dyn Entity) -> Result<()> {
        let model = self.state.schema(table).model;
        for (field, role) in model.roles.iter().enumerate() {
            match role.auto {
                Some(Auto::Created | Auto::Updated) => row.set_field_time(field, self.time_ms),
                Some(Auto::Caller) => row.set_field_caller(field, self.caller.name()),
                None => {}
            }
        }
        self.check_counted(table, row)?;
        self.check(table, row)?;
        let key = key_of(row);
        if self.state.table(table).get(key.as_bytes()).is_some() {
            return Err(self.state.key_taken(table, row));
        }
        self.state.admit(table, &key, row, None)?;
        let kept = row.copy_row(self.version_now());
        self.put(table, &key, Arc::clone(&kept));
        self.changes.push(Change::Created { table, key, row: kept });
        Ok(())
    }

    /// Changes a row; `None` when there is none with this key.
    pub(super) fn update_row(
        &mut self,
        table: usize,
        key: &Key,
        edit: &mut dyn FnMut(&mut dyn Entity) -> Result<()>,
    ) -> Result<Option<Row>> {
        let Some(before) = self.state.table(table).get(key.as_bytes()).cloned() else { return Ok(None) };
        let mut after = before.value.copy_row(self.version_now());
        let row = &mut Arc::get_mut(&mut after).expect("nobody else has the copy that was just made").value;
        edit(row)?;
        let schema = self.state.schema(table);
        let model = schema.model;
        let differs = |row: &dyn Entity, field: usize| !before.value.field_same(field, row);
        if !(0..model.info.members.len()).any(|field| differs(row, field)) {
            return Ok(Some(before));
        }
        let is_fixed = |field: usize| field == model.key || model.info.members[field].flags.fixed;
        let fixed = (0..model.info.members.len()).filter(|field| is_fixed(*field) && differs(row, *field));
        let fixed: Vec<_> = fixed
            .map(|field| FieldError {
                field: schema.field_name(field).to_owned(),
                detail: "is set once".to_owned(),
            })
            .collect();
        if !fixed.is_empty() {
            return Err(
                Error::invalid(format!("the {} cannot be changed so", schema.name)).with_fields(fixed)
            );
        }
        for (field, role) in model.roles.iter().enumerate() {
            if role.auto == Some(Auto::Updated) {
                row.set_field_time(field, self.time_ms);
            }
        }
        self.check(table, row)?;
        self.state.admit(table, key, row, Some(&before.value))?;
        self.put(table, key, Arc::clone(&after));
        self.changes.push(Change::Changed { table, key: key.clone(), before, after: Arc::clone(&after) });
        Ok(Some(after))
    }

    /// Takes a row out, and what has to go with it; `None` when there is none with this key.
    pub(super) fn remove_row(&mut self, table: usize, key: &Key) -> Result<Option<Row>> {
        let Some(removed) = self.state.table(table).get(key.as_bytes()).cloned() else { return Ok(None) };
        let mark = self.changes.len();
        // A check of the program may panic over a row that is cleared, and the method catch that.
        let outcome = catch_unwind(AssertUnwindSafe(|| self.remove_all(vec![(table, key.clone())])));
        if !matches!(outcome, Ok(Ok(()))) && !self.in_tree {
            // The method may go on after a refusal: what went with the row has to come back with it.
            self.enter_tree();
            undo(&mut self.state, &mut self.changes.split_off(mark), &mut Vec::new());
            self.in_tree = false;
        }
        match outcome {
            Ok(removed_all) => removed_all.map(|()| Some(removed)),
            Err(panic) => resume_unwind(panic),
        }
    }

    /// What refuses is asked once everything that goes along is gone: a row that refers and goes too refuses nothing.
    fn remove_all(&mut self, mut going: Vec<(usize, Key)>) -> Result<()> {
        let mut refusing = Vec::new();
        while let Some((table, key)) = going.pop() {
            // A row that refers to two removed ones comes up twice.
            let Some(row) = self.state.table(table).get(key.as_bytes()).cloned() else { continue };
            let referrers = self.state.schema(table).referrers.clone();
            self.enter_tree();
            self.state.take(table, key.as_bytes());
            self.in_tree = false;
            self.changes.push(Change::Removed { table, key: key.clone(), row });
            for (from, reference) in referrers {
                let reference = self.state.schema(from).references[reference];
                let keys = self.referring(from, reference, &key);
                match reference.on_remove {
                    OnRemove::Refuse if keys.is_empty() => {}
                    OnRemove::Refuse => refusing.push((from, reference, key.clone())),
                    OnRemove::Cascade => going.extend(keys.into_iter().map(|key| (from, key))),
                    OnRemove::Clear => self.clear(from, reference.field, &keys)?,
                }
            }
        }
        for (from, reference, removed) in refusing {
            let count = self.referring(from, reference, &removed).len();
            if count > 0 {
                let schema = self.state.schema(from);
                let (name, field) = (schema.name, schema.field_name(reference.field));
                let target = self.state.schema(reference.target).name;
                return Err(Error::conflict(format!("{count} of {name} refer to this {target} by {field}")));
            }
        }
        Ok(())
    }

    /// The keys of the rows of the table `from` that refer to a row by a field.
    fn referring(&self, from: usize, reference: Reference, to: &Key) -> Vec<Key> {
        let mut w = KeyWriter::new();
        for _ in 0..reference.options {
            w.some();
        }
        w.raw(to.as_bytes());
        let keys = self.state.table(from).keys_by(reference.index, w.as_bytes(), None);
        keys.map(Key::from_bytes).collect()
    }

    fn clear(&mut self, table: usize, field: usize, keys: &[Key]) -> Result<()> {
        for key in keys {
            let mut clear = |row: &mut dyn Entity| {
                row.clear_field(field);
                Ok(())
            };
            self.update_row(table, key, &mut clear)?;
        }
        Ok(())
    }

    fn check(&self, table: usize, row: &dyn Entity) -> Result<()> {
        let mut report = Report::of_row();
        row.check_all(&mut report);
        let errors = report.into_errors();
        if errors.is_empty() {
            return Ok(());
        }
        let name = self.state.schema(table).name;
        Err(Error::invalid(format!("the {name} breaks a rule")).with_fields(errors))
    }

    /// Is a counted key one that was given, or one that leaves enough to be counted?
    fn check_counted(&self, table: usize, row: &dyn Entity) -> Result<()> {
        let next = self.state.table(table).next_id();
        let Some(id) = row.key_counter().filter(|id| *id == 0 || *id >= next) else { return Ok(()) };
        if id == 0 && next > ID_MAX {
            let name = self.state.schema(table).name;
            return Err(Error::invalid(format!("all ids of {name} are used up")));
        }
        if id <= ID_BROUGHT_MAX {
            return Ok(());
        }
        let schema = self.state.schema(table);
        let detail = format!("is not the next id, and such an id is at most {ID_BROUGHT_MAX}");
        let field = schema.field_name(schema.model.key).to_owned();
        Err(Error::invalid(format!("the {} brings its id along", schema.name))
            .with_fields(vec![FieldError { field, detail }]))
    }
}

/// The key of a row as it stands in its table.
fn key_of(row: &dyn Entity) -> Key {
    let mut w = KeyWriter::new();
    row.key_order(&mut w);
    w.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Models;
    use sunstone_macros::Model;

    #[Model]
    #[derive(Debug)]
    struct Item {
        #[key]
        id: Id<Item>,
    }

    #[test]
    fn when_all_ids_are_used_up_inserts_are_refused_and_nothing_panics() {
        let mut models = Models::default();
        models.add::<Item>().expect("a sound model");
        models.tie();
        let mut state = State::new(Arc::new(models));
        state.table_mut(0).raise_counter(ID_MAX);
        let mut tx = Tx::new(state, 1);
        let last = tx.next_id();
        assert_eq!(tx.insert(Item { id: last }).unwrap().id.get(), ID_MAX);
        for _ in 0..2 {
            let none = tx.next_id::<Item>();
            let refused = tx.insert(Item { id: none }).unwrap_err();
            assert_eq!((none.get(), refused.status()), (0, 422));
            assert_eq!(refused.detail(), "all ids of Item are used up");
        }
        assert_eq!(tx.changes.len(), 1);
        tx.remove(last).expect("the last one is a row like any other");
    }
}
