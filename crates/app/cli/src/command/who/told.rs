//! What `seaworthy who --source` answers: as JSON with a fixed shape (docs/who.md), and in words.

use std::path::Path;

use jiff::Timestamp;
use seaworthy_claims::Loaded;
use seaworthy_lookup::{Answer, Candidate, Finding};
use serde::Serialize;

use super::source::findings_about;
use crate::table::harmless;
use crate::view::View;
use crate::words::{age, count};

/// Other candidates that are named to people.
const OTHERS_NAMED: usize = 5;
/// Findings that are shown to people.
const FINDINGS_SHOWN: usize = 5;

/// The answer.
#[derive(Debug, Serialize)]
pub(super) struct Told {
    /// What was asked.
    query: String,
    /// The directory.
    source: String,
    asked_at: Timestamp,
    /// What may be meant, best first.
    pub(super) candidates: Vec<CandidateTold>,
    /// What in the files cannot be trusted.
    findings: Vec<FindingTold>,
    files_read: usize,
    things_known: usize,
    /// Of the best candidate, for people.
    #[serde(skip)]
    concerned: Vec<usize>,
}

#[derive(Debug, Serialize)]
pub(super) struct CandidateTold {
    /// The service, or what it is.
    service: String,
    kind: &'static str,
    /// None when no source names an owner.
    pub(super) team: Option<String>,
    /// Whether the owner is one person.
    owner_is_person: bool,
    on_call: Option<OnCallTold>,
    /// `certain`, `likely`, `possible`.
    confidence: &'static str,
    because: String,
    /// Where what matched stands.
    matched_at: String,
    /// Where it is declared.
    declared_at: Vec<String>,
    /// Each source's word on the owner.
    sources: Vec<SourceTold>,
    agreement: Agreement,
    depends_on: Vec<String>,
    used_by: Vec<String>,
}

/// Who is on call.
#[derive(Debug, Serialize)]
pub(super) struct OnCallTold {
    pub(super) person: String,
    pub(super) rotation: String,
    pub(super) until: Timestamp,
    pub(super) next: Option<String>,
}

#[derive(Debug, Serialize)]
struct SourceTold {
    format: &'static str,
    owner: String,
    at: String,
    agrees: bool,
}

#[derive(Debug, Serialize)]
struct Agreement {
    /// Sources that name the owner given.
    agree: usize,
    /// Sources that name any.
    of: usize,
    disputed: bool,
}

#[derive(Debug, Serialize)]
struct FindingTold {
    at: String,
    rule: &'static str,
    seen: String,
    remedy: String,
}

/// Puts the answer together.
pub(super) fn told(
    directory: &Path,
    query: &str,
    loaded: &Loaded,
    answer: &Answer,
    now: Timestamp,
    on_call: impl Fn(&Candidate) -> Option<OnCallTold>,
) -> Told {
    let concerned = answer.candidates.first().map(|best| findings_about(&loaded.findings, best)).unwrap_or_default();
    let index = |finding: &&Finding| loaded.findings.iter().position(|one| one == *finding);
    Told {
        query: query.to_owned(),
        source: directory.display().to_string(),
        asked_at: now,
        candidates: answer.candidates.iter().map(|candidate| candidate_told(candidate, on_call(candidate))).collect(),
        concerned: concerned.iter().filter_map(index).collect(),
        findings: loaded.findings.iter().map(finding_told).collect(),
        files_read: loaded.files,
        things_known: loaded.known.things.len(),
    }
}

fn candidate_told(candidate: &Candidate, on_call: Option<OnCallTold>) -> CandidateTold {
    let source = |says: &seaworthy_lookup::Says| SourceTold {
        format: says.format.name(),
        owner: shown(&says.owner),
        at: says.place.to_string(),
        agrees: says.agrees,
    };
    CandidateTold {
        service: candidate.name.clone(),
        kind: candidate.kind.name(),
        team: candidate.team.as_deref().map(shown),
        owner_is_person: candidate.is_person,
        on_call,
        confidence: candidate.sure.name(),
        because: candidate.because.clone(),
        matched_at: candidate.matched.to_string(),
        declared_at: candidate.declared.iter().map(ToString::to_string).collect(),
        sources: candidate.says.iter().map(source).collect(),
        agreement: Agreement { agree: candidate.agreed(), of: candidate.says.len(), disputed: candidate.is_disputed() },
        depends_on: candidate.depends_on.clone(),
        used_by: candidate.used_by.clone(),
    }
}

/// An address is shown to nobody who did not write the file.
fn shown(owner: &str) -> String {
    let is_address = owner.split_once('@').is_some_and(|(local, host)| !local.is_empty() && host.contains('.'));
    if is_address { "(an e-mail address)".to_owned() } else { owner.to_owned() }
}

fn finding_told(finding: &Finding) -> FindingTold {
    FindingTold {
        at: finding.place.to_string(),
        rule: finding.rule.id(),
        seen: finding.seen.clone(),
        remedy: finding.remedy.clone(),
    }
}

impl Told {
    /// Tells it to a person; the first line is the answer.
    pub(super) fn text(&self, view: &View) -> String {
        let Some((best, others)) = self.candidates.split_first() else {
            let files = count(self.files_read as u64, "file");
            return format!("nobody: {files} of \"{}\" say nothing of \"{}\"", self.source, harmless(&self.query));
        };
        let mut lines = vec![best.headline(view)];
        lines.push(format!("{}: {} ({})", best.confidence, harmless(&best.because), harmless(&best.matched_at)));
        lines.extend(best.sources_told(view));
        lines.extend(edges("needs", &best.depends_on));
        lines.extend(edges("is needed by", &best.used_by));
        lines.extend(others.iter().take(OTHERS_NAMED).map(CandidateTold::beside));
        if others.len() > OTHERS_NAMED {
            lines.push(format!("or {} more; `--json` shows them", others.len() - OTHERS_NAMED));
        }
        lines.extend(self.problems());
        lines.join("\n")
    }

    fn problems(&self) -> Vec<String> {
        let concerned = self.concerned.iter().map(|&index| &self.findings[index]);
        let mut lines: Vec<String> = concerned
            .take(FINDINGS_SHOWN)
            .map(|f| format!("finding: {} {} [{}]", harmless(&f.at), harmless(&f.seen), f.rule))
            .collect();
        let rest = self.findings.len() - lines.len();
        if rest > 0 {
            lines.push(format!("{} more in these files; `--json` shows them", count(rest as u64, "finding")));
        }
        lines
    }
}

impl CandidateTold {
    fn headline(&self, view: &View) -> String {
        let name = harmless(&self.service);
        let Some(team) = &self.team else {
            return format!("{name} ({}) belongs to nobody: {}", self.kind, view.alarm("no source names an owner"));
        };
        let of = if self.owner_is_person { "the person" } else { "team" };
        let on_call = match &self.on_call {
            Some(now) => {
                let left = age(now.until.duration_since(view.now).as_secs().max(0));
                let next = now.next.as_ref().map(|next| format!(", then {next}")).unwrap_or_default();
                format!("on call is {} for {left} more{next}", now.person)
            }
            None => "who is on call is not in these files".to_owned(),
        };
        format!("{name} ({}) belongs to {of} {}; {on_call}", self.kind, harmless(team))
    }

    fn sources_told(&self, view: &View) -> Vec<String> {
        let Agreement { agree, of, disputed } = self.agreement;
        if of == 0 {
            return vec![];
        }
        let told = |source: &SourceTold| {
            format!("{} \"{}\" ({})", source.format, harmless(&source.owner), harmless(&source.at))
        };
        let agreeing: Vec<String> = self.sources.iter().filter(|source| source.agrees).map(told).collect();
        let mut lines = vec![format!("{agree} of {} say so: {}", count(of as u64, "source"), agreeing.join(", "))];
        if disputed {
            let others: Vec<String> = self.sources.iter().filter(|source| !source.agrees).map(told).collect();
            lines.push(format!("{} {}", view.alarm("disagreement:"), others.join(", ")));
        }
        lines
    }

    fn beside(&self) -> String {
        let team = self.team.as_deref().map_or("nobody".to_owned(), harmless);
        format!(
            "or {} ({}) of {team}, {}: {}",
            harmless(&self.service),
            self.kind,
            self.confidence,
            harmless(&self.because)
        )
    }
}

fn edges(verb: &str, names: &[String]) -> Option<String> {
    (!names.is_empty())
        .then(|| format!("{verb} {}", names.iter().map(|name| harmless(name)).collect::<Vec<_>>().join(", ")))
}
