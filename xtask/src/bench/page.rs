//! `bench page`: how soon a person's channel is called once an alert is accepted, on real sockets.
//!
//! `seaworthy up` with so many services, alerts by Events v2 at fixed times, and a person whose contact is a webhook. Each
//! alert is a page of its own: another service, or another symptom of one. The time is taken from the answer 202 to the
//! moment at which the webhook has the page's head.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::hook::Hook;
use super::product::Up;
use crate::args::Args;
use crate::conformance::http::{ask, get, wait};
use crate::figures::{Figure, percentile, spread, verdict};
use crate::shell::{Outcome, Profile, seaworthy, target};

/// Alerts a second.
const RATE: u64 = 10;

/// From accepted to called, the slowest of a hundred.
const CALLED_MS_MAX: f64 = 250.0;

/// Pages of one service at most: as many as may wait for somebody at once.
const OF_ONE_SERVICE: u64 = 5;

/// When what has not come is given up, counted from the last alert.
const CALLED_WITHIN: Duration = Duration::from_secs(20);

/// Longest wait for the services to be known.
const READY_WITHIN: Duration = Duration::from_secs(60);

/// An alert on its way: its number, when it was sent and when 202 was there.
type Sent = (u64, Instant, Outcome<Instant>);

/// Starts everything, sends alerts for so many seconds, and says how soon each was called.
///
/// # Errors
/// When it cannot be started, an alert is refused, or a figure is missed.
pub(super) fn run(mut args: Args) -> Outcome {
    let seconds = args.number("--seconds", 60)?;
    let binary = args.value("--binary")?.map(PathBuf::from);
    let profile = if args.flag("--debug") { Profile::Dev } else { Profile::Release };
    args.finish()?;
    let count = RATE * seconds;
    let binary = binary.map_or_else(|| seaworthy(profile), Ok)?;
    let folder = target().join("bench/page");
    drop(std::fs::remove_dir_all(&folder));
    let hook = Hook::start()?;
    declare(&folder.join("files"), services(count), hook.address)?;
    let up = Up::start(&binary, &folder)?;
    let key = ready(&up, services(count))?;
    let sent = send(&up.portal, &key, count)?;
    report(&sent, &called(&hook, &sent))
}

fn services(count: u64) -> u64 {
    count.div_ceil(OF_ONE_SERVICE)
}

/// A team of one whose contact is the webhook, and services.
fn declare(files: &std::path::Path, services: u64, hook: SocketAddr) -> Outcome {
    let mut text = format!(
        "apiVersion: seaworthy/v1\nkind: Person\nmetadata: {{ name: ann }}\nspec: {{ contacts: [{{ webhook: \
         \"http://{hook}/page\" }}] }}\n---\napiVersion: seaworthy/v1\nkind: Team\nmetadata: {{ name: shop }}\nspec: {{ members: [ann] \
         }}\n---\napiVersion: seaworthy/v1\nkind: Rotation\nmetadata: {{ name: shop-weekly }}\nspec: {{ team: shop, \
         participants: [ann], start: 2026-01-05T09:00, zone: Europe/Berlin, turn: 7d }}\n"
    );
    for service in 0..services {
        text += &format!(
            "---\napiVersion: seaworthy/v1\nkind: Service\nmetadata: {{ name: s{service} }}\nspec: {{ owner: shop }}\n"
        );
    }
    let path = files.join("catalogue.yaml");
    let written = std::fs::create_dir_all(files).and_then(|()| std::fs::write(&path, text));
    written.map_err(|error| format!("could not write \"{}\": {error}", path.display()))
}

/// Waits until the services are known; returns a credential that may send alerts.
fn ready(up: &Up, services: u64) -> Outcome<String> {
    wait("services", READY_WITHIN, || {
        let status = get(&up.portal, "/v1/status", &up.token)?;
        let known = status["services"].as_array().map_or(0, Vec::len);
        Ok((known as u64 >= services).then_some(()))
    })?;
    let wanted = json!({ "scope": "intake", "label": "bench" });
    let made = ask("POST", &up.portal, "/v1/tokens", &up.token, Some(&wanted))?;
    let made: Value = serde_json::from_str(&made).map_err(|error| format!("a token is no JSON: {error}"))?;
    Ok(made["secret"].as_str().ok_or("no token was made")?.to_owned())
}

/// Sends alerts at fixed times, each on a connection of its own: a slow answer delays none that comes after it.
fn send(portal: &str, key: &str, count: u64) -> Outcome<Vec<Sent>> {
    let begin = Instant::now();
    let every = Duration::from_secs(1) / u32::try_from(RATE).expect("ten");
    let mut open: Vec<JoinHandle<Sent>> = Vec::new();
    for (number, turn) in (0..count).zip(0_u32..) {
        std::thread::sleep((begin + every * turn).saturating_duration_since(Instant::now()));
        let (portal, body) = (portal.to_owned(), event(key, number, services(count)));
        open.push(std::thread::spawn(move || {
            let sent = Instant::now();
            let accepted = ask("POST", &portal, "/v2/enqueue", "", Some(&body)).map(|_| Instant::now());
            (number, sent, accepted)
        }));
    }
    open.into_iter().map(|sent| sent.join().map_err(|_| "a sender panicked".to_owned())).collect()
}

fn event(key: &str, number: u64, services: u64) -> Value {
    json!({ "routing_key": key, "event_action": "trigger", "dedup_key": format!("alert-{number}"),
        "payload": { "summary": sentence(number), "source": format!("s{}", number % services), "severity": "critical",
            "class": format!("symptom {}", letter(number / services)) } })
}

/// Symptoms of one service are told apart by a word: figures in a name are left out.
fn letter(number: u64) -> char {
    char::from(b'a' + u8::try_from(number % 26).expect("under 26"))
}

fn sentence(number: u64) -> String {
    format!("Customers cannot pay, alert {number}.")
}

/// Waits for what is on its way; says when each came.
fn called(hook: &Hook, sent: &[Sent]) -> Vec<Option<Instant>> {
    let came = |number: u64| hook.came(|page| page["sentence"].as_str().is_some_and(|text| text == sentence(number)));
    let all = || sent.iter().map(|(number, ..)| came(*number)).collect::<Vec<_>>();
    let waited = wait("pages", CALLED_WITHIN, || Ok(Some(all()).filter(|all| all.iter().all(Option::is_some))));
    waited.map_or_else(|_| all(), |(all, _)| all)
}

fn report(sent: &[Sent], called: &[Option<Instant>]) -> Outcome {
    let refused: Vec<&String> = sent.iter().filter_map(|(.., accepted)| accepted.as_ref().err()).collect();
    if let Some(first) = refused.first() {
        return Err(format!("{} of {} alerts were refused, the first: {first}", refused.len(), sent.len()));
    }
    let (mut waits, mut whole) = (Vec::new(), Vec::new());
    for ((_, sent, accepted), called) in sent.iter().zip(called) {
        let (Ok(accepted), Some(called)) = (accepted, called) else { continue };
        let ms = |from: &Instant| called.saturating_duration_since(*from).as_secs_f64() * 1_000.0;
        waits.push(ms(accepted));
        whole.push(ms(sent));
    }
    for (what, values) in [("accepted to called", &waits), ("sent to called", &whole)] {
        let at = |part| percentile(values, part).unwrap_or(f64::NAN);
        let most = spread(values).map_or(f64::NAN, |(_, _, most)| most);
        println!("{what:<20} p50 {:>7.1} ms, p99 {:>7.1} ms, max {most:>7.1} ms", at(0.5), at(0.99));
    }
    verdict(&[
        Figure::in_all("alerts that called somebody", waits.len(), sent.len()),
        Figure::at_most("alert accepted to channel called, p99", percentile(&waits, 0.99), CALLED_MS_MAX, "ms"),
    ])
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn each_alert_is_a_page_of_its_own_and_no_service_has_too_many() {
        let count = 600;
        let made: Vec<Value> = (0..count).map(|number| event("k", number, services(count))).collect();
        let symptoms: BTreeSet<_> =
            made.iter().map(|e| format!("{} {}", e["payload"]["source"], e["payload"]["class"])).collect();
        assert_eq!(symptoms.len(), made.len());
        let of_one = made.iter().filter(|event| event["payload"]["source"] == "s7").count();
        assert!(of_one as u64 <= OF_ONE_SERVICE, "{of_one}");
    }

    #[test]
    fn what_was_refused_or_never_came_is_no_success() {
        let now = Instant::now();
        assert!(report(&[(0, now, Ok(now))], &[Some(now)]).is_ok());
        assert!(report(&[(0, now, Ok(now))], &[None]).is_err());
        assert!(report(&[(0, now, Ok(now))], &[Some(now + Duration::from_secs(1))]).is_err());
        assert!(report(&[(0, now, Err("503".to_owned()))], &[Some(now)]).is_err());
    }
}
