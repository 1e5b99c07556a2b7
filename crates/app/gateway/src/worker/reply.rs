//! What the gateway answers by itself: a status, a code for machines, one line for people.

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderName};
use http::{HeaderValue, Response, StatusCode};

use crate::worker::body::Answer;

/// The version that answered.
pub(crate) const VERSION: HeaderName = HeaderName::from_static("x-seaworthy-version");
/// The arm that answered.
pub(crate) const ARM: HeaderName = HeaderName::from_static("x-seaworthy-arm");
/// The canary for which stable answered.
pub(crate) const RESCUED: HeaderName = HeaderName::from_static("x-seaworthy-rescued");
/// Why the gateway answered by itself.
pub(crate) const ERROR: HeaderName = HeaderName::from_static("x-seaworthy-error");

/// Makes an answer of the gateway's own. `code` is kebab-case.
pub(crate) fn own(status: StatusCode, code: &'static str, text: impl Into<String>) -> Response<Answer> {
    let mut text = text.into();
    text.push('\n');
    let mut response = Response::new(Answer::Own(Bytes::from(text)));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    response.headers_mut().insert(ERROR, HeaderValue::from_static(code));
    response
}
