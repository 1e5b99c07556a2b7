//! Columns of text that fit a terminal, and text from strangers made harmless.

/// How a column behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Column {
    /// Text that keeps its width.
    Text,
    /// A number, set to the right.
    Number,
    /// Text that gives way at its end when the terminal is narrow.
    Gives,
    /// A path, which gives way at its start: its end says more.
    Path,
}

impl Column {
    fn gives(self) -> bool {
        matches!(self, Self::Gives | Self::Path)
    }
}

/// Blanks between two columns.
const GAP: usize = 2;
/// A column that gives way keeps at least this.
const LEAST: usize = 12;

/// Lays out rows; the first is the header.
pub(super) fn lay_out(columns: &[Column], rows: &[Vec<String>], total: usize) -> Vec<String> {
    let natural = |at: usize| rows.iter().map(|row| width(&row[at])).max().unwrap_or(0);
    let mut widths: Vec<usize> = (0..columns.len()).map(natural).collect();
    narrow(columns, &mut widths, total);
    rows.iter().map(|row| line(columns, &widths, row)).collect()
}

/// Takes from the widest column that gives way until all fit.
fn narrow(columns: &[Column], widths: &mut [usize], total: usize) {
    let gaps = GAP * columns.len().saturating_sub(1);
    while widths.iter().sum::<usize>() + gaps > total {
        let giving = (0..columns.len()).filter(|&at| columns[at].gives() && widths[at] > LEAST);
        let Some(widest) = giving.max_by_key(|&at| widths[at]) else { return };
        widths[widest] -= 1;
    }
}

fn line(columns: &[Column], widths: &[usize], row: &[String]) -> String {
    let cells = row.iter().zip(columns).zip(widths).map(|((text, column), &wide)| {
        let text = if *column == Column::Path { cut_start(text, wide) } else { cut(text, wide) };
        let pad = " ".repeat(wide - width(&text));
        if *column == Column::Number { pad + &text } else { text + &pad }
    });
    cells.collect::<Vec<_>>().join(&" ".repeat(GAP)).trim_end().to_owned()
}

/// Shortens text to a width, with a mark that something is missing.
fn cut(text: &str, wide: usize) -> String {
    if width(text) <= wide {
        return text.to_owned();
    }
    let kept: String = text.chars().take(wide.saturating_sub(1)).collect();
    kept + "…"
}

/// Shortens a path to a width, keeping its end.
fn cut_start(text: &str, wide: usize) -> String {
    let over = width(text).saturating_sub(wide);
    if over == 0 {
        return text.to_owned();
    }
    "…".to_owned() + &text.chars().skip(over + 1).collect::<String>()
}

/// Breaks text at blanks into lines of at most `wide`; a longer word gets a line of its own.
pub(super) fn wrap(text: &str, wide: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(' ') {
        match lines.last_mut() {
            Some(line) if width(line) + 1 + width(word) <= wide => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

/// Takes out what could move a terminal's cursor or change its colours: names and paths come from strangers.
pub(super) fn harmless(text: &str) -> String {
    let hides = |c: char| matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    text.chars().map(|c| if c.is_control() || hides(c) { '?' } else { c }).collect()
}

fn width(text: &str) -> usize {
    text.chars().count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(rows: &[[&str; 3]]) -> Vec<Vec<String>> {
        rows.iter().map(|row| row.iter().map(ToString::to_string).collect()).collect()
    }

    #[test]
    fn wide_columns_give_way() {
        let rows = rows(&[["A", "N", "LONG"], ["abc", "10", "a very long text indeed"], ["d", "5", ""]]);
        let columns = [Column::Text, Column::Number, Column::Gives];
        assert_eq!(lay_out(&columns, &rows, 80), ["A     N  LONG", "abc  10  a very long text indeed", "d     5"]);
        assert_eq!(lay_out(&columns, &rows, 22), ["A     N  LONG", "abc  10  a very long …", "d     5"]);
        assert_eq!(lay_out(&columns, &rows, 1), ["A     N  LONG", "abc  10  a very long…", "d     5"]);
    }

    #[test]
    fn paths_keep_their_end() {
        let rows = vec![vec!["plugins/python-build/share/".to_owned()]];
        assert_eq!(lay_out(&[Column::Path], &rows, 14), ["…-build/share/"]);
    }

    #[test]
    fn text_from_strangers_is_harmless() {
        assert_eq!(harmless("a\x1b[2Jb\r\n\u{202e}c"), "a?[2Jb???c");
        assert_eq!(harmless("Zoë 日本"), "Zoë 日本");
    }

    #[test]
    fn long_text_is_wrapped_at_blanks() {
        assert_eq!(wrap("one two three", 7), ["one two", "three"]);
        assert_eq!(wrap("unbreakable x", 3), ["unbreakable", "x"]);
        assert_eq!(wrap("", 3), [""]);
    }
}
