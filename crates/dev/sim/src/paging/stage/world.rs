//! A world from a seed: people with contacts, two rotations, a policy, and when somebody takes the page.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use seaworthy_alert::{Nature, Phase, Purpose, Signal, Urgency};
use seaworthy_contract::catalogue::{
    Contact as Way, ContactRule, Document, Entity, EscalationPolicy, EscalationStep, Layered, Person, PersonContact,
    PersonDetails, Rotation, Service, Sourced, Team, TurnLength, Whom,
};
use seaworthy_core::Input;
use seaworthy_core::watch::Used;
use seaworthy_model::PersonId;

use super::Stage;
use crate::paging::Played;
use crate::paging::channel::{Channel, Contact, Edge};
use crate::paging::oracle::Turns;
use crate::random::Random;
use crate::server::{BEGIN, Server};

/// People of the rotation, and one who is in none.
const PEOPLE: [&str; 4] = ["ann", "bob", "cid", "dan"];

/// Crashes of one page at most.
const CRASHES_MAX: u64 = 6;

/// Places at which a server may die while a page is carried, roughly: later ones are never met.
const PLACES: u64 = 1_500;

const NAME: &str = "a name that is allowed";

fn person(name: &str) -> PersonId {
    name.parse().expect(NAME)
}

impl Stage {
    pub(in crate::paging) fn new(random: &mut Random, edge: Edge) -> Self {
        let service = Turns {
            people: PEOPLE[..3].iter().map(|name| person(name)).collect(),
            start: BEGIN - SignedDuration::from_secs(random.between(0, 10 * 3_600).cast_signed()),
        };
        // Nobody is in it now, or somebody.
        let start = match random.chance(0.5) {
            true => BEGIN + SignedDuration::from_hours(24),
            false => BEGIN - SignedDuration::from_hours(1),
        };
        let other = Turns { people: vec![person("dan")], start };
        let policy = policy(random);
        let ladder: u64 = policy.steps.iter().map(|step| step.wait_ms).sum::<u64>() * (u64::from(policy.repeats) + 1);
        let crashes = random.between(1, CRASHES_MAX + 1);
        let places = if random.chance(0.5) { PLACES } else { 60 };
        let mut stage = Self {
            now: 0,
            server: Server::new(random.split()),
            channel: Channel::default(),
            edge,
            service,
            other,
            policy,
            dies_at: (0..crashes).map(|_| random.between(1, places)).collect(),
            passed: 0,
            tries: BTreeMap::new(),
            directory: BTreeMap::new(),
            takes_at: None,
            takes_after: random.chance(0.5).then(|| random.between(0, 4) as usize),
            resolves_at: random.chance(0.2).then(|| random.between(5_000, ladder.max(10_000))),
            // Each crash may cost the time that the server is away.
            until: ladder + (crashes + 1) * 100_000,
            random: random.split(),
            played: Played::default(),
        };
        let document = stage.document();
        stage.server.look_after(0);
        let applied = stage.server.command(&Input::Apply(Box::new(document), Used::new()), "sim");
        applied.expect("it runs").expect("the files are allowed");
        stage
    }

    fn document(&mut self) -> Document {
        self.directory = PEOPLE.map(|name| (person(name), self.details(name))).into();
        let rotation = |name: &str, turns: &Turns, levels| {
            Entity::Rotation(Rotation {
                name: name.parse().expect(NAME),
                team: "shop".parse().expect(NAME),
                participants: turns.people.clone(),
                start: turns.start,
                zone: "UTC".to_owned(),
                days: 1,
                layered: Layered { turn: Some(TurnLength::Hours(1)), levels, ..Layered::default() },
            })
        };
        let service = serde_json::json!({ "name": "checkout", "owner": "shop", "on_call": "shop", "escalation": "p" });
        let service: Service = serde_json::from_value(service).expect("a service");
        let members = PEOPLE.map(person).to_vec();
        let people = PEOPLE.map(|name| Entity::Person(Person { name: person(name) }));
        let entities = people.into_iter().chain([
            Entity::Team(Team { name: "shop".parse().expect(NAME), title: None, members, escalation: None }),
            rotation("shop", &self.service, 2),
            rotation("other", &self.other, 1),
            Entity::EscalationPolicy(self.policy.clone()),
            Entity::Service(Box::new(service)),
        ]);
        let sourced = |entity| Sourced { entity, source: "sim.yaml:1".to_owned() };
        Document { entities: entities.map(sourced).collect(), ..Document::default() }
    }

    /// One to three contacts, some of them busy or gone, some used later.
    fn details(&mut self, name: &str) -> PersonDetails {
        let count = self.random.between(1, 4) as u16;
        let contacts = (1..=count).map(|index| {
            let answers = match self.random.between(0, 10) {
                0 | 1 => Contact::Gone,
                2 => Contact::Busy(self.random.between(1, 5) as u32),
                _ => Contact::Takes,
            };
            self.channel.contacts.insert((person(name), index), answers);
            let after_ms = if index > 1 && self.random.chance(0.5) { self.random.between(10, 120) * 1_000 } else { 0 };
            let contact = Way::Command { command: vec![format!("{name}-{index}")] };
            PersonContact { contact, rule: ContactRule { after_ms } }
        });
        PersonDetails { name: person(name), display_name: None, contacts: contacts.collect() }
    }
}

fn policy(random: &mut Random) -> EscalationPolicy {
    let whom = |random: &mut Random| match random.between(0, 6) {
        0 | 1 => Whom::OnCall { level: 0 },
        2 => Whom::OnCall { level: 1 },
        3 => Whom::Rotation { rotation: "other".parse().expect(NAME), level: 0 },
        4 => Whom::Person { person: person("dan") },
        _ => Whom::Team,
    };
    let steps = (0..random.between(1, 4)).map(|_| EscalationStep {
        call: (0..random.between(1, 3)).map(|_| whom(random)).collect(),
        wait_ms: random.between(1, 4) * 60_000,
    });
    let steps = steps.collect();
    EscalationPolicy { name: "p".parse().expect(NAME), steps, repeats: random.between(0, 2) as u8 }
}

pub(super) fn signal(firing: bool, now: Timestamp) -> Input {
    Input::Signal(Box::new(Signal {
        rule: "alertmanager/checkout-down".to_owned(),
        service: "checkout".parse().expect(NAME),
        symptom: "availability".to_owned(),
        nature: Nature::Symptom,
        urgency: Urgency::Page,
        phase: if firing { Phase::Firing } else { Phase::Ended },
        purpose: Purpose::Real,
        began_at: now,
        sentence: "Customers of checkout see errors".to_owned(),
    }))
}
