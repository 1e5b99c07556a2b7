//! Rotations that follow a calendar: who is on call by it, who is called, and what becomes of one that cannot be read.

use jiff::{SignedDuration, Timestamp};
use seaworthy_alert::{Nature, Phase, Purpose, Signal, Urgency};
use seaworthy_contract::catalogue::{Document, Entity, FollowedCalendar, Person, Sourced};
use seaworthy_contract::events::Event;
use seaworthy_contract::events::rota::{CalendarShiftV1, CalendarTroubleV1, RotaCalendarReadV1};
use seaworthy_core::watch::Used;
use seaworthy_core::{CalendarSays, Input, State, view};
use seaworthy_model::RotationId;

use crate::bench::{Bench, document, service, start};

fn rota() -> RotationId {
    "shop".parse().unwrap()
}

fn hour(hours: i64) -> Timestamp {
    start() + SignedDuration::from_hours(hours)
}

/// The rotation of the shop follows a calendar, and what it says is trusted for two hours.
fn following() -> Document {
    let mut document = document(&["checkout"]);
    for sourced in &mut document.entities {
        if let Entity::Rotation(rotation) = &mut sourced.entity {
            rotation.participants = ["ann", "bob"].map(|name| name.parse().unwrap()).to_vec();
            let calendar =
                FollowedCalendar { from: "calendars.example".to_owned(), every_minutes: 15, trusted_hours: 2 };
            rotation.layered.calendar = Some(Box::new(calendar));
        }
    }
    let people = ["ann", "bob", "cid"].map(|name| Entity::Person(Person { name: name.parse().unwrap() }));
    let sourced = |entity| Sourced { entity, source: "a.yaml:1".to_owned() };
    document.entities.extend(people.map(sourced));
    document
}

fn bench() -> Bench {
    let mut bench = Bench::new();
    bench.act(Input::Apply(Box::new(following()), Used::new()));
    bench
}

/// `ann 0-8` of level 0, `- 8-9` for a name that means nobody, `bob@1 0-8` of level 1.
fn shift(text: &str) -> CalendarShiftV1 {
    let (who, hours) = text.split_once(' ').unwrap();
    let (from, until) = hours.split_once('-').unwrap();
    let (who, level) = who.split_once('@').unwrap_or((who, "0"));
    CalendarShiftV1 {
        start: hour(from.parse().unwrap()),
        end: hour(until.parse().unwrap()),
        level: level.parse().unwrap(),
        person: (who != "-").then(|| who.parse().unwrap()),
    }
}

fn says(shifts: &[&str]) -> Input {
    let shifts = shifts.iter().map(|text| shift(text)).collect();
    Input::CalendarRead(Box::new(CalendarSays { rotation: rota(), known_until: hour(1_000), shifts }))
}

/// Reads, and returns between which hours something changed.
fn read(bench: &mut Bench, shifts: &[&str]) -> String {
    let facts = bench.try_act(&says(shifts)).unwrap();
    let line = |event: &Event| {
        let Event::RotaCalendarRead(RotaCalendarReadV1 { from, until, shifts, .. }) = event else {
            panic!("{event:?}")
        };
        let hours = |at: &Timestamp| start().duration_until(*at).as_hours();
        format!("{}-{}: {}", hours(from), hours(until), shifts.len())
    };
    facts.iter().map(|fact| line(&fact.event)).collect()
}

/// Who is primary from one hour to the next.
fn who(bench: &Bench, hours: std::ops::Range<i64>) -> String {
    let shown = view::rota(&bench.look(), &rota(), (hour(hours.start), hour(hours.end)), vec![]).unwrap();
    let primary = shown.plan.shifts.iter().filter(|shift| shift.level == 0);
    let hour = |at: Timestamp| start().duration_until(at).as_hours();
    primary
        .map(|shift| format!("{} {}-{}", shift.person, hour(shift.start), hour(shift.end)))
        .collect::<Vec<_>>()
        .join(", ")
}

fn findings(bench: &Bench) -> Vec<(String, String)> {
    let shown = view::rota(&bench.look(), &rota(), (bench.now, hour(24)), vec![]).unwrap();
    shown.plan.findings.into_iter().map(|found| (found.kind, found.says)).collect()
}

fn lost(bench: &mut Bench) -> Vec<String> {
    bench.act(Input::CalendarLost { rotation: rota(), why: CalendarTroubleV1::Unreachable, read_at: None })
}

fn page(bench: &mut Bench) -> Option<String> {
    let signal = Signal {
        rule: format!("probe/{}", bench.facts.len()),
        service: service("checkout"),
        symptom: format!("symptom-{}", bench.facts.len()),
        nature: Nature::Symptom,
        urgency: Urgency::Page,
        phase: Phase::Firing,
        purpose: Purpose::Real,
        began_at: bench.now,
        sentence: "Customers of checkout see errors".to_owned(),
    };
    let mut facts = bench.try_act(&Input::Signal(Box::new(signal))).unwrap();
    facts.extend(bench.try_act(&Input::Tick).unwrap());
    facts.iter().find_map(|fact| match &fact.event {
        Event::PageRequested(e) => e.to.as_ref().map(ToString::to_string),
        _ => None,
    })
}

#[test]
fn only_what_a_calendar_says_differently_is_an_event() {
    let mut bench = bench();
    assert_eq!(who(&bench, 0..24), "", "nothing was read: turns say nothing here");
    assert_eq!(read(&mut bench, &["ann 0-8", "bob 8-16", "ann 16-24"]), "0-24: 3");
    assert_eq!(read(&mut bench, &["ann 16-24", "ann 0-8", "bob 8-16"]), "", "the same, in another order");
    bench.wait(3600);
    assert_eq!(read(&mut bench, &["ann 0-8", "bob 8-16", "ann 16-24"]), "", "time goes by");
    assert_eq!(read(&mut bench, &["ann 0-8", "bob 8-12", "cid 12-16", "ann 16-24"]), "8-16: 2");
    assert_eq!(who(&bench, 0..24), "ann 0-8, bob 8-12, cid 12-16, ann 16-24");
    assert_eq!(read(&mut bench, &["ann 0-8", "bob 8-12", "ann 16-24"]), "12-16: 0");
    assert_eq!(who(&bench, 0..24), "ann 0-8, bob 8-12, ann 16-24");
    assert_eq!(State::fold(&bench.facts), bench.state);
}

#[test]
fn what_is_past_stays_as_it_was() {
    let mut bench = bench();
    read(&mut bench, &["ann 0-8", "bob 8-16"]);
    bench.wait(4 * 3600);
    // The calendar rewrites this morning as well: who was on call until now was.
    assert_eq!(read(&mut bench, &["bob 0-16"]), "4-16: 1");
    assert_eq!(who(&bench, 0..16), "ann 0-4, bob 4-16");
    assert_eq!(read(&mut bench, &[]), "4-16: 0");
    assert_eq!(who(&bench, 0..16), "ann 0-4");
}

#[test]
fn a_page_goes_to_whom_the_calendar_names_at_that_instant() {
    let mut bench = bench();
    assert_eq!(page(&mut bench), None, "nothing was read yet");
    read(&mut bench, &["ann 0-8", "- 8-10", "bob 10-16"]);
    let called: Vec<Option<String>> = (0..4)
        .map(|_| {
            let called = page(&mut bench);
            bench.wait(4 * 3600);
            called
        })
        .collect();
    let name = |name: &str| Some(name.to_owned());
    assert_eq!(called, [name("ann"), name("ann"), None, name("bob")], "nobody is called where the name means nobody");
    // People stand in as on any rota.
    read(&mut bench, &["ann 16-24"]);
    bench.act(Input::SetOverride(Box::new(seaworthy_core::OverrideWanted {
        rotation: rota(),
        change: seaworthy_contract::catalogue::StandIn::Replace {
            who: "ann".parse().unwrap(),
            with: "cid".parse().unwrap(),
        },
        level: None,
        from: hour(16),
        until: hour(20),
    })));
    assert_eq!(who(&bench, 16..24), "cid 16-20, ann 20-24");
}

#[test]
fn a_calendar_that_cannot_be_read_counts_for_a_while_and_then_no_more() {
    let mut bench = bench();
    read(&mut bench, &["ann 0-8", "bob 8-16"]);
    bench.wait(3600);
    assert_eq!(lost(&mut bench), ["rota.calendar_lost"]);
    assert_eq!(lost(&mut bench), [""; 0], "once");
    // Read at hour 0 and trusted for two: ann until 2, then nobody, and a page says so instead of waking the wrong one.
    assert_eq!(who(&bench, 0..16), "ann 0-2");
    assert_eq!(page(&mut bench).as_deref(), Some("ann"));
    assert!(findings(&bench).iter().any(|(kind, says)| kind == "calendar-lost" && says.contains("counts until")));
    bench.wait(3 * 3600);
    assert_eq!(page(&mut bench), None);
    assert!(
        findings(&bench)
            .iter()
            .any(|(kind, says)| kind == "calendar-lost" && says.contains("nobody is on call by it since"))
    );
    bench.wait(3600);
    // It says what it said: that is worth an event, and nobody was on call meanwhile.
    assert_eq!(read(&mut bench, &["ann 0-8", "bob 8-16"]), "5-5: 0");
    assert_eq!(who(&bench, 0..16), "ann 0-2, ann 5-8, bob 8-16");
    assert_eq!(page(&mut bench).as_deref(), Some("ann"));
    assert_eq!(State::fold(&bench.facts), bench.state);
}

#[test]
fn names_that_mean_nobody_are_found_and_stand_in_no_event() {
    let mut bench = bench();
    read(&mut bench, &["- 0-8", "bob@1 0-8", "ann 8-900"]);
    let seen = seaworthy_core::watch::CalendarSeen { unmapped: vec!["Zoe Quill".to_owned()], ..<_>::default() };
    bench.watch.calendars.0.insert(rota(), seen);
    let found = findings(&bench);
    let unmapped = found.iter().find(|(kind, _)| kind == "unmapped").map(|(_, says)| says.as_str());
    assert!(unmapped.is_some_and(|says| says.contains("(\"Zoe Quill\")")), "{found:?}");
    assert!(found.iter().any(|(kind, _)| kind == "uncovered"), "{found:?}");
    assert!(!found.iter().any(|(kind, _)| kind == "size"), "{found:?}");
    assert_eq!(who(&bench, 0..8), "", "the second does not become the first");
    let ledger: String = bench.facts.iter().filter_map(|fact| fact.event.encode()).collect();
    assert!(!ledger.contains("Zoe"), "{ledger}");
}

#[test]
fn more_shifts_than_an_event_holds_are_known_for_a_shorter_time() {
    let mut bench = bench();
    let all: Vec<String> = (0..900).map(|n| format!("{} {n}-{}", ["ann", "bob"][n % 2], n + 1)).collect();
    let all: Vec<&str> = all.iter().map(String::as_str).collect();
    assert_eq!(read(&mut bench, &all), "0-300: 300");
    let known = bench.state.rotas[&rota()].calendar.known_until;
    assert_eq!(known, Some(hour(300)));
    let payload = bench.facts.last().unwrap().event.encode().unwrap();
    assert!(payload.len() < 64 * 1024, "{}", payload.len());
}

#[test]
fn a_rotation_that_follows_nothing_takes_nothing() {
    let mut bench = Bench::new();
    bench.act(Input::Apply(Box::new(document(&["checkout"])), Used::new()));
    assert_eq!(read(&mut bench, &["ann 0-8"]), "");
    assert_eq!(lost(&mut bench), [""; 0]);
}
