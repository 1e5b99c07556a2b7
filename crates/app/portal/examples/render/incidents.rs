//! Incidents, suspects and actions, made up, for the tests and for looking at pages.

use seaworthy_contract::api::*;

use super::data::*;

pub(crate) fn actions(rollout: &Rollout, proven: bool) -> Vec<Action> {
    let action = |key: &str, kind, title: &str, preview: &[&str], worked: Option<ActionWorked>| Action {
        key: key.to_owned(),
        service: rollout.service.clone(),
        kind,
        title: title.to_owned(),
        preview: preview.iter().map(|line| (*line).to_owned()).collect(),
        worked,
        destructive: kind == ActionKind::Shutter,
        rollout: (kind == ActionKind::Revert).then_some(rollout.id),
        command: format!("seaworthy {key} checkout"),
    };
    let worked = |days: i64, took_s, drill| ActionWorked { at: ago(days * 86_400), took_s, drill, position: 41_200 };
    let back = ["Takes every user of v2 back to v1.", "v1 runs and answers its health check."];
    let closed = ["Users of checkout read that it is closed.", "Also those who are served well now."];
    let revert = action("revert", ActionKind::Revert, "Revert v2 to v1", &back, proven.then(|| worked(6, 4.1, false)));
    let shutter = action("shutter", ActionKind::Shutter, "Shutter checkout", &closed, Some(worked(40, 0.4, true)));
    let throttle =
        action("throttle", ActionKind::Throttle, "Throttle checkout", &["Half of the users are let in."], None);
    let is_over = matches!(rollout.state, RolloutState::Reverting | RolloutState::Reverted);
    [Some(revert).filter(|_| !is_over), Some(shutter), Some(throttle)].into_iter().flatten().collect()
}

pub(crate) fn suspects(rollout: &Rollout) -> Suspects {
    let change = |before_s: f64, sentence: &str, confidence, why: &str| Suspect {
        at: ago(1_202 + before_s as i64),
        before_s,
        service: Some(rollout.service.clone()),
        sentence: sentence.to_owned(),
        by: "token/018f6a2c".to_owned(),
        rollout: None,
        confidence,
        why: why.to_owned(),
        position: 47_800,
    };
    let first = Suspect {
        rollout: Some(rollout.id),
        ..change(120.0, "checkout v2: to 5% of users", Confidence::Likely, "its own change, shortly before")
    };
    let rule = change(2_400.0, "alertmanager/HighCPU pages", Confidence::Unlikely, "it changes who is told");
    let sentence = "Suspect: checkout v2: to 5% of users, 2 min before it began; its own change, shortly before.";
    Suspects { finding: SuspectFinding::Suspect, sentence: sentence.to_owned(), changes: vec![first, rule] }
}

pub(crate) fn runbook() -> RunbookSection {
    let span = |text: &str| RunbookSpan { text: text.to_owned(), code: false, to: None };
    let block = |kind, spans| RunbookBlock { kind, spans };
    let code = RunbookSpan { code: true, ..span("deploy undo") };
    let map = RunbookSpan { to: Some("https://example.org/map".to_owned()), ..span("the map") };
    RunbookSection {
        service: "checkout".parse().expect("a name"),
        heading: "Checkout fails".to_owned(),
        blocks: vec![
            block(RunbookBlockKind::Paragraph, vec![span("Money stands still.")]),
            block(RunbookBlockKind::Step, vec![span("Undo the nearest change: "), code]),
            block(RunbookBlockKind::Step, vec![span("Read "), map]),
            block(RunbookBlockKind::Code, vec![span("curl localhost\n")]),
        ],
        sent_at: ago(86_400 * 30),
    }
}
