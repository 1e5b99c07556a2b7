//! Break-glass from here: asks the gateway of this machine on its own socket, when the store takes no writes.
//!
//! The gateway writes down what it did before it does it, and tells the ledger as soon as that takes writes again.

use std::io;
use std::path::Path;
use std::time::Duration;

use seaworthy_contract::api::Code;
use seaworthy_contract::gateway::{ControlHeld, ControlReply, ControlRequest, ControlWanted, Reverted, revert_command};
use seaworthy_model::ServiceId;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::UnixStream;
use tokio::time::timeout;

use super::Failure;

/// Where `up` keeps the socket, below its data directory.
const SOCKET: &str = "run/gateway-control.sock";

/// Longest wait for an answer: a gateway answers from memory, after one write to its disk.
const ANSWER_MAX: Duration = Duration::from_secs(5);

/// Longest answer to a revert, in bytes: a line.
const ANSWER_BYTES: u64 = 64 * 1024;

/// Takes a service's canary off on the gateway of this machine.
///
/// # Errors
/// When nobody said where the gateway is, it does not answer, or there is no canary of the service.
pub(crate) async fn revert(data: Option<&Path>, service: &ServiceId) -> Result<Reverted, Failure> {
    let Some(data) = data else { return Err(nowhere("`seaworthy gateway revert SERVICE --dir DIR`")) };
    let request = ControlRequest::Revert { target: service.to_string() };
    let by_hand = revert_command(service.as_str(), data);
    match answered(data, &request, &by_hand).await? {
        ControlReply::Reverted(reverted) => Ok(reverted),
        _ => Err(unanswered(&by_hand, "the gateway answered something else")),
    }
}

/// Sets a control on the gateway of this machine; `command` is what does the same on a terminal.
///
/// # Errors
/// When nobody said where the gateway is, it does not answer, or it refuses.
pub(crate) async fn hold(data: Option<&Path>, wanted: ControlWanted, command: &str) -> Result<ControlHeld, Failure> {
    let by_hand = command.replacen("seaworthy ", "seaworthy gateway ", 1);
    let Some(data) = data else { return Err(nowhere(&format!("`{by_hand} --dir DIR`"))) };
    let by_hand = format!("{by_hand} --data {}", data.display());
    match answered(data, &ControlRequest::Hold(Box::new(wanted)), &by_hand).await? {
        ControlReply::Held(held) => Ok(*held),
        _ => Err(unanswered(&by_hand, "the gateway answered something else")),
    }
}

async fn answered(data: &Path, request: &ControlRequest, by_hand: &str) -> Result<ControlReply, Failure> {
    match timeout(ANSWER_MAX, ask(&data.join(SOCKET), request)).await {
        Ok(Ok(ControlReply::Refused(error))) => Err(Failure(error)),
        Ok(Ok(reply)) => Ok(reply),
        Ok(Err(error)) => Err(unanswered(by_hand, &error.to_string())),
        Err(_) => Err(unanswered(by_hand, "the gateway did not answer in time")),
    }
}

fn nowhere(command: &str) -> Failure {
    let hint = format!("on the gateway's machine: {command}");
    let mut failure =
        Failure::new(Code::Unavailable, "the store takes no writes, and no gateway is on this machine", None);
    failure.0.hint = Some(hint);
    failure
}

fn unanswered(by_hand: &str, why: &str) -> Failure {
    let mut failure = Failure::new(
        Code::Unavailable,
        format!("the store takes no writes, and could not ask the gateway: {why}"),
        None,
    );
    failure.0.hint = Some(format!("on the gateway's machine: `{by_hand}`"));
    failure
}

async fn ask(socket: &Path, request: &ControlRequest) -> io::Result<ControlReply> {
    let mut stream = UnixStream::connect(socket).await?;
    let mut line = serde_json::to_vec(request)?;
    line.push(b'\n');
    stream.write_all(&line).await?;
    let mut answer = String::new();
    BufReader::new(stream.take(ANSWER_BYTES)).read_line(&mut answer).await?;
    Ok(serde_json::from_str(&answer)?)
}
