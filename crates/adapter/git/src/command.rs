//! Runs `git` as a subprocess that can only read: no writes, no locks, no hooks, no prompts, no network.
//!
//! Every run has a deadline and a bound on what it may print. Nothing here understands the output.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::time::{Duration, Instant};

use crate::error::LookError;

/// Bytes read from the pipe at once.
const CHUNK: usize = 64 * 1024;
/// Chunks that wait between the reading thread and the parser: 1 MiB, after which git itself waits.
const CHUNKS_WAITING: usize = 16;
/// What is kept of git's complaints; the rest is read and dropped.
const STDERR_BYTES: u64 = 16 * 1024;
/// What a collected output may hold: the file list of a repository with about a million files.
pub(crate) const OUTPUT_BYTES: usize = 128 * 1024 * 1024;

/// Settings that take from git everything that could write, run a program or reach the network, whatever the
/// configuration of the machine or of the repository says.
const READ_ONLY: [&str; 11] = [
    "core.hooksPath=/dev/null",
    "core.fsmonitor=false",
    "core.quotePath=false",
    "core.pager=cat",
    "log.showSignature=false",
    "log.showRoot=true",
    "diff.orderFile=/dev/null",
    "diff.relative=false",
    "gc.auto=0",
    "maintenance.auto=false",
    "protocol.allow=never",
];

/// Variables that would point git elsewhere or make it print or write more.
const FORGOTTEN: [&str; 14] = [
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_COMMON_DIR",
    "GIT_OBJECT_DIRECTORY",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_NAMESPACE",
    "GIT_EXTERNAL_DIFF",
    "GIT_TRACE",
    "GIT_TRACE2",
    "GIT_TRACE2_EVENT",
    "GIT_TRACE2_PERF",
    "GIT_TRACE_SETUP",
    "GIT_REPLACE_REF_BASE",
];

/// How a streamed run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    /// Git printed everything.
    Whole,
    /// The deadline came first; what was printed until then was delivered.
    Cut,
}

/// A repository that `git` is asked about.
#[derive(Debug, Clone)]
pub(crate) struct Git {
    directory: PathBuf,
    deadline: Instant,
}

impl Git {
    /// Asks about the repository that holds `directory`; no run goes on after `deadline`.
    pub(crate) fn new(directory: &Path, deadline: Instant) -> Self {
        Self { directory: directory.to_owned(), deadline }
    }

    /// Runs git and returns what it printed.
    ///
    /// # Errors
    ///
    /// When git is missing, fails, prints more than [`OUTPUT_BYTES`] or does not finish in time.
    pub(crate) fn read(&self, args: &[&str]) -> Result<Vec<u8>, LookError> {
        let mut out = Vec::new();
        let mut too_large = false;
        let end = self.stream(args, self.left(), &mut |chunk| {
            too_large |= out.len() + chunk.len() > OUTPUT_BYTES;
            if !too_large {
                out.extend_from_slice(chunk);
            }
        })?;
        match end {
            End::Cut => Err(LookError::TooSlow { command: args.join(" "), limit: self.left() }),
            End::Whole if too_large => Err(LookError::TooLarge { command: args.join(" "), limit_bytes: OUTPUT_BYTES }),
            End::Whole => Ok(out),
        }
    }

    /// Runs git and returns its output as text without the last line break, or `None` when it fails or says nothing.
    pub(crate) fn line(&self, args: &[&str]) -> Option<String> {
        let out = self.read(args).ok()?;
        let text = String::from_utf8_lossy(&out).trim_end_matches(['\n', '\r']).to_owned();
        (!text.is_empty()).then_some(text)
    }

    /// Runs git and hands over what it prints, piece by piece, for at most `limit`.
    ///
    /// # Errors
    ///
    /// When git is missing or fails; not when time is up.
    pub(crate) fn stream(
        &self,
        args: &[&str],
        limit: Duration,
        on_chunk: &mut dyn FnMut(&[u8]),
    ) -> Result<End, LookError> {
        let deadline = self.deadline.min(Instant::now() + limit);
        let mut child = self.command(args).spawn().map_err(LookError::NoGit)?;
        let stdout = child.stdout.take().expect("stdout is piped");
        let stderr = child.stderr.take().expect("stderr is piped");
        let (send, chunks) = sync_channel(CHUNKS_WAITING);
        std::thread::spawn(move || pump(stdout, &send));
        let (complain, complaints) = sync_channel(1);
        std::thread::spawn(move || drain(stderr, &complain));

        let end = deliver(&chunks, deadline, on_chunk)
            .map_err(|source| LookError::Pipe { command: args.join(" "), source })?;
        self.finish(&mut child, end, deadline, args, &complaints)
    }

    fn finish(
        &self,
        child: &mut Child,
        end: End,
        deadline: Instant,
        args: &[&str],
        complaints: &Receiver<String>,
    ) -> Result<End, LookError> {
        if end == End::Cut {
            // A child that is already gone cannot be killed; either way it is reaped next.
            child.kill().ok();
        }
        let status = child.wait().map_err(|source| LookError::Pipe { command: args.join(" "), source })?;
        if end == End::Cut || status.success() {
            return Ok(end);
        }
        let patience = deadline.saturating_duration_since(Instant::now());
        let stderr = complaints.recv_timeout(patience).unwrap_or_default();
        Err(self.explain(&stderr, args))
    }

    fn explain(&self, stderr: &str, args: &[&str]) -> LookError {
        if stderr.contains("dubious ownership") || stderr.contains("unsafe repository") {
            return LookError::ForeignOwner(quoted(stderr).unwrap_or_else(|| self.directory.clone()));
        }
        if stderr.contains("not a git repository") {
            return LookError::NotARepository(self.directory.clone());
        }
        let first = stderr.lines().next().unwrap_or("it gave no reason").to_owned();
        LookError::Failed { command: args.join(" "), stderr: first }
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new("git");
        command.arg("-C").arg(&self.directory).args(["--no-pager", "--no-optional-locks", "--literal-pathspecs"]);
        for setting in READ_ONLY {
            command.args(["-c", setting]);
        }
        for name in FORGOTTEN {
            command.env_remove(name);
        }
        command
            .args(args)
            .env("GIT_OPTIONAL_LOCKS", "0")
            .env("GIT_TERMINAL_PROMPT", "0")
            // A partial clone would fetch what it misses; both stop it, the second on older versions of git.
            .env("GIT_NO_LAZY_FETCH", "1")
            .env("GIT_ALLOW_PROTOCOL", "none")
            .env("GIT_ASKPASS", "true")
            .env("LC_ALL", "C")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    fn left(&self) -> Duration {
        self.deadline.saturating_duration_since(Instant::now())
    }
}

/// Returns the first path in single quotes, as git writes it in its message on ownership.
fn quoted(stderr: &str) -> Option<PathBuf> {
    stderr.split('\'').nth(1).map(PathBuf::from)
}

fn pump(mut from: impl Read, to: &SyncSender<std::io::Result<Vec<u8>>>) {
    loop {
        let mut chunk = vec![0; CHUNK];
        let read = from.read(&mut chunk).map(|n| {
            chunk.truncate(n);
            chunk
        });
        let last = read.as_ref().map_or(true, Vec::is_empty);
        // The receiver goes away when time is up: then there is nobody to read for.
        if to.send(read).is_err() || last {
            return;
        }
    }
}

fn drain(mut from: impl Read, to: &SyncSender<String>) {
    let mut kept = Vec::new();
    // Complaints are a courtesy: what cannot be read is left out, and the run is judged by its exit code.
    from.by_ref().take(STDERR_BYTES).read_to_end(&mut kept).ok();
    std::io::copy(&mut from, &mut std::io::sink()).ok();
    to.send(String::from_utf8_lossy(&kept).into_owned()).ok();
}

fn deliver(
    chunks: &Receiver<std::io::Result<Vec<u8>>>,
    deadline: Instant,
    on_chunk: &mut dyn FnMut(&[u8]),
) -> std::io::Result<End> {
    loop {
        match chunks.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
            Ok(Ok(chunk)) if chunk.is_empty() => return Ok(End::Whole),
            Ok(Ok(chunk)) => on_chunk(&chunk),
            Ok(Err(error)) => return Err(error),
            Err(RecvTimeoutError::Timeout) => return Ok(End::Cut),
            Err(RecvTimeoutError::Disconnected) => return Ok(End::Whole),
        }
    }
}
