//! A made-up year of downtime, for the tests and for looking at pages. The product itself never sees it.

use jiff::civil::{Date, date};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};
use seaworthy_contract::api::*;
use seaworthy_contract::catalogue::{Planned, Tolerance};
use seaworthy_contract::events::downtime::{CauseV1, SeenV1};
use seaworthy_model::ServiceId;
use seaworthy_portal::view::{DowntimeFacts, DowntimePage, Draft, Work, days_of, month_of};

use super::data::now;

/// Minutes of a month: down unplanned, down as planned, degraded, unknown.
const MINUTES: [[u64; 4]; 12] = [
    [0, 0, 0, 99_999],
    [0, 0, 0, 20_000],
    [12, 90, 0, 0],
    [0, 90, 0, 0],
    [31, 120, 40, 0],
    [8, 60, 0, 0],
    [0, 90, 0, 15],
    [22, 60, 0, 0],
    [41, 0, 5, 0],
    [0, 0, 0, 0],
    [18, 0, 0, 0],
    [10, 45, 3, 22],
];

fn service(name: &str) -> ServiceId {
    name.parse().expect("a name")
}

fn midnight(date: Date) -> Timestamp {
    date.to_zoned(TimeZone::UTC).expect("a day").timestamp()
}

fn cell(first: Date, end: Date, minutes: [u64; 4]) -> DowntimeCell {
    let (from, to) = (midnight(first).min(now()), midnight(end).min(now()));
    let wall = u64::try_from(to.duration_since(from).as_millis()).expect("forwards");
    let mut left = wall;
    let mut take = |minutes: u64| {
        let ms = (60_000 * minutes).min(left);
        left -= ms;
        ms
    };
    let [unplanned, planned, degraded, unknown] = minutes;
    let (down_unplanned_ms, down_planned_ms) = (take(unplanned), take(planned));
    let (degraded_ms, unknown_ms) = (take(degraded), take(unknown));
    let up_in_maintenance_ms = 0;
    let classes = DowntimeClasses {
        up_ms: left,
        degraded_ms,
        down_unplanned_ms,
        down_planned_ms,
        up_in_maintenance_ms,
        unknown_ms,
    };
    let known = (wall - unknown_ms) as f64;
    let counted_ms = down_unplanned_ms + degraded_ms;
    let availability = (known > 0.0).then(|| 1.0 - counted_ms as f64 / known);
    DowntimeCell { first, from, to, classes, counted_ms, availability }
}

fn tolerance(name: &str, planned: Option<Planned>) -> ToleranceOf {
    let said = planned.map(|planned| Tolerance {
        service: service(name),
        planned,
        by: "head of retail".to_owned(),
        since: date(2025, 11, 1),
    });
    let demand = |said: &Tolerance| ToleranceDemand { planned: said.planned.clone(), path: vec![service(name)] };
    ToleranceOf { demands: said.iter().map(demand).collect(), said }
}

fn row(name: &str, cells: Vec<DowntimeCell>, planned: Option<Planned>) -> DowntimeRow {
    let (of, function) = name.split_once('/').map_or((name, None), |(of, function)| (of, Some(function.to_owned())));
    let seen_since = Some(midnight(date(2025, 5, 14)));
    DowntimeRow {
        name: name.to_owned(),
        service: service(of),
        function,
        seen_since,
        cells,
        tolerance: tolerance(of, planned),
    }
}

fn months(rule: DowntimeRule) -> DowntimeMonths {
    let first = month_of(now()).saturating_sub(11.months());
    let cells = |shift: usize| {
        let month = |index: usize| first.saturating_add(i64::try_from(index).expect("small").months());
        (0..12).map(|index| cell(month(index), month(index + 1), MINUTES[(index + shift) % 12])).collect()
    };
    let contradiction = ToleranceContradiction {
        sentence: "checkout tolerates no planned downtime, but needs identity, which may plan 0.75 h a month."
            .to_owned(),
        asked: Planned::None,
        allowed: Some(Planned::HoursPerMonth(0.75)),
        certain: true,
        path: vec![service("checkout"), service("identity")],
        window: None,
    };
    DowntimeMonths {
        every: DowntimeEvery::Month,
        rule,
        rule_words: "minor and worse, overlaps once".to_owned(),
        ledger_began_at: Some(midnight(date(2025, 5, 1))),
        position: 48_213,
        rows: vec![
            row("checkout", cells(0), Some(Planned::None)),
            row("checkout/buy", cells(3), Some(Planned::None)),
            row("identity", cells(5), Some(Planned::HoursPerMonth(0.75))),
            row("stock", cells(8), None),
        ],
        next: Some("stock".to_owned()),
        contradictions: vec![contradiction],
    }
}

fn stretch(minute: i64, minutes: i64, class: DowntimeClass) -> DowntimeStretch {
    let start = midnight(date(2026, 3, 5)) + SignedDuration::from_mins(minute);
    DowntimeStretch {
        name: "checkout".to_owned(),
        service: service("checkout"),
        function: None,
        start,
        end: start + SignedDuration::from_mins(minutes),
        goes_on: false,
        class,
        share_of_users: None,
        announced_at: None,
        window: None,
        overruns: None,
        cause: None,
        cause_named_by: None,
        source: Some("gateway".to_owned()),
        position: Some(45_861),
    }
}

fn account(rule: DowntimeRule) -> Downtime {
    let window = "019cdd00-0000-7000-a000-000000000001".parse().expect("an id");
    let announced_at = Some(midnight(date(2026, 3, 4)));
    let classes = cell(date(2026, 3, 1), date(2026, 4, 1), MINUTES[11]).classes;
    let figure = |(rule, minutes): (DowntimeRule, u64)| DowntimeFigure {
        rule,
        words: "minor and worse, overlaps once".to_owned(),
        counted_ms: 60_000 * minutes,
        availability: Some(1.0 - minutes as f64 / 16_000.0),
    };
    let cause = |class, cause, minutes: u64| DowntimeCause { class, cause, ms: 60_000 * minutes };
    let function = DowntimeFunction {
        name: "checkout".to_owned(),
        service: service("checkout"),
        function: None,
        team: Some("shop".parse().expect("a name")),
        sentence: "checkout was down for 10 min unplanned and 45 min as planned; nobody looked for 22 min.".to_owned(),
        seen_since: Some(midnight(date(2025, 5, 14))),
        now: vec![
            DowntimeWord {
                source: "gateway".to_owned(),
                seen: SeenV1::Up,
                since: midnight(date(2026, 3, 6)),
                heard_at: now(),
                fresh: true,
            },
            DowntimeWord {
                source: "probes".to_owned(),
                seen: SeenV1::Down,
                since: midnight(date(2026, 3, 12)),
                heard_at: midnight(date(2026, 3, 12)),
                fresh: false,
            },
        ],
        classes,
        figures: [
            (DowntimeRule::Critical, 0),
            (DowntimeRule::Major, 10),
            (DowntimeRule::UnplannedMerged, 13),
            (DowntimeRule::UnplannedSummed, 13),
            (DowntimeRule::MaintenanceInProgress, 58),
            (DowntimeRule::MaintenanceAnnounced, 1_498),
        ]
        .map(figure)
        .to_vec(),
        causes: vec![
            cause(DowntimeClass::Unknown, None, 22),
            cause(DowntimeClass::Degraded, None, 3),
            cause(DowntimeClass::DownPlanned, Some(CauseV1::Maintenance), 45),
            cause(DowntimeClass::DownUnplanned, Some(CauseV1::Vendor("northbank".to_owned())), 7),
            cause(DowntimeClass::DownUnplanned, Some(CauseV1::Dependency("identity".to_owned())), 3),
        ],
        tolerance: tolerance("checkout", Some(Planned::None)),
    };
    Downtime {
        from: midnight(date(2026, 3, 1)),
        to: now(),
        rule,
        rule_words: "minor and worse, overlaps once".to_owned(),
        ledger_began_at: Some(midnight(date(2025, 5, 1))),
        position: 48_213,
        functions: vec![function],
        next_function: None,
        stretches: vec![
            DowntimeStretch {
                goes_on: true,
                source: None,
                position: None,
                ..stretch(10_000, 22, DowntimeClass::Unknown)
            },
            DowntimeStretch { share_of_users: Some(0.04), ..stretch(9_000, 3, DowntimeClass::Degraded) },
            DowntimeStretch {
                overruns: Some(window),
                cause: Some(CauseV1::Vendor("northbank".to_owned())),
                ..stretch(165, 7, DowntimeClass::DownUnplanned)
            },
            DowntimeStretch { announced_at, window: Some(window), ..stretch(120, 45, DowntimeClass::DownPlanned) },
            DowntimeStretch { announced_at, window: Some(window), ..stretch(115, 5, DowntimeClass::UpInMaintenance) },
        ],
        next: Some("more".to_owned()),
        windows: vec![DowntimeWindow {
            id: window,
            service: service("checkout"),
            function: Some("buy".to_owned()),
            start: midnight(date(2026, 3, 5)) + SignedDuration::from_mins(115),
            end: midnight(date(2026, 3, 5)) + SignedDuration::from_mins(165),
            reason: "directory upgrade".to_owned(),
            announced_at: midnight(date(2026, 3, 4)),
            by: "ines".to_owned(),
            late: false,
            cancelled_at: None,
            overrun_ms: 420_000,
            position: 45_800,
        }],
        contradictions: Vec::new(),
    }
}

/// The page of a month, or of one of its days.
fn work() -> Work {
    let draft = Draft {
        start: "2026-03-08T02:00".to_owned(),
        end: "2026-03-08T03:00".to_owned(),
        why: "move the ledger's tables".to_owned(),
    };
    let said = ["Nobody is woken for it.", "basket cannot work without checkout."].map(str::to_owned);
    Work { token: "c5f0".repeat(16), draft, concerns: Some(Ok(said.to_vec())) }
}

pub(crate) fn month(day: Option<Date>) -> DowntimePage {
    let rule = DowntimeRule::UnplannedMerged;
    let (months, account, month) = (months(rule), account(rule), date(2026, 3, 1));
    let minutes = |day: usize| if day == 4 { [10, 45, 3, 22] } else { [0, 0, 0, if day == 0 { 1_440 } else { 0 }] };
    let cells = (0..days_of(month)).map(|index| {
        let first = month.saturating_add(i64::try_from(index).expect("small").days());
        cell(first, first.saturating_add(1.day()), minutes(index))
    });
    let days = row("checkout", cells.collect(), None);
    DowntimePage::new(&DowntimeFacts {
        months: &months,
        account: Some(&account),
        days: Some(&days),
        of: "checkout",
        month,
        day,
        after: None,
        work: Some(&work()),
        now: now(),
    })
}

/// The page where nothing is declared.
pub(crate) fn empty() -> DowntimePage {
    let months =
        DowntimeMonths { rows: Vec::new(), next: None, contradictions: Vec::new(), ..months(DowntimeRule::Major) };
    let (account, days, after) = (None, None, None);
    let facts = DowntimeFacts {
        months: &months,
        account,
        days,
        of: "",
        month: date(2026, 3, 1),
        day: None,
        after,
        work: None,
        now: now(),
    };
    DowntimePage::new(&facts)
}
