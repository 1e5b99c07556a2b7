//! What is wrong with a version of a sample, read from its environment once, at start.

use std::time::Duration;

/// Everything that can be wrong with a version; nothing by default.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Faults {
    /// `SAMPLE_FAIL`: ratio of requests answered with 500, 0 to 1.
    pub(crate) fail_ratio: f64,
    /// `SAMPLE_SLOW_MS`: how much longer a slow request takes.
    pub(crate) slow: Duration,
    /// `SAMPLE_SLOW_SHARE`: ratio of requests that are slow, 0 to 1; all where only `SAMPLE_SLOW_MS` is given.
    pub(crate) slow_ratio: f64,
    /// `SAMPLE_CRASH=start` or `SAMPLE_CRASH_AFTER_S`: when the process ends with 1.
    pub(crate) crash_after: Option<Duration>,
    /// `SAMPLE_LEAK_MB_PER_S`: memory taken and never given back, in MiB a second.
    pub(crate) leak_mib_per_s: u32,
    /// `SAMPLE_HANG_HEALTH`: the health check never answers.
    pub(crate) hang_health: bool,
    /// `SAMPLE_SEED`: repeats the same coin tosses.
    pub(crate) seed: Option<u64>,
}

impl Faults {
    /// Reads the environment through `get`.
    ///
    /// # Errors
    /// When a value is not what its name says; a fault that is silently not there would make a bad version good.
    pub(crate) fn read(get: impl Fn(&str) -> Option<String>) -> Result<Self, BadFault> {
        let slow = number(&get, "SAMPLE_SLOW_MS", 0.0, 60_000.0)?;
        Ok(Self {
            fail_ratio: number(&get, "SAMPLE_FAIL", 0.0, 1.0)?.unwrap_or(0.0),
            slow: Duration::from_secs_f64(slow.unwrap_or(0.0) / 1e3),
            slow_ratio: number(&get, "SAMPLE_SLOW_SHARE", 0.0, 1.0)?.unwrap_or(1.0),
            crash_after: crash(&get)?,
            leak_mib_per_s: number(&get, "SAMPLE_LEAK_MB_PER_S", 0.0, 1_000.0)?.unwrap_or(0.0) as u32,
            hang_health: switch(&get, "SAMPLE_HANG_HEALTH")?,
            seed: number(&get, "SAMPLE_SEED", 0.0, f64::from(u32::MAX))?.map(|seed| seed as u64),
        })
    }
}

/// A value in the environment that is not what its name says.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("could not read {name}=\"{value}\": {wanted}")]
pub(crate) struct BadFault {
    name: &'static str,
    value: String,
    wanted: String,
}

fn number(
    get: &impl Fn(&str) -> Option<String>,
    name: &'static str,
    least: f64,
    most: f64,
) -> Result<Option<f64>, BadFault> {
    let Some(value) = get(name) else { return Ok(None) };
    match value.trim().parse::<f64>() {
        Ok(number) if (least..=most).contains(&number) => Ok(Some(number)),
        _ => Err(BadFault { name, value, wanted: format!("a number from {least} to {most} is wanted") }),
    }
}

fn crash(get: &impl Fn(&str) -> Option<String>) -> Result<Option<Duration>, BadFault> {
    match get("SAMPLE_CRASH") {
        None => Ok(number(get, "SAMPLE_CRASH_AFTER_S", 0.0, 86_400.0)?.map(Duration::from_secs_f64)),
        Some(value) if value == "start" => Ok(Some(Duration::ZERO)),
        Some(value) => Err(BadFault { name: "SAMPLE_CRASH", value, wanted: "only \"start\" is known".to_owned() }),
    }
}

fn switch(get: &impl Fn(&str) -> Option<String>, name: &'static str) -> Result<bool, BadFault> {
    match get(name) {
        None => Ok(false),
        Some(value) if ["", "0", "false"].contains(&value.as_str()) => Ok(false),
        Some(value) if ["1", "true"].contains(&value.as_str()) => Ok(true),
        Some(value) => Err(BadFault { name, value, wanted: "1 or 0 is wanted".to_owned() }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(env: &[(&str, &str)]) -> Result<Faults, String> {
        let get = |name: &str| env.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned());
        Faults::read(get).map_err(|error| error.to_string())
    }

    #[test]
    fn nothing_is_wrong_by_default() {
        let faults = read(&[]).expect("valid");
        assert_eq!((faults.fail_ratio, faults.slow, faults.crash_after), (0.0, Duration::ZERO, None));
        assert_eq!((faults.leak_mib_per_s, faults.hang_health), (0, false));
    }

    #[test]
    fn every_fault_is_read() {
        let faults = read(&[
            ("SAMPLE_FAIL", "0.3"),
            ("SAMPLE_SLOW_MS", "400"),
            ("SAMPLE_SLOW_SHARE", "0.5"),
            ("SAMPLE_CRASH_AFTER_S", "2.5"),
            ("SAMPLE_LEAK_MB_PER_S", "8"),
            ("SAMPLE_HANG_HEALTH", "1"),
            ("SAMPLE_SEED", "7"),
        ]);
        let want = Faults {
            fail_ratio: 0.3,
            slow: Duration::from_millis(400),
            slow_ratio: 0.5,
            crash_after: Some(Duration::from_millis(2_500)),
            leak_mib_per_s: 8,
            hang_health: true,
            seed: Some(7),
        };
        assert_eq!(faults, Ok(want));
        assert_eq!(read(&[("SAMPLE_CRASH", "start")]).expect("valid").crash_after, Some(Duration::ZERO));
    }

    #[test]
    fn a_mistake_is_named() {
        for (name, value, want) in [
            ("SAMPLE_FAIL", "30%", "could not read SAMPLE_FAIL=\"30%\": a number from 0 to 1 is wanted"),
            ("SAMPLE_FAIL", "1.5", "could not read SAMPLE_FAIL=\"1.5\": a number from 0 to 1 is wanted"),
            ("SAMPLE_FAIL", "NaN", "could not read SAMPLE_FAIL=\"NaN\": a number from 0 to 1 is wanted"),
            ("SAMPLE_SLOW_MS", "-1", "could not read SAMPLE_SLOW_MS=\"-1\": a number from 0 to 60000 is wanted"),
            ("SAMPLE_CRASH", "later", "could not read SAMPLE_CRASH=\"later\": only \"start\" is known"),
            ("SAMPLE_HANG_HEALTH", "yes", "could not read SAMPLE_HANG_HEALTH=\"yes\": 1 or 0 is wanted"),
        ] {
            assert_eq!(read(&[(name, value)]), Err(want.to_owned()));
        }
    }
}
