//! Downtime: what was seen becomes events, windows are declared, causes are named.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use seaworthy_contract::events::downtime::{
    CauseV1, DowntimeCauseNamedV1, DowntimeStateChangedV1, DowntimeWindowAnnouncedV1, DowntimeWindowCancelledV1,
    SeenV1, WatcherV1,
};
use seaworthy_contract::events::rollout::RevertCauseV1;
use seaworthy_downtime::{Cause, Seen, Source};
use seaworthy_model::{ServiceId, WindowId};

use super::fit::line;
use super::hard;
use crate::input::{CauseWanted, WindowWanted};
use crate::state::{FunctionKey, Recorded, RolloutRecord};
use crate::watch::DowntimeChange;
use crate::{Cx, NewFact, Refusal, State};

/// Longest window: whoever needs longer is not doing maintenance.
const WINDOW_MAX: SignedDuration = SignedDuration::from_hours(31 * 24);

/// How far ahead a window may begin.
const AHEAD_MAX: SignedDuration = SignedDuration::from_hours(366 * 24);

/// How far back one may have begun. It is late in any case, and counts as planned nowhere; it says what was done.
const LATE_MAX: SignedDuration = SignedDuration::from_hours(31 * 24);

/// Windows of one service that are not over: more than a year of one a week.
const WINDOWS_OPEN_MAX: usize = 60;

/// Functions that a refusal names: more are not read.
const FUNCTIONS_NAMED_MAX: usize = 20;

/// Dependencies that a refusal names: more are not read.
const DEPENDENCIES_NAMED_MAX: usize = 20;

/// Longest name of a function, in characters.
const FUNCTION_CHARS_MAX: usize = 100;

/// After the end of an outage a rollout that is taken off may still have been its cause: the guard of a gateway takes
/// users off at once, and the verdict comes when reports have.
const REVERTED_AFTER: SignedDuration = SignedDuration::from_secs(60);

/// What began this long before the first user met a version was not its doing: the grain of what gateways count.
const GRAIN: SignedDuration = SignedDuration::from_secs(10);

/// Takes a change of what is seen. What state says already gives nothing.
pub(super) fn changed(state: &State, change: &DowntimeChange) -> Vec<NewFact> {
    let key = (change.service.clone(), change.function.clone());
    let opened = &change.opened;
    let open = state.downtime.open(&key);
    let is_ours = state.catalogue.service(&change.service).is_some() && state.downtime.has_room_for(&key);
    if !is_ours || open.is_some_and(|open| change.is_known(open)) {
        return Vec::new();
    }
    let event = DowntimeStateChangedV1 {
        service: change.service.clone(),
        function: change.function.clone(),
        state: seen(opened.seen),
        since: opened.start,
        source: watcher(&opened.source),
        share_of_users: opened.share_of_users,
        share_of_users_before: change.share_before.filter(|_| open.is_some_and(Recorded::is_bad)),
        cause: named(&opened.cause),
    };
    vec![NewFact::new(format!("service/{}", change.service), event).at(opened.start)]
}

/// Declares a window. One that has begun is accepted and late: it says what was done, and plans nothing.
pub(crate) fn announce(state: &State, wanted: &WindowWanted, cx: &mut Cx) -> Result<Vec<NewFact>, Refusal> {
    let WindowWanted { service, function, start, end, reason } = wanted.clone();
    known(state, &service, function.as_deref())?;
    line("reason", &reason)?;
    if reason.trim().is_empty() {
        return Err(Refusal::Invalid("reason", "say what is done, for whoever is asked why".to_owned()));
    }
    let refused = |field, why: &str| Err(Refusal::Invalid(field, why.to_owned()));
    match (end.duration_since(start), start.duration_since(cx.now)) {
        (length, _) if length <= SignedDuration::ZERO => return refused("end", "it is not after its start"),
        (length, _) if length > WINDOW_MAX => return refused("end", "a window has at most 31 days"),
        (_, ahead) if ahead > AHEAD_MAX => return refused("start", "it is more than a year ahead"),
        (_, ahead) if -ahead > LATE_MAX => return refused("start", "it is more than 31 days ago"),
        _ => {}
    }
    let open = state.downtime.windows().filter(|w| w.announced.service == service && w.end() > cx.now).count();
    if open >= WINDOWS_OPEN_MAX {
        let why = format!("{service} has {open} windows that are not over");
        return Err(Refusal::State(why, "`seaworthy downtime cancel` takes one back"));
    }
    let window = WindowId::new(cx.now, &mut cx.entropy);
    let stream = format!("service/{service}");
    Ok(vec![NewFact::new(stream, DowntimeWindowAnnouncedV1 { window, service, function, start, end, reason })])
}

/// Takes a window back. One that is over was what it was.
pub(super) fn cancel(state: &State, window: WindowId, cx: &Cx) -> Result<Vec<NewFact>, Refusal> {
    let record = state.downtime.window(window).ok_or_else(|| Refusal::Unknown("window", window.to_string()))?;
    if record.cancelled_at.is_some() {
        return Ok(Vec::new());
    }
    if record.announced.end <= cx.now {
        return Err(Refusal::State("the window is over".to_owned(), "what was declared stays in the account"));
    }
    let stream = format!("service/{}", record.announced.service);
    Ok(vec![NewFact::new(stream, DowntimeWindowCancelledV1 { window })])
}

/// Says why a service was not well at an instant.
pub(super) fn name_cause(state: &State, wanted: &CauseWanted) -> Result<Vec<NewFact>, Refusal> {
    known(state, &wanted.service, wanted.function.as_deref())?;
    if let CauseV1::Dependency(name) | CauseV1::Vendor(name) = &wanted.cause {
        line("cause", name)?;
        if name.trim().is_empty() {
            return Err(Refusal::Invalid("cause", "say whose it was".to_owned()));
        }
    }
    if let CauseV1::Dependency(name) = &wanted.cause {
        depends(state, &wanted.service, name)?;
    }
    let key = (wanted.service.clone(), wanted.function.clone());
    let Some(recorded) = state.downtime.bad_at(&key, wanted.since) else {
        let why = format!("{} was neither degraded nor down at {}", wanted.service, wanted.since);
        return Err(Refusal::State(why, "`seaworthy downtime SERVICE` lists what was not well, and since when"));
    };
    if named(&recorded.segment.cause).as_ref() == Some(&wanted.cause) {
        return Ok(Vec::new());
    }
    Ok(vec![cause_named(&key, recorded, wanted.cause.clone())])
}

/// Names the cause of what nobody has named it for, where there is evidence of it: a version that users met was taken off
/// while they were not served, or shortly after, because the judge or a guard had seen it fail where stable did not. What a
/// person takes off proves nothing: both versions may fail, or only the one that stays. That person can name the cause.
pub(super) fn tick(state: &State) -> Vec<NewFact> {
    let bad = state.downtime.functions().filter_map(|(key, kept)| {
        let last = kept.iter().rev().take(2).find(|recorded| recorded.is_bad())?;
        let latest = state.rollouts.get(&state.serving.get(&key.0)?.latest?)?;
        let is_open = last.segment.cause == Cause::Unknown && was_it(latest, last);
        is_open.then(|| cause_named(key, last, CauseV1::Change))
    });
    bad.collect()
}

/// Downtime is stacked by the dependency that caused it: a slip of the keyboard would blame what does not exist.
fn depends(state: &State, service: &ServiceId, name: &str) -> Result<(), Refusal> {
    let declared = state.catalogue.service(service).map(|entity| entity.dependencies.as_slice()).unwrap_or_default();
    let is_needed = |of: &ServiceId| of.as_str() == name;
    if declared.iter().any(|needed| is_needed(&needed.service)) || hard(state, service).iter().any(is_needed) {
        return Ok(());
    }
    let names: Vec<&str> = declared.iter().take(DEPENDENCIES_NAMED_MAX).map(|needed| needed.service.as_str()).collect();
    let declared = match names.as_slice() {
        [] => "it declares none".to_owned(),
        names => format!("it declares {}", names.join(", ")),
    };
    let why = format!("{service} does not depend on \"{name}\": {declared}; somebody else's service is vendor=NAME");
    Err(Refusal::Invalid("cause", why))
}

fn was_it(rollout: &RolloutRecord, bad: &Recorded) -> bool {
    let Some((met, reverted)) = rollout.entered.first().zip(rollout.reverted.as_ref()) else { return false };
    if !matches!(reverted.event.cause, RevertCauseV1::Judge | RevertCauseV1::Guard) {
        return false;
    }
    let (start, end) = (bad.segment.start, bad.segment.end);
    let not_after = |at: Timestamp, slack| end.is_none_or(|end| at.duration_since(end) <= slack);
    met.1.duration_since(start) <= GRAIN && reverted.at >= start && not_after(reverted.at, REVERTED_AFTER)
}

fn cause_named((service, function): &FunctionKey, recorded: &Recorded, cause: CauseV1) -> NewFact {
    let (service, function) = (service.clone(), function.clone());
    let stream = format!("service/{service}");
    NewFact::new(stream, DowntimeCauseNamedV1 { service, function, since: recorded.segment.start, cause })
}

fn known(state: &State, service: &ServiceId, function: Option<&str>) -> Result<(), Refusal> {
    if state.catalogue.service(service).is_none() {
        return Err(Refusal::Unknown("service", service.to_string()));
    }
    let Some(function) = function else { return Ok(()) };
    line("function", function)?;
    if function.trim().is_empty() || function.chars().count() > FUNCTION_CHARS_MAX {
        let why = format!("its name has 1 to {FUNCTION_CHARS_MAX} characters; leave it out for the whole service");
        return Err(Refusal::Invalid("function", why));
    }
    let known = functions(state, service);
    match known.contains(function) {
        true => Ok(()),
        false => Err(Refusal::Invalid("function", no_function(service, function, &known))),
    }
}

/// Returns the functions of a service: those that its probes stand for, and those that were ever seen.
fn functions<'a>(state: &'a State, service: &ServiceId) -> BTreeSet<&'a str> {
    let probed = state.catalogue.probes().filter(|probe| probe.service == *service);
    let seen = state.downtime.functions().filter(|((of, _), _)| of == service);
    probed.filter_map(|probe| probe.function.as_deref()).chain(seen.filter_map(|((_, f), _)| f.as_deref())).collect()
}

/// A slip of the keyboard would plan nothing, and nobody would notice.
fn no_function(service: &ServiceId, function: &str, known: &BTreeSet<&str>) -> String {
    let names: Vec<&str> = known.iter().take(FUNCTIONS_NAMED_MAX).copied().collect();
    match names.as_slice() {
        [] => format!(
            "{service} has no function \"{function}\": its probes name none; leave it out for the whole service"
        ),
        names => format!("{service} has no function \"{function}\"; it has {}", names.join(", ")),
    }
}

/// Returns what was seen as events say it.
pub(crate) fn seen(seen: Seen) -> SeenV1 {
    match seen {
        Seen::Unknown => SeenV1::Unknown,
        Seen::Up => SeenV1::Up,
        Seen::Degraded => SeenV1::Degraded,
        Seen::Down => SeenV1::Down,
    }
}

/// What people and other systems said is not seen by us and is recorded nowhere here.
fn watcher(source: &Source) -> WatcherV1 {
    match source {
        Source::Probes => WatcherV1::Probes,
        Source::Supervisor => WatcherV1::Supervisor,
        Source::Gateway | Source::Person(_) | Source::Dependency(_) | Source::History(_) => WatcherV1::Gateway,
    }
}

/// Returns a cause as events say it; none while nobody has named it.
pub(crate) fn named(cause: &Cause) -> Option<CauseV1> {
    Some(match cause {
        Cause::Change => CauseV1::Change,
        Cause::Dependency(name) => CauseV1::Dependency(name.clone()),
        Cause::Capacity => CauseV1::Capacity,
        Cause::Credential => CauseV1::Credential,
        Cause::Vendor(name) => CauseV1::Vendor(name.clone()),
        Cause::Maintenance => CauseV1::Maintenance,
        Cause::Unknown => return None,
    })
}
