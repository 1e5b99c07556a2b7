//! What of a question can be a name: anybody may paste a URL, a host, a pod, an image or a line of a log.

/// Longest question that is read, in bytes: a stack trace's first screens.
pub const QUESTION_MAX: usize = 16 * 1024;
/// Most words that are looked up.
const WORDS_MAX: usize = 400;

/// One word of a question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Word {
    /// In lower case.
    pub(crate) text: String,
    /// Whether the question is this word and nothing else.
    pub(crate) whole: bool,
}

/// A question, taken apart.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Question {
    /// Words and what can be made of them, each once, those as written first.
    pub(crate) words: Vec<Word>,
    /// Hosts with paths.
    pub(crate) addresses: Vec<(Option<String>, String)>,
}

impl Question {
    pub(crate) fn parse(text: &str) -> Self {
        let mut end = text.len().min(QUESTION_MAX);
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        let text = text[..end].trim().to_lowercase();
        let mut question = Self::default();
        let parts: Vec<&str> = split(&text).collect();
        let alone = parts.len() == 1;
        question.push(&text, true);
        for part in &parts {
            question.push(part, alone);
            if let Some((host, path)) = host_and_path(part) {
                if let Some(host) = &host {
                    question.push(host, alone);
                    // In a cluster a service is reached by the first label of its name there.
                    if let Some(first) = host.strip_suffix(".svc.cluster.local").and_then(|name| name.split('.').next())
                    {
                        question.push(first, alone);
                    }
                }
                question.addresses.push((host, path));
            }
        }
        for part in parts {
            question.made_of(part, alone);
        }
        question
    }

    /// Adds what is inside a word: the name of a reference, of an image, of a pod.
    fn made_of(&mut self, part: &str, alone: bool) {
        let bare = part.trim_start_matches('@');
        question_if(bare != part, self, bare, alone);
        if !part.contains("://") {
            let image = bare.split('@').next().unwrap_or(bare);
            let untagged = image.rsplit_once(':').filter(|(_, tag)| !tag.contains('/')).map_or(image, |(name, _)| name);
            question_if(!untagged.is_empty() && untagged != part, self, untagged, alone);
            if let Some((_, name)) = part.split_once(':') {
                self.push(name, alone);
            }
            // A path's last part alone would make "main.rs" of everything.
            if untagged.matches('/').count() <= 2 && !untagged.starts_with('/') {
                let last = untagged.rsplit('/').next().unwrap_or(untagged);
                question_if(last != untagged && !last.contains('.'), self, last, alone);
            }
        }
        if let Some(workload) = workload_of(part) {
            self.push(workload, alone);
        }
        for (separator, _) in part.match_indices(['=', '|']) {
            self.push(&part[separator + 1..], false);
        }
    }

    fn push(&mut self, text: &str, whole: bool) {
        let known = self.words.iter().any(|word| word.text == text);
        if !text.is_empty() && !known && self.words.len() < WORDS_MAX {
            self.words.push(Word { text: text.to_owned(), whole });
        }
    }
}

fn question_if(so: bool, question: &mut Question, text: &str, whole: bool) {
    if so {
        question.push(text, whole);
    }
}

/// Splits a text at blanks and at what stands around names in logs.
fn split(text: &str) -> impl Iterator<Item = &str> {
    let between = |c: char| c.is_whitespace() || "\"'`()[]{}<>,;".contains(c);
    let trimmed = |part: &'_ str| -> bool { !part.is_empty() };
    text.split(between).map(|part| part.trim_matches(|c: char| ".:!?=".contains(c))).filter(move |part| trimmed(part))
}

/// Reads an address: `scheme://user@host:port/path?query`, `host/path`, `host` with a dot, or `/path`. The host is in
/// lower case and the path without what follows `?` or `#`. None when it is none of these.
pub fn host_and_path(text: &str) -> Option<(Option<String>, String)> {
    let (scheme, rest) = text.split_once("://").map_or((None, text), |(scheme, rest)| (Some(scheme), rest));
    let rest = rest.split(['?', '#']).next().unwrap_or_default();
    let (authority, path) = rest.find('/').map_or((rest, "/"), |at| (&rest[..at], &rest[at..]));
    let host = authority.rsplit('@').next().unwrap_or_default();
    let host = host.split(':').next().unwrap_or_default().trim_end_matches('.').to_lowercase();
    if host.is_empty() {
        return (scheme.is_none() && path.len() > 1).then(|| (None, path.to_owned()));
    }
    let fits = host.chars().all(|c| c.is_alphanumeric() || "-._*".contains(c));
    let is_host = scheme.is_some() || host == "localhost" || host.contains('.');
    (fits && is_host).then(|| (Some(host), path.to_owned()))
}

/// Returns the workload of a pod's name, as controllers write it: `NAME-HASH-ID`, `NAME-ID` or `NAME-0`.
fn workload_of(pod: &str) -> Option<&str> {
    let (rest, last) = pod.rsplit_once('-')?;
    let is_id = |part: &str, length: std::ops::RangeInclusive<usize>| {
        length.contains(&part.len()) && part.chars().all(|c| c.is_ascii_alphanumeric())
    };
    if last.chars().all(|c| c.is_ascii_digit()) && last.len() <= 3 {
        return Some(rest);
    }
    if !is_id(last, 5..=5) {
        return None;
    }
    match rest.rsplit_once('-') {
        Some((name, hash)) if is_id(hash, 8..=10) && hash.contains(|c: char| c.is_ascii_digit()) => Some(name),
        _ => Some(rest),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn questions_are_taken_apart() {
        let words = |text: &str| {
            let all: Vec<String> = Question::parse(text).words.into_iter().map(|word| word.text).collect();
            all.join(" | ")
        };
        for (text, want) in [
            ("Shop", "shop"),
            ("component:devex/shop", "component:devex/shop | devex/shop | shop"),
            ("shop-7d9f8c6b5d-x2k4p", "shop-7d9f8c6b5d-x2k4p | shop"),
            ("shop-db-0", "shop-db-0 | shop-db"),
            (
                "images.example/acme/shop:v3",
                "images.example/acme/shop:v3 | images.example | images.example/acme/shop | v3 | shop",
            ),
            ("@acme/pay", "@acme/pay | acme/pay | pay"),
            ("", ""),
        ] {
            assert_eq!(words(text), want, "{text}");
        }
        let line = words("ERROR dial tcp: lookup pay.svc.cluster.local: no such host (service=\"pay\")");
        assert!(line.contains("| pay"), "{line}");
    }

    #[test]
    fn addresses_are_read() {
        for (text, want) in [
            ("https://u:p@Shop.Example:8443/a/b?q=1#f", Some((Some("shop.example"), "/a/b"))),
            ("shop.example", Some((Some("shop.example"), "/"))),
            ("/orders/1", Some((None, "/orders/1"))),
            ("localhost:80", Some((Some("localhost"), "/"))),
            ("shop", None),
            ("shop/orders", None),
            ("/", None),
            ("https://", None),
        ] {
            let got = host_and_path(text);
            assert_eq!(got.as_ref().map(|(host, path)| (host.as_deref(), path.as_str())), want, "{text}");
        }
    }

    #[test]
    fn a_huge_question_is_cut_at_a_character() {
        let question = Question::parse(&"ä b".repeat(QUESTION_MAX));
        assert!(question.words.len() <= WORDS_MAX);
    }
}
