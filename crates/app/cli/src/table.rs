//! Columns of text that fit a terminal, and text from strangers made harmless.

/// How a column behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Column {
    /// Text that keeps its width.
    Text,
    /// A number, set to the right.
    Number,
    /// Text that gives way at its end when the terminal is narrow.
    Gives,
    /// A path, which gives way at its start: its end says more.
    Path,
    /// Items joined by [`ITEM`], of which as many are shown as fit, and the number of the rest.
    List,
}

/// What stands between the items of a list; text made harmless cannot hold it.
pub(crate) const ITEM: char = '\u{1f}';

impl Column {
    fn gives(self) -> bool {
        matches!(self, Self::Gives | Self::Path | Self::List)
    }
}

/// Items of a list named at most.
const ITEMS_NAMED: usize = 3;
/// Blanks between two columns.
const GAP: usize = 2;
/// A column that gives way keeps at least this.
const LEAST: usize = 12;

/// Lays out rows; the first is the header.
pub(crate) fn lay_out(columns: &[Column], rows: &[Vec<String>], total: usize) -> Vec<String> {
    let natural =
        |at: usize| rows.iter().map(|row| width(&shown(columns[at], &row[at], usize::MAX))).max().unwrap_or(0);
    let mut widths: Vec<usize> = (0..columns.len()).map(natural).collect();
    let wished = widths.clone();
    narrow(columns, &mut widths, total);
    hand_on(columns, &mut widths, &wished, rows);
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

/// A list that shows whole items needs less than it was left with: the rest goes to the other lists.
fn hand_on(columns: &[Column], widths: &mut [usize], wished: &[usize], rows: &[Vec<String>]) {
    let lists = || (0..columns.len()).filter(|&at| columns[at] == Column::List);
    let used =
        |at: usize, wide: usize| rows.iter().map(|row| width(&shown(columns[at], &row[at], wide))).max().unwrap_or(0);
    let mut spare = 0;
    for at in lists() {
        let needed = used(at, widths[at]);
        spare += widths[at] - needed;
        widths[at] = needed;
    }
    // The last list first: it is the one with the most to say.
    for at in lists().rev() {
        let wider = used(at, wished[at].min(widths[at] + spare));
        spare -= wider.saturating_sub(widths[at]);
        widths[at] = widths[at].max(wider);
    }
}

fn line(columns: &[Column], widths: &[usize], row: &[String]) -> String {
    let cells = row.iter().zip(columns).zip(widths).map(|((text, column), &wide)| {
        let text = shown(*column, text, wide);
        let pad = " ".repeat(wide - width(&text));
        if *column == Column::Number { pad + &text } else { text + &pad }
    });
    cells.collect::<Vec<_>>().join(&" ".repeat(GAP)).trim_end().to_owned()
}

fn shown(column: Column, text: &str, wide: usize) -> String {
    match column {
        Column::Path => cut_start(text, wide),
        Column::List => as_many_as_fit(text, wide),
        Column::Text | Column::Number | Column::Gives => cut(text, wide),
    }
}

/// Joins the first items of a list and the number of the others, at least one item and at most [`ITEMS_NAMED`].
fn as_many_as_fit(text: &str, wide: usize) -> String {
    let items: Vec<&str> = text.split(ITEM).collect();
    let joined = |named: usize| {
        let rest = items.len() - named;
        let more = if rest == 0 { String::new() } else { format!(", +{rest}") };
        items[..named].join(", ") + &more
    };
    let most = items.len().min(ITEMS_NAMED);
    let fits = (1..=most).rev().map(joined).find(|joined| width(joined) <= wide);
    fits.unwrap_or_else(|| cut(&joined(1), wide))
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
pub(crate) fn wrap(text: &str, wide: usize) -> Vec<String> {
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
pub(crate) fn harmless(text: &str) -> String {
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
    fn lists_show_what_fits_and_count_the_rest() {
        let list = ["Ann 60%", "Bob 20%", "Carol 15%", "Dan 5%"].join(&ITEM.to_string());
        for (wide, shown) in
            [(40, "Ann 60%, Bob 20%, Carol 15%, +1"), (30, "Ann 60%, Bob 20%, +2"), (12, "Ann 60%, +3"), (5, "Ann …")]
        {
            assert_eq!(as_many_as_fit(&list, wide), shown);
        }
        assert_eq!(as_many_as_fit("nobody", 20), "nobody");
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
