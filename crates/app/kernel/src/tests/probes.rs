//! Probes in the engine: from the first bad slot to the page, over restarts, places that come and go, and a disk that fails.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use jiff::{SignedDuration, Timestamp};
use seaworthy_contract::catalogue::{Counting, Indicator, Objective, Period, Probe, Rotation, Target};
use seaworthy_contract::prober::{ProbeOutcome, ProbeReason, ProbeReport, ProbeResult};
use seaworthy_downtime::Seen;
use seaworthy_model::Tally;
use seaworthy_probe::schedule::next_run;
use seaworthy_probe::{EVERY_MS, State, TIMEOUT_MS, Unseen};
use seaworthy_signals::Resolution;

use super::*;
use crate::Shared;

const BEGIN_S: i64 = 1_790_000_000;

/// What a target does to whoever tries it.
#[derive(Clone, Copy, PartialEq)]
enum Doing {
    Answers,
    Refuses,
    /// Both tries take as long as they may.
    Hangs,
    NotAuthorised,
    /// The prober itself reaches nothing.
    Offline,
}

struct Bench {
    disk: Disk,
    now_ms: Arc<AtomicI64>,
    engine: Engine,
    probe: String,
    /// Places and their next slots.
    places: Vec<(&'static str, Timestamp)>,
    /// Results on their way, with the instant at which they arrive.
    coming: Vec<(Timestamp, &'static str, ProbeResult)>,
    seq: u64,
}

pub(super) fn probe(name: &str) -> Probe {
    Probe {
        name: name.to_owned(),
        service: "checkout".parse().expect("a name"),
        function: None,
        every_ms: EVERY_MS,
        timeout_ms: TIMEOUT_MS,
        slow_ms: None,
        places: Vec::new(),
        target: Target::Tcp { address: "shop.example:443".to_owned() },
    }
}

fn catalogue(more: Vec<Entity>) -> Input {
    let name = |text: &str| text.parse().expect("a name");
    let service = serde_json::json!({ "name": "checkout", "owner": "shop" });
    let rotation = serde_json::json!({
        "name": "shop", "team": "shop", "participants": ["ines"], "start": "1970-01-01T00:00:00Z", "zone": "UTC", "days": 7,
    });
    let rotation: Rotation = serde_json::from_value(rotation).expect("a rotation");
    let entities = [
        Entity::Person(Person { name: name("ines") }),
        Entity::Team(Team {
            name: "shop".parse().expect("a name"),
            title: None,
            members: vec![name("ines")],
            escalation: None,
        }),
        Entity::Rotation(rotation),
        Entity::Service(Box::new(serde_json::from_value(service).expect("a service"))),
    ];
    document(entities.into_iter().chain(more))
}

fn open_on(disk: &Disk, now_ms: &Arc<AtomicI64>) -> Engine {
    static FRESH: AtomicU64 = AtomicU64::new(1);
    let outside = Outside {
        ledger: Arc::new(disk.ledger()),
        side: Arc::new(disk.side()),
        series: Arc::new(disk.series()),
        clock: clock(now_ms),
        random: Arc::new(|| u128::from(FRESH.fetch_add(1, Ordering::Relaxed)) << 64),
    };
    now(Engine::open(outside)).expect("readable")
}

fn clock(now_ms: &Arc<AtomicI64>) -> seaworthy_store::Clock {
    let now_ms = now_ms.clone();
    Arc::new(move || Timestamp::from_millisecond(now_ms.load(Ordering::Relaxed)).expect("in range"))
}

impl Bench {
    fn new(name: &str, places: &[&'static str]) -> Self {
        let now_ms = Arc::new(AtomicI64::new(BEGIN_S * 1_000));
        let disk = Disk::new(clock(&now_ms));
        let engine = open_on(&disk, &now_ms);
        decide(&engine, catalogue(vec![Entity::Probe(Box::new(probe(name)))])).expect("applied");
        let mut bench = Self { disk, now_ms, engine, probe: name.to_owned(), places: vec![], coming: vec![], seq: 0 };
        bench.place(places);
        bench
    }

    fn place(&mut self, places: &[&'static str]) {
        let next =
            |place: &&'static str| (*place, next_run(&self.probe, place, EVERY_MS, self.now()).expect("in time"));
        self.places = places.iter().map(next).collect();
    }

    fn now(&self) -> Timestamp {
        clock(&self.now_ms)()
    }

    fn restart(&mut self) {
        self.engine = open_on(&self.disk, &self.now_ms);
    }

    fn report(&mut self, place: &str, results: Vec<ProbeResult>) -> Result<(), CommandError> {
        self.seq += 1;
        let (place, boot) = (place.to_owned(), Uuid::from_u128(1));
        let report = ProbeReport { place, boot, seq: self.seq, applied: 0, results };
        now(self.engine.take_probes(&report)).map(drop)
    }

    /// Lets time pass in steps of 250 ms: slots come, results arrive, the server looks each second.
    fn step(&mut self, doing: impl Fn(&str) -> Doing) {
        self.now_ms.fetch_add(250, Ordering::Relaxed);
        let now_at = self.now();
        for (place, slot) in &mut self.places {
            while *slot <= now_at {
                let (took_ms, outcome) = came_to(doing(place));
                // The second of two tries is what is told; both have passed before it is.
                let tries = if matches!(outcome, ProbeOutcome::Fail(_)) { 2 } else { 1 };
                let arrives = *slot + SignedDuration::from_millis(tries * took_ms + 20);
                self.coming.push((arrives, place, result(&self.probe, *slot, took_ms, outcome)));
                *slot = next_run(&self.probe, place, EVERY_MS, *slot).expect("in time");
            }
        }
        let (due, later) = std::mem::take(&mut self.coming).into_iter().partition(|(at, ..)| *at <= now_at);
        self.coming = later;
        let due: Vec<(Timestamp, &'static str, ProbeResult)> = due;
        for (_, place, result) in due {
            self.report(place, vec![result]).expect("taken");
        }
        if now_at.as_millisecond() % 1_000 == 0 {
            now(self.engine.look());
        }
    }

    fn run(&mut self, seconds: i64, doing: impl Fn(&str) -> Doing + Copy) {
        (0..seconds * 4).for_each(|_| self.step(doing));
    }

    /// Steps until something is so; returns the seconds it took.
    fn until(
        &mut self,
        max_s: i64,
        doing: impl Fn(&str) -> Doing + Copy,
        is_so: impl Fn(&Shared) -> bool,
    ) -> Option<f64> {
        let begin = self.now();
        for _ in 0..max_s * 4 {
            self.step(doing);
            if read(&self.engine, &is_so) {
                return Some(self.now().duration_since(begin).as_secs_f64());
            }
        }
        None
    }

    fn state(&self) -> State {
        read(&self.engine, |shared| shared.watch.probes.get(&self.probe).expect("declared").state())
    }

    fn pages(&self) -> Vec<String> {
        read(&self.engine, |shared| shared.state.pages.values().map(|page| page.request.sentence.clone()).collect())
    }
}

fn came_to(doing: Doing) -> (i64, ProbeOutcome) {
    let reason = |code: &str, text: &str| ProbeReason { code: code.to_owned(), text: text.to_owned() };
    match doing {
        Doing::Answers => (20, ProbeOutcome::Pass),
        Doing::Refuses => (2, ProbeOutcome::Fail(reason("connection", "no connection"))),
        Doing::Hangs => (TIMEOUT_MS.cast_signed(), ProbeOutcome::Fail(reason("timeout", "no answer in time"))),
        Doing::NotAuthorised => (20, ProbeOutcome::Fail(reason("status-401", "the answer is 401"))),
        Doing::Offline => (20, ProbeOutcome::CannotSee(reason("offline", "this prober reaches nothing"))),
    }
}

pub(super) fn result(probe: &str, intended_at: Timestamp, took_ms: i64, outcome: ProbeOutcome) -> ProbeResult {
    let took_ms = took_ms.cast_unsigned();
    ProbeResult { probe: probe.to_owned(), intended_at, started_at: intended_at, took_ms, outcome, retried: None }
}

fn is_paged(shared: &Shared) -> bool {
    !shared.state.pages.is_empty()
}

fn open_alerts(shared: &Shared) -> usize {
    shared.state.alerts.all_open().count()
}

fn all(doing: Doing) -> impl Fn(&str) -> Doing + Copy {
    move |_| doing
}

/// The slot after the first bad one comes 10 s later, both of its tries take 4 s: 18 s, and the way here.
const FLOOR_S: f64 = 18.0;

#[test]
fn an_origin_that_is_hard_down_pages_in_time_over_a_thousand_phases() {
    let mut took = Vec::new();
    for n in 0..1_000_i64 {
        let places: &[&'static str] = if n % 2 == 0 { &["server"] } else { &["server", "oslo", "lima"] };
        let mut bench = Bench::new(&format!("buy-{n}"), places);
        // Up for a while, then down at a phase of its own.
        bench.run(30, all(Doing::Answers));
        assert_eq!(bench.state(), State::Up);
        bench.now_ms.fetch_add(n * 7_919 % 250, Ordering::Relaxed);
        for _ in 0..(n * 9_973 % 40) {
            bench.step(all(Doing::Answers));
        }
        let doing = if n % 3 == 0 { Doing::Refuses } else { Doing::Hangs };
        took.push(bench.until(60, all(doing), is_paged).expect("paged"));
    }
    took.sort_by(f64::total_cmp);
    let worst = took[999];
    assert!(worst <= FLOOR_S + 1.0, "{worst} s");
}

#[test]
fn it_says_who_sees_what_and_ends_by_itself() {
    let mut bench = Bench::new("checkout-buy", &["server", "oslo", "lima"]);
    bench.run(40, all(Doing::Answers));
    let one = |place: &str| if place == "oslo" { Doing::Hangs } else { Doing::Answers };
    bench.run(60, one);
    assert_eq!(
        (bench.state(), read(&bench.engine, open_alerts)),
        (State::Up, 0),
        "one place alone is believed by nobody"
    );
    bench.until(60, all(Doing::Refuses), is_paged).expect("paged");
    let sentence = bench.pages().remove(0);
    let (begins, ends) = ("checkout does not work since ", ", from 2 of 3 places (probe checkout-buy)");
    assert!(sentence.starts_with(begins) && sentence.ends_with(ends), "{sentence}");
    let over = bench.until(120, all(Doing::Answers), |shared| open_alerts(shared) == 0).expect("it ends");
    assert!(over >= 10.0, "two passes in a row: {over} s");
    assert_eq!(bench.pages().len(), 1, "once");
    let key = ("checkout".parse().expect("a name"), None);
    let seen: Vec<Seen> = read(&bench.engine, |shared| {
        shared
            .state
            .downtime
            .functions()
            .find(|(known, _)| **known == key)
            .expect("accounted")
            .1
            .iter()
            .map(|r| r.segment.seen)
            .collect()
    });
    assert!(seen.contains(&Seen::Down), "{seen:?}");
    bench.run(120, all(Doing::Answers));
    assert_eq!(bench.state(), State::Up);
}

#[test]
fn what_cannot_be_seen_pages_nobody_and_ends_no_alert() {
    for (doing, why) in
        [(Doing::NotAuthorised, Unseen::NeverUp), (Doing::Refuses, Unseen::NeverUp), (Doing::Offline, Unseen::Blind)]
    {
        let mut bench = Bench::new("checkout-buy", &["server"]);
        bench.run(120, all(doing));
        assert_eq!((bench.state(), read(&bench.engine, open_alerts)), (State::Unknown(why), 0));
    }
    let mut bench = Bench::new("checkout-buy", &["server"]);
    bench.run(40, all(Doing::Answers));
    bench.until(60, all(Doing::Refuses), is_paged).expect("paged");
    bench.run(60, all(Doing::Offline));
    assert_eq!((bench.state(), read(&bench.engine, open_alerts)), (State::Unknown(Unseen::Blind), 1));
}

#[test]
fn a_restart_goes_on_with_the_same_alert_and_the_same_memory() {
    let mut bench = Bench::new("checkout-buy", &["server", "oslo", "lima"]);
    bench.run(40, all(Doing::Answers));
    bench.until(60, all(Doing::Refuses), is_paged).expect("paged");
    bench.restart();
    bench.run(60, all(Doing::Refuses));
    let counts = |shared: &Shared| (open_alerts(shared), shared.state.pages.len());
    assert_eq!((bench.state(), read(&bench.engine, counts)), (State::Down, (1, 1)), "it was up before, and says so");
    bench.restart();
    bench.until(60, all(Doing::Answers), |shared| open_alerts(shared) == 0).expect("it ends in another process");
    // Away for an hour: nobody knows, nobody is woken.
    bench.now_ms.fetch_add(3_600_000, Ordering::Relaxed);
    bench.restart();
    bench.place(&["server", "oslo", "lima"]);
    now(bench.engine.look());
    assert!(matches!(bench.state(), State::Unknown(_)) && bench.pages().len() == 1);
}

#[test]
fn a_run_counts_once_however_often_it_is_sent() {
    let objective = Objective {
        name: "buys".to_owned(),
        service: "checkout".parse().expect("a name"),
        description: None,
        indicator: Indicator::Probe { probe: "checkout-buy".to_owned() },
        target: 0.999,
        period: Period::default(),
        counting: Counting::Occurrences,
        tiers: Vec::new(),
        by_default: false,
    };
    let mut bench = Bench::new("checkout-buy", &["server"]);
    let entities = vec![Entity::Probe(Box::new(probe("checkout-buy"))), Entity::Objective(Box::new(objective))];
    decide(&bench.engine, catalogue(entities)).expect("applied");
    let slot = bench.now();
    let (good, bad) = (came_to(Doing::Answers).1, came_to(Doing::Refuses).1);
    let results = vec![
        result("checkout-buy", slot, 20, good.clone()),
        result("checkout-buy", slot + SignedDuration::from_secs(3), 20, bad),
        // Another's, of the future, and one of a probe that nobody declared.
        result("other", slot, 20, good.clone()),
        result("checkout-buy", slot + SignedDuration::from_hours(1), 20, good),
    ];
    bench.disk.fail_next(Fault::Full);
    drop(bench.report("server", results.clone()));
    bench.disk.disarm();
    for _ in 0..2 {
        bench.report("server", results.clone()).expect("taken");
        bench.restart();
    }
    let counted = read(&bench.engine, |shared| {
        let watched = shared.watch.objectives.get("buys").expect("declared");
        let buckets = watched.series().expect("counted here").recent(Resolution::FiveMinutes);
        buckets.iter().fold(Tally::default(), |mut sum, bucket| {
            sum.add(bucket.tally);
            sum
        })
    });
    assert_eq!(counted, Tally::new(2, 1));
}

#[test]
fn places_come_and_go_and_too_many_are_refused() {
    let mut bench = Bench::new("checkout-buy", &["server", "oslo"]);
    bench.run(40, all(Doing::Answers));
    let joined =
        |shared: &Shared| shared.watch.probes.places.iter().map(|(name, _)| name.to_owned()).collect::<Vec<_>>();
    assert_eq!(read(&bench.engine, joined), ["oslo", "server"]);
    bench.restart();
    assert_eq!(read(&bench.engine, joined), ["oslo", "server"], "it has its chance to come back");
    // Oslo is cut off: the one that is left cannot decide alone until oslo is let go of.
    bench.place(&["server"]);
    let took = bench.until(120, all(Doing::Refuses), is_paged).expect("paged in the end");
    assert!(took > 50.0, "{took}");
    assert!(bench.pages()[0].ends_with("from its one place (probe checkout-buy)"), "{:?}", bench.pages());
    for n in 0..40 {
        let (place, is_first) = (format!("place-{n}"), n < 31);
        assert_eq!(bench.report(&place, Vec::new()).is_ok(), is_first, "{n}");
    }
}

#[test]
fn a_probe_that_leaves_or_tries_something_else_ends_its_alert() {
    for other in [true, false] {
        let mut bench = Bench::new("checkout-buy", &["server"]);
        bench.run(40, all(Doing::Answers));
        bench.until(60, all(Doing::Refuses), is_paged).expect("paged");
        let elsewhere = Probe { target: Target::Tcp { address: "b.example:1".to_owned() }, ..probe("checkout-buy") };
        let entities = if other { vec![Entity::Probe(Box::new(elsewhere))] } else { Vec::new() };
        decide(&bench.engine, catalogue(entities)).expect("applied");
        bench.places.clear();
        bench.run(2, all(Doing::Refuses));
        assert_eq!(read(&bench.engine, open_alerts), 0, "{other}");
        bench.report("server", Vec::new()).expect("taken");
        bench.restart();
        assert_eq!(bench.pages().len(), 1);
    }
}
