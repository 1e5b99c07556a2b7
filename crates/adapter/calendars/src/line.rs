//! Content lines (RFC 5545 section 3.1): folded lines joined, each taken apart into name, parameters and value.

/// A content line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Line {
    /// Where it begins, from 1.
    pub(crate) number: usize,
    /// Its name, in capitals.
    pub(crate) name: String,
    /// Its parameters: names in capitals, values without quotes.
    params: Vec<(String, String)>,
    /// Its value as it is written, escapes included.
    pub(crate) value: String,
}

impl Line {
    /// Takes a joined line apart; none where it has no value.
    fn parse(number: usize, text: &str) -> Option<Self> {
        let mut quoted = false;
        let mut ends = Vec::new();
        let colon = text.char_indices().find_map(|(at, c)| match c {
            '"' => {
                quoted = !quoted;
                None
            }
            ';' if !quoted => {
                ends.push(at);
                None
            }
            ':' if !quoted => Some(at),
            _ => None,
        })?;
        let bounds: Vec<usize> = ends.into_iter().chain([colon]).collect();
        let params = bounds.windows(2).filter_map(|pair| {
            let (name, value) = text[pair[0] + 1..pair[1]].split_once('=')?;
            Some((name.to_ascii_uppercase(), value.trim_matches('"').to_owned()))
        });
        Some(Self {
            number,
            name: text[..bounds[0]].to_ascii_uppercase(),
            params: params.collect(),
            value: text[colon + 1..].to_owned(),
        })
    }

    /// Returns a parameter.
    pub(crate) fn param(&self, name: &str) -> Option<&str> {
        self.params.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// Returns the value as text: escapes resolved, white space at the ends gone.
    pub(crate) fn text(&self) -> String {
        let mut text = String::with_capacity(self.value.len());
        let mut chars = self.value.chars();
        while let Some(c) = chars.next() {
            match c {
                '\\' => match chars.next() {
                    Some('n' | 'N') => text.push('\n'),
                    Some(other) => text.push(other),
                    None => {}
                },
                c => text.push(c),
            }
        }
        text.trim().to_owned()
    }
}

/// Returns every content line, or the number of one that is none. Lone line feeds are taken as ends of lines: editors make them.
pub(crate) fn lines(text: &str) -> impl Iterator<Item = Result<Line, usize>> + '_ {
    let mut physical = text.trim_start_matches('\u{feff}').lines().enumerate().peekable();
    std::iter::from_fn(move || {
        loop {
            let (index, first) = physical.next()?;
            let mut joined = first.to_owned();
            while let Some((_, more)) = physical.next_if(|(_, next)| next.starts_with([' ', '\t'])) {
                joined.push_str(&more[1..]);
            }
            if !joined.trim().is_empty() {
                return Some(Line::parse(index + 1, &joined).ok_or(index + 1));
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_joined_and_taken_apart() {
        let text =
            "SUMMARY:On Call - Jo\r\n hn - Shop\r\n\r\nATTENDEE;CN=\"Doe; John: x\";ROLE=REQ:mailto:j@x.org\nnothing\n";
        let all: Vec<_> = lines(text).collect();
        let [Ok(summary), Ok(attendee), Err(5)] = all.as_slice() else { panic!("{all:?}") };
        assert_eq!((summary.number, summary.text().as_str()), (1, "On Call - John - Shop"));
        assert_eq!(attendee.param("CN"), Some("Doe; John: x"));
        assert_eq!((attendee.param("ROLE"), attendee.value.as_str()), (Some("REQ"), "mailto:j@x.org"));
    }

    #[test]
    fn escapes_are_resolved() {
        let line = Line::parse(1, r"summary:a\, b\; c\\d\ne\").expect("a line");
        assert_eq!((line.name.as_str(), line.text().as_str()), ("SUMMARY", "a, b; c\\d\ne"));
    }
}
