//! A year of an organisation, as figures: `cargo xtask sim year` runs it and compares.
//!
//! `cargo run --release -p seaworthy-sim --example year -- SERVICES DAYS SEED` prints one JSON object: who there was, what
//! every alert and every page came to, how long it took, and whether each mistake that was put in was found.

use std::process::ExitCode;
use std::time::Instant;

use seaworthy_sim::year::{Lived, Size, Year, live};
use serde_json::{Value, json};

/// Years of a small organisation within which a mistake must be found.
const SEARCHED: u64 = 20;

fn main() -> ExitCode {
    let numbers: Option<Vec<u64>> = std::env::args().skip(1).map(|word| word.parse().ok()).collect();
    let Some(&[services, days, seed]) = numbers.as_deref() else {
        eprintln!("error: which? SERVICES DAYS SEED");
        return ExitCode::FAILURE;
    };
    let size = Size { services: services.max(1) as usize, days: days.max(2), ..Size::YEAR };
    let began = Instant::now();
    let lived = live(seed, size, Year::AsItIs);
    let took_s = began.elapsed().as_secs_f64();
    let found = Year::MISTAKES.map(|year| (0..SEARCHED).find(|nth| live(seed + nth, Size::SMALL, year).is_err()));
    println!(
        "{}",
        json!({ "took_s": took_s, "lived": lived.as_ref().ok().map(told), "failed": lived.err(), "found": found })
    );
    ExitCode::SUCCESS
}

fn told(lived: &Lived) -> Value {
    let (teams, people, services) = lived.organisation;
    json!({
        "teams": teams, "people": people, "services": services, "events": lived.events,
        "alerts": lived.alerts, "tickets": lived.tickets, "folded": lived.folded, "silenced": lived.silenced,
        "brief": lived.brief, "pages": lived.pages, "taken": lived.taken, "exhausted": lived.exhausted,
        "over": lived.over, "escalations": lived.escalations, "messages": lived.messages, "again": lived.again,
        "given_up": lived.given_up, "restarts": lived.restarts, "stand_ins": lived.stand_ins,
        "deploys": lived.deploys, "crossed": lived.crossed,
    })
}
