//! Hours and call-outs for pay, shifts for calendars, and what readiness asks of a rota.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use seaworthy_alert::Purpose;
use seaworthy_contract::api::{RotaCalendarOf, RotaHours, RotaHoursOf, RotaShift};
use seaworthy_contract::catalogue::{Rotation, Service};
use seaworthy_model::{PageId, PersonId, TeamId};
use seaworthy_oncall::hours;
use seaworthy_readiness::Rota as Facts;

use super::{ask, rota};
use crate::rota::resolve;
use crate::view::Look;

/// How far back and ahead a calendar shows shifts.
const BEHIND: SignedDuration = SignedDuration::from_hours(31 * 24);
const AHEAD: SignedDuration = SignedDuration::from_hours(92 * 24);

/// Returns how long everybody was on call for a team; what is ahead is not counted.
pub fn rota_hours(look: &Look<'_>, team: &TeamId, (from, until): (Timestamp, Timestamp)) -> RotaHours {
    let end = until.min(look.now);
    let mut people = Vec::new();
    for (rotation, _) in look.state.catalogue.rotations().filter(|(one, _)| one.team == *team) {
        let Some(resolved) = resolve(look.state, &rotation.name, from, end).filter(|_| from < end) else { continue };
        people.extend(hours(&resolved.plan, &ask::zone_of(&rotation.zone)).into_iter().map(|one| RotaHoursOf {
            call_outs: if one.level == 0 { call_outs(look, rotation, &one.person, (from, end)) } else { 0 },
            person: one.person,
            rotation: rotation.name.clone(),
            level: one.level,
            minutes: one.held.as_mins(),
            weekend_minutes: one.weekend.as_mins(),
        }));
    }
    people.sort_by(|a, b| (&a.person, &a.rotation, a.level).cmp(&(&b.person, &b.rotation, b.level)));
    RotaHours { team: team.clone(), from, until, people }
}

fn call_outs(look: &Look<'_>, rotation: &Rotation, person: &PersonId, (from, end): (Timestamp, Timestamp)) -> u32 {
    let theirs = look.state.pages.iter().filter(|(id, page)| {
        page.request.rotation.as_ref() == Some(&rotation.name)
            && page.request.to.as_ref() == Some(person)
            && (from..end).contains(&page.requested_at)
            && !is_drill(look, **id)
    });
    u32::try_from(theirs.count()).unwrap_or(u32::MAX)
}

fn is_drill(look: &Look<'_>, page: PageId) -> bool {
    let mut of = look.state.alerts.alerts.values().filter(|alert| alert.page.is_some_and(|(id, _)| id == page));
    of.any(|alert| alert.purpose == Purpose::Drill)
}

/// Returns the shifts that a calendar shows, of about a month behind and three ahead.
pub fn calendar_shifts(look: &Look<'_>, of: &RotaCalendarOf) -> Vec<RotaShift> {
    let from = look.now.checked_sub(BEHIND).unwrap_or(look.now);
    // What is cut off begins with a month: its identifier stays for as long.
    let month = from.to_zoned(TimeZone::UTC).first_of_month().and_then(|zoned| zoned.start_of_day());
    let from = month.map_or(from, |month| month.timestamp());
    let until = look.now.checked_add(AHEAD).unwrap_or(look.now);
    let wanted = look.state.catalogue.rotations().filter(|(rotation, _)| match of {
        RotaCalendarOf::Team(team) => rotation.team == *team,
        RotaCalendarOf::Person(_) => true,
    });
    let all = wanted.filter_map(|(rotation, _)| rota(look, &rotation.name, (from, until), vec![]));
    let shifts = all.flat_map(|rota| rota.plan.shifts);
    shifts.filter(|shift| !matches!(of, RotaCalendarOf::Person(person) if *person != shift.person)).collect()
}

/// How far ahead readiness looks (ONC-11).
const READY: SignedDuration = SignedDuration::from_hours(30 * 24);

/// Returns what checks ask of the rota that is paged for a service; none where there is none.
pub(crate) fn readiness_facts(look: &Look<'_>, service: &Service) -> Option<Facts> {
    let rotation = look.state.catalogue.rotation_for(service)?;
    let declared = look.state.catalogue.get("rotation", rotation.name.as_str())?;
    let shown = rota(look, &rotation.name, (look.now, look.now.checked_add(READY).ok()?), vec![])?;
    let kept = look.state.rotas.get(&rotation.name)?;
    let terms = rotation.layered.joining.as_ref().map(|joining| joining.terms.as_str());
    let joined = || kept.members_now().filter(|_| terms.is_some());
    let uncovered = shown.plan.gaps.iter().filter(|gap| gap.level == 0);
    Some(Facts {
        name: rotation.name.to_string(),
        position: declared.position,
        looked_at: look.now,
        joins: terms.is_some(),
        members: shown.members.len(),
        acknowledged: joined().filter(|one| kept.terms_at(one.terms) == terms).count(),
        last_joined: joined().map(|one| (one.from, one.position)).max(),
        uncovered_minutes: uncovered.map(|gap| gap.start.duration_until(gap.end).as_mins()).sum(),
        too_long: shown.plan.findings.iter().filter(|one| one.kind == "back-to-back").count(),
    })
}
