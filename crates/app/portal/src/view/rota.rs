//! Rotas: who is on call now, and one rota ahead, as a plot by day and person on its own wall clock.

mod plot;

use askama::Template;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use seaworthy_contract::api::{
    Rota, RotaFinding, RotaGap, RotaHolder, RotaInvitation, RotaNow, RotaOffer, RotaOverride, RotaShift, RotaState,
    RotaTime,
};
use seaworthy_contract::catalogue::StandIn;

use crate::chrome::{Nav, PageView, Rights};
use crate::part::{Chip, LedgerLink, When};
use crate::text;

pub use plot::{RotaBar, RotaPlot, RotaRow};

/// A rota in the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RotaNowRow {
    /// Whether somebody is on call.
    pub chip: Chip,
    /// The rotation.
    pub name: String,
    /// Who is on call, in words.
    pub say: String,
    /// The next hand-over.
    pub next: Option<(When, String)>,
    /// Whose it is.
    pub team: String,
    /// Services whose pages it gets.
    pub services: Vec<String>,
}

impl RotaNowRow {
    fn of(now: &RotaNow) -> Self {
        let next = now.next.as_ref().map(|next| {
            let person = next.display_name.clone().or_else(|| next.person.as_ref().map(ToString::to_string));
            (When::until(next.at), person.unwrap_or_else(|| "nobody".to_owned()))
        });
        Self {
            chip: chip(now),
            name: now.rotation.to_string(),
            say: say(now),
            next,
            team: now.team.to_string(),
            services: now.services.iter().map(ToString::to_string).collect(),
        }
    }
}

fn chip(now: &RotaNow) -> Chip {
    let primary = now.on_call.iter().any(|holder| holder.level == 0);
    match (now.state, primary, now.services.is_empty()) {
        (RotaState::NotStarted, ..) => Chip::waits("Not started"),
        (_, true, _) => Chip::ok("On call"),
        (_, false, true) => Chip::unknown("Nobody"),
        (_, false, false) => Chip::bad("Nobody"),
    }
}

fn say(now: &RotaNow) -> String {
    if now.state == RotaState::NotStarted {
        return "People join it; it has not begun, so nobody is on call by it.".to_owned();
    }
    let holders: Vec<String> =
        now.on_call.iter().map(|holder| format!("{} {}", level(holder.level), name(holder))).collect();
    match holders.is_empty() {
        true => "Nobody is on call.".to_owned(),
        false => text::sentence(&holders.join(", ")),
    }
}

fn name(holder: &RotaHolder) -> String {
    holder.display_name.clone().unwrap_or_else(|| holder.person.to_string())
}

pub(super) fn level(level: u8) -> String {
    match level {
        0 => "primary".to_owned(),
        1 => "secondary".to_owned(),
        more => format!("level {}", more + 1),
    }
}

/// Who is on call now, by every rota.
#[derive(Debug, Template)]
#[template(path = "rotas.html")]
pub struct RotasPage {
    /// The answer.
    pub headline: String,
    /// The rotas: those with a service and without anybody first.
    pub rows: Vec<RotaNowRow>,
}

impl RotasPage {
    /// Makes the page.
    pub fn new(rotas: &[RotaNow]) -> Self {
        let is_bare = |now: &RotaNow| !now.services.is_empty() && now.on_call.iter().all(|holder| holder.level != 0);
        let mut sorted: Vec<&RotaNow> = rotas.iter().collect();
        sorted.sort_by_key(|now| (!is_bare(now), &now.rotation));
        let headline = match (rotas.len(), rotas.iter().filter(|now| is_bare(now)).count()) {
            (0, _) => "There is no rota yet.".to_owned(),
            (_, 0) => "Somebody is on call for every service that a rota covers.".to_owned(),
            (_, 1) => "One rota has nobody on call.".to_owned(),
            (_, n) => format!("{} rotas have nobody on call.", text::number_word(n)),
        };
        Self { headline, rows: sorted.into_iter().map(RotaNowRow::of).collect() }
    }
}

impl PageView for RotasPage {
    fn title(&self) -> String {
        "On call".to_owned()
    }

    fn nav(&self) -> Nav {
        Nav::OnCall
    }
}

/// What somebody should know, or a change, as a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RotaLine {
    /// Its id, where it can be taken back.
    pub id: String,
    /// How serious it is.
    pub chip: Chip,
    /// The sentence.
    pub say: String,
}

/// A rota ahead.
#[derive(Debug, Template)]
#[template(path = "rota.html")]
pub struct RotaPage {
    /// Its name.
    pub name: String,
    /// The answer.
    pub headline: String,
    /// At this moment.
    pub now: RotaNowRow,
    /// Who is on call at which level until when.
    pub holders: Vec<(String, String, When, String)>,
    /// Where it is declared.
    pub source: String,
    /// Where that stands.
    pub position: LedgerLink,
    /// The zone of its clock.
    pub zone: String,
    /// The drawing.
    pub plot: RotaPlot,
    /// Hand-overs of the primary, on the rotation's clock.
    pub shifts: Vec<(String, String, String)>,
    /// What is wrong with it.
    pub findings: Vec<RotaLine>,
    /// What people changed.
    pub overrides: Vec<RotaLine>,
    /// Swaps that wait.
    pub offers: Vec<RotaLine>,
    /// Who is in it.
    pub members: Vec<(String, Option<When>)>,
    /// Who learns.
    pub shadows: Vec<(String, String)>,
    /// The calendar that it follows, and when that was read last.
    pub calendar: Option<(String, Option<When>, String)>,
    /// Whether people join it.
    pub joins: bool,
    /// Invitations without an answer; none for whoever does not build this rota.
    pub invited: Option<Vec<(String, When)>>,
    /// The token of its forms; none for whoever may not change it.
    pub csrf: Option<String>,
}

/// What the page of a rota is made from.
#[derive(Debug)]
pub struct RotaFacts<'a> {
    /// The rota.
    pub rota: &'a Rota,
    /// Invitations that wait, for whoever builds the rota.
    pub invited: Option<&'a [RotaInvitation]>,
    /// What the reader may do.
    pub rights: &'a Rights,
    /// The time.
    pub at: Timestamp,
}

impl RotaPage {
    /// Makes the page.
    pub fn new(facts: &RotaFacts<'_>) -> Self {
        let rota = facts.rota;
        let zone = TimeZone::get(&rota.now.zone).unwrap_or(TimeZone::UTC);
        let local = |at: Timestamp| at.to_zoned(zone.clone()).strftime("%a %-d %b %H:%M").to_string();
        let primary = rota.plan.shifts.iter().filter(|shift| shift.level == 0);
        let holder =
            |holder: &RotaHolder| (level(holder.level), name(holder), When::until(holder.until), holder.why.clone());
        Self {
            name: rota.now.rotation.to_string(),
            headline: headline(rota),
            now: RotaNowRow::of(&rota.now),
            holders: rota.now.on_call.iter().map(holder).collect(),
            source: rota.now.source.clone(),
            position: LedgerLink::new(rota.now.position),
            zone: rota.now.zone.clone(),
            plot: RotaPlot::new(rota, &zone, facts.at),
            shifts: primary.map(|shift| (local(shift.start), shift.person.to_string(), shift.why.clone())).collect(),
            findings: rota.plan.findings.iter().map(found).collect(),
            overrides: rota.overrides.iter().map(|one| changed(one, &local)).collect(),
            offers: rota.offers.iter().map(|one| offered(one, &local)).collect(),
            members: rota
                .members
                .iter()
                .map(|one| (called(one.display_name.as_ref(), &one.person), one.joined_at.map(When::day)))
                .collect(),
            shadows: rota
                .shadows
                .iter()
                .map(|one| {
                    let shifts = text::counted(u64::from(one.shifts), "shift", "shifts");
                    (called(one.display_name.as_ref(), &one.person), format!("{shifts} shadowed"))
                })
                .collect(),
            calendar: rota.now.calendar.as_ref().map(|calendar| {
                let trouble = calendar.trouble.as_ref().map(|why| format!("It cannot be read: {why}."));
                (calendar.from.clone(), calendar.read_at.map(|at| When::age(at, facts.at)), trouble.unwrap_or_default())
            }),
            joins: rota.now.state != RotaState::Listed,
            invited: facts
                .invited
                .map(|all| all.iter().map(|one| (one.person.to_string(), When::day(one.ends_at))).collect()),
            csrf: facts.rights.token(),
        }
    }
}

fn called(name: Option<&String>, person: &seaworthy_model::PersonId) -> String {
    name.cloned().unwrap_or_else(|| person.to_string())
}

fn headline(rota: &Rota) -> String {
    if rota.now.state == RotaState::NotStarted {
        return format!("The rota {} has not begun.", rota.now.rotation);
    }
    let uncovered = |gap: &&RotaGap| gap.level == 0;
    match (rota.plan.gaps.iter().find(uncovered), rota.now.on_call.iter().find(|holder| holder.level == 0)) {
        (_, None) => "Nobody is on call now.".to_owned(),
        (Some(_), Some(holder)) => format!("{} is on call now; ahead there is time with nobody.", name(holder)),
        (None, Some(holder)) => format!("{} is on call, and somebody is at every hour ahead.", name(holder)),
    }
}

fn found(finding: &RotaFinding) -> RotaLine {
    let chip = match finding.kind.as_str() {
        "uncovered" => Chip::bad("Gap"),
        "not-available" => Chip::warn("Away"),
        "back-to-back" => Chip::warn("Too long"),
        "uneven-weekends" => Chip::warn("Unfair"),
        "two-levels" => Chip::warn("Alone"),
        "unconfirmed" => Chip::warn("Contact"),
        "calendar-lost" => Chip::bad("Not read"),
        "unmapped" => Chip::bad("Unknown name"),
        "calendar-problems" | "calendar-ends" => Chip::warn("Calendar"),
        _ => Chip::waits("Size"),
    };
    RotaLine { id: String::new(), chip, say: text::sentence(&finding.says) }
}

fn changed(one: &RotaOverride, local: &impl Fn(Timestamp) -> String) -> RotaLine {
    let what = match &one.change {
        StandIn::Add(person) => format!("{person} is on call"),
        StandIn::Remove(person) => format!("{person} is not on call"),
        StandIn::Replace { who, with } => format!("{with} stands in for {who}"),
    };
    let at = one.level.map_or_else(String::new, |at| format!(" as {}", level(at)));
    let from = if one.offer.is_some() { Chip::ok("Swap") } else { Chip::held("Override") };
    let say = format!("{what}{at} from {} until {}.", local(one.from), local(one.until));
    RotaLine { id: one.id.to_string(), chip: from, say }
}

fn offered(one: &RotaOffer, local: &impl Fn(Timestamp) -> String) -> RotaLine {
    let time = |time: &RotaTime| format!("{} {} to {}", level(time.level), local(time.from), local(time.until));
    let to = one.to.as_ref().map_or_else(|| "whoever agrees first".to_owned(), ToString::to_string);
    let back = one.takes.as_ref().map_or_else(String::new, |takes| format!(", for {}", time(takes)));
    let agreed: Vec<String> = one.agreed.iter().map(ToString::to_string).collect();
    let agreed = if agreed.is_empty() { "nobody".to_owned() } else { agreed.join(" and ") };
    let say = format!("{} gives {} to {to}{back}. Agreed so far: {agreed}.", one.by, time(&one.gives));
    RotaLine { id: one.id.to_string(), chip: Chip::waits("Waits"), say }
}

/// Returns the shifts of a level in order.
fn of_level(shifts: &[RotaShift], level: u8) -> impl Iterator<Item = &RotaShift> {
    shifts.iter().filter(move |shift| shift.level == level)
}

impl PageView for RotaPage {
    fn title(&self) -> String {
        format!("Rota {}", self.name)
    }

    fn nav(&self) -> Nav {
        Nav::OnCall
    }
}
