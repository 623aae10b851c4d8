//! What can be asked of one version of everything, whoever holds it.

use super::tables::{TableRef, place_of, sure};
use crate::error::Result;
use crate::model::{Id, Model};
use crate::query::{Filter, Rows};
use crate::state::State;

/// The questions that a [`View`](super::View) and a [`Tx`](super::Tx) answer alike: a view from the version that it holds, a
/// transaction from what it has made of the state so far.
///
/// It comes with the prelude, and its methods are called like any others: `view.get(id)`, `tx.find(Todo::DONE.is(false))`. A
/// function that is called from queries and from commands takes `&impl Reading`:
///
/// ```
/// use sunstone::prelude::*;
///
/// #[Model]
/// struct Todo {
///     #[key]
///     id: Id<Todo>,
///     #[index]
///     done: bool,
/// }
///
/// fn left(of: &impl Reading) -> usize {
///     of.find(Todo::DONE.is(false)).count()
/// }
///
/// struct Todos;
///
/// #[Api("/todos")]
/// impl Todos {
///     #[get("/left")]
///     fn left(view: &View) -> usize {
///         left(view)
///     }
///
///     #[post("/")]
///     fn add(tx: &mut Tx) -> Result<Todo> {
///         if left(tx) >= 100 {
///             return Err(Error::conflict("there is enough to do"));
///         }
///         let id = tx.next_id();
///         tx.insert(Todo { id, done: false })
///     }
/// }
/// ```
///
/// A model that is not registered has no rows to ask for, which is a fault of the program: what can fail is an error then (500,
/// with the line to add in the log), everything else panics with the same words.
pub trait Reading {
    /// The state that is asked. Not for programs: they ask by the other methods.
    #[doc(hidden)]
    fn read_from(&self) -> &State;

    /// The row with this id. By a key that is no [`Id`] it is `view.table::<Package>().get("serde")`.
    ///
    /// # Errors
    /// 404 when there is none.
    fn get<T: Model<Key = Id<T>>>(&self, id: Id<T>) -> Result<&T> {
        TableRef::of(self.read_from())?.get(id)
    }

    /// The row with this id, where there is one. By a key that is no [`Id`] it is `view.table::<Package>().lookup("serde")`.
    ///
    /// # Panics
    /// When `T` is not registered.
    #[must_use]
    #[track_caller]
    fn lookup<T: Model<Key = Id<T>>>(&self, id: Id<T>) -> Option<&T> {
        self.table::<T>().lookup(id)
    }

    /// The sequence that last changed the row with this id.
    ///
    /// # Errors
    /// 404 when there is none.
    fn version<T: Model<Key = Id<T>>>(&self, id: Id<T>) -> Result<u64> {
        TableRef::<T>::of(self.read_from())?.version(id)
    }

    /// Goes on only when the row with this id is still at this version.
    ///
    /// # Errors
    /// 404 when there is none, 412 when it has changed since.
    fn expect<T: Model<Key = Id<T>>>(&self, id: Id<T>, version: u64) -> Result<()> {
        TableRef::<T>::of(self.read_from())?.expect(id, version)
    }

    /// The rows that a filter lets through.
    ///
    /// # Panics
    /// When `T` is not registered.
    #[must_use]
    #[track_caller]
    fn find<T: Model>(&self, filter: Filter<T>) -> Rows<'_, T> {
        let state = self.read_from();
        Rows::new(state, sure(place_of::<T>(state)), filter)
    }

    /// Every row of `T`, by key.
    ///
    /// # Panics
    /// When `T` is not registered.
    #[must_use]
    #[track_caller]
    fn all<T: Model>(&self) -> Rows<'_, T> {
        self.find(Filter::all())
    }

    /// The table of `T`, for keys that are not [`Id`]: `view.table::<Package>().get("serde")`.
    ///
    /// # Panics
    /// When `T` is not registered.
    #[must_use]
    #[track_caller]
    fn table<T: Model>(&self) -> TableRef<'_, T> {
        sure(TableRef::of(self.read_from()))
    }
}
