//! Rules and the weekly review as pages, and what is done about a rule: change it, fire it as a drill.

use axum::extract::{Form, Query};
use axum::response::Response;
use seaworthy_contract::api::RuleChangeRequest;
use seaworthy_contract::events::alert::RuleChangeV1;
use seaworthy_core::view;
use seaworthy_portal::view::{ReviewPage, RulesFacts, RulesPage};
use serde::Deserialize;

use super::act::{back, check};
use super::objectives::Of;
use super::visit::{Visit, changeable};
use crate::http::{Failure, rules as doing};

pub(super) async fn list(visit: Visit, Query(of): Query<Of>) -> Result<Response, Failure> {
    let service = of.service(&visit.app)?;
    let page = visit.app.kernel.look(|look| {
        RulesPage::new(&RulesFacts {
            rules: &view::rules(look, service.as_ref()),
            service: service.as_ref(),
            csrf: visit.principal.csrf.as_deref(),
            may_change: &changeable(&visit.principal, look),
            now: look.now,
        })
    });
    Ok(visit.show(&page))
}

pub(super) async fn review(visit: Visit) -> Response {
    let page = visit.app.kernel.look(|look| {
        let mine = changeable(&visit.principal, look);
        ReviewPage::new(&view::review(look, None), visit.principal.csrf.as_deref(), &mine)
    });
    visit.show(&page)
}

/// What a change is sent as, and from which page.
#[derive(Deserialize)]
pub(super) struct Changed {
    #[serde(default)]
    csrf: String,
    rule: String,
    change: RuleChangeV1,
    #[serde(default)]
    from: String,
}

pub(super) async fn change(visit: Visit, Form(sent): Form<Changed>) -> Response {
    let Visit { app, principal, .. } = visit;
    let week = super::week::place(&sent.from);
    let place = match sent.from.as_str() {
        "review" => "/review",
        _ => week.as_deref().unwrap_or("/rules"),
    };
    let done = async {
        check(&principal, &sent.csrf)?;
        let rule = doing::amend(&app, principal, RuleChangeRequest { rule: sent.rule, change: sent.change }).await?;
        let what = match sent.change {
            RuleChangeV1::Demote => "asks for a ticket at most from now on",
            RuleChangeV1::Raise => "pages from now on",
            RuleChangeV1::Delete => "says nothing any more",
            RuleChangeV1::Restore => "is as its author wrote it",
        };
        Ok((place.to_owned(), format!("{} {what}.", rule.name)))
    };
    back(done.await, place, "")
}

/// Which rule to fire.
#[derive(Deserialize)]
pub(super) struct Drilled {
    #[serde(default)]
    csrf: String,
    rule: String,
}

pub(super) async fn drill(visit: Visit, Form(sent): Form<Drilled>) -> Response {
    let Visit { app, principal, .. } = visit;
    let done = async {
        check(&principal, &sent.csrf)?;
        let alert = doing::fire(&app, principal, sent.rule).await?;
        let text = "The drill is on its way: whoever is on call takes its page, and it ends.".to_owned();
        Ok((format!("/alerts/{}", alert.id), text))
    };
    back(done.await, "/rules", "")
}
