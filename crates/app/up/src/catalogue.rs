//! The files: applied when the server is there, and again when they change.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use jiff::Timestamp;
use seaworthy_client::{Client, Error, Kind};
use seaworthy_contract::api::{Kept, Plan};
use seaworthy_contract::catalogue::Document;
use tokio::time::sleep;

use crate::reporter::Reporter;
use crate::{Reload, UpError, UpEvent};

const PATH: &str = "/v1/catalogue/apply";

/// How often the first application is tried while the server cannot take it: it may restart meanwhile.
const FIRST_TRIES: u32 = 20;

/// Between two tries.
const TRY_AGAIN: Duration = Duration::from_millis(500);

/// Whom the files of `up` speak for: there is one `up` on a data directory, wherever its files are.
const SOURCE: &str = "up";

/// What to do about files that could not be read or applied after the start.
const LAST_GOOD_STAYS: &str =
    "nothing changed: what was applied last goes on. `seaworthy check DIR` shows every mistake";

/// The files and what became of them.
pub(crate) struct Catalogue {
    client: Client,
    reporter: Reporter,
    reload: Reload,
    /// What the files said last, when they were good.
    document: Document,
    state: State,
    /// Whether somebody was told that the files are bad, and not yet that they are good again.
    complained: bool,
    /// The directory of files, as it was given: for what a person may type.
    directory: PathBuf,
    /// Services that the files leave out and that go on, with the time when that was seen first.
    kept: BTreeMap<String, Timestamp>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// The server has it.
    Applied,
    /// The server could not be asked: the next look tries again.
    Waiting,
}

impl Catalogue {
    pub(crate) fn new(
        client: Client,
        reporter: Reporter,
        document: Document,
        reload: Reload,
        directory: PathBuf,
    ) -> Self {
        let (document, kept) = (ours(document), BTreeMap::new());
        Self { client, reporter, reload, document, state: State::Waiting, complained: false, directory, kept }
    }

    /// Applies the files for the first time.
    pub(crate) async fn apply_first(&mut self) -> Result<(), UpError> {
        let mut tries = 0;
        loop {
            match self.apply().await {
                Ok(()) => return Ok(()),
                Err(error) if passes(&error) && tries < FIRST_TRIES => tries += 1,
                Err(error) => return Err(UpError::Catalogue { error }),
            }
            sleep(TRY_AGAIN).await;
        }
    }

    /// Looks whether the files changed, and applies them if so.
    pub(crate) async fn look(&mut self) {
        match (self.reload)() {
            Some(Err(message)) => {
                self.complained = true;
                return self.reporter.problem(message, Some(LAST_GOOD_STAYS.to_owned()));
            }
            Some(Ok(document)) => {
                self.document = ours(document);
                self.state = State::Waiting;
            }
            None => {}
        }
        if self.state == State::Waiting {
            self.apply_changed().await;
        }
    }

    /// Applies the files whether they changed or not: somebody asked for it.
    pub(crate) async fn again(&mut self) {
        self.state = State::Waiting;
        self.look().await;
    }

    async fn apply_changed(&mut self) {
        match self.apply().await {
            Ok(()) => {}
            Err(error) if passes(&error) => {}
            Err(error) => {
                // Refused: the same files would be refused again.
                (self.state, self.complained) = (State::Applied, true);
                let hint = error.hint().unwrap_or(LAST_GOOD_STAYS).to_owned();
                self.reporter.problem(format!("could not apply the files: {error}"), Some(hint));
            }
        }
    }

    async fn apply(&mut self) -> Result<(), Error> {
        let plan: Plan = self.client.post_json(PATH, &self.document).await?;
        self.state = State::Applied;
        if std::mem::take(&mut self.complained) {
            self.reporter.report(UpEvent::FilesGood);
        }
        if !plan.changes.is_empty() {
            self.reporter.report(UpEvent::Applied { changes: plan.changes.len() });
        }
        self.complain(&plan.kept);
        Ok(())
    }

    /// Says which services the files no longer name, and what that waits for: nobody retires by a slip what has users.
    fn complain(&mut self, kept: &[Kept]) {
        let waiting = || kept.iter().filter(|kept| kept.reason.waits_for_a_word());
        self.kept.retain(|name, _| waiting().any(|kept| kept.name == *name));
        for Kept { name, why, .. } in waiting() {
            let since = self.kept.entry(name.clone()).or_insert_with(Timestamp::now).strftime("%H:%M:%S UTC");
            let message = format!("service \"{name}\" is in no file since {since}, and goes on: {why}");
            let directory = self.directory.display();
            let hint =
                format!("put it back, or retire it: seaworthy apply {directory} --source {SOURCE} --retire {name}");
            self.reporter.problem(message, Some(hint));
        }
    }
}

fn ours(document: Document) -> Document {
    Document { source: Some(SOURCE.to_owned()), ..document }
}

/// Tells whether the same request may succeed a little later. Applying twice changes nothing twice.
fn passes(error: &Error) -> bool {
    match &error.kind {
        Kind::Connect(_) | Kind::Timeout(_) | Kind::Broken(_) => true,
        Kind::Status { status, .. } => status.is_server_error(),
        _ => false,
    }
}
