//! `seaworthy except` and `seaworthy attest`: what the team says of a row, with a name and an end. Neither makes it hold.

use std::time::Duration;

use jiff::Timestamp;
use seaworthy_contract::api::{AttestationRequest, ExceptionRequest, Finding, Readiness};
use seaworthy_contract::events::row::RowSaysV1;
use seaworthy_model::{PersonId, ServiceId};

use crate::context::Context;
use crate::words::long_duration;
use crate::{Exit, Failure};

/// Says that a row does not apply to a service: why, by whom and until when, a year at most.
#[derive(Debug, Clone, clap::Args)]
#[command(
    after_help = "Examples:\n  seaworthy except checkout ADP-02 --because \"no dependency is soft yet\" --by ines --for 90d\n  \
                  seaworthy except checkout ADP-02 --end"
)]
pub struct ExceptArgs {
    /// The service
    pub service: ServiceId,
    /// The row, as `seaworthy ready SERVICE` names it
    pub row: String,
    /// Why, in words that a reader can disagree with
    #[arg(long, value_name = "TEXT", required_unless_present = "end")]
    pub because: Option<String>,
    /// By whom and until when.
    #[command(flatten)]
    pub said: Said,
}

/// Says how a row of a service stands, beside what was seen: it makes nothing hold.
#[derive(Debug, Clone, clap::Args)]
#[command(
    after_help = "Examples:\n  seaworthy attest checkout SLO-12 --holds --words \"the rules found every one\" --by ines --for 60d\n  \
                  seaworthy attest checkout SLO-12 --end"
)]
pub struct AttestArgs {
    /// The service
    pub service: ServiceId,
    /// The row, as `seaworthy ready SERVICE` names it
    pub row: String,
    /// It holds
    #[arg(long, conflicts_with = "does_not_hold", required_unless_present_any = ["end", "does_not_hold"])]
    pub holds: bool,
    /// It does not
    #[arg(long)]
    pub does_not_hold: bool,
    /// How they know
    #[arg(long, value_name = "TEXT", required_unless_present = "end")]
    pub words: Option<String>,
    /// By whom and until when.
    #[command(flatten)]
    pub said: Said,
}

/// By whom and until when.
#[derive(Debug, Clone, clap::Args)]
pub struct Said {
    /// Who of the owning team says so, by handle
    #[arg(long, value_name = "PERSON", required_unless_present = "end")]
    pub by: Option<PersonId>,
    /// For how long: `30d`, `90d`
    #[arg(long = "for", value_name = "TIME", value_parser = long_duration, required_unless_present = "end")]
    pub length: Option<Duration>,
    /// Take it back
    #[arg(long, conflicts_with_all = ["by", "length"])]
    pub end: bool,
}

pub(crate) async fn except(args: &ExceptArgs, cx: &mut Context<'_>) -> Result<Exit, Failure> {
    let path = format!("/v1/services/{}/readiness/{}/exception", args.service, args.row);
    let said = args.said.by.as_ref().zip(args.said.length).zip(args.because.as_ref());
    let readiness: Readiness = match said {
        Some(((by, length), because)) => {
            let request = ExceptionRequest { because: because.clone(), by: by.clone(), until: until(length) };
            cx.api.post_json(&path, &request).await?
        }
        None => cx.api.post_json(&format!("{path}/end"), &serde_json::json!({})).await?,
    };
    show(&readiness, &args.row, cx)
}

pub(crate) async fn attest(args: &AttestArgs, cx: &mut Context<'_>) -> Result<Exit, Failure> {
    let path = format!("/v1/services/{}/readiness/{}/attestation", args.service, args.row);
    let says = if args.holds { RowSaysV1::Holds } else { RowSaysV1::DoesNotHold };
    let said = args.said.by.as_ref().zip(args.said.length).zip(args.words.as_ref());
    let readiness: Readiness = match said {
        Some(((by, length), words)) => {
            let request = AttestationRequest { says, words: words.clone(), by: by.clone(), until: until(length) };
            cx.api.post_json(&path, &request).await?
        }
        None => cx.api.post_json(&format!("{path}/end"), &serde_json::json!({})).await?,
    };
    show(&readiness, &args.row, cx)
}

fn until(length: Duration) -> Timestamp {
    Timestamp::now().checked_add(length).unwrap_or(Timestamp::MAX)
}

/// Shows the one row as it stands now.
fn show(readiness: &Readiness, row: &str, cx: &mut Context<'_>) -> Result<Exit, Failure> {
    let found: Option<&Finding> = readiness.findings.iter().find(|finding| finding.row == row);
    if let Some(finding) = found {
        cx.answer(finding, |finding, _| {
            let said = super::words(finding).unwrap_or_else(|| format!("{row}: nobody says anything of it"));
            format!("{said}\nseen: {}, {}", super::word(finding.verdict), finding.sentence)
        })?;
    }
    Ok(Exit::Ok)
}
