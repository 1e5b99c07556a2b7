//! What holds after any events, in any order.

use proptest::prelude::*;

use super::{at, ids, mark, paged, service};
use crate::{Event, Incident, Mark, Moment, Role, Source, closes_by_itself, needs};

fn any_event() -> impl Strategy<Value = Event> {
    let who = || (0..3_u8).prop_map(|n| format!("person/p{n}"));
    prop_oneof![
        (1..4_u128, -30..60_i64, 0..60_i64).prop_map(|(seed, began, detected)| paged(seed, began, detected)),
        (who(), 0..90_i64).prop_map(|(who, minute)| Event::Joined(who, mark(minute))),
        (who(), 0..90_i64).prop_map(|(who, minute)| Event::RoleTaken(who, Role::Lead, mark(minute))),
        (0..90_i64, proptest::option::of(0..120_i64)).prop_map(|(now, next)| Event::Updated(at(now), next.map(at))),
        (0..90_i64).prop_map(|minute| Event::HelpAsked(at(minute))),
        (1..4_u128, 0..90_i64).prop_map(|(seed, minute)| Event::AlertEnded(ids(seed).1, mark(minute))),
        (0..90_i64).prop_map(|minute| Event::Restored(mark(minute))),
        (0..90_i64).prop_map(|minute| Event::SeenWell(mark(minute))),
        (0..5_usize, 0..90_i64).prop_map(|(i, minute)| Event::Set(Moment::ALL[i], mark(minute))),
        (0..90_i64).prop_map(|minute| Event::Closed(mark(minute))),
    ]
}

/// Whether an event carries this mark.
fn says(event: &Event, mark: &Mark) -> bool {
    format!("{event:?}").contains(&format!("{mark:?}"))
}

proptest! {
    #[test]
    fn nothing_is_made_up(events in proptest::collection::vec(any_event(), 0..40)) {
        let mut incident = Incident::new(Source::Page, service("checkout"), String::new(), None, mark(0));
        let mut said: Vec<Event> = Vec::new();
        for event in events {
            let before = incident.clone();
            incident.apply(event.clone());
            said.push(event);
            // Every instant that is known was said by an event, or by the opening.
            for moment in Moment::ALL {
                if let Some(mark) = incident.known(moment) {
                    let was_said = said.iter().any(|said| says(said, mark));
                    prop_assert!(mark.at == at(0) || was_said);
                }
            }
            // An alert that goes on keeps it from being well, unless a person says otherwise.
            let by_hand = said.iter().any(|e| matches!(e, Event::Set(Moment::Healthy, _)));
            if !incident.burning.is_empty() && !by_hand {
                prop_assert!(incident.known(Moment::Healthy).is_none());
            }
            // What a person set is changed by a person, or taken back by a page.
            if let Some(Event::Set(moment, _)) = said.iter().rev().nth(1) {
                let last = said.last().expect("pushed above");
                let may = matches!(last, Event::Set(..) | Event::Paged { .. });
                prop_assert!(may || before.known(*moment) == incident.known(*moment));
            }
            prop_assert!(incident.is_open() || needs(&incident, at(500)) == crate::Needs::default());
            prop_assert!(!closes_by_itself(&incident, at(500)) || (incident.is_open() && incident.burning.is_empty()));
        }
    }

    #[test]
    fn every_alert_that_ends_leaves_it_restored(seeds in proptest::collection::vec(1..6_u128, 1..10)) {
        let mut incident = Incident::new(Source::Page, service("checkout"), String::new(), None, mark(0));
        seeds.iter().for_each(|seed| incident.apply(paged(*seed, 0, 1)));
        prop_assert!(incident.known(Moment::Restored).is_none());
        seeds.iter().for_each(|seed| incident.apply(Event::AlertEnded(ids(*seed).1, mark(9))));
        prop_assert_eq!(incident.known(Moment::Restored).map(|mark| mark.at), Some(at(9)));
    }
}
