//! What needs somebody, soonest harm first, and what only waits for a word.

use seaworthy_contract::api::{
    OpenAlert, Page, PageMatter, PageState, Rollout, RolloutState, Service, Status, VersionState,
};
use seaworthy_model::Position;

use super::super::words::{OnCallWords, page_chip, page_to};
use super::wakes;
use crate::part::{Chip, LedgerLink, When};
use crate::text;

/// Something that needs somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Need {
    /// Its state.
    pub chip: Chip,
    /// Where it is dealt with.
    pub href: String,
    /// What it is.
    pub title: String,
    /// Why.
    pub reason: Option<String>,
    /// Who or what says so.
    pub source: &'static str,
    /// When.
    pub at: When,
    /// Where it stands in the ledger.
    pub position: Option<LedgerLink>,
    /// Whose it is.
    pub who: Vec<String>,
}

/// Returns what needs somebody.
pub(super) fn needs(status: &Status) -> Vec<Need> {
    let pages = status.pages.iter().filter(|page| page.matter == PageMatter::GoesOn);
    let pages = pages.map(|page| page_need(page, status));
    let down = status.services.iter().filter_map(|service| down_need(service, status));
    let held = status.rollouts.iter().filter(|r| r.state == RolloutState::Held).map(|r| held_need(r, status));
    let nobody = status.services.iter().filter(|s| s.on_call.is_none()).map(|service| nobody_need(service, status));
    let is_paged = |alert: &&OpenAlert| status.pages.iter().any(|page| page.alert == Some(alert.id));
    let alerts = status.alerts.iter().filter(|alert| wakes(alert) && !is_paged(alert)).map(|a| alert_need(a, status));
    let failing = status.services.iter().filter_map(|service| failing_need(service, status));
    pages.chain(alerts).chain(failing).chain(down).chain(held).chain(nobody).collect()
}

/// Returns pages that wait for a word and nothing else.
pub(super) fn unread(status: &Status) -> Vec<Need> {
    let pages = status.pages.iter().filter(|page| page.matter != PageMatter::GoesOn);
    pages.map(|page| page_need(page, status)).collect()
}

/// An alert whose page somebody took, or of which nobody was told yet.
fn alert_need(alert: &OpenAlert, status: &Status) -> Need {
    let service = status.services.iter().find(|service| service.name == alert.service);
    let is_taken = alert.page == Some(PageState::Acknowledged);
    Need {
        chip: if is_taken { Chip::run("Being dealt with") } else { Chip::bad("Alert") },
        href: format!("/alerts/{}", alert.id),
        title: text::sentence(&alert.sentence),
        reason: match (is_taken, &alert.now) {
            (true, Some(now)) => Some(format!("Somebody has its page. {}", text::sentence(now))),
            (true, None) => Some("Somebody has its page.".to_owned()),
            (false, now) => now.as_deref().map(text::sentence),
        },
        source: "began",
        at: When::age(alert.began_at, status.now),
        position: None,
        who: service.map(owners).unwrap_or_default(),
    }
}

/// A service that fails its users as was seen within two seconds, before its budget says so.
fn failing_need(service: &Service, status: &Status) -> Option<Need> {
    // An alert says more; and where it is folded or silenced, that is why nobody else is woken.
    let is_known = |alert: &OpenAlert| wakes(alert) || alert.folded || alert.silenced || alert.announced;
    let since = service.failing_since.filter(|_| !service.alerts.iter().any(is_known))?;
    Some(Need {
        chip: Chip::bad("Failing"),
        href: format!("/services/{}", service.name),
        title: service.sentence.clone(),
        reason: Some("Nobody is paged yet: that takes a share of its budget.".to_owned()),
        source: "gateways, since",
        at: When::age(since, status.now),
        position: None,
        who: owners(service),
    })
}

fn page_need(page: &Page, status: &Status) -> Need {
    let alert = status.alerts.iter().find(|alert| page.alert == Some(alert.id));
    Need {
        chip: page_chip(page),
        href: format!("/pages/{}", page.id),
        title: page.sentence.clone(),
        reason: match page.matter {
            PageMatter::Over => Some("It is over: somebody should say that they have read it.".to_owned()),
            PageMatter::GoesOn | PageMatter::Drill => alert.and_then(|alert| alert.now.as_deref()).map(text::sentence),
        },
        source: "paged",
        at: When::age(page.requested_at, status.now),
        position: link(page.position),
        who: vec![page.team.to_string(), page_to(page)],
    }
}

fn down_need(service: &Service, status: &Status) -> Option<Need> {
    let stable = service.versions.iter().find(|version| version.role == "stable")?;
    let (word, title, reason) = match stable.state {
        VersionState::Exited | VersionState::Failed => ("Down", service.sentence.clone(), None),
        VersionState::Failing => {
            let title = format!("{} {} fails its health check", service.name, stable.version);
            ("Failing", title, stable.reason.as_deref().map(text::sentence))
        }
        VersionState::Unknown | VersionState::Healthy => return None,
    };
    Some(Need {
        chip: Chip::bad(word),
        href: format!("/services/{}", service.name),
        title,
        reason,
        source: "supervisor",
        at: When::age(stable.since.unwrap_or(status.now), status.now),
        position: link(service.position),
        who: owners(service),
    })
}

fn held_need(rollout: &Rollout, status: &Status) -> Need {
    let service = status.services.iter().find(|service| service.name == rollout.service);
    Need {
        chip: Chip::held(format!("Held at {}", text::percent(rollout.share))),
        href: format!("/rollouts/{}", rollout.id),
        title: rollout.sentence.clone(),
        reason: rollout.reason.as_deref().map(text::sentence),
        source: "shipped",
        at: When::age(rollout.started_at, status.now),
        position: link(rollout.position),
        who: service.map(owners).unwrap_or_default(),
    }
}

fn nobody_need(service: &Service, status: &Status) -> Need {
    Need {
        chip: Chip::bad("Nobody"),
        href: format!("/services/{}", service.name),
        title: format!("{} has nobody on call", service.name),
        reason: Some(format!("A page about it would reach nobody. A rotation of team {} ends that.", service.owner)),
        source: "catalogue, read",
        at: When::age(service.declared_at, status.now),
        position: link(service.position),
        who: vec![service.owner.to_string()],
    }
}

fn link(position: Position) -> Option<LedgerLink> {
    Some(LedgerLink::new(position))
}

fn owners(service: &Service) -> Vec<String> {
    let on_call = service.on_call.as_ref().map(OnCallWords::of);
    let person = on_call.map_or_else(|| "nobody is on call".to_owned(), |words| format!("{} is on call", words.name));
    vec![service.owner.to_string(), person]
}
