//! Seen before: how alike two incidents are, by what is known of both.

use std::collections::BTreeSet;

use seaworthy_model::ServiceId;

/// What an incident is compared by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Traits {
    /// The service.
    pub service: ServiceId,
    /// Rules that said so.
    pub rules: BTreeSet<String>,
    /// What was wrong.
    pub symptoms: BTreeSet<String>,
    /// Services that failed beside it.
    pub failing: BTreeSet<ServiceId>,
}

/// Fewer is not alike: the same service alone, or the same symptom elsewhere, says nothing.
pub const ALIKE_MIN: u32 = 4;

/// Says how alike two incidents are; [`ALIKE_MIN`] and more is alike. The same rule counts most, since somebody wrote it for
/// one thing; then the same symptom, the same service and the same failing dependency.
pub fn likeness(one: &Traits, other: &Traits) -> u32 {
    let same = |is: bool, points: u32| if is { points } else { 0 };
    same(!one.rules.is_disjoint(&other.rules), 3)
        + same(one.service == other.service, 2)
        + same(!one.symptoms.is_disjoint(&other.symptoms), 2)
        + same(!one.failing.is_disjoint(&other.failing), 2)
}
