//! Histories in both layouts, whole and broken. All of it is made up here.

mod logs;
mod measurements;

use std::path::PathBuf;

use jiff::Timestamp;

use crate::{Excluded, History, Problem, read};

/// A directory with files, removed at the end.
struct Place(PathBuf);

impl Place {
    fn new(name: &str, files: &[(&str, &str)]) -> Self {
        let dir = std::env::temp_dir().join(format!("seaworthy-histories-{}-{name}", std::process::id()));
        std::fs::create_dir_all(&dir).unwrap();
        for (file, text) in files {
            std::fs::write(dir.join(file), text).unwrap();
        }
        Self(dir)
    }

    fn read(&self) -> History {
        read(&self.0).unwrap()
    }

    /// Problems as they are printed, without the directory.
    fn problems(&self, history: &History) -> Vec<String> {
        let shown = history.problems.iter().map(Problem::to_string);
        shown.map(|problem| problem.replace(&format!("{}/", self.0.display()), "")).collect()
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        drop(std::fs::remove_dir_all(&self.0));
    }
}

/// `02:30` of 1 March 2026, UTC.
fn at(time: &str) -> Timestamp {
    format!("2026-03-01T{time}:00Z").parse().unwrap()
}

fn clock(at: Timestamp) -> String {
    at.strftime("%H:%M").to_string()
}

/// Segments as `FUNCTION FROM-TO SEEN`.
fn segments(history: &History) -> Vec<String> {
    let text = |s: &seaworthy_downtime::Segment| {
        let end = s.end.map_or_else(String::new, clock);
        format!("{} {}-{end} {:?}", s.function, clock(s.start), s.seen)
    };
    history.segments.iter().map(text).collect()
}

fn excluded(history: &History) -> Vec<String> {
    history.excluded.iter().map(|Excluded { id, reason, .. }| format!("{id}: {reason}")).collect()
}

#[test]
fn nothing_known_is_an_error_that_names_the_place() {
    let place = Place::new("none", &[("notes.csv", "day,what\n1,rain\n"), ("readme.txt", "time,site,state\n")]);
    assert!(read(&place.0).unwrap_err().to_string().starts_with("could not find a history in \""));
    assert!(read(&place.0.join("absent")).unwrap_err().to_string().starts_with("could not read \""));
    assert!(read(&place.0.join("notes.csv")).unwrap_err().to_string().starts_with("could not find a history in \""));
}

#[test]
fn what_is_excluded_belongs_to_a_period() {
    let period = seaworthy_downtime::Span::new(at("02:00"), at("03:00"));
    for (start, end, touches) in [
        ("01:00", Some("02:00"), false),
        ("01:00", Some("02:01"), true),
        ("02:00", Some("02:00"), true),
        ("03:00", Some("03:00"), false),
        ("02:30", Some("02:10"), true),
        ("01:00", None, true),
        ("03:00", None, false),
    ] {
        let span = Some((at(start), end.map(at)));
        let excluded = Excluded { id: String::new(), title: String::new(), reason: String::new(), span };
        assert_eq!(excluded.touches(period), touches, "{start} to {end:?}");
    }
}
