//! The project's own chores, one file each; `cargo xtask help` lists them.
//!
//! Depends on little and builds in seconds, because everybody waits for it before every check.

mod args;
mod bench;
mod check;
mod conformance;
mod crash;
mod example;
mod figures;
mod fmt;
mod parts;
mod prepare;
mod random;
mod screenshot;
mod shell;
mod sim;
mod test;
mod tidy;

use std::process::ExitCode;

use args::Args;
use shell::Outcome;

/// A chore: its name, what follows it, what it does, and the function.
struct Chore {
    name: &'static str,
    usage: &'static str,
    about: &'static str,
    run: fn(Args) -> Outcome,
}

const CHORES: &[Chore] = &[
    Chore {
        name: "test",
        usage: "[--no-install | --offline] [nextest arguments]",
        about: "install what tests need, then run all of them; ends with the runner's summary",
        run: test::run,
    },
    Chore { name: "check", usage: "", about: "fmt --check, tidy, clippy and doc, warnings as errors", run: check::run },
    Chore { name: "fmt", usage: "[--check]", about: "rustfmt over every Rust file git knows", run: fmt::run },
    Chore { name: "tidy", usage: "", about: "rings, licences, sizes, links: what no compiler checks", run: tidy::run },
    Chore {
        name: "bench",
        usage: "demo [--runs N] [--json FILE] | up | build | watch [evaluations] [memory] [sockets] | page [--seconds N]",
        about: "measure the figures the project promises; exit 1 when one is missed",
        run: bench::run,
    },
    Chore {
        name: "crash",
        usage: "[--kills N] [--seed N] [--release]",
        about: "kill -9 the ledger's writer N times and look for what was lost",
        run: crash::run,
    },
    Chore {
        name: "sim",
        usage: "watch [page] [storm] [probe] [false-pages] [missed] | page | year [--seed N] [--json FILE]",
        about: "months of watching, pages across crashes, a year of an organisation in virtual time, against promised figures",
        run: sim::run,
    },
    Chore {
        name: "conformance",
        usage: "[--only NAME] [--release]",
        about: "our edges against real programs: Debian's Prometheus and Alertmanager, OpenTelemetry's SDK",
        run: conformance::run,
    },
    Chore {
        name: "screenshot",
        usage: "URL.. --out DIR [--width 390,1280] [--scheme light|dark|both] [--sign-in LINK]",
        about: "pictures of pages in headless Chromium",
        run: screenshot::run,
    },
    Chore { name: "help", usage: "", about: "this list", run: help },
];

fn main() -> ExitCode {
    let mut words = std::env::args().skip(1);
    let name = words.next().unwrap_or_else(|| "help".into());
    let outcome = match CHORES.iter().find(|chore| chore.name == name) {
        Some(chore) => (chore.run)(Args::new(words.collect())),
        None => Err(format!("unknown chore \"{name}\"\nhint: cargo xtask help")),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn help(args: Args) -> Outcome {
    args.finish()?;
    for chore in CHORES {
        println!("cargo xtask {} {}\n    {}", chore.name, chore.usage, chore.about);
    }
    Ok(())
}
