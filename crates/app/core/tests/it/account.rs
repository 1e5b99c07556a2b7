//! The account of downtime as outsiders get it: classes that sum to wall time, definitions, dependencies, tolerance.

mod whole;

use std::collections::BTreeMap;

use jiff::civil::date;
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use seaworthy_contract::api::{Downtime, DowntimeClass, DowntimeEvery, DowntimeMonths, DowntimeRule, DowntimeStretch};
use seaworthy_contract::catalogue::{Document, Entity, Service};
use seaworthy_contract::events::Event;
use seaworthy_contract::events::downtime::{
    CauseV1, DowntimeCauseNamedV1, DowntimeStateChangedV1, DowntimeWindowAnnouncedV1, DowntimeWindowCancelledV1,
    SeenV1, WatcherV1,
};
use seaworthy_core::view::{self, DowntimeAsked, Look, MonthsAsked};
use seaworthy_core::watch::Used;
use seaworthy_core::{Fact, Input, State, Watch};
use seaworthy_model::{EventId, ServiceId, WindowId};
use uuid::Uuid;

use crate::bench::{Bench, document, service};

/// A ledger written by hand; its minutes are those after `ZERO`.
#[derive(Default)]
pub(crate) struct Book {
    pub(crate) state: State,
    pub(crate) facts: Vec<Fact>,
}

const ZERO: i64 = 1_767_225_600; // 2026-01-01T00:00:00Z

pub(crate) fn minute(minute: i64) -> Timestamp {
    Timestamp::from_second(ZERO + 60 * minute).unwrap()
}

fn minutes(at: Timestamp) -> i64 {
    (at.as_second() - ZERO) / 60
}

impl Book {
    /// Two services, of which checkout needs payments.
    fn new() -> Self {
        let mut bench = Bench::new();
        bench.now = minute(-60);
        let mut document = document(&["checkout", "payments"]);
        need(&mut document, "checkout", "payments");
        bench.act(Input::Apply(Box::new(document), Used::new()));
        Self { state: bench.state, facts: bench.facts }
    }

    pub(crate) fn add(&mut self, at: i64, event: impl Into<Event>) -> u64 {
        let position = self.state.position + 1;
        let id = EventId::from_uuid(Uuid::from_u128(position.into()));
        let fact = Fact { position, id, at: minute(at), actor: "token/test".to_owned(), event: event.into() };
        self.state.apply(&fact);
        self.facts.push(fact);
        position
    }

    /// It is seen so from a minute on.
    fn seen(&mut self, at: i64, of: &str, state: SeenV1) {
        let (service, function) = key(of);
        let (share_of_users, share_of_users_before, cause) = (None, None, None);
        let (since, source) = (minute(at), WatcherV1::Gateway);
        let event = DowntimeStateChangedV1 {
            service,
            function,
            state,
            since,
            source,
            share_of_users,
            share_of_users_before,
            cause,
        };
        self.add(at, event);
    }

    /// Plays `MINUTE WORD` of one function: u up, g degraded, d down, ? unknown.
    fn play(&mut self, of: &str, words: &str) {
        let words: Vec<&str> = words.split_whitespace().collect();
        for pair in words.chunks(2) {
            let state = match pair[1] {
                "u" => SeenV1::Up,
                "g" => SeenV1::Degraded,
                "d" => SeenV1::Down,
                _ => SeenV1::Unknown,
            };
            self.seen(pair[0].parse().unwrap(), of, state);
        }
    }

    pub(crate) fn announce(&mut self, at: i64, of: &str, from: i64, to: i64) -> WindowId {
        let window = WindowId::from_uuid(Uuid::from_u128(1_000 + u128::from(self.state.position)));
        let ((service, function), reason) = (key(of), "upgrade".to_owned());
        let (start, end) = (minute(from), minute(to));
        self.add(at, DowntimeWindowAnnouncedV1 { window, service, function, start, end, reason });
        window
    }

    fn look<R>(&self, now: i64, view: impl FnOnce(&Look<'_>) -> R) -> R {
        self.look_at(minute(now), view)
    }

    fn look_at<R>(&self, now: Timestamp, view: impl FnOnce(&Look<'_>) -> R) -> R {
        let (watch, directory) = (Watch::default(), BTreeMap::new());
        view(&Look { state: &self.state, watch: &watch, directory: &directory, now })
    }

    /// The account from minute 0 to 100.
    pub(crate) fn account(&self, of: &str) -> Downtime {
        self.look(100, |look| view::downtime(look, &asked(of)))
    }

    /// Its stretches as `START-END CLASS`, oldest first, with cause, window and overrun.
    fn stretches(&self, of: &str) -> Vec<String> {
        let mut stretches = self.account(of).stretches;
        stretches.retain(|stretch| stretch.name == of);
        stretches.iter().rev().map(line).collect()
    }
}

fn line(stretch: &DowntimeStretch) -> String {
    let class = serde_json::to_value(stretch.class).unwrap();
    let mut line = format!("{}-{} {}", minutes(stretch.start), minutes(stretch.end), class.as_str().unwrap());
    if let Some(cause) = &stretch.cause {
        line += &format!(" {}", serde_json::to_string(cause).unwrap().replace('"', ""));
    }
    if stretch.window.is_some() {
        line += &format!(" announced {}", minutes(stretch.announced_at.unwrap()));
    }
    if stretch.overruns.is_some() {
        line += " overruns";
    }
    if stretch.goes_on { line + " on" } else { line }
}

fn key(of: &str) -> (ServiceId, Option<String>) {
    match of.split_once('/') {
        Some((of, function)) => (service(of), Some(function.to_owned())),
        None => (service(of), None),
    }
}

fn asked(of: &str) -> DowntimeAsked {
    DowntimeAsked {
        service: Some(key(of).0),
        from: minute(0),
        to: minute(100),
        rule: DowntimeRule::UnplannedMerged,
        after: None,
        before: None,
        limit: 100,
    }
}

pub(crate) fn months(book: &Book, rule: DowntimeRule, every: DowntimeEvery, cells: usize) -> DowntimeMonths {
    let (service, from, after) = (None, None, None);
    book.look(100, |look| {
        view::downtime_months(look, &MonthsAsked { service, rule, every, from, cells, after, limit: 100 })
    })
}

pub(crate) fn need(document: &mut Document, consumer: &str, needed: &str) {
    for sourced in &mut document.entities {
        if let Entity::Service(declared) = &mut sourced.entity
            && declared.name == service(consumer)
        {
            let needed = serde_json::json!({ "service": needed, "kind": "hard" });
            let declared: &mut Service = declared.as_mut();
            declared.dependencies.push(serde_json::from_value(needed).unwrap());
        }
    }
}

/// What a row is about, what was seen, windows as announced, start and end, and the stretches that follow.
type Row<'a> = (&'a str, &'a str, &'a [(i64, i64, i64)], &'a [&'a str]);

#[test]
fn stretches_say_everything_that_is_known() {
    let table: [Row; 11] = [
        ("never seen", "", &[], &["0-100 unknown on"]),
        ("seen late", "30 u", &[], &["0-30 unknown"]),
        ("up", "-5 u", &[], &[]),
        ("down", "-5 u 20 d 30 u", &[], &["20-30 down-unplanned"]),
        ("goes on", "-5 u 20 d", &[], &["20-100 down-unplanned on"]),
        ("degraded is no down", "-5 u 20 g 30 d 40 u", &[], &["20-30 degraded", "30-40 down-unplanned"]),
        ("nobody looked", "-5 u 20 ? 40 u", &[], &["20-40 unknown"]),
        ("planned", "-5 u 20 d 30 u", &[(10, 20, 30)], &["20-30 down-planned announced 10"]),
        (
            "an overrun is unplanned from its end",
            "-5 u 22 d 37 u",
            &[(10, 20, 30)],
            &[
                "20-22 up-in-maintenance announced 10",
                "22-30 down-planned announced 10",
                "30-37 down-unplanned overruns",
            ],
        ),
        ("a late one plans nothing", "-5 u 20 d 30 u", &[(20, 20, 30)], &["20-30 down-unplanned"]),
        (
            "down again after its end is no overrun",
            "-5 u 20 d 30 u 31 d 40 u",
            &[(10, 20, 30)],
            &["20-30 down-planned announced 10", "31-40 down-unplanned"],
        ),
    ];
    for (name, words, windows, want) in table {
        let mut book = Book::new();
        for (at, from, to) in windows {
            book.announce(*at, "payments", *from, *to);
        }
        book.play("payments", words);
        assert_eq!(book.stretches("payments"), want, "{name}");
        assert_eq!(State::fold(&book.facts).downtime, book.state.downtime, "{name}: the ledger gives the same");
    }
}

#[test]
fn a_window_says_how_long_it_overran_and_one_that_was_taken_back_ends_then() {
    let mut book = Book::new();
    let (whole, short) = (book.announce(0, "payments", 20, 30), book.announce(0, "payments", 60, 80));
    let never = book.announce(0, "payments", 90, 95);
    book.play("payments", "-5 u 22 d 37 u 60 d");
    book.add(70, DowntimeWindowCancelledV1 { window: short });
    book.add(70, DowntimeWindowCancelledV1 { window: never });
    book.play("payments", "75 u");
    let windows = book.account("payments").windows;
    let overran = |id| windows.iter().find(|w| w.id == id).map(|w| (minutes(w.end), w.overrun_ms / 60_000));
    assert_eq!([whole, short, never].map(overran), [Some((30, 7)), Some((70, 5)), Some((90, 0))]);
    assert_eq!(windows[0].id, never, "the last first");
    let rows = book.stretches("payments");
    assert!(rows.contains(&"60-70 down-planned announced 0".to_owned()), "{rows:?}");
    assert!(rows.contains(&"70-75 down-unplanned overruns".to_owned()), "{rows:?}");
}

#[test]
fn a_dependency_counts_in_its_consumers_figure_and_is_labelled() {
    for (name, checkout, payments, want) in [
        ("seen by its users", "-5 u 20 d 30 u", "-5 u 20 d 30 u", &["20-30 down-unplanned {dependency:payments}"][..]),
        (
            "in part",
            "-5 u 10 d 30 u",
            "-5 u 20 d 40 u",
            &["10-20 down-unplanned", "20-30 down-unplanned {dependency:payments}"],
        ),
        (
            "nobody watched the consumer",
            "-5 u 10 ? 50 u",
            "-5 u 20 d 30 u",
            &["10-20 unknown", "20-30 down-unplanned {dependency:payments}", "30-50 unknown"],
        ),
        ("it served all the same", "-5 u", "-5 u 20 d 30 u", &[]),
    ] {
        let mut book = Book::new();
        book.play("checkout", checkout);
        book.play("payments", payments);
        assert_eq!(book.stretches("checkout"), want, "{name}");
    }
    let mut book = Book::new();
    book.play("payments", "-5 u 20 d 30 u");
    let stretch = book.account("checkout").stretches.into_iter().find(|s| s.cause.is_some()).unwrap();
    assert_eq!(stretch.source.as_deref(), Some("dependency payments"));
    assert_eq!(stretch.position, None, "the ledger has no event of it: it is concluded");
}

#[test]
fn a_cause_has_somebody_who_named_it() {
    let mut book = Book::new();
    book.play("payments", "-5 u 20 d 30 u");
    let (service, function) = key("payments");
    let cause = CauseV1::Vendor("northbank".to_owned());
    let since = minute(20);
    book.add(40, DowntimeCauseNamedV1 { service: service.clone(), function: function.clone(), since, cause });
    let found = book.look(100, |look| view::downtime_at(look, &(service, function), minute(25))).unwrap();
    assert_eq!(line(&found), "20-30 down-unplanned {vendor:northbank}");
    assert_eq!(found.cause_named_by.as_deref(), Some("token/test"));
}

#[test]
fn the_definition_is_named_and_changes_the_figure() {
    let mut book = Book::new();
    book.announce(10, "payments", 50, 60);
    book.play("payments", "-5 u 20 g 30 d 40 u 50 d 60 u");
    let figures: Vec<(String, u64)> = book.account("payments").functions[0]
        .figures
        .iter()
        .map(|figure| (serde_json::to_value(figure.rule).unwrap().to_string(), figure.counted_ms / 60_000))
        .collect();
    let want = [
        ("critical", 10),
        ("major", 10),
        ("unplanned-merged", 20),
        ("unplanned-summed", 20),
        ("maintenance-in-progress", 30),
        ("maintenance-announced", 50),
    ];
    assert_eq!(figures, want.map(|(name, minutes)| (format!("\"{name}\""), minutes)));
    for (rule, counted) in [(DowntimeRule::Critical, 10), (DowntimeRule::MaintenanceAnnounced, 50)] {
        let table = months(&book, rule, DowntimeEvery::Month, 1);
        let row = table.rows.iter().find(|row| row.name == "payments").unwrap();
        assert_eq!(row.cells[0].counted_ms / 60_000, counted);
        assert!(!table.rule_words.is_empty());
    }
}

#[test]
fn before_the_ledger_everything_is_unknown_and_it_says_so() {
    let mut book = Book::new();
    book.play("payments", "-5 u");
    let table = months(&book, DowntimeRule::Major, DowntimeEvery::Month, 3);
    assert_eq!(table.ledger_began_at, Some(minute(-60)));
    let row = table.rows.iter().find(|row| row.name == "payments").unwrap();
    assert_eq!(row.seen_since, Some(minute(-5)));
    let first: Vec<String> = row.cells.iter().map(|cell| cell.first.to_string()).collect();
    assert_eq!(first, ["2025-11-01", "2025-12-01", "2026-01-01"]);
    let november = &row.cells[0];
    assert_eq!((november.classes.unknown_ms, november.availability), (november.classes.wall_ms(), None));
    assert_eq!(row.cells[1].classes.up_ms, 5 * 60_000);
    let nothing = table.rows.iter().find(|row| row.name == "checkout").unwrap();
    assert_eq!((nothing.seen_since, nothing.cells[2].availability), (None, None));
}

#[test]
fn days_and_weeks_are_cells_too_and_the_last_is_the_present_one() {
    let mut book = Book::new();
    book.play("payments", "-5 u 20 d 30 u");
    for (every, cells, first, last) in [
        (DowntimeEvery::Day, 31, date(2025, 12, 2), date(2026, 1, 1)),
        (DowntimeEvery::Week, 2, date(2025, 12, 22), date(2025, 12, 29)),
        (DowntimeEvery::Month, 9_999, date(2016, 2, 1), date(2026, 1, 1)),
    ] {
        let table = months(&book, DowntimeRule::Major, every, cells);
        let cells = &table.rows[1].cells;
        assert_eq!((cells[0].first, cells.last().unwrap().first), (first, last), "{every:?}");
        assert_eq!(cells.last().unwrap().classes.of(DowntimeClass::DownUnplanned), 600_000);
        assert_eq!(cells.last().unwrap().to, minute(100), "knowledge ends now");
    }
}
