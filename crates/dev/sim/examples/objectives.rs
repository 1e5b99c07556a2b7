//! How many objectives are evaluated in a second of processor time, with all that is written of them, and what they hold in
//! memory: `cargo xtask bench watch` runs it and compares.
//!
//! `cargo run --release -p seaworthy-sim --example objectives -- OBJECTIVES REPORTS FOLDER [--unwatched]` runs the kernel's
//! engine on SQLite files in an empty folder. Each objective is of a service of its own and has three days of
//! counts, read back from disk as after a restart. Then a gateway's report of all services comes every 250 ms of virtual
//! time; taking one in stores every bucket that changed, moves all windows on and lets every engine decide. With
//! `--unwatched` the same services have no objectives: what is left is the weight of everything else.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Instant;

use jiff::Timestamp;
use seaworthy_contract::gateway::{Classes, Count, REPORT_EVERY_MS, Report};
use seaworthy_core::Input;
use seaworthy_core::watch::Used;
use seaworthy_kernel::{Engine, Outside};
use seaworthy_model::{Arm, ServiceId};
use seaworthy_sim::Random;
use seaworthy_sim::watch::{Objectives, document, healthy, services};
use seaworthy_store::limits::SERIES_ROWS_MAX;
use seaworthy_store::{Clock, SeriesStore};
use seaworthy_store_sqlite::{SqliteLedger, SqliteSeries, SqliteSide};
use serde_json::json;
use uuid::Uuid;

/// Requests of a service in one report: 100 a second.
const REQUESTS: u64 = 25;

/// A healthy service fails one request of a thousand, so one report of forty has a failure: half of that.
const FAILURES: f64 = 0.0125;

/// Reports before the clock is read: caches are warm, and slots have turned.
const WARM: u64 = 50;

/// Bytes of a page of memory, as the kernel counts resident ones.
const PAGE_BYTES: u64 = 4_096;

/// Ticks of processor time in a second, as the kernel shows them.
const TICKS: f64 = 100.0;

type Failed = Box<dyn std::error::Error>;

fn main() -> Result<(), Failed> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [count, reports, folder, rest @ ..] = words.as_slice() else {
        return Err("which? OBJECTIVES REPORTS FOLDER [--unwatched]".into());
    };
    let objectives = if rest.is_empty() { Objectives::OneEach } else { Objectives::None };
    let services = services(count.parse()?);
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    runtime.block_on(run(&services, objectives, reports.parse()?, Path::new(folder)))
}

async fn run(services: &[ServiceId], objectives: Objectives, reports: u64, folder: &Path) -> Result<(), Failed> {
    let now_ms = Arc::new(AtomicI64::new(1_790_000_000_123));
    let clock: Clock = {
        let now_ms = now_ms.clone();
        Arc::new(move || Timestamp::from_millisecond(now_ms.load(Ordering::Relaxed)).expect("in range"))
    };
    remember(services, objectives, folder, &clock).await?;
    eprintln!("{} services have a past on disk", services.len());
    let engine = open(folder, &clock).await?;
    let mut gateway = Gateway::new(services);
    let mut report = async |_| -> Result<(), Failed> {
        now_ms.fetch_add(REPORT_EVERY_MS as i64, Ordering::Relaxed);
        engine.take_report(gateway.next()).await?;
        Ok(())
    };
    for number in 0..WARM {
        report(number).await?;
    }
    let (begin, clock_begin) = (cpu_seconds()?, Instant::now());
    for number in 0..reports {
        report(number).await?;
    }
    let (cpu, wall_seconds) = (cpu_seconds()? - begin, clock_begin.elapsed().as_secs_f64());
    let shared = engine.shared();
    let shared = shared.read().map_err(|_| "the engine panicked")?;
    let looked = shared.watch.objectives.iter().filter(|watched| watched.seen().is_some_and(|seen| seen.at == clock()));
    let looked = looked.count() as u64;
    let evaluations = looked * reports;
    println!(
        "{}",
        json!({
            "objectives": looked,
            "reports": reports,
            "evaluations": evaluations,
            "cpu_seconds": cpu,
            "wall_seconds": wall_seconds,
            "resident_bytes": resident_bytes()?,
            "open_alerts": shared.state.alerts.all_open().count(),
        })
    );
    Ok(())
}

/// Declares everything and puts a past on disk, in a process' life of its own.
async fn remember(services: &[ServiceId], objectives: Objectives, folder: &Path, clock: &Clock) -> Result<(), Failed> {
    let engine = open(folder, clock).await?;
    engine.decide(&Input::Apply(Box::new(document(services, objectives)), Used::new()), "bench").await?;
    engine.look().await;
    let names: Vec<String> = {
        let shared = engine.shared();
        let shared = shared.read().map_err(|_| "the engine panicked")?;
        shared.watch.objectives.iter().filter_map(|watched| watched.series_name().map(str::to_owned)).collect()
    };
    drop(engine);
    let series = SqliteSeries::open(folder)?;
    for names in names.chunks(8) {
        let rows: Vec<_> = names.iter().flat_map(|name| healthy(name, REQUESTS * 4, clock())).collect();
        for batch in rows.chunks(SERIES_ROWS_MAX) {
            series.write(batch.to_vec()).await?;
        }
    }
    Ok(())
}

async fn open(folder: &Path, clock: &Clock) -> Result<Engine, Failed> {
    let fresh = AtomicU64::new(1);
    let outside = Outside {
        ledger: Arc::new(SqliteLedger::open(folder, clock.clone())?),
        side: Arc::new(SqliteSide::open(folder)?),
        series: Arc::new(SqliteSeries::open(folder)?),
        clock: clock.clone(),
        random: Arc::new(move || u128::from(fresh.fetch_add(1, Ordering::Relaxed)) << 64),
    };
    Ok(Engine::open(outside).await?)
}

/// One gateway that carries everything.
struct Gateway {
    report: Report,
    random: Random,
}

impl Gateway {
    fn new(services: &[ServiceId]) -> Self {
        let count = |service: &ServiceId| Count {
            service: service.clone(),
            route: "*/".to_owned(),
            version: "v1".parse().expect("a name that is allowed"),
            arm: Arm::Stable,
            config: 1,
            starts: REQUESTS,
            ended: Classes::default(),
            rescued: 0,
            seen_idempotent: 0,
            seen_other: 0,
            users_in_step: 0,
            users: 0,
            users_failed: 0,
            users_failed_in_step: None,
            latency: vec![(seaworthy_model::latency::bucket(10_000), REQUESTS)],
        };
        let report = Report {
            gateway: "gateway-1".parse().expect("a name that is allowed"),
            boot: Uuid::from_u128(1),
            seq: 0,
            applied: 1,
            age_ms: 0,
            interval_ms: REPORT_EVERY_MS,
            counts: services.iter().map(count).collect(),
            moments: Vec::new(),
            in_flight: Vec::new(),
            trips: Vec::new(),
            break_glass: Vec::new(),
            controls: Vec::new(),
            control_hands: Vec::new(),
        };
        Self { report, random: Random::new(1) }
    }

    fn next(&mut self) -> &Report {
        self.report.seq += 1;
        for count in &mut self.report.counts {
            let bad = u64::from(self.random.chance(FAILURES));
            count.ended = Classes { ok: REQUESTS - bad, server_error: bad, ..Classes::default() };
            count.seen_idempotent = bad;
        }
        &self.report
    }
}

/// Processor time of all threads of this process so far.
fn cpu_seconds() -> Result<f64, Failed> {
    let stat = std::fs::read_to_string("/proc/self/stat")?;
    let (_, after) = stat.rsplit_once(')').ok_or("no name in stat")?;
    let fields: Vec<&str> = after.split_whitespace().collect();
    let ticks = |at: usize| -> Result<f64, Failed> { Ok(fields.get(at).ok_or("stat is short")?.parse()?) };
    // The 14th and 15th of all, of which two stand before.
    Ok((ticks(11)? + ticks(12)?) / TICKS)
}

fn resident_bytes() -> Result<u64, Failed> {
    let statm = std::fs::read_to_string("/proc/self/statm")?;
    let pages: u64 = statm.split_whitespace().nth(1).ok_or("statm is short")?.parse()?;
    Ok(pages * PAGE_BYTES)
}
