//! A rehearsal in words: the headline, one line for each thing that stops, and what was not looked at.

use jiff::tz::TimeZone;
use seaworthy_model::ServiceId;

use super::{Rehearsal, Said};
use crate::words::{count, span};

/// Services named on one line.
const NAMED: usize = 5;

/// Renders a rehearsal.
pub(super) fn render(said: &Rehearsal) -> String {
    let day = |at: jiff::Timestamp| at.to_zoned(TimeZone::UTC).date();
    let (person, stops) = (&said.person, said.stops.len());
    let time = format!("from {} to {}", day(said.from), day(said.to));
    let mut text = match stops {
        0 => format!("nothing in these files stops without {person}, {time}\n"),
        1 => format!("1 thing stops without {person}, {time}\n"),
        _ => format!("{stops} things stop without {person}, {time}\n"),
    };
    for stop in &said.stops {
        text += &format!("  {}\n", line(stop));
    }
    text += "\nnot looked at, because files do not tell:\n";
    for one in said.not_looked_at {
        text += &format!("  {one}\n");
    }
    text
}

fn line(stop: &Said) -> String {
    match stop {
        Said::Uncovered { rotation, level, seconds, first, services } => {
            let level = if *level == 0 { String::new() } else { format!(" at level {level}") };
            #[expect(clippy::cast_precision_loss, reason = "a year of seconds is exact")]
            let time = span(*seconds as f64);
            format!("nobody is on call in {rotation}{level} for {time}, first at {first}{}", pages(services))
        }
        Said::RungReachesNobody { policy, step, services } => {
            format!("step {step} of policy {policy} calls nobody{}", pages(services))
        }
        Said::NobodyReachable { rotation, left, services } => {
            let left = count(*left as u64, "person");
            format!("no way to call the {left} left in {rotation}{}", pages(services))
        }
        Said::TeamTooSmall { team, left, owns } => {
            let left = count(*left as u64, "member");
            format!("team {team} has {left} left and owns {}", names(owns))
        }
    }
}

fn pages(services: &[ServiceId]) -> String {
    if services.is_empty() { String::new() } else { format!("; pages of {}", names(services)) }
}

fn names(services: &[ServiceId]) -> String {
    let named: Vec<&str> = services.iter().take(NAMED).map(ServiceId::as_str).collect();
    match services.len().saturating_sub(NAMED) {
        0 => named.join(", "),
        more => format!("{} and {more} more", named.join(", ")),
    }
}
