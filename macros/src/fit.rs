//! Do the route of a method and its arguments fit together?

use crate::api::Prefix;
use crate::error::Errors;
use crate::method::Method;
use crate::names;
use crate::operation::{Input, Kind};
use crate::route::Route;

/// Complains where the route and the arguments do not fit together.
pub(crate) fn check(
    method: &Method,
    route: &Route,
    kind: Kind,
    prefix: &Prefix,
    inputs: &[Input],
    errors: &mut Errors,
) {
    if let (Kind::Command, "get", Some(first)) = (kind, route.word, method.params.first()) {
        let message = "a GET cannot change the state: take `&View`, or use `#[post]`";
        errors.over(&first.ty, method.name.span(), message);
    }
    if let (Some(span), Kind::Query | Kind::Plain) = (route.without_arguments, kind) {
        errors.at(span, "`journal` is about commands and tasks: this method leaves nothing in the journal");
    }
    let known: Vec<&str> = inputs.iter().filter_map(Input::value).map(|value| value.wire.as_str()).collect();
    for parameter in &route.parameters {
        if prefix.parameters.contains(parameter) {
            errors.at(
                route.span,
                format!("the route parameter `{parameter}` stands in the path of `#[Api]` already"),
            );
        } else if !known.contains(&parameter.as_str()) {
            errors.at(route.span, no_argument(parameter, method, &known));
        }
    }
    for parameter in prefix.parameters.iter().filter(|name| !known.contains(&name.as_str())) {
        errors.at(method.name.span(), no_argument(parameter, method, &[]));
    }
    body_fits(route, prefix, inputs, errors);
}

fn no_argument(parameter: &str, method: &Method, known: &[&str]) -> String {
    let nearest = names::nearest(parameter, known).map(|near| format!("; did you mean `{{{near}}}`?"));
    let name = &method.name;
    let nearest = nearest.unwrap_or_else(|| format!(": `fn {name}(.., {parameter}: Id<..>)`"));
    format!("route parameter `{parameter}` has no argument{nearest}")
}

fn body_fits(route: &Route, prefix: &Prefix, inputs: &[Input], errors: &mut Errors) {
    let Some(body) = inputs.iter().filter_map(Input::value).find(|value| value.wire == "body") else {
        return;
    };
    if route.word == "get" {
        errors.at(body.name.span(), "a GET has no body: take the fields as arguments, or use `#[post]`");
        return;
    }
    let is_in_path = |name: &String| route.parameters.contains(name) || prefix.parameters.contains(name);
    for value in inputs
        .iter()
        .filter_map(Input::value)
        .filter(|value| value.wire != "body" && !is_in_path(&value.wire))
    {
        let (name, verb) = (&value.wire, route.word);
        let message = format!(
            "`body` is the whole body, so there is no place for `{name}`: make it a field of the body, or a route parameter: `#[{verb}(\"../{{{name}}}\")]`"
        );
        errors.at(value.name.span(), message);
    }
}
