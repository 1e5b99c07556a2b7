//! Evidence as a bar: the words first, then a logarithmic scale with its thresholds marked.

use askama::Template;
use seaworthy_contract::api::JudgeView;

use super::{AxisLabel, prints_itself};
use crate::text;

/// Odds at which exposure is held, and at which a step is certified. The judge's own numbers.
const HOLD: f64 = 20.0;

/// Odds at which a version is taken off.
const ABORT: f64 = 1_000.0;

/// A threshold on the bar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// Its place, in percent.
    pub at: String,
}

/// An evidence meter.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "components/meter.html")]
pub struct Meter {
    /// What the evidence is for.
    pub title: String,
    /// What it says.
    pub word: String,
    /// Class of the bar: `run` or `left`.
    pub class: &'static str,
    /// Length of the bar, in percent.
    pub width: String,
    /// The bar in words.
    pub label: String,
    /// Thresholds inside the scale.
    pub marks: Vec<Mark>,
    /// Numbers under the scale.
    pub axis: Vec<AxisLabel>,
    /// Where it comes from, and what it means.
    pub source: String,
}

/// Draws the evidence for harm.
pub fn abort_meter(judge: &JudgeView) -> Meter {
    let odds = judge.log_e.exp();
    let word = match odds {
        _ if odds >= ABORT => format!("It does harm: {} to 1.", said(odds)),
        _ if odds >= HOLD => format!("Suspicious: {} to 1.", said(odds)),
        _ if odds > 1.0 => format!("Nothing suspicious: {} to 1.", said(odds)),
        _ => "Nothing suspicious: the evidence leans to harmless.".to_owned(),
    };
    let mark = place(HOLD, ABORT);
    Meter {
        title: "Evidence of harm".to_owned(),
        word,
        class: "run",
        width: place(odds, ABORT),
        label: format!("evidence of harm: {} to 1, on a scale where 20 holds and 1,000 takes it off", said(odds)),
        axis: vec![
            AxisLabel::new("0%", "start", "1"),
            AxisLabel::new(mark.clone(), "middle", "20 holds"),
            AxisLabel::new("100%", "end", "1,000 takes it off"),
        ],
        marks: vec![Mark { at: mark }],
        source: format!("Carried from step to step. Measure: {}.", judge.metric),
    }
}

/// Draws the evidence for the next step.
pub fn promote_meter(judge: &JudgeView, next: &str) -> Meter {
    let odds = judge.log_e_promote.exp();
    Meter {
        title: format!("Evidence for {next}"),
        word: match odds >= HOLD {
            true => format!("Enough: {} to 1.", said(odds)),
            false => format!("{} of 20.", said(odds)),
        },
        class: "left",
        width: place(odds, HOLD),
        label: format!("evidence that it is safe to go on: {} of 20, on a logarithmic scale", said(odds)),
        axis: vec![AxisLabel::new("0%", "start", "1"), AxisLabel::new("100%", "end", "20 goes on")],
        marks: Vec::new(),
        source: "Starts again at each step.".to_owned(),
    }
}

/// Place of odds on a logarithmic scale from 1 to `full`, in percent.
fn place(odds: f64, full: f64) -> String {
    format!("{:.1}%", (odds.max(1.0).ln() / full.ln() * 100.0).min(100.0))
}

/// Odds without digits that mean nothing; truncated, so that 19.96 is not yet 20.
fn said(odds: f64) -> String {
    match odds {
        _ if !odds.is_finite() || odds >= 1e9 => "over 1,000,000,000".to_owned(),
        100.0.. => text::count(odds as u64),
        _ => format!("{:.1}", (odds * 10.0).floor() / 10.0),
    }
}

prints_itself!(Meter);

#[cfg(test)]
mod tests {
    use super::*;

    fn judge(e: f64) -> JudgeView {
        JudgeView {
            decision: "wait".to_owned(),
            metric: "errors".to_owned(),
            log_e: e.ln(),
            log_e_promote: e.ln(),
            waits_for: None,
            at: jiff::Timestamp::UNIX_EPOCH,
        }
    }

    #[test]
    fn words_come_before_the_bar_and_never_round_up() {
        let rows = [
            (0.3, "Nothing suspicious: the evidence leans to harmless.", "0.0%"),
            (1.4, "Nothing suspicious: 1.4 to 1.", "4.9%"),
            (19.99, "Nothing suspicious: 19.9 to 1.", "43.4%"),
            (23.0, "Suspicious: 23.0 to 1.", "45.4%"),
            (4e12, "It does harm: over 1,000,000,000 to 1.", "100.0%"),
        ];
        for (e, word, width) in rows {
            let meter = abort_meter(&judge(e));
            assert_eq!((meter.word.as_str(), meter.width.as_str()), (word, width), "{e}");
        }
        assert_eq!(promote_meter(&judge(13.6), "25%").word, "13.6 of 20.");
        assert_eq!(promote_meter(&judge(0.0), "25%").width, "0.0%", "no evidence is an empty bar, not a hole");
    }
}
