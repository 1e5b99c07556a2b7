//! `seaworthy up` as a child that tells what happens.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::process::{Child, ChildStdin, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Instant;

use rustix::process::Signal;
use serde_json::Value;

use super::cli::command;
use super::{PATIENCE, Scratch, kill, until};

/// A running supervisor.
pub(crate) struct Up {
    child: Child,
    stdin: Option<ChildStdin>,
    events: Receiver<Value>,
    seen: Vec<Value>,
    pub(crate) portal: String,
    pub(crate) gateway: String,
    /// The admin's token: told once, by the first start on a data directory.
    pub(crate) token: String,
    /// A link that signs a person in, once.
    pub(crate) sign_in: String,
    pub(crate) server_pid: u32,
    pub(crate) gateway_pid: u32,
}

impl Up {
    /// Starts it on the directory of files, on any free ports, and waits until it is ready.
    pub(crate) fn start(scratch: &Scratch) -> Self {
        Self::start_with(scratch, &[])
    }

    /// The same with more arguments.
    pub(crate) fn start_with(scratch: &Scratch, more: &[&str]) -> Self {
        let directory = scratch.production();
        let mut arguments = vec!["up", directory.to_str().unwrap(), "--json-events", "--stop-versions"];
        arguments.extend(["--portal", "127.0.0.1:0", "--gateway", "127.0.0.1:0"]);
        arguments.extend(more);
        let log = File::options().create(true).append(true).open(scratch.tmp().with_file_name("up.log")).unwrap();
        let mut child = command(scratch, &arguments);
        let mut child = child.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(log).spawn().unwrap();
        let (stdin, events) = (child.stdin.take(), events(&mut child));
        let (portal, gateway, token, sign_in) = Default::default();
        let (seen, server_pid, gateway_pid) = (Vec::new(), 0, 0);
        let mut up = Self { child, stdin, events, seen, portal, gateway, token, sign_in, server_pid, gateway_pid };
        let ready = up.wait_for("ready");
        let text = |name: &str| ready[name].as_str().unwrap_or_default().to_owned();
        (up.portal, up.gateway, up.token, up.sign_in) =
            (text("portal"), text("gateway"), text("admin_token"), text("sign_in"));
        (up.server_pid, up.gateway_pid) = (pid(&ready["server_pid"]), pid(&ready["gateway_pid"]));
        up
    }

    /// Waits for the next event of a name.
    pub(crate) fn wait_for(&mut self, name: &str) -> Value {
        let start = Instant::now();
        loop {
            let left = PATIENCE.saturating_sub(start.elapsed());
            let event = self.events.recv_timeout(left);
            let event = event.unwrap_or_else(|_| panic!("no {name:?} came, only {:#?}", self.seen));
            self.seen.push(event.clone());
            if event["event"] == name {
                return event;
            }
        }
    }

    /// Kills the server or the gateway.
    pub(crate) fn kill_role(&self, process: &str) {
        kill(if process == "server" { self.server_pid } else { self.gateway_pid }, Signal::KILL);
    }

    /// Waits until one that was killed serves again.
    pub(crate) fn wait_for_role(&mut self, process: &str) {
        let down = self.wait_for("down");
        assert_eq!((down["process"].as_str(), down["how"].as_str()), (Some(process), Some("signal 9")), "{down}");
        let up = self.wait_for("up");
        assert_eq!(up["process"], process, "{up}");
        *(if process == "server" { &mut self.server_pid } else { &mut self.gateway_pid }) = pid(&up["pid"]);
    }

    /// Kills the supervisor and nothing else. Its token goes on.
    pub(crate) fn kill(mut self) -> String {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        self.token
    }

    /// Asks it to stop, and checks that it leaves nothing behind.
    pub(crate) fn stop(mut self, scratch: &Scratch) {
        kill(self.child.id(), Signal::TERM);
        self.wait_for("stopped");
        drop(self.stdin.take());
        let ended = until("`up` has ended", || self.child.try_wait().unwrap());
        assert!(ended.success(), "it ended with {ended}");
        assert_eq!(scratch.processes(), []);
    }
}

fn events(child: &mut Child) -> Receiver<Value> {
    let (lines, events) = channel();
    let stdout = BufReader::new(child.stdout.take().unwrap());
    std::thread::spawn(move || {
        for event in stdout.lines().map_while(Result::ok).filter_map(|line| serde_json::from_str(&line).ok()) {
            // The test may have ended.
            drop(lines.send(event));
        }
    });
    events
}

fn pid(value: &Value) -> u32 {
    u32::try_from(value.as_u64().unwrap_or_else(|| panic!("{value} is no process id"))).unwrap()
}
