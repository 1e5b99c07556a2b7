//! Sloth's files: what is read, and what is refused with the reason.

use expect_test::expect;

use super::*;

#[test]
fn both_forms_are_read() {
    objectives(
        &load(SLOTH),
        expect![[r#"
        checkout-orders [checkout orders] 0.999 Rolling { days: 30 } Occurrences
          Query(QueryIndicator { source: None, query: Bad { bad: "sum(rate(http_requests_total{job=\"checkout\",code=~\"5..\"}[{{.window}}]))", total: "sum(\n  rate(http_requests_total{job=\"checkout\"}[{{ .window }}])\n)\n" } })
          Page 3600/300 s 0.02
          Page 21600/1800 s 0.05
          Ticket 86400/7200 s 0.1
          Ticket 259200/21600 s 0.1
        checkout-freshness [checkout freshness] 0.95 Rolling { days: 30 } Occurrences
          Query(QueryIndicator { source: None, query: Raw { ratio: "1 - avg(avg_over_time(basket_fresh_ratio[{{.window}}]))" } })
          Ticket 86400/7200 s 0.1
          Ticket 259200/21600 s 0.1
    "#]],
    );
    objectives(
        &load(KUBERNETES),
        expect![[r#"
        checkout-orders [checkout orders] 0.999 Rolling { days: 30 } Occurrences
          Query(QueryIndicator { source: None, query: Bad { bad: "sum(rate(http_requests_total{code=~\"5..\"}[{{.window}}]))", total: "sum(rate(http_requests_total[{{.window}}]))" } })
          Page 3600/300 s 0.02
          Page 21600/1800 s 0.05
    "#]],
    );
    assert_eq!(told(&load(SLOTH)), "");
    assert_eq!(told(&load(KUBERNETES)), "");
}

#[test]
fn switched_off_is_off() {
    let declared = clean(SLOTH);
    assert!(declared[1].alerting.page.is_none() && declared[1].alerting.ticket.is_some());
    assert_eq!(declared[1].objective.tiers.len(), 2, "only tickets are left");
    let object = clean(KUBERNETES).remove(0);
    assert_eq!((object.interval.as_deref(), object.info["area"].as_str()), (Some("1m"), "money"));
    assert_eq!(object.object.map(|object| object.name).as_deref(), Some("checkout"));
}

/// An objective whose `sli` and what follows is written by the test.
fn with(rest: &str) -> String {
    format!("version: prometheus/v1\nservice: s\nslos:\n  - name: a\n{rest}")
}

const SLI: &str = "    sli: { raw: { error_ratio_query: 'a[{{.window}}]' } }\n";

#[test]
fn targets_that_are_none_are_refused() {
    let of = |objective: &str| {
        let loaded = load(&with(&format!("    objective: {objective}\n{SLI}")));
        (loaded.declared.len(), loaded.diagnostics.iter().map(|d| d.rule).collect::<Vec<_>>())
    };
    for objective in ["100", "100.0", "0", "-1", "101", "much", "99,9"] {
        assert_eq!(of(objective), (0, vec!["objective-target"]), "{objective}");
    }
    assert_eq!(of("99.9999"), (1, vec![]));
    check(
        &with(&format!("    objective: 100\n{SLI}")),
        expect![[r#"
        a.yaml:5:16 error objective-target: a target of "100" leaves nothing to fail: there is no budget to watch
            write a percentage below 100, such as 99.9
    "#]],
    );
}

#[test]
fn what_only_sloth_can_do_is_refused() {
    check(
        &with("    objective: 99\n    sli: { plugin: { id: ours/availability, options: { job: a } } }\n"),
        expect![[r#"
            a.yaml:6:26 error not-supported: indicator plugin "ours/availability" is a program in Go that only Sloth runs
                write the queries that it makes under sli.events
        "#]],
    );
    let chain = "    plugins: { chain: [{ id: sloth.dev/contrib/denominator_corrected_rules/v1 }] }\n";
    check(
        &with(&format!("    objective: 99\n{chain}{SLI}")),
        expect![[r#"
        a.yaml:6:24 error not-supported: plugin "sloth.dev/contrib/denominator_corrected_rules/v1" is a program in Go that only Sloth runs
            leave it out, or keep Sloth for this
    "#]],
    );
    let alone = "    plugins: { overridePrevious: true, chain: [{ id: sloth.dev/core/sli_rules/v1 }] }\n";
    check(
        &with(&format!("    objective: 99\n{alone}{SLI}")),
        expect![[r#"
        a.yaml:6:14 error not-supported: a chain that replaces the usual one leaves some of its rules out
            leave "overridePrevious" out, or name sli_rules, metadata_rules and alert_rules
    "#]],
    );
}

#[test]
fn what_others_than_prometheus_load_is_noted() {
    let chain = "    plugins: { chain: [{ id: sloth.dev/contrib/validate_victoria_metrics/v1 }] }\n";
    check(
        &with(&format!("    objective: 99\n{chain}{SLI}")),
        expect![[r#"
        a.yaml:6:24 note not-supported: its queries are VictoriaMetrics' own: a Prometheus may not load rules with them
            load the rules into a VictoriaMetrics
    "#]],
    );
}

#[test]
fn every_mistake_has_its_place() {
    check(
        "version: prometheus/v1\nservice: a b\nlabels: { 9x: y, __z: w }\nslos:\n  - objektive: 99\n    name: x y\n    sli:\n      events: { error_query: a }\n      raw: {}\n    alerting: { page_alert: { disable: maybe } }\n",
        expect![[r#"
            a.yaml:2:10 error bad-name: "service" "a b" is not a name: ' ' cannot stand there
                use letters, digits, "-", "_", "." and "+", at most 63, a letter or digit first
            a.yaml:3:11 error bad-name: "9x" in "labels" is not a name that Prometheus takes
                use letters, digits and "_", no digit first
            a.yaml:3:18 error bad-name: "__z" in "labels" is not a name that Prometheus takes
                use letters, digits and "_", no digit first
            a.yaml:5:5 error missing-field: "slos[].objective" is missing
                write a percentage such as 99.9
            a.yaml:5:5 warning unknown-key: "objektive" is not a field of "slos[]"
                did you mean "objective"?
            a.yaml:6:11 error bad-name: "x y" is not a name of an objective
                use letters, digits, "-", "_" and ".", at most 128
            a.yaml:8:7 error bad-value: "sli" is one of events, raw and plugin
                write one of them
            a.yaml:10:40 error bad-value: "disable" is "maybe", neither true nor false
                write true or false
        "#]],
    );
    check(
        "version: prometheus/v2\n",
        expect![[r#"
        a.yaml:1:1 error api-version: version "prometheus/v2" is neither OpenSLO's nor Sloth's
            write apiVersion: openslo/v1 or openslo/v1alpha, version: prometheus/v1, apiVersion: sloth.slok.dev/v1 with kind PrometheusServiceLevel or AlertWindows, or apiVersion: seaworthy/v1 with kind Service
    "#]],
    );
    check(
        "",
        expect![[r#"
        a.yaml:1:1 error nothing-found: this file is empty
            give a file of OpenSLO or Sloth, or of a Service
    "#]],
    );
    check(
        "version: prometheus/v1\nslos: [\n",
        expect![[r#"
        a.yaml:2:8 error yaml-syntax: could not read this as YAML: while parsing a node, did not find expected node content
            look at indentation, quotes and ":" at and before this place
    "#]],
    );
    check(
        &format!("{}---\n{}", SLOTH, SLOTH),
        expect![[r#"
        a.yaml:42:1 error declared-twice: objective "checkout-orders" is declared twice: here and at a.yaml:7
            keep one of the two
        a.yaml:63:1 error declared-twice: objective "checkout-freshness" is declared twice: here and at a.yaml:28
            keep one of the two
    "#]],
    );
}

#[test]
fn tiers_that_never_fire_are_told() {
    check(
        &with(&format!("    objective: 90\n{SLI}")),
        expect![[r#"
            a.yaml:4:1 warning tier-never-fires: "s-a": tier 1 can never fire: it wants a burn of 14.40, and a total outage burns 10.00; lower its budget or lengthen its long window
                "seaworthy slo explain" shows its tiers
        "#]],
    );
}

#[test]
fn windows_bring_their_period() {
    let loaded = read(&[source(SLOTH)], &[source(WINDOWS)]);
    objectives(
        &loaded,
        expect![[r#"
        checkout-orders [checkout orders] 0.999 Rolling { days: 7 } Occurrences
          Query(QueryIndicator { source: None, query: Bad { bad: "sum(rate(http_requests_total{job=\"checkout\",code=~\"5..\"}[{{.window}}]))", total: "sum(\n  rate(http_requests_total{job=\"checkout\"}[{{ .window }}])\n)\n" } })
          Page 3600/300 s 0.08
          Page 21600/1800 s 0.125
          Ticket 86400/7200 s 0.2
          Ticket 129600/10800 s 0.42
        checkout-freshness [checkout freshness] 0.95 Rolling { days: 7 } Occurrences
          Query(QueryIndicator { source: None, query: Raw { ratio: "1 - avg(avg_over_time(basket_fresh_ratio[{{.window}}]))" } })
          Ticket 86400/7200 s 0.2
          Ticket 129600/10800 s 0.42
    "#]],
    );
    let bad = WINDOWS.replace("8,", "0,").replace("30m", "7h").replace("7d", "7h");
    expect![[r#"
        a.yaml:4:14 error bad-duration: period "7h" is not a number of whole days
            write one from 1d to 92d
        a.yaml:6:34 error bad-value: "0" is not a share of the budget
            write a percentage above 0 and at most 100
        a.yaml:7:11 error bad-value: the short window is not shorter than the long one
            write a twelfth of the long window
    "#]]
    .assert_eq(&told(&read(&[], &[source(&bad)])));
}
