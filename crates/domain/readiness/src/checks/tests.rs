//! Laws of every check, and tables of what each says of the same few services.

mod laws;
mod outside;
mod rows;

use expect_test::{Expect, expect};
use jiff::{SignedDuration, Timestamp};
use seaworthy_model::{ControlKind, Tier};

use super::ALL;
use crate::snapshot::{Controlled, Declared, Drill, OnCall, PagingRule, Revert, RevertTrigger, Rota, ServiceSnapshot};
use crate::{Verdict, evaluate};

const NOW: Timestamp = Timestamp::UNIX_EPOCH;

fn ago(hours: i64) -> Timestamp {
    NOW - SignedDuration::from_hours(hours)
}

/// A service of which only its owner is known.
pub(crate) fn new_service() -> ServiceSnapshot {
    let owner = Declared { value: "shop".into(), source: "shop.yaml:3".into(), position: 2, at: ago(1) };
    ServiceSnapshot {
        tier: Tier::Two,
        shipped_here: true,
        owner,
        owner_members: 4,
        on_call: None,
        rota: None,
        reverts: vec![],
        drills: vec![],
        paging_rules: vec![],
        controls: vec![],
        has_edges: true,
        edges: vec![],
        promise: None,
        contradictions: vec![],
        wakes: None,
        rollouts: vec![],
        pages: vec![],
        incidents: vec![],
        objectives: vec![],
        watched: None,
        lost: vec![],
        calls: None,
        git: vec![],
        tests: vec![],
        pipeline: vec![],
        rules: vec![],
        routes: vec![],
        kubernetes: vec![],
        database: vec![],
        entry: vec![],
        credentials: vec![],
        production: vec![],
        delivery: vec![],
    }
}

fn revert(trigger: RevertTrigger, hours: i64) -> Revert {
    Revert {
        version: "v2".into(),
        trigger,
        decided_at: ago(hours),
        confirmed_at: ago(hours),
        took_s: 0.62,
        from_first_bad_s: Some(1.9),
        position: 41,
        gateways: vec!["gw-1".into()],
    }
}

fn controlled(kind: ControlKind, hours: i64) -> Controlled {
    Controlled {
        kind,
        set_at: ago(hours),
        took_s: 0.31,
        from_first_bad_s: None,
        drill: true,
        position: 50 + kind as u64,
        gateways: vec!["gw-1".into()],
    }
}

/// Rows that these tables are about; the others have tables of their own.
const FIRST: [&str; 13] = [
    "OWN-09", "OWN-16", "ADP-09", "ADP-15", "DEP-08", "DEP-12", "TEL-03", "SLO-11", "ONC-01", "ONC-02", "ONC-10",
    "ONC-11", "INC-01",
];

fn check(facts: &ServiceSnapshot, want: Expect) {
    let said: String = evaluate(facts, NOW)
        .into_iter()
        .filter(|finding| FIRST.contains(&finding.row))
        .map(|finding| match finding.verdict {
            Verdict::Holds { seen, evidence, expires_at } => {
                format!("{} holds: {seen} (#{}, until {expires_at})\n", finding.row, evidence.position)
            }
            Verdict::DoesNotHold { seen, .. } => format!("{} does not hold: {seen}\n", finding.row),
            Verdict::Unknown { missing } => format!("{} unknown: {missing}\n", finding.row),
            Verdict::DoesNotApply { because } => format!("{} does not apply: {because}\n", finding.row),
        })
        .collect();
    want.assert_eq(&said);
}

#[test]
fn every_check_has_an_id_a_statement_and_a_remedy() {
    let mut rows: Vec<_> = ALL.iter().map(|check| check.row).collect();
    rows.sort_unstable();
    rows.dedup();
    assert_eq!(rows.len(), ALL.len());
    assert!(ALL.iter().all(|check| !check.title.is_empty() && !check.remedy.is_empty()));
}

#[test]
fn a_new_service_is_mostly_unknown() {
    check(
        &new_service(),
        expect![[r#"
            OWN-09 holds: team shop, 4 people (#2, until 1970-03-31T23:00:00Z)
            OWN-16 does not hold: nobody is on call
            ADP-09 unknown: no shutter of it was seen by anybody yet
            ADP-15 unknown: not seen to work in 180 days: shutter, throttle, isolate
            DEP-08 unknown: no machine has reverted a change of it yet
            DEP-12 unknown: no revert of it was seen in production yet
            TEL-03 unknown: no drill of it was followed to a person yet
            SLO-11 unknown: no rule watches it: no objective, probe or alert
            ONC-01 unknown: no rotation is paged for it
            ONC-02 unknown: no rotation is paged for it
            ONC-10 unknown: no rotation is paged for it
            ONC-11 unknown: no rotation is paged for it
            INC-01 unknown: no failure of it was met with a restore action yet
        "#]],
    );
}

#[test]
fn one_person_is_no_people() {
    for (owner_members, want) in [(1, "team shop, 1 person"), (2, "team shop, 2 people")] {
        let said = row("OWN-09", &ServiceSnapshot { owner_members, ..new_service() });
        assert!(said.ends_with(want), "{said}");
    }
}

#[test]
fn a_machine_revert_proves_three_rows() {
    let on_call = OnCall {
        person: "Ines".into(),
        rotation: "shop".into(),
        position: 3,
        until: ago(-5),
        looked_at: NOW,
        has_confirmed_contact: true,
    };
    let facts =
        ServiceSnapshot { on_call: Some(on_call), reverts: vec![revert(RevertTrigger::Machine, 2)], ..new_service() };
    check(
        &facts,
        expect![[r#"
            OWN-09 holds: team shop, 4 people (#2, until 1970-03-31T23:00:00Z)
            OWN-16 holds: Ines, by rotation shop (#3, until 1970-01-01T05:00:00Z)
            ADP-09 unknown: no shutter of it was seen by anybody yet
            ADP-15 unknown: not seen to work in 180 days: shutter, throttle, isolate
            DEP-08 holds: v2 was off 0.6 s after the decision, 1.9 s after the first bad response (#41, until 1970-03-31T22:00:00Z)
            DEP-12 holds: v2 was reverted, took 0.6 s (#41, until 1970-03-31T22:00:00Z)
            TEL-03 unknown: no drill of it was followed to a person yet
            SLO-11 unknown: no rule watches it: no objective, probe or alert
            ONC-01 unknown: no rotation is paged for it
            ONC-02 unknown: no rotation is paged for it
            ONC-10 unknown: no rotation is paged for it
            ONC-11 unknown: no rotation is paged for it
            INC-01 holds: restored 1.9 s after the first bad response, by reverting v2 (#41, until 1970-03-31T22:00:00Z)
        "#]],
    );
}

#[test]
fn whoever_is_on_call_and_confirmed_no_contact_is_named() {
    let until = ago(-5);
    let shift = |has_confirmed_contact| OnCall {
        person: "Ines".into(),
        rotation: "shop".into(),
        position: 3,
        until,
        looked_at: NOW,
        has_confirmed_contact,
    };
    for (has_confirmed, want) in
        [(true, "Ines, by rotation shop"), (false, "Ines, by rotation shop, who has confirmed no contact")]
    {
        let facts = ServiceSnapshot { on_call: Some(shift(has_confirmed)), ..new_service() };
        let found = evaluate(&facts, NOW).into_iter().find(|finding| finding.row == "OWN-16").expect("a row");
        assert!(matches!(&found.verdict, Verdict::Holds { seen, .. } if seen == want), "{:?}", found.verdict);
        // A drill that somebody took says nothing of whoever is on call now.
        let reaches = evaluate(&facts, NOW).into_iter().find(|finding| finding.row == "TEL-03").expect("a row");
        let said = format!("{:?}", reaches.verdict);
        assert_eq!(said.contains("; Ines, on call now, has confirmed no contact"), !has_confirmed, "{said}");
    }
}

#[test]
fn a_revert_by_hand_does_not_prove_the_machine_and_slow_is_slow() {
    let slow = Revert { took_s: 400.0, from_first_bad_s: Some(900.0), ..revert(RevertTrigger::Person, 2) };
    check(
        &ServiceSnapshot { reverts: vec![slow], ..new_service() },
        expect![[r#"
            OWN-09 holds: team shop, 4 people (#2, until 1970-03-31T23:00:00Z)
            OWN-16 does not hold: nobody is on call
            ADP-09 unknown: no shutter of it was seen by anybody yet
            ADP-15 unknown: not seen to work in 180 days: shutter, throttle, isolate
            DEP-08 unknown: no machine has reverted a change of it yet
            DEP-12 holds: v2 was reverted, took 7 min (#41, until 1970-03-31T22:00:00Z)
            TEL-03 unknown: no drill of it was followed to a person yet
            SLO-11 unknown: no rule watches it: no objective, probe or alert
            ONC-01 unknown: no rotation is paged for it
            ONC-02 unknown: no rotation is paged for it
            ONC-10 unknown: no rotation is paged for it
            ONC-11 unknown: no rotation is paged for it
            INC-01 does not hold: restored 15 min after the first bad response, by reverting v2
        "#]],
    );
}

#[test]
fn evidence_expires_sooner_where_it_matters_more() {
    let holds = |tier, hours| {
        let facts = ServiceSnapshot { tier, reverts: vec![revert(RevertTrigger::Machine, hours)], ..new_service() };
        let count =
            |finding: &crate::Finding| finding.row != "OWN-09" && matches!(finding.verdict, Verdict::Holds { .. });
        evaluate(&facts, NOW).iter().filter(|f| count(f)).count()
    };
    let day = 24;
    assert_eq!([29, 31].map(|d| holds(Tier::One, d * day)), [3, 0]);
    assert_eq!([89, 91].map(|d| holds(Tier::Two, d * day)), [3, 0]);
    assert_eq!([179, 181].map(|d| holds(Tier::Three, d * day)), [3, 0]);
}

#[test]
fn a_service_shipped_elsewhere_has_nothing_to_revert() {
    let facts = ServiceSnapshot { shipped_here: false, owner_members: 0, ..new_service() };
    check(
        &facts,
        expect![[r#"
            OWN-09 does not hold: team shop has no members, so nobody owns it
            OWN-16 does not hold: nobody is on call
            ADP-09 does not apply: no gateway of Seaworthy carries its requests
            ADP-15 does not apply: no gateway of Seaworthy carries its requests
            DEP-08 does not apply: its versions are not shipped through Seaworthy
            DEP-12 does not apply: its versions are not shipped through Seaworthy
            TEL-03 unknown: no drill of it was followed to a person yet
            SLO-11 unknown: no rule watches it: no objective, probe or alert
            ONC-01 unknown: no rotation is paged for it
            ONC-02 unknown: no rotation is paged for it
            ONC-10 unknown: no rotation is paged for it
            ONC-11 unknown: no rotation is paged for it
            INC-01 does not apply: no restore action of Seaworthy reaches it
        "#]],
    );
}

/// What one row says of a service.
pub(super) fn row(name: &str, facts: &ServiceSnapshot) -> String {
    let said = evaluate(facts, NOW).into_iter().find(|finding| finding.row == name).expect("the row").verdict;
    match said {
        Verdict::Holds { seen, expires_at, .. } => format!("holds until {expires_at}: {seen}"),
        Verdict::DoesNotHold { seen, .. } => format!("does not hold: {seen}"),
        Verdict::Unknown { missing } => format!("unknown: {missing}"),
        Verdict::DoesNotApply { because } => format!("does not apply: {because}"),
    }
}

#[test]
fn a_drill_that_a_person_took_proves_the_way_to_them() {
    let drill = |days: i64, delivered_s| Drill {
        rule: "probe/buy".into(),
        paged_s: 0.2,
        delivered_s,
        taken_s: 150.0,
        taken_at: ago(24 * days),
        position: 7,
    };
    for (tier, drills, want) in [
        (Tier::Two, vec![], "unknown: no drill of it was followed to a person yet"),
        (
            Tier::Two,
            vec![drill(1, Some(0.4)), drill(80, None)],
            "holds until 1970-03-31T00:00:00Z: paged after 0.2 s, delivered after 0.4 s, taken after 2 min",
        ),
        (Tier::One, vec![drill(30, Some(0.4))], "unknown: the last drill, of probe/buy, is too old to count"),
        (
            Tier::Two,
            vec![drill(80, Some(0.4)), drill(1, None)],
            "does not hold: the page of the last drill, of probe/buy, was found and not delivered",
        ),
    ] {
        assert_eq!(row("TEL-03", &ServiceSnapshot { tier, drills, ..new_service() }), want);
    }
}

#[test]
fn every_rule_that_pages_has_to_reach_somebody() {
    let rule = |name: &str, days: Option<i64>| PagingRule {
        name: name.into(),
        reached: days.map(|d| (ago(24 * d), 9)),
        from_objective: true,
    };
    for (paging_rules, want) in [
        (vec![], "unknown: no rule watches it: no objective, probe or alert"),
        (vec![rule("a", Some(1))], "holds until 1970-03-31T00:00:00Z: its one rule reached a person"),
        (
            vec![rule("a", Some(1)), rule("b", Some(89))],
            "holds until 1970-01-02T00:00:00Z: each of its 2 rules reached a person",
        ),
        (vec![rule("a", Some(1)), rule("b", Some(90))], "unknown: 1 of 2 rules reached nobody in 90 days: b"),
        (
            ["a", "b", "c", "d", "e"].map(|name| rule(name, None)).into(),
            "unknown: 5 of 5 rules reached nobody in 90 days: a, b, c and 2 more",
        ),
    ] {
        assert_eq!(row("SLO-11", &ServiceSnapshot { paging_rules, ..new_service() }), want);
    }
}

fn said(facts: &ServiceSnapshot, row: &str) -> String {
    let finding = evaluate(facts, NOW).into_iter().find(|finding| finding.row == row).expect("there is such a row");
    match finding.verdict {
        Verdict::Holds { seen, evidence, .. } => format!("holds: {seen} (#{})", evidence.position),
        Verdict::DoesNotHold { seen, .. } => format!("does not hold: {seen}"),
        Verdict::Unknown { missing } => format!("unknown: {missing}"),
        Verdict::DoesNotApply { because } => format!("does not apply: {because}"),
    }
}

#[test]
fn controls_count_once_they_were_seen_to_work() {
    use ControlKind::{Isolate, Shutter, Throttle};
    let with = |controls: Vec<Controlled>| ServiceSnapshot { controls, ..new_service() };
    let slow = Controlled { took_s: 41.0, ..controlled(Shutter, 1) };
    for (facts, shutter, all) in [
        (with(vec![]), "unknown: no shutter", "unknown: not seen to work in 180 days: shutter, throttle, isolate"),
        (
            with(vec![controlled(Shutter, 1)]),
            "holds: shuttered as a drill, in force everywhere after 0.3 s (#50)",
            "unknown: not seen to work in 180 days: throttle, isolate",
        ),
        (with(vec![slow]), "does not hold: shuttered as a drill, in force everywhere after 41 s", "unknown"),
        (with(vec![controlled(Shutter, 24 * 91)]), "unknown: the last shutter of it is too old", "unknown"),
        (
            with(vec![controlled(Shutter, 24 * 100), controlled(Throttle, 2), controlled(Isolate, 1)]),
            "unknown: the last shutter",
            "holds: in force everywhere: shutter after 0.3 s, throttle after 0.3 s, isolate after 0.3 s (#50)",
        ),
        (
            with(vec![controlled(Shutter, 24 * 181), controlled(Throttle, 2), controlled(Isolate, 1)]),
            "unknown",
            "unknown: not seen to work in 180 days: shutter",
        ),
        (
            ServiceSnapshot { has_edges: false, ..with(vec![controlled(Shutter, 3), controlled(Throttle, 2)]) },
            "holds",
            "holds: in force everywhere: shutter after 0.3 s, throttle after 0.3 s (#50)",
        ),
        (ServiceSnapshot { shipped_here: false, ..new_service() }, "does not apply", "does not apply"),
    ] {
        assert!(said(&facts, "ADP-09").starts_with(shutter), "{}", said(&facts, "ADP-09"));
        assert!(said(&facts, "ADP-15").starts_with(all), "{}", said(&facts, "ADP-15"));
    }
}

#[test]
fn a_throttle_or_an_isolation_restores_and_a_shutter_or_a_drill_does_not() {
    let real = |kind, s| Controlled { drill: false, from_first_bad_s: Some(s), ..controlled(kind, 1) };
    let drill = Controlled { drill: true, ..real(ControlKind::Throttle, 9.0) };
    for (control, want) in [
        (real(ControlKind::Throttle, 60.0), "holds: restored 60 s after the first bad response, by a throttle (#51)"),
        (
            real(ControlKind::Isolate, 299.0),
            "holds: restored 5 min after the first bad response, by an isolation (#52)",
        ),
        (real(ControlKind::Throttle, 301.0), "does not hold: restored 5 min"),
        (real(ControlKind::Shutter, 60.0), "unknown: no failure of it was met"),
        (drill, "unknown: no failure of it was met"),
        (controlled(ControlKind::Throttle, 1), "unknown: no failure of it was met"),
    ] {
        let facts = ServiceSnapshot { controls: vec![control], ..new_service() };
        assert!(said(&facts, "INC-01").starts_with(want), "{}", said(&facts, "INC-01"));
    }
    let facts = ServiceSnapshot {
        reverts: vec![revert(RevertTrigger::Machine, 1)],
        controls: vec![Controlled { set_at: ago(2), ..real(ControlKind::Throttle, 60.0) }],
        ..new_service()
    };
    assert!(said(&facts, "INC-01").contains("by reverting v2"), "the last one counts");
}

fn rota(joins: bool, members: usize) -> Rota {
    Rota {
        name: "shop".into(),
        position: 3,
        looked_at: NOW,
        joins,
        members,
        acknowledged: members,
        last_joined: (joins && members > 0).then(|| (ago(9), 30)),
        uncovered_minutes: 0,
        too_long: 0,
    }
}

#[test]
fn a_rota_is_asked_who_joined_and_what_is_ahead() {
    let of = |rota: Rota| -> String {
        let facts = ServiceSnapshot { rota: Some(rota), ..new_service() };
        let ours = evaluate(&facts, NOW)
            .into_iter()
            .filter(|finding| FIRST.contains(&finding.row) && finding.row.starts_with("ONC-"));
        let word = |verdict: Verdict| match verdict {
            Verdict::Holds { evidence, .. } => format!("holds by #{}", evidence.position),
            Verdict::DoesNotHold { seen, .. } => format!("not: {seen}"),
            Verdict::Unknown { missing } => format!("unknown: {missing}"),
            Verdict::DoesNotApply { because } => because,
        };
        ours.map(|finding| format!("{} {}\n", finding.row, word(finding.verdict))).collect()
    };
    expect![[r#"
        ONC-01 holds by #30
        ONC-02 holds by #30
        ONC-10 holds by #3
        ONC-11 holds by #3
    "#]]
    .assert_eq(&of(rota(true, 7)));
    expect![[r#"
        ONC-01 unknown: nobody has joined rotation shop yet
        ONC-02 unknown: nobody has joined rotation shop yet
        ONC-10 not: rotation shop has 0 people
        ONC-11 holds by #3
    "#]]
    .assert_eq(&of(rota(true, 0)));
    expect![[r#"
        ONC-01 not: rotation shop is a list in a file: nobody on it said yes here
        ONC-02 unknown: rotation shop has no terms that anybody acknowledges
        ONC-10 not: rotation shop has 3 people
        ONC-11 holds by #3
    "#]]
    .assert_eq(&of(rota(false, 3)));
    expect![[r#"
        ONC-01 holds by #30
        ONC-02 not: rotation shop: 6 of 9 members acknowledged them
        ONC-10 not: rotation shop has 9 people
        ONC-11 not: rotation shop: 60 minutes without a primary and 1 turns of over a week in the next 30 days
    "#]]
    .assert_eq(&of(Rota { acknowledged: 6, uncovered_minutes: 60, too_long: 1, ..rota(true, 9) }));
}
