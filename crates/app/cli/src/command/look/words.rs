//! Numbers, ages and lists as a person would say them.

use super::table::{ITEM, harmless};

/// Seconds of a day.
const DAY: i64 = 86_400;

/// Keeps the first of items that are alike.
pub(super) fn distinct(items: impl Iterator<Item = String>) -> Vec<String> {
    let mut seen = std::collections::HashSet::new();
    items.filter(|item| seen.insert(item.clone())).collect()
}

/// Joins items for a column that shows as many as fit.
pub(super) fn list(items: &[String], none: &str) -> String {
    let items: Vec<String> = items.iter().map(|item| harmless(item)).collect();
    if items.is_empty() { none.to_owned() } else { items.join(&ITEM.to_string()) }
}

/// Writes a ratio as a percentage; something is never shown as 0%.
pub(super) fn percent(ratio: f64) -> String {
    let percent = 100.0 * ratio;
    if percent > 0.0 && percent < 1.0 { "<1%".into() } else { format!("{percent:.0}%") }
}

/// Writes an age in the unit a person would use: `5 min`, `3 h`, `12 days`, `14 months`, `3 years`.
pub(super) fn age(seconds: i64) -> String {
    match seconds {
        ..60 => "less than a minute".into(),
        60..3_600 => format!("{} min", seconds / 60),
        3_600..172_800 => format!("{} h", seconds / 3_600),
        _ if seconds < 90 * DAY => format!("{} days", seconds / DAY),
        _ if seconds < 730 * DAY => format!("{} months", seconds * 12 / (365 * DAY)),
        _ => format!("{} years", seconds / (365 * DAY)),
    }
}

/// Writes a number with its noun.
pub(super) fn count(n: u64, noun: &str) -> String {
    let plural = match noun {
        "person" => "people".to_owned(),
        "entity" => "entities".to_owned(),
        noun => format!("{noun}s"),
    };
    format!("{} {}", thousands(n), if n == 1 { noun.to_owned() } else { plural })
}

/// Writes a number with commas.
pub(super) fn thousands(n: u64) -> String {
    let digits = n.to_string();
    let head = digits.len() % 3;
    let mut out = digits[..head].to_owned();
    for at in (head..digits.len()).step_by(3) {
        if !out.is_empty() {
            out.push(',');
        }
        out += &digits[at..at + 3];
    }
    out
}

/// Starts a sentence.
pub(super) fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_are_in_the_unit_a_person_would_use() {
        for (seconds, text) in [
            (0, "less than a minute"),
            (59, "less than a minute"),
            (60, "1 min"),
            (7_200, "2 h"),
            (2 * DAY, "2 days"),
            (89 * DAY, "89 days"),
            (365 * DAY, "12 months"),
            (729 * DAY, "23 months"),
            (730 * DAY, "2 years"),
        ] {
            assert_eq!(age(seconds), text);
        }
    }

    #[test]
    fn numbers_are_readable() {
        assert_eq!([0, 999, 1_000, 21_304, 1_234_567].map(thousands), ["0", "999", "1,000", "21,304", "1,234,567"]);
        assert_eq!([0.0, 0.001, 0.5, 1.0].map(percent), ["0%", "<1%", "50%", "100%"]);
        assert_eq!(
            (count(1, "person"), count(2, "person"), count(2, "entity")),
            ("1 person".into(), "2 people".into(), "2 entities".into())
        );
    }
}
