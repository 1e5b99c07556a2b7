//! Reading one calendar: from the address that a file declares and from nowhere else, within bounds.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::header::{ACCEPT, ETAG, HeaderName, IF_MODIFIED_SINCE, IF_NONE_MATCH, LAST_MODIFIED};
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use seaworthy_client::{Client, Kind};
use seaworthy_contract::catalogue::{CALENDAR_BYTES_MAX, CalendarDetails};
use seaworthy_contract::events::rota::CalendarTroubleV1;
use seaworthy_model::RotationId;
use seaworthy_prober::Secrets;

/// Longest time of one reading, from connecting to the last byte.
const WITHIN: Duration = Duration::from_secs(20);

/// How a secret is named in an address.
const OPEN: &str = "${secret:";

/// A calendar as it was read, and by what its address knows it again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Answer {
    pub(super) text: Arc<str>,
    same: Vec<(HeaderName, HeaderValue)>,
}

/// What is to be read.
pub(super) struct Fetch {
    pub(super) rotation: RotationId,
    pub(super) details: Arc<CalendarDetails>,
    pub(super) secrets: Secrets,
    pub(super) last: Option<Answer>,
}

impl Fetch {
    /// Reads it.
    pub(super) async fn run(self) -> (RotationId, Arc<CalendarDetails>, Result<Answer, CalendarTroubleV1>) {
        let answer = match (&self.details.url, &self.details.text) {
            (Some(url), _) => self.ask(url).await,
            (None, Some(text)) => Ok(Answer { text: text.as_str().into(), same: Vec::new() }),
            (None, None) => Err(CalendarTroubleV1::NoAddress),
        };
        (self.rotation, self.details, answer)
    }

    async fn ask(&self, url: &str) -> Result<Answer, CalendarTroubleV1> {
        let url = filled(url, |name| self.secrets.get(name)).ok_or(CalendarTroubleV1::NoAddress)?;
        // The client follows nobody elsewhere: a redirect is an answer like any other.
        let client = Client::new(&url, None).map_err(|_| CalendarTroubleV1::NoAddress)?.with_timeout(WITHIN);
        let known = self.last.iter().flat_map(|last| last.same.iter().cloned());
        let accept = (ACCEPT, HeaderValue::from_static("text/calendar, text/csv, */*;q=0.1"));
        let headers = HeaderMap::from_iter(known.chain([accept]));
        let response =
            client.request(Method::GET, "", Bytes::new(), headers).await.map_err(|error| trouble(&error.kind))?;
        match (response.status, &self.last) {
            (StatusCode::NOT_MODIFIED, Some(last)) => Ok(last.clone()),
            (status, _) if status != StatusCode::OK => Err(CalendarTroubleV1::Refused),
            _ if response.body.len() > CALENDAR_BYTES_MAX => Err(CalendarTroubleV1::TooLarge),
            _ => {
                let text = std::str::from_utf8(&response.body).map_err(|_| CalendarTroubleV1::NotACalendar)?;
                Ok(Answer { text: text.into(), same: same(&response.headers) })
            }
        }
    }
}

/// What is sent with the next question, so that a calendar that is the same need not come again.
fn same(headers: &HeaderMap) -> Vec<(HeaderName, HeaderValue)> {
    let pairs = [(ETAG, IF_NONE_MATCH), (LAST_MODIFIED, IF_MODIFIED_SINCE)];
    pairs.into_iter().filter_map(|(theirs, ours)| Some((ours, headers.get(theirs)?.clone()))).collect()
}

fn trouble(kind: &Kind) -> CalendarTroubleV1 {
    match kind {
        Kind::TooLarge(_) => CalendarTroubleV1::TooLarge,
        Kind::Unusable(_) => CalendarTroubleV1::NoAddress,
        _ => CalendarTroubleV1::Unreachable,
    }
}

/// Puts secrets into an address; none where one is not there.
fn filled(url: &str, secret: impl Fn(&str) -> Option<String>) -> Option<String> {
    let (mut filled, mut rest) = (String::new(), url);
    while let Some((before, after)) = rest.split_once(OPEN) {
        let (name, behind) = after.split_once('}')?;
        filled.push_str(before);
        filled.push_str(&secret(name)?);
        rest = behind;
    }
    Some(filled + rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_takes_secrets_and_nothing_else() {
        let secret = |name: &str| (name == "feed").then(|| "k3y".to_owned());
        for (url, want) in [
            ("https://h/a.ics", Some("https://h/a.ics")),
            ("https://h/${secret:feed}/a.ics?x=${secret:feed}", Some("https://h/k3y/a.ics?x=k3y")),
            ("https://h/${secret:other}/a.ics", None),
            ("https://h/${secret:feed", None),
            ("https://h/${HOME}", Some("https://h/${HOME}")),
        ] {
            assert_eq!(filled(url, secret).as_deref(), want, "{url}");
        }
    }
}
