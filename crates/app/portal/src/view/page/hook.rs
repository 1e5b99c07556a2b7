//! A command hook on a page: what is said to it, what its dry run said, and whether it may be confirmed now.

use jiff::SignedDuration;
use seaworthy_contract::api::{ActionRun, ActionRunState, Hook};
use seaworthy_contract::catalogue::HookValues;

use super::PageFacts;
use crate::part::When;

/// How long a dry run counts as a preview: what it looked at may be different by then.
const PREVIEW_FOR: SignedDuration = SignedDuration::from_mins(15);

/// What a person sees of a hook before they confirm.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HookForm {
    /// What is said to it.
    pub fields: Vec<HookField>,
    /// Whether there is a dry run.
    pub dry_run: bool,
    /// What its last dry run said, while that is a preview.
    pub seen: Option<HookRunShown>,
    /// What its last run came to.
    pub last: Option<HookRunShown>,
    /// Whether it may be confirmed now.
    pub confirm: bool,
    /// Why not, where it may not.
    pub why_not: Option<&'static str>,
}

/// A value that is said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HookField {
    /// Its name.
    pub name: String,
    /// What may be chosen; empty where it is typed.
    pub choices: Vec<String>,
    /// What may be typed.
    pub hint: String,
    /// What was said last.
    pub value: String,
}

/// A run, as it is printed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HookRunShown {
    /// When it was asked for.
    pub at: When,
    /// How it ended.
    pub sentence: String,
    /// What was said to it.
    pub values: Vec<(String, String)>,
    /// The end of what it printed.
    pub tail: Option<String>,
}

impl HookForm {
    pub(super) fn of(hook: &Hook, facts: &PageFacts<'_>) -> Self {
        let is_preview = |run: &&ActionRun| {
            run.state == ActionRunState::Succeeded && facts.now.duration_since(run.asked_at) < PREVIEW_FOR
        };
        let seen = hook.last_dry.as_ref().filter(is_preview);
        let runs = [&hook.last, &hook.last_dry].into_iter().flatten().any(|run| !run.state.is_over());
        let why_not = match (facts.writable, runs, hook.destructive) {
            (false, ..) => Some("The store takes no writes: nothing is begun that no ledger would have."),
            (_, true, _) => Some("It is running: load the page again."),
            (.., true) => Some("It takes away what cannot be given back: not on the word of one person."),
            _ => None,
        };
        let shown = |run: &ActionRun| HookRunShown {
            at: When::age(run.asked_at, facts.now),
            sentence: run.sentence.clone(),
            values: run.parameters.clone().into_iter().collect(),
            tail: run.tail.clone(),
        };
        let said = |name: &str| hook.last_dry.as_ref().and_then(|run| run.parameters.get(name).cloned());
        let fields = hook.parameters.iter().map(|parameter| HookField {
            name: parameter.name.clone(),
            choices: match &parameter.values {
                HookValues::Choice { choices } => choices.clone(),
                HookValues::Number { .. } | HookValues::Name => Vec::new(),
            },
            hint: match &parameter.values {
                HookValues::Number { from, to } => format!("a whole number, {from} to {to}"),
                HookValues::Choice { .. } | HookValues::Name => "a plain word".to_owned(),
            },
            value: said(&parameter.name).unwrap_or_default(),
        });
        Self {
            fields: fields.collect(),
            dry_run: hook.dry_run && facts.writable && !runs,
            seen: seen.map(shown),
            last: hook.last.as_ref().map(shown),
            confirm: why_not.is_none() && (!hook.dry_run || seen.is_some()),
            why_not,
        }
    }
}
