//! Pages: requested by a revert or an alert, delivered or given up by channels, taken by a person.

use seaworthy_contract::events::page::{
    PageAcknowledgedV1, PageCalledV1, PageDeliveredV1, PageNewsV1, PageRequestedV1, PageToldV1, PageUndeliverableV1,
};
use seaworthy_escalation::Target;
use seaworthy_model::{PageId, RolloutId, ServiceId, Timestamp};

use super::escalation;
use crate::outbox;
use crate::state::{ChannelState, PageRecord};
use crate::{Cx, NewFact, Refusal, State};

/// The channel that is always there: the portal's own page. Delivered means that it can be seen there.
pub(crate) const PORTAL: &str = "portal";

/// The channel behind which the directory's contacts of the person stand.
pub(crate) const CONTACTS: &str = "contacts";

pub(super) fn request(
    state: &State,
    service: &ServiceId,
    rollout: impl Into<Option<RolloutId>>,
    sentence: String,
    began_at: Option<Timestamp>,
    key: String,
    cx: &mut Cx,
) -> Option<NewFact> {
    let entity = state.catalogue.service(service)?;
    let page = PageId::new(cx.now, &mut cx.entropy);
    let mut request = PageRequestedV1 {
        page,
        service: service.clone(),
        team: entity.owner.clone(),
        to: None,
        rotation: None,
        sentence,
        rollout: rollout.into(),
        began_at,
        channels: vec![PORTAL.to_owned()],
    };
    let mut called = escalation::first(state, entity, &request, cx.now).into_iter();
    if let Some((target, person)) = called.next() {
        request.rotation = match target {
            Target::OnCall { .. } | Target::Team => {
                state.catalogue.rotation_for(entity).map(|rotation| rotation.name.clone())
            }
            Target::Rotation { rotation, .. } => Some(rotation),
            Target::Person(_) | Target::Policy(_) => None,
        };
        request.to = Some(person);
        request.channels.push(CONTACTS.to_owned());
        request.channels.extend(called.map(|(_, person)| format!("rung-0/{person}")));
    }
    // Deciding twice (a restart between decision and fold) pages once.
    Some(NewFact::new(format!("page/{page}"), request).once(key))
}

pub(super) fn acknowledge(state: &State, page: PageId) -> Result<Vec<NewFact>, Refusal> {
    let record = state.pages.get(&page).ok_or_else(|| Refusal::Unknown("page", page.to_string()))?;
    if record.acknowledged.is_some() {
        return Ok(Vec::new());
    }
    Ok(vec![NewFact::new(format!("page/{page}"), PageAcknowledgedV1 { page })])
}

pub(super) fn delivered(state: &State, page: PageId, channel: &str, attempt: u32) -> Vec<NewFact> {
    if !waits(state.pages.get(&page), channel) {
        return Vec::new();
    }
    let event = PageDeliveredV1 { page, channel: channel.to_owned(), attempt };
    vec![NewFact::new(format!("page/{page}"), event).once(format!("page/{page}/{channel}"))]
}

pub(super) fn undeliverable(state: &State, page: PageId, channel: &str, attempts: u32, reason: &str) -> Vec<NewFact> {
    if !waits(state.pages.get(&page), channel) {
        return Vec::new();
    }
    let event = PageUndeliverableV1 { page, channel: channel.to_owned(), attempts, reason: reason.to_owned() };
    vec![NewFact::new(format!("page/{page}"), event).once(format!("page/{page}/{channel}"))]
}

/// A contact of somebody who was called took the page; with the first of them the channel has.
pub(super) fn called(state: &State, page: PageId, channel: &str, contact: u16, attempt: u32) -> Vec<NewFact> {
    let Some(record) = state.pages.get(&page).filter(|record| record.channels.contains_key(channel)) else {
        return Vec::new();
    };
    if record.climb.taken_by.get(channel).is_some_and(|known| known.contains_key(&contact)) {
        return Vec::new();
    }
    let event = PageCalledV1 { page, channel: channel.to_owned(), contact, attempt };
    let called = NewFact::new(format!("page/{page}"), event).once(format!("page/{page}/{channel}/{contact}"));
    [called].into_iter().chain(delivered(state, page, channel, attempt)).collect()
}

/// A contact was told what became of the page: once for each thing that it can be told.
pub(super) fn told(state: &State, page: PageId, channel: &str, contact: u16, news: PageNewsV1) -> Vec<NewFact> {
    let Some(record) = state.pages.get(&page) else { return Vec::new() };
    let was_called = record.climb.taken_by.get(channel).is_some_and(|contacts| contacts.contains_key(&contact));
    if !was_called || record.climb.told.contains(&(channel.to_owned(), contact, news)) {
        return Vec::new();
    }
    let event = PageToldV1 { page, channel: channel.to_owned(), contact, news };
    vec![NewFact::new(format!("page/{page}"), event).once(outbox::news_key(page, channel, contact, news))]
}

fn waits(record: Option<&PageRecord>, channel: &str) -> bool {
    record.is_some_and(|record| record.channels.get(channel) == Some(&ChannelState::Waiting))
}
