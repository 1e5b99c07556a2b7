//! Names and values on one line, whatever the format: `KEY=value`, `key: value`, `"key": "value"`, `<key>value</key>`.

use crate::format::Format;

/// A name and its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Pair<'a> {
    pub(crate) name: &'a str,
    pub(crate) value: &'a str,
    /// Where the value begins, in bytes of the line.
    pub(crate) at: usize,
    pub(crate) is_quoted: bool,
}

/// Most pairs of one line that are looked at: a line with more is data.
const PAIRS_MAX: usize = 5_000;

/// Finds the pairs of a line, from left to right.
pub(crate) fn pairs<'a>(line: &'a str, format: Format) -> Vec<Pair<'a>> {
    let bytes = line.as_bytes();
    let mut pairs = Vec::new();
    let mut at = 0;
    while at < bytes.len() && pairs.len() < PAIRS_MAX {
        if !matches!(bytes[at], b'=' | b':' | b'>') {
            at += 1;
            continue;
        }
        let after = separator_end(bytes, at);
        let found = name_before(line, at).and_then(|(name, leads)| {
            let (value, start, is_quoted) = value_after(line, after, leads && format == Format::Config)?;
            Some(Pair { name, value, at: start, is_quoted })
        });
        // Values are looked into as well: a connection string holds pairs of its own.
        at = after;
        pairs.extend(found.filter(|pair| pair.is_quoted || format == Format::Config));
    }
    pairs
}

/// Returns where the separator ends that begins here: `=`, `:`, `:=`, `=>`, `>`; 0 pairs where it is `==` or `://`.
fn separator_end(bytes: &[u8], at: usize) -> usize {
    match (bytes[at], bytes.get(at + 1)) {
        (b':', Some(b'=')) | (b'=', Some(b'>')) => at + 2,
        _ => at + 1,
    }
}

/// Returns the name in front of a separator, and whether it leads the line.
fn name_before(line: &str, at: usize) -> Option<(&str, bool)> {
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
    let bytes = line.as_bytes();
    let mut end = at;
    while end > 0 && matches!(bytes[end - 1], b' ' | b'\t') {
        end -= 1;
    }
    let quote = end.checked_sub(1).map(|last| bytes[last]).filter(|last| matches!(last, b'"' | b'\'' | b'`' | b']'));
    if let Some(quote) = quote {
        end -= 1;
        // `config["password"] = "..."`.
        if quote == b']' && end.checked_sub(1).is_some_and(|last| matches!(bytes[last], b'"' | b'\'')) {
            end -= 1;
        }
    }
    let mut start = end;
    while start > 0 && is_name(bytes[start - 1]) {
        start -= 1;
    }
    let name = line.get(start..end)?.trim_start_matches(['-', '.']);
    let before = line.get(..start)?.trim_start().trim_end_matches(['"', '\'', ' ', '<']);
    let leads = matches!(
        before,
        "" | "-" | "export" | "set" | "ENV" | "ARG" | "env" | "declare -x" | "- export" | "RUN export"
    ) || before.ends_with(":");
    (!name.is_empty() && name.bytes().any(|byte| byte.is_ascii_alphabetic())).then_some((name, leads))
}

/// Returns the value behind a separator: what is in quotes, else to the end of the line where `whole`, else one word.
fn value_after(line: &str, from: usize, whole: bool) -> Option<(&str, usize, bool)> {
    let rest = line.get(from..)?;
    let start = from + (rest.len() - rest.trim_start_matches([' ', '\t']).len());
    let rest = line.get(start..)?;
    // Prefixes of literals: b"..", r"..", f"..", @"..", and escaped quotes of JSON inside text.
    let prefix = rest.len() - rest.trim_start_matches(['b', 'r', 'u', '@', '\\']).len();
    let behind = rest.get(prefix..)?;
    if prefix <= 2
        && let Some(quote) = behind.chars().next().filter(|c| matches!(c, '"' | '\'' | '`'))
    {
        let inside = behind.get(1..)?;
        let end = inside.find(quote).unwrap_or(inside.len());
        let value = inside.get(..end)?.trim_end_matches('\\');
        return Some((value, start + prefix + 1, true));
    }
    let bare = if whole { rest.find(" #").map_or(rest, |end| &rest[..end]) } else { word(rest) };
    let bare = bare.trim_end().trim_end_matches([',', ';']);
    let bare = bare.find("</").map_or(bare, |end| &bare[..end]);
    (!bare.is_empty()).then_some((bare, start, false))
}

fn word(rest: &str) -> &str {
    let end = rest.find(|c: char| {
        c.is_whitespace() || matches!(c, ',' | ';' | '"' | '\'' | '`' | '}' | ')' | '<' | '&' | '|' | '\\')
    });
    &rest[..end.unwrap_or(rest.len())]
}
