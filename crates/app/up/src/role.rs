//! Keeps one role, the server or the gateway, running: starts it, waits until it serves, starts it again when it dies.

use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::time::Duration;

use seaworthy_contract::process::{EXIT_CONFIG, Ready};
use seaworthy_process::{Environment, Exit, Launch, LaunchError, Process, handover, tail};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, BufReader};
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, sleep};

use crate::backoff::{Backoff, FirstDeath};
use crate::pulse::Asked;
use crate::reporter::Reporter;
use crate::stop::{Haste, until};
use crate::{ProcessName, UpError, UpEvent};

/// How often a role that never served is tried: what is wrong with it will not pass by itself.
const FIRST_TRIES: u32 = 3;

/// Longest time a role has to finish requests when told to stop: the gateway's own limit of a request is shorter.
const STOP_PATIENCE: Duration = Duration::from_secs(20);

/// How long one that answers nobody has to end when told to: a server that hangs in one place may still close its ledger.
const HUNG_PATIENCE: Duration = Duration::from_secs(2);

/// How the end of one that answers nobody is told.
const NOT_ANSWERING: &str = "not answering";

/// Most bytes of the answer of a child that is ready: it holds one credential.
const ANSWER_MAX: u64 = 4096;

/// How many last lines of a log go into an error.
const LAST_LINES: usize = 12;

/// Between two tries after the system refused to start a process at all.
const START_AGAIN: Duration = Duration::from_secs(2);

/// What a role tells the supervisor.
#[derive(Debug)]
pub(crate) enum News {
    /// It serves.
    Ready { name: ProcessName, pid: u32, ready: Ready },
    /// It cannot be kept running.
    Fatal(UpError),
}

/// One role.
#[derive(Debug)]
pub(crate) struct Role {
    pub(crate) name: ProcessName,
    pub(crate) command: Vec<String>,
    pub(crate) boot: serde_json::Value,
    pub(crate) fds: Vec<OwnedFd>,
    pub(crate) log: PathBuf,
    /// The directory of files: commands that the server runs for people are written relative to it.
    pub(crate) directory: PathBuf,
    /// Where it is asked whether it does anything, once it serves.
    pub(crate) asked: Asked,
    /// Taken over from an earlier supervisor.
    pub(crate) running: Option<Process>,
}

/// How a life of a role ended.
enum End {
    /// By itself.
    By(Exit),
    /// It answered nobody and was ended.
    Hung,
}

/// A role being kept.
pub(crate) struct Keeper {
    role: Role,
    news: mpsc::Sender<News>,
    haste: watch::Receiver<Haste>,
    reporter: Reporter,
    /// Since when it does not serve, after it did.
    down_since: Option<Instant>,
    served: Served,
    tries: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Served {
    Never,
    Once,
}

impl Keeper {
    pub(crate) fn new(role: Role, news: mpsc::Sender<News>, haste: watch::Receiver<Haste>, reporter: Reporter) -> Self {
        Self { role, news, haste, reporter, down_since: None, served: Served::Never, tries: 0 }
    }

    /// Runs until told to stop, or until there is no use in going on.
    pub(crate) async fn keep(mut self) {
        let mut backoff = Backoff::of_role();
        loop {
            let (mut process, answer) = match self.begin() {
                Ok(begun) => begun,
                Err(error) if self.served == Served::Never => return self.fatal(error).await,
                Err(error) => {
                    self.reporter.problem(error.to_string(), error.hint());
                    if self.waits_in_vain(START_AGAIN).await {
                        return;
                    }
                    continue;
                }
            };
            let begun = Instant::now();
            let mut haste = self.haste.clone();
            let end = tokio::select! {
                end = self.watch(&mut process, answer) => end,
                () = until(&mut haste, Haste::Orderly) => return self.stop(process).await,
            };
            if let End::By(exit) = end
                && let Some(error) = self.note_end(process.identity().pid, exit)
            {
                return self.fatal(error).await;
            }
            if self.waits_in_vain(backoff.after(begun.elapsed(), FirstDeath::Free)).await {
                return;
            }
        }
    }

    fn begin(&mut self) -> Result<(Process, Option<UnixStream>), UpError> {
        if let Some(running) = self.role.running.take() {
            return Ok((running, None));
        }
        self.tries += 1;
        let name = self.role.name;
        let system = |error| UpError::System { attempted: "hand over the sockets", error };
        let (channel, stdin) = handover::channel().map_err(system)?;
        let process = self.launch(stdin).map_err(|error| UpError::Start { name, error })?;
        let fds: Vec<_> = self.role.fds.iter().map(AsFd::as_fd).collect();
        // A child that is dead already is seen by its end, with its own words in the log.
        drop(channel.boot(&self.role.boot, &fds));
        let answer = channel.into_answer();
        answer.set_nonblocking(true).map_err(system)?;
        Ok((process, Some(answer)))
    }

    fn launch(&self, stdin: OwnedFd) -> Result<Process, LaunchError> {
        let launch = Launch {
            command: self.role.command.clone(),
            env: [].into(),
            environment: Environment::Whole,
            // One that was moved away must not keep a role from coming back.
            directory: Some(self.role.directory.clone()).filter(|directory| directory.is_dir()),
            log: self.role.log.clone(),
            stdin: Some(stdin),
        };
        launch.start()
    }

    /// Waits until it ends, or ends it when it answers nobody; tells when it serves.
    async fn watch(&mut self, process: &mut Process, answer: Option<UnixStream>) -> End {
        let pid = process.identity().pid;
        let ready = tokio::select! {
            exit = process.exited() => return End::By(exit),
            ready = read_answer(answer) => ready,
        };
        self.served = Served::Once;
        let name = self.role.name;
        if let Some(since) = self.down_since.take() {
            let down_ms = u64::try_from(since.elapsed().as_millis()).unwrap_or(u64::MAX);
            self.reporter.report(UpEvent::Up { process: name, pid, down_ms });
        }
        // Nobody hears it any more when everything is about to stop.
        drop(self.news.send(News::Ready { name, pid, ready }).await);
        let since = tokio::select! {
            biased;
            exit = process.exited() => return End::By(exit),
            since = self.role.asked.silence() => since,
        };
        self.note_down(pid, NOT_ANSWERING.to_owned(), since);
        process.stop(HUNG_PATIENCE).await;
        End::Hung
    }

    fn note_down(&mut self, pid: u32, how: String, since: Instant) {
        self.down_since.get_or_insert(since);
        self.reporter.report(UpEvent::Down { process: self.role.name, pid, how });
    }

    /// Returns the error when going on is no use.
    fn note_end(&mut self, pid: u32, exit: Exit) -> Option<UpError> {
        let (name, how) = (self.role.name, exit.to_string());
        self.note_down(pid, how.clone(), Instant::now());
        let hopeless = exit == Exit::Code(EXIT_CONFIG.into()) || self.tries >= FIRST_TRIES;
        (self.served == Served::Never && hopeless).then(|| {
            let last = tail(&self.role.log, LAST_LINES);
            UpError::Ended { name, how, last, log: self.role.log.clone() }
        })
    }

    async fn stop(self, mut process: Process) {
        let mut haste = self.haste;
        let stopped = tokio::select! {
            biased;
            () = until(&mut haste, Haste::AtOnce) => None,
            stopped = process.stop(STOP_PATIENCE) => Some(stopped),
        };
        if stopped.is_none() {
            process.kill().await;
        }
    }

    /// Waits; true when everything stops meanwhile.
    async fn waits_in_vain(&mut self, wait: Duration) -> bool {
        tokio::select! {
            biased;
            () = until(&mut self.haste, Haste::Orderly) => true,
            () = sleep(wait) => false,
        }
    }

    async fn fatal(self, error: UpError) {
        // Nobody hears it any more when everything is about to stop.
        drop(self.news.send(News::Fatal(error)).await);
    }
}

/// Waits for the answer of a child that serves. One that was taken over serves already; one that goes away or says
/// something else never answers: its end will be seen.
async fn read_answer(answer: Option<UnixStream>) -> Ready {
    let Some(answer) = answer else { return Ready::default() };
    if let Ok(stream) = tokio::net::UnixStream::from_std(answer) {
        let mut line = String::new();
        let mut stream = BufReader::new(stream.take(ANSWER_MAX));
        if stream.read_line(&mut line).await.is_ok()
            && let Ok(ready) = serde_json::from_str(&line)
        {
            return ready;
        }
    }
    std::future::pending().await
}
