//! The three controls over a service's traffic, by name.

use std::fmt;

/// What can be set over a service's traffic to restore or protect it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ControlKind {
    /// A page of the team answers instead of the service.
    Shutter,
    /// No more than a rate or a share of users is let in.
    Throttle,
    /// Calls of one service to another are refused at once.
    Isolate,
}

impl ControlKind {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::Shutter, Self::Throttle, Self::Isolate];

    /// Returns its name: `shutter`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Shutter => "shutter",
            Self::Throttle => "throttle",
            Self::Isolate => "isolate",
        }
    }
}

impl fmt::Display for ControlKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
