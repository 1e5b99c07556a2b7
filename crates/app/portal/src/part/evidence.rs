//! Who saw it, when, for how long that counts, and where it stands in the ledger.

use askama::Template;
use jiff::Timestamp;
use seaworthy_contract::api::Finding;
use seaworthy_model::Position;

use super::{When, prints_itself};
use crate::text;

/// Part of a term, in percent, after which the life line turns amber.
const LATE_PERCENT: u64 = 80;

/// A link to an event.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "components/ledger_link.html")]
pub struct LedgerLink {
    /// Its place.
    pub position: Position,
    /// The same with its thousands apart.
    pub text: String,
}

impl LedgerLink {
    /// Links to a position.
    pub fn new(position: Position) -> Self {
        Self { position, text: text::count(position) }
    }
}

/// The age of a fact inside its term.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Life {
    /// Part of the term that is over, in percent.
    pub percent: u64,
    /// Whether it runs out soon.
    pub late: bool,
    /// The same in words.
    pub label: String,
}

impl Life {
    /// Draws the life of a fact; none when it has no term.
    pub fn new(at: Timestamp, expires_at: Timestamp, now: Timestamp) -> Option<Self> {
        let term = expires_at.duration_since(at).as_millis();
        if term <= 0 {
            return None;
        }
        let over = now.duration_since(at).as_millis().clamp(0, term);
        let percent = u64::try_from(over * 100 / term).unwrap_or(100);
        let label = format!("seen {}, good until {}", text::age(at, now), text::utc(expires_at, "%-d %b %Y"));
        Some(Self { percent, late: percent >= LATE_PERCENT, label })
    }
}

/// What proves something.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "components/evidence.html")]
pub struct EvidenceLine {
    /// Its life line.
    pub life: Option<Life>,
    /// Who or what saw it.
    pub seen_by: String,
    /// When.
    pub seen: When,
    /// Where it stands.
    pub position: LedgerLink,
    /// Until when it counts.
    pub until: Option<When>,
}

impl EvidenceLine {
    /// Shows the evidence of a finding; none when it has none.
    pub fn of(finding: &Finding, now: Timestamp) -> Option<Self> {
        let evidence = finding.evidence.as_ref()?;
        let life = Life::new(evidence.at, evidence.expires_at, now);
        Some(Self {
            until: life.is_some().then(|| When::until(evidence.expires_at)),
            life,
            seen_by: evidence.seen_by.clone(),
            seen: When::age(evidence.at, now),
            position: LedgerLink::new(evidence.position),
        })
    }
}

prints_itself!(LedgerLink, EvidenceLine);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_life_line_stays_inside_its_term() {
        let at = |s| Timestamp::from_second(s).expect("in range");
        let life = |now| Life::new(at(100), at(200), at(now)).map(|life| (life.percent, life.late));
        assert_eq!(life(100), Some((0, false)));
        assert_eq!(life(179), Some((79, false)));
        assert_eq!(life(180), Some((80, true)));
        assert_eq!(life(900), Some((100, true)), "over is over");
        assert_eq!(life(5), Some((0, false)), "a clock that went back is not a negative age");
        assert_eq!(Life::new(at(5), at(5), at(9)), None, "no term, no line");
    }
}
