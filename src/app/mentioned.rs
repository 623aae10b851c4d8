//! Models that a program speaks of and has not registered: found before the first request meets them.

use crate::model::{Models, Shape, TypeInfo};

/// The lines about models that are not registered, for something called `name` that takes or gives values of these shapes.
pub(super) fn unregistered(
    name: &str,
    shapes: impl Iterator<Item = Shape>,
    models: &Models,
) -> impl Iterator<Item = String> {
    let mut search = Search { models, seen: Vec::new(), found: Vec::new() };
    shapes.for_each(|shape| search.shape(&shape));
    search.found.into_iter().map(move |model| {
        format!("{name} speaks of {model}, which is not registered: add .model::<{model}>() to the app")
    })
}

struct Search<'m> {
    models: &'m Models,
    /// Types that contain themselves are looked into once.
    seen: Vec<&'static TypeInfo>,
    found: Vec<&'static str>,
}

impl Search<'_> {
    fn shape(&mut self, shape: &Shape) {
        shape.leaves(&mut |leaf| match leaf {
            Shape::Id(model) | Shape::Uid(model) => self.model(model),
            Shape::Named(info) => self.named(info()),
            _ => {}
        });
    }

    fn model(&mut self, model: &'static str) {
        if self.models.position_by_name(model).is_none() && !self.found.contains(&model) {
            self.found.push(model);
        }
    }

    /// What a model refers to comes along with it or is loose on purpose, so only parts are looked into.
    fn named(&mut self, info: &'static TypeInfo) {
        if info.is_model() {
            return self.model(info.name);
        }
        if self.seen.iter().any(|seen| std::ptr::eq(*seen, info)) {
            return;
        }
        self.seen.push(info);
        info.shapes().for_each(|shape| self.shape(&shape));
    }
}
