//! `seaworthy runbook`: the section for an alert; and sending a service's runbook from its repository.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use seaworthy_contract::api::{
    RUNBOOK_FILES_MAX, RunbookBlock, RunbookBlockKind, RunbookKept, RunbookRequest, RunbookSection,
};
use seaworthy_model::ServiceId;

use crate::context::Context;
use crate::table::harmless;
use crate::{Exit, Failure};

/// Shows the section of a service's runbook for an alert.
///
/// Headings are compared with the alert's name however it is written: `HighErrorRate` finds "High error rate". It is kept
/// beside the ledger and shown on the page of the alert.
#[derive(Debug, Clone, clap::Args)]
#[command(
    args_conflicts_with_subcommands = true,
    subcommand_negates_reqs = true,
    after_help = "Examples:\n  seaworthy runbook checkout HighErrorRate\n  seaworthy runbook send checkout docs/runbooks"
)]
pub struct Args {
    /// What to do; without it, the section is shown
    #[command(subcommand)]
    pub action: Option<Action>,
    /// The service
    #[arg(required = true)]
    pub service: Option<ServiceId>,
    /// The alert's name, its rule's or its symptom's
    #[arg(required = true)]
    pub alert: Option<String>,
}

/// What to do with a runbook.
#[derive(Debug, Clone, clap::Subcommand)]
pub enum Action {
    /// Sends Markdown files, which replace what was sent before
    Send {
        /// The service
        service: ServiceId,
        /// Files, or directories of `.md` files; none takes the runbook away
        paths: Vec<PathBuf>,
    },
}

pub(crate) async fn run(args: &Args, cx: &mut Context<'_>) -> Result<Exit, Failure> {
    match (&args.action, &args.service, &args.alert) {
        (Some(Action::Send { service, paths }), ..) => send(cx, service, paths).await,
        (None, Some(service), Some(alert)) => {
            let path = format!("/v1/services/{service}/runbook?alert={}", escaped(alert));
            let section: RunbookSection = cx.api.get_json(&path).await?;
            cx.answer(&section, |section, _| text(section))?;
            Ok(Exit::Ok)
        }
        _ => Err(Failure::usage("which service and alert?", "`seaworthy runbook SERVICE ALERT`")),
    }
}

async fn send(cx: &mut Context<'_>, service: &ServiceId, paths: &[PathBuf]) -> Result<Exit, Failure> {
    let mut files = Vec::new();
    for path in paths {
        let found = markdown(path).map_err(|source| Failure::Read { path: path.clone(), source })?;
        for path in found {
            files.push(fs::read_to_string(&path).map_err(|source| Failure::Read { path, source })?);
        }
    }
    let kept: RunbookKept =
        cx.api.post_json(&format!("/v1/services/{service}/runbook"), &RunbookRequest { files }).await?;
    cx.answer(&kept, |kept, _| match kept.headings.as_slice() {
        [] => format!("{} has no runbook", kept.service),
        headings => {
            let lines = headings.iter().map(|heading| format!("  {}", harmless(heading)));
            format!("{} has a runbook, with sections\n{}", kept.service, lines.collect::<Vec<_>>().join("\n"))
        }
    })?;
    Ok(Exit::Ok)
}

/// Writes a text as an address does (RFC 3986 §2.3).
fn escaped(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    text.bytes().map(|b| if plain(b) { char::from(b).to_string() } else { format!("%{b:02X}") }).collect()
}

/// Returns a file, or the Markdown files of a directory by name.
fn markdown(path: &Path) -> io::Result<Vec<PathBuf>> {
    if !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let mut found: Vec<PathBuf> = fs::read_dir(path)?.map(|entry| Ok(entry?.path())).collect::<io::Result<_>>()?;
    found.retain(|path| path.extension().is_some_and(|ext| ext == "md" || ext == "erb") && path.is_file());
    found.sort();
    // One more than fit, so that the server says what is too much.
    found.truncate(RUNBOOK_FILES_MAX + 1);
    Ok(found)
}

fn text(section: &RunbookSection) -> String {
    let head = [harmless(&section.heading), String::new()];
    let tail = [
        "".to_owned(),
        format!("sent {}; when it was last rehearsed is unknown", section.sent_at.strftime("%Y-%m-%d")),
    ];
    head.into_iter().chain(section.blocks.iter().map(block)).chain(tail).collect::<Vec<_>>().join("\n")
}

fn block(block: &RunbookBlock) -> String {
    let words: String = block
        .spans
        .iter()
        .map(|span| match &span.to {
            Some(to) => format!("{} <{}>", harmless(&span.text), harmless(to)),
            None if block.kind == RunbookBlockKind::Code => span.text.clone(),
            None => harmless(&span.text),
        })
        .collect();
    match block.kind {
        RunbookBlockKind::Paragraph => words,
        RunbookBlockKind::Step => format!("- {words}"),
        RunbookBlockKind::Heading => format!("\n{words}"),
        RunbookBlockKind::Code => {
            words.lines().map(|line| format!("    {}", harmless(line))).collect::<Vec<_>>().join("\n")
        }
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;
    use serde_json::json;

    use super::*;
    use crate::fake::ran;

    #[test]
    fn the_section_is_shown_and_files_are_sent() {
        let section = json!({
            "service": "checkout", "heading": "High error rate", "sent_at": "2026-03-02T11:57:00Z",
            "blocks": [
                { "kind": "paragraph", "spans": [{ "text": "Look \u{1b}[31mhere." }] },
                { "kind": "step", "spans": [{ "text": "Read " }, { "text": "the map", "to": "https://example.org/" }] },
                { "kind": "code", "spans": [{ "text": "a\nb\n" }] },
            ],
        });
        let args = |action| Args {
            action,
            service: Some("checkout".parse().expect("a name")),
            alert: Some("High error/rate".to_owned()),
        };
        let shown = ran(false, &[(200, &section.to_string())], async |cx| run(&args(None), cx).await);
        assert_eq!(shown.requests, ["GET /v1/services/checkout/runbook?alert=High%20error%2Frate"]);
        expect![[r#"
            High error rate

            Look ?[31mhere.
            - Read the map <https://example.org/>
                a
                b

            sent 2026-03-02; when it was last rehearsed is unknown
        "#]]
        .assert_eq(&shown.out);
        let kept = json!({ "service": "checkout", "headings": [], "sent_at": "2026-03-02T11:57:00Z" }).to_string();
        let none = Some(Action::Send { service: "checkout".parse().expect("a name"), paths: Vec::new() });
        let sent = ran(false, &[(200, &kept)], async |cx| run(&args(none), cx).await);
        assert_eq!(sent.requests, ["POST /v1/services/checkout/runbook {\"files\":[]}"]);
        let missing =
            Some(Action::Send { service: "checkout".parse().expect("a name"), paths: vec!["/nowhere.md".into()] });
        assert!(ran(false, &[], async |cx| run(&args(missing), cx).await).done.is_err());
    }
}
