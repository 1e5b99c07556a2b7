//! What other processes, perhaps of another release, say to us and hear from us: the text of each, both ways.

use expect_test::{Expect, expect};
use seaworthy_contract::catalogue::Document;
use seaworthy_contract::gateway::{Config, ControlRequest, Report, ReportAck};
use seaworthy_contract::process::{Desired, Observed};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Reads a text, writes it again, and compares: what was left out must have its default, and say so from then on.
fn check<T: Serialize + DeserializeOwned>(text: &str, want: &Expect) {
    let value: T = serde_json::from_str(text).unwrap_or_else(|why| panic!("{why}: {text}"));
    let written = serde_json::to_string(&value).expect("JSON");
    want.assert_eq(&written);
    let again: T = serde_json::from_str(&written).expect("its own words");
    assert_eq!(serde_json::to_string(&again).expect("JSON"), written, "written, read and written again");
}

const ROLLOUT: &str = "018f6a2c-3d1e-7abc-8def-000000000001";

#[test]
fn a_config() {
    let text = format!(
        r#"{{"version":17,"routes":[{{"name":"*/","hosts":[],"path":"/","service":"checkout","sticky":{{"cookie":"session"}},
        "timeout_ms":30000,"attempt_timeout_ms":10000}}],"services":[{{"service":"checkout",
        "stable":{{"version":"v1","addresses":["127.0.0.1:1"]}},
        "canary":{{"rollout":"{ROLLOUT}","step":16,"arm":{{"version":"v2","addresses":[]}},"share":500}}}}]}}"#
    );
    check::<Config>(
        &text,
        &expect![[
            r#"{"version":17,"routes":[{"name":"*/","hosts":[],"path":"/","service":"checkout","sticky":{"cookie":"session"},"timeout_ms":30000,"attempt_timeout_ms":10000}],"services":[{"service":"checkout","stable":{"version":"v1","addresses":["127.0.0.1:1"]},"canary":{"rollout":"018f6a2c-3d1e-7abc-8def-000000000001","step":16,"arm":{"version":"v2","addresses":[]},"share":500}}]}"#
        ]],
    );
    check::<Config>(
        r#"{"version":0,"routes":[],"services":[]}"#,
        &expect![[r#"{"version":0,"routes":[],"services":[]}"#]],
    );
}

#[test]
fn a_report_and_its_acknowledgement() {
    let text = format!(
        r#"{{"gateway":"local","boot":"{ROLLOUT}","seq":3,"applied":17,"age_ms":0,"interval_ms":250,"counts":[{{
        "service":"checkout","route":"from/mail","version":"v2","arm":"canary","config":17,"starts":4,"ended":{{"ok":1,
        "client_error":1,"server_error":1,"connect_error":0,"reset":0,"timeout":1,"cancelled":0}},"rescued":1,
        "seen_idempotent":0,"seen_other":1,"users_in_step":4,"users":4,"users_failed":2,"latency":[[13,3]]}}],
        "moments":[{{"service":"checkout","version":"v2","rollout":"{ROLLOUT}","first_failure_age_ms":20,
        "last_assigned_age_ms":5,"last_response_age_ms":null}}],"in_flight":[{{"service":"checkout","version":"v2",
        "requests":1}}],"trips":[{{"service":"checkout","version":"v2","rollout":"{ROLLOUT}","why":"5 failures in a row",
        "age_ms":7}}],"break_glass":[{{"id":"{ROLLOUT}","service":"checkout","version":"v2","rollout":"{ROLLOUT}",
        "by":"uid 1000","age_ms":9}}]}}"#
    );
    check::<Report>(
        &text,
        &expect![[
            r#"{"gateway":"local","boot":"018f6a2c-3d1e-7abc-8def-000000000001","seq":3,"applied":17,"age_ms":0,"interval_ms":250,"counts":[{"service":"checkout","route":"from/mail","version":"v2","arm":"canary","config":17,"starts":4,"ended":{"ok":1,"client_error":1,"server_error":1,"connect_error":0,"reset":0,"timeout":1,"cancelled":0,"gave_up":0},"rescued":1,"seen_idempotent":0,"seen_other":1,"users_in_step":4,"users":4,"users_failed":2,"latency":[[13,3]]}],"moments":[{"service":"checkout","version":"v2","rollout":"018f6a2c-3d1e-7abc-8def-000000000001","first_failure_age_ms":20,"last_assigned_age_ms":5,"last_response_age_ms":null}],"in_flight":[{"service":"checkout","version":"v2","requests":1}],"trips":[{"service":"checkout","version":"v2","rollout":"018f6a2c-3d1e-7abc-8def-000000000001","why":"5 failures in a row","age_ms":7}],"break_glass":[{"id":"018f6a2c-3d1e-7abc-8def-000000000001","service":"checkout","version":"v2","rollout":"018f6a2c-3d1e-7abc-8def-000000000001","by":"uid 1000","age_ms":9}]}"#
        ]],
    );
    check::<ReportAck>(
        &format!(r#"{{"boot":"{ROLLOUT}","seq":3}}"#),
        &expect![[r#"{"boot":"018f6a2c-3d1e-7abc-8def-000000000001","seq":3}"#]],
    );
}

#[test]
fn what_runs_and_should() {
    check::<Desired>(
        r#"{"version":14,"instances":[{"service":"checkout","version":"v2","launch":{"from":{"command":{"command":["serve"]}},
        "start_timeout_ms":1,"stop_timeout_ms":2},"dependencies":["payments"]}]}"#,
        &expect![[
            r#"{"version":14,"instances":[{"service":"checkout","version":"v2","launch":{"from":{"command":{"command":["serve"],"env":{}}},"start_timeout_ms":1,"stop_timeout_ms":2},"dependencies":["payments"],"duty":"trial"}]}"#
        ]],
    );
    check::<Observed>(
        r#"{"instances":[{"service":"a","version":"v1","instance":"1-2","state":{"state":"healthy","address":"h:1","took_ms":3}},
        {"service":"a","version":"v2","instance":"1-3","state":{"state":"failed","reason":"exit 1"}}]}"#,
        &expect![[
            r#"{"desired":null,"instances":[{"service":"a","version":"v1","instance":"1-2","state":{"state":"healthy","address":"h:1","took_ms":3}},{"service":"a","version":"v2","instance":"1-3","state":{"state":"failed","reason":"exit 1"}}]}"#
        ]],
    );
}

#[test]
fn words_on_the_gateways_own_socket() {
    check::<ControlRequest>(
        r#"{"do":"revert","target":"checkout"}"#,
        &expect![[r#"{"do":"revert","target":"checkout"}"#]],
    );
    check::<ControlRequest>(r#"{"do":"status"}"#, &expect![[r#"{"do":"status"}"#]]);
}

#[test]
fn a_catalogue_document_says_its_defaults() {
    check::<Document>(
        r#"{"entities":[{"entity":{"kind":"service","name":"checkout","owner":"shop","run":{},"routes":[{}],
        "dependencies":[{"service":"mail"}]},"source":"a.yaml:1"}]}"#,
        &expect![[
            r#"{"entities":[{"entity":{"kind":"service","name":"checkout","owner":"shop","tier":2,"routes":[{"hosts":[],"path":"/","timeout_ms":30000,"attempt_timeout_ms":10000}],"run":{"command":[],"env":{},"start_timeout_ms":20000,"stop_timeout_ms":10000},"dependencies":[{"service":"mail","kind":"hard"}],"rollout":{"steps":[500,2500,5000,10000],"dwell_ms":30000,"requests_min":50,"bake_ms":1800000}},"source":"a.yaml:1"}],"people":[]}"#
        ]],
    );
    check::<Document>(
        r#"{"entities":[],"people":[{"name":"ines","contacts":[{"channel":"webhook","url":"http://127.0.0.1:1/"},
        {"channel":"command","command":["page"]},{"channel":"email","address":"ines@example.org"}]}]}"#,
        &expect![[
            r#"{"entities":[],"people":[{"name":"ines","contacts":[{"channel":"webhook","url":"http://127.0.0.1:1/"},{"channel":"command","command":["page"]},{"channel":"email","address":"ines@example.org"}]}]}"#
        ]],
    );
}

#[test]
fn documents_that_make_no_sense_are_errors() {
    for text in [
        r#"{"entities":[{"entity":{"kind":"service","name":"a b","owner":"shop"},"source":"x:1"}]}"#,
        r#"{"entities":[{"entity":{"kind":"service","name":"a"},"source":"x:1"}]}"#,
        r#"{"entities":[{"entity":{"kind":"moon","name":"a"},"source":"x:1"}]}"#,
        r#"{"entities":[{"entity":{"kind":"service","name":"a","owner":"b","tier":4},"source":"x:1"}]}"#,
        r#"{"entities":[{"entity":{"kind":"service","name":"a","owner":"b","rollout":{"steps":[10001]}},"source":"x:1"}]}"#,
    ] {
        assert!(serde_json::from_str::<Document>(text).is_err(), "{text}");
    }
}
