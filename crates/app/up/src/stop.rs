//! When to stop, and how fast.

use std::future::pending;
use std::io::{self, Read};
use std::thread;

use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::{mpsc, watch};

use crate::{Stdin, UpError};

/// Wishes that can wait to be noticed: a person presses Ctrl-C twice, not twenty times.
const WISHES_MAX: usize = 4;

/// How fast everything stops.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Haste {
    /// It does not.
    Running,
    /// In order: nobody's request fails.
    Orderly,
    /// At once.
    AtOnce,
}

/// What comes from outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wish {
    /// Read the files again.
    Reload,
    /// Stop; said twice, at once.
    Stop,
}

/// Listens for SIGHUP, SIGINT, SIGTERM and, where asked for, the end of standard input.
pub(crate) fn wishes(stdin: Stdin) -> Result<mpsc::Receiver<Wish>, UpError> {
    let (sender, wishes) = mpsc::channel(WISHES_MAX);
    let fail = |error| UpError::System { attempted: "listen for signals", error };
    let kinds = [SignalKind::hangup(), SignalKind::interrupt(), SignalKind::terminate()];
    for (kind, wish) in kinds.into_iter().zip([Wish::Reload, Wish::Stop, Wish::Stop]) {
        let (mut signals, sender) = (signal(kind).map_err(fail)?, sender.clone());
        tokio::spawn(async move {
            while signals.recv().await.is_some() {
                if sender.send(wish).await.is_err() {
                    return;
                }
            }
        });
    }
    if stdin == Stdin::EndStops {
        watch_stdin(sender).map_err(|error| UpError::System { attempted: "watch the standard input", error })?;
    }
    Ok(wishes)
}

/// A thread of its own: standard input cannot be read without blocking, and the thread ends with the process.
fn watch_stdin(sender: mpsc::Sender<Wish>) -> io::Result<()> {
    let watch = move || {
        let (mut stdin, mut dropped) = (io::stdin().lock(), [0; 64]);
        while stdin.read(&mut dropped).is_ok_and(|read| read > 0) {}
        // Nobody listens any more when the supervisor ends by itself.
        let _ = sender.blocking_send(Wish::Stop);
    };
    thread::Builder::new().name("stdin".to_owned()).stack_size(64 * 1024).spawn(watch).map(drop)
}

/// Waits until it is at least this urgent. A supervisor that went away without a word stops nothing.
pub(crate) async fn until(haste: &mut watch::Receiver<Haste>, at_least: Haste) {
    if haste.wait_for(|now| *now >= at_least).await.is_err() {
        pending().await
    }
}
