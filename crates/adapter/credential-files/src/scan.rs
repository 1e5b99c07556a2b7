//! One scan: every file read once, findings with their places and fingerprints, and what was left out.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use seaworthy_credentials::{Found, Founds, Holder, Kind, Standing, base64, certificates, find};
use seaworthy_tls::Validity;

use crate::fingerprint::{Fingerprint, Key};
use crate::read::{Content, read};
use crate::walk::{Cut, walk};

/// Most findings of one scan: whoever has more mends these first.
const FINDINGS_MAX: usize = 10_000;
/// Endings of the certificate that stands beside a key.
const CERTIFICATES: [&str; 4] = ["crt", "cert", "cer", "pem"];

/// A credential, without itself.
#[derive(Debug, Clone)]
pub struct Finding {
    /// The file, from the directory that was scanned.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// What it is.
    pub kind: &'static Kind,
    /// What stands for it.
    pub fingerprint: Fingerprint,
    /// Who holds it.
    pub holder: Holder,
    /// When it ends, where it or its certificate says so.
    pub expires: Option<Timestamp>,
    /// Whether its file may be in use.
    pub standing: Standing,
}

impl Finding {
    /// Tells whether it counts: what tests and examples make up does not.
    pub fn counts(&self) -> bool {
        self.kind.counts(self.standing)
    }
}

/// What was not read, and why.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Skipped {
    /// Binary files.
    pub binary: usize,
    /// Files over 4 MiB.
    pub large: usize,
    /// Symbolic links.
    pub links: usize,
    /// Directories that others wrote or a build made, such as `node_modules`.
    pub directories: usize,
    /// Files and directories that could not be read.
    pub unreadable: usize,
}

/// What a scan found.
#[derive(Debug, Clone, Default)]
pub struct Report {
    /// Files that were read.
    pub files: usize,
    /// Their bytes.
    pub bytes: u64,
    /// The credentials, by file and line.
    pub findings: Vec<Finding>,
    /// Passwords that everybody knows, such as `postgres`.
    pub defaults: usize,
    /// What was not read.
    pub skipped: Skipped,
    /// Why it ended early, where it did.
    pub cut: Option<Cut>,
}

/// How far a scan is.
#[derive(Debug, Clone, Copy)]
pub struct Progress {
    /// Files that were read.
    pub read: usize,
    /// Files to read.
    pub of: usize,
}

/// There was nothing to scan.
#[derive(Debug, thiserror::Error)]
#[error("could not read \"{path}\"")]
pub struct ScanError {
    path: PathBuf,
    #[source]
    source: io::Error,
}

/// Scans a directory or a file; what is found after `time` is over is left out, and [`Report::cut`] says so.
///
/// # Errors
/// When what was named is not there or cannot be read; a file inside that cannot be read is counted.
pub fn scan(root: &Path, key: &Key, time: Duration, progress: &mut dyn FnMut(Progress)) -> Result<Report, ScanError> {
    let deadline = Instant::now() + time;
    let mut report = Report::default();
    let walked =
        walk(root, deadline, &mut report.skipped).map_err(|source| ScanError { path: root.to_owned(), source })?;
    report.cut = walked.cut;
    for (read, path) in walked.files.iter().enumerate() {
        progress(Progress { read, of: walked.files.len() });
        if Instant::now() > deadline {
            report.cut = Some(Cut::Time);
            break;
        }
        file(root, path, key, &mut report);
        if report.findings.len() > FINDINGS_MAX {
            report.findings.truncate(FINDINGS_MAX);
            report.cut = Some(Cut::Findings);
            break;
        }
    }
    Ok(report)
}

fn file(root: &Path, path: &Path, key: &Key, report: &mut Report) {
    let text = match read(path) {
        Ok(Content::Text(text)) => text,
        Ok(Content::Binary) => return report.skipped.binary += 1,
        Ok(Content::Large) => return report.skipped.large += 1,
        Err(_) => return report.skipped.unreadable += 1,
    };
    let name = relative(root, path);
    // A text that the matcher stumbles over is one file that was not read, never a scan that ends.
    let Ok(founds) = catch_unwind(AssertUnwindSafe(|| find(&name, &text))) else {
        return report.skipped.unreadable += 1;
    };
    report.files += 1;
    report.bytes += text.len() as u64;
    report.defaults += founds.defaults;
    if founds.more > 0 {
        report.cut = Some(Cut::Findings);
    }
    report.findings.extend(findings(path, name, &text, founds, key));
}

fn findings(path: &Path, name: String, text: &str, founds: Founds, key: &Key) -> Vec<Finding> {
    let standing = Standing::of(&name);
    let has_key = founds.found.iter().any(is_private_key);
    let certified = if has_key { ends(text).or_else(|| ends_beside(path)) } else { None };
    let finding = |found: Found| Finding {
        file: name.clone(),
        line: found.line,
        kind: found.kind,
        fingerprint: Fingerprint::of(&found.secret, found.kind.guess, key),
        holder: found.holder,
        expires: if is_private_key(&found) { certified } else { found.expires },
        standing,
    };
    founds.found.into_iter().map(finding).collect()
}

fn is_private_key(found: &Found) -> bool {
    found.kind.name.starts_with("private-key")
}

/// When the first of a text's certificates ends; those in base64, as kubeconfigs and Secrets hold them, are read as well.
fn ends(text: &str) -> Option<Timestamp> {
    let in_base64 = text.split([' ', '"', '\n', ':']).filter(|word| word.starts_with("LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS"));
    let inside = in_base64.filter_map(base64).filter_map(|bytes| String::from_utf8(bytes).ok());
    let all = certificates(text).into_iter().chain(inside.flat_map(|text| certificates(&text)));
    all.filter_map(|der| Validity::of(&der)).map(|validity| validity.not_after).min()
}

/// When the certificate that stands beside a key, under the same name, ends.
fn ends_beside(path: &Path) -> Option<Timestamp> {
    let beside = CERTIFICATES.iter().map(|ending| path.with_extension(ending)).filter(|beside| beside != path);
    beside.filter(|beside| !beside.is_symlink()).find_map(|beside| match read(&beside).ok()? {
        Content::Text(text) => ends(&text),
        Content::Binary | Content::Large => None,
    })
}

fn relative(root: &Path, path: &Path) -> String {
    let relative = path.strip_prefix(root).ok().filter(|relative| !relative.as_os_str().is_empty());
    let relative = relative.or_else(|| path.file_name().map(Path::new)).unwrap_or(path);
    relative.components().map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/")
}
