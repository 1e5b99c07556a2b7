//! Whom a page called, when and by which contact, and whom it calls next unless somebody takes it.

use askama::Template;
use seaworthy_contract::api::{LadderEnd, PageCall, PageCalled, PageCallee, PageLadder};
use seaworthy_contract::events::page::EscalatedBecauseV2;

use super::{Chip, When, prints_itself};

/// What the API says of a channel whose every contact was given up.
const UNDELIVERABLE: &str = "undeliverable";

/// The calls of a page, oldest first.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "components/ladder_of_calls.html")]
pub struct LadderOfCalls {
    /// What is shown where nobody answered.
    pub alarm: Chip,
    /// The escalation policy, and the round.
    pub policy: String,
    /// Why it is not the policy that the files name.
    pub problem: Option<String>,
    /// Why nobody of all who were called can be reached; it is said once, and each of them is named once.
    pub unreached: Option<String>,
    /// Who was called.
    pub calls: Vec<CalledLine>,
    /// Who is next, and when; an empty name where the ladder ends then.
    pub next: Option<(String, When)>,
    /// When it came to its end and nobody else is called: the one thing here that is an alarm.
    pub exhausted: Option<When>,
    /// The round that is over, where it begins again.
    pub again: Option<u16>,
}

/// Somebody who was called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CalledLine {
    /// Their name.
    pub name: String,
    /// When.
    pub at: When,
    /// Why, where it was not with the page.
    pub why: Option<&'static str>,
    /// Which contacts took it, each with its time.
    pub contacts: Vec<(u16, When)>,
    /// How it fared; none where that is said of all together.
    pub chip: Option<Chip>,
    /// Why no contact took it.
    pub reason: Option<String>,
}

impl LadderOfCalls {
    /// Makes it.
    pub fn new(ladder: &PageLadder) -> Self {
        let exhausted = ladder.exhausted_at.filter(|_| ladder.end == Some(LadderEnd::Exhausted));
        let goes_on = ladder.end.is_none();
        let unreached = unreached(ladder);
        Self {
            alarm: match unreached {
                Some(_) => Chip::bad("Nobody can be reached"),
                None => Chip::bad("Nobody answered"),
            },
            policy: format!(
                "escalation policy {}, round {} of {}",
                ladder.policy,
                ladder.round.max(1),
                ladder.rounds.max(1)
            ),
            problem: ladder.problem.clone(),
            calls: match unreached {
                Some(_) => once_each(ladder),
                None => ladder.calls.iter().flat_map(lines).collect(),
            },
            unreached,
            next: ladder.next_at.map(|at| (names(&ladder.next), When::clock(at))),
            exhausted: exhausted.map(When::clock),
            again: ladder.exhausted_at.filter(|_| goes_on).map(|_| ladder.round.saturating_sub(1).max(1)),
        }
    }
}

/// Says why, where every contact of everybody who was called was given up.
fn unreached(ladder: &PageLadder) -> Option<String> {
    let mut reasons: Vec<&str> = Vec::new();
    for person in ladder.calls.iter().flat_map(|call| &call.people) {
        if person.state != UNDELIVERABLE {
            return None;
        }
        let reason = person.reason.as_deref().unwrap_or("no contact took it");
        if !reasons.contains(&reason) {
            reasons.push(reason);
        }
    }
    (!reasons.is_empty()).then(|| reasons.join("; "))
}

/// Everybody who was called, with the first time.
fn once_each(ladder: &PageLadder) -> Vec<CalledLine> {
    let mut named: Vec<&PageCallee> = Vec::new();
    let mut calls = Vec::new();
    for (call, person) in ladder.calls.iter().flat_map(|call| call.people.iter().map(move |person| (call, person))) {
        if !named.contains(&&person.who) {
            named.push(&person.who);
            let (name, at) = (name(&person.who), When::clock(call.at));
            calls.push(CalledLine { name, at, why: None, contacts: Vec::new(), chip: None, reason: None });
        }
    }
    calls
}

fn lines(call: &PageCall) -> impl Iterator<Item = CalledLine> + '_ {
    let why = call.why.map(|why| match why {
        EscalatedBecauseV2::Unanswered => "nobody had taken it",
        EscalatedBecauseV2::Unreachable => "nobody before could be reached",
        EscalatedBecauseV2::Nobody => "nobody was there before",
        EscalatedBecauseV2::Help => "help was asked for",
    });
    call.people.iter().map(move |person| CalledLine {
        name: name(&person.who),
        at: When::clock(call.at),
        why,
        contacts: person.contacts.iter().map(|contact| (contact.contact, When::clock(contact.at))).collect(),
        chip: Some(chip(person)),
        reason: person.reason.clone(),
    })
}

fn chip(person: &PageCalled) -> Chip {
    match person.state.as_str() {
        "delivered" => Chip::ok("Sent"),
        UNDELIVERABLE => Chip::bad("Not reached"),
        _ => Chip::waits("On its way"),
    }
}

fn names(people: &[PageCallee]) -> String {
    people.iter().map(name).collect::<Vec<_>>().join(", ")
}

fn name(callee: &PageCallee) -> String {
    callee.name.clone().unwrap_or_else(|| callee.person.to_string())
}

prints_itself!(LadderOfCalls);

#[cfg(test)]
mod tests {
    use super::*;

    fn ladder(end: Option<LadderEnd>) -> PageLadder {
        let callee = |person: &str, name: Option<&str>| PageCallee {
            person: person.parse().expect("a name"),
            name: name.map(str::to_owned),
        };
        let at = |text: &str| text.parse().expect("a time");
        let called = PageCalled {
            who: callee("ines", Some("<Ines>")),
            state: "delivered".to_owned(),
            contacts: vec![seaworthy_contract::api::PageContact { contact: 1, at: at("2026-11-21T02:03:01Z") }],
            reason: None,
        };
        PageLadder {
            policy: "standard".to_owned(),
            calls: vec![PageCall {
                rung: 0,
                at: at("2026-11-21T02:03:00Z"),
                why: None,
                left_out: 0,
                people: vec![called],
            }],
            next_at: end.is_none().then(|| at("2026-11-21T02:08:00Z")),
            next: vec![callee("bob", None)],
            end,
            exhausted_at: end.map(|_| at("2026-11-21T02:30:00Z")),
            round: 1,
            rounds: 3,
            ..PageLadder::default()
        }
    }

    #[test]
    fn it_says_who_was_called_and_who_is_next() {
        let html = LadderOfCalls::new(&ladder(None)).to_string();
        for part in
            ["&#60;Ines&#62;", "by contact 1", "02:03:00 UTC", "bob", "02:08:00 UTC", "unless somebody takes it"]
        {
            assert!(html.contains(part), "{part}: {html}");
        }
        assert!(!html.contains("chip-bad"), "{html}");
    }

    #[test]
    fn that_nobody_can_be_reached_is_said_once() {
        let mut all = ladder(None);
        for call in &mut all.calls {
            for person in &mut call.people {
                person.state = UNDELIVERABLE.to_owned();
                person.contacts.clear();
                person.reason = Some("the person has no contact in the directory".to_owned());
            }
        }
        all.calls.extend(all.calls.clone());
        let html = LadderOfCalls::new(&all).to_string();
        for part in ["Nobody can be reached", "no contact in the directory", "&#60;Ines&#62;", "chip-bad"] {
            assert_eq!(html.matches(part).count(), 1, "{part}: {html}");
        }
        assert!(html.contains("bob"), "who is next is said: {html}");
        // One who may still be reached: each says how it fared.
        all.calls[1].people[0].state = "waiting".to_owned();
        let html = LadderOfCalls::new(&all).to_string();
        assert!(html.contains("Not reached") && html.contains("On its way"), "{html}");
    }

    #[test]
    fn the_end_of_it_is_red_and_says_what_follows() {
        let html = LadderOfCalls::new(&ladder(Some(LadderEnd::Exhausted))).to_string();
        assert!(html.contains("chip-bad") && html.contains("nobody else is called"), "{html}");
        let taken = LadderOfCalls::new(&ladder(Some(LadderEnd::Taken))).to_string();
        assert!(!taken.contains("chip-bad") && !taken.contains("unless"), "{taken}");
    }
}
