//! What people say of rows, and what a service's rows come to from what is known.

use jiff::SignedDuration;
use seaworthy_contract::api::{Finding, Readiness, Verdict};
use seaworthy_contract::events::observation::{ObservationTakenV1, ObservedFactV1, ObservedValueV1};
use seaworthy_contract::events::row::RowSaysV1;
use seaworthy_core::readiness::Kept;
use seaworthy_core::{Input, Refusal, RowWanted, RowWord, view};
use seaworthy_model::PersonId;

use crate::bench::{Bench, SERVICES, service};

fn person(name: &str) -> PersonId {
    name.parse().unwrap()
}

fn member(bench: &Bench) -> PersonId {
    let owner = &bench.state.catalogue.service(&service("checkout")).unwrap().owner;
    bench.state.catalogue.team(owner).unwrap().members[0].clone()
}

fn say(bench: &mut Bench, row: &str, word: RowWord) -> Result<usize, Refusal> {
    let wanted = RowWanted { service: service("checkout"), row: row.to_owned(), word };
    bench.try_act(&Input::SayOfRow(Box::new(wanted))).map(|facts| facts.len())
}

fn excepted(bench: &Bench, days: i64) -> RowWord {
    let until = bench.now + SignedDuration::from_hours(24 * days);
    RowWord::Excepted { because: "nobody uses it yet".to_owned(), by: member(bench), until }
}

fn attested(bench: &Bench, says: RowSaysV1, days: i64) -> RowWord {
    let until = bench.now + SignedDuration::from_hours(24 * days);
    RowWord::Attested { says, words: "we have always done so".to_owned(), by: member(bench), until }
}

fn ready(bench: &Bench) -> Readiness {
    view::readiness(&bench.look(), &service("checkout")).unwrap()
}

fn found(bench: &Bench, row: &str) -> Finding {
    ready(bench).findings.into_iter().find(|finding| finding.row == row).unwrap()
}

#[test]
fn an_exception_has_a_reason_a_name_and_an_end() {
    let mut bench = Bench::serving();
    assert_eq!(found(&bench, "OWN-09").verdict, Verdict::Holds);
    let dwn =
        |bench: &Bench| (found(bench, "DWN-04").verdict, ready(bench).ladder[2].open.contains(&"DWN-04".to_owned()));
    assert_eq!(dwn(&bench), (Verdict::Unknown, true));
    let word = excepted(&bench, 30);
    assert_eq!(say(&mut bench, "DWN-04", word.clone()), Ok(1));
    assert_eq!(say(&mut bench, "DWN-04", word), Ok(0), "it was said already");
    assert_eq!(dwn(&bench), (Verdict::DoesNotApply, false));
    assert_eq!(found(&bench, "DWN-04").exception.unwrap().because, "nobody uses it yet");
    bench.wait(31 * 24 * 3_600);
    assert_eq!(dwn(&bench), (Verdict::Unknown, true), "it has ended by itself");
    let word = excepted(&bench, 30);
    assert_eq!(say(&mut bench, "DWN-04", word), Ok(1));
    assert_eq!(say(&mut bench, "DWN-04", RowWord::ExceptionEnded), Ok(1));
    assert_eq!(say(&mut bench, "DWN-04", RowWord::ExceptionEnded), Ok(0));
    assert_eq!(dwn(&bench), (Verdict::Unknown, true), "it was taken back");
}

#[test]
fn a_word_without_reason_name_or_end_is_refused() {
    let mut bench = Bench::serving();
    let fine = |bench: &Bench| (bench.now + SignedDuration::from_hours(24), member(bench));
    let (until, by) = fine(&bench);
    let word =
        |because: &str, by: &PersonId, until| RowWord::Excepted { because: because.into(), by: by.clone(), until };
    let far = bench.now + SignedDuration::from_hours(24 * 367);
    for (what, row, said) in [
        ("no such row", "DEP-99", word("nobody uses it yet", &by, until)),
        ("no reason", "DWN-04", word("", &by, until)),
        ("hardly one", "DWN-04", word("because", &by, until)),
        ("two lines", "DWN-04", word("nobody\nuses it yet", &by, until)),
        ("nobody of the team", "DWN-04", word("nobody uses it yet", &person("mallory"), until)),
        ("over already", "DWN-04", word("nobody uses it yet", &by, bench.now)),
        ("for ever", "DWN-04", word("nobody uses it yet", &by, far)),
        ("a word for longer than half a year", "DWN-04", attested(&bench, RowSaysV1::Holds, 184)),
    ] {
        assert!(say(&mut bench, row, said).is_err(), "{what}");
    }
    bench.actor = "person/mallory".to_owned();
    let word = excepted(&bench, 1);
    assert!(say(&mut bench, "DWN-04", word).is_err(), "nobody speaks for somebody else");
    bench.actor = format!("person/{by}");
    let word = excepted(&bench, 1);
    assert_eq!(say(&mut bench, "DWN-04", word), Ok(1));
}

#[test]
fn what_was_seen_beats_what_was_said_and_both_are_shown() {
    let mut bench = Bench::serving();
    let yes = attested(&bench, RowSaysV1::Holds, 30);
    assert_eq!(say(&mut bench, "DWN-04", yes), Ok(1));
    let unseen = found(&bench, "DWN-04");
    assert_eq!((unseen.verdict, unseen.differs), (Verdict::Unknown, false), "a word turns nothing green");
    assert!(unseen.attested.is_some());
    let no = attested(&bench, RowSaysV1::DoesNotHold, 30);
    assert_eq!(say(&mut bench, "OWN-09", no), Ok(1));
    let seen = found(&bench, "OWN-09");
    assert_eq!((seen.verdict, seen.differs), (Verdict::Holds, true));
    assert_eq!(say(&mut bench, "OWN-09", RowWord::AttestationEnded), Ok(1));
    assert!(!found(&bench, "OWN-09").differs);
}

#[test]
fn an_observation_answers_a_row_with_its_place_in_the_ledger_and_runs_what_reads_it() {
    let mut bench = Bench::serving();
    let mut kept = Kept::default();
    let look = |bench: &Bench, kept: &mut Kept| {
        let shown = view::readiness_kept(&bench.look(), kept, &service("checkout")).unwrap();
        assert_eq!(shown, ready(bench), "kept up to date is from scratch");
        kept.runs()
    };
    let first = look(&bench, &mut kept);
    let sent = |bench: &Bench, value| ObservationTakenV1 {
        collector: "git".to_owned(),
        source: "shop.git".to_owned(),
        service: service("checkout"),
        seen_at: bench.now,
        facts: vec![ObservedFactV1 {
            key: "git.branches_older_than_7_days".to_owned(),
            value: ObservedValueV1::Whole(value),
            place: None,
        }],
    };
    assert_eq!(found(&bench, "DEP-34").verdict, Verdict::Unknown);
    bench.act(Input::ObservationsTaken(vec![sent(&bench, 0)]));
    let good = found(&bench, "DEP-34");
    assert_eq!(good.verdict, Verdict::Holds);
    let evidence = good.evidence.unwrap();
    assert_eq!((evidence.position, evidence.seen_by.as_str()), (bench.state.position, "collector git at shop.git"));
    let second = look(&bench, &mut kept);
    assert!((1..20).contains(&(second - first)), "{} of all rows ran for one fact of git", second - first);
    bench.wait(60);
    bench.act(Input::ObservationsTaken(vec![sent(&bench, 2)]));
    assert_eq!(found(&bench, "DEP-34").verdict, Verdict::DoesNotHold);
    bench.wait(8 * 24 * 3_600);
    assert_eq!(found(&bench, "DEP-34").verdict, Verdict::Unknown, "a week is too old");
    look(&bench, &mut kept);
}

#[test]
fn every_service_has_every_row_once_and_a_step_for_each_tier() {
    let bench = Bench::serving();
    let all = view::readiness_of_all(&bench.look(), &mut Kept::default());
    assert_eq!(all.len(), SERVICES.len());
    for readiness in all {
        let mut rows: Vec<&str> = readiness.findings.iter().map(|finding| finding.row.as_str()).collect();
        rows.extend(readiness.unseen.iter().map(|row| row.row.as_str()));
        let count = rows.len();
        rows.sort_unstable();
        rows.dedup();
        assert_eq!(rows.len(), count, "no row is answered and listed as unseen");
        assert_eq!(readiness.ladder.len(), 4);
        assert!(readiness.next.is_some(), "a service of which little was seen has a next exercise");
    }
    assert!(view::readiness(&bench.look(), &service("ghost")).is_none());
}
