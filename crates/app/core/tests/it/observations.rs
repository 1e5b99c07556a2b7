//! What collectors saw: what is refused, what is news, and that the newest stands.

use jiff::{SignedDuration, Timestamp};
use seaworthy_contract::events::observation::{ObservationTakenV1, ObservedFactV1, ObservedValueV1 as Value};
use seaworthy_core::{Input, Refusal};

use crate::bench::{Bench, service, start};

fn fact(key: &str, value: Value) -> ObservedFactV1 {
    ObservedFactV1 { key: key.to_owned(), value, place: None }
}

fn seen(minutes: i64, facts: Vec<ObservedFactV1>) -> ObservationTakenV1 {
    let seen_at = at(minutes);
    let (collector, source) = ("git".to_owned(), "shop.git".to_owned());
    ObservationTakenV1 { collector, source, service: service("checkout"), seen_at, facts }
}

fn at(minutes: i64) -> Timestamp {
    start() + SignedDuration::from_mins(minutes)
}

fn appended(bench: &mut Bench, one: ObservationTakenV1) -> Result<usize, Refusal> {
    bench.try_act(&Input::ObservationsTaken(vec![one])).map(|facts| facts.len())
}

#[test]
fn the_newest_stands_and_the_same_is_renewed_by_the_hour() {
    let mut bench = Bench::serving();
    bench.now = at(600);
    let two = || vec![fact("git.branches", Value::Whole(2))];
    for (minutes, facts, want, branches) in [
        (100, two(), 1, Some(2)),
        (130, two(), 0, Some(2)),
        (160, two(), 1, Some(2)),
        (90, vec![fact("git.branches", Value::Whole(9))], 0, Some(2)),
        (160, vec![fact("git.branches", Value::Whole(9))], 0, Some(2)),
        (161, vec![fact("git.branches", Value::Whole(9))], 1, Some(9)),
        (162, vec![], 1, None),
    ] {
        assert_eq!(appended(&mut bench, seen(minutes, facts)), Ok(want), "{minutes}");
        let known = bench.state.observations.of(&service("checkout")).next().expect("one");
        let value = known.taken.facts.first().and_then(|fact| fact.value.as_number());
        assert_eq!(value, branches.map(f64::from), "{minutes}");
    }
    assert_eq!(bench.state.observations.all().count(), 1, "one a collector, source and service");
}

#[test]
fn what_would_not_be_readable_in_a_ledger_is_refused() {
    let mut bench = Bench::serving();
    let one = |facts| seen(0, facts);
    let yes = |key: &str| one(vec![fact(key, Value::Bool(true))]);
    let text = |text: String| one(vec![fact("a.b", Value::Text(text))]);
    let placed =
        |place: &str| one(vec![ObservedFactV1 { place: Some(place.to_owned()), ..fact("a.b", Value::Bool(true)) }]);
    for (what, wrong) in [
        ("no dot", yes("branches")),
        ("upper case", yes("git.Branches")),
        ("an empty part", yes("git..branches")),
        ("a space", yes("git.old branches")),
        ("a very long key", yes(&format!("git.{}", "a".repeat(100)))),
        ("no number", one(vec![fact("a.b", Value::Number(f64::NAN))])),
        ("a line end", text("a\nb".to_owned())),
        ("a long text", text("a".repeat(513))),
        ("a long list", one(vec![fact("a.b", Value::List(vec![String::new(); 51]))])),
        ("a place of two lines", placed("a:1\nb:2")),
        ("many facts", one(vec![fact("a.b", Value::Bool(true)); 201])),
        ("no source", ObservationTakenV1 { source: String::new(), ..one(vec![]) }),
        ("a collector with a space", ObservationTakenV1 { collector: "my git".to_owned(), ..one(vec![]) }),
        ("nobody's service", ObservationTakenV1 { service: service("ghost"), ..one(vec![]) }),
        ("the future", seen(60, vec![])),
    ] {
        assert!(appended(&mut bench, wrong).is_err(), "{what}");
    }
    assert!(bench.try_act(&Input::ObservationsTaken(vec![])).is_err(), "nothing");
    assert!(bench.try_act(&Input::ObservationsTaken(vec![one(vec![]); 101])).is_err(), "too many");
    assert_eq!(bench.state.observations.all().count(), 0);
    for fine in [yes("git.branches_older_than_7_days"), text("ü".repeat(256)), placed("src/a.rs:7"), seen(4, vec![])] {
        assert!(appended(&mut bench, fine).is_ok());
    }
}

#[test]
fn a_source_with_a_new_name_at_every_look_is_stopped() {
    let mut bench = Bench::serving();
    for index in 0..50 {
        let one = ObservationTakenV1 { source: format!("/tmp/{index}"), ..seen(0, vec![]) };
        assert_eq!(appended(&mut bench, one), Ok(1));
    }
    let more = ObservationTakenV1 { source: "/tmp/50".to_owned(), ..seen(0, vec![]) };
    assert!(matches!(appended(&mut bench, more), Err(Refusal::State(..))));
    let known = ObservationTakenV1 { source: "/tmp/7".to_owned(), ..seen(1, vec![fact("a.b", Value::Bool(true))]) };
    assert_eq!(appended(&mut bench, known), Ok(1));
}
