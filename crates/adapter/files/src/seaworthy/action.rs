//! `Action`: a command hook, what a team can do for a service by a program or a call of its own.

use seaworthy_contract::catalogue::{CommandHook, HookParameter, HookRun, HookValues};
use seaworthy_model::ServiceId;

use super::contact::secret;
use crate::draft::AttachedDraft;
use crate::envelope::Envelope;
use crate::fields::Fields;
use crate::rule::Rule;

/// Default time that a hook has, in milliseconds.
const TIMEOUT_MS: u64 = 30_000;

/// How a hook is written, for messages.
const RUNS: &str = "write command: [PROGRAM, ARGUMENT] or call: { url: https://host/path }";

/// Reads an action.
pub(super) fn read(envelope: &Envelope<'_>) -> Option<AttachedDraft<CommandHook>> {
    let spec = super::spec(envelope)?;
    let service = spec.required_name::<ServiceId>("service", "write the service that it helps");
    spec.require("does", "write what it does in one sentence: whoever runs it at night reads that first");
    let does = spec.text("does");
    let run = run(spec);
    let items = spec.list("parameters").iter().filter_map(|item| Fields::of(&spec.scope, item, "spec.parameters[]"));
    let parameters = items.map(|fields| parameter(&fields)).collect::<Option<Vec<_>>>();
    let timeout_ms = spec.duration_ms("timeout").map_or(TIMEOUT_MS, |ms| ms.value);
    let destructive = flag(spec, "destructive");
    spec.no_more();
    let name = envelope.metadata.name::<ServiceId>("name")?;
    let (service, parameters) = (service?, parameters?);
    let body = CommandHook {
        name: name.value.to_string(),
        service: service.value.clone(),
        does: does?.value,
        run: run?,
        parameters,
        timeout_ms,
        destructive,
    };
    if let Some((field, why)) = body.fault() {
        let message = format!("\"spec.{field}\" cannot be: {why}");
        spec.scope.report.error(Rule::BadValue, &spec.at(), message, "mend it: nobody can at night");
    }
    Some(AttachedDraft { at: envelope.kind.at.clone(), name: body.name.clone(), service, body })
}

fn run(spec: &Fields<'_>) -> Option<HookRun> {
    // A list only: a value that goes through a shell could be more than a value.
    let arguments = |key: &'static str| {
        spec.get(key).map(|_| spec.list(key)).map(|items| texts(spec, items)).filter(|a| !a.is_empty())
    };
    let (command, dry_run, call) = (arguments("command"), arguments("dryRun"), spec.fields("call"));
    match (command, call) {
        (Some(command), None) => Some(HookRun::Command { command, dry_run }),
        (None, Some(call)) if dry_run.is_none() => {
            let url = call.text("url");
            let named = call.text("secret").map(|named| secret(&call, &named, "secret", "what signs the call"));
            let dry_run = flag(&call, "dryRun");
            call.require("url", "write the address that is called");
            call.no_more();
            Some(HookRun::Call { url: url?.value, secret: named.map_or(Some(None), |named| named.map(Some))?, dry_run })
        }
        _ => {
            let message = "an action is a command, with a \"dryRun\" beside it, or a call";
            spec.scope.report.error(Rule::BadValue, &spec.at(), message, RUNS);
            None
        }
    }
}

fn texts(spec: &Fields<'_>, items: &[std::rc::Rc<crate::tree::Node>]) -> Vec<String> {
    items.iter().filter_map(|item| spec.scope.text(item, "an argument")).map(|text| text.value).collect()
}

fn parameter(fields: &Fields<'_>) -> Option<HookParameter> {
    fields.require("name", "write what it is called, as in ${NAME}");
    let name = fields.text("name");
    let choices: Vec<String> = fields.texts("choices").into_iter().map(|text| text.value).collect();
    let (from, to) = (number(fields, "from"), number(fields, "to"));
    fields.no_more();
    let values = match (choices.is_empty(), from, to) {
        (false, None, None) => HookValues::Choice { choices },
        (true, Some(from), Some(to)) => HookValues::Number { from: from?, to: to? },
        (true, None, None) => HookValues::Name,
        _ => {
            let message = "a parameter has choices, or a number from and to, or neither and is a plain word";
            let remedy = "write { name: pool, choices: [blue, green] } or { name: count, from: 1, to: 10 }";
            fields.scope.report.error(Rule::BadValue, &fields.at(), message, remedy);
            return None;
        }
    };
    Some(HookParameter { name: name?.value, values })
}

/// Reads a whole number: none where it is not written, none inside where it is none.
fn number(fields: &Fields<'_>, key: &'static str) -> Option<Option<i64>> {
    let text = fields.text(key)?;
    let number = text.value.parse().ok();
    if number.is_none() {
        let message = format!("\"{}\" is not a whole number", text.value);
        fields.scope.report.error(Rule::BadValue, &text.at, message, "write a number such as 10");
    }
    Some(number)
}

fn flag(fields: &Fields<'_>, key: &'static str) -> bool {
    let Some(text) = fields.text(key) else { return false };
    match text.value.as_str() {
        "true" => true,
        "false" => false,
        _ => {
            let message = format!("\"{key}\" is true or false, not \"{}\"", text.value);
            fields.scope.report.error(Rule::BadValue, &text.at, message, "write true or false");
            false
        }
    }
}
