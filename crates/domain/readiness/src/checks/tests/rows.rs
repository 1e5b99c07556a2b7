//! Rows whose facts are the ledger's own, each with what makes it hold and what does not.

use jiff::SignedDuration;
use seaworthy_model::Tier;

use super::{NOW, ago, new_service, row};
use crate::snapshot::*;

pub(super) fn drill(hours: i64) -> Drill {
    Drill {
        rule: "probe/buy".into(),
        paged_s: 0.2,
        delivered_s: Some(0.4),
        taken_s: 60.0,
        taken_at: ago(hours),
        position: 7,
    }
}

fn rollout(hours: i64, minutes: i64, how: Ended) -> Rollout {
    Rollout {
        version: "v2".into(),
        met_at: ago(hours),
        ended: Some((ago(hours) + SignedDuration::from_mins(minutes), how)),
        stepwise: true,
        in_daytime: true,
        lost_s: 0.0,
        by_break_glass: false,
        commit: None,
        position: 40,
    }
}

/// Rollouts of every sort, by the bits of a byte.
pub(super) fn rollouts(byte: u8, hours: i64) -> Vec<Rollout> {
    let how = [Ended::OnEvidence, Ended::ByHand, Ended::Unjudged][usize::from(byte % 3)];
    let one = Rollout {
        stepwise: byte & 8 != 0,
        lost_s: f64::from(byte >> 6),
        by_break_glass: byte & 16 != 0,
        ..rollout(hours, i64::from(byte % 16), how)
    };
    vec![one; usize::from(byte % 4)]
}

fn says(name: &str, facts: &ServiceSnapshot, want: &str) {
    let said = row(name, facts);
    assert!(said.contains(want), "{name}: {said}, not {want}");
}

#[test]
fn rollouts_tell_of_loss_verdicts_and_ways_around() {
    let of = |rollouts: Vec<Rollout>| ServiceSnapshot { rollouts, ..new_service() };
    let good = || rollout(5, 4, Ended::OnEvidence);
    let mut ten = vec![good(); 10];
    for (rollouts, loss, verdict) in [
        (vec![], "unknown: no rollout", "unknown: no rollout of it had a verdict"),
        (vec![good()], "holds until 1970-03-31T19:00:00Z: 1 rollout in 90 days without a loss, 1 by day", "holds"),
        (vec![Rollout { ended: None, ..good() }], "unknown", "unknown"),
        (vec![rollout(24 * 90, 4, Ended::OnEvidence)], "unknown", "unknown"),
        (vec![Rollout { stepwise: false, ..good() }], "does not hold: v2 met everybody at once", "holds"),
        (vec![Rollout { lost_s: 41.0, ..good() }, good()], "does not hold: v2 cost 41 s of availability", "holds"),
        (vec![rollout(5, 11, Ended::OnEvidence)], "holds", "does not hold: 0 of 1 had a verdict"),
        (vec![rollout(5, 4, Ended::ByHand)], "holds", "does not hold: 0 of 1"),
        (vec![rollout(5, 0, Ended::Unjudged)], "holds", "unknown"),
    ] {
        says("DEP-07", &of(rollouts.clone()), loss);
        says("DEP-11", &of(rollouts), verdict);
    }
    ten[3] = rollout(5, 60, Ended::OnEvidence);
    says("DEP-11", &of(ten.clone()), "holds");
    ten[4] = rollout(5, 4, Ended::ByHand);
    says("DEP-11", &of(ten), "does not hold: 8 of 10");
    says("DEP-26", &of(vec![Rollout { by_break_glass: true, ..good() }]), "does not hold: v2 was taken off");
    says(
        "DEP-26",
        &of(vec![Rollout { by_break_glass: true, ..rollout(24 * 31, 1, Ended::ByHand) }]),
        "unknown: no collector",
    );
    let elsewhere = ServiceSnapshot { shipped_here: false, ..of(vec![good()]) };
    for name in ["DEP-07", "DEP-11", "RWK-12"] {
        says(name, &elsewhere, "does not apply");
    }
    says("RWK-12", &of(vec![]), "unknown: no deploy");
    says("RWK-12", &of(vec![good()]), "unknown: no collector told delivery.lead_time_hours_p50");
}

#[test]
fn pages_tell_what_they_were_worth_and_whom_they_reached() {
    let page = |days: i64, worth| Page { at: ago(24 * days), position: 60, drill: false, worth, taken_by_named: None };
    let of = |pages: Vec<Page>| ServiceSnapshot { pages, ..new_service() };
    let (acted, nothing) = (Some(Worth::Acted), Some(Worth::Nothing));
    for (pages, want) in [
        (vec![], "unknown: nobody was paged"),
        (vec![page(30, acted)], "unknown: nobody was paged"),
        (vec![page(1, None)], "unknown: nobody said what 1 page was in 30 days worth"),
        (vec![page(1, acted)], "holds until 1970-01-30T00:00:00Z: 1 of 1 pages were acted on"),
        (vec![page(1, acted), page(1, None), page(1, None)], "unknown: nobody said of 2 of 3 pages"),
        (vec![page(5, acted), page(4, acted), page(3, acted), page(2, acted), page(1, nothing)], "holds"),
        (vec![page(4, acted), page(3, acted), page(2, acted), page(1, nothing)], "does not hold: 3 of 4"),
        (vec![Page { drill: true, ..page(1, nothing) }], "unknown: nobody was paged"),
    ] {
        says("SLO-03", &of(pages), want);
    }
    let taken = |days: i64| Page { taken_by_named: Some((ago(24 * days), 61)), ..page(days, None) };
    for (pages, want) in [
        (vec![page(1, acted)], "unknown: no page of it was taken by the person"),
        (vec![taken(6), page(1, None)], "holds until 1970-01-02T00:00:00Z"),
        (vec![taken(7)], "unknown: the person whom a page named took none of it in 7 days"),
    ] {
        says("OWN-04", &of(pages), want);
    }
}

#[test]
fn incidents_tell_who_noticed_and_what_nobody_knows() {
    let incident = |days: i64| Incident {
        at: ago(24 * days),
        position: 55,
        noticed_by_rule: true,
        is_over: true,
        unknown_clocks: vec![],
    };
    let of = |incidents: Vec<Incident>| ServiceSnapshot { incidents, ..new_service() };
    let by_hand = Incident { noticed_by_rule: false, ..incident(2) };
    let unclear = Incident { unknown_clocks: vec!["started", "restored"], ..incident(3) };
    for (incidents, noticed, clocks) in [
        (vec![], "unknown", "unknown"),
        (vec![incident(180)], "unknown", "unknown"),
        (vec![incident(1)], "holds", "holds"),
        (vec![by_hand.clone(), incident(1)], "does not hold: 1 of 2 incidents were noticed by people first", "holds"),
        (vec![unclear, incident(1)], "holds", "does not hold: of an incident nobody knows: started, restored"),
        (vec![Incident { is_over: false, ..incident(1) }], "holds", "unknown"),
    ] {
        says("SLO-12", &of(incidents.clone()), noticed);
        says("INC-02", &of(incidents), clocks);
    }
}

#[test]
fn objectives_are_written_and_fed_and_stand_behind_the_rules() {
    let objective = |hours: Option<i64>| Objective {
        name: "buys".into(),
        position: 33,
        by_default: false,
        counted_at: hours.map(ago),
    };
    let of = |objectives: Vec<Objective>| ServiceSnapshot { objectives, ..new_service() };
    let unwritten = Objective { by_default: true, ..objective(Some(1)) };
    for (objectives, measured, derived) in [
        (vec![], "unknown", "unknown: no objective"),
        (vec![objective(None)], "unknown", "unknown"),
        (vec![objective(Some(24))], "unknown", "unknown"),
        (vec![objective(Some(1))], "holds until 1970-01-01T23:00:00Z: 4 people, 1 measure", "holds"),
        (vec![objective(Some(1)), objective(None)], "unknown: nothing was counted in a day for buys", "holds"),
        (vec![unwritten], "unknown: no measure of success that somebody wrote", "holds"),
    ] {
        says("OWN-03", &of(objectives.clone()), measured);
        says("SLO-01", &of(objectives), derived);
    }
    says(
        "OWN-03",
        &ServiceSnapshot { owner_members: 1, ..of(vec![objective(Some(1))]) },
        "does not hold: team shop has 1 person",
    );
    let rule = |from_objective| PagingRule { name: "probe/buy".into(), reached: None, from_objective };
    let facts = ServiceSnapshot { paging_rules: vec![rule(true), rule(false)], ..of(vec![objective(Some(1))]) };
    says("SLO-01", &facts, "does not hold: 1 rule pages without an objective: probe/buy");
}

#[test]
fn edges_are_what_was_seen_and_not_what_a_file_says() {
    let edge = |to: &str, hard| Edge { to: to.into(), hard, has_reason: true };
    let calls = |to: &[&str]| Some(Calls { looked_at: ago(1), to: to.iter().map(|to| (*to).to_owned()).collect() });
    let base = || ServiceSnapshot { edges: vec![edge("bank", true), edge("mail", false)], ..new_service() };
    let reasonless = Edge { has_reason: false, ..edge("mail", false) };
    for (facts, want) in [
        (base(), "unknown: no call of it went through a gateway"),
        (
            ServiceSnapshot { calls: calls(&["bank"]), ..base() },
            "holds until 1970-01-07T23:00:00Z: it called 1 service",
        ),
        (
            ServiceSnapshot { calls: calls(&["bank", "ads"]), ..base() },
            "does not hold: it calls ads, which its files do not say",
        ),
        (
            ServiceSnapshot { calls: calls(&[]), edges: vec![reasonless], ..base() },
            "does not hold: its files do not say why it needs mail",
        ),
    ] {
        says("ADP-01", &facts, want);
    }
    let lost = |of: &str, days: i64, fared| Lost {
        dependency: of.into(),
        at: ago(24 * days),
        position: 66,
        how: "down",
        fared,
    };
    let with = |lost: Vec<Lost>| ServiceSnapshot { lost, ..base() };
    for (facts, want) in [
        (new_service(), "does not apply: its files say that it needs no other service"),
        (base(), "unknown: it was not seen without bank, mail"),
        (with(vec![lost("bank", 1, Fared::Down)]), "unknown: it was not seen without mail"),
        (with(vec![lost("bank", 9, Fared::Down), lost("mail", 1, Fared::Well)]), "holds until 1970-03-23T00:00:00Z"),
        (with(vec![lost("bank", 1, Fared::Down), lost("mail", 1, Fared::Degraded)]), "holds"),
        (
            with(vec![lost("bank", 1, Fared::Down), lost("mail", 1, Fared::Down)]),
            "does not hold: mail is declared soft",
        ),
        (
            with(vec![lost("bank", 1, Fared::Down), lost("mail", 1, Fared::NotSeen)]),
            "unknown: it was not seen without mail",
        ),
        (
            with(vec![lost("bank", 90, Fared::Down), lost("mail", 1, Fared::Well)]),
            "unknown: it was not seen without bank",
        ),
    ] {
        says("ADP-02", &facts, want);
    }
}

#[test]
fn time_and_tolerance_are_accounted_for() {
    let watched = |unknown_s, hours| {
        let by = vec!["gateway", "probes"];
        Some(Watched { whole_s: 1_000.0, unknown_s, by, looked_at: ago(hours), position: 44 })
    };
    for (watched, tier, want) in [
        (None, Tier::Two, "unknown: nobody has seen"),
        (
            watched(50.0, 1),
            Tier::Two,
            "holds until 1970-01-07T23:00:00Z: 5.0% of its time is unknown; seen by gateway and probes",
        ),
        (watched(50.1, 1), Tier::Two, "does not hold"),
        (watched(0.0, 47), Tier::One, "holds until 1970-01-01T01:00:00Z"),
        (watched(0.0, 48), Tier::One, "unknown: nobody added it up lately"),
    ] {
        says("DWN-01", &ServiceSnapshot { watched, tier, ..new_service() }, want);
    }
    let promise = |days: i64| Promise {
        planned: "none".into(),
        by: "head of retail".into(),
        since: ago(24 * days),
        source: "shop.yaml:9".into(),
        position: 20,
        broken: vec![],
    };
    let of = |promise: Promise| ServiceSnapshot { promise: Some(promise), ..new_service() };
    let broken = Promise { broken: vec!["work was planned on 3 March.".into()], ..promise(10) };
    says("DWN-04", &new_service(), "unknown: nobody of the business");
    says("DWN-04", &of(promise(10)), "holds until 1970-12-22T00:00:00Z: head of retail says: none");
    says("DWN-04", &of(promise(365)), "unknown: head of retail said so more than a year ago");
    says("DWN-04", &of(broken), "does not hold: work was planned on 3 March");
    says("DWN-13", &new_service(), "unknown");
    says("DWN-13", &of(promise(1)), "holds until 1970-03-31T23:00:00Z: 0 hard dependencies agree");
    let contradictions = vec!["bank may be away for longer.".into()];
    says("DWN-13", &ServiceSnapshot { contradictions, ..of(promise(1)) }, "does not hold: bank may be away for longer");
}

#[test]
fn wakes_are_told_of_the_rota_and_of_nobody() {
    let wakes = |is_over_line, hours| {
        Some(Wakes {
            rotation: "shop".into(),
            position: 3,
            looked_at: NOW - SignedDuration::from_hours(hours),
            is_over_line,
        })
    };
    for (wakes, want) in [
        (None, "unknown: no rotation"),
        (wakes(false, 1), "holds until 1970-01-07T23:00:00Z: rotation shop woke nobody more often"),
        (wakes(true, 1), "does not hold: rotation shop woke somebody more often than a year should have"),
        (wakes(false, 24 * 7), "unknown: nobody counted it lately"),
    ] {
        says("ONC-18", &ServiceSnapshot { wakes, ..new_service() }, want);
    }
}
