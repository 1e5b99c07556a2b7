//! Starts a supervisor with fakes in a directory of its own, listens to what it says, and ends everything at the end.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process, kill_process_group};
use seaworthy_contract::process::{Desired, Duty, Instance, InstanceState, Launch, LaunchFrom, Observed};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// When waiting for a condition is given up: far above what a loaded machine needs.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// How the supervisor is started.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Play {
    pub(crate) directory: PathBuf,
    pub(crate) portal: Option<SocketAddr>,
    pub(crate) server: Vec<String>,
    pub(crate) gateway: Vec<String>,
    pub(crate) keep: bool,
    pub(crate) stdin: bool,
}

/// A directory, removed at the end together with every process that was started in it.
pub(crate) struct Rig {
    pub(crate) play: Play,
}

/// A running supervisor.
pub(crate) struct Up {
    child: Child,
    events: Receiver<Value>,
    pub(crate) seen: Vec<Value>,
}

/// Returns a command that starts this test binary as one of the fakes.
pub(crate) fn plays(part: &str) -> Vec<String> {
    let this = std::env::current_exe().unwrap().display().to_string();
    let part = format!("SEAWORTHY_PLAYS={part}");
    ["env", &part, &this, "--exact", "fakes::play", "--nocapture"].map(str::to_owned).to_vec()
}

impl Rig {
    pub(crate) fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name = format!("seaworthy-up-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let directory = std::env::temp_dir().join(name);
        fs::create_dir_all(&directory).unwrap();
        let rig = Self {
            play: Play {
                directory,
                portal: None,
                server: plays("server"),
                gateway: plays("gateway"),
                keep: false,
                stdin: false,
            },
        };
        rig.write("files.json", r#"{"entities":[],"people":[]}"#);
        rig.desire(&[]);
        rig
    }

    pub(crate) fn up(&self) -> Up {
        let command = plays(&format!("up {}", serde_json::to_string(&self.play).unwrap()));
        let mut child = Command::new(&command[0]);
        child.args(&command[1..]).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = child.spawn().unwrap();
        let (lines, events) = channel();
        let stdout = BufReader::new(child.stdout.take().unwrap());
        std::thread::spawn(move || {
            for event in stdout.lines().map_while(Result::ok).filter_map(|line| serde_json::from_str(&line).ok()) {
                drop(lines.send(event));
            }
        });
        Up { child, events, seen: Vec::new() }
    }

    /// Starts a supervisor and waits until it is ready.
    pub(crate) fn ready(&self) -> (Up, Value) {
        let mut up = self.up();
        let ready = up.wait_for("ready");
        (up, ready)
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.play.directory.join(name)
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        let new = self.path(&format!("{name}.new"));
        fs::write(&new, text).unwrap();
        fs::rename(new, self.path(name)).unwrap();
    }

    /// Lets the server desire these instances.
    pub(crate) fn desire(&self, instances: &[Instance]) {
        static VERSION: AtomicU32 = AtomicU32::new(0);
        let version = VERSION.fetch_add(1, Ordering::Relaxed).into();
        let desired = Desired { version, instances: instances.to_vec() };
        self.write("desired.json", &serde_json::to_string(&desired).unwrap());
    }

    /// What the server was told last, by version.
    pub(crate) fn observed(&self) -> BTreeMap<String, (String, InstanceState)> {
        let text = fs::read_to_string(self.path("observed.json")).unwrap_or_default();
        let observed: Observed = serde_json::from_str(&text).unwrap_or_default();
        observed.instances.into_iter().map(|one| (one.version.to_string(), (one.instance, one.state))).collect()
    }

    /// Waits until the server was told something about a version.
    pub(crate) fn until<T>(&self, version: &str, mut look: impl FnMut(&str, &InstanceState) -> Option<T>) -> T {
        until(|| self.observed().get(version).and_then(|(instance, state)| look(instance, state)))
    }

    /// Waits until a version is healthy in another life than `than`; returns its life, process id and address.
    pub(crate) fn healthy(&self, version: &str, than: &str) -> (String, u32, String) {
        self.until(version, |instance, state| match state {
            InstanceState::Healthy { address, .. } if instance != than => {
                Some((instance.to_owned(), pid_of(instance), address.clone()))
            }
            _ => None,
        })
    }

    fn pids(&self) -> Vec<u32> {
        let here = self.play.directory.as_os_str().as_encoded_bytes().to_owned();
        let about = |pid: &u32| {
            let read = |file| fs::read(format!("/proc/{pid}/{file}")).unwrap_or_default();
            let cwd = fs::read_link(format!("/proc/{pid}/cwd")).is_ok_and(|cwd| cwd.starts_with(&self.play.directory));
            cwd || [read("cmdline"), read("environ")]
                .iter()
                .any(|text| text.windows(here.len()).any(|part| part == here))
        };
        let all = fs::read_dir("/proc").unwrap().flatten();
        all.filter_map(|entry| entry.file_name().to_str()?.parse().ok()).filter(about).collect()
    }

    fn kill_all(&self) {
        for pid in self.pids() {
            // Its group too: a shell may have started something.
            let _ = kill_process_group(Pid::from_raw(pid.cast_signed()).unwrap(), Signal::KILL);
            kill(pid, Signal::KILL);
        }
    }

    /// Process ids of server and gateway, by their sockets.
    pub(crate) fn role(&self, name: &str) -> Option<u32> {
        let path = self.path("data/run").join(format!("{name}.sock"));
        seaworthy_process::handover::take::<Value>(&path).ok().flatten().map(|taken| taken.pid)
    }
}

impl Drop for Rig {
    fn drop(&mut self) {
        // The supervisor goes first: it would start the others again.
        self.kill_all();
        for name in ["server", "gateway"] {
            self.role(name).into_iter().for_each(|pid| kill(pid, Signal::KILL));
        }
        self.kill_all();
        drop(fs::remove_dir_all(&self.play.directory));
    }
}

impl Up {
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

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    pub(crate) fn signal(&self, signal: Signal) {
        kill(self.pid(), signal);
    }

    /// Kills it and nothing else.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Waits for its end; true when it went well.
    pub(crate) fn ended(mut self) -> bool {
        let start = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.success();
            }
            assert!(start.elapsed() < PATIENCE, "it does not end");
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// Closes its standard input.
    pub(crate) fn close_stdin(&mut self) {
        drop(self.child.stdin.take());
    }

    /// Asks it to stop and waits until it has.
    pub(crate) fn stop(mut self) {
        self.signal(Signal::TERM);
        self.wait_for("stopped");
        assert!(self.ended(), "it ended badly");
    }
}

/// An instance of `shop` that runs a command.
pub(crate) fn instance(version: &str, command: Vec<String>) -> Instance {
    Instance {
        service: "shop".parse().unwrap(),
        version: version.parse().unwrap(),
        launch: Launch {
            from: LaunchFrom::Command { command, env: BTreeMap::new(), directory: None },
            health: Some("/healthz".to_owned()),
            start_timeout_ms: 20_000,
            stop_timeout_ms: 20_000,
        },
        dependencies: Vec::new(),
        duty: Duty::Trial,
    }
}

/// An instance that runs a shell script.
pub(crate) fn script(version: &str, text: &str) -> Instance {
    instance(version, ["sh", "-c", text].map(str::to_owned).to_vec())
}

/// Waits until there is something.
pub(crate) fn until<T>(mut look: impl FnMut() -> Option<T>) -> T {
    let start = Instant::now();
    loop {
        if let Some(seen) = look() {
            return seen;
        }
        assert!(start.elapsed() < PATIENCE, "waited for {PATIENCE:?} in vain");
        std::thread::sleep(Duration::from_millis(5));
    }
}

pub(crate) fn kill(pid: u32, signal: Signal) {
    // It may be gone already.
    let _ = kill_process(Pid::from_raw(pid.cast_signed()).unwrap(), signal);
}

pub(crate) fn is_alive(pid: u32) -> bool {
    seaworthy_process::Identity::of(pid).is_some()
}

/// Opens a connection and sends a request; the answer may take a while.
pub(crate) fn open(url: &str) -> TcpStream {
    let address = url.strip_prefix("http://").unwrap_or(url);
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    write!(stream, "GET / HTTP/1.1\r\nhost: x\r\n\r\n").unwrap();
    stream
}

/// Reads the body of an answer.
pub(crate) fn body(mut stream: TcpStream) -> String {
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer.split_once("\r\n\r\n").unwrap_or_else(|| panic!("no answer: {answer:?}")).1.to_owned()
}

/// The process id in `pid-starttime`.
pub(crate) fn pid_of(instance: &str) -> u32 {
    instance.split('-').next().unwrap().parse().unwrap()
}

/// Reads a file when it has a whole line.
pub(crate) fn line_of(path: &Path) -> String {
    until(|| fs::read_to_string(path).ok().filter(|text| text.ends_with('\n'))).trim().to_owned()
}
