//! What several pages say in the same words.

use jiff::Timestamp;
use seaworthy_contract::api::{
    OnCall, OpenAlert, Page, PageMatter, PageState, Reach, Rollout, RolloutState, Service, VersionState, VersionView,
};
use seaworthy_contract::catalogue::Urgency;

use crate::part::{Chip, When};
use crate::text;

/// Who is on call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OnCallWords {
    /// What people call them, or their handle.
    pub name: String,
    /// Until when.
    pub until: When,
    /// Who is next.
    pub next: Option<String>,
    /// The rotation that says so.
    pub rotation: String,
    /// The person's handle, for the way to their contacts.
    pub person: String,
    /// What is known of their being reached, where that is not well.
    pub unreached: Option<&'static str>,
}

impl OnCallWords {
    /// Says who is on call.
    pub fn of(on_call: &OnCall) -> Self {
        Self {
            name: on_call.display_name.clone().unwrap_or_else(|| on_call.person.to_string()),
            until: When::until(on_call.until),
            next: on_call.next.as_ref().filter(|next| **next != on_call.person).map(ToString::to_string),
            rotation: on_call.rotation.to_string(),
            person: on_call.person.to_string(),
            unreached: match on_call.reach {
                Reach::Confirmed => None,
                Reach::Unconfirmed => Some("no contact confirmed"),
                Reach::None => Some("no contact"),
            },
        }
    }
}

/// Says where a rollout stands.
pub(super) fn rollout_chip(rollout: &Rollout) -> Chip {
    let share = text::percent(rollout.share);
    match rollout.state {
        RolloutState::Starting => Chip::waits("Starting"),
        RolloutState::Stepping => Chip::run(format!("At {share}")),
        RolloutState::Held => Chip::held(format!("Held at {share}")),
        RolloutState::Promoted => Chip::ok("Promoted"),
        RolloutState::Reverting => Chip::warn("Being taken off"),
        RolloutState::Reverted => Chip::bad("Taken off"),
    }
}

/// Returns whether a rollout still changes.
pub(super) fn is_live(rollout: &Rollout) -> bool {
    !matches!(rollout.state, RolloutState::Promoted | RolloutState::Reverted)
}

/// Returns whether a revert of a rollout can be asked for: there is an old version, and it still runs.
pub(super) fn can_revert(rollout: &Rollout, service: Option<&Service>) -> bool {
    let Some(baseline) = &rollout.baseline else { return false };
    match rollout.state {
        RolloutState::Starting | RolloutState::Stepping | RolloutState::Held => true,
        RolloutState::Promoted => {
            service.is_some_and(|service| service.versions.iter().any(|v| v.version == *baseline && v.role == "warm"))
        }
        RolloutState::Reverting | RolloutState::Reverted => false,
    }
}

/// Says whether a service is well.
pub(super) fn service_chip(service: &Service) -> Chip {
    let stable = service.versions.iter().find(|version| version.role == "stable");
    let wakes = service.alerts.iter().any(|alert| is_told(alert) && alert.urgency == Urgency::Page);
    match (stable.map(|version| version.state), &service.rollout) {
        (Some(VersionState::Exited | VersionState::Failed), _) => Chip::bad("Down"),
        (Some(VersionState::Failing), _) => Chip::bad("Failing"),
        _ if service.failing_since.is_some() => Chip::bad("Failing"),
        _ if wakes => Chip::bad("Not well"),
        _ if service.alerts.iter().any(|alert| alert.folded && !alert.drill) => Chip::warn("Dependency fails"),
        (_, Some(_)) => Chip::run("Rolling out"),
        (Some(VersionState::Healthy), None) => Chip::ok("Serves"),
        (Some(VersionState::Unknown), None) => Chip::unknown("Not reported"),
        (None, None) => Chip::unknown("Never shipped"),
    }
}

/// Whether somebody should know of an alert: meant, not silenced, and nothing else's consequence.
pub(super) fn is_told(alert: &OpenAlert) -> bool {
    !alert.drill && !alert.folded && !alert.silenced && !alert.announced
}

/// Says where a page stands.
pub(super) fn page_chip(page: &Page) -> Chip {
    match (page.state, &page.to) {
        (PageState::Acknowledged, _) => Chip::ok("Acknowledged"),
        (PageState::Undeliverable, _) => Chip::bad("Reached nobody"),
        (_, None) => Chip::bad("Nobody on call"),
        (PageState::Delivered, _) => match page.matter {
            PageMatter::GoesOn => Chip::bad("Page"),
            PageMatter::Over => Chip::waits("Over"),
            PageMatter::Drill => Chip::run("Drill"),
        },
        (PageState::Requested, _) => Chip::waits("On its way"),
    }
}

/// Says who has or should have a page.
pub(super) fn page_to(page: &Page) -> String {
    let person = page.to.as_ref().map(ToString::to_string);
    page.to_name.clone().or(person).unwrap_or_else(|| "nobody".to_owned())
}

/// Says the state of a version.
pub(super) fn version_chip(version: &VersionView) -> Chip {
    match version.state {
        VersionState::Unknown => Chip::unknown("not reported"),
        VersionState::Healthy => Chip::ok("healthy"),
        VersionState::Failing => Chip::bad("fails its health check"),
        VersionState::Exited => Chip::bad("ended, is started again"),
        VersionState::Failed => Chip::bad("could not be started"),
    }
}

/// Who did it, without the kind: `person/ines` is ines, `token/0195..` is a credential.
pub(super) fn actor(actor: &str) -> String {
    match actor.split_once('/') {
        Some(("person", name)) => name.to_owned(),
        Some(("token", id)) => format!("credential {}", text::cut(id, 8)),
        _ => actor.to_owned(),
    }
}

/// A rollout in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RolloutLine {
    /// Its id.
    pub id: String,
    /// The service.
    pub service: String,
    /// The version.
    pub version: String,
    /// Where it stands.
    pub chip: Chip,
    /// When it was shipped.
    pub started: When,
    /// When it was shipped or ended, whichever is the news.
    pub at: When,
    /// Who shipped it.
    pub by: String,
    /// Why it waits, holds or ended.
    pub reason: Option<String>,
    /// Failures of both arms.
    pub failing: String,
    /// Position of its first event.
    pub position: crate::part::LedgerLink,
}

impl RolloutLine {
    /// Says a rollout in a line.
    pub fn of(rollout: &Rollout, now: Timestamp) -> Self {
        Self {
            id: rollout.id.to_string(),
            service: rollout.service.to_string(),
            version: rollout.version.to_string(),
            chip: rollout_chip(rollout),
            started: When::age(rollout.started_at, now),
            at: When::short(rollout.ended_at.unwrap_or(rollout.started_at)),
            by: actor(&rollout.by),
            reason: rollout.reason.as_deref().map(text::sentence),
            failing: failing(rollout),
            position: crate::part::LedgerLink::new(rollout.position),
        }
    }
}

/// Failures of both arms, canary first: shares once there are enough requests to make a share of.
fn failing(rollout: &Rollout) -> String {
    const ENOUGH: u64 = 100;
    let arm = |arm: seaworthy_contract::api::ArmTotals| match arm.requests {
        0 => "none yet".to_owned(),
        n if n < ENOUGH => format!("{} of {n}", arm.failures),
        n => text::percent_of(arm.failures, n).unwrap_or_default(),
    };
    format!("{} / {}", arm(rollout.canary), arm(rollout.stable))
}
