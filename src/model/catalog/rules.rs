//! The rules that all rows of a journal are known to keep: a digest of their words, so that they are held against the
//! rows again when they have changed, and not at every start.

use super::{Catalog, CatalogType, TypeKind};
use crate::codec::hex;
use crate::hash::sha256;
use crate::model::{Models, Schema, TypeInfo};

/// Bytes of the digest that are kept.
const DIGEST_BYTES: usize = 8;

impl Catalog {
    /// Are the program's rules others than those that the rows of this journal were last held against? What a function
    /// says that a rule names is not known: only its name is.
    #[must_use]
    pub fn has_other_rules(&self, models: &Models) -> bool {
        self.rules() != digest(models).as_deref()
    }

    /// The digest of the rules that the rows keep; none: there are no rules.
    fn rules(&self) -> Option<&str> {
        let last = self.types.iter().rfind(|known| known.kind == TypeKind::Rules);
        last.map(|CatalogType { name, .. }| name.as_str()).filter(|name| !name.is_empty())
    }
}

/// The digest of all rules over the rows of these models; none: there are no rules.
pub(super) fn digest(models: &Models) -> Option<String> {
    let mut words = Vec::new();
    for schema in models.schemas() {
        of_table(models, schema, &mut words);
    }
    for info in models.types() {
        of_type(info, &mut words);
    }
    words.sort();
    let digest = sha256::digest(words.join("\n").as_bytes());
    (!words.is_empty()).then(|| hex::encode(&digest[..DIGEST_BYTES]))
}

fn of_table(models: &Models, schema: &Schema, words: &mut Vec<String>) {
    let name = schema.name;
    for spec in schema.indexes.iter().filter(|spec| spec.unique) {
        let fields: Vec<_> = spec.fields.iter().map(|field| schema.field_name(*field)).collect();
        words.push(format!("{name}: unique {}", fields.join(", ")));
    }
    for reference in &schema.references {
        let target = models.schemas().get(reference.target).map_or("?", |target| target.name);
        words.push(format!("{name}.{}: refers to {target}", schema.field_name(reference.field)));
    }
}

fn of_type(info: &TypeInfo, words: &mut Vec<String>) {
    let ruled = info.members.iter().filter(|member| !member.rule.is_empty());
    words.extend(ruled.map(|member| format!("{}.{}: {}", info.name, member.name, member.rule)));
    if !info.rule.is_empty() {
        words.push(format!("{}: {}", info.name, info.rule));
    }
}
