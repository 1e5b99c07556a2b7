//! What the business tolerates, through the account: it flows along hard dependencies, and what does not add up is said.

use jiff::civil::date;
use seaworthy_contract::api::{DowntimeEvery, DowntimeRule, ToleranceContradiction};
use seaworthy_contract::catalogue::{Entity, Planned, Sourced, Tolerance};
use seaworthy_contract::events::downtime::DowntimeWindowCancelledV1;
use seaworthy_core::Input;
use seaworthy_core::watch::Used;
use seaworthy_model::ServiceId;

use crate::account::{Book, minute, months, need};
use crate::bench::{Bench, document, service};

/// A book in which these tolerances were stated.
fn tolerating(said: &[(&str, Planned)]) -> Book {
    let mut bench = Bench::new();
    bench.now = minute(-60);
    let mut document = document(&["checkout", "payments", "vault"]);
    need(&mut document, "checkout", "payments");
    need(&mut document, "payments", "vault");
    document.entities.extend(said.iter().map(|(of, planned)| {
        let by = "head of retail".to_owned();
        let tolerance = Tolerance { service: service(of), planned: planned.clone(), by, since: date(2026, 1, 1) };
        Sourced { entity: Entity::Tolerance(tolerance), source: "tolerance.yaml:1".to_owned() }
    }));
    bench.act(Input::Apply(Box::new(document), Used::new()));
    Book { state: bench.state, facts: bench.facts }
}

#[test]
fn tolerance_flows_along_hard_dependencies() {
    let book = tolerating(&[("checkout", Planned::None), ("payments", Planned::HoursPerMonth(2.0))]);
    let table = months(&book, DowntimeRule::Major, DowntimeEvery::Month, 1);
    let of = |name: &str| table.rows.iter().find(|row| row.name == name).unwrap().tolerance.clone();
    let path = |name: &str| {
        let demands = of(name).demands;
        assert_eq!(demands.len(), 1, "{demands:?}");
        assert_eq!(demands[0].planned, Planned::None);
        demands[0].path.iter().map(ServiceId::as_str).collect::<Vec<_>>().join(">")
    };
    assert_eq!(
        ["checkout", "payments", "vault"].map(path),
        ["checkout", "checkout>payments", "checkout>payments>vault"]
    );
    assert_eq!(of("vault").said, None, "what it inherits is not its own word");
    assert_eq!(of("payments").said.unwrap().by, "head of retail");
}

#[test]
fn contradictions_are_sentences_with_their_path() {
    let sentences = |found: &[ToleranceContradiction]| found.iter().map(|c| c.sentence.clone()).collect::<Vec<_>>();
    let sunday = Planned::Window { when: "Sunday 02:00-04:00".to_owned(), zone: "Europe/London".to_owned() };
    let book = tolerating(&[("checkout", Planned::None), ("payments", Planned::HoursPerMonth(0.5)), ("vault", sunday)]);
    let all = months(&book, DowntimeRule::Major, DowntimeEvery::Month, 1).contradictions;
    assert_eq!(
        sentences(&all),
        [
            "checkout tolerates no planned downtime, but needs payments, which may plan 0.5 h a month.",
            "checkout tolerates no planned downtime, but needs vault (by way of payments), which may plan Sunday \
         02:00-04:00 (Europe/London).",
            "payments tolerates 0.5 h a month, but needs vault, which may plan Sunday 02:00-04:00 (Europe/London); which is \
         looser cannot be said.",
        ]
    );
    assert_eq!(all.iter().map(|c| c.certain).collect::<Vec<_>>(), [true, true, false]);
    let of_payments = book.account("payments").contradictions;
    assert_eq!(of_payments.len(), 3, "wherever it stands in the path");
}

#[test]
fn work_that_is_planned_where_none_is_tolerated_is_a_contradiction() {
    let mut book = tolerating(&[("checkout", Planned::None)]);
    let planned = book.announce(0, "payments", 20, 30);
    book.announce(20, "payments", 15, 30); // late: it plans nothing
    book.announce(-50, "payments", -30, -20); // before anybody said so
    let taken_back = book.announce(0, "payments", 50, 60);
    book.add(40, DowntimeWindowCancelledV1 { window: taken_back });
    let found = book.account("payments").contradictions;
    let windows: Vec<_> = found.iter().map(|c| c.window).collect();
    assert_eq!(windows, [Some(planned)], "{found:?}");
    assert_eq!(
        found[0].sentence,
        "payments has work planned on 2026-01-01, but what needs it tolerates none since 2026-01-01."
    );
}
