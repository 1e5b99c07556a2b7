//! What the checks watch: `seaworthy up` on a directory of its own, a Prometheus, a VictoriaMetrics, an
//! Alertmanager, and a thing for each of the two to measure.

use std::cell::RefCell;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::Value;

use super::http::{self, wait};
use super::install::Programs;
use super::post::Post;
use super::thing::Thing;
use crate::shell::{Outcome, command, run, target};

/// Longest wait for a program to be ready.
const READY_WITHIN: Duration = Duration::from_secs(60);

/// What `up` may take to end in order.
const END_WITHIN: Duration = Duration::from_secs(20);

/// The files of a team; `PROMETHEUS` and `VICTORIA` stand for their addresses.
const FILES: [(&str, &str); 4] = [
    ("shop.yaml", include_str!("files/shop.yaml")),
    ("jobs.yaml", include_str!("files/jobs.yaml")),
    ("parcels.yaml", include_str!("files/parcels.yaml")),
    ("pier.yaml", include_str!("files/pier.yaml")),
];

/// Everything that runs. Dropping it ends it, in the order of its fields.
pub(super) struct World {
    prometheus_runs: RefCell<Option<Running>>,
    _victoria: Running,
    _alertmanager: Running,
    _up: Running,
    /// Where pages go.
    pub(super) post: Post,
    folder: PathBuf,
    /// What Prometheus measures.
    pub(super) jobs: Thing,
    /// What VictoriaMetrics measures.
    pub(super) parcels: Thing,
    /// Base addresses.
    pub(super) portal: String,
    pub(super) prometheus: String,
    pub(super) alertmanager: String,
    /// An admin's token.
    pub(super) token: String,
    pub(super) promtool: PathBuf,
}

impl World {
    /// Starts everything and waits until it answers.
    ///
    /// # Errors
    /// When something does not start or is not ready in time.
    pub(super) fn start(binary: &Path, programs: &Programs) -> Outcome<Self> {
        let folder = target().join("conformance/run");
        drop(std::fs::remove_dir_all(&folder));
        let (jobs, parcels) = (Thing::start()?, Thing::start()?);
        let (prometheus, victoria, alertmanager) = (free_address()?, free_address()?, free_address()?);
        let files = folder.join("files");
        for (name, text) in FILES {
            let text = text.replace("PROMETHEUS", &prometheus.to_string());
            write(&files.join(name), &text.replace("VICTORIA", &victoria.to_string()))?;
        }
        let post = Post::start(programs, &folder)?;
        let (up, portal, token) = up(binary, &folder, post.variables())?;
        write(&folder.join("token"), &token)?;
        run(command(binary).args(["slo", "rules"]).arg(files.join("jobs.yaml")).arg("--out").arg(rules(&folder)))?;
        let host = portal.trim_start_matches("http://").to_owned();
        let text = include_str!("files/prometheus.yml").replace("PORTAL", &host);
        write(&folder.join("prometheus.yml"), &text.replace("THING", &jobs.address.to_string()))?;
        let text = include_str!("files/victoria.yml").replace("THING", &parcels.address.to_string());
        write(&folder.join("victoria.yml"), &text)?;
        write(&folder.join("alertmanager.yml"), &include_str!("files/alertmanager.yml").replace("PORTAL", &host))?;
        let start = |mut program: Command, name: &str, words: [&str; 2], listen: String| {
            program.current_dir(&folder).args(words).arg(listen);
            Running::start(&mut program, &folder.join(name))
        };
        let listen = |address: SocketAddr| format!("--web.listen-address={address}");
        let options = ["--config.file=prometheus.yml", "--storage.tsdb.path=prometheus"];
        let prometheus_runs = start(command(&programs.prometheus), "prometheus.log", options, listen(prometheus))?;
        let options = ["-promscrape.config=victoria.yml", "-storageDataPath=victoria"];
        let address = format!("-httpListenAddr={victoria}");
        let victoria_runs = start(command(&programs.victoria), "victoria.log", options, address)?;
        let mut manager = programs.alertmanager();
        manager.arg("--storage.path=alertmanager");
        let options = ["--config.file=alertmanager.yml", "--cluster.listen-address="];
        let world = Self {
            prometheus_runs: RefCell::new(Some(prometheus_runs)),
            _victoria: victoria_runs,
            _alertmanager: start(manager, "alertmanager.log", options, listen(alertmanager))?,
            _up: up,
            post,
            jobs,
            parcels,
            portal,
            prometheus: format!("http://{prometheus}"),
            alertmanager: format!("http://{alertmanager}"),
            token,
            promtool: programs.promtool.clone(),
            folder: folder.clone(),
        };
        let victoria = format!("http://{victoria}");
        for (base, path) in [(&world.prometheus, "/-/ready"), (&world.alertmanager, "/-/ready"), (&victoria, "/health")]
        {
            wait(base, READY_WITHIN, || http::ask("GET", base, path, "", None).map(Some))?;
        }
        Ok(world)
    }

    /// Where files and logs are.
    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// The rules that we wrote.
    pub(super) fn rules(&self) -> PathBuf {
        rules(&self.folder)
    }

    /// What was sent to the person on call, a page a line.
    pub(super) fn pages(&self) -> Vec<String> {
        let text = std::fs::read_to_string(self.folder.join("files/pages.jsonl")).unwrap_or_default();
        text.lines().map(str::to_owned).collect()
    }

    /// Takes Prometheus away, for good.
    pub(super) fn end_prometheus(&self) {
        drop(self.prometheus_runs.take());
    }

    /// Asks our API.
    pub(super) fn ours(&self, path: &str) -> Outcome<Value> {
        http::get(&self.portal, path, &self.token)
    }

    /// The first value of a PromQL query; none where nothing matches.
    pub(super) fn promql(&self, query: &str) -> Outcome<Option<f64>> {
        let query: String = query.bytes().map(|byte| format!("%{byte:02X}")).collect();
        let answer = http::get(&self.prometheus, &format!("/api/v1/query?query={query}"), "")?;
        Ok(answer["data"]["result"][0]["value"][1].as_str().and_then(|value| value.parse().ok()))
    }
}

fn rules(folder: &Path) -> PathBuf {
    folder.join("rules.yml")
}

/// Starts `up` and returns it with the address of its portal and the admin's token.
fn up(binary: &Path, folder: &Path, variables: Vec<(&str, String)>) -> Outcome<(Running, String, String)> {
    let mut up = command(binary);
    up.envs(variables);
    up.arg("up").arg(folder.join("files")).arg("--json-events").arg("--data").arg(folder.join("data"));
    up.args(["--portal", "127.0.0.1:0", "--gateway", "127.0.0.1:0", "--outbound", "127.0.0.1:0"]);
    up.stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut running = Running::start(&mut up, &folder.join("up.log"))?;
    let out = running.0.stdout.take().ok_or("\"seaworthy up\" has no output")?;
    let mut lines = BufReader::new(out).lines().map_while(Result::ok);
    let ready = lines.find_map(|line| {
        let event: Value = serde_json::from_str(&line).ok()?;
        (event["event"] == "ready").then_some(event)
    });
    let ready = ready.ok_or_else(|| {
        format!("\"seaworthy up\" ended before it was ready\nhint: {}", folder.join("up.log").display())
    })?;
    // It stops when nobody reads what it says.
    std::thread::spawn(move || lines.for_each(drop));
    let text = |name: &str| ready[name].as_str().map(str::to_owned).ok_or_else(|| format!("\"up\" names no {name}"));
    Ok((running, text("portal")?, text("admin_token")?))
}

/// A program that ends with whoever holds it.
pub(crate) struct Running(pub(crate) Child);

impl Running {
    pub(crate) fn start(program: &mut Command, log: &Path) -> Outcome<Self> {
        let file = File::create(log).map_err(|error| format!("could not write \"{}\": {error}", log.display()))?;
        let started = program.stderr(file).spawn();
        started.map(Self).map_err(|error| format!("could not start \"{}\": {error}", crate::shell::line(program)))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // The end of its input stops `up` in order; others have none and are killed.
        if self.0.stdin.take().is_some() {
            let ended = wait("ending", END_WITHIN, || Ok(self.0.try_wait().ok().flatten()));
            if ended.is_ok() {
                return;
            }
        }
        // Either may fail because it has ended meanwhile, which is what is wanted.
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

/// A port that was free a moment ago.
pub(crate) fn free_address() -> Outcome<SocketAddr> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).and_then(|listener| listener.local_addr());
    listener.map_err(|error| format!("could not find a free port: {error}"))
}

pub(super) fn write(path: &Path, text: &str) -> Outcome {
    let folder = path.parent().unwrap_or(Path::new("."));
    let written = std::fs::create_dir_all(folder).and_then(|()| std::fs::write(path, text));
    written.map_err(|error| format!("could not write \"{}\": {error}", path.display()))
}
