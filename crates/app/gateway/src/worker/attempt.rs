//! One attempt: a request to one arm, until response headers came or it is clear that they will not.
//!
//! Inside an attempt a request is sent again only when the version provably did nothing about it: not a byte was
//! sent, or a kept connection was closed under a request that may be repeated (RFC 9110 §9.2.2).

use std::pin::pin;
use std::rc::Rc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::{HeaderMap, Method, Request, Response, Uri};
use hyper::body::Incoming;
use seaworthy_model::Arm;
use seaworthy_traffic::net::{Body, Failure};
use tokio::time::sleep_until;

use crate::worker::body::{Outgoing, Upload};
use crate::worker::pool::Lease;
use crate::worker::view::ArmView;

/// Most connections tried for one attempt: each kept one may be closed just now.
const SENDS_MAX: usize = 3;

/// Most instances of stable tried when there is no connection; a canary's failure is to be seen.
const INSTANCES_MAX: usize = 3;

/// A request as a version gets it.
pub(crate) struct Message {
    pub(crate) method: Method,
    pub(crate) uri: Uri,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Payload,
}

/// A request's body.
pub(crate) enum Payload {
    Empty,
    /// In memory, to be sent as often as needed.
    Whole(Bytes),
    /// On its way; taken by the first attempt.
    Stream(Option<Incoming>, Rc<Upload>),
}

impl Message {
    /// Whether the body can be sent again.
    pub(crate) fn replay(&self) -> Body {
        match &self.body {
            Payload::Empty | Payload::Whole(_) => Body::Replayable,
            Payload::Stream(..) => Body::Gone,
        }
    }

    fn may_repeat(&self) -> bool {
        self.replay() == Body::Replayable && seaworthy_traffic::net::may_repeat(self.method.as_str())
    }

    /// How far a streamed body is.
    pub(crate) fn upload(&self) -> Option<&Rc<Upload>> {
        match &self.body {
            Payload::Stream(_, upload) => Some(upload),
            Payload::Empty | Payload::Whole(_) => None,
        }
    }

    /// Makes the request to send. What can be needed again is copied, the rest is moved out.
    fn request(&mut self) -> Request<Outgoing> {
        let is_last = !self.may_repeat();
        let body = match &mut self.body {
            Payload::Empty => Outgoing::Empty,
            Payload::Whole(bytes) => Outgoing::Whole(bytes.clone()),
            Payload::Stream(body, upload) => match body.take() {
                Some(body) => Outgoing::Stream(body, upload.clone()),
                None => Outgoing::Empty,
            },
        };
        let mut request = Request::new(body);
        *request.method_mut() = self.method.clone();
        *request.uri_mut() = self.uri.clone();
        *request.headers_mut() = if is_last { std::mem::take(&mut self.headers) } else { self.headers.clone() };
        request
    }
}

/// How long an attempt may take.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    /// Until response headers, from when the request was sent whole.
    pub(crate) attempt: Duration,
    /// When the whole request is over.
    pub(crate) deadline: Instant,
}

/// What an attempt came to.
pub(crate) enum Outcome {
    Answer(Response<Incoming>, Lease),
    Failed(Failure),
    /// The user did not finish sending, or went away while doing so.
    UserSlow,
}

/// Makes one attempt.
pub(crate) async fn attempt(arm: &ArmView, which: Arm, message: &mut Message, limits: Limits) -> Outcome {
    let upload = message.upload().cloned();
    let began = Instant::now();
    let mut exchange = pin!(exchange(arm, which, message));
    let mut timer = pin!(sleep_until((began + limits.attempt).min(limits.deadline).into()));
    loop {
        tokio::select! {
            biased;
            outcome = &mut exchange => return blame(outcome, upload.as_deref()),
            () = &mut timer => match due(began, upload.as_deref(), limits) {
                Some(due) if due > Instant::now() => timer.as_mut().reset(due.into()),
                Some(_) => return Outcome::Failed(Failure::Timeout),
                None => return Outcome::UserSlow,
            },
        }
    }
}

/// When response headers are due; none if the user had all the time there is and has not finished sending.
fn due(began: Instant, upload: Option<&Upload>, limits: Limits) -> Option<Instant> {
    let Some(upload) = upload else { return Some((began + limits.attempt).min(limits.deadline)) };
    match upload.done.get() {
        Some(done) => Some((done + limits.attempt).min(limits.deadline)),
        None if upload.is_waiting.get() && limits.deadline <= Instant::now() => None,
        None => Some(limits.deadline),
    }
}

/// A request whose body broke off on the user's side is no failure of the version.
fn blame(outcome: Outcome, upload: Option<&Upload>) -> Outcome {
    match outcome {
        Outcome::Failed(_) if upload.is_some_and(|upload| upload.is_broken.get()) => Outcome::UserSlow,
        outcome => outcome,
    }
}

async fn exchange(arm: &ArmView, which: Arm, message: &mut Message) -> Outcome {
    let mut unsent = None;
    let mut may_reuse = true;
    for _ in 0..SENDS_MAX {
        let Some(mut lease) = connection(arm, which, may_reuse).await else {
            return Outcome::Failed(Failure::Connect);
        };
        let request = unsent.take().unwrap_or_else(|| message.request());
        let mut error = match lease.sender.try_send_request(request).await {
            Ok(response) => return Outcome::Answer(response, lease),
            Err(error) => error,
        };
        unsent = error.take_message();
        if unsent.is_none() && !(lease.is_reused && message.may_repeat()) {
            return Outcome::Failed(Failure::Reset);
        }
        // One kept connection was stale, so the others may be: the next is a new one.
        may_reuse = false;
    }
    Outcome::Failed(Failure::Reset)
}

/// Takes an idle connection of the instance whose turn it is, or makes one.
async fn connection(arm: &ArmView, which: Arm, may_reuse: bool) -> Option<Lease> {
    let instances = if which == Arm::Stable { arm.len().min(INSTANCES_MAX) } else { 1 };
    for _ in 0..instances {
        let endpoint = arm.next();
        if let Some(idle) = may_reuse.then(|| endpoint.take_idle(Instant::now())).flatten() {
            return Some(idle);
        }
        match endpoint.connect().await {
            Ok(lease) => return Some(lease),
            Err(error) => tracing::debug!(address = %endpoint.address, %error, "no connection"),
        }
    }
    None
}
