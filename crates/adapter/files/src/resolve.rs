//! References between entities, and the questions that only the whole can answer: who owns, who would be paged.

mod escalation;

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use seaworthy_model::{PersonId, TeamId};

use crate::assemble::Whole;
use crate::diagnostic::{Place, Placed, Report};
use crate::draft::{Draft, Drafts, Origin, ServiceDraft, TeamDraft};
use crate::rule::Rule;
use crate::scalar::did_you_mean;

/// Most names listed in one message.
const NAMES_SHOWN: usize = 3;

/// Checks every reference; completes teams by what people and services say of them.
pub(crate) fn resolve(whole: &mut Whole, drafts: &Drafts, now: Timestamp, report: &Report) {
    ignore_case_of_owners(whole);
    add_members(whole);
    let undeclared = owners(whole, report);
    rotations(whole, now, report);
    escalation::resolve(whole, report);
    dependencies(whole, drafts, report);
    routes(whole, report);
    paged(whole, &undeclared, report);
}

/// Backstage compares names without regard to case; ours are as written.
fn ignore_case_of_owners(whole: &mut Whole) {
    let by_lower: BTreeMap<String, TeamId> =
        whole.teams.iter().map(|(name, team)| (name.to_ascii_lowercase(), team.body.name.clone())).collect();
    for service in whole.services.values_mut() {
        if let Some(owner) = service.body.owner.as_mut()
            && !whole.teams.contains_key(owner.value.team.as_str())
            && let Some(team) = by_lower.get(&owner.value.team.as_str().to_ascii_lowercase())
        {
            owner.value.team = team.clone();
        }
    }
}

/// Adds people to the teams that they say they are of.
fn add_members(whole: &mut Whole) {
    for person in whole.people.values() {
        for team in &person.body.member_of {
            if let Some(team) = whole.teams.get_mut(team.as_str()) {
                team.body.members.push(Placed { value: person.body.name.clone(), at: person.at.clone() });
            }
        }
    }
}

/// Finds services without owner, owners that are people, owners that are nowhere declared; returns the last.
fn owners(whole: &mut Whole, report: &Report) -> BTreeSet<TeamId> {
    let mut undeclared: BTreeMap<TeamId, Undeclared> = BTreeMap::new();
    for (name, service) in &whole.services {
        let Some(owner) = &service.body.owner else {
            let message = format!("service \"{name}\" has no owner (OWN-09)");
            report.error(Rule::NoOwner, &service.at, message, "write spec.owner with the one team that owns it");
            continue;
        };
        let team = &owner.value.team;
        if owner.value.person.is_some() {
            let message = format!("service \"{name}\" is owned by the person \"{team}\": read as a team of one");
            report.warning(Rule::OwnerIsPerson, &owner.at, message, "name a team: a person is also away at times");
        }
        if !whole.teams.contains_key(team.as_str()) && service.origin == Origin::Seaworthy {
            let message = format!("owner \"{team}\" of service \"{name}\" is not a team of these files");
            report.error(
                Rule::OwnerNotDeclared,
                &owner.at,
                message,
                suggestion(team.as_str(), whole.teams.keys(), "Team"),
            );
        } else if !whole.teams.contains_key(team.as_str()) {
            let at = owner.at.clone();
            let team =
                undeclared.entry(team.clone()).or_insert_with(|| Undeclared { at, services: vec![], person: None });
            team.services.push(name.clone());
            team.person = team.person.take().or_else(|| owner.value.person.clone());
        }
    }
    declare(whole, undeclared, report)
}

/// An owner that is nowhere declared: where it is first named, of what, and whether it is a person.
struct Undeclared {
    at: Place,
    services: Vec<String>,
    person: Option<PersonId>,
}

/// Adds a team for each undeclared owner, so that the document is whole; returns those that are no people.
fn declare(whole: &mut Whole, undeclared: BTreeMap<TeamId, Undeclared>, report: &Report) -> BTreeSet<TeamId> {
    let mut reported = BTreeSet::new();
    for (team, Undeclared { at, services, person }) in undeclared {
        if person.is_none() {
            let paged = whole.rotations.values().any(|rotation| rotation.body.is_of(&team));
            let nobody = if paged { "" } else { ", and nobody would be paged (OWN-16)" };
            let message = format!(
                "owner \"{team}\" of {} is not declared: read as a team without members{nobody}",
                listed(&services)
            );
            let remedy = suggestion(team.as_str(), whole.teams.keys(), "Group or Team");
            report.warning(Rule::OwnerNotDeclared, &at, message, remedy);
            reported.insert(team.clone());
        }
        let members = person.map(|value| Placed { value, at: at.clone() }).into_iter().collect();
        let body = TeamDraft { name: team.clone(), title: None, members, escalation: None };
        whole.teams.insert(team.to_string(), Draft { origin: Origin::Backstage, at, body });
    }
    reported
}

fn suggestion<'a>(asked: &str, known: impl Iterator<Item = &'a String>, kind: &str) -> String {
    match did_you_mean(asked, known.map(String::as_str)) {
        Some(near) => format!("did you mean \"{near}\"?"),
        None if kind.starts_with('E') => format!("add an {kind} \"{asked}\""),
        None => format!("add a {kind} \"{asked}\""),
    }
}

fn listed(names: &[String]) -> String {
    let shown: Vec<String> = names.iter().take(NAMES_SHOWN).map(|name| format!("\"{name}\"")).collect();
    match names.len().saturating_sub(NAMES_SHOWN) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

fn rotations(whole: &Whole, now: Timestamp, report: &Report) {
    let mut unreachable = BTreeSet::new();
    for (name, rotation) in &whole.rotations {
        let body = &rotation.body;
        if let Some(team) = body.team.as_ref().filter(|team| !whole.teams.contains_key(team.value.as_str())) {
            let message = format!("team \"{}\" of rotation \"{name}\" is not a team of these files", team.value);
            let remedy = suggestion(team.value.as_str(), whole.teams.keys(), "Team");
            report.error(Rule::UnknownReference, &team.at, message, remedy);
        }
        if let Some(start) = body.start.as_ref().filter(|start| start.value > now) {
            let message = format!("rotation \"{name}\" starts at {}: nobody is on call until then", start.value);
            report.warning(Rule::RotationInFuture, &start.at, message, "let it start in the past (OWN-16)");
        }
        for person in body.participants.iter().chain(&body.others) {
            let Some(known) = whole.people.get(person.value.as_str()) else {
                let message = format!("\"{}\" of rotation \"{name}\" is not a person of these files", person.value);
                let remedy = suggestion(person.value.as_str(), whole.people.keys(), "Person");
                report.error(Rule::UnknownReference, &person.at, message, remedy);
                continue;
            };
            if known.body.contacts.is_empty() && unreachable.insert(person.value.clone()) {
                let message = format!(
                    "\"{}\" is on call and has no contact: a page would only stand in the portal",
                    person.value
                );
                report.warning(
                    Rule::Unreachable,
                    &person.at,
                    message,
                    "add a contact to the Person, such as email: ann@shop.example",
                );
            }
        }
    }
}

/// Finds needs that are not met; a library or a tool runs inside its users and is no dependency of theirs.
fn dependencies(whole: &mut Whole, drafts: &Drafts, report: &Report) {
    for service in whole.services.values_mut() {
        service.body.dependencies.retain(|needs| !drafts.components.contains(needs.value.service.as_str()));
    }
    for (name, service) in &whole.services {
        for dependency in &service.body.dependencies {
            let needs = dependency.value.service.as_str();
            if needs == name {
                let message = format!("service \"{name}\" needs itself");
                report.warning(Rule::BadValue, &dependency.at, message, "leave the dependency out");
            } else if !whole.services.contains_key(needs) {
                let message = format!("\"{needs}\", which service \"{name}\" needs, is not declared in these files");
                let remedy = match did_you_mean(needs, whole.services.keys().map(String::as_str)) {
                    Some(near) => format!("did you mean \"{near}\"?"),
                    None => "declare it, or check a directory that also holds it".to_owned(),
                };
                report.warning(Rule::UnknownDependency, &dependency.at, message, remedy);
            }
        }
    }
}

/// Finds host and path claimed twice, also by one service.
fn routes(whole: &Whole, report: &Report) {
    let mut claims: BTreeMap<(String, String), (&str, &Place)> = BTreeMap::new();
    for (name, service) in &whole.services {
        for Placed { value, at } in &service.body.routes {
            let route = seaworthy_catalog::Route { hosts: value.hosts.clone(), path: value.path.clone() };
            let keys: BTreeSet<_> = route.claims().map(|(host, path)| (host.to_owned(), path.to_owned())).collect();
            if let Some((other, first)) = keys.iter().find_map(|key| claims.get(key)) {
                let message = format!("route {route} leads to service \"{name}\" here and to \"{other}\" at {first}");
                report.error(Rule::RouteOverlap, at, message, "give one of them another host or a longer path");
            }
            claims.extend(keys.into_iter().map(|key| (key, (name.as_str(), at))));
        }
    }
}

/// Finds services for which nobody would be paged, or not clearly who; undeclared owners were reported already.
fn paged(whole: &Whole, undeclared: &BTreeSet<TeamId>, report: &Report) {
    let mut by_team: BTreeMap<&TeamId, Vec<&String>> = BTreeMap::new();
    for (name, rotation) in &whole.rotations {
        if let Some(team) = &rotation.body.team {
            by_team.entry(&team.value).or_default().push(name);
        }
    }
    let mut nobody: BTreeMap<&TeamId, Vec<String>> = BTreeMap::new();
    for (name, Draft { body, at, .. }) in &whole.services {
        let Some(owner) = &body.owner else { continue };
        if let Some(rotation) = &body.on_call {
            unknown_rotation(whole, body, rotation.value.as_str(), &rotation.at, report);
            continue;
        }
        let team = &owner.value.team;
        match by_team.get(team).map(Vec::as_slice) {
            None | Some([]) => nobody.entry(team).or_default().push(name.clone()),
            Some([_]) => {}
            Some([first, ..]) => {
                let message =
                    format!("team \"{team}\" has several rotations: \"{first}\" is paged for service \"{name}\"");
                report.warning(Rule::WhichRotation, at, message, format!("write spec.onCall: {first}, or the other"));
            }
        }
    }
    for (team, services) in nobody.into_iter().filter(|(team, _)| !undeclared.contains(*team)) {
        if let Some(declared) = whole.teams.get(team.as_str()) {
            let message =
                format!("team \"{team}\" has no rotation: nobody would be paged for {} (OWN-16)", listed(&services));
            report.warning(Rule::NobodyOnCall, &declared.at, message, format!("add a Rotation with spec.team: {team}"));
        }
    }
}

fn unknown_rotation(whole: &Whole, body: &ServiceDraft, rotation: &str, at: &Place, report: &Report) {
    if !whole.rotations.contains_key(rotation) {
        let message = format!("rotation \"{rotation}\" of service \"{}\" is not in these files", body.name.value);
        report.error(Rule::UnknownReference, at, message, suggestion(rotation, whole.rotations.keys(), "Rotation"));
    }
}
