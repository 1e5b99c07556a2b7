//! What follows: a page opens, joins or reopens; who is alone is asked; what is long over closes by itself.

use std::fmt;

use jiff::{SignedDuration, Timestamp};

use crate::{Incident, Moment, Source};

/// A page so soon after the end says that it was not over.
pub const REOPENS_WITHIN: SignedDuration = SignedDuration::from_hours(1);

/// An incident that a machine opened, that is well for so long and that nobody leads needs nobody to close it.
pub const CLOSES_AFTER: SignedDuration = SignedDuration::from_hours(1);

/// One that is restored and that nothing ever showed to be well again, because nothing watches the service as a whole.
pub const CLOSES_UNSEEN_AFTER: SignedDuration = SignedDuration::from_hours(24);

/// Whoever is alone for so long without an end in sight is asked whether they need help (PRACTICES INC-03).
pub const ALONE_AFTER: SignedDuration = SignedDuration::from_mins(15);

/// What a page of a service's alert does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnPage {
    /// It opens an incident.
    Opens,
    /// It belongs to the one that goes on.
    Joins,
    /// It reopens the last one.
    Reopens,
}

/// Says what a page does, by the service's last incident that is no drill.
pub fn on_page(last: Option<&Incident>, now: Timestamp) -> OnPage {
    match last.map(|last| last.closed_at) {
        Some(None) => OnPage::Joins,
        Some(Some(closed_at)) if now.duration_since(closed_at) <= REOPENS_WITHIN => OnPage::Reopens,
        _ => OnPage::Opens,
    }
}

/// What an incident wants of its people now.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Needs {
    /// Since when the promised update is late.
    pub update_late_since: Option<Timestamp>,
    /// Since when one person is alone with it; they are asked whether they need help.
    pub alone_since: Option<Timestamp>,
}

/// Says what an incident wants of its people now.
pub fn needs(incident: &Incident, now: Timestamp) -> Needs {
    if !incident.is_open() {
        return Needs::default();
    }
    let alone = match (incident.people.len(), incident.known(Moment::Restored), incident.help_asked_at) {
        (1, None, None) => incident.people.values().next().copied(),
        _ => None,
    };
    Needs {
        update_late_since: incident.next_update_at.filter(|at| *at < now),
        alone_since: alone.filter(|since| now.duration_since(*since) >= ALONE_AFTER),
    }
}

/// Says whether it is closed without anybody's hand: a page opened it, nobody took a role or promised an update, and it is
/// well long enough.
pub fn closes_by_itself(incident: &Incident, now: Timestamp) -> bool {
    let led = !incident.roles.is_empty() || incident.next_update_at.is_some();
    let (over, after) = match (incident.known(Moment::Healthy), incident.known(Moment::Restored)) {
        (Some(healthy), _) => (healthy.at, CLOSES_AFTER),
        (None, Some(restored)) => (restored.at, CLOSES_UNSEEN_AFTER),
        (None, None) => return false,
    };
    // Whoever said something of it a moment ago is not done with it.
    let since = over.max(incident.updated_at.unwrap_or(over));
    incident.is_open()
        && incident.source == Source::Page
        && !led
        && incident.burning.is_empty()
        && now.duration_since(since) >= after
}

/// Why an instant cannot be set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SetRefused {
    /// It has not come.
    InTheFuture,
    /// It would be before or after one that bounds it.
    OutOfOrder(Moment),
}

impl fmt::Display for SetRefused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InTheFuture => f.write_str("it has not come yet"),
            Self::OutOfOrder(other) => write!(f, "it does not fit when it {}", phrase(*other)),
        }
    }
}

fn phrase(moment: Moment) -> &'static str {
    match moment {
        Moment::Started => "started",
        Moment::Detected => "was detected",
        Moment::Joined => "was joined",
        Moment::Restored => "was restored",
        Moment::Healthy => "was well again",
    }
}

/// Says whether a person may set an instant: it has come, nothing is restored before it started, and nothing well before it
/// was restored. Who joined before anything was detected knew of it; that is no mistake.
///
/// # Errors
/// Says what is wrong with it.
pub fn check_set(incident: &Incident, moment: Moment, at: Timestamp, now: Timestamp) -> Result<(), SetRefused> {
    if at > now {
        return Err(SetRefused::InTheFuture);
    }
    let known = |moment| incident.known(moment).map(|mark| mark.at);
    let before = |other: Moment| known(other).is_some_and(|other| at < other);
    let after = |other: Moment| known(other).is_some_and(|other| at > other);
    let wrong = match moment {
        Moment::Started => [Moment::Restored, Moment::Healthy].into_iter().find(|other| after(*other)),
        Moment::Restored => Some(Moment::Started)
            .filter(|other| before(*other))
            .or_else(|| Some(Moment::Healthy).filter(|other| after(*other))),
        Moment::Healthy => [Moment::Started, Moment::Restored].into_iter().find(|other| before(*other)),
        Moment::Detected | Moment::Joined => None,
    };
    wrong.map_or(Ok(()), |other| Err(SetRefused::OutOfOrder(other)))
}
