//! The supervisor as a child: `seaworthy up DIR --json-events`.
//!
//! It says what happens on its standard output, a JSON object a line; unknown events are skipped, so it may say more.
//! It stops when its standard input ends, so that a demo that was killed leaves nothing running.

use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::Path;
use std::pin::pin;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use serde::Deserialize;
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::time::timeout;

use super::directory::Directory;

/// Where the portal is, unless somebody is there already.
const PORTAL_PORT: u16 = 7_070;
/// Where the gateway is, unless somebody is there already.
const GATEWAY_PORT: u16 = 8_080;
/// Longest time to stop: versions have 10 s to finish their requests, server and gateway a little more.
const STOP_MAX: Duration = Duration::from_secs(20);

/// Which ports portal and gateway get.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ports {
    /// The usual ones where they are free, any other ones otherwise.
    Usual,
    /// Any.
    Any,
    /// Those of one that was killed: its gateway and control plane still have them, and are taken over.
    These([SocketAddr; 2]),
}

/// What `up` says.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(tag = "event", rename_all = "kebab-case")]
pub(crate) enum Event {
    /// Server and gateway serve.
    Ready(Ready),
    /// A child of `up` died.
    Down { process: String },
    /// It serves again.
    Up { process: String, pid: i32 },
    /// Something is wrong, and it goes on.
    Problem { message: String },
    /// `up` cannot go on.
    Failed { message: String, hint: Option<String> },
    /// Something that the demo does not need.
    #[serde(other)]
    Other,
}

/// Where everything is.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(crate) struct Ready {
    /// `http://host:port` of portal and API.
    pub(crate) portal: String,
    /// `http://host:port` that users call.
    pub(crate) gateway: String,
    /// The token that may do everything.
    pub(crate) admin_token: String,
    /// A link that signs a person in, once.
    pub(crate) sign_in: Option<String>,
    /// The control plane's process.
    pub(crate) server_pid: i32,
}

/// Why `up` is not up.
#[derive(Debug, thiserror::Error)]
pub(crate) enum UpError {
    /// It could not be started.
    #[error("could not start \"{program} up\"")]
    Start {
        program: String,
        #[source]
        source: io::Error,
    },
    /// It says why.
    #[error("could not bring the demo up: {message}")]
    Failed { message: String, hint: Option<String> },
    /// It ended without a word, maybe long after it was ready.
    #[error("\"up\" ended ({0})")]
    Ended(String),
    /// It is not ready in time.
    #[error("could not bring the demo up: it is not ready after {0:?}")]
    Late(Duration),
}

impl Ready {
    /// Returns the addresses of portal and gateway; none where they are not plain ones.
    pub(crate) fn addresses(&self) -> Option<[SocketAddr; 2]> {
        let parse = |url: &str| url.strip_prefix("http://")?.parse().ok();
        Some([parse(&self.portal)?, parse(&self.gateway)?])
    }
}

impl UpError {
    /// What to do about it, when `up` knows.
    pub(crate) fn hint(&self) -> Option<&str> {
        match self {
            Self::Failed { hint, .. } => hint.as_deref(),
            _ => None,
        }
    }
}

/// The running supervisor.
#[derive(Debug)]
pub(crate) struct Up {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
    /// Held open: its end tells `up` to stop.
    stdin: Option<ChildStdin>,
    /// What it was told to listen on.
    addresses: [SocketAddr; 2],
}

impl Up {
    /// Starts it on the demo's directory.
    ///
    /// # Errors
    /// When the program cannot be run.
    pub(crate) fn start(program: &Path, directory: &Directory, ports: Ports) -> Result<Self, UpError> {
        let addresses = addresses(ports);
        let fail = |source| UpError::Start { program: program.display().to_string(), source };
        let mut child = Command::new(program)
            .arg("up")
            .arg(directory.path())
            .args(["--json-events", "--stop-versions"])
            .args(["--portal", &addresses[0].to_string()])
            .args(["--gateway", &addresses[1].to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::from(directory.log().map_err(fail)?))
            // Ctrl-C reaches the demo alone, which then stops everything in order.
            .process_group(0)
            .spawn()
            .map_err(fail)?;
        let stdout = child.stdout.take().expect("its output is a pipe");
        let stdin = child.stdin.take();
        Ok(Self { child, lines: BufReader::new(stdout).lines(), stdin, addresses })
    }

    /// Waits until everything serves.
    ///
    /// # Errors
    /// When it says that it cannot, ends, or is not ready in time.
    pub(crate) async fn ready(&mut self, limit: Duration) -> Result<Ready, UpError> {
        let ready = async {
            loop {
                match self.event().await? {
                    Event::Ready(ready) => return Ok(ready),
                    Event::Failed { message, hint } => return Err(UpError::Failed { message, hint }),
                    _ => {}
                }
            }
        };
        timeout(limit, ready).await.unwrap_or(Err(UpError::Late(limit)))
    }

    /// Waits for the next event. It may be dropped half-way without loss.
    ///
    /// # Errors
    /// When `up` ended.
    pub(crate) async fn event(&mut self) -> Result<Event, UpError> {
        while let Ok(Some(line)) = self.lines.next_line().await {
            if let Ok(event) = serde_json::from_str(&line) {
                return Ok(event);
            }
        }
        let status = self.child.wait().await.map_or_else(|error| error.to_string(), |status| status.to_string());
        Err(UpError::Ended(status))
    }

    /// Waits until it has ended by itself.
    pub(crate) async fn ended(&mut self) {
        while self.event().await.is_ok() {}
    }

    /// Tells whether somebody else has a port that was free when this was started: two demos, started at once.
    pub(crate) fn lost_a_port(&self) -> bool {
        self.addresses.iter().any(|address| address.port() != 0 && !is_free(*address))
    }

    /// Stops it and everything it started, in an order that fails no request, or at once when `hurry` comes.
    /// Returns false when it was killed, by this or by somebody before: what it started may still run.
    pub(crate) async fn stop(mut self, hurry: impl AsyncFnMut()) -> bool {
        drop(self.stdin.take());
        if timeout(STOP_MAX, self.end(hurry)).await.is_ok_and(|status| status.is_ok_and(by_itself)) {
            return true;
        }
        drop(self.child.kill().await);
        false
    }

    /// Waits for its end, after its first wish to stop.
    async fn end(&mut self, mut hurry: impl AsyncFnMut()) -> io::Result<ExitStatus> {
        let pid = self.child.id().and_then(|pid| Pid::from_raw(pid.cast_signed()));
        // Its last words are read, so that it is not stopped by a full pipe.
        let mut ended = pin!(async {
            while let Ok(Some(_)) = self.lines.next_line().await {}
            self.child.wait().await
        });
        loop {
            tokio::select! {
                ended = &mut ended => return ended,
                // Its second wish to stop; it may have ended in this moment.
                () = hurry() => drop(pid.map(|pid| kill_process(pid, Signal::TERM))),
            }
        }
    }
}

/// One that fails says so with its exit code, and has stopped what it started all the same.
fn by_itself(status: ExitStatus) -> bool {
    status.code().is_some()
}

/// Returns where portal and gateway are to listen; port 0 is any free one.
fn addresses(ports: Ports) -> [SocketAddr; 2] {
    let any = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    match ports {
        Ports::Usual => [PORTAL_PORT, GATEWAY_PORT].map(|port| free(port).unwrap_or(any)),
        Ports::Any => [any; 2],
        Ports::These(addresses) => addresses,
    }
}

/// Returns the address with `port` when nobody has it.
fn free(port: u16) -> Option<SocketAddr> {
    Some(SocketAddr::from((Ipv4Addr::LOCALHOST, port))).filter(|address| is_free(*address))
}

fn is_free(address: SocketAddr) -> bool {
    TcpListener::bind(address).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::fake;

    /// Runs a script in place of `seaworthy`.
    fn script(text: &str) -> (Directory, Up) {
        let (directory, program) = fake::program(text);
        let up = Up::start(&program, &directory, Ports::Any).expect("starts");
        (directory, up)
    }

    /// Nobody is in a hurry.
    async fn never() {
        std::future::pending().await
    }

    const READY: &str = r#"{"event":"ready","portal":"http://p","gateway":"http://g","admin_token":"sw_t","sign_in":null,"server_pid":7,"more":1}"#;

    #[tokio::test]
    async fn it_becomes_ready_and_stops_with_its_input() {
        let (_directory, mut up) = script(&format!(
            "trap '' TERM; echo '{{\"event\":\"starting\"}}'; echo nonsense; echo '{READY}'; echo '{{\"event\":\"up\",\"process\":\"server\",\"pid\":9}}'; cat >/dev/null"
        ));
        let ready = up.ready(Duration::from_secs(10)).await.expect("ready");
        assert_eq!((ready.server_pid, ready.sign_in), (7, None));
        assert_eq!(up.event().await.expect("said"), Event::Up { process: "server".to_owned(), pid: 9 });
        assert!(up.stop(never).await);
    }

    #[tokio::test]
    async fn in_a_hurry_it_is_told_twice() {
        let stays = "trap 'kill $!; exit 0' TERM; cat; sleep 60 >/dev/null & touch $2/mark; wait";
        let (directory, up) = script(stays);
        let mark = directory.path().join("mark");
        let hurry = async || {
            // Its first wish has arrived.
            while !mark.exists() {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            std::fs::remove_file(&mark).expect("it is there");
        };
        assert!(up.stop(hurry).await);
    }

    #[tokio::test]
    async fn what_it_says_is_passed_on() {
        let (_directory, mut up) =
            script(r#"echo '{"event":"failed","message":"port 1 is in use","hint":"give another"}'; exit 1"#);
        let error = up.ready(Duration::from_secs(10)).await.expect_err("failed");
        assert_eq!(error.to_string(), "could not bring the demo up: port 1 is in use");
        assert_eq!(error.hint(), Some("give another"));
    }

    #[tokio::test]
    async fn silence_and_death_are_told() {
        let (directory, mut up) = script("echo why >&2; exit 3");
        let error = up.ready(Duration::from_secs(10)).await.expect_err("ended");
        assert!(matches!(&error, UpError::Ended(how) if how.contains('3')), "{error}");
        assert_eq!(directory.log_tail(5), ["up: why"]);
        let (_directory, mut up) = script("exec cat");
        assert!(matches!(up.ready(Duration::from_millis(20)).await, Err(UpError::Late(_))));
        assert!(up.stop(never).await);
    }

    #[test]
    fn a_taken_port_is_left_alone() {
        let taken = TcpListener::bind("127.0.0.1:0").expect("binds");
        let port = taken.local_addr().expect("bound").port();
        assert_eq!(free(port), None);
        drop(taken);
        assert_eq!(free(port).map(|address| address.port()), Some(port));
        assert!(addresses(Ports::Any).iter().all(|address| address.port() == 0));
    }

    #[tokio::test]
    async fn a_port_lost_in_between_is_noticed() {
        let (_directory, mut up) = script("exec cat");
        assert!(!up.lost_a_port());
        let taken = TcpListener::bind("127.0.0.1:0").expect("binds");
        up.addresses[1] = taken.local_addr().expect("bound");
        assert!(up.lost_a_port());
        assert!(up.stop(never).await);
    }
}
