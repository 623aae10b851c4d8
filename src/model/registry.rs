//! What a program registered: its models and what ties them together.

use super::{Auto, Model, ModelInfo, OnRemove, Row, Shape, Stored, TypeBody, TypeInfo};
use crate::codec::binary::{FromBinary, Malformed, Reader};
use crate::codec::order::KeyWriter;
use std::any::TypeId;
use std::fmt;
use std::sync::Arc;

/// A declaration that cannot be: found when it is registered, before anything is served.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SchemaError(String);

impl SchemaError {
    /// An error with these words.
    pub(crate) fn new(words: impl Into<String>) -> Self {
        Self(words.into())
    }
}

impl fmt::Display for SchemaError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for SchemaError {}

/// A model at run time.
#[derive(Debug)]
pub struct Schema {
    /// Its name.
    pub name: &'static str,
    /// What was declared.
    pub model: &'static ModelInfo,
    /// The declared indexes, then one for each reference that has none.
    pub indexes: Vec<IndexSpec>,
    /// What its rows refer to.
    pub references: Vec<Reference>,
    /// Who refers to its rows: the position of a table, and of one of its references.
    pub referrers: Vec<(usize, usize)>,
    type_id: TypeId,
    decode: fn(&mut Reader<'_>, u64) -> Result<Row, Malformed>,
    decode_key: fn(&mut Reader<'_>, &mut KeyWriter) -> Result<(), Malformed>,
}

/// An index of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndexSpec {
    /// The positions of its fields.
    pub fields: Vec<usize>,
    /// May no two rows have the same values?
    pub unique: bool,
}

/// A field that refers to rows of a table.
#[derive(Debug, Clone, Copy)]
pub struct Reference {
    /// The position of the field.
    pub field: usize,
    /// The position of the table that it refers to.
    pub target: usize,
    /// The position of the index that finds the rows by it.
    pub index: usize,
    /// How many options stand around the key in the field: 0, where it always refers to a row; more than one, where options
    /// hold options.
    pub options: usize,
    /// What happens when the other row is removed.
    pub on_remove: OnRemove,
}

impl Schema {
    fn of<T: Model>() -> Self {
        let model = T::definition();
        let indexes = model
            .indexes
            .iter()
            .map(|index| IndexSpec { fields: index.fields.to_vec(), unique: index.unique });
        Self {
            name: T::NAME,
            model,
            indexes: indexes.collect(),
            references: Vec::new(),
            referrers: Vec::new(),
            type_id: TypeId::of::<T>(),
            decode: |r, version| {
                T::from_binary(r).map(|value| -> Row { Arc::new(Stored { version, value }) })
            },
            decode_key: |r, w| T::Key::from_binary(r).map(|key| super::Value::order(&key, w)),
        }
    }

    /// Reads a row from its journal form.
    ///
    /// # Errors
    /// When the bytes are not such a row.
    pub fn decode(&self, r: &mut Reader<'_>, version: u64) -> Result<Row, Malformed> {
        (self.decode)(r, version)
    }

    /// Reads a key from its journal form and appends it as it stands in the table.
    ///
    /// # Errors
    /// When the bytes are not such a key.
    pub fn decode_key(&self, r: &mut Reader<'_>, w: &mut KeyWriter) -> Result<(), Malformed> {
        (self.decode_key)(r, w)
    }

    /// May the keys of its rows not be shown?
    #[must_use]
    pub fn has_secret_key(&self) -> bool {
        self.model.has_secret_key()
    }

    /// The name of the field at this position.
    #[must_use]
    pub fn field_name(&self, position: usize) -> &'static str {
        self.model.info.members.get(position).map_or("?", |member| member.name)
    }
}

/// All models of a program; a table's position in the state is its schema's position here.
#[derive(Debug, Default)]
pub struct Models {
    schemas: Vec<Schema>,
    /// By the place of the type's slot: the position.
    positions: Vec<Option<usize>>,
    /// Which target a reference has, by name, until all are known; and the options around it.
    open: Vec<(usize, usize, &'static str, usize)>,
}

impl Models {
    /// Registers a model and those that it refers to. Twice is the same as once.
    ///
    /// # Errors
    /// When an attribute asks of a field what its type cannot do, or two models have one name.
    pub fn add<T: Model>(&mut self) -> Result<(), SchemaError> {
        let place = T::definition().info.slot.place();
        if let Some(known) = self.position::<T>() {
            // The instances of a generic model share one slot, and would share one table.
            return if self.schemas[known].type_id == TypeId::of::<T>() {
                Ok(())
            } else {
                Err(SchemaError(format!(
                    "{} is registered with two sets of type parameters: one is all",
                    T::NAME
                )))
            };
        }
        if self.schemas.iter().any(|schema| schema.name == T::NAME) {
            return Err(SchemaError(format!("two models are called {}: rename one", T::NAME)));
        }
        let position = self.schemas.len();
        if self.positions.len() <= place {
            self.positions.resize(place + 1, None);
        }
        self.positions[place] = Some(position);
        self.schemas.push(Schema::of::<T>());
        for (field, (ops, role)) in T::fields().iter().zip(T::definition().roles).enumerate() {
            let name = self.schemas[position].field_name(field);
            let cannot = |what: &str| Err(SchemaError(format!("{}.{name} {what}", T::NAME)));
            match role.auto {
                Some(Auto::Created | Auto::Updated) if !ops.holds_time() => {
                    return cannot("is filled in with a time, which its type cannot hold: make it a Time");
                }
                Some(Auto::Caller) if !ops.holds_caller() => {
                    return cannot(
                        "is filled in with the caller, which its type cannot hold: make it a String",
                    );
                }
                _ => {}
            }
            if let Some(target) = ops.target().filter(|_| field != T::definition().key && !role.loose) {
                if role.on_remove == OnRemove::Clear && !ops.can_clear() {
                    return cannot("is cleared on removal, but cannot be null: make it an Option");
                }
                let member = &T::definition().info.members[field];
                if role.on_remove == OnRemove::Clear && member.flags.fixed {
                    return cannot("is cleared on removal, but set once: take #[fixed] away, or the rule");
                }
                let shape = member.shape.map(|shape| shape());
                let (options, shape) = shape.map_or((0, None), |shape| inside_options(shape, 0));
                self.open.push((position, field, target.name, options));
                (target.register)(self)?;
                if let Some(key) = self.key_shape(target.name)
                    && shape.as_ref() != Some(&key)
                {
                    let found = shape.unwrap_or_default();
                    return cannot(&format!(
                        "is {found}, and the key of {} is {key}: refer to it by its key, or leave the reference #[loose]",
                        target.name
                    ));
                }
            }
        }
        Ok(())
    }

    /// What the key of a model is, in words.
    fn key_shape(&self, name: &str) -> Option<String> {
        let model = self.schemas.iter().find(|schema| schema.name == name)?.model;
        let shape = model.info.members.get(model.key)?.shape?();
        inside_options(shape, 0).1
    }

    /// Ties references to their tables. Called once, after all models are registered.
    pub fn tie(&mut self) {
        for (position, field, target, options) in std::mem::take(&mut self.open) {
            let target = self.schemas.iter().position(|schema| schema.name == target);
            let target = target.expect("a reference registers its target when it is found");
            let schema = &mut self.schemas[position];
            // An index that begins with the field finds its rows as well as one of its own.
            let index = schema.indexes.iter().position(|index| index.fields.first() == Some(&field));
            let index = index.unwrap_or_else(|| {
                schema.indexes.push(IndexSpec { fields: vec![field], unique: false });
                schema.indexes.len() - 1
            });
            let on_remove = schema.model.roles[field].on_remove;
            schema.references.push(Reference { field, target, index, options, on_remove });
            let reference = schema.references.len() - 1;
            self.schemas[target].referrers.push((position, reference));
        }
    }

    /// The position of a model's table.
    #[must_use]
    pub fn position<T: Model>(&self) -> Option<usize> {
        self.positions.get(T::definition().info.slot.place()).copied().flatten()
    }

    /// The position of the table of this name.
    #[must_use]
    pub fn position_by_name(&self, name: &str) -> Option<usize> {
        self.schemas.iter().position(|schema| schema.name == name)
    }

    /// All schemas, in the order of their tables.
    #[must_use]
    pub fn schemas(&self) -> &[Schema] {
        &self.schemas
    }

    /// The declared types of all models, each with those that its fields hold, once each.
    #[must_use]
    pub fn types(&self) -> Vec<&'static TypeInfo> {
        let mut found = Vec::new();
        for schema in &self.schemas {
            collect_types(schema.model.info, &mut found);
        }
        found
    }
}

/// How many options stand around a value, and what it is, in words; a type around one value is what that is.
fn inside_options(shape: Shape, options: usize) -> (usize, Option<String>) {
    match shape {
        Shape::Option(inner) => inside_options(*inner, options + 1),
        Shape::Named(info) if info().body == TypeBody::Transparent => {
            match info().members.first().and_then(|member| member.shape) {
                Some(inner) => inside_options(inner(), options),
                None => (options, None),
            }
        }
        other => (options, Some(other.to_string())),
    }
}

/// Adds a type and those inside it to `found`, once each.
pub(super) fn collect_types(info: &'static TypeInfo, found: &mut Vec<&'static TypeInfo>) {
    if found.iter().any(|known| known.slot.place() == info.slot.place()) {
        return;
    }
    found.push(info);
    for shape in info.members.iter().filter_map(|member| member.shape) {
        shape().named(&mut |inner| collect_types(inner, found));
    }
}
