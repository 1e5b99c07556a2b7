//! Who is to be called, worked out once more and otherwise: turns of an hour by division, no calendar, no ladder.

use jiff::{SignedDuration, Timestamp};
use seaworthy_contract::catalogue::{EscalationPolicy, Whom};
use seaworthy_model::PersonId;

/// A rotation of an hour each, two at a time, from an instant on.
#[derive(Debug, Clone)]
pub(super) struct Turns {
    pub(super) people: Vec<PersonId>,
    pub(super) start: Timestamp,
}

/// A step that calls somebody, in order, with every repetition written out.
#[derive(Debug, Clone)]
pub(super) struct Step {
    pub(super) call: Vec<Whom>,
    pub(super) wait: SignedDuration,
}

impl Turns {
    fn at(&self, level: u8, now: Timestamp) -> Option<PersonId> {
        let since = now.duration_since(self.start).as_secs();
        let turn = usize::try_from(since.checked_div(3_600).filter(|_| since >= 0)?).ok()?;
        self.people.get((turn + usize::from(level)) % self.people.len()).cloned()
    }
}

/// Returns the steps of a policy that hands over to nobody.
pub(super) fn steps(policy: &EscalationPolicy) -> Vec<Step> {
    let once = policy.steps.iter().map(|step| Step {
        call: step.call.clone(),
        wait: SignedDuration::from_millis(i64::try_from(step.wait_ms).expect("a wait is short")),
    });
    let once: Vec<Step> = once.collect();
    std::iter::repeat_n(once, usize::from(policy.repeats) + 1).flatten().collect()
}

/// Returns who a step calls at an instant, in no order. `service` are the turns of the service, `other` those of a rotation
/// that is named.
pub(super) fn people(step: &Step, service: &Turns, other: &Turns, now: Timestamp) -> Vec<PersonId> {
    let mut people: Vec<PersonId> = Vec::new();
    for whom in &step.call {
        match whom {
            Whom::OnCall { level } => people.extend(service.at(*level, now)),
            Whom::Rotation { level, .. } => people.extend(other.at(*level, now)),
            Whom::Person { person } => people.push(person.clone()),
            Whom::Team => people.extend(service.people.iter().cloned()),
            Whom::Policy { .. } => unreachable!("no policy here hands over"),
        }
    }
    people.sort();
    people.dedup();
    people
}
