//! The rules of a program held against rows that are there already: those of a journal that was written before a rule was.

use super::State;
use super::table::show_key;
use crate::codec::order::{Key, KeyWriter};
use crate::error::FieldError;
use crate::model::{Entity, MemberInfo, Report, Row, Schema, TypeInfo};

/// So many rows that break rules are named; the rest are counted.
pub const BROKEN_ROWS_NAMED_MAX: usize = 20;

/// Rows that break the program's rules.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct BrokenRules {
    /// The first of them, one line each: the model, the key, and everything that is wrong with the row.
    pub named: Vec<String>,
    /// How many there are.
    pub rows: u64,
}

impl BrokenRules {
    /// The lines, and one for those that are not named.
    #[must_use]
    pub fn lines(self) -> Vec<String> {
        let Self { named: mut lines, rows } = self;
        let more = rows - lines.len() as u64;
        if more > 0 {
            lines.push(format!("{more} more rows break the rules of this program"));
        }
        lines
    }

    fn add(&mut self, schema: &Schema, row: &dyn Entity, wrong: &[String]) {
        self.rows += 1;
        if self.named.len() < BROKEN_ROWS_NAMED_MAX {
            self.named.push(format!("{} {}: {}", schema.name, show_key(schema, row), wrong.join("; ")));
        }
    }
}

impl State {
    /// Holds every rule against every row: checks, references, unique values. Changes nothing.
    #[must_use]
    pub fn broken_rules(&self) -> BrokenRules {
        let mut broken = BrokenRules::default();
        for table in 0..self.models().schemas().len() {
            let schema = self.schema(table);
            for (key, row) in self.table(table).rows().iter() {
                let mut wrong = broken_checks(schema, row);
                wrong.extend(self.broken_references(table, key, &row.value));
                wrong.extend(self.broken_uniques(table, key, &row.value));
                if !wrong.is_empty() {
                    broken.add(schema, &row.value, &wrong);
                }
            }
        }
        broken
    }

    fn broken_references(&self, table: usize, key: &Key, row: &dyn Entity) -> Vec<String> {
        let schema = self.schema(table);
        let mut w = KeyWriter::new();
        let mut broken = Vec::new();
        for reference in &schema.references {
            w.reset();
            if row.field_reference(reference.field, &mut w)
                && !(reference.target == table && w.as_bytes() == key.as_bytes())
                && self.table(reference.target).get(w.as_bytes()).is_none()
            {
                let (field, target) =
                    (schema.field_name(reference.field), self.schema(reference.target).name);
                broken.push(format!("{field}: there is no such {target}"));
            }
        }
        broken
    }

    /// Unique values that a row with a smaller key has as well.
    fn broken_uniques(&self, table: usize, key: &Key, row: &dyn Entity) -> Vec<String> {
        let (schema, table) = (self.schema(table), self.table(table));
        let mut w = KeyWriter::new();
        let mut broken = Vec::new();
        for (position, spec) in schema.indexes.iter().enumerate().filter(|(_, spec)| spec.unique) {
            if spec.fields.iter().any(|field| row.field_is_null(*field)) {
                continue;
            }
            w.reset();
            spec.fields.iter().for_each(|field| row.field_order(*field, &mut w));
            let first = table.keys_by(position, w.as_bytes(), None).next();
            if let Some(other) = first.filter(|first| *first != key.as_bytes()).and_then(|key| table.get(key))
            {
                let names: Vec<_> = spec.fields.iter().map(|field| schema.field_name(*field)).collect();
                let (names, other) = (names.join(", "), show_key(schema, &other.value));
                broken.push(format!("{names}: is unique, and the row {other} has the same"));
            }
        }
        broken
    }
}

/// What a row breaks by itself. What is said of a secret value may show it, so of that is said no more than that it breaks
/// a rule.
fn broken_checks(schema: &Schema, row: &Row) -> Vec<String> {
    let mut report = Report::of_row();
    row.value.check_all(&mut report);
    let words = |error: FieldError| match is_secret(schema.model.info, &error.field) {
        true => format!("{}: breaks a rule", error.field),
        false => error.to_string(),
    };
    report.into_errors().into_iter().map(words).collect()
}

fn is_secret(info: &TypeInfo, path: &str) -> bool {
    let name = path.split(['.', '[']).next().unwrap_or_default();
    let member = info.members.iter().find(|member| member.name == name);
    member.is_some_and(MemberInfo::hides_secrets)
}
