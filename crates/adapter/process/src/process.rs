//! A running process, ours by birth or by adoption: its end is seen, and it can be stopped with all it started.

use std::fmt;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, ExitStatus};
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Pid, PidfdFlags, Signal, kill_process_group, pidfd_open, test_kill_process_group};
use tokio::io::Interest;
use tokio::io::unix::AsyncFd;
use tokio::time::{Instant, sleep, timeout, timeout_at};

use crate::Identity;
use crate::identity::group_lives;

/// How often a process is looked at where there is no pidfd (Linux before 5.3), and a group that is being stopped.
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// How long a killed process may take to go: longer only when the kernel itself is stuck in it.
const KILL_WAIT: Duration = Duration::from_secs(5);

/// How a process ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// By itself, with this code.
    Code(i32),
    /// By this signal.
    Signal(i32),
    /// Only its parent, which is not us, knows how.
    Unknown,
}

impl fmt::Display for Exit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Code(code) => write!(f, "exit {code}"),
            Self::Signal(signal) => write!(f, "signal {signal}"),
            Self::Unknown => f.write_str("exit unknown"),
        }
    }
}

impl From<ExitStatus> for Exit {
    fn from(status: ExitStatus) -> Self {
        status.code().map(Self::Code).or(status.signal().map(Self::Signal)).unwrap_or(Self::Unknown)
    }
}

/// Whether a process went when it was asked to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stopped {
    /// It did.
    InTime,
    /// It, or something it had started, had to be killed.
    Killed,
}

/// A running process. Dropping it leaves it running.
#[derive(Debug)]
pub struct Process {
    identity: Identity,
    /// Readable when it has ended; its process id cannot mislead.
    pidfd: Option<OwnedFd>,
    /// Present while it is ours to reap.
    child: Option<Child>,
    exit: Option<Exit>,
}

impl Process {
    pub(crate) fn child(child: Child) -> Self {
        // Not reaped yet, so the id is its own; a child that has ended already has no start time that matters.
        let identity = Identity::of(child.id()).unwrap_or(Identity { pid: child.id(), start_time: 0 });
        Self { identity, pidfd: pidfd(child.id()), child: Some(child), exit: None }
    }

    /// Adopts a process that somebody else started; `None` when it runs no more.
    pub fn adopt(identity: Identity) -> Option<Self> {
        let pidfd = pidfd(identity.pid);
        // Looked at after the descriptor is open: from here on it stands for this very process.
        identity.is_alive().then_some(Self { identity, pidfd, child: None, exit: None })
    }

    /// Returns who it is.
    pub fn identity(&self) -> Identity {
        self.identity
    }

    /// Waits until it has ended, then kills what is left of its group: a server that its shell left behind would keep
    /// the port. Dropping the future loses nothing.
    pub async fn exited(&mut self) -> Exit {
        if let Some(exit) = self.exit {
            return exit;
        }
        self.gone().await;
        // Before reaping: until then the id cannot be used again.
        self.signal_group(Signal::KILL);
        self.reap()
    }

    /// Asks it to end (`SIGTERM` to its group), waits, then kills what is left.
    pub async fn stop(&mut self, patience: Duration) -> Stopped {
        if self.exit.is_some() {
            return Stopped::InTime;
        }
        let deadline = Instant::now() + patience;
        self.signal_group(Signal::TERM);
        if timeout_at(deadline, self.gone()).await.is_err() {
            self.kill().await;
            return Stopped::Killed;
        }
        self.reap();
        while self.group_exists() {
            if Instant::now() >= deadline {
                self.signal_group(Signal::KILL);
                return Stopped::Killed;
            }
            sleep(LOOK_EVERY).await;
        }
        Stopped::InTime
    }

    /// Kills it and its group, and waits until it is gone.
    pub async fn kill(&mut self) {
        if self.exit.is_some() {
            return;
        }
        self.signal_group(Signal::KILL);
        if timeout(KILL_WAIT, self.gone()).await.is_ok() {
            self.reap();
        }
    }

    /// Waits for the end without reaping.
    async fn gone(&self) {
        if let Some(watch) = self.pidfd.as_ref().and_then(watch)
            && watch.readable().await.is_ok()
        {
            return;
        }
        while !self.is_gone() {
            sleep(LOOK_EVERY).await;
        }
    }

    fn is_gone(&self) -> bool {
        let Some(fd) = &self.pidfd else { return !self.identity.is_alive() };
        let at_once = Timespec { tv_sec: 0, tv_nsec: 0 };
        poll(&mut [PollFd::new(fd, PollFlags::IN)], Some(&at_once)).is_ok_and(|ready| ready > 0)
    }

    fn reap(&mut self) -> Exit {
        let exit = match self.child.take() {
            None => Exit::Unknown,
            // It has ended, so this does not wait.
            Some(mut child) => child.wait().map_or(Exit::Unknown, Exit::from),
        };
        *self.exit.insert(exit)
    }

    fn signal_group(&self, signal: Signal) {
        if let Some(group) = self.group() {
            // A group that is gone, or that has become somebody else's user, cannot be signalled: nothing is left to do.
            let _ = kill_process_group(group, signal);
        }
    }

    fn group_exists(&self) -> bool {
        let known = self.group().is_some_and(|group| test_kill_process_group(group).is_ok());
        // What was adopted is reaped by somebody else, who may take his time.
        known && group_lives(self.identity.pid)
    }

    fn group(&self) -> Option<Pid> {
        i32::try_from(self.identity.pid).ok().and_then(Pid::from_raw)
    }
}

fn pidfd(pid: u32) -> Option<OwnedFd> {
    let pid = Pid::from_raw(i32::try_from(pid).ok()?)?;
    pidfd_open(pid, PidfdFlags::empty()).ok()
}

#[expect(
    deprecated,
    reason = "what replaces it is unsafe; the borrow keeps the descriptor open, which is all it asks for"
)]
fn watch(fd: &OwnedFd) -> Option<AsyncFd<BorrowedFd<'_>>> {
    AsyncFd::with_interest(fd.as_fd(), Interest::READABLE).ok()
}
