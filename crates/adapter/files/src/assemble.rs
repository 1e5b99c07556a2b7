//! Puts together what the files say: merges what two formats say of one thing, finds what contradicts.

use std::collections::BTreeMap;

use seaworthy_contract::catalogue::{
    Document, ENTITIES_MAX, Entity, Objective, Person, PersonDetails, Rotation, Service, Sourced, Team, TurnLength,
};
use seaworthy_model::Tier;
use seaworthy_objectives::Wanted;

use crate::diagnostic::{Place, Placed, Report};
use crate::draft::{Draft, Drafts, Origin, PersonDraft, PolicyDraft, RotationDraft, ServiceDraft, TeamDraft};
use crate::rule::Rule;

/// Everything that is declared, each thing once, with its places.
pub(crate) struct Whole {
    pub services: BTreeMap<String, Draft<ServiceDraft>>,
    pub teams: BTreeMap<String, Draft<TeamDraft>>,
    pub people: BTreeMap<String, Draft<PersonDraft>>,
    pub rotations: BTreeMap<String, Draft<RotationDraft>>,
    pub policies: BTreeMap<String, Draft<PolicyDraft>>,
}

/// Merges the drafts; a Backstage entity and one of ours of the same name are one thing.
pub(crate) fn whole(drafts: &mut Drafts, report: &Report) -> Whole {
    let take = std::mem::take::<Vec<Draft<ServiceDraft>>>;
    Whole {
        services: gather("service", take(&mut drafts.services), |s| s.name.value.to_string(), merge_services, report),
        teams: gather("team", std::mem::take(&mut drafts.teams), |t| t.name.to_string(), merge_teams, report),
        people: gather("person", std::mem::take(&mut drafts.people), |p| p.name.to_string(), merge_people, report),
        rotations: gather(
            "rotation",
            std::mem::take(&mut drafts.rotations),
            |r| r.name.value.to_string(),
            |_, _, _| {},
            report,
        ),
        policies: gather(
            "escalation policy",
            std::mem::take(&mut drafts.policies),
            |p| p.policy.name.to_string(),
            |_, _, _| {},
            report,
        ),
    }
}

/// Puts drafts by name; the second of one name and origin is reported, one of the other origin completes the first.
fn gather<T>(
    kind: &str,
    drafts: Vec<Draft<T>>,
    name: impl Fn(&T) -> String,
    merge: impl Fn(&mut T, T, &Report),
    report: &Report,
) -> BTreeMap<String, Draft<T>> {
    let mut found: BTreeMap<String, Draft<T>> = BTreeMap::new();
    let mut places: BTreeMap<(String, Origin), Place> = BTreeMap::new();
    // Ours last, so that it is merged into Backstage's and its word counts.
    let (backstage, ours): (Vec<_>, Vec<_>) = drafts.into_iter().partition(|draft| draft.origin == Origin::Backstage);
    for draft in backstage.into_iter().chain(ours) {
        let name = name(&draft.body);
        if let Some(first) = places.get(&(name.clone(), draft.origin)) {
            let message = format!("{kind} \"{name}\" is declared here and at {first}");
            report.error(Rule::DeclaredTwice, &draft.at, message, "keep one of the two");
        }
        places.entry((name.clone(), draft.origin)).or_insert_with(|| draft.at.clone());
        match found.get_mut(&name) {
            None => {
                found.insert(name, draft);
            }
            Some(known) => {
                if known.origin != draft.origin {
                    // What is ours is held to our rules, and shown as the source.
                    (known.origin, known.at) = (draft.origin, draft.at);
                }
                // Also of a doubled one, which is not applied: its merge finds two owners.
                merge(&mut known.body, draft.body, report);
            }
        }
    }
    found
}

fn merge_services(known: &mut ServiceDraft, ours: ServiceDraft, report: &Report) {
    if let (Some(one), Some(other)) = (&known.owner, &ours.owner)
        && one.value.team != other.value.team
    {
        let (name, first) = (&known.name.value, &one.value.team);
        let message =
            format!("service \"{name}\" is owned by \"{}\" here and by \"{first}\" at {}", other.value.team, one.at);
        report.error(Rule::OneOwner, &other.at, message, "a service has one owner (OWN-09): agree on one of the two");
    }
    known.owner = known.owner.take().or(ours.owner);
    known.description = ours.description.or(known.description.take());
    known.tier = ours.tier.or(known.tier);
    known.system = ours.system.or(known.system.take());
    known.run = ours.run.or(known.run.take());
    known.rollout = ours.rollout.or(known.rollout.take());
    known.on_call = ours.on_call.or(known.on_call.take());
    known.escalation = ours.escalation.or(known.escalation.take());
    known.routes.extend(ours.routes);
    if ours.objectives != Wanted::Unsaid {
        known.objectives = ours.objectives;
    }
    // What we are told of a dependency is more than Backstage's bare edge.
    let told: Vec<_> = ours.dependencies.iter().map(|dependency| dependency.value.service.clone()).collect();
    known.dependencies.retain(|dependency| !told.contains(&dependency.value.service));
    known.dependencies.extend(ours.dependencies);
}

fn merge_teams(known: &mut TeamDraft, ours: TeamDraft, _: &Report) {
    known.title = ours.title.or(known.title.take());
    known.escalation = ours.escalation.or(known.escalation.take());
    known.members.extend(ours.members);
}

fn merge_people(known: &mut PersonDraft, ours: PersonDraft, _: &Report) {
    known.display_name = ours.display_name.or(known.display_name.take());
    known.member_of.extend(ours.member_of);
    // Ours first: they are tried in order.
    let theirs = std::mem::replace(&mut known.contacts, ours.contacts);
    for contact in theirs {
        if !known.contacts.contains(&contact) {
            known.contacts.push(contact);
        }
    }
}

/// Writes the document: entities by kind and name, names and contacts of people apart.
pub(crate) fn document(
    whole: Whole,
    drafts: Drafts,
    objectives: Vec<Placed<Objective>>,
    attached: Vec<Placed<Entity>>,
    report: &Report,
) -> Document {
    let mut entities = Vec::new();
    let mut people = Vec::new();
    for Draft { at, body, .. } in whole.people.into_values() {
        let PersonDraft { name, display_name, contacts, .. } = body;
        push(&mut entities, Entity::Person(Person { name: name.clone() }), &at, report);
        if display_name.is_some() || !contacts.is_empty() {
            people.push(PersonDetails { name, display_name, contacts });
        }
    }
    for Draft { at, body, .. } in whole.teams.into_values() {
        let mut members: Vec<_> = body.members.into_iter().map(|member| member.value).collect();
        members.sort();
        members.dedup();
        let escalation = body.escalation.map(|policy| policy.value);
        let team = Team { name: body.name, title: body.title, members, escalation };
        push(&mut entities, Entity::Team(team), &at, report);
    }
    for Draft { at, body, .. } in whole.rotations.into_values() {
        if let Some(rotation) = rotation(body) {
            push(&mut entities, Entity::Rotation(rotation), &at, report);
        }
    }
    for Draft { at, body, .. } in whole.policies.into_values() {
        push(&mut entities, Entity::EscalationPolicy(body.policy), &at, report);
    }
    for Draft { at, body, .. } in whole.services.into_values() {
        if let Some(service) = service(body) {
            push(&mut entities, Entity::Service(Box::new(service)), &at, report);
        }
    }
    for Placed { value, at } in objectives {
        push(&mut entities, Entity::Objective(Box::new(value)), &at, report);
    }
    for Placed { value, at } in attached {
        push(&mut entities, value, &at, report);
    }
    let mut others: BTreeMap<String, Place> = BTreeMap::new();
    for Draft { at, body, .. } in drafts.others {
        if let Some(first) = others.get(&body.name) {
            let message = format!("\"{}\" is declared here and at {first}", body.name);
            report.error(Rule::DeclaredTwice, &at, message, "keep one of the two");
        } else {
            others.insert(body.name.clone(), at.clone());
            push(&mut entities, Entity::Other(body), &at, report);
        }
    }
    entities.sort_by(|a, b| a.entity.key().cmp(&b.entity.key()));
    Document { entities, people, ..Document::default() }
}

fn push(entities: &mut Vec<Sourced>, entity: Entity, at: &Place, report: &Report) {
    if entities.len() == ENTITIES_MAX {
        let message = format!("the files hold more than {ENTITIES_MAX} entities");
        report.error(Rule::Limit, at, message, "apply fewer directories at once");
    }
    if entities.len() <= ENTITIES_MAX {
        entities.push(Sourced { entity, source: at.to_string() });
    }
}

/// A rotation without team, start, zone or turn was reported and is none.
fn rotation(body: RotationDraft) -> Option<Rotation> {
    Some(Rotation {
        name: body.name.value,
        team: body.team?.value,
        participants: body.participants.into_iter().map(|person| person.value).collect(),
        start: body.start?.value,
        zone: body.zone?,
        days: match body.turn? {
            TurnLength::Days(days) => days,
            // `layered.turn` says how long.
            TurnLength::Hours(_) | TurnLength::Months(_) => 1,
        },
        layered: body.layered,
    })
}

/// A service without an owner was reported and is no service.
fn service(body: ServiceDraft) -> Option<Service> {
    Some(Service {
        name: body.name.value,
        description: body.description,
        owner: body.owner?.value.team,
        tier: body.tier.unwrap_or(Tier::Two),
        system: body.system,
        routes: body.routes.into_iter().map(|route| route.value).collect(),
        run: body.run,
        dependencies: body.dependencies.into_iter().map(|dependency| dependency.value).collect(),
        rollout: body.rollout.unwrap_or_default(),
        on_call: body.on_call.map(|rotation| rotation.value),
        escalation: body.escalation.map(|policy| policy.value),
    })
}
