//! Lists of the month: what was not simply up, why, and work that was declared.

use seaworthy_contract::api::{Downtime, DowntimeClass, DowntimeFunction, DowntimeStretch, DowntimeWindow};
use seaworthy_contract::events::downtime::{CauseV1, SeenV1};

use super::{DowntimeFacts, lasted};
use crate::part::{Chip, LedgerLink, When};
use crate::text;

/// Stretches on the page: the days lead to the others.
const STRETCHES_MAX: usize = 40;

/// Windows on the page.
const WINDOWS_MAX: usize = 12;

/// Causes on the page.
const CAUSES_MAX: usize = 12;

/// Time that was not simply up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StretchRow {
    /// Its class.
    pub chip: Chip,
    /// When it began.
    pub start: When,
    /// When it ended; none while it goes on.
    pub end: Option<When>,
    /// How long.
    pub lasted: String,
    /// Why, and what is special about it.
    pub why: String,
    /// Who saw it, and how many users met it.
    pub seen_by: String,
    /// Where it stands.
    pub position: Option<LedgerLink>,
}

/// Time by class and cause.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CauseRow {
    /// The cause.
    pub cause: String,
    /// What it was then.
    pub what: &'static str,
    /// How long.
    pub lasted: String,
    /// Class of the bar.
    pub class: &'static str,
    /// Length of the bar, in percent.
    pub width: String,
}

/// Declared work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WindowRow {
    /// Where it stands.
    pub chip: Chip,
    /// What is done, and on what.
    pub title: String,
    /// Its start.
    pub start: When,
    /// Its end.
    pub end: When,
    /// Who declared it, how long before.
    pub note: String,
    /// Its id.
    pub id: String,
    /// Whether it may be taken back.
    pub open: bool,
    /// Where it stands in the ledger.
    pub position: LedgerLink,
}

/// Returns the page's stretches of the chosen function.
pub(super) fn stretches(account: &Downtime, facts: &DowntimeFacts<'_>) -> Vec<StretchRow> {
    let of = account.stretches.iter().filter(|stretch| stretch.name == facts.of);
    of.take(STRETCHES_MAX).map(stretch).collect()
}

fn stretch(stretch: &DowntimeStretch) -> StretchRow {
    let share = stretch.share_of_users.map(|share| format!("{} of users met it", text::percent(share)));
    let source = stretch.source.clone().unwrap_or_else(|| "nobody".to_owned());
    StretchRow {
        chip: chip(stretch.class),
        start: When::day(stretch.start),
        end: (!stretch.goes_on).then(|| When::day(stretch.end)),
        lasted: lasted(ms(stretch)),
        why: why(stretch),
        seen_by: [Some(source), share].into_iter().flatten().collect::<Vec<_>>().join(" · "),
        position: stretch.position.map(LedgerLink::new),
    }
}

fn ms(stretch: &DowntimeStretch) -> u64 {
    u64::try_from(stretch.end.duration_since(stretch.start).as_millis()).unwrap_or(0)
}

fn chip(class: DowntimeClass) -> Chip {
    match class {
        DowntimeClass::Up => Chip::ok("up"),
        DowntimeClass::Degraded => Chip::warn("degraded"),
        DowntimeClass::DownUnplanned => Chip::bad("down"),
        DowntimeClass::DownPlanned => Chip::held("down as planned"),
        DowntimeClass::UpInMaintenance => Chip::none("up in a window"),
        DowntimeClass::Unknown => Chip::unknown("unknown"),
    }
}

fn why(stretch: &DowntimeStretch) -> String {
    let announced = stretch.announced_at.map(|at| format!("announced {}", text::utc(at, "%-d %b %H:%M UTC")));
    let overrun = stretch.overruns.map(|_| "its window was over: unplanned from its end".to_owned());
    let cause = match (stretch.class, &stretch.cause) {
        (DowntimeClass::Unknown, _) => Some("nobody could see".to_owned()),
        (DowntimeClass::UpInMaintenance | DowntimeClass::DownPlanned, None) => None,
        (_, None) => Some("nobody has said why".to_owned()),
        (_, Some(cause)) => Some(cause_word(cause)),
    };
    [cause, announced, overrun].into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

/// Says a cause.
fn cause_word(cause: &CauseV1) -> String {
    match cause {
        CauseV1::Change => "a change of ours".to_owned(),
        CauseV1::Dependency(name) => format!("needs {name}, which was down"),
        CauseV1::Capacity => "capacity".to_owned(),
        CauseV1::Credential => "a credential".to_owned(),
        CauseV1::Vendor(name) => format!("vendor {name}; counts as ours"),
        CauseV1::Maintenance => "declared work".to_owned(),
    }
}

/// Returns time by class and cause, on one scale; what nobody knows may run off it.
pub(super) fn causes(function: &DowntimeFunction) -> Vec<CauseRow> {
    let known = function.causes.iter().filter(|cause| cause.class != DowntimeClass::Unknown);
    let most = known.map(|cause| cause.ms).max();
    let all = most.unwrap_or_else(|| function.causes.iter().map(|cause| cause.ms).max().unwrap_or(1)).max(1);
    let row = |cause: &seaworthy_contract::api::DowntimeCause| {
        let (what, class) = match cause.class {
            DowntimeClass::DownUnplanned => ("down, unplanned", "u"),
            DowntimeClass::DownPlanned => ("down as planned", "p"),
            DowntimeClass::Degraded => ("degraded", "g"),
            DowntimeClass::Unknown => ("unknown", "unknown"),
            DowntimeClass::Up | DowntimeClass::UpInMaintenance => ("up", "ok"),
        };
        let said = cause.cause.as_ref().map(cause_word);
        CauseRow {
            cause: said.unwrap_or_else(|| {
                let unsaid = match cause.class {
                    DowntimeClass::Unknown => "Nobody could see",
                    DowntimeClass::DownPlanned => "Declared work",
                    _ => "Nobody has said why",
                };
                unsaid.to_owned()
            }),
            what,
            lasted: lasted(cause.ms),
            class,
            width: format!("{:.1}%", (cause.ms as f64 / all as f64 * 100.0).clamp(0.5, 100.0)),
        }
    };
    function.causes.iter().rev().take(CAUSES_MAX).map(row).collect()
}

/// Returns the windows of the chosen function's service.
pub(super) fn windows(account: &Downtime, facts: &DowntimeFacts<'_>) -> Vec<WindowRow> {
    let row = |window: &DowntimeWindow| WindowRow {
        chip: window_chip(window, facts),
        title: format!("{}: {}", of(window), window.reason),
        start: When::until(window.start),
        end: When::until(window.end),
        note: note(window),
        id: window.id.to_string(),
        open: window.cancelled_at.is_none() && window.end > facts.now,
        position: LedgerLink::new(window.position),
    };
    account.windows.iter().take(WINDOWS_MAX).map(row).collect()
}

fn of(window: &DowntimeWindow) -> String {
    match &window.function {
        Some(function) => format!("{}/{function}", window.service),
        None => window.service.to_string(),
    }
}

fn window_chip(window: &DowntimeWindow, facts: &DowntimeFacts<'_>) -> Chip {
    match () {
        () if window.cancelled_at.is_some_and(|at| at <= window.start) => Chip::none("taken back"),
        () if window.overrun_ms > 0 => Chip::bad("overran"),
        () if window.late => Chip::warn("late: plans nothing"),
        () if window.cancelled_at.is_some() => Chip::none("ended early"),
        () if window.start > facts.now => Chip::waits("ahead"),
        () if window.end > facts.now => Chip::run("now"),
        () => Chip::none("over"),
    }
}

fn note(window: &DowntimeWindow) -> String {
    let before = window.start.duration_since(window.announced_at).as_secs();
    let notice = match u64::try_from(before) {
        Ok(seconds) if !window.late => format!("{} before", lasted(seconds * 1_000)),
        _ => "when it had begun".to_owned(),
    };
    let overran = match window.overrun_ms {
        0 => String::new(),
        ms => format!("; down for {} after its end, which is unplanned", lasted(ms)),
    };
    format!("declared by {} {notice}{overran}", window.by)
}

/// Says what a source sees.
pub(super) fn seen_word(seen: SeenV1) -> &'static str {
    match seen {
        SeenV1::Unknown => "that it cannot see",
        SeenV1::Up => "up",
        SeenV1::Degraded => "degraded",
        SeenV1::Down => "down",
    }
}
