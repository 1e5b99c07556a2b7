//! A control plane and a gateway in one, that play what they are told: for tests of the story, not of the product.

use std::cell::RefCell;
use std::convert::Infallible;
use std::fs;
use std::io::{self, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http::{Method, Request, Response, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use seaworthy_contract::api::{
    ApiError, ArmTotals, Code, Evidence, Finding, JudgeView, Page, PageChannel, PageLadder, PageMatter, PageState,
    Readiness, RevertTimes, Rollout, RolloutState, ShipRequest, Shipped, Step, StepState, Verdict, Verification,
};
use seaworthy_model::{Entropy, PageId, RolloutId, Timestamp};
use serde::Serialize;
use tokio::net::TcpListener;

use super::directory::Directory;
use super::row::Row;

fn at(ms: i64) -> Timestamp {
    Timestamp::from_millisecond(1_800_000_000_000 + ms).expect("in range")
}

fn name<T: std::str::FromStr<Err: std::fmt::Debug>>(text: &str) -> T {
    text.parse().expect("a valid name")
}

/// A rollout of checkout that was just shipped.
pub(crate) fn rollout(version: &str) -> Rollout {
    let seed = version.bytes().fold(0, |sum, byte| sum * 256 + u128::from(byte));
    let step = |share| Step { share, state: StepState::Next, seconds: None, needs: None };
    Rollout {
        id: RolloutId::new(at(0), &mut Entropy::new(seed)),
        service: name("checkout"),
        version: name(version),
        baseline: Some(name("v1")),
        state: RolloutState::Starting,
        sentence: format!("checkout {version}"),
        reason: None,
        share: 0.0,
        steps: vec![step(0.05), step(1.0)],
        by: "admin".to_owned(),
        started_at: at(0),
        ended_at: None,
        first_bad_at: None,
        judge: None,
        canary: ArmTotals::default(),
        stable: ArmTotals::default(),
        revert: None,
        position: 40,
    }
}

pub(crate) fn starting(rollout: &mut Rollout) {
    rollout.state = RolloutState::Starting;
}

pub(crate) fn stepping(rollout: &mut Rollout) {
    (rollout.state, rollout.share, rollout.reason) = (RolloutState::Stepping, 0.05, None);
    rollout.steps[0].state = StepState::Now;
}

pub(crate) fn held(rollout: &mut Rollout) {
    rollout.state = RolloutState::Held;
    rollout.reason = Some("too little traffic".to_owned());
}

pub(crate) fn failing(rollout: &mut Rollout) {
    rollout.first_bad_at = Some(at(1_100));
    rollout.judge = Some(judge());
    rollout.canary = ArmTotals { requests: 40, failures: 12, rescued: 9, seen_other: 3, users: 38, seen_idempotent: 0 };
}

fn judge() -> JudgeView {
    JudgeView {
        decision: "hold".to_owned(),
        metric: "errors".to_owned(),
        log_e: 5.83,
        log_e_promote: -1.0,
        waits_for: None,
        at: at(2_000),
    }
}

pub(crate) fn reverting(rollout: &mut Rollout) {
    (rollout.state, rollout.share, rollout.reason) = (RolloutState::Reverting, 0.0, Some("errors".to_owned()));
    rollout.steps[0].state = StepState::Stopped;
    rollout.steps[0].seconds = Some(1.9);
    rollout.steps[1].state = StepState::Never;
}

pub(crate) fn reverted(rollout: &mut Rollout) {
    (rollout.state, rollout.ended_at) = (RolloutState::Reverted, Some(at(2_500)));
    rollout.revert = Some(RevertTimes {
        decision_to_last_assignment_s: 0.1,
        decision_to_last_response_s: 0.15,
        first_bad_to_last_assignment_s: Some(1.2009),
        first_bad_to_last_response_s: Some(1.25),
        position: 57,
    });
}

pub(crate) fn promoted(rollout: &mut Rollout) {
    (rollout.state, rollout.share, rollout.ended_at) = (RolloutState::Promoted, 1.0, Some(at(22_500)));
    let judge = JudgeView { metric: "latency".to_owned(), log_e: -1.0, log_e_promote: 3.1, ..judge() };
    (rollout.judge, rollout.reason) = (Some(judge), None);
    for (step, seconds) in rollout.steps.iter_mut().zip([6.0, 5.5]) {
        (step.state, step.seconds) = (StepState::Passed, Some(seconds));
    }
}

pub(crate) fn page(rollout: &Rollout) -> Page {
    Page {
        id: PageId::new(at(0), &mut Entropy::new(3)),
        service: rollout.service.clone(),
        team: name("shop"),
        to: Some(name("ines")),
        to_name: Some("Ines".to_owned()),
        sentence: "customers could not place orders".to_owned(),
        state: PageState::Delivered,
        matter: PageMatter::GoesOn,
        rollout: Some(rollout.id),
        alert: None,
        verdict: None,
        began_at: rollout.first_bad_at,
        requested_at: at(2_400),
        acknowledged_at: None,
        acknowledged_by: None,
        reached: false,
        channels: vec![
            PageChannel { channel: "webhook-1".to_owned(), state: "waiting".to_owned(), at: Some(at(1)) },
            PageChannel { channel: "portal".to_owned(), state: "delivered".to_owned(), at: Some(at(2_500)) },
        ],
        ladder: PageLadder::default(),
        position: 55,
    }
}

fn finding() -> Finding {
    Finding {
        row: "DEP-12".to_owned(),
        title: "A revert was proven in production".to_owned(),
        section: "Change management".to_owned(),
        required_at: None,
        exception: None,
        attested: None,
        differs: false,
        verdict: Verdict::Unknown,
        sentence: "no revert was seen yet".to_owned(),
        remedy: None,
        evidence: None,
    }
}

/// The row before anything was seen.
pub(crate) fn unknown() -> Row {
    Row { finding: finding(), at: at(0) }
}

/// The row 0.2 s after the revert was confirmed.
pub(crate) fn proven() -> Row {
    let evidence = Evidence { position: 57, at: at(2_500), seen_by: "gateway/gw-1".to_owned(), expires_at: at(9_000) };
    let sentence = "v2 was reverted, took 0.3 s".to_owned();
    let finding = Finding { verdict: Verdict::Holds, sentence, evidence: Some(evidence), ..finding() };
    Row { finding, at: at(2_700) }
}

pub(crate) fn verified() -> Verification {
    Verification { events: 60, verified: true, broken: None, head_hash: "00".to_owned() }
}

/// Keeps what was written.
#[derive(Clone, Default)]
pub(crate) struct Paper(Rc<RefCell<Vec<u8>>>);

impl Write for Paper {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Paper {
    /// Returns all of it.
    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.0.borrow().clone()).expect("text")
    }

    /// Returns the lines of a plain stage without their times.
    pub(crate) fn lines(&self) -> Vec<String> {
        self.text().lines().map(|line| line[11..].to_owned()).collect()
    }
}

/// Makes a directory and, in it, a program that runs `script` in place of `seaworthy`.
pub(crate) fn program(script: &str) -> (Directory, PathBuf) {
    let directory = Directory::make(None, Path::new("/x")).expect("made");
    let program = directory.path().join("seaworthy");
    fs::write(&program, format!("#!/bin/sh\n{script}\n")).expect("writes");
    fs::set_permissions(&program, fs::Permissions::from_mode(0o700)).expect("sets");
    (directory, program)
}

/// What the fake does with a version: one change each time it is asked about its rollout.
pub(crate) type Script = &'static [fn(&mut Rollout)];

/// A healthy version.
pub(crate) const HEALTHY: Script = &[starting, stepping, promoted];
/// A bad version that is caught.
pub(crate) const CAUGHT: Script = &[starting, stepping, failing, reverting, reverted];
/// A bad version that nobody catches.
pub(crate) const MISSED: Script = &[stepping, failing, promoted];
/// A version that never starts.
pub(crate) const STUCK: Script = &[starting];

/// What the fake knows.
#[derive(Debug, Default)]
struct World {
    /// Script by version; healthy where there is none.
    scripts: Vec<(&'static str, Script)>,
    /// Rollouts, with the changes made so far.
    rollouts: Vec<(Rollout, Script, usize)>,
    /// Every second GET is answered with 503, as by a control plane that comes and goes.
    flaky: bool,
    /// GETs so far.
    gets: u32,
    /// Ships are refused.
    refuses: bool,
}

/// A running fake.
#[derive(Debug, Clone)]
pub(crate) struct Fake {
    pub(crate) base: String,
    world: Arc<Mutex<World>>,
}

impl Fake {
    pub(crate) async fn start(scripts: &[(&'static str, Script)]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("binds");
        let base = format!("http://{}", listener.local_addr().expect("bound"));
        let world = Arc::new(Mutex::new(World { scripts: scripts.to_vec(), ..World::default() }));
        let fake = Self { base, world };
        let served = fake.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let fake = served.clone();
                let service = service_fn(move |request| {
                    let fake = fake.clone();
                    async move { Ok::<_, Infallible>(fake.receive(request).await) }
                });
                tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
            }
        });
        fake
    }

    /// Answers every second GET of the API with 503.
    pub(crate) fn come_and_go(&self) {
        self.world.lock().expect("not poisoned").flaky = true;
    }

    /// Refuses every ship.
    pub(crate) fn refuse(&self) {
        self.world.lock().expect("not poisoned").refuses = true;
    }

    async fn receive(&self, request: Request<Incoming>) -> Response<Full<Bytes>> {
        let (head, body) = request.into_parts();
        let body = body.collect().await.expect("the test sends it all").to_bytes();
        self.answer(&head.method, head.uri.path(), &body)
    }

    fn answer(&self, method: &Method, path: &str, body: &[u8]) -> Response<Full<Bytes>> {
        let world = &mut *self.world.lock().expect("not poisoned");
        let path: Vec<_> = path.trim_start_matches('/').split('/').collect();
        if path[0] != "v1" {
            return json(StatusCode::OK, &"a basket");
        }
        world.gets += u32::from(method == Method::GET);
        if world.flaky && method == Method::GET && world.gets.is_multiple_of(2) {
            return refusal(StatusCode::SERVICE_UNAVAILABLE, Code::Unavailable);
        }
        match (method, &path[1..]) {
            (&Method::POST, ["services", service, "rollouts"]) => world.ship(service, body),
            (&Method::GET, ["rollouts", id]) => world.look(id),
            (&Method::GET, ["pages"]) => json(StatusCode::OK, &world.caught().map(page).collect::<Vec<_>>()),
            (&Method::GET, ["services", service, "readiness"]) => {
                let row = if world.caught().next().is_some() { proven() } else { unknown() };
                json(
                    StatusCode::OK,
                    &Readiness {
                        service: name(service),
                        findings: vec![row.finding],
                        ladder: vec![],
                        next: None,
                        unseen: vec![],
                    },
                )
            }
            (&Method::GET, ["ledger", "verify"]) => json(StatusCode::OK, &verified()),
            _ => refusal(StatusCode::NOT_FOUND, Code::NotFound),
        }
    }
}

impl World {
    fn ship(&mut self, service: &str, body: &[u8]) -> Response<Full<Bytes>> {
        if self.refuses {
            return refusal(StatusCode::CONFLICT, Code::Refused);
        }
        let ShipRequest { version, env, .. } = serde_json::from_slice(body).expect("a ship request");
        assert_eq!(env.contains_key("SAMPLE_FAIL"), version == "v2", "v2 alone is bad");
        let mut rollout = Rollout { service: name(service), ..rollout(&version) };
        rollout.id = RolloutId::new(at(0), &mut Entropy::new(self.rollouts.len() as u128 + 1));
        let script = self.scripts.iter().find(|(name, _)| *name == version).map_or(HEALTHY, |(_, script)| *script);
        let shipped = Shipped { rollout: rollout.id, position: 40, steps: Vec::new() };
        self.rollouts.push((rollout, script, 0));
        json(StatusCode::CREATED, &shipped)
    }

    fn look(&mut self, id: &str) -> Response<Full<Bytes>> {
        let Some((rollout, script, done)) = self.rollouts.iter_mut().find(|(rollout, ..)| rollout.id.to_string() == id)
        else {
            return refusal(StatusCode::NOT_FOUND, Code::NotFound);
        };
        if let Some(change) = script.get(*done) {
            change(rollout);
            *done += 1;
        }
        json(StatusCode::OK, rollout)
    }

    fn caught(&self) -> impl Iterator<Item = &Rollout> {
        self.rollouts.iter().map(|(rollout, ..)| rollout).filter(|rollout| rollout.state == RolloutState::Reverted)
    }
}

fn json(status: StatusCode, body: &(impl Serialize + ?Sized)) -> Response<Full<Bytes>> {
    let body = serde_json::to_vec(body).expect("plain JSON");
    Response::builder().status(status).body(Full::new(Bytes::from(body))).expect("valid")
}

fn refusal(status: StatusCode, code: Code) -> Response<Full<Bytes>> {
    json(status, &ApiError { code, message: "the fake says no".to_owned(), hint: Some("ask again".to_owned()) })
}
