//! Drives headless Chromium over its debugging pipe, for tests of pages and for pictures.
//!
//! One browser, one page, blocking calls, every wait bounded. It speaks the DevTools protocol over two inherited
//! file descriptors, so there is no port, no driver program and no client library.

mod base64;
mod pipe;

use std::fmt;
use std::path::Path;
use std::time::{Duration, Instant};

use pipe::Pipe;
use serde_json::{Value, json};

/// How long a page may take to load, and a command to be answered.
pub const ANSWER_WITHIN: Duration = Duration::from_secs(20);

/// How often [`Page::wait_for`] asks the page again.
const ASK_EVERY: Duration = Duration::from_millis(50);

/// Complaints kept of one page; more would be the same one again.
const COMPLAINTS_MAX: usize = 100;

/// What the reader's system wishes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheme {
    /// Dark ink on light paper.
    Light,
    /// Light ink on dark paper.
    Dark,
}

impl Scheme {
    /// The word that style sheets use.
    pub fn name(self) -> &'static str {
        match self {
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }
}

/// Whether pages may run their scripts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scripts {
    /// As in most browsers.
    Run,
    /// As when a script did not load; [`Page::evaluate`] still works.
    Off,
}

/// Says what the browser could not do.
#[derive(Debug)]
pub struct BrowserError(String);

impl BrowserError {
    fn new(what: impl Into<String>) -> Self {
        Self(what.into())
    }
}

impl fmt::Display for BrowserError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for BrowserError {}

/// A browser with one page open; dropped, it ends and leaves nothing on the disk.
pub struct Page {
    pipe: Pipe,
    complaints: Vec<String>,
}

impl Page {
    /// Starts the browser at `program` with an empty profile and an empty page.
    ///
    /// # Errors
    /// When the program cannot be started or does not answer.
    pub fn start(program: &Path) -> Result<Self, BrowserError> {
        let mut page = Self { pipe: Pipe::start(program)?, complaints: Vec::new() };
        let target = page.call("Target.createTarget", &json!({ "url": "about:blank" }))?;
        let attach = json!({ "targetId": target["targetId"], "flatten": true });
        let session = page.call("Target.attachToTarget", &attach)?;
        page.pipe.talk_to(session["sessionId"].as_str().unwrap_or_default());
        for domain in ["Page", "Runtime", "Log"] {
            page.call(&format!("{domain}.enable"), &json!({}))?;
        }
        Ok(page)
    }

    /// Goes to `url`, follows its redirects and waits until the page and what it names is loaded.
    ///
    /// # Errors
    /// When nothing answers at `url` or it is not loaded within [`ANSWER_WITHIN`]. A page with an error status
    /// is a page: look at what it says.
    pub fn open(&mut self, url: &str) -> Result<(), BrowserError> {
        self.complaints.clear();
        let answer = self.call("Page.navigate", &json!({ "url": url }))?;
        if let Some(error) = answer["errorText"].as_str() {
            return Err(BrowserError::new(format!("could not open \"{url}\": {error}")));
        }
        // The answer comes when the new document has begun, so from here on the question is about that one.
        self.wait_for("document.readyState === 'complete'", ANSWER_WITHIN)
            .map_err(|error| BrowserError::new(format!("could not load \"{url}\": {error}")))
    }

    /// The value of a script expression in the page; a promise is waited for.
    ///
    /// # Errors
    /// When the script throws; the error names it.
    pub fn evaluate(&mut self, script: &str) -> Result<Value, BrowserError> {
        let params = json!({ "expression": script, "returnByValue": true, "awaitPromise": true, "userGesture": true });
        let mut answer = self.call("Runtime.evaluate", &params)?;
        let thrown = &answer["exceptionDetails"]["exception"]["description"];
        if !answer["exceptionDetails"].is_null() {
            return Err(BrowserError::new(format!("the script \"{script}\" threw {thrown}")));
        }
        Ok(answer["result"]["value"].take())
    }

    /// Waits until a script expression is true in the page, also across a navigation.
    ///
    /// # Errors
    /// When it is not true within `limit`; the error quotes the text the page shows then.
    pub fn wait_for(&mut self, script: &str, limit: Duration) -> Result<(), BrowserError> {
        let over = Instant::now() + limit;
        loop {
            // A script may throw while the next page is on its way: that is "not yet".
            if self.evaluate(script).is_ok_and(|value| value == true) {
                return Ok(());
            }
            if Instant::now() >= over {
                let shown = self.evaluate("document.body.innerText").unwrap_or_default();
                return Err(BrowserError::new(format!(
                    "\"{script}\" did not come true in {limit:?}; the page shows {shown}"
                )));
            }
            std::thread::sleep(ASK_EVERY);
        }
    }

    /// Presses the first element that `selector` finds, as a person's finger would.
    ///
    /// # Errors
    /// When nothing matches.
    pub fn press(&mut self, selector: &str) -> Result<(), BrowserError> {
        let quoted = Value::from(selector);
        self.evaluate(&format!("document.querySelector({quoted}).click()")).map(drop)
    }

    /// The text a reader sees.
    ///
    /// # Errors
    /// When the page has no body.
    pub fn text(&mut self) -> Result<String, BrowserError> {
        Ok(self.evaluate("document.body.innerText")?.as_str().unwrap_or_default().to_owned())
    }

    /// Looks at the page through a window of `width` by `height` CSS pixels, in `scheme`.
    ///
    /// # Errors
    /// When the browser refuses the size.
    pub fn look(&mut self, width: u32, height: u32, scheme: Scheme) -> Result<(), BrowserError> {
        let size = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        self.call("Emulation.setDeviceMetricsOverride", &size)?;
        let features = json!({ "features": [{ "name": "prefers-color-scheme", "value": scheme.name() }] });
        self.call("Emulation.setEmulatedMedia", &features).map(drop)
    }

    /// Lets the pages opened from now on run their scripts, or not.
    ///
    /// # Errors
    /// When the browser does not answer.
    pub fn scripts(&mut self, scripts: Scripts) -> Result<(), BrowserError> {
        let off = json!({ "value": scripts == Scripts::Off });
        self.call("Emulation.setScriptExecutionDisabled", &off).map(drop)
    }

    /// The whole page as a PNG, also what is below the window.
    ///
    /// # Errors
    /// When the browser cannot draw it.
    pub fn picture(&mut self) -> Result<Vec<u8>, BrowserError> {
        let whole = json!({ "format": "png", "captureBeyondViewport": true });
        let answer = self.call("Page.captureScreenshot", &whole)?;
        base64::decode(answer["data"].as_str().unwrap_or_default())
            .ok_or_else(|| BrowserError::new("could not take a picture: the browser sent no base64"))
    }

    /// What the browser complained about since the page was opened: refused scripts and styles, missing files,
    /// uncaught errors. At most the first hundred.
    pub fn complaints(&self) -> &[String] {
        &self.complaints
    }

    /// Sends a command and waits for its answer, keeping the complaints that come between.
    fn call(&mut self, method: &str, params: &Value) -> Result<Value, BrowserError> {
        let id = self.pipe.send(method, params)?;
        let over = Instant::now() + ANSWER_WITHIN;
        loop {
            let mut message = self.receive(over).map_err(|error| BrowserError::new(format!("{method}: {error}")))?;
            if message["id"] != id {
                continue;
            }
            return match message["error"]["message"].as_str() {
                Some(error) => Err(BrowserError::new(format!("{method}: {error}"))),
                None => Ok(message["result"].take()),
            };
        }
    }

    fn receive(&mut self, over: Instant) -> Result<Value, BrowserError> {
        let message = self.pipe.receive(over)?;
        if self.complaints.len() < COMPLAINTS_MAX {
            self.complaints.extend(complaint(&message));
        }
        Ok(message)
    }
}

/// What a message complains about, if it does.
fn complaint(message: &Value) -> Option<String> {
    let params = &message["params"];
    match message["method"].as_str()? {
        "Log.entryAdded" if params["entry"]["level"] == "error" => {
            let (text, url) = (&params["entry"]["text"], &params["entry"]["url"]);
            Some(format!("{} ({})", text.as_str().unwrap_or_default(), url.as_str().unwrap_or_default()))
        }
        "Runtime.exceptionThrown" => {
            let details = &params["exceptionDetails"];
            let text = details["exception"]["description"].as_str().or(details["text"].as_str());
            Some(text.unwrap_or_default().to_owned())
        }
        _ => None,
    }
}
