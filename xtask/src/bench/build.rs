//! `bench build`: what a newcomer's first release build costs, and how many crates it is.

use crate::args::Args;
use crate::figures::{Figure, verdict};
use crate::shell::{Outcome, cargo, run as start, target};
use crate::tidy::{CRATES_MAX, crates_in_binary};

/// CPU-seconds, user and system together, of every compiler that the build starts.
const CPU_SECONDS_MAX: f64 = 900.0;

/// Times what follows and writes user, system and elapsed seconds to the file named first. A shell, because the
/// standard library does not say what children used.
const TIMED: &str = r#"out=$1; shift; exec 3>&2; TIMEFORMAT='%U %S %R'; { time "$@" 2>&3; } 2>"$out""#;

/// Builds the binary in an empty folder and compares.
///
/// # Errors
/// When it does not build or a figure is missed.
pub(super) fn run(args: Args) -> Outcome {
    args.finish()?;
    let folder = target().join("bench/cold");
    drop(std::fs::remove_dir_all(&folder));
    let at = |error| format!("could not make \"{}\": {error}", folder.display());
    std::fs::create_dir_all(&folder).map_err(at)?;
    // Fetched before the clock starts: the figure is about compiling, not about the line to the registry.
    start(&mut cargo(&["fetch", "--locked"]))?;
    let out = folder.join("time");
    let cargo = cargo(&["build", "--release", "--package", "seaworthy", "--locked"]);
    let mut bash = crate::shell::command("bash");
    bash.args(["-c", TIMED, "bash"]).arg(&out).arg(cargo.get_program()).args(cargo.get_args());
    bash.env("CARGO_TARGET_DIR", &folder);
    start(&mut bash)?;
    let text =
        std::fs::read_to_string(&out).map_err(|error| format!("could not read \"{}\": {error}", out.display()))?;
    let [user, system, elapsed] = seconds(&text).ok_or_else(|| format!("bash timed the build as \"{text}\""))?;
    println!("user {user:.1} s, system {system:.1} s, elapsed {elapsed:.1} s");
    drop(std::fs::remove_dir_all(&folder));
    verdict(&[
        Figure::at_most("cold release build, CPU", Some(user + system), CPU_SECONDS_MAX, "s"),
        Figure::at_most("crates in the binary", Some(crates_in_binary()? as f64), CRATES_MAX as f64, ""),
    ])
}

/// The three numbers of the last line; what stands before it came from the shell.
fn seconds(text: &str) -> Option<[f64; 3]> {
    let numbers: Option<Vec<f64>> = text.lines().last()?.split_whitespace().map(|word| word.parse().ok()).collect();
    numbers?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::seconds;

    #[test]
    fn reads_the_last_line() {
        assert_eq!(seconds("a warning\n812.5 40.25 430.000\n"), Some([812.5, 40.25, 430.0]));
        assert_eq!(seconds("812.5 40.25\n"), None);
        assert_eq!(seconds(""), None);
    }
}
