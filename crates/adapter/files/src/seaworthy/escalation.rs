//! `EscalationPolicy`: whom a page calls next while nobody has taken it.

use seaworthy_contract::catalogue::{EscalationPolicy, EscalationStep, Whom};
use seaworthy_escalation::Limits;

use crate::draft::PolicyDraft;
use crate::envelope::Envelope;
use crate::fields::Fields;
use crate::rule::Rule;
use crate::tree::{Node, Value};

use super::spec;

/// What a step calls, for messages.
const CALLS: &str = "write primary, secondary, team, { onCall: 3 }, { rotation: NAME }, { rotation: NAME, level: 2 } or { person: NAME }";

/// Most levels of a rotation; the primary is 1 in files.
const LEVELS: u64 = seaworthy_oncall::Limits::LEVELS as u64;

/// Reads a policy.
pub(super) fn read(envelope: &Envelope<'_>) -> Option<PolicyDraft> {
    let spec = spec(envelope)?;
    spec.require("steps", "write whom it calls and how long it waits, such as [{ call: primary, wait: 5m }]");
    let written = spec.list("steps").iter().filter_map(|item| Fields::of(&spec.scope, item, "spec.steps[]"));
    let (mut steps, mut places) = (Vec::new(), Vec::new());
    for fields in written {
        places.push(fields.at());
        steps.push(step(&fields));
    }
    let repeats = repeats(spec);
    spec.no_more();
    let name = envelope.metadata.name("name")?.value;
    // A step that could not be read was reported: what is left of the policy is held to nothing else.
    let policy = EscalationPolicy { name, steps: steps.into_iter().collect::<Option<_>>()?, repeats };
    Some(PolicyDraft { policy, steps: places })
}

/// Returns how often it begins anew; none where it says 0 or nothing.
fn repeats(spec: &Fields<'_>) -> u8 {
    let Some(text) = spec.text("repeat") else { return 0 };
    text.value.parse().unwrap_or_else(|_| {
        let message = format!("\"spec.repeat\" \"{}\" is not a number of repetitions", text.value);
        spec.scope.report.error(Rule::BadValue, &text.at, message, format!("write 0 to {}", Limits::REPEATS));
        0
    })
}

fn step(fields: &Fields<'_>) -> Option<EscalationStep> {
    let policy = fields.name("policy");
    let calls = fields.get("call").map(|node| calls(fields, node));
    let wait = fields.duration_ms("wait");
    let step = match (policy, calls) {
        (Some(policy), None) if wait.is_none() => {
            Some(EscalationStep { call: vec![Whom::Policy { policy: policy.value }], wait_ms: 0 })
        }
        (None, Some(call)) => {
            fields.require("wait", "write how long it waits for an answer, such as 5m");
            call.zip(wait).map(|(call, wait)| EscalationStep { call, wait_ms: wait.value })
        }
        _ => {
            let message = "a step either calls and waits, or hands over to a policy";
            let remedy = "write { call: primary, wait: 5m } or { policy: NAME }";
            fields.scope.report.error(Rule::BadValue, &fields.at(), message, remedy);
            None
        }
    };
    fields.no_more();
    step
}

/// Reads one whom or a list of them.
fn calls(fields: &Fields<'_>, node: &Node) -> Option<Vec<Whom>> {
    match &node.value {
        Value::List(items) => items.iter().map(|item| whom(fields, item)).collect(),
        _ => whom(fields, node).map(|whom| vec![whom]),
    }
}

fn whom(fields: &Fields<'_>, node: &Node) -> Option<Whom> {
    if let Value::Text(_) = node.value {
        let text = fields.scope.text(node, "whom a step calls")?;
        let whom = match text.value.as_str() {
            "primary" => Some(Whom::OnCall { level: 0 }),
            "secondary" => Some(Whom::OnCall { level: 1 }),
            "team" => Some(Whom::Team),
            _ => None,
        };
        if whom.is_none() {
            let message = format!("\"{}\" is nobody that a step can call", text.value);
            fields.scope.report.error(Rule::BadValue, &text.at, message, CALLS);
        }
        return whom;
    }
    let named = Fields::of(&fields.scope, node, "spec.steps[].call")?;
    let (rotation, person) = (named.name("rotation"), named.name("person"));
    let (on_call, level) = (named.get("onCall").is_some(), named.get("level").is_some());
    let whom = match (on_call, rotation, person) {
        (true, None, None) if !level => place(&named, "onCall").map(|level| Whom::OnCall { level }),
        (false, Some(rotation), None) if level => {
            place(&named, "level").map(|level| Whom::Rotation { rotation: rotation.value, level })
        }
        (false, Some(rotation), None) => Some(Whom::Rotation { rotation: rotation.value, level: 0 }),
        (false, None, Some(person)) if !level => Some(Whom::Person { person: person.value }),
        _ => {
            let message = "a step calls an on-call level, a rotation or a person: one of them in one item";
            fields.scope.report.error(Rule::BadValue, &named.at(), message, CALLS);
            None
        }
    };
    named.no_more();
    whom
}

/// Reads a level, which is 1 for the primary in files.
fn place(fields: &Fields<'_>, key: &'static str) -> Option<u8> {
    let written = fields.count(key)?;
    let level = u8::try_from(written - 1).ok().filter(|_| written <= LEVELS);
    if level.is_none() {
        let message = format!("level {written} of a rotation is not possible");
        fields.scope.report.error(Rule::BadValue, &fields.at(), message, format!("write 1 (primary) to {LEVELS}"));
    }
    level
}
