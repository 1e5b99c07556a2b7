//! Pages as outsiders see them.

mod ladder;

use seaworthy_alert::Purpose;
use seaworthy_contract::api::{Page, PageCallee, PageChannel, PageMatter, PageState};
use seaworthy_model::{AlertId, PageId, RolloutId};

use super::Look;
use crate::state::{ChannelState, PageRecord};
use crate::step::escalation;

/// Returns a page.
pub fn page(look: &Look<'_>, id: PageId) -> Option<Page> {
    look.state.pages.get(&id).map(|record| view(look, record))
}

/// Returns every page, newest first.
pub fn pages(look: &Look<'_>) -> Vec<Page> {
    look.state.pages.values().rev().map(|record| view(look, record)).collect()
}

/// Returns whom help is asked of about a page now: those who come next on its ladder and were not called yet.
pub fn helpers(look: &Look<'_>, id: PageId, asker: &str) -> Vec<PageCallee> {
    let found = look.state.pages.get(&id).and_then(|record| escalation::helpers(look.state, record, asker, look.now));
    let people = found.map(|(_, people)| people).unwrap_or_default();
    people.iter().map(|person| PageCallee { person: person.clone(), name: look.display_name(person) }).collect()
}

fn view(look: &Look<'_>, record: &PageRecord) -> Page {
    let request = &record.request;
    let alert = look.state.alerts.of_page(request.page).map(|(id, _)| id);
    Page {
        id: request.page,
        service: request.service.clone(),
        team: request.team.clone(),
        to: request.to.clone(),
        to_name: request.to.as_ref().and_then(|person| look.display_name(person)),
        sentence: request.sentence.clone(),
        state: state(record),
        matter: matter(look, request.rollout, alert),
        rollout: request.rollout,
        alert,
        verdict: record.verdict,
        began_at: request.began_at,
        requested_at: record.requested_at,
        acknowledged_at: record.acknowledged.as_ref().map(|(at, _)| *at),
        acknowledged_by: record.acknowledged.as_ref().map(|(_, by)| look.called(by)),
        reached: record.reached.is_some(),
        channels: record.channels.iter().map(|(name, state)| channel(name, state)).collect(),
        ladder: ladder::view(look, record),
        position: record.position,
    }
}

/// Says how what a page is about is now. Where it is about neither a rollout nor an alert, only a person knows.
fn matter(look: &Look<'_>, rollout: Option<RolloutId>, alert: Option<AlertId>) -> PageMatter {
    let ended = rollout.and_then(|id| look.state.rollouts.get(&id)).map(|rollout| match rollout.reverted {
        Some(_) => !rollout.is_reverting(),
        None => rollout.is_over(),
    });
    let alert = alert.and_then(|id| look.state.alerts.alerts.get(&id));
    let is_drill = alert.is_some_and(|alert| alert.purpose == Purpose::Drill);
    match (ended, alert.map(|alert| alert.resolved_at.is_some())) {
        (Some(true), None | Some(true)) | (None, Some(true)) => PageMatter::Over,
        _ if is_drill => PageMatter::Drill,
        _ => PageMatter::GoesOn,
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
