//! The report for people: every figure stands beside its definition in words.

use jiff::SignedDuration;
use jiff::civil::Date;
use seaworthy_downtime::{Class, Silence, Totals};
use seaworthy_histories::History;

use super::figures::{Figures, Part};
use crate::table::{Column, harmless, lay_out};

/// Excluded things and second words shown at most; `--json` has all.
const SHOWN_MAX: usize = 20;

/// Writes the report.
pub(super) fn render(history: &History, figures: &Figures) -> String {
    let mut lines = head(history, figures);
    lines.extend(rules(figures));
    lines.push(String::new());
    lines.extend(months(&figures.months));
    lines.push(String::new());
    lines.extend(functions(&figures.functions));
    lines.extend(second(history, figures));
    lines.extend(late(history, figures));
    lines.extend(excluded(history, figures));
    lines.extend(history.notes.iter().map(|note| format!("note: {note}")));
    lines.join("\n") + "\n"
}

fn head(history: &History, figures: &Figures) -> Vec<String> {
    let period = figures.period;
    let whole = number(period.length());
    let silence = match history.silence() {
        Silence::UpWithin(_) => {
            "What the log does not name counts as up while it was kept, see the note: the log's word, nobody measured it."
        }
        Silence::Unknown => "What nobody measured is unknown, and in no figure.",
    };
    let mut lines = vec![
        format!("{}, {} to {}, {whole} h, UTC", history.layout.name(), period.start, period.end),
        silence.to_owned(),
    ];
    if history.kept.is_none() {
        lines.push("The log has no entry.".to_owned());
    }
    lines.push(String::new());
    lines
}

fn rules(figures: &Figures) -> Vec<String> {
    let mut rows = vec![["DEFINITION", "HOURS DOWN", "AVAILABLE", "COUNTS"].map(str::to_owned).to_vec()];
    rows.extend(figures.whole.rules.iter().map(|(definition, time, availability)| {
        vec![definition.name().to_owned(), number(*time), percent(*availability), definition.words().to_owned()]
    }));
    let mut lines = lay_out(&[Column::Text, Column::Number, Column::Number, Column::Text], &rows, usize::MAX);
    lines.push(format!("unknown: {} h", number(figures.whole.unknown)));
    lines
}

fn months(months: &[(Date, Part)]) -> Vec<String> {
    let Some((_, first)) = months.first() else { return Vec::new() };
    let names = first.rules.iter().map(|(definition, ..)| definition.name().to_owned());
    let header = [String::from("HOURS DOWN IN")].into_iter().chain(names).chain([String::from("unknown")]);
    let mut rows: Vec<Vec<String>> = vec![header.collect()];
    rows.extend(months.iter().map(|(first, part)| {
        let month = [first.strftime("%Y-%m").to_string()].into_iter();
        month.chain(part.rules.iter().map(|(_, time, _)| number(*time))).chain([number(part.unknown)]).collect()
    }));
    let columns: Vec<Column> =
        (0..rows[0].len()).map(|at| if at == 0 { Column::Text } else { Column::Number }).collect();
    lay_out(&columns, &rows, usize::MAX)
}

fn functions(functions: &[(String, Totals)]) -> Vec<String> {
    let header = ["HOURS OF"].into_iter().chain(Class::ALL.map(Class::name)).chain(["U", "coverage"]);
    let mut rows: Vec<Vec<String>> = vec![header.map(str::to_owned).collect()];
    rows.extend(functions.iter().map(|(name, totals)| {
        let classes = Class::ALL.into_iter().map(|class| number(totals.of(class)));
        let ratios = [percent(totals.availability()), percent(totals.coverage())];
        [harmless(name)].into_iter().chain(classes).chain(ratios).collect()
    }));
    let columns: Vec<Column> =
        (0..rows[0].len()).map(|at| if at == 0 { Column::Text } else { Column::Number }).collect();
    lay_out(&columns, &rows, usize::MAX)
}

fn second(history: &History, figures: &Figures) -> Vec<String> {
    let Some(second) = &figures.second else { return Vec::new() };
    let many = match figures.seconds(history).len() {
        1 => "1 incident".to_owned(),
        many => format!("{many} incidents"),
    };
    let mut lines = vec![
        String::new(),
        format!("A second source gives other times for {many}. By its word, not mixed into the above:"),
    ];
    let rows: Vec<Vec<String>> = second
        .rules
        .iter()
        .map(|(definition, time, ratio)| vec![definition.name().to_owned(), number(*time), percent(*ratio)])
        .collect();
    lines.extend(lay_out(&[Column::Text, Column::Number, Column::Number], &rows, usize::MAX));
    lines
}

/// Names the windows that were announced too late to plan anything.
fn late(history: &History, figures: &Figures) -> Vec<String> {
    let late = figures.windows(history).into_iter().filter(|window| window.is_late());
    let lines: Vec<String> = late
        .take(SHOWN_MAX)
        .map(|window| {
            format!("late: {} was announced when it began or after, so it is not planned", harmless(&window.id))
        })
        .collect();
    if lines.is_empty() { lines } else { [String::new()].into_iter().chain(lines).collect() }
}

fn excluded(history: &History, figures: &Figures) -> Vec<String> {
    let excluded = figures.excluded(history);
    let mut lines = vec![String::new()];
    match excluded.len() {
        0 => lines.push("Everything that was read counts.".to_owned()),
        many => lines.push(format!("{many} not counted, or not in full:")),
    }
    lines.extend(excluded.iter().take(SHOWN_MAX).map(|excluded| {
        let at = excluded.span.map_or_else(String::new, |(start, _)| format!(" {start}"));
        let title =
            if excluded.title == excluded.id { String::new() } else { format!(" {:?}", harmless(&excluded.title)) };
        format!("  {}{at}{title}: {}", harmless(&excluded.id), harmless(&excluded.reason))
    }));
    if excluded.len() > SHOWN_MAX {
        lines.push(format!("  and {} more; --json has all", excluded.len() - SHOWN_MAX));
    }
    lines
}

fn number(time: SignedDuration) -> String {
    format!("{:.2}", time.as_secs_f64() / 3_600.0)
}

/// Writes a ratio in percent, truncated: availability is never rounded up.
pub(super) fn percent(ratio: Option<f64>) -> String {
    ratio.map_or_else(
        || "unknown".to_owned(),
        |ratio| {
            // The bit on top keeps 0.58, which no float is, from being shown as 57.999%.
            format!("{:.3}%", (ratio * 100_000.0 + 1e-6).floor() / 1_000.0)
        },
    )
}
