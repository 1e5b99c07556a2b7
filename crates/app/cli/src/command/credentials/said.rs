//! What a scan says: the shape of `--json`, and what people read in words.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use seaworthy_credential_files::{Finding, Report};
use seaworthy_credentials::{Class, Guess, Standing};
use serde::Serialize;

/// The result of a scan.
#[derive(Debug, Serialize)]
pub(super) struct Said {
    pub(super) files: usize,
    pub(super) bytes: u64,
    /// Findings that fail the gate.
    pub(super) counted: usize,
    /// Findings by class of holder, of those that count.
    pub(super) holders: BTreeMap<&'static str, usize>,
    pub(super) findings: Vec<SaidFinding>,
    /// Passwords that everybody knows, such as `postgres`.
    pub(super) well_known_defaults: usize,
    pub(super) skipped: SaidSkipped,
    /// Why not everything was read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) cut: Option<&'static str>,
}

/// One credential.
#[derive(Debug, Serialize)]
pub(super) struct SaidFinding {
    pub(super) file: String,
    pub(super) line: usize,
    pub(super) kind: &'static str,
    pub(super) fingerprint: String,
    /// With what the fingerprint can be compared: `everywhere`, `this-key`, `this-run`.
    pub(super) comparable: &'static str,
    pub(super) holder: SaidHolder,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) expires: Option<Timestamp>,
    /// In how many places of this scan the same secret stands.
    pub(super) places: usize,
    /// Whether it fails the gate, and if not, why.
    pub(super) counts: Counts,
}

/// Whether a finding fails the gate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Counts {
    /// It does.
    Yes,
    /// It stands in tests or examples.
    Example,
    /// Somebody accepted it, until a day that has not come.
    Accepted,
}

/// Who holds it.
#[derive(Debug, Serialize)]
pub(super) struct SaidHolder {
    pub(super) class: &'static str,
    pub(super) sure: &'static str,
    pub(super) why: &'static str,
}

/// What was not read.
#[derive(Debug, Serialize)]
pub(super) struct SaidSkipped {
    pub(super) binary: usize,
    pub(super) large: usize,
    pub(super) links: usize,
    pub(super) directories: usize,
    pub(super) unreadable: usize,
}

/// Fingerprints that somebody accepted, and until when.
#[derive(Debug, Default)]
pub(super) struct Accepted(BTreeMap<String, Date>);

impl Accepted {
    /// Reads `FINGERPRINT UNTIL-DATE REASON`, one a line; `#` begins a comment.
    ///
    /// # Errors
    /// With the number of the first line that is none. Its text is not repeated: a secret may have been pasted there.
    pub(super) fn read(text: &str) -> Result<Self, String> {
        let mut accepted = BTreeMap::new();
        let lines = text.lines().enumerate().map(|(at, line)| (at + 1, line.trim()));
        for (number, line) in lines.filter(|(_, line)| !line.is_empty() && !line.starts_with('#')) {
            let mut words = line.splitn(3, char::is_whitespace);
            let entry = (words.next(), words.next().and_then(|day| day.parse().ok()), words.next());
            let (Some(fingerprint), Some(until), Some(_)) = entry else {
                return Err(format!("line {number} is not `FINGERPRINT UNTIL-DATE REASON`"));
            };
            accepted.insert(fingerprint.to_owned(), until);
        }
        Ok(Self(accepted))
    }

    fn holds(&self, fingerprint: &str, now: Timestamp) -> bool {
        let today = now.to_zoned(TimeZone::UTC).date();
        self.0.get(fingerprint).is_some_and(|until| today <= *until)
    }
}

/// Puts a report into words.
pub(super) fn said(report: &Report, is_key_kept: bool, accepted: &Accepted, now: Timestamp) -> Said {
    let mut places: BTreeMap<&str, usize> = BTreeMap::new();
    for finding in &report.findings {
        *places.entry(finding.fingerprint.as_str()).or_default() += 1;
    }
    let findings: Vec<SaidFinding> = report
        .findings
        .iter()
        .map(|finding| SaidFinding {
            file: finding.file.clone(),
            line: finding.line,
            kind: finding.kind.name,
            fingerprint: finding.fingerprint.to_string(),
            comparable: comparable(finding, is_key_kept),
            holder: SaidHolder {
                class: finding.holder.class.word(),
                sure: finding.holder.sure.word(),
                why: finding.holder.why,
            },
            expires: finding.expires,
            places: places.get(finding.fingerprint.as_str()).copied().unwrap_or(1),
            counts: counts(finding, accepted, now),
        })
        .collect();
    let counting = || findings.iter().filter(|finding| finding.counts == Counts::Yes);
    let of = |class: Class| counting().filter(|finding| finding.holder.class == class.word()).count();
    let skipped = report.skipped;
    Said {
        files: report.files,
        bytes: report.bytes,
        counted: counting().count(),
        holders: Class::ALL.into_iter().map(|class| (class.word(), of(class))).collect(),
        well_known_defaults: report.defaults,
        skipped: SaidSkipped {
            binary: skipped.binary,
            large: skipped.large,
            links: skipped.links,
            directories: skipped.directories,
            unreadable: skipped.unreadable,
        },
        cut: report.cut.map(|cut| cut.words()),
        findings,
    }
}

fn comparable(finding: &Finding, is_key_kept: bool) -> &'static str {
    match finding.kind.guess {
        Guess::Hopeless => "everywhere",
        Guess::Possible if is_key_kept => "this-key",
        Guess::Possible => "this-run",
    }
}

fn counts(finding: &Finding, accepted: &Accepted, now: Timestamp) -> Counts {
    if accepted.holds(finding.fingerprint.as_str(), now) {
        Counts::Accepted
    } else if finding.counts() {
        Counts::Yes
    } else {
        debug_assert_eq!(finding.standing, Standing::Example, "only examples do not count");
        Counts::Example
    }
}
