//! Hours of a week, as people write them: `mon-fri 22:00-06:00`.

use jiff::civil::Time;
use seaworthy_contract::catalogue::{DayOfWeek, HoursOfWeek, WEEK};

/// What hours look like, for messages.
pub(super) const FORM: &str =
    "write days and times, such as \"mon-fri 22:00-06:00\", \"sat,sun 00:00-24:00\" or \"09:00-17:00\"";

const NAMES: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// Reads one window of hours; none where the text is none.
pub(super) fn hours(text: &str) -> Option<HoursOfWeek> {
    let mut words = text.split_whitespace();
    let (first, second) = (words.next()?, words.next());
    if words.next().is_some() {
        return None;
    }
    let (days, times) = match second {
        Some(times) => (days(first)?, times),
        None => (WEEK.to_vec(), first),
    };
    let (from, until) = times.split_once('-')?;
    // The end of a day is the next one's midnight: equal times are 24 hours.
    let until = if until == "24:00" { "00:00" } else { until };
    Some(HoursOfWeek { days, from: time(from)?, until: time(until)? })
}

fn days(text: &str) -> Option<Vec<DayOfWeek>> {
    let place = |name: &str| NAMES.iter().position(|known| name.eq_ignore_ascii_case(known));
    let mut days = Vec::new();
    for part in text.split(',') {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        let (first, last) = (place(first)?, place(last)?);
        let count = (last + 7 - first) % 7;
        days.extend((0..=count).map(|step| WEEK[(first + step) % 7]));
    }
    Some(days)
}

fn time(text: &str) -> Option<Time> {
    let (hour, minute) = text.split_once(':')?;
    let digits = |part: &str| part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(hour) || !digits(minute) {
        return None;
    }
    Time::new(hour.parse().ok()?, minute.parse().ok()?, 0, 0).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_are_read_as_people_write_them() {
        let said = |text: &str| {
            let hours = hours(text)?;
            let days: Vec<String> = hours.days.iter().map(|day| format!("{day:?}")).collect();
            Some(format!("{} {} {}", days.join(","), hours.from.strftime("%H:%M"), hours.until.strftime("%H:%M")))
        };
        for (text, want) in [
            ("mon-fri 22:00-06:00", Some("Mon,Tue,Wed,Thu,Fri 22:00 06:00")),
            ("fri-mon 09:30-17:00", Some("Fri,Sat,Sun,Mon 09:30 17:00")),
            ("sat,Sun 00:00-24:00", Some("Sat,Sun 00:00 00:00")),
            ("mon,wed-thu 01:00-02:00", Some("Mon,Wed,Thu 01:00 02:00")),
            ("09:00-17:00", Some("Mon,Tue,Wed,Thu,Fri,Sat,Sun 09:00 17:00")),
            ("", None),
            ("mon", None),
            ("mon 9-17", None),
            ("mon 09:00", None),
            ("mon 09:00-25:00", None),
            ("monday 09:00-17:00", None),
            ("mon 09:00-17:00 UTC", None),
            ("mon- 09:00-17:00", None),
            ("+9:00-17:00", None),
        ] {
            assert_eq!(said(text).as_deref(), want, "{text}");
        }
    }
}
