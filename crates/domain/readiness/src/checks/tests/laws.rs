//! Laws: a check reads what it says and nothing else, what is kept up to date is what running everything gives, and nothing
//! holds for ever.

use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use seaworthy_model::{ControlKind, Tier};

use super::{ALL, NOW, controlled, new_service, revert, rota};
use crate::snapshot::*;
use crate::{Clock, EXERCISES, Evaluator, UNSEEN, Verdict, evaluate};

/// What a few bytes say of a service: each kind of fact is made of bytes of its own.
pub(super) fn made(bytes: &[u8]) -> ServiceSnapshot {
    let byte = |kind: Kind| bytes[kind as usize % bytes.len()];
    let hours = |kind: Kind| i64::from(byte(kind)) * 20;
    let at = |kind: Kind| NOW - SignedDuration::from_hours(hours(kind));
    let is = |kind: Kind, bit: u8| byte(kind) & (1 << bit) != 0;
    let seen = |kind: Kind, keys: &[&str]| -> Vec<Seen> {
        let value = match byte(kind) % 4 {
            0 => Value::Number(f64::from(byte(kind) / 64)),
            1 => Value::List(vec!["a".into(); usize::from(byte(kind) / 64)]),
            2 => Value::Bool(is(kind, 5)),
            _ => Value::Text("a".into()),
        };
        let age = SignedDuration::from_hours(hours(kind) / 10);
        let one = |key: &&str| Seen {
            key: (*key).to_owned(),
            value: value.clone(),
            place: None,
            at: NOW - age,
            position: 70,
            seen_by: "a collector".into(),
        };
        keys.iter().filter(|_| is(kind, 4)).map(one).collect()
    };
    let edge = |to: &str, hard| Edge { to: to.into(), hard, has_reason: is(Kind::Edges, 1) };
    let base = new_service();
    ServiceSnapshot {
        tier: [Tier::One, Tier::Two, Tier::Three][usize::from(byte(Kind::Profile) % 3)],
        shipped_here: is(Kind::Profile, 4),
        owner: Declared { at: at(Kind::Owner), ..base.owner },
        owner_members: usize::from(byte(Kind::Owner) % 4),
        has_edges: is(Kind::Edges, 0),
        edges: [edge("bank", true), edge("mail", false)][..usize::from(byte(Kind::Edges) % 3)].to_vec(),
        promise: is(Kind::Promised, 0).then(|| Promise {
            planned: "none".into(),
            by: "head of retail".into(),
            since: at(Kind::Promised),
            source: "a.yaml:1".into(),
            position: u64::from(byte(Kind::Promised)),
            broken: if is(Kind::Promised, 1) { vec!["work was planned.".into()] } else { vec![] },
        }),
        contradictions: if is(Kind::Promised, 2) { vec!["it does not add up.".into()] } else { vec![] },
        on_call: is(Kind::OnCall, 0).then(|| OnCall {
            person: "Ines".into(),
            rotation: "shop".into(),
            position: 3,
            looked_at: NOW,
            until: at(Kind::OnCall) + SignedDuration::from_hours(1_000),
            has_confirmed_contact: is(Kind::OnCall, 1),
        }),
        rota: is(Kind::Rota, 0).then(|| Rota { looked_at: at(Kind::Rota), ..rota(is(Kind::Rota, 1), 7) }),
        wakes: is(Kind::Wakes, 0).then(|| Wakes {
            rotation: "shop".into(),
            position: 3,
            looked_at: at(Kind::Wakes),
            is_over_line: is(Kind::Wakes, 1),
        }),
        reverts: if is(Kind::Reverts, 0) { vec![revert(RevertTrigger::Machine, hours(Kind::Reverts))] } else { vec![] },
        rollouts: super::rows::rollouts(byte(Kind::Rollouts), hours(Kind::Rollouts)),
        drills: if is(Kind::Drills, 0) { vec![super::rows::drill(hours(Kind::Drills))] } else { vec![] },
        paging_rules: (0..byte(Kind::Rules) % 3)
            .map(|_| PagingRule {
                name: "probe/buy".into(),
                reached: is(Kind::Rules, 3).then(|| (at(Kind::Rules), 9)),
                from_objective: is(Kind::Rules, 4),
            })
            .collect(),
        controls: if is(Kind::Controls, 0) {
            ControlKind::ALL.into_iter().map(|kind| controlled(kind, hours(Kind::Controls))).collect()
        } else {
            vec![]
        },
        pages: (0..byte(Kind::Pages) % 4)
            .map(|n| Page {
                at: at(Kind::Pages) + SignedDuration::from_hours(n.into()),
                position: n.into(),
                drill: is(Kind::Pages, 4),
                worth: is(Kind::Pages, 5).then_some(if is(Kind::Pages, 6) { Worth::Acted } else { Worth::Nothing }),
                taken_by_named: is(Kind::Pages, 7).then(|| (at(Kind::Pages), 8)),
            })
            .collect(),
        incidents: (0..byte(Kind::Incidents) % 3)
            .map(|n| Incident {
                at: at(Kind::Incidents) + SignedDuration::from_hours(n.into()),
                position: n.into(),
                noticed_by_rule: is(Kind::Incidents, 4),
                is_over: is(Kind::Incidents, 5),
                unknown_clocks: if is(Kind::Incidents, 6) { vec!["started"] } else { vec![] },
            })
            .collect(),
        objectives: (0..byte(Kind::Objectives) % 3)
            .map(|n| Objective {
                name: format!("o{n}"),
                position: n.into(),
                by_default: is(Kind::Objectives, 4),
                counted_at: is(Kind::Objectives, 5).then(|| NOW - SignedDuration::from_hours(n.into())),
            })
            .collect(),
        watched: is(Kind::Watched, 0).then(|| Watched {
            whole_s: 1_000.0,
            unknown_s: f64::from(byte(Kind::Watched)),
            by: vec!["gateway"],
            looked_at: at(Kind::Watched),
            position: 5,
        }),
        lost: ["bank", "mail"][..usize::from(byte(Kind::Losses) % 3)]
            .iter()
            .map(|to| Lost {
                dependency: (*to).into(),
                at: at(Kind::Losses),
                position: 6,
                how: "down",
                fared: [Fared::Well, Fared::NotSeen, Fared::Degraded, Fared::Down]
                    [usize::from(byte(Kind::Losses) / 64)],
            })
            .collect(),
        calls: is(Kind::Calls, 0).then(|| Calls {
            looked_at: at(Kind::Calls),
            to: if is(Kind::Calls, 1) { vec!["bank".into()] } else { vec![] },
        }),
        git: seen(
            Kind::Git,
            &["git.branches_older_than_7_days", "git.oldest_unreleased_days", "git.commits_by_others_90d"],
        ),
        tests: seen(Kind::Tests, &["tests.slowest_suite_seconds"]),
        pipeline: seen(Kind::Pipeline, &["pipeline.manual_waits", "pipeline.red_minutes_on_main_30d"]),
        rules: seen(Kind::OutsideRules, &["rules.paging_on_causes_named", "rules.without_runbook_named"]),
        routes: seen(Kind::Routes, &["routes.to_nobody_named"]),
        kubernetes: seen(Kind::Kubernetes, &["kubernetes.without_zone_spread"]),
        database: seen(
            Kind::Database,
            &["database.shared", "database.consumers_of_instance", "database.writable_by_all"],
        ),
        entry: seen(Kind::EntryPoints, &["entry.tls_days_left", "entry.without_tls"]),
        credentials: seen(Kind::Credentials, &["credentials.personal_in_use"]),
        production: seen(Kind::Production, &["production.out_of_band_changes_30_days"]),
        delivery: seen(Kind::Delivery, &["delivery.lead_time_hours_p50"]),
    }
}

fn services() -> impl Strategy<Value = ServiceSnapshot> {
    prop::collection::vec(any::<u8>(), Kind::ALL.len()).prop_map(|bytes| made(&bytes))
}

fn later(hours: i64) -> Timestamp {
    NOW + SignedDuration::from_hours(hours)
}

proptest! {
    /// Everything that a check does not say it reads is another service's: its answer is the same.
    #[test]
    fn a_check_reads_what_it_says_and_nothing_else(one in services(), other in services(), hours in 0..5_000_i64) {
        for check in ALL {
            let mut mixed = other.clone();
            check.reads.iter().for_each(|kind| mixed.take(*kind, &one));
            let ask = |facts: &ServiceSnapshot| check.answer(facts, &Clock::at(later(hours)));
            prop_assert_eq!(ask(&one), ask(&mixed), "{} reads a kind that it does not name", check.row);
        }
    }

    /// Whatever changes, in whatever order, and however much time passes between.
    #[test]
    fn kept_up_to_date_is_from_scratch(
        first in services(),
        changes in prop::collection::vec((services(), any::<prop::sample::Index>(), 0..2_000_i64), 1..12),
    ) {
        let (mut facts, mut now) = (first.clone(), NOW);
        let mut kept = Evaluator::new(first, now);
        for (other, kind, hours) in changes {
            facts.take(*kind.get(Kind::ALL), &other);
            now += SignedDuration::from_hours(hours);
            kept.update(facts.clone(), now);
            prop_assert_eq!(kept.findings(), evaluate(&facts, now));
        }
    }

    /// On the same facts nothing holds for ever, and the evaluator says until when it need not be asked.
    #[test]
    fn nothing_holds_for_ever(facts in services()) {
        let mut kept = Evaluator::new(facts.clone(), NOW);
        prop_assert_eq!(kept.update(facts.clone(), NOW), 0, "nothing changed");
        if let Some(next) = kept.next() {
            let before = next - SignedDuration::from_nanos(1);
            prop_assert_eq!(kept.update(facts.clone(), before.max(NOW)), 0, "too early");
        }
        for finding in evaluate(&facts, later(24 * 2_000)) {
            prop_assert!(!matches!(finding.verdict, Verdict::Holds { .. }), "{} holds for ever", finding.row);
        }
    }
}

#[test]
fn a_changed_fact_runs_what_reads_it_and_nothing_else() {
    let facts = made(&[0xf7; 64]);
    for kind in Kind::ALL {
        let mut kept = Evaluator::new(facts.clone(), NOW);
        let mut changed = facts.clone();
        changed.take(*kind, &made(&[0; 64]));
        let readers = ALL.iter().filter(|check| check.reads.contains(kind)).count();
        assert_eq!(kept.update(changed, NOW), readers, "{kind:?}");
        assert!(readers > 0, "{kind:?} is gathered and no check reads it");
        assert!(readers < ALL.len(), "{kind:?}");
        assert_eq!(kept.runs(), (ALL.len() + readers) as u64);
    }
}

#[test]
fn a_row_is_answered_or_said_to_be_unseen_and_every_exercise_proves_rows_that_there_are() {
    let core = "OWN-01 OWN-03 OWN-04 OWN-06 OWN-08 OWN-09 OWN-16 ADP-01 ADP-02 ADP-09 ADP-15 DEP-04 DEP-07 DEP-11 DEP-12 \
                DEP-26 DEP-33 TEL-03 TEL-09 SLO-01 SLO-03 SLO-11 SLO-12 ONC-01 ONC-02 ONC-03 ONC-11 ONC-18 INC-01 INC-02 \
                INC-10 INC-16 RWK-06 RWK-07 RWK-12 DWN-01 DWN-04 DWN-13 CRD-01 PRR-04";
    assert_eq!(core.split_whitespace().count(), 40);
    let is_answered = |row: &str| ALL.iter().any(|check| check.row == row);
    for row in core.split_whitespace() {
        let is_listed = UNSEEN.iter().any(|unseen| unseen.row == row);
        assert!(is_answered(row) != is_listed, "{row} is answered, or listed with why it is not");
    }
    for exercise in EXERCISES {
        assert!(exercise.minutes > 0 && exercise.people > 0 && !exercise.proves.is_empty(), "{}", exercise.id);
        for row in exercise.proves {
            assert!(is_answered(row), "{} proves {row}, which no check answers", exercise.id);
        }
    }
}
