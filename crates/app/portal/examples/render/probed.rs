//! Probes, made up, for the tests and for looking at pages.

use jiff::{SignedDuration, Timestamp};
use seaworthy_contract::api::*;
use seaworthy_contract::catalogue::Target;

use super::data::now;

fn ago(seconds: i64) -> Timestamp {
    now() - SignedDuration::from_secs(seconds)
}

fn place(place: &str, state: ProbeState, reason: Option<&str>) -> ProbePlace {
    ProbePlace { place: place.to_owned(), state, reason: reason.map(ToOwned::to_owned), last_at: Some(ago(4)) }
}

/// Two of three places say that it is down; the third cannot see.
pub(crate) fn down() -> Probe {
    Probe {
        name: "checkout-port".to_owned(),
        service: "checkout".parse().expect("a name"),
        function: Some("buy".to_owned()),
        target: Target::Tcp { address: "shop.example:443".to_owned() },
        every_ms: 10_000,
        timeout_ms: 3_000,
        slow_ms: None,
        state: ProbeState::Down,
        unseen: None,
        since: Some(ago(64)),
        reason: "no answer within 3 s, as 2 of 3 places say".to_owned(),
        flapping: false,
        places: vec![
            place("eu-1", ProbeState::Down, Some("no answer within 3 s")),
            place("eu-2", ProbeState::Down, Some("no answer within 3 s")),
            place("office", ProbeState::Unknown, Some("this place reaches nothing at all")),
        ],
        alert: Some(super::watched::alert_id(1)),
        source: "production/probes.yaml:2".to_owned(),
        position: 12,
    }
}

/// It passes.
pub(crate) fn up() -> Probe {
    Probe {
        name: "checkout-certificate".to_owned(),
        target: Target::Tls { address: "shop.example:443".to_owned(), server_name: None, days_min: 14 },
        state: ProbeState::Up,
        reason: "it is good for 61 days".to_owned(),
        places: vec![place("eu-1", ProbeState::Up, None)],
        alert: None,
        ..down()
    }
}

/// It was never once up, so the probe is rather wrong than the target.
pub(crate) fn unseen() -> Probe {
    Probe {
        name: "checkout-name".to_owned(),
        target: Target::Dns {
            name: "shop.example".to_owned(),
            record: "AAAA".to_owned(),
            resolver: None,
            expect: None,
        },
        state: ProbeState::Unknown,
        unseen: Some(ProbeUnseen::NeverUp),
        since: None,
        reason: "it was never once up: no such record".to_owned(),
        places: Vec::new(),
        alert: None,
        ..down()
    }
}

pub(crate) fn runs(probe: Probe) -> ProbeRuns {
    let run = |n: i64| ProbeRun {
        place: if n % 2 == 0 { "eu-1" } else { "eu-2" }.to_owned(),
        at: ago(n * 5),
        took_ms: if n < 12 { 3_000 } else { 41 },
        state: if n < 12 { ProbeState::Down } else { ProbeState::Up },
        code: (n < 12).then(|| "timeout".to_owned()),
        reason: (n < 12).then(|| "no answer within 3 s".to_owned()),
        retried: (n < 12).then(|| "timeout".to_owned()),
    };
    ProbeRuns { probe, runs: (0..60).map(run).collect() }
}

pub(crate) fn probers() -> Vec<Prober> {
    let prober = |place: &str, heard_at, current| Prober { place: place.to_owned(), heard_at, probes: 3, current };
    vec![prober("eu-1", Some(ago(2)), true), prober("eu-2", Some(ago(3)), false), prober("office", None, false)]
}
