//! Numbers as people write them: percent without the noise of binary fractions, and back.

/// Reads a percentage, `99.9` or `99.9%`, as a ratio: the nearest to the decimal that was written.
pub(crate) fn percent(text: &str) -> Option<f64> {
    let text = text.trim();
    let digits = text.strip_suffix('%').unwrap_or(text).trim();
    // Dividing 99.9 by 100 gives 0.9990000000000001; moving the decimal point does not.
    plain(digits).and_then(|_| format!("{digits}e-2").parse().ok())
}

/// Reads a decimal number without exponent.
pub(crate) fn plain(text: &str) -> Option<f64> {
    let fits = !text.is_empty() && text.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | '-'));
    fits.then(|| text.parse().ok()).flatten()
}

/// Writes a number with at most 12 decimals: enough for seven nines, and without the noise of 1 - 0.999.
pub(crate) fn short(number: f64) -> String {
    let text = format!("{number:.12}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentages_are_exact() {
        for (text, want) in [
            ("99.9", Some("0.999")),
            ("99.9%", Some("0.999")),
            ("99.99 %", Some("0.9999")),
            ("95", Some("0.95")),
            ("100", Some("1")),
            ("99,9", None),
            ("", None),
            ("%", None),
            ("1e3", None),
            ("nan", None),
            ("inf", None),
        ] {
            assert_eq!(percent(text).map(|ratio| ratio.to_string()).as_deref(), want, "{text:?}");
        }
    }

    #[test]
    fn numbers_are_short() {
        for (number, want) in [
            (1.0 - 0.999, "0.001"),
            (0.02 * 2_592_000.0 / 3_600.0, "14.4"),
            (1.0 - 0.9999999, "0.0000001"),
            (6.0, "6"),
            (0.0, "0"),
        ] {
            assert_eq!(short(number), want);
        }
    }
}
