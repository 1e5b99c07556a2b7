//! Decision tables: files in, facts out. What every collector must hold stands here, each one's own beside it.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use expect_test::Expect;
use jiff::Timestamp;
use proptest::prelude::*;

use crate::{Asked, COLLECTORS, CollectError, Observed, Reached, Value, collector};

mod manifests;
mod others;
mod pipelines;
mod reports;
mod repositories;

/// A directory that goes with its test.
struct Directory(PathBuf);

impl Directory {
    /// Writes files: each after a line `== path`.
    fn of(input: &str) -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let top = std::env::temp_dir().join(format!("seaworthy-collectors-{}-{number}", std::process::id()));
        fs::create_dir_all(&top).unwrap();
        for file in format!("\n{input}").split("\n== ").skip(1) {
            let (path, text) = file.split_once('\n').unwrap_or((file, ""));
            let path = top.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        Self(top)
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.0).unwrap();
    }
}

fn now() -> Timestamp {
    "2026-06-01T00:00:00Z".parse().unwrap()
}

fn nothing_answers(_: &str) -> Reached {
    Reached::default()
}

fn look(name: &str, path: &Path, reach: &dyn Fn(&str) -> Reached) -> Result<Observed, CollectError> {
    let service = "shop".parse().unwrap();
    collector(name).unwrap().collect(&Asked { path, service: &service, members: &[], now: now(), reach })
}

fn told(looked: Result<Observed, CollectError>, top: &Path) -> String {
    match looked {
        Ok(observed) => observed
            .facts
            .iter()
            .map(|fact| {
                let value = match &fact.value {
                    Value::Bool(value) => value.to_string(),
                    Value::Number(value) => value.to_string(),
                    Value::Text(value) => value.clone(),
                    Value::List(values) => format!("[{}]", values.join(", ")),
                };
                format!("{} {value}\n", fact.key)
            })
            .collect(),
        Err(error) => {
            let hint = error.hint();
            assert!(!hint.is_empty());
            format!("error: {error}; {hint}\n").replace(&*top.to_string_lossy(), "DIR")
        }
    }
}

/// Collects from a directory of files.
#[expect(clippy::needless_pass_by_value, reason = "reads as a table")]
fn check(name: &str, input: &str, want: Expect) {
    let directory = Directory::of(input);
    want.assert_eq(&told(look(name, &directory.0, &nothing_answers), &directory.0));
}

/// Every key that docs/facts.md lists, and every key that the sources write.
#[test]
fn keys_are_documented_and_no_others() {
    let docs = include_str!("../../../../docs/facts.md");
    let mut documented: Vec<&str> =
        docs.lines().filter_map(|line| line.strip_prefix("| `")?.split('`').next()).collect();
    documented.sort_unstable();
    let mut written: Vec<String> = Vec::new();
    for entry in fs::read_dir("src").unwrap().chain(fs::read_dir("src/kubernetes").unwrap()) {
        let path = entry.unwrap().path();
        if path.is_file() && path.file_name().is_some_and(|name| name != "tests.rs" && name != "fact.rs") {
            let text = fs::read_to_string(&path).unwrap();
            for call in ["count(", "number(", "list(", "is(", "text(", "days("] {
                for rest in text.split(&format!("facts.{call}")).skip(1) {
                    let key = rest.trim_start().strip_prefix('"').or(rest.trim_start().strip_prefix("facts, \""));
                    written.extend(key.and_then(|rest| rest.split('"').next()).map(str::to_owned));
                }
            }
        }
    }
    written.sort();
    written.dedup();
    assert_eq!(documented, written);
    for collector in COLLECTORS {
        assert!(docs.contains(collector.name), "docs/facts.md does not name \"{}\"", collector.name);
        assert!(!collector.reads.is_empty());
    }
}

#[test]
fn collectors_are_sorted_and_found_by_name() {
    let names: Vec<&str> = COLLECTORS.iter().map(|collector| collector.name).collect();
    assert!(names.is_sorted(), "{names:?}");
    assert!(collector("git").is_some() && collector("Git").is_none());
}

/// What is not there, is empty, is of another kind or no text gives an error with a hint, and no fact.
#[test]
fn what_says_nothing_is_an_error() {
    let directory =
        Directory::of("== a.yaml\nx: y\n== b.json\n{}\n== c.xml\n<a/>\n== d.csv\n\n== e.txt\n# none\n== go.sum\n\n");
    for collector in COLLECTORS.iter().filter(|collector| collector.name != "postgresql") {
        for path in [directory.0.clone(), directory.0.join("gone"), directory.0.join("a.yaml")] {
            let looked = look(collector.name, &path, &nothing_answers);
            let error = looked.map(|observed| format!("{observed:?}")).expect_err(collector.name);
            assert!(!error.to_string().is_empty() && !error.hint().is_empty());
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn no_bytes_panic(bytes: Vec<u8>, text in "[a-z<>/{}\\[\\]\":,=' \n&*|-]{0,200}") {
        let directory = Directory::of("");
        for bytes in [bytes, text.into_bytes()] {
            for name in ["a.yaml", "a.json", "a.xml", "a.csv", "go.sum", "Cargo.lock", "package-lock.json", "a.txt"] {
                fs::write(directory.0.join(name), &bytes).unwrap();
            }
            for collector in COLLECTORS.iter().filter(|collector| !["postgresql", "git"].contains(&collector.name)) {
                look(collector.name, &directory.0, &nothing_answers).ok();
            }
        }
    }
}
