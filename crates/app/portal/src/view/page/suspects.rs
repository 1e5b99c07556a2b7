//! What changed before, in lines.

use seaworthy_contract::api::{Confidence, Page, Suspect, Suspects};

use crate::part::{Chip, LedgerLink, When};
use crate::view::words::actor;

/// A change that may be the cause.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SuspectLine {
    /// When it was.
    pub at: When,
    /// What it was.
    pub what: String,
    /// Where it is shown; none where it has no page of its own.
    pub href: Option<String>,
    /// Of which service, where it is another; of all of them, where it is nobody's.
    pub of: Option<String>,
    /// Who or what did it.
    pub by: String,
    /// How long before.
    pub before: String,
    /// How likely.
    pub chip: Chip,
    /// Why.
    pub why: String,
    /// Whether it is what to look at first.
    pub suspect: bool,
    /// Where it stands.
    pub position: LedgerLink,
}

pub(in crate::view) fn lines(suspects: &Suspects, page: &Page) -> Vec<SuspectLine> {
    suspects.changes.iter().map(|suspect| line(suspect, page.service.as_str())).collect()
}

pub(in crate::view) fn line(suspect: &Suspect, own: &str) -> SuspectLine {
    SuspectLine {
        at: When::short(suspect.at),
        what: suspect.sentence.clone(),
        href: suspect.rollout.map(|rollout| format!("/rollouts/{rollout}")),
        of: suspect.service.as_ref().map(ToString::to_string).filter(|of| of != own),
        by: actor(&suspect.by),
        before: before(suspect.before_s),
        chip: match suspect.confidence {
            Confidence::Likely => Chip::warn("likely"),
            Confidence::Possible => Chip::waits("possible"),
            Confidence::Unlikely => Chip::none("unlikely"),
        },
        why: suspect.why.clone(),
        suspect: suspect.confidence == Confidence::Likely,
        position: LedgerLink::new(suspect.position),
    }
}

/// How long before it began, as nobody has to reckon it: `2 min before it began`.
fn before(seconds: f64) -> String {
    let (word, seconds) = if seconds < 0.0 { ("after it began", -seconds) } else { ("before it began", seconds) };
    match seconds {
        s if s < 90.0 => format!("{s:.0}\u{a0}s {word}"),
        s => format!("{:.0}\u{a0}min {word}", s / 60.0),
    }
}
