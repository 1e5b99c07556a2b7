//! Small texts with a meaning: durations and shares, and the nearest known word to a mistyped one.

use std::str::FromStr;

use seaworthy_model::Share;

/// Longest duration a file can ask for: a year; anything above is a slip.
const DURATION_MAX_MS: u64 = 366 * 24 * 3_600 * 1_000;

/// What a duration looks like, for messages.
pub const DURATION_FORM: &str = "write a whole number and a unit: 250ms, 5s, 10m, 1h or 7d";

/// Reads `250ms`, `5s`, `10m`, `1h`, `7d` (a day is 24 h) as milliseconds, above 0 and at most a year.
pub fn duration_ms(text: &str) -> Option<u64> {
    let digits = text.find(|c: char| !c.is_ascii_digit())?;
    let (number, unit) = text.split_at(digits);
    let unit_ms = match unit.trim() {
        "ms" => 1,
        "s" => 1_000,
        "m" => 60_000,
        "h" => 3_600_000,
        "d" => 86_400_000,
        _ => return None,
    };
    let ms = number.parse::<u64>().ok()?.checked_mul(unit_ms)?;
    (1..=DURATION_MAX_MS).contains(&ms).then_some(ms)
}

/// Reads `7d` or `2w` as days of the wall clock.
pub fn days(text: &str) -> Option<u16> {
    let digits = text.find(|c: char| !c.is_ascii_digit())?;
    let (number, unit) = text.split_at(digits);
    let number: u16 = number.parse().ok()?;
    let days = match unit.trim() {
        "d" => number,
        "w" => number.checked_mul(7)?,
        _ => return None,
    };
    (1..=366).contains(&days).then_some(days)
}

/// Reads a share: `5%`, or `5` in percent.
pub fn share(text: &str) -> Option<Share> {
    Share::from_str(text).ok()
}

/// Returns `; did you mean "x"?` for the known word nearest to a mistyped one; empty when none is near.
pub fn did_you_mean<'a>(asked: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    seaworthy_catalog::nearest(asked, known)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_have_a_unit() {
        for (text, want) in [
            ("250ms", Some(250)),
            ("5s", Some(5_000)),
            ("10m", Some(600_000)),
            ("1h", Some(3_600_000)),
            ("7d", Some(604_800_000)),
            ("5 s", Some(5_000)),
            ("5", None),
            ("", None),
            ("s", None),
            ("0s", None),
            ("-5s", None),
            ("1.5s", None),
            ("1h30m", None),
            ("5 minutes", None),
            ("400d", None),
            ("99999999999999999999s", None),
        ] {
            assert_eq!(duration_ms(text), want, "{text:?}");
        }
        for (text, want) in [("7d", Some(7)), ("2w", Some(14)), ("0d", None), ("12h", None), ("9999w", None)] {
            assert_eq!(days(text), want, "{text:?}");
        }
    }
}
