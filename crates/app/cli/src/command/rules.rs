//! `seaworthy rules`: what each is worth, changing what it may ask for, firing it as a drill.

mod drill;

use seaworthy_contract::api::{Rule, RuleChangeRequest};
use seaworthy_contract::events::alert::{RuleChangeV1, Urgency};
use seaworthy_model::ServiceId;

use super::alerts::escaped;
use crate::context::Context;
use crate::table::{Column, harmless, lay_out};
use crate::view::View;
use crate::words::{ago, percent};
use crate::{Exit, Failure};

/// Shows every rule, when it last fired and reached a person, and what it is worth.
#[derive(Debug, Clone, clap::Args)]
#[command(
    args_conflicts_with_subcommands = true,
    after_help = "Examples:\n  seaworthy rules\n  seaworthy rules drill objective/checkout-availability\n  seaworthy rules change alertmanager/HighCPU demote"
)]
pub struct Args {
    /// What to do; without it, the list
    #[command(subcommand)]
    pub action: Option<Action>,
    /// Only those of this service
    #[arg(long)]
    pub service: Option<ServiceId>,
}

/// What to do with a rule.
#[derive(Debug, Clone, clap::Subcommand)]
pub enum Action {
    /// Fires a rule and follows it to the person on call, for up to 15 minutes; 1 when nobody took the page
    Drill {
        /// The rule, as `seaworthy rules` shows it
        rule: String,
        /// Returns as soon as it is fired
        #[arg(long)]
        no_wait: bool,
    },
    /// Changes what a rule may ask for
    Change {
        /// The rule, as `seaworthy rules` shows it
        rule: String,
        /// What it should become
        #[arg(value_enum)]
        change: Change,
    },
}

/// What a rule should become.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Change {
    /// Ask for a ticket at most
    Demote,
    /// Page, also where it speaks of a cause
    Raise,
    /// Say nothing any more
    Delete,
    /// Be as its author wrote it
    Restore,
}

pub(crate) async fn run(args: &Args, cx: &mut Context<'_>) -> Result<Exit, Failure> {
    match &args.action {
        None => list(args.service.as_ref(), cx).await,
        Some(Action::Drill { rule, no_wait }) => drill::run(rule, !no_wait, cx).await,
        Some(Action::Change { rule, change }) => self::change(rule, *change, cx).await,
    }
}

async fn list(service: Option<&ServiceId>, cx: &mut Context<'_>) -> Result<Exit, Failure> {
    let path =
        service.map_or_else(|| "/v1/rules".to_owned(), |service| format!("/v1/rules?service={}", escaped(service)));
    let rules: Vec<Rule> = cx.api.get_json(&path).await?;
    cx.answer(&rules, |rules, view| table(rules, view))?;
    Ok(Exit::Ok)
}

async fn change(rule: &str, change: Change, cx: &mut Context<'_>) -> Result<Exit, Failure> {
    let change = match change {
        Change::Demote => RuleChangeV1::Demote,
        Change::Raise => RuleChangeV1::Raise,
        Change::Delete => RuleChangeV1::Delete,
        Change::Restore => RuleChangeV1::Restore,
    };
    let request = RuleChangeRequest { rule: rule.to_owned(), change };
    let rule: Rule = cx.api.post_json("/v1/rules/change", &request).await?;
    cx.answer(&rule, |rule, _| format!("{} {}", harmless(&rule.name), says(rule)))?;
    Ok(Exit::Ok)
}

/// Says what a rule may ask for now.
fn says(rule: &Rule) -> &'static str {
    match (rule.change.map(|changed| changed.change), rule.urgency) {
        (Some(RuleChangeV1::Demote), _) => "asks for a ticket at most",
        (Some(RuleChangeV1::Raise), _) => "pages",
        (Some(RuleChangeV1::Delete), _) => "says nothing",
        (None | Some(RuleChangeV1::Restore), Some(Urgency::Page)) => "pages, as written",
        (None | Some(RuleChangeV1::Restore), Some(Urgency::Ticket)) => "asks for a ticket, as written",
        (None | Some(RuleChangeV1::Restore), None) => "is as written",
    }
}

fn table(rules: &[Rule], view: &View) -> String {
    if rules.is_empty() {
        return "no rules; objectives and probes in the files are rules, and so is what other systems send".to_owned();
    }
    // A rule's name is what its commands take: it stays whole.
    let columns =
        [Column::Text, Column::List, Column::Gives, Column::Text, Column::Text, Column::Number, Column::Number];
    let header = ["RULE", "SERVICES", "SAYS", "FIRED", "REACHED SOMEBODY", "PAGES", "ACTED ON"];
    let rows = rules.iter().map(|rule| row(rule, view));
    let rows: Vec<_> = std::iter::once(header.map(str::to_owned).to_vec()).chain(rows).collect();
    lay_out(&columns, &rows, view.width()).join("\n")
}

fn row(rule: &Rule, view: &View) -> Vec<String> {
    let ago = |at| ago(view.seconds_since(at));
    let drill = if rule.fired_as_drill { ", a drill" } else { "" };
    let services: Vec<String> = rule.services.iter().map(ToString::to_string).collect();
    vec![
        harmless(&rule.name),
        crate::words::list(&services, "-"),
        says(rule).to_owned(),
        rule.fired_at.map_or_else(|| "never".to_owned(), |at| ago(at) + drill),
        rule.reached_at.map_or_else(|| "never".to_owned(), ago),
        rule.worth.paged.to_string(),
        rule.worth.actionable_ratio.map_or_else(|| "-".to_owned(), percent),
    ]
}

#[cfg(test)]
mod tests;
