//! Pages as outsiders see them.

use seaworthy_alert::Purpose;
use seaworthy_contract::api::{Page, PageChannel, PageState};
use seaworthy_model::PageId;

use super::Look;
use crate::state::{ChannelState, PageRecord};

/// Returns a page.
pub fn page(look: &Look<'_>, id: PageId) -> Option<Page> {
    look.state.pages.get(&id).map(|record| view(look, record))
}

/// Returns every page, newest first.
pub fn pages(look: &Look<'_>) -> Vec<Page> {
    look.state.pages.values().rev().map(|record| view(look, record)).collect()
}

fn view(look: &Look<'_>, record: &PageRecord) -> Page {
    let request = &record.request;
    Page {
        id: request.page,
        service: request.service.clone(),
        team: request.team.clone(),
        to: request.to.clone(),
        to_name: request.to.as_ref().and_then(|person| look.display_name(person)),
        sentence: request.sentence.clone(),
        state: state(record),
        rollout: request.rollout,
        alert: look.state.alerts.of_page(request.page).map(|(id, _)| id),
        verdict: record.verdict,
        began_at: request.began_at,
        requested_at: record.requested_at,
        acknowledged_at: record.acknowledged.as_ref().map(|(at, _)| *at),
        acknowledged_by: record.acknowledged.as_ref().map(|(_, by)| look.called(by)),
        reached: record.reached.is_some(),
        channels: record.channels.iter().map(|(name, state)| channel(name, state)).collect(),
        position: record.position,
    }
}

/// Says whether what a page is about is over: users are off the version, or nothing says so any more. Where it is about
/// neither, only a person knows.
pub(super) fn is_over(look: &Look<'_>, page: &Page) -> bool {
    let rollout = page.rollout.and_then(|id| look.state.rollouts.get(&id));
    let ended = rollout.map(|rollout| match rollout.reverted {
        Some(_) => !rollout.is_reverting(),
        None => rollout.is_over(),
    });
    let alert = page.alert.and_then(|id| look.state.alerts.alerts.get(&id));
    let resolved = alert.map(|alert| alert.resolved_at.is_some());
    matches!((ended, resolved), (Some(true), None | Some(true)) | (None, Some(true)))
}

/// Says whether a page was sent to see whether it reaches a person.
pub(super) fn is_drill(look: &Look<'_>, page: &Page) -> bool {
    let alert = page.alert.and_then(|id| look.state.alerts.alerts.get(&id));
    alert.is_some_and(|alert| alert.purpose == Purpose::Drill)
}

pub(super) fn state(record: &PageRecord) -> PageState {
    if record.acknowledged.is_some() {
        return PageState::Acknowledged;
    }
    if record.first_delivered_at().is_some() {
        return PageState::Delivered;
    }
    match record.channels.values().any(|channel| *channel == ChannelState::Waiting) {
        true => PageState::Requested,
        false => PageState::Undeliverable,
    }
}

fn channel(name: &str, state: &ChannelState) -> PageChannel {
    let (word, at) = match state {
        ChannelState::Waiting => ("waiting", None),
        ChannelState::Delivered(at) => ("delivered", Some(*at)),
        ChannelState::Undeliverable(at, _) => ("undeliverable", Some(*at)),
    };
    PageChannel { channel: name.to_owned(), state: word.to_owned(), at }
}
