//! Downtime as outsiders see it: the account of a period, its figures under each definition, by month, week or day.
//!
//! Everything is made from the ledger's segments and windows at the time of the question, so the same ledger gives the
//! same account. What nobody measured is unknown, also before the ledger began; what a hard dependency did counts in its
//! consumer's figure and is labelled.

mod concerned;
mod figure;
mod months;
mod stretch;
mod told;
mod tolerance;

use std::collections::BTreeMap;

use jiff::Timestamp;
use seaworthy_contract::api::{
    DOWNTIME_FUNCTIONS_MAX, DOWNTIME_STRETCHES_MAX, DOWNTIME_WINDOWS_MAX, Downtime, DowntimeFunction, DowntimeRule,
    DowntimeStretch, DowntimeWindow, DowntimeWord,
};
use seaworthy_downtime::{Account, Silence, Span, account};
use seaworthy_model::ServiceId;

use super::Look;
use crate::state::{FunctionKey, function_name};
use crate::step::downtime::seen;

pub use concerned::downtime_concerns;
pub use figure::{definition, downtime_rules};
pub use months::{MonthsAsked, downtime_months};
use stretch::{Cursor, source_name};
use told::{Told, in_ms};
pub(crate) use tolerance::Promises;

/// Which account.
#[derive(Debug, Clone)]
pub struct DowntimeAsked {
    /// Only the functions of one service.
    pub service: Option<ServiceId>,
    /// The first instant.
    pub from: Timestamp,
    /// The instant after the last; later than now is now.
    pub to: Timestamp,
    /// The definition.
    pub rule: DowntimeRule,
    /// Only functions behind this name.
    pub after: Option<String>,
    /// Only stretches before this one, as an earlier answer's `next` has it.
    pub before: Option<String>,
    /// At most so many stretches; never more than [`DOWNTIME_STRETCHES_MAX`].
    pub limit: usize,
}

/// Returns the account of a period.
pub fn downtime(look: &Look<'_>, asked: &DowntimeAsked) -> Downtime {
    let period = Span::new(in_ms(asked.from), in_ms(asked.to.min(look.now)));
    let (keys, next_function) = page_of(look, asked.service.as_ref(), asked.after.as_deref(), DOWNTIME_FUNCTIONS_MAX);
    let promises = Promises::new(look);
    let (mut functions, mut stretches) = (Vec::new(), Vec::new());
    for (name, key) in &keys {
        let told = Told::new(look, name, key, period);
        let account = account(&told.segments, &told.windows, name, period, Silence::Unknown);
        functions.push(function(look, &told, &account, period, &promises));
        stretches.extend(stretch::of(look, &told, &account, period));
    }
    let (stretches, next) = newest(stretches, asked);
    let is_shown = |service: &ServiceId| keys.values().any(|(shown, _)| shown == service);
    Downtime {
        from: period.start,
        to: period.end.max(period.start),
        rule: asked.rule,
        rule_words: definition(asked.rule).words().to_owned(),
        ledger_began_at: look.state.began_at,
        position: look.state.position,
        functions,
        next_function,
        stretches,
        next,
        windows: windows(look, is_shown, period),
        contradictions: promises.contradictions(asked.service.as_ref()),
    }
}

/// Returns the stretch of a function that holds an instant; none where it was simply up, or the instant is ahead.
pub fn downtime_at(look: &Look<'_>, key: &FunctionKey, at: Timestamp) -> Option<DowntimeStretch> {
    let known = look.state.downtime.functions().find(|(known, _)| *known == key)?.1;
    let from = known.front()?.segment.start.min(at);
    let period = Span::new(in_ms(from), in_ms(look.now));
    let name = function_name(key);
    let told = Told::new(look, &name, key, period);
    let account = account(&told.segments, &told.windows, &name, period, Silence::Unknown);
    stretch::of(look, &told, &account, period).into_iter().find(|s| s.start <= at && (at < s.end || s.goes_on))
}

/// Returns a window as it stands.
pub fn downtime_window(look: &Look<'_>, window: seaworthy_model::WindowId) -> Option<DowntimeWindow> {
    look.state.downtime.window(window).map(|record| stretch::window(look, record))
}

/// Returns functions by name: every service, and every function that was ever seen; so many behind a name, and the last
/// of them where there are more.
fn page_of(
    look: &Look<'_>,
    service: Option<&ServiceId>,
    after: Option<&str>,
    limit: usize,
) -> (BTreeMap<String, FunctionKey>, Option<String>) {
    let declared = look.state.catalogue.services().map(|(service, _)| (service.name.clone(), None));
    let seen = look.state.downtime.functions().map(|(key, _)| key.clone());
    let wanted = declared.chain(seen).filter(|(of, _)| service.is_none_or(|service| service == of));
    let named = wanted.map(|key| (function_name(&key), key));
    let all: BTreeMap<String, FunctionKey> =
        named.filter(|(name, _)| after.is_none_or(|after| name.as_str() > after)).collect();
    let more = all.len() > limit;
    let page: BTreeMap<String, FunctionKey> = all.into_iter().take(limit).collect();
    let next = page.keys().next_back().cloned().filter(|_| more);
    (page, next)
}

fn function(
    look: &Look<'_>,
    told: &Told<'_>,
    account: &Account,
    period: Span,
    promises: &Promises,
) -> DowntimeFunction {
    let (service, function) = told.key.clone();
    let classes = figure::classes(&account.totals());
    DowntimeFunction {
        name: told.name.to_owned(),
        team: look.state.catalogue.service(&service).map(|service| service.owner.clone()),
        sentence: figure::sentence(told.name, &classes) + &figure::unended(account, look.now).unwrap_or_default(),
        seen_since: told.seen_since(),
        now: words(look, told.key),
        classes,
        figures: figure::figures(told, account, period),
        causes: figure::causes(account, &told.segments),
        tolerance: promises.of(&service),
        service,
        function,
    }
}

fn words(look: &Look<'_>, key: &FunctionKey) -> Vec<DowntimeWord> {
    let words = look.watch.downtime.words(key).into_iter();
    let word = |word: seaworthy_downtime::Word| DowntimeWord {
        source: source_name(&word.source),
        seen: seen(word.seen),
        since: word.since,
        heard_at: word.heard,
        fresh: word.fresh,
    };
    words.map(word).collect()
}

/// Cuts stretches to what was asked for, newest first.
fn newest(mut stretches: Vec<DowntimeStretch>, asked: &DowntimeAsked) -> (Vec<DowntimeStretch>, Option<String>) {
    let before = asked.before.as_deref().and_then(Cursor::read);
    stretches.retain(|stretch| before.as_ref().is_none_or(|before| Cursor::of(stretch) < *before));
    stretches.sort_by_key(|stretch| std::cmp::Reverse(Cursor::of(stretch)));
    let limit = asked.limit.clamp(1, DOWNTIME_STRETCHES_MAX);
    let more = stretches.len() > limit;
    stretches.truncate(limit);
    let next = stretches.last().filter(|_| more).map(|last| Cursor::of(last).to_string());
    (stretches, next)
}

/// Returns windows that touch the period or are ahead, the last first.
fn windows(look: &Look<'_>, is_shown: impl Fn(&ServiceId) -> bool, period: Span) -> Vec<DowntimeWindow> {
    let touches = |w: &&crate::state::WindowRecord| w.end().max(w.announced.start) >= period.start;
    let records = look.state.downtime.windows().filter(|w| is_shown(&w.announced.service));
    let mut found: Vec<_> = records.filter(touches).collect();
    found.sort_by_key(|w| std::cmp::Reverse((w.announced.start, w.announced.window)));
    found.into_iter().take(DOWNTIME_WINDOWS_MAX).map(|record| stretch::window(look, record)).collect()
}
