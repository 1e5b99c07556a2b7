//! "Who owns this?": the catalogue's answer, with who is on call and where it was read.

use seaworthy_catalog::{Candidate, Sure};
use seaworthy_contract::api::{WhoAnswer, WhoCandidate};

use super::{Look, on_call};

/// Answers a question; the best candidate first, none when nothing matches.
pub fn who(look: &Look<'_>, query: &str) -> WhoAnswer {
    let candidates = seaworthy_catalog::who(&look.state.catalogue.as_rules(), query);
    let candidates = candidates.into_iter().filter_map(|candidate| view(look, &candidate)).collect();
    WhoAnswer { query: query.to_owned(), candidates }
}

fn view(look: &Look<'_>, candidate: &Candidate) -> Option<WhoCandidate> {
    let service = look.state.catalogue.service(&candidate.service)?;
    let declared = look.state.catalogue.get("service", candidate.service.as_str())?;
    let confidence = match candidate.sure {
        Sure::Certain => "certain",
        Sure::Likely => "likely",
        Sure::Possible => "possible",
    };
    Some(WhoCandidate {
        service: service.name.clone(),
        team: service.owner.clone(),
        on_call: on_call::view(look, service),
        confidence: confidence.to_owned(),
        because: candidate.because.to_string(),
        source: declared.source.clone(),
    })
}
