//! What restores the service: a card for each thing that can be done, and what was done already.

use jiff::SignedDuration;
use seaworthy_contract::api::{Action, ActionKind, ActionWorked, Rollout, RolloutState};

use super::PageFacts;
use super::hook::HookForm;
use crate::part::{Chip, LedgerLink, When};
use crate::text;

/// What proves an action is old after so long: it is shown with its date instead of its age.
const LATELY: SignedDuration = SignedDuration::from_hours(30 * 24);

/// Something that can be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActionCard {
    /// Its name among the service's actions.
    pub key: String,
    /// Its picture.
    pub icon: &'static str,
    /// What it does.
    pub title: String,
    /// When it last worked; none where nobody has seen it.
    pub worked: Option<(When, String, LedgerLink)>,
    /// What will happen.
    pub preview: Vec<String>,
    /// What the button says; none where it cannot be pressed now.
    pub button: Option<String>,
    /// What is said to it first, where it is a program of the team's.
    pub hook: Option<HookForm>,
    /// The command that does the same.
    pub command: String,
    /// Whether it takes something from users who are served.
    pub destructive: bool,
    /// Whether it is shown open: the first thing that a person should look at.
    pub open: bool,
}

/// What was done already.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Done {
    /// Where it stands.
    pub chip: Chip,
    /// What was done.
    pub title: String,
    /// Why, and how fast.
    pub detail: String,
    /// Where that is proven.
    pub position: Option<LedgerLink>,
    /// Where it is shown.
    pub href: String,
}

pub(super) fn card(action: &Action, facts: &PageFacts<'_>) -> ActionCard {
    let (icon, verb) = match action.kind {
        ActionKind::Revert => ("i-back", "Confirm: revert now"),
        ActionKind::Shutter => ("i-shut", "Confirm: shutter now"),
        ActionKind::Throttle => ("i-hold", "Confirm: throttle now"),
        ActionKind::Isolate => ("i-cut", "Confirm: isolate now"),
        ActionKind::Command => ("i-tool", "Confirm: run now"),
    };
    let hook = facts.hooks.iter().find(|hook| action.key.strip_prefix("run-") == Some(hook.name.as_str()));
    let hook = hook.map(|hook| HookForm::of(hook, facts));
    // A hook is not begun before the ledger has it; one that takes away what cannot be given back asks for two people.
    let has_button = hook.as_ref().is_none_or(|hook| hook.confirm);
    let button = has_button.then(|| verb.to_owned());
    ActionCard {
        key: action.key.clone(),
        icon,
        title: action.title.clone(),
        worked: action.worked.as_ref().map(|worked| when(worked, facts)),
        preview: action.preview.clone(),
        button,
        hook,
        command: action.command.clone(),
        destructive: action.destructive,
        open: action.kind == ActionKind::Revert && is_first(action, facts),
    }
}

/// A revert of what the page is about, or of the suspect, is what a person should look at first.
fn is_first(action: &Action, facts: &PageFacts<'_>) -> bool {
    let suspect = facts.suspects.and_then(|suspects| suspects.changes.first()?.rollout);
    action.rollout.is_some() && (action.rollout == facts.page.rollout || action.rollout == suspect)
}

fn when(worked: &ActionWorked, facts: &PageFacts<'_>) -> (When, String, LedgerLink) {
    let lately = facts.now.duration_since(worked.at) < LATELY;
    let at = if lately { When::age(worked.at, facts.now) } else { When::day(worked.at) };
    let drill = if worked.drill { " in a drill" } else { "" };
    (at, format!("took {}{drill}", text::seconds(worked.took_s)), LedgerLink::new(worked.position))
}

pub(super) fn done(rollout: &Rollout) -> Option<Done> {
    let (chip, title) = match rollout.state {
        RolloutState::Reverting => (Chip::run("Under way"), format!("{} is being taken off", rollout.version)),
        RolloutState::Reverted => (Chip::ok("Done"), format!("{} is already taken off", rollout.version)),
        _ => return None,
    };
    let fast = rollout.revert.as_ref().and_then(|times| times.first_bad_to_last_assignment_s);
    let fast = fast.map(|s| format!("The last user was sent to it {} after its first bad response.", text::seconds(s)));
    let users = rollout.baseline.as_ref().map(|baseline| format!("Users are on {baseline}."));
    let reason = rollout.reason.as_deref().map(text::sentence);
    Some(Done {
        chip,
        title,
        detail: [reason, fast, users].into_iter().flatten().collect::<Vec<_>>().join(" "),
        position: rollout.revert.as_ref().map(|times| LedgerLink::new(times.position)),
        href: format!("/rollouts/{}", rollout.id),
    })
}
