//! Rules of our own fixtures, whole and by their numbers.

use expect_test::{expect, expect_file};

use super::*;
use crate::{Group, Unwritable, groups, yaml};

pub(super) fn all(declared: &[Declared]) -> Vec<Group> {
    declared.iter().flat_map(|one| groups(one).expect("rules")).collect()
}

#[test]
fn rules_of_a_file() {
    expect_file!["./fixtures/sloth.rules.yaml"].assert_eq(&yaml(&all(&clean(SLOTH)[..1]), None));
}

#[test]
fn rules_of_an_object() {
    let declared = clean(KUBERNETES);
    let text = yaml(&all(&declared), declared[0].object.as_ref());
    let head: String = text.lines().take(14).map(|line| format!("{line}\n")).collect();
    expect![[r#"
        apiVersion: monitoring.coreos.com/v1
        kind: PrometheusRule
        metadata:
          name: "checkout"
          namespace: "shop"
          labels:
            "app.kubernetes.io/part-of": "shop"
        spec:
          groups:
          - name: "slo-sli-recordings-checkout-orders"
            interval: 1m
            rules:
            - record: slo:sli_error:ratio_rate5m
              expr: |-
    "#]]
    .assert_eq(&head);
    let numbers = numbers::of(&text);
    let alerts: Vec<_> = numbers["checkout-orders"].alerts.keys().collect();
    assert_eq!(alerts, [&("OrdersFail".to_owned(), "page".to_owned())], "tickets are switched off");
}

#[test]
fn indicators_and_ways_to_count() {
    let declared: Vec<Declared> = clean(OPENSLO).into_iter().chain(clean(ALPHA)).collect();
    let mut text = String::new();
    for group in all(&declared).iter().filter(|group| group.name.starts_with("slo-sli")) {
        let rules = group.rules.iter();
        for rule in rules {
            if let crate::PrometheusRule::Record { record, expr, .. } = rule
                && (record.ends_with("rate1h") || record.ends_with("rate30d") || record.contains(":rate"))
            {
                text.push_str(&format!("{} {record}\n{expr}\n", group.name));
            }
        }
    }
    expect![[r#"
        slo-sli-recordings-search-search-mean slo:sli_error:ratio_rate1h
        avg_over_time((
        (
        (1 - (avg_over_time((search_ok_ratio)[1m:])))
        ) >= 0
        )[1h:1m])
        slo-sli-recordings-search-search-results slo:sli_error:ratio_rate1h
        1 - (
          (sum(rate(search_total{result="ok"}[1h])))
          /
          (sum(rate(search_total[1h])))
        )
        slo-sli-recordings-search-search-results slo:sli_bad:rate5m
        (sum(rate(search_total[5m])))
        -
        (sum(rate(search_total{result="ok"}[5m])))
        slo-sli-recordings-search-search-results slo:sli_total:rate5m
        sum(rate(search_total[5m]))
        slo-sli-recordings-search-search-results slo:sli_error:ratio_rate30d
        sum_over_time(slo:sli_bad:rate5m{sloth_id="search-search-results", sloth_service="search", sloth_slo="search-results"}[30d])
        /
        sum_over_time(slo:sli_total:rate5m{sloth_id="search-search-results", sloth_service="search", sloth_slo="search-results"}[30d])
        slo-sli-recordings-search-search-time-0 slo:sli_error:ratio_rate1h
        avg_over_time((
        (
        (1 - avg(avg_over_time(((search_seconds) < bool 0.5)[1m:])))
        ) > bool 0.05
        )[1h:1m])
        slo-sli-recordings-search-search-time-0 slo:sli_error:ratio_rate30d
        avg_over_time(slo:sli_error:ratio_rate5m{sloth_id="search-search-time-0", sloth_service="search", sloth_slo="search-time-0"}[30d])
        slo-sli-recordings-search-search-time-1 slo:sli_error:ratio_rate1h
        avg_over_time((
        (
        (1 - avg(avg_over_time(((search_seconds) <= bool 2)[5m:])))
        ) > bool 0.05
        )[1h:5m])
        slo-sli-recordings-search-search-time-1 slo:sli_error:ratio_rate30d
        avg_over_time(slo:sli_error:ratio_rate5m{sloth_id="search-search-time-1", sloth_service="search", sloth_slo="search-time-1"}[30d])
        slo-sli-recordings-checkout-baskets-0 slo:sli_error:ratio_rate1h
        1 - (
          (sum(rate(http_requests_total{code!~"5.."}[1h])))
          /
          (sum(rate(http_requests_total[1h])))
        )
        slo-sli-recordings-checkout-baskets-0 slo:sli_bad:rate5m
        (sum(rate(http_requests_total[5m])))
        -
        (sum(rate(http_requests_total{code!~"5.."}[5m])))
        slo-sli-recordings-checkout-baskets-0 slo:sli_total:rate5m
        sum(rate(http_requests_total[5m]))
        slo-sli-recordings-checkout-baskets-1 slo:sli_error:ratio_rate1h
        (sum(rate(slow_total[1h])))
        /
        (sum(rate(http_requests_total[1h])))
        slo-sli-recordings-checkout-baskets-1 slo:sli_bad:rate5m
        sum(rate(slow_total[5m]))
        slo-sli-recordings-checkout-baskets-1 slo:sli_total:rate5m
        sum(rate(http_requests_total[5m]))
    "#]].assert_eq(&text);
}

#[test]
fn what_no_prometheus_sees_has_no_rules() {
    let mut declared = clean(SLOTH).remove(0);
    declared.objective.indicator = seaworthy_contract::catalogue::Indicator::Probe { probe: "buy".to_owned() };
    assert_eq!(groups(&declared), Err(Unwritable::NotInPrometheus));
    let mut declared = clean(OPENSLO).pop().expect("several");
    declared.objective.counting = seaworthy_contract::catalogue::Counting::RatioTimeslices { slice_seconds: 3_600 };
    let refused = groups(&declared).expect_err("a slice of an hour");
    assert_eq!(refused.to_string(), "its slices of time are longer than its window of 5m");
}

#[test]
fn a_number_that_differs_is_found() {
    let ours = yaml(&all(&clean(SLOTH)), None);
    numbers::assert_same(&ours, &ours);
    for (from, to) in
        [("14.4 *", "14.5 *"), ("vector(0.999)", "vector(0.99)"), ("money", "honey"), ("vector(30)", "vector(28)")]
    {
        assert!(ours.contains(from), "{from}");
        let theirs = ours.replacen(from, to, 1);
        let same = std::panic::catch_unwind(|| numbers::assert_same(&ours, &theirs));
        assert!(same.is_err(), "{from} -> {to}");
    }
}
