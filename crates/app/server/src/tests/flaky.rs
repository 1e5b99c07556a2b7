//! Stores that take their time, fail while they are told to, and count how often they were asked.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use seaworthy_model::Position;
use seaworthy_store::{
    Answer, AppendError, Appended, Entry, Expect, Head, Ledger, NewEvent, ReadError, Record, Side, SideError, Table,
    Write,
};
use tokio::sync::watch;

/// Where the store is, as its errors say: nobody outside may read it.
pub(super) const SECRET_PATH: &str = "/var/lib/nobody-may-know";

/// Whether it fails now, and how often it was asked to write.
#[derive(Debug, Default)]
pub(super) struct Switch {
    broken: AtomicBool,
    asked: AtomicUsize,
}

impl Switch {
    pub(super) fn set_broken(&self, broken: bool) {
        self.broken.store(broken, Ordering::SeqCst);
    }

    /// Returns how often it was asked to write.
    pub(super) fn writes(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }

    /// Waits until it was asked `more` times more.
    pub(super) async fn asked(&self, more: usize) {
        let wanted = self.asked.load(Ordering::SeqCst) + more;
        while self.asked.load(Ordering::SeqCst) < wanted {
            tokio::task::yield_now().await;
        }
    }

    fn is_broken(&self) -> bool {
        self.broken.load(Ordering::SeqCst)
    }
}

/// A store and its switch.
pub(super) struct Flaky<S> {
    pub(super) inner: S,
    pub(super) switch: Arc<Switch>,
}

impl<S: Side> Side for Flaky<S> {
    fn get(&self, table: Table, key: &str) -> Answer<'_, Result<Option<Vec<u8>>, SideError>> {
        if self.switch.is_broken() {
            return broken();
        }
        let key = key.to_owned();
        Box::pin(async move {
            let found = self.inner.get(table, &key).await;
            // A real store answers from another thread: others ask before anybody acts on the answer.
            tokio::task::yield_now().await;
            found
        })
    }

    fn list(&self, table: Table) -> Answer<'_, Result<Vec<Entry>, SideError>> {
        if self.switch.is_broken() { broken() } else { self.inner.list(table) }
    }

    fn write(&self, writes: Vec<Write>) -> Answer<'_, Result<(), SideError>> {
        self.switch.asked.fetch_add(1, Ordering::SeqCst);
        if self.switch.is_broken() { broken() } else { self.inner.write(writes) }
    }
}

fn broken<T: Send + 'static>() -> Answer<'static, Result<T, SideError>> {
    let why = Arc::new(std::io::Error::other("disk I/O error"));
    Box::pin(async { Err(SideError::Store { doing: "use", path: SECRET_PATH.to_owned(), why }) })
}

impl<S: Ledger> Ledger for Flaky<S> {
    fn append(&self, batch: Vec<NewEvent>, expect: Expect) -> Answer<'_, Result<Appended, AppendError>> {
        self.switch.asked.fetch_add(1, Ordering::SeqCst);
        match self.switch.is_broken() {
            true => Box::pin(async { Err(AppendError::Full { path: SECRET_PATH.to_owned() }) }),
            false => self.inner.append(batch, expect),
        }
    }

    fn read(&self, from: Position, limit: usize) -> Answer<'_, Result<Vec<Record>, ReadError>> {
        self.inner.read(from, limit)
    }

    fn find(&self, key: &str) -> Answer<'_, Result<Option<Position>, ReadError>> {
        self.inner.find(key)
    }

    fn head(&self) -> Head {
        self.inner.head()
    }

    fn watch(&self) -> watch::Receiver<Head> {
        self.inner.watch()
    }
}
