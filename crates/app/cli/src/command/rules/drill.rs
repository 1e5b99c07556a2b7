//! `seaworthy rules drill`: fires a rule and follows the signal to the person, hop by hop.

use std::collections::BTreeSet;
use std::time::Duration;

use jiff::Timestamp;
use seaworthy_contract::api::{Alert, DrillRequest, Page, PageState};
use tokio::time::{Instant, sleep};

use crate::command::pages::to;
use crate::context::Context;
use crate::follow::is_passing;
use crate::table::harmless;
use crate::words::{actor, span};
use crate::{Exit, Failure};

/// How often is asked: a person sees no difference to less, and the server answers from memory.
const PERIOD: Duration = Duration::from_millis(250);

/// Longest wait: the server ends a drill that nobody took after a quarter of an hour; and a moment more.
const WAIT_MAX: Duration = Duration::from_secs(15 * 60 + 30);

pub(super) async fn run(rule: &str, wait: bool, cx: &mut Context<'_>) -> Result<Exit, Failure> {
    let request = DrillRequest { rule: rule.to_owned() };
    let alert: Alert = cx.api.post_json("/v1/rules/drill", &request).await?;
    if !wait {
        cx.answer(&alert, |alert, _| {
            format!("fired as a drill of {}; `seaworthy pages` shows whom it reached", alert.service)
        })?;
        return Ok(Exit::Ok);
    }
    let ended = tokio::select! {
        ended = follow(alert, cx) => ended?,
        Ok(()) = tokio::signal::ctrl_c() => {
            let goes_on = "the drill goes on until somebody takes its page, for 15 minutes; `seaworthy alerts --all` shows it";
            return Err(Failure::Interrupted(goes_on.to_owned()));
        }
    };
    let reached = ended.page.as_ref().is_some_and(|page| page.reached);
    cx.answer(&ended, result)?;
    Ok(if reached { Exit::Ok } else { Exit::No })
}

async fn follow(fired: Alert, cx: &mut Context<'_>) -> Result<Alert, Failure> {
    let path = format!("/v1/alerts/{}", fired.id);
    let (began, mut told) = (Instant::now(), BTreeSet::new());
    let mut latest = fired;
    loop {
        for (at, hop) in hops(&latest) {
            if told.insert(hop.clone()) {
                cx.say(&format!("{:>9}  {hop}", span(at.duration_since(latest.fired_at).as_secs_f64())));
            }
        }
        let taken = latest.page.as_ref().is_some_and(|page| page.state == PageState::Acknowledged);
        if taken || latest.resolved_at.is_some() || began.elapsed() > WAIT_MAX {
            return Ok(latest);
        }
        sleep(PERIOD).await;
        match cx.api.get_json(&path).await {
            Ok(looked) => latest = looked,
            // A server that starts again goes on with the drill.
            Err(error) if is_passing(&error) && began.elapsed() < WAIT_MAX => {}
            Err(error) => return Err(error.into()),
        }
    }
}

/// Every hop so far, in order of time.
fn hops(alert: &Alert) -> Vec<(Timestamp, String)> {
    let mut hops = vec![(alert.fired_at, format!("fired, of {}", alert.service))];
    if let Some(page) = &alert.page {
        hops.push((page.requested_at, format!("page requested, to {}", to(page))));
        hops.extend(page.channels.iter().filter(|c| c.state != "waiting").filter_map(|channel| {
            let how = if channel.state == "delivered" { "delivered by" } else { "not taken by" };
            Some((channel.at?, format!("{how} {}", harmless(&channel.channel))))
        }));
        hops.extend(acknowledged(page));
    }
    hops.sort();
    hops
}

fn acknowledged(page: &Page) -> Option<(Timestamp, String)> {
    let by = page.acknowledged_by.as_deref().map_or_else(String::new, |by| format!(" by {}", actor(by)));
    Some((page.acknowledged_at?, format!("acknowledged{by}")))
}

fn result(alert: &Alert, _: &crate::view::View) -> String {
    let took = |at: Timestamp| span(at.duration_since(alert.fired_at).as_secs_f64());
    match alert.page.as_ref().map(|page| (page, page.acknowledged_at)) {
        Some((page, Some(at))) if page.reached => format!("it reached {} and was taken after {}", to(page), took(at)),
        Some((page, Some(at))) => {
            let by = page.acknowledged_by.as_deref().map_or_else(|| "somebody".to_owned(), actor);
            format!("taken by {by} after {}, not known to be {}: the link in the message proves it", took(at), to(page))
        }
        Some((page, None)) => format!("nobody took the page: it went to {}", to(page)),
        None => "nobody was paged: its service is silent, or has no owner any more".to_owned(),
    }
}
