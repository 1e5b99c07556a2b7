//! Readiness of a service as outsiders see it: what was seen, what was said beside it, and what to do next.

use seaworthy_contract::api::{
    Evidence, Finding, NextExercise, Readiness, ReadinessStep, RowAttested, RowException, UnseenRow, Verdict,
};
use seaworthy_contract::events::row::RowSaysV1;
use seaworthy_model::ServiceId;
use seaworthy_readiness::{
    Attestation, Evaluator, Exception, Row, Says, UNSEEN, Unseen, Verdict as Found, Why, ladder, next,
};

use super::Look;
use crate::readiness::{Gathering, Kept};

/// Returns every row of a service: unknown first, then what does not hold, then what holds.
pub fn readiness(look: &Look<'_>, name: &ServiceId) -> Option<Readiness> {
    let facts = Gathering::new(look).facts(name)?;
    Some(shown(look, name, &Evaluator::new(facts, look.now)))
}

/// The same, of findings that are kept from look to look.
pub fn readiness_kept(look: &Look<'_>, kept: &mut Kept, name: &ServiceId) -> Option<Readiness> {
    let evaluator = kept.look(&Gathering::new(look), name)?;
    Some(shown(look, name, evaluator))
}

/// The same, of every service at once.
pub fn readiness_of_all(look: &Look<'_>, kept: &mut Kept) -> Vec<Readiness> {
    let gathering = Gathering::new(look);
    let names = look.state.catalogue.services().map(|(service, _)| &service.name);
    names.filter_map(|name| Some(shown(look, name, kept.look(&gathering, name)?))).collect()
}

fn shown(look: &Look<'_>, name: &ServiceId, evaluator: &Evaluator) -> Readiness {
    let findings = evaluator.findings();
    let next = next(&findings, evaluator.facts(), look.now).map(|next| NextExercise {
        id: next.exercise.id.to_owned(),
        title: next.exercise.title.replace("SERVICE", name.as_str()),
        how: next.exercise.how.replace("SERVICE", name.as_str()),
        minutes: next.exercise.minutes,
        people: next.exercise.people,
        answers: owned(&next.answers),
        renews: owned(&next.renews),
    });
    let rows: Vec<Row> = findings.into_iter().map(|finding| beside(look, name, finding)).collect();
    let ladder = ladder(&rows).into_iter().map(|rung| ReadinessStep {
        step: rung.step.as_str().to_owned(),
        asks: owned(&rung.asks),
        open: owned(&rung.open),
    });
    let ladder = ladder.collect();
    let mut findings: Vec<Finding> = rows.into_iter().map(view).collect();
    findings.sort_by_key(|finding| finding.verdict);
    let unseen = UNSEEN.iter().map(unseen).collect();
    Readiness { service: name.clone(), findings, ladder, next, unseen }
}

fn owned(rows: &[&str]) -> Vec<String> {
    rows.iter().map(|row| (*row).to_owned()).collect()
}

/// Puts what people said of a row beside what was seen.
fn beside(look: &Look<'_>, service: &ServiceId, finding: seaworthy_readiness::Finding) -> Row {
    let words = look.state.rows.of(service, finding.row);
    let called = |by: &seaworthy_model::PersonId| look.display_name(by).unwrap_or_else(|| by.to_string());
    let exception = words.and_then(|words| words.excepted.as_ref()).map(|said| Exception {
        because: said.event.because.clone(),
        by: called(&said.event.by),
        until: said.event.until,
        position: said.position,
    });
    let attested = words.and_then(|words| words.attested.as_ref()).map(|said| Attestation {
        says: match said.event.says {
            RowSaysV1::Holds => Says::Holds,
            RowSaysV1::DoesNotHold => Says::DoesNotHold,
        },
        words: said.event.words.clone(),
        by: called(&said.event.by),
        at: said.at,
        until: said.event.until,
        position: said.position,
    });
    Row::new(finding, exception, attested, look.now)
}

fn unseen(unseen: &Unseen) -> UnseenRow {
    let (of_product, because) = match unseen.why {
        Why::NotYetObservable(because) => (false, because),
        Why::RuleOfTheProduct(because) => (true, because),
    };
    UnseenRow { row: unseen.row.to_owned(), title: unseen.title.to_owned(), of_product, because: because.to_owned() }
}

fn view(row: Row) -> Finding {
    let differs = row.differs();
    let finding = row.finding;
    let evidence = |evidence: seaworthy_readiness::Evidence, expires_at| Evidence {
        position: evidence.position,
        at: evidence.at,
        seen_by: evidence.seen_by,
        expires_at,
    };
    let (seen, sentence, proof) = match finding.verdict {
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
    let verdict = if row.exception.is_some() { Verdict::DoesNotApply } else { seen };
    Finding {
        row: finding.row.to_owned(),
        title: finding.title.to_owned(),
        section: finding.section.title().to_owned(),
        required_at: finding.required_at.map(|step| step.as_str().to_owned()),
        verdict,
        sentence,
        remedy: matches!(verdict, Verdict::Unknown | Verdict::DoesNotHold).then(|| finding.remedy.to_owned()),
        evidence: proof,
        exception: row.exception.map(|said| RowException {
            because: said.because,
            by: said.by,
            until: said.until,
            position: said.position,
        }),
        attested: row.attested.map(|said| RowAttested {
            says: match said.says {
                Says::Holds => RowSaysV1::Holds,
                Says::DoesNotHold => RowSaysV1::DoesNotHold,
            },
            words: said.words,
            by: said.by,
            at: said.at,
            until: said.until,
            position: said.position,
        }),
        differs,
    }
}
