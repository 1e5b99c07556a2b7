//! `seaworthy week`: what a week asked of a team, for the quarter of an hour of a hand-over.

use seaworthy_contract::api::{
    RotaGap, RotaShift, WakesCrossed, Week, WeekLoad, WeekNights, WeekPage, WeekRest, Weeks,
};
use seaworthy_contract::events::alert::VerdictV1;
use seaworthy_model::TeamId;

use crate::context::Context;
use crate::table::harmless;
use crate::view::View;
use crate::words::{age, ago, count, list};
use crate::{Exit, Failure};

/// Shows a team's last seven days: pages and what they were worth, wakes of all together, rules to change, the rota ahead.
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = "Examples:\n  seaworthy week\n  seaworthy week --team shop --json")]
pub struct Args {
    /// Only this team; your own where you are not an admin
    #[arg(long)]
    pub team: Option<TeamId>,
}

pub(crate) async fn run(args: &Args, cx: &mut Context<'_>) -> Result<Exit, Failure> {
    let path = args.team.as_ref().map_or_else(|| "/v1/week".to_owned(), |team| format!("/v1/week?team={team}"));
    let weeks: Weeks = cx.api.get_json(&path).await?;
    cx.answer(&weeks, text)?;
    Ok(Exit::Ok)
}

fn text(weeks: &Weeks, view: &View) -> String {
    let mut parts: Vec<String> = weeks.crossed.as_ref().and_then(asked).into_iter().collect();
    parts.extend(weeks.teams.iter().map(|week| team(week, view)));
    if weeks.teams.is_empty() {
        parts.push("no team whose week is yours to see".to_owned());
    }
    parts.join("\n\n")
}

/// What whoever leads is asked.
fn asked(crossed: &WakesCrossed) -> Option<String> {
    let named: Vec<String> = crossed.named.iter().map(ToString::to_string).collect();
    (crossed.rotas > 0).then(|| {
        let rotas = count(u64::from(crossed.rotas), "rota");
        let which = list(&named, "");
        let which = if which.is_empty() { which } else { format!(" ({which})") };
        format!("for whoever leads: in {rotas}{which} somebody was woken more than twice in a year")
    })
}

fn team(week: &Week, view: &View) -> String {
    let mut lines = vec![format!("{}: {}", week.team, sum(&week.load))];
    lines.push(format!("  {}", year(week)));
    lines.extend(week.pages.iter().map(|one| page(one, view)));
    for rule in &week.rules {
        lines.push(format!("  rule {}: {}", harmless(&rule.rule), harmless(&rule.because)));
    }
    lines.extend(week.rest.iter().map(rest));
    lines.extend(week.ahead.shifts.iter().map(shift));
    lines.extend(week.ahead.gaps.iter().map(gap));
    lines.extend(week.nights.iter().map(nights));
    lines.join("\n")
}

fn sum(load: &WeekLoad) -> String {
    let on_call = format!("{} h on call, {} h of it at weekends", load.held_minutes / 60, load.weekend_minutes / 60);
    if load.pages == 0 {
        return format!("no page in 7 days; {on_call}");
    }
    let needed = match load.actionable + load.nothing {
        0 => "nobody said yet what they were worth".to_owned(),
        known => format!("{} of {known} needed action", load.actionable),
    };
    let taken = load
        .taken_after_seconds
        .map_or_else(|| "none was taken".to_owned(), |seconds| format!("taken after {} in the middle", age(seconds)));
    let (pages, wakes) = (count(u64::from(load.pages), "page"), count(u64::from(load.wakes), "wake"));
    format!("{pages} in 7 days, {} at night, {wakes}; {needed}; {taken}; {on_call}", load.at_night)
}

fn year(week: &Week) -> String {
    let wakes = count(u64::from(week.year.wakes), "wake");
    match week.year.people {
        Some([never, once, twice, more]) => {
            format!("a year: {wakes}; woken never {never}, once {once}, twice {twice}, more often {more}")
        }
        None => format!("a year: {wakes}; how they spread is not told of fewer than five people"),
    }
}

fn page(page: &WeekPage, view: &View) -> String {
    let verdict = match page.verdict {
        Some(VerdictV1::Acted) => "acted",
        Some(VerdictV1::NothingToDo) => "nothing to do",
        Some(VerdictV1::NotOurs) => "not ours",
        None if page.taken => "not judged: `seaworthy pages judge`",
        None => "nobody took it",
    };
    let night = if page.at_night { ", at night" } else { "" };
    let when = ago(view.seconds_since(page.at));
    format!("  page {}, {when}{night}: {} ({verdict})", page.id, harmless(&page.sentence))
}

fn rest(one: &WeekRest) -> String {
    let WeekRest { rotation, level, from, until } = one;
    format!("  whoever holds {rotation} (level {level}) from {from} until {until} was woken the night before: swap it")
}

fn shift(one: &RotaShift) -> String {
    format!("  ahead {}, level {}: {} from {} until {}", one.rotation, one.level, one.person, one.start, one.end)
}

fn gap(one: &RotaGap) -> String {
    format!("  nobody for {}, level {}, from {} until {}", one.rotation, one.level, one.start, one.end)
}

fn nights(one: &WeekNights) -> String {
    let WeekNights { rotation, person, nights } = one;
    format!("  {person} is primary of {rotation} in {}", count(u64::from(*nights), "night"))
}

#[cfg(test)]
mod tests;
