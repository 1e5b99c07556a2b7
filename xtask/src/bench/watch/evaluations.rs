//! Evaluations of objectives in a second of one core, ours and Prometheus', in one run.
//!
//! The same number of objectives of 99.9% over 30 days, of services that answer 100 requests a second and have done so for
//! three days. An evaluation is all that is worked out for one objective at one instant: every window of the four standard
//! tiers, the budget of the period, and whether somebody is told.
//!
//! - **Ours** is the kernel's engine on SQLite files. A gateway's report of all services comes, every bucket that changed
//!   is written, all windows move on, every engine decides: evaluations a second of processor time of the whole process, all
//!   of its threads and the store's included.
//! - **Prometheus** is Debian's, on two series a service, scraped every 60 s as by default, with rules as Sloth writes them:
//!   eight recordings and two alerts of two tiers each; it writes what it records. Its rate is the better of two, so that
//!   nothing else it does counts against it: by the seconds that it says its rules took, and by its processor time less
//!   what it used in the same time without rules.
//!
//! What is unequal favours Prometheus: Sloth's seven recordings of constants are left out, the recording of 30 days has
//! a few minutes to sum instead of 30 days, and scraping is not counted while our gateway's counts are.

use serde_json::json;

use super::memory::ours;
use super::{Plan, prometheus};
use crate::figures::Figure;
use crate::parts::Part;
use crate::shell::Outcome;

/// Reports that are timed: 100 s of virtual time.
const REPORTS: u64 = 400;

/// How many times as many evaluations are promised.
const RATIO_MIN: f64 = 200.0;

pub(super) fn run(plan: &Plan) -> Outcome<Part> {
    let theirs = prometheus::run(plan.objectives)?;
    println!(
        "Prometheus: {:.0} a second by its rules' seconds, {:.0} a second by its processor time",
        theirs.by_rules, theirs.by_processor
    );
    let ours = ours(plan, plan.objectives, REPORTS, &[])?;
    let rate = ours["evaluations"].as_f64().zip(ours["cpu_seconds"].as_f64().filter(|cpu| *cpu > 0.0));
    let rate = rate.map(|(evaluations, cpu)| evaluations / cpu);
    println!("ours: {:.0} a second by processor time, with persistence", rate.unwrap_or_default());
    let best = theirs.by_rules.max(theirs.by_processor);
    let ratio = rate.map(|rate| rate / best);
    let figures = vec![
        Figure::at_least("evaluations a second a core, times Prometheus'", ratio, RATIO_MIN, "x"),
        Figure::at_least("objectives that were evaluated", ours["objectives"].as_f64(), plan.objectives as f64, ""),
    ];
    let measured = json!({
        "ours": ours,
        "ours_a_second": rate,
        "prometheus": {
            "evaluations": theirs.evaluations,
            "a_second_by_rules": theirs.by_rules,
            "a_second_by_processor": theirs.by_processor,
        },
        "ratio": ratio,
    });
    Ok(Part { measured, figures })
}
