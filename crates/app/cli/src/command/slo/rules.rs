//! `seaworthy slo rules`: everything or nothing, because a rule file with a part missing alerts nobody of that part.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use seaworthy_contract::catalogue::Period;
use seaworthy_objectives::{Declared, Diagnostic, Group, Loaded, Object, Severity, days, groups, yaml};
use serde::Serialize;

use crate::{Exit, Failure};

use super::{Files, load, tell};

/// Which files, and where to.
#[derive(Debug, Clone, clap::Args)]
pub struct RulesArgs {
    /// Which files.
    #[command(flatten)]
    pub files: Files,
    /// The file to write, as a whole or not at all; standard output where there is none
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
}

/// The result for programs.
#[derive(Serialize)]
struct Written<'a> {
    objectives: &'a [Declared],
    groups: Vec<&'a Group>,
    diagnostics: &'a [Diagnostic],
}

/// Groups that belong into one document.
struct Part<'a> {
    object: Option<&'a Object>,
    groups: Vec<Group>,
}

/// Writes the rules.
pub(super) fn run(args: &RulesArgs, json: bool, out: &mut impl Write, err: &mut impl Write) -> Result<Exit, Failure> {
    let Loaded { declared, mut diagnostics } = load(&args.files)?;
    let parts = parts(&declared, &mut diagnostics);
    let exit = if json { exit_of(&diagnostics) } else { tell(&diagnostics, err) };
    if json {
        let groups = parts.iter().flat_map(|part| &part.groups).collect();
        let result = Written { objectives: &declared, groups, diagnostics: &diagnostics };
        let text = serde_json::to_string_pretty(&result).expect("it has string keys only") + "\n";
        put(args.out.as_deref().filter(|_| exit == Exit::Ok), &text, out)?;
    } else if exit == Exit::Ok {
        put(args.out.as_deref(), &text(&parts)?, out)?;
    }
    Ok(exit)
}

fn exit_of(diagnostics: &[Diagnostic]) -> Exit {
    if diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Error) { Exit::No } else { Exit::Ok }
}

/// Makes the rules of all objectives; what a Prometheus cannot do is added to the diagnostics.
fn parts<'a>(declared: &'a [Declared], diagnostics: &mut Vec<Diagnostic>) -> Vec<Part<'a>> {
    let mut parts: Vec<Part<'a>> = Vec::new();
    for one in declared {
        let made = match groups(one) {
            Ok(made) => made,
            Err(why) => {
                let message = format!("could not write rules for \"{}\": {why}", one.objective.name);
                let remedy = "leave it out here; \"seaworthy slo explain\" takes it";
                diagnostics.push(found(one, Severity::Error, "not-supported", message, remedy));
                continue;
            }
        };
        if let Period::Calendar { .. } = one.objective.period {
            let days = days(&one.objective.period);
            let message =
                format!("\"{}\": a Prometheus has no calendar, rules look {days} days back", one.objective.name);
            diagnostics.push(found(one, Severity::Warning, "approximated", message, "nothing to do"));
        }
        let object = one.object.as_ref();
        match parts.iter_mut().find(|part| part.object == object) {
            Some(part) => part.groups.extend(made),
            None => parts.push(Part { object, groups: made }),
        }
    }
    parts
}

fn found(one: &Declared, severity: Severity, rule: &'static str, message: String, remedy: &str) -> Diagnostic {
    let (file, line) = (one.file.clone(), one.line);
    Diagnostic { severity, rule, file, line, column: 1, message, remedy: remedy.to_owned() }
}

/// Writes documents one after the other; a rule file and objects of Kubernetes have no file in common.
fn text(parts: &[Part<'_>]) -> Result<String, Failure> {
    if parts.len() > 1 && parts.iter().any(|part| part.object.is_none()) {
        let message = "could not write one file: some objectives are objects of Kubernetes and some are not";
        return Err(Failure::usage(message, "give the two kinds of files in two runs"));
    }
    let head = "# Written by \"seaworthy slo rules\": change the objectives, not this file.\n";
    let documents = parts.iter().map(|part| yaml(&part.groups, part.object));
    Ok(head.to_owned() + &documents.collect::<Vec<_>>().join("---\n"))
}

/// Writes to a file as a whole, or to standard output.
fn put(file: Option<&Path>, text: &str, out: &mut impl Write) -> Result<(), Failure> {
    let Some(file) = file else {
        out.write_all(text.as_bytes())?;
        return Ok(out.flush()?);
    };
    let mut beside = file.as_os_str().to_owned();
    beside.push(".new");
    // A Prometheus that reloads in this moment sees the old file or the new one, never a half.
    fs::write(&beside, text).and_then(|()| fs::rename(&beside, file)).map_err(|error| {
        let message = format!("could not write \"{}\": {error}", file.display());
        Failure::usage(message, "give a file in a directory that you may write to")
    })
}
