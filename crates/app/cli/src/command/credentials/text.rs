//! A scan in words: one finding a line that editors jump to, then what it comes to.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::said::{Counts, Said, SaidFinding, SaidSkipped};
use crate::table::harmless;
use crate::words::{count, thousands};

/// Seconds of a day.
const DAY: i64 = 86_400;

/// Renders a scan.
pub(super) fn render(said: &Said, all: bool, now: Timestamp) -> String {
    let shown = said.findings.iter().filter(|finding| all || finding.counts == Counts::Yes);
    let mut text: String = shown.map(|finding| line(finding, now)).collect();
    if !text.is_empty() {
        text.push('\n');
    }
    text += &summary(said, all);
    text
}

fn line(finding: &SaidFinding, now: Timestamp) -> String {
    let SaidFinding { file, line, kind, fingerprint, holder, .. } = finding;
    let held = match holder.class {
        "unknown" => "holder unknown".to_owned(),
        class => format!("held by a {class}, {}: {}", holder.sure, holder.why),
    };
    let counts = match finding.counts {
        Counts::Yes => "",
        Counts::Example => " (in tests or examples)",
        Counts::Accepted => " (accepted)",
    };
    let places = if finding.places > 1 { format!("; in {} places", finding.places) } else { String::new() };
    let expires = finding.expires.map_or_else(String::new, |at| format!("; {}", ends(at, now)));
    format!("{}:{line}: {kind}{counts} {fingerprint}\n  {held}{expires}{places}\n", harmless(file))
}

fn ends(at: Timestamp, now: Timestamp) -> String {
    let day = at.to_zoned(TimeZone::UTC).date();
    let days = at.duration_since(now).as_secs().div_euclid(DAY);
    match days {
        ..0 => format!("ended on {day}"),
        0 => format!("ends today, {day}"),
        1 => format!("ends on {day}, in a day"),
        days => format!("ends on {day}, in {days} days"),
    }
}

fn summary(said: &Said, all: bool) -> String {
    let mut lines = vec![headline(said)];
    let left = |counts| said.findings.iter().filter(|finding| finding.counts == counts).count();
    let (examples, accepted) = (left(Counts::Example), left(Counts::Accepted));
    if examples > 0 {
        let how = if all { "" } else { "; --all shows them" };
        lines.push(format!("{} in tests and examples, which do not count{how}", thousands(examples as u64)));
    }
    if accepted > 0 {
        lines.push(format!("{} accepted until a day that has not come", thousands(accepted as u64)));
    }
    if said.well_known_defaults > 0 {
        let defaults = count(said.well_known_defaults as u64, "default password");
        lines.push(format!("{defaults} that everybody knows, such as \"postgres\": not listed, and no secret"));
    }
    lines.push(read(said));
    if said.findings.iter().any(|finding| finding.comparable == "this-run") {
        lines.push("fingerprints that begin with k- are of this run only; --key FILE makes them comparable".to_owned());
    }
    if let Some(cut) = said.cut {
        lines.push(format!("not everything was read: {cut}"));
    }
    lines.join("\n") + "\n"
}

fn headline(said: &Said) -> String {
    if said.counted == 0 {
        return "no credential found".to_owned();
    }
    let held = said.holders.iter().filter(|(_, n)| **n > 0).map(|(class, n)| match *class {
        "unknown" => format!("{n} by nobody knows whom"),
        "person" => format!("{n} by a person"),
        class => format!("{n} by a {class}"),
    });
    format!("{}, held {}", count(said.counted as u64, "credential"), held.collect::<Vec<_>>().join(", "))
}

fn read(said: &Said) -> String {
    let SaidSkipped { binary, large, links, directories, unreadable } = said.skipped;
    let skipped = [
        (binary, "binary file"),
        (large, "file over 4 MiB"),
        (links, "link"),
        (directories, "directory made by tools"),
        (unreadable, "unreadable file"),
    ];
    let left: Vec<String> = skipped.into_iter().filter(|(n, _)| *n > 0).map(|(n, noun)| left_out(n, noun)).collect();
    let left = if left.is_empty() { String::new() } else { format!("; left out: {}", left.join(", ")) };
    format!("read {}{left}", count(said.files as u64, "file"))
}

fn left_out(n: usize, noun: &str) -> String {
    let (head, tail) = noun.split_once(" over ").or_else(|| noun.split_once(" made ")).unwrap_or((noun, ""));
    let plural = match head {
        "directory" if n > 1 => "directories".to_owned(),
        _ if n > 1 => format!("{head}s"),
        _ => head.to_owned(),
    };
    let tail = noun.strip_prefix(head).filter(|_| !tail.is_empty()).unwrap_or_default();
    format!("{} {plural}{tail}", thousands(n as u64))
}
