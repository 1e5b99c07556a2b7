//! The report for programs. `rules`, `unknown_hours` and `excluded` are its core; the rest stands beside them.

use jiff::SignedDuration;
use seaworthy_downtime::{Class, Totals, Window};
use seaworthy_histories::{Excluded, History, Second};
use serde_json::{Map, Value, json};

use super::figures::{Figures, Part};

/// Makes the document.
pub(super) fn of(history: &History, figures: &Figures) -> Value {
    json!({
        "rules": rules(&figures.whole),
        "unknown_hours": hours(figures.whole.unknown),
        "excluded": figures.excluded(history).into_iter().map(excluded).collect::<Vec<_>>(),
        "layout": history.layout.name(),
        "period": { "from": figures.period.start, "to": figures.period.end, "hours": hours(figures.period.length()) },
        "log": history.kept.map(|kept| json!({ "from": kept.start, "to": kept.end })),
        "functions": figures.functions.iter().map(function).collect::<Vec<_>>(),
        "months": figures.months.iter().map(|(first, part)| json!({
            "first": first, "rules": rules(part), "unknown_hours": hours(part.unknown),
        })).collect::<Vec<_>>(),
        "second_source": figures.second.as_ref().map(|second| json!({
            "rules": rules(second),
            "incidents": figures.seconds(history).into_iter().map(|at| second_word(at, history)).collect::<Vec<_>>(),
        })),
        "windows": figures.windows(history).into_iter().map(window).collect::<Vec<_>>(),
        "notes": history.notes,
        "problems": history.problems.iter().map(|problem| json!({
            "file": problem.file.display().to_string(), "line": problem.line, "what": problem.what,
        })).collect::<Vec<_>>(),
        "more_problems": history.more_problems,
    })
}

/// Writes a line that could not be read in the shape of the API's errors.
pub(super) fn error(message: &str) -> String {
    json!({ "code": "invalid", "message": message }).to_string()
}

fn rules(part: &Part) -> Map<String, Value> {
    let rule = |(definition, time, availability): &(seaworthy_downtime::Definition, SignedDuration, Option<f64>)| {
        (definition.name().to_owned(), json!({ "hours": hours(*time), "availability": availability }))
    };
    part.rules.iter().map(rule).collect()
}

fn excluded(excluded: &Excluded) -> Value {
    let (from, to) = excluded.span.map_or((None, None), |(from, to)| (Some(from), to));
    json!({ "id": excluded.id, "title": excluded.title, "reason": excluded.reason, "from": from, "to": to })
}

fn function((name, totals): &(String, Totals)) -> Value {
    let class = |class: Class| (class.name().to_owned(), json!(hours(totals.of(class))));
    json!({
        "function": name,
        "hours": Class::ALL.into_iter().map(class).collect::<Map<_, _>>(),
        "availability": totals.availability(),
        "availability_all": totals.availability_all(),
        "coverage": totals.coverage(),
    })
}

fn second_word(second: &Second, history: &History) -> Value {
    let said = &history.segments[second.segment];
    json!({
        "id": second.id, "title": second.title, "source": second.source,
        "from": second.span.start, "to": second.span.end,
        "log_from": said.start, "log_to": said.end,
    })
}

fn window(window: &Window) -> Value {
    json!({
        "id": window.id, "announced_at": window.declared_at, "from": window.start, "to": window.end,
        "notice_hours": hours(window.notice()), "late": window.is_late(),
        "in_progress": window.ran.iter().map(|span| json!({ "from": span.start, "to": span.end })).collect::<Vec<_>>(),
    })
}

fn hours(time: SignedDuration) -> f64 {
    time.as_secs_f64() / 3_600.0
}
