//! Slack's incoming webhooks (docs.slack.dev, "Sending messages using incoming webhooks"): a text for the phone's banner,
//! and blocks with a button. The address is the credential. A message that came stays as it is: the address can send,
//! not change, so what follows a page is a short message of its own.
//!
//! An incoming webhook knows no key, so a repeated message is a second one; the page's key stands below it.

use http::StatusCode;
use serde_json::{Value, json};

use crate::exchange::Receiver;
use crate::text::{cut, line, subject};
use crate::{Kind, NotTaken, Note};

/// Longest sentence, in characters: Slack takes 3,000 in a section, escaping makes up to five of one, and nobody reads
/// more than this at night.
const SENTENCE_CHARS_MAX: usize = 500;

/// Longest word of a failure that is passed on: `channel_is_archived`.
const WORD_BYTES_MAX: usize = 40;

pub(crate) async fn send(url: &str, note: &Note) -> Result<(), NotTaken> {
    let receiver = Receiver::at(url, "Slack")?;
    let answer = receiver.post(message(note).to_string().into_bytes(), &[]).await?;
    let word = word(&answer.body);
    match (answer.status, word) {
        (StatusCode::OK, Some("ok")) => Ok(()),
        // Something between us and Slack took it and told nobody.
        (StatusCode::OK, _) => Err(NotTaken::for_now("Slack answered 200 without its \"ok\"")),
        (_, Some(word)) => {
            let not = receiver.refusal(&answer);
            Err(NotTaken { why: format!("{}: {word}", not.why), ..not })
        }
        (_, None) => Err(receiver.refusal(&answer)),
    }
}

/// Slack says what is wrong in one word of its own; anything else is not repeated.
fn word(body: &[u8]) -> Option<&str> {
    let word = std::str::from_utf8(body).ok()?.trim();
    let fits = |c: char| c.is_ascii_lowercase() || c == '_';
    (1..=WORD_BYTES_MAX).contains(&word.len()).then_some(word).filter(|word| word.chars().all(fits))
}

/// What is sent.
fn message(note: &Note) -> Value {
    let section = |text: String| json!({ "type": "section", "text": { "type": "mrkdwn", "text": text } });
    let mut blocks = vec![section(said(note))];
    let buttons = buttons(note);
    if !buttons.is_empty() {
        blocks.push(json!({ "type": "actions", "elements": buttons }));
    }
    let below = escaped(&format!("to {} · {}", note.to, note.key));
    blocks.push(json!({ "type": "context", "elements": [{ "type": "plain_text", "text": below }] }));
    json!({ "text": escaped(&subject(note)), "blocks": blocks })
}

fn said(note: &Note) -> String {
    let sentence = escaped(&cut(&line(&note.sentence), SENTENCE_CHARS_MAX));
    match (note.kind, note.began_at) {
        // Shown in the reader's own zone; what stands behind the bar is for programs that cannot.
        (Kind::Page, Some(began)) => {
            let since = format!("<!date^{}^{{date_short}} {{time_secs}}|{began}>", began.as_second());
            format!("*{}*\n{sentence}\nSince {since}, team {}", escaped(&note.service), escaped(&note.team))
        }
        (Kind::Page | Kind::Taken | Kind::Resolved, _) => format!("*{}*\n{sentence}", escaped(&note.service)),
        (Kind::Confirm | Kind::Test | Kind::Ask, _) => sentence,
        (Kind::Shadow, _) => format!("You are shadowing, nothing to do: *{}*\n{sentence}", escaped(&note.service)),
    }
}

fn buttons(note: &Note) -> Vec<Value> {
    let button = |text: &str, url: &str, id: &str| json!({ "type": "button", "text": { "type": "plain_text", "text": text }, "url": url, "action_id": id });
    let first = |mut button: Value| {
        button["style"] = json!("primary");
        button
    };
    let take = note.take.as_deref().map(|url| first(button("Take it", url, "take")));
    let confirm = note.confirm.as_deref().map(|url| first(button("Confirm", url, "confirm")));
    let answer = note.answer.as_deref().map(|url| button("Read and answer", url, "answer"));
    let page = (!note.page.is_empty()).then(|| button("See the page", &note.link, "page"));
    take.into_iter().chain(confirm).chain(answer).chain(page).collect()
}

/// The three characters that Slack's texts give a meaning to.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::page;

    #[test]
    fn a_page_has_a_button_that_takes_it() {
        let message = message(&page());
        assert_eq!(message["text"], "[checkout] 1 in 3 orders fails");
        assert_eq!(message["blocks"][1]["elements"][0]["url"], "http://portal.test/take/1/2/3");
        let text = message["blocks"][0]["text"]["text"].as_str().expect("a text");
        assert!(text.contains("<!date^1795226469^{date_short} {time_secs}|2026-11-21T02:01:09Z>"), "{text}");
        assert!(message["blocks"][2]["elements"][0]["text"].as_str().expect("a text").ends_with("page/1/contacts"));
    }

    #[test]
    fn nobody_is_mentioned_by_a_sentence() {
        let message = message(&Note { sentence: "<!channel> & <@U1>".to_owned(), ..page() });
        let text = message["blocks"][0]["text"]["text"].as_str().expect("a text");
        assert!(text.contains("&lt;!channel&gt; &amp; &lt;@U1&gt;"), "{text}");
    }

    #[test]
    fn what_follows_has_no_button_that_takes() {
        let taken = Note { kind: Kind::Taken, take: None, ..page() };
        assert_eq!(message(&taken)["blocks"][1]["elements"].as_array().map(Vec::len), Some(1));
        let test = Note { kind: Kind::Test, take: None, page: String::new(), ..page() };
        assert_eq!(message(&test)["blocks"][1]["type"], "context");
    }
}
