//! A copy of who owns what on this machine, for the hour in which the server does not answer.
//!
//! Written after an answer of the server, at most once a minute, readable by its user alone. It holds handles, no names
//! and no ways to reach anybody. What it answers says how old it is; somebody whose shift has ended since is not given.

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use jiff::{SignedDuration, Timestamp};
use seaworthy_contract::api::{OnCall, Service, WhoAnswer, WhoCandidate};
use seaworthy_lookup::{
    Candidate, Field, Format, Kind, Known, Owner, OwnerKind, Place, Reference, Term, Thing, What, find,
};
use serde::{Deserialize, Serialize};

/// How old a copy may be before another answer renews it.
const RENEWED_AFTER: SignedDuration = SignedDuration::from_mins(1);
/// Largest copy that is read: 20,000 services stay below it.
const BYTES_MAX: u64 = 32 << 20;

/// The copy.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Snapshot {
    server: String,
    pub(super) taken_at: Timestamp,
    services: Vec<Service>,
}

/// Returns where the copy of a server's catalogue lies: below `$XDG_STATE_HOME` or `~/.local/state`.
pub(super) fn default_path(server: &str) -> Option<PathBuf> {
    let set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let state = set("XDG_STATE_HOME").or_else(|| Some(set("HOME")?.join(".local/state")))?;
    let name: String = server.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    Some(state.join("seaworthy").join(format!("who-{}.json", name.trim_matches('-'))))
}

/// Returns whether a copy is there that is young enough.
pub(super) fn is_fresh(path: &Path, now: Timestamp) -> bool {
    let modified = fs::metadata(path).and_then(|metadata| metadata.modified()).ok();
    let modified = modified.and_then(|time| Timestamp::try_from(time).ok());
    modified.is_some_and(|at| now.duration_since(at) < RENEWED_AFTER)
}

impl Snapshot {
    /// Makes a copy; what would name or reach a person is left out.
    pub(super) fn of(server: &str, mut services: Vec<Service>, taken_at: Timestamp) -> Self {
        for service in &mut services {
            if let Some(on_call) = &mut service.on_call {
                on_call.display_name = None;
            }
            service.versions.clear();
            service.objectives.clear();
            service.alerts.clear();
        }
        Self { server: server.to_owned(), taken_at, services }
    }

    /// Writes it, whole or not at all.
    ///
    /// # Errors
    /// When the directory cannot be made or the file not be written.
    pub(super) fn write(&self, path: &Path) -> std::io::Result<()> {
        if let Some(directory) = path.parent() {
            fs::DirBuilder::new().recursive(true).mode(0o700).create(directory)?;
        }
        let beside = path.with_extension(format!("{}.tmp", std::process::id()));
        let mut file = fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&beside)?;
        file.write_all(&serde_json::to_vec(self)?)?;
        fs::rename(&beside, path)
    }

    /// Reads the copy of a server's catalogue; none where there is none that can be read.
    pub(super) fn read(path: &Path, server: &str) -> Option<Self> {
        if fs::metadata(path).ok()?.len() > BYTES_MAX {
            return None;
        }
        let snapshot: Self = serde_json::from_slice(&fs::read(path).ok()?).ok()?;
        (snapshot.server == server).then_some(snapshot)
    }

    /// Answers from the copy as the server would, and from more words.
    pub(super) fn answer(&self, query: &str, now: Timestamp) -> WhoAnswer {
        let known = Known { things: self.services.iter().map(thing).collect(), files: vec![] };
        let found = find(&known, query);
        let told = |candidate: &Candidate| {
            let service = self.services.iter().find(|service| service.name.as_str() == candidate.name)?;
            Some(WhoCandidate {
                service: service.name.clone(),
                team: service.owner.clone(),
                on_call: service.on_call.as_ref().and_then(|on_call| still(on_call, now)),
                confidence: candidate.sure.name().to_owned(),
                because: candidate.because.clone(),
                source: service.source.clone(),
            })
        };
        WhoAnswer { query: query.to_owned(), candidates: found.candidates.iter().filter_map(told).collect() }
    }
}

/// Whose shift has ended is not on call; who was to be next is not known to be.
fn still(on_call: &OnCall, now: Timestamp) -> Option<OnCall> {
    (on_call.until > now).then(|| on_call.clone())
}

fn thing(service: &Service) -> Thing {
    let (file, line) = service.source.rsplit_once(':').unwrap_or((&service.source, "1"));
    let place = Place { file: file.to_owned(), line: line.parse().unwrap_or(1) };
    let term = |what, text: String| Term { what, text: text.to_lowercase(), place: place.clone() };
    let mut terms = vec![term(What::Name, service.name.to_string())];
    for route in &service.routes {
        for host in &route.hosts {
            terms.push(term(What::Host, host.clone()));
            terms.push(term(What::Link, format!("{host}{}", route.path)));
        }
        if route.path != "/" {
            terms.push(term(What::Route, route.path.clone()));
        }
    }
    let needs: Vec<String> = service.dependencies.iter().map(|dependency| dependency.service.to_string()).collect();
    terms.extend(needs.iter().map(|name| term(What::Dependency, name.clone())));
    terms.extend(service.on_call.iter().map(|on_call| term(What::Person, on_call.person.to_string())));
    let references = needs.into_iter().map(|text| Reference { field: Field::DependsOn, text, place: place.clone() });
    Thing {
        kind: Kind::Service,
        name: service.name.to_string(),
        format: Format::Seaworthy,
        owners: vec![Owner {
            text: service.owner.to_string(),
            kind: OwnerKind::Team,
            format: Format::Seaworthy,
            place: place.clone(),
        }],
        references: references.collect(),
        terms,
        place,
        members: vec![],
    }
}

#[cfg(test)]
mod tests;
