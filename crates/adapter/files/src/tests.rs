//! Decision tables: files in, diagnostics and entities out.

mod actions;
mod backstage;
mod envelope;
mod escalation;
mod laws;
mod objectives;
mod ours;
mod probes;
mod rotation;
mod strangers;
mod variables;
mod whole;

use expect_test::Expect;
use jiff::Timestamp;

use crate::{Loaded, Source, parse};

/// The instant at which tests read: after the start of their rotations.
fn now() -> Timestamp {
    "2026-06-01T00:00:00Z".parse().expect("a time")
}

/// Reads files written one after the other, each after a line `== path`; without one, all is `a.yaml`.
fn read(input: &str) -> Loaded {
    let mut sources: Vec<Source> = Vec::new();
    for line in input.lines() {
        if let Some(path) = line.strip_prefix("== ") {
            sources.push(Source { path: path.to_owned(), text: String::new() });
            continue;
        }
        if sources.is_empty() {
            sources.push(Source { path: "a.yaml".to_owned(), text: String::new() });
        }
        let text = &mut sources.last_mut().expect("one was pushed").text;
        text.push_str(line);
        text.push('\n');
    }
    parse(&sources, now())
}

/// Compares the diagnostics of files with a table.
#[expect(clippy::needless_pass_by_value, reason = "reads as a table")]
fn check(input: &str, want: Expect) {
    let lines = read(input).diagnostics.into_iter().map(|d| {
        let place = format!("{}:{}:{}", d.file, d.line, d.column);
        format!("{place} {} {}: {}\n    {}\n", d.severity, d.rule, d.message, d.remedy)
    });
    want.assert_eq(&lines.collect::<String>());
}

/// Compares the entities of files with a table, one line each.
#[expect(clippy::needless_pass_by_value, reason = "reads as a table")]
fn entities(input: &str, want: Expect) {
    let loaded = read(input);
    let lines = loaded.document.entities.iter().map(|sourced| format!("{} {:?}\n", sourced.source, sourced.entity));
    let people = loaded.document.people.iter().map(|person| format!("{person:?}\n"));
    want.assert_eq(&lines.chain(people).collect::<String>());
}

/// A team with a person on call, for tests about something else.
const TEAM: &str = "
== team.yaml
apiVersion: seaworthy/v1
kind: Team
metadata: { name: shop }
spec: { members: [ann] }
---
apiVersion: seaworthy/v1
kind: Person
metadata: { name: ann }
spec: { contacts: [{ webhook: 'http://127.0.0.1:1/' }] }
---
apiVersion: seaworthy/v1
kind: Rotation
metadata: { name: weekly }
spec: { team: shop, participants: [ann], start: 2026-01-05T09:00, zone: Europe/Berlin, turn: 7d }
";

/// Reads a service whose spec is `spec`, with a team that owns it.
fn check_service(spec: &str, want: Expect) {
    let head = "== a.yaml\napiVersion: seaworthy/v1\nkind: Service\nmetadata: { name: s }\nspec:\n  owner: shop\n";
    check(&format!("{}{head}{spec}", TEAM.trim_start()), want);
}

#[test]
fn rule_ids_are_documented_and_unlike() {
    let docs = include_str!("../../../../docs/files.md");
    for rule in crate::RULES {
        assert!(docs.contains(&format!("| `{rule}` |")), "docs/files.md does not list \"{rule}\"");
        assert_eq!(crate::RULES.iter().filter(|other| *other == rule).count(), 1, "{rule}");
    }
}

/// Every example of the documentation is a file without mistakes.
#[test]
fn documented_examples_are_right() {
    let docs = include_str!("../../../../docs/files.md");
    let blocks = docs.split("```yaml\n").skip(1).filter_map(|rest| rest.split("```").next());
    let sources: Vec<Source> = blocks
        .enumerate()
        .map(|(number, text)| Source { path: format!("{number}.yaml"), text: text.to_owned() })
        .collect();
    assert!(sources.len() >= 5, "an example a kind");
    let loaded = parse(&sources, now());
    assert!(loaded.diagnostics.is_empty(), "{:#?}", loaded.diagnostics);
    assert!(loaded.unrelated.is_empty(), "{:?}", loaded.unrelated);
}
