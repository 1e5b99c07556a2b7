//! The whole in one answer.

use seaworthy_alert::Urgency;
use seaworthy_contract::api::{GatewayStatus, Page, PageMatter, PageState, Rollout, RolloutState, Service, Status};
use seaworthy_model::ServiceId;
use uuid::Uuid;

use super::alert::counts;
use super::{Look, controls_set, open_alerts, pages, rollouts, service, services};

/// Most services that are named as not well beside the answer: the list below it has them all.
const NAMED_MAX: usize = 5;

/// Returns the whole. `boot` and `writable` are the server's own.
pub fn status(look: &Look<'_>, boot: Uuid, writable: bool) -> Status {
    let mut pages = pages(look);
    pages.retain(|page| page.state != PageState::Acknowledged);
    let mut live = rollouts(look, None);
    live.retain(|rollout| !matches!(rollout.state, RolloutState::Promoted | RolloutState::Reverted));
    let services = services(look);
    let sentence = sentence(look, &pages, &live, &services) + &held_back(look);
    Status {
        sentence,
        now: look.now,
        boot,
        started_at: look.state.started_at,
        program: env!("CARGO_PKG_VERSION").to_owned(),
        position: look.state.position,
        store_writable: writable,
        services,
        rollouts: live,
        pages,
        alerts: open_alerts(look, None),
        controls: controls_set(look, None),
        gateways: gateways(look),
    }
}

/// Is anybody needed? A page that nobody has beats everything, then what is wrong although somebody has it, then a drill; a
/// page whose matter is over waits for a word only. Whatever is not well and not what it says is named at its end.
fn sentence(look: &Look<'_>, pages: &[Page], live: &[Rollout], services: &[Service]) -> String {
    let unwell: Vec<&Service> = services.iter().filter(|service| service::is_unwell(look, &service.name)).collect();
    let (sentence, about) = answer(look, pages, live, services, &unwell);
    let others: Vec<&str> = unwell
        .iter()
        .map(|service| &service.name)
        .filter(|name| Some(*name) != about.as_ref())
        .map(ServiceId::as_str)
        .collect();
    let also = if about.is_some() { "Also not well" } else { "Not well" };
    match (others.len(), others.join(", ")) {
        (0, _) => sentence,
        (..=NAMED_MAX, names) => format!("{sentence} {also}: {names}."),
        (many, _) => format!("{sentence} {also}: {} and {} more.", others[..NAMED_MAX].join(", "), many - NAMED_MAX),
    }
}

/// What controls hold back: whoever asks whether anybody is needed must not take a shutter for calm.
fn held_back(look: &Look<'_>) -> String {
    let set = look.state.controls_set().map(|(_, record)| {
        let drill = if record.set.drill { ", a drill" } else { "" };
        format!("{} ({}{drill})", record.set.service, record.kind())
    });
    let set: Vec<String> = set.collect();
    match (set.len(), set.join(", ")) {
        (0, _) => String::new(),
        (..=NAMED_MAX, named) => format!(" Held back: {named}."),
        (many, _) => format!(" Held back: {} and {} more.", set[..NAMED_MAX].join(", "), many - NAMED_MAX),
    }
}

/// Returns the answer, and the one service that it is about.
fn answer(
    look: &Look<'_>,
    pages: &[Page],
    live: &[Rollout],
    services: &[Service],
    unwell: &[&Service],
) -> (String, Option<ServiceId>) {
    let open: Vec<_> = look.state.alerts.all_open().map(|(_, alert)| alert).filter(|a| counts(look, a)).collect();
    let (urgent, tickets): (Vec<_>, Vec<_>) = open.into_iter().partition(|alert| alert.urgency == Urgency::Page);
    let (over, pages): (Vec<_>, Vec<_>) = pages.iter().partition(|page| page.matter == PageMatter::Over);
    let (drills, pages): (Vec<_>, Vec<_>) = pages.into_iter().partition(|page| page.matter == PageMatter::Drill);
    let failing = unwell.iter().find(|service| service.failing_since.is_some()).or(unwell.first());
    let sentence = match (pages.as_slice(), urgent.as_slice(), live) {
        ([one], ..) => {
            let sentence = format!("{} is needed: {}", called(one, "Somebody"), told(&one.service, &one.sentence));
            return (sentence, Some(one.service.clone()));
        }
        ([_, _, ..], ..) => format!("{} pages wait for somebody to take them.", pages.len()),
        ([], [one], _) => {
            let sentence = format!("{} is not well: {}", one.service, stopped(&one.sentence));
            return (sentence, Some(one.service.clone()));
        }
        ([], [_, _, ..], _) => format!("{} things are wrong; no page waits for anybody.", urgent.len()),
        ([], [], _) if failing.is_some() => {
            let service = failing.expect("checked in the guard");
            return (unpaged(service), Some(service.name.clone()));
        }
        ([], [], _) if !drills.is_empty() => waits_to_be_taken(&drills),
        ([], [], _) if !over.is_empty() => waits_for_a_word(&over),
        ([], [], []) if services.is_empty() => "Nothing is declared yet.".to_owned(),
        ([], [], []) => calm(tickets.len()),
        ([], [], [one]) => one.sentence.clone(),
        ([], [], many) => format!("{} changes are on their way to users; nobody is needed.", many.len()),
    };
    (sentence, None)
}

/// Others' sentences, which alone name no service.
fn told(service: &ServiceId, sentence: &str) -> String {
    let sentence = stopped(sentence);
    if sentence.contains(service.as_str()) { sentence } else { format!("{service}: {sentence}") }
}

/// Ends a sentence, so that another can follow.
fn stopped(sentence: &str) -> String {
    let stop = if sentence.ends_with(['.', '!', '?', '…']) { "" } else { "." };
    format!("{sentence}{stop}")
}

fn calm(tickets: usize) -> String {
    match tickets {
        0 => "Nobody is needed.".to_owned(),
        1 => "Nobody is needed now; 1 alert waits for working hours.".to_owned(),
        many => format!("Nobody is needed now; {many} alerts wait for working hours."),
    }
}

/// What is wrong with a service, and why it wakes nobody.
fn unpaged(service: &Service) -> String {
    let why = match service.failing_since {
        Some(_) => "Nobody is paged yet: that takes a share of its budget.",
        None => "Nobody is paged for that alone.",
    };
    format!("{} {why}", service.sentence)
}

fn called<'a>(page: &'a Page, nobody: &'a str) -> &'a str {
    page.to_name.as_deref().unwrap_or(nobody)
}

fn waits_to_be_taken(drills: &[&Page]) -> String {
    match drills {
        [one] => format!("A drill waits to be taken by {}.", called(one, "somebody")),
        many => format!("{} drills wait to be taken.", many.len()),
    }
}

fn waits_for_a_word(over: &[&Page]) -> String {
    match over {
        [one] => {
            let who = called(one, "somebody");
            format!("It is over, and its page waits for {who} to acknowledge it: {}", one.sentence)
        }
        many => format!("It is over; {} pages wait to be acknowledged.", many.len()),
    }
}

fn gateways(look: &Look<'_>) -> Vec<GatewayStatus> {
    let age = |at| u64::try_from(look.now.duration_since(at).as_millis()).unwrap_or(0);
    let view = |(name, seen): (&seaworthy_model::GatewayName, &crate::watch::GatewaySeen)| GatewayStatus {
        name: name.clone(),
        applied: seen.applied,
        report_age_ms: age(seen.reported_at),
        requests: seen.requests,
    };
    look.watch.gateways.0.iter().map(view).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// "Bob is needed: unnamed Not well: kiosk."
    #[test]
    fn others_sentences_name_the_service_and_end() {
        let service: ServiceId = "kiosk".parse().expect("a name");
        for (sentence, want) in [
            ("error rate high", "kiosk: error rate high."),
            ("kiosk v2 was taken off 5% of users.", "kiosk v2 was taken off 5% of users."),
            ("Is kiosk there?", "Is kiosk there?"),
            ("cut…", "kiosk: cut…"),
        ] {
            assert_eq!(told(&service, sentence), want);
        }
    }
}
