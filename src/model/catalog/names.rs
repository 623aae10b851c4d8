//! Models that get another name, and what the shapes in a catalog name.

use super::{Catalog, CatalogType, TypeKind};

impl Catalog {
    /// From here on the model with this number has this name, wherever a shape names it.
    pub(super) fn rename(&mut self, number: usize, name: &str) {
        let Some(known) = self.types.get_mut(number).filter(|known| known.kind == TypeKind::Model) else {
            return;
        };
        if known.name == name {
            return;
        }
        let old = std::mem::replace(&mut known.name, name.to_owned());
        let is_a_part = self.by_name(TypeKind::Data, &old).is_some();
        for member in self.types.iter_mut().flat_map(|known| &mut known.members) {
            member.shape = member.shape.take().map(|shape| renamed(&shape, &old, name, !is_a_part));
        }
    }

    /// By number: does a value of this type stand in a row, or stood there? A part does where a model holds it that has
    /// had rows.
    pub(super) fn in_rows(&self) -> Vec<bool> {
        let mut in_rows: Vec<_> = self.types.iter().map(|known| known.written).collect();
        let mut open: Vec<_> = self.types.iter().filter(|known| known.written).collect();
        while let Some(CatalogType { members, .. }) = open.pop() {
            for shape in members.iter().filter_map(|member| member.shape.as_deref()) {
                let parts = words(shape).filter(|(_, refers)| !refers).filter_map(|(name, _)| {
                    self.by_name(TypeKind::Data, name).or_else(|| self.by_name(TypeKind::Model, name))
                });
                for (number, part) in parts {
                    let seen = usize::try_from(number).ok().and_then(|number| in_rows.get_mut(number));
                    if seen.is_some_and(|seen| !std::mem::replace(seen, true)) {
                        open.push(part);
                    }
                }
            }
        }
        in_rows
    }
}

/// The words of a shape, each with whether it names the model that a key is of: `id<Todo>`.
fn words(shape: &str) -> impl Iterator<Item = (&str, bool)> {
    let mut is_key = false;
    shape.split_inclusive(['<', '>', ',', ' ']).map(move |piece| {
        let word = piece.trim_end_matches(['<', '>', ',', ' ']);
        let found = (word, is_key);
        is_key = matches!(piece, "id<" | "uid<");
        found
    })
}

/// The shape with another name for a model: for its keys, and for its values where `values` says so.
pub(super) fn renamed(shape: &str, old: &str, new: &str, values: bool) -> String {
    let mut out = String::with_capacity(shape.len());
    let mut at = 0;
    for (word, is_key) in words(shape) {
        let name = if word == old && (is_key || values) { new } else { word };
        out.push_str(name);
        at += word.len();
        let rest = shape.get(at..).unwrap_or_default();
        let end = rest.find(|c| !matches!(c, '<' | '>' | ',' | ' ')).unwrap_or(rest.len()).min(1);
        out.push_str(rest.get(..end).unwrap_or_default());
        at += end;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_name_stands_wherever_the_old_one_did() {
        for (shape, keys, all) in [
            ("id<Patient>", "id<Client>", "id<Client>"),
            ("option<uid<Patient>>", "option<uid<Client>>", "option<uid<Client>>"),
            ("Patient", "Patient", "Client"),
            (
                "map<id<Patient>, list<Patient>>",
                "map<id<Client>, list<Patient>>",
                "map<id<Client>, list<Client>>",
            ),
            (
                "tuple<Patients, array<Patient, 3>>",
                "tuple<Patients, array<Patient, 3>>",
                "tuple<Patients, array<Client, 3>>",
            ),
            ("text", "text", "text"),
            ("tuple<>", "tuple<>", "tuple<>"),
        ] {
            assert_eq!(renamed(shape, "Patient", "Client", false), keys);
            assert_eq!(renamed(shape, "Patient", "Client", true), all);
        }
    }
}
