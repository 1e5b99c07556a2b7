//! Our own telemetry as OpenMetrics text: what the control plane itself is doing.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::{Mutex, PoisonError};

use axum::extract::State;
use axum::routing::get;
use http::Method;
use http::header::CONTENT_TYPE;

use super::{App, Route};
use crate::access::Who;

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
            gauge("gateways_known", "Gateways that reported since the ledger began.", gateways as f64),
        ]
        .concat()
    });
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

fn gauge(name: &str, help: &str, value: f64) -> String {
    let mut text = String::new();
    let name = format!("seaworthy_{name}");
    writeln!(text, "# TYPE {name} gauge\n# HELP {name} {help}\n{name} {value}").expect("a string takes all");
    text
}
