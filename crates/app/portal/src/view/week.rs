//! A team's week, made for the hand-over: what paged, what should change, budget and delivery side by side, the rota ahead.
//!
//! What nobody measures yet (planned work against rework, actions out of incidents) is not on it.

mod lane;

use std::collections::BTreeSet;

use askama::Template;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use seaworthy_contract::api::{Proposal, Rota, RotaGap, Week, WeekLoad, WeekPage, WeekRest, WeekYear, Weeks};
use seaworthy_contract::events::alert::VerdictV1;
use seaworthy_model::ServiceId;

use super::review::{Accept, ProposalRow, proposal_row};
use super::rota::{RotaPlot, level};
use super::rules::may_change;
use crate::chrome::{Nav, PageView};
use crate::part::{Chip, When};
use crate::text;

pub use lane::{Lane, LaneFacts, Lanes};

/// Most proposals on the page: the whole review is a tap away.
const RULES_MAX: usize = 5;

/// What the page is made from.
#[derive(Debug, Clone, Copy)]
pub struct WeekFacts<'a> {
    /// The week.
    pub week: &'a Week,
    /// What its services did.
    pub lanes: &'a [LaneFacts],
    /// Its rotas over the days ahead.
    pub rotas: &'a [Rota],
    /// The form token of the reader's session.
    pub csrf: Option<&'a str>,
    /// Services that the reader may change.
    pub mine: &'a BTreeSet<ServiceId>,
}

/// A page of the week.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageRow {
    /// What it was worth.
    pub chip: Chip,
    /// Its id.
    pub id: String,
    /// What customers could not do.
    pub sentence: String,
    /// When.
    pub at: When,
    /// The service.
    pub service: String,
    /// Whether it came at night.
    pub at_night: bool,
    /// Whether somebody still has to say what it was worth.
    pub asks: bool,
}

/// A rota ahead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AheadRota {
    /// Its name.
    pub name: String,
    /// Its wall clock.
    pub zone: String,
    /// The drawing.
    pub plot: RotaPlot,
    /// Nights that each is primary in, most first.
    pub nights: Vec<(String, String)>,
}

/// The page.
#[derive(Debug, Template)]
#[template(path = "week.html")]
pub struct WeekPageView {
    /// The team.
    pub team: String,
    /// From when.
    pub from: When,
    /// The answer.
    pub headline: String,
    /// More of it.
    pub say: String,
    /// The pages, newest first.
    pub pages: Vec<PageRow>,
    /// Rules to change.
    pub rules: Vec<ProposalRow>,
    /// How many more there are.
    pub rules_left_out: usize,
    /// Where a form of the page leads back to.
    pub back: String,
    /// Budget and delivery.
    pub lanes: Lanes,
    /// The rotas ahead.
    pub ahead: Vec<AheadRota>,
    /// Times with nobody, and nights to be swapped.
    pub gaps: Vec<(Chip, String, String)>,
    /// What a year was.
    pub year: String,
    /// How it spread over people, where they are enough.
    pub spread: Vec<(&'static str, String)>,
    /// The form token, where the reader may say what pages were worth.
    pub token: Option<String>,
}

impl WeekPageView {
    /// Makes the page.
    pub fn new(facts: &WeekFacts<'_>) -> Self {
        let week = facts.week;
        let row = |proposal: &Proposal| {
            proposal_row(proposal, facts.csrf.filter(|_| may_change(&proposal.services, facts.mine)))
        };
        let gaps = week.ahead.gaps.iter().filter(|gap| gap.level == 0).map(gap);
        Self {
            team: week.team.to_string(),
            from: When::until(week.from),
            headline: headline(&week.load),
            say: say(&week.load),
            pages: week.pages.iter().map(page_row).collect(),
            rules: week.rules.iter().take(RULES_MAX).map(row).collect(),
            rules_left_out: week.rules.len().saturating_sub(RULES_MAX),
            back: format!("week/{}", week.team),
            lanes: Lanes::new(facts.lanes, week.from, week.until),
            ahead: facts.rotas.iter().map(|rota| ahead(rota, week)).collect(),
            gaps: gaps.chain(week.rest.iter().map(rest)).collect(),
            year: year(&week.year),
            spread: spread(&week.year),
            token: facts.csrf.map(ToOwned::to_owned),
        }
    }
}

/// What the week was, for whoever opens the page with a coffee.
pub(super) fn headline(load: &WeekLoad) -> String {
    if load.pages == 0 {
        return "No page in seven days.".to_owned();
    }
    let night = match load.at_night {
        0 => "none at night".to_owned(),
        n => format!("{n} at night"),
    };
    let worth = match (load.actionable, load.actionable + load.nothing) {
        (_, 0) => "nobody said yet what they were worth".to_owned(),
        (acted, known) if known == load.pages => format!("{acted} needed action"),
        (acted, known) => format!("{acted} of {known} that were judged needed action"),
    };
    format!("{}, {night}, {worth}.", text::counted(u64::from(load.pages), "page", "pages"))
}

fn say(load: &WeekLoad) -> String {
    let hours = |minutes: i64| text::counted(u64::try_from(minutes / 60).unwrap_or(0), "hour", "hours");
    let held = format!("{} on call, {} of it at weekends.", hours(load.held_minutes), hours(load.weekend_minutes));
    if load.pages == 0 {
        return held;
    }
    let wakes = match load.wakes {
        0 => "Nobody was woken".to_owned(),
        n => format!("{} in all", text::counted(u64::from(n), "wake", "wakes")),
    };
    let taken = load.taken_after_seconds.map_or_else(
        || "nobody took a page".to_owned(),
        |seconds| format!("the page in the middle was taken after {}", text::seconds(seconds as f64)),
    );
    format!("{wakes}; {taken}. {held}")
}

fn page_row(page: &WeekPage) -> PageRow {
    let chip = match (page.verdict, page.taken) {
        (Some(VerdictV1::Acted), _) => Chip::ok("Acted"),
        (Some(VerdictV1::NothingToDo), _) => Chip::warn("Nothing to do"),
        (Some(VerdictV1::NotOurs), _) => Chip::warn("Not ours"),
        (None, true) => Chip::unknown("Not judged"),
        (None, false) => Chip::bad("Not taken"),
    };
    PageRow {
        chip,
        id: page.id.to_string(),
        sentence: text::sentence(&page.sentence),
        at: When::until(page.at),
        service: page.service.to_string(),
        at_night: page.at_night,
        asks: page.taken && page.verdict.is_none(),
    }
}

fn ahead(rota: &Rota, week: &Week) -> AheadRota {
    let zone = TimeZone::get(&rota.now.zone).unwrap_or(TimeZone::UTC);
    let theirs = week.nights.iter().filter(|one| one.rotation == rota.now.rotation);
    AheadRota {
        name: rota.now.rotation.to_string(),
        zone: rota.now.zone.clone(),
        plot: RotaPlot::new(rota, &zone, rota.from),
        nights: theirs
            .map(|one| (one.person.to_string(), text::counted(u64::from(one.nights), "night", "nights")))
            .collect(),
    }
}

fn gap(gap: &RotaGap) -> (Chip, String, String) {
    let zone = TimeZone::get(&gap.zone).unwrap_or(TimeZone::UTC);
    let local = |at: Timestamp| at.to_zoned(zone.clone()).strftime("%a %-d %b %H:%M").to_string();
    let say =
        format!("Nobody is {} from {} until {} ({}).", level(gap.level), local(gap.start), local(gap.end), gap.zone);
    (Chip::bad("Gap"), say, gap.rotation.to_string())
}

fn rest(rest: &WeekRest) -> (Chip, String, String) {
    let time = |at| text::utc(at, "%a %-d %b %H:%M UTC");
    let say = format!(
        "Whoever is {} from {} until {} was woken in the night before: swap that night.",
        level(rest.level),
        time(rest.from),
        time(rest.until)
    );
    (Chip::warn("Rest"), say, rest.rotation.to_string())
}

fn year(year: &WeekYear) -> String {
    let wakes = text::counted(u64::from(year.wakes), "wake", "wakes");
    match year.people {
        Some(_) => format!(
            "{wakes} in 365 days, over everybody who is in a rota now. More than two a person is for whoever leads."
        ),
        None => format!(
            "{wakes} in 365 days. How they spread is not told of fewer than five people: everybody would know who is meant."
        ),
    }
}

fn spread(year: &WeekYear) -> Vec<(&'static str, String)> {
    let words = ["never woken", "woken once", "woken twice", "woken more often"];
    let people = |count: u32| text::counted(u64::from(count), "person", "people");
    let counts = year.people.into_iter().flatten();
    words.into_iter().zip(counts.map(people)).collect()
}

impl PageView for WeekPageView {
    fn title(&self) -> String {
        format!("Our week: {}", self.team)
    }

    fn nav(&self) -> Nav {
        Nav::OnCall
    }
}

/// Every week that a reader may see, and the question to whoever leads.
#[derive(Debug, Template)]
#[template(path = "weeks.html")]
pub struct WeeksPage {
    /// The answer.
    pub headline: String,
    /// Team, sentence and what there is to say more.
    pub rows: Vec<(String, String, String)>,
    /// In which rotas somebody was woken too often; none for whom it does not ask.
    pub crossed: Option<String>,
}

impl WeeksPage {
    /// Makes the page.
    pub fn new(weeks: &Weeks) -> Self {
        let quiet = weeks.teams.iter().filter(|week| week.load.pages == 0).count();
        let all = match (weeks.teams.len(), quiet) {
            (0, _) => "No team's week is yours to see.".to_owned(),
            (all, quiet) if all == quiet => "No team was paged in seven days.".to_owned(),
            (all, quiet) => {
                format!("{} of {} were paged in seven days.", all - quiet, text::counted(all as u64, "team", "teams"))
            }
        };
        let row = |week: &Week| (week.team.to_string(), headline(&week.load), say(&week.load));
        let crossed = weeks.crossed.as_ref().filter(|crossed| crossed.rotas > 0).map(|crossed| {
            let named: Vec<String> = crossed.named.iter().map(ToString::to_string).collect();
            let which = if named.is_empty() { String::new() } else { format!(" ({})", named.join(", ")) };
            let rotas = text::counted(u64::from(crossed.rotas), "rota", "rotas");
            format!("In {rotas}{which} somebody was woken more than twice within a year. That is yours to answer, not the team's.")
        });
        Self { headline: all, rows: weeks.teams.iter().map(row).collect(), crossed }
    }
}

impl PageView for WeeksPage {
    fn title(&self) -> String {
        "Our week".to_owned()
    }

    fn nav(&self) -> Nav {
        Nav::OnCall
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_headline_says_no_more_than_what_people_said() {
        let load = |pages, at_night, actionable, nothing| WeekLoad {
            pages,
            at_night,
            actionable,
            nothing,
            ..WeekLoad::default()
        };
        for (load, said) in [
            (load(0, 0, 0, 0), "No page in seven days."),
            (load(3, 1, 2, 1), "3 pages, 1 at night, 2 needed action."),
            (load(1, 0, 0, 0), "1 page, none at night, nobody said yet what they were worth."),
            (load(4, 0, 1, 1), "4 pages, none at night, 1 of 2 that were judged needed action."),
        ] {
            assert_eq!(headline(&load).replace(text::NBSP, " "), said);
        }
    }
}
