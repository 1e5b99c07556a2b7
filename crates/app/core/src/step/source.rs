//! Whose word counts: a document speaks for one source, and what it leaves out goes only where nobody would miss it.

use std::collections::BTreeMap;

use seaworthy_catalog::{Attached, Catalogue, Entity, Key, Kind, needs};
use seaworthy_contract::api::{Kept, KeptReason};
use seaworthy_contract::catalogue::Document;
use seaworthy_model::{PersonId, ServiceId};

use crate::ownership::entity;
use crate::watch::{InUse, Used};
use crate::{Refusal, State};

/// What to do about a service of two sources.
const TWO_SOURCES: &str =
    "take it out of one of the two, speak for the other with --source NAME, or move it here with --take SERVICE";

/// What the catalogue will be, and what of it the document does not say.
pub(super) struct Settled {
    pub wanted: Catalogue,
    pub kept: Vec<Kept>,
    /// What the source has not claimed yet, with the source that had.
    pub claims: BTreeMap<Key, Option<String>>,
}

/// Says whether the document's word on a person counts: no other source declares that person.
pub fn speaks_for(state: &State, document: &Document, person: &PersonId) -> bool {
    let declared = state.catalogue.get("person", person.as_str());
    declared.is_none_or(|known| known.declared_by.is_none() || known.declared_by == document.source)
}

/// Joins what the document says with what other sources say and with what must stay.
pub(super) fn settle(state: &State, document: &Document, used: &Used, said: Catalogue) -> Result<Settled, Refusal> {
    named_services_fit(state, document, &said)?;
    let mut settled = Settled { wanted: said, kept: Vec::new(), claims: BTreeMap::new() };
    let mut conflicts = Vec::new();
    let (mut stay, mut left_out) = (Vec::new(), Vec::new());
    for declared in state.catalogue.iter() {
        let known = entity(&declared.entity);
        let key = known.key();
        let by = declared.declared_by.as_deref();
        let is_foreign = by.is_some() && by != document.source.as_deref() && !is_named(&document.take, &key);
        match settled.wanted.get(&key) {
            Some(_) if is_foreign && key.kind == Kind::Service => conflicts.push((key, by)),
            Some(said) if is_foreign => {
                if *said != known {
                    settled.kept.push(other_source(&key, by));
                }
                stay.push(known);
            }
            Some(_) => {}
            None if is_foreign => stay.push(known),
            None if is_named(&document.retire, &key) => {}
            None if by != document.source.as_deref() => stay.push(known),
            None => match (in_use(state, used, &key), known) {
                (Some(kept), known) => {
                    settled.kept.push(kept);
                    stay.push(known);
                }
                (None, Entity::Attached(attached))
                    if leaves_out(state, document, &settled.wanted, &attached.service) =>
                {
                    left_out.push(attached);
                }
                (None, _) => {}
            },
        }
    }
    if !conflicts.is_empty() {
        return Err(two_sources(document, &conflicts));
    }
    settled.keep(state, stay);
    settled.watch(left_out);
    settled.claim(state, document);
    Ok(settled)
}

impl Settled {
    /// Puts in what stays, and what that cannot be without.
    fn keep(&mut self, state: &State, stay: Vec<Entity>) {
        let current = state.catalogue.as_rules();
        let needed = needs(&current, &stay);
        stay.into_iter().for_each(|entity| self.wanted.put(entity));
        for key in needed {
            let Some(entity) = current.get(&key).filter(|_| self.wanted.get(&key).is_none()) else { continue };
            self.wanted.put(entity.clone());
            let why = "something that stays refers to it".to_owned();
            self.kept.push(kept(&key, KeptReason::Needed, why));
        }
    }

    /// What is said of a service that its source leaves out stays where the service does: users may meet it, so its
    /// objectives and probes watch it until somebody names it.
    fn watch(&mut self, left_out: Vec<Attached>) {
        for attached in left_out {
            if self.wanted.has(Kind::Service, attached.service.as_str()) {
                let why = format!("it is said of service \"{}\", which stays", attached.service);
                let entity = Entity::Attached(attached);
                self.kept.push(kept(&entity.key(), KeptReason::Needed, why));
                self.wanted.put(entity);
            }
        }
    }

    fn claim(&mut self, state: &State, document: &Document) {
        let Some(source) = &document.source else { return };
        for sourced in &document.entities {
            let (kind, name) = sourced.entity.key();
            let by = state.catalogue.get(kind, name).and_then(|known| known.declared_by.as_ref());
            let key = entity(&sourced.entity).key();
            if by.is_none() || (by != Some(source) && is_named(&document.take, &key)) {
                self.claims.insert(key, by.cloned());
            }
        }
    }
}

/// Says whether a service is this source's, and the document does not say it.
fn leaves_out(state: &State, document: &Document, said: &Catalogue, service: &ServiceId) -> bool {
    let known = state.catalogue.get("service", service.as_str());
    known.is_some_and(|known| known.declared_by == document.source) && !said.has(Kind::Service, service.as_str())
}

/// Checks the names in `retire` and `take`: a slip there must not pass for a word that was meant.
fn named_services_fit(state: &State, document: &Document, said: &Catalogue) -> Result<(), Refusal> {
    for service in &document.retire {
        if said.has(Kind::Service, service.as_str()) {
            let why = format!("service \"{service}\" is still in the files: take it out of them first");
            return Err(Refusal::Invalid("retire", why));
        }
        let Some(known) = state.catalogue.get("service", service.as_str()) else {
            return Err(Refusal::Unknown("service", service.to_string()));
        };
        if let Some(other) = known.declared_by.as_deref().filter(|by| Some(*by) != document.source.as_deref()) {
            let mine = source_name(document);
            let why = format!("service \"{service}\" is declared by source \"{other}\", and this is {mine}");
            return Err(Refusal::State(why, "name that source with --source, and give its files"));
        }
    }
    match document.take.iter().find(|service| !said.has(Kind::Service, service.as_str())) {
        Some(service) => {
            Err(Refusal::Invalid("take", format!("service \"{service}\" is not in the files: declare it there")))
        }
        None => Ok(()),
    }
}

fn two_sources(document: &Document, conflicts: &[(Key, Option<&str>)]) -> Refusal {
    let mine = source_name(document);
    let lines = conflicts.iter().map(|(key, by)| {
        let other = by.unwrap_or_default();
        format!("service \"{}\" is declared by source \"{other}\" and by {mine}: one of them must have it", key.name)
    });
    Refusal::State(lines.collect::<Vec<_>>().join("; "), TWO_SOURCES)
}

fn source_name(document: &Document) -> String {
    document.source.as_ref().map_or_else(|| "a document without source".to_owned(), |name| format!("source \"{name}\""))
}

fn is_named(services: &[ServiceId], key: &Key) -> bool {
    key.kind == Kind::Service && services.iter().any(|service| service.as_str() == key.name)
}

/// Says why a service that its source leaves out stays all the same, if it does.
fn in_use(state: &State, used: &Used, key: &Key) -> Option<Kept> {
    let name: ServiceId = (key.kind == Kind::Service).then(|| key.name.parse().ok()).flatten()?;
    let latest = state.serving.get(&name).and_then(|serving| state.rollouts.get(&serving.latest?));
    let (reason, why) = match (used.get(&name), latest.filter(|record| !record.is_over())) {
        (Some(InUse::Asked(ago)), _) => {
            (KeptReason::Users, format!("its last request came {} ago", age(ago.as_secs())))
        }
        (_, Some(record)) => (KeptReason::Rollout, format!("{} is on its way to users", record.version())),
        (Some(InUse::NotKnown), None) => (
            KeptReason::NotKnown,
            "it serves, and was not watched for long enough to say that it has no users".to_owned(),
        ),
        (None, None) => return None,
    };
    Some(kept(key, reason, why))
}

fn age(seconds: u64) -> String {
    if seconds < 120 { format!("{seconds} s") } else { format!("{} min", seconds / 60) }
}

fn other_source(key: &Key, by: Option<&str>) -> Kept {
    kept(key, KeptReason::OtherSource, format!("source \"{}\" declares it, otherwise", by.unwrap_or_default()))
}

fn kept(key: &Key, reason: KeptReason, why: String) -> Kept {
    Kept { kind: key.kind.to_string(), name: key.name.clone(), reason, why }
}
