//! The ladder of a page: whom it called, when and by which contact, and whom it calls next.

use jiff::Timestamp;
use seaworthy_contract::api::{LadderEnd, Page, PageCall, PageCalled, PageCallee};
use seaworthy_contract::events::page::EscalatedBecauseV2;

use super::{id, id_chars};
use crate::table::harmless;

/// Returns a line for each page that has something to say of its next call, behind an empty line; nothing where none has.
pub(super) fn next_calls(pages: &[Page]) -> String {
    let chars = id_chars(pages);
    let line = |page: &Page| Some(format!("\n{}  {}", id(page, chars), next(page)?));
    let lines: String = pages.iter().filter_map(line).collect();
    if lines.is_empty() { lines } else { format!("\n{lines}") }
}

/// Returns the whole ladder of a page.
pub(super) fn whole(page: &Page) -> String {
    let ladder = &page.ladder;
    let mut lines =
        vec![format!("escalation policy {}, round {} of {}", harmless(&ladder.policy), ladder.round, ladder.rounds)];
    lines.extend(
        ladder
            .problem
            .as_ref()
            .map(|problem| format!("  instead of the one that the files name: {}", harmless(problem))),
    );
    lines.extend(ladder.calls.iter().flat_map(call));
    lines.push(match next(page) {
        Some(next) => format!("  {next}"),
        None => "  nobody else is called".to_owned(),
    });
    lines.join("\n")
}

fn call(call: &PageCall) -> Vec<String> {
    let why = match call.why {
        None => "with the page",
        Some(EscalatedBecauseV2::Unanswered) => "nobody had taken it",
        Some(EscalatedBecauseV2::Unreachable) => "nobody before could be reached",
        Some(EscalatedBecauseV2::Nobody) => "nobody was there before",
        Some(EscalatedBecauseV2::Help) => "help was asked for",
    };
    let gap = (call.left_out > 0).then(|| format!("  {} steps had nobody to call", call.left_out));
    let people = call.people.iter().map(|person| format!("  {} called {}; {why}", clock(call.at), called(person)));
    gap.into_iter().chain(people).collect()
}

fn called(person: &PageCalled) -> String {
    let how: Vec<String> = person
        .contacts
        .iter()
        .map(|contact| format!("by contact {} at {}", contact.contact, clock(contact.at)))
        .collect();
    let how = match (person.state.as_str(), &person.reason) {
        (_, Some(reason)) => format!("not reached ({})", harmless(reason)),
        ("waiting", _) if how.is_empty() => "not reached yet".to_owned(),
        _ => how.join(", "),
    };
    format!("{} {how}", name(&person.who)).trim_end().to_owned()
}

/// Says whom a page calls next; none where nobody else is called because somebody has it or it is over.
fn next(page: &Page) -> Option<String> {
    let ladder = &page.ladder;
    if ladder.end == Some(LadderEnd::Exhausted) {
        return Some("NOBODY HAS TAKEN IT and nobody else is called: take it, or call somebody yourself".to_owned());
    }
    let at = ladder.next_at?;
    let who: Vec<String> = ladder.next.iter().map(name).collect();
    Some(match who.is_empty() {
        true => format!("nobody is left to be called at {}", clock(at)),
        false => format!("calls {} at {} unless somebody takes it", who.join(", "), clock(at)),
    })
}

fn name(callee: &PageCallee) -> String {
    callee.name.as_deref().map_or_else(|| callee.person.to_string(), harmless)
}

fn clock(at: Timestamp) -> String {
    at.strftime("%H:%M:%S UTC").to_string()
}

#[cfg(test)]
mod tests {
    use expect_test::expect;
    use seaworthy_contract::api::Page;
    use serde_json::json;

    use super::*;
    use crate::fixture::{from, page_json, with};

    fn page(ladder: serde_json::Value) -> Page {
        let whole = json!({ "policy": "standard", "calls": [], "next_at": null, "round": 1, "rounds": 3 });
        from(with(page_json(), json!({ "ladder": with(whole, ladder) })))
    }

    #[test]
    fn it_says_who_was_called_and_who_is_next() {
        let called = |person: &str, state: &str, contacts: serde_json::Value| json!({ "person": person, "name": null, "state": state, "contacts": contacts });
        let climbing = page(json!({
            "calls": [
                { "rung": 0, "at": "2026-03-02T11:54:00Z", "people": [called("ines", "delivered", json!([{ "contact": 1, "at": "2026-03-02T11:54:01Z" }, { "contact": 2, "at": "2026-03-02T11:57:00Z" }]))] },
                { "rung": 3, "at": "2026-03-02T11:59:00Z", "why": "unanswered", "left_out": 2, "people": [called("bob", "waiting", json!([]))] }
            ],
            "next_at": "2026-03-02T12:04:00Z",
            "next": [{ "person": "ann", "name": "Ann" }]
        }));
        expect![[r#"
            escalation policy standard, round 1 of 3
              11:54:00 UTC called ines by contact 1 at 11:54:01 UTC, by contact 2 at 11:57:00 UTC; with the page
              2 steps had nobody to call
              11:59:00 UTC called bob not reached yet; nobody had taken it
              calls Ann at 12:04:00 UTC unless somebody takes it"#]]
        .assert_eq(&whole(&climbing));
        expect![[r#"


            01954a00  calls Ann at 12:04:00 UTC unless somebody takes it"#]]
        .assert_eq(&next_calls(&[climbing]));
        let given_up =
            json!({ "person": "ines", "name": null, "state": "undeliverable", "contacts": [], "reason": "no contact" });
        let over = page(
            json!({ "calls": [{ "rung": 0, "at": "2026-03-02T11:54:00Z", "people": [given_up] }], "end": "exhausted", "round": 3, "problem": "a circle" }),
        );
        expect![[r#"
            escalation policy standard, round 3 of 3
              instead of the one that the files name: a circle
              11:54:00 UTC called ines not reached (no contact); with the page
              NOBODY HAS TAKEN IT and nobody else is called: take it, or call somebody yourself"#]]
        .assert_eq(&whole(&over));
        assert_eq!(next_calls(&[page(json!({ "end": "taken" }))]), "");
    }
}
