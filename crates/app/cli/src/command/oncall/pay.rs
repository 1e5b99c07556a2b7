//! Beside the rota: hours for pay, times away, calendars that programs follow.

use jiff::Timestamp;
use seaworthy_contract::api::{RotaAway, RotaCalendar, RotaCalendarOf, RotaHours};
use seaworthy_core::view::level;
use seaworthy_model::{PersonId, RotationId, TeamId};

use super::asked::escaped;
use crate::context::Context;
use crate::table::{Column, lay_out};
use crate::words::instant;
use crate::{Exit, Failure};

/// Whose hours, of which time.
#[derive(Debug, Clone, clap::Args)]
#[command(
    after_help = "Example:\n  seaworthy oncall hours --team shop --from 2026-01-01 --to 2026-02-01 --csv > january.csv"
)]
pub struct HoursArgs {
    /// The team
    #[arg(long)]
    pub team: TeamId,
    /// First day, from its midnight in UTC; or an instant
    #[arg(long, value_name = "DATE", value_parser = instant)]
    pub from: Timestamp,
    /// The day after the last; or an instant
    #[arg(long, value_name = "DATE", value_parser = instant)]
    pub to: Timestamp,
    /// Write CSV (RFC 4180)
    #[arg(long, conflicts_with = "json")]
    pub csv: bool,
}

/// Who is away, and when.
#[derive(Debug, Clone, clap::Args)]
pub struct AwayArgs {
    /// The rotation
    pub rotation: RotationId,
    /// Who; without it, the list
    #[arg(long, requires_all = ["from", "until"])]
    pub person: Option<PersonId>,
    /// From when: a day, from its midnight in UTC, or an instant
    #[arg(long, value_name = "DATE", value_parser = instant, requires = "person")]
    pub from: Option<Timestamp>,
    /// Until when, exclusive
    #[arg(long, value_name = "DATE", value_parser = instant, requires = "person")]
    pub until: Option<Timestamp>,
    /// Forget it: they are there
    #[arg(long, requires = "person")]
    pub end: bool,
}

/// Whose calendar.
#[derive(Debug, Clone, clap::Args)]
pub struct CalendarArgs {
    /// Make one of all shifts of a team
    #[arg(long, conflicts_with_all = ["person", "revoke"])]
    pub team: Option<TeamId>,
    /// Make one of all shifts of a person
    #[arg(long, conflicts_with = "revoke")]
    pub person: Option<PersonId>,
    /// Withdraw one, by its id
    #[arg(long, value_name = "ID")]
    pub revoke: Option<String>,
}

pub(super) async fn hours(args: &HoursArgs, cx: &mut Context<'_>) -> Result<Exit, Failure> {
    super::check_period(args.from, args.to)?;
    let path = format!("/v1/oncall/hours?team={}&from={}&to={}", escaped(args.team.as_str()), args.from, args.to);
    let hours: RotaHours = cx.api.get_json(&path).await?;
    if args.csv {
        cx.out.write_all(csv(&hours).as_bytes())?;
        cx.out.flush()?;
        return Ok(Exit::Ok);
    }
    cx.answer(&hours, |hours, view| {
        if hours.people.is_empty() {
            return "nobody was on call for this team in that time".to_owned();
        }
        let head = ["PERSON", "ROTA", "LEVEL", "HOURS", "WEEKEND", "CALL-OUTS"].map(str::to_owned).to_vec();
        let rows = hours.people.iter().map(|one| {
            let times = [decimal(one.minutes), decimal(one.weekend_minutes), one.call_outs.to_string()];
            [vec![one.person.to_string(), one.rotation.to_string(), level(one.level)], times.to_vec()].concat()
        });
        let columns = [Column::Text; 6];
        lay_out(&columns, &std::iter::once(head).chain(rows).collect::<Vec<_>>(), view.width()).join("\n")
    })?;
    Ok(Exit::Ok)
}

/// Names hold letters, digits, dots, dashes and underscores: nothing has to be quoted.
fn csv(hours: &RotaHours) -> String {
    let mut text = "person,rotation,level,from,until,hours,weekend_hours,call_outs\r\n".to_owned();
    for one in &hours.people {
        let (held, weekend) = (decimal(one.minutes), decimal(one.weekend_minutes));
        let (from, until, call_outs) = (hours.from, hours.until, one.call_outs);
        let row = format!(
            "{},{},{},{from},{until},{held},{weekend},{call_outs}\r\n",
            one.person,
            one.rotation,
            level(one.level)
        );
        text.push_str(&row);
    }
    text
}

/// Hours with two digits after the point, cut off.
fn decimal(minutes: i64) -> String {
    format!("{}.{:02}", minutes / 60, minutes % 60 * 100 / 60)
}

pub(super) async fn away(args: &AwayArgs, cx: &mut Context<'_>) -> Result<Exit, Failure> {
    let path = format!("/v1/rotations/{}/away", args.rotation);
    let all: Vec<RotaAway> = match (&args.person, args.from, args.until) {
        (Some(person), Some(from), Some(until)) => {
            let path = if args.end { format!("{path}/end") } else { path };
            cx.api.post_json(&path, &RotaAway { person: person.clone(), from, until }).await?
        }
        _ => cx.api.get_json(&path).await?,
    };
    cx.answer(&all, |all, _| {
        if all.is_empty() {
            return "nobody has said that they are away".to_owned();
        }
        let line = |one: &RotaAway| format!("{}  away from {} until {}", one.person, one.from, one.until);
        all.iter().map(line).collect::<Vec<_>>().join("\n")
    })?;
    Ok(Exit::Ok)
}

pub(super) async fn calendar(args: &CalendarArgs, cx: &mut Context<'_>) -> Result<Exit, Failure> {
    let of = match (&args.team, &args.person) {
        (Some(team), _) => Some(RotaCalendarOf::Team(team.clone())),
        (None, Some(person)) => Some(RotaCalendarOf::Person(person.clone())),
        (None, None) => None,
    };
    if let Some(of) = of {
        let made: RotaCalendar = cx.api.post_json("/v1/calendars", &of).await?;
        cx.answer(&made, |made, _| made.url.clone().unwrap_or_default())?;
        cx.say("whoever has this address reads the shifts; it is shown this once");
        cx.say(&format!("undo: seaworthy oncall calendar --revoke {}", made.id));
        return Ok(Exit::Ok);
    }
    let all: Vec<RotaCalendar> = match &args.revoke {
        Some(id) if id.bytes().all(|byte| byte.is_ascii_hexdigit()) && !id.is_empty() => {
            vec![cx.api.post_json(&format!("/v1/calendars/{id}/revoke"), &()).await?]
        }
        Some(_) => return Err(Failure::usage("that is no id of a calendar", "`seaworthy oncall calendar` lists them")),
        None => cx.api.get_json("/v1/calendars").await?,
    };
    let is_revoked = args.revoke.is_some();
    cx.answer(&all, |all, _| {
        if all.is_empty() {
            return "no calendar is followed".to_owned();
        }
        let line = |one: &RotaCalendar| {
            let of = match &one.of {
                RotaCalendarOf::Team(team) => format!("team {team}"),
                RotaCalendarOf::Person(person) => format!("person {person}"),
            };
            format!("{}  {of}{}", one.id, if is_revoked { ": withdrawn" } else { "" })
        };
        all.iter().map(line).collect::<Vec<_>>().join("\n")
    })?;
    Ok(Exit::Ok)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_are_cut_off_and_rows_are_csv() {
        assert_eq!([0, 1, 59, 60, 95 * 60 + 30].map(decimal), ["0.00", "0.01", "0.98", "1.00", "95.50"]);
        let hours: RotaHours = serde_json::from_value(serde_json::json!({
            "team": "shop", "from": "2026-01-01T00:00:00Z", "until": "2026-02-01T00:00:00Z",
            "people": [{ "person": "ann", "rotation": "shop", "level": 0, "minutes": 5730, "weekend_minutes": 60, "call_outs": 2 }],
        }))
        .expect("the API's shape");
        assert_eq!(
            csv(&hours),
            "person,rotation,level,from,until,hours,weekend_hours,call_outs\r\n\
             ann,shop,primary,2026-01-01T00:00:00Z,2026-02-01T00:00:00Z,95.50,1.00,2\r\n"
        );
    }
}
