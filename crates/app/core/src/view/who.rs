//! "Who owns this?": a service, host, URL, route, team, person or rollout in; service, team and on-call out.

use seaworthy_contract::api::{WhoAnswer, WhoCandidate};
use seaworthy_contract::catalogue::{Entity, Service};

use super::{Look, on_call};
use crate::state::Declared;

/// Most candidates in an answer: what fits on a phone.
const CANDIDATES_MAX: usize = 10;

/// Answers a question; the best candidate first, none when nothing matches.
pub fn who(look: &Look<'_>, query: &str) -> WhoAnswer {
    let asked = Asked::new(query);
    let mut candidates: Vec<(u8, WhoCandidate)> = look
        .state
        .catalogue
        .services()
        .filter_map(|(service, declared)| {
            let (rank, confidence, because) = asked.matches(look, service)?;
            Some((rank, candidate(look, service, declared, confidence, because)))
        })
        .collect();
    candidates.sort_by(|(a, x), (b, y)| a.cmp(b).then_with(|| x.service.cmp(&y.service)));
    candidates.truncate(CANDIDATES_MAX);
    WhoAnswer { query: query.to_owned(), candidates: candidates.into_iter().map(|(_, c)| c).collect() }
}

fn candidate(
    look: &Look<'_>,
    service: &Service,
    declared: &Declared,
    confidence: &str,
    because: String,
) -> WhoCandidate {
    WhoCandidate {
        service: service.name.clone(),
        team: service.owner.clone(),
        on_call: on_call::view(look, service),
        confidence: confidence.to_owned(),
        because,
        source: declared.source.clone(),
    }
}

/// A question, taken apart.
struct Asked {
    text: String,
    host: String,
    path: String,
}

impl Asked {
    fn new(query: &str) -> Self {
        let text = query.trim().to_lowercase();
        let rest = text.split_once("://").map_or(text.as_str(), |(_, rest)| rest);
        let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
        let host = authority.split_once(':').map_or(authority, |(host, _)| host).to_owned();
        let path = format!("/{}", path.split(['?', '#']).next().unwrap_or_default());
        Self { host, path, text }
    }

    /// How well a service matches: lower ranks are surer.
    fn matches(&self, look: &Look<'_>, service: &Service) -> Option<(u8, &'static str, String)> {
        let name = service.name.as_str().to_lowercase();
        if self.text.is_empty() {
            return None;
        }
        if name == self.text {
            return Some((0, "certain", "the service's name".to_owned()));
        }
        if let Some(route) = self.route(service) {
            return Some(route);
        }
        if service.owner.as_str().to_lowercase() == self.text {
            return Some((2, "certain", format!("owned by team {}", service.owner)));
        }
        if let Some(person) = self.member(look, service) {
            return Some((3, "likely", format!("{person} is in team {}", service.owner)));
        }
        let needs = service.dependencies.iter().find(|d| d.service.as_str().to_lowercase() == self.text);
        if needs.is_some() && look.state.catalogue.get("service", &self.text).is_none() {
            return Some((4, "possible", format!("needs {}, which nobody has declared", self.text)));
        }
        let words = || self.text.split(|c: char| !(c.is_alphanumeric() || "-_.".contains(c)));
        if words().any(|word| word == name) {
            return Some((5, "likely", format!("the text names {name}")));
        }
        let described = service.description.as_ref().is_some_and(|d| d.to_lowercase().contains(&self.text));
        (name.contains(&self.text) || described)
            .then(|| (6, "possible", "its name or description holds the text".to_owned()))
    }

    fn route(&self, service: &Service) -> Option<(u8, &'static str, String)> {
        let hit = |route: &&seaworthy_contract::catalogue::Route| {
            let host = route.hosts.iter().any(|host| host.to_lowercase() == self.host);
            let path =
                self.path == route.path || self.path.starts_with(&format!("{}/", route.path.trim_end_matches('/')));
            let by_path_alone = route.hosts.is_empty() && self.host.is_empty() && route.path != "/";
            (host || by_path_alone) && path
        };
        let best = service.routes.iter().filter(hit).max_by_key(|route| route.path.len())?;
        let host = best.hosts.first().map_or("*", String::as_str);
        Some((1, "certain", format!("route {host}{}", best.path)))
    }

    fn member(&self, look: &Look<'_>, service: &Service) -> Option<String> {
        let team = look.state.catalogue.team(&service.owner)?;
        let person = team.members.iter().find(|person| {
            let called = look.display_name(person).map(|name| name.to_lowercase());
            person.as_str().to_lowercase() == self.text || called.as_deref() == Some(self.text.as_str())
        })?;
        let known = look.state.catalogue.get("person", person.as_str()).map(|d| matches!(d.entity, Entity::Person(_)));
        Some(match known {
            Some(true) => look.display_name(person).unwrap_or_else(|| person.to_string()),
            _ => person.to_string(),
        })
    }
}
