//! The shape of a check, what it reads, and running them all.

use jiff::Timestamp;
use seaworthy_model::Tier;

use crate::clock::Clock;
use crate::finding::{Finding, Verdict};
use crate::snapshot::{Kind, Kinds, ServiceSnapshot};

/// One row of practice.
pub struct Check {
    /// Its id in the list of practices.
    pub row: &'static str,
    /// The statement that holds or does not.
    pub title: &'static str,
    /// What to do unless it holds.
    pub remedy: &'static str,
    /// The part of a review that it belongs to.
    pub section: Section,
    /// From which exposure on a service of the middle tier has to answer it.
    pub needed_at: Exposure,
    /// The kinds of fact that it looks at, and no others: only a change of these makes it look again.
    pub reads: &'static [Kind],
    /// Looks at the facts.
    pub evaluate: fn(&ServiceSnapshot, &Clock) -> Verdict,
}

/// The parts of a review.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Section {
    /// Who owns it, and what it is.
    Architecture,
    /// What it needs and what needs it.
    Dependencies,
    /// What it tells of itself.
    Instrumentation,
    /// What is watched and wakes somebody.
    Monitoring,
    /// What happens when it fails, and who comes.
    Response,
    /// How much it carries, and for how long it may be away.
    Capacity,
    /// How a change of it reaches users.
    Change,
    /// How good it is for its users.
    Performance,
    /// Who may do what.
    Security,
    /// What it asks of people.
    People,
}

impl Section {
    /// Every one, in the order of a review.
    pub const ALL: [Self; 10] = [
        Self::Architecture,
        Self::Dependencies,
        Self::Instrumentation,
        Self::Monitoring,
        Self::Response,
        Self::Capacity,
        Self::Change,
        Self::Performance,
        Self::Security,
        Self::People,
    ];

    /// What people call it.
    pub fn title(self) -> &'static str {
        match self {
            Self::Architecture => "Architecture and ownership",
            Self::Dependencies => "Dependencies",
            Self::Instrumentation => "Instrumentation",
            Self::Monitoring => "Monitoring",
            Self::Response => "Emergency response",
            Self::Capacity => "Capacity and downtime",
            Self::Change => "Change management",
            Self::Performance => "Performance",
            Self::Security => "Security",
            Self::People => "People",
        }
    }
}

/// How many users meet a service. Each step asks for the rows of those before it as well.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Exposure {
    /// People of the company only.
    Internal,
    /// One user in a hundred.
    OnePercent,
    /// One in ten.
    TenPercent,
    /// Everybody.
    All,
}

impl Exposure {
    /// Every one, the smallest first.
    pub const ALL: [Self; 4] = [Self::Internal, Self::OnePercent, Self::TenPercent, Self::All];

    /// Its name: `internal`, `1%`, `10%`, `all`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Internal => "internal",
            Self::OnePercent => "1%",
            Self::TenPercent => "10%",
            Self::All => "all",
        }
    }
}

impl Check {
    /// Returns from which exposure on it is required: a step earlier where it matters most that the service is up, a
    /// step later where it matters least; never for what would come after everybody.
    pub fn required_at(&self, tier: Tier) -> Option<Exposure> {
        let index = self.needed_at as usize;
        match tier {
            Tier::One => Some(Exposure::ALL[index.saturating_sub(1)]),
            Tier::Two => Some(self.needed_at),
            Tier::Three => Exposure::ALL.get(index + 1).copied(),
        }
    }

    /// Returns the kinds of fact that it looks at, as a set.
    pub(crate) fn kinds(&self) -> Kinds {
        self.reads.iter().copied().collect()
    }

    /// Answers it; what has expired is unknown, whatever a check says.
    pub(crate) fn answer(&self, facts: &ServiceSnapshot, clock: &Clock) -> Verdict {
        match (self.evaluate)(facts, clock) {
            Verdict::Holds { expires_at, .. } if clock.is_past(expires_at) => {
                Verdict::Unknown { missing: "what was seen is too old to count".to_owned() }
            }
            verdict => verdict,
        }
    }

    pub(crate) fn finding(&self, verdict: Verdict, tier: Tier) -> Finding {
        Finding {
            row: self.row,
            title: self.title,
            remedy: self.remedy,
            section: self.section,
            required_at: self.required_at(tier),
            verdict,
        }
    }
}

/// Runs every check from scratch.
pub fn evaluate(facts: &ServiceSnapshot, now: Timestamp) -> Vec<Finding> {
    let run = |check: &Check| check.finding(check.answer(facts, &Clock::at(now)), facts.tier);
    crate::checks::ALL.iter().map(run).collect()
}
