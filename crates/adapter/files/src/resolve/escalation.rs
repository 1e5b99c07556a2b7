//! Escalation policies: everybody whom they name is there, none comes back to itself, and none is over a limit.

use std::collections::BTreeMap;

use seaworthy_contract::catalogue::Whom;
use seaworthy_escalation::{Ladder, Policy, Problem};
use seaworthy_model::EscalationId;

use crate::assemble::Whole;
use crate::diagnostic::{Placed, Report};
use crate::rule::Rule;

use super::suggestion;

/// Checks what names a policy, what a policy names, and each policy as a whole.
pub(super) fn resolve(whole: &Whole, report: &Report) {
    for (name, service) in &whole.services {
        known(whole, "service", name, service.body.escalation.as_ref(), report);
    }
    for (name, team) in &whole.teams {
        known(whole, "team", name, team.body.escalation.as_ref(), report);
    }
    names(whole, report);
    ladders(whole, report);
}

fn known(whole: &Whole, kind: &str, of: &str, named: Option<&Placed<EscalationId>>, report: &Report) {
    let Some(Placed { value, at }) = named.filter(|name| !whole.policies.contains_key(name.value.as_str())) else {
        return;
    };
    let message = format!("escalation policy \"{value}\" of {kind} \"{of}\" is not in these files");
    let remedy = suggestion(value.as_str(), whole.policies.keys(), "EscalationPolicy");
    report.error(Rule::UnknownReference, at, message, remedy);
}

fn names(whole: &Whole, report: &Report) {
    for (name, policy) in &whole.policies {
        for (step, at) in policy.body.policy.steps.iter().zip(&policy.body.steps) {
            for whom in &step.call {
                let (kind, named, remedy) = match whom {
                    Whom::Person { person } if !whole.people.contains_key(person.as_str()) => {
                        ("person", person.as_str(), suggestion(person.as_str(), whole.people.keys(), "Person"))
                    }
                    Whom::Rotation { rotation, .. } if !whole.rotations.contains_key(rotation.as_str()) => {
                        let remedy = suggestion(rotation.as_str(), whole.rotations.keys(), "Rotation");
                        ("rotation", rotation.as_str(), remedy)
                    }
                    Whom::Policy { policy } if !whole.policies.contains_key(policy.as_str()) => {
                        let remedy = suggestion(policy.as_str(), whole.policies.keys(), "EscalationPolicy");
                        ("policy", policy.as_str(), remedy)
                    }
                    _ => continue,
                };
                let message = format!("{kind} \"{named}\", whom policy \"{name}\" calls, is not in these files");
                report.error(Rule::UnknownReference, at, message, remedy);
            }
        }
    }
}

/// Finds what is no ladder; a circle is said once, at the first policy on its way.
fn ladders(whole: &Whole, report: &Report) {
    let policies: BTreeMap<String, Policy> =
        whole.policies.iter().map(|(name, policy)| (name.clone(), policy.body.policy.as_rules())).collect();
    let mut circles: Vec<Vec<String>> = Vec::new();
    for (name, policy) in &whole.policies {
        let Err(problem) = Ladder::of(name, &policies) else { continue };
        match &problem {
            // Said already, with the place of the step.
            Problem::Unknown(..) => {}
            Problem::Circle(way) => {
                let mut members = way[1..].to_vec();
                members.sort();
                if !circles.contains(&members) {
                    circles.push(members);
                    let remedy = "let one of them end with a step that calls somebody";
                    let at = whole.policies.get(&way[0]).map_or(&policy.at, |first| &first.at);
                    report.error(Rule::EscalationCircle, at, problem.to_string(), remedy);
                }
            }
            // Said where it stands, not again of whoever hands over to it.
            Problem::CallsNobody(of) | Problem::Wait(of, _) | Problem::NotAlone(of) if of != name => {}
            Problem::TooMany(..) => report.error(Rule::Limit, &policy.at, problem.to_string(), "make it shorter"),
            Problem::CallsNobody(_) | Problem::Wait(..) | Problem::NotAlone(_) => {
                report.error(Rule::BadValue, &policy.at, problem.to_string(), "mend the step");
            }
        }
    }
}
