//! Stories: a world that is played by hand, as text. A line is a command; the answer stands below it.
//!
//! Answers hold no ids and no wall clock, so a story reads the same after a change that it is not about. [`HELP`] lists
//! the commands.

mod behave;
mod show;

use seaworthy_contract::api::ShipRequest;
use seaworthy_core::Input;
use seaworthy_core::state::RolloutRecord;
use seaworthy_model::{PageId, RolloutId, VersionId};
use seaworthy_rollout::lifecycle::Phase;

use crate::world::ship_request;
use crate::{Ms, World};

/// The commands.
pub const HELP: &str = "\
declare SERVICE..                     apply a catalogue of these services (checkout, payments); -payments: let it go
load SERVICE USERS PER_SECOND         let users come
behave SERVICE VERSION KEY=VALUE..    start=400|never|crash fails=0.3 later=10s hangs=0.1 slow=0.5 dies=5s
ship SERVICE VERSION [steps=0.05,0.5] [dwell=2s]
revert|hold|resume SERVICE [WHY]      of its last rollout
acknowledge                           take the oldest page
advance TIME                          let time pass: 250ms, 5s, 2m
until SERVICE PHASE [within TIME]     starting, step N, held, promoted, baked, reverting, reverted
show THING [NAME]                     rollout, service, services, pages, ready, status, who, config, desired, ledger
kill server|gateway|SERVICE [VERSION] [TIME]
cut TIME                              the gateway and the server cannot reach each other
break-glass SERVICE                   revert on the gateway's own socket
outage SERVICE RATIO TIME             requests fail on every version
clock TIME                            set the server's clock: -1h
disk full|stopped                     what the next append meets
";

/// Longest wait for what should come about.
const UNTIL_MAX: Ms = 300_000;

/// Plays a story with one gateway and returns it with the answers.
pub fn play(script: &str) -> String {
    let mut story = Story { world: World::new(1, 1), shown: 0 };
    story.world.advance(500);
    let mut out = String::new();
    for line in script.lines() {
        let command = line.trim();
        if command.is_empty() || command.starts_with('#') {
            out.push_str(&format!("{line}\n"));
            continue;
        }
        let answer = match story.command(command) {
            Ok(answer) => answer,
            Err(why) => format!("refused: {why}\n"),
        };
        out.push_str(&format!("> {command}\n{answer}"));
    }
    for violation in story.world.violations() {
        out.push_str(&format!("VIOLATION: {violation}\n"));
    }
    out
}

struct Story {
    world: World,
    /// Place of the last event that was shown.
    shown: u64,
}

type Told = Result<String, String>;

impl Story {
    fn command(&mut self, line: &str) -> Told {
        let words: Vec<&str> = line.split_whitespace().collect();
        let world = &mut self.world;
        match words.as_slice() {
            ["declare", services @ ..] => world.declare(services).map(|done| format!("{} events\n", done.facts.len())),
            ["load", service, users, per_second] => {
                world.load(service, number(users)?, number(per_second)?);
                Ok(String::new())
            }
            ["behave", service, version, how @ ..] => {
                world.behave(service, version, behave::read(how)?);
                Ok(String::new())
            }
            ["ship", service, version, how @ ..] => self.ship(service, version, how),
            [verb @ ("revert" | "hold" | "resume"), service, why @ ..] => self.ask(verb, service, why),
            ["acknowledge"] => self.acknowledge(),
            ["advance", time] => {
                world.advance(ms(time)?);
                Ok(self.news())
            }
            ["until", service, phase @ ..] => self.until(service, phase),
            ["show", what @ ..] => show::show(&mut self.world, &mut self.shown, what),
            ["kill", what @ ..] => self.kill(what),
            ["cut", time] => {
                world.cut(0, ms(time)?);
                Ok(String::new())
            }
            ["break-glass", service] => match world.break_glass(0, service) {
                true => Ok("the gateway took it off\n".to_owned()),
                false => Err("it has no canary, or nothing else would answer".to_owned()),
            },
            ["outage", service, ratio, time] => {
                world.outage(service, number(ratio)?, ms(time)?);
                Ok(String::new())
            }
            ["clock", time] => {
                let back = time.strip_prefix('-');
                let by = i64::try_from(ms(back.unwrap_or(time))?).map_err(|e| e.to_string())?;
                world.shift_clock(if back.is_some() { -by } else { by });
                Ok(String::new())
            }
            ["disk", "full"] => {
                world.fill_disk();
                Ok(String::new())
            }
            ["disk", "stopped"] => {
                world.stop_ledger();
                Ok(String::new())
            }
            _ => Err(format!("no such command\n{HELP}")),
        }
    }

    fn ship(&mut self, service: &str, version: &str, how: &[&str]) -> Told {
        let mut request: ShipRequest = ship_request(version);
        for option in how {
            match option.split_once('=') {
                Some(("steps", steps)) => request.steps = Some(steps.split(',').map(number).collect::<Result<_, _>>()?),
                Some(("dwell", time)) => request.dwell_ms = Some(ms(time)?),
                _ => return Err(format!("ship knows no \"{option}\"")),
            }
        }
        let service = service.parse().map_err(|why| format!("{why}"))?;
        self.world.command(Input::Ship { service, request: Box::new(request) }, "token/ines")?;
        Ok(self.news())
    }

    fn latest(&self, service: &str) -> Result<RolloutId, String> {
        self.world.latest(service).ok_or_else(|| format!("{service} has no rollout"))
    }

    fn ask(&mut self, verb: &str, service: &str, why: &[&str]) -> Told {
        let rollout = self.latest(service)?;
        let reason = Some(why.join(" ")).filter(|why| !why.is_empty());
        let input = match verb {
            "revert" => Input::Revert { rollout, reason },
            "hold" => Input::Hold { rollout, reason },
            _ => Input::Resume { rollout },
        };
        self.world.command(input, "token/ines")?;
        Ok(self.news())
    }

    fn acknowledge(&mut self) -> Told {
        let open = |(page, record): (&PageId, &seaworthy_core::state::PageRecord)| {
            record.acknowledged.is_none().then_some(*page)
        };
        let page = self.world.state().pages.iter().find_map(open).ok_or("no page is open")?;
        self.world.command(Input::Acknowledge { page }, "token/ines")?;
        Ok(self.news())
    }

    fn until(&mut self, service: &str, words: &[&str]) -> Told {
        let (phase, within) = match words {
            [phase @ .., "within", time] => (phase.join(" "), ms(time)?),
            phase => (phase.join(" "), UNTIL_MAX),
        };
        let (rollout, from) = (self.latest(service)?, self.world.now);
        let reached = self.world.advance_until(within, |world| is_in(&world.state().rollouts[&rollout], &phase));
        let took = show::seconds(self.world.now - from);
        let news = self.news();
        match reached {
            true => Ok(format!("{news}after {took}\n")),
            false => Err(format!("not within {took}\n{news}")),
        }
    }

    fn kill(&mut self, what: &[&str]) -> Told {
        match what {
            ["server", time] => self.world.kill_server(ms(time)?),
            ["gateway", time] => self.world.kill_gateway(0, ms(time)?),
            [service, version] if version.parse::<VersionId>().is_ok() => self.world.kill_version(service, version),
            _ => return Err("kill server TIME, gateway TIME, or SERVICE VERSION".to_owned()),
        }
        Ok(String::new())
    }

    /// What the ledger has got since it was shown last.
    fn news(&mut self) -> String {
        show::ledger(&self.world, &mut self.shown)
    }
}

fn is_in(record: &RolloutRecord, phase: &str) -> bool {
    match &record.lifecycle.phase {
        Phase::Starting { .. } => phase == "starting",
        Phase::Stepping { held: Some(_), .. } => phase == "held",
        Phase::Stepping { index, .. } => phase == format!("step {}", index + 1),
        Phase::Promoted { .. } => phase == "promoted",
        Phase::Baked { .. } => phase == "baked",
        Phase::Reverting { .. } => phase == "reverting",
        Phase::Reverted { .. } => phase == "reverted",
    }
}

fn number<T: std::str::FromStr>(text: &str) -> Result<T, String> {
    text.parse().map_err(|_| format!("\"{text}\" is no number"))
}

/// Reads `250ms`, `5s`, `2m`, `1h`.
fn ms(text: &str) -> Result<Ms, String> {
    let digits = text.trim_end_matches(char::is_alphabetic);
    let unit = match &text[digits.len()..] {
        "ms" => 1,
        "s" => 1_000,
        "m" => 60_000,
        "h" => 3_600_000,
        _ => return Err(format!("\"{text}\" is no time such as 250ms, 5s, 2m, 1h")),
    };
    Ok(number::<Ms>(digits)? * unit)
}
