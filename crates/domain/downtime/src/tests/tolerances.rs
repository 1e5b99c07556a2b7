//! Tolerance along hard dependencies.

use jiff::civil::date;
use seaworthy_model::ServiceId;

use crate::tolerance::{HardDependency, Looser, Planned, Tolerance, Tolerances};

fn service(name: &str) -> ServiceId {
    name.parse().unwrap()
}

fn window(when: &str) -> Planned {
    Planned::Window { when: when.to_owned(), zone: "Europe/London".to_owned() }
}

fn said(all: &[(&str, Planned)]) -> Vec<Tolerance> {
    let one = |(name, planned): &(&str, Planned)| Tolerance {
        service: service(name),
        planned: planned.clone(),
        by: "head of retail".to_owned(),
        since: date(2026, 1, 1),
    };
    all.iter().map(one).collect()
}

fn tolerances(all: &[(&str, Planned)], edges: &[&str]) -> Tolerances {
    let ends = |edge: &&str| edge.split_once('>').map(|(one, other)| (service(one), service(other))).unwrap();
    let ends: Vec<(ServiceId, ServiceId)> = edges.iter().map(ends).collect();
    let hard = ends.iter().map(|(consumer, dependency)| HardDependency { consumer, dependency });
    Tolerances::new(&said(all), &hard.collect::<Vec<_>>())
}

fn text(planned: &Planned) -> String {
    match planned {
        Planned::None => "none".to_owned(),
        Planned::HoursPerMonth(hours) => format!("{hours} h"),
        Planned::Window { when, .. } => when.clone(),
    }
}

fn path(path: &[ServiceId]) -> String {
    path.iter().map(ServiceId::as_str).collect::<Vec<_>>().join(">")
}

fn demands(all: &[(&str, Planned)], edges: &[&str], of: &str) -> Vec<String> {
    let demands = tolerances(all, edges).demands(&service(of));
    demands.iter().map(|demand| format!("{} by {}", text(&demand.planned), path(&demand.path))).collect()
}

fn contradictions(all: &[(&str, Planned)], edges: &[&str]) -> Vec<String> {
    let found = tolerances(all, edges).contradictions();
    let row = |c: &crate::tolerance::Contradiction| {
        format!(
            "{}: {} but {}{}",
            path(&c.path),
            text(&c.asked),
            text(&c.allowed),
            if c.looser == Looser::CannotSay { "?" } else { "" }
        )
    };
    found.iter().map(row).collect()
}

#[test]
fn a_dependency_inherits_the_strictest_of_its_consumers() {
    use Planned::{HoursPerMonth as Hours, None};
    let edges = &["buy>sign-in", "stock>sign-in", "sign-in>database"];
    assert_eq!(demands(&[], edges, "sign-in"), [""; 0]);
    assert_eq!(demands(&[("buy", None), ("stock", Hours(4.0))], edges, "sign-in"), ["none by buy>sign-in"]);
    assert_eq!(demands(&[("buy", Hours(2.0)), ("stock", Hours(4.0))], edges, "sign-in"), ["2 h by buy>sign-in"]);
    assert_eq!(demands(&[("stock", None)], edges, "database"), ["none by stock>sign-in>database"]);
    assert_eq!(
        demands(&[("sign-in", None), ("buy", None)], edges, "sign-in"),
        ["none by sign-in"],
        "its own word first"
    );
    assert_eq!(demands(&[("sign-in", None)], edges, "buy"), [""; 0], "nothing flows up");
    assert_eq!(
        demands(&[("buy", Hours(2.0)), ("stock", window("Sunday")), ("sign-in", window("Sunday"))], edges, "sign-in"),
        ["Sunday by sign-in", "2 h by buy>sign-in"],
        "hours and a window are both to be kept"
    );
}

/// What was said, and the contradictions in it.
type Row<'a> = (&'a [(&'a str, Planned)], &'a [&'a str]);

#[test]
fn contradictions_have_their_path() {
    use Planned::{HoursPerMonth as Hours, None};
    let edges = &["buy>sign-in", "sign-in>database", "buy>slow", "slow>a", "a>database"];
    let table: [Row; 9] = [
        (&[], &[]),
        (&[("buy", None)], &[]),
        (&[("buy", None), ("sign-in", None)], &[]),
        (&[("buy", None), ("sign-in", Hours(0.75))], &["buy>sign-in: none but 0.75 h"]),
        (&[("buy", None), ("database", window("Sunday"))], &["buy>sign-in>database: none but Sunday"]),
        (&[("buy", Hours(1.0)), ("sign-in", Hours(1.0))], &[]),
        (&[("buy", window("Sunday")), ("sign-in", window("Monday"))], &["buy>sign-in: Sunday but Monday"]),
        (&[("buy", Hours(1.0)), ("sign-in", window("Sunday"))], &["buy>sign-in: 1 h but Sunday?"]),
        (&[("buy", window("Sunday")), ("sign-in", Hours(0.1))], &["buy>sign-in: Sunday but 0.1 h"]),
    ];
    for (said, want) in table {
        assert_eq!(contradictions(said, edges), want);
    }
}

#[test]
fn cycles_end() {
    use Planned::{HoursPerMonth as Hours, None};
    let edges = &["a>b", "b>c", "c>a", "a>a"];
    assert_eq!(demands(&[("a", None)], edges, "a"), ["none by a"]);
    assert_eq!(demands(&[("a", None)], edges, "c"), ["none by a>b>c"]);
    assert_eq!(contradictions(&[("a", None), ("c", Hours(1.0))], edges), ["a>b>c: none but 1 h"]);
}

#[test]
fn each_end_of_a_contradiction_is_told_its_worst() {
    use Planned::{HoursPerMonth as Hours, None};
    let edges = &["buy>stock", "stock>bank", "bank>vault"];
    let said = [("buy", None), ("stock", Hours(1.0)), ("bank", Hours(2.0)), ("vault", window("Sunday"))];
    assert_eq!(
        contradictions(&said, edges),
        [
            "bank>vault: 2 h but Sunday?",
            "buy>stock>bank: none but 2 h",
            "buy>stock: none but 1 h",
            "buy>stock>bank>vault: none but Sunday",
            "stock>bank: 1 h but 2 h",
        ]
    );
    let of = |name: &str| tolerances(&said, edges).leans_on(&service(name)).map(|found| path(&found.path));
    assert_eq!(
        ["buy", "stock", "bank", "vault", "nobody"].map(of),
        [Some("buy>stock>bank"), Some("stock>bank"), Some("bank>vault"), Option::None, Option::None]
            .map(|way| way.map(str::to_owned))
    );
}

#[test]
fn what_is_certain_goes_before_what_cannot_be_said() {
    use Planned::HoursPerMonth as Hours;
    let said = [("a", Hours(1.0)), ("b", window("Monday")), ("c", window("Sunday"))];
    assert_eq!(contradictions(&said, &["a>c", "b>c"]), ["a>c: 1 h but Sunday?", "b>c: Monday but Sunday"]);
    let said = [("a", Hours(1.0)), ("b", window("Monday")), ("c", Hours(3.0))];
    assert_eq!(contradictions(&said, &["a>b", "a>c"]), ["a>b: 1 h but Monday?", "a>c: 1 h but 3 h"]);
}
