//! By which words somebody may ask for a thing: every scalar of its document, told by the key it stands at.

use seaworthy_lookup::{Place, Term, What, host_and_path};
use seaworthy_yaml::tree::{Node, Value};

/// Most terms of one document.
const TERMS_MAX: usize = 2_000;
/// Deepest key that is read.
const DEPTH_MAX: usize = 20;
/// Longest text that is a word.
const WORD_MAX: usize = 200;
/// Keys below which something else is defined.
const LEFT_ALONE: [&str; 3] = ["definition", "description", "expr"];
/// Hosts that many things share: their paths mean something, they themselves do not.
const SHARED_HOSTS: [&str; 10] = [
    "github.com",
    "www.github.com",
    "gitlab.com",
    "bitbucket.org",
    "discord.com",
    "youtube.com",
    "www.youtube.com",
    "medium.com",
    "google.com",
    "docs.google.com",
];
/// Ends of hosts that many things share.
const SHARED_ENDS: [&str; 8] = [
    ".slack.com",
    ".atlassian.net",
    ".pagerduty.com",
    ".datadoghq.com",
    ".github.io",
    ".readthedocs.io",
    ".opsgenie.com",
    "buildkite.com",
];

/// Collects the terms of a document.
pub(crate) fn collect(file: &str, root: &Node) -> Vec<Term> {
    let mut collect = Collect { file, terms: vec![] };
    collect.node(root, "", 0);
    collect.terms
}

struct Collect<'a> {
    file: &'a str,
    terms: Vec<Term>,
}

impl Collect<'_> {
    fn node(&mut self, node: &Node, key: &str, depth: usize) {
        if depth > DEPTH_MAX || self.terms.len() >= TERMS_MAX {
            return;
        }
        match &node.value {
            Value::Text(text) => self.text(key, text, node.at.line),
            Value::Null => {}
            Value::List(items) => items.iter().for_each(|item| self.node(item, key, depth + 1)),
            Value::Map(entries) => {
                for (name, value) in entries {
                    let name = name.text().unwrap_or_default();
                    if !LEFT_ALONE.contains(&name) {
                        self.node(value, name, depth + 1);
                    }
                }
            }
        }
    }

    fn text(&mut self, key: &str, text: &str, line: u32) {
        let text = text.trim().to_lowercase();
        if text.len() < 2 || text.len() > WORD_MAX {
            return;
        }
        if text.contains("://") {
            return self.address(&text, line);
        }
        let key = key.to_lowercase();
        match what(&key) {
            What::Image => {
                let untagged =
                    text.rsplit_once(':').filter(|(_, tag)| !tag.contains('/')).map_or(&*text, |(name, _)| name);
                let untagged = untagged.split('@').next().unwrap_or(untagged).to_owned();
                self.push(What::Image, &untagged, line);
                self.push(What::Alias, untagged.rsplit('/').next().unwrap_or(&untagged), line);
            }
            What::Repository => {
                self.push(What::Repository, &text, line);
                self.push(What::Alias, text.rsplit('/').next().unwrap_or(&text), line);
            }
            What::Host => {
                let host = host_and_path(&text).and_then(|(host, _)| host).unwrap_or(text);
                self.push(What::Host, &host, line);
            }
            what => self.push(what, &text, line),
        }
    }

    fn address(&mut self, text: &str, line: u32) {
        let Some((Some(host), path)) = host_and_path(text.trim_start_matches("url:")) else { return };
        let path = path.trim_end_matches('/');
        if is_shared(&host) {
            let mut parts = path.trim_matches('/').split('/');
            if let (Some(organisation), Some(name), true) = (parts.next(), parts.next(), is_forge(&host))
                && organisation != "orgs"
            {
                let name = name.trim_end_matches(".git");
                self.push(What::Repository, &format!("{organisation}/{name}"), line);
                self.push(What::Alias, name, line);
            }
        } else {
            self.push(What::Host, &host, line);
        }
        if !path.is_empty() {
            self.push(What::Link, &format!("{host}{path}"), line);
        }
    }

    fn push(&mut self, what: What, text: &str, line: u32) {
        let text = text.trim();
        let known = self.terms.iter().any(|term| term.what == what && term.text == text);
        if text.len() > 1 && !known && self.terms.len() < TERMS_MAX {
            let place = Place { file: self.file.to_owned(), line };
            self.terms.push(Term { what, text: text.to_owned(), place });
        }
    }
}

fn is_shared(host: &str) -> bool {
    SHARED_HOSTS.contains(&host) || SHARED_ENDS.iter().any(|end| host.ends_with(end)) || host.contains("slack.com")
}

fn is_forge(host: &str) -> bool {
    ["github.com", "www.github.com", "gitlab.com", "bitbucket.org"].contains(&host)
}

/// Tells what a value stands for by its key.
fn what(key: &str) -> What {
    let last = key.rsplit(['/', '.']).next().unwrap_or(key);
    match last {
        "title" | "display_name" | "displayname" => What::Title,
        "host" | "hosts" | "hostname" | "hostnames" | "website-url" => What::Host,
        "image" => What::Image,
        "project-slug" | "repository-slug" | "repository" | "repo" => What::Repository,
        "kubernetes-id" | "app-name" | "app-id" | "application" | "dd-service" | "service-name" | "service"
        | "appcode" | "project-key" | "name" | "slug" | "aliases" => What::Alias,
        "queue" | "topic" | "table" | "bucket" | "stream" | "database" | "dbname" | "queues" | "topics" | "tables"
        | "buckets" | "streams" | "databases" => What::Resource,
        _ => What::Word,
    }
}
