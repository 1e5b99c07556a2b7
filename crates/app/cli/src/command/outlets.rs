//! `seaworthy outlets`: whether other systems hear what they are to hear.

use seaworthy_contract::api::OutletState;

use crate::context::Context;
use crate::table::{Column, harmless, lay_out};
use crate::view::View;
use crate::words::{ago, thousands};
use crate::{Exit, Failure};

/// Shows trackers, webhooks and rooms: what waits for them, what they took, what they did not.
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = "Example:\n  seaworthy outlets")]
pub struct Args {}

pub(crate) async fn run(_: &Args, cx: &mut Context<'_>) -> Result<Exit, Failure> {
    let outlets: Vec<OutletState> = cx.api.get_json("/v1/outlets").await?;
    cx.answer(&outlets, |outlets, view| table(outlets, view))?;
    Ok(Exit::Ok)
}

fn table(outlets: &[OutletState], view: &View) -> String {
    if outlets.is_empty() {
        return "no other system hears of anything: a file declares a Tracker, a Webhook or Rooms".to_owned();
    }
    let columns = [Column::Text, Column::Text, Column::Text, Column::Text, Column::Text, Column::Gives];
    let header = ["NAME", "IS", "TEAM", "WAITS", "TOOK", "DID NOT TAKE"].map(str::to_owned).to_vec();
    let since =
        |at: Option<jiff::Timestamp>| at.map(|at| format!(", {}", ago(view.seconds_since(at)))).unwrap_or_default();
    let row = |outlet: &OutletState| {
        let why = outlet.last_lost.as_deref().map(|why| format!(": {}", harmless(why))).unwrap_or_default();
        vec![
            outlet.name.to_string(),
            outlet.is.clone(),
            outlet.team.to_string(),
            match outlet.waits {
                0 => "nothing".to_owned(),
                n => format!("{n}, oldest{}", since(outlet.waits_since)),
            },
            format!("{}{}", thousands(outlet.delivered), since(outlet.delivered_at)),
            format!("{}{}{why}", thousands(outlet.lost), since(outlet.last_lost_at)),
        ]
    };
    let rows: Vec<_> = std::iter::once(header).chain(outlets.iter().map(row)).collect();
    lay_out(&columns, &rows, view.width()).join("\n")
}

#[cfg(test)]
mod tests {
    use expect_test::expect;
    use serde_json::json;

    use super::*;
    use crate::fixture::{from, view};

    #[test]
    fn what_waits_and_what_was_lost_is_said() {
        expect!["no other system hears of anything: a file declares a Tracker, a Webhook or Rooms"]
            .assert_eq(&table(&[], &view()));
        let outlets: Vec<OutletState> = from(json!([
            {"name": "jira", "is": "tracker", "team": "shop", "waits": 2, "waits_since": "2026-03-02T11:00:00Z",
             "delivered": 12, "delivered_at": "2026-03-02T10:00:00Z", "lost": 1, "last_lost": "the tracker answered 422",
             "last_lost_at": "2026-03-02T09:00:00Z"},
            {"name": "hook", "is": "webhook", "team": "shop", "waits": 0, "delivered": 0, "lost": 0}
        ]));
        expect![[r#"
            NAME  IS       TEAM  WAITS               TOOK         DID NOT TAKE
            jira  tracker  shop  2, oldest, 1 h ago  12, 2 h ago  1, 3 h ago: the tracker answered 422
            hook  webhook  shop  nothing             0            0"#]]
        .assert_eq(&table(&outlets, &view()));
    }
}
