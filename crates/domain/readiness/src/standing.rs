//! What people said of a row beside what was seen: an exception that ends, an attestation that ends. Neither makes
//! anything hold: what was seen stands, and where it differs both are shown.

use jiff::Timestamp;
use seaworthy_model::Position;

use crate::check::Exposure;
use crate::finding::{Finding, Verdict};

/// Somebody said why a row does not apply, until when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exception {
    /// Why.
    pub because: String,
    /// Who, by handle.
    pub by: String,
    /// When it ends.
    pub until: Timestamp,
    /// Ledger position.
    pub position: Position,
}

/// Somebody said how it stands, in their own words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attestation {
    /// Whether they say that it holds.
    pub says: Says,
    /// In their words.
    pub words: String,
    /// Who, by handle.
    pub by: String,
    /// When they said it.
    pub at: Timestamp,
    /// Until when that counts.
    pub until: Timestamp,
    /// Ledger position.
    pub position: Position,
}

/// What an attestation says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Says {
    /// It holds.
    Holds,
    /// It does not.
    DoesNotHold,
}

/// A row with what was seen and what was said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// What was seen.
    pub finding: Finding,
    /// An exception in force.
    pub exception: Option<Exception>,
    /// An attestation in force.
    pub attested: Option<Attestation>,
}

impl Row {
    /// Puts words beside a finding, those that are over left out.
    pub fn new(finding: Finding, exception: Option<Exception>, attested: Option<Attestation>, now: Timestamp) -> Self {
        let exception = exception.filter(|one| one.until > now);
        let attested = attested.filter(|one| one.until > now);
        Self { finding, exception, attested }
    }

    /// Says whether it neither holds nor is excepted from.
    pub fn is_open(&self) -> bool {
        let answered = matches!(self.finding.verdict, Verdict::Holds { .. } | Verdict::DoesNotApply { .. });
        !answered && self.exception.is_none()
    }

    /// Says whether the team says something else than what was seen.
    pub fn differs(&self) -> bool {
        let says = self.attested.as_ref().map(|said| said.says);
        matches!(
            (says, &self.finding.verdict),
            (Some(Says::Holds), Verdict::DoesNotHold { .. }) | (Some(Says::DoesNotHold), Verdict::Holds { .. })
        )
    }
}

/// A step of exposure, and what it asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rung {
    /// The step.
    pub step: Exposure,
    /// Rows that this step asks for and the one before did not.
    pub asks: Vec<&'static str>,
    /// Rows that are open and that this step or one before it asks for.
    pub open: Vec<&'static str>,
}

/// Returns what each step asks for, the smallest first.
pub fn ladder(rows: &[Row]) -> Vec<Rung> {
    let rung = |step: Exposure| {
        let asks = rows.iter().filter(|row| row.finding.required_at == Some(step)).map(|row| row.finding.row);
        let by_now = |row: &&Row| row.finding.required_at.is_some_and(|at| at <= step) && row.is_open();
        Rung { step, asks: asks.collect(), open: rows.iter().filter(by_now).map(|row| row.finding.row).collect() }
    };
    Exposure::ALL.into_iter().map(rung).collect()
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;
    use crate::check::Section;
    use crate::finding::Evidence;

    const NOW: Timestamp = Timestamp::UNIX_EPOCH;

    fn finding(row: &'static str, required_at: Option<Exposure>, verdict: Verdict) -> Finding {
        Finding { row, title: "", remedy: "", section: Section::Change, required_at, verdict }
    }

    fn unknown() -> Verdict {
        Verdict::Unknown { missing: String::new() }
    }

    fn holds() -> Verdict {
        let evidence = Evidence { position: 1, at: NOW, seen_by: String::new() };
        Verdict::Holds { seen: String::new(), evidence, expires_at: NOW }
    }

    fn not() -> Verdict {
        Verdict::DoesNotHold { seen: String::new(), evidence: None }
    }

    fn later(s: i64) -> Timestamp {
        NOW + SignedDuration::from_secs(s)
    }

    fn exception(until: i64) -> Option<Exception> {
        let (because, by) = ("it has no users yet".to_owned(), "ines".to_owned());
        Some(Exception { because, by, until: later(until), position: 9 })
    }

    fn said(says: Says, until: i64) -> Option<Attestation> {
        let (words, by) = ("since January".to_owned(), "ines".to_owned());
        Some(Attestation { says, words, by, at: NOW, until: later(until), position: 8 })
    }

    #[test]
    fn words_never_make_anything_hold() {
        for (what, verdict, exception, attested, open, differs) in [
            ("nothing said", unknown(), None, None, true, false),
            ("the team says yes, nobody saw it", unknown(), None, said(Says::Holds, 9), true, false),
            ("the team says yes, it was seen not to", not(), None, said(Says::Holds, 9), true, true),
            ("the team says no, it was seen to", holds(), None, said(Says::DoesNotHold, 9), false, true),
            ("both say no", not(), None, said(Says::DoesNotHold, 9), true, false),
            ("a word that is over", not(), None, said(Says::Holds, 0), true, false),
            ("an exception", not(), exception(9), None, false, false),
            ("an exception that is over", not(), exception(0), None, true, false),
            ("an exception, and both stand beside it", not(), exception(9), said(Says::Holds, 9), false, true),
        ] {
            let row = Row::new(finding("DEP-12", None, verdict), exception, attested, NOW);
            assert_eq!((row.is_open(), row.differs()), (open, differs), "{what}");
        }
    }

    #[test]
    fn a_step_asks_for_its_rows_and_waits_for_those_before_it() {
        let of = |row, at, verdict| Row::new(finding(row, at, verdict), None, None, NOW);
        let rows = [
            of("A", Some(Exposure::Internal), holds()),
            of("B", Some(Exposure::OnePercent), unknown()),
            of("C", Some(Exposure::All), not()),
            of("D", None, not()),
        ];
        let said: Vec<String> = ladder(&rows)
            .iter()
            .map(|rung| format!("{} asks {:?}, open {:?}", rung.step.as_str(), rung.asks, rung.open))
            .collect();
        assert_eq!(
            said,
            [
                r#"internal asks ["A"], open []"#,
                r#"1% asks ["B"], open ["B"]"#,
                r#"10% asks [], open ["B"]"#,
                r#"all asks ["C"], open ["B", "C"]"#,
            ]
        );
    }
}
