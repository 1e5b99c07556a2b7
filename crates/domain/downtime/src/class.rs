//! The words of the account: what was seen, how bad it was, and the one class of a second.

use std::fmt;

/// What a source saw of a function; the order is from best to worst.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Seen {
    /// The source could not see: silent, never once up, no credential. Not a kind of down.
    Unknown,
    /// Served.
    Up,
    /// Served worse than promised, or not to all.
    Degraded,
    /// Not served.
    Down,
}

/// How bad it was for users, in the words of public status pages; the order is from mild to grave.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Degraded.
    Minor,
    /// Down for some users or some functions.
    Major,
    /// Down for everybody.
    Critical,
}

/// From this share of users on, an outage is everybody's: a measured 100% is never quite reached.
const EVERYBODY: f64 = 0.99;

impl Severity {
    /// Returns how bad it is: degraded is minor; down is major where fewer than 99% of users are known to be met, and
    /// critical otherwise, also where nobody measured the share. None where nothing is wrong or nothing is known.
    pub fn of(seen: Seen, share_of_users: Option<f64>) -> Option<Self> {
        match seen {
            Seen::Unknown | Seen::Up => None,
            Seen::Degraded => Some(Self::Minor),
            Seen::Down if share_of_users.is_some_and(|share| share < EVERYBODY) => Some(Self::Major),
            Seen::Down => Some(Self::Critical),
        }
    }
}

/// The one class of a second. The order is what wins where sources differ: the last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// Nobody measured, or nobody could.
    Unknown,
    /// Served, outside any window.
    Up,
    /// Served, inside a window that was declared in advance: neither up nor down in the figures.
    UpInMaintenance,
    /// Served worse than promised.
    Degraded,
    /// Not served, inside a window that was declared in advance.
    DownPlanned,
    /// Not served.
    DownUnplanned,
}

impl Class {
    /// All of them, in the order in which they are shown.
    pub const ALL: [Self; 6] =
        [Self::Up, Self::Degraded, Self::DownUnplanned, Self::DownPlanned, Self::UpInMaintenance, Self::Unknown];

    /// Returns its name: `up`, `degraded`, `down-unplanned`, `down-planned`, `up-in-maintenance`, `unknown`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Up => "up",
            Self::Degraded => "degraded",
            Self::DownUnplanned => "down-unplanned",
            Self::DownPlanned => "down-planned",
            Self::UpInMaintenance => "up-in-maintenance",
            Self::Unknown => "unknown",
        }
    }
}

impl fmt::Display for Class {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}
