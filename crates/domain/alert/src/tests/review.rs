//! Tables of the weekly review: what verdicts come to.

use jiff::SignedDuration;

use super::World;
use crate::*;

/// Fires, pages, judges and ends a rule, once a verdict.
fn judged(verdicts: &[Verdict]) -> World {
    let mut world = World::new(&[]);
    for verdict in verdicts {
        world.fire("objective/c", "checkout");
        world.paged();
        let page = world.last_page();
        world.fold(&[Event::Judged { page, verdict: *verdict }]);
        world.end("objective/c", "checkout");
        world.later(3_600);
    }
    world
}

#[test]
fn the_review_proposes_what_the_verdicts_say() {
    use Verdict::{Acted, NotOurs, Nothing};
    let table: [(&[Verdict], Option<Suggestion>); 7] = [
        (&[Nothing, Nothing], None),
        (&[Nothing, Nothing, Nothing], Some(Suggestion::Change(Change::Delete))),
        (&[Nothing, Nothing, Acted], Some(Suggestion::Change(Change::Demote))),
        (&[NotOurs, NotOurs, Acted], Some(Suggestion::Change(Change::Demote))),
        (&[Acted, Acted], None),
        (&[Acted, Acted, Acted], Some(Suggestion::Mend)),
        (&[], Some(Suggestion::Drill)),
    ];
    for (verdicts, expected) in table {
        let world = judged(verdicts);
        let proposals = review(&world.alerts, &["objective/c".to_owned()], world.now, 30);
        assert_eq!(proposals[0].suggestion, expected, "{verdicts:?}: {}", proposals[0].because);
        assert_eq!(proposals[0].judged, verdicts.len());
    }
}

#[test]
fn a_page_that_two_rules_asked_for_is_counted_once_in_the_sum() {
    let mut world = World::new(&[]);
    for rule in ["probe/a", "probe/b"] {
        world.fire(rule, "checkout");
    }
    assert_eq!(world.paged(), ["checkout"]);
    let page = world.last_page();
    world.fold(&[Event::Judged { page, verdict: Verdict::Acted }]);
    let proposals = review(&world.alerts, &[], world.now, 30);
    let each: Vec<_> = proposals.iter().map(|p| (p.rule.as_str(), p.paged, p.distinct)).collect();
    let one = Distinct { paged: 1, judged: 1, acted: 1 };
    assert_eq!(each, [("probe/a", 1, one), ("probe/b", 1, Distinct::default())]);
}

#[test]
fn the_review_counts_what_the_pages_of_the_period_were() {
    use Verdict::{Acted, NotOurs, Nothing};
    // Days ago it fired, whether it paged, and what was said of it; then the figures of 7 and of 30 days.
    type Row = (&'static [(i64, bool, Option<Verdict>)], [usize; 6], [usize; 6]);
    let table: [Row; 6] = [
        (&[], [0; 6], [0; 6]),
        // Fired, paged, judged, acted, not ours, repeats.
        (&[(20, true, Some(Acted)), (3, true, None)], [1, 1, 0, 0, 0, 0], [2, 2, 1, 1, 0, 1]),
        (&[(31, true, Some(Acted)), (6, true, Some(NotOurs))], [1, 1, 1, 0, 1, 0], [1, 1, 1, 0, 1, 0]),
        (&[(9, false, None), (8, false, None), (2, true, Some(Nothing))], [1, 1, 1, 0, 0, 0], [3, 1, 1, 0, 0, 0]),
        (&[(5, true, Some(Acted)), (4, true, Some(Acted)), (2, false, None)], [3, 2, 2, 2, 0, 2], [3, 2, 2, 2, 0, 2]),
        (&[(5, true, Some(Nothing)), (4, true, Some(Acted))], [2, 2, 2, 1, 0, 0], [2, 2, 2, 1, 0, 0]),
    ];
    for (firings, week, month) in table {
        let mut world = World::new(&[]);
        let end = world.now;
        for (days, paged, verdict) in firings {
            world.now = end.checked_sub(SignedDuration::from_hours(days * 24)).expect("in range");
            let urgency = if *paged { Urgency::Page } else { Urgency::Ticket };
            world.take(&Signal { urgency, ..world.signal("objective/c", "checkout", Phase::Firing) });
            world.paged();
            if let Some(verdict) = verdict {
                world.fold(&[Event::Judged { page: world.last_page(), verdict: *verdict }]);
            }
            world.end("objective/c", "checkout");
        }
        for (days, figures) in [(7, week), (30, month), (400, month)] {
            let p = review(&world.alerts, &["objective/c".to_owned()], end, days).remove(0);
            assert_eq!(
                [p.fired, p.paged, p.judged, p.acted, p.not_ours, p.repeats],
                figures,
                "{firings:?}, {days} days"
            );
        }
        assert_eq!(review(&world.alerts, &[], end, 1).len(), 0, "nothing fired today, and it is not declared");
    }
}

/// Fires a ticket on each of these hours, and pages that were acted on at each of those.
fn tickets_and_pages(tickets: &[i64], pages: &[i64]) -> World {
    let mut world = World::new(&[]);
    let begin = world.now;
    for hour in 0..100 {
        world.now = begin.checked_add(SignedDuration::from_hours(hour)).expect("in range");
        if tickets.contains(&hour) {
            let cause = Signal { nature: Nature::Cause, ..world.signal("am/DiskFull", "checkout", Phase::Firing) };
            world.take(&Signal { symptom: "disk".to_owned(), ..cause.clone() });
            world.take(&Signal { symptom: "disk".to_owned(), phase: Phase::Ended, ..cause });
        }
        if pages.contains(&hour) {
            world.later(1_800);
            world.fire("objective/c", "checkout");
            world.paged();
            world.fold(&[Event::Judged { page: world.last_page(), verdict: Verdict::Acted }]);
            world.end("objective/c", "checkout");
        }
    }
    world
}

#[test]
fn a_ticket_that_foretells_pages_is_to_be_raised() {
    let raise = Some(Suggestion::Change(Change::Raise));
    for (tickets, pages, expected) in [
        (&[1, 11, 21][..], &[1, 11, 21][..], raise),
        (&[1, 11, 21, 31], &[1, 11, 21], raise),
        (&[1, 11, 21, 31, 41, 51], &[1, 11, 21], None),
        (&[1, 11], &[1, 11], None),
        (&[1, 11, 21], &[2, 12, 22], None),
    ] {
        let mut world = tickets_and_pages(tickets, pages);
        let find = |world: &World| {
            let all = review(&world.alerts, &[], world.now, 30);
            all.into_iter().find(|p| p.rule == "am/DiskFull").expect("it fired")
        };
        assert_eq!(find(&world).suggestion, expected, "{tickets:?} {pages:?}: {}", find(&world).because);
        world.fold(&[Event::RuleChanged { rule: "am/DiskFull".to_owned(), change: Change::Demote }]);
        assert_eq!(find(&world).suggestion, None, "its team wants tickets");
    }
}

#[test]
fn what_paged_and_reached_nobody_is_to_be_drilled() {
    let mut world = World::new(&[]);
    let suggested = |world: &World| {
        let known = ["objective/c".to_owned()];
        let proposal = review(&world.alerts, &known, world.now, 30).remove(0);
        (proposal.suggestion, proposal.because)
    };
    assert_eq!(suggested(&world).1, "never fired, never tested");
    world.fire("objective/c", "checkout");
    world.paged();
    let (suggestion, because) = suggested(&world);
    assert_eq!(
        (suggestion, because.as_str()),
        (
            Some(Suggestion::Drill),
            "it paged, and nobody has proved that it reached a person: a credential may be a program's"
        )
    );
    let page = world.last_page();
    world.fold(&[Event::Reached { page }]);
    assert_eq!(suggested(&world), (None, "worth its pages so far".to_owned()));
    world.end("objective/c", "checkout");
    world.later(91 * 86_400);
    assert_eq!(suggested(&world).1, "neither fired nor tested for 90 days");
}

#[test]
fn what_was_accepted_is_not_proposed_again() {
    let mut world = judged(&[Verdict::Nothing; 4]);
    world.fold(&[Event::RuleChanged { rule: "objective/c".to_owned(), change: Change::Demote }]);
    let proposals = review(&world.alerts, &["objective/c".to_owned()], world.now, 30);
    assert_eq!(proposals[0].suggestion, None, "{}", proposals[0].because);
}
