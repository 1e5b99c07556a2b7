//! Lengths of time as Prometheus, Sloth and OpenSLO write them, in whole seconds.

/// Longest length that any of them may ask for: a year.
const SECONDS_MAX: u64 = 366 * DAY;
/// Seconds of an hour.
pub(crate) const HOUR: u64 = 3_600;
/// Seconds of a day.
pub(crate) const DAY: u64 = 24 * HOUR;

/// Units of Prometheus, from the longest.
const UNITS: [(&str, u64); 6] = [("y", 365 * DAY), ("w", 7 * DAY), ("d", DAY), ("h", HOUR), ("m", 60), ("s", 1)];

/// Reads `5m`, `1d12h`, `4w`: at least a second, at most a year; units from the longest to the shortest.
pub(crate) fn seconds(text: &str) -> Option<u64> {
    let mut rest = text.trim();
    let mut units = UNITS.iter();
    let mut sum = 0_u64;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit())?;
        let number: u64 = rest[..digits].parse().ok()?;
        rest = &rest[digits..];
        let unit = rest.chars().next()?;
        let (name, length) = units.find(|(name, _)| name.starts_with(unit))?;
        rest = &rest[name.len()..];
        sum = sum.checked_add(number.checked_mul(*length)?)?;
    }
    (1..=SECONDS_MAX).contains(&sum).then_some(sum)
}

/// Writes a length as Prometheus does, because names of recordings end with it: `5m`, `1d12h`, `4w`, `30d`.
pub(crate) fn prometheus(seconds: u64) -> String {
    let mut rest = seconds;
    let mut text = String::new();
    for (name, length) in UNITS {
        // Years and weeks are written only where nothing remains: 30 days are not "4w2d".
        let exact = matches!(name, "y" | "w");
        if rest < length || (exact && !rest.is_multiple_of(length)) {
            continue;
        }
        text.push_str(&format!("{}{name}", rest / length));
        rest %= length;
    }
    if text.is_empty() { "0s".to_owned() } else { text }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn lengths_are_read() {
        for (text, want) in [
            ("5m", Some(300)),
            ("1h", Some(HOUR)),
            ("36h", Some(36 * HOUR)),
            ("1d12h", Some(36 * HOUR)),
            ("30d", Some(30 * DAY)),
            ("4w", Some(28 * DAY)),
            ("12h1d", None),
            ("1h1h", None),
            ("0s", None),
            ("", None),
            ("5", None),
            ("m", None),
            ("5 m", None),
            ("-5m", None),
            ("1.5h", None),
            ("5M", None),
            ("2y", None),
            ("99999999999999999999d", None),
        ] {
            assert_eq!(seconds(text), want, "{text:?}");
        }
    }

    #[test]
    fn lengths_are_written_as_prometheus_does() {
        for (length, want) in [
            (300, "5m"),
            (36 * HOUR, "1d12h"),
            (3 * DAY, "3d"),
            (7 * DAY, "1w"),
            (28 * DAY, "4w"),
            (30 * DAY, "30d"),
            (90, "1m30s"),
        ] {
            assert_eq!(prometheus(length), want);
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(length in 1..=SECONDS_MAX) {
            prop_assert_eq!(seconds(&prometheus(length)), Some(length));
        }

        #[test]
        fn nothing_panics(text in "\\PC{0,12}") {
            let _: Option<u64> = seconds(&text);
        }
    }
}
