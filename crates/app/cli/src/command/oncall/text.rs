//! Rotas for people: local times of the rotation's zone, in tables.

use std::fmt::Write as _;

use jiff::SignedDuration;
use seaworthy_contract::api::{
    Rota, RotaFollowed, RotaNow, RotaOffer, RotaOfferState, RotaOverride, RotaPlan, RotaState, RotaTime,
};
use seaworthy_contract::catalogue::StandIn;
use seaworthy_core::view::{level, local};

use crate::table::{Column, harmless, lay_out};
use crate::view::View;

/// Tells a plan: who, where nobody, what is wrong.
pub(super) fn plan(head: &str, zone: &str, plan: &RotaPlan, width: usize) -> String {
    let mut said = format!("{}, times of {zone}\n\n", harmless(head));
    let shifts = plan.shifts.iter().map(|shift| {
        let row = vec![level(shift.level), local(shift.start, zone), local(shift.end, zone), shift.person.to_string()];
        ((shift.level, shift.start), [row, vec![harmless(&shift.why)]].concat())
    });
    let gaps = plan.gaps.iter().map(|gap| {
        let row = vec![level(gap.level), local(gap.start, zone), local(gap.end, zone), "NOBODY".to_owned()];
        ((gap.level, gap.start), [row, vec![hours(gap.start.duration_until(gap.end))]].concat())
    });
    let mut rows: Vec<_> = shifts.chain(gaps).collect();
    rows.sort_by_key(|(at, _)| *at);
    let head = ["LEVEL", "FROM", "UNTIL", "PERSON", "WHY"].map(str::to_owned).to_vec();
    let rows: Vec<Vec<String>> = [head].into_iter().chain(rows.into_iter().map(|(_, row)| row)).collect();
    let columns = [Column::Text, Column::Text, Column::Text, Column::Text, Column::Gives];
    for line in lay_out(&columns, &rows, width) {
        said.push_str(line.trim_end());
        said.push('\n');
    }
    if !plan.findings.is_empty() {
        said.push('\n');
    }
    for one in &plan.findings {
        writeln!(said, "- {}", harmless(&one.says)).expect("a text takes everything");
    }
    said
}

/// Returns `95 h` or `95 h 30 min`.
pub(super) fn hours(time: SignedDuration) -> String {
    let (hours, minutes) = (time.as_hours(), time.as_mins() % 60);
    if minutes == 0 { format!("{hours} h") } else { format!("{hours} h {minutes} min") }
}

/// Tells who is on call now.
pub(super) fn now(rotas: &[RotaNow], view: &View) -> String {
    if rotas.is_empty() {
        return "no rota is declared; write kind: Rotation in a file, then `seaworthy apply DIR`".to_owned();
    }
    let head = ["ROTA", "TEAM", "ON CALL", "UNTIL", "NEXT", "SERVICES"].map(str::to_owned).to_vec();
    let rows = rotas.iter().map(|rota| row(rota, view));
    let columns = [Column::Text, Column::Text, Column::Text, Column::Text, Column::Text, Column::Gives];
    lay_out(&columns, &std::iter::once(head).chain(rows).collect::<Vec<_>>(), view.width()).join("\n")
}

fn row(rota: &RotaNow, view: &View) -> Vec<String> {
    let people: Vec<String> = rota.on_call.iter().map(|one| one.person.to_string()).collect();
    let on_call = match (rota.state, people.is_empty()) {
        (RotaState::NotStarted, _) => "not started".to_owned(),
        (_, true) => view.alarm("NOBODY"),
        (_, false) => people.join(", "),
    };
    let until = rota.on_call.first().map_or_else(|| "-".to_owned(), |one| local(one.until, &rota.zone));
    let next = rota.next.as_ref().map(|next| next.person.as_ref().map_or("nobody", |person| person.as_str()));
    let services: Vec<String> = rota.services.iter().map(ToString::to_string).collect();
    vec![
        rota.rotation.to_string(),
        rota.team.to_string(),
        on_call,
        until,
        next.unwrap_or("-").to_owned(),
        if services.is_empty() { "-".to_owned() } else { services.join(", ") },
    ]
}

/// Tells one rota: its plan, what people changed, what waits.
pub(super) fn rota(rota: &Rota, view: &View) -> String {
    let now = &rota.now;
    let mut said = String::new();
    if now.state == RotaState::NotStarted {
        let people = rota.members.len();
        writeln!(said, "The rota has not begun: {people} joined, and nobody is on call by it.\n").expect("a text");
    }
    said += &plan(&format!("{} of {}", now.rotation, now.team), &now.zone, &rota.plan, view.width());
    if let Some(calendar) = &now.calendar {
        writeln!(said, "\n{}", followed(calendar, &now.zone)).expect("a text");
    }
    let learners: Vec<String> =
        rota.shadows.iter().map(|one| format!("{} ({} shifts)", one.person, one.shifts)).collect();
    if !learners.is_empty() {
        writeln!(said, "\nShadowing: {}", learners.join(", ")).expect("a text");
    }
    for (title, lines) in [
        ("Overrides", rota.overrides.iter().map(|one| changed(one, &now.zone)).collect::<Vec<_>>()),
        ("Offers", rota.offers.iter().map(|one| offer(one, &now.zone)).collect()),
    ] {
        if !lines.is_empty() {
            writeln!(said, "\n{title}:\n{}", lines.join("\n")).expect("a text");
        }
    }
    said
}

/// Tells what calendar a rota follows, and how old what is known of it is.
fn followed(calendar: &RotaFollowed, zone: &str) -> String {
    let from = harmless(&calendar.from);
    let read = calendar.read_at.map_or_else(|| "never read".to_owned(), |at| format!("read {}", local(at, zone)));
    match &calendar.trouble {
        None => format!("Calendar: {from}, {read}"),
        Some(why) => format!("Calendar: {from}, {read}; it cannot be read: {}", harmless(why)),
    }
}

/// Tells an override, its id first: it is what takes it back.
pub(super) fn changed(one: &RotaOverride, zone: &str) -> String {
    let what = match &one.change {
        StandIn::Add(person) => format!("{person} is on call"),
        StandIn::Remove(person) => format!("{person} is not on call"),
        StandIn::Replace { who, with } => format!("{with} stands in for {who}"),
    };
    let at = one.level.map_or_else(String::new, |at| format!(" as {}", level(at)));
    format!("{}  {what}{at} from {} until {}", one.id, local(one.from, zone), local(one.until, zone))
}

/// Tells an offer, its id first.
pub(super) fn offer(one: &RotaOffer, zone: &str) -> String {
    let time =
        |time: &RotaTime| format!("{} {} to {}", level(time.level), local(time.from, zone), local(time.until, zone));
    let to = one.to.as_ref().map_or_else(|| "whoever agrees first".to_owned(), ToString::to_string);
    let back = one.takes.as_ref().map_or_else(String::new, |takes| format!(", for {}", time(takes)));
    let agreed: Vec<String> = one.agreed.iter().map(ToString::to_string).collect();
    let state = match (one.state, agreed.is_empty()) {
        (RotaOfferState::Open, true) => "waits for both".to_owned(),
        (RotaOfferState::Open, false) => format!("{} agreed", agreed.join(", ")),
        (RotaOfferState::Agreed, _) => "both agreed".to_owned(),
        (RotaOfferState::Withdrawn, _) => "taken back".to_owned(),
        (RotaOfferState::Over, _) => "over".to_owned(),
    };
    format!("{}  {} gives {} to {to}{back}: {state}", one.id, one.by, time(&one.gives))
}
