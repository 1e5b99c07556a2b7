//! Tables: what one signal after another comes to.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use seaworthy_model::{AlertId, Entropy, PageId, ServiceId};

use crate::*;

mod review;

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
        let due = due(&self.alerts, self.now, &|_| false);
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
