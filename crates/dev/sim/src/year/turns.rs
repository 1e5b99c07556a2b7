//! Who is on call, worked out once more and otherwise: whole days on a wall clock by division, and a list of stand-ins.

use jiff::Timestamp;
use jiff::civil::Time;
use jiff::tz::TimeZone;
use seaworthy_contract::catalogue::Whom;
use seaworthy_model::PersonId;

const SECONDS_OF_DAY: i64 = 86_400;

/// People in turn on one wall clock.
#[derive(Debug, Clone)]
pub(super) struct List {
    pub(super) people: Vec<PersonId>,
    pub(super) start: Timestamp,
    pub(super) zone: TimeZone,
    pub(super) days: i64,
}

/// A rota: a list, perhaps another one above it in some hours of each day, and who stands in for whom.
#[derive(Debug, Clone)]
pub(super) struct Turns {
    pub(super) below: List,
    pub(super) levels: u8,
    pub(super) above: Option<(List, Time, Time)>,
    pub(super) stand_ins: Vec<StandsIn>,
}

/// Somebody in the place of another for a time.
#[derive(Debug, Clone)]
pub(super) struct StandsIn {
    pub(super) who: PersonId,
    pub(super) with: PersonId,
    pub(super) from: Timestamp,
    pub(super) until: Timestamp,
}

impl List {
    fn at(&self, level: u8, now: Timestamp) -> &PersonId {
        let local = |at| self.zone.to_datetime(at);
        let passed = local(now).duration_since(local(self.start)).as_secs();
        let turn = passed.div_euclid(SECONDS_OF_DAY * self.days) + i64::from(level);
        &self.people[turn.rem_euclid(self.people.len() as i64) as usize]
    }
}

impl Turns {
    /// Returns who it is by the lists alone.
    pub(super) fn by_file(&self, level: u8, now: Timestamp) -> Option<&PersonId> {
        if level >= self.levels {
            return None;
        }
        let above = self.above.as_ref().filter(|(list, from, until)| {
            let time = list.zone.to_datetime(now).time();
            level == 0 && *from <= time && time < *until
        });
        Some(above.map_or_else(|| self.below.at(level, now), |(list, ..)| list.at(0, now)))
    }

    /// Returns who it is.
    pub(super) fn at(&self, level: u8, now: Timestamp) -> Option<&PersonId> {
        let person = self.by_file(level, now)?;
        let holds = |one: &&StandsIn| one.who == *person && one.from <= now && now < one.until;
        Some(self.stand_ins.iter().find(holds).map_or(person, |one| &one.with))
    }

    /// Returns everybody in it.
    pub(super) fn everybody(&self) -> impl Iterator<Item = &PersonId> {
        let above = self.above.iter().flat_map(|(list, ..)| &list.people);
        self.below.people.iter().chain(above)
    }

    /// Returns who a step calls at an instant, in the order of names.
    pub(super) fn called(&self, step: &[Whom], now: Timestamp) -> Vec<PersonId> {
        let mut people: Vec<PersonId> = Vec::new();
        for whom in step {
            match whom {
                Whom::OnCall { level } => people.extend(self.at(*level, now).cloned()),
                Whom::Person { person } => people.push(person.clone()),
                // Whoever stands in is somebody of the same rota.
                Whom::Team => people.extend(self.everybody().cloned()),
                Whom::Rotation { .. } | Whom::Policy { .. } => unreachable!("no policy here asks for that"),
            }
        }
        people.sort();
        people.dedup();
        people
    }
}
