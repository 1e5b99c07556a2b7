//! Rows: what happened, and what follows.

use std::collections::BTreeSet;

use jiff::SignedDuration;

use super::{at, by_page, ids, mark, paged, service};
use crate::{
    ALIKE_MIN, Arms, Change, Clock, Confidence, Event, Finding, Incident, Kind, Moment, OnPage, Relation, Role,
    SetRefused, Source, Traits, Unknown, arms, check_set, closes_by_itself, finding, likeness, needs, on_page, weigh,
};

fn minutes(incident: &Incident) -> Vec<Option<i64>> {
    let minute = |moment| Some(incident.known(moment)?.at.duration_since(at(0)).as_mins());
    Moment::ALL.into_iter().map(minute).collect()
}

#[test]
fn each_clock_says_what_it_knows() {
    let mut incident = by_page();
    assert_eq!(minutes(&incident), [Some(0), Some(2), None, None, None]);
    incident.apply(Event::Joined("person/ines".to_owned(), mark(5)));
    incident.apply(Event::Joined("person/jonas".to_owned(), mark(6)));
    incident.apply(Event::AlertEnded(ids(1).1, mark(9)));
    assert_eq!(minutes(&incident), [Some(0), Some(2), Some(5), Some(9), None]);
    incident.apply(Event::SeenWell(mark(12)));
    assert_eq!(minutes(&incident), [Some(0), Some(2), Some(5), Some(9), Some(12)]);
}

#[test]
fn what_nobody_said_stays_unknown_and_says_why() {
    let mut incident = Incident::new(Source::Hand, service("checkout"), "calls".to_owned(), None, mark(0));
    assert_eq!(incident.clock(Moment::Started), Clock::Unknown(Unknown::NobodySaid));
    assert_eq!(incident.clock(Moment::Restored), Clock::Unknown(Unknown::NotYet));
    incident.apply(Event::Closed(mark(1)));
    assert_eq!(incident.clock(Moment::Restored), Clock::Unknown(Unknown::NeverSeen));
}

#[test]
fn another_page_takes_back_that_it_was_restored() {
    let mut incident = by_page();
    incident.apply(Event::Restored(mark(4)));
    incident.apply(Event::AlertEnded(ids(1).1, mark(5)));
    incident.apply(paged(2, 7, 8));
    assert_eq!(minutes(&incident), [Some(0), Some(2), None, None, None]);
    incident.apply(Event::SeenWell(mark(9)));
    assert_eq!(incident.clock(Moment::Healthy), Clock::Unknown(Unknown::NotYet), "an alert goes on");
    incident.apply(Event::Closed(mark(10)));
    incident.apply(paged(3, 11, 12));
    assert!(incident.is_open(), "it came back");
}

#[test]
fn what_a_person_set_stays() {
    let mut incident = by_page();
    incident.apply(Event::Set(Moment::Started, mark(1)));
    incident.apply(paged(2, -5, 3));
    assert_eq!(minutes(&incident)[0], Some(1));
    let set = |moment, minute| check_set(&incident, moment, at(minute), at(60));
    assert_eq!(set(Moment::Started, 61), Err(SetRefused::InTheFuture));
    assert_eq!(set(Moment::Restored, 0), Err(SetRefused::OutOfOrder(Moment::Started)));
    assert_eq!(set(Moment::Healthy, 0), Err(SetRefused::OutOfOrder(Moment::Started)));
    for moment in Moment::ALL {
        assert_eq!(set(moment, 30), Ok(()), "{moment:?}");
    }
}

#[test]
fn clocks_that_are_set_stay_in_order() {
    let mut incident = by_page();
    incident.apply(Event::AlertEnded(ids(1).1, mark(9)));
    incident.apply(Event::SeenWell(mark(12)));
    for (moment, minute, want) in [
        (Moment::Started, 10, Some(Moment::Restored)),
        (Moment::Restored, 13, Some(Moment::Healthy)),
        (Moment::Restored, -1, Some(Moment::Started)),
        (Moment::Healthy, 8, Some(Moment::Restored)),
        (Moment::Joined, -3, None),
        (Moment::Detected, 11, None),
    ] {
        let set = check_set(&incident, moment, at(minute), at(60));
        assert_eq!(set, want.map_or(Ok(()), |other| Err(SetRefused::OutOfOrder(other))), "{moment:?} {minute}");
    }
}

#[test]
fn a_page_opens_joins_or_reopens() {
    let closed = |minute| {
        let mut incident = by_page();
        incident.apply(Event::Closed(mark(minute)));
        incident
    };
    for (last, now, want) in [
        (None, 0, OnPage::Opens),
        (Some(by_page()), 5, OnPage::Joins),
        (Some(by_page()), 6_000, OnPage::Joins),
        (Some(closed(10)), 10, OnPage::Reopens),
        (Some(closed(10)), 70, OnPage::Reopens),
        (Some(closed(10)), 71, OnPage::Opens),
        // A clock that went back is no reason to forget what is going on.
        (Some(closed(10)), 5, OnPage::Reopens),
    ] {
        assert_eq!(on_page(last.as_ref(), at(now)), want, "{now}");
    }
}

#[test]
fn who_is_alone_for_long_is_asked_and_late_updates_are_named() {
    let mut incident = by_page();
    assert_eq!(needs(&incident, at(600)).alone_since, None, "nobody is there to be asked");
    incident.apply(Event::Joined("person/ines".to_owned(), mark(5)));
    assert_eq!(needs(&incident, at(19)).alone_since, None);
    assert_eq!(needs(&incident, at(20)).alone_since, Some(at(5)));
    incident.apply(Event::Updated(at(20), Some(at(30))));
    assert_eq!(needs(&incident, at(30)).update_late_since, None);
    assert_eq!(needs(&incident, at(31)).update_late_since, Some(at(30)));
    let mut helped = incident.clone();
    helped.apply(Event::HelpAsked(at(21)));
    assert_eq!(needs(&helped, at(40)).alone_since, None);
    let mut two = incident.clone();
    two.apply(Event::RoleTaken("person/jonas".to_owned(), Role::Lead, mark(22)));
    assert_eq!(needs(&two, at(40)).alone_since, None, "two are not alone");
    incident.apply(Event::Closed(mark(32)));
    assert_eq!(needs(&incident, at(60)), crate::Needs::default());
}

#[test]
fn only_what_nobody_leads_and_is_well_for_long_closes_by_itself() {
    let well = || {
        let mut incident = by_page();
        incident.apply(Event::AlertEnded(ids(1).1, mark(9)));
        incident.apply(Event::SeenWell(mark(10)));
        incident
    };
    assert!(!closes_by_itself(&well(), at(69)));
    assert!(closes_by_itself(&well(), at(70)));
    assert!(!closes_by_itself(&by_page(), at(600)), "it burns");
    let with = |event| {
        let mut incident = well();
        incident.apply(event);
        closes_by_itself(&incident, at(600))
    };
    assert!(!with(Event::RoleTaken("person/ines".to_owned(), Role::Lead, mark(11))));
    assert!(!with(Event::Updated(at(11), Some(at(700)))));
    assert!(!with(Event::Closed(mark(11))), "it is closed already");
    assert!(with(Event::Updated(at(11), None)));
    let mut unseen = by_page();
    unseen.apply(Event::AlertEnded(ids(1).1, mark(9)));
    assert!(!closes_by_itself(&unseen, at(9 + 24 * 60 - 1)));
    assert!(closes_by_itself(&unseen, at(9 + 24 * 60)), "nothing watches it");
}

fn change(kind: Kind, relation: Relation, minute: i64) -> Change {
    Change { at: at(minute), service: Some(service("checkout")), kind, relation, arms: Arms::Unknown }
}

#[test]
fn suspects_are_weighed_by_rules() {
    use Confidence::{Likely, Possible, Unlikely};
    for (kind, relation, minute, arms, want) in [
        (Kind::Rollout, Relation::Itself, 118, Arms::Unknown, Some(Likely)),
        (Kind::Rollout, Relation::Itself, 105, Arms::Unknown, Some(Likely)),
        (Kind::Rollout, Relation::Itself, 104, Arms::Unknown, Some(Possible)),
        (Kind::Rollout, Relation::Itself, 0, Arms::Unknown, Some(Possible)),
        (Kind::Rollout, Relation::Itself, -1, Arms::Unknown, None),
        (Kind::Rollout, Relation::Itself, 121, Arms::Unknown, Some(Likely)),
        (Kind::Rollout, Relation::Itself, 122, Arms::Unknown, Some(Unlikely)),
        (Kind::Rollout, Relation::Itself, 119, Arms::Alike, Some(Unlikely)),
        (Kind::Rollout, Relation::Itself, 10, Arms::CanaryWorse, Some(Likely)),
        (Kind::Rollout, Relation::Needed, 10, Arms::CanaryWorse, Some(Likely)),
        (Kind::Rollout, Relation::Needed, 118, Arms::Unknown, Some(Possible)),
        (Kind::Rollout, Relation::Needed, 90, Arms::Unknown, Some(Unlikely)),
        (Kind::Revert, Relation::Itself, 119, Arms::Unknown, Some(Likely)),
        (Kind::Control, Relation::Itself, 119, Arms::Unknown, Some(Likely)),
        (Kind::Declaration, Relation::Itself, 60, Arms::Unknown, Some(Possible)),
        (Kind::Rule, Relation::Itself, 119, Arms::Unknown, Some(Unlikely)),
        (Kind::Credential, Relation::Everybody, 119, Arms::Unknown, Some(Possible)),
        (Kind::Credential, Relation::Everybody, 60, Arms::Unknown, Some(Unlikely)),
        (Kind::Failure, Relation::Needed, 60, Arms::Unknown, Some(Likely)),
        (Kind::Failure, Relation::Needed, 125, Arms::Unknown, Some(Unlikely)),
        (Kind::Failure, Relation::Vendor, 119, Arms::Unknown, Some(Likely)),
        (Kind::Failure, Relation::Itself, 119, Arms::Unknown, Some(Unlikely)),
        (Kind::Work, Relation::Itself, 119, Arms::Unknown, Some(Likely)),
    ] {
        let change = Change { arms, ..change(kind, relation, minute) };
        let weighed = weigh(&change, at(120));
        assert_eq!(weighed.map(|w| w.confidence), want, "{kind:?} {relation:?} {minute} {arms:?}");
    }
}

#[test]
fn arms_show_what_they_show() {
    for (canary, stable, harm, want) in [
        ((50, 100), (1, 1_000), true, Arms::CanaryWorse),
        ((50, 100), (1, 1_000), false, Arms::Unknown),
        ((20, 100), (200, 1_000), false, Arms::Alike),
        ((39, 100), (200, 1_000), false, Arms::Alike),
        ((41, 100), (200, 1_000), false, Arms::Unknown),
        ((20, 99), (200, 1_000), false, Arms::Unknown),
        ((0, 1_000), (0, 1_000), false, Arms::Unknown),
        ((0, 0), (0, 0), false, Arms::Unknown),
    ] {
        assert_eq!(arms(canary, stable, harm), want, "{canary:?} {stable:?} {harm}");
    }
}

#[test]
fn what_it_comes_to_names_ours_a_vendor_or_nothing() {
    let own = change(Kind::Rollout, Relation::Itself, 119);
    let far = change(Kind::Rollout, Relation::Needed, 20);
    let vendor = change(Kind::Failure, Relation::Vendor, 119);
    let canary = Change { arms: Arms::CanaryWorse, ..change(Kind::Rollout, Relation::Needed, 5) };
    let rule = change(Kind::Rule, Relation::Itself, 119);
    for (changes, want) in [
        (vec![], Finding::Unattributed),
        (vec![far.clone()], Finding::Unattributed),
        (vec![rule.clone(), far.clone()], Finding::Unattributed),
        (vec![vendor.clone(), far.clone()], Finding::Vendor(0)),
        (vec![vendor.clone(), own.clone()], Finding::Suspect(1)),
        (vec![own.clone(), vendor.clone(), canary.clone()], Finding::Suspect(2)),
        (vec![rule, own.clone()], Finding::Suspect(1)),
    ] {
        assert_eq!(finding(&changes, at(120)).1, want, "{changes:?}");
    }
    let nearer = Change { at: at(119) + SignedDuration::from_secs(30), ..own.clone() };
    let (ranked, _) = finding(&[own, far, nearer], at(120));
    assert_eq!(ranked.iter().map(|(i, _)| *i).collect::<Vec<_>>(), [2, 0, 1], "the nearest before it first");
}

#[test]
fn alike_needs_more_than_a_name() {
    let set = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<BTreeSet<_>>();
    let traits = |of: &str, rules: &[&str], symptoms: &[&str], failing: &[&str]| Traits {
        service: service(of),
        rules: set(rules),
        symptoms: set(symptoms),
        failing: failing.iter().map(|name| service(name)).collect(),
    };
    let now = traits("checkout", &["objective/a"], &["availability"], &["payments"]);
    for (other, alike) in [
        (traits("checkout", &["objective/a"], &["availability"], &[]), true),
        (traits("checkout", &["probe/b"], &["availability"], &[]), true),
        (traits("basket", &["probe/b"], &["availability"], &["payments"]), true),
        (traits("basket", &["objective/a"], &["availability"], &[]), true),
        (traits("checkout", &["probe/b"], &["latency"], &[]), false),
        (traits("basket", &["probe/b"], &["availability"], &[]), false),
        (traits("basket", &[], &[], &[]), false),
    ] {
        assert_eq!(likeness(&now, &other) >= ALIKE_MIN, alike, "{other:?}");
        assert_eq!(likeness(&now, &other), likeness(&other, &now), "{other:?}");
    }
}
