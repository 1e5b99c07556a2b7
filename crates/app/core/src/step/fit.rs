//! What texts and numbers from outside must be like before they become events: what is refused here can never stand in
//! the ledger, a log line, a header or a command.

use crate::Refusal;

/// Longest text of one line, in characters: a sentence or three, an argument, an address.
pub(super) const LINE_CHARS_MAX: usize = 1_000;

/// Longest text of several lines, in characters: a script that starts a version.
pub(super) const TEXT_CHARS_MAX: usize = 20_000;

/// Longest duration that anybody can ask for, in milliseconds: a year, as in files; anything above is a slip, and the
/// end of time is out of its reach.
pub(super) const DURATION_MS_MAX: u64 = 366 * 24 * 3_600 * 1_000;

/// Longest host name, in bytes (RFC 1035 §2.3.4, without the final dot).
pub(super) const HOST_BYTES_MAX: usize = 253;

/// Checks a text of one line.
pub(super) fn line(field: &'static str, text: &str) -> Result<(), Refusal> {
    if let Some(strange) = text.chars().find(|c| is_strange(*c)) {
        return Err(Refusal::Invalid(field, format!("{strange:?} cannot stand in it: write one line")));
    }
    at_most(field, text, LINE_CHARS_MAX)
}

/// Checks a text that may have several lines.
pub(super) fn lines(field: &'static str, text: &str) -> Result<(), Refusal> {
    if let Some(strange) = text.chars().find(|c| is_strange(*c) && !matches!(c, '\n' | '\t')) {
        return Err(Refusal::Invalid(field, format!("{strange:?} cannot stand in it")));
    }
    at_most(field, text, TEXT_CHARS_MAX)
}

/// Checks the name of an environment variable: what every shell can name.
pub(super) fn variable(field: &'static str, name: &str) -> Result<(), Refusal> {
    let first = name.chars().next().is_some_and(|c| c.is_ascii_alphabetic() || c == '_');
    match first && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
        true => at_most(field, name, LINE_CHARS_MAX),
        false => Err(Refusal::Invalid(field, format!("{name:?} is no name of a variable: letters, digits and \"_\""))),
    }
}

/// Checks a duration.
pub(super) fn duration(field: &'static str, ms: u64) -> Result<(), Refusal> {
    match ms <= DURATION_MS_MAX {
        true => Ok(()),
        false => Err(Refusal::Invalid(field, format!("{ms} ms are over the limit of {DURATION_MS_MAX} ms, a year"))),
    }
}

/// Says whether a text is `host:port`, and can stand in a header and a log line as it is.
pub(super) fn is_address(text: &str) -> bool {
    let Some((host, port)) = text.rsplit_once(':') else { return false };
    let fits = |c: char| c.is_ascii_alphanumeric() || "-._:[]".contains(c);
    !host.is_empty() && host.len() <= HOST_BYTES_MAX && host.chars().all(fits) && is_port(port)
}

fn is_port(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_digit()) && text.parse::<u16>().is_ok_and(|port| port > 0)
}

/// Makes one harmless line of what a machine or a person said: it must be kept, whatever it holds.
pub(crate) fn one_line(text: &str) -> String {
    let harmless = |c: char| if is_strange(c) { ' ' } else { c };
    text.trim().chars().map(harmless).take(LINE_CHARS_MAX).collect()
}

fn at_most(field: &'static str, text: &str, max: usize) -> Result<(), Refusal> {
    match text.chars().nth(max) {
        None => Ok(()),
        Some(_) => Err(Refusal::Invalid(field, format!("it is longer than {max} characters"))),
    }
}

/// Whether a character could end a line, drive a terminal, or show text in another order than it has. What joins letters
/// and emoji without being seen is part of how people write.
fn is_strange(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_that_could_act_are_refused() {
        for (text, is_line, is_text) in [
            ("", true, true),
            ("50% of users: über", true, true),
            ("\u{1f469}\u{200d}\u{1f4bb} می\u{200c}خواهم", true, true),
            ("two\nlines\tand a tab", false, true),
            ("nul\0", false, false),
            ("carriage\rreturn", false, false),
            ("\u{1b}[31m", false, false),
            ("right to left \u{202e}", false, false),
            ("separator \u{2028}", false, false),
        ] {
            assert_eq!(line("f", text).is_ok(), is_line, "{text:?}");
            assert_eq!(lines("f", text).is_ok(), is_text, "{text:?}");
        }
        assert!(line("f", &"ü".repeat(LINE_CHARS_MAX)).is_ok());
        assert!(line("f", &"ü".repeat(LINE_CHARS_MAX + 1)).is_err());
        assert!(lines("f", &"x".repeat(TEXT_CHARS_MAX + 1)).is_err());
    }

    #[test]
    fn what_must_be_kept_becomes_one_harmless_line() {
        assert_eq!(
            one_line(" it broke\n2026-01-01 INFO all is well\u{1b}[0m "),
            "it broke 2026-01-01 INFO all is well [0m"
        );
        assert_eq!(one_line(&"x".repeat(5_000)).len(), LINE_CHARS_MAX);
    }

    #[test]
    fn addresses_are_host_and_port() {
        for (text, want) in [
            ("127.0.0.1:9000", true),
            ("[::1]:80", true),
            ("shop-1.example:1", true),
            ("", false),
            (":80", false),
            ("a:0", false),
            ("a:65536", false),
            ("a:-1", false),
            ("a:+1", false),
            ("user@a:80", false),
            ("a/b:80", false),
            ("a\r\nx: y:80", false),
        ] {
            assert_eq!(is_address(text), want, "{text:?}");
        }
    }

    #[test]
    fn variables_are_what_a_shell_can_name() {
        for (name, want) in [("A_1", true), ("_x", true), ("", false), ("1A", false), ("A=B", false), ("A\0", false)] {
            assert_eq!(variable("env", name).is_ok(), want, "{name:?}");
        }
    }

    #[test]
    fn a_year_is_the_longest_duration() {
        for (ms, want) in [(0, true), (DURATION_MS_MAX, true), (DURATION_MS_MAX + 1, false), (u64::MAX, false)] {
            assert_eq!(duration("dwell_ms", ms).is_ok(), want, "{ms}");
        }
    }
}
