//! Figures and times as people read them. Percentages are truncated, numbers never break from their unit.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use seaworthy_contract::catalogue::Indicator;

/// Keeps a number on one line with its unit.
pub(crate) const NBSP: char = '\u{a0}';

/// Says a ratio from 0 to 1 as a percentage with at most two decimals, truncated: 0.99955 is 99.95%.
pub(crate) fn percent(ratio: f64) -> String {
    // The smallest lift above floating error, so that 0.29 stays 29%.
    hundredths((ratio.clamp(0.0, 1.0) * 10_000.0 + 1e-6).floor() as u64)
}

/// Says a part of a whole as a percentage, truncated; what is there but too small to show is below, not zero.
pub(crate) fn percent_of(part: u64, whole: u64) -> Option<String> {
    let points = u128::from(part) * 10_000 / u128::from(whole.max(1));
    match (part, whole) {
        (_, 0) => None,
        (1.., _) if points == 0 => Some("<0.01%".to_owned()),
        _ => Some(hundredths(u64::try_from(points).unwrap_or(10_000))),
    }
}

fn hundredths(points: u64) -> String {
    match (points / 100, points % 100) {
        (whole, 0) => format!("{whole}%"),
        (whole, part) if part % 10 == 0 => format!("{whole}.{}%", part / 10),
        (whole, part) => format!("{whole}.{part:02}%"),
    }
}

/// Says a count with its thousands apart.
pub(crate) fn count(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// Says a count of things: `1 service`, `4 services`.
pub(crate) fn counted(n: u64, one: &str, many: &str) -> String {
    format!("{}{NBSP}{}", count(n), if n == 1 { one } else { many })
}

/// Says a small number in a word at the start of a sentence.
pub(crate) fn number_word(n: usize) -> String {
    const WORDS: [&str; 11] = ["No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten"];
    WORDS.get(n).map_or_else(|| count(n as u64), |word| (*word).to_owned())
}

/// Says a length of time, given in seconds, in its two largest units.
pub(crate) fn seconds(s: f64) -> String {
    let whole = s.max(0.0) as u64;
    match whole {
        0 if s > 0.0 && s < 0.1 => format!("<0.1{NBSP}s"),
        0..10 => format!("{:.1}{NBSP}s", (s.max(0.0) * 10.0).floor() / 10.0),
        10..60 => format!("{whole}{NBSP}s"),
        60..3_600 => two(whole / 60, "min", whole % 60, "s"),
        3_600..86_400 => two(whole / 3_600, "h", whole % 3_600 / 60, "min"),
        _ => two(whole / 86_400, "d", whole % 86_400 / 3_600, "h"),
    }
}

fn two(a: u64, a_unit: &str, b: u64, b_unit: &str) -> String {
    match b {
        0 => format!("{a}{NBSP}{a_unit}"),
        _ => format!("{a}{NBSP}{a_unit} {b}{NBSP}{b_unit}"),
    }
}

/// Says milliseconds without digits that mean nothing.
pub(crate) fn millis(ms: f64) -> String {
    match ms {
        ..10.0 => format!("{ms:.1}{NBSP}ms"),
        ..10_000.0 => format!("{}{NBSP}ms", count(ms as u64)),
        _ => seconds(ms / 1_000.0),
    }
}

/// Says how long ago something was, or how far ahead it is.
pub(crate) fn age(at: Timestamp, now: Timestamp) -> String {
    let past = now.duration_since(at);
    if past < SignedDuration::from_secs(-1) {
        return format!("in {}", span(past.unsigned_abs().as_secs()));
    }
    match past.as_secs() {
        ..1 => "now".to_owned(),
        s => format!("{} ago", span(s.unsigned_abs())),
    }
}

fn span(s: u64) -> String {
    match s {
        0..120 => format!("{s}{NBSP}s"),
        120..7_200 => format!("{}{NBSP}min", s / 60),
        7_200..172_800 => format!("{}{NBSP}h", s / 3_600),
        _ => format!("{}{NBSP}days", s / 86_400),
    }
}

/// Says how much of a budget is left, or by how much it is overspent.
pub(crate) fn left_of_budget(ratio: f64) -> String {
    match ratio {
        ..0.0 => format!("overspent by {}", whole_percent(-ratio)),
        0.0 => "all of it is gone".to_owned(),
        _ => format!("{} left", share(ratio)),
    }
}

/// A percentage above a hundred has no decimals that matter.
fn whole_percent(ratio: f64) -> String {
    match ratio {
        ..1.0 => share(ratio),
        _ => format!("{}%", count((ratio * 100.0) as u64)),
    }
}

/// Says a ratio from 0 to 1 as a percentage; what is there but too small to show is below, not zero.
pub(crate) fn share(ratio: f64) -> String {
    match ratio {
        r if r > 0.0 && r < 0.0001 => "<0.01%".to_owned(),
        r => percent(r),
    }
}

/// Says how many times faster than evenly a budget burns, truncated.
pub(crate) fn times(burn: f64) -> String {
    match burn {
        b if b > 0.0 && b < 0.1 => "<0.1×".to_owned(),
        b if b < 100.0 => {
            let tenths = (b.max(0.0) * 10.0 + 1e-6).floor() as u64;
            match (tenths / 10, tenths % 10) {
                (whole, 0) => format!("{whole}×"),
                (whole, part) => format!("{whole}.{part}×"),
            }
        }
        b => format!("{}×", count(b as u64)),
    }
}

/// Says a number of things that was worked out, not counted.
pub(crate) fn about(n: f64, one: &str, many: &str) -> String {
    match n {
        ..10.0 => format!("{:.1}{NBSP}{many}", (n * 10.0).floor() / 10.0),
        _ => counted(n as u64, one, many),
    }
}

/// Says who counts for an indicator.
pub(crate) fn counted_by(indicator: &Indicator) -> String {
    match indicator {
        Indicator::Availability { .. } | Indicator::Latency { .. } => "gateways".to_owned(),
        Indicator::Probe { probe } => format!("probe {probe}"),
        Indicator::Pushed { series } => format!("pushed as {series}"),
        Indicator::Query(query) => query.source.clone().unwrap_or_else(|| "the default Prometheus".to_owned()),
    }
}

/// Formats a moment in UTC.
pub(crate) fn utc(at: Timestamp, format: &str) -> String {
    at.to_zoned(TimeZone::UTC).strftime(format).to_string()
}

/// Starts a sentence with a capital letter and ends it with a stop.
pub(crate) fn sentence(text: &str) -> String {
    let text = text.trim();
    let mut letters = text.chars();
    let word = text.split_whitespace().next().unwrap_or_default();
    // A version such as v2 keeps its letters.
    let plain = word.chars().all(|c| c.is_alphabetic() || "',:".contains(c));
    let first = letters.next().map(|c| if plain { c.to_uppercase().to_string() } else { c.to_string() });
    let first = first.unwrap_or_default();
    let stop = if text.is_empty() || text.ends_with(['.', '?', '!']) { "" } else { "." };
    format!("{first}{}{stop}", letters.as_str())
}

/// Cuts a text to a number of characters and says so with an ellipsis.
pub(crate) fn cut(text: &str, chars_max: usize) -> String {
    match text.char_indices().nth(chars_max) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentages_are_truncated_not_rounded() {
        let rows = [(0.99955, "99.95%"), (0.05, "5%"), (0.29, "29%"), (1.0, "100%"), (0.125, "12.5%"), (-1.0, "0%")];
        for (ratio, text) in rows {
            assert_eq!(percent(ratio), text, "{ratio}");
        }
        assert_eq!(percent_of(1, 100_000).as_deref(), Some("<0.01%"), "a failure is never nothing");
        assert_eq!(percent_of(99_999, 100_000).as_deref(), Some("99.99%"), "and never everything");
        assert_eq!(percent_of(0, 7).as_deref(), Some("0%"));
        assert_eq!(percent_of(0, 0), None, "of nobody nothing is known");
    }

    #[test]
    fn lengths_and_ages_keep_their_units() {
        let rows = [
            (0.0, "0.0 s"),
            (0.06, "<0.1 s"),
            (4.28, "4.2 s"),
            (59.9, "59 s"),
            (250.0, "4 min 10 s"),
            (7_200.0, "2 h"),
        ];
        for (s, text) in rows {
            assert_eq!(seconds(s).replace(NBSP, " "), text);
        }
        let now = Timestamp::from_second(1_000_000).expect("in range");
        let ages = [(0, "now"), (3, "3 s ago"), (119, "119 s ago"), (660, "11 min ago"), (600_000, "6 days ago")];
        for (past, text) in ages {
            let at = Timestamp::from_second(1_000_000 - past).expect("in range");
            assert_eq!(age(at, now).replace(NBSP, " "), text);
        }
        assert_eq!(age(now, now - SignedDuration::from_hours(5)).replace(NBSP, " "), "in 5 h");
    }

    #[test]
    fn budgets_and_burns_are_cut_off_and_never_hidden() {
        let left =
            [(1.0, "100% left"), (0.71299, "71.29% left"), (0.0, "all of it is gone"), (-0.35, "overspent by 35%")];
        for (ratio, text) in left {
            assert_eq!(left_of_budget(ratio), text, "{ratio}");
        }
        assert_eq!(left_of_budget(-41.5), "overspent by 4,150%");
        assert_eq!(left_of_budget(0.000_01), "<0.01% left", "a little is not nothing");
        let burns = [(0.0, "0×"), (0.04, "<0.1×"), (0.99, "0.9×"), (14.4, "14.4×"), (6.0, "6×"), (1_000.0, "1,000×")];
        for (burn, text) in burns {
            assert_eq!(times(burn), text, "{burn}");
        }
    }

    #[test]
    fn counts_are_grouped_and_cut_at_letters() {
        assert_eq!([count(0), count(999), count(48_213), count(1_000_000)], ["0", "999", "48,213", "1,000,000"]);
        assert_eq!((cut("äöü", 2).as_str(), cut("äö", 2).as_str()), ("äö…", "äö"));
        assert_eq!(
            [sentence("held: it"), sentence("v2 is off"), sentence("Off."), sentence("")],
            ["Held: it.", "v2 is off.", "Off.", ""]
        );
    }
}
