//! Debian's Prometheus with a past of three days and rules as Sloth writes them, and how fast it evaluates them.

use std::fmt::Write as _;
use std::path::Path;
use std::time::{Duration, Instant};

use super::memory::fresh;
use super::series::{Counters, METRIC, now};
use crate::conformance::http::{ask, get, wait};
use crate::conformance::install::{Programs, programs};
use crate::conformance::world::{Running, free_address};
use crate::shell::{Outcome, command, read};

/// How often it scrapes, in seconds: its default. Each sample of a window costs it time.
const SCRAPED_EVERY: u64 = 60;

/// How often it evaluates, in seconds: what one evaluation costs does not depend on it.
const EVERY: u64 = 15;

/// Length of its blocks, in seconds.
const BLOCK: u64 = 7_200;

/// The past that it is given, in seconds: the longest window of the four tiers, and an hour.
const PAST: u64 = 73 * 3_600;

/// How long it is watched without rules and with them.
const WATCHED: Duration = Duration::from_secs(4 * EVERY);

/// Longest wait for it to be ready, or to have evaluated every rule.
const READY_WITHIN: Duration = Duration::from_secs(180);

/// Longest wait for it to join blocks, which it looks at once a minute.
const JOINED_WITHIN: Duration = Duration::from_secs(300);

/// Blocks of three days, joined: six of 18 hours at most, and what is too young.
const BLOCKS_MAX: f64 = 12.0;

/// Windows of the recordings; the last one is summed of what the first recorded.
const WINDOWS: [&str; 7] = ["5m", "30m", "1h", "2h", "6h", "1d", "3d"];

/// Rules of one objective.
const RULES: u64 = WINDOWS.len() as u64 + 3;

/// What it came to.
pub(super) struct Measured {
    /// Objectives that were evaluated, each time counted.
    pub(super) evaluations: f64,
    /// A second of the time that it says its rules took.
    pub(super) by_rules: f64,
    /// A second of its processor time, without what it used when it had no rules.
    pub(super) by_processor: f64,
}

/// Its own counters at an instant.
#[derive(Clone, Copy)]
struct Reading {
    at: Instant,
    processor: f64,
    rules: f64,
    rules_seconds: f64,
    failures: f64,
}

/// Starts it on a past, lets it settle, lets it evaluate, and measures.
///
/// # Errors
/// When it cannot be had or started, or a rule fails.
pub(super) fn run(objectives: u64) -> Outcome<Measured> {
    let programs = programs()?;
    let folder = fresh("prometheus")?;
    let counters = Counters { services: objectives, begin: now() / BLOCK * BLOCK - PAST };
    remember(&programs, &folder, counters)?;
    let target = counters.serve()?;
    let config = format!(
        "global:\n  scrape_interval: {SCRAPED_EVERY}s\n  evaluation_interval: {EVERY}s\nrule_files: [rules.yml]\nscrape_configs:\n  \
         - job_name: services\n    static_configs: [{{ targets: [\"{target}\"] }}]\n"
    );
    write(&folder.join("prometheus.yml"), &config)?;
    write(&folder.join("rules.yml"), "groups: []\n")?;
    let listen = free_address()?;
    let mut prometheus = command(&programs.prometheus);
    prometheus.current_dir(&folder).args(["--config.file=prometheus.yml", "--storage.tsdb.path=data"]);
    prometheus.args(["--log.level=warn", "--web.enable-lifecycle"]).arg(format!("--web.listen-address={listen}"));
    let _running = Running::start(&mut prometheus, &folder.join("prometheus.log"))?;
    let base = format!("http://{listen}");
    wait("Prometheus", READY_WITHIN, || ask("GET", &base, "/-/ready", "", None).map(Some))?;
    eprintln!("waiting until Prometheus has joined the blocks of its past, as it would have done over the days");
    wait("the past is joined", JOINED_WITHIN, || joined(&base))?;
    watch(&base, &folder, objectives)
}

/// Says whether the past is in as few blocks as it will be, and nothing is being joined.
fn joined(base: &str) -> Outcome<Option<()>> {
    let text = || ask("GET", base, "/metrics", "", None);
    let before = text()?;
    std::thread::sleep(Duration::from_secs(5));
    let after = text()?;
    let is_still =
        sum(&before, "prometheus_tsdb_compactions_total") == sum(&after, "prometheus_tsdb_compactions_total");
    let blocks = sum(&after, "prometheus_tsdb_blocks_loaded");
    Ok((is_still && blocks <= BLOCKS_MAX).then_some(()))
}

fn watch(base: &str, folder: &Path, objectives: u64) -> Outcome<Measured> {
    std::thread::sleep(Duration::from_secs(2 * EVERY));
    eprintln!("watching Prometheus without rules for {WATCHED:?}");
    let idle = Period::watch(base)?;
    write(&folder.join("rules.yml"), &rules(objectives))?;
    ask("POST", base, "/-/reload", "", None)?;
    wait("every rule was evaluated", READY_WITHIN, || {
        let count = get(base, "/api/v1/query?query=count(slo%3Asli_error%3Aratio_rate3d)", "")?;
        let seen = count["data"]["result"][0]["value"][1].as_str().and_then(|count| count.parse().ok());
        Ok(Some(()).filter(|()| seen == Some(objectives)))
    })?;
    eprintln!("watching Prometheus with {} rules for {WATCHED:?}", objectives * RULES);
    let busy = Period::watch(base)?;
    if busy.end.failures > 0.0 {
        return Err(format!("{} evaluations of rules failed in Prometheus", busy.end.failures));
    }
    let evaluations = (busy.end.rules - busy.begin.rules) / RULES as f64;
    let spent = busy.processor() - idle.processor() * busy.seconds() / idle.seconds();
    Ok(Measured {
        evaluations,
        by_rules: evaluations / (busy.end.rules_seconds - busy.begin.rules_seconds),
        by_processor: evaluations / spent,
    })
}

/// Two readings, some time apart.
struct Period {
    begin: Reading,
    end: Reading,
}

impl Period {
    fn watch(base: &str) -> Outcome<Self> {
        let begin = Reading::take(base)?;
        std::thread::sleep(WATCHED);
        Ok(Self { begin, end: Reading::take(base)? })
    }

    fn seconds(&self) -> f64 {
        self.end.at.duration_since(self.begin.at).as_secs_f64()
    }

    fn processor(&self) -> f64 {
        self.end.processor - self.begin.processor
    }
}

impl Reading {
    fn take(base: &str) -> Outcome<Self> {
        let text = ask("GET", base, "/metrics", "", None)?;
        let sum = |name: &str| sum(&text, name);
        Ok(Self {
            at: Instant::now(),
            processor: sum("process_cpu_seconds_total"),
            rules: sum("prometheus_rule_evaluations_total"),
            rules_seconds: sum("prometheus_rule_evaluation_duration_seconds_sum"),
            failures: sum("prometheus_rule_evaluation_failures_total"),
        })
    }
}

/// The sum of every series of a name.
fn sum(text: &str, name: &str) -> f64 {
    let values = text.lines().filter_map(|line| {
        let rest = line.strip_prefix(name)?;
        let is_it = rest.starts_with(['{', ' ']);
        is_it.then(|| rest.rsplit(' ').next()?.parse::<f64>().ok()).flatten()
    });
    values.sum()
}

/// Puts the past on disk, block by block.
fn remember(programs: &Programs, folder: &Path, counters: Counters) -> Outcome {
    let (end, file) = (now(), folder.join("past.txt"));
    for from in (counters.begin..end).step_by(usize::try_from(BLOCK).unwrap_or(usize::MAX)) {
        write(&file, &counters.past(from, end.min(from + BLOCK), SCRAPED_EVERY))?;
        read(
            command(&programs.promtool)
                .args(["tsdb", "create-blocks-from", "openmetrics", "--quiet"])
                .args([&file, &folder.join("data")]),
        )?;
        let done = (from - counters.begin) / BLOCK + 1;
        eprintln!("block {done} of {} written", (end - counters.begin).div_ceil(BLOCK));
    }
    std::fs::remove_file(&file).map_err(|error| format!("could not remove \"{}\": {error}", file.display()))
}

/// Rules of every objective: two groups, as Sloth has them without its constants.
fn rules(objectives: u64) -> String {
    let mut text = "groups:\n".to_owned();
    for service in 0..objectives {
        // Writing to a string cannot fail.
        let _ok = write!(text, "- name: recordings-s{service}\n  rules:\n");
        for window in WINDOWS {
            let rate = |labels: &str| format!("sum(rate({METRIC}{{service=\"s{service}\"{labels}}}[{window}]))");
            let expr = format!("({}) / ({})", rate(",code=~\"5..\""), rate(""));
            record(&mut text, service, window, &expr);
        }
        let recorded = format!("slo:sli_error:ratio_rate5m{{sloth_id=\"s{service}\"}}[30d]");
        let expr = format!("sum_over_time({recorded}) / ignoring (sloth_window) count_over_time({recorded})");
        record(&mut text, service, "30d", &expr);
        let _ok = write!(text, "- name: alerts-s{service}\n  rules:\n");
        alert(&mut text, service, "page", [("5m", "1h", 14.4), ("30m", "6h", 6.0)]);
        alert(&mut text, service, "ticket", [("2h", "1d", 3.0), ("6h", "3d", 1.0)]);
    }
    text
}

fn record(text: &mut String, service: u64, window: &str, expr: &str) {
    let labels = format!("{{ sloth_id: s{service}, sloth_service: s{service}, sloth_window: {window} }}");
    let _ok = write!(text, "  - record: slo:sli_error:ratio_rate{window}\n    expr: '{expr}'\n    labels: {labels}\n");
}

fn alert(text: &mut String, service: u64, severity: &str, tiers: [(&str, &str, f64); 2]) {
    let burns = |window: &str, factor: f64| {
        format!(
            "max(slo:sli_error:ratio_rate{window}{{sloth_id=\"s{service}\"}} > ({factor} * 0.001)) without (sloth_window)"
        )
    };
    let both =
        |(short, long, factor): (&str, &str, f64)| format!("({} and {})", burns(short, factor), burns(long, factor));
    let expr = tiers.map(both).join(" or ");
    let _ok = write!(text, "  - alert: Burns\n    expr: '{expr}'\n    labels: {{ sloth_severity: {severity} }}\n");
}

fn write(path: &Path, text: &str) -> Outcome {
    std::fs::write(path, text).map_err(|error| format!("could not write \"{}\": {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::{RULES, rules, sum};

    #[test]
    fn sums_series_of_one_name() {
        let text = "# TYPE a counter\na{b=\"1\"} 2\na{b=\"2\"} 3.5\na_sum 100\na 1e1\n";
        assert_eq!(sum(text, "a"), 15.5);
        assert_eq!(sum(text, "b"), 0.0);
    }

    #[test]
    fn every_objective_has_its_rules() {
        let text = rules(3);
        let of = |word: &str| text.lines().filter(|line| line.trim_start().starts_with(word)).count() as u64;
        assert_eq!(of("- record:") + of("- alert:"), 3 * RULES);
    }
}
