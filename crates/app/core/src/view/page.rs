//! Pages as outsiders see them.

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
        channels: record.channels.iter().map(|(name, state)| channel(name, state)).collect(),
        position: record.position,
    }
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
