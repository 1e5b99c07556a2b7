//! The time over which a target holds.

use jiff::{Span, Timestamp, Zoned, civil, tz::TimeZone};

/// Longest period, in days: what signals are kept for.
pub const PERIOD_DAYS_MAX: u16 = 92;

const DAY_SECONDS: u32 = 86_400;

/// The time over which a target holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Period {
    /// The last so many days, always; 1 to [`PERIOD_DAYS_MAX`].
    Rolling {
        /// How many.
        days: u16,
    },
    /// From one date of the calendar to the next.
    Calendar(CalendarUnit),
}

/// Length of a calendar period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CalendarUnit {
    /// A day.
    Day,
    /// A week, from Monday.
    Week,
    /// A month.
    Month,
    /// Three months, from January.
    Quarter,
}

impl Period {
    /// Returns its length in days as burn rates count it: a month is 30 and a quarter 90, so that rates do not change from
    /// month to month.
    pub fn nominal_days(self) -> u16 {
        match self {
            Self::Rolling { days } => days,
            Self::Calendar(CalendarUnit::Day) => 1,
            Self::Calendar(CalendarUnit::Week) => 7,
            Self::Calendar(CalendarUnit::Month) => 30,
            Self::Calendar(CalendarUnit::Quarter) => 90,
        }
    }

    /// Returns its nominal length in seconds; a period that is refused for its length may be shorter here.
    pub fn nominal_seconds(self) -> u32 {
        u32::from(self.nominal_days()).saturating_mul(DAY_SECONDS)
    }

    /// Returns the start and the end of the period that `now` lies in, the end being outside. A rolling one ends now. Dates
    /// are those of `zone`; a date that begins in a change of the clock begins at the first instant that exists.
    pub fn bounds(self, now: Timestamp, zone: &TimeZone) -> (Timestamp, Timestamp) {
        match self {
            Self::Rolling { .. } => {
                let length = jiff::SignedDuration::from_secs(i64::from(self.nominal_seconds()));
                (now.saturating_sub(length).unwrap_or(Timestamp::MIN), now)
            }
            Self::Calendar(unit) => calendar(unit, &now.to_zoned(zone.clone())),
        }
    }
}

fn calendar(unit: CalendarUnit, now: &Zoned) -> (Timestamp, Timestamp) {
    let today = now.date();
    let (first, length) = match unit {
        CalendarUnit::Day => (today, Span::new().days(1)),
        CalendarUnit::Week => {
            let past = today.weekday().to_monday_zero_offset();
            (today.saturating_sub(Span::new().days(past)), Span::new().days(7))
        }
        CalendarUnit::Month => (today.first_of_month(), Span::new().months(1)),
        CalendarUnit::Quarter => {
            let past = (today.month() - 1) % 3;
            (today.first_of_month().saturating_sub(Span::new().months(past)), Span::new().months(3))
        }
    };
    let begin = |date: civil::Date, or: Timestamp| {
        now.time_zone().to_ambiguous_zoned(date.at(0, 0, 0, 0)).compatible().map_or(or, |zoned| zoned.timestamp())
    };
    (begin(first, Timestamp::MIN), begin(first.saturating_add(length), Timestamp::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bounds(period: Period, now: &str, zone: &str) -> String {
        let (from, to) = period.bounds(now.parse().unwrap(), &TimeZone::get(zone).unwrap());
        format!("{from} {to}")
    }

    #[test]
    fn calendar_periods_begin_at_local_midnight() {
        use CalendarUnit::{Day, Month, Quarter, Week};
        for (unit, now, zone, expected) in [
            (Day, "2026-03-29T12:00:00Z", "Europe/Berlin", "2026-03-28T23:00:00Z 2026-03-29T22:00:00Z"),
            (Week, "2026-11-22T23:30:00Z", "UTC", "2026-11-16T00:00:00Z 2026-11-23T00:00:00Z"),
            (Week, "2026-11-22T23:30:00Z", "Europe/Berlin", "2026-11-22T23:00:00Z 2026-11-29T23:00:00Z"),
            (Month, "2024-02-29T05:00:00Z", "UTC", "2024-02-01T00:00:00Z 2024-03-01T00:00:00Z"),
            (Month, "2026-01-01T03:00:00Z", "America/New_York", "2025-12-01T05:00:00Z 2026-01-01T05:00:00Z"),
            (Quarter, "2026-11-21T00:00:00Z", "UTC", "2026-10-01T00:00:00Z 2027-01-01T00:00:00Z"),
            // Midnight does not exist here on that day.
            (Day, "2024-09-08T12:00:00Z", "America/Santiago", "2024-09-08T04:00:00Z 2024-09-09T03:00:00Z"),
        ] {
            assert_eq!(bounds(Period::Calendar(unit), now, zone), expected, "{unit:?} {now} {zone}");
        }
    }

    #[test]
    fn a_rolling_period_ends_now() {
        let rolling = Period::Rolling { days: 30 };
        assert_eq!(bounds(rolling, "2026-03-31T01:02:03Z", "UTC"), "2026-03-01T01:02:03Z 2026-03-31T01:02:03Z");
    }
}
