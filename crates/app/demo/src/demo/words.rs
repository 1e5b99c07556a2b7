//! The demo's sentences, made from what the API says. Percentages and odds are truncated, never rounded up.

use seaworthy_contract::api::{Page, Rollout, RolloutState, StepState};

/// Evidence at which the judge reverts, as odds (one false alarm in 1,000 rollouts at most).
const REVERT_AT: u64 = 1_000;
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

/// Says how strong the case against a version is.
pub(crate) fn evidence(rollout: &Rollout) -> String {
    let Some(judge) = &rollout.judge else { return "the judge has seen nothing yet".to_owned() };
    let harm =
        if judge.metric.contains("error") { "fails more".to_owned() } else { format!("is worse in {}", judge.metric) };
    format!("evidence {} that {} {harm}; reverts at {}", odds(judge.log_e), rollout.version, count(REVERT_AT))
}

/// Says what is new about a rollout since it was looked at last.
pub(crate) fn news(before: Option<&Rollout>, now: &Rollout) -> Vec<String> {
    let mut news = Vec::new();
    let share_before = before.map_or(0.0, |rollout| rollout.share);
    if now.share > share_before && now.state != RolloutState::Promoted && now.share < 1.0 {
        news.push(format!("{} {} serves {} of users", now.service, now.version, share(now.share)));
    }
    if now.first_bad_at.is_some() && before.is_none_or(|rollout| rollout.first_bad_at.is_none()) {
        news.push(format!("{} {} answers its first request badly", now.service, now.version));
    }
    if before.is_none_or(|rollout| rollout.state != now.state) {
        news.extend(turn(before, now));
    }
    news
}

/// Says what a change of state means.
fn turn(before: Option<&Rollout>, now: &Rollout) -> Option<String> {
    let name = format!("{} {}", now.service, now.version);
    let reason = now.reason.as_deref().map(|reason| format!(": {reason}")).unwrap_or_default();
    match now.state {
        RolloutState::Starting => None,
        RolloutState::Stepping => {
            before.is_some_and(|rollout| rollout.state == RolloutState::Held).then(|| format!("{name} goes on"))
        }
        RolloutState::Held => Some(format!("{name} is held at {}{reason}", share(now.share))),
        RolloutState::Promoted => Some(format!("{name} is promoted: it serves everybody")),
        RolloutState::Reverting => Some(format!("{name} is caught{reason}")),
        RolloutState::Reverted => Some(format!("{name} is reverted{}", revert_times(now))),
    }
}

fn revert_times(rollout: &Rollout) -> String {
    let first_bad = rollout.revert.as_ref().and_then(|times| times.first_bad_to_last_assignment_s);
    let first_bad =
        first_bad.map(|seconds| format!(": no user met it later than {seconds:.1} s after its first failure"));
    first_bad.unwrap_or_default()
}

/// Says who is paged.
pub(crate) fn page(page: &Page) -> String {
    match page.to_name.clone().or_else(|| page.to.as_ref().map(ToString::to_string)) {
        Some(name) => format!("PAGE to {name} ({} on call): {}", page.team, page.sentence),
        None => format!("PAGE to nobody, as nobody of {} is on call: {}", page.team, page.sentence),
    }
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
                lines.extend(news(before.as_ref(), &now));
                lines.extend(news(Some(&now), &now));
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
        let mut sent = fake::page(&fake::rollout("v2"));
        assert_eq!(page(&sent), "PAGE to Ines (shop on call): customers could not place orders");
        sent.to_name = None;
        assert_eq!(page(&sent), "PAGE to ines (shop on call): customers could not place orders");
        sent.to = None;
        assert!(page(&sent).starts_with("PAGE to nobody"));
    }

    #[test]
    fn evidence_and_steps_are_words() {
        let mut rollout = fake::rollout("v2");
        assert_eq!(evidence(&rollout), "the judge has seen nothing yet");
        fake::failing(&mut rollout);
        assert_eq!(evidence(&rollout), "evidence 340 to 1 that v2 fails more; reverts at 1,000");
        fake::promoted(&mut rollout);
        assert_eq!(steps(&rollout), "5% 6.0 s, 100% 5.5 s");
    }
}
