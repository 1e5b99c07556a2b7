//! What a server knows of downtime: the account, windows that are declared and taken back, causes that are named.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use seaworthy_contract::api::{
    CauseRequest, Downtime, DowntimeClass, DowntimeMonths, DowntimeStretch, DowntimeWindow, WindowRequest,
};
use seaworthy_contract::events::downtime::CauseV1;
use seaworthy_downtime::Definition;
use seaworthy_model::{ServiceId, WindowId};

use super::Rule;
use super::shown;
use crate::context::Context;
use crate::table::harmless;
use crate::words::{instant, long_duration};
use crate::{Exit, Failure};

/// Which account.
#[derive(Debug, Clone, clap::Args)]
pub struct AccountArgs {
    /// Only this service, with everything that was not simply up
    pub service: Option<ServiceId>,
    /// A definition of downtime: critical, major, unplanned-merged, unplanned-summed, maintenance-in-progress,
    /// maintenance-announced
    #[arg(long, value_name = "NAME", default_value = "unplanned-merged", value_parser = definition)]
    pub rule: Definition,
    /// First day, from its midnight in UTC, or an instant; the first of this month where it is not said
    #[arg(long, value_name = "TIME", value_parser = instant)]
    pub from: Option<Timestamp>,
    /// The day after the last, or an instant; now where it is not said
    #[arg(long, value_name = "TIME", value_parser = instant)]
    pub to: Option<Timestamp>,
}

/// Which window.
#[derive(Debug, Clone, clap::Args)]
pub struct AnnounceArgs {
    /// The service
    pub service: ServiceId,
    /// Its start: an instant such as 2026-03-01T02:00:00Z, or how far ahead such as +20s, +30m, +2h, +1d
    #[arg(long, value_name = "TIME", value_parser = moment)]
    pub from: Moment,
    /// Its end, the same way; what is still down after it is unplanned
    #[arg(long, value_name = "TIME", value_parser = moment)]
    pub to: Moment,
    /// What is done, for whoever is asked why
    #[arg(long, value_name = "TEXT")]
    pub why: String,
    /// One function of the service; all of them where it is not said
    #[arg(long, value_name = "NAME")]
    pub function: Option<String>,
}

/// Which window is taken back.
#[derive(Debug, Clone, clap::Args)]
pub struct CancelArgs {
    /// The window's id as `seaworthy downtime` shows it, or how it begins
    pub window: String,
}

/// Why something was not well.
#[derive(Debug, Clone, clap::Args)]
pub struct CauseArgs {
    /// The service
    pub service: ServiceId,
    /// Why: change, capacity, credential, maintenance, dependency=NAME, vendor=NAME
    #[arg(value_parser = cause)]
    pub cause: CauseV1,
    /// Any instant at which it was not well; the last time it was not where it is not said
    #[arg(long, value_name = "TIME", value_parser = instant)]
    pub at: Option<Timestamp>,
    /// One function of the service; the service as a whole where it is not said
    #[arg(long, value_name = "NAME")]
    pub function: Option<String>,
}

/// An instant, or how far it is ahead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// At.
    At(Timestamp),
    /// So much later than now.
    Ahead(SignedDuration),
}

impl Moment {
    fn at(self, now: Timestamp) -> Result<Timestamp, Failure> {
        let far = || Failure::usage("could not announce a window: it is too far ahead", "at most a year ahead");
        match self {
            Self::At(at) => Ok(at),
            Self::Ahead(ahead) => now.checked_add(ahead).map_err(|_| far()),
        }
    }
}

fn moment(text: &str) -> Result<Moment, String> {
    let Some(ahead) = text.strip_prefix('+') else { return instant(text).map(Moment::At) };
    let ahead = SignedDuration::try_from(long_duration(ahead)?).map_err(|_| "too far ahead".to_owned())?;
    Ok(Moment::Ahead(ahead))
}

fn definition(text: &str) -> Result<Definition, String> {
    match super::rule(text)? {
        Rule::One(definition) => Ok(definition),
        Rule::All => Err("all six are shown of a service that is named; one of them makes the table".to_owned()),
    }
}

fn cause(text: &str) -> Result<CauseV1, String> {
    let (kind, name) = text.split_once('=').map_or((text, None), |(kind, name)| (kind, Some(name.to_owned())));
    match (kind, name.filter(|name| !name.trim().is_empty())) {
        ("change", None) => Ok(CauseV1::Change),
        ("capacity", None) => Ok(CauseV1::Capacity),
        ("credential", None) => Ok(CauseV1::Credential),
        ("maintenance", None) => Ok(CauseV1::Maintenance),
        ("dependency", Some(name)) => Ok(CauseV1::Dependency(name)),
        ("vendor", Some(name)) => Ok(CauseV1::Vendor(name)),
        _ => Err("write change, capacity, credential, maintenance, dependency=NAME or vendor=NAME".to_owned()),
    }
}

/// Answers asked for, at a hundred functions each.
const PAGES_MAX: usize = 100;

pub(crate) async fn account(args: &AccountArgs, cx: &mut Context<'_>) -> Result<Exit, Failure> {
    let mut account: Downtime = cx.api.get_json(&path(args, None)).await?;
    for _ in 0..PAGES_MAX {
        let Some(after) = account.next_function.take() else { break };
        let further: Downtime = cx.api.get_json(&path(args, Some(&after))).await?;
        account.functions.extend(further.functions);
        account.stretches.extend(further.stretches);
        account.windows.extend(further.windows);
        account.next_function = further.next_function;
    }
    if cx.view.json {
        cx.answer(&account, |_, _| String::new())?;
        return Ok(Exit::Ok);
    }
    let days = days(args, &account, cx).await?;
    cx.answer(&account, |account, view| match &args.service {
        Some(_) => shown::one(account, &days, view),
        None => shown::all(account, &days, view),
    })?;
    Ok(Exit::Ok)
}

/// Days of the bar: as many as a person reads in a line.
const DAYS_MAX: i64 = 92;

/// Returns each function's days in the period.
async fn days(args: &AccountArgs, account: &Downtime, cx: &Context<'_>) -> Result<BTreeMap<String, String>, Failure> {
    let day = |at: Timestamp| at.to_zoned(jiff::tz::TimeZone::UTC).date();
    let last = day(account.to - SignedDuration::from_nanos(1));
    let length = day(account.from).until(last).map_or(0, |span| i64::from(span.get_days()));
    if length >= DAYS_MAX {
        return Ok(BTreeMap::new());
    }
    let mut path = format!("/v1/downtime/months?every=day&from={}&cells={}", day(account.from), length + 1);
    path +=
        &args.service.as_ref().map_or_else(String::new, |service| format!("&service={}", escaped(service.as_str())));
    let mut bars = BTreeMap::new();
    let mut after = String::new();
    for _ in 0..PAGES_MAX {
        let table: DowntimeMonths = cx.api.get_json(&format!("{path}{after}")).await?;
        bars.extend(table.rows.iter().map(|row| (row.name.clone(), shown::bar(&row.cells))));
        let Some(next) = table.next else { break };
        after = format!("&after={}", escaped(&next));
    }
    Ok(bars)
}

fn path(args: &AccountArgs, after: Option<&str>) -> String {
    let from = args.from.map(|at| format!("&from={at}"));
    let to = args.to.map(|at| format!("&to={at}"));
    let service = args.service.as_ref().map(|service| format!("&service={}", escaped(service.as_str())));
    let after = after.map(|after| format!("&after={}", escaped(after)));
    let options: String = [from, to, service, after].into_iter().flatten().collect();
    format!("/v1/downtime?rule={}{options}", args.rule.name())
}

/// Writes a name as a query holds it.
fn escaped(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte);
    let one = |byte: u8| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") };
    text.bytes().map(one).collect()
}

pub(crate) async fn announce(args: &AnnounceArgs, cx: &mut Context<'_>) -> Result<Exit, Failure> {
    let request = WindowRequest {
        service: args.service.clone(),
        function: args.function.clone(),
        start: args.from.at(cx.view.now)?,
        end: args.to.at(cx.view.now)?,
        reason: args.why.clone(),
    };
    let window: DowntimeWindow = cx.api.post_json("/v1/downtime/windows", &request).await?;
    cx.answer(&window, shown::announced)?;
    Ok(Exit::Ok)
}

pub(crate) async fn cancel(args: &CancelArgs, cx: &mut Context<'_>) -> Result<Exit, Failure> {
    let id = match args.window.parse::<WindowId>() {
        Ok(id) => id,
        Err(_) => {
            let account: Downtime = cx.api.get_json("/v1/downtime").await?;
            beginning(&account.windows, &args.window)?
        }
    };
    let path = format!("/v1/downtime/windows/{id}/cancel");
    let window: DowntimeWindow = cx.api.post_json(&path, &serde_json::json!({})).await?;
    cx.answer(&window, |window, _| shown::cancelled(window))?;
    Ok(Exit::Ok)
}

/// Returns the one window whose id begins so, of those that can still be taken back where that tells them apart.
fn beginning(windows: &[DowntimeWindow], text: &str) -> Result<WindowId, Failure> {
    let begins = |window: &&DowntimeWindow| window.id.to_string().starts_with(&text.to_ascii_lowercase());
    let found: Vec<&DowntimeWindow> = windows.iter().filter(begins).collect();
    let standing: Vec<&DowntimeWindow> = found.iter().copied().filter(|w| w.cancelled_at.is_none()).collect();
    match (standing.as_slice(), found.as_slice()) {
        ([window], _) | ([], [window]) => Ok(window.id),
        (_, []) => Err(Failure::refused(
            "not-found",
            format!("could not take a window back: none has an id that begins with \"{}\"", harmless(text)),
            "`seaworthy downtime SERVICE` lists its windows with their ids",
        )),
        (_, many) => Err(Failure::usage(
            format!("could not take a window back: {} have ids that begin with \"{}\"", many.len(), harmless(text)),
            "write more of its id",
        )),
    }
}

pub(crate) async fn name_cause(args: &CauseArgs, cx: &mut Context<'_>) -> Result<Exit, Failure> {
    let at = match args.at {
        Some(at) => at,
        None => last_bad(args, cx).await?,
    };
    let (service, function, cause) = (args.service.clone(), args.function.clone(), args.cause.clone());
    let request = CauseRequest { service, function, at, cause };
    let stretch: DowntimeStretch = cx.api.post_json("/v1/downtime/cause", &request).await?;
    cx.answer(&stretch, |stretch, _| shown::named(stretch))?;
    Ok(Exit::Ok)
}

/// Returns when it was not well last, this month.
async fn last_bad(args: &CauseArgs, cx: &Context<'_>) -> Result<Timestamp, Failure> {
    let path = format!("/v1/downtime?limit=500&service={}", escaped(args.service.as_str()));
    let account: Downtime = cx.api.get_json(&path).await?;
    let is_bad = |stretch: &&DowntimeStretch| {
        let bad = [DowntimeClass::Degraded, DowntimeClass::DownPlanned, DowntimeClass::DownUnplanned];
        bad.contains(&stretch.class) && stretch.function == args.function && stretch.position.is_some()
    };
    account.stretches.iter().find(is_bad).map(|stretch| stretch.start).ok_or_else(|| {
        let message = format!("could not name a cause: {} was neither degraded nor down this month", args.service);
        Failure::refused("refused", message, "say when it was, with `--at TIME`")
    })
}

#[cfg(test)]
mod tests;
