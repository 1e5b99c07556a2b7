//! Tables: what one signal after another comes to.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use seaworthy_model::{AlertId, Entropy, PageId, ServiceId};

use crate::*;

/// Alerts, a clock, and services that need each other.
struct World {
    alerts: Alerts,
    now: Timestamp,
    entropy: Entropy,
    needs: Vec<(&'static str, &'static str)>,
}

fn service(name: &str) -> ServiceId {
    name.parse().expect("a name")
}

impl World {
    fn new(needs: &[(&'static str, &'static str)]) -> Self {
        let now = Timestamp::from_second(1_800_000_000).expect("in range");
        Self { alerts: Alerts::default(), now, entropy: Entropy::new(1), needs: needs.to_vec() }
    }

    fn signal(&self, rule: &str, of: &str, phase: Phase) -> Signal {
        Signal {
            rule: rule.to_owned(),
            service: service(of),
            symptom: "availability".to_owned(),
            nature: Nature::Symptom,
            urgency: Urgency::Page,
            phase,
            purpose: Purpose::Real,
            began_at: self.now,
            sentence: format!("{of} fails"),
        }
    }

    fn take(&mut self, signal: &Signal) -> Vec<Event> {
        let needs = self.needs.clone();
        let hard = move |of: &ServiceId| {
            let mut found = BTreeSet::new();
            let mut open = vec![of.clone()];
            while let Some(next) = open.pop() {
                let direct = needs.iter().filter(|(from, _)| *from == next.as_str()).map(|(_, to)| service(to));
                open.extend(direct.filter(|to| found.insert(to.clone())));
            }
            found
        };
        let (now, entropy) = (self.now, &mut self.entropy);
        let events = decide(&self.alerts, signal, &hard, &mut || AlertId::new(now, entropy));
        self.fold(&events);
        events
    }

    fn fire(&mut self, rule: &str, of: &str) -> Vec<Event> {
        self.take(&self.signal(rule, of, Phase::Firing))
    }

    fn end(&mut self, rule: &str, of: &str) -> Vec<Event> {
        self.take(&self.signal(rule, of, Phase::Ended))
    }

    fn fold(&mut self, events: &[Event]) {
        events.iter().for_each(|event| self.alerts.apply(event, self.now));
    }

    fn later(&mut self, seconds: i64) {
        self.now = self.now.checked_add(SignedDuration::from_secs(seconds)).expect("in range");
        let events = regroup(&self.alerts);
        self.fold(&events);
    }

    /// Pages whoever is due and returns their services.
    fn paged(&mut self) -> Vec<String> {
        let due = due(&self.alerts, self.now);
        let mut told = Vec::new();
        for alert in due {
            let page = PageId::new(self.now, &mut self.entropy);
            self.fold(&[Event::Paged { alert, page }]);
            told.push(self.alerts.alerts[&alert].service.to_string());
        }
        // Ids of one instant have no order.
        told.sort();
        told
    }

    fn last_page(&self) -> PageId {
        self.alerts.alerts.values().filter_map(|a| a.page).max_by_key(|(_, at)| *at).expect("a page").0
    }
}

#[test]
fn one_symptom_pages_once_however_many_rules_say_so() {
    let mut world = World::new(&[]);
    world.fire("objective/a", "checkout");
    world.fire("objective/a", "checkout");
    world.fire("alertmanager/High", "checkout");
    assert_eq!(world.paged(), ["checkout"]);
    assert_eq!(world.paged(), Vec::<String>::new());
    assert!(matches!(world.end("objective/a", "checkout")[..], [Event::Left { .. }]));
    assert!(matches!(world.end("alertmanager/High", "checkout")[..], [Event::Resolved { .. }]));
    assert_eq!(world.end("alertmanager/High", "checkout"), []);
    world.fire("objective/a", "checkout");
    assert_eq!(world.paged(), ["checkout"], "it came again");
}

#[test]
fn instances_of_one_rule_end_one_by_one_and_count_once() {
    let mut world = World::new(&[]);
    world.fire("am/High#1", "checkout");
    world.fire("am/High#2", "checkout");
    assert_eq!(world.paged(), ["checkout"]);
    assert!(matches!(world.end("am/High#1", "checkout")[..], [Event::Left { .. }]));
    assert!(matches!(world.end("am/High#2", "checkout")[..], [Event::Resolved { .. }]));
    let rule = &world.alerts.rules["am/High"];
    assert_eq!((rule.firings.len(), rule.firings[0].paged, world.alerts.rules.len()), (1, true, 1));
    world.fold(&[Event::RuleChanged { rule: "am/High".to_owned(), change: Change::Delete }]);
    assert_eq!(world.fire("am/High#3", "checkout"), []);
}

#[test]
fn a_cause_is_a_ticket_until_a_symptom_joins_or_its_team_raises_it() {
    let mut world = World::new(&[]);
    let cause = Signal { nature: Nature::Cause, ..world.signal("am/DiskFull", "checkout", Phase::Firing) };
    world.take(&cause);
    assert_eq!(world.paged(), Vec::<String>::new());
    world.fire("objective/a", "checkout");
    assert_eq!(world.paged(), ["checkout"]);

    let mut world = World::new(&[]);
    world.fold(&[Event::RuleChanged { rule: cause.rule.clone(), change: Change::Raise }]);
    world.take(&cause);
    assert_eq!(world.paged(), ["checkout"]);
}

#[test]
fn a_team_changes_what_a_rule_may_ask() {
    for (change, alerts, pages) in
        [(Change::Demote, 1, 0), (Change::Delete, 0, 0), (Change::Raise, 1, 1), (Change::Restore, 1, 1)]
    {
        let mut world = World::new(&[]);
        world.fold(&[Event::RuleChanged { rule: "objective/a".to_owned(), change }]);
        world.fire("objective/a", "checkout");
        assert_eq!(world.alerts.all_open().count(), alerts, "{change:?}");
        assert_eq!(world.paged().len(), pages, "{change:?}");
    }
}

#[test]
fn a_failing_dependency_stands_for_those_that_need_it() {
    let mut world = World::new(&[("web", "checkout"), ("checkout", "payments")]);
    world.fire("objective/p", "payments");
    world.later(5);
    world.fire("objective/c", "checkout");
    world.fire("objective/w", "web");
    assert_eq!(world.paged(), ["payments"]);
    let parent = world.alerts.open(&service("payments"), "availability", Purpose::Real).expect("open");
    let named: BTreeSet<String> = world.alerts.folded(parent).map(|(_, a)| a.service.to_string()).collect();
    assert_eq!(Vec::from_iter(named), ["checkout", "web"]);
}

#[test]
fn a_dependant_that_noticed_first_is_folded_when_its_dependency_follows_soon() {
    for (gap, folded) in [(30, 1), (120, 1), (121, 0)] {
        let mut world = World::new(&[("checkout", "payments")]);
        world.fire("objective/c", "checkout");
        assert_eq!(world.paged(), ["checkout"]);
        world.later(gap);
        world.fire("objective/p", "payments");
        assert_eq!(world.paged(), ["payments"]);
        let parent = world.alerts.open(&service("payments"), "availability", Purpose::Real).expect("open");
        assert_eq!(world.alerts.folded(parent).count(), folded, "{gap} s");
    }
}

#[test]
fn who_still_fails_after_its_dependency_is_well_is_woken_then() {
    let mut world = World::new(&[("checkout", "payments")]);
    world.fire("objective/p", "payments");
    world.fire("objective/c", "checkout");
    assert_eq!(world.paged(), ["payments"]);
    world.end("objective/p", "payments");
    world.later(1);
    assert_eq!(world.paged(), Vec::<String>::new(), "its windows still remember");
    world.later(360);
    assert_eq!(world.paged(), ["checkout"]);
}

#[test]
fn services_that_need_each_other_stand_for_themselves() {
    let mut world = World::new(&[("a", "b"), ("b", "a")]);
    world.fire("objective/a", "a");
    world.fire("objective/b", "b");
    assert_eq!(world.paged(), ["a", "b"]);
}

#[test]
fn a_ticket_of_a_dependency_hides_no_page() {
    let mut world = World::new(&[("checkout", "payments")]);
    let ticket = Signal { urgency: Urgency::Ticket, ..world.signal("objective/p", "payments", Phase::Firing) };
    world.take(&ticket);
    world.fire("objective/c", "checkout");
    assert_eq!(world.paged(), ["checkout"]);
}

#[test]
fn a_silence_ends_by_itself_and_what_still_fails_then_pages() {
    let mut world = World::new(&[]);
    let until = world.now.checked_add(SignedDuration::from_secs(600)).expect("in range");
    let silence = Silence { service: service("checkout"), rule: None, until, reason: "known".to_owned() };
    world.fold(&[Event::Silenced(silence)]);
    world.fire("objective/c", "checkout");
    world.fire("objective/p", "payments");
    assert_eq!(world.paged(), ["payments"]);
    world.later(599);
    assert_eq!(world.paged(), Vec::<String>::new());
    world.later(1);
    assert_eq!(world.paged(), ["checkout"]);
}

#[test]
fn a_silenced_rule_silences_no_other() {
    let mut world = World::new(&[]);
    let until = world.now.checked_add(SignedDuration::from_secs(600)).expect("in range");
    let rule = Some("am/Noisy".to_owned());
    world.fold(&[Event::Silenced(Silence { service: service("checkout"), rule, until, reason: "noise".to_owned() })]);
    world.fire("am/Noisy", "checkout");
    assert_eq!(world.paged(), Vec::<String>::new());
    world.fire("objective/c", "checkout");
    assert_eq!(world.paged(), ["checkout"]);
}

#[test]
fn a_drill_reaches_a_person_and_hides_nothing() {
    let mut world = World::new(&[("checkout", "payments")]);
    let drill = Signal { purpose: Purpose::Drill, ..world.signal("objective/p", "payments", Phase::Firing) };
    world.take(&drill);
    world.fire("objective/c", "checkout");
    assert_eq!(world.paged(), ["checkout", "payments"]);
    world.fire("objective/p", "payments");
    assert_eq!(world.paged(), ["payments"], "the real one pages beside the drill");
    let page =
        world.alerts.alerts.values().find(|a| a.purpose == Purpose::Drill).and_then(|a| a.page).expect("paged").0;
    world.fold(&[Event::Reached { page }]);
    assert_eq!(world.alerts.rules["objective/p"].reached_at, Some(world.now));
    assert_eq!(world.alerts.rules["objective/c"].reached_at, None);
}

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
        (Some(Suggestion::Drill), "it paged, and nobody has taken a page of it yet")
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

proptest! {
    /// Whatever is said in whatever order: at most one open alert a symptom, and an open one has a rule that says so.
    #[test]
    fn signals_in_any_order_leave_one_alert_a_symptom(
        said in prop::collection::vec((0..3_usize, 0..3_usize, any::<bool>(), 0..200_i64), 0..60)
    ) {
        let mut world = World::new(&[("s0", "s1"), ("s1", "s2")]);
        let mut firing = BTreeSet::new();
        for (rule, of, fires, seconds) in said {
            let (rule, of) = (format!("objective/{rule}"), format!("s{of}"));
            world.later(seconds);
            match fires {
                true => { world.fire(&rule, &of); firing.insert((of, rule)); }
                false => { world.end(&rule, &of); firing.remove(&(of, rule)); }
            }
            world.paged();
        }
        let open: BTreeSet<(String, String)> = world.alerts.all_open()
            .flat_map(|(_, a)| a.rules.iter().map(|r| (a.service.to_string(), r.clone())).collect::<Vec<_>>())
            .collect();
        prop_assert_eq!(&open, &firing);
        let waiting: BTreeSet<AlertId> = world.alerts.all_open()
            .filter(|(_, a)| a.urgency == Urgency::Page && a.page.is_none()).map(|(id, _)| id).collect();
        prop_assert_eq!(world.alerts.waiting().map(|(id, _)| id).collect::<BTreeSet<_>>(), waiting);
        let folded: BTreeSet<AlertId> =
            world.alerts.all_open().filter(|(_, a)| a.folded_into.is_some()).map(|(id, _)| id).collect();
        prop_assert_eq!(world.alerts.all_folded().map(|(id, _)| id).collect::<BTreeSet<_>>(), folded);
        let rules: BTreeSet<String> = firing.iter().map(|(_, rule)| rule.clone()).collect();
        prop_assert_eq!(world.alerts.saying("").map(str::to_owned).collect::<BTreeSet<_>>(), rules.clone());
        prop_assert_eq!(world.alerts.saying("objective/2").count(), usize::from(rules.contains("objective/2")));
        for rule in rules {
            let said: BTreeSet<AlertId> = world.alerts.said_by(&rule).collect();
            let want: BTreeSet<AlertId> =
                world.alerts.all_open().filter(|(_, a)| a.rules.contains(&rule)).map(|(id, _)| id).collect();
            prop_assert_eq!(said, want);
        }
        world.later(0);
        prop_assert!(regroup(&world.alerts).is_empty());
    }
}
