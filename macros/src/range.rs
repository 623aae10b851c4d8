//! Ranges whose two bounds are literals, and so can be told to be empty before anything is compiled.

use crate::literal;
use proc_macro::{Delimiter, Spacing, TokenStream, TokenTree};
use std::cmp::Ordering;

/// A bound as it was written, and what it is worth.
struct Bound {
    written: String,
    worth: Worth,
}

#[derive(PartialEq, PartialOrd)]
enum Worth {
    Integer(i128),
    Float(f64),
    Text(String),
}

/// Why nothing can lie in a range; `None` where something can, and where that is not to be seen from the tokens.
pub(crate) fn emptiness(range: &TokenStream) -> Option<String> {
    let tokens = unwrapped(range);
    let is_dot = |token: &TokenTree| matches!(token, TokenTree::Punct(punct) if punct.as_char() == '.');
    let dots = tokens.windows(2).position(|pair| {
        matches!(&pair, [TokenTree::Punct(first), second]
            if first.as_char() == '.' && first.spacing() == Spacing::Joint && is_dot(second))
    })?;
    let (low, rest) = tokens.split_at_checked(dots)?;
    let rest = rest.get(2..)?;
    let (closed, high) = match rest {
        [TokenTree::Punct(punct), high @ ..] if punct.as_char() == '=' => (true, high),
        high => (false, high),
    };
    let (low, high) = (bound(low)?, bound(high)?);
    let (first, last) = (&low.written, &high.written);
    match (low.worth.partial_cmp(&high.worth)?, closed) {
        _ if std::mem::discriminant(&low.worth) != std::mem::discriminant(&high.worth) => None,
        (Ordering::Less, _) | (Ordering::Equal, true) => None,
        (Ordering::Equal, false) => {
            Some(format!("it ends before {last}\nwith {last} it is `{first}..={last}`"))
        }
        (Ordering::Greater, _) => Some(format!("{first} is more than {last}")),
    }
}

/// The tokens, without invisible groups and parentheses around all of them.
fn unwrapped(range: &TokenStream) -> Vec<TokenTree> {
    let tokens: Vec<TokenTree> = range.clone().into_iter().collect();
    match tokens.as_slice() {
        [TokenTree::Group(group)]
            if matches!(group.delimiter(), Delimiter::None | Delimiter::Parenthesis) =>
        {
            unwrapped(&group.stream())
        }
        _ => tokens,
    }
}

/// A literal, perhaps with a minus before it.
fn bound(tokens: &[TokenTree]) -> Option<Bound> {
    let (sign, literal) = match tokens {
        [TokenTree::Literal(literal)] => ("", literal),
        [TokenTree::Punct(minus), TokenTree::Literal(literal)] if minus.as_char() == '-' => ("-", literal),
        _ => return None,
    };
    let written = format!("{sign}{literal}");
    let digits = written.replace('_', "");
    let worth = literal::text(literal).filter(|_| sign.is_empty()).map(Worth::Text);
    let integer = digits.split(['u', 'i']).next().unwrap_or_default();
    let worth = worth.or_else(|| integer.parse().ok().map(Worth::Integer));
    let worth = worth.or_else(|| digits.parse().ok().map(Worth::Float))?;
    Some(Bound { written, worth })
}
