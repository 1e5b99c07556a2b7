//! What many objectives and few counted comes back the same from the store, though it is read in different ways.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use jiff::Timestamp;
use seaworthy_contract::catalogue::{Counting, Entity, Indicator, Objective, Period, Service, Team};
use seaworthy_model::Tally;
use seaworthy_signals::{Bucket, Resolution};
use seaworthy_slo::{Reading, TierReading};
use seaworthy_testkit::store::Disk;

use super::{decide, document, now, read};
use crate::{Engine, Outside, Pushed};

/// Five days in steps of half an hour: two more than memory holds.
const STEPS: i64 = 5 * 48;

fn open(disk: &Disk, now_ms: &Arc<AtomicI64>) -> Engine {
    static FRESH: AtomicU64 = AtomicU64::new(1);
    let now_ms = now_ms.clone();
    let outside = Outside {
        ledger: Arc::new(disk.ledger()),
        side: Arc::new(disk.side()),
        series: Arc::new(disk.series()),
        clock: Arc::new(move || at(now_ms.load(Ordering::Relaxed))),
        random: Arc::new(|| u128::from(FRESH.fetch_add(1, Ordering::Relaxed)) << 64),
    };
    now(Engine::open(outside)).expect("readable")
}

fn at(ms: i64) -> Timestamp {
    Timestamp::from_millisecond(ms).expect("in range")
}

/// Objectives of each counting, of which there are `each`.
fn objectives(each: usize) -> impl Iterator<Item = Entity> {
    let countings = [
        ("events", Counting::Occurrences),
        ("minutes", Counting::Timeslices { slice_seconds: 60, slice_target: 0.9 }),
        ("ratios", Counting::RatioTimeslices { slice_seconds: 300 }),
    ];
    countings.into_iter().flat_map(move |(name, counting)| {
        (0..each).map(move |number| {
            Entity::Objective(Box::new(Objective {
                name: format!("{name}-{number}"),
                service: "checkout".parse().expect("a name"),
                description: None,
                indicator: Indicator::Pushed { series: format!("s{number}") },
                target: 0.99,
                period: Period::default(),
                counting,
                tiers: Vec::new(),
                by_default: false,
            }))
        })
    })
}

fn counted(engine: &Engine) -> Vec<(String, Vec<Bucket>)> {
    read(engine, |shared| {
        let of = |watched: &seaworthy_core::watch::objectives::Watched| {
            let series = watched.series().expect("counted here");
            let buckets = Resolution::ALL.into_iter().flat_map(|resolution| series.recent(resolution));
            (watched.declared.name.clone(), buckets.collect())
        };
        shared.watch.objectives.iter().map(of).collect()
    })
}

fn seen(engine: &Engine) -> Vec<(Vec<TierReading>, Reading)> {
    read(engine, |shared| {
        let seen = shared.watch.objectives.iter().map(|watched| watched.seen().expect("seen"));
        seen.map(|seen| (seen.tiers.to_vec(), seen.so_far)).collect()
    })
}

#[test]
fn many_and_few_objectives_come_back_as_they_were() {
    for each in [1, 5] {
        let now_ms = Arc::new(AtomicI64::new(1_800_000_000_000));
        let disk = Disk::new(Arc::new(|| Timestamp::UNIX_EPOCH));
        let engine = open(&disk, &now_ms);
        let team = Team { name: "shop".parse().expect("a name"), title: None, members: Vec::new(), escalation: None };
        let service = serde_json::json!({ "name": "checkout", "owner": "shop" });
        let service: Service = serde_json::from_value(service).expect("a service");
        let base = [Entity::Team(team), Entity::Service(Box::new(service))];
        decide(&engine, document(base.into_iter().chain(objectives(each)))).expect("applied");
        for step in 0..STEPS {
            let instant = at(now_ms.fetch_add(1_800_000, Ordering::Relaxed) + 1_800_000);
            let pushed = |number: usize| Pushed {
                service: "checkout".parse().expect("a name"),
                series: format!("s{number}"),
                // From some to more than two bytes hold, and every three hours some are bad.
                points: vec![(instant, Tally::new(1_000 * step.unsigned_abs(), u64::from(step % 6 == 0)))],
            };
            let pushed: Vec<Pushed> = (0..each).map(pushed).collect();
            now(engine.push(&pushed)).expect("taken");
            now(engine.look());
        }
        now_ms.fetch_add(120_000, Ordering::Relaxed);
        now(engine.look());
        now(engine.push(&[])).expect("stored");
        let (before, looked) = (counted(&engine), seen(&engine));
        assert_eq!(before.len(), 3 * each);
        assert!(before.iter().all(|(_, buckets)| buckets.len() > 100), "there is something to bring back");
        let engine = open(&disk, &now_ms);
        assert_eq!(counted(&engine), before, "{each} of each");
        now(engine.look());
        assert_eq!(seen(&engine), looked, "{each} of each");
    }
}
