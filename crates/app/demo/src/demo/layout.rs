//! Text in columns: lines broken between words, and parts that stay together where they can.
//!
//! A character counts as one column; nothing here is written in a script where that is wrong.

/// What follows a number on the same line.
const UNITS: [&str; 4] = ["ms", "s", "min", "h"];
/// Between two parts on one line.
const BETWEEN: &str = " · ";

/// Breaks a text into lines of at most `width` columns, between words. A word that is longer has its line to itself;
/// a number stays with its unit.
pub(crate) fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut pieces = Vec::new();
    let mut rest = 0;
    for (space, _) in text.match_indices(' ') {
        if !is_before_unit(&text[..space], &text[space + 1..]) {
            pieces.push(&text[rest..space]);
            rest = space + 1;
        }
    }
    pieces.push(&text[rest..]);
    fill(pieces, " ", width)
}

fn is_before_unit(before: &str, after: &str) -> bool {
    let word = after.split(|c: char| !c.is_ascii_alphabetic()).next().unwrap_or_default();
    before.ends_with(|c: char| c.is_ascii_digit()) && UNITS.contains(&word)
}

/// Puts parts on lines of at most `width` columns. A part that is longer than a line is broken between words.
pub(crate) fn flow<'a>(parts: impl IntoIterator<Item = &'a str>, width: usize) -> Vec<String> {
    let lines = fill(parts, BETWEEN, width);
    lines.iter().flat_map(|line| if columns(line) > width { wrap(line, width) } else { vec![line.clone()] }).collect()
}

/// Returns the columns that a text takes.
pub(crate) fn columns(text: &str) -> usize {
    text.chars().count()
}

fn fill<'a>(pieces: impl IntoIterator<Item = &'a str>, between: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for piece in pieces {
        match lines.last_mut() {
            Some(line) if columns(line) + columns(between) + columns(piece) <= width => {
                line.push_str(between);
                line.push_str(piece);
            }
            _ => lines.push(piece.to_owned()),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn lines_break_between_words() {
        assert_eq!(wrap("one two three", 7), ["one two", "three"]);
        assert_eq!(wrap("one two three", 6), ["one", "two", "three"]);
        assert_eq!(wrap("an incomprehensible word", 7), ["an", "incomprehensible", "word"]);
        assert_eq!(wrap("seen 0.1 s ago", 9), ["seen", "0.1 s ago"]);
        assert_eq!(wrap("took 0.1 s, ledger", 8), ["took", "0.1 s,", "ledger"]);
        assert_eq!(wrap("all 12 stay", 6), ["all 12", "stay"]);
        assert_eq!(wrap("", 7), [""]);
    }

    #[test]
    fn parts_stay_together() {
        let parts = ["12 requests", "GET 0, POST 4", "7 answered by stable instead"];
        assert_eq!(flow(parts, 80), ["12 requests · GET 0, POST 4 · 7 answered by stable instead"]);
        assert_eq!(flow(parts, 30), ["12 requests · GET 0, POST 4", "7 answered by stable instead"]);
        assert_eq!(flow(parts, 15), ["12 requests", "GET 0, POST 4", "7 answered by", "stable instead"]);
        assert_eq!(flow([], 15), Vec::<String>::new());
    }

    proptest! {
        #[test]
        fn nothing_is_lost_and_nothing_is_wider(text in "[a-z·]{1,9}( [a-z]{1,9}){0,30}", width in 9_usize..60) {
            let lines = wrap(&text, width);
            prop_assert!(lines.iter().all(|line| columns(line) <= width));
            prop_assert_eq!(lines.join(" "), text);
        }
    }
}
