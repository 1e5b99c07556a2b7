//! Guessing from words: whether customers feel it, and which symptom it is.

use seaworthy_contract::catalogue::Urgency;

/// Parts of words that speak of machines: customers may never feel it (PRACTICES SLO-09, TEL-11).
const CAUSES: [&str; 26] = [
    "cpu",
    "memory",
    "mem_",
    "oom",
    "disk",
    "filesystem",
    "inode",
    "load1",
    "load5",
    "swap",
    "node",
    "pod",
    "crashloop",
    "restart",
    "replica",
    "kube",
    "container",
    "throttl",
    "queue_depth",
    "connections",
    "heap",
    "gc_",
    "thread",
    "etcd",
    "certificate",
    "scrape",
];

/// Parts of words that speak of what a customer meets.
const SYMPTOMS: [&str; 14] = [
    "error",
    "5xx",
    "availab",
    "latency",
    "slow",
    "duration",
    "burn",
    "slo",
    "probe",
    "down",
    "unreachable",
    "fail",
    "timeout",
    "sli_",
];

/// Words of a severity that wakes somebody.
const PAGES: [&str; 9] = ["page", "critical", "crit", "emergency", "fatal", "p1", "sev1", "urgent", "disaster"];

/// Says whether words speak of a machine rather than of what a customer meets. Words that speak of both, or of neither,
/// are a symptom: to be silent about what customers feel is worse than to say it once too often.
pub(super) fn is_cause(words: &[&str]) -> bool {
    let speaks = |of: &[&str]| {
        let has = |word: &&str| {
            let word = word.to_ascii_lowercase();
            of.iter().any(|part| word.contains(part))
        };
        words.iter().any(has)
    };
    speaks(&CAUSES) && !speaks(&SYMPTOMS)
}

/// Returns the field's word for a symptom where there is one, else the given name. Two systems that see one outage then
/// speak of one alert.
pub(super) fn symptom(name: &str) -> String {
    let lower = name.to_ascii_lowercase();
    let is = |parts: &[&str]| parts.iter().any(|part| lower.contains(part));
    if is(&["latency", "slow", "duration"]) {
        return "latency".to_owned();
    }
    if is(&["error", "5xx", "avail", "unreachable", "down"]) {
        return "availability".to_owned();
    }
    name.to_owned()
}

/// Returns what a severity asks for; what it does not know pages, because whoever sent it wanted somebody to know.
pub(super) fn urgency(severity: Option<&str>) -> Urgency {
    let Some(severity) = severity else { return Urgency::Page };
    let lower = severity.to_ascii_lowercase();
    let tickets = ["warn", "info", "ticket", "notice", "low", "minor", "none", "slack", "p3", "p4", "p5", "debug"];
    match PAGES.iter().any(|word| lower.starts_with(word)) || !tickets.iter().any(|word| lower.starts_with(word)) {
        true => Urgency::Page,
        false => Urgency::Ticket,
    }
}

#[cfg(test)]
mod tests {
    //! Tables of words as people use them.

    use super::*;

    #[test]
    fn machines_are_causes_and_what_customers_meet_is_not() {
        for (words, expected) in [
            (&["KubePodCrashLooping"][..], true),
            (&["HighCPU"], true),
            (&["NodeFilesystemAlmostOutOfSpace"], true),
            (&["HighErrorRate"], false),
            (&["PodErrorRateHigh"], false),
            (&["APILatencyHigh"], false),
            (&["SomethingElse"], false),
            (&["Saturation", "sum(rate(node_cpu_seconds_total[5m]))"], true),
        ] {
            assert_eq!(is_cause(words), expected, "{words:?}");
        }
    }

    #[test]
    fn severities() {
        for (severity, expected) in [
            (None, Urgency::Page),
            (Some("critical"), Urgency::Page),
            (Some("pageteam"), Urgency::Page),
            (Some("warning"), Urgency::Ticket),
            (Some("INFO"), Urgency::Ticket),
            (Some("banana"), Urgency::Page),
        ] {
            assert_eq!(urgency(severity), expected, "{severity:?}");
        }
    }

    #[test]
    fn two_names_for_one_symptom() {
        assert_eq!(symptom("MyServiceHighErrorRate"), "availability");
        assert_eq!(symptom("requests-availability"), "availability");
        assert_eq!(symptom("SlowCheckout"), "latency");
        assert_eq!(symptom("BacklogGrows"), "BacklogGrows");
    }
}
