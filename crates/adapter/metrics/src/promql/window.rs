//! The window in a query: `{{.window}}` stands for it, as in Sloth's files.

/// The only name that may stand between the braces.
const NAME: &str = ".window";

/// Units of a duration in PromQL, in seconds, longest first.
const UNITS: [(u32, char); 4] = [(86_400, 'd'), (3_600, 'h'), (60, 'm'), (1, 's')];

/// Why a window cannot be put into a query.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WindowError {
    /// No time at all.
    #[error("a window of 0 seconds holds nothing")]
    Empty,
    /// Braces that stand for something else.
    #[error("\"{{{{{0}}}}}\" stands for nothing here; only \"{{{{.window}}}}\" is replaced")]
    Unknown(String),
    /// Braces that are not closed.
    #[error("\"{{{{\" is not closed by \"}}}}\"")]
    Open,
}

/// Returns the query with the window in place of each `{{.window}}`, however it is spaced.
///
/// A query without one has its own window and stays as it is.
///
/// # Errors
/// When the window is empty, or braces stand for something else.
pub fn in_window(query: &str, seconds: u32) -> Result<String, WindowError> {
    if seconds == 0 {
        return Err(WindowError::Empty);
    }
    let (mut text, mut rest) = (String::with_capacity(query.len()), query);
    while let Some((before, after)) = rest.split_once("{{") {
        let (inside, after) = after.split_once("}}").ok_or(WindowError::Open)?;
        // Templates of Go may trim the space around them by a dash.
        let name = inside.trim_matches(|c: char| c.is_whitespace() || c == '-');
        if name != NAME {
            return Err(WindowError::Unknown(name.to_owned()));
        }
        text.push_str(before);
        text.push_str(&duration(seconds));
        rest = after;
    }
    text.push_str(rest);
    Ok(text)
}

/// A duration as PromQL writes it, in the longest unit that it is a whole number of.
fn duration(seconds: u32) -> String {
    let (unit, letter) = UNITS.into_iter().find(|(unit, _)| seconds.is_multiple_of(*unit)).unwrap_or((1, 's'));
    format!("{}{letter}", seconds / unit)
}
