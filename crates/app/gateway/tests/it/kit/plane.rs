//! A control plane: gives out configs, takes reports, or does neither.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use seaworthy_contract::gateway::{Classes, Config, Count, Moment, Report, ReportAck};
use seaworthy_model::Arm;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::kit::{Streamed, until};

/// How it treats reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reports {
    Acknowledged,
    /// Taken, but the answer never comes through.
    Lost,
}

struct State {
    line: watch::Sender<String>,
    reports: Mutex<Vec<Report>>,
    /// Every report as it came, duplicates included: its sequence and age.
    came: Mutex<Vec<(u64, u64)>>,
    treatment: Mutex<Reports>,
    tokens: Mutex<Vec<String>>,
}

pub(crate) struct Plane {
    pub(crate) address: SocketAddr,
    state: Arc<State>,
    tasks: Option<JoinSet<()>>,
}

/// Sums over the reports of one arm.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Sums {
    pub(crate) starts: u64,
    pub(crate) ended: Classes,
    pub(crate) rescued: u64,
    pub(crate) seen_idempotent: u64,
    pub(crate) seen_other: u64,
    pub(crate) users_in_step: u64,
    pub(crate) users: u64,
    pub(crate) users_failed: u64,
    pub(crate) users_failed_in_step: u64,
    pub(crate) timed: u64,
}

impl Plane {
    pub(crate) async fn new(config: &Config) -> Self {
        Self::saying(serde_json::to_string(config).unwrap()).await
    }

    /// Says any line.
    pub(crate) async fn saying(line: String) -> Self {
        let state = Arc::new(State {
            line: watch::Sender::new(line),
            reports: Mutex::default(),
            came: Mutex::default(),
            treatment: Mutex::new(Reports::Acknowledged),
            tokens: Mutex::default(),
        });
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let mut plane = Self { address: listener.local_addr().unwrap(), state, tasks: None };
        plane.serve(listener);
        plane
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub(crate) fn say(&self, config: &Config) {
        self.say_line(serde_json::to_string(config).unwrap());
    }

    pub(crate) fn say_line(&self, line: String) {
        self.state.line.send_replace(line);
    }

    pub(crate) fn treat(&self, reports: Reports) {
        *self.state.treatment.lock().unwrap() = reports;
    }

    /// As after kill -9: every connection breaks, nobody listens.
    pub(crate) async fn die(&mut self) {
        if let Some(mut tasks) = self.tasks.take() {
            tasks.shutdown().await;
        }
    }

    pub(crate) async fn come_back(&mut self) {
        let bind = async || TcpListener::bind(self.address).await.ok();
        let mut listener = None;
        until("the port is free again", async || {
            listener = bind().await;
            listener.is_some()
        })
        .await;
        self.serve(listener.unwrap());
    }

    /// Every report once, in order.
    pub(crate) fn reports(&self) -> Vec<Report> {
        self.state.reports.lock().unwrap().clone()
    }

    /// Every report as it came: sequence and age.
    pub(crate) fn came(&self) -> Vec<(u64, u64)> {
        self.state.came.lock().unwrap().clone()
    }

    pub(crate) fn tokens(&self) -> Vec<String> {
        self.state.tokens.lock().unwrap().clone()
    }

    pub(crate) fn sums(&self, arm: Arm) -> Sums {
        self.sums_of(|count| count.arm == arm)
    }

    pub(crate) fn sums_of(&self, which: impl Fn(&Count) -> bool) -> Sums {
        let reports = self.state.reports.lock().unwrap();
        let counts = reports.iter().flat_map(|report| &report.counts).filter(|count| which(count));
        counts.fold(Sums::default(), Sums::plus)
    }

    /// Starts by route and arm.
    pub(crate) fn starts(&self) -> BTreeMap<(String, Arm), u64> {
        let mut starts = BTreeMap::new();
        for count in self.reports().into_iter().flat_map(|report| report.counts) {
            *starts.entry((count.route, count.arm)).or_default() += count.starts;
        }
        starts
    }

    /// The newest moments of a version.
    pub(crate) fn moment(&self, version: &str) -> Option<Moment> {
        let report = self.reports().pop()?;
        report.moments.into_iter().find(|moment| moment.version.as_str() == version)
    }

    /// Waits until the reports say so.
    pub(crate) async fn until(&self, what: &str, mut is_so: impl FnMut(&Self) -> bool) {
        until(what, async || is_so(self)).await;
    }

    fn serve(&mut self, listener: TcpListener) {
        let (state, mut tasks) = (self.state.clone(), JoinSet::new());
        tasks.spawn(async move {
            let mut connections = JoinSet::new();
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let state = state.clone();
                connections.spawn(async move {
                    let service = service_fn(move |request| answer(state.clone(), request));
                    let served =
                        hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service);
                    drop(served.await);
                });
            }
        });
        self.tasks = Some(tasks);
    }
}

impl Sums {
    fn plus(self, count: &Count) -> Self {
        let (a, b) = (self.ended, count.ended);
        Self {
            starts: self.starts + count.starts,
            ended: Classes {
                ok: a.ok + b.ok,
                client_error: a.client_error + b.client_error,
                server_error: a.server_error + b.server_error,
                connect_error: a.connect_error + b.connect_error,
                reset: a.reset + b.reset,
                timeout: a.timeout + b.timeout,
                cancelled: a.cancelled + b.cancelled,
                gave_up: a.gave_up + b.gave_up,
            },
            rescued: self.rescued + count.rescued,
            seen_idempotent: self.seen_idempotent + count.seen_idempotent,
            seen_other: self.seen_other + count.seen_other,
            users_in_step: self.users_in_step + count.users_in_step,
            users: self.users + count.users,
            users_failed: self.users_failed + count.users_failed,
            users_failed_in_step: self.users_failed_in_step + count.users_failed_in_step.unwrap_or(0),
            timed: self.timed + count.latency.iter().map(|(_, count)| count).sum::<u64>(),
        }
    }
}

type Body = BoxBody<Bytes, std::convert::Infallible>;

async fn answer(state: Arc<State>, request: Request<Incoming>) -> Result<Response<Body>, &'static str> {
    let token = request.headers().get("authorization").map(|value| value.to_str().unwrap().to_owned());
    state.tokens.lock().unwrap().push(token.unwrap_or_default());
    match request.uri().path() {
        "/v1/gateways/g1/config" => Ok(Response::new(config_lines(&state))),
        "/v1/gateways/g1/telemetry" => {
            let body = request.into_body().collect().await.map_err(|_| "cut")?.to_bytes();
            take(&state, serde_json::from_slice(&body).unwrap())
        }
        other => panic!("nobody asks for {other}"),
    }
}

fn take(state: &State, report: Report) -> Result<Response<Body>, &'static str> {
    let ack = ReportAck { boot: report.boot, seq: report.seq };
    state.came.lock().unwrap().push((report.seq, report.age_ms));
    let mut reports = state.reports.lock().unwrap();
    if !reports.iter().any(|known| (known.boot, known.seq) == (report.boot, report.seq)) {
        reports.push(report);
    }
    match *state.treatment.lock().unwrap() {
        Reports::Acknowledged => Ok(json(StatusCode::OK, &serde_json::to_string(&ack).unwrap())),
        Reports::Lost => Err("the answer is lost"),
    }
}

/// The line at once, after each change, and as a heartbeat.
fn config_lines(state: &State) -> Body {
    let (pieces, body) = Streamed::new();
    let mut lines = state.line.subscribe();
    tokio::spawn(async move {
        loop {
            let line = format!("{}\n", *lines.borrow_and_update());
            if pieces.send(line.into()).await.is_err() {
                return;
            }
            drop(tokio::time::timeout(Duration::from_secs(1), lines.changed()).await);
        }
    });
    body.boxed()
}

fn json(status: StatusCode, text: &str) -> Response<Body> {
    let mut response = Response::new(Full::new(Bytes::copy_from_slice(text.as_bytes())).boxed());
    *response.status_mut() = status;
    response
}
