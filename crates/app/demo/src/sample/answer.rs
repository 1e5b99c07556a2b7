//! What the samples answer: small, true to their state, wrong exactly as often as their faults say.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderValue, Method, Request, Response, StatusCode, header};
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Incoming;
use serde_json::{Value, json};
use tokio::time::{sleep, timeout};

use super::Sample;
use super::faults::Faults;
use crate::pool::Pool;
use crate::random::Random;

/// Most bytes of a request that are read: an order has a hundred.
const BODY_MAX: usize = 64 * 1024;
/// Longest wait for payments, below the timeout of the gateway, so that checkout can still say what happened.
const PAYMENTS_TIMEOUT: Duration = Duration::from_secs(5);
/// Price of the one thing the shop sells, in cents.
const PRICE_CENTS: u64 = 2_490;

/// One running sample.
pub(crate) struct Service {
    sample: Sample,
    pub(crate) faults: Faults,
    payments: Option<Pool>,
    random: Mutex<Random>,
}

impl Service {
    /// Makes a sample; only checkout needs `payments`.
    pub(crate) fn new(sample: Sample, faults: Faults, payments: Option<Pool>, random: Random) -> Self {
        Self { sample, faults, payments, random: Mutex::new(random) }
    }

    /// Answers one request.
    pub(crate) async fn answer(&self, request: Request<Incoming>) -> Response<Full<Bytes>> {
        if request.uri().path() == "/healthz" {
            if self.faults.hang_health {
                std::future::pending::<()>().await;
            }
            return reply(StatusCode::OK, json!({ "status": "ok" }));
        }
        if !self.faults.slow.is_zero() && self.toss(self.faults.slow_ratio) {
            sleep(self.faults.slow).await;
        }
        if self.toss(self.faults.fail_ratio) {
            return reply(StatusCode::INTERNAL_SERVER_ERROR, json!({ "error": "this version fails (SAMPLE_FAIL)" }));
        }
        self.work(request).await
    }

    fn toss(&self, ratio: f64) -> bool {
        // No draw where there is no fault: a healthy version takes no lock.
        ratio > 0.0 && self.random.lock().unwrap_or_else(PoisonError::into_inner).ratio() < ratio
    }

    async fn work(&self, request: Request<Incoming>) -> Response<Full<Bytes>> {
        let (parts, body) = request.into_parts();
        let Ok(body) = Limited::new(body, BODY_MAX).collect().await else {
            return reply(StatusCode::PAYLOAD_TOO_LARGE, json!({ "error": "at most 64 KiB are read" }));
        };
        let user = parts.headers.get("x-user").cloned();
        match (self.sample, &parts.method, parts.uri.path()) {
            (Sample::Checkout, &Method::GET, "/basket") => self.ask(Method::GET, "/quote", Bytes::new(), user).await,
            (Sample::Checkout, &Method::POST, "/orders") => {
                self.ask(Method::POST, "/charge", body.to_bytes(), user).await
            }
            (Sample::Payments, &Method::GET, "/quote") => quote(),
            (Sample::Payments, &Method::POST, "/charge") => charge(&body.to_bytes()),
            (Sample::Checkout, _, "/basket" | "/orders") | (Sample::Payments, _, "/quote" | "/charge") => {
                reply(StatusCode::METHOD_NOT_ALLOWED, json!({ "error": "GET reads, POST orders" }))
            }
            _ => reply(StatusCode::NOT_FOUND, json!({ "error": "there is nothing here" })),
        }
    }

    /// Asks payments on behalf of `user`; what payments refuses, checkout refuses.
    async fn ask(&self, method: Method, path: &str, body: Bytes, user: Option<HeaderValue>) -> Response<Full<Bytes>> {
        let Some(payments) = &self.payments else { return bad_gateway("payments is not configured") };
        let mut request = Request::builder().method(method).uri(payments.path(path)).body(Full::new(body));
        if let (Ok(request), Some(user)) = (&mut request, user) {
            request.headers_mut().insert("x-user", user);
        }
        let Ok(request) = request else { return bad_gateway("the address of payments cannot be used") };
        match timeout(PAYMENTS_TIMEOUT, payments.send(request)).await {
            Ok(Ok(answer)) if answer.status().is_server_error() => bad_gateway("payments failed"),
            Ok(Ok(answer)) => answer.map(Full::new),
            Ok(Err(_)) => bad_gateway("payments does not answer"),
            Err(_) => bad_gateway("payments did not answer in time"),
        }
    }
}

fn quote() -> Response<Full<Bytes>> {
    reply(StatusCode::OK, json!({ "currency": "EUR", "total_cents": PRICE_CENTS }))
}

/// Charges for an order of `{"quantity": n}`.
fn charge(body: &[u8]) -> Response<Full<Bytes>> {
    let quantity = serde_json::from_slice::<Value>(body).ok().and_then(|order| order.get("quantity")?.as_u64());
    match quantity {
        Some(quantity @ 1..=100) => {
            reply(StatusCode::CREATED, json!({ "charged_cents": quantity * PRICE_CENTS, "currency": "EUR" }))
        }
        _ => reply(StatusCode::BAD_REQUEST, json!({ "error": "an order has a \"quantity\" from 1 to 100" })),
    }
}

fn bad_gateway(why: &str) -> Response<Full<Bytes>> {
    reply(StatusCode::BAD_GATEWAY, json!({ "error": why }))
}

fn reply(status: StatusCode, body: Value) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::from(body.to_string())));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}
