//! "Who owns this?": finds the services a person may mean by a name, an address, a team or a colleague.

use std::fmt;

use seaworthy_model::{PersonId, ServiceId, TeamId};

use crate::{Catalogue, Service};

/// Most candidates in an answer: a person reads ten, not a hundred.
pub const CANDIDATES_MAX: usize = 20;

/// Shortest text that is looked for inside names: shorter ones are in most of them.
const PART_MIN: usize = 3;

/// Most slips of one word: two letters swapped are two. Long names differ by more when they mean another thing.
const SLIPS_MAX: usize = 2;

/// Longest text compared letter by letter: no name is longer.
const NEAR_MAX: usize = 64;

/// How sure it is that a service is meant, best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sure {
    /// It is.
    Certain,
    /// Probably: nothing more exact was found, but another could be meant.
    Likely,
    /// Perhaps.
    Possible,
}

/// What matched; the order breaks ties.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Because {
    /// The name.
    Name,
    /// The name, but for upper and lower case.
    NameInOtherCase,
    /// The route that serves the address.
    Route(String),
    /// A route of another path on the host asked for.
    SameHost(String),
    /// The team that owns it.
    Team(TeamId),
    /// A person on call for it or in the team that owns it.
    Person(PersonId, TeamId),
    /// A part of the name.
    PartOfName,
    /// A name that differs by a slip or two.
    NearName,
}

impl fmt::Display for Because {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name => f.write_str("its name"),
            Self::NameInOtherCase => f.write_str("its name, in another case"),
            Self::Route(route) => write!(f, "route {route}"),
            Self::SameHost(route) => write!(f, "route {route} is on that host"),
            Self::Team(team) => write!(f, "team \"{team}\" owns it"),
            Self::Person(person, team) => write!(f, "\"{person}\" is of team \"{team}\", which owns it"),
            Self::PartOfName => f.write_str("a part of its name"),
            Self::NearName => f.write_str("a name much like it"),
        }
    }
}

/// One service that may be meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// The service.
    pub service: ServiceId,
    /// How sure.
    pub sure: Sure,
    /// What matched.
    pub because: Because,
}

/// Returns the services that `query` may mean, best first, each once: a service's name, a URL, a host, a path, a team
/// or a person. Empty when nothing matches.
pub fn who(catalogue: &Catalogue, query: &str) -> Vec<Candidate> {
    let query = query.trim();
    if query.is_empty() {
        return Vec::new();
    }
    let mut found: Vec<Candidate> = catalogue
        .services()
        .filter_map(|service| {
            let best = by_name(service, query).into_iter().chain(by_people(catalogue, service, query)).min();
            best.map(|(sure, because)| Candidate { service: service.name.clone(), sure, because })
        })
        .collect();
    if let Some(address) = Address::parse(query) {
        found.extend(by_route(catalogue, &address));
    }
    found.sort_by(|a, b| (a.sure, &a.because, &a.service).cmp(&(b.sure, &b.because, &b.service)));
    let mut seen = std::collections::BTreeSet::new();
    found.retain(|candidate| seen.insert(candidate.service.clone()));
    found.truncate(CANDIDATES_MAX);
    found
}

fn by_name(service: &Service, query: &str) -> Option<(Sure, Because)> {
    let (name, asked) = (service.name.as_str().to_ascii_lowercase(), query.to_ascii_lowercase());
    if service.name.as_str() == query {
        Some((Sure::Certain, Because::Name))
    } else if name == asked {
        Some((Sure::Likely, Because::NameInOtherCase))
    } else if asked.len() >= PART_MIN && name.contains(&asked) {
        Some((Sure::Possible, Because::PartOfName))
    } else if (PART_MIN + 1..=NEAR_MAX).contains(&asked.len())
        && slips(&name, &asked) <= (asked.len() / 4).min(SLIPS_MAX)
    {
        Some((Sure::Possible, Because::NearName))
    } else {
        None
    }
}

fn by_people(catalogue: &Catalogue, service: &Service, query: &str) -> Option<(Sure, Because)> {
    if service.owner.as_str().eq_ignore_ascii_case(query) {
        return Some((Sure::Likely, Because::Team(service.owner.clone())));
    }
    let members = catalogue.teams().filter(|team| team.name == service.owner).flat_map(|team| &team.members);
    let turns = catalogue.rotations().filter(|r| r.team == service.owner).flat_map(|r| &r.participants);
    let person = members.chain(turns).find(|person| person.as_str().eq_ignore_ascii_case(query))?;
    Some((Sure::Possible, Because::Person(person.clone(), service.owner.clone())))
}

/// What of a query could be an address.
struct Address {
    host: Option<String>,
    path: Option<String>,
}

impl Address {
    /// Reads `https://user@host:port/path?query`, `host/path`, `host` with a dot, or `/path`.
    fn parse(query: &str) -> Option<Self> {
        let (scheme, rest) = query.split_once("://").map_or((None, query), |(scheme, rest)| (Some(scheme), rest));
        let rest = rest.split(['?', '#']).next().unwrap_or_default();
        let (authority, path) = match rest.find('/') {
            Some(at) => (&rest[..at], Some(rest[at..].to_owned())),
            None => (rest, None),
        };
        let host = authority.rsplit('@').next().unwrap_or_default();
        let host = host.split(':').next().unwrap_or_default().to_ascii_lowercase();
        if host.is_empty() {
            return path.map(|path| Self { host: None, path: Some(path) });
        }
        let looks_like_host = scheme.is_some() || host.contains('.') || host == "localhost" || path.is_some();
        looks_like_host.then_some(Self { host: Some(host), path })
    }
}

/// Returns the services whose route would serve the address, and those beside it on the same host.
fn by_route(catalogue: &Catalogue, address: &Address) -> Vec<Candidate> {
    let path = address.path.as_deref().unwrap_or("/");
    let mut routes = Vec::new();
    for service in catalogue.services() {
        for route in &service.routes {
            let named = address.host.as_ref().is_some_and(|host| route.hosts.contains(host));
            if named || route.hosts.is_empty() || address.host.is_none() {
                routes.push((service, route, named, covers(&route.path, path)));
            }
        }
    }
    // A named host goes before every host, then the longest path: as the gateway chooses.
    let best =
        routes.iter().filter(|(.., covers)| *covers).map(|(_, route, named, _)| (*named, route.path.len())).max();
    let candidate = |(service, route, named, covers): (&Service, &crate::Route, bool, bool)| {
        let shown = if named {
            format!("{}{}", address.host.as_deref().unwrap_or_default(), route.path)
        } else {
            route.to_string()
        };
        let (sure, because) = if covers && best == Some((named, route.path.len())) {
            (if named { Sure::Certain } else { Sure::Likely }, Because::Route(shown))
        } else if named && address.path.is_none() {
            (Sure::Possible, Because::SameHost(shown))
        } else {
            return None;
        };
        Some(Candidate { service: service.name.clone(), sure, because })
    };
    routes.into_iter().filter_map(candidate).collect()
}

/// Returns whether a path lies under a prefix, on segment boundaries.
fn covers(prefix: &str, path: &str) -> bool {
    let prefix = prefix.trim_end_matches('/');
    path.strip_prefix(prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Returns the word that a mistyped one most likely means: the nearest, without regard to case, `-` and `_`,
/// at most a slip in four letters and two slips away. None when no word is near.
pub fn nearest<'a>(asked: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let plain = |text: &str| text.replace(['-', '_'], "").to_ascii_lowercase();
    let asked: String = plain(asked).chars().take(NEAR_MAX).collect();
    let near = |word: &'a str| {
        let distance = slips(&plain(word), &asked);
        (asked.len() >= PART_MIN && distance <= asked.len().div_ceil(4).min(SLIPS_MAX)).then_some((distance, word))
    };
    known.into_iter().filter_map(near).min().map(|(_, word)| word)
}

/// Counts the letters to insert, drop or replace to make one text of the other (Levenshtein 1966); names are short.
fn slips(one: &str, other: &str) -> usize {
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (i, a) in one.bytes().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], i + 1);
        for (j, b) in other.bytes().enumerate() {
            let above = row[j + 1];
            row[j + 1] = (diagonal + usize::from(a != b)).min(above + 1).min(row[j] + 1);
            diagonal = above;
        }
    }
    row[other.len()]
}
