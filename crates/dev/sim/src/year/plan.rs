//! What happens in the year and when: drawn from the seed before it begins.

use std::collections::BTreeMap;

use seaworthy_model::{PageId, PersonId};

use super::organisation::{Line, Organisation, TEAM_SERVICES};
use super::{DAY, Size};
use crate::Ms;
use crate::random::Random;

const MINUTE: Ms = 60_000;
const HOUR: Ms = 60 * MINUTE;

/// Alerts of one service that ask for a person, in a year, and tickets.
const ALERTS_A_YEAR: f64 = 12.0;
const TICKETS_A_YEAR: f64 = 36.0;

/// Storms of a year: something that many stand on fails.
const STORMS_A_YEAR: f64 = 12.0;

/// Restarts and crashes of the server in a year: a release every two weeks, and what goes wrong.
const RESTARTS_A_YEAR: f64 = 36.0;

/// Times a year that the chat, or the telephones, are down.
const OUTAGES_A_YEAR: f64 = 20.0;

/// Deployments of one service in a year.
const DEPLOYS_A_YEAR: f64 = 26.0;

/// Silences of one service in a year.
const SILENCES_A_YEAR: f64 = 0.5;

/// Stand-ins of one rota in a year, half of them swaps, half of them time off.
const STAND_INS_A_YEAR: f64 = 26.0;

/// How long the same symptom of one service is quiet after it ended: what comes sooner would be the same fault.
const QUIET: Ms = 10 * MINUTE;

/// A fault as its source tells it.
#[derive(Debug, Clone)]
pub(super) struct Trouble {
    pub(super) service: usize,
    pub(super) symptom: &'static str,
    pub(super) begins: Ms,
    pub(super) ends: Ms,
    pub(super) is_ticket: bool,
}

/// Something that happens.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Happens {
    /// A source begins to tell of a fault, by its number.
    Begins(usize),
    /// A source tells that it is over.
    Ends(usize),
    /// The server ends, and is away for so long.
    Restart(Ms),
    /// The server ends in the next append: nothing of it is durable, or all of it and nobody was told.
    Crash { durable: bool },
    /// A service gets another version, which is well or not.
    Ship { service: usize, is_bad: bool },
    /// Nobody is to be told of a service for so long.
    Silence { service: usize, lasts: Ms },
    /// Somebody of a crew offers a day to another, who takes it; or is off, and another covers.
    StandIn { crew: usize, is_swap: bool },
    /// Somebody who read a message takes its page.
    Takes { page: PageId, person: PersonId },
    /// They say what it was worth.
    Judges { page: PageId, acted: bool },
    /// Time alone may make something due.
    Nudge,
    /// The judge looks at the step of a rollout.
    Judged { service: usize, is_bad: bool },
}

/// The whole plan.
pub(super) struct Plan {
    pub(super) troubles: Vec<Trouble>,
    pub(super) happens: Vec<(Ms, Happens)>,
    /// When a line is down.
    pub(super) outages: BTreeMap<Line, Vec<(Ms, Ms)>>,
    pub(super) until: Ms,
    busy: f64,
}

impl Plan {
    pub(super) fn new(random: &mut Random, size: Size, organisation: &Organisation) -> Self {
        let until = size.days * DAY;
        let mut plan =
            Self { troubles: Vec::new(), happens: Vec::new(), outages: BTreeMap::new(), until, busy: size.busy };
        plan.faults(random, size);
        plan.storms(random, organisation);
        plan.quiet();
        for (nth, trouble) in plan.troubles.iter().enumerate() {
            plan.happens.push((trouble.begins, Happens::Begins(nth)));
            plan.happens.push((trouble.ends, Happens::Ends(nth)));
        }
        plan.servers(random);
        plan.people(random, size, organisation.crews.len());
        for line in [Line::Chat, Line::Phone] {
            let times = plan.times(random, OUTAGES_A_YEAR);
            let outages = times.into_iter().map(|at| (at, at + random.between(10 * MINUTE, 4 * HOUR)));
            plan.outages.insert(line, outages.collect());
        }
        plan
    }

    /// Draws instants of the plan, so many a year.
    fn times(&self, random: &mut Random, a_year: f64) -> Vec<Ms> {
        let expected = a_year * self.busy * self.until as f64 / (365 * DAY) as f64;
        let count = expected as u64 + u64::from(random.chance(expected.fract()));
        (0..count).map(|_| random.between(DAY, self.until)).collect()
    }

    fn faults(&mut self, random: &mut Random, size: Size) {
        for service in 0..size.services {
            for (is_ticket, a_year) in [(false, ALERTS_A_YEAR), (true, TICKETS_A_YEAR)] {
                for begins in self.times(random, a_year) {
                    let lasts = if random.chance(0.6) { (MINUTE / 2, 12 * MINUTE) } else { (12 * MINUTE, 3 * HOUR) };
                    let ends = begins + random.between(lasts.0, lasts.1);
                    let symptom =
                        if is_ticket { "disk" } else { ["availability", "latency"][usize::from(random.chance(0.3))] };
                    self.troubles.push(Trouble { service, symptom, begins, ends, is_ticket });
                }
            }
        }
    }

    /// What many stand on fails, and each of them soon after; they are well again a little later than it.
    fn storms(&mut self, random: &mut Random, organisation: &Organisation) {
        for begins in self.times(random, STORMS_A_YEAR) {
            let crew = random.between(0, organisation.crews.len() as u64) as usize;
            let root = if random.chance(0.2) { 0 } else { crew * TEAM_SERVICES };
            let ends = begins + random.between(8 * MINUTE, 90 * MINUTE);
            let mut fault = |service, begins, ends| {
                self.troubles.push(Trouble { service, symptom: "availability", begins, ends, is_ticket: false });
            };
            fault(root, begins, ends);
            for service in organisation.dependants(root) {
                if random.chance(0.8) {
                    fault(service, begins + random.between(0, 2 * MINUTE), ends + random.between(0, 3 * MINUTE));
                }
            }
        }
    }

    /// Leaves out what begins while the same is still wrong.
    fn quiet(&mut self) {
        self.troubles.sort_by_key(|one| (one.service, one.symptom, one.begins));
        let mut last: Option<(usize, &'static str, Ms)> = None;
        self.troubles.retain(|one| {
            let over = last.filter(|(service, symptom, _)| (*service, *symptom) == (one.service, one.symptom));
            let is_kept = over.is_none_or(|(.., ends)| ends + QUIET < one.begins);
            if is_kept {
                last = Some((one.service, one.symptom, one.ends));
            }
            is_kept
        });
    }

    fn servers(&mut self, random: &mut Random) {
        for at in self.times(random, RESTARTS_A_YEAR) {
            let happens = match random.between(0, 3) {
                0 => Happens::Crash { durable: random.chance(0.5) },
                _ => Happens::Restart(random.between(1_000, 10 * MINUTE)),
            };
            self.happens.push((at, happens));
        }
    }

    fn people(&mut self, random: &mut Random, size: Size, crews: usize) {
        for service in 0..size.services {
            for at in self.times(random, DEPLOYS_A_YEAR) {
                self.happens.push((at, Happens::Ship { service, is_bad: random.chance(0.08) }));
            }
            for at in self.times(random, SILENCES_A_YEAR) {
                let lasts = random.between(30 * MINUTE, 4 * HOUR);
                self.happens.push((at, Happens::Silence { service, lasts }));
            }
        }
        for crew in 0..crews {
            for at in self.times(random, STAND_INS_A_YEAR) {
                self.happens.push((at, Happens::StandIn { crew, is_swap: random.chance(0.5) }));
            }
        }
    }
}
