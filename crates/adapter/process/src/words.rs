//! The last words of a process, fit to be shown: one line, without control characters and without what looks like a
//! secret. They may still hold anything about anybody, so they are for the terminal of whoever runs the process, and
//! never for a ledger.

use std::path::Path;

use crate::tail;

/// Longest line that is shown, in characters: the end of an error message, not a document.
const CHARS_MAX: usize = 300;

/// Stands in place of what looks like a secret.
const MASK: &str = "***";

/// Names whose value is a secret, as they end: `DB_PASSWORD=`, `"access_token": `, `api-key=`.
const SECRET_NAMES: [&str; 8] = ["token", "password", "passwd", "pwd", "secret", "key", "credential", "authorization"];

/// Words before a credential (RFC 9110 §11.6.2).
const SCHEMES: [&str; 3] = ["bearer", "basic", "negotiate"];

/// Returns the last line that a log holds, fit to be shown to whoever runs the process; none where it is empty.
pub fn last_words(log: &Path) -> Option<String> {
    let line = tail(log, 1).pop()?;
    Some(masked(&plain(&line))).filter(|line| !line.is_empty())
}

/// Takes a line without its colours, control characters and changes of direction, and at most so much of it.
fn plain(line: &str) -> String {
    let (mut plain, mut chars) = (String::new(), line.chars().peekable());
    while let Some(c) = chars.next() {
        if c == '\u{1b}' && chars.next_if_eq(&'[').is_some() {
            // A control sequence goes up to its final letter (ECMA-48 §5.4).
            while chars.next().is_some_and(|c| !('@'..='~').contains(&c)) {}
        } else if c == '\t' {
            plain.push(' ');
        } else if !c.is_control()
            && !matches!(c, '\u{200e}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
        {
            plain.push(c);
        }
    }
    let plain = plain.trim();
    match plain.char_indices().nth(CHARS_MAX) {
        Some((end, _)) => format!("{}...", &plain[..end]),
        None => plain.to_owned(),
    }
}

/// Replaces what looks like a secret.
fn masked(line: &str) -> String {
    let (mut shown, mut rest, mut hide) = (String::with_capacity(line.len()), line, Hide::Nothing);
    while !rest.is_empty() {
        // A secret may hold anything up to a space or the quote around it.
        let ends = if hide == Hide::Next && !rest.starts_with(is_between) { ends_value } else { is_between };
        let end = rest.find(ends).unwrap_or(rest.len());
        let (word, after) = rest.split_at(end);
        let gap = after.find(|c| !is_between(c)).unwrap_or(after.len());
        let (between, next) = after.split_at(gap);
        let scheme = SCHEMES.contains(&word.to_ascii_lowercase().as_str());
        match hide {
            Hide::Next if !word.is_empty() && !scheme => shown.push_str(MASK),
            _ if word.starts_with("sw_") || is_user_info(word, between) => shown.push_str(MASK),
            _ => shown.push_str(word),
        }
        shown.push_str(between);
        hide = hide.after(word, scheme, between);
        rest = next;
    }
    shown
}

/// What becomes of the next word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Hide {
    Nothing,
    Next,
}

impl Hide {
    fn after(self, word: &str, scheme: bool, between: &str) -> Self {
        let name = word.to_ascii_lowercase();
        let named = SECRET_NAMES.iter().any(|secret| name.ends_with(secret)) && between.contains(['=', ':']);
        // A value that begins with a quote or a scheme is still to come.
        let still = self == Self::Next && (word.is_empty() || scheme);
        if named || scheme || still { Self::Next } else { Self::Nothing }
    }
}

/// Tells what stands between words.
fn is_between(c: char) -> bool {
    c.is_whitespace() || "=:\"'`&,;()[]{}<>@?/".contains(c)
}

/// Tells what ends a value that is not to be shown.
fn ends_value(c: char) -> bool {
    c.is_whitespace() || "\"'`&,;)]}".contains(c)
}

/// Tells whether it is the end of `user:password@`: an address of a person falls under it, too.
fn is_user_info(word: &str, between: &str) -> bool {
    !word.is_empty() && between.starts_with('@')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_looks_like_a_secret_is_masked() {
        for (line, want) in [
            ("IndexError: list index out of range", "IndexError: list index out of range"),
            ("could not find \"./tokens.txt\": No such file", "could not find \"./tokens.txt\": No such file"),
            ("token=abc rest", "token=*** rest"),
            ("no token for v2", "no token for v2"),
            ("DB_PASSWORD=\"hunter2\" bad", "DB_PASSWORD=\"***\" bad"),
            (r#"{"access_token": "abc", "n": 1}"#, r#"{"access_token": "***", "n": 1}"#),
            ("api-key: 77,", "api-key: ***,"),
            ("secret=a/b+c==:d e", "secret=*** e"),
            ("Authorization: Bearer abc.def-g", "Authorization: Bearer ***"),
            ("sent bearer abc", "sent bearer ***"),
            ("got sw_0195_beef", "got ***"),
            ("postgres://app:hunter2@db/shop", "postgres://app:***@db/shop"),
            ("?secret=a&x=1", "?secret=***&x=1"),
        ] {
            assert_eq!(masked(line), want);
        }
    }

    #[test]
    fn what_a_terminal_would_act_on_is_left_out() {
        for (line, want) in [
            ("  \u{1b}[31mred\u{1b}[0m\u{7}\t\u{202e}x ", "red x"),
            ("\u{1b}[", ""),
            ("\u{1b}]0;title\u{7}", "]0;title"),
        ] {
            assert_eq!(plain(line), want);
        }
        assert_eq!(plain(&"ä".repeat(CHARS_MAX + 1)).chars().count(), CHARS_MAX + 3);
    }

    #[test]
    fn an_empty_log_has_no_words() {
        assert_eq!(last_words(Path::new("/nowhere/at/all.log")), None);
    }
}
