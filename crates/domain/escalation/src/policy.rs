//! What a team writes: steps, and how often all of it is repeated.

use jiff::SignedDuration;
use seaworthy_model::{PersonId, RotationId};

/// What a policy may ask for.
#[derive(Debug, Clone, Copy)]
pub struct Limits;

impl Limits {
    /// Steps of a policy.
    pub const STEPS: usize = 20;
    /// Whom a step calls.
    pub const TARGETS: usize = 10;
    /// How often a policy is repeated.
    pub const REPEATS: u8 = 9;
    /// Rungs of a ladder, with everything that it hands over to and every repetition: beyond it a page is a siren.
    pub const RUNGS: usize = 200;
    /// Shortest wait: less is no time to answer.
    pub const WAIT_MIN: SignedDuration = SignedDuration::from_mins(1);
    /// Longest wait: after a day nobody is being called any more.
    pub const WAIT_MAX: SignedDuration = SignedDuration::from_hours(24);
}

/// Steps, and how often all of it is repeated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// Its name.
    pub name: String,
    /// In order.
    pub steps: Vec<Step>,
    /// How often it begins anew when nobody has answered; 0 is once through.
    pub repeats: u8,
}

/// Whom a step calls, and how long it waits for an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// Whom it calls, all at once.
    pub targets: Vec<Target>,
    /// How long the next step waits.
    pub wait: SignedDuration,
}

/// Whom a step calls.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Target {
    /// Whoever is on call for the service by the owning team's rotation; level 0 is the primary.
    OnCall {
        /// 0 is the primary.
        level: u8,
    },
    /// Whoever is on call in a rotation that is named.
    Rotation {
        /// Which.
        rotation: RotationId,
        /// 0 is the primary.
        level: u8,
    },
    /// A person.
    Person(PersonId),
    /// Everybody of the owning team who is in its rotation.
    Team,
    /// Another policy, which takes over here.
    Policy(String),
}

/// The policy of a team that has written none: the primary, after five minutes the secondary, after five more everybody in
/// the rotation, and that twice again.
pub fn standard() -> Policy {
    let step = |target, minutes| Step { targets: vec![target], wait: SignedDuration::from_mins(minutes) };
    let steps =
        vec![step(Target::OnCall { level: 0 }, 5), step(Target::OnCall { level: 1 }, 5), step(Target::Team, 15)];
    Policy { name: "standard".to_owned(), steps, repeats: 2 }
}
