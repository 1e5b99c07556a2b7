//! Objectives in the engine: from a bad request to a page, over a death of the process and a disk that fails.

mod again;
mod budgets;
mod others;
mod reports;
mod restarts;

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};

use jiff::{SignedDuration, Timestamp};
use seaworthy_contract::catalogue::{Counting, Indicator, Layered, Objective, Period, Person, Rotation};
use seaworthy_contract::gateway::{Classes, Count};
use seaworthy_core::view::Look;
use seaworthy_model::{Arm, Tally};
use seaworthy_signals::Resolution;
use seaworthy_store::{Answer, Row, SeriesError, SeriesStore};
use seaworthy_testkit::store::MemorySeries;

use super::*;
use crate::{Pushed, Shared};

/// A whole number of weeks before the present, so that days begin with the test.
const BEGIN_S: i64 = 1_790_000_000 - 1_790_000_000 % 604_800;

/// A disk, a clock and a gateway that counts.
struct Bench {
    disk: Disk,
    now_ms: Arc<AtomicI64>,
    full: Arc<Mutex<bool>>,
    engine: Engine,
    seq: u64,
}

/// A series store that takes no writes while one says so.
struct Flaky {
    inner: MemorySeries,
    broken: Arc<Mutex<bool>>,
}

impl SeriesStore for Flaky {
    fn write(&self, rows: Vec<Row>) -> Answer<'_, Result<(), SeriesError>> {
        if *self.broken.lock().expect("not poisoned") {
            let why = Arc::new(std::io::Error::other("the test says so"));
            return Box::pin(async { Err(SeriesError::Store { doing: "write to", path: "memory".to_owned(), why }) });
        }
        self.inner.write(rows)
    }

    fn read(
        &self,
        series: &str,
        resolution: Resolution,
        slots: std::ops::Range<i64>,
    ) -> Answer<'_, Result<Vec<Row>, SeriesError>> {
        self.inner.read(series, resolution, slots)
    }

    fn slot(&self, resolution: Resolution, slot: i64) -> Answer<'_, Result<Vec<Row>, SeriesError>> {
        self.inner.slot(resolution, slot)
    }

    fn sums(
        &self,
        resolution: Resolution,
        slots: std::ops::Range<i64>,
    ) -> Answer<'_, Result<Vec<(String, Tally)>, SeriesError>> {
        self.inner.sums(resolution, slots)
    }

    fn series(&self) -> Answer<'_, Result<Vec<String>, SeriesError>> {
        self.inner.series()
    }

    fn prune(&self, resolution: Resolution, before: i64) -> Answer<'_, Result<(), SeriesError>> {
        self.inner.prune(resolution, before)
    }
}

fn objective(name: &str, indicator: Indicator) -> Entity {
    Entity::Objective(Box::new(Objective {
        name: name.to_owned(),
        service: "checkout".parse().expect("a name"),
        description: None,
        indicator,
        target: 0.999,
        period: Period::default(),
        counting: Counting::Occurrences,
        tiers: Vec::new(),
        by_default: false,
    }))
}

fn availability() -> Entity {
    objective("checkout-availability", Indicator::Availability { route: None })
}

fn catalogue(objectives: Vec<Entity>) -> Input {
    let name = |text: &str| text.parse().expect("a name");
    let service = serde_json::json!({ "name": "checkout", "owner": "shop" });
    let service: Service = serde_json::from_value(service).expect("a service");
    let rotation = Rotation {
        name: "shop".parse().expect("a name"),
        team: "shop".parse().expect("a name"),
        participants: vec![name("ines")],
        start: Timestamp::UNIX_EPOCH,
        zone: "UTC".to_owned(),
        days: 7,
        layered: Layered::default(),
    };
    let entities = [
        Entity::Person(Person { name: name("ines") }),
        Entity::Team(Team {
            name: "shop".parse().expect("a name"),
            title: None,
            members: vec![name("ines")],
            escalation: None,
        }),
        Entity::Rotation(rotation),
        Entity::Service(Box::new(service)),
    ];
    document(entities.into_iter().chain(objectives))
}

impl Bench {
    fn new(objectives: Vec<Entity>) -> Self {
        let now_ms = Arc::new(AtomicI64::new(BEGIN_S * 1_000));
        let full = Arc::default();
        let disk = Disk::new(clock(&now_ms));
        let engine = open_on(&disk, &now_ms, &full);
        decide(&engine, catalogue(objectives)).expect("applied");
        Self { disk, now_ms, full, engine, seq: 0 }
    }

    fn now(&self) -> Timestamp {
        clock(&self.now_ms)()
    }

    fn wait_ms(&self, ms: i64) {
        self.now_ms.fetch_add(ms, Ordering::Relaxed);
    }

    /// Ends the process as `kill -9` would, and starts another on the same disk.
    fn restart(&mut self) {
        self.engine = open_on(&self.disk, &self.now_ms, &self.full);
    }

    fn report_of(&mut self, good: u64, bad: u64) -> Report {
        self.seq += 1;
        let ended = Classes { ok: good, server_error: bad, ..Classes::default() };
        let latency = vec![(seaworthy_model::latency::bucket(10_000), good + bad)];
        let count = Count {
            service: "checkout".parse().expect("a name"),
            route: "*/".to_owned(),
            version: "v1".parse().expect("a name"),
            arm: Arm::Stable,
            config: 1,
            starts: good + bad,
            ended,
            rescued: 0,
            seen_idempotent: bad,
            seen_other: 0,
            users_in_step: 0,
            users: 0,
            users_failed: 0,
            users_failed_in_step: None,
            latency,
        };
        let counts = if good + bad > 0 { vec![count] } else { Vec::new() };
        Report { counts, ..report(self.seq) }
    }

    fn take(&mut self, good: u64, bad: u64) {
        let report = self.report_of(good, bad);
        now(self.engine.take_report(&report)).expect("taken");
    }

    /// Lets a gateway report for so many seconds, four times a second.
    fn traffic(&mut self, seconds: i64, good: u64, bad: u64) {
        for _ in 0..seconds * 4 {
            self.wait_ms(250);
            self.take(good, bad);
        }
    }

    /// Three days and more of 100 requests a second, so that every window is full: in a short past a fault weighs more.
    fn past(&mut self) {
        for _ in 0..73 * 360 {
            self.wait_ms(10_000);
            self.take(1_000, 0);
        }
    }

    /// Traffic until something is so; returns the seconds it took.
    fn until(&mut self, max_s: i64, good: u64, bad: u64, is_so: impl Fn(&Shared) -> bool) -> Option<f64> {
        let begin = self.now();
        for _ in 0..max_s * 4 {
            self.wait_ms(250);
            self.take(good, bad);
            if read(&self.engine, &is_so) {
                return Some(self.now().duration_since(begin).as_secs_f64());
            }
        }
        None
    }

    fn counted(&self) -> (u64, u64) {
        read(&self.engine, |shared| {
            let watched = shared.watch.objectives.get("checkout-availability").expect("declared");
            let buckets = watched.series().expect("counted here").recent(Resolution::FiveMinutes);
            buckets.iter().fold((0, 0), |(total, bad), b| (total + b.tally.total, bad + b.tally.bad))
        })
    }

    fn remaining(&self) -> f64 {
        read(&self.engine, |shared| {
            let seen = shared.watch.objectives.get("checkout-availability").and_then(|w| w.seen()).expect("seen");
            seen.projected().expect("enough was seen").remaining
        })
    }
}

fn clock(now_ms: &Arc<AtomicI64>) -> seaworthy_store::Clock {
    let now_ms = now_ms.clone();
    Arc::new(move || Timestamp::from_millisecond(now_ms.load(Ordering::Relaxed)).expect("in range"))
}

fn open_on(disk: &Disk, now_ms: &Arc<AtomicI64>, full: &Arc<Mutex<bool>>) -> Engine {
    static FRESH: AtomicU64 = AtomicU64::new(1);
    let outside = Outside {
        ledger: Arc::new(disk.ledger()),
        side: Arc::new(disk.side()),
        series: Arc::new(Flaky { inner: disk.series(), broken: full.clone() }),
        clock: clock(now_ms),
        random: Arc::new(|| u128::from(FRESH.fetch_add(1, Ordering::Relaxed)) << 64),
    };
    now(Engine::open(outside)).expect("readable")
}

fn pages(shared: &Shared) -> Vec<String> {
    shared.state.pages.values().map(|page| page.request.sentence.clone()).collect()
}

fn is_paged(shared: &Shared) -> bool {
    !shared.state.pages.is_empty()
}

fn open_alerts(shared: &Shared) -> usize {
    shared.state.alerts.all_open().count()
}

#[test]
fn a_total_outage_pages_at_the_mathematical_floor_and_ends_by_itself() {
    let mut bench = Bench::new(vec![availability()]);
    bench.past();
    assert_eq!(read(&bench.engine, open_alerts), 0, "healthy traffic alerts nobody");
    let took = bench.until(120, 0, 25, is_paged).expect("paged");
    assert!((51.84..=52.84).contains(&took), "{took} s");
    let sentence = read(&bench.engine, pages).remove(0);
    assert!(sentence.starts_with("100% of requests to checkout fail since 01:00 UTC"), "{sentence}");
    assert!(
        sentence.contains("of the budget of 30 days went in") && sentence.contains("(checkout-availability, 99.9%)")
    );
    let over = bench.until(3_600, 25, 0, |shared| open_alerts(shared) == 0).expect("it ends");
    assert!((300.0..3_600.0).contains(&over), "not before the short window is calm: {over} s");
    assert_eq!(read(&bench.engine, pages).len(), 1, "once");
}

#[test]
fn an_open_alert_says_what_is_so_now_and_not_only_what_was() {
    let mut bench = Bench::new(vec![availability()]);
    bench.traffic(600, 25, 0);
    bench.until(120, 0, 25, is_paged).expect("paged");
    let said = |bench: &Bench| {
        let now = bench.now();
        read(&bench.engine, |shared| {
            let look =
                Look { state: &shared.state, watch: &shared.watch, directory: &std::collections::BTreeMap::new(), now };
            let open = seaworthy_core::view::open_alerts(&look, None);
            (open[0].sentence.clone(), open[0].now.clone().expect("gateways count it"))
        })
    };
    let (sentence, first) = said(&bench);
    assert!(first.starts_with("in the last minute ") && first.ends_with(" requests failed"), "{first}");
    bench.traffic(75, 20, 5);
    assert!(said(&bench).1.starts_with("in the last minute 20% of 6"), "{}", said(&bench).1);
    bench.traffic(75, 25, 0);
    let (still, calm) = said(&bench);
    assert!(calm.starts_with("in the last minute none of 6"), "{calm}");
    assert!(calm.ends_with(" requests failed; it ends by itself once that has lasted"), "{calm}");
    assert_eq!(still, sentence, "why somebody was woken stays");
    bench.wait_ms(90_000);
    assert_eq!(said(&bench).1, "in the last minute there were no requests");
}

#[test]
fn counts_and_the_alert_go_on_after_a_death_in_the_middle() {
    let mut bench = Bench::new(vec![availability()]);
    bench.past();
    bench.traffic(40, 0, 25);
    let before = bench.counted();
    bench.restart();
    assert_eq!(bench.counted(), before, "every acknowledged report counts");
    let took = bench.until(60, 0, 25, is_paged).expect("paged");
    assert!((11.0..14.0).contains(&took), "the 40 s before count: {took}");
    bench.restart();
    bench.traffic(30, 0, 25);
    assert_eq!((read(&bench.engine, open_alerts), read(&bench.engine, pages).len()), (1, 1), "the same alert");
    bench.restart();
    bench.until(3_600, 25, 0, |shared| open_alerts(shared) == 0).expect("it ends also in another process");
}

#[test]
fn what_cannot_be_stored_is_not_acknowledged_and_counts_once() {
    let mut bench = Bench::new(vec![availability()]);
    bench.traffic(10, 25, 0);
    *bench.full.lock().expect("not poisoned") = true;
    bench.wait_ms(250);
    let report = bench.report_of(20, 5);
    assert!(matches!(now(bench.engine.take_report(&report)), Err(CommandError::Series(_))));
    assert!(matches!(now(bench.engine.take_report(&report)), Err(CommandError::Series(_))), "and not the second time");
    *bench.full.lock().expect("not poisoned") = false;
    now(bench.engine.take_report(&report)).expect("taken");
    assert_eq!(bench.counted(), (1_025, 5));
    bench.restart();
    assert_eq!(bench.counted(), (1_025, 5), "as the store has it");
}

#[test]
fn a_server_whose_counts_cannot_be_written_starts_and_takes_no_reports() {
    let mut bench = Bench::new(vec![availability()]);
    bench.traffic(10, 25, 0);
    *bench.full.lock().expect("not poisoned") = true;
    bench.restart();
    let report = bench.report_of(25, 0);
    assert!(now(bench.engine.take_report(&report)).is_err());
    *bench.full.lock().expect("not poisoned") = false;
    now(bench.engine.take_report(&report)).expect("taken");
    assert_eq!(bench.counted(), (1_025, 0));
}

#[test]
fn an_objective_that_is_changed_keeps_its_counts_and_one_that_leaves_ends_its_alert() {
    let mut bench = Bench::new(vec![availability()]);
    bench.traffic(60, 0, 25);
    assert_eq!(read(&bench.engine, open_alerts), 1);
    let before = bench.counted();
    let Entity::Objective(mut changed) = availability() else { unreachable!("it is one") };
    changed.target = 0.99;
    decide(&bench.engine, catalogue(vec![Entity::Objective(changed)])).expect("applied");
    now(bench.engine.look());
    assert_eq!(bench.counted(), before);
    assert_eq!(read(&bench.engine, open_alerts), 1, "100% are too many for 99% too");
    decide(&bench.engine, catalogue(Vec::new())).expect("applied");
    bench.traffic(1, 0, 25);
    assert_eq!(read(&bench.engine, open_alerts), 0, "nobody watches it any more");
}

#[test]
fn a_rule_that_its_team_deleted_says_nothing() {
    use seaworthy_contract::events::alert::RuleChangeV1;
    let mut bench = Bench::new(vec![availability()]);
    let rule = "objective/checkout-availability".to_owned();
    decide(&bench.engine, Input::ChangeRule { rule, change: RuleChangeV1::Delete }).expect("changed");
    bench.traffic(90, 0, 25);
    assert_eq!(read(&bench.engine, open_alerts), 0);
}

#[test]
fn an_alert_that_a_full_disk_refused_is_told_when_there_is_room() {
    let mut bench = Bench::new(vec![availability()]);
    bench.traffic(3_600, 25, 0);
    for _ in 0..70 * 4 {
        bench.wait_ms(250);
        bench.disk.fail_next(Fault::Full);
        bench.take(0, 25);
    }
    bench.disk.disarm();
    assert!(!read(&bench.engine, is_paged));
    let took = bench.until(5, 0, 25, is_paged).expect("told again");
    assert!(took <= 1.5, "{took}");
}

#[test]
fn a_gateway_that_falls_silent_is_an_outage_where_many_asked_and_a_start_of_ours_is_none() {
    let mut bench = Bench::new(vec![availability()]);
    bench.traffic(600, 25, 0);
    bench.restart();
    now(bench.engine.look());
    bench.wait_ms(20_000);
    now(bench.engine.look());
    assert_eq!(read(&bench.engine, open_alerts), 0, "we were away ourselves");
    for _ in 0..60 {
        bench.wait_ms(1_000);
        now(bench.engine.look());
    }
    let sentences = read(&bench.engine, pages);
    assert!(sentences[0].starts_with("checkout is gone: nothing has reached it since"), "{sentences:?}");
}
