//! The whole product on ports of its own: what measurements on real sockets ask.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::Stdio;

use serde_json::Value;

use crate::conformance::world::Running;
use crate::shell::{Outcome, command};

/// The whole product, running. Dropping it ends it.
pub(super) struct Up {
    _running: Running,
    /// Base address.
    pub(super) portal: String,
    /// Where users' requests go.
    pub(super) gateway: SocketAddr,
    /// An admin's token.
    pub(super) token: String,
}

impl Up {
    /// Starts `seaworthy up` on `folder/files` and waits until it is ready.
    ///
    /// # Errors
    /// When it does not start, or ends before that.
    pub(super) fn start(binary: &Path, folder: &Path) -> Outcome<Self> {
        let mut up = command(binary);
        up.arg("up").arg(folder.join("files")).arg("--json-events").arg("--data").arg(folder.join("data"));
        up.args(["--portal", "127.0.0.1:0", "--gateway", "127.0.0.1:0", "--outbound", "127.0.0.1:0"]);
        up.stdin(Stdio::piped()).stdout(Stdio::piped());
        let log = folder.join("up.log");
        let mut running = Running::start(&mut up, &log)?;
        let out = running.0.stdout.take().ok_or("\"seaworthy up\" has no output")?;
        let mut lines = BufReader::new(out).lines().map_while(Result::ok);
        let ready = lines.find_map(|line| {
            let event: Value = serde_json::from_str(&line).ok()?;
            (event["event"] == "ready").then_some(event)
        });
        let ready =
            ready.ok_or_else(|| format!("\"seaworthy up\" ended before it was ready\nhint: {}", log.display()))?;
        // It stops when nobody reads what it says.
        std::thread::spawn(move || lines.for_each(drop));
        let text = |name: &str| ready[name].as_str().ok_or_else(|| format!("\"up\" names no {name}"));
        let gateway = text("gateway")?.trim_start_matches("http://");
        let gateway = gateway.parse().map_err(|_| format!("\"up\" names the gateway \"{gateway}\""))?;
        Ok(Self {
            _running: running,
            portal: text("portal")?.to_owned(),
            gateway,
            token: text("admin_token")?.to_owned(),
        })
    }
}
