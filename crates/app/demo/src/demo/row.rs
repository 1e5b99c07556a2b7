//! The readiness row that the story turns, in words: unknown, or when it was seen, how long it took, where it stands.

use seaworthy_contract::api::{Finding, Verdict};
use seaworthy_model::Timestamp;

use super::words;

/// Youngest age that is told, in seconds: the story asks ten times a second, so less would not be known.
const AGE_MIN_S: f64 = 0.1;

/// A row of readiness as it was at a moment.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Row {
    /// What the API said.
    pub(crate) finding: Finding,
    /// When it said so.
    pub(crate) at: Timestamp,
}

impl Row {
    /// Says what is known, with the age it had at that moment.
    pub(crate) fn words(&self) -> String {
        self.words_at(self.at)
    }

    /// Says what is known, with the age it has `now`: `seen 0.2 s ago, took 0.3 s, ledger #27`.
    pub(crate) fn words_at(&self, now: Timestamp) -> String {
        let Finding { verdict, sentence, evidence, .. } = &self.finding;
        match (verdict, evidence) {
            (Verdict::Unknown, _) => "unknown".to_owned(),
            (Verdict::Holds, Some(proof)) => {
                let age = words::time(now.duration_since(proof.at).as_secs_f64().max(AGE_MIN_S));
                let took = took(sentence).map(|took| format!(", took {took}")).unwrap_or_default();
                format!("seen {age} ago{took}, ledger #{}", proof.position)
            }
            (Verdict::Holds, None) => sentence.clone(),
            (Verdict::DoesNotHold, _) => format!("does not hold: {sentence}"),
            (Verdict::DoesNotApply, _) => format!("does not apply: {sentence}"),
        }
    }

    /// Returns its statement as part of a sentence: `"a revert was proven in production"`.
    pub(crate) fn title(&self) -> String {
        let title = &self.finding.title;
        let mut rest = title.chars();
        match rest.next() {
            // A title may begin with a name or an abbreviation: only a plain word loses its capital.
            Some(first) if rest.clone().next().is_none_or(|second| !second.is_uppercase()) => {
                format!("\"{}{}\"", first.to_lowercase(), rest.as_str())
            }
            _ => format!("\"{title}\""),
        }
    }

    /// Says what the row was before and what it is `now`.
    pub(crate) fn turn(before: Option<&Self>, after: Option<&Self>, now: Timestamp) -> Option<String> {
        let row = after.or(before)?;
        let turned = |before: &Self| before.finding.verdict != row.finding.verdict;
        let before = before.filter(|before| turned(before)).map(|before| format!("{} -> ", before.words()));
        Some(format!("{}: {}{}", row.title(), before.unwrap_or_default(), row.words_at(now)))
    }
}

/// Reads how long it took from the end of the sentence: `v2 was reverted, took 0.3 s`.
fn took(sentence: &str) -> Option<&str> {
    sentence.rsplit_once("took ").map(|(_, took)| took)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::fake;

    fn later(row: &Row, ms: i64) -> Timestamp {
        row.at + std::time::Duration::from_millis(ms.cast_unsigned())
    }

    #[test]
    fn the_turn_is_told_with_age_duration_and_place() {
        let (before, after) = (fake::unknown(), fake::proven());
        let turn = Row::turn(Some(&before), Some(&after), after.at);
        let want = "\"a revert was proven in production\": unknown -> seen 0.2 s ago, took 0.3 s, ledger #57";
        assert_eq!(turn.as_deref(), Some(want));
        let proof = after.finding.evidence.as_ref().expect("proven").at;
        assert_eq!(after.words_at(proof), "seen 0.1 s ago, took 0.3 s, ledger #57");
        assert_eq!(after.words_at(later(&after, 90_000)), "seen 90 s ago, took 0.3 s, ledger #57");
        assert_eq!(after.words_at(later(&after, 600_000)), "seen 10 min ago, took 0.3 s, ledger #57");
    }

    #[test]
    fn a_row_that_did_not_turn_is_told_once() {
        let (before, after) = (fake::unknown(), fake::proven());
        let told = |before, after: Option<&Row>| Row::turn(before, after, fake::proven().at).expect("a row");
        assert_eq!(told(Some(&before), None), "\"a revert was proven in production\": unknown");
        assert_eq!(told(Some(&before), Some(&before)), "\"a revert was proven in production\": unknown");
        assert!(told(Some(&after), Some(&after)).ends_with("production\": seen 0.2 s ago, took 0.3 s, ledger #57"));
        assert_eq!(Row::turn(None, None, after.at), None);
    }

    #[test]
    fn every_verdict_has_words() {
        let mut row = fake::proven();
        for (verdict, sentence, want) in [
            (Verdict::DoesNotHold, "took too long", "does not hold: took too long"),
            (Verdict::DoesNotApply, "not shipped here", "does not apply: not shipped here"),
            (Verdict::Holds, "v2 was reverted", "seen 0.2 s ago, ledger #57"),
        ] {
            (row.finding.verdict, row.finding.sentence) = (verdict, sentence.to_owned());
            assert_eq!(row.words(), want);
        }
        row.finding.evidence = None;
        assert_eq!(row.words(), "v2 was reverted");
        for (title, want) in [("SLO is met", "\"SLO is met\""), ("", "\"\""), ("A", "\"a\"")] {
            row.finding.title = title.to_owned();
            assert_eq!(row.title(), want);
        }
    }
}
