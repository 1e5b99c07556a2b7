//! `seaworthy slo explain`: a table of tiers and sentences, so that nobody learns at night what pages.

use std::io::Write;

use seaworthy_contract::catalogue::{Counting, Indicator, RatioQuery};
use seaworthy_objectives::{Declared, Diagnostic, Loaded, for_engine};
use seaworthy_slo::{PER_HOUR_MAX, Tier};
use serde::Serialize;

use crate::table::{Column, harmless, lay_out};
use crate::view::View;
use crate::{Exit, Failure};

use super::{Files, load, tell};

/// One a second: neither so much that chance has no say, nor so little that only the guard speaks.
const RATE_DEFAULT: &str = "3600";

/// Which files, and how much traffic.
#[derive(Debug, Clone, clap::Args)]
pub struct ExplainArgs {
    /// Which files.
    #[command(flatten)]
    pub files: Files,
    /// Requests an hour that times are worked out for
    #[arg(long, value_name = "REQ_PER_HOUR", default_value = RATE_DEFAULT, value_parser = rate)]
    pub rate: f64,
}

fn rate(text: &str) -> Result<f64, String> {
    let rate = text.parse::<f64>().ok().filter(|rate| *rate > 0.0 && *rate <= PER_HOUR_MAX);
    rate.ok_or_else(|| format!("expected a number of requests an hour above 0 and at most {PER_HOUR_MAX:e}"))
}

/// The result for programs.
#[derive(Serialize)]
struct Told<'a> {
    objectives: Vec<Explained<'a>>,
    diagnostics: &'a [Diagnostic],
}

/// One objective and what it means.
#[derive(Serialize)]
struct Explained<'a> {
    #[serde(flatten)]
    declared: &'a Declared,
    alerts: Vec<TierRow>,
    words: Vec<String>,
}

/// What one tier does.
#[derive(Serialize)]
struct TierRow {
    urgency: &'static str,
    long_seconds: u32,
    short_seconds: u32,
    /// How many times faster than evenly the budget burns when it fires.
    burn: f64,
    /// Share of failures above which it fires; above 1 it never does.
    threshold_ratio: f64,
    /// Share of the budget that is spent when it fires.
    budget: f64,
}

/// Explains every objective of the files.
pub(super) fn run(args: &ExplainArgs, view: View, out: &mut impl Write, err: &mut impl Write) -> Result<Exit, Failure> {
    let loaded = load(&args.files)?;
    let objectives: Vec<Explained<'_>> = loaded.declared.iter().map(|one| explained(one, args.rate)).collect();
    if view.json {
        let told = Told { objectives, diagnostics: &loaded.diagnostics };
        serde_json::to_writer_pretty(&mut *out, &told).map_err(std::io::Error::from)?;
        writeln!(out)?;
        out.flush()?;
        return Ok(if loaded.has_errors() { Exit::No } else { Exit::Ok });
    }
    let text: Vec<String> = objectives.iter().map(|one| text(one, view)).collect();
    out.write_all(text.join("\n").as_bytes())?;
    out.flush()?;
    let Loaded { diagnostics, .. } = loaded;
    Ok(tell(&diagnostics, err))
}

fn explained(declared: &Declared, rate: f64) -> Explained<'_> {
    let silent = declared.alerting.page.is_none() && declared.alerting.ticket.is_none();
    let Ok(objective) = for_engine(declared) else { return nothing(declared, "its tiers make no sense") };
    if silent {
        return nothing(declared, "alerts are switched off: nothing pages, nothing becomes a ticket");
    }
    let row = |tier: &Tier| TierRow {
        urgency: tier.urgency.word(),
        long_seconds: tier.long_seconds,
        short_seconds: tier.short_seconds,
        burn: objective.burn(tier),
        threshold_ratio: objective.threshold_ratio(tier),
        budget: tier.budget,
    };
    let alerts = objective.tiers().iter().map(row).collect();
    let words = seaworthy_slo::explain(&objective, is_counted(declared).then_some(rate));
    let words = slices(declared.objective.counting).into_iter().chain(words.lines().map(ToOwned::to_owned)).collect();
    Explained { declared, alerts, words }
}

/// Says what an event is where it is a slice of time.
fn slices(counting: Counting) -> Option<String> {
    match counting {
        Counting::Occurrences => None,
        Counting::Timeslices { slice_seconds, slice_target } => Some(format!(
            "an event is a slice of {}, bad when fewer than {} of what happened in it is good",
            seaworthy_objectives::window(slice_seconds),
            percent(slice_target),
        )),
        Counting::RatioTimeslices { slice_seconds } => Some(format!(
            "an event is a slice of {}, as bad as what happened in it: quiet ones weigh as much as busy ones",
            seaworthy_objectives::window(slice_seconds),
        )),
    }
}

fn nothing<'a>(declared: &'a Declared, why: &str) -> Explained<'a> {
    Explained { declared, alerts: vec![], words: vec![why.to_owned()] }
}

/// Whether events are counted; slices of time and bare ratios know no traffic.
fn is_counted(declared: &Declared) -> bool {
    let ratio = match &declared.objective.indicator {
        Indicator::Query(query) => matches!(query.query, RatioQuery::Raw { .. }),
        _ => false,
    };
    declared.objective.counting == Counting::Occurrences && !ratio
}

fn text(one: &Explained<'_>, view: View) -> String {
    let objective = &one.declared.objective;
    let mut lines = vec![format!("{} ({}:{})", objective.name, harmless(&one.declared.file), one.declared.line)];
    lines.extend(objective.description.as_deref().map(|text| format!("  {}", harmless(text))));
    lines.extend(one.words.iter().map(|line| format!("  {line}")));
    if !one.alerts.is_empty() {
        let columns = [Column::Text, Column::Number, Column::Number, Column::Number, Column::Number, Column::Number];
        let header = ["ALERT", "LONG", "SHORT", "BURN", "FAILURES ABOVE", "OF BUDGET"].map(str::to_owned).to_vec();
        let rows = one.alerts.iter().map(cells);
        let table = lay_out(&columns, &std::iter::once(header).chain(rows).collect::<Vec<_>>(), view.width());
        lines.push(String::new());
        lines.extend(table.into_iter().map(|line| format!("  {line}")));
    }
    lines.join("\n") + "\n"
}

fn cells(row: &TierRow) -> Vec<String> {
    let above = if row.threshold_ratio < 1.0 { percent(row.threshold_ratio) } else { "never".to_owned() };
    let [long, short] = [row.long_seconds, row.short_seconds].map(seaworthy_objectives::window);
    vec![row.urgency.to_owned(), long, short, format!("{:.2}", row.burn), above, percent(row.budget)]
}

fn percent(ratio: f64) -> String {
    let text = format!("{:.4}", ratio * 100.0);
    format!("{}%", text.trim_end_matches('0').trim_end_matches('.'))
}
