//! Files in, exit code, standard output and standard error out.

use std::path::PathBuf;

use expect_test::{Expect, expect};

use super::explain::ExplainArgs;
use super::rules::RulesArgs;
use super::*;

const GOOD: &str = "version: prometheus/v1
service: checkout
slos:
  - name: orders
    objective: 99.9
    description: Customers place orders.
    sli: { events: { error_query: 'bad[{{.window}}]', total_query: 'all[{{.window}}]' } }
    alerting: { name: OrdersFail, page_alert: { labels: { receiver: storefront } } }
";

/// A directory that goes with the test.
struct Directory(PathBuf);

impl Directory {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("seaworthy-cli-slo-{name}-{}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.0.join(name);
        fs::write(&path, text).unwrap();
        path
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.0).unwrap();
    }
}

fn files(files: &[&PathBuf]) -> Files {
    Files { files: files.iter().map(|path| (*path).clone()).collect(), windows: None }
}

fn ran(what: What, json: bool, directory: &Directory) -> (u8, String, String) {
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let code = run(&Args { what }, json, &mut out, &mut err);
    let text = |bytes| String::from_utf8(bytes).unwrap().replace(&directory.0.display().to_string(), "DIR");
    (code.expect("it reads files"), text(out), text(err))
}

fn rules(files: Files, out: Option<PathBuf>) -> What {
    What::Rules(RulesArgs { files, out })
}

fn explain(files: Files, rate: f64) -> What {
    What::Explain(ExplainArgs { files, rate })
}

#[expect(clippy::needless_pass_by_value, reason = "reads as a table")]
fn check_err(name: &str, text: &str, code: u8, want: Expect) {
    let directory = Directory::new(name);
    let file = directory.file("a.yaml", text);
    let (ended, out, err) = ran(rules(files(&[&file]), None), false, &directory);
    assert_eq!(ended, code, "{err}");
    assert_eq!(out.is_empty(), code != 0, "everything or nothing: {out}");
    want.assert_eq(&err);
}

#[test]
fn rules_go_to_standard_output() {
    let directory = Directory::new("out");
    let file = directory.file("a.yaml", GOOD);
    let (code, out, err) = ran(rules(files(&[&file]), None), false, &directory);
    assert_eq!((code, err.as_str()), (0, ""));
    assert!(out.starts_with("# Written by \"seaworthy slo rules\""), "{out}");
    assert!(out.contains("> (14.4 * 0.001)") && out.contains("receiver: \"storefront\""), "{out}");
}

#[test]
fn rules_go_to_a_file_as_a_whole_or_not_at_all() {
    let directory = Directory::new("file");
    let (good, bad) = (directory.file("a.yaml", GOOD), directory.file("b.yaml", &GOOD.replace("99.9", "100")));
    let target = directory.0.join("rules.yaml");
    let (code, out, _) = ran(rules(files(&[&good]), Some(target.clone())), false, &directory);
    assert_eq!((code, out.as_str()), (0, ""));
    let written = fs::read_to_string(&target).unwrap();
    assert!(written.contains("groups:"));
    let (code, out, err) = ran(rules(files(&[&good, &bad]), Some(target.clone())), false, &directory);
    assert_eq!((code, out.as_str()), (1, ""));
    assert!(err.contains("DIR/b.yaml:5:16: error: a target of \"100\""), "{err}");
    assert_eq!(fs::read_to_string(&target).unwrap(), written, "the good rules stay");
    let nowhere = directory.0.join("no/such/rules.yaml");
    assert_eq!(ran(rules(files(&[&good]), Some(nowhere)), false, &directory).0, 2);
}

#[test]
fn what_is_refused_has_its_place() {
    check_err(
        "plugin",
        &GOOD.replace("events: {", "plugin: { id: ours,"),
        1,
        expect![[r#"
        DIR/a.yaml:7:26: error: indicator plugin "ours" is a program in Go that only Sloth runs [not-supported]
          hint: write the queries that it makes under sli.events
    "#]],
    );
    check_err(
        "never",
        &GOOD.replace("99.9", "90"),
        0,
        expect![[r#"
        DIR/a.yaml:4:1: warning: "checkout-orders": tier 1 can never fire: it wants a burn of 14.40, and a total outage burns 10.00; lower its budget or lengthen its long window [tier-never-fires]
          hint: "seaworthy slo explain" shows its tiers
    "#]],
    );
    let openslo = "apiVersion: openslo/v1\nkind: SLO\nmetadata: { name: a }\nspec:\n  service: s\n  indicator: { metadata: { name: i }, spec: { thresholdMetric: { metricSource: { type: Any } } } }\n  timeWindow: [{ duration: 1M, isRolling: false, calendar: { startTime: 2026-01-01 00:00:00, timeZone: UTC } }]\n  budgetingMethod: Occurrences\n  objectives: [{ op: lt, value: 1, target: 0.99 }]\n";
    check_err(
        "any",
        openslo,
        1,
        expect![[r#"
        DIR/a.yaml:6:88: warning: a source of type "Any" is not asked: its counts must be sent [not-measured]
          hint: send counts to POST /v1/kpi as series "a", or write type: Prometheus with a query
        DIR/a.yaml:9:1: error: could not write rules for "a": what it measures is not in a Prometheus [not-supported]
          hint: leave it out here; "seaworthy slo explain" takes it
    "#]],
    );
    let prometheus = openslo.replace("type: Any", "type: Prometheus, spec: { query: q }");
    check_err(
        "calendar",
        &prometheus,
        0,
        expect![[r#"
        DIR/a.yaml:9:1: warning: "a": a Prometheus has no calendar, rules look 30 days back [approximated]
    "#]],
    );
    check_err(
        "other",
        "kind: ConfigMap\n",
        1,
        expect![[r#"
        DIR/a.yaml:1:1: error: version "none" is neither OpenSLO's nor Sloth's [api-version]
          hint: write apiVersion: openslo/v1 or openslo/v1alpha, version: prometheus/v1, apiVersion: sloth.slok.dev/v1 with kind PrometheusServiceLevel or AlertWindows, or apiVersion: seaworthy/v1 with kind Service
    "#]],
    );
}

#[test]
fn files_that_cannot_be_read() {
    let directory = Directory::new("unreadable");
    let missing = directory.0.join("none.yaml");
    let (code, _, err) = ran(rules(files(&[&missing]), None), false, &directory);
    assert_eq!(code, 2);
    assert!(err.starts_with("error: could not read \"DIR/none.yaml\""), "{err}");
    let large = directory.file("large.yaml", &"#\n".repeat((1 << 20) + 1));
    assert_eq!(ran(rules(files(&[&large]), None), false, &directory).0, 2);
    let good = directory.file("a.yaml", GOOD);
    fs::create_dir(directory.0.join("empty")).unwrap();
    let without = Files { windows: Some(directory.0.join("empty")), ..files(&[&good]) };
    let (code, _, err) = ran(rules(without, None), false, &directory);
    assert_eq!(code, 2);
    assert!(err.contains("it holds 0 files"), "{err}");
}

#[test]
fn kubernetes_and_plain_do_not_mix() {
    let directory = Directory::new("mix");
    let object = GOOD.replace("version: prometheus/v1\n", "").replace("_query", "Query");
    let indented: String = object.lines().map(|line| format!("  {line}\n")).collect();
    let head = "apiVersion: sloth.slok.dev/v1\nkind: PrometheusServiceLevel\nmetadata: { name: a }\nspec:\n";
    let object = directory.file("k.yaml", &format!("{head}{}", indented.replace("checkout", "basket")));
    let plain = directory.file("a.yaml", GOOD);
    let (code, out, err) = ran(rules(files(&[&object]), None), false, &directory);
    assert_eq!(code, 0, "{err}");
    assert!(out.contains("kind: PrometheusRule"), "{out}");
    let (code, out, err) = ran(rules(files(&[&object, &plain]), None), false, &directory);
    assert_eq!((code, out.as_str()), (2, ""));
    assert!(err.contains("objects of Kubernetes"), "{err}");
}

#[test]
fn for_programs() {
    let directory = Directory::new("json");
    let (good, bad) = (directory.file("a.yaml", GOOD), directory.file("b.yaml", &GOOD.replace("99.9", "100")));
    let (code, out, err) = ran(rules(files(&[&good, &bad]), None), true, &directory);
    assert_eq!((code, err.as_str()), (1, ""));
    let value: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!(value["objectives"][0]["objective"]["target"], 0.999);
    assert_eq!(value["groups"].as_array().map(Vec::len), Some(3));
    assert_eq!(value["diagnostics"][0]["rule"], "objective-target");
    let (code, out, _) = ran(explain(files(&[&good]), 3_600.0), true, &directory);
    let value: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!((code, &value["objectives"][0]["alerts"][0]["burn"]), (0, &serde_json::json!(14.4)));
}

#[test]
fn explained_in_words_and_as_a_table() {
    let directory = Directory::new("explain");
    let file = directory.file("a.yaml", GOOD);
    let (code, out, err) = ran(explain(files(&[&file]), 360_000.0), false, &directory);
    assert_eq!((code, err.as_str()), (0, ""));
    expect![[r#"
        checkout-orders (DIR/a.yaml:4)
          Customers place orders.
          99.9% of the last 30 days: 0.1% of events may be bad, as many as in 43 min 12 s of a total outage
          tier 1, page: above 1.44% bad in the last 1 h and in the last 5 min (burn 14.4, 2% of the budget)
          tier 2, page: above 0.6% bad in the last 6 h and in the last 30 min (burn 6.0, 5% of the budget)
          tier 3, ticket: above 0.3% bad in the last 1 d and in the last 2 h (burn 3.0, 10% of the budget)
          tier 4, ticket: above 0.1% bad in the last 3 d and in the last 6 h (burn 1.0, 10% of the budget)
          100% failing at 100 req/s: page after 52 s, ticket after 4 min 19 s
          10% failing at 100 req/s: page after 8 min 38 s, ticket after 43 min 12 s
          1% failing at 100 req/s: page after 3 h 36 min, ticket after 7 h 12 min
          0.2% failing at 100 req/s: page never, ticket after 1 d 13 h
          below 69.4 events an hour one error would page without the guard for low traffic
          the guard for low traffic costs nothing at this rate

          ALERT   LONG  SHORT   BURN  FAILURES ABOVE  OF BUDGET
          page      1h     5m  14.40           1.44%         2%
          page      6h    30m   6.00            0.6%         5%
          ticket    1d     2h   3.00            0.3%        10%
          ticket    3d     6h   1.00            0.1%        10%
    "#]]
    .assert_eq(&out);
    let off = GOOD.replace("labels: { receiver: storefront } }", "disable: true }, ticket_alert: { disable: true }");
    let file = directory.file("off.yaml", &off);
    let (code, out, err) = ran(explain(files(&[&file]), 360_000.0), false, &directory);
    assert_eq!((code, err.as_str()), (0, ""));
    expect![[r#"
        checkout-orders (DIR/off.yaml:4)
          Customers place orders.
          alerts are switched off: nothing pages, nothing becomes a ticket
    "#]]
    .assert_eq(&out);
}

#[test]
fn the_line_of_a_service_is_explained_and_is_no_rule_of_a_prometheus() {
    let directory = Directory::new("service");
    let hello = include_str!("../../../../../../examples/hello/hello.yaml");
    let file = directory.file("hello.yaml", hello);
    let (code, out, err) = ran(explain(files(&[&file]), 360_000.0), false, &directory);
    assert_eq!((code, err.as_str()), (0, ""));
    let line = hello.lines().position(|line| line.trim_start().starts_with("objective:")).expect("it has one") + 1;
    assert!(
        out.starts_with(&format!("hello-availability (DIR/hello.yaml:{line})\n  99.9% of the last 30 days")),
        "{out}"
    );
    assert!(out.contains("100% failing at 100 req/s: page after 52 s"), "{out}");
    let (code, out, err) = ran(rules(files(&[&file]), None), false, &directory);
    assert_eq!((code, out.as_str()), (1, ""));
    assert!(err.contains("\"hello-availability\": what it measures is not in a Prometheus"), "{err}");
}

#[test]
fn slices_are_explained_as_slices() {
    let directory = Directory::new("slices");
    let slo = "apiVersion: openslo/v1\nkind: SLO\nmetadata: { name: a }\nspec:\n  service: s\n  indicator: { metadata: { name: i }, spec: { ratioMetric: { raw: { metricSource: { type: Prometheus, spec: { query: q } } } } } }\n  timeWindow: [{ duration: 28d, isRolling: true }]\n  budgetingMethod: Timeslices\n  objectives: [{ target: 0.99, timeSliceTarget: 0.95, timeSliceWindow: 5m }]\n";
    let file = directory.file("a.yaml", slo);
    let (code, out, _) = ran(explain(files(&[&file]), 60.0), false, &directory);
    assert_eq!(code, 0);
    assert!(out.contains("an event is a slice of 5m, bad when fewer than 95% of what happened in it is good"), "{out}");
    assert!(!out.contains("req/h"), "slices know no traffic: {out}");
}

#[test]
fn windows_of_a_directory_are_chosen_by_period() {
    let directory = Directory::new("windows");
    let good = directory.file("a.yaml", GOOD);
    let windows = directory.0.join("windows");
    fs::create_dir(&windows).unwrap();
    let week = "apiVersion: sloth.slok.dev/v1\nkind: AlertWindows\nspec:\n  sloPeriod: 7d\n  page: { quick: { errorBudgetPercent: 8, shortWindow: 5m, longWindow: 1h }, slow: { errorBudgetPercent: 12.5, shortWindow: 30m, longWindow: 6h } }\n  ticket: { quick: { errorBudgetPercent: 20, shortWindow: 2h, longWindow: 1d }, slow: { errorBudgetPercent: 42, shortWindow: 6h, longWindow: 3d } }\n";
    fs::write(windows.join("7d.yaml"), week).unwrap();
    let with = || Files { windows: Some(windows.clone()), ..files(&[&good]) };
    let (_, only, _) = ran(rules(with(), None), false, &directory);
    assert!(only.contains("vector(7)") && only.contains("ratio_rate1w"), "the only windows there are: {only}");
    fs::write(windows.join("30d.yaml"), week.replace("7d", "30d").replace("8,", "1,")).unwrap();
    let (_, month, _) = ran(rules(with(), None), false, &directory);
    assert!(month.contains("vector(30)") && month.contains("(7.2 * 0.001)"), "those of 30 days: {month}");
}
