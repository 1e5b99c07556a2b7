//! `crash`: kills the ledger's writer with -9, again and again, and looks for what was lost.
//!
//! The writer appends for ever and notes each acknowledged event in a file of its own. After each kill a checker
//! compares the two. Then a mutant that acknowledges before it commits runs under the same kills: a harness that
//! does not catch it proves nothing.

use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::args::Args;
use crate::random::Random;
use crate::shell::{Outcome, Profile, command, read, seaworthy, target};

/// Kills when nobody says how many.
const KILLS: u64 = 50;

/// A mutant that survives this many kills was not caught.
const MUTANT_KILLS_MAX: u64 = 20;

/// The kill falls at random within this time after the run's first acknowledgement.
const KILL_WITHIN_MS: u64 = 600;

/// What a writer may take from its start to its first acknowledgement.
const FIRST_ACK_WITHIN: Duration = Duration::from_secs(20);

/// How often the file of acknowledgements is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(1);

/// What the checker found on one ledger.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Found {
    acknowledged: u64,
    lost: u64,
    present_unacknowledged: u64,
    chain_intact: bool,
}

/// Whether the writer is honest.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Writer {
    Honest,
    Mutant,
}

/// Kills an honest writer `--kills` times on one ledger, then a mutant until it is caught.
///
/// # Errors
/// When an acknowledged event is lost, the chain breaks, or the mutant is not caught.
pub(crate) fn run(mut args: Args) -> Outcome {
    let kills = args.number("--kills", KILLS)?;
    let seed = args.number("--seed", 1)?;
    let profile = if args.flag("--release") { Profile::Release } else { Profile::Dev };
    args.finish()?;
    let binary = seaworthy(profile)?;
    if !can(&binary) {
        return Err("this binary has no ledger writer to kill".into());
    }
    eprintln!("seed {seed}: another one with --seed N");
    kill(&binary, kills, seed)
}

/// The whole chore with a binary that is built already.
///
/// # Errors
/// As for [`run`].
pub(crate) fn kill(binary: &Path, kills: u64, seed: u64) -> Outcome {
    let mut random = Random(seed);
    honest(binary, &Place::fresh("honest")?, kills, &mut random)?;
    mutant(binary, &Place::fresh("mutant")?, &mut random)
}

/// True when the binary at `path` has the hidden subcommands.
pub(crate) fn can(path: &Path) -> bool {
    read(command(path).args(["ledger-writer", "--help"])).is_ok_and(|help| help.contains("--acks"))
}

fn honest(binary: &Path, place: &Place, kills: u64, random: &mut Random) -> Outcome {
    let mut found = Found { chain_intact: true, ..Found::default() };
    for kill in 1..=kills {
        kill_once(binary, place, Writer::Honest, random)?;
        found = check(binary, place)?;
        if found.lost > 0 || !found.chain_intact {
            return Err(format!(
                "kill {kill}: {found:?}\nhint: ledger and acknowledgements are in {}",
                place.0.display()
            ));
        }
    }
    println!("kills                    {kills:>9}");
    println!("acknowledged events      {:>9}", found.acknowledged);
    println!("lost                     {:>9}", found.lost);
    println!("present, unacknowledged  {:>9}", found.present_unacknowledged);
    println!("chain                       intact");
    Ok(())
}

fn mutant(binary: &Path, place: &Place, random: &mut Random) -> Outcome {
    for kill in 1..=MUTANT_KILLS_MAX {
        kill_once(binary, place, Writer::Mutant, random)?;
        let found = check(binary, place)?;
        if found.lost > 0 {
            println!("mutant                   caught at kill {kill}, {} lost", found.lost);
            return Ok(());
        }
    }
    Err(format!("a writer that acknowledges before it commits survived {MUTANT_KILLS_MAX} kills: the harness is blind"))
}

/// Where one ledger and its acknowledgements are.
struct Place(PathBuf);

impl Place {
    fn fresh(name: &str) -> Outcome<Self> {
        let folder = target().join("crash").join(name);
        drop(std::fs::remove_dir_all(&folder));
        let place = Self(folder);
        let data = place.data();
        std::fs::create_dir_all(&data).map_err(|error| format!("could not make \"{}\": {error}", data.display()))?;
        Ok(place)
    }

    /// The data directory that holds the ledger.
    fn data(&self) -> PathBuf {
        self.0.join("data")
    }

    fn acks(&self) -> PathBuf {
        self.0.join("acks")
    }

    /// Bytes of acknowledgements so far.
    fn acked(&self) -> u64 {
        std::fs::metadata(self.acks()).map_or(0, |file| file.len())
    }
}

/// Starts a writer, waits for its first acknowledgement and kills it at a random moment after that.
fn kill_once(binary: &Path, place: &Place, writer: Writer, random: &mut Random) -> Outcome {
    let before = place.acked();
    let mut start = command(binary);
    start.arg("ledger-writer").arg("--path").arg(place.data()).arg("--acks").arg(place.acks());
    if writer == Writer::Mutant {
        start.arg("--mutant");
    }
    let mut child =
        start.stdout(Stdio::null()).spawn().map_err(|error| format!("could not start the writer: {error}"))?;
    let acknowledged = wait_for_ack(&mut child, place, before);
    if acknowledged.is_ok() {
        std::thread::sleep(Duration::from_millis(random.below(KILL_WITHIN_MS)));
    }
    let alive = matches!(child.try_wait(), Ok(None));
    let killed = child.kill().and_then(|()| child.wait());
    acknowledged?;
    killed.map_err(|error| format!("could not kill the writer: {error}"))?;
    if alive { Ok(()) } else { Err("the writer ended by itself before it was killed".into()) }
}

fn wait_for_ack(child: &mut Child, place: &Place, before: u64) -> Outcome {
    let start = Instant::now();
    while place.acked() <= before {
        if start.elapsed() > FIRST_ACK_WITHIN {
            return Err(format!("the writer acknowledged nothing within {FIRST_ACK_WITHIN:?}"));
        }
        if let Ok(Some(status)) = child.try_wait() {
            return Err(format!("the writer ended with {status} before it acknowledged anything"));
        }
        std::thread::sleep(LOOK_EVERY);
    }
    Ok(())
}

/// Asks the binary to compare. It ends with 1 when something is lost, so its words count, not its exit code.
fn check(binary: &Path, place: &Place) -> Outcome<Found> {
    let mut ask = command(binary);
    ask.arg("ledger-check").arg("--path").arg(place.data()).arg("--acks").arg(place.acks()).arg("--json");
    let done = ask.output().map_err(|error| format!("could not run the ledger's checker: {error}"))?;
    let said = String::from_utf8_lossy(&done.stdout);
    found(&said).ok_or_else(|| {
        let complaint = String::from_utf8_lossy(&done.stderr);
        format!("the ledger's checker said \"{}\" and \"{}\"", said.trim(), complaint.trim())
    })
}

/// Reads `{"acknowledged", "lost", "present_unacknowledged", "chain"}`; none when a part is missing.
fn found(json: &str) -> Option<Found> {
    let report: Value = serde_json::from_str(json).ok()?;
    Some(Found {
        acknowledged: report["acknowledged"].as_u64()?,
        lost: report["lost"].as_u64()?,
        present_unacknowledged: report["present_unacknowledged"].as_u64()?,
        chain_intact: report["chain"] == "intact" || report["chain"] == true,
    })
}

#[cfg(test)]
mod tests;
