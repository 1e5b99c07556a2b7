//! What changed before: how likely each change is the cause, by rules that a person could apply by hand.

use jiff::{SignedDuration, Timestamp};
use seaworthy_model::ServiceId;

/// How far back a change is looked at.
pub const LOOK_BACK: SignedDuration = SignedDuration::from_hours(2);

/// A change so short before is near.
pub const NEAR: SignedDuration = SignedDuration::from_mins(15);

/// How wrong the instant may be at which something is said to have begun: what counts in windows sees it late.
pub const SLACK: SignedDuration = SignedDuration::from_mins(1);

/// What kind of change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A version met more users.
    Rollout,
    /// Users went back to an older version.
    Revert,
    /// Traffic was shaped by hand.
    Control,
    /// What the catalogue says of it.
    Declaration,
    /// What a rule may ask for: who is told, not what users meet.
    Rule,
    /// A credential was withdrawn.
    Credential,
    /// A dependency began to fail.
    Failure,
    /// Announced work began.
    Work,
}

/// Whose change it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Relation {
    /// The service's own.
    Itself,
    /// Of something that it cannot work without, which we run.
    Needed,
    /// Of something that it cannot work without, which somebody else runs.
    Vendor,
    /// Of the whole installation.
    Everybody,
}

/// What both versions of a rollout show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arms {
    /// The new one fails more.
    CanaryWorse,
    /// Both fail alike.
    Alike,
    /// Nothing that means anything.
    Unknown,
}

/// Fewest requests of each version of which a share means something.
const REQUESTS_MIN: u64 = 100;

/// Says what the counts of both versions show, each failures of requests: where both fail, and neither twice as often, it is
/// not the new version. Whether the new one is worse is the judge's to say, not a comparison of two shares.
pub fn arms(canary: (u64, u64), stable: (u64, u64), judge_found_harm: bool) -> Arms {
    if judge_found_harm {
        return Arms::CanaryWorse;
    }
    let counted = canary.1 >= REQUESTS_MIN && stable.1 >= REQUESTS_MIN;
    let (of_canary, of_stable) = (share(canary), share(stable));
    let both_fail = of_canary.min(of_stable) >= FAILING_MIN;
    match counted && both_fail && of_canary < 2.0 * of_stable {
        true => Arms::Alike,
        false => Arms::Unknown,
    }
}

/// Smallest share of failures that is an outage worth comparing.
const FAILING_MIN: f64 = 0.01;

fn share((failures, requests): (u64, u64)) -> f64 {
    failures as f64 / requests.max(1) as f64
}

/// A change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// When it was.
    pub at: Timestamp,
    /// Whose service.
    pub service: Option<ServiceId>,
    /// What kind.
    pub kind: Kind,
    /// Whose change it is.
    pub relation: Relation,
    /// What both versions show, where it is a rollout.
    pub arms: Arms,
}

/// How likely a change is the cause.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Confidence {
    /// Look here first.
    Likely,
    /// Look here next.
    Possible,
    /// Something speaks against it.
    Unlikely,
}

/// A confidence with its reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Weighed {
    /// How likely.
    pub confidence: Confidence,
    /// Why, in words.
    pub why: &'static str,
}

/// Says how likely a change is the cause of what began at an instant; none where it is too long ago to be looked at.
pub fn weigh(change: &Change, began_at: Timestamp) -> Option<Weighed> {
    let before = began_at.duration_since(change.at);
    if before > LOOK_BACK {
        return None;
    }
    let (confidence, why) = judged(change, before);
    Some(Weighed { confidence, why })
}

fn judged(change: &Change, before: SignedDuration) -> (Confidence, &'static str) {
    use Confidence::{Likely, Possible, Unlikely};
    let near = before <= NEAR;
    match (change.kind, change.arms, change.relation) {
        // Both versions were asked at the same time: that says more than any clock.
        (_, Arms::CanaryWorse, Relation::Itself) => (Likely, "the new version fails more than the old one"),
        (_, Arms::CanaryWorse, _) => (Likely, "the new version of what it needs fails more than the old one"),
        (_, Arms::Alike, _) => (Unlikely, "both versions fail alike"),
        _ if before < -SLACK => (Unlikely, "it came after the failures began"),
        (Kind::Rule, ..) => (Unlikely, "it changes who is told, not what users meet"),
        (Kind::Failure, _, Relation::Itself) => (Unlikely, "it is another symptom of the same"),
        (Kind::Failure, _, Relation::Vendor) => (Likely, "somebody else's service that it needs failed first"),
        (Kind::Failure, ..) => (Likely, "what it cannot work without failed first"),
        (Kind::Credential, ..) if near => (Possible, "a credential was withdrawn shortly before"),
        (Kind::Credential, ..) => (Unlikely, "a credential was withdrawn long before"),
        (_, _, Relation::Itself) if near => (Likely, "its own change, shortly before"),
        (_, _, Relation::Itself) => (Possible, "its own change, earlier"),
        (_, _, Relation::Everybody) if near => (Possible, "a change for everybody, shortly before"),
        (_, _, Relation::Needed | Relation::Vendor) if near => (Possible, "a change of what it needs, shortly before"),
        _ => (Unlikely, "a change of something else, earlier"),
    }
}

/// What the changes come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Finding {
    /// This one, by its place in the list.
    Suspect(usize),
    /// Somebody else's service failed; nothing of ours is as likely.
    Vendor(usize),
    /// Nothing that changed here explains it.
    Unattributed,
}

/// Ranks changes: most likely first, and of those as likely the nearest before it began. Returns the order, as places in the
/// list given, and what it comes to.
pub fn finding(changes: &[Change], began_at: Timestamp) -> (Vec<(usize, Weighed)>, Finding) {
    let weighed = |(i, change): (usize, &Change)| Some((i, weigh(change, began_at)?));
    let mut ranked: Vec<(usize, Weighed)> = changes.iter().enumerate().filter_map(weighed).collect();
    let distance = |i: usize| began_at.duration_since(changes[i].at).abs();
    // What arms show comes before what clocks show, and ours before a vendor's where both are as likely.
    let rank = |(i, weighed): &(usize, Weighed)| {
        let shown = changes[*i].arms == Arms::CanaryWorse;
        (weighed.confidence, !shown, changes[*i].relation == Relation::Vendor, distance(*i), *i)
    };
    ranked.sort_by_key(rank);
    let comes_to = match ranked.first() {
        Some((i, weighed)) if weighed.confidence < Confidence::Unlikely => match changes[*i].relation {
            Relation::Vendor => Finding::Vendor(*i),
            _ => Finding::Suspect(*i),
        },
        _ => Finding::Unattributed,
    };
    (ranked, comes_to)
}
