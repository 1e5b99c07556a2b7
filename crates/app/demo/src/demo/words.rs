//! The demo's sentences, made from what the API says. Percentages and odds are truncated, never rounded up.

use seaworthy_contract::api::{JudgeView, Page, Rollout, RolloutState, StepState};

use super::stage::Tone;
use crate::load::Counts;

/// Evidence of harm at which the judge reverts, as odds (one false alarm in 1,000 rollouts at most).
const REVERT_AT: u64 = 1_000;
/// Evidence of no harm at which the next step begins, as odds.
const GO_ON_AT: u64 = 20;
/// Odds above which another digit says nothing.
const ODDS_MAX: f64 = 1e6;

/// Writes a number with commas: `12,431`.
pub(crate) fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (at, digit) in digits.char_indices() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// Writes a share: `5%`, `12.5%`.
pub(crate) fn share(ratio: f64) -> String {
    let tenths = (ratio * 1_000.0 + 1e-6).floor();
    if tenths % 10.0 == 0.0 { format!("{}%", tenths / 10.0) } else { format!("{:.1}%", tenths / 10.0) }
}

/// Writes a span of time: `34 ms`, `0.6 s`, `42 s`, `7 min`, `3 h`.
pub(crate) fn time(seconds: f64) -> String {
    match seconds.max(0.0) {
        short if short < 0.0995 => format!("{:.0} ms", short * 1e3),
        short if short < 9.95 => format!("{short:.1} s"),
        long if long < 120.0 => format!("{long:.0} s"),
        long if long < 7_200.0 => format!("{:.0} min", long / 60.0),
        long => format!("{:.0} h", long / 3_600.0),
    }
}

/// Writes evidence as odds: `340 to 1`.
fn odds(log_e: f64) -> String {
    let odds = log_e.exp();
    if odds >= ODDS_MAX {
        format!("over {} to 1", count(ODDS_MAX as u64))
    } else if odds >= 10.0 {
        format!("{} to 1", count(odds as u64))
    } else if odds >= 1.0 {
        format!("{:.1} to 1", (odds * 10.0).floor() / 10.0)
    } else {
        "under 1 to 1".to_owned()
    }
}

/// Says where a rollout stands now, in parts.
pub(crate) fn canary(rollout: &Rollout) -> Vec<String> {
    let serves = share(rollout.share);
    let evidence = || rollout.judge.iter().flat_map(evidence).collect();
    let (place, mut more): (String, Vec<String>) = match rollout.state {
        RolloutState::Starting => ("is being started: no user meets it yet".to_owned(), Vec::new()),
        RolloutState::Stepping => (format!("serves {serves} of users"), evidence()),
        RolloutState::Held => (format!("is held at {serves} of users"), evidence()),
        RolloutState::Promoted => (format!("serves everybody{}", since_ship(rollout)), Vec::new()),
        RolloutState::Reverting => ("is being taken off its users".to_owned(), Vec::new()),
        RolloutState::Reverted => (format!("was taken off{}", revert_time(rollout, " ")), Vec::new()),
    };
    more.insert(0, format!("{} {} {place}", rollout.service, rollout.version));
    more.extend(rollout.reason.clone());
    more
}

fn since_ship(rollout: &Rollout) -> String {
    let seconds = rollout.ended_at.map(|end| end.duration_since(rollout.started_at).as_secs_f64());
    seconds.map(|seconds| format!(", {} after its ship", time(seconds))).unwrap_or_default()
}

/// Says how strong the case against a version is, and for it.
fn evidence(judge: &JudgeView) -> [String; 2] {
    let (harm, none) = (odds(judge.log_e), odds(judge.log_e_promote));
    [
        format!("evidence of harm {harm} ({} reverts)", count(REVERT_AT)),
        format!("of no harm {none} ({GO_ON_AT} goes on)"),
    ]
}

/// Says what is new about a rollout since it was looked at last.
pub(crate) fn news(before: Option<&Rollout>, now: &Rollout) -> Vec<(Tone, String)> {
    let mut news = Vec::new();
    let share_before = before.map_or(0.0, |rollout| rollout.share);
    if now.share > share_before && now.state != RolloutState::Promoted && now.share < 1.0 {
        news.push((Tone::Plain, format!("{} {} serves {} of users", now.service, now.version, share(now.share))));
    }
    if now.first_bad_at.is_some() && before.is_none_or(|rollout| rollout.first_bad_at.is_none()) {
        news.push((Tone::Wait, format!("{} {} answers its first request badly", now.service, now.version)));
    }
    if before.is_none_or(|rollout| rollout.state != now.state) {
        news.extend(turn(before, now));
    }
    news
}

/// Says what a change of state means.
fn turn(before: Option<&Rollout>, now: &Rollout) -> Option<(Tone, String)> {
    let name = format!("{} {}", now.service, now.version);
    let reason = now.reason.as_deref().map(|reason| format!(": {reason}")).unwrap_or_default();
    match now.state {
        RolloutState::Starting => None,
        RolloutState::Stepping => before
            .is_some_and(|rollout| rollout.state == RolloutState::Held)
            .then(|| (Tone::Plain, format!("{name} goes on"))),
        RolloutState::Held => Some((Tone::Wait, format!("{name} is held at {}{reason}", share(now.share)))),
        RolloutState::Promoted => Some((Tone::Good, format!("{name} is promoted: it serves everybody"))),
        RolloutState::Reverting => Some((Tone::Bad, format!("{name} is caught{reason}"))),
        RolloutState::Reverted => {
            Some((Tone::Good, format!("{name} is reverted{}", revert_time(now, ": no user met it later than "))))
        }
    }
}

fn revert_time(rollout: &Rollout, before: &str) -> String {
    let first_bad = rollout.revert.as_ref().and_then(|times| times.first_bad_to_last_assignment_s);
    first_bad.map(|seconds| format!("{before}{} after its first failure", time(seconds))).unwrap_or_default()
}

/// Says who is paged, and why.
pub(crate) fn page(page: &Page) -> String {
    match paged(page) {
        Some(name) => format!("PAGE to {name} ({} on call): {}", page.team, page.sentence),
        None => format!("PAGE to nobody, as nobody of {} is on call: {}", page.team, page.sentence),
    }
}

/// Says whether somebody was paged, in parts.
pub(crate) fn pager(page: Option<&Page>) -> Vec<String> {
    let Some(page) = page else { return vec!["nobody is paged".to_owned()] };
    let after = page.began_at.map(|began| page.requested_at.duration_since(began).as_secs_f64());
    let after = after.map(|seconds| format!(", {} after the first failure", time(seconds))).unwrap_or_default();
    vec![match paged(page) {
        Some(name) => format!("{name} ({} on call){after}", page.team),
        None => format!("nobody of {} is on call", page.team),
    }]
}

fn paged(page: &Page) -> Option<String> {
    page.to_name.clone().or_else(|| page.to.as_ref().map(ToString::to_string))
}

/// Says how users fare, in parts.
pub(crate) fn users(counts: &Counts) -> Vec<String> {
    vec![
        format!("{} requests", count(counts.sent)),
        format!("failures seen: GET {}, POST {}", count(counts.failed_idempotent), count(counts.failed_other)),
        format!("{} answered by stable instead", count(counts.rescued)),
    ]
}

/// Says what users saw while a bad version ran: their requests, its failures.
pub(crate) fn users_of(rollout: &Rollout, users: &Counts) -> String {
    format!(
        "while it ran, users sent {} requests and saw {} of their GETs and {} of their POSTs fail; \
         {} failed {} times, stable answered {} of them instead",
        count(users.sent),
        count(users.failed_idempotent),
        count(users.failed_other),
        rollout.version,
        count(rollout.canary.failures),
        count(rollout.canary.rescued),
    )
}

/// Says how long each step of a promoted rollout took: `5% 6.0 s, 25% 5.3 s`.
pub(crate) fn steps(rollout: &Rollout) -> String {
    let passed = rollout.steps.iter().filter(|step| !matches!(step.state, StepState::Next | StepState::Never));
    let words = passed.filter_map(|step| Some(format!("{} {:.1} s", share(step.share), step.seconds?)));
    words.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::fake;

    #[test]
    fn numbers_are_read_at_a_glance() {
        for (number, want) in [(0, "0"), (999, "999"), (1_000, "1,000"), (1_234_567, "1,234,567")] {
            assert_eq!(count(number), want);
        }
        for (ratio, want) in
            [(0.05, "5%"), (0.25, "25%"), (1.0, "100%"), (0.125, "12.5%"), (0.0, "0%"), (0.9999, "99.9%")]
        {
            assert_eq!(share(ratio), want);
        }
        for (seconds, want) in [
            (-0.1, "0 ms"),
            (0.0342, "34 ms"),
            (0.1, "0.1 s"),
            (9.94, "9.9 s"),
            (9.96, "10 s"),
            (119.0, "119 s"),
            (200.0, "3 min"),
            (599.9, "10 min"),
            (9_100.0, "3 h"),
        ] {
            assert_eq!(time(seconds), want);
        }
        for (odds_now, want) in
            [(0.5_f64, "under 1 to 1"), (1.45, "1.4 to 1"), (340.9, "340 to 1"), (1e9, "over 1,000,000 to 1")]
        {
            assert_eq!(odds(odds_now.ln()), want);
        }
    }

    #[test]
    fn each_turn_is_told_once() {
        let told = |states: &[fn(&mut Rollout)]| {
            let mut lines = Vec::new();
            let mut before = None;
            let mut now = fake::rollout("v2");
            for change in states {
                change(&mut now);
                lines.extend(news(before.as_ref(), &now).into_iter().map(|(_, line)| line));
                assert_eq!(news(Some(&now), &now), []);
                before = Some(now.clone());
            }
            lines
        };
        let bad: &[fn(&mut Rollout)] =
            &[fake::starting, fake::stepping, fake::failing, fake::reverting, fake::reverted];
        assert_eq!(
            told(bad),
            [
                "checkout v2 serves 5% of users",
                "checkout v2 answers its first request badly",
                "checkout v2 is caught: errors",
                "checkout v2 is reverted: no user met it later than 1.2 s after its first failure",
            ]
        );
        let good: &[fn(&mut Rollout)] = &[fake::starting, fake::stepping, fake::held, fake::stepping, fake::promoted];
        assert_eq!(
            told(good),
            [
                "checkout v2 serves 5% of users",
                "checkout v2 is held at 5%: too little traffic",
                "checkout v2 goes on",
                "checkout v2 is promoted: it serves everybody",
            ]
        );
    }

    #[test]
    fn a_page_names_its_person_or_that_there_is_none() {
        let mut bad = fake::rollout("v2");
        fake::failing(&mut bad);
        let mut sent = fake::page(&bad);
        assert_eq!(page(&sent), "PAGE to Ines (shop on call): customers could not place orders");
        sent.to_name = None;
        assert_eq!(page(&sent), "PAGE to ines (shop on call): customers could not place orders");
        assert_eq!(pager(Some(&sent)), ["ines (shop on call), 1.3 s after the first failure"]);
        (sent.to, sent.began_at) = (None, None);
        assert!(page(&sent).starts_with("PAGE to nobody"));
        assert_eq!(pager(Some(&sent)), ["nobody of shop is on call"]);
        assert_eq!(pager(None), ["nobody is paged"]);
    }

    #[test]
    fn a_rollout_is_told_by_where_it_stands() {
        let mut rollout = fake::rollout("v2");
        let mut told = |change: fn(&mut Rollout)| {
            change(&mut rollout);
            canary(&rollout).join(" · ")
        };
        assert_eq!(told(fake::starting), "checkout v2 is being started: no user meets it yet");
        assert_eq!(told(fake::stepping), "checkout v2 serves 5% of users");
        assert_eq!(
            told(fake::failing),
            "checkout v2 serves 5% of users · evidence of harm 340 to 1 (1,000 reverts) · of no harm under 1 to 1 (20 goes on)"
        );
        assert_eq!(
            told(fake::held),
            "checkout v2 is held at 5% of users · evidence of harm 340 to 1 (1,000 reverts) · of no harm under 1 to 1 (20 goes on) · too little traffic"
        );
        assert_eq!(told(fake::reverting), "checkout v2 is being taken off its users · errors");
        assert_eq!(told(fake::reverted), "checkout v2 was taken off 1.2 s after its first failure · errors");
        assert_eq!(told(fake::promoted), "checkout v2 serves everybody, 22 s after its ship");
    }

    #[test]
    fn steps_are_words() {
        let mut rollout = fake::rollout("v2");
        fake::promoted(&mut rollout);
        assert_eq!(steps(&rollout), "5% 6.0 s, 100% 5.5 s");
    }
}
