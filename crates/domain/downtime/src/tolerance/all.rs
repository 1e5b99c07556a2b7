//! Tolerance of all services at once.
//!
//! What is asked spreads from consumers to what they need, the strictest first; what is allowed spreads the other way, the
//! loosest first. A service keeps the first word that reaches it and hands on no other, so all is worked out in a few walks
//! of the graph, whatever cycles are in it. Of windows it keeps two: one of them is another than its own.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::iter;

use seaworthy_model::ServiceId;

use super::graph::{Links, Spread};
use super::{Contradiction, Demand, HardDependency, Looser, Planned, Tolerance};

/// Windows that a service keeps of those that reach it.
const WINDOWS_KEPT: usize = 2;

/// Tolerance of all services, and who needs whom.
#[derive(Debug, Clone)]
pub struct Tolerances {
    /// Every service that is named, in order; numbers are places in it.
    names: Vec<ServiceId>,
    /// The group of each service of which something was said.
    said: Vec<Option<usize>>,
    /// Everything that was said, once each, in the order of [`Planned::order`].
    groups: Vec<Planned>,
    needed_by: Links,
    /// What reaches a service from whoever needs it, itself included: the strictest of none and hours, and windows.
    asked: [Spread; 2],
    /// What reaches a service from what it needs, itself included: the most hours, and windows.
    allowed: [Spread; 2],
}

/// What does not add up, by number.
struct Found {
    asked: usize,
    allowed: usize,
    looser: Looser,
    way: Vec<usize>,
}

impl Tolerances {
    /// Takes what was said (the last word on a service counts) and the hard dependencies, in which cycles may be.
    pub fn new(stated: &[Tolerance], hard: &[HardDependency<'_>]) -> Self {
        let ends = hard.iter().flat_map(|edge| [edge.consumer, edge.dependency]);
        let (names, numbers) = numbered(stated.iter().map(|word| &word.service).chain(ends));
        let (of, ends) = numbers.split_at(stated.len());
        let count = names.len();
        let last: BTreeMap<usize, &Planned> = of.iter().copied().zip(stated.iter().map(|word| &word.planned)).collect();
        let Groups { planned: groups, members } = Groups::new(last);
        let mut said = vec![None; count];
        for (group, services) in members.iter().enumerate() {
            services.iter().for_each(|service| said[*service] = Some(group));
        }
        let needs = Links::new(count, ends.chunks_exact(2).map(|edge| (edge[0], edge[1])));
        let needed_by = Links::new(count, ends.chunks_exact(2).map(|edge| (edge[1], edge[0])));
        let windows_from = groups.partition_point(|planned| !matches!(planned, Planned::Window { .. }));
        let (amounts, windows) = (0..windows_from, windows_from..groups.len());
        let group = |at: usize| (at, members[at].as_slice());
        let asked =
            [needs.spread(amounts.clone().map(group), 1), needs.spread(windows.clone().map(group), WINDOWS_KEPT)];
        let allowed =
            [needed_by.spread(amounts.rev().map(group), 1), needed_by.spread(windows.map(group), WINDOWS_KEPT)];
        let names = names.into_iter().cloned().collect();
        Self { names, said, groups, needed_by, asked, allowed }
    }

    /// Returns what a service has to keep to, its own word first and then who is nearest: none alone where anybody asks
    /// for none, else the fewest hours, and each window once. Empty where nobody said anything.
    pub fn demands(&self, service: &ServiceId) -> Vec<Demand> {
        if let Some(none) = self.none_asked(service) {
            return vec![none];
        }
        self.number(service).map(|at| self.walked(at)).unwrap_or_default()
    }

    /// Returns the nearest demand of none that falls on a service, its own word included.
    pub fn none_asked(&self, service: &ServiceId) -> Option<Demand> {
        let at = self.number(service)?;
        let is_none = |group: &usize| self.groups[*group] == Planned::None;
        let group = self.asked[0].groups(at).find(is_none)?;
        let mut way = self.asked[0].way_back(at, group);
        way.reverse();
        Some(Demand { planned: Planned::None, path: self.path(&way) })
    }

    /// Returns the loosest thing that a service leans on although it is allowed more than the service itself; one of which
    /// that is certain goes before one of which it cannot be said. None exactly where nothing it needs, near or far, is.
    pub fn leans_on(&self, consumer: &ServiceId) -> Option<Contradiction> {
        Some(self.contradiction(&self.loosest_below(self.number(consumer)?)?))
    }

    /// Returns what does not add up, by consumer and then dependency: of every service that is allowed more than somebody
    /// asks of it the strictest demand on it, and of every service that leans on something looser the loosest. Of equals
    /// the nearest, with a shortest way.
    pub fn contradictions(&self) -> Vec<Contradiction> {
        let mut found: BTreeMap<(usize, usize), Found> = BTreeMap::new();
        for at in 0..self.names.len() {
            for one in [self.strictest_above(at), self.loosest_below(at)].into_iter().flatten() {
                if let (Some(consumer), Some(dependency)) = (one.way.first(), one.way.last()) {
                    found.entry((*consumer, *dependency)).or_insert(one);
                }
            }
        }
        found.values().map(|one| self.contradiction(one)).collect()
    }

    fn strictest_above(&self, dependency: usize) -> Option<Found> {
        let allowed = self.said[dependency]?;
        let (looser, asked, mut way) = self.worst(&self.asked, dependency, |asked| (allowed, asked))?;
        way.reverse();
        Some(Found { asked, allowed, looser, way })
    }

    fn loosest_below(&self, consumer: usize) -> Option<Found> {
        let asked = self.said[consumer]?;
        let (looser, allowed, way) = self.worst(&self.allowed, consumer, |allowed| (allowed, asked))?;
        Some(Found { asked, allowed, looser, way })
    }

    /// The first of the words at a service that breaks something, certain ones before others; with the way back.
    fn worst(
        &self,
        spreads: &[Spread; 2],
        at: usize,
        allowed_and_asked: impl Fn(usize) -> (usize, usize),
    ) -> Option<(Looser, usize, Vec<usize>)> {
        let words = spreads.iter().flat_map(|spread| spread.groups(at).map(move |group| (spread, group)));
        let judged = words.map(|(spread, group)| {
            let (allowed, asked) = allowed_and_asked(group);
            (self.groups[allowed].is_looser_than(&self.groups[asked]), spread, group)
        });
        let broken = judged.filter(|(looser, ..)| *looser != Looser::No);
        let (looser, spread, group) = broken.min_by_key(|(looser, ..)| *looser == Looser::CannotSay)?;
        Some((looser, group, spread.way_back(at, group)))
    }

    /// Walks up from a service to everybody who needs it, the nearest first, and drops every demand that another covers.
    fn walked(&self, service: usize) -> Vec<Demand> {
        let up = self.needed_by.spread(iter::once((0, [service].as_slice())), 1);
        let covers = |one: usize, other: usize| self.groups[one].is_looser_than(&self.groups[other]) == Looser::No;
        let (mut met, mut kept) = (BTreeSet::new(), Vec::<(usize, usize)>::new());
        for who in up.reached() {
            let Some(group) = self.said[*who].filter(|group| met.insert(*group)) else { continue };
            if !kept.iter().any(|(_, other)| covers(*other, group)) {
                kept.retain(|(_, other)| !covers(group, *other));
                kept.push((*who, group));
            }
        }
        let demand = |(who, group): &(usize, usize)| Demand {
            planned: self.groups[*group].clone(),
            path: self.path(&up.way_back(*who, 0)),
        };
        kept.iter().map(demand).collect()
    }

    fn contradiction(&self, found: &Found) -> Contradiction {
        Contradiction {
            asked: self.groups[found.asked].clone(),
            allowed: self.groups[found.allowed].clone(),
            looser: found.looser,
            path: self.path(&found.way),
        }
    }

    fn path(&self, way: &[usize]) -> Vec<ServiceId> {
        way.iter().map(|at| self.names[*at].clone()).collect()
    }

    fn number(&self, service: &ServiceId) -> Option<usize> {
        self.names.binary_search(service).ok()
    }
}

/// Returns every service that is mentioned, once and in order, and the number of each mention in its turn.
fn numbered<'a>(mentioned: impl Iterator<Item = &'a ServiceId>) -> (Vec<&'a ServiceId>, Vec<usize>) {
    let mut met: HashMap<&ServiceId, usize> = HashMap::new();
    let first = |name| {
        let next = met.len();
        *met.entry(name).or_insert(next)
    };
    let mentions: Vec<usize> = mentioned.map(first).collect();
    let mut names: Vec<(&ServiceId, usize)> = met.into_iter().collect();
    names.sort_unstable();
    let mut number = vec![0; names.len()];
    names.iter().enumerate().for_each(|(place, (_, met))| number[*met] = place);
    (names.into_iter().map(|(name, _)| name).collect(), mentions.into_iter().map(|met| number[met]).collect())
}

/// What was said, once each and in the order of [`Planned::order`], and of which services.
struct Groups {
    planned: Vec<Planned>,
    members: Vec<Vec<usize>>,
}

impl Groups {
    fn new(said: BTreeMap<usize, &Planned>) -> Self {
        let mut said: Vec<(usize, &Planned)> = said.into_iter().collect();
        said.sort_by(|(_, one), (_, other)| one.order(other));
        let runs = || said.chunk_by(|(_, one), (_, other)| one.order(other).is_eq());
        let members = runs().map(|run| run.iter().map(|(service, _)| *service).collect());
        let planned = runs().filter_map(|run| run.first()).map(|(_, planned)| (*planned).clone());
        Self { planned: planned.collect(), members: members.collect() }
    }
}
