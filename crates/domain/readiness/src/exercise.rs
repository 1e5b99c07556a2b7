//! The one next step: what proves or renews most rows for each minute of people's time.

use jiff::{SignedDuration, Timestamp};

use crate::finding::{Finding, Verdict};
use crate::snapshot::ServiceSnapshot;

/// What runs out within this time, and has two thirds of its life behind it, is worth renewing now: an exercise has to be
/// booked and done in a working week or two.
pub const RENEWED_WITHIN: SignedDuration = SignedDuration::from_hours(24 * 30);

/// Something that people can do, whose result is evidence.
#[derive(Debug)]
pub struct Exercise {
    /// Its name: `revert`.
    pub id: &'static str,
    /// What is done, in a sentence. `SERVICE` stands for the service.
    pub title: &'static str,
    /// How, with the command.
    pub how: &'static str,
    /// How long it takes, in minutes.
    pub minutes: u32,
    /// How many people it takes.
    pub people: u32,
    /// Rows that its result can answer.
    pub proves: &'static [&'static str],
    /// Whether it can be done with this service.
    fits: fn(&ServiceSnapshot) -> bool,
}

/// The one that is worth most.
#[derive(Debug)]
pub struct Next {
    /// The exercise.
    pub exercise: &'static Exercise,
    /// Rows that are unknown now and that it can answer.
    pub answers: Vec<&'static str>,
    /// Rows that hold, run out soon, and that it renews.
    pub renews: Vec<&'static str>,
}

/// Every exercise. A new one is an entry.
pub const EXERCISES: &[Exercise] = &[
    Exercise {
        id: "revert",
        title: "Let a version of SERVICE that fails be reverted in production, in working hours",
        how: "`seaworthy ship SERVICE VERSION` with a version that fails on purpose, at the first step; at most its \
              share of users meets it",
        minutes: 12,
        people: 2,
        proves: &["DEP-07", "DEP-08", "DEP-11", "DEP-12", "INC-01"],
        fits: |facts| facts.shipped_here,
    },
    Exercise {
        id: "controls",
        title: "Shutter, throttle and isolate SERVICE for two minutes each, as drills",
        how: "`seaworthy shutter SERVICE --drill --reason exercise`, then `throttle` and `isolate` the same way",
        minutes: 10,
        people: 2,
        proves: &["ADP-02", "ADP-09", "ADP-15"],
        fits: |facts| facts.shipped_here,
    },
    Exercise {
        id: "drill",
        title: "Fire each rule of SERVICE as a drill, and let whom it names take the page",
        how: "`seaworthy rules --service SERVICE`, then `seaworthy rules drill RULE`; take the page by the link in it",
        minutes: 10,
        people: 1,
        proves: &["OWN-04", "SLO-11", "TEL-03"],
        fits: |facts| !facts.paging_rules.is_empty() && facts.on_call.is_some(),
    },
    Exercise {
        id: "judge-pages",
        title: "Say what the last pages of SERVICE were worth",
        how: "one tap on each page, in the portal under Pages",
        minutes: 3,
        people: 1,
        proves: &["SLO-03"],
        fits: |facts| facts.pages.iter().any(|page| !page.drill && page.worth.is_none()),
    },
    Exercise {
        id: "collect-git",
        title: "Let the collector look at the repository of SERVICE",
        how: "`seaworthy collect git DIR --service SERVICE`",
        minutes: 3,
        people: 1,
        proves: &["DEP-33", "DEP-34", "OWN-08"],
        fits: |_| true,
    },
    Exercise {
        id: "collect-pipeline",
        title: "Let the collectors look at the pipeline and the tests of SERVICE",
        how: "`seaworthy collect github-actions FILE --service SERVICE`, or `gitlab`; and `collect junit DIR`",
        minutes: 5,
        people: 1,
        proves: &["DEP-02", "DEP-04", "DEP-06"],
        fits: |_| true,
    },
    Exercise {
        id: "collect-database",
        title: "Let the collector look at the database of SERVICE",
        how: "`seaworthy collect postgresql URL --service SERVICE`",
        minutes: 5,
        people: 1,
        proves: &["OWN-10", "OWN-11"],
        fits: |_| true,
    },
    Exercise {
        id: "collect-entry-points",
        title: "Let the collector look at the entry points of SERVICE from outside",
        how: "`seaworthy collect entry-points FILE --service SERVICE`",
        minutes: 3,
        people: 1,
        proves: &["CRD-06"],
        fits: |_| true,
    },
    Exercise {
        id: "tolerance",
        title: "Ask the business what planned downtime of SERVICE it tolerates, and write it down",
        how: "`tolerates` in its file, with who said so and since when; then `seaworthy apply`",
        minutes: 15,
        people: 2,
        proves: &["DWN-04", "DWN-13"],
        fits: |_| true,
    },
];

/// Returns the exercise that answers or renews most rows for each minute of people's time; of two that are worth the
/// same, the one of more rows, then the shorter one. None where nothing of it would change an answer.
pub fn next(findings: &[Finding], facts: &ServiceSnapshot, now: Timestamp) -> Option<Next> {
    let fitting = EXERCISES.iter().filter(|exercise| (exercise.fits)(facts));
    let worth = fitting.map(|exercise| worth(exercise, findings, now)).filter(|next| next.rows() > 0);
    worth.min_by(|a, b| {
        // Rows over minutes, the larger first, without a division: no rounding makes two of them equal.
        let (left, right) = (b.rows() as u64 * a.exercise.cost(), a.rows() as u64 * b.exercise.cost());
        left.cmp(&right).then(b.rows().cmp(&a.rows())).then(a.exercise.minutes.cmp(&b.exercise.minutes))
    })
}

fn worth(exercise: &'static Exercise, findings: &[Finding], now: Timestamp) -> Next {
    let (mut answers, mut renews) = (Vec::new(), Vec::new());
    for finding in findings.iter().filter(|finding| exercise.proves.contains(&finding.row)) {
        match &finding.verdict {
            Verdict::Unknown { .. } => answers.push(finding.row),
            Verdict::Holds { evidence, expires_at, .. } if runs_out(evidence.at, *expires_at, now) => {
                renews.push(finding.row);
            }
            _ => {}
        }
    }
    Next { exercise, answers, renews }
}

fn runs_out(at: Timestamp, expires_at: Timestamp, now: Timestamp) -> bool {
    let (left, life) = (now.duration_until(expires_at), at.duration_until(expires_at));
    left <= RENEWED_WITHIN && left.as_secs().saturating_mul(3) <= life.as_secs()
}

impl Next {
    /// Returns how many rows it would answer or renew.
    pub fn rows(&self) -> usize {
        self.answers.len() + self.renews.len()
    }
}

impl Exercise {
    /// Minutes of all people together.
    fn cost(&self) -> u64 {
        u64::from(self.minutes) * u64::from(self.people)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::{Exposure, Section};
    use crate::checks::tests::new_service;
    use crate::finding::Evidence;

    const NOW: Timestamp = Timestamp::UNIX_EPOCH;

    fn days(n: i64) -> Timestamp {
        NOW + SignedDuration::from_hours(24 * n)
    }

    fn finding(row: &'static str, verdict: Verdict) -> Finding {
        let (title, remedy, section) = ("", "", Section::Change);
        Finding { row, title, remedy, section, required_at: Some(Exposure::All), verdict }
    }

    fn unknown(row: &'static str) -> Finding {
        finding(row, Verdict::Unknown { missing: String::new() })
    }

    fn holds(row: &'static str, from: i64, until: i64) -> Finding {
        let evidence = Evidence { position: 1, at: days(from), seen_by: String::new() };
        finding(row, Verdict::Holds { seen: String::new(), evidence, expires_at: days(until) })
    }

    fn best(findings: &[Finding]) -> Option<(&'static str, usize, usize)> {
        next(findings, &new_service(), NOW).map(|next| (next.exercise.id, next.answers.len(), next.renews.len()))
    }

    #[test]
    fn the_next_exercise_is_worth_most_for_each_minute_of_people() {
        let not = finding("DEP-34", Verdict::DoesNotHold { seen: String::new(), evidence: None });
        for (what, findings, want) in [
            ("nothing to do", vec![], None),
            ("what is known not to hold needs no look", vec![not], None),
            ("what holds for long", vec![holds("DEP-12", -1, 89)], None),
            ("what runs out", vec![holds("DEP-12", -80, 10)], Some(("revert", 0, 1))),
            ("what runs out and is young", vec![holds("DEP-12", -5, 25)], None),
            (
                "one row in 3 minutes before four in 24",
                vec![unknown("DEP-08"), unknown("DEP-12"), unknown("DEP-11"), unknown("INC-01"), unknown("DEP-34")],
                Some(("collect-git", 1, 0)),
            ),
            ("two rows of a revert", vec![unknown("DEP-08"), holds("DEP-12", -80, 10)], Some(("revert", 1, 1))),
            (
                "of the same worth, the shorter one",
                vec![unknown("SLO-03"), unknown("CRD-06")],
                Some(("collect-entry-points", 1, 0)),
            ),
            (
                "of the same worth, that of more rows",
                vec![unknown("DEP-02"), unknown("OWN-10"), unknown("OWN-11"), unknown("DEP-04")],
                Some(("collect-pipeline", 2, 0)),
            ),
        ] {
            assert_eq!(best(&findings), want, "{what}");
        }
    }

    #[test]
    fn what_cannot_be_done_with_a_service_is_not_proposed() {
        let findings = [unknown("DEP-12"), unknown("TEL-03")];
        assert_eq!(best(&findings).map(|(id, ..)| id), Some("revert"), "no rule could be fired");
        let elsewhere = ServiceSnapshot { shipped_here: false, ..new_service() };
        assert!(next(&findings, &elsewhere, NOW).is_none());
    }
}
