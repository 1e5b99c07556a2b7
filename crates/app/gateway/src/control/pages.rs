//! What the gateway says about itself: `/-/healthz`, `/-/readyz`, `/-/metrics` on the outbound address. `-` is no name of
//! a service, so no call is shadowed. The workers ask, the control thread answers: both must be alive for an answer.

use std::rc::Rc;
use std::time::Duration;

use http::{HeaderMap, StatusCode};
use tokio::sync::{mpsc, oneshot};

use crate::control::Control;
use crate::telemetry::metrics;

/// Questions that may wait; more are answered 503.
pub(crate) const QUESTIONS_MAX: usize = 16;

/// Longest wait of a worker for an answer.
pub(crate) const ANSWER_MAX: Duration = Duration::from_secs(2);

/// A page was asked for.
#[derive(Debug)]
pub(crate) struct Question {
    pub(crate) path: String,
    /// The bearer token that came along.
    pub(crate) token: Option<String>,
    pub(crate) answer: oneshot::Sender<Page>,
}

/// The answer.
#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) status: StatusCode,
    pub(crate) content_type: &'static str,
    pub(crate) text: String,
}

const PLAIN: &str = "text/plain; charset=utf-8";
const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Answers questions for ever.
pub(crate) async fn answer(control: Rc<Control>, mut questions: mpsc::Receiver<Question>) {
    while let Some(question) = questions.recv().await {
        let page = page(&control, &question);
        // Whoever asked may be gone.
        drop(question.answer.send(page));
    }
}

fn page(control: &Control, question: &Question) -> Page {
    match question.path.as_str() {
        "/-/healthz" => plain(StatusCode::OK, "ok\n".to_owned()),
        "/-/readyz" => ready(control),
        "/-/metrics" if !is_token(control, question.token.as_deref()) => {
            plain(StatusCode::UNAUTHORIZED, "the metrics need the gateway's own token as a bearer token\n".to_owned())
        }
        "/-/metrics" => Page { status: StatusCode::OK, content_type: OPEN_METRICS, text: metrics::text(control) },
        _ => plain(StatusCode::NOT_FOUND, "there are /-/healthz, /-/readyz and /-/metrics\n".to_owned()),
    }
}

/// Ready means that there is a config to serve by, wherever it came from.
fn ready(control: &Control) -> Page {
    let compiled = control.shared.current();
    let heard = match control.health.borrow().heard {
        Some(at) => format!("the control plane was heard {} ms ago", at.elapsed().as_millis()),
        None => "the control plane was not heard yet".to_owned(),
    };
    match &compiled.config {
        Some(config) => plain(StatusCode::OK, format!("ready: config {}; {heard}\n", config.version)),
        None => plain(StatusCode::SERVICE_UNAVAILABLE, format!("not ready: no config yet; {heard}\n")),
    }
}

fn plain(status: StatusCode, text: String) -> Page {
    Page { status, content_type: PLAIN, text }
}

/// Compares in a time that tells nothing about where they differ.
fn is_token(control: &Control, given: Option<&str>) -> bool {
    let (given, own) = (given.unwrap_or_default().as_bytes(), control.token.as_bytes());
    !own.is_empty() && given.len() == own.len() && given.iter().zip(own).fold(0, |sum, (a, b)| sum | (a ^ b)) == 0
}

/// Returns the bearer token of a request.
pub(crate) fn bearer(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(http::header::AUTHORIZATION)?.to_str().ok()?;
    Some(value.strip_prefix("Bearer ")?.to_owned())
}
