//! Webhooks and mail through [`Channels`]: signatures, addresses that are wrong, a server without a relay.

use seaworthy_contract::catalogue::Contact;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use super::{channels, page, relay};
use crate::signature::{hex, hmac_sha256};
use crate::{Note, hears_what_follows};

/// Answers one request with a status, and returns the request.
async fn hook(status: u16) -> (String, tokio::task::JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}/page", listener.local_addr().expect("bound"));
    let heard = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.expect("a sender");
        let (mut heard, mut bytes) = (Vec::new(), [0; 4_096]);
        while !String::from_utf8_lossy(&heard).contains("\r\n\r\n{") {
            let count = stream.read(&mut bytes).await.expect("a request");
            heard.extend_from_slice(&bytes[..count]);
        }
        let answer = format!("HTTP/1.1 {status} x\r\ncontent-length: 0\r\nretry-after: 7\r\n\r\n");
        stream.write_all(answer.as_bytes()).await.expect("the sender is there");
        String::from_utf8(heard).expect("text")
    });
    (url, heard)
}

#[tokio::test]
async fn a_signed_webhook_shows_who_sent_it_and_when() {
    let (url, heard) = hook(204).await;
    let secret = Some("shared".to_owned().try_into().expect("a name"));
    let channels = channels(&[("shared", "sesame")], None);
    channels.send(&Contact::Webhook { url, secret }, &page()).await.expect("taken");
    let heard = heard.await.expect("it heard");
    let (head, body) = heard.split_once("\r\n\r\n").expect("a head");
    let signature = head.lines().find_map(|line| line.strip_prefix("seaworthy-signature: ")).expect("signed");
    let at = "1795226490";
    let want = hex(&hmac_sha256(b"sesame", &[at.as_bytes(), b".", body.as_bytes()]));
    assert_eq!(signature, format!("t={at},v1={want}"));
    assert!(head.contains("idempotency-key: page/1/contacts") && !heard.contains("sesame"));
}

#[tokio::test]
async fn each_status_of_a_webhook_is_for_now_or_for_good() {
    for (status, again) in
        [(400, false), (404, false), (410, false), (408, true), (425, true), (429, true), (500, true)]
    {
        let (url, heard) = hook(status).await;
        let not = channels(&[], None).send(&Contact::Webhook { url, secret: None }, &page()).await;
        let not = not.expect_err("not taken");
        assert_eq!((not.why, not.again), (format!("the webhook answered {status}"), again));
        assert!(!heard.await.expect("it heard").contains("seaworthy-signature"), "nobody gave a secret");
    }
}

#[tokio::test]
async fn a_webhook_that_is_not_there_is_for_now_and_one_that_is_none_is_for_good() {
    let channels = channels(&[], None);
    for (url, again) in [("http://127.0.0.1:1/x", true), ("ftp://127.0.0.1/x", false), ("http://", false)] {
        let contact = Contact::Webhook { url: url.to_owned(), secret: None };
        let not = channels.send(&contact, &page()).await.expect_err(url);
        assert_eq!(not.again, again, "{url}: {}", not.why);
        assert!(!not.why.contains("127.0.0.1"), "{}", not.why);
    }
    let contact = Contact::Webhook { url: "http://127.0.0.1:1/x".to_owned(), secret: None };
    let odd = Note { key: "a\nb".to_owned(), ..page() };
    assert!(!channels.send(&contact, &odd).await.expect_err("no header").again);
}

#[tokio::test]
async fn a_server_without_a_relay_says_so_and_one_with_it_shows_no_password() {
    let contact = Contact::Email { address: "ines@shop.example".to_owned() };
    let not = channels(&[], None).send(&contact, &page()).await.expect_err("no relay");
    assert_eq!((not.why.as_str(), not.again), ("the server is told no mail relay", false));
    assert_eq!(relay("smtps://pager@mail.example").to_string(), "mail.example:465");
}

#[test]
fn what_follows_a_call_goes_where_it_wakes_nobody() {
    let webhook = Contact::Webhook { url: String::new(), secret: None };
    let command = Contact::Command { command: vec![] };
    assert!(!hears_what_follows(&webhook) && !hears_what_follows(&command));
    assert!(hears_what_follows(&Contact::Email { address: String::new() }));
}
