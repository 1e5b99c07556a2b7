//! How long people were on call, for whoever pays them.

use std::collections::BTreeMap;

use jiff::SignedDuration;
use jiff::tz::TimeZone;
use seaworthy_model::PersonId;

use crate::finding::weekend_time;
use crate::schedule::Plan;

/// How long one person was on call at one level.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hours {
    /// Who.
    pub person: PersonId,
    /// 0 is the primary.
    pub level: u8,
    /// How long in all.
    pub held: SignedDuration,
    /// How much of it was Saturday or Sunday on the rotation's wall clock.
    pub weekend: SignedDuration,
}

/// Returns how long everybody was on call in a plan, by person and level.
pub fn hours(plan: &Plan, zone: &TimeZone) -> Vec<Hours> {
    let mut found: BTreeMap<(&PersonId, u8), (SignedDuration, SignedDuration)> = BTreeMap::new();
    for duty in &plan.duties {
        let (held, weekend) = found.entry((&duty.person, duty.level)).or_default();
        *held += duty.start.duration_until(duty.end);
        *weekend += weekend_time(duty.start, duty.end, zone);
    }
    let one = |((person, level), (held, weekend)): ((&PersonId, u8), _)| Hours {
        person: person.clone(),
        level,
        held,
        weekend,
    };
    found.into_iter().map(one).collect()
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::schedule::{Duty, Why};

    #[test]
    fn hours_are_those_of_the_clock_on_the_wall_and_weekends_are_theirs() {
        let zone = TimeZone::get("Europe/Berlin").expect("a zone");
        let at = |text: &str| text.parse::<Timestamp>().expect("an instant");
        let duty = |level, person: &str, start: &str, end: &str| Duty {
            level,
            person: person.parse().expect("a name"),
            start: at(start),
            end: at(end),
            why: Why::Layer(0),
        };
        // The last weekend of March 2026 has one hour less.
        let duties = vec![
            duty(0, "ann", "2026-03-27T09:00:00+01:00", "2026-03-30T09:00:00+02:00"),
            duty(0, "ann", "2026-04-01T09:00:00+02:00", "2026-04-02T09:00:00+02:00"),
            duty(1, "ann", "2026-03-20T09:00:00+01:00", "2026-03-21T09:00:00+01:00"),
            duty(0, "bob", "2026-03-30T09:00:00+02:00", "2026-04-01T09:00:00+02:00"),
        ];
        let said: Vec<String> = hours(&Plan { duties, gaps: vec![] }, &zone)
            .iter()
            .map(|one| format!("{} {} {} {}", one.person, one.level, one.held.as_hours(), one.weekend.as_hours()))
            .collect();
        assert_eq!(said, ["ann 0 95 47", "ann 1 24 9", "bob 0 48 0"]);
    }
}
