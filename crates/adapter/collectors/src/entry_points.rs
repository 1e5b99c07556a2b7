//! Declared entry points as they look from outside: what answers, and how long its certificate still holds.

use crate::files::{read, source_name};
use crate::{Asked, CollectError, Collector, Facts};

/// The collector.
pub(crate) const COLLECTOR: Collector = Collector {
    name: "entry-points",
    reads: "a file with one URL or host a line; each is asked once over the network",
    collect,
};

/// Most entry points of one look: each costs a connection.
pub const ENTRY_POINTS_MAX: usize = 50;

/// What came of asking one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Reached {
    /// The status of the answer; none where nothing answered.
    pub status: Option<u16>,
    /// Whether an answer without TLS sends the client to one with it.
    pub to_tls: bool,
    /// Whole days that its certificate still holds; none without TLS.
    pub tls_days_left: Option<i64>,
}

fn collect(asked: &Asked<'_>) -> Result<Facts, CollectError> {
    let files = read(asked.path, "list of entry points", |name| name.ends_with(".txt"))?;
    let lines = files.iter().flat_map(|file| file.text.lines());
    let lines = lines.map(|line| line.split('#').next().unwrap_or_default().trim()).filter(|line| !line.is_empty());
    let mut urls: Vec<String> = lines.map(with_scheme).collect();
    if let Some(url) = urls.iter().find(|url| !is_url(url)) {
        let why = format!("\"{url}\" is no URL and no host");
        return Err(CollectError::Broken { file: source_name(asked.path), what: "a list of entry points", why });
    }
    urls.sort();
    urls.dedup();
    if urls.is_empty() {
        return Err(CollectError::Nothing { path: asked.path.to_owned(), what: "entry point" });
    }
    if urls.len() > ENTRY_POINTS_MAX {
        let why = format!("{} entry points, over {ENTRY_POINTS_MAX}", urls.len());
        return Err(CollectError::Limit { path: asked.path.to_owned(), why });
    }
    let reached: Vec<(&String, Reached)> = urls.iter().map(|url| (url, (asked.reach)(url))).collect();
    let hosts = |wanted: fn(&str, &Reached) -> bool| {
        let found = reached.iter().filter(move |(url, reached)| wanted(url, reached));
        found.map(|(url, _)| host(url).to_owned()).collect::<Vec<_>>()
    };
    let mut facts = Facts::of(source_name(asked.path));
    facts.count("entry.declared", urls.len());
    facts.count("entry.answering", reached.iter().filter(|(_, reached)| reached.status.is_some()).count());
    facts.list("entry.not_answering", hosts(|_, reached| reached.status.is_none()));
    facts.list("entry.failing", hosts(|_, reached| reached.status.is_some_and(|status| status >= 500)));
    facts.list(
        "entry.without_tls",
        hosts(|url, reached| url.starts_with("http://") && reached.status.is_some() && !reached.to_tls),
    );
    if let Some(days) = reached.iter().filter_map(|(_, reached)| reached.tls_days_left).min() {
        facts.number("entry.tls_days_left", i32::try_from(days).map_or(f64::from(i32::MAX), f64::from));
    }
    Ok(facts)
}

fn with_scheme(line: &str) -> String {
    if line.contains("://") { line.to_owned() } else { format!("https://{line}") }
}

fn is_url(url: &str) -> bool {
    let is_http = url.starts_with("http://") || url.starts_with("https://");
    is_http && !host(url).is_empty() && !url.contains(char::is_whitespace) && !url.contains('@')
}

fn host(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#']).next().unwrap_or(rest);
    authority.rsplit('@').next().unwrap_or(authority)
}
