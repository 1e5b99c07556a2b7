//! Installs what the tests need on a Debian machine, and says so.
//!
//! As root it uses apt-get; as anybody else it prints the command to run. The runner comes from cargo.

use std::path::PathBuf;

use crate::shell::{Outcome, cargo, command, find, read, run};

/// The runner's version the project is tested with; `.config/nextest.toml` asks for at least this.
const NEXTEST: &str = "0.9.143";

/// Names under which distributions ship the browser.
const CHROMIUM: &[&str] = &["chromium", "chromium-browser", "google-chrome"];

/// A program the tests call, and the Debian package that brings it.
struct Need {
    programs: &'static [&'static str],
    package: &'static str,
    why: &'static str,
}

const NEEDS: &[Need] = &[
    Need { programs: &["git"], package: "git", why: "tests of `seaworthy look` read real repositories" },
    Need { programs: &["python3"], package: "python3", why: "tests ship its web server, as the example does" },
    Need { programs: &["curl"], package: "curl", why: "tests send requests as a stranger's client does" },
    Need { programs: CHROMIUM, package: "chromium", why: "the browser test follows the demo's story" },
];

/// Whether missing things may be fetched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Install {
    /// Fetch and install what is missing.
    Missing,
    /// Use only what is there.
    Nothing,
}

/// Where the browser is, when it is installed.
pub(crate) fn chromium() -> Option<PathBuf> {
    find(CHROMIUM)
}

/// Makes sure that the runner is there, and tries to have the Debian packages there.
///
/// # Errors
/// When the runner is missing and cannot be installed. A missing Debian package is only said aloud: the test
/// that needs it says the rest.
pub(crate) fn prepare(install: Install) -> Outcome {
    packages(install)?;
    runner(install)
}

fn runner(install: Install) -> Outcome {
    if read(&mut cargo(&["nextest", "--version"])).is_ok() {
        return Ok(());
    }
    let install_it = ["install", "cargo-nextest", "--locked", "--version", NEXTEST];
    if install == Install::Nothing {
        return Err(format!("the test runner is missing\nhint: cargo {}", install_it.join(" ")));
    }
    eprintln!("installing the test runner cargo-nextest {NEXTEST}: once, some minutes");
    run(&mut cargo(&install_it))
}

fn packages(install: Install) -> Outcome {
    let missing: Vec<&Need> = NEEDS.iter().filter(|need| find(need.programs).is_none()).collect();
    if missing.is_empty() {
        return Ok(());
    }
    for need in &missing {
        eprintln!("missing: {} ({})", need.package, need.why);
    }
    let names: Vec<&str> = missing.iter().map(|need| need.package).collect();
    let by_hand = format!("apt-get update && apt-get install --no-install-recommends {}", names.join(" "));
    if install == Install::Nothing || !is_root() || find(&["apt-get"]).is_none() {
        eprintln!("hint: as root on Debian: {by_hand}");
        return Ok(());
    }
    eprintln!("installing Debian packages: {}", names.join(" "));
    run(command("apt-get").args(["update", "--quiet"]))?;
    let mut get = command("apt-get");
    get.env("DEBIAN_FRONTEND", "noninteractive").args(["install", "--yes", "--quiet", "--no-install-recommends"]);
    run(get.args(names))
}

/// True for the superuser, who alone may run apt-get.
fn is_root() -> bool {
    read(command("id").arg("-u")).is_ok_and(|id| id.trim() == "0")
}
