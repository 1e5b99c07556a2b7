//! The two ways between agent and server: desired versions come down a stream, what is seen goes up.

use std::time::Duration;

use seaworthy_client::{Client, Error, Kind};
use seaworthy_contract::process::Desired;
use seaworthy_model::GatewayName;
use tokio::sync::watch;
use tokio::time::{sleep, timeout};

use super::Picture;
use crate::layout::Layout;
use crate::reporter::Reporter;

/// The server sends at least each 5 s; three of those are missing when this is over.
const SILENCE: Duration = Duration::from_secs(15);

/// How often the picture is sent when nothing changes: the server can tell a supervisor that is gone.
const OBSERVE_EVERY: Duration = Duration::from_secs(1);

/// Longest time of one report; the next one says everything again.
const REPORT_TIMEOUT: Duration = Duration::from_secs(5);

/// Between two tries to reach the server. While it restarts a connection waits in its socket, so this is rarely felt.
const TRY_EVERY: Duration = Duration::from_millis(250);

/// The connection to the server.
pub(crate) struct Link {
    pub(crate) client: Client,
    pub(crate) agent: GatewayName,
    pub(crate) reporter: Reporter,
}

impl Link {
    /// Follows what is desired, for ever. Each new set is kept on disk before it is acted on.
    pub(crate) async fn follow(self, layout: Layout, desired: watch::Sender<Option<Desired>>) {
        let path = format!("/v1/agents/{}/desired", self.agent);
        let mut complaint = Complaint::default();
        loop {
            let stream = self.client.get_lines(&path, SILENCE).await;
            match stream {
                Err(error) => complaint.about(&self.reporter, &error),
                Ok(mut lines) => {
                    while let Some(line) = lines.next().await {
                        match line.map(|line| serde_json::from_str(&line)) {
                            Ok(Ok(new)) => {
                                complaint.is_over();
                                take(new, &layout, &desired, &self.reporter);
                            }
                            Ok(Err(error)) => {
                                let error = Error { attempted: format!("read \"{path}\""), kind: Kind::Decode(error) };
                                complaint.about(&self.reporter, &error);
                            }
                            Err(error) => complaint.about(&self.reporter, &error),
                        }
                    }
                }
            }
            sleep(TRY_EVERY).await;
        }
    }

    /// Sends the picture at each change and each second, for ever.
    pub(crate) async fn observe(self, picture: Picture) {
        let path = format!("/v1/agents/{}/observed", self.agent);
        let client = self.client.with_timeout(REPORT_TIMEOUT);
        let (mut changes, mut complaint) = (picture.changes(), Complaint::default());
        loop {
            changes.mark_unchanged();
            match client.post_json::<_, serde_json::Value>(&path, &picture.observed()).await {
                Ok(_) => complaint.is_over(),
                Err(error) => {
                    complaint.about(&self.reporter, &error);
                    sleep(TRY_EVERY).await;
                }
            }
            // Whether it changed or the time is over: it is sent again.
            drop(timeout(OBSERVE_EVERY, changes.changed()).await);
        }
    }
}

fn take(new: Desired, layout: &Layout, desired: &watch::Sender<Option<Desired>>, reporter: &Reporter) {
    if desired.borrow().as_ref() == Some(&new) {
        return;
    }
    if let Err(error) = layout.keep_desired(&new) {
        // Acted on all the same: a full disk must not keep a revert from happening.
        let hint = "make room on its disk: until then a restart of `up` begins with an older set".to_owned();
        reporter.problem(format!("could not keep what is desired on disk: {error}"), Some(hint));
    }
    desired.send_replace(Some(new));
}

/// Says a complaint once, not each quarter of a second.
#[derive(Debug, Default)]
struct Complaint {
    last: Option<String>,
}

impl Complaint {
    /// A server that is away is no complaint: its end was reported, and versions are kept meanwhile.
    fn about(&mut self, reporter: &Reporter, error: &Error) {
        if matches!(error.kind, Kind::Connect(_) | Kind::Broken(_) | Kind::Cut) {
            return;
        }
        let message = error.to_string();
        if self.last.as_ref() != Some(&message) {
            reporter.problem(message.clone(), error.hint().map(str::to_owned));
            self.last = Some(message);
        }
    }

    fn is_over(&mut self) {
        self.last = None;
    }
}
