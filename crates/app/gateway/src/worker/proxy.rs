//! Carries one request: split, attempt, safety net, answer.

use std::rc::Rc;
use std::time::Instant;

use http::request::Parts;
use http::{HeaderValue, Request, Response, StatusCode};
use http_body::Body as _;
use http_body_util::BodyExt;
use hyper::body::Incoming;
use seaworthy_model::Arm;
use seaworthy_traffic::net::{self, Attempt, Failure, REPLAY_MAX};
use seaworthy_traffic::split::{Point, assign};

use crate::worker::attempt::{Limits, Message, Outcome, Payload, attempt};
use crate::worker::body::{Answer, Stream, Upload};
use crate::worker::connection::Connection;
use crate::worker::pool::Lease;
use crate::worker::serve::{Target, no_version};
use crate::worker::ticket::{Assigned, Class, Ticket};
use crate::worker::view::View;
use crate::worker::{forward, reply, tunnel};

/// A failed canary's body up to this length is read off, so that its connection can be used again, in bytes.
const DISCARD_MAX: u64 = 64 * 1024;

const STABLE: HeaderValue = HeaderValue::from_static("stable");
const CANARY: HeaderValue = HeaderValue::from_static("canary");

/// A request on its way through a service.
pub(crate) struct Carry {
    pub(crate) connection: Rc<Connection>,
    view: Rc<View>,
    target: Target,
    pub(crate) limits: Limits,
}

/// Carries a request to a version of a service and back.
pub(crate) async fn carry(
    connection: Rc<Connection>,
    view: Rc<View>,
    target: Target,
    request: Request<Incoming>,
) -> Response<Answer> {
    let now = Instant::now();
    let reach = view.reach(&target.way, target.service);
    let limits = Limits { attempt: reach.attempt_timeout, deadline: now + reach.timeout };
    let carry = Carry { connection, target, limits, view: view.clone() };
    let (arm, user) = match carry.split(&request) {
        Some(assigned) => assigned,
        None => return *no_version(&carry.connection, view.compiled.services[carry.target.service].id.as_str()),
    };
    let ticket = carry.open(arm, user, &request, now);
    if forward::wants_websocket(request.headers()) {
        return tunnel::carry(carry, arm, ticket, request).await;
    }
    match carry.message(request).await {
        Some(message) => carry.to_arm(arm, ticket, message).await,
        None => carry.user_slow(ticket),
    }
}

impl Carry {
    /// Decides the arm; the user's hash comes along where there is a canary and a user key.
    fn split(&self, request: &Request<Incoming>) -> Option<(Arm, Option<u64>)> {
        let worker = &self.connection.worker;
        let service = &self.view.compiled.services[self.target.service];
        let arms = self.view.arms(self.target.service);
        let Some(canary) = &service.canary else {
            return assign(arms, Point::from_random(0)).map(|arm| (arm, None));
        };
        let reach = self.view.reach(&self.target.way, self.target.service);
        let key = reach.key.as_ref().and_then(|key| key.find(request.headers()));
        let user = key.map(|key| Point::of_user(canary.trial.salt, key));
        let point = user.unwrap_or_else(|| Point::from_random(worker.random()));
        self.view.service(self.target.service).budget.borrow_mut().request(worker.shared.now_ms());
        assign(arms, point).map(|arm| (arm, user.map(Point::bits)))
    }

    fn open(&self, arm: Arm, user: Option<u64>, request: &Request<Incoming>, now: Instant) -> Ticket {
        let row = self.view.row(&self.target.way, self.target.service, arm);
        let canary = self.view.compiled.services[self.target.service].canary.as_ref();
        let assigned = Assigned {
            arm,
            trial: canary.map(|canary| canary.trial.clone()),
            user,
            may_repeat: net::may_repeat(request.method().as_str()),
            now,
        };
        Ticket::open(self.connection.worker.clone(), row, assigned)
    }

    /// Makes what the version gets; none if the user did not send a small body in time.
    async fn message(&self, request: Request<Incoming>) -> Option<Message> {
        let (mut parts, body) = request.into_parts();
        forward::request(&mut parts.headers, &parts.uri, &self.connection);
        let body = self.payload(&parts, body).await?;
        Some(Message { method: parts.method, uri: self.target.uri.clone(), headers: parts.headers, body })
    }

    /// Keeps a small body of a request that may be repeated; streams any other.
    async fn payload(&self, parts: &Parts, body: Incoming) -> Option<Payload> {
        if body.is_end_stream() {
            return Some(Payload::Empty);
        }
        let is_small = body.size_hint().upper().is_some_and(|length| length <= REPLAY_MAX);
        if !is_small || !net::may_repeat(parts.method.as_str()) {
            return Some(Payload::Stream(Some(body), Rc::new(Upload::default())));
        }
        let collected = tokio::time::timeout_at(self.limits.deadline.into(), body.collect()).await;
        Some(Payload::Whole(collected.ok()?.ok()?.to_bytes()))
    }

    async fn to_arm(&self, arm: Arm, mut ticket: Ticket, mut message: Message) -> Response<Answer> {
        let service = self.view.service(self.target.service);
        let instances = service.arm(arm).expect("an arm that was assigned has instances");
        ticket.sends(message.upload().cloned());
        let outcome = attempt(instances, arm, &mut message, self.limits).await;
        let failure = match &outcome {
            Outcome::Answer(response, _) => {
                ticket.answered(response.status());
                response.status().is_server_error().then_some(Failure::ServerError)
            }
            Outcome::Failed(failure) => Some(*failure),
            Outcome::UserSlow => return self.user_slow(ticket),
        };
        let Some(failure) = failure else { return self.finish(outcome, arm, ticket) };
        ticket.end(Class::Failed(failure));
        if self.rescues(arm, &message) {
            discard(outcome);
            return self.rescue(ticket, message).await;
        }
        ticket.seen();
        self.finish(outcome, arm, ticket)
    }

    fn rescues(&self, arm: Arm, message: &Message) -> bool {
        let service = self.view.service(self.target.service);
        let attempt =
            Attempt { arm, stable: service.stable.is_some(), method: message.method.as_str(), body: message.replay() };
        net::rescues(attempt, &mut service.budget.borrow_mut(), self.connection.worker.shared.now_ms())
    }

    /// Lets stable answer for the canary that failed.
    async fn rescue(&self, ticket: Ticket, mut message: Message) -> Response<Answer> {
        let row = self.view.row(&self.target.way, self.target.service, Arm::Stable);
        let mut ticket = ticket.rescue(row);
        let service = self.view.service(self.target.service);
        let stable = service.stable.as_ref().expect("a rescue needs a stable version");
        let outcome = attempt(stable, Arm::Stable, &mut message, self.limits).await;
        match &outcome {
            Outcome::Answer(response, _) => ticket.answered(response.status()),
            Outcome::Failed(failure) => ticket.end(Class::Failed(*failure)),
            Outcome::UserSlow => return self.user_slow(ticket),
        }
        let mut response = self.finish(outcome, Arm::Stable, ticket);
        let canary = self.view.compiled.services[self.target.service].arm(Arm::Canary);
        if let Some(canary) = canary.filter(|_| !response.status().is_server_error()) {
            response.headers_mut().insert(reply::RESCUED, canary.header.clone());
        }
        response
    }

    fn finish(&self, outcome: Outcome, arm: Arm, ticket: Ticket) -> Response<Answer> {
        match outcome {
            Outcome::Answer(response, lease) => self.pass_on(response, lease, arm, ticket),
            Outcome::Failed(failure) => self.failed(failure, arm),
            Outcome::UserSlow => self.user_slow(ticket),
        }
    }

    fn pass_on(&self, response: Response<Incoming>, lease: Lease, arm: Arm, ticket: Ticket) -> Response<Answer> {
        let (mut parts, body) = response.into_parts();
        forward::response(&mut parts.headers);
        // hyper writes our own version and framing; the version's would be a lie about this connection.
        parts.version = http::Version::HTTP_11;
        let stream = Stream::new(body, parts.status, ticket, lease, self.limits.deadline);
        self.marked(Response::from_parts(parts, Answer::Stream(Box::new(stream))), arm)
    }

    /// Says who answered.
    pub(crate) fn marked(&self, mut response: Response<Answer>, arm: Arm) -> Response<Answer> {
        if let Some(spec) = self.view.compiled.services[self.target.service].arm(arm) {
            response.headers_mut().insert(reply::VERSION, spec.header.clone());
        }
        let name = if arm == Arm::Canary { CANARY } else { STABLE };
        response.headers_mut().insert(reply::ARM, name);
        response
    }

    pub(crate) fn failed(&self, failure: Failure, arm: Arm) -> Response<Answer> {
        let service = &self.view.compiled.services[self.target.service];
        let version = service.arm(arm).map(|spec| spec.version.as_str()).unwrap_or_default();
        let (status, code, what) = match failure {
            Failure::Connect => (StatusCode::BAD_GATEWAY, "no-connection", "accepts no connection"),
            Failure::Reset => (StatusCode::BAD_GATEWAY, "broken-connection", "broke the connection off"),
            Failure::Timeout => (StatusCode::GATEWAY_TIMEOUT, "too-late", "did not answer in time"),
            Failure::ServerError => (StatusCode::BAD_GATEWAY, "server-error", "answered with an error"),
        };
        let text = format!("version \"{version}\" of \"{}\" {what}", service.id);
        self.marked(reply::own(status, code, text), arm)
    }

    /// The user did not send the request in time: nobody's failure but theirs.
    pub(crate) fn user_slow(&self, mut ticket: Ticket) -> Response<Answer> {
        ticket.end(Class::Cancelled);
        let text = "the request's body did not arrive in time";
        let mut response = reply::own(StatusCode::REQUEST_TIMEOUT, "request-too-slow", text);
        response.headers_mut().insert(http::header::CONNECTION, HeaderValue::from_static("close"));
        response
    }

    /// The instances of an arm that was assigned.
    pub(crate) fn instances(&self, arm: Arm) -> &crate::worker::view::ArmView {
        self.view.service(self.target.service).arm(arm).expect("an arm that was assigned has instances")
    }

    /// What the version gets as target.
    pub(crate) fn uri(&self) -> http::Uri {
        self.target.uri.clone()
    }
}

/// Reads a short response off in the background, so that its connection is kept; a long one is closed.
fn discard(outcome: Outcome) {
    let Outcome::Answer(response, lease) = outcome else { return };
    let body = response.into_body();
    if body.is_end_stream() {
        lease.release();
        return;
    }
    if body.size_hint().upper().is_none_or(|length| length > DISCARD_MAX) {
        return;
    }
    tokio::task::spawn_local(async move {
        if body.collect().await.is_ok() {
            lease.release();
        }
    });
}
