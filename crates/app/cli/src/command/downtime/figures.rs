//! The figures of a report: one history, one period, some definitions.

use jiff::SignedDuration;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use seaworthy_downtime::{
    Account, Class, Definition, Every, Segment, Span, Totals, View, Window, account, total, union,
};
use seaworthy_histories::{Excluded, History, Second};

/// Months shown at most; the figures of the whole period have no such limit.
const MONTHS_MAX: usize = seaworthy_downtime::CELLS_MAX;

/// Everything that a report says.
#[derive(Debug)]
pub(super) struct Figures {
    pub(super) period: Span,
    /// The whole period.
    pub(super) whole: Part,
    /// Calendar months in UTC, the first and last cut to the period.
    pub(super) months: Vec<(Date, Part)>,
    /// Each site or the whole log, with its time in each class.
    pub(super) functions: Vec<(String, Totals)>,
    /// The whole period again, where a second source speaks with its times; none where it does not speak.
    pub(super) second: Option<Part>,
}

/// The figures of some time.
#[derive(Debug)]
pub(super) struct Part {
    pub(super) rules: Vec<(Definition, SignedDuration, Option<f64>)>,
    /// Unknown time, added up over functions.
    pub(super) unknown: SignedDuration,
}

impl Figures {
    pub(super) fn of(history: &History, period: Span, definitions: &[Definition]) -> Self {
        let (segments, windows) = (&history.segments, &history.windows);
        let named = accounts(history, segments, period);
        let second = history.second.iter().any(|second| touches(second, segments, period)).then(|| {
            let segments = history.by_second_source();
            part(&segments, windows, &accounts(history, &segments, period), period, definitions)
        });
        let of_part = |span| part(segments, windows, &named, span, definitions);
        Self {
            period,
            whole: of_part(period),
            months: months(period).into_iter().map(|(first, span)| (first, of_part(span))).collect(),
            functions: named.iter().map(|(name, account)| (name.clone(), account.totals())).collect(),
            second,
        }
    }

    /// What the period holds and no definition counts in full.
    pub(super) fn excluded<'a>(&self, history: &'a History) -> Vec<&'a Excluded> {
        history.excluded.iter().filter(|excluded| excluded.touches(self.period)).collect()
    }

    /// Where the second source speaks about the period.
    pub(super) fn seconds<'a>(&self, history: &'a History) -> Vec<&'a Second> {
        history.second.iter().filter(|second| touches(second, &history.segments, self.period)).collect()
    }

    /// What was declared and touches the period.
    pub(super) fn windows<'a>(&self, history: &'a History) -> Vec<&'a Window> {
        let touched = |window: &&Window| Span::new(window.declared_at, window.end).clip(self.period).is_some();
        history.windows.iter().filter(touched).collect()
    }
}

fn touches(second: &Second, segments: &[Segment], period: Span) -> bool {
    second.span.clip(period).is_some() || segments[second.segment].within(period).is_some()
}

fn accounts(history: &History, segments: &[Segment], period: Span) -> Vec<(String, Account)> {
    let of = |name: &String| (name.clone(), account(segments, &history.windows, name, period, history.silence()));
    history.functions.iter().map(of).collect()
}

fn part(
    segments: &[Segment],
    windows: &[Window],
    accounts: &[(String, Account)],
    span: Span,
    definitions: &[Definition],
) -> Part {
    let parts: Vec<Account> = accounts.iter().map(|(_, account)| account.within(span)).collect();
    let spans = union(parts.iter().flat_map(Account::known));
    let known = total(&spans);
    let sum = |of: fn(&Totals) -> SignedDuration| {
        parts.iter().map(|account| of(&account.totals())).fold(SignedDuration::ZERO, |sum, each| sum + each)
    };
    let unknown = sum(|totals| totals.of(Class::Unknown));
    // What is added up over sites is held against their time added up.
    let known_summed = sum(Totals::wall) - unknown;
    let rule = |definition: &Definition| {
        let counted = definition.count(segments, windows, span, &spans);
        let known = if *definition == Definition::UnplannedSummed { known_summed } else { known };
        (*definition, counted.time, counted.availability(known))
    };
    Part { rules: definitions.iter().map(rule).collect(), unknown }
}

fn months(period: Span) -> Vec<(Date, Span)> {
    let from = period.start.to_zoned(TimeZone::UTC).date();
    // Which definition the cut is for does not matter here.
    let cut = View::new(Definition::Critical, TimeZone::UTC, Every::Month, from, MONTHS_MAX, period.end);
    cut.spans().into_iter().filter_map(|(first, span)| Some((first, span.clip(period)?))).collect()
}
