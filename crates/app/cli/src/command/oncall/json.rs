//! Shifts for programs: instants in UTC, the zone beside them.

use jiff::Timestamp;
use seaworthy_oncall::Finding;
use serde_json::{Value, json};

use super::{Shown, text};
use crate::Failure;

/// Makes the document.
pub(super) fn render(shown: &[Shown]) -> Result<String, Failure> {
    let all = |part: fn(&Shown) -> Vec<Value>| shown.iter().flat_map(part).collect::<Vec<Value>>();
    let said = json!({ "shifts": all(shifts), "gaps": all(gaps), "findings": all(findings) });
    Ok(serde_json::to_string_pretty(&said).map_err(std::io::Error::from)? + "\n")
}

fn shifts(shown: &Shown) -> Vec<Value> {
    let one = |duty: &seaworthy_oncall::Duty| {
        json!({
            "rotation": shown.declared.name, "level": duty.level, "person": duty.person,
            "start": duty.start, "end": duty.end, "zone": shown.declared.zone,
            "why": text::why(shown, duty.why),
        })
    };
    shown.plan.duties.iter().map(one).collect()
}

fn gaps(shown: &Shown) -> Vec<Value> {
    let one = |gap: &seaworthy_oncall::Gap| {
        json!({
            "rotation": shown.declared.name, "level": gap.level,
            "start": gap.start, "end": gap.end, "zone": shown.declared.zone,
        })
    };
    shown.plan.gaps.iter().map(one).collect()
}

fn findings(shown: &Shown) -> Vec<Value> {
    let one = |finding: &Finding| {
        let (kind, person, span) = parts(finding);
        json!({
            "rotation": shown.declared.name, "kind": kind, "person": person,
            "start": span.map(|span| span.0), "end": span.and_then(|span| span.1),
            "says": text::finding(shown, finding),
        })
    };
    shown.findings.iter().map(one).collect()
}

type Parts<'f> = (&'static str, Option<&'f str>, Option<(Timestamp, Option<Timestamp>)>);

fn parts(finding: &Finding) -> Parts<'_> {
    match finding {
        Finding::Uncovered { first, .. } => ("uncovered", None, Some((*first, None))),
        Finding::TwoLevels { person, start } => ("two-levels", Some(person.as_str()), Some((*start, None))),
        Finding::BackToBack { person, start, end } => {
            ("back-to-back", Some(person.as_str()), Some((*start, Some(*end))))
        }
        Finding::UnevenWeekends { person, .. } => ("uneven-weekends", Some(person.as_str()), None),
        Finding::NotAvailable { person, start, end, .. } => {
            ("not-available", Some(person.as_str()), Some((*start, Some(*end))))
        }
        Finding::Size { .. } => ("size", None, None),
    }
}
