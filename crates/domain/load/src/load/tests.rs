//! Tables and laws of what being on call was.

use proptest::prelude::*;

use super::*;

fn at(text: &str) -> Timestamp {
    text.parse().expect("an instant")
}

fn who(name: &str) -> PersonId {
    name.parse().expect("a name")
}

fn page(time: &str, people: &[&str]) -> Page {
    let zone = TimeZone::UTC;
    let called = people.iter().map(|name| Called { person: who(name), at: at(time), zone: zone.clone() }).collect();
    Page { at: at(time), called, taken: None, verdict: None, ended_at: None }
}

fn minutes(page: &Page, minutes: i64) -> Timestamp {
    page.at + SignedDuration::from_mins(minutes)
}

#[test]
fn a_page_is_worth_it_when_somebody_took_it_and_did_something() {
    use Verdict::{Acted, Nothing};
    // Verdict, minutes until it was taken, minutes until it ended.
    for (verdict, taken, ended, worth) in [
        (None, None, None, Worth::Unknown),
        (None, Some(2), Some(60), Worth::Unknown),
        (Some(Acted), Some(2), None, Worth::Actionable),
        (Some(Acted), Some(2), Some(60), Worth::Actionable),
        // Somebody who is quick ends it themselves.
        (Some(Acted), Some(2), Some(4), Worth::Actionable),
        (Some(Acted), Some(4), Some(4), Worth::Actionable),
        (Some(Acted), Some(5), Some(4), Worth::Nothing),
        (Some(Acted), Some(7), Some(5), Worth::Nothing),
        (Some(Acted), Some(7), Some(6), Worth::Actionable),
        (Some(Acted), None, None, Worth::Nothing),
        (Some(Nothing), Some(2), Some(60), Worth::Nothing),
        (Some(Nothing), None, None, Worth::Nothing),
        (None, None, Some(5), Worth::Nothing),
        (None, None, Some(6), Worth::Unknown),
    ] {
        let mut page = page("2026-01-10T12:00:00Z", &["ann"]);
        page.verdict = verdict;
        page.taken = taken.map(|after| (minutes(&page, after), None));
        page.ended_at = ended.map(|after| minutes(&page, after));
        assert_eq!(page.worth(), worth, "{verdict:?} {taken:?} {ended:?}");
    }
}

#[test]
fn each_person_has_what_called_them_and_the_team_has_each_page_once() {
    let mut first = page("2026-01-10T03:00:00Z", &["ann", "bob"]);
    first.taken = Some((minutes(&first, 3), Some(who("bob"))));
    first.verdict = Some(Verdict::Acted);
    let mut again = page("2026-01-10T03:10:00Z", &["ann"]);
    again.called.push(Called { at: minutes(&again, 25), ..again.called[0].clone() });
    again.taken = Some((minutes(&again, 40), None));
    let mut early = page("2026-01-10T12:00:00Z", &["cyd"]);
    early.taken = Some((minutes(&early, -1), Some(who("cyd"))));
    early.ended_at = Some(minutes(&early, -2));
    let nobody = page("2026-01-10T04:00:00Z", &[]);

    let pages = [first, again, early, nobody];
    let loads = loads(&pages);
    let (ann, bob, cyd) = (&loads[&who("ann")], &loads[&who("bob")], &loads[&who("cyd")]);
    assert_eq!((ann.pages, ann.wakes.len(), ann.taken_after.len(), ann.actionable), (2, 2, 0, 1));
    assert_eq!((bob.pages, bob.wakes.len(), bob.actionable), (1, 1, 1));
    assert_eq!(bob.taken_after, [SignedDuration::from_mins(3)]);
    // A clock that went back makes no time that somebody waited.
    assert_eq!((cyd.pages, cyd.wakes.len(), cyd.taken_after.len(), cyd.nothing), (1, 0, 0, 1));
    let all = total(&pages);
    assert_eq!((all.pages, all.wakes, all.actionable, all.nothing), (4, 3, 1, 1));
    assert_eq!(all.taken_after, Some(SignedDuration::from_mins(40)));
    assert_eq!(total(&[]), Total::default());
}

proptest! {
    #[test]
    fn the_team_is_the_sum_of_its_people(
        made in prop::collection::vec((0_i64..3_000, prop::sample::subsequence(vec!["ann", "bob", "cyd"], 0..=3)), 0..40),
    ) {
        let pages: Vec<Page> = made.iter().map(|(after, people)| {
            let time = at("2026-01-10T00:00:00Z") + SignedDuration::from_mins(*after);
            page(&time.to_string(), people)
        }).collect();
        let (all, one) = (total(&pages), loads(&pages));
        prop_assert_eq!(all.wakes, one.values().map(|load| load.wakes.len()).sum::<usize>());
        prop_assert_eq!(one.values().map(|load| load.pages).sum::<usize>(), made.iter().map(|(_, p)| p.len()).sum::<usize>());
        prop_assert!(one.values().all(|load| load.wakes.len() <= load.pages));
        prop_assert!(all.actionable + all.nothing <= all.pages);
    }
}
