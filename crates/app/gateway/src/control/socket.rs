//! The gateway's own unix socket: works while everything else is dead. Who may open the file may use it.

use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::rc::Rc;
use std::time::Duration;

use rustix::fs::Mode;
use seaworthy_contract::api::{ApiError, Code};
use seaworthy_contract::gateway::{CONTROL_LINE_MAX, ControlCanary, ControlReply, ControlRequest, ControlStatus};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{UnixListener, UnixStream};
use tokio::task::spawn_local;
use tokio::time::timeout;

use crate::control::{Control, refusal};
use crate::telemetry::metrics;

/// Longest time of one question and its answer.
const EXCHANGE_MAX: Duration = Duration::from_secs(5);

/// Binds the socket, for the owner alone. A file that a dead gateway left is replaced, one of a living gateway is not.
///
/// # Errors
/// When another gateway answers there, or the path cannot be used.
pub(crate) fn bind(path: &Path) -> io::Result<UnixListener> {
    if std::os::unix::net::UnixStream::connect(path).is_ok() {
        return Err(io::Error::new(io::ErrorKind::AddrInUse, "another gateway answers there"));
    }
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    // The mask first: between binding and a later chmod anybody could connect.
    let before = rustix::process::umask(Mode::from_raw_mode(0o177));
    let listener = UnixListener::bind(path);
    rustix::process::umask(before);
    let listener = listener?;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600))?;
    Ok(listener)
}

/// Answers for ever.
pub(crate) async fn serve(control: Rc<Control>, listener: UnixListener) {
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                let control = control.clone();
                spawn_local(async move {
                    if let Ok(Err(error)) = timeout(EXCHANGE_MAX, exchange(&control, stream)).await {
                        tracing::debug!(%error, "an exchange on the control socket broke off");
                    }
                });
            }
            Err(error) => {
                tracing::warn!(%error, "could not accept on the control socket");
                tokio::time::sleep(EXCHANGE_MAX).await;
            }
        }
    }
}

async fn exchange(control: &Control, stream: UnixStream) -> io::Result<()> {
    let by = format!("uid {}", stream.peer_cred()?.uid());
    let mut stream = BufReader::new(stream);
    let mut line = String::new();
    (&mut stream).take(CONTROL_LINE_MAX).read_line(&mut line).await?;
    let reply = match serde_json::from_str(&line) {
        Ok(request) => answer(control, request, by),
        Err(error) => ControlReply::Refused(unreadable(&error)),
    };
    let mut text = serde_json::to_vec(&reply)?;
    text.push(b'\n');
    stream.write_all(&text).await?;
    stream.shutdown().await
}

fn answer(control: &Control, request: ControlRequest, by: String) -> ControlReply {
    match request {
        ControlRequest::Status => ControlReply::Status(status(control)),
        ControlRequest::Metrics => ControlReply::Metrics { text: metrics::text(control) },
        ControlRequest::Revert { target } => match control.revert(&target, by) {
            Ok(reverted) => ControlReply::Reverted(reverted),
            Err(error) => ControlReply::Refused(error),
        },
        ControlRequest::Hold(wanted) => match control.hold(*wanted, by) {
            Ok(held) => ControlReply::Held(Box::new(held)),
            Err(error) => ControlReply::Refused(error),
        },
        ControlRequest::LetGo { target } => match control.let_go(&target, &by) {
            Ok(controls) => ControlReply::LetGo { controls },
            Err(error) => ControlReply::Refused(error),
        },
    }
}

fn status(control: &Control) -> ControlStatus {
    let compiled = control.shared.current();
    let health = control.health.borrow();
    let canaries = compiled.services.iter().filter_map(|service| service.canary.as_ref().map(|c| (service, c)));
    ControlStatus {
        gateway: control.name.clone(),
        boot: control.boot,
        pid: std::process::id(),
        config: compiled.config.as_ref().map(|config| config.version),
        control_plane_age_ms: health.heard.map(|at| u64::try_from(at.elapsed().as_millis()).unwrap_or(u64::MAX)),
        refused: health.refused.clone(),
        reports_waiting: control.queue.borrow().len(),
        canaries: canaries
            .map(|(service, canary)| ControlCanary {
                service: service.id.clone(),
                version: canary.arm.version.clone(),
                rollout: canary.trial.key.rollout,
                share: canary.share.to_string(),
                off: canary.trial.off().map(|off| off.as_str().to_owned()),
            })
            .collect(),
        controls: control.held(),
    }
}

fn unreadable(error: &serde_json::Error) -> ApiError {
    let message = format!("could not read the request: {error}");
    refusal(Code::Invalid, message, "write one line such as {\"do\":\"revert\",\"target\":\"checkout\"}")
}
