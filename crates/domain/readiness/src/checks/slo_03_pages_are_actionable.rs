//! SLO-03: only alerts that somebody can act on. Seen in what people said of pages, drills apart.

use jiff::SignedDuration;

use crate::clock::days;
use crate::snapshot::{Page, Worth};
use crate::words::counted;
use crate::{Check, Clock, Evidence, Exposure, Kind, Section, ServiceSnapshot, Verdict};

/// How far back is looked: what the row says.
const COUNTS_FOR: SignedDuration = days(30);

/// The check.
pub(super) const CHECK: Check = Check {
    row: "SLO-03",
    title: "Four of five pages in 30 days could be acted on",
    remedy: "say of each page what it was worth, in one tap; `seaworthy review` proposes which rule to change",
    section: Section::Monitoring,
    needed_at: Exposure::TenPercent,
    reads: &[Kind::Pages],
    evaluate,
};

fn evaluate(facts: &ServiceSnapshot, clock: &Clock) -> Verdict {
    let recent = facts.pages.iter().filter(|page| !page.drill && clock.counts(page.at, COUNTS_FOR).is_some());
    let recent: Vec<&Page> = recent.collect();
    let judged = recent.iter().filter_map(|page| Some((page, page.worth?)));
    let judged: Vec<_> = judged.collect();
    let Some((last, _)) = judged.last() else {
        let missing = match recent.len() {
            0 => "nobody was paged for it in 30 days".to_owned(),
            n => format!("nobody said what {} in 30 days worth", counted(n, "page was", "pages were")),
        };
        return Verdict::Unknown { missing };
    };
    if judged.len() * 2 < recent.len() {
        let missing =
            format!("nobody said of {} of {} pages what they were worth", recent.len() - judged.len(), recent.len());
        return Verdict::Unknown { missing };
    }
    let acted = judged.iter().filter(|(_, worth)| *worth == Worth::Acted).count();
    let seen = format!("{acted} of {} pages were acted on", judged.len());
    let evidence = Evidence { position: last.position, at: last.at, seen_by: "whoever took the pages".to_owned() };
    match acted * 5 >= judged.len() * 4 {
        true => Verdict::Holds { seen, evidence, expires_at: last.at + COUNTS_FOR },
        false => Verdict::DoesNotHold { seen, evidence: Some(evidence) },
    }
}
