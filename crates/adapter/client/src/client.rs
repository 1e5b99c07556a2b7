//! The client: requests with a token, a body limit and a deadline.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HOST};
use http::{HeaderMap, HeaderValue, Method, Request, StatusCode};
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Incoming;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::connection::{Connection, Message};
use crate::target::Target;
use crate::{ApiError, BODY_MAX, Error, Kind, Lines};

/// Longest time of one exchange where the caller names none: the API answers from memory.
const EXCHANGE_TIMEOUT: Duration = Duration::from_secs(30);

/// A client of one server. Clones share the one idle connection.
#[derive(Clone)]
pub struct Client {
    target: Arc<Target>,
    authorization: Option<HeaderValue>,
    timeout: Duration,
    first_byte: Duration,
    idle: Arc<Mutex<Option<Connection>>>,
}

/// An answer, read to its end.
#[derive(Debug, Clone)]
pub struct Response {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body, at most [`BODY_MAX`] bytes.
    pub body: Bytes,
}

impl Client {
    /// Makes a client of `http://host[:port][/path]`, or the same with `https`, that sends the token as a bearer token. Nothing is sent yet.
    ///
    /// # Errors
    /// When the address is no HTTP URL, or the token cannot stand in a header.
    pub fn new(base: &str, token: Option<String>) -> Result<Self, Error> {
        let target = Arc::new(Target::parse(base)?);
        let authorization = token.as_deref().map(bearer).transpose()?;
        Ok(Self {
            target,
            authorization,
            timeout: EXCHANGE_TIMEOUT,
            first_byte: EXCHANGE_TIMEOUT,
            idle: Arc::default(),
        })
    }

    /// Returns the same client with another longest time for one exchange, from connecting to the last byte.
    #[must_use]
    pub fn with_timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Returns the same client with another longest wait for an answer to begin, once connected: who waits for a server
    /// that hangs learns it sooner than who waits for a long answer.
    #[must_use]
    pub fn with_first_byte(mut self, first_byte: Duration) -> Self {
        self.first_byte = first_byte;
        self
    }

    /// Gets a path and decodes the answer.
    ///
    /// # Errors
    /// As [`Self::request`], and when the status is not 2xx or the answer is not the expected JSON.
    pub async fn get_json<T: DeserializeOwned>(&self, path: &str) -> Result<T, Error> {
        let headers = HeaderMap::from_iter([(ACCEPT, json())]);
        let response = self.request(Method::GET, path, Bytes::new(), headers).await?;
        decode(&self.attempt(&Method::GET, path), response)
    }

    /// Posts JSON to a path and decodes the answer; an empty answer decodes as `null`, so `()` fits it.
    ///
    /// # Errors
    /// As [`Self::get_json`].
    pub async fn post_json<B: Serialize + ?Sized, T: DeserializeOwned>(
        &self,
        path: &str,
        body: &B,
    ) -> Result<T, Error> {
        let attempted = self.attempt(&Method::POST, path);
        let body = serde_json::to_vec(body).map_err(|error| Error::new(&attempted, Kind::Encode(error)))?;
        let headers = HeaderMap::from_iter([(ACCEPT, json()), (CONTENT_TYPE, json())]);
        let response = self.request(Method::POST, path, body.into(), headers).await?;
        decode(&attempted, response)
    }

    /// Makes one exchange, whatever the status of the answer.
    ///
    /// # Errors
    /// When there is no connection, it breaks, the answer is too large or takes too long.
    pub async fn request(
        &self,
        method: Method,
        path: &str,
        body: Bytes,
        headers: HeaderMap,
    ) -> Result<Response, Error> {
        let attempted = self.attempt(&method, path);
        let message = self.message(method, path, body, headers).map_err(|kind| Error::new(&attempted, kind))?;
        match tokio::time::timeout(self.timeout, self.exchange(message)).await {
            Ok(done) => done.map_err(|kind| Error::new(&attempted, kind)),
            Err(_) => Err(Error::new(&attempted, Kind::Timeout(self.timeout))),
        }
    }

    /// Opens a stream of lines on its own connection. It fails when it is silent for longer than `silence`;
    /// so must the server's heartbeat be shorter than that.
    ///
    /// # Errors
    /// As [`Self::request`], and when the status is not 2xx.
    pub async fn get_lines(&self, path: &str, silence: Duration) -> Result<Lines, Error> {
        let attempted = self.attempt(&Method::GET, path);
        let fail = |kind| Error::new(&attempted, kind);
        let message = self.message(Method::GET, path, Bytes::new(), HeaderMap::new()).map_err(fail)?;
        let open = async {
            let mut connection = Connection::open(&self.target).await?;
            let response = connection.send(message).await.map_err(|(kind, _)| kind)?;
            if response.status().is_success() {
                return Ok(Lines::new(&attempted, connection, response.into_body(), silence));
            }
            let (parts, body) = response.into_parts();
            Err(Kind::Status { status: parts.status, error: api_error(&parts.headers, &read(body).await?) })
        };
        match tokio::time::timeout(silence.min(self.timeout), open).await {
            Ok(opened) => opened.map_err(fail),
            Err(_) => Err(fail(Kind::Timeout(silence.min(self.timeout)))),
        }
    }

    async fn exchange(&self, message: Message) -> Result<Response, Kind> {
        let (mut connection, reused) = match self.take_idle().await {
            Some(idle) => (idle, true),
            None => (Connection::open(&self.target).await?, false),
        };
        let response = match self.send(&mut connection, message).await {
            Ok(response) => response,
            // The server closed the idle connection just before: nothing was sent, a new connection is safe.
            Err((_, Some(message))) if reused => {
                connection = Connection::open(&self.target).await?;
                self.send(&mut connection, message).await.map_err(|(kind, _)| kind)?
            }
            Err((kind, _)) => return Err(kind),
        };
        let (parts, body) = response.into_parts();
        let body = read(body).await?;
        *self.idle.lock().unwrap_or_else(PoisonError::into_inner) = Some(connection);
        Ok(Response { status: parts.status, headers: parts.headers, body })
    }

    /// Sends a request and waits until its answer begins. The request comes back when not a byte of it was sent.
    async fn send(
        &self,
        connection: &mut Connection,
        message: Message,
    ) -> Result<http::Response<Incoming>, (Kind, Option<Message>)> {
        let sent = tokio::time::timeout(self.first_byte, connection.send(message)).await;
        sent.unwrap_or(Err((Kind::Timeout(self.first_byte), None)))
    }

    async fn take_idle(&self) -> Option<Connection> {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).take()?;
        idle.is_usable().await.then_some(idle)
    }

    fn message(&self, method: Method, path: &str, body: Bytes, headers: HeaderMap) -> Result<Message, Kind> {
        if !path.is_empty() && !path.starts_with('/') {
            return Err(Kind::Unusable(format!("the path {path:?} does not start with \"/\"")));
        }
        let request = Request::builder().method(method).uri(self.target.path(path)).body(Full::new(body));
        let mut request =
            request.map_err(|error| Kind::Unusable(format!("the path {path:?} cannot be sent ({error})")))?;
        *request.headers_mut() = headers;
        let host = HeaderValue::from_str(&self.target.authority);
        request.headers_mut().insert(HOST, host.map_err(|error| Kind::Unusable(error.to_string()))?);
        if let Some(authorization) = &self.authorization {
            request.headers_mut().insert(AUTHORIZATION, authorization.clone());
        }
        Ok(request)
    }

    fn attempt(&self, method: &Method, path: &str) -> String {
        // The query of a base address may be a secret of a webhook; it is left out.
        let target = self.target.path(path);
        let shown = if path.is_empty() { target.split('?').next().unwrap_or_default() } else { &target };
        format!("{method} \"{}{shown}\"", self.target.origin())
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let token = self.authorization.as_ref().map(|_| "(not shown)");
        f.debug_struct("Client").field("server", &self.target.authority).field("token", &token).finish_non_exhaustive()
    }
}

async fn read(body: Incoming) -> Result<Bytes, Kind> {
    match Limited::new(body, BODY_MAX).collect().await {
        Ok(body) => Ok(body.to_bytes()),
        Err(error) => {
            Err(error.downcast::<hyper::Error>().map_or(Kind::TooLarge(BODY_MAX), |error| Kind::Broken(*error)))
        }
    }
}

fn decode<T: DeserializeOwned>(attempted: &str, response: Response) -> Result<T, Error> {
    let Response { status, headers, body } = response;
    if !status.is_success() {
        return Err(Error::new(attempted, Kind::Status { status, error: api_error(&headers, &body) }));
    }
    let body = if body.is_empty() { Bytes::from_static(b"null") } else { body };
    serde_json::from_slice(&body).map_err(|error| Error::new(attempted, Kind::Decode(error)))
}

fn api_error(headers: &HeaderMap, body: &[u8]) -> Option<ApiError> {
    let error: ApiError = serde_json::from_slice(body).ok()?;
    let request = headers.get("x-request-id").and_then(|id| id.to_str().ok()).map(Box::from);
    Some(ApiError { request, ..error })
}

fn bearer(token: &str) -> Result<HeaderValue, Error> {
    let fail =
        || Error::new("use the token (not shown)", Kind::Unusable("it holds a byte no header can carry".to_owned()));
    let mut value = HeaderValue::from_str(&format!("Bearer {token}")).map_err(|_| fail())?;
    value.set_sensitive(true);
    Ok(value)
}

fn json() -> HeaderValue {
    HeaderValue::from_static("application/json")
}
