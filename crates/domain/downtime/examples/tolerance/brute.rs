//! Tolerance by brute force: from every service everything is walked and every pair is compared. And random graphs, from a
//! seed, on which both ways must agree.

use std::collections::VecDeque;

use jiff::civil::date;
use seaworthy_model::ServiceId;

use super::tolerance::{Contradiction, HardDependency, Looser, Planned, Tolerance, Tolerances};

/// Services by number, what was said of each, and who needs whom hard.
#[derive(Debug, Clone)]
pub(crate) struct Graph {
    pub(crate) names: Vec<ServiceId>,
    pub(crate) said: Vec<Option<Planned>>,
    pub(crate) edges: Vec<(usize, usize)>,
}

/// Which of its two ends a contradiction is seen from.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum End {
    Consumer,
    Dependency,
}

/// What must be said of a service at one end: what stands at the other, whether that is certain, and how far it is.
type Worst = (Planned, Looser, usize);

impl Graph {
    pub(crate) fn new(said: Vec<Option<Planned>>, edges: Vec<(usize, usize)>) -> Self {
        let name = |number: usize| format!("s{number:05}").parse().expect("a good name");
        Self { names: (0..said.len()).map(name).collect(), said, edges }
    }

    /// A graph of so many services with four edges each; three services of ten say nothing.
    pub(crate) fn random(services: usize, chance: &mut Chance) -> Self {
        let said = (0..services).map(|_| chance.planned()).collect();
        let edges = (0..4 * services).map(|_| (chance.below(services), chance.below(services))).collect();
        Self::new(said, edges)
    }

    pub(crate) fn stated(&self) -> Vec<Tolerance> {
        let said = self.names.iter().zip(&self.said);
        let word = |(service, planned): (&ServiceId, &Option<Planned>)| {
            let (service, by) = (service.clone(), "head of retail".to_owned());
            Some(Tolerance { service, planned: planned.clone()?, by, since: date(2026, 1, 1) })
        };
        said.filter_map(word).collect()
    }

    pub(crate) fn tolerances(&self, stated: &[Tolerance]) -> Tolerances {
        let edge = |(consumer, dependency): &(usize, usize)| HardDependency {
            consumer: &self.names[*consumer],
            dependency: &self.names[*dependency],
        };
        Tolerances::new(stated, &self.edges.iter().map(edge).collect::<Vec<_>>())
    }

    /// Says what is wrong with contradictions that were found, as seen from some services.
    pub(crate) fn faults(&self, found: &[Contradiction], services: impl Iterator<Item = usize>) -> Vec<String> {
        let number = |service: &ServiceId| self.names.binary_search(service).expect("a known name");
        let mut of = vec![[const { Vec::new() }; 2]; self.names.len()];
        for one in found {
            let way: Vec<usize> = one.path.iter().map(number).collect();
            of[way[0]][0].push((one, way.clone()));
            of[way[way.len() - 1]][1].push((one, way));
        }
        let (needs, needed_by) = (self.neighbours(End::Consumer), self.neighbours(End::Dependency));
        let holds = |one: &Contradiction, way: &[usize]| {
            way.windows(2).all(|step| needs[step[0]].contains(&step[1]))
                && self.said[way[0]].as_ref() == Some(&one.asked)
                && self.said[way[way.len() - 1]].as_ref() == Some(&one.allowed)
                && one.allowed.is_looser_than(&one.asked) == one.looser
                && one.looser != Looser::No
        };
        let mut faults = Vec::new();
        for service in services {
            for (end, links) in [(End::Consumer, &needs), (End::Dependency, &needed_by)] {
                let (rows, want) = (&of[service][end as usize], self.worst(service, end, links));
                let is_told = |(one, way): &(&Contradiction, Vec<usize>)| {
                    let other = if end == End::Consumer { &one.allowed } else { &one.asked };
                    want.as_ref() == Some(&(other.clone(), one.looser, way.len() - 1))
                };
                if !rows.iter().all(|(one, way)| holds(one, way)) {
                    faults.push(format!("{service} as {end:?} has one that does not hold: {rows:?}"));
                }
                if want.is_some() != rows.iter().any(is_told) || want.is_none() != rows.is_empty() {
                    faults.push(format!("{service} as {end:?}: {want:?}, but {rows:?}"));
                }
            }
        }
        faults
    }

    /// Services next to each, seen from that end.
    pub(crate) fn neighbours(&self, end: End) -> Vec<Vec<usize>> {
        let mut links = vec![Vec::new(); self.names.len()];
        for (consumer, dependency) in &self.edges {
            let (from, to) = if end == End::Consumer { (consumer, dependency) } else { (dependency, consumer) };
            links[*from].push(*to);
        }
        links
    }

    /// Compares a service with everything that it needs, or that needs it.
    fn worst(&self, service: usize, end: End, links: &[Vec<usize>]) -> Option<Worst> {
        let own = self.said[service].as_ref()?;
        let mut worst: Option<Worst> = None;
        for (other, far) in walk(service, links) {
            let Some(theirs) = self.said[other].as_ref() else { continue };
            let looser = match end {
                End::Consumer => theirs.is_looser_than(own),
                End::Dependency => own.is_looser_than(theirs),
            };
            if looser != Looser::No && worst.as_ref().is_none_or(|known| is_worse((theirs, looser), known, end)) {
                worst = Some((theirs.clone(), looser, far));
            }
        }
        worst
    }
}

/// Everything that is reached, the nearest first, with how far it is.
pub(crate) fn walk(from: usize, links: &[Vec<usize>]) -> Vec<(usize, usize)> {
    let (mut met, mut reached) = (vec![false; links.len()], Vec::new());
    let mut queue = VecDeque::from([(from, 0)]);
    while let Some((at, far)) = queue.pop_front() {
        if !std::mem::replace(&mut met[at], true) {
            reached.push((at, far));
            queue.extend(links[at].iter().map(|next| (*next, far + 1)));
        }
    }
    reached
}

/// Whether what is further away is worse all the same: certain before not, hours before windows; seen from a consumer more
/// hours are worse, from a dependency none and then fewer; of windows the first by its words.
fn is_worse((planned, looser): (&Planned, Looser), known: &Worst, end: End) -> bool {
    use Planned::{HoursPerMonth as Hours, None, Window};
    if looser != known.1 {
        return looser == Looser::Yes;
    }
    match (planned, &known.0) {
        (Hours(one), Hours(other)) => {
            if end == End::Consumer {
                one > other
            } else {
                one < other
            }
        }
        (Window { when, zone }, Window { when: other, zone: there }) => (when, zone) < (other, there),
        (None, None) | (Window { .. }, _) => false,
        (None, _) | (_, Window { .. }) => true,
        (Hours(_), None) => false,
    }
}

/// A generator (SplitMix64; Steele, Lea, Flood, 2014): enough to draw graphs.
#[derive(Debug, Clone)]
pub(crate) struct Chance(pub(crate) u64);

impl Chance {
    /// A number below `limit`.
    pub(crate) fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % limit as u64).expect("below a usize")
    }

    /// What somebody may say of a service, if anything.
    pub(crate) fn planned(&mut self) -> Option<Planned> {
        match self.below(20) {
            0..6 => None,
            6 => Some(Planned::None),
            7..15 => Some(Planned::HoursPerMonth(self.below(400) as f64 / 10.0 + 0.1)),
            _ => {
                let (when, zone) = (format!("Sunday {:02}:00-05:00", self.below(5)), "Europe/London".to_owned());
                Some(Planned::Window { when, zone })
            }
        }
    }
}
