//! `fmt`: rustfmt over every Rust file git knows.
//!
//! Not `cargo fmt`, which follows `mod` lines only and so misses files that a macro of ours declares.

use crate::args::Args;
use crate::shell::{Outcome, command, read};

/// Formats every file, or with `--check` only says which ones are not formatted.
///
/// # Errors
/// When a file does not parse, or with `--check` when one is not formatted.
pub(crate) fn run(mut args: Args) -> Outcome {
    let check = args.flag("--check");
    args.finish()?;
    let list = read(command("git").args(["ls-files", "--cached", "--others", "--exclude-standard", "*.rs"]))?;
    let here = |file: &&str| crate::shell::root().join(file).is_file();
    let mut rustfmt = command("rustfmt");
    rustfmt.args(["--edition", "2024"]);
    if check {
        rustfmt.arg("--check");
    }
    eprintln!("$ rustfmt over {} files", list.lines().filter(here).count());
    quiet(rustfmt.args(list.lines().filter(here)))
}

/// Runs without printing the thousand file names; names the remedy when it fails.
fn quiet(rustfmt: &mut std::process::Command) -> Outcome {
    let status = rustfmt.status().map_err(|error| format!("could not run \"rustfmt\": {error}"))?;
    if status.success() { Ok(()) } else { Err("not every file is formatted\nhint: cargo xtask fmt".into()) }
}
