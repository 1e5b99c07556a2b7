//! A followed calendar in words: where it is, how old what is known of it is, and what is wrong.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use seaworthy_contract::api::{RotaFinding, RotaFollowed};
use seaworthy_contract::catalogue::Rotation;
use seaworthy_contract::events::rota::CalendarTroubleV1;

use crate::view::Look;

/// A calendar that says nothing beyond so much time ahead runs out soon: as long as a team needs to agree on a rota.
const ENDS_SOON: SignedDuration = SignedDuration::from_hours(14 * 24);

/// Names and problems that one finding tells; the others are counted.
const TOLD_MAX: usize = 5;

/// Says why a calendar could not be read.
pub(crate) fn trouble(why: CalendarTroubleV1) -> &'static str {
    match why {
        CalendarTroubleV1::Unreachable => "nobody answered at its address",
        CalendarTroubleV1::Refused => "its address answered with an error or another address",
        CalendarTroubleV1::NotACalendar => "what came is no calendar",
        CalendarTroubleV1::TooLarge => "it is too large; export a shorter time",
        CalendarTroubleV1::NoAddress => "its address is not known here; apply the files again",
    }
}

/// Returns the calendar of a rotation; none where it follows none.
pub(super) fn followed(look: &Look<'_>, rotation: &Rotation) -> Option<RotaFollowed> {
    let calendar = rotation.layered.calendar.as_ref()?;
    let record = look.state.rotas.get(&rotation.name).map(|rota| &rota.calendar);
    let seen = look.watch.calendars.0.get(&rotation.name);
    let lost = record.and_then(|record| record.lost);
    let read_at = seen.and_then(|seen| seen.read_at).max(record.and_then(|record| record.read_at));
    Some(RotaFollowed {
        from: calendar.from.clone(),
        read_at: lost.map_or(read_at, |lost| lost.read_at),
        known_until: record.and_then(|record| record.known_until),
        lost_since: lost.map(|lost| lost.at),
        trouble: lost.map(|lost| trouble(lost.why).to_owned()),
        trusted_until: lost.map(|lost| lost.trusted_until),
    })
}

/// Returns what whoever builds the rota should know of its calendar.
pub(super) fn findings(look: &Look<'_>, rotation: &Rotation, clock: &TimeZone) -> Vec<RotaFinding> {
    let Some(followed) = followed(look, rotation) else { return Vec::new() };
    let local = |at: Timestamp| super::say::on_wall(at, clock);
    let finding = |kind: &str, start: Option<Timestamp>, says: String| RotaFinding {
        rotation: rotation.name.clone(),
        kind: kind.to_owned(),
        person: None,
        start,
        end: None,
        says,
    };
    let mut found = Vec::new();
    if let (Some(since), Some(why), Some(until)) = (followed.lost_since, &followed.trouble, followed.trusted_until) {
        let then = match until <= look.now {
            true => format!("nobody is on call by it since {}: pages go on to the next step", local(until)),
            false => format!("what it said last counts until {}; then nobody is on call by it", local(until)),
        };
        found.push(finding("calendar-lost", Some(since), format!("the calendar cannot be read: {why}; {then}")));
    }
    let record = look.state.rotas.get(&rotation.name).map(|rota| &rota.calendar);
    let ahead = || record.into_iter().flat_map(|record| record.shifts()).filter(|shift| shift.end > look.now);
    let seen = look.watch.calendars.0.get(&rotation.name);
    if let Some(first) = ahead().filter(|shift| shift.person.is_none()).map(|shift| shift.start).min() {
        let names = seen.map(|seen| told(&seen.unmapped)).unwrap_or_default();
        let says = format!(
            "the calendar names somebody who is nobody here{names}: nobody is on call then, first from {}; say whom it means under \"people\"",
            local(first)
        );
        found.push(finding("unmapped", Some(first), says));
    }
    if let Some(problems) = seen.map(|seen| &seen.problems).filter(|problems| !problems.is_empty()) {
        found.push(finding(
            "calendar-problems",
            None,
            format!("a part of the calendar could not be read{}", told(problems)),
        ));
    }
    let last = ahead().map(|shift| shift.end).max();
    if let Some(last) = last.filter(|last| last.duration_since(look.now) < ENDS_SOON) {
        found.push(finding("calendar-ends", Some(last), format!("the calendar says nothing after {}", local(last))));
    }
    found
}

fn told(texts: &[String]) -> String {
    let shown: Vec<String> = texts.iter().take(TOLD_MAX).map(|text| format!("\"{text}\"")).collect();
    match (shown.is_empty(), texts.len().saturating_sub(TOLD_MAX)) {
        (true, _) => String::new(),
        (false, 0) => format!(" ({})", shown.join(", ")),
        (false, more) => format!(" ({} and {more} more)", shown.join(", ")),
    }
}
