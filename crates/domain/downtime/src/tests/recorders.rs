//! Observations in, segments out. Times are seconds after midnight here.

use proptest::prelude::*;

use super::*;
use crate::{Cause, Change, Confirm, Observation, Recorder, Rules};

fn second(second: i64) -> Timestamp {
    Timestamp::from_second(MIDNIGHT + second).unwrap()
}

fn seconds(at: Timestamp) -> i64 {
    at.as_second() - MIDNIGHT
}

/// Two in a row for worse, three in a row over 4 s for better, fresh for 10 s: for all sources.
fn slow(_: &Source) -> Rules {
    Rules {
        worse: Confirm { times: 2, lasting: SignedDuration::ZERO },
        better: Confirm { times: 3, lasting: SignedDuration::from_secs(4) },
        fresh: SignedDuration::from_secs(10),
    }
}

fn letter(seen: Seen) -> char {
    match seen {
        Seen::Unknown => '?',
        Seen::Up => 'u',
        Seen::Degraded => 'g',
        Seen::Down => 'd',
    }
}

fn observation(word: &str) -> Observation {
    let (at, what) = word.split_at(word.find(|c: char| c.is_alphabetic() || c == '?').unwrap());
    let seen = match what.to_ascii_lowercase().as_str() {
        "u" => Seen::Up,
        "g" => Seen::Degraded,
        "d" => Seen::Down,
        _ => Seen::Unknown,
    };
    // Capitals are the gateway's words.
    let source = if what.chars().all(char::is_uppercase) { Source::Gateway } else { Source::Probes };
    Observation { at: second(at.parse().unwrap()), source, seen, share_of_users: None }
}

/// Plays `SECOND WORD` observations and writes the segments as `0 ? 5 u 20 d`.
fn play(words: &str, until: i64) -> String {
    let mut recorder = Recorder::with_rules("buy", second(0), slow);
    let mut changes: Vec<Change> =
        words.split_whitespace().flat_map(|word| recorder.observe(&observation(word))).collect();
    changes.extend(recorder.tick(second(until)));
    let closed = changes.iter().filter_map(|change| change.closed.as_ref());
    let text: Vec<String> = closed
        .chain([recorder.open()])
        .map(|segment| format!("{} {}", seconds(segment.start), letter(segment.seen)))
        .collect();
    text.join(" ")
}

#[test]
fn changes_are_confirmed_and_backdated() {
    for (name, words, until, want) in [
        ("nothing heard", "", 100, "0 ?"),
        ("the first word counts", "3u", 4, "0 ? 3 u"),
        ("one bad word is a blip", "3u 4d 5u 6d 7u", 8, "0 ? 3 u"),
        ("two are an outage, from the first", "3u 4d 6d", 7, "0 ? 3 u 4 d"),
        ("back after three good ones over 4 s, from the first", "3u 4d 5d 6u 8u 10u", 11, "0 ? 3 u 4 d 6 u"),
        ("three good ones too quick", "3u 4d 5d 6u 7u 8u", 9, "0 ? 3 u 4 d"),
        ("a relapse starts over", "3u 4d 5d 6u 8u 9d 10u 12u 14u", 15, "0 ? 3 u 4 d 10 u"),
        ("a mixed run is what all of it supports", "3u 4d 5g 6g", 7, "0 ? 3 u 4 g"),
        ("and can get worse", "3u 4g 5g 6d 7d", 8, "0 ? 3 u 4 g 6 d"),
        ("better by one level", "3u 4d 5d 6g 8u 10u", 11, "0 ? 3 u 4 d 6 g"),
        ("out of order changes nothing", "5u 3d 4d 6u", 7, "0 ? 5 u"),
        ("silence is unknown from the last word", "3u 5u", 16, "0 ? 3 u 5 ?"),
        ("not yet silent", "3u 5u", 15, "0 ? 3 u"),
        ("cannot see keeps nothing fresh", "3u 5u 9? 13?", 16, "0 ? 3 u 5 ?"),
        ("an outage that falls silent is unknown too", "3d 5d", 40, "0 ? 3 d 5 ?"),
        ("a single word holds no time, and after silence the first counts", "3u 30d", 31, "0 ? 3 ? 30 d"),
    ] {
        assert_eq!(play(words, until), want, "{name}");
    }
}

#[test]
fn the_worst_fresh_word_counts() {
    for (name, words, until, want) in [
        ("the gateway is worse", "3u 3U 4D 5D", 6, "0 ? 3 u 4 d"),
        ("the probes are worse", "3u 3U 4d 5d 6U", 7, "0 ? 3 u 4 d"),
        ("both recover, the last counts", "3d 3D 4u 5U 6u 7U 8u 9U 10u", 11, "0 ? 3 d 5 u"),
        ("the worse falls silent, the other is right", "3d 4U 8U 12U 14U", 14, "0 ? 3 d 4 u"),
        ("all fall silent", "3u 5U", 30, "0 ? 3 u 5 ?"),
    ] {
        assert_eq!(play(words, until), want, "{name}");
    }
}

#[test]
fn words_are_shown_beside_each_other() {
    let mut recorder = Recorder::with_rules("buy", second(0), slow);
    assert!(!recorder.disagrees());
    for word in ["3u", "3D"] {
        recorder.observe(&observation(word));
    }
    assert!(recorder.disagrees());
    let words: Vec<_> =
        recorder.words().iter().map(|word| (word.source.clone(), letter(word.seen), word.fresh)).collect();
    assert_eq!(words, [(Source::Probes, 'u', true), (Source::Gateway, 'd', true)]);
    recorder.observe(&observation("12u"));
    recorder.tick(second(14));
    assert!(!recorder.disagrees(), "who is silent does not disagree");
}

#[test]
fn what_is_open_keeps_cause_and_share() {
    let mut recorder = Recorder::with_rules("buy", second(0), slow);
    recorder.observe(&Observation { share_of_users: Some(0.2), ..observation("3d") });
    recorder.blame(Cause::Change);
    recorder.observe(&Observation { share_of_users: Some(0.1), ..observation("4d") });
    let open = recorder.open();
    assert_eq!((open.share_of_users, open.severity), (Some(0.2), Some(Severity::Major)));
    let mut resumed = Recorder::resume(open.clone());
    assert!(resumed.observe(&observation("5d")).is_empty(), "the same goes on");
    let changes = resumed.observe(&Observation { source: Source::Gateway, ..observation("200u") });
    assert_eq!(changes.len(), 2, "silent since 5 s, and heard again");
    assert_eq!(changes[0].closed.as_ref().map(|closed| closed.cause.clone()), Some(Cause::Change));
}

#[test]
fn defaults_believe_probes_at_once_and_the_gateway_after_a_second() {
    let mut recorder = Recorder::new("buy", second(0));
    recorder.observe(&observation("1U"));
    let quarter = |at: i64| Observation {
        at: Timestamp::from_millisecond(second(2).as_millisecond() + 250 * at).unwrap(),
        ..observation("2D")
    };
    let changed: Vec<usize> = (0..6).map(|at| recorder.observe(&quarter(at)).len()).collect();
    assert_eq!(changed, [0, 0, 0, 0, 1, 0]);
    assert_eq!(seconds(recorder.open().start), 2);
    assert_eq!(Rules::of(&Source::Person("ann".to_owned())), Rules::PROBES);
}

proptest! {
    /// Whatever is heard in whatever order: no gap, no overlap, nothing before the beginning, neighbours differ.
    #[test]
    fn segments_are_one_line_of_time(words in prop::collection::vec((0..200_i64, 0..8_usize), 0..60)) {
        let mut recorder = Recorder::with_rules("buy", second(0), slow);
        let mut at_start = second(0);
        let mut last = Seen::Unknown;
        for (at, what) in words {
            let word = ["u", "g", "d", "?", "U", "G", "D", "?"][what];
            for change in recorder.observe(&observation(&format!("{at}{word}"))) {
                if let Some(closed) = change.closed {
                    prop_assert_eq!(closed.start, at_start);
                    prop_assert!(closed.end.unwrap() > closed.start);
                    prop_assert_eq!(closed.seen, last);
                    at_start = closed.end.unwrap();
                }
                prop_assert_eq!(change.opened.start, at_start);
                prop_assert_eq!(change.opened.end, None);
                last = change.opened.seen;
            }
            prop_assert_eq!(recorder.open().start, at_start);
        }
    }
}
