//! The little of XML that test reports need: elements with their attributes, opened and closed, in order.
//!
//! No document type, no entities of one's own, nothing fetched: what a hostile report could do with these it cannot.

use std::collections::BTreeMap;

/// What comes next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Tag {
    /// An element begins; one that is empty ends at once.
    Open {
        /// Without a namespace's prefix.
        name: String,
        attributes: BTreeMap<String, String>,
        empty: bool,
    },
    /// An element ends.
    Close(String),
}

/// Returns the tags of a text, or the line at which it is none.
pub(crate) fn tags(text: &str) -> Result<Vec<Tag>, usize> {
    let mut tags = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find('<') {
        let from = &rest[at..];
        let end = |close: &str| from.find(close).map(|end| end + close.len());
        let next = if from.starts_with("<!--") {
            end("-->")
        } else if from.starts_with("<![CDATA[") {
            end("]]>")
        } else if from.starts_with("<?") {
            end("?>")
        } else {
            let end = tag_end(from);
            if let Some(end) = end.filter(|_| !from.starts_with("<!")) {
                tags.push(tag(&from[1..end - 1]).ok_or_else(|| line(text, from))?);
            }
            end
        };
        rest = &from[next.ok_or_else(|| line(text, from))?..];
    }
    Ok(tags)
}

fn line(text: &str, rest: &str) -> usize {
    text[..text.len() - rest.len()].matches('\n').count() + 1
}

/// Returns where a tag ends; a ">" in quotes is part of a value.
fn tag_end(from: &str) -> Option<usize> {
    let mut quote = None;
    for (at, c) in from.char_indices() {
        match (quote, c) {
            (None, '>') => return Some(at + 1),
            (None, '"' | '\'') => quote = Some(c),
            (Some(open), c) if c == open => quote = None,
            _ => {}
        }
    }
    None
}

fn tag(inner: &str) -> Option<Tag> {
    if let Some(name) = inner.strip_prefix('/') {
        return Some(Tag::Close(local(name.trim())));
    }
    let empty = inner.ends_with('/');
    let inner = inner.strip_suffix('/').unwrap_or(inner).trim();
    let (name, mut rest) = inner.split_once(char::is_whitespace).unwrap_or((inner, ""));
    let mut attributes = BTreeMap::new();
    while let Some((key, after)) = rest.split_once('=') {
        let after = after.trim_start();
        let quote = after.chars().next().filter(|c| matches!(c, '"' | '\''))?;
        let (value, next) = after[1..].split_once(quote)?;
        attributes.insert(local(key.trim()), unescaped(value));
        rest = next;
    }
    (!name.is_empty()).then(|| Tag::Open { name: local(name), attributes, empty })
}

fn local(name: &str) -> String {
    name.rsplit(':').next().unwrap_or(name).to_owned()
}

fn unescaped(text: &str) -> String {
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&apos;", "'").replace("&amp;", "&")
}
