//! Values of the API, made up, for the tests and for looking at pages. The product itself never sees them.

use jiff::{SignedDuration, Timestamp};
use seaworthy_contract::api::*;
use seaworthy_contract::catalogue::{DependencyKind, Route, Sticky};
use seaworthy_model::{PageId, RolloutId};

/// The time on every page.
pub(crate) fn now() -> Timestamp {
    "2026-03-12T09:42:00Z".parse().expect("a time")
}

pub(crate) fn ago(seconds: i64) -> Timestamp {
    now() - SignedDuration::from_secs(seconds)
}

pub(crate) fn rollout_id(n: u8) -> RolloutId {
    format!("019cdd00-0000-7000-8000-0000000000{n:02}").parse().expect("an id")
}

fn page_id(n: u8) -> PageId {
    format!("019cdd00-0000-7000-9000-0000000000{n:02}").parse().expect("an id")
}

pub(crate) fn on_call(name: &str, hours: i64) -> OnCall {
    OnCall {
        person: name.to_lowercase().parse().expect("a name"),
        display_name: Some(format!("{name} Castro")),
        rotation: "shop".parse().expect("a name"),
        until: ago(-hours * 3_600),
        next: Some("jonas".parse().expect("a name")),
        reach: Reach::Confirmed,
    }
}

fn version(name: &str, role: &str, state: VersionState) -> VersionView {
    VersionView {
        version: name.parse().expect("a name"),
        role: role.to_owned(),
        state,
        address: (state == VersionState::Healthy).then(|| "127.0.0.1:40213".to_owned()),
        since: (state != VersionState::Unknown).then(|| ago(660)),
        reason: None,
    }
}

pub(crate) fn checkout() -> Service {
    Service {
        name: "checkout".parse().expect("a name"),
        description: Some("Takes a basket and turns it into a paid order.".to_owned()),
        owner: "shop".parse().expect("a name"),
        tier: 1,
        sentence: "checkout v2 serves 25% of users.".to_owned(),
        on_call: Some(on_call("Ines", 95)),
        alerts: Vec::new(),
        objectives: Vec::new(),
        failing_since: None,
        stable: Some("v1".parse().expect("a name")),
        rollout: Some(rollout_id(1)),
        versions: vec![
            version("v1", "stable", VersionState::Healthy),
            version("v2", "canary", VersionState::Healthy),
            version("v0", "warm", VersionState::Unknown),
        ],
        routes: vec![Route {
            hosts: vec!["shop.example".to_owned()],
            path: "/checkout".to_owned(),
            sticky: Some(Sticky::Header("x-user".to_owned())),
            timeout_ms: 30_000,
            attempt_timeout_ms: 10_000,
        }],
        dependencies: vec![
            DependencyView {
                service: "payments".parse().expect("a name"),
                kind: DependencyKind::Hard,
                known: true,
                owner: Some("bank".parse().expect("a name")),
                calls_seen: 48_213,
            },
            DependencyView {
                service: "tax-rates".parse().expect("a name"),
                kind: DependencyKind::Soft,
                known: false,
                owner: None,
                calls_seen: 0,
            },
        ],
        source: "production/checkout.yaml:2".to_owned(),
        declared_at: ago(1_800),
        position: 3,
    }
}

pub(crate) fn payments() -> Service {
    Service {
        name: "payments".parse().expect("a name"),
        description: None,
        owner: "bank".parse().expect("a name"),
        sentence: "payments v7 serves everybody, and nobody is on call.".to_owned(),
        on_call: None,
        alerts: Vec::new(),
        objectives: Vec::new(),
        stable: Some("v7".parse().expect("a name")),
        rollout: None,
        versions: vec![version("v7", "stable", VersionState::Healthy)],
        routes: Vec::new(),
        dependencies: Vec::new(),
        source: "production/payments.yaml:2".to_owned(),
        position: 4,
        ..checkout()
    }
}

fn steps(states: [(StepState, Option<f64>); 4]) -> Vec<Step> {
    let shares = [0.05, 0.25, 0.5, 1.0];
    let needs = ["5%", "1%", "0.5%"];
    let step = |(index, (state, seconds)): (usize, (StepState, Option<f64>))| Step {
        share: shares[index],
        state,
        seconds,
        needs: (matches!(state, StepState::Now | StepState::Next) && index < 3)
            .then(|| format!("evidence of 20 to 1 that fewer than {} of users fail", needs[index])),
    };
    states.into_iter().enumerate().map(step).collect()
}

/// Two steps in, healthy.
pub(crate) fn live() -> Rollout {
    Rollout {
        id: rollout_id(1),
        service: "checkout".parse().expect("a name"),
        version: "v2".parse().expect("a name"),
        baseline: Some("v1".parse().expect("a name")),
        state: RolloutState::Stepping,
        sentence: "checkout v2 serves 25% of users, 5 of its requests failed.".to_owned(),
        reason: Some("about 220 more users without a failure would prove it fails under 1%".to_owned()),
        share: 0.25,
        steps: steps([
            (StepState::Passed, Some(40.0)),
            (StepState::Now, Some(52.0)),
            (StepState::Next, None),
            (StepState::Next, None),
        ]),
        by: "person/ines".to_owned(),
        started_at: ago(94),
        ended_at: None,
        first_bad_at: Some(ago(60)),
        judge: Some(JudgeView {
            decision: "wait".to_owned(),
            metric: "errors".to_owned(),
            log_e: 0.35,
            log_e_promote: 2.61,
            waits_for: Some("about 220 more users without a failure would prove it fails under 1%".to_owned()),
            at: ago(1),
        }),
        canary: ArmTotals { requests: 3_014, failures: 5, rescued: 4, seen_idempotent: 0, seen_other: 1, users: 1_204 },
        stable: ArmTotals {
            requests: 15_786,
            failures: 21,
            rescued: 0,
            seen_idempotent: 17,
            seen_other: 4,
            users: 8_410,
        },
        revert: None,
        position: 48_189,
    }
}

/// Held by the judge on the first step.
pub(crate) fn held() -> Rollout {
    Rollout {
        id: rollout_id(2),
        version: "v3".parse().expect("a name"),
        state: RolloutState::Held,
        sentence: "checkout v3 is held at 5% of users.".to_owned(),
        reason: Some("the canary looks slower than stable".to_owned()),
        share: 0.05,
        steps: steps([
            (StepState::Now, Some(92.0)),
            (StepState::Next, None),
            (StepState::Next, None),
            (StepState::Next, None),
        ]),
        judge: Some(JudgeView { metric: "latency".to_owned(), log_e: 3.2, log_e_promote: 0.4, ..judge() }),
        canary: ArmTotals { requests: 61, failures: 0, ..ArmTotals::default() },
        ..live()
    }
}

fn judge() -> JudgeView {
    live().judge.expect("made above")
}

/// Caught by the judge.
pub(crate) fn reverted() -> Rollout {
    Rollout {
        id: rollout_id(3),
        version: "v4".parse().expect("a name"),
        state: RolloutState::Reverted,
        sentence: "checkout v4 was taken off 5% of users.".to_owned(),
        reason: Some("its users failed more often than stable's (evidence e^9.4 on errors)".to_owned()),
        share: 0.0,
        steps: steps([
            (StepState::Stopped, Some(2.4)),
            (StepState::Never, None),
            (StepState::Never, None),
            (StepState::Never, None),
        ]),
        started_at: ago(1_210),
        ended_at: Some(ago(1_200)),
        first_bad_at: Some(ago(1_202)),
        judge: Some(JudgeView { decision: "abort".to_owned(), log_e: 9.4, at: ago(1_200), waits_for: None, ..judge() }),
        canary: ArmTotals { requests: 31, failures: 11, rescued: 8, seen_idempotent: 0, seen_other: 3, users: 29 },
        stable: ArmTotals { requests: 640, failures: 0, ..ArmTotals::default() },
        revert: Some(RevertTimes {
            decision_to_last_assignment_s: 0.21,
            decision_to_last_response_s: 0.42,
            first_bad_to_last_assignment_s: Some(1.28),
            first_bad_to_last_response_s: Some(1.49),
            position: 47_902,
        }),
        position: 47_890,
        ..live()
    }
}

/// Everybody has it.
pub(crate) fn promoted() -> Rollout {
    Rollout {
        id: rollout_id(4),
        version: "v1".parse().expect("a name"),
        baseline: Some("v0".parse().expect("a name")),
        state: RolloutState::Promoted,
        sentence: "checkout v1 serves everybody.".to_owned(),
        reason: None,
        share: 1.0,
        steps: steps([
            (StepState::Passed, Some(9.0)),
            (StepState::Passed, Some(7.0)),
            (StepState::Passed, Some(6.0)),
            (StepState::Passed, None),
        ]),
        started_at: ago(5_000),
        ended_at: Some(ago(4_960)),
        judge: None,
        ..live()
    }
}

/// A first version that no user has met.
pub(crate) fn starting() -> Rollout {
    Rollout {
        id: rollout_id(5),
        baseline: None,
        state: RolloutState::Starting,
        sentence: "checkout v2 is being started; no user has met it.".to_owned(),
        reason: None,
        share: 0.0,
        steps: steps([(StepState::Next, None); 4]),
        judge: None,
        canary: ArmTotals::default(),
        stable: ArmTotals::default(),
        first_bad_at: None,
        started_at: ago(2),
        ..live()
    }
}

/// Numbers that look drawn by chance and are the same each time.
fn noise(seed: &mut u32) -> f64 {
    *seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
    f64::from(*seed >> 8) / f64::from(1 << 24)
}

/// Both arms over `seconds`, the canary failing at `rate`, with a silence in the middle when there is room for it.
pub(crate) fn series(rollout: &Rollout, seconds: usize, rate: f64) -> Series {
    let mut seed = 7;
    let mut point = |per_s: f64, rate: f64, base: f64| {
        let requests = (per_s * (0.8 + 0.4 * noise(&mut seed))) as u64;
        let failures = (0..requests).filter(|_| noise(&mut seed) < rate).count() as u64;
        Point { requests, failures, users: requests * 9 / 10, p90_ms: base * (0.85 + 0.3 * noise(&mut seed)) }
    };
    let silent = |second: usize| seconds > 60 && (55..61).contains(&second);
    let share = |second: usize| if second < 42 { 0.05 } else { 0.25 };
    let known = |second: usize| !silent(second);
    let canary = (0..seconds).map(|s| (known(s) && s > 1).then(|| point(200.0 * share(s), rate, 41.0))).collect();
    let stable = (0..seconds).map(|s| known(s).then(|| point(200.0 * (1.0 - share(s)), 0.001, 36.0))).collect();
    Series { from: rollout.started_at, step_ms: 1_000, canary, stable }
}

pub(crate) fn page(state: PageState) -> Page {
    Page {
        id: page_id(1),
        service: "checkout".parse().expect("a name"),
        team: "shop".parse().expect("a name"),
        to: Some("ines".parse().expect("a name")),
        to_name: Some("Ines Castro".to_owned()),
        sentence: "checkout v4 failed for its users and was taken off 5% of them.".to_owned(),
        state,
        matter: PageMatter::GoesOn,
        rollout: Some(rollout_id(3)),
        alert: None,
        verdict: None,
        began_at: Some(ago(1_202)),
        requested_at: ago(1_200),
        acknowledged_at: (state == PageState::Acknowledged).then(|| ago(1_140)),
        acknowledged_by: (state == PageState::Acknowledged).then(|| "person/ines".to_owned()),
        reached: state == PageState::Acknowledged,
        channels: vec![
            PageChannel { channel: "portal".to_owned(), state: "delivered".to_owned(), at: Some(ago(1_200)) },
            PageChannel { channel: "contacts".to_owned(), state: "waiting".to_owned(), at: None },
        ],
        ladder: PageLadder::default(),
        position: 47_903,
    }
}

pub(crate) fn ledger(from: u64, rows: u64, head: u64) -> LedgerPage {
    let row = |position: u64| LedgerRow {
        position,
        recorded_at: ago((head - position).cast_signed()),
        occurred_at: ago((head - position).cast_signed()),
        stream: format!("rollout/{}", rollout_id(3)),
        actor: if position.is_multiple_of(3) { "person/ines".to_owned() } else { "judge".to_owned() },
        by: String::new(),
        kind: "rollout.step-entered".to_owned(),
        version: 1,
        payload: serde_json::json!({ "rollout": rollout_id(3), "step": 1, "share": 2500, "log_e": 3.02 }),
        hash: format!("{position:064x}"),
        sentence: "step 2 at 25% of users".to_owned(),
    };
    LedgerPage { rows: (from..from + rows).map(row).collect(), head }
}

pub(crate) fn status() -> Status {
    Status {
        sentence: "Ines Castro is needed: checkout v4 failed for its users and was taken off 5% of them.".to_owned(),
        now: now(),
        boot: uuid::Uuid::nil(),
        program: "0.1.0".to_owned(),
        position: 48_213,
        started_at: None,
        store_writable: true,
        services: vec![checkout(), payments()],
        rollouts: vec![live(), held()],
        pages: vec![page(PageState::Delivered)],
        alerts: Vec::new(),
        controls: Vec::new(),
        gateways: vec![GatewayStatus {
            name: "local".parse().expect("a name"),
            applied: 48_190,
            report_age_ms: 180,
            requests: 912_004,
        }],
    }
}

pub(crate) fn calm() -> Status {
    let mut service = checkout();
    service.rollout = None;
    service.sentence = "checkout v1 serves everybody.".to_owned();
    service.versions.truncate(1);
    Status {
        sentence: "Nobody is needed.".to_owned(),
        services: vec![service],
        rollouts: Vec::new(),
        pages: Vec::new(),
        ..status()
    }
}

/// What somebody was paged for is over, and a drill waits.
pub(crate) fn unread() -> Status {
    let over = Page { matter: PageMatter::Over, ..page(PageState::Delivered) };
    let drill = Page {
        id: page_id(2),
        matter: PageMatter::Drill,
        sentence: "objective/checkout-availability of checkout was fired to see whether it reaches you".to_owned(),
        ..page(PageState::Delivered)
    };
    let sentence = format!("It is over, and its page waits for Ines Castro to acknowledge it: {}", over.sentence);
    Status { sentence, pages: vec![over, drill], ..calm() }
}

/// The one version that serves answers no health check.
pub(crate) fn failing() -> Status {
    let mut status = calm();
    let service = &mut status.services[0];
    service.sentence =
        "checkout v1 fails its health check since 09:54 UTC: no answer from 127.0.0.1:40213 within 2s.".to_owned();
    let version = &mut service.versions[0];
    version.state = VersionState::Failing;
    version.reason = Some("no answer from 127.0.0.1:40213 within 2s".to_owned());
    status.sentence = format!("{} Nobody is paged for that alone.", service.sentence);
    status
}

pub(crate) fn empty() -> Status {
    Status {
        sentence: "Nothing is declared yet.".to_owned(),
        services: Vec::new(),
        gateways: Vec::new(),
        position: 1,
        ..calm()
    }
}
