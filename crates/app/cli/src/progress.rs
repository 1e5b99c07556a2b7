//! What is told of a rollout while somebody waits for it: plain lines for what happened, and on a terminal one line
//! that changes for how it stands.

use std::io::Write;

use seaworthy_contract::api::{Rollout, RolloutState, StepState};

use crate::table::harmless;
use crate::words::{count, share, span};

/// The lines of a wait.
pub(crate) struct Progress<'a> {
    err: &'a mut dyn Write,
    /// Columns of the line that changes; none where lines only follow each other.
    columns: Option<usize>,
    quiet: bool,
    before: Option<Rollout>,
    is_away: bool,
    shown: String,
}

impl<'a> Progress<'a> {
    pub(crate) fn new(err: &'a mut dyn Write, columns: Option<usize>, quiet: bool) -> Self {
        Self { err, columns, quiet, before: None, is_away: false, shown: String::new() }
    }

    /// Tells what is new in a rollout.
    pub(crate) fn show(&mut self, rollout: &Rollout, seconds: f64) {
        if std::mem::take(&mut self.is_away) {
            self.line("the server answers again");
        }
        for line in happened(self.before.as_ref(), rollout) {
            self.line(&line);
        }
        self.change(&standing(rollout, seconds));
        self.before = Some(rollout.clone());
    }

    /// Tells that the server does not answer, once.
    pub(crate) fn away(&mut self) {
        if !std::mem::replace(&mut self.is_away, true) {
            self.line("the server does not answer; gateways serve users all the same; asking again");
        }
    }

    /// Tells a thing that happened.
    pub(crate) fn line(&mut self, line: &str) {
        self.clear();
        self.write(&format!("{line}\n"));
    }

    /// Takes the line that changes away.
    pub(crate) fn clear(&mut self) {
        if !std::mem::take(&mut self.shown).is_empty() {
            self.write("\r\x1b[K");
        }
    }

    fn change(&mut self, text: &str) {
        let Some(columns) = self.columns else { return };
        // The last column stays free: some terminals wrap when it is written.
        let text: String = text.chars().take(columns.saturating_sub(1)).collect();
        if text != self.shown {
            self.write(&format!("\r\x1b[K{text}"));
            self.shown = text;
        }
    }

    fn write(&mut self, text: &str) {
        if !self.quiet {
            // Without standard error there is nobody to tell; the answer does not depend on it.
            self.err.write_all(text.as_bytes()).and_then(|()| self.err.flush()).unwrap_or_default();
        }
    }
}

/// Says what happened between two looks.
fn happened(before: Option<&Rollout>, now: &Rollout) -> Vec<String> {
    let name = format!("{} {}", now.service, now.version);
    let was = before.map(|before| before.state);
    let changed = was != Some(now.state);
    let reason = || now.reason.as_deref().map_or_else(String::new, |reason| format!(": {}", harmless(reason)));
    let mut lines = Vec::new();
    if changed && now.state == RolloutState::Starting {
        lines.push(format!("{name} is being started; no user has met it"));
    }
    if was == Some(RolloutState::Held) && now.state == RolloutState::Stepping {
        lines.push(format!("{name} goes on"));
    }
    let serves = matches!(now.state, RolloutState::Stepping | RolloutState::Held);
    if serves && before.is_none_or(|before| before.share != now.share) {
        lines.push(format!("{name} serves {} of users{}", share(now.share), passed(now)));
    }
    match now.state {
        RolloutState::Held if changed => lines.push(format!("{name} is held at {}{}", share(now.share), reason())),
        RolloutState::Reverting if changed => lines.push(format!("{name} is being taken off its users{}", reason())),
        _ => {}
    }
    lines
}

/// Says how long the step before took.
fn passed(rollout: &Rollout) -> String {
    let last = rollout.steps.iter().rev().find(|step| step.state == StepState::Passed);
    let Some((share_before, seconds)) = last.and_then(|step| Some((step.share, step.seconds?))) else {
        return String::new();
    };
    format!("; {} took {}", share(share_before), span(seconds))
}

/// Says how a rollout stands, in one line.
fn standing(rollout: &Rollout, seconds: f64) -> String {
    let failed = rollout.canary.failures;
    let mut parts = vec![format!("{} {}", rollout.service, rollout.version)];
    match rollout.state {
        RolloutState::Starting => parts.push("starting".to_owned()),
        RolloutState::Stepping => parts.push(format!("{} of users", share(rollout.share))),
        RolloutState::Held => parts.push(format!("held at {}", share(rollout.share))),
        RolloutState::Reverting => parts.push("reverting".to_owned()),
        RolloutState::Promoted | RolloutState::Reverted => return String::new(),
    }
    parts.push(format!("{} s", seconds as u64));
    if rollout.canary.requests > 0 {
        parts.push(format!("{}, {failed} failed", count(rollout.canary.requests, "request")));
    }
    if let Some(waits_for) = rollout.judge.as_ref().and_then(|judge| judge.waits_for.as_deref()) {
        parts.push(harmless(waits_for));
    }
    parts.join(" · ")
}

#[cfg(test)]
mod tests;
