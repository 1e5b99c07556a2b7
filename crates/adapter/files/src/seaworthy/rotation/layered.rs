//! What lies over a rotation: hours, levels, layers, overrides, a fallback.

use seaworthy_contract::catalogue::{
    HoursOfWeek, Joining, Layered, RotationLayer, RotationOverride, StandIn, TurnLength,
};
use seaworthy_model::PersonId;
use seaworthy_oncall::Limits;

use crate::diagnostic::Placed;
use crate::fields::Fields;
use crate::rule::Rule;

use super::{Turns, hours, instant};

/// Most windows of hours of a layer: three a day.
const HOURS_MAX: usize = 21;

/// Most people who learn at once: everybody of a rota that carries well.
const SHADOWS_MAX: usize = 8;

/// Shadow shifts before a first turn as primary, where the file does not say how many.
const SHADOW_SHIFTS: u16 = 2;

/// Drills before a first turn as primary, where the file does not say how many.
const DRILLS: u16 = 1;

/// Longest terms, in characters: what somebody reads on a telephone before they say yes.
const TERMS_CHARS_MAX: usize = 4_000;

/// Most rows that must hold before a rota begins: as many as there may ever be checks of one kind.
const ROWS_MAX: usize = 100;

/// Reads what lies over the turns, and says everybody it names.
pub(super) fn read(spec: &Fields<'_>, turns: &Turns) -> (Layered, Vec<Placed<PersonId>>) {
    let mut people = Vec::new();
    let layered = Layered {
        turn: turns.turn.filter(|turn| !matches!(turn, TurnLength::Days(_))),
        levels: levels(spec),
        hours: week(spec),
        layers: each(spec, "layers", Limits::LAYERS).iter().filter_map(|one| layer(one, turns, &mut people)).collect(),
        overrides: each(spec, "overrides", Limits::OVERRIDES)
            .iter()
            .filter_map(|one| stand_in(one, turns, &mut people))
            .collect(),
        fallback: spec.name("fallback").map(|person| named(person, &mut people)),
        shadows: spec.names("shadows").into_iter().map(|person| named(person, &mut people)).collect(),
        joining: joining(spec),
        calendar: None,
    };
    if layered.shadows.len() > SHADOWS_MAX {
        let message = format!("{} shadows are over the limit of {SHADOWS_MAX}", layered.shadows.len());
        spec.scope.report.error(Rule::Limit, &spec.at(), message, "let people learn one after the other");
    }
    (layered, people)
}

/// `joining: accepted` with its terms and conditions; `listed`, or nothing, is a list that the file alone makes.
fn joining(spec: &Fields<'_>) -> Option<Joining> {
    let word = spec.text("joining");
    let (terms, conditions) = (spec.text("terms"), spec.fields("conditions"));
    let report = spec.scope.report;
    let conditions = conditions.map(|fields| {
        let (shifts, drills) = (number(&fields, "shadowShifts"), number(&fields, "drills"));
        let read = (shifts.unwrap_or(SHADOW_SHIFTS), drills.unwrap_or(DRILLS), fields.texts("readiness"));
        fields.no_more();
        read
    });
    let word = match word.as_ref().map(|word| word.value.as_str()) {
        None | Some("listed") => {
            if terms.is_some() || conditions.is_some() {
                let message = "terms and conditions are of a rotation that people join themselves";
                report.error(Rule::BadValue, &spec.at(), message, "write joining: accepted, or leave them out");
            }
            return None;
        }
        Some(word) => word,
    };
    if word != "accepted" {
        let message = format!("\"{}.joining\" \"{word}\" is neither accepted nor listed", spec.path);
        report.error(Rule::BadValue, &spec.at(), message, "write accepted where only who says yes is in turn");
        return None;
    }
    let Some(terms) = terms.filter(|terms| !terms.value.trim().is_empty()) else {
        let message = "a rotation that people join has no terms to agree to";
        report.error(Rule::BadValue, &spec.at(), message, "write \"terms\": hours, pay, and what is expected (ONC-02)");
        return None;
    };
    let (shadow_shifts, drills, rows) = conditions.unwrap_or((SHADOW_SHIFTS, DRILLS, vec![]));
    if terms.value.chars().count() > TERMS_CHARS_MAX || rows.len() > ROWS_MAX {
        let message = format!("terms are over {TERMS_CHARS_MAX} characters, or there are over {ROWS_MAX} rows");
        report.error(Rule::Limit, &terms.at, message, "say what matters, and where the rest can be read");
    }
    let readiness = rows.into_iter().map(|row| row.value).collect();
    Some(Joining { terms: terms.value, shadow_shifts, drills, readiness })
}

/// Reads a number that may be 0: a team may need no drill.
fn number(fields: &Fields<'_>, key: &'static str) -> Option<u16> {
    let text = fields.text(key)?;
    let number = text.value.parse().ok();
    if number.is_none() {
        let message = format!("\"{}.{key}\" \"{}\" is not a number of times", fields.path, text.value);
        fields.scope.report.error(Rule::BadValue, &text.at, message, "write 0 or more");
    }
    number
}

fn named(person: Placed<PersonId>, people: &mut Vec<Placed<PersonId>>) -> PersonId {
    people.push(person.clone());
    person.value
}

fn levels(spec: &Fields<'_>) -> u8 {
    let levels = spec.count("levels").map_or(Some(0), |levels| u8::try_from(levels).ok());
    levels.filter(|levels| *levels <= Limits::LEVELS).unwrap_or_else(|| {
        let message = format!("\"spec.levels\" is over the limit of {}", Limits::LEVELS);
        spec.scope.report.error(Rule::Limit, &spec.at(), message, "write 1 for a primary, 2 for a secondary as well");
        0
    })
}

fn week(fields: &Fields<'_>) -> Vec<HoursOfWeek> {
    let texts = fields.texts("hours");
    let report = fields.scope.report;
    if texts.len() > HOURS_MAX {
        let message = format!("{} windows of hours are over the limit of {HOURS_MAX}", texts.len());
        report.error(Rule::Limit, &fields.at(), message, "write several days in one line");
    }
    let read = |text: Placed<String>| {
        let read = hours::hours(&text.value);
        if read.is_none() {
            let message = format!("\"{}\" are no hours of a week", text.value);
            report.error(Rule::BadValue, &text.at, message, hours::FORM);
        }
        read
    };
    texts.into_iter().filter_map(read).collect()
}

fn each<'a>(spec: &Fields<'a>, key: &'static str, max: usize) -> Vec<Fields<'a>> {
    let items = spec.list(key);
    if items.len() > max {
        let message = format!("{} {key} are over the limit of {max}", items.len());
        spec.scope.report.error(Rule::Limit, &spec.at(), message, "make several rotations");
    }
    let path = format!("{}.{key}", spec.path);
    items.iter().take(max).filter_map(|item| Fields::of(&spec.scope, item, &path)).collect()
}

fn layer(fields: &Fields<'_>, below: &Turns, people: &mut Vec<Placed<PersonId>>) -> Option<RotationLayer> {
    fields.require("name", "write how you call this layer, such as nights");
    let name = fields.text("name");
    let turns = Turns::read(fields, Some(below));
    let hours = week(fields);
    fields.no_more();
    Some(RotationLayer {
        name: name?.value,
        participants: turns.participants.into_iter().map(|person| named(person, people)).collect(),
        start: turns.start?.value,
        zone: turns.zone?.0,
        turn: turns.turn?,
        hours,
    })
}

fn stand_in(fields: &Fields<'_>, turns: &Turns, people: &mut Vec<Placed<PersonId>>) -> Option<RotationOverride> {
    let zone = turns.zone.as_ref().map(|(_, zone)| zone);
    fields.require("from", "write from when it counts");
    fields.require("until", "write until when it counts");
    let (from, until) = (instant(fields, "from", zone), instant(fields, "until", zone));
    let level = fields.count("level").and_then(|level| u8::try_from(level - 1).ok());
    let change = change(fields, people);
    fields.no_more();
    let (from, until) = (from?, until?);
    if until.value <= from.value {
        let message = "an override ends before it begins";
        fields.scope.report.error(Rule::BadValue, &until.at, message, "write an \"until\" after its \"from\"");
        return None;
    }
    Some(RotationOverride { change: change?, level, from: from.value, until: until.value })
}

fn change(fields: &Fields<'_>, people: &mut Vec<Placed<PersonId>>) -> Option<StandIn> {
    let names = ["add", "remove", "replace", "with"].map(|key| fields.name::<PersonId>(key));
    let change = match names {
        [Some(person), None, None, None] => StandIn::Add(named(person, people)),
        [None, Some(person), None, None] => StandIn::Remove(named(person, people)),
        [None, None, Some(who), Some(with)] => StandIn::Replace { who: named(who, people), with: named(with, people) },
        _ => {
            let message = "an override is one of add, remove, and replace with";
            let remedy = "write one of them, such as: { replace: ann, with: bob, from: ..., until: ... }";
            fields.scope.report.error(Rule::BadValue, &fields.at(), message, remedy);
            return None;
        }
    };
    Some(change)
}
