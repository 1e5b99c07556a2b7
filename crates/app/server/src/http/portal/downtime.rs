//! The month of downtime: twelve months of some functions, and one of them by day; and work that is announced or taken back.

use axum::extract::{Form, Query};
use axum::response::Response;
use jiff::Timestamp;
use jiff::ToSpan;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use seaworthy_contract::api::{DowntimeEvery, DowntimeMonths, DowntimeRule, WindowRequest};
use seaworthy_core::WindowWanted;
use seaworthy_core::view::{self, DowntimeAsked, Look, MonthsAsked};
use seaworthy_model::ServiceId;
use seaworthy_portal::view::{DowntimeFacts, DowntimePage, Draft, Work, days_of, downtime_of, month_of};
use serde::Deserialize;

use super::act::{back, check};
use super::visit::Visit;
use crate::access::Principal;
use crate::http::Failure;
use crate::http::downtime::{day, declare, known, rule, take_back};

/// Functions of a page: what fits on it at a reading weight.
const FUNCTIONS: usize = 6;

/// Months of a page: a year.
const MONTHS: usize = 12;

/// Stretches that are read: the day's fields lead to the others.
const STRETCHES: usize = 60;

/// What is shown.
#[derive(Deserialize)]
pub(super) struct Shown {
    of: Option<String>,
    month: Option<String>,
    day: Option<String>,
    rule: Option<String>,
    after: Option<String>,
    #[serde(flatten)]
    draft: Drafted,
}

/// Work that somebody is about to announce, as the form sends it.
#[derive(Default, Deserialize)]
struct Drafted {
    #[serde(default)]
    start: String,
    #[serde(default)]
    end: String,
    #[serde(default)]
    why: String,
}

pub(super) async fn month(visit: Visit, Query(shown): Query<Shown>) -> Result<Response, Failure> {
    let rule = rule(shown.rule.as_deref())?;
    let chosen = shown.day.as_deref().map(|text| day("day", text)).transpose()?;
    let month = shown.month.as_deref().map(|text| day("month", &format!("{text}-01"))).transpose()?;
    let service = shown.of.as_deref().map(|of| of.split_once('/').map_or(of, |(service, _)| service));
    known(&visit.app, service)?;
    let page = visit.app.kernel.look(|look| {
        let month = month.or(chosen.map(|day| day.first_of_month())).unwrap_or_else(|| month_of(look.now));
        let day = chosen.filter(|day| day.first_of_month() == month);
        let months = months(look, rule, month, shown.after.as_deref());
        let of = shown.of.clone().or_else(|| worst(&months, month)).unwrap_or_default();
        let work = work(&visit.principal, look, &of, &shown.draft);
        page(look, &months, &of, (month, day), shown.after.as_deref(), work.as_ref())
    });
    Ok(visit.show(&page))
}

/// Returns what the reader may do to declared work of a function; none for a reader who may not.
fn work(principal: &Principal, look: &Look<'_>, of: &str, draft: &Drafted) -> Option<Work> {
    let token = principal.csrf.clone()?;
    let (service, _) = function(of).ok()?;
    look.state.catalogue.service(&service).filter(|service| principal.may_change(&service.owner))?;
    let concerns = (!draft.is_empty()).then(|| {
        let concerned = draft.wanted(of).and_then(|wanted| Ok(view::downtime_concerns(look, &wanted)?));
        concerned.map_err(|failure| failure.0.message)
    });
    let Drafted { start, end, why } = draft;
    Some(Work { token, draft: Draft { start: start.clone(), end: end.clone(), why: why.clone() }, concerns })
}

impl Drafted {
    fn is_empty(&self) -> bool {
        self.start.is_empty() && self.end.is_empty() && self.why.is_empty()
    }

    fn wanted(&self, of: &str) -> Result<WindowWanted, Failure> {
        let (service, function) = function(of)?;
        let (start, end) = (instant("start", &self.start)?, instant("end", &self.end)?);
        Ok(WindowWanted { service, function, start, end, reason: self.why.trim().to_owned() })
    }
}

/// Takes the name of a function apart.
fn function(of: &str) -> Result<(ServiceId, Option<String>), Failure> {
    let (service, function) = of.split_once('/').map_or((of, None), |(service, f)| (service, Some(f.to_owned())));
    let service = service.parse().map_err(|_| Failure::unknown("service", service))?;
    Ok((service, function))
}

/// Reads a time of a form, which says no zone: it is UTC, as the form says.
fn instant(field: &str, text: &str) -> Result<Timestamp, Failure> {
    let read = text.parse::<DateTime>().and_then(|time| time.to_zoned(TimeZone::UTC));
    read.map(|zoned| zoned.timestamp())
        .map_err(|_| Failure::invalid(format!("{field} \"{text}\": write a time in UTC such as 2026-01-31T08:00")))
}

/// What the form that announces sends.
#[derive(Deserialize)]
pub(super) struct Announced {
    #[serde(default)]
    csrf: String,
    of: String,
    #[serde(flatten)]
    draft: Drafted,
}

pub(super) async fn announce(visit: Visit, Form(sent): Form<Announced>) -> Response {
    let Visit { app, principal, .. } = visit;
    let place = downtime_of(&sent.of);
    let done = async {
        check(&principal, &sent.csrf)?;
        let WindowWanted { service, function, start, end, reason } = sent.draft.wanted(&sent.of)?;
        let window = declare(&app, principal, WindowRequest { service, function, start, end, reason }).await?;
        Ok((format!("{place}#s-work"), format!("Announced: {}. It can be taken back until it is over.", window.reason)))
    };
    back(done.await, &place, "")
}

/// What the form that takes back sends.
#[derive(Deserialize)]
pub(super) struct Cancelled {
    #[serde(default)]
    csrf: String,
    of: String,
    window: String,
}

pub(super) async fn cancel(visit: Visit, Form(sent): Form<Cancelled>) -> Response {
    let Visit { app, principal, .. } = visit;
    let place = downtime_of(&sent.of);
    let done = async {
        check(&principal, &sent.csrf)?;
        let window = take_back(&app, principal, &sent.window).await?;
        Ok((format!("{place}#s-work"), format!("Taken back: {}.", window.reason)))
    };
    back(done.await, &place, "")
}

fn months(look: &Look<'_>, rule: DowntimeRule, month: Date, after: Option<&str>) -> DowntimeMonths {
    let year_ago = month_of(look.now).saturating_sub(11.months());
    let asked = MonthsAsked {
        service: None,
        rule,
        every: DowntimeEvery::Month,
        from: Some(month.min(year_ago)),
        cells: MONTHS,
        after: after.map(str::to_owned),
        limit: FUNCTIONS,
    };
    view::downtime_months(look, &asked)
}

/// Returns the function that was worst off in a month: the one to look at first.
fn worst(months: &DowntimeMonths, month: Date) -> Option<String> {
    let counted = |row: &&seaworthy_contract::api::DowntimeRow| {
        row.cells.iter().find(|cell| cell.first == month).map_or(0, |cell| cell.counted_ms)
    };
    let worst = months.rows.iter().rev().max_by_key(counted);
    worst.map(|row| row.name.clone())
}

fn page(
    look: &Look<'_>,
    months: &DowntimeMonths,
    of: &str,
    (month, day): (Date, Option<Date>),
    after: Option<&str>,
    work: Option<&Work>,
) -> DowntimePage {
    let service = of.split_once('/').map_or(of, |(service, _)| service).parse().ok();
    let first = day.unwrap_or(month);
    let end = first.saturating_add(if day.is_some() { 1.day() } else { 1.month() });
    let period = midnight(first).zip(midnight(end)).filter(|(from, _)| *from < look.now);
    let account = period.zip(service.clone()).map(|((from, to), service)| {
        let (rule, service) = (months.rule, Some(service));
        let (after, before, limit) = (None, None, STRETCHES);
        let asked = DowntimeAsked { service, from, to, rule, after, before, limit };
        view::downtime(look, &asked)
    });
    let days = service.map(|service| {
        let (every, cells) = (DowntimeEvery::Day, days_of(month));
        let (service, from, after, limit) = (Some(service), Some(month), None, usize::MAX);
        view::downtime_months(look, &MonthsAsked { service, rule: months.rule, every, from, cells, after, limit })
    });
    let days = days.as_ref().and_then(|days| days.rows.iter().find(|row| row.name == of));
    let (account, now) = (account.as_ref(), look.now);
    DowntimePage::new(&DowntimeFacts { months, account, days, of, month, day, after, work, now })
}

fn midnight(date: Date) -> Option<Timestamp> {
    date.to_zoned(TimeZone::UTC).ok().map(|zoned| zoned.timestamp())
}
