//! Who is signed in: their teams, what waits for them, their next shifts, and the way out of every session.

use askama::Template;
use jiff::tz::TimeZone;
use seaworthy_contract::api::{Page, PageState, RotaShift};
use seaworthy_model::{OfferId, PersonId, RotationId, TeamId};

use super::rota::level;
use crate::chrome::PageView;
use crate::part::Chip;
use crate::text;

/// Most shifts that are shown: about a quarter of a year of a rota of three.
const SHIFTS_SHOWN: usize = 6;

/// What waits for the reader.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waits {
    /// What it is.
    pub chip: Chip,
    /// In a sentence.
    pub say: String,
    /// Where it is answered.
    pub href: String,
    /// What the way there says.
    pub label: &'static str,
}

/// A turn on call ahead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NextShift {
    /// The rotation.
    pub rotation: String,
    /// Primary, secondary.
    pub level: String,
    /// From when, on the rotation's clock.
    pub from: String,
    /// Until when.
    pub until: String,
    /// The zone of that clock.
    pub zone: String,
}

/// What the page is made from.
#[derive(Debug)]
pub struct MeFacts<'a> {
    /// What the session is called in the ledger, for one that is nobody's.
    pub called: &'a str,
    /// Who it is, and what they are called.
    pub person: Option<(&'a PersonId, Option<&'a str>)>,
    /// Teams, and how many services each owns.
    pub teams: &'a [(TeamId, usize)],
    /// Pages that called them and that nobody has taken.
    pub pages: &'a [Page],
    /// Rotas that ask for them.
    pub asked: &'a [RotationId],
    /// Rotas that they joined.
    pub joined: &'a [RotationId],
    /// Swaps to which they may agree, in sentences.
    pub swaps: &'a [(OfferId, String)],
    /// Their turns from now on, by start.
    pub shifts: &'a [RotaShift],
    /// The form token of the session.
    pub csrf: Option<&'a str>,
}

/// Who is signed in.
#[derive(Debug, Template)]
#[template(path = "me.html")]
pub struct MePage {
    /// Who, in one line.
    pub headline: String,
    /// What follows from it.
    pub say: &'static str,
    /// The handle; none for a session that is nobody's.
    pub person: Option<String>,
    /// Teams, and what they own in words.
    pub teams: Vec<(String, String)>,
    /// What waits for them.
    pub waits: Vec<Waits>,
    /// Rotas that they joined.
    pub joined: Vec<String>,
    /// Their next turns.
    pub shifts: Vec<NextShift>,
    /// The form token of the session.
    pub csrf: Option<String>,
}

impl MeFacts<'_> {
    /// Of a session that is nobody's: nothing.
    pub const EMPTY: Self = Self {
        called: "",
        person: None,
        teams: &[],
        pages: &[],
        asked: &[],
        joined: &[],
        swaps: &[],
        shifts: &[],
        csrf: None,
    };
}

impl MePage {
    /// Makes the page.
    pub fn new(facts: &MeFacts<'_>) -> Self {
        let (headline, say) = match facts.person {
            Some((person, Some(name))) => (format!("You are {name}, {person} in the ledger."), PERSON),
            Some((person, None)) => (format!("You are {person}."), PERSON),
            None => (format!("You act as \"{}\", which is nobody in particular.", facts.called), NOBODY),
        };
        let owns = |n: usize| match n {
            0 => "owns no service".to_owned(),
            n => format!("owns {}", text::counted(u64::try_from(n).unwrap_or(u64::MAX), "service", "services")),
        };
        Self {
            headline,
            say,
            person: facts.person.map(|(person, _)| person.to_string()),
            teams: facts.teams.iter().map(|(team, services)| (team.to_string(), owns(*services))).collect(),
            waits: waits(facts),
            joined: facts.joined.iter().map(ToString::to_string).collect(),
            shifts: facts.shifts.iter().take(SHIFTS_SHOWN).map(shift).collect(),
            csrf: facts.csrf.map(str::to_owned),
        }
    }
}

const PERSON: &str = "What you do here is in the ledger under your handle. You may change what your teams own.";

const NOBODY: &str = "Nothing waits for such a session, and nobody can be asked later why it did something. \
                      Sign in as yourself: seaworthy sign-in --as HANDLE makes the link.";

fn waits(facts: &MeFacts<'_>) -> Vec<Waits> {
    let page = |page: &Page| Waits {
        chip: if page.state == PageState::Undeliverable { Chip::bad("Not sent") } else { Chip::bad("Page") },
        say: page.sentence.clone(),
        href: format!("/pages/{}", page.id),
        label: "Look at it",
    };
    let swap = |(offer, sentence): &(OfferId, String)| Waits {
        chip: Chip::waits("Swap"),
        say: sentence.clone(),
        href: format!("/me/swaps/{offer}"),
        label: "Look at it",
    };
    let asked = |rotation: &RotationId| Waits {
        chip: Chip::waits("Asked"),
        say: format!("The rota {rotation} asks whether you would join it. Not answering is an answer too."),
        href: format!("/me/rotations/{rotation}"),
        label: "Read what it asks",
    };
    let (pages, swaps) = (facts.pages.iter().map(page), facts.swaps.iter().map(swap));
    pages.chain(swaps).chain(facts.asked.iter().map(asked)).collect()
}

fn shift(shift: &RotaShift) -> NextShift {
    let zone = TimeZone::get(&shift.zone).unwrap_or(TimeZone::UTC);
    let local = |at: jiff::Timestamp| at.to_zoned(zone.clone()).strftime("%a %-d %b %H:%M").to_string();
    NextShift {
        rotation: shift.rotation.to_string(),
        level: level(shift.level),
        from: local(shift.start),
        until: local(shift.end),
        zone: shift.zone.clone(),
    }
}

impl PageView for MePage {
    fn title(&self) -> String {
        "You".to_owned()
    }
}
