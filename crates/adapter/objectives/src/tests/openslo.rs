//! OpenSLO: what is read, what is read as something near, and what is refused.

use expect_test::expect;

use super::*;

#[test]
fn every_kind_is_read() {
    assert_eq!(told(&load(OPENSLO)), "");
    objectives(
        &load(OPENSLO),
        expect![[r#"
        search-mean [search search-mean] 0.99 Rolling { days: 28 } RatioTimeslices { slice_seconds: 60 }
          Query(QueryIndicator { source: None, query: Raw { ratio: "1 - (avg_over_time((search_ok_ratio)[{{.window}}:]))" } })
          Page 3600/300 s 0.02
          Page 21600/1800 s 0.05
          Ticket 86400/7200 s 0.1
          Ticket 259200/21600 s 0.1
        search-results [search search-results] 0.999 Rolling { days: 30 } Occurrences
          Query(QueryIndicator { source: Some("http://127.0.0.1:9090"), query: Good { good: "sum(rate(search_total{result=\"ok\"}[{{.window}}]))", total: "sum(rate(search_total[{{.window}}]))" } })
          Page 3600/300 s 0.02
          Ticket 259200/21600 s 0.1
        search-time-0 [search search-time-0] 0.995 Calendar { unit: Month, zone: "Europe/Berlin" } Timeslices { slice_seconds: 60, slice_target: 0.95 }
          Query(QueryIndicator { source: None, query: Raw { ratio: "1 - avg(avg_over_time(((search_seconds) < bool 0.5)[{{.window}}:]))" } })
          Page 3600/300 s 0.02
          Page 21600/1800 s 0.05
          Ticket 86400/7200 s 0.1
          Ticket 259200/21600 s 0.1
        search-time-1 [search search-time-1] 0.999 Calendar { unit: Month, zone: "Europe/Berlin" } Timeslices { slice_seconds: 300, slice_target: 0.95 }
          Query(QueryIndicator { source: None, query: Raw { ratio: "1 - avg(avg_over_time(((search_seconds) <= bool 2)[{{.window}}:]))" } })
          Page 3600/300 s 0.02
          Page 21600/1800 s 0.05
          Ticket 86400/7200 s 0.1
          Ticket 259200/21600 s 0.1
    "#]],
    );
    assert!(!format!("{:?}", load(OPENSLO).declared).contains("not-taken"), "credentials stay in the file");
}

#[test]
fn alpha_is_read() {
    assert_eq!(told(&load(ALPHA)), "");
    objectives(
        &load(ALPHA),
        expect![[r#"
        baskets-0 [checkout baskets-0] 0.999 Rolling { days: 28 } Occurrences
          Query(QueryIndicator { source: None, query: Good { good: "sum(rate(http_requests_total{code!~\"5..\"}[{{.window}}]))", total: "sum(rate(http_requests_total[{{.window}}]))" } })
          Page 3600/300 s 0.02
          Page 21600/1800 s 0.05
          Ticket 86400/7200 s 0.1
          Ticket 259200/21600 s 0.1
        baskets-1 [checkout baskets-1] 0.99 Rolling { days: 28 } Occurrences
          Query(QueryIndicator { source: None, query: Bad { bad: "sum(rate(slow_total[{{.window}}]))", total: "sum(rate(http_requests_total[{{.window}}]))" } })
          Page 3600/300 s 0.02
          Page 21600/1800 s 0.05
          Ticket 86400/7200 s 0.1
          Ticket 259200/21600 s 0.1
    "#]],
    );
}

#[test]
fn documents_find_each_other_across_files() {
    let parts = OPENSLO.split("---\n").enumerate();
    let sources: Vec<Source> =
        parts.map(|(number, text)| Source { path: format!("{number}.yaml"), text: text.to_owned() }).collect();
    let (mut apart, mut together) = (read(&sources, &[]).declared, load(OPENSLO).declared);
    for one in apart.iter_mut().chain(&mut together) {
        (one.file, one.line) = (String::new(), 0);
    }
    assert_eq!(apart, together);
}

const SLO: &str = "apiVersion: openslo/v1
kind: SLO
metadata: { name: a }
spec:
  service: s
  indicator: { metadata: { name: i }, spec: { ratioMetric: { raw: { metricSource: { type: Prometheus, spec: { query: q } } } } } }
  timeWindow: [{ duration: 30d, isRolling: true }]
  budgetingMethod: Occurrences
  objectives: [{ target: 0.99 }]
";

/// Replaces a piece of a good file and returns what is told about it.
fn changed(from: &str, to: &str) -> String {
    assert!(SLO.contains(from), "{from}");
    told(&load(&SLO.replace(from, to)))
}

#[test]
fn mistakes_have_their_place() {
    let mut text = String::new();
    for (from, to) in [
        ("target: 0.99", "target: 1.0"),
        ("target: 0.99", "target: 99"),
        ("target: 0.99", "displayName: none"),
        ("target: 0.99", "target: 0.99, targetPercent: 99"),
        ("target: 0.99", "target: 0.99, compositeWeight: 2"),
        ("target: 0.99", "target: 0.99, op: near, value: x"),
        ("Occurrences", "Often"),
        ("Occurrences", "Timeslices"),
        ("duration: 30d", "duration: 1Y"),
        ("duration: 30d", "duration: 36h"),
        ("duration: 30d", "duration: soon"),
        ("isRolling: true", "isRolling: false"),
        ("isRolling: true", "isRolling: false, calendar: { timeZone: Mars/Base }"),
        ("openslo/v1", "openslo/v2"),
        ("kind: SLO", "kind: SLA"),
        ("type: Prometheus", "type: BigQuery"),
        ("type: Prometheus", "metricSourceRef: nowhere"),
        ("{ query: q }", "{ q: q }"),
        ("ratioMetric: { raw", "ratioMetric: { good"),
        ("  indicator:", "  indicatorRef: x\n  indicator:"),
        ("  service: s\n", ""),
        ("  service: s\n", "  service: s\n  alertPolicies: [nobody]\n"),
    ] {
        text.push_str(&format!("# {to}\n{}", changed(from, to)));
    }
    expect![[r##"
        # target: 1.0
        a.yaml:9:26 error objective-target: a target of "1.0" leaves nothing to fail: there is no budget to watch
            write a ratio below 1, such as 0.999
        # target: 99
        a.yaml:9:26 error objective-target: a target of "99" is not between nothing and everything
            write a ratio below 1, such as 0.999
        # displayName: none
        a.yaml:9:16 error missing-field: an objective has one of target and targetPercent
            write target: 0.999
        # target: 0.99, targetPercent: 99
        a.yaml:9:16 error missing-field: an objective has one of target and targetPercent
            write target: 0.999
        # target: 0.99, compositeWeight: 2
        a.yaml:9:49 error not-supported: "compositeWeight" in an objective makes a composite SLO, which is not read
            write one SLO for each indicator
        # target: 0.99, op: near, value: x
        a.yaml:9:36 error bad-value: operator "near" does not exist
            write lt, lte, gt or gte
        # Often
        a.yaml:8:20 error bad-value: budgeting method "Often" does not exist
            write Occurrences, Timeslices or RatioTimeslices
        # Timeslices
        a.yaml:9:16 error missing-field: "spec.objectives[].timeSliceTarget" is missing
            write the share that makes a slice good, such as 0.95
        a.yaml:9:16 error missing-field: "spec.objectives[].timeSliceWindow" is missing
            write the length of a slice, such as 1m
        # duration: 1Y
        a.yaml:7:28 error bad-duration: "1Y" is not a window that can roll here
            write whole days, at most 92: signals are kept that long
        # duration: 36h
        a.yaml:7:28 error bad-duration: "36h" is not a window that can roll here
            write whole days, at most 92: signals are kept that long
        # duration: soon
        a.yaml:7:28 error bad-duration: "soon" is not a length of time
            write a number and one of m, h, d, w, M, Q, Y
        # isRolling: false
        a.yaml:7:16 error missing-field: a window that does not roll needs a calendar
            write calendar with startTime and timeZone, or isRolling: true
        # isRolling: false, calendar: { timeZone: Mars/Base }
        a.yaml:7:28 error bad-duration: "30d" is not a window of the calendar here
            write 1d, 1w, 1M or 1Q
        a.yaml:7:73 error bad-duration: "Mars/Base" is not a time zone
            write an IANA name, such as Europe/Berlin
        # openslo/v2
        a.yaml:1:13 error api-version: apiVersion "openslo/v2" is not read
            write openslo/v1 or openslo/v1alpha
        # kind: SLA
        a.yaml:2:7 error kind: "SLA" is not a kind of openslo/v1
            kinds are: SLO, SLI, DataSource, Service, AlertPolicy, AlertCondition, AlertNotificationTarget
        # type: BigQuery
        a.yaml:6:91 warning not-measured: a source of type "BigQuery" is not asked: its counts must be sent
            send counts to POST /v1/kpi as series "a", or write type: Prometheus with a query
        # metricSourceRef: nowhere
        a.yaml:6:102 error unknown-reference: DataSource "nowhere" is in none of the files
            add the DataSource, or correct the name
        # { q: q }
        a.yaml:6:83 error missing-field: a source of Prometheus has no query
            write spec with a query in PromQL
        # ratioMetric: { good
        a.yaml:6:60 error bad-value: a ratio is good and total, bad and total, or raw
            write one of the three pairs
        #   indicatorRef: x
          indicator:
        a.yaml:6:17 error bad-value: "indicator" and "indicatorRef" both say what is measured
            keep one of the two
        # 
        a.yaml:5:3 error missing-field: "spec.service" is missing
            write the service
        #   service: s
          alertPolicies: [nobody]

        a.yaml:6:19 error unknown-reference: AlertPolicy "nobody" is in none of the files
            add the AlertPolicy, or correct the name
    "##]]
    .assert_eq(&text);
}

#[test]
fn what_is_read_as_something_near_is_said() {
    let calendar = |duration: &str, start: &str| {
        let to = format!("duration: {duration}, isRolling: false, calendar: {{ startTime: {start}, timeZone: UTC }}");
        format!("# {duration} {start}\n{}", changed("duration: 30d, isRolling: true", &to))
    };
    let mut text = changed("duration: 30d", "duration: 1M");
    for (duration, start) in [
        ("1m", "2022-01-01 12:00:00"),
        ("1w", "2022-01-03 00:00:00"),
        ("1w", "2022-01-01 00:00:00"),
        ("1Q", "2022-04-01 00:00:00"),
        ("2M", "2022-04-01 00:00:00"),
        ("1d", "yesterday"),
    ] {
        text.push_str(&calendar(duration, start));
    }
    expect![[r#"
        a.yaml:7:28 warning approximated: a rolling "1M" is read as 30 days
            write what is meant, if it is something else
        # 1m 2022-01-01 12:00:00
        a.yaml:7:28 warning approximated: "1m" is a minute, which no calendar counts: read as a month, "1M"
            write what is meant, if it is something else
        a.yaml:7:73 warning approximated: windows begin on the first of the month, midnight of UTC
            write what is meant, if it is something else
        # 1w 2022-01-03 00:00:00
        # 1w 2022-01-01 00:00:00
        a.yaml:7:73 warning approximated: windows begin on Monday, midnight of UTC
            write what is meant, if it is something else
        # 1Q 2022-04-01 00:00:00
        # 2M 2022-04-01 00:00:00
        a.yaml:7:28 error bad-duration: "2M" is not a window of the calendar here
            write 1d, 1w, 1M or 1Q
        # 1d yesterday
        a.yaml:7:73 error bad-duration: "yesterday" is not a date and time
            write it as 2026-01-01 00:00:00
    "#]]
    .assert_eq(&text);
}

#[test]
fn what_is_measured_here_is_named() {
    let mut text = String::new();
    for spec in [
        "{ measure: availability }",
        "{ measure: latency, route: /basket, threshold: 300ms }",
        "{ measure: probe, probe: buy }",
        "{ measure: pushed, series: orders }",
        "{ measure: latency }",
        "{ measure: mood, rout: /x }",
    ] {
        let slo = SLO.replace("type: Prometheus, spec: { query: q }", &format!("type: Seaworthy, spec: {spec}"));
        let loaded = load(&slo);
        let indicators = loaded.declared.iter().map(|one| format!("{:?}\n", one.objective.indicator));
        text.push_str(&format!("# {spec}\n{}{}", indicators.collect::<String>(), told(&loaded)));
    }
    let pair = SLO.replace("raw: {", "total: {").replace("type: Prometheus, spec: { query: q }", "SOURCE");
    let pair = pair.replace(
        "total: { metricSource: { SOURCE } }",
        "good: { metricSource: { SOURCE } }, total: { metricSource: { SOURCE } }",
    );
    text.push_str(&told(&load(&pair.replace("SOURCE", "type: Seaworthy, spec: { measure: availability }"))));
    expect![[r##"
        # { measure: availability }
        Availability { route: None }
        # { measure: latency, route: /basket, threshold: 300ms }
        Latency { route: Some("/basket"), threshold_ms: 300 }
        # { measure: probe, probe: buy }
        Probe { probe: "buy" }
        # { measure: pushed, series: orders }
        Pushed { series: "orders" }
        # { measure: latency }
        a.yaml:6:108 error missing-field: "spec.indicator.spec.ratioMetric.raw.metricSource.spec.threshold" is missing
            write how fast, such as 300ms
        # { measure: mood, rout: /x }
        a.yaml:6:119 error bad-value: "mood" is not measured here
            write availability, latency, probe or pushed
        a.yaml:6:125 error unknown-key: "rout" is not a field of "spec.indicator.spec.ratioMetric.raw.metricSource.spec"
            did you mean "route"?
        a.yaml:6:60 error bad-value: a source of type Seaworthy is a ratio already
            write it as ratioMetric with raw
    "##]]
    .assert_eq(&text);
}

#[test]
fn conditions_that_make_no_tier() {
    let mut text = String::new();
    for condition in [
        "kind: burnrate, op: lte, threshold: 2, lookbackWindow: 1h, alertAfter: 5m",
        "kind: burnrate, op: gte, threshold: 1000, lookbackWindow: 1h",
        "kind: burnrate, op: gte, threshold: fast, lookbackWindow: soon",
        "kind: burnrate, op: gte",
        "kind: deadmansnitch",
    ] {
        let policy = format!(
            "  alertPolicies: [{{ kind: AlertPolicy, metadata: {{ name: p }}, spec: {{ conditions: [{{ kind: AlertCondition, \
             metadata: {{ name: c }}, spec: {{ severity: page, condition: {{ {condition} }} }} }}] }} }}]\n  service: s\n"
        );
        text.push_str(&format!("# {condition}\n{}", changed("  service: s\n", &policy)));
    }
    expect![[r##"
        # kind: burnrate, op: lte, threshold: 2, lookbackWindow: 1h, alertAfter: 5m
        a.yaml:5:188 warning approximated: "op: lte" would alert while little burns: read as gte
            write op: gte
        # kind: burnrate, op: gte, threshold: 1000, lookbackWindow: 1h
        a.yaml:5:204 error bad-value: a burn rate of "1000" over this window spends no share of the budget
            write one above 0 that spends at most the whole budget within the window
        # kind: burnrate, op: gte, threshold: fast, lookbackWindow: soon
        a.yaml:5:226 error bad-duration: "lookbackWindow" "soon" is not a length of time
            write a number and one of m, h, d, w
        # kind: burnrate, op: gte
        a.yaml:5:166 error missing-field: "AlertCondition.spec.condition.threshold" is missing
            write a burn rate, such as 14.4
        a.yaml:5:166 error missing-field: "AlertCondition.spec.condition.lookbackWindow" is missing
            write a window, such as 1h
        # kind: deadmansnitch
        a.yaml:5:174 error not-supported: a condition of kind "deadmansnitch" is not read
            write kind: burnrate
    "##]]
    .assert_eq(&text);
}
