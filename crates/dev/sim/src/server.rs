//! The server: the kernel's own engine on a disk in memory, killed and started again, with a disk that fails at times.

use std::future::Future;
use std::pin::pin;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};

use jiff::Timestamp;
use seaworthy_contract::gateway::{Report, ReportAck};
use seaworthy_contract::prober::{ProbeAck, ProbeReport};
use seaworthy_core::{Fact, Input};
use seaworthy_kernel::{CommandError, Done, Engine, Outside, Shared, decode};
use seaworthy_model::{EventId, Position};
use seaworthy_store::{Answer, Clock, Entry, Ledger, Row, SeriesStore, Side, SideError, Table, Write};
use seaworthy_testkit::store::{Disk, Fault, Faults, MemorySide};
use uuid::Uuid;

use crate::Ms;
use crate::random::Random;

/// When a simulation begins.
pub(crate) const BEGIN: Timestamp = Timestamp::constant(1_750_000_000, 0);

/// How long `up` takes to start a server that ended by itself.
const AGAIN: Ms = 300;

/// Records read at once.
const PAGE: usize = 1_000;

/// A clock that shows virtual time, and is wrong by as much as one says.
#[derive(Clone, Default)]
pub(crate) struct VirtualClock {
    now_ms: Arc<AtomicI64>,
    wrong_by_ms: Arc<AtomicI64>,
}

impl VirtualClock {
    pub(crate) fn set(&self, now: Ms) {
        self.now_ms.store(i64::try_from(now).expect("a simulation is short"), Ordering::Relaxed);
    }

    pub(crate) fn shift(&self, by_ms: i64) {
        self.wrong_by_ms.fetch_add(by_ms, Ordering::Relaxed);
    }

    pub(crate) fn now(&self) -> Timestamp {
        let ms = self.now_ms.load(Ordering::Relaxed) + self.wrong_by_ms.load(Ordering::Relaxed);
        BEGIN + jiff::SignedDuration::from_millis(ms)
    }

    fn as_clock(&self) -> Clock {
        let clock = self.clone();
        Arc::new(move || clock.now())
    }
}

/// A side store that takes no writes while one says so.
struct FlakySide {
    inner: MemorySide,
    broken: Arc<AtomicBool>,
}

impl Side for FlakySide {
    fn get(&self, table: Table, key: &str) -> Answer<'_, Result<Option<Vec<u8>>, SideError>> {
        self.inner.get(table, key)
    }

    fn list(&self, table: Table) -> Answer<'_, Result<Vec<Entry>, SideError>> {
        self.inner.list(table)
    }

    fn write(&self, writes: Vec<Write>) -> Answer<'_, Result<(), SideError>> {
        if self.broken.swap(false, Ordering::Relaxed) {
            let why = Arc::new(std::io::Error::other("the simulation says so"));
            return Box::pin(async { Err(SideError::Store { doing: "write to", path: "memory".to_owned(), why }) });
        }
        self.inner.write(writes)
    }
}

/// The server's process and what survives it.
pub(crate) struct Server {
    pub(crate) clock: VirtualClock,
    disk: Disk,
    side_broken: Arc<AtomicBool>,
    random: Arc<Mutex<Random>>,
    engine: Option<Engine>,
    up_at: Ms,
    /// Everything that somebody was told is so.
    pub(crate) acknowledged: Vec<(Position, EventId)>,
    pub(crate) starts: u32,
}

impl Server {
    pub(crate) fn new(random: Random) -> Self {
        let clock = VirtualClock::default();
        Self {
            disk: Disk::new(clock.as_clock()),
            clock,
            side_broken: Arc::default(),
            random: Arc::new(Mutex::new(random)),
            engine: None,
            up_at: 0,
            acknowledged: Vec::new(),
            starts: 0,
        }
    }

    /// Starts it when it is time to; a ledger that has stopped needs another process.
    pub(crate) fn look_after(&mut self, now: Ms) {
        if self.engine.as_ref().is_some_and(Engine::is_stopped) {
            self.kill(now, AGAIN);
        }
        if self.engine.is_none() && self.up_at <= now {
            self.start();
            let boot = Uuid::from_u128(self.bits());
            // A full disk at this moment: the next start says so again.
            drop(self.command(&Input::Started { boot, program: "sim".to_owned() }, "server"));
        }
    }

    fn start(&mut self) {
        let random = self.random.clone();
        let fresh = move || {
            let mut random = random.lock().expect("nobody panics while holding it");
            (u128::from(random.bits()) << 64) | u128::from(random.bits())
        };
        let outside = Outside {
            ledger: Arc::new(self.disk.ledger()),
            side: Arc::new(FlakySide { inner: self.disk.side(), broken: self.side_broken.clone() }),
            series: Arc::new(self.disk.series()),
            clock: self.clock.as_clock(),
            random: Arc::new(fresh),
        };
        self.engine = Some(at_once(Engine::open(outside)).expect("the disk in memory is readable"));
        self.starts += 1;
    }

    /// Ends it as `kill -9` would; it is up again after a while.
    pub(crate) fn kill(&mut self, now: Ms, down_for: Ms) {
        self.engine = None;
        self.up_at = now + down_for;
    }

    pub(crate) fn is_up(&self) -> bool {
        self.engine.is_some()
    }

    /// Makes the disk fail by chance from now on.
    pub(crate) fn set_faults(&self, faults: Faults) {
        self.disk.set_faults(faults);
    }

    pub(crate) fn fail_next_append(&self, fault: Fault) {
        self.disk.fail_next(fault);
    }

    /// Makes the next checkpoint fail.
    pub(crate) fn fail_next_checkpoint(&self) {
        self.side_broken.store(true, Ordering::Relaxed);
    }

    /// Takes back the faults that are to meet what is next: by letting them meet nothing.
    pub(crate) fn disarm(&self) {
        self.side_broken.store(false, Ordering::Relaxed);
        self.disk.disarm();
    }

    /// Decides on an input; `None` while the server is down.
    pub(crate) fn command(&mut self, input: &Input, actor: &str) -> Option<Result<Done, CommandError>> {
        let done = at_once(self.engine.as_ref()?.decide(input, actor));
        if let Ok(done) = &done {
            self.acknowledged.extend(done.facts.iter().map(|fact| (fact.position, fact.id)));
        }
        Some(done)
    }

    pub(crate) fn report(&mut self, report: &Report) -> Option<Result<ReportAck, CommandError>> {
        Some(at_once(self.engine.as_ref()?.take_report(report)))
    }

    pub(crate) fn probed(&mut self, report: &ProbeReport) -> Option<Result<ProbeAck, CommandError>> {
        Some(at_once(self.engine.as_ref()?.take_probes(report)))
    }

    /// Puts what was counted before the simulation on the disk; a server that runs reads it when it starts again.
    pub(crate) fn store(&self, rows: Vec<Row>) {
        at_once(self.disk.series().write(rows)).expect("the disk in memory takes it");
    }

    /// What the server does each second.
    pub(crate) fn tick(&self) {
        if let Some(engine) = &self.engine {
            at_once(engine.look());
        }
    }

    /// Looks at state and watch; `None` while the server is down.
    pub(crate) fn read<R>(&self, view: impl FnOnce(&Shared) -> R) -> Option<R> {
        let shared = self.engine.as_ref()?.shared();
        let shared = shared.read().expect("nobody panics while writing");
        Some(view(&shared))
    }

    /// Returns what the disk holds after a position, whether somebody was told or not.
    pub(crate) fn facts_after(&self, position: Position) -> Vec<Fact> {
        let ledger = self.disk.ledger();
        if ledger.head().position <= position {
            return Vec::new();
        }
        let page = at_once(ledger.read(position + 1, PAGE)).expect("the disk in memory is readable");
        page.iter().map(decode).collect()
    }

    fn bits(&self) -> u128 {
        u128::from(self.random.lock().expect("nobody panics while holding it").bits())
    }
}

/// Runs a future that waits for nothing: the stores in memory answer at once.
fn at_once<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(done) => done,
        Poll::Pending => unreachable!("the stores in memory never wait"),
    }
}
