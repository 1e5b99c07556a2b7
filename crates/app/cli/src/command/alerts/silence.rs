//! `seaworthy alerts silence`, `unsilence`, `silences`: nobody is told for a while, and why.

use std::time::Duration;

use jiff::Timestamp;
use seaworthy_contract::api::{Silence, SilenceRequest, UnsilenceRequest};
use seaworthy_model::ServiceId;

use super::escaped;
use crate::context::Context;
use crate::table::{Column, harmless, lay_out};
use crate::view::View;
use crate::words::age;
use crate::{Exit, Failure};

/// What to silence.
#[derive(Debug, Clone, clap::Args)]
#[command(group = clap::ArgGroup::new("end").required(true))]
pub struct Args {
    /// The service
    pub service: ServiceId,
    /// One rule of it, as `seaworthy rules` shows it; all of the service without it
    #[arg(long)]
    pub rule: Option<String>,
    /// For how long: `90s`, `30m`, `2h`, `3d`; at most 30 days
    #[arg(long = "for", value_name = "TIME", value_parser = crate::words::long_duration, group = "end")]
    pub length: Option<Duration>,
    /// Until when: `2026-11-21T06:00:00Z`
    #[arg(long, value_name = "TIME", group = "end")]
    pub until: Option<Timestamp>,
    /// Why, for whoever looks at night
    #[arg(long, value_name = "TEXT")]
    pub reason: String,
}

/// Which silence to take back.
#[derive(Debug, Clone, clap::Args)]
pub struct EndArgs {
    /// The service
    pub service: ServiceId,
    /// The silence of this rule; the one of the whole service without it
    #[arg(long)]
    pub rule: Option<String>,
}

pub(super) async fn run(args: &Args, cx: &mut Context<'_>) -> Result<Exit, Failure> {
    let request = SilenceRequest {
        service: args.service.clone(),
        rule: args.rule.clone(),
        until: args.until,
        for_s: args.length.map(|length| u32::try_from(length.as_secs()).unwrap_or(u32::MAX)),
        reason: args.reason.clone(),
    };
    let silence: Silence = cx.api.post_json("/v1/silences", &request).await?;
    cx.answer(&silence, |silence, view| {
        let what = silence.rule.as_deref().map_or_else(String::new, |rule| format!("{} of ", harmless(rule)));
        format!("{what}{} is silent for {}", silence.service, left(silence, view))
    })?;
    Ok(Exit::Ok)
}

pub(super) async fn end(args: &EndArgs, cx: &mut Context<'_>) -> Result<Exit, Failure> {
    let request = UnsilenceRequest { service: args.service.clone(), rule: args.rule.clone() };
    let left: Vec<Silence> = cx.api.post_json("/v1/silences/end", &request).await?;
    cx.answer(&left, |left, view| match left.as_slice() {
        [] => format!("nothing of {} is silent", args.service),
        some => table(some, view),
    })?;
    Ok(Exit::Ok)
}

pub(super) async fn list(service: Option<&ServiceId>, cx: &mut Context<'_>) -> Result<Exit, Failure> {
    let query = service.map_or_else(String::new, |service| format!("?service={}", escaped(service)));
    let silences: Vec<Silence> = cx.api.get_json(&format!("/v1/silences{query}")).await?;
    cx.answer(&silences, |silences, view| match silences.as_slice() {
        [] => "nothing is silent".to_owned(),
        some => table(some, view),
    })?;
    Ok(Exit::Ok)
}

fn table(silences: &[Silence], view: &View) -> String {
    let columns = [Column::Text, Column::Gives, Column::Text, Column::Gives];
    let header = ["SERVICE", "RULE", "ENDS IN", "REASON"].map(str::to_owned).to_vec();
    let row = |silence: &Silence| {
        let rule = silence.rule.as_deref().map_or_else(|| "all".to_owned(), harmless);
        vec![silence.service.to_string(), rule, left(silence, view), harmless(&silence.reason)]
    };
    let rows = silences.iter().map(row);
    lay_out(&columns, &std::iter::once(header).chain(rows).collect::<Vec<_>>(), view.width()).join("\n")
}

fn left(silence: &Silence, view: &View) -> String {
    // A moment has passed since the server counted: two hours are not 119 minutes.
    age(silence.until.duration_since(view.now).as_secs().max(0) + 1)
}
