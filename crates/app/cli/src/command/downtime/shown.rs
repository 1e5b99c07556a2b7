//! The account in words: a line a function with a bar of its days, and everything of one that is named.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use seaworthy_contract::api::{
    Downtime, DowntimeCell, DowntimeClass, DowntimeFunction, DowntimeStretch, DowntimeWindow,
};
use seaworthy_contract::catalogue::Planned;
use seaworthy_contract::events::downtime::CauseV1;

use crate::table::{Column, harmless, lay_out, wrap};
use crate::view::View;
use crate::words::{actor, share, span};

/// What the letters of a bar mean.
const KEY: &str = "days: . up  ! down  p down as planned  ~ degraded  ? mostly unknown";

/// Draws days, a letter each: the worst that is known of it.
pub(super) fn bar(cells: &[DowntimeCell]) -> String {
    cells.iter().map(letter).collect()
}

fn letter(cell: &DowntimeCell) -> char {
    let classes = &cell.classes;
    match () {
        () if classes.wall_ms() == 0 => ' ',
        () if classes.down_unplanned_ms > 0 => '!',
        () if classes.down_planned_ms > 0 => 'p',
        () if classes.degraded_ms > 0 => '~',
        () if classes.unknown_ms * 2 > classes.wall_ms() => '?',
        () => '.',
    }
}

/// Tells of all functions.
pub(super) fn all(account: &Downtime, days: &BTreeMap<String, String>, view: &View) -> String {
    let mut lines = vec![period(account)];
    if account.functions.is_empty() {
        lines.push("no services; `seaworthy apply DIR` declares them".to_owned());
        return lines.join("\n");
    }
    let columns = [Column::Text, Column::Number, Column::Number, Column::Number, Column::Text];
    let header = ["FUNCTION", "COUNTED", "AVAILABLE", "KNOWN", "DAYS"].map(str::to_owned).to_vec();
    let rows = account.functions.iter().map(|function| row(function, account, days));
    lines.extend(lay_out(&columns, &std::iter::once(header).chain(rows).collect::<Vec<_>>(), view.width()));
    if !days.is_empty() {
        lines.push(KEY.to_owned());
    }
    let told: Vec<&DowntimeFunction> = account.functions.iter().filter(|f| has_news(f)).collect();
    if !told.is_empty() {
        lines.push(String::new());
        lines.extend(told.into_iter().map(|function| harmless(&function.sentence)));
    }
    lines.extend(windows(account, view));
    lines.extend(contradictions(account));
    lines.join("\n")
}

/// Whether anything but silence is to be told.
fn has_news(function: &DowntimeFunction) -> bool {
    let classes = &function.classes;
    classes.down_unplanned_ms + classes.down_planned_ms + classes.degraded_ms > 0
}

fn period(account: &Downtime) -> String {
    format!("{} to {}, by {}: {}", at(account.from), at(account.to), rule_name(account), account.rule_words)
}

fn rule_name(account: &Downtime) -> String {
    serde_json::to_value(account.rule).ok().and_then(|name| name.as_str().map(str::to_owned)).unwrap_or_default()
}

fn row(function: &DowntimeFunction, account: &Downtime, days: &BTreeMap<String, String>) -> Vec<String> {
    let figure = function.figures.iter().find(|figure| figure.rule == account.rule);
    let wall = function.classes.wall_ms();
    let known = (wall - function.classes.unknown_ms) as f64 / wall.max(1) as f64;
    vec![
        harmless(&function.name),
        figure.map_or_else(|| "-".to_owned(), |figure| lasted(figure.counted_ms)),
        figure.and_then(|figure| figure.availability).map_or_else(|| "unknown".to_owned(), share),
        share(known),
        days.get(&function.name).cloned().unwrap_or_default().trim_end().to_owned(),
    ]
}

/// Tells everything of one service.
pub(super) fn one(account: &Downtime, days: &BTreeMap<String, String>, view: &View) -> String {
    let mut lines = vec![period(account)];
    for function in &account.functions {
        lines.push(String::new());
        lines.push(harmless(&function.sentence));
        lines.extend(function.now.iter().map(|word| now(word, view)));
        lines.extend(days.get(&function.name).map(|bar| format!("  {}", bar.trim_end())));
        lines.extend(figures(function, view));
        lines.extend(tolerance(function));
    }
    if !days.is_empty() {
        lines.push(KEY.to_owned());
    }
    lines.extend(stretches(account, view));
    lines.extend(windows(account, view));
    lines.extend(contradictions(account));
    lines.join("\n")
}

fn now(word: &seaworthy_contract::api::DowntimeWord, view: &View) -> String {
    let seen = serde_json::to_value(word.seen).ok().and_then(|seen| seen.as_str().map(str::to_owned));
    let age = |at: Timestamp| crate::words::ago(view.seconds_since(at));
    match word.fresh {
        true => {
            format!("  now: {} says {} since {}", harmless(&word.source), seen.unwrap_or_default(), age(word.since))
        }
        false => format!("  now: {} is silent since {}", harmless(&word.source), age(word.heard_at)),
    }
}

fn figures(function: &DowntimeFunction, view: &View) -> Vec<String> {
    let columns = [Column::Text, Column::Number, Column::Number, Column::Gives];
    let row = |figure: &seaworthy_contract::api::DowntimeFigure| {
        let name = serde_json::to_value(figure.rule).ok().and_then(|name| name.as_str().map(str::to_owned));
        let available = figure.availability.map_or_else(|| "unknown".to_owned(), share);
        vec![format!("  {}", name.unwrap_or_default()), lasted(figure.counted_ms), available, figure.words.clone()]
    };
    lay_out(&columns, &function.figures.iter().map(row).collect::<Vec<_>>(), view.width())
}

fn tolerance(function: &DowntimeFunction) -> Vec<String> {
    let demand = |demand: &seaworthy_contract::api::ToleranceDemand| {
        let path: Vec<&str> = demand.path.iter().map(|name| name.as_str()).collect();
        let from =
            if path.len() > 1 { format!(", asked by {} ({})", path[0], path.join(" > ")) } else { String::new() };
        format!("  tolerated: {}{from}", planned(&demand.planned))
    };
    function.tolerance.demands.iter().map(demand).collect()
}

/// Says how much planned downtime.
fn planned(planned: &Planned) -> String {
    match planned {
        Planned::None => "no planned downtime".to_owned(),
        Planned::HoursPerMonth(hours) => format!("{hours} h a month"),
        Planned::Window { when, zone } => format!("{} ({})", harmless(when), harmless(zone)),
    }
}

fn stretches(account: &Downtime, view: &View) -> Vec<String> {
    if account.stretches.is_empty() {
        return Vec::new();
    }
    let columns =
        [Column::Text, Column::Text, Column::Number, Column::Text, Column::Gives, Column::Text, Column::Number];
    let header = ["FROM", "TO", "LASTED", "WHAT", "WHY", "SEEN BY", "LEDGER"].map(str::to_owned).to_vec();
    let rows = account.stretches.iter().map(stretch);
    let mut lines = vec![String::new()];
    lines.extend(lay_out(&columns, &std::iter::once(header).chain(rows).collect::<Vec<_>>(), view.width()));
    if account.next.is_some() {
        lines.push("there is more: `--from` and `--to` take a part of it".to_owned());
    }
    lines
}

fn stretch(stretch: &DowntimeStretch) -> Vec<String> {
    let function = stretch.function.as_deref().map(|function| format!("{}: ", harmless(function)));
    vec![
        at(stretch.start),
        if stretch.goes_on { "goes on".to_owned() } else { at(stretch.end) },
        lasted(length(stretch)),
        class(stretch.class).to_owned(),
        function.unwrap_or_default() + &why(stretch),
        stretch.source.as_deref().map_or_else(|| "nobody".to_owned(), harmless),
        stretch.position.map_or_else(|| "-".to_owned(), |position| format!("#{position}")),
    ]
}

fn length(stretch: &DowntimeStretch) -> u64 {
    u64::try_from(stretch.end.duration_since(stretch.start).as_millis()).unwrap_or(0)
}

fn class(class: DowntimeClass) -> &'static str {
    match class {
        DowntimeClass::Up => "up",
        DowntimeClass::Degraded => "degraded",
        DowntimeClass::DownUnplanned => "down",
        DowntimeClass::DownPlanned => "down as planned",
        DowntimeClass::UpInMaintenance => "up in a window",
        DowntimeClass::Unknown => "unknown",
    }
}

fn why(stretch: &DowntimeStretch) -> String {
    let met = stretch.share_of_users.map(|met| format!("{} of users", share(met)));
    let announced = stretch.announced_at.map(|when| format!("announced {}", at(when)));
    let overrun = stretch.overruns.map(|_| "its window was over".to_owned());
    let cause = stretch.cause.as_ref().map(cause).or_else(|| {
        let unsaid = matches!(stretch.class, DowntimeClass::Degraded | DowntimeClass::DownUnplanned);
        unsaid.then(|| "nobody has said why".to_owned())
    });
    [cause, met, announced, overrun].into_iter().flatten().collect::<Vec<_>>().join(", ")
}

fn cause(cause: &CauseV1) -> String {
    match cause {
        CauseV1::Change => "a change".to_owned(),
        CauseV1::Dependency(name) => format!("needs {}, which was down", harmless(name)),
        CauseV1::Capacity => "capacity".to_owned(),
        CauseV1::Credential => "a credential".to_owned(),
        CauseV1::Vendor(name) => format!("vendor {}", harmless(name)),
        CauseV1::Maintenance => "declared work".to_owned(),
    }
}

fn windows(account: &Downtime, view: &View) -> Vec<String> {
    if account.windows.is_empty() {
        return Vec::new();
    }
    let columns = [Column::Text, Column::Text, Column::Text, Column::Text, Column::Gives, Column::Text];
    let header = ["WINDOW OF", "FROM", "TO", "STATE", "WHAT", "ID"].map(str::to_owned).to_vec();
    let row = |window: &DowntimeWindow| {
        let of = window.function.as_deref().map_or_else(String::new, |function| format!("/{}", harmless(function)));
        vec![
            format!("{}{of}", window.service),
            at(window.start),
            at(window.end),
            state(window, view),
            harmless(&window.reason),
            window.id.to_string(),
        ]
    };
    let mut lines = vec![String::new()];
    let rows = account.windows.iter().map(row);
    lines.extend(lay_out(&columns, &std::iter::once(header).chain(rows).collect::<Vec<_>>(), view.width()));
    lines
}

fn state(window: &DowntimeWindow, view: &View) -> String {
    match () {
        () if window.cancelled_at.is_some_and(|at| at <= window.start) => "taken back".to_owned(),
        () if window.overrun_ms > 0 => format!("overran by {}", lasted(window.overrun_ms)),
        () if window.late => "late: plans nothing".to_owned(),
        () if window.cancelled_at.is_some() => "ended early".to_owned(),
        () if window.start > view.now => "ahead".to_owned(),
        () if window.end > view.now => "now".to_owned(),
        () => "over".to_owned(),
    }
}

/// Columns of a sentence where there is no terminal.
const SENTENCE: usize = 120;

fn contradictions(account: &Downtime) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for found in &account.contradictions {
        let path: Vec<&str> = found.path.iter().map(|name| name.as_str()).collect();
        lines.push(String::new());
        lines.extend(wrap(&format!("does not add up: {}", harmless(&found.sentence)), SENTENCE));
        if path.len() > 1 {
            lines.push(format!("  {}", path.join(" > ")));
        }
    }
    lines
}

/// Says what was declared.
pub(super) fn announced(window: &DowntimeWindow, view: &View) -> String {
    let of = window.function.as_deref().map_or_else(String::new, |function| format!("/{}", harmless(function)));
    let head = format!("{}{of} may be down from {} to {}", window.service, at(window.start), at(window.end));
    let tail = match window.late {
        true => "it had begun when it was declared, so it plans nothing: what is down in it is unplanned".to_owned(),
        false => {
            let ahead = window.start.duration_since(view.now).as_secs_f64();
            format!("declared {} before; what is still down at its end is unplanned from then on", span(ahead))
        }
    };
    format!("{head}\n{tail}\nwindow {}", window.id)
}

/// Says what became of a window that was taken back.
pub(super) fn cancelled(window: &DowntimeWindow) -> String {
    let by = actor(&window.by);
    match window.cancelled_at {
        Some(when) if when > window.start => format!("the window of {} ended at {}", window.service, at(when)),
        _ => format!("the window of {} that {by} declared for {} is taken back", window.service, at(window.start)),
    }
}

/// Says what is now known of a stretch.
pub(super) fn named(stretch: &DowntimeStretch) -> String {
    let end = if stretch.goes_on { "now".to_owned() } else { at(stretch.end) };
    let why = stretch.cause.as_ref().map_or_else(|| "nobody has said why".to_owned(), cause);
    format!("{} was {} from {} to {end}: {why}", harmless(&stretch.name), class(stretch.class), at(stretch.start))
}

fn at(at: Timestamp) -> String {
    at.to_zoned(TimeZone::UTC).strftime("%Y-%m-%d %H:%M:%SZ").to_string()
}

/// Says a length of time; what is there is never nothing.
fn lasted(ms: u64) -> String {
    match ms {
        0 => "0".to_owned(),
        1..1_000 => "<1 s".to_owned(),
        1_000..120_000 => format!("{} s", ms / 1_000),
        _ => span((ms / 1_000) as f64),
    }
}
