//! Test reports as JUnit's XML, which nearly every runner writes: how many ran, failed, were skipped, and how long.

use crate::files::{File, read, source_name};
use crate::xml::{Tag, tags};
use crate::{Asked, CollectError, Collector, Facts};

/// The collector.
pub(crate) const COLLECTOR: Collector =
    Collector { name: "junit", reads: "test reports in JUnit's XML: a file, or all *.xml of a directory", collect };

/// What is counted.
#[derive(Debug, Default)]
struct Counted {
    suites: usize,
    tests: usize,
    failed: usize,
    skipped: usize,
    seconds: f64,
    slowest: f64,
}

/// A suite that is open: what its own cases took, and whether it has any.
#[derive(Debug, Default)]
struct Suite {
    seconds: f64,
    cases: usize,
    /// What its own attributes say, for reports without cases.
    said: [usize; 3],
    said_seconds: f64,
}

fn collect(asked: &Asked<'_>) -> Result<Facts, CollectError> {
    let mut counted = Counted::default();
    let mut reports = 0;
    for file in read(asked.path, "JUnit report", |name| name.ends_with(".xml"))? {
        reports += usize::from(counted.take(&file)?);
    }
    if reports == 0 {
        return Err(CollectError::Nothing { path: asked.path.to_owned(), what: "JUnit report" });
    }
    let mut facts = Facts::of(source_name(asked.path));
    facts.count("tests.suites", counted.suites);
    facts.count("tests.run", counted.tests - counted.skipped.min(counted.tests));
    facts.count("tests.failed", counted.failed);
    facts.count("tests.skipped", counted.skipped);
    facts.number("tests.seconds", rounded(counted.seconds));
    facts.number("tests.slowest_suite_seconds", rounded(counted.slowest));
    Ok(facts)
}

fn rounded(seconds: f64) -> f64 {
    (seconds * 1_000.0).round() / 1_000.0
}

impl Counted {
    /// Adds a report; returns whether it is one.
    fn take(&mut self, file: &File) -> Result<bool, CollectError> {
        let broken = |line: usize| CollectError::Broken {
            file: file.name.clone(),
            what: "a JUnit report",
            why: format!("line {line} is no XML"),
        };
        let tags = tags(&file.text).map_err(broken)?;
        let is_one = tags.iter().find_map(|tag| match tag {
            Tag::Open { name, .. } => Some(name == "testsuites" || name == "testsuite"),
            Tag::Close(_) => None,
        });
        if is_one != Some(true) {
            return Ok(false);
        }
        let mut open: Vec<Suite> = Vec::new();
        // A case that failed and then errored in its teardown failed once.
        let (mut failed, mut skipped) = (false, false);
        for tag in tags {
            match tag {
                Tag::Open { name, attributes, empty } if name == "testsuite" => {
                    let number =
                        |key: &str| attributes.get(key).and_then(|text| text.trim().parse::<usize>().ok()).unwrap_or(0);
                    let said = [
                        number("tests"),
                        number("failures") + number("errors"),
                        number("skipped") + number("disabled"),
                    ];
                    open.push(Suite { said, said_seconds: seconds(attributes.get("time")), ..Suite::default() });
                    if empty {
                        self.close(open.pop());
                    }
                }
                Tag::Open { name, attributes, empty } if name == "testcase" => {
                    (failed, skipped) = (false, false);
                    if let Some(suite) = open.last_mut() {
                        suite.cases += 1;
                        suite.seconds += seconds(attributes.get("time"));
                    }
                    self.tests += 1;
                    if empty && attributes.get("status").is_some_and(|status| status == "notrun") {
                        self.skipped += 1;
                    }
                }
                Tag::Open { name, .. } if name == "failure" || name == "error" => {
                    self.failed += usize::from(!failed);
                    failed = true;
                }
                Tag::Open { name, .. } if name == "skipped" => {
                    self.skipped += usize::from(!skipped);
                    skipped = true;
                }
                Tag::Close(name) if name == "testsuite" => self.close(open.pop()),
                Tag::Open { .. } | Tag::Close(_) => {}
            }
        }
        while let Some(suite) = open.pop() {
            self.close(Some(suite));
        }
        Ok(true)
    }

    fn close(&mut self, suite: Option<Suite>) {
        let Some(suite) = suite else { return };
        let only_said = suite.cases == 0 && suite.said[0] > 0 && self.tests == 0;
        if only_said {
            self.tests += suite.said[0];
            self.failed += suite.said[1];
            self.skipped += suite.said[2];
        }
        if suite.cases > 0 || only_said {
            self.suites += 1;
            // Some runners give a suite's time only, and some only that of its cases.
            let seconds = if suite.seconds > 0.0 { suite.seconds } else { suite.said_seconds };
            self.seconds += seconds;
            self.slowest = self.slowest.max(seconds);
        }
    }
}

/// Reads seconds; thousands are grouped by commas in some reports.
fn seconds(text: Option<&String>) -> f64 {
    let parsed = text.and_then(|text| text.replace(',', "").trim().parse::<f64>().ok());
    parsed.filter(|seconds| seconds.is_finite() && *seconds >= 0.0).unwrap_or(0.0)
}
