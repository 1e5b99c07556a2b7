//! Our own telemetry as OpenMetrics text: what the control plane itself is doing.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::{Mutex, PoisonError};

use axum::extract::State;
use axum::routing::get;
use http::Method;
use http::header::CONTENT_TYPE;
use seaworthy_contract::catalogue::Objective;
use seaworthy_core::watch::Objectives;
use seaworthy_core::watch::objectives::{Seen, Watched};
use seaworthy_model::Tally;
use seaworthy_slo::{Reading, Sight, Urgency};

use super::{App, Route};
use crate::access::Who;

/// Most objectives that are told of: whoever scrapes keeps seven series of each.
const OBJECTIVES_MAX: usize = 1_000;

/// Counters that are not in state.
#[derive(Default)]
pub(crate) struct Metrics {
    /// Answers by route and status. Routes are the table's, so the map is bounded.
    answers: Mutex<BTreeMap<(String, u16), u64>>,
}

impl Metrics {
    pub(super) fn answered(&self, route: &str, status: u16) {
        let mut answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        *answers.entry((route.to_owned(), status)).or_default() += 1;
    }
}

pub(super) fn routes() -> Vec<Route> {
    vec![Route::new(Method::GET, "/metrics", Who::SignedIn, get(metrics))]
}

async fn metrics(State(app): State<App>) -> ([(http::HeaderName, &'static str); 1], String) {
    let (unowned, heard) = app.unowned.counts();
    let mut text = app.kernel.look(|look| {
        let waiting = seaworthy_core::outbox::waiting(look.state).count();
        let live = look.state.rollouts.values().filter(|record| !record.is_over()).count();
        let gateways = look.watch.gateways.0.len();
        [
            gauge("ledger_position", "Position of the last event.", look.state.position as f64),
            gauge(
                "ledger_writable_ratio",
                "1 when the last append succeeded.",
                f64::from(u8::from(app.kernel.writable())),
            ),
            gauge("services_declared", "Services in the catalogue.", look.state.catalogue.services().count() as f64),
            gauge("rollouts_live", "Rollouts that are not decided.", live as f64),
            gauge("outbox_messages_waiting", "Messages to people and systems not yet taken.", waiting as f64),
            gauge("alerts_open", "Alerts that go on.", look.state.alerts.all_open().count() as f64),
            gauge(
                "alerts_unowned",
                "What other systems say is wrong with services that nobody declared.",
                unowned as f64,
            ),
            gauge("gateways_known", "Gateways that reported since the ledger began.", gateways as f64),
        ]
        .concat()
    });
    let help = "Times that another system's alert named no service that is declared.";
    text.push_str(&format!(
        "# TYPE seaworthy_alerts_unowned_heard counter\n# HELP seaworthy_alerts_unowned_heard {help}\n"
    ));
    text.push_str(&format!("seaworthy_alerts_unowned_heard_total {heard}\n"));
    text.push_str(&app.kernel.look(|look| objectives(&look.watch.objectives)));
    text.push_str(
        "# TYPE seaworthy_http_answers counter\n# HELP seaworthy_http_answers Answers by route and status.\n",
    );
    for ((route, status), count) in app.metrics.answers.lock().unwrap_or_else(PoisonError::into_inner).iter() {
        let line = format!("seaworthy_http_answers_total{{route=\"{route}\",status=\"{status}\"}} {count}\n");
        text.push_str(&line);
    }
    text.push_str("# EOF\n");
    ([(CONTENT_TYPE, "application/openmetrics-text; version=1.0.0; charset=utf-8")], text)
}

/// What is told of an objective that was looked at: name, help, value.
type Told = (&'static str, &'static str, fn(&Watched, &Seen) -> Option<f64>);

/// All that is told of each objective.
const TOLD: [Told; 7] = [
    ("objective_target_ratio", "Share of good events that is wanted.", |watched, _| Some(watched.declared.target)),
    (
        "objective_budget_remaining_ratio",
        "Share of the budget that is left, once enough of the period was seen to say it.",
        |_, seen| seen.projected().map(|budget| budget.remaining),
    ),
    ("objective_burn_ratio", "How many times faster than evenly the budget burns.", |_, seen| seen.burn()),
    ("objective_events", "Events of the period so far.", |_, seen| counts(seen).map(|tally| tally.total as f64)),
    ("objective_bad_events", "Bad events of the period so far.", |_, seen| counts(seen).map(|tally| tally.bad as f64)),
    ("objective_paging_ratio", "1 when it burns so fast that somebody is woken.", |watched, _| {
        let pages = watched.engine()?.alert().is_some_and(|alert| alert.urgency == Urgency::Page);
        Some(f64::from(u8::from(pages)))
    }),
    (
        "objective_seen_ratio",
        "1 when whatever measures it was heard, also of a service that nobody asks.",
        |watched, _| {
            let sight = watched.engine()?.sight();
            Some(f64::from(u8::from(!matches!(sight, Sight::Unknown | Sight::NoTelemetry))))
        },
    ),
];

fn counts(seen: &Seen) -> Option<Tally> {
    match seen.so_far {
        Reading::Counts(tally) => Some(tally),
        Reading::Ratio(_) | Reading::Nothing => None,
    }
}

/// What is known of each objective. Labels are names of the catalogue, at most [`OBJECTIVES_MAX`] of them.
fn objectives(objectives: &Objectives) -> String {
    let family = |(name, help, value): &Told| {
        let seen = objectives.iter().filter_map(|watched| Some((watched, watched.seen()?))).take(OBJECTIVES_MAX);
        family(name, help, seen.map(|(watched, seen)| (&watched.declared, value(watched, seen))))
    };
    TOLD.iter().map(family).collect()
}

fn family<'a>(name: &str, help: &str, values: impl Iterator<Item = (&'a Objective, Option<f64>)>) -> String {
    let mut text = format!("# TYPE seaworthy_{name} gauge\n# HELP seaworthy_{name} {help}\n");
    for (declared, value) in values.filter_map(|(declared, value)| Some((declared, value?))) {
        let (service, objective) = (&declared.service, &declared.name);
        writeln!(text, "seaworthy_{name}{{service=\"{service}\",objective=\"{objective}\"}} {value}")
            .expect("a string takes all");
    }
    text
}

fn gauge(name: &str, help: &str, value: f64) -> String {
    let mut text = String::new();
    let name = format!("seaworthy_{name}");
    writeln!(text, "# TYPE {name} gauge\n# HELP {name} {help}\n{name} {value}").expect("a string takes all");
    text
}
