//! ADP-01: avoidable dependencies are eliminated. Seen by gateways: it calls nothing that its files do not declare, and each
//! declared edge says why it is there.

use crate::clock::look_counts_for;
use crate::words::{counted, named};
use crate::{Check, Clock, Evidence, Exposure, Kind, Section, ServiceSnapshot, Verdict};

/// The check.
pub(super) const CHECK: Check = Check {
    row: "ADP-01",
    title: "It calls nothing that its files do not declare, and each edge says why",
    remedy: "declare each dependency with its reason in the service's files; drop those that nobody can give a reason for",
    section: Section::Dependencies,
    needed_at: Exposure::TenPercent,
    reads: &[Kind::Profile, Kind::Owner, Kind::Edges, Kind::Calls],
    evaluate,
};

fn evaluate(facts: &ServiceSnapshot, _: &Clock) -> Verdict {
    let evidence =
        |at| Evidence { position: facts.owner.position, at, seen_by: "gateways, beside its files".to_owned() };
    let reasonless: Vec<&str> =
        facts.edges.iter().filter(|edge| !edge.has_reason).map(|edge| edge.to.as_str()).collect();
    let Some(calls) = &facts.calls else {
        return Verdict::Unknown {
            missing: "no call of it went through a gateway, so what it calls is not seen".to_owned(),
        };
    };
    let declares = |to: &&String| facts.edges.iter().any(|edge| edge.to == **to);
    let undeclared: Vec<&str> = calls.to.iter().filter(|to| !declares(to)).map(String::as_str).collect();
    if !undeclared.is_empty() {
        let seen = format!("it calls {}, which its files do not say", named(undeclared));
        return Verdict::DoesNotHold { seen, evidence: Some(evidence(calls.looked_at)) };
    }
    if !reasonless.is_empty() {
        let seen = format!("its files do not say why it needs {}", named(reasonless));
        return Verdict::DoesNotHold { seen, evidence: Some(evidence(facts.owner.at)) };
    }
    Verdict::Holds {
        seen: format!("it called {}, each declared with a reason", counted(calls.to.len(), "service", "services")),
        evidence: evidence(calls.looked_at),
        expires_at: calls.looked_at + look_counts_for(facts.tier),
    }
}
