//! PromQL with a place for its window: `{{.window}}`, as Sloth's files have it.

/// What stands for the window.
const PLACE: &str = "{{.window}}";

/// Returns whether a query says where its window goes.
pub(crate) fn has_window(query: &str) -> bool {
    filled(query, "").is_some()
}

/// Puts a window in every place for it, blanks inside the braces or not; none where there is no place.
pub(crate) fn filled(query: &str, window: &str) -> Option<String> {
    let mut text = String::new();
    let mut rest = query;
    let mut found = false;
    while let Some(open) = rest.find("{{") {
        let (before, from) = rest.split_at(open);
        text.push_str(before);
        match from.find("}}") {
            Some(close) if from[2..close].trim() == ".window" => {
                text.push_str(window);
                rest = &from[close + 2..];
                found = true;
            }
            _ => {
                text.push_str("{{");
                rest = &from[2..];
            }
        }
    }
    text.push_str(rest);
    found.then_some(text)
}

/// Whether a series only grows until its process restarts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Series {
    /// It does: a counter.
    Counter,
    /// It says what happened since the last time.
    Gauge,
}

/// Gives a query without a window one: events over the window, whatever the series is.
pub(crate) fn windowed(query: &str, series: Series) -> String {
    let query = query.trim();
    if has_window(query) {
        return query.to_owned();
    }
    match series {
        Series::Counter if is_selector(query) => format!("sum(rate({query}[{PLACE}]))"),
        Series::Counter => format!("sum(rate(({query})[{PLACE}:]))"),
        Series::Gauge => format!("sum(sum_over_time(({query})[{PLACE}:]))"),
    }
}

/// Returns whether a query is one selector, `name{label="value"}`, so that a range can follow it.
fn is_selector(query: &str) -> bool {
    let name_end = query.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '_' | ':'))).unwrap_or(query.len());
    let (name, rest) = query.split_at(name_end);
    let braces = rest.is_empty() || (rest.starts_with('{') && rest.ends_with('}') && rest.matches('{').count() == 1);
    !name.is_empty() && braces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_go_where_their_place_is() {
        for (query, want) in [
            ("rate(a[{{.window}}])", Some("rate(a[5m])")),
            ("a[{{ .window }}] / b[{{.window}}]", Some("a[5m] / b[5m]")),
            ("a", None),
            ("a[{{.windows}}]", None),
            ("{{.x}} {{.window}}", Some("{{.x}} 5m")),
            ("{{{{.window}}", Some("{{5m")),
            ("{{.window", None),
        ] {
            assert_eq!(filled(query, "5m").as_deref(), want, "{query}");
        }
    }

    #[test]
    fn queries_without_a_window_get_one() {
        for (query, series, want) in [
            ("a{b=\"c\"}", Series::Counter, "sum(rate(a{b=\"c\"}[{{.window}}]))"),
            ("sum(a)", Series::Counter, "sum(rate((sum(a))[{{.window}}:]))"),
            ("sum(rate(a[5m]))", Series::Gauge, "sum(sum_over_time((sum(rate(a[5m])))[{{.window}}:]))"),
            ("rate(a[{{.window}}])", Series::Gauge, "rate(a[{{.window}}])"),
        ] {
            assert_eq!(windowed(query, series), want);
        }
    }
}
