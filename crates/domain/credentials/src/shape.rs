//! Shapes that issuers give their tokens, so that they can be told from chance: a beginning, an alphabet, a length.
//!
//! Sources: the issuers' own pages on token formats (GitHub, GitLab, Slack, Stripe and others publish prefixes for this very
//! purpose). Who holds a token follows from its prefix where the issuer says so.

mod table;

use crate::holder::{Class, Holder, Sure};
use crate::kind::{Guess, Kind};
use crate::value::is_example;

use table::SHAPES;

/// Characters behind the prefix.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Alphabet {
    Hex,
    Alnum,
    /// Upper-case letters and digits.
    Upper,
    /// Letters, digits, `_`, `-`.
    Url,
    /// As [`Self::Url`], with `.`.
    Dotted,
    /// As [`Self::Url`], with `/`, `+`, `=`.
    Path,
}

impl Alphabet {
    fn has(self, byte: u8) -> bool {
        match self {
            Self::Hex => byte.is_ascii_hexdigit(),
            Self::Alnum => byte.is_ascii_alphanumeric(),
            Self::Upper => byte.is_ascii_uppercase() || byte.is_ascii_digit(),
            Self::Url => byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'),
            Self::Dotted => byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.'),
            Self::Path => byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'/' | b'+' | b'='),
        }
    }
}

/// One shape.
struct Shape {
    kind: Kind,
    prefix: &'static str,
    alphabet: Alphabet,
    /// Fewest and most characters behind the prefix.
    least: usize,
    most: usize,
}

const fn shape(
    name: &'static str,
    prefix: &'static str,
    alphabet: Alphabet,
    (least, most): (usize, usize),
    holder: Holder,
) -> Shape {
    Shape { kind: Kind { name, holder, guess: Guess::Hopeless }, prefix, alphabet, least, most }
}

const fn holder(class: Class, sure: Sure, why: &'static str) -> Holder {
    Holder { class, sure, why }
}

/// A token that a shape fits.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Fit {
    pub(crate) kind: &'static Kind,
    pub(crate) at: usize,
    pub(crate) end: usize,
}

/// Finds every token of a known shape in a text, in one pass.
pub(crate) fn fits(text: &str) -> Vec<Fit> {
    let bytes = text.as_bytes();
    let mut fits = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let begins = at == 0 || !(bytes[at - 1].is_ascii_alphanumeric() || bytes[at - 1] == b'_');
        match begins.then(|| fit_at(text, at)).flatten() {
            Some(fit) => {
                at = fit.end;
                fits.push(fit);
            }
            None => at += 1,
        }
    }
    fits
}

fn fit_at(text: &str, at: usize) -> Option<Fit> {
    let rest = &text.as_bytes()[at..];
    let first = *rest.first()?;
    let begins = |shape: &&Shape| shape.prefix.as_bytes()[0] == first && rest.starts_with(shape.prefix.as_bytes());
    SHAPES.iter().filter(begins).find_map(|shape| {
        let body = &rest[shape.prefix.len()..];
        let length = body.iter().take(shape.most + 1).take_while(|byte| shape.alphabet.has(**byte)).count();
        let end = at + shape.prefix.len() + length;
        let body = text.get(at + shape.prefix.len()..end)?;
        let fine = (shape.least..=shape.most).contains(&length) && !is_example(body) && !is_words(body);
        fine.then_some(Fit { kind: &shape.kind, at, end })
    })
}

/// `hf_hub_download_with_progress`: letters and separators only are a name in a program, not a token.
fn is_words(body: &str) -> bool {
    body.bytes().all(|byte| byte.is_ascii_lowercase() || matches!(byte, b'_' | b'-' | b'.' | b'/'))
}
