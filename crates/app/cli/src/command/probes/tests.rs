//! How probes are shown.

use seaworthy_contract::catalogue::Target;
use serde_json::json;

use super::{Args, run};
use crate::fake::ran;
use crate::{Exit, Failure};

/// What the server answers of a probe `buy` of this target.
pub(crate) fn answer(target: &Target) -> String {
    let reason = "no connection (connection refused), from 2 of 3 places";
    json!({
        "probe": {
            "name": "buy", "service": "checkout", "function": "buy", "target": target, "every_ms": 10_000,
            "timeout_ms": 4_000, "slow_ms": null, "state": "down", "unseen": null, "since": "2026-03-01T08:00:00Z",
            "reason": reason, "flapping": true, "alert": null, "source": "probes.yaml:2", "position": 7,
            "places": [{ "place": "oslo", "state": "unknown", "reason": "no result for its last slot", "last_at": null }],
        },
        "runs": [
            { "place": "oslo", "at": "2026-03-01T08:00:00Z", "took_ms": 3, "state": "down", "code": "connection",
              "reason": "no connection (connection refused)", "retried": "no answer in time" },
            { "place": "oslo", "at": "2026-03-01T07:59:50Z", "took_ms": 21, "state": "up", "code": null, "reason": null,
              "retried": "no answer in time" },
        ],
    })
    .to_string()
}

#[test]
fn a_probe_is_shown_with_its_places_and_runs() {
    let answer = answer(&Target::Tcp { address: "shop.example:443".to_owned() });
    let args = Args { probe: Some("buy".to_owned()) };
    let done = ran(false, &[(200, &answer)], async |cx| run(&args, cx).await);
    assert!(matches!(done.done, Ok(Exit::Ok)));
    for part in [
        "checkout/buy",
        "down, flapping",
        "tcp shop.example:443",
        "no connection (connection refused), from 2 of 3 places",
        "from oslo: unknown: no result for its last slot",
        "a second try; the first: no answer in time",
    ] {
        assert!(done.out.contains(part), "{part}: {}", done.out);
    }
}

#[test]
fn all_are_listed_and_none_says_how_to_write_one() {
    let none = Args { probe: None };
    let done = ran(false, &[(200, "[]")], async |cx| run(&none, cx).await);
    assert!(done.out.contains("kind: Probe"), "{}", done.out);
    assert_eq!(done.requests, ["GET /v1/probes"]);
    let bad = Args { probe: Some("../x".to_owned()) };
    let done = ran(false, &[], async |cx| run(&bad, cx).await);
    assert!(matches!(done.done, Err(Failure::Usage { .. })));
}
