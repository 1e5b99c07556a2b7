//! kill -9, short form: nothing acknowledged is lost, and a writer that lies is caught.
//!
//! The writer runs in this same test binary, started again with [`WRITER`] in its environment; it notes what was
//! acknowledged on its standard error, which the test runner leaves alone.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use crate::crash::{Outcome, Promise, check, writer};

use super::support::Sqlite;

/// Tells the binary to be a writer: `kept <dir>` or `mutant <dir>`.
const WRITER: &str = "SEAWORTHY_CRASH_WRITER";

/// Clients at once, so that groups form.
const CLIENTS: usize = 8;

/// Acknowledgements before the kill: enough for several groups, few enough for a debug build.
const NOTED: usize = 300;

/// Not a test but the writer, when it is asked to be.
#[test]
fn the_writer() {
    let Ok(order) = std::env::var(WRITER) else { return };
    let (promise, dir) = order.split_once(' ').unwrap();
    let promise = if promise == "mutant" { Promise::Mutant } else { Promise::Kept };
    panic!("the writer ended: {:?}", writer(Path::new(dir), std::io::stderr(), CLIENTS, promise));
}

/// Starts a writer, kills it once it has noted enough, and returns all that it noted.
fn noted_until_killed(dir: &Path, promise: &str) -> Vec<u8> {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["tests::crash::the_writer", "--exact", "--nocapture"])
        .env(WRITER, format!("{promise} {}", dir.display()))
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut notes = Vec::new();
    let mut from = BufReader::new(child.stderr.take().unwrap());
    for _ in 0..NOTED {
        assert_ne!(from.read_until(b'\n', &mut notes).unwrap(), 0, "{}", String::from_utf8_lossy(&notes));
    }
    child.kill().unwrap();
    // What it noted before it died waits in the pipe.
    while from.read_until(b'\n', &mut notes).unwrap() > 0 {}
    child.wait().unwrap();
    notes
}

fn killed(times: usize, promise: &str) -> Outcome {
    let place = Sqlite::new();
    let notes: Vec<u8> = (0..times).flat_map(|_| noted_until_killed(place.dir(), promise)).collect();
    check(place.dir(), &notes[..]).unwrap()
}

#[test]
fn three_kills_lose_nothing() {
    let outcome = killed(3, "kept");
    assert!(outcome.is_sound() && outcome.acknowledged >= 3 * NOTED as u64, "{outcome:?}");
    let events = outcome.chain.unwrap().events;
    assert_eq!(events, outcome.acknowledged + outcome.present_unacknowledged);
}

#[test]
fn a_writer_that_acknowledges_before_it_commits_is_caught() {
    let outcome = killed(1, "mutant");
    assert!(outcome.lost > 0 && !outcome.is_sound(), "{outcome:?}");
    assert!(outcome.chain.is_ok(), "what was committed is whole: {outcome:?}");
}

#[test]
fn a_note_of_another_event_at_the_position_is_a_loss() {
    let place = Sqlite::with_events(2);
    let id = "00000000-0000-0000-0000-00000000000";
    let notes = format!("1 {id}1\n2 {id}9\n3 {id}3\n");
    let outcome = check(place.dir(), notes.as_bytes()).unwrap();
    assert_eq!((outcome.acknowledged, outcome.lost, outcome.present_unacknowledged), (3, 2, 1));
}

#[test]
fn notes_that_are_none_are_an_error() {
    let place = Sqlite::with_events(1);
    for bad in ["x", "0 00000000-0000-0000-0000-000000000001", "1", "1 x", "-1 00000000-0000-0000-0000-000000000001"] {
        assert!(check(place.dir(), bad.as_bytes()).is_err(), "{bad:?}");
    }
}
