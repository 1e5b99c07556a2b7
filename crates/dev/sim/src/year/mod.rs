//! A year of an organisation: its teams, rotas and services on the kernel's own engine, in virtual time, from a seed.
//!
//! [`live`] plays it: alerts alone and in storms, tickets, silences, deployments good and bad, swaps, time off, channels
//! that are down, people without a contact, servers that end. Then every alert is followed to its end in the ledger: a
//! person took it, or it climbed its ladder to the last rung, or it was over before. Who was called is held against an
//! oracle of its own (`turns`). What is left out: gateways, judges of rollouts and objectives; `watch` and the seeds have
//! these. The edge here sends what the core's outbox says is to be sent, with the pauses of the server's.

mod carry;
mod check;
mod organisation;
mod plan;
mod sent;
mod stage;
mod story;
mod turns;

use crate::Ms;

/// How much is played.
#[derive(Debug, Clone, Copy)]
pub struct Size {
    /// Services; eight belong to a team.
    pub services: usize,
    /// Days.
    pub days: u64,
    /// How many times as often as in an ordinary year everything happens.
    pub busy: f64,
}

impl Size {
    /// A year of two hundred services, each of which asks for a person once a month.
    pub const YEAR: Self = Self { services: 200, days: 365, busy: 1.0 };

    /// A week of ten services in which a quarter of a year happens.
    pub const SMALL: Self = Self { services: 10, days: 7, busy: 13.0 };
}

/// How messages and time come about: as they do, or with a mistake that the checks must find.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Year {
    /// As the core says.
    AsItIs,
    /// A later rung is noted as called and nobody is.
    DropsEscalations,
    /// Once the server was started again, the clock no longer tells it that somebody waits.
    ForgetsTheClock,
    /// Messages go to whom the file names, whatever was swapped.
    IgnoresSwaps,
}

impl Year {
    /// Every year with a mistake.
    pub const MISTAKES: [Self; 3] = [Self::DropsEscalations, Self::ForgetsTheClock, Self::IgnoresSwaps];
}

/// What came of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Lived {
    /// Teams, people in them, and services.
    pub organisation: (usize, usize, usize),
    /// Events in the ledger.
    pub events: usize,
    /// Alerts that fired.
    pub alerts: usize,
    /// Of those, tickets: they wake nobody.
    pub tickets: usize,
    /// Alerts that stood under their failing dependency until they ended.
    pub folded: usize,
    /// Alerts that were silenced until they ended.
    pub silenced: usize,
    /// Alerts that ended before anybody was due, or while the server was away.
    pub brief: usize,
    /// Pages, of alerts and of rollouts.
    pub pages: usize,
    /// Pages that a person took who had been called.
    pub taken: usize,
    /// Pages that climbed their ladder to its end.
    pub exhausted: usize,
    /// Pages of what was over before anybody took it; somebody had been called.
    pub over: usize,
    /// Rungs that were called after the first.
    pub escalations: usize,
    /// Messages that a contact took.
    pub messages: usize,
    /// Of those, how many had come before, with the same key.
    pub again: usize,
    /// Messages that were given up because no contact took them.
    pub given_up: usize,
    /// Times that the server ended and was started again.
    pub restarts: u32,
    /// Swaps that both agreed to, and time off that another covered.
    pub stand_ins: usize,
    /// Deployments.
    pub deploys: usize,
    /// Rotas in which somebody was woken more than twice within the year.
    pub crossed: u32,
}

/// One day.
const DAY: Ms = 24 * 3_600_000;

/// Plays it, all of it from the seed, and follows every alert to its end.
///
/// # Errors
/// When an alert ends with nobody, a message goes to the wrong person or is lost, or a replay of the ledger does not give
/// the live state; the text says which.
pub fn live(seed: u64, size: Size, year: Year) -> Result<Lived, String> {
    let mut random = crate::Random::new(seed);
    let mut stage = stage::Stage::new(&mut random, size, year);
    stage.play();
    stage.check().map_err(|why| format!("seed {seed}: {why}"))
}
