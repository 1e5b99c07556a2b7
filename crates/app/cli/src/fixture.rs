//! API answers for tests, as JSON: what a server really sends.

use jiff::Timestamp;
use seaworthy_contract::api::{Page, Rollout, Service, Status};
use serde_json::{Value, json};

use crate::view::View;

/// The time of every test.
pub(crate) const NOW: &str = "2026-03-02T12:00:00Z";

const ROLLOUT: &str = "01954a00-0000-7000-8000-000000000001";
const PAGE: &str = "01954a00-0000-7000-8000-000000000002";

/// A view for a wide place that is no terminal.
pub(crate) fn view() -> View {
    let now: Timestamp = NOW.parse().expect("a time");
    View { json: false, columns: None, progress: None, colour: false, now }
}

/// Turns JSON into what it is.
pub(crate) fn from<T: serde::de::DeserializeOwned>(value: Value) -> T {
    serde_json::from_value(value).expect("the fixture has the API's shape")
}

/// Changes fields of an object.
pub(crate) fn with(mut value: Value, changes: Value) -> Value {
    let object = value.as_object_mut().expect("an object");
    object.extend(changes.as_object().expect("an object").clone());
    value
}

pub(crate) fn rollout_json() -> Value {
    json!({
        "id": ROLLOUT, "service": "checkout", "version": "v2", "baseline": "v1", "state": "stepping",
        "sentence": "checkout v2 serves 5% of users, and none has failed.", "reason": null, "share": 0.05,
        "steps": [
            {"share": 0.05, "state": "now", "seconds": 3.25, "needs": "evidence of 20 to 1"},
            {"share": 0.25, "state": "next", "seconds": null, "needs": "evidence of 20 to 1"},
            {"share": 1.0, "state": "next", "seconds": null, "needs": null}
        ],
        "by": "bootstrap admin", "started_at": "2026-03-02T11:59:50Z", "ended_at": null, "first_bad_at": null,
        "judge": {
            "decision": "wait", "metric": "errors", "log_e": -0.4, "log_e_promote": 1.2,
            "waits_for": "the step has to last 2 s more", "at": NOW
        },
        "canary": totals(1_204, 0, 0, 0, 0, 96), "stable": totals(22_310, 1, 0, 1, 0, 1_860),
        "revert": null, "position": 31
    })
}

/// The same rollout, reverted by the judge.
pub(crate) fn reverted_json() -> Value {
    with(
        rollout_json(),
        json!({
            "state": "reverted", "reason": "its users failed more often than stable's (evidence 4,914 to 1 on errors)",
            "share": 0.0, "ended_at": "2026-03-02T11:59:52.5Z", "first_bad_at": "2026-03-02T11:59:51Z",
            "steps": [
                {"share": 0.05, "state": "stopped", "seconds": 2.4, "needs": null},
                {"share": 0.25, "state": "never", "seconds": null, "needs": null},
                {"share": 1.0, "state": "never", "seconds": null, "needs": null}
            ],
            "canary": totals(15, 4, 3, 0, 1, 15),
            "revert": {
                "decision_to_last_assignment_s": 0.004, "decision_to_last_response_s": 0.31,
                "first_bad_to_last_assignment_s": 0.91, "first_bad_to_last_response_s": 1.22, "position": 36
            }
        }),
    )
}

/// The same rollout, serving everybody.
pub(crate) fn promoted_json() -> Value {
    with(
        rollout_json(),
        json!({
            "state": "promoted", "share": 1.0, "ended_at": "2026-03-02T12:00:18.6Z",
            "steps": [
                {"share": 0.05, "state": "passed", "seconds": 9.0, "needs": null},
                {"share": 0.25, "state": "passed", "seconds": 19.6, "needs": null},
                {"share": 1.0, "state": "passed", "seconds": null, "needs": null}
            ]
        }),
    )
}

fn totals(requests: u64, failures: u64, rescued: u64, idempotent: u64, other: u64, users: u64) -> Value {
    json!({
        "requests": requests, "failures": failures, "rescued": rescued, "seen_idempotent": idempotent,
        "seen_other": other, "users": users
    })
}

pub(crate) fn service_json() -> Value {
    json!({
        "name": "checkout", "description": "Customers see their basket and place orders.", "owner": "shop", "tier": 1,
        "sentence": "checkout v2 serves 5% of users.", "on_call": on_call(), "stable": "v1", "rollout": ROLLOUT,
        "versions": [
            {"version": "v1", "role": "stable", "state": "healthy", "address": "127.0.0.1:20001", "since": "2026-02-28T12:00:00Z"},
            {"version": "v2", "role": "canary", "state": "exited", "address": null, "since": "2026-03-02T11:59:55Z"}
        ],
        "routes": [{"hosts": ["shop.example"], "path": "/checkout"}, {"path": "/basket"}],
        "dependencies": [
            {"service": "payments", "kind": "hard", "known": true, "owner": "money", "calls_seen": 59_836},
            {"service": "mail", "kind": "soft", "known": false, "owner": null, "calls_seen": 0}
        ],
        "source": "production/checkout.yaml:3", "declared_at": "2026-03-02T11:00:00Z", "position": 9
    })
}

/// A service nobody shipped and nobody is on call for.
pub(crate) fn idle_json() -> Value {
    with(
        service_json(),
        json!({
            "name": "search", "on_call": null, "stable": null, "rollout": null, "versions": [], "description": null,
            "sentence": "search is known, but no version of it was shipped through Seaworthy.",
            "routes": [], "dependencies": [], "source": "production/search.yaml:1"
        }),
    )
}

pub(crate) fn on_call() -> Value {
    json!({
        "person": "ines", "display_name": "Ines Ek", "rotation": "shop-weekly", "until": "2026-03-05T12:00:00Z",
        "next": "tomas"
    })
}

pub(crate) fn page_json() -> Value {
    json!({
        "id": PAGE, "service": "checkout", "team": "shop", "to": "ines", "to_name": "Ines Ek",
        "sentence": "checkout v2 was taken off 5% of users.", "state": "delivered", "rollout": ROLLOUT,
        "began_at": "2026-03-02T11:59:51Z", "requested_at": "2026-03-02T11:59:52Z", "acknowledged_at": null,
        "acknowledged_by": null,
        "channels": [
            {"channel": "portal", "state": "delivered", "at": "2026-03-02T11:59:52Z"},
            {"channel": "contacts", "state": "waiting", "at": null}
        ],
        "position": 34
    })
}

pub(crate) fn objective_json() -> Value {
    let window = |seconds, burn| json!({"seconds": seconds, "total": 360_000, "bad": 36, "burn": burn});
    json!({
        "name": "checkout-availability", "service": "checkout", "description": "Customers can buy.",
        "indicator": {"measure": "availability"}, "counted_at_ms": null, "target": 0.999,
        "period": {"rolling": {"days": 30}}, "counting": {"method": "occurrences"}, "by_default": false,
        "sentence": "It is met; 92% of the budget is left.", "state": "met", "sight": "serving",
        "budget": {
            "remaining_ratio": 0.921, "error_ratio": 0.0001, "total": 25_920_000, "bad": 2_047, "allowed": 25_920.0,
            "burn": 0.1, "gone_in_s": null, "from": "2026-01-31T12:00:00Z", "to": NOW
        },
        "tiers": [
            {
                "urgency": "page", "burn_limit": 14.4, "bad_ratio_limit": 0.0144, "budget_ratio": 0.02,
                "long": window(3_600, Some(0.1)), "short": window(300, None::<f64>)
            },
            {
                "urgency": "ticket", "burn_limit": 1.0, "bad_ratio_limit": 1.5, "budget_ratio": 0.1,
                "long": window(259_200, Some(0.02)), "short": window(21_600, Some(0.0))
            }
        ],
        "outlook": [
            {"bad_ratio": 1.0, "page_s": 51.84, "ticket_s": 259.2, "guard_s": 0.0},
            {"bad_ratio": 0.002, "page_s": null, "ticket_s": 130_000.0, "guard_s": 0.0}
        ],
        "alert": null, "alert_since": null, "last_event_at": NOW, "data_age_ms": 120, "source": "checkout.yaml:9",
        "position": 12
    })
}

pub(crate) fn status_json() -> Value {
    json!({
        "sentence": "Ines Ek is needed: checkout v2 was taken off 5% of users.", "now": NOW,
        "boot": "01954a00-0000-7000-8000-000000000003", "program": "0.1.0", "position": 36, "store_writable": true,
        "services": [service_json(), idle_json()], "rollouts": [rollout_json()], "pages": [page_json()],
        "gateways": [{"name": "local", "applied": 1_035, "report_age_ms": 240, "requests": 119_672}]
    })
}

pub(crate) fn rollout() -> Rollout {
    from(rollout_json())
}

pub(crate) fn reverted() -> Rollout {
    from(reverted_json())
}

pub(crate) fn promoted() -> Rollout {
    from(promoted_json())
}

pub(crate) fn service() -> Service {
    from(service_json())
}

pub(crate) fn page() -> Page {
    from(page_json())
}

pub(crate) fn status() -> Status {
    from(status_json())
}
