//! Probes as pages: the list, and one of them with its runs.

use axum::extract::Path;
use axum::response::Response;
use seaworthy_core::view;
use seaworthy_portal::view::{ProbePage, ProbesPage};

use super::visit::Visit;
use crate::http::Failure;

pub(super) async fn list(visit: Visit) -> Response {
    let page = visit.app.kernel.look(|look| ProbesPage::new(&view::probes(look, None), &view::probers(look), look.now));
    visit.show(&page)
}

pub(super) async fn show(visit: Visit, Path(name): Path<String>) -> Result<Response, Failure> {
    let page = visit.app.kernel.look(|look| Some(ProbePage::new(&view::probe(look, &name)?, look.now)));
    let page = page.ok_or_else(|| Failure::unknown("probe", name))?;
    Ok(visit.show(&page))
}
