//! `conformance`: our edges against other people's programs, really running: Debian's Prometheus, VictoriaMetrics and
//! Alertmanager, OpenTelemetry's own SDK, and a mail server. One world is started, the checks watch it one after the other, and everything ends with it.

mod checks;
pub(crate) mod http;
pub(crate) mod install;
mod paged;
mod post;
mod thing;
pub(crate) mod world;

use crate::args::Args;
use crate::shell::{Outcome, Profile, seaworthy};
use world::World;

/// What a check saw.
enum Seen {
    /// What it promised, in words.
    Watched(String),
    /// Nothing, because something is not there that is not ours to bring.
    Skipped(String),
}

/// One edge.
struct Check {
    name: &'static str,
    about: &'static str,
    run: fn(&World) -> Outcome<Seen>,
}

const CHECKS: &[Check] = &[
    Check {
        name: "scrape",
        about: "Prometheus scrapes us with a token and answers queries about us",
        run: checks::scrape,
    },
    Check {
        name: "rules",
        about: "promtool and Prometheus take the rules that we write, and they record",
        run: checks::rules,
    },
    Check {
        name: "query",
        about: "an objective that asks Prometheus pages a person when the thing breaks",
        run: checks::query,
    },
    Check { name: "victoria", about: "an objective that asks VictoriaMetrics does so too", run: checks::victoria },
    Check {
        name: "webhook",
        about: "Alertmanager's webhook is one alert, however often it comes, and ends",
        run: checks::webhook,
    },
    Check {
        name: "otlp",
        about: "OpenTelemetry's SDK for Python exports counts and times that objectives keep",
        run: checks::otlp,
    },
    Check {
        name: "channels",
        about: "a page by mail through a real mail server, by Slack and by PagerDuty as they document it, taken by its link",
        run: paged::channels,
    },
    // The last one: it takes Prometheus away.
    Check { name: "blind", about: "a Prometheus that goes away is no outage", run: checks::blind },
];

/// Starts everything, runs the checks, says what each saw.
///
/// # Errors
/// When something cannot be had or started, or a check fails.
pub(crate) fn run(mut args: Args) -> Outcome {
    let only = args.value("--only")?;
    let profile = if args.flag("--release") { Profile::Release } else { Profile::Dev };
    args.finish()?;
    let wanted: Vec<&Check> =
        CHECKS.iter().filter(|check| only.as_deref().is_none_or(|only| only == check.name)).collect();
    if wanted.is_empty() {
        let names: Vec<&str> = CHECKS.iter().map(|check| check.name).collect();
        return Err(format!("no check is called so\nhint: --only {}", names.join(" | ")));
    }
    let programs = install::programs()?;
    let world = World::start(&seaworthy(profile)?, &programs)?;
    let mut failed = 0;
    for check in wanted {
        match (check.run)(&world) {
            Ok(Seen::Watched(what)) => println!("ok       {:<8} {}\n                  {what}", check.name, check.about),
            Ok(Seen::Skipped(why)) => println!("SKIPPED  {:<8} {}\n                  {why}", check.name, check.about),
            Err(why) => {
                failed += 1;
                println!("FAILED   {:<8} {}\n                  {why}", check.name, check.about);
            }
        }
    }
    match failed {
        0 => Ok(()),
        some => Err(format!("{some} failed\nhint: what the programs said is in {}", world.folder().display())),
    }
}
