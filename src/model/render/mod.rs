//! Values of a journal as JSON, by what the journal itself says of them: the program that wrote them is not needed.
//!
//! A [`Renderer`] is a [`Catalog`] whose shapes have been read once. What a shape like `list<option<time>>` says is
//! followed from the outside in; a scalar becomes what its own type writes, so that a value looks here as it does in an
//! answer. A scalar of a name that is not known (a later version wrote it) is shown as plain CBOR reads. What is secret is
//! left out of a record, and null where it stands alone.

mod plain;
mod shapes;

use super::{Catalog, LEVELS_MAX, TypeBody, TypeKind};
use crate::codec::binary::{Major, Malformed, Numbers, Reader};
use crate::codec::json::Writer;
use plain::{list, map_key, plain, secret};
use shapes::{Named, Part, Variant};
use std::collections::HashMap;

/// How deep values may lie in each other: room for all that is kept, whose levels are counted here or not, and an end for
/// bytes that go down for ever.
const DEPTH_MAX: usize = 2 * LEVELS_MAX as usize;

/// A catalog, ready to show values.
#[derive(Debug, Default)]
pub struct Renderer {
    types: Vec<Named>,
}

impl Renderer {
    /// Reads the shapes of a catalog.
    #[must_use]
    pub fn new(catalog: &Catalog) -> Self {
        let types = || (0_u64..).map_while(|number| catalog.by_number(number));
        // The newest of a name counts; a part goes before a model of its name.
        let mut numbers: HashMap<&str, usize> = HashMap::new();
        for wanted in [TypeKind::Model, TypeKind::Data] {
            let of_kind = types().enumerate().filter(|(_, known)| known.kind == wanted);
            numbers.extend(of_kind.map(|(number, known)| (known.name.as_str(), number)));
        }
        Self { types: types().map(|known| Named::new(known, &numbers)).collect() }
    }

    fn model(&self, table: u64) -> Option<&Named> {
        self.named(table).filter(|named| named.kind == TypeKind::Model)
    }

    fn named(&self, number: u64) -> Option<&Named> {
        self.types.get(usize::try_from(number).ok()?)
    }

    /// Writes a row of the table with this number.
    ///
    /// # Errors
    /// When the bytes are not what the catalog says.
    pub fn row(&self, table: u64, row: &[u8], w: &mut Writer) -> Result<(), Malformed> {
        let mut r = Reader::new(row, Numbers::positions());
        let named = self.model(table).ok_or_else(|| r.malformed("a row of a known table"))?;
        self.type_of(named, &mut r, w, 0)?;
        r.end()
    }

    /// Writes the key of a row that stands alone.
    ///
    /// # Errors
    /// As [`Renderer::row`].
    pub fn key(&self, table: u64, key: &[u8], w: &mut Writer) -> Result<(), Malformed> {
        let number = self.model(table).and_then(|named| named.key);
        self.field(table, number.unwrap_or(u64::MAX), key, w)
    }

    /// Writes the key that stands in a row.
    ///
    /// # Errors
    /// As [`Renderer::row`].
    pub fn key_in(&self, table: u64, row: &[u8], w: &mut Writer) -> Result<(), Malformed> {
        let key = self.model(table).and_then(|named| named.key);
        let mut r = Reader::new(row, Numbers::positions());
        for _ in 0..r.map()? {
            let number = r.uint()?;
            let value = r.raw()?;
            if Some(number) == key {
                return self.field(table, number, value, w);
            }
        }
        Err(r.malformed("a row with a key"))
    }

    /// The name of a field of the table with this number.
    #[must_use]
    pub fn field_name(&self, table: u64, field: u64) -> Option<&str> {
        self.model(table)?.member(field).map(|member| member.name.as_str())
    }

    /// Are the values of this field never shown?
    #[must_use]
    pub fn is_secret(&self, table: u64, field: u64) -> bool {
        self.model(table).and_then(|named| named.member(field)).is_some_and(|member| member.secret)
    }

    /// Writes the value of a field.
    ///
    /// # Errors
    /// As [`Renderer::row`].
    pub fn field(&self, table: u64, field: u64, value: &[u8], w: &mut Writer) -> Result<(), Malformed> {
        let mut r = Reader::new(value, Numbers::positions());
        let member = self.model(table).and_then(|named| named.member(field));
        let member = member.ok_or_else(|| r.malformed("a field of a known table"))?;
        match member.secret {
            true => secret(&mut r, w)?,
            false => self.part(&member.part, &mut r, w, 0)?,
        }
        r.end()
    }

    /// Writes the arguments of a call.
    ///
    /// # Errors
    /// As [`Renderer::row`].
    pub fn arguments(&self, call: u64, arguments: &[u8], w: &mut Writer) -> Result<(), Malformed> {
        let mut r = Reader::new(arguments, Numbers::positions());
        let named = self.named(call).filter(|named| named.kind == TypeKind::Call);
        let named = named.ok_or_else(|| r.malformed("the arguments of a known call"))?;
        self.type_of(named, &mut r, w, 0)?;
        r.end()
    }

    fn part(&self, part: &Part, r: &mut Reader<'_>, w: &mut Writer, depth: usize) -> Result<(), Malformed> {
        if depth > DEPTH_MAX {
            return Err(r.malformed("a value that is less deep"));
        }
        let depth = depth + 1;
        match part {
            Part::Scalar(render) => render(r, w)?,
            Part::Option(_) if r.null() => w.null(),
            Part::Option(inner) => {
                if r.is_wrapped_null() {
                    r.array(1)?;
                }
                self.part(inner, r, w, depth)?;
            }
            Part::List(inner) => list(r.list()?, r, w, |_, r, w| self.part(inner, r, w, depth))?,
            Part::Tuple(parts) => {
                r.array(parts.len())?;
                list(parts.len(), r, w, |n, r, w| self.part(&parts[n], r, w, depth))?;
            }
            Part::Map(key, value) => {
                w.begin_object();
                for _ in 0..r.map()? {
                    let mut text = Writer::new();
                    self.part(key, r, &mut text, depth)?;
                    map_key(w, text.bytes());
                    self.part(value, r, w, depth)?;
                }
                w.end_object();
            }
            Part::Secret => secret(r, w)?,
            Part::Named(number) => {
                let named = self.types.get(*number).ok_or_else(|| r.malformed("a known type"))?;
                self.type_of(named, r, w, depth)?;
            }
            Part::Variant(_) => return Err(r.malformed("a value, not a variant")),
            Part::Plain => plain(r, w, depth)?,
        }
        Ok(())
    }

    fn type_of(
        &self,
        named: &Named,
        r: &mut Reader<'_>,
        w: &mut Writer,
        depth: usize,
    ) -> Result<(), Malformed> {
        match named.body {
            TypeBody::Record => self.record(named, r, w, depth),
            TypeBody::Tuple => {
                r.array(named.members.len())?;
                list(named.members.len(), r, w, |n, r, w| self.part(&named.members[n].part, r, w, depth))
            }
            TypeBody::Transparent => match named.members.first() {
                Some(member) => self.part(&member.part, r, w, depth),
                None => Err(r.malformed("a type around one value")),
            },
            TypeBody::Choice => self.choice(named, r, w, depth),
        }
    }

    /// An object of the fields that are there and are no secret.
    fn record(
        &self,
        named: &Named,
        r: &mut Reader<'_>,
        w: &mut Writer,
        depth: usize,
    ) -> Result<(), Malformed> {
        w.begin_object();
        for _ in 0..r.map()? {
            let member = named.read_member(r)?;
            if member.secret {
                r.skip()?;
                continue;
            }
            w.key(&member.name);
            self.part(&member.part, r, w, depth)?;
        }
        w.end_object();
        Ok(())
    }

    /// A name, or an object with the name as its only key.
    fn choice(
        &self,
        named: &Named,
        r: &mut Reader<'_>,
        w: &mut Writer,
        depth: usize,
    ) -> Result<(), Malformed> {
        if r.peek() != Some(Major::Array) {
            w.str(&named.read_member(r)?.name);
            return Ok(());
        }
        r.array(2)?;
        let variant = named.read_member(r)?;
        w.begin_object();
        w.key(&variant.name);
        match variant.part {
            Part::Variant(Variant::Object) => self.record(named, r, w, depth)?,
            Part::Variant(Variant::One) => {
                let start = r.clone();
                if r.map()? != 1 {
                    return Err(start.malformed("one field"));
                }
                self.part(&named.read_member(r)?.part, r, w, depth)?;
            }
            Part::Variant(Variant::List) => {
                let count = r.map()?;
                list(count, r, w, |_, r, w| self.part(&named.read_member(r)?.part, r, w, depth))?;
            }
            _ => return Err(r.malformed("a variant")),
        }
        w.end_object();
        Ok(())
    }
}
