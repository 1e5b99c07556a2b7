//! The month of downtime: twelve months of some functions, and one of them by day.

use axum::extract::Query;
use axum::response::Response;
use jiff::Timestamp;
use jiff::ToSpan;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use seaworthy_contract::api::{DowntimeEvery, DowntimeMonths, DowntimeRule};
use seaworthy_core::view::{self, DowntimeAsked, Look, MonthsAsked};
use seaworthy_portal::view::{DowntimeFacts, DowntimePage, days_of, month_of};
use serde::Deserialize;

use super::visit::Visit;
use crate::http::Failure;
use crate::http::downtime::{day, known, rule};

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
        page(look, &months, &of, (month, day), shown.after.as_deref())
    });
    Ok(visit.show(&page))
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
    DowntimePage::new(&DowntimeFacts { months, account: account.as_ref(), days, of, month, day, after, now: look.now })
}

fn midnight(date: Date) -> Option<Timestamp> {
    date.to_zoned(TimeZone::UTC).ok().map(|zoned| zoned.timestamp())
}
