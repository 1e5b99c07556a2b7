//! Words that several checks use.

/// Names that a sentence has room for.
const NAMED_MAX: usize = 3;

/// Words for a length of time in seconds: `0.6 s`, `41 s`, `3 min`.
pub(crate) fn seconds(s: f64) -> String {
    match s {
        s if s < 9.95 => format!("{s:.1} s"),
        s if s < 120.0 => format!("{s:.0} s"),
        s => format!("{:.0} min", s / 60.0),
    }
}

/// `1 page`, `2 pages`.
pub(crate) fn counted(n: usize, one: &str, many: &str) -> String {
    match n {
        1 => format!("1 {one}"),
        n => format!("{n} {many}"),
    }
}

/// The first few names: `a, b, c and 2 more`.
pub(crate) fn named<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let names: Vec<&str> = names.into_iter().collect();
    let more = names.len().saturating_sub(NAMED_MAX);
    let shown = names[..names.len().min(NAMED_MAX)].join(", ");
    if more > 0 { format!("{shown} and {more} more") } else { shown }
}

/// A number as people write it: `3`, `1.5`.
pub(crate) fn number(n: f64) -> String {
    if n.fract() == 0.0 { format!("{n:.0}") } else { format!("{n:.1}") }
}
