//! Recurrence rules as they are written (RFC 5545 section 3.3.10).

use jiff::civil::Weekday;
use jiff::tz::TimeZone;

use crate::place::{Place, shortened};

/// How often something comes back.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Rule {
    pub(crate) every: Every,
    /// 1 or more.
    pub(crate) interval: u32,
    pub(crate) count: Option<u32>,
    pub(crate) until: Option<Place>,
    /// The day a week begins with.
    pub(crate) week_start: Weekday,
    /// Days of the week; with a number, the so-manieth of the month or year, from its end where negative.
    pub(crate) days: Vec<(Option<i8>, Weekday)>,
    pub(crate) month_days: Vec<i8>,
    pub(crate) months: Vec<i8>,
    pub(crate) hours: Vec<i8>,
    pub(crate) minutes: Vec<i8>,
    pub(crate) places: Vec<i16>,
}

/// The unit of an interval.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Every {
    Hour,
    Day,
    Week,
    Month,
    Year,
}

/// Longest list of one part: every hour of a day, every day of a month.
const LIST_MAX: usize = 366;

impl Rule {
    /// Reads a rule.
    ///
    /// # Errors
    /// Which part is not read, and what to do.
    pub(crate) fn parse(text: &str, floating: &TimeZone) -> Result<Self, String> {
        let mut rule = Self {
            every: Every::Day,
            interval: 1,
            count: None,
            until: None,
            week_start: Weekday::Monday,
            days: Vec::new(),
            month_days: Vec::new(),
            months: Vec::new(),
            hours: Vec::new(),
            minutes: Vec::new(),
            places: Vec::new(),
        };
        let mut every = None;
        for part in text.split(';').filter(|part| !part.trim().is_empty()) {
            let (name, value) = part.split_once('=').ok_or_else(|| wrong(part))?;
            match name.trim().to_ascii_uppercase().as_str() {
                "FREQ" => every = Some(unit(value).ok_or_else(|| unread(part))?),
                "INTERVAL" => rule.interval = value.parse().ok().filter(|n| *n > 0).ok_or_else(|| wrong(part))?,
                "COUNT" => rule.count = Some(value.parse().ok().filter(|n| *n > 0).ok_or_else(|| wrong(part))?),
                "UNTIL" => rule.until = Some(Place::of(value, None, floating)?),
                "WKST" => rule.week_start = weekday(value).ok_or_else(|| wrong(part))?,
                "BYDAY" => rule.days = list(value, numbered).ok_or_else(|| wrong(part))?,
                "BYMONTHDAY" => rule.month_days = list(value, |t| within(t, 31)).ok_or_else(|| wrong(part))?,
                "BYMONTH" => {
                    rule.months =
                        list(value, |t| t.parse().ok().filter(|n| (1..=12).contains(n))).ok_or_else(|| wrong(part))?;
                }
                "BYHOUR" => {
                    rule.hours =
                        list(value, |t| t.parse().ok().filter(|n| (0..24).contains(n))).ok_or_else(|| wrong(part))?;
                }
                "BYMINUTE" => {
                    rule.minutes =
                        list(value, |t| t.parse().ok().filter(|n| (0..60).contains(n))).ok_or_else(|| wrong(part))?;
                }
                "BYSETPOS" => {
                    let place = |t: &str| t.parse().ok().filter(|n: &i16| *n != 0 && n.abs() <= 366);
                    rule.places = list(value, place).ok_or_else(|| wrong(part))?;
                }
                name if name.starts_with("X-") => {}
                _ => return Err(unread(part)),
            }
        }
        rule.every = every.ok_or("a recurrence without FREQ; write FREQ=WEEKLY or its like")?;
        Ok(rule)
    }
}

fn wrong(part: &str) -> String {
    format!("\"{}\" is no part of a recurrence (RFC 5545 section 3.3.10)", shortened(part))
}

fn unread(part: &str) -> String {
    format!(
        "recurrence with \"{}\" is not read; hours, days, weeks, months and years are: export the shifts one by one",
        shortened(part)
    )
}

fn unit(text: &str) -> Option<Every> {
    Some(match text.trim().to_ascii_uppercase().as_str() {
        "HOURLY" => Every::Hour,
        "DAILY" => Every::Day,
        "WEEKLY" => Every::Week,
        "MONTHLY" => Every::Month,
        "YEARLY" => Every::Year,
        _ => return None,
    })
}

fn weekday(text: &str) -> Option<Weekday> {
    Some(match text.trim().to_ascii_uppercase().as_str() {
        "MO" => Weekday::Monday,
        "TU" => Weekday::Tuesday,
        "WE" => Weekday::Wednesday,
        "TH" => Weekday::Thursday,
        "FR" => Weekday::Friday,
        "SA" => Weekday::Saturday,
        "SU" => Weekday::Sunday,
        _ => return None,
    })
}

fn list<T>(text: &str, one: impl Fn(&str) -> Option<T>) -> Option<Vec<T>> {
    let all: Option<Vec<T>> = text.split(',').map(|part| one(part.trim())).collect();
    all.filter(|all| all.len() <= LIST_MAX)
}

fn numbered(text: &str) -> Option<(Option<i8>, Weekday)> {
    let (number, day) = text.split_at_checked(text.len().checked_sub(2)?)?;
    let number = if number.is_empty() { None } else { Some(within(number, 53)?) };
    Some((number, weekday(day)?))
}

/// A number from 1 to `most`, or from the end where it is negative.
fn within(text: &str, most: i8) -> Option<i8> {
    let number: i8 = text.strip_prefix('+').unwrap_or(text).parse().ok()?;
    (number != 0 && (-most..=most).contains(&number)).then_some(number)
}
