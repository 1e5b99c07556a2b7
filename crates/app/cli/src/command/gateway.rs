//! `seaworthy gateway`: speaks with a gateway on its own socket. Needs neither server nor token: whoever may open the
//! socket may use it, and the gateway writes down who it was.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::time::Duration;

use seaworthy_contract::api::{ApiError, CONTROL_DRILL_FOR_MS, CONTROL_FOR_MS, Code, ControlAsked};
use seaworthy_contract::gateway::{
    ControlCanary, ControlConfig, ControlHeld, ControlReply, ControlRequest, ControlStatus, ControlWanted, Reverted,
};
use seaworthy_core::Refusal;
use seaworthy_model::{ControlId, Position, ServiceId};
use serde::Serialize;

use crate::Exit;
use crate::command::control::{Edge, Lasting, Page, Rate, meant};
use crate::table::harmless;

/// Longest wait for an answer: a gateway answers from memory, after one write to its disk.
const ANSWER_MAX: Duration = Duration::from_secs(10);

/// Longest answer, in bytes: metrics of hundreds of services.
const ANSWER_BYTES: u64 = 16 * 1024 * 1024;

/// Name of the data directory below the directory that `up` was started with.
const DATA: &str = ".seaworthy";

/// Where `up` keeps the socket, below its data directory.
const SOCKET: &str = "run/gateway-control.sock";

/// Speaks with a gateway on its own socket; works while the control plane is dead.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// What to do; without it this process is a gateway, which `up` starts
    #[command(subcommand)]
    pub action: Option<Action>,
}

/// What a gateway can be asked for.
#[derive(Debug, Clone, clap::Subcommand)]
pub enum Action {
    /// Takes the canary off at once, until another rollout begins; the ledger hears of it later
    Revert {
        /// A service, or the name of a route
        #[arg(value_name = "SERVICE|ROUTE")]
        target: String,
        /// Where the gateway is.
        #[command(flatten)]
        place: Place,
    },
    /// Shows a page of the team instead of a service on this gateway at once, until an end; the ledger hears of it later
    Shutter {
        /// A service, or the name of a route
        #[arg(value_name = "SERVICE|ROUTE")]
        target: String,
        /// What is shown.
        #[command(flatten)]
        page: Page,
        /// For how long and why.
        #[command(flatten)]
        lasting: Lasting,
        /// Where the gateway is.
        #[command(flatten)]
        place: Place,
    },
    /// Lets in no more than a rate or a share of users on this gateway at once, until an end
    Throttle {
        /// A service, or the name of a route
        #[arg(value_name = "SERVICE|ROUTE")]
        target: String,
        /// How much.
        #[command(flatten)]
        rate: Rate,
        /// For how long and why.
        #[command(flatten)]
        lasting: Lasting,
        /// Where the gateway is.
        #[command(flatten)]
        place: Place,
    },
    /// Refuses every call between two services on this gateway at once, until an end
    Isolate {
        /// The service
        service: ServiceId,
        /// The edge.
        #[command(flatten)]
        edge: Edge,
        /// For how long and why.
        #[command(flatten)]
        lasting: Lasting,
        /// Where the gateway is.
        #[command(flatten)]
        place: Place,
    },
    /// Takes back a control on this gateway, or all of a service, wherever it was set
    Clear {
        /// The control's id, or a service
        #[arg(value_name = "ID|SERVICE")]
        target: String,
        /// Where the gateway is.
        #[command(flatten)]
        place: Place,
    },
    /// Shows what the gateway does: config, canaries, how long ago it heard the control plane
    Status {
        /// Where the gateway is.
        #[command(flatten)]
        place: Place,
    },
    /// Prints the gateway's metrics
    Metrics {
        /// Where the gateway is.
        #[command(flatten)]
        place: Place,
    },
}

/// Where the gateway is.
#[derive(Debug, Clone, clap::Args)]
pub struct Place {
    /// The directory that `up` was started with
    #[arg(long, value_name = "DIR", default_value = ".")]
    pub dir: PathBuf,
    /// The data directory of `up`: the directory's `.seaworthy`, unless `up` was given another
    #[arg(long, value_name = "DIR", conflicts_with = "dir")]
    pub data: Option<PathBuf>,
    /// The gateway's socket, wherever it is
    #[arg(long, value_name = "PATH", env = "SEAWORTHY_GATEWAY_SOCKET", conflicts_with_all = ["dir", "data"])]
    pub socket: Option<PathBuf>,
}

impl Place {
    fn socket(&self) -> PathBuf {
        let data = || self.data.clone().unwrap_or_else(|| self.dir.join(DATA));
        self.socket.clone().unwrap_or_else(|| data().join(SOCKET))
    }
}

/// Asks a gateway and tells its answer; returns the exit code.
pub fn run(action: &Action, json: bool, out: &mut impl Write, err: &mut impl Write) -> u8 {
    let (request, place) = match asked(action) {
        Ok(asked) => asked,
        Err(refusal) => {
            let error = ApiError { code: Code::Invalid, message: refusal.to_string(), hint: None };
            return fail(&error, Exit::Usage, json, err);
        }
    };
    let said = match ask(&place.socket(), &request) {
        Ok(ControlReply::Refused(error)) => return fail(&error, Exit::Refused, json, err),
        Ok(ControlReply::Status(status)) => in_form(&status, json, told),
        Ok(ControlReply::Reverted(reverted)) => in_form(&reverted, json, done),
        Ok(ControlReply::Held(held)) => in_form(&*held, json, held_now),
        Ok(ControlReply::LetGo { controls }) => in_form(&controls, json, let_go),
        Ok(ControlReply::Metrics { text }) => text,
        Err(error) => return fail(&unreachable_gateway(&place.socket(), &error), Exit::Unavailable, json, err),
    };
    match out.write_all(said.as_bytes()).and_then(|()| out.flush()) {
        Ok(()) => Exit::Ok.code(),
        // A reader that went away, as `head` does, has seen enough.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Exit::Ok.code(),
        Err(_) => Exit::Unavailable.code(),
    }
}

fn asked(action: &Action) -> Result<(ControlRequest, &Place), Refusal> {
    Ok(match action {
        Action::Revert { target, place } => (ControlRequest::Revert { target: target.clone() }, place),
        Action::Status { place } => (ControlRequest::Status, place),
        Action::Metrics { place } => (ControlRequest::Metrics, place),
        Action::Clear { target, place } => (ControlRequest::LetGo { target: target.clone() }, place),
        Action::Shutter { target, page, lasting, place } => {
            (hold(target, &page.asked(Vec::new()), None, lasting)?, place)
        }
        Action::Throttle { target, rate, lasting, place } => (hold(target, &rate.asked(), None, lasting)?, place),
        Action::Isolate { service, edge, lasting, place } => {
            (hold(service.as_str(), &edge.asked(), Some(service), lasting)?, place)
        }
    })
}

fn hold(
    target: &str,
    asked: &ControlAsked,
    service: Option<&ServiceId>,
    lasting: &Lasting,
) -> Result<ControlRequest, Refusal> {
    // A shutter and a throttle name no service inside: any will do.
    let nobody = || "unnamed".parse().expect("it is a name");
    let what = meant(asked, &service.cloned().unwrap_or_else(nobody))?;
    let usual = if lasting.drill { CONTROL_DRILL_FOR_MS } else { CONTROL_FOR_MS };
    Ok(ControlRequest::Hold(Box::new(ControlWanted {
        target: target.to_owned(),
        what,
        for_ms: lasting.for_ms().unwrap_or(usual),
        reason: lasting.reason.clone(),
        drill: lasting.drill,
    })))
}

fn ask(socket: &Path, request: &ControlRequest) -> io::Result<ControlReply> {
    let mut stream = UnixStream::connect(socket)?;
    stream.set_read_timeout(Some(ANSWER_MAX))?;
    stream.set_write_timeout(Some(ANSWER_MAX))?;
    let mut line = serde_json::to_vec(request)?;
    line.push(b'\n');
    stream.write_all(&line)?;
    let mut answer = String::new();
    BufReader::new(stream.take(ANSWER_BYTES)).read_line(&mut answer)?;
    Ok(serde_json::from_str(&answer)?)
}

fn unreachable_gateway(socket: &Path, error: &io::Error) -> ApiError {
    let hint = match error.kind() {
        io::ErrorKind::PermissionDenied => "ask as the person who runs the gateway",
        _ => {
            "name the directory that `up` was started with (--dir), its data directory (--data) or the socket (--socket)"
        }
    };
    ApiError {
        code: Code::Unavailable,
        message: format!("could not speak with a gateway at \"{}\": {error}", socket.display()),
        hint: Some(hint.to_owned()),
    }
}

fn fail(error: &ApiError, exit: Exit, json: bool, err: &mut impl Write) -> u8 {
    let text = if json {
        serde_json::to_string(error).expect("it has string keys only") + "\n"
    } else {
        let hint = error.hint.as_ref().map_or_else(String::new, |hint| format!("hint: {}\n", harmless(hint)));
        format!("error: {}\n{hint}", harmless(&error.message))
    };
    // With standard error gone there is nobody left to tell; the exit code still says it.
    err.write_all(text.as_bytes()).unwrap_or_default();
    exit.code()
}

fn in_form<T: Serialize>(answer: &T, json: bool, text: fn(&T) -> String) -> String {
    if json { serde_json::to_string_pretty(answer).expect("it has string keys only") + "\n" } else { text(answer) }
}

fn done(reverted: &Reverted) -> String {
    let Reverted { service, version, journal, .. } = reverted;
    format!(
        "{service} {version} takes no new request on this gateway, until another rollout begins\n\
         journaled as {journal}; the ledger gets it when the control plane is back\n"
    )
}

fn held_now(held: &ControlHeld) -> String {
    format!(
        "{}\njournaled; the ledger gets it when the control plane is back\nundo: seaworthy gateway clear {}\n",
        control(held),
        held.control.control
    )
}

#[expect(clippy::ptr_arg, reason = "what is printed is what is encoded, and its size is known")]
fn let_go(controls: &Vec<ControlId>) -> String {
    let ids: Vec<String> = controls.iter().map(ToString::to_string).collect();
    format!(
        "cleared on this gateway: {}\njournaled; the ledger gets it when the control plane is back\n",
        ids.join(", ")
    )
}

fn control(held: &ControlHeld) -> String {
    let ControlConfig { control, service, route, what, until, drill, .. } = &held.control;
    let on = route.as_ref().map_or_else(String::new, |route| format!(" on {}", harmless(route)));
    let by = if held.by_hand { ", set here" } else { "" };
    let drill = if *drill { ", a drill" } else { "" };
    format!(
        "{} {service}{on} until {until:.0}{by}{drill}: {} refused, {} passed ({control})",
        what.kind(),
        held.refused,
        held.passed
    )
}

fn told(status: &ControlStatus) -> String {
    let config = status.config.map_or_else(|| "no config yet".to_owned(), |at: Position| format!("config #{at}"));
    let heard = match status.control_plane_age_ms {
        Some(ms) => format!("control plane heard {}.{} s ago", ms / 1_000, ms % 1_000 / 100),
        None => "control plane not heard since the start".to_owned(),
    };
    let mut lines = vec![format!("gateway {} (pid {}): {config}, {heard}", status.gateway, status.pid)];
    if status.reports_waiting > 1 {
        lines.push(format!("{} reports wait for the control plane", status.reports_waiting));
    }
    if let Some(why) = &status.refused {
        lines.push(format!("the newest config is refused: {}", harmless(why)));
    }
    if status.canaries.is_empty() {
        lines.push("no canaries".to_owned());
    }
    lines.extend(status.canaries.iter().map(canary));
    lines.extend(status.controls.iter().map(control));
    lines.join("\n") + "\n"
}

fn canary(canary: &ControlCanary) -> String {
    let ControlCanary { service, version, share, off, .. } = canary;
    match off {
        Some(why) => format!("canary {service} {version}: takes nothing ({})", harmless(why)),
        None => format!("canary {service} {version}: takes {} of users", harmless(share)),
    }
}

#[cfg(test)]
mod tests;
