//! Readiness of a service: facts gathered from state, then the checks.

use seaworthy_contract::api::{Evidence, Finding, Readiness, Verdict};
use seaworthy_contract::catalogue::Service;
use seaworthy_model::ServiceId;
use seaworthy_readiness::{Declared, OnCall, ServiceSnapshot, Verdict as Found, evaluate};

use super::{Look, on_call, rota};
use crate::evidence::{controls, drills, has_edges, paging_rules, reverts};

/// Returns every row of a service: unknown first, then what does not hold, then what holds.
pub fn readiness(look: &Look<'_>, name: &ServiceId) -> Option<Readiness> {
    let entity = look.state.catalogue.service(name)?;
    let mut findings: Vec<Finding> = evaluate(&snapshot(look, entity)?, look.now).into_iter().map(view).collect();
    findings.sort_by_key(|finding| finding.verdict);
    Some(Readiness { service: name.clone(), findings })
}

fn snapshot(look: &Look<'_>, entity: &Service) -> Option<ServiceSnapshot> {
    let declared = look.state.catalogue.get("service", entity.name.as_str())?;
    let rotation = |name: &str| look.state.catalogue.get("rotation", name);
    let on_call = on_call(look.state, entity, look.now).map(|now| OnCall {
        person: look.display_name(&now.person).unwrap_or_else(|| now.person.to_string()),
        position: rotation(now.rotation.as_str()).map_or(0, |declared| declared.position),
        rotation: now.rotation.to_string(),
        until: now.until,
        has_confirmed_contact: look.watch.confirmed.any(&now.person),
    });
    Some(ServiceSnapshot {
        tier: entity.tier,
        shipped_here: entity.run.is_some() || look.state.serving.contains_key(&entity.name),
        owner: Declared {
            value: entity.owner.to_string(),
            source: declared.source.clone(),
            position: declared.position,
            at: declared.at,
        },
        owner_members: look.state.catalogue.team(&entity.owner).map_or(0, |team| team.members.len()),
        on_call,
        rota: rota::readiness_facts(look, entity),
        reverts: reverts(look.state, &entity.name),
        drills: drills(look.state, &entity.name),
        paging_rules: paging_rules(look.state, &entity.name),
        controls: controls(look.state, &entity.name),
        has_edges: has_edges(look.state, &entity.name),
    })
}

fn view(finding: seaworthy_readiness::Finding) -> Finding {
    let evidence = |evidence: seaworthy_readiness::Evidence, expires_at| Evidence {
        position: evidence.position,
        at: evidence.at,
        seen_by: evidence.seen_by,
        expires_at,
    };
    let (verdict, sentence, proof) = match finding.verdict {
        Found::Holds { seen, evidence: proof, expires_at } => (Verdict::Holds, seen, Some(evidence(proof, expires_at))),
        Found::DoesNotHold { seen, evidence: proof } => (
            Verdict::DoesNotHold,
            seen,
            proof.map(|proof| {
                let at = proof.at;
                evidence(proof, at)
            }),
        ),
        Found::Unknown { missing } => (Verdict::Unknown, missing, None),
        Found::DoesNotApply { because } => (Verdict::DoesNotApply, because, None),
    };
    Finding {
        row: finding.row.to_owned(),
        title: finding.title.to_owned(),
        verdict,
        sentence,
        remedy: matches!(verdict, Verdict::Unknown | Verdict::DoesNotHold).then(|| finding.remedy.to_owned()),
        evidence: proof,
    }
}
