//! Measures the ledger on the disk under a directory: `cargo run --release --example measure -- DIR [EVENTS]`.
//!
//! Durable appends a second for 1, 16 and 256 clients; then, on a ledger of EVENTS events (100,000 unless said), how
//! fast it is read, how fast it is verified, and how long it takes to open. DIR must not exist; it is left behind.

use std::error::Error;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use seaworthy_model::{Entropy, EventId};
use seaworthy_store::chain::verify;
use seaworthy_store::{Expect, Ledger, NewEvent, RawJson};
use seaworthy_store_sqlite::{LedgerFile, SqliteLedger};
use tokio::task::JoinSet;

/// How long each number of clients appends.
const WINDOW: Duration = Duration::from_secs(3);

type Outcome<T = ()> = Result<T, Box<dyn Error>>;

fn main() -> Outcome {
    let mut args = std::env::args().skip(1);
    let dir = args.next().ok_or("give a directory that does not exist yet")?;
    let events: u64 = args.next().map_or(Ok(100_000), |events| events.parse())?;
    let dir = Path::new(&dir);
    if dir.exists() {
        return Err("the directory exists already: remove it or choose another".into());
    }
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    for clients in [1, 16, 256] {
        let rate = runtime.block_on(append(&dir.join(clients.to_string()), clients))?;
        println!("{clients:>4} clients          {rate:>9.0} durable appends a second");
    }
    runtime.block_on(fill(&dir.join("full"), events))?;
    read_back(&runtime, &dir.join("full"))
}

/// An event as the core writes them: 165 bytes of payload, a stream of its own kind, a key.
fn event(entropy: &mut Entropy, stream: u64) -> NewEvent {
    let now = Timestamp::now();
    let id = EventId::new(now, entropy);
    NewEvent {
        id,
        stream: format!("rollout/{stream}"),
        occurred_at: now,
        actor: "judge".to_owned(),
        cause: Some(id),
        kind: "rollout.step_entered".to_owned(),
        version: 1,
        payload: RawJson::found(format!(r#"{{"rollout":"{id}","service":"checkout","note":"{}"}}"#, "x".repeat(86))),
        key: Some(id.to_string()),
    }
}

async fn append(dir: &Path, clients: u64) -> Outcome<f64> {
    let ledger = Arc::new(SqliteLedger::open(dir, Arc::new(Timestamp::now))?);
    let (mut running, start) = (JoinSet::new(), Instant::now());
    for client in 0..clients {
        let ledger = ledger.clone();
        running.spawn(async move {
            let (mut entropy, mut appended) = (Entropy::new(u128::from(client)), 0_u64);
            while start.elapsed() < WINDOW {
                ledger.append(vec![event(&mut entropy, client)], Expect::Any).await?;
                appended += 1;
            }
            Ok::<_, seaworthy_store::AppendError>(appended)
        });
    }
    let mut total = 0;
    while let Some(appended) = running.join_next().await {
        total += appended??;
    }
    Ok(total as f64 / start.elapsed().as_secs_f64())
}

async fn fill(dir: &Path, events: u64) -> Outcome {
    let ledger = SqliteLedger::open(dir, Arc::new(Timestamp::now))?;
    let (mut entropy, start) = (Entropy::new(1), Instant::now());
    for first in (0..events).step_by(500) {
        let batch = (first..(first + 500).min(events)).map(|number| event(&mut entropy, number / 8)).collect();
        ledger.append(batch, Expect::Any).await?;
    }
    println!("in batches of 500     {:>9.0} appends a second", events as f64 / start.elapsed().as_secs_f64());
    Ok(())
}

fn read_back(runtime: &tokio::runtime::Runtime, dir: &Path) -> Outcome {
    let start = Instant::now();
    let ledger = SqliteLedger::open(dir, Arc::new(Timestamp::now))?;
    println!("open                  {:>9.1} ms", start.elapsed().as_secs_f64() * 1e3);
    let (start, mut read) = (Instant::now(), 0);
    while read < ledger.head().position {
        read += runtime.block_on(ledger.read(read + 1, usize::MAX))?.len() as u64;
    }
    println!(
        "read, all             {:>9.1} ms, {:>9.0} events a second",
        ms(start),
        read as f64 / start.elapsed().as_secs_f64()
    );
    let start = Instant::now();
    let verified = verify(LedgerFile::open(dir)?.records(), None)?;
    println!(
        "read and verified     {:>9.1} ms, {:>9.0} events a second",
        ms(start),
        verified.events as f64 / start.elapsed().as_secs_f64()
    );
    let memory = std::fs::read_to_string("/proc/self/smaps_rollup").unwrap_or_default();
    println!("{}", memory.lines().find(|line| line.starts_with("Pss:")).unwrap_or("no figure for memory"));
    Ok(())
}

fn ms(start: Instant) -> f64 {
    start.elapsed().as_secs_f64() * 1e3
}
