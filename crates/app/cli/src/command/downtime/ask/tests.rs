//! What a person reads of the account, and what is asked for.

use expect_test::{Expect, expect};
use serde_json::{Value, json};

use super::*;
use crate::command::downtime::{Args, What, asked};
use crate::fake::{Ran, ran};
use crate::fixture::with;

const WINDOW: &str = "01954a00-0000-7000-8000-0000000000a1";

fn classes(down: u64, planned: u64, unknown: u64) -> Value {
    let up = 1_000 * (129_600 - down - planned - unknown);
    json!({
        "up_ms": up, "degraded_ms": 0, "down_unplanned_ms": 1_000 * down, "down_planned_ms": 1_000 * planned,
        "up_in_maintenance_ms": 0, "unknown_ms": 1_000 * unknown
    })
}

fn function(name: &str, down: u64, planned: u64, unknown: u64) -> Value {
    let figure = |rule: &str, seconds: u64| {
        let known = (129_600 - unknown) as f64;
        let availability = (known > 0.0).then(|| (known - seconds as f64) / known);
        json!({ "rule": rule, "words": format!("as {rule}"), "counted_ms": 1_000 * seconds, "availability": availability })
    };
    json!({
        "name": name, "service": name, "function": null, "team": "shop",
        "sentence": format!("{name} was down for a while."), "seen_since": "2026-03-01T00:00:00Z",
        "now": [{
            "source": "gateway", "seen": "up", "since": "2026-03-02T11:00:00Z", "heard_at": "2026-03-02T11:59:59Z",
            "fresh": true
        }],
        "classes": classes(down, planned, unknown),
        "figures": [figure("unplanned-merged", down), figure("maintenance-in-progress", down + planned)],
        "causes": [], "tolerance": { "said": null, "demands": [{ "planned": "none", "path": ["shop", name] }] }
    })
}

fn stretch() -> Value {
    json!({
        "name": "checkout", "service": "checkout", "function": null, "start": "2026-03-01T10:00:00Z",
        "end": "2026-03-01T10:12:00Z", "goes_on": false, "class": "down-unplanned", "share_of_users": 0.4,
        "announced_at": null, "window": null, "overruns": null, "cause": { "vendor": "northbank" },
        "cause_named_by": "token/x", "source": "gateway", "position": 48
    })
}

fn window() -> Value {
    json!({
        "id": WINDOW, "service": "checkout", "function": null, "start": "2026-03-01T20:00:00Z",
        "end": "2026-03-01T21:00:00Z", "reason": "new database", "announced_at": "2026-02-28T20:00:00Z", "by": "ann",
        "late": false, "cancelled_at": null, "overrun_ms": 0, "position": 40
    })
}

fn answer() -> Value {
    json!({
        "from": "2026-03-01T00:00:00Z", "to": "2026-03-02T12:00:00Z", "rule": "unplanned-merged",
        "rule_words": "minor and worse, overlaps once", "ledger_began_at": "2026-03-01T00:00:00Z", "position": 50,
        "functions": [function("checkout", 720, 0, 0), function("search", 0, 0, 129_600)], "next_function": null,
        "stretches": [stretch()], "next": null, "windows": [window()],
        "contradictions": [{
            "sentence": "checkout tolerates no planned downtime, but needs identity, which may plan 2 h a month.",
            "asked": "none", "allowed": { "hours-per-month": 2.0 }, "certain": true,
            "path": ["checkout", "identity"], "window": null
        }]
    })
}

fn table() -> Value {
    let cell = |first: &str, to: &str, classes: Value| {
        json!({
            "first": first, "from": format!("{first}T00:00:00Z"), "to": to, "classes": classes, "counted_ms": 0,
            "availability": null
        })
    };
    let row = |name: &str, one: Value, two: Value| {
        let cells = [cell("2026-03-01", "2026-03-02T00:00:00Z", one), cell("2026-03-02", "2026-03-02T12:00:00Z", two)];
        json!({
            "name": name, "service": name, "function": null, "seen_since": null, "cells": cells,
            "tolerance": { "said": null, "demands": [] }
        })
    };
    json!({
        "every": "day", "rule": "unplanned-merged", "rule_words": "minor and worse, overlaps once",
        "ledger_began_at": null, "position": 50, "next": null, "contradictions": [],
        "rows": [
            row("checkout", classes(720, 0, 0), classes(0, 0, 0)),
            row("search", classes(0, 0, 129_600), classes(0, 0, 129_600)),
        ]
    })
}

fn ask(what: Option<What>, service: Option<&str>, answers: &[(u16, &str)], json: bool) -> Ran {
    let service = service.map(|name| name.parse().expect("a name"));
    let account = AccountArgs { service, rule: Definition::UnplannedMerged, from: None, to: None };
    ran(json, answers, async |cx| asked(&Args { what, account }, cx).await)
}

fn told(answers: &[Value], service: Option<&str>, expected: Expect) {
    let texts: Vec<String> = answers.iter().map(ToString::to_string).collect();
    let answers: Vec<(u16, &str)> = texts.iter().map(|text| (200, text.as_str())).collect();
    let ran = ask(None, service, &answers, false);
    assert_eq!(ran.done.expect("it worked"), Exit::Ok);
    expected.assert_eq(&ran.out);
}

#[test]
fn a_line_a_function_with_its_days() {
    told(
        &[answer(), table()],
        None,
        expect![[r#"
        2026-03-01 00:00:00Z to 2026-03-02 12:00:00Z, by unplanned-merged: minor and worse, overlaps once
        FUNCTION     COUNTED  AVAILABLE  KNOWN  DAYS
        checkout  12 min 0 s     99.44%   100%  !.
        search             0    unknown     0%  ??
        days: . up  ! down  p down as planned  ~ degraded  ? mostly unknown

        checkout was down for a while.

        WINDOW OF  FROM                  TO                    STATE  WHAT          ID
        checkout   2026-03-01 20:00:00Z  2026-03-01 21:00:00Z  over   new database  01954a00-0000-7000-8000-0000000000a1

        does not add up: checkout tolerates no planned downtime, but needs identity, which may plan 2 h a month.
          checkout > identity
    "#]],
    );
}

#[test]
fn a_service_that_is_named_tells_everything() {
    told(
        &[answer(), table()],
        Some("checkout"),
        expect![[r#"
        2026-03-01 00:00:00Z to 2026-03-02 12:00:00Z, by unplanned-merged: minor and worse, overlaps once

        checkout was down for a while.
          now: gateway says up since 1 h ago
          !.
          unplanned-merged         12 min 0 s  99.44%  as unplanned-merged
          maintenance-in-progress  12 min 0 s  99.44%  as maintenance-in-progress
          tolerated: no planned downtime, asked by shop (shop > checkout)

        search was down for a while.
          now: gateway says up since 1 h ago
          ??
          unplanned-merged         0  unknown  as unplanned-merged
          maintenance-in-progress  0  unknown  as maintenance-in-progress
          tolerated: no planned downtime, asked by shop (shop > search)
        days: . up  ! down  p down as planned  ~ degraded  ? mostly unknown

        FROM                  TO                        LASTED  WHAT  WHY                             SEEN BY  LEDGER
        2026-03-01 10:00:00Z  2026-03-01 10:12:00Z  12 min 0 s  down  vendor northbank, 40% of users  gateway     #48

        WINDOW OF  FROM                  TO                    STATE  WHAT          ID
        checkout   2026-03-01 20:00:00Z  2026-03-01 21:00:00Z  over   new database  01954a00-0000-7000-8000-0000000000a1

        does not add up: checkout tolerates no planned downtime, but needs identity, which may plan 2 h a month.
          checkout > identity
    "#]],
    );
}

#[test]
fn programs_get_the_answer_as_it_is_and_every_page_of_it() {
    let first = with(answer(), json!({ "next_function": "checkout" })).to_string();
    let second = with(answer(), json!({ "functions": [function("zebra", 0, 0, 0)], "stretches": [], "windows": [] }));
    let ran = ask(None, None, &[(200, &first), (200, &second.to_string())], true);
    assert_eq!(
        ran.requests,
        ["GET /v1/downtime?rule=unplanned-merged", "GET /v1/downtime?rule=unplanned-merged&after=checkout"]
    );
    let printed: Downtime = serde_json::from_str(&ran.out).expect("JSON");
    let names: Vec<&str> = printed.functions.iter().map(|function| function.name.as_str()).collect();
    assert_eq!((names.as_slice(), printed.next_function), (["checkout", "search", "zebra"].as_slice(), None));
}

#[test]
fn a_window_is_asked_for_in_instants_and_says_what_it_plans() {
    let announce = |from: Moment, to: Moment| {
        let service = "checkout".parse().expect("a name");
        What::Announce(AnnounceArgs { service, from, to, why: "new database".to_owned(), function: None })
    };
    let (hour, two) = (SignedDuration::from_hours(1), SignedDuration::from_hours(2));
    let ahead = with(window(), json!({ "start": "2026-03-02T13:00:00Z", "end": "2026-03-02T14:00:00Z" })).to_string();
    let ran = ask(Some(announce(Moment::Ahead(hour), Moment::Ahead(two))), None, &[(201, &ahead)], false);
    assert_eq!(
        ran.requests,
        [
            r#"POST /v1/downtime/windows {"service":"checkout","function":null,"start":"2026-03-02T13:00:00Z","end":"2026-03-02T14:00:00Z","reason":"new database"}"#
        ]
    );
    expect![[r#"
        checkout may be down from 2026-03-02 13:00:00Z to 2026-03-02 14:00:00Z
        declared 60 min 0 s before; what is still down at its end is unplanned from then on
        window 01954a00-0000-7000-8000-0000000000a1
    "#]]
    .assert_eq(&ran.out);
    let late = with(window(), json!({ "late": true })).to_string();
    let ran = ask(Some(announce(Moment::Ahead(hour), Moment::Ahead(two))), None, &[(201, &late)], false);
    assert!(ran.out.contains("it plans nothing"), "{}", ran.out);
}

#[test]
fn a_window_is_taken_back_by_how_its_id_begins() {
    let other = with(window(), json!({ "id": "01954a00-0000-7000-8000-0000000000b2" }));
    let listed = with(answer(), json!({ "windows": [window(), other] })).to_string();
    let cancelled = with(window(), json!({ "cancelled_at": "2026-03-01T20:30:00Z" })).to_string();
    let cancel = |text: &str| What::Cancel(CancelArgs { window: text.to_owned() });
    let ran = ask(Some(cancel(&WINDOW[..WINDOW.len() - 1])), None, &[(200, &listed), (200, &cancelled)], false);
    assert_eq!(ran.requests[1], format!("POST /v1/downtime/windows/{WINDOW}/cancel {{}}"));
    assert_eq!(ran.out, "the window of checkout ended at 2026-03-01 20:30:00Z\n");
    for (text, exit) in [("01954a00", Exit::Usage), ("7", Exit::Refused)] {
        let refused = ask(Some(cancel(text)), None, &[(200, &listed)], false).done.expect_err(text);
        assert_eq!(refused.exit(), exit, "{text}");
    }
}

#[test]
fn a_cause_is_of_the_last_time_that_was_not_well() {
    let service = || "checkout".parse().expect("a name");
    let args = |at| What::Cause(CauseArgs { service: service(), cause: CauseV1::Capacity, at, function: None });
    let ran = ask(Some(args(None)), None, &[(200, &answer().to_string()), (200, &stretch().to_string())], false);
    assert_eq!(
        ran.requests[1],
        r#"POST /v1/downtime/cause {"service":"checkout","function":null,"at":"2026-03-01T10:00:00Z","cause":"capacity"}"#
    );
    assert_eq!(ran.out, "checkout was down from 2026-03-01 10:00:00Z to 2026-03-01 10:12:00Z: vendor northbank\n");
    let nothing = with(answer(), json!({ "stretches": [] })).to_string();
    let refused = ask(Some(args(None)), None, &[(200, &nothing)], false).done.expect_err("nothing was wrong");
    assert_eq!(refused.exit(), Exit::Refused);
}

#[test]
fn moments_and_causes_as_people_write_them() {
    assert_eq!(moment("+90m"), Ok(Moment::Ahead(SignedDuration::from_mins(90))));
    assert_eq!(moment("2026-03-01T02:00:00Z").ok(), "2026-03-01T02:00:00Z".parse().ok().map(Moment::At));
    for text in ["", "+", "+5", "90m", "tomorrow", "-5m"] {
        assert!(moment(text).is_err(), "{text:?}");
    }
    assert_eq!(cause("vendor=northbank"), Ok(CauseV1::Vendor("northbank".to_owned())));
    assert_eq!(cause("change"), Ok(CauseV1::Change));
    for text in ["", "vendor", "vendor=", "change=x", "weather", "dependency= "] {
        assert!(cause(text).is_err(), "{text:?}");
    }
    assert!(definition("all").is_err() && definition("major").is_ok());
}
