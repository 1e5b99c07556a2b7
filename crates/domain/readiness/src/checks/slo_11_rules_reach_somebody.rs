//! SLO-11: alerts are well tested. Every rule that may page has fired, for real or as a drill, and reached a person in
//! the last 90 days.

use jiff::{SignedDuration, Timestamp};

use crate::{Check, Clock, Evidence, Exposure, Kind, Section, ServiceSnapshot, Verdict};

/// How long it counts that a rule reached somebody, whatever the tier: PRACTICES SLO-11.
const COUNTS_FOR: SignedDuration = SignedDuration::from_hours(24 * 90);

/// Rules that a sentence names.
const NAMED_MAX: usize = 3;

/// The check.
pub(super) const CHECK: Check = Check {
    row: "SLO-11",
    title: "Every rule that pages has reached a person",
    remedy: "fire each rule as a drill and take its page: `seaworthy rules --service SERVICE`, `seaworthy rules drill RULE`",
    section: Section::Monitoring,
    needed_at: Exposure::TenPercent,
    reads: &[Kind::Rules],
    evaluate,
};

fn evaluate(facts: &ServiceSnapshot, clock: &Clock) -> Verdict {
    let rules = &facts.paging_rules;
    let fresh = |at: Timestamp| clock.counts(at, COUNTS_FOR).is_some();
    let silent: Vec<&str> =
        rules.iter().filter(|r| r.reached.is_none_or(|(at, _)| !fresh(at))).map(|r| r.name.as_str()).collect();
    let oldest = rules.iter().filter_map(|rule| rule.reached).min();
    match (oldest, silent.as_slice()) {
        (None, []) => Verdict::Unknown { missing: "no rule watches it: no objective, probe or alert".to_owned() },
        (Some((at, position)), []) => Verdict::Holds {
            seen: match rules.len() {
                1 => "its one rule reached a person".to_owned(),
                n => format!("each of its {n} rules reached a person"),
            },
            evidence: Evidence { position, at, seen_by: "the person who took the page".to_owned() },
            expires_at: at + COUNTS_FOR,
        },
        (_, silent) => {
            let more = silent.len().saturating_sub(NAMED_MAX);
            let names = silent[..silent.len().min(NAMED_MAX)].join(", ");
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            let missing = match rules.len() {
                1 => format!("its one rule reached nobody in 90 days: {names}"),
                n => format!("{} of {n} rules reached nobody in 90 days: {names}{more}", silent.len()),
            };
            Verdict::Unknown { missing }
        }
    }
}
