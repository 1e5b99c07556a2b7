//! A fault that begins while the alert of the one before is still open.
//!
//! An alert outlasts its fault: the window of six hours remembers three bad minutes for half an hour. Whoever took its page
//! has that fault; a second one in that time is news, as soon as it would page by itself.

use jiff::{SignedDuration, Timestamp};
use seaworthy_alert::{Purpose, Signal};
use seaworthy_model::PageId;
use seaworthy_slo::{self as slo, Reason};

use super::speak::began;
use super::watched::Watched;
use crate::State;
use crate::watch::told;

/// Faults are found in buckets of so long.
const BUCKET: SignedDuration = SignedDuration::from_secs(10);

/// Says whether something began when nobody had anything to do any more with the page before: somebody had taken it, or it
/// had called everybody.
pub(crate) fn is_since(state: &State, page: PageId, began_at: Timestamp) -> bool {
    let settled = state.pages.get(&page).and_then(|record| {
        let over = record.climb.exhausted.filter(|_| record.climb.is_over()).map(|end| end.at);
        record.acknowledged.as_ref().map(|(at, _)| *at).or(over)
    });
    settled.is_some_and(|settled| began_at + BUCKET > settled)
}

/// What the engine would open an alert for, were none open.
pub(super) fn again(watched: &mut Watched, state: &State, now: Timestamp) -> Option<Signal> {
    let alert = *watched.engine()?.alert()?;
    if alert.urgency != slo::Urgency::Page || !matches!(alert.reason, Reason::Burn { .. }) {
        return None;
    }
    let open = state.alerts.open(&watched.declared.service, &watched.symptom(), Purpose::Real)?;
    let (page, _) = state.alerts.alerts.get(&open)?.page?;
    // A minute has six of them, and finding the fault is a walk through an hour.
    if !is_since(state, page, now) || !told::is_time(&mut watched.told_at, now) {
        return None;
    }
    let (began_at, bad) = began(watched, alert.opened_at);
    let is_news = is_since(state, page, began_at) && watched.engine()?.wakes_alone(bad, &watched.seen()?.weighed);
    is_news.then(|| super::says(watched, &alert, now))
}
