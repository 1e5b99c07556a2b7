//! How a story says what a version is like.

use super::{ms, number};
use crate::{Behaviour, Start};

/// Reads `start=never fails=0.3 later=10s hangs=0.1 slow=0.5 dies=5s`.
pub(super) fn read(words: &[&str]) -> Result<Behaviour, String> {
    let mut behaviour = Behaviour::HEALTHY;
    for word in words {
        let (key, value) = word.split_once('=').ok_or_else(|| format!("\"{word}\" is not KEY=VALUE"))?;
        match key {
            "start" => behaviour.start = start(value)?,
            "fails" => behaviour.fails = number(value)?,
            "later" => behaviour.sick_after = ms(value)?,
            "hangs" => behaviour.hangs = number(value)?,
            "slow" => behaviour.slow = number(value)?,
            "dies" => behaviour.dies_after = Some(ms(value)?),
            _ => return Err(format!("a version has no \"{key}\"")),
        }
    }
    Ok(behaviour)
}

fn start(value: &str) -> Result<Start, String> {
    Ok(match value {
        "never" => Start::Never,
        "crash" => Start::Crash,
        time => Start::After(number(time)?),
    })
}
