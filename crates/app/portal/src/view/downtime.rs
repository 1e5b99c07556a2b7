//! The month: how long what was down, planned or not, and of how much nobody knows; under a definition that is named.

mod days;
mod months;
mod rows;
mod tolerance;

use askama::Template;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use seaworthy_contract::api::{Downtime, DowntimeFunction, DowntimeMonths, DowntimeRow, DowntimeRule};

use crate::chrome::{Nav, PageView};
use crate::part::{LedgerLink, When};
use crate::text;

use days::Day;
use months::FunctionMonths;
use rows::{CauseRow, StretchRow, WindowRow};
use tolerance::ToleranceRow;

/// What the page is made from.
#[derive(Debug, Clone, Copy)]
pub struct DowntimeFacts<'a> {
    /// Twelve months of some functions.
    pub months: &'a DowntimeMonths,
    /// The account of the chosen function's service in the chosen time; none where no service is known.
    pub account: Option<&'a Downtime>,
    /// The chosen function by day, in the chosen month.
    pub days: Option<&'a DowntimeRow>,
    /// The chosen function's name.
    pub of: &'a str,
    /// First day of the chosen month.
    pub month: Date,
    /// The chosen day.
    pub day: Option<Date>,
    /// The functions before this page's, where it is not the first.
    pub after: Option<&'a str>,
    /// What the reader may do to declared work.
    pub work: Option<&'a Work>,
    /// The time.
    pub now: Timestamp,
}

/// What a reader who may change the service may do to its declared work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Work {
    /// The token of the session's forms.
    pub token: String,
    /// What the form that announces holds, as it was written.
    pub draft: Draft,
    /// Whom the draft would concern; nothing was asked yet where there is none.
    pub concerns: Option<Result<Vec<String>, String>>,
}

/// Work that is not declared yet, as it was written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Draft {
    /// Its start, in UTC: `2026-11-22T08:00`.
    pub start: String,
    /// Its end, in UTC.
    pub end: String,
    /// What is done.
    pub why: String,
}

/// One definition and what it counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// The page under this definition.
    pub href: String,
    /// In words.
    pub words: String,
    /// 1 - counted / known, in percent.
    pub availability: String,
    /// What it counts.
    pub counted: String,
    /// Whether the page shows it.
    pub current: bool,
}

/// The page.
#[derive(Debug, Template)]
#[template(path = "downtime.html")]
pub struct DowntimePage {
    /// The chosen function.
    pub of: String,
    /// The chosen month, or day.
    pub time: String,
    /// The definition in force.
    pub rule: String,
    /// What the account says.
    pub headline: String,
    /// How much of the time is known, and since when anything is.
    pub say: String,
    /// What sources say now.
    pub words: Vec<String>,
    /// The definitions.
    pub choices: Vec<Choice>,
    /// Minutes by function.
    pub functions: Vec<FunctionMonths>,
    /// What the columns reach up to.
    pub top: String,
    /// Where further functions are.
    pub more: Option<String>,
    /// Where the first functions are.
    pub first: Option<String>,
    /// The chosen month, by day.
    pub days: Vec<Day>,
    /// Whether a day is chosen, and the month without it.
    pub whole_month: Option<String>,
    /// What was not simply up.
    pub stretches: Vec<StretchRow>,
    /// Whether there is more of it than is shown.
    pub more_stretches: bool,
    /// Why.
    pub causes: Vec<CauseRow>,
    /// Declared work.
    pub windows: Vec<WindowRow>,
    /// What the reader may do to it.
    pub work: Option<Work>,
    /// The chosen month, for forms.
    pub month: String,
    /// What the business tolerates.
    pub tolerance: Vec<ToleranceRow>,
    /// How far the ledger is in it.
    pub position: LedgerLink,
    /// When the ledger began.
    pub began: Option<When>,
}

impl DowntimePage {
    /// Makes the page.
    pub fn new(facts: &DowntimeFacts<'_>) -> Self {
        let function = facts.function();
        let (functions, top) = months::columns(facts);
        let time = match facts.day {
            Some(day) => day.strftime("%A %-d %B %Y").to_string(),
            None => facts.month.strftime("%B %Y").to_string(),
        };
        let stretches = facts.account.map(|account| rows::stretches(account, facts)).unwrap_or_default();
        Self {
            of: facts.of.to_owned(),
            rule: rule_name(facts.months.rule).to_owned(),
            headline: headline(facts, function, &time),
            time,
            say: say(facts, function),
            words: function.map(|function| now_words(function, facts.now)).unwrap_or_default(),
            choices: function.map(|function| choices(facts, function)).unwrap_or_default(),
            functions,
            top,
            more: facts.months.next.as_deref().map(|after| facts.link(facts.of, None).after(after)),
            first: facts.after.map(|_| facts.link(facts.of, facts.day).href()),
            days: days::days(facts),
            whole_month: facts.day.map(|_| facts.link(facts.of, None).href()),
            stretches,
            more_stretches: facts.account.is_some_and(|account| account.next.is_some()),
            causes: function.map(rows::causes).unwrap_or_default(),
            windows: facts.account.map(|account| rows::windows(account, facts)).unwrap_or_default(),
            work: facts.work.cloned(),
            month: facts.month.strftime("%Y-%m").to_string(),
            tolerance: tolerance::rows(facts),
            position: LedgerLink::new(facts.months.position),
            began: facts.months.ledger_began_at.map(When::day),
        }
    }
}

impl<'a> DowntimeFacts<'a> {
    fn function(&self) -> Option<&'a DowntimeFunction> {
        self.account?.functions.iter().find(|function| function.name == self.of)
    }

    /// Begins a link to the page of a function and, where one is meant, a day.
    fn link(&self, of: &str, day: Option<Date>) -> Link {
        Link { of: of.to_owned(), rule: self.months.rule, month: self.month, day }
    }
}

/// A link to this page.
#[derive(Debug, Clone)]
struct Link {
    of: String,
    rule: DowntimeRule,
    month: Date,
    day: Option<Date>,
}

impl Link {
    fn href(&self) -> String {
        let day = self.day.map_or_else(String::new, |day| format!("&day={day}"));
        let month = self.month.strftime("%Y-%m");
        format!("/downtime?of={}&month={month}&rule={}{day}", escaped(&self.of), rule_name(self.rule))
    }

    fn after(&self, after: &str) -> String {
        format!("{}&after={}", self.href(), escaped(after))
    }
}

/// Returns the address of the page of a function.
pub fn downtime_of(of: &str) -> String {
    format!("/downtime?of={}", escaped(of))
}

/// Writes a name as a query holds it.
fn escaped(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte);
    let one = |byte: u8| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") };
    text.bytes().map(one).collect()
}

/// Returns the name of a definition, as the API and the command line have it.
fn rule_name(rule: DowntimeRule) -> &'static str {
    match rule {
        DowntimeRule::Critical => "critical",
        DowntimeRule::Major => "major",
        DowntimeRule::UnplannedMerged => "unplanned-merged",
        DowntimeRule::UnplannedSummed => "unplanned-summed",
        DowntimeRule::MaintenanceInProgress => "maintenance-in-progress",
        DowntimeRule::MaintenanceAnnounced => "maintenance-announced",
    }
}

/// Says a length of time that was measured in milliseconds; what is there is never nothing.
fn lasted(ms: u64) -> String {
    match ms {
        0 => format!("0{}min", text::NBSP),
        1..1_000 => format!("<1{}s", text::NBSP),
        _ => text::seconds((ms / 1_000) as f64),
    }
}

fn headline(facts: &DowntimeFacts<'_>, function: Option<&DowntimeFunction>, time: &str) -> String {
    match function {
        Some(function) => function.sentence.clone(),
        None if facts.of.is_empty() => "No service is known, so nobody can be down.".to_owned(),
        None => format!("Nothing is known of {} in {time}.", facts.of),
    }
}

fn say(facts: &DowntimeFacts<'_>, function: Option<&DowntimeFunction>) -> String {
    let Some(function) = function else {
        return "Whatever is declared and serves through a gateway, or has a probe, is accounted for here.".to_owned();
    };
    let wall = function.classes.wall_ms();
    let known = text::percent_of(wall - function.classes.unknown_ms, wall).unwrap_or_else(|| "0%".to_owned());
    let began = facts.account.map_or(facts.now, |account| account.from);
    match function.seen_since {
        Some(since) if since > began => {
            let since = text::utc(since, "%-d %b %Y %H:%M UTC");
            format!("{known} of the time is known. Nobody had looked before {since}: that is unknown, and not up.")
        }
        Some(_) => format!("{known} of the time is known. What nobody measured is unknown, and not up."),
        None => "Nobody has ever looked: no request came through a gateway, and no probe asks.".to_owned(),
    }
}

fn now_words(function: &DowntimeFunction, now: Timestamp) -> Vec<String> {
    let word = |word: &seaworthy_contract::api::DowntimeWord| {
        let seen = rows::seen_word(word.seen);
        match word.fresh {
            true => format!("{} says {seen} since {}", word.source, text::age(word.since, now)),
            false => format!("{} is silent since {}", word.source, text::age(word.heard_at, now)),
        }
    };
    function.now.iter().map(word).collect()
}

fn choices(facts: &DowntimeFacts<'_>, function: &DowntimeFunction) -> Vec<Choice> {
    let choice = |figure: &seaworthy_contract::api::DowntimeFigure| Choice {
        href: Link { rule: figure.rule, ..facts.link(facts.of, facts.day) }.href(),
        words: figure.words.clone(),
        availability: figure.availability.map_or_else(|| "unknown".to_owned(), text::percent),
        counted: format!("{}, {}", lasted(figure.counted_ms), rule_name(figure.rule)),
        current: figure.rule == facts.months.rule,
    };
    function.figures.iter().map(choice).collect()
}

/// Returns the first day of the month that a moment is in, in UTC.
pub fn month_of(at: Timestamp) -> Date {
    at.to_zoned(TimeZone::UTC).date().first_of_month()
}

/// Returns the number of days of a month.
pub fn days_of(month: Date) -> usize {
    usize::try_from(month.days_in_month()).unwrap_or(31)
}

impl PageView for DowntimePage {
    fn title(&self) -> String {
        format!("Downtime of {}", if self.of.is_empty() { "nothing yet" } else { &self.of })
    }

    fn nav(&self) -> Nav {
        Nav::Downtime
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_written_as_a_query_holds_them() {
        assert_eq!(escaped("checkout/buy now&rule=x+y%é"), "checkout/buy%20now%26rule%3Dx%2By%25%C3%A9");
    }

    #[test]
    fn what_is_there_is_never_nothing() {
        let said = [0, 1, 999, 1_000, 65_000].map(|ms| lasted(ms).replace(text::NBSP, " "));
        assert_eq!(said, ["0 min", "<1 s", "<1 s", "1.0 s", "1 min 5 s"]);
    }
}
