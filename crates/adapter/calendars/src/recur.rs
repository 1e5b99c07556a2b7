//! When something that comes back does: local times on the clock of its first time.

use jiff::civil::{Date, DateTime, Time, Weekday};
use jiff::{Span, ToSpan};

use crate::rule::{Every, Rule};

/// Periods that are looked at for one event: ten years of hours, and centuries of days.
const PERIODS_MAX: usize = 100_000;

/// Calls `each` with every local time from the first on, in order, until it says that this was the last that is wanted. `skip_to`
/// is a day before which none is wanted: where nothing has to be counted, what lies before it is passed over.
///
/// # Errors
/// When it goes on for longer than is looked at.
pub(crate) fn each(
    first: DateTime,
    rule: &Rule,
    skip_to: Date,
    mut each: impl FnMut(DateTime) -> bool,
) -> Result<(), &'static str> {
    let mut left = rule.count.unwrap_or(u32::MAX);
    let start = if rule.count.is_none() { skipped(first, rule, skip_to) } else { 0 };
    for period in start..start + PERIODS_MAX {
        let Some(times) = times(first, rule, period) else { return Ok(()) };
        for at in times.into_iter().filter(|at| *at >= first) {
            if left == 0 || !each(at) {
                return Ok(());
            }
            left -= 1;
        }
    }
    Err("it comes back more often than is looked at; give it an end")
}

/// Returns how many periods lie wholly before a day, or a few less.
fn skipped(first: DateTime, rule: &Rule, skip_to: Date) -> usize {
    let days = i64::from(first.date().until(skip_to).map_or(0, |span| span.get_days()));
    let periods = match rule.every {
        // The first time may be late on its day.
        Every::Hour => (days - 1) * 24,
        Every::Day => days,
        Every::Week => days / 7,
        Every::Month => days / 31,
        Every::Year => days / 366,
    };
    let whole = periods / i64::from(rule.interval) - 2;
    usize::try_from(whole).unwrap_or(0)
}

/// Returns the times of one period, in order; none behind the end of time.
fn times(first: DateTime, rule: &Rule, period: usize) -> Option<Vec<DateTime>> {
    let units = i64::try_from(period).ok()?.checked_mul(i64::from(rule.interval))?;
    if rule.every == Every::Hour {
        let at = first.checked_add(Span::new().try_hours(units).ok()?).ok()?;
        let wanted = fits(at.date(), rule) && (rule.hours.is_empty() || rule.hours.contains(&at.hour()));
        return Some(if wanted { with_minutes(at.date(), &[at.hour()], first, rule) } else { Vec::new() });
    }
    let hours = if rule.hours.is_empty() { vec![first.hour()] } else { sorted(&rule.hours) };
    let days = days(first.date(), rule, units)?;
    let mut all: Vec<DateTime> = days.into_iter().flat_map(|day| with_minutes(day, &hours, first, rule)).collect();
    if !rule.places.is_empty() {
        all = chosen(&all, &rule.places);
    }
    Some(all)
}

fn with_minutes(day: Date, hours: &[i8], first: DateTime, rule: &Rule) -> Vec<DateTime> {
    let minutes = if rule.minutes.is_empty() { vec![first.minute()] } else { sorted(&rule.minutes) };
    let time = |hour: i8, minute: i8| Time::new(hour, minute, first.second(), 0).ok().map(|time| day.to_datetime(time));
    hours.iter().flat_map(|hour| minutes.iter().filter_map(move |minute| time(*hour, *minute))).collect()
}

fn sorted(list: &[i8]) -> Vec<i8> {
    let mut list = list.to_vec();
    list.sort_unstable();
    list.dedup();
    list
}

/// Returns the days of a period of days or more, in order.
fn days(first: Date, rule: &Rule, units: i64) -> Option<Vec<Date>> {
    let span = |make: fn(Span, i64) -> Result<Span, jiff::Error>| make(Span::new(), units).ok();
    match rule.every {
        Every::Hour | Every::Day => {
            let day = first.checked_add(span(Span::try_days)?).ok()?;
            Some(if fits(day, rule) { vec![day] } else { Vec::new() })
        }
        Every::Week => {
            let back = first.weekday().since(rule.week_start);
            let monday = first.checked_sub(i64::from(back).days()).ok()?.checked_add(span(Span::try_weeks)?).ok()?;
            let wanted = |day: &Date| match rule.days.is_empty() {
                true => day.weekday() == first.weekday(),
                false => rule.days.iter().any(|(_, wanted)| *wanted == day.weekday()),
            };
            let week = (0..7).filter_map(|n: i64| monday.checked_add(n.days()).ok());
            Some(week.filter(|day| wanted(day) && in_months(*day, rule)).collect())
        }
        Every::Month => {
            let month = first.first_of_month().checked_add(span(Span::try_months)?).ok()?;
            Some(of_month(month, first, rule))
        }
        Every::Year => {
            let year = first.first_of_month().checked_add(span(Span::try_years)?).ok()?;
            Some(of_year(year, first, rule))
        }
    }
}

fn of_month(month: Date, first: Date, rule: &Rule) -> Vec<Date> {
    if !in_months(month, rule) {
        return Vec::new();
    }
    let all = (1..=month.days_in_month()).filter_map(|day| Date::new(month.year(), month.month(), day).ok());
    let wanted = |day: &Date| match (rule.days.is_empty(), rule.month_days.is_empty()) {
        (true, true) => day.day() == first.day(),
        _ => by_month_day(*day, rule) && by_weekday(*day, rule, month.days_in_month().into(), day.day().into()),
    };
    all.filter(wanted).collect()
}

fn of_year(year: Date, first: Date, rule: &Rule) -> Vec<Date> {
    let months: Vec<i8> = match (rule.months.is_empty(), rule.days.is_empty() && rule.month_days.is_empty()) {
        (false, _) => sorted(&rule.months),
        (true, true) => vec![first.month()],
        (true, false) => (1..=12).collect(),
    };
    let of = |month: i8| Date::new(year.year(), month, 1).ok();
    if rule.months.is_empty() && rule.month_days.is_empty() && !rule.days.is_empty() {
        // Without a month the so-manieth day of the week is that of the year.
        let days = i16::from(year.in_leap_year()) + 365;
        let all = months.into_iter().filter_map(of).flat_map(|month| {
            (1..=month.days_in_month()).filter_map(move |day| Date::new(month.year(), month.month(), day).ok())
        });
        return all.filter(|day| by_weekday(*day, rule, days, day.day_of_year())).collect();
    }
    months.into_iter().filter_map(of).flat_map(|month| of_month(month, first, rule)).collect()
}

/// Whether a day passes the parts that limit a period of a day or less.
fn fits(day: Date, rule: &Rule) -> bool {
    let weekday = rule.days.is_empty() || rule.days.iter().any(|(_, wanted)| *wanted == day.weekday());
    in_months(day, rule) && by_month_day(day, rule) && weekday
}

fn in_months(day: Date, rule: &Rule) -> bool {
    rule.months.is_empty() || rule.months.contains(&day.month())
}

fn by_month_day(day: Date, rule: &Rule) -> bool {
    let from_end = day.day() - day.days_in_month() - 1;
    rule.month_days.is_empty() || rule.month_days.iter().any(|n| *n == day.day() || *n == from_end)
}

/// `place` is the day's number in its month or year, which has `length` days.
fn by_weekday(day: Date, rule: &Rule, length: i16, place: i16) -> bool {
    let counted = |number: i8| match number {
        n if n > 0 => (place - 1) / 7 + 1 == i16::from(n),
        n => (length - place) / 7 + 1 == -i16::from(n),
    };
    let one = |(number, weekday): &(Option<i8>, Weekday)| *weekday == day.weekday() && number.is_none_or(counted);
    rule.days.is_empty() || rule.days.iter().any(one)
}

fn chosen(all: &[DateTime], places: &[i16]) -> Vec<DateTime> {
    let length = i16::try_from(all.len()).unwrap_or(i16::MAX);
    let index = |place: i16| if place > 0 { place - 1 } else { length + place };
    let mut indices: Vec<usize> = places.iter().filter_map(|place| usize::try_from(index(*place)).ok()).collect();
    indices.sort_unstable();
    indices.dedup();
    indices.into_iter().filter_map(|index| all.get(index).copied()).collect()
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;
    use proptest::prelude::*;

    use super::*;

    fn dates(first: &str, rule: &str, most: usize) -> Vec<String> {
        let rule = Rule::parse(rule, &TimeZone::UTC).expect("a rule");
        let first: DateTime = first.parse().expect("a time");
        let mut all = Vec::new();
        each(first, &rule, first.date(), |at| {
            all.push(at.strftime("%m-%dT%H").to_string());
            all.len() < most
        })
        .expect("an end");
        all
    }

    #[test]
    fn rules_come_back_when_they_say() {
        // 2026-01-05 is a Monday.
        for (first, rule, want) in [
            ("2026-01-05T09:00", "FREQ=DAILY", "01-05T09 01-06T09 01-07T09"),
            ("2026-01-05T09:00", "FREQ=DAILY;INTERVAL=2;BYDAY=MO,WE", "01-05T09 01-07T09 01-19T09"),
            ("2026-01-05T09:00", "FREQ=HOURLY;INTERVAL=12", "01-05T09 01-05T21 01-06T09"),
            ("2026-01-05T09:00", "FREQ=WEEKLY;BYDAY=MO,FR", "01-05T09 01-09T09 01-12T09"),
            // Fridays and Sundays of every other week; the week begins on Sunday, then on Monday (RFC 5545's own question).
            ("2026-01-09T09:00", "FREQ=WEEKLY;INTERVAL=2;WKST=SU;BYDAY=FR,SU", "01-09T09 01-18T09 01-23T09"),
            ("2026-01-09T09:00", "FREQ=WEEKLY;INTERVAL=2;WKST=MO;BYDAY=FR,SU", "01-09T09 01-11T09 01-23T09"),
            ("2026-01-31T09:00", "FREQ=MONTHLY", "01-31T09 03-31T09 05-31T09"),
            ("2026-01-31T09:00", "FREQ=MONTHLY;BYMONTHDAY=-1", "01-31T09 02-28T09 03-31T09"),
            ("2026-01-05T09:00", "FREQ=MONTHLY;BYDAY=1MO", "01-05T09 02-02T09 03-02T09"),
            ("2026-01-05T09:00", "FREQ=MONTHLY;BYDAY=-1FR", "01-30T09 02-27T09 03-27T09"),
            ("2026-01-05T09:00", "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1", "01-30T09 02-27T09 03-31T09"),
            ("2026-02-28T09:00", "FREQ=YEARLY", "02-28T09 02-28T09 02-28T09"),
            ("2026-01-05T09:00", "FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU", "03-29T09 03-28T09 03-26T09"),
            ("2026-01-05T09:00", "FREQ=YEARLY;BYDAY=20MO", "05-18T09 05-17T09 05-15T09"),
            ("2026-01-05T09:00", "FREQ=DAILY;BYHOUR=21,9", "01-05T09 01-05T21 01-06T09"),
            ("2026-01-05T09:00", "FREQ=DAILY;COUNT=2", "01-05T09 01-06T09"),
        ] {
            assert_eq!(dates(first, rule, 3).join(" "), want, "{rule}");
        }
    }

    #[test]
    fn what_is_not_read_says_so() {
        let why = |text| Rule::parse(text, &TimeZone::UTC).expect_err(text);
        for text in ["FREQ=SECONDLY", "FREQ=WEEKLY;BYWEEKNO=3", "FREQ=DAILY;RSCALE=CHINESE"] {
            assert!(why(text).contains("is not read"), "{text}");
        }
        for text in ["", "COUNT=3"] {
            assert!(why(text).contains("without FREQ"), "{text}");
        }
        for text in
            ["FREQ=DAILY;INTERVAL=0", "FREQ=DAILY;BYDAY=XX", "FREQ=DAILY;COUNT=x", "FREQ", "FREQ=DAILY;BYMONTHDAY=0"]
        {
            assert!(why(text).contains("no part of a recurrence"), "{text}");
        }
    }

    #[test]
    fn what_never_comes_ends() {
        let rule = Rule::parse("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", &TimeZone::UTC).expect("a rule");
        let first: DateTime = "2026-01-01T00:00".parse().expect("a time");
        assert_eq!(each(first, &rule, first.date(), |_| panic!("it never comes")), Ok(()), "the end of time");
        let hourly = Rule::parse("FREQ=HOURLY;BYMONTH=2;BYMONTHDAY=30", &TimeZone::UTC).expect("a rule");
        assert!(each(first, &hourly, first.date(), |_| true).is_err(), "a limit");
    }

    proptest! {
        /// What is passed over changes nothing of what comes after.
        #[test]
        fn skipping_is_only_faster(
            every in prop::sample::select(vec!["HOURLY", "DAILY", "WEEKLY;BYDAY=TU,SA", "MONTHLY", "YEARLY"]),
            interval in 1..50_u32, days in 0..3_000_i64,
        ) {
            let rule = Rule::parse(&format!("FREQ={every};INTERVAL={interval}"), &TimeZone::UTC).expect("a rule");
            let first: DateTime = "2020-01-29T22:30".parse().expect("a time");
            let from = first.date().checked_add(days.days()).expect("a day");
            let after = |skip_to: Date| {
                let mut all = Vec::new();
                each(first, &rule, skip_to, |at| {
                    if at.date() >= from {
                        all.push(at);
                    }
                    all.len() < 5
                }).expect("an end");
                all
            };
            prop_assert_eq!(after(from), after(first.date()));
        }
    }
}
