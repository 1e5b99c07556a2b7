//! What collectors tell, row by row: told well, told badly, too old, told as something else, and not told.

use jiff::SignedDuration;

use super::{NOW, new_service, row};
use crate::snapshot::{Kind, Seen, ServiceSnapshot, Value};

fn seen(key: &str, value: Value, hours: i64) -> Seen {
    Seen {
        key: key.into(),
        value,
        place: Some("ci.yaml:7".into()),
        at: NOW - SignedDuration::from_hours(hours),
        position: 70,
        seen_by: "collector".into(),
    }
}

/// Puts facts where their key belongs.
fn with(facts: Vec<Seen>) -> ServiceSnapshot {
    let mut service = new_service();
    for fact in facts {
        let of = match fact.key.split_once('.').expect("a key has a noun").0 {
            "git" => &mut service.git,
            "tests" => &mut service.tests,
            "pipeline" => &mut service.pipeline,
            "rules" => &mut service.rules,
            "routes" => &mut service.routes,
            "kubernetes" => &mut service.kubernetes,
            "database" => &mut service.database,
            "entry" => &mut service.entry,
            "credentials" => &mut service.credentials,
            "delivery" => &mut service.delivery,
            _ => &mut service.production,
        };
        of.push(fact);
    }
    service
}

fn number(n: f64) -> Value {
    Value::Number(n)
}

fn list(some: &[&str]) -> Value {
    Value::List(some.iter().map(|text| (*text).to_owned()).collect())
}

#[test]
fn what_collectors_tell_holds_or_does_not() {
    for (name, key, good, says, bad, says_not) in [
        ("OWN-08", "git.commits_by_others_90d", number(0.0), "0 commits", number(1.0), "1 commit of others"),
        ("DEP-33", "git.oldest_unreleased_days", number(7.0), "7 days", number(7.5), "waits for 7.5 days"),
        ("DEP-34", "git.branches_older_than_7_days", number(0.0), "0 branches", number(2.0), "2 branches older"),
        ("DEP-02", "pipeline.red_minutes_on_main_30d", number(60.0), "60 min", number(61.0), "red for 61 min"),
        ("DEP-04", "pipeline.manual_waits", number(0.0), "0 jobs waited", number(1.0), "1 job waited for a person"),
        ("DEP-06", "tests.slowest_suite_seconds", number(600.0), "10 min", number(660.0), "11 min"),
        ("OWN-10", "database.shared", list(&[]), "one role", list(&["shop"]), "several roles may write in: shop"),
        ("OWN-11", "database.consumers_of_instance", number(1.0), "1 role", number(2.0), "2 roles may write"),
        ("CRD-01", "credentials.personal_in_use", number(0.0), "0 personal", number(1.0), "1 personal credential is"),
        ("CRD-06", "entry.tls_days_left", number(14.0), "14 days", number(13.0), "13 days are left"),
        ("DEP-26", "production.out_of_band_changes_30_days", number(0.0), "0 changes", number(3.0), "3 changes around"),
    ] {
        let held = row(name, &with(vec![seen(key, good.clone(), 1)]));
        assert!(held.starts_with("holds until 1970-01-07T23:00:00Z") && held.contains(says), "{name} {held}");
        let not = row(name, &with(vec![seen(key, bad.clone(), 1)]));
        assert!(not.starts_with("does not hold") && not.contains(says_not), "{name} {not}");
        let worst = row(name, &with(vec![seen(key, good.clone(), 1), seen(key, bad, 2)]));
        assert!(worst.starts_with("does not hold"), "one place is enough: {name} {worst}");
        let old = row(name, &with(vec![seen(key, good, 24 * 7)]));
        assert!(old.starts_with("unknown") && old.contains("too long ago"), "{name} {old}");
        let strange = row(name, &with(vec![seen(key, Value::Bool(true), 1)]));
        assert!(strange.starts_with("unknown") && strange.contains("something else"), "{name} {strange}");
        let none = row(name, &new_service());
        assert!(none.starts_with("unknown") && none.contains(key), "{name} {none}");
    }
}

#[test]
fn what_files_say_can_only_show_what_is_wrong() {
    for (name, key, good, bad, says_not) in [
        ("ADP-03", "kubernetes.without_zone_spread", number(0.0), number(2.0), "over zones: 2"),
        ("SLO-06", "rules.without_runbook_named", list(&[]), list(&["Slow"]), "without a runbook: Slow"),
        ("SLO-09", "rules.paging_on_causes_named", list(&[]), list(&["Cpu", "Disk"]), "on a cause: Cpu, Disk"),
        ("SEC-01", "database.writable_by_all", list(&[]), list(&["shop"]), "every role may write: shop"),
        ("SEC-12", "entry.without_tls", list(&[]), list(&["a.test"]), "without TLS: a.test"),
    ] {
        let fine = row(name, &with(vec![seen(key, good, 1)]));
        assert!(
            fine.starts_with("unknown: nothing wrong was found") && fine.contains("in production"),
            "{name} {fine}"
        );
        let not = row(name, &with(vec![seen(key, bad.clone(), 1)]));
        assert!(not.starts_with("does not hold") && not.contains(says_not), "{name} {not}");
        let old = row(name, &with(vec![seen(key, bad, 24 * 7)]));
        assert!(old.starts_with("unknown") && old.contains("too long ago"), "{name} {old}");
        assert!(row(name, &new_service()).starts_with("unknown: no collector told"), "{name}");
    }
    let nobody = with(vec![seen("routes.to_nobody_named", list(&["/shop"]), 1)]);
    assert!(row("OWN-04", &nobody).starts_with("does not hold: routes that reach nobody: /shop"));
}

#[test]
fn a_number_that_is_none_proves_nothing() {
    for value in [number(f64::NAN), Value::Text("0".into()), list(&["0"])] {
        let said = row("DEP-04", &with(vec![seen("pipeline.manual_waits", value, 1)]));
        assert!(said.starts_with("unknown"), "{said}");
    }
}

#[test]
fn evidence_of_an_observation_says_who_saw_it_and_where() {
    let facts = with(vec![seen("pipeline.manual_waits", number(0.0), 1)]);
    let found = crate::evaluate(&facts, NOW).into_iter().find(|finding| finding.row == "DEP-04").expect("a row");
    let crate::Verdict::Holds { evidence, .. } = found.verdict else { panic!("it holds") };
    assert_eq!((evidence.position, evidence.seen_by.as_str()), (70, "collector, ci.yaml:7"));
    assert!(facts.changed(&new_service()).has(Kind::Pipeline));
}
