//! What watching tells the ledger: not what changed, but what the ledger does not say yet. So an append that failed is
//! tried again by itself.

use jiff::{SignedDuration, Timestamp};
use seaworthy_alert::{Alert, Nature, Phase, Purpose, Signal, Urgency};
use seaworthy_model::ServiceId;

use crate::State;

/// What the ledger does not take, because nobody wants to hear it any more, is told again after this long.
const TELL_AGAIN: SignedDuration = SignedDuration::from_secs(1);

/// Returns the end of every open alert of a rule that begins so and is not `still` so.
pub(super) fn ended(
    state: &State,
    beginning: &str,
    now: Timestamp,
    still: impl Fn(&str, &Alert) -> bool,
) -> Vec<Signal> {
    let mut ended = Vec::new();
    for (_, alert) in state.alerts.all_open().filter(|(_, alert)| alert.purpose == Purpose::Real) {
        let ours = alert.rules.iter().filter_map(|rule| Some((rule, rule.strip_prefix(beginning)?)));
        ended.extend(ours.filter(|(_, name)| !still(name, alert)).map(|(rule, _)| Signal {
            rule: rule.clone(),
            service: alert.service.clone(),
            symptom: alert.symptom.clone(),
            nature: Nature::Symptom,
            urgency: alert.urgency,
            phase: Phase::Ended,
            purpose: Purpose::Real,
            began_at: now,
            sentence: String::new(),
        }));
    }
    ended
}

/// Says whether the ledger has yet to hear that a rule asks for this; not where its team wants to hear nothing of it.
pub(super) fn is_news(state: &State, rule: &str, service: &ServiceId, symptom: &str, urgency: Urgency) -> bool {
    // What its team made of the rule is what the ledger can be expected to say.
    let rules = &state.alerts.rules;
    let wanted = rules.get(rule).map_or(Some(urgency), |known| known.urgency(urgency, Nature::Symptom));
    let open = state.alerts.open(service, symptom, Purpose::Real).and_then(|id| state.alerts.alerts.get(&id));
    wanted.is_some_and(|wanted| !open.is_some_and(|open| open.rules.contains(rule) && open.urgency >= wanted))
}

/// Says whether it is time to tell something, and notes that it was told.
pub(super) fn is_time(told_at: &mut Option<Timestamp>, now: Timestamp) -> bool {
    let ago = told_at.map(|at| now.duration_since(at));
    let is_time = !ago.is_some_and(|ago| (SignedDuration::ZERO..TELL_AGAIN).contains(&ago));
    if is_time {
        *told_at = Some(now);
    }
    is_time
}
