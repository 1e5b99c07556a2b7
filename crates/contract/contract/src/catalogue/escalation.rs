//! An escalation policy as it is declared: whom a page calls next while nobody has taken it.

use jiff::SignedDuration;
use seaworthy_escalation::{Policy, Step, Target};
use seaworthy_model::{EscalationId, PersonId, RotationId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Steps, and how often all of it is repeated.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct EscalationPolicy {
    /// Its name.
    #[schema(value_type = String)]
    pub name: EscalationId,
    /// In order.
    pub steps: Vec<EscalationStep>,
    /// How often it begins anew when nobody has answered; 0 is once through.
    #[serde(default)]
    pub repeats: u8,
}

/// Whom a step calls, and how long it waits for an answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct EscalationStep {
    /// Whom it calls, all at once.
    pub call: Vec<Whom>,
    /// How long the next step waits, in milliseconds; nothing where it hands over to a policy.
    #[serde(default)]
    pub wait_ms: u64,
}

/// Whom a step calls.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "who", rename_all = "kebab-case")]
pub enum Whom {
    /// Whoever is on call for the service.
    OnCall {
        /// 0 is the primary.
        level: u8,
    },
    /// Whoever is on call in a rotation that is named.
    Rotation {
        /// Which.
        #[schema(value_type = String)]
        rotation: RotationId,
        /// 0 is the primary.
        level: u8,
    },
    /// A person.
    Person {
        /// Who.
        #[schema(value_type = String)]
        person: PersonId,
    },
    /// Everybody in the rotation of the service.
    Team,
    /// Another policy, which takes over here and stands alone in its step.
    Policy {
        /// Which.
        #[schema(value_type = String)]
        policy: EscalationId,
    },
}

impl EscalationPolicy {
    /// Returns it as the rules of escalation take it.
    pub fn as_rules(&self) -> Policy {
        let steps = self.steps.iter().map(|step| Step {
            targets: step.call.iter().map(Whom::as_rules).collect(),
            wait: SignedDuration::from_millis(i64::try_from(step.wait_ms).unwrap_or(i64::MAX)),
        });
        Policy { name: self.name.to_string(), steps: steps.collect(), repeats: self.repeats }
    }

    /// Returns everybody, every rotation and every policy that it names.
    pub fn named(&self) -> impl Iterator<Item = &Whom> {
        self.steps.iter().flat_map(|step| &step.call)
    }
}

impl Whom {
    fn as_rules(&self) -> Target {
        match self {
            Self::OnCall { level } => Target::OnCall { level: *level },
            Self::Rotation { rotation, level } => Target::Rotation { rotation: rotation.clone(), level: *level },
            Self::Person { person } => Target::Person(person.clone()),
            Self::Team => Target::Team,
            Self::Policy { policy } => Target::Policy(policy.to_string()),
        }
    }
}
