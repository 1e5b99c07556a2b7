//! Versions as local processes: what the server desires is reconciled with what runs.
//!
//! One task per version keeps that version; this one starts and ends those tasks. The last desired set is on disk, so
//! versions are kept alive while the server is away, and found again when the supervisor itself was away.

mod environment;
mod instance;
mod life;
mod link;
mod picture;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use seaworthy_contract::process::{Desired, Instance};
use seaworthy_process::{Ports, Record};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;

use crate::layout::Layout;
use crate::reporter::Reporter;
use crate::stop::Haste;

pub(crate) use link::Link;
pub(crate) use picture::{Key, Picture};

/// Ends of tasks that wait to be noticed; the sender waits when there are more.
const ENDS_MAX: usize = 64;

/// What every version's task needs.
#[derive(Debug)]
pub(crate) struct Context {
    /// The directory of files.
    pub(crate) directory: PathBuf,
    /// Base address of the gateway's outbound side.
    pub(crate) outbound: String,
    pub(crate) layout: Layout,
    pub(crate) ports: Mutex<Ports>,
    pub(crate) picture: Picture,
    pub(crate) reporter: Reporter,
    pub(crate) haste: watch::Receiver<Haste>,
}

/// The reconciler.
pub(crate) struct Agent {
    context: Arc<Context>,
    desired: watch::Receiver<Option<Desired>>,
    running: BTreeMap<Key, Running>,
    /// Records of processes that ran before us, until somebody takes them over.
    found: BTreeMap<Key, Record>,
    ends: (mpsc::Sender<Key>, mpsc::Receiver<Key>),
}

struct Running {
    /// What it should be; `None` once it should end.
    wanted: watch::Sender<Option<Instance>>,
    task: JoinHandle<()>,
}

impl Agent {
    pub(crate) fn new(context: Arc<Context>, desired: watch::Receiver<Option<Desired>>) -> Self {
        let records = context.layout.records().load().into_iter().filter(Record::is_alive);
        let found = records.map(|record| (Key::of(&record.instance), record)).collect();
        Self { context, desired, running: BTreeMap::new(), found, ends: mpsc::channel(ENDS_MAX) }
    }

    /// Reconciles until everything stops, then stops every version and returns.
    pub(crate) async fn run(mut self) {
        let mut haste = self.context.haste.clone();
        self.reconcile();
        loop {
            tokio::select! {
                biased;
                () = crate::stop::until(&mut haste, Haste::Orderly) => return self.stop().await,
                Some(key) = self.ends.1.recv() => drop(self.running.remove(&key)),
                // Nothing new comes once everything is about to stop; versions go on until then.
                Ok(()) = self.desired.changed() => {}
            }
            self.reconcile();
        }
    }

    fn reconcile(&mut self) {
        let Some(desired) = self.desired.borrow_and_update().clone() else { return };
        let version = desired.version;
        let mut wanted: BTreeMap<_, _> = desired.instances.into_iter().map(|one| (Key::of(&one), one)).collect();
        for (key, running) in &self.running {
            let now = wanted.remove(key);
            if now.is_none() {
                // At once, not when it has ended: it may be wanted again by then, and that is another life.
                self.context.picture.forget(key);
            }
            // One that is on its way out is started again when it has ended, by the reconciliation of that moment.
            running.wanted.send_if_modified(|was| was.is_some() && std::mem::replace(was, now.clone()) != now);
        }
        for (key, instance) in wanted {
            let found = self.found.remove(&key);
            self.begin(key, Some(instance), found);
        }
        // What ran before us and nobody wants any more.
        for (key, record) in std::mem::take(&mut self.found) {
            self.begin(key, None, Some(record));
        }
        self.context.picture.works_by(version);
    }

    fn begin(&mut self, key: Key, wanted: Option<Instance>, found: Option<Record>) {
        let (sender, receiver) = watch::channel(wanted);
        let (context, ends, ended) = (self.context.clone(), self.ends.0.clone(), key.clone());
        let task = tokio::spawn(async move {
            instance::Keeper::new(context, ended.clone(), receiver).keep(found).await;
            // Nobody listens any more when everything stops.
            drop(ends.send(ended).await);
        });
        self.running.insert(key, Running { wanted: sender, task });
    }

    async fn stop(mut self) {
        for running in self.running.values() {
            running.wanted.send_replace(None);
        }
        // Read on, so that no task waits to tell its end.
        let tasks: Vec<_> = std::mem::take(&mut self.running).into_values().map(|running| running.task).collect();
        self.ends.1.close();
        for task in tasks {
            // A task that panicked has said so on standard error.
            drop(task.await);
        }
    }
}
