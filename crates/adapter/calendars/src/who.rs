//! Whose shift an event is: the names that the systems people have write into it, and how.

use crate::line::Line;

/// What an event says of people.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Said {
    /// Every name, the most telling first; none where the event names nobody.
    pub(crate) names: Vec<String>,
    /// Of `[L2]`, as Grafana `OnCall` writes it.
    pub(crate) priority: u8,
}

/// Names of one event that are kept: a crowd is no shift.
const NAMES_MAX: usize = 10;

/// Longest name that is kept, in characters.
const NAME_CHARS_MAX: usize = 120;

/// Reads the people of an event from its summary and its attendees.
///
/// `PagerDuty` writes `On Call - NAME - SCHEDULE` in a schedule's feed and the address as attendee; in a person's own feed the
/// name is the schedule's, so an attendee goes first. Opsgenie writes the address, sometimes behind `On-call:`; Grafana `OnCall`
/// writes `[L1] name`, and takes `@name` in imported calendars.
pub(crate) fn said(summary: &str, attendees: &[Line]) -> Said {
    let (priority, rest) = priority(summary.trim());
    let mut names: Vec<String> = Vec::new();
    let mut add = |name: &str| {
        let name: String = name.trim().chars().filter(|c| !c.is_control()).take(NAME_CHARS_MAX).collect();
        if !name.is_empty() && names.len() < NAMES_MAX && !names.contains(&name) {
            names.push(name);
        }
    };
    for line in attendees {
        let address = line.value.trim();
        let address = address.get(..7).filter(|s| s.eq_ignore_ascii_case("mailto:")).map_or(address, |_| &address[7..]);
        add(address);
        line.param("CN").into_iter().for_each(&mut add);
    }
    add(name_in(rest));
    Said { names, priority }
}

fn name_in(summary: &str) -> &str {
    let lower = summary.to_ascii_lowercase();
    for prefix in ["on call - ", "on-call - "] {
        if lower.starts_with(prefix) {
            let rest = &summary[prefix.len()..];
            return rest.rsplit_once(" - ").map_or(rest, |(name, _schedule)| name);
        }
    }
    for prefix in ["on call:", "on-call:"] {
        if lower.starts_with(prefix) {
            return &summary[prefix.len()..];
        }
    }
    // "NAME on call for SCHEDULE" is how this program writes it.
    let end = [" on call for ", " on-call for ", " is on call", " is on-call"]
        .iter()
        .filter_map(|mark| lower.find(mark))
        .min();
    summary[..end.unwrap_or(summary.len())].trim().trim_start_matches('@')
}

fn priority(summary: &str) -> (u8, &str) {
    let read = || {
        let (number, rest) = summary.strip_prefix("[L").or_else(|| summary.strip_prefix("[l"))?.split_once(']')?;
        Some((number.parse().ok()?, rest.trim()))
    };
    read().unwrap_or((0, summary))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::line::lines;

    #[test]
    fn people_are_found_where_systems_write_them() {
        for (summary, attendees, want, priority) in [
            ("On Call - Jane Doe - Shop - nights", "", "Jane Doe - Shop", 0),
            ("On Call - Jane Doe - Shop", "ATTENDEE:jane@x.org", "jane@x.org|Jane Doe", 0),
            ("On Call - Shop", "ATTENDEE;CN=Jane Doe:mailto:jane@x.org", "jane@x.org|Jane Doe|Shop", 0),
            ("On-call: jane@x.org", "", "jane@x.org", 0),
            ("[L2] jane", "", "jane", 2),
            ("[L1] @jane", "", "jane", 1),
            ("@Bernard", "", "Bernard", 0),
            ("ines on call for shop (level 2)", "", "ines", 0),
            ("jane is on-call", "", "jane", 0),
            ("[Lx] jane", "", "[Lx] jane", 0),
            ("", "", "", 0),
        ] {
            let attendees: Vec<Line> = lines(attendees).filter_map(Result::ok).collect();
            let said = said(summary, &attendees);
            assert_eq!((said.names.join("|").as_str(), said.priority), (want, priority), "{summary}");
        }
    }
}
