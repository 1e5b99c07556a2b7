//! The way of an event to whoever listens: through a queue and a thread, because a terminal can be stopped and the
//! supervisor must not be.

use std::io;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread::{self, JoinHandle};

use crate::UpEvent;

/// Most events that wait for a slow listener; beyond that the newest are dropped, which a person who stopped the
/// terminal cannot have read anyway.
const QUEUE_MAX: usize = 1024;

/// Stack of the listener's thread: it formats one line at a time.
const STACK_BYTES: usize = 256 * 1024;

/// Takes events and never waits. Clones share the queue.
#[derive(Debug, Clone)]
pub(crate) struct Reporter {
    queue: SyncSender<UpEvent>,
}

/// The listener's thread.
#[derive(Debug)]
pub(crate) struct Listener {
    thread: JoinHandle<()>,
}

impl Reporter {
    pub(crate) fn start(mut on_event: Box<dyn FnMut(UpEvent) + Send>) -> io::Result<(Self, Listener)> {
        let (queue, events) = sync_channel(QUEUE_MAX);
        let listen = move || events.iter().for_each(&mut on_event);
        let thread = thread::Builder::new().name("events".to_owned()).stack_size(STACK_BYTES).spawn(listen)?;
        Ok((Self { queue }, Listener { thread }))
    }

    pub(crate) fn report(&self, event: UpEvent) {
        // Dropped when the queue is full: see above.
        drop(self.queue.try_send(event));
    }

    pub(crate) fn starting(&self, what: impl Into<String>) {
        self.report(UpEvent::Starting { what: what.into() });
    }

    pub(crate) fn problem(&self, message: String, hint: Option<String>) {
        self.report(UpEvent::Problem { message, hint });
    }
}

impl Listener {
    /// Waits until the last event is told. Every reporter must be dropped by now.
    pub(crate) fn finish(self) {
        // A listener that panicked has said so on standard error.
        drop(self.thread.join());
    }
}
