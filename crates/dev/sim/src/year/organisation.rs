//! Who there is: teams of eight services each, their people in several zones, rotas of three kinds, policies of three.

use std::collections::BTreeMap;

use jiff::civil::Time;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use seaworthy_contract::catalogue::{
    Contact, ContactRule, Dependency, DependencyKind, Document, Entity, EscalationPolicy, EscalationStep, HoursOfWeek,
    Layered, Person, PersonContact, PersonDetails, Rotation, RotationLayer, Run, Service, Sourced, Team, TurnLength,
    WEEK, Whom,
};
use seaworthy_model::{PersonId, RotationId, ServiceId, TeamId};

use super::turns::{List, Turns};
use crate::random::Random;
use crate::server::BEGIN;

/// Services of one team.
pub(super) const TEAM_SERVICES: usize = 8;

/// Where rotas have their wall clock.
const ZONES: [&str; 5] = ["Europe/Berlin", "America/New_York", "Asia/Kolkata", "America/Los_Angeles", "Europe/London"];

/// Where those are who hold the day of a rota that follows the sun.
const FAR: &str = "Australia/Sydney";

const NAME: &str = "a name that is allowed";

/// A contact of somebody, and whether messages reach it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Line {
    /// The organisation's chat, which is down at times.
    Chat,
    /// The network of telephones, which is down at other times.
    Phone,
    /// A number that belongs to nobody any more.
    Gone,
}

/// A team with its rota.
pub(super) struct Crew {
    pub(super) team: TeamId,
    pub(super) rota: RotationId,
    pub(super) turns: Turns,
    /// Its policy's steps with their waits, once; the standard policy where it has none.
    pub(super) steps: Vec<EscalationStep>,
    pub(super) repeats: u8,
    policy: Option<EscalationPolicy>,
    lead: PersonId,
}

/// Everybody and everything.
pub(super) struct Organisation {
    pub(super) crews: Vec<Crew>,
    /// Services, and which crew has them.
    pub(super) services: Vec<(ServiceId, usize)>,
    pub(super) directory: BTreeMap<PersonId, PersonDetails>,
    pub(super) lines: BTreeMap<(PersonId, u16), Line>,
}

impl Organisation {
    pub(super) fn new(random: &mut Random, services: usize) -> Self {
        let crews: Vec<Crew> = (0..services.div_ceil(TEAM_SERVICES)).map(|nth| crew(random, nth)).collect();
        let service = |nth: usize| (format!("service-{nth}").parse().expect(NAME), nth / TEAM_SERVICES);
        let services = (0..services).map(service).collect();
        let mut all = Self { crews, services, directory: BTreeMap::new(), lines: BTreeMap::new() };
        let people: Vec<PersonId> = all.crews.iter().flat_map(Crew::people).collect();
        people.iter().for_each(|person| all.reach(random, person));
        all
    }

    /// Most people have a chat and a telephone, some of them a number that is gone, some nothing at all.
    fn reach(&mut self, random: &mut Random, person: &PersonId) {
        if random.chance(0.04) {
            return;
        }
        let phone = if random.chance(0.05) { Line::Gone } else { Line::Phone };
        let lines = if random.chance(0.7) { vec![Line::Chat, phone] } else { vec![phone] };
        let later = if random.chance(0.5) { 180_000 } else { 0 };
        let contacts = lines.iter().enumerate().map(|(nth, line)| PersonContact {
            contact: Contact::Command { command: vec![format!("{line:?}")] },
            rule: ContactRule { after_ms: if nth == 0 { 0 } else { later } },
        });
        let details = PersonDetails { name: person.clone(), display_name: None, contacts: contacts.collect() };
        self.directory.insert(person.clone(), details);
        self.lines.extend((1..).zip(lines).map(|(index, line)| ((person.clone(), index), line)));
    }

    /// Returns the crew of a service.
    pub(super) fn crew_of(&self, service: &ServiceId) -> Option<&Crew> {
        let (_, crew) = self.services.iter().find(|(name, _)| name == service)?;
        self.crews.get(*crew)
    }

    /// Returns services that cannot work without one: the first of each crew stands below its others, and the very first
    /// below all the first.
    pub(super) fn dependants(&self, of: usize) -> Vec<usize> {
        let all = (0..self.services.len()).filter(|other| self.needs(*other) == Some(of));
        let direct: Vec<usize> = all.collect();
        let further = direct.iter().flat_map(|one| self.dependants(*one)).collect::<Vec<_>>();
        direct.into_iter().chain(further).collect()
    }

    fn needs(&self, service: usize) -> Option<usize> {
        match (service / TEAM_SERVICES, service % TEAM_SERVICES) {
            (0, 0) => None,
            (_, 0) => Some(0),
            (crew, _) => Some(crew * TEAM_SERVICES),
        }
    }

    /// Returns it as files say it.
    pub(super) fn document(&self) -> Document {
        let crews = self.crews.iter().flat_map(Crew::entities);
        let services = (0..self.services.len()).map(|nth| self.service(nth));
        let sourced = |entity| Sourced { entity, source: "sim.yaml:1".to_owned() };
        Document { entities: crews.chain(services).map(sourced).collect(), ..Document::default() }
    }

    fn service(&self, nth: usize) -> Entity {
        let (name, crew) = &self.services[nth];
        let owner = &self.crews[*crew].team;
        let service =
            serde_json::json!({ "name": name, "owner": owner, "tier": 2, "routes": [{ "path": format!("/{name}") }] });
        let mut service: Service = serde_json::from_value(service).expect("a service");
        service.run = Some(serde_json::from_value::<Run>(serde_json::json!({})).expect("versions are at addresses"));
        let needed = self.needs(nth).map(|needed| self.services[needed].0.clone());
        let needs = |service| Dependency { service, kind: DependencyKind::Hard, reason: None };
        service.dependencies = needed.into_iter().map(needs).collect();
        Entity::Service(Box::new(service))
    }
}

impl Crew {
    /// Returns everybody whom its pages may call.
    pub(super) fn people(&self) -> Vec<PersonId> {
        self.turns.everybody().chain([&self.lead]).cloned().collect()
    }

    /// Returns every rung with its wait in milliseconds, repetitions written out.
    pub(super) fn rungs(&self) -> Vec<EscalationStep> {
        std::iter::repeat_n(&self.steps, usize::from(self.repeats) + 1).flatten().cloned().collect()
    }

    fn entities(&self) -> Vec<Entity> {
        let people = self.people();
        let rotation = self.rotation();
        let escalation = self.policy.as_ref().map(|policy| policy.name.clone());
        let team = Team { name: self.team.clone(), title: None, members: people.clone(), escalation };
        let people = people.into_iter().map(|name| Entity::Person(Person { name }));
        let policy = self.policy.clone().map(Entity::EscalationPolicy);
        people.chain(policy).chain([Entity::Team(team), Entity::Rotation(rotation)]).collect()
    }

    fn rotation(&self) -> Rotation {
        let Turns { below, levels, above, .. } = &self.turns;
        let layer = |(list, from, until): &(List, Time, Time)| RotationLayer {
            name: "far".to_owned(),
            participants: list.people.clone(),
            start: list.start,
            zone: FAR.to_owned(),
            turn: TurnLength::Days(list.days as u16),
            hours: vec![HoursOfWeek { days: WEEK.to_vec(), from: *from, until: *until }],
        };
        let layered = Layered { levels: *levels, layers: above.iter().map(layer).collect(), ..Layered::default() };
        Rotation {
            name: self.rota.clone(),
            team: self.team.clone(),
            participants: below.people.clone(),
            start: below.start,
            zone: below.zone.iana_name().expect("it has a name").to_owned(),
            days: below.days as u16,
            layered,
        }
    }
}

fn crew(random: &mut Random, nth: usize) -> Crew {
    let name = format!("team-{nth}");
    let person = |n: usize| -> PersonId { format!("{name}-{n}").parse().expect(NAME) };
    let count = random.between(5, 9) as usize;
    let people: Vec<PersonId> = (0..count).map(person).collect();
    let lead = person(99);
    let begins = BEGIN - SignedDuration::from_hours(24 * random.between(8, 40).cast_signed());
    let below = list(people[..count - 2].to_vec(), ZONES[nth % ZONES.len()], begins, [7, 7, 1][nth % 3]);
    let follows_the_sun = nth % 3 == 2;
    let far = list(people[count - 2..].to_vec(), FAR, begins, 7);
    let turns = Turns {
        below,
        levels: if follows_the_sun { 1 } else { 2 },
        above: follows_the_sun.then(|| (far, Time::constant(9, 0, 0, 0), Time::constant(17, 0, 0, 0))),
        stand_ins: Vec::new(),
    };
    let (steps, repeats) = ladder(nth, &lead);
    let own = !nth.is_multiple_of(3);
    let policy = EscalationPolicy { name: name.parse().expect(NAME), steps: steps.clone(), repeats };
    let (team, rota) = (name.parse().expect(NAME), name.parse().expect(NAME));
    Crew { team, rota, turns, steps, repeats, policy: own.then_some(policy), lead }
}

/// Hand-overs are at ten in the morning, where no clock is ever changed.
fn list(people: Vec<PersonId>, zone: &str, begins: Timestamp, days: i64) -> List {
    let zone = TimeZone::get(zone).expect("a zone");
    let start = zone.to_datetime(begins).date().at(10, 0, 0, 0).to_zoned(zone.clone()).expect("an instant").timestamp();
    List { people, start, zone, days }
}

/// The standard policy as the documentation has it, a quick one, and one that ends with the lead.
fn ladder(nth: usize, lead: &PersonId) -> (Vec<EscalationStep>, u8) {
    let step = |whom, minutes: u64| EscalationStep { call: vec![whom], wait_ms: minutes * 60_000 };
    let on_call = |level| Whom::OnCall { level };
    match nth % 3 {
        0 => (vec![step(on_call(0), 5), step(on_call(1), 5), step(Whom::Team, 15)], 2),
        1 => (vec![step(on_call(0), 3), step(on_call(1), 3), step(Whom::Team, 10)], 1),
        _ => (vec![step(on_call(0), 5), step(Whom::Person { person: lead.clone() }, 10)], 2),
    }
}
