//! Files in; diagnostics, objectives and rules out.

mod cases;
mod conformance;
mod laws;
mod lines;
mod numbers;
mod openslo;
mod rules;
mod service;
mod sloth;

use expect_test::Expect;

use crate::{Declared, Loaded, Source, read};

/// Sloth's plain form with two objectives, alerts with labels, and one switched off.
const SLOTH: &str = include_str!("tests/fixtures/sloth.yaml");
/// The same in an object of Kubernetes.
const KUBERNETES: &str = include_str!("tests/fixtures/kubernetes.yaml");
/// Every kind of OpenSLO v1, naming each other.
const OPENSLO: &str = include_str!("tests/fixtures/openslo.yaml");
/// OpenSLO v1alpha.
const ALPHA: &str = include_str!("tests/fixtures/alpha.yaml");
/// Windows for a week.
const WINDOWS: &str = include_str!("tests/fixtures/windows.yaml");

fn source(text: &str) -> Source {
    Source { path: "a.yaml".to_owned(), text: text.to_owned() }
}

fn load(text: &str) -> Loaded {
    read(&[source(text)], &[])
}

/// Reads a file without any mistake or remark.
fn clean(text: &str) -> Vec<Declared> {
    let loaded = load(text);
    assert!(loaded.diagnostics.is_empty(), "{:#?}", loaded.diagnostics);
    loaded.declared
}

fn told(loaded: &Loaded) -> String {
    let line = |d: &crate::Diagnostic| {
        format!("{}:{}:{} {} {}: {}\n    {}\n", d.file, d.line, d.column, d.severity, d.rule, d.message, d.remedy)
    };
    loaded.diagnostics.iter().map(line).collect()
}

/// Compares the diagnostics of a file with a table.
#[expect(clippy::needless_pass_by_value, reason = "reads as a table")]
fn check(text: &str, want: Expect) {
    want.assert_eq(&told(&load(text)));
}

/// Compares the objectives of a file with a table, a line each.
#[expect(clippy::needless_pass_by_value, reason = "reads as a table")]
fn objectives(loaded: &Loaded, want: Expect) {
    let lines = loaded.declared.iter().map(|one| {
        let o = &one.objective;
        let head = format!("{} [{} {}] {} {:?} {:?}", o.name, o.service, one.slo, o.target, o.period, o.counting);
        let tiers = one.tiers().into_iter().map(|tier| {
            format!("\n  {:?} {}/{} s {}", tier.urgency, tier.long_seconds, tier.short_seconds, tier.budget)
        });
        format!("{head}\n  {:?}{}\n", o.indicator, tiers.collect::<String>())
    });
    want.assert_eq(&lines.collect::<String>());
}
