//! Requests one after the other, with variables that one takes and the next uses, and what must be true of each answer.

use std::time::Duration;

use http::header::{LOCATION, SET_COOKIE};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Uri};
use seaworthy_contract::catalogue::{Expectation, Step};
use seaworthy_probe::{Code, Outcome, Reason};
use seaworthy_tls::Connector;
use tokio::time::Instant;

use crate::http_step::{Answer, Ready, Redirects, is_web, send};
use crate::net::fail;
use crate::prober::StepTried;
use crate::template::{Known, unable};
use crate::{Secrets, json};

/// Longest value that is taken from an answer, in bytes: it goes into an address or a header.
const VALUE_BYTES_MAX: usize = 8 * 1024;

/// Takes the steps until one does not pass, or time is up; notes each.
pub(crate) async fn travel(
    connector: &Connector,
    secrets: &Secrets,
    steps: &[Step],
    deadline: Instant,
    tried: &mut Vec<StepTried>,
) -> Outcome {
    let mut known = Known::new(secrets);
    for (index, step) in steps.iter().enumerate() {
        let name = step.name.clone().unwrap_or_else(|| format!("step {}", index + 1));
        let started = Instant::now();
        let taken = take(connector, step, &mut known, deadline).await;
        let took_ms = millis(started.elapsed());
        let outcome = taken.map_or_else(|outcome| known.hide(outcome), |()| Outcome::Pass);
        tried.push(StepTried { name: name.clone(), took_ms, outcome: outcome.clone() });
        if outcome != Outcome::Pass {
            return if steps.len() == 1 { outcome } else { at_step(index, &step.name, outcome) };
        }
    }
    Outcome::Pass
}

/// Says at which step it was.
fn at_step(index: usize, name: &Option<String>, outcome: Outcome) -> Outcome {
    let name = name.as_ref().map(|name| format!(" ({name})")).unwrap_or_default();
    let text = |Reason { code, text }| Reason { code, text: format!("step {}{name}: {text}", index + 1) };
    match outcome {
        Outcome::Pass => Outcome::Pass,
        Outcome::Degraded(reason) => Outcome::Degraded(text(reason)),
        Outcome::Fail(reason) => Outcome::Fail(text(reason)),
        Outcome::CannotSee(reason) => Outcome::CannotSee(text(reason)),
    }
}

async fn take(connector: &Connector, step: &Step, known: &mut Known<'_>, deadline: Instant) -> Result<(), Outcome> {
    let ready = fill(step, known)?;
    let started = Instant::now();
    let answer = tokio::time::timeout_at(deadline, send(connector, ready, redirects(step))).await;
    let answer = answer.unwrap_or_else(|_| Err(fail(Code::Timeout, "no whole answer in time")))?;
    let took_ms = millis(started.elapsed());
    judge(step, &answer, took_ms, known).map_err(Outcome::Fail)?;
    for (name, place) in &step.take {
        let value = found(&answer, place)
            .filter(|value| value.len() <= VALUE_BYTES_MAX)
            .ok_or_else(|| fail(Code::Expectation, format!("the answer has no \"{place}\" to take")))?;
        known.variables.insert(name.clone(), value);
    }
    Ok(())
}

fn fill(step: &Step, known: &mut Known<'_>) -> Result<Ready, Outcome> {
    let url: Uri = known.fill(&step.url)?.parse().map_err(|_| unable("the address cannot be used"))?;
    if !is_web(&url) {
        return Err(unable("the address is not http://host/path or https://host/path"));
    }
    let method = Method::from_bytes(step.method.as_bytes()).map_err(|_| unable("the method cannot be used"))?;
    let mut headers = HeaderMap::new();
    for (name, value) in &step.headers {
        let bad = || unable(format!("the header \"{name}\" cannot be sent"));
        let key = HeaderName::from_bytes(name.as_bytes()).map_err(|_| bad())?;
        let mut value = HeaderValue::from_str(&known.fill(value)?).map_err(|_| bad())?;
        value.set_sensitive(true);
        headers.append(key, value);
    }
    let body = step.body.as_deref().map(|body| known.fill(body)).transpose()?.unwrap_or_default();
    Ok(Ready { method, url, headers, body: body.into() })
}

/// A step that asks about the redirect itself wants to see it.
fn redirects(step: &Step) -> Redirects {
    let about = |expectation: &Expectation| match expectation {
        Expectation::Status(statuses) => statuses.iter().any(|status| (300..400).contains(status)),
        Expectation::Header { name, .. } => name.eq_ignore_ascii_case(LOCATION.as_str()),
        _ => false,
    };
    let taken = |place: &String| place.eq_ignore_ascii_case("header:location") || place.starts_with("cookie:");
    match step.expect.iter().any(about) || step.take.values().any(taken) {
        true => Redirects::Keep,
        false => Redirects::Follow,
    }
}

/// Holds an answer against what must be true of it. What it is instead is not said: it may be anybody's data.
fn judge(step: &Step, answer: &Answer, took_ms: u64, known: &mut Known<'_>) -> Result<(), Reason> {
    let status = answer.status.as_u16();
    let says_status = step.expect.iter().any(|expectation| matches!(expectation, Expectation::Status(_)));
    if !says_status && status >= 400 {
        return Err(Reason::new(Code::Status(status), format!("the answer is {status}")));
    }
    let unmet = |text: String| Err(Reason::new(Code::Expectation, text));
    let mut filled = |text: &str| known.fill(text).unwrap_or_else(|_| text.to_owned());
    for expectation in &step.expect {
        match expectation {
            Expectation::Status(wanted) if !wanted.contains(&status) => {
                return Err(Reason::new(Code::Status(status), format!("the answer is {status}")));
            }
            Expectation::Contains(text) if !contains(&answer.body, filled(text).as_bytes()) => {
                return unmet("the answer does not hold the text that it must".to_owned());
            }
            Expectation::Json { path, equals } if json_at(answer, path) != Some(filled(equals)) => {
                return unmet(format!("the answer's {path} is not what it must be"));
            }
            Expectation::Header { name, equals }
                if !headers(answer, name).any(|value| value == filled(equals).as_str()) =>
            {
                return unmet(format!("the header \"{name}\" is not what it must be"));
            }
            Expectation::WithinMs(most) if took_ms > *most => {
                return unmet(format!("it took {took_ms} ms, {most} are allowed"));
            }
            _ => {}
        }
    }
    Ok(())
}

fn contains(body: &[u8], text: &[u8]) -> bool {
    text.is_empty() || body.windows(text.len()).any(|window| window == text)
}

fn headers<'a>(answer: &'a Answer, name: &str) -> impl Iterator<Item = &'a str> {
    let values = HeaderName::from_bytes(name.as_bytes()).ok().map(|name| answer.headers.get_all(name).into_iter());
    values.into_iter().flatten().filter_map(|value| value.to_str().ok())
}

fn json_at(answer: &Answer, path: &str) -> Option<String> {
    json::at(&serde_json::from_slice(&answer.body).ok()?, path)
}

/// Finds what a step takes: `json:$.id`, `header:location`, `cookie:session`.
fn found(answer: &Answer, place: &str) -> Option<String> {
    match place.split_once(':')? {
        ("json", path) => json_at(answer, path),
        ("header", name) => headers(answer, name).next().map(str::to_owned),
        ("cookie", name) => headers(answer, SET_COOKIE.as_str()).find_map(|cookie| {
            let (key, value) = cookie.split(';').next()?.split_once('=')?;
            (key.trim() == name).then(|| value.trim().to_owned())
        }),
        _ => None,
    }
}

pub(crate) fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
