//! WebSockets: the version accepts, then bytes are copied both ways until one side ends.
//!
//! Counted as one request that is in flight until then. Never answered by stable instead: a handshake is cheap for
//! the user to repeat, a second connection is not.

use std::time::Instant;

use http::{Request, Response, StatusCode};
use hyper::body::Incoming;
use hyper::upgrade::OnUpgrade;
use hyper_util::rt::TokioIo;
use seaworthy_model::Arm;
use tokio::io::copy_bidirectional;
use tokio::task::spawn_local;

use crate::worker::attempt::{Limits, Message, Outcome, Payload, attempt};
use crate::worker::body::{Answer, Stream};
use crate::worker::connection::Connection;
use crate::worker::forward;
use crate::worker::patience::Order;
use crate::worker::pool::Lease;
use crate::worker::proxy::Carry;
use crate::worker::ticket::{Class, Ticket};

/// Carries a WebSocket handshake and, if the version accepts it, what follows.
pub(crate) async fn carry(
    carry: Carry,
    arm: Arm,
    mut ticket: Ticket,
    mut request: Request<Incoming>,
) -> Response<Answer> {
    let user = hyper::upgrade::on(&mut request);
    let (mut parts, _) = request.into_parts();
    forward::request(&mut parts.headers, &parts.uri, &carry.connection);
    forward::ask_for_websocket(&mut parts.headers);
    let mut message = Message { method: parts.method, uri: carry.uri(), headers: parts.headers, body: Payload::Empty };
    let limits = Limits { deadline: Instant::now() + carry.limits.attempt, ..carry.limits };
    match attempt(carry.instances(arm), arm, &mut message, limits).await {
        Outcome::Answer(response, lease) => {
            ticket.answered(response.status());
            if response.status() == StatusCode::SWITCHING_PROTOCOLS {
                return accepted(&carry, arm, ticket, response, user);
            }
            declined(&carry, arm, ticket, response, lease)
        }
        Outcome::Failed(failure) => {
            ticket.end(Class::Failed(failure));
            ticket.seen();
            carry.failed(failure, arm)
        }
        Outcome::UserSlow => carry.user_slow(ticket),
    }
}

fn accepted(
    carry: &Carry,
    arm: Arm,
    mut ticket: Ticket,
    mut response: Response<Incoming>,
    user: OnUpgrade,
) -> Response<Answer> {
    let version = hyper::upgrade::on(&mut response);
    let connection = carry.connection.clone();
    connection.wire.stop_reading();
    connection.becomes_tunnel();
    let registered = connection.worker.register(connection.clone());
    ticket.end(Class::Answered(response.status()));
    spawn_local(async move {
        // Both are dropped, and the account closed, when the tunnel ends.
        let _held = (registered, ticket);
        let (Ok(user), Ok(version)) = (user.await, version.await) else { return };
        let (mut user, mut version) = (TokioIo::new(user), TokioIo::new(version));
        tokio::select! {
            // Either side may end it in whatever way; there is nobody to tell.
            _ = copy_bidirectional(&mut user, &mut version) => {}
            () = cut(&connection) => {}
        }
    });
    let mut parts = response.into_parts().0;
    forward::response(&mut parts.headers);
    forward::ask_for_websocket(&mut parts.headers);
    carry.marked(Response::from_parts(parts, Answer::Own(bytes::Bytes::new())), arm)
}

/// A tunnel has no end that could be waited for: a drain leaves it until its deadline.
async fn cut(connection: &Connection) {
    while connection.ordered().await != Order::Cut {}
}

fn declined(carry: &Carry, arm: Arm, ticket: Ticket, response: Response<Incoming>, lease: Lease) -> Response<Answer> {
    if response.status().is_server_error() {
        ticket.seen();
    }
    let (mut parts, body) = response.into_parts();
    forward::response(&mut parts.headers);
    let stream = Stream::new(body, parts.status, ticket, lease, carry.limits.deadline);
    carry.marked(Response::from_parts(parts, Answer::Stream(Box::new(stream))), arm)
}
