//! A relay that follows a script, over real sockets: what each of its answers means, and what it is told.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

use super::*;
use crate::relay::Security;

/// The certificates that the tests of TLS have: a leaf for `localhost` and 127.0.0.1, good in the first half of 2026.
fn pem(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tls/src/tests").join(name)
}

fn connector(at: &str) -> Connector {
    trusting("ca.pem", at)
}

fn trusting(root: &str, at: &str) -> Connector {
    let at: Timestamp = at.parse().unwrap();
    Connector::new(Some(&pem(root)), Arc::new(move || at)).unwrap().without_alpn()
}

fn acceptor() -> TlsAcceptor {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let leaf = CertificateDer::from_pem_file(pem("leaf.pem")).unwrap();
    let key = PrivateKeyDer::from_pem_file(pem("leaf.key")).unwrap();
    let mut config = config.with_no_client_auth().with_single_cert(vec![leaf], key).unwrap();
    // A relay that knows its own name for what is spoken refuses others.
    config.alpn_protocols = vec![b"smtp".to_vec()];
    Arc::new(config).into()
}

/// What a relay answers, to which beginning of a command; anything else gets what is usual.
type Odd = &'static [(&'static str, &'static str)];

/// A relay for one mail; what it heard comes back.
async fn relay(security: Security, odd: Odd) -> (Relay, tokio::task::JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let host = "127.0.0.1".to_owned();
    let relay = Relay { host, port, security, user: None, from: "pager@shop.example".to_owned() };
    let heard = tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        match security {
            Security::Tls => match acceptor().accept(stream).await {
                Ok(stream) => talk(stream, odd, true).await.0,
                Err(_) => Vec::new(),
            },
            _ => starts_tls(stream, odd).await,
        }
    });
    (relay, heard)
}

async fn starts_tls(stream: TcpStream, odd: Odd) -> Vec<String> {
    let (mut heard, stream) = talk(stream, odd, true).await;
    let Some(stream) = stream else { return heard };
    if let Ok(stream) = acceptor().accept(stream).await {
        heard.push("(TLS)".to_owned());
        heard.extend(talk(stream, odd, false).await.0);
    }
    heard
}

/// Talks to the end, or until TLS is to begin: then the stream comes back.
async fn talk<S: AsyncRead + AsyncWrite + Unpin>(stream: S, odd: Odd, greets: bool) -> (Vec<String>, Option<S>) {
    let mut stream = BufReader::new(stream);
    let (mut heard, mut in_mail) = (Vec::new(), false);
    let mut answer = greets.then(|| reply("", odd));
    loop {
        if let Some(answer) = answer.take() {
            if answer.is_empty() || stream.write_all(answer.as_bytes()).await.is_err() {
                return (heard, None);
            }
            if heard.last().is_some_and(|line| line == "STARTTLS") && answer.starts_with("220 ") {
                return (heard, Some(stream.into_inner()));
            }
        }
        let mut line = String::new();
        if stream.read_line(&mut line).await.unwrap_or(0) == 0 {
            return (heard, None);
        }
        let line = line.trim_end_matches("\r\n").to_owned();
        if !in_mail || line == "." {
            answer = Some(reply(&line, odd));
            in_mail = line == "DATA" && answer.as_ref().is_some_and(|answer| answer.starts_with("354"));
        }
        heard.push(line);
    }
}

/// What is answered to a command; the greeting where there is none.
fn reply(command: &str, odd: Odd) -> String {
    if let Some((_, answer)) =
        odd.iter().find(|(start, _)| command.starts_with(start) && start.is_empty() == command.is_empty())
    {
        return (*answer).to_owned();
    }
    match command.split(' ').next().unwrap_or_default() {
        "" => "220 relay.test\r\n",
        "EHLO" => "250-relay.test\r\n250-STARTTLS\r\n250 AUTH PLAIN LOGIN\r\n",
        "STARTTLS" => "220 go\r\n",
        "AUTH" => "235 2.7.0 welcome\r\n",
        "DATA" => "354 go on\r\n",
        "QUIT" => "221 bye\r\n",
        _ => "250 2.0.0 ok\r\n",
    }
    .to_owned()
}

/// Sends one mail and returns what came of it and what the relay heard.
async fn mailed(security: Security, user: Option<&str>, odd: Odd) -> (Result<(), NotTaken>, Vec<String>) {
    let (relay, heard) = relay(security, odd).await;
    let relay = Relay { user: user.map(str::to_owned), ..relay };
    let tls = connector("2026-03-01T00:00:00Z");
    let way = Way { relay: &relay, password: Some("open sesame"), tls: &tls };
    let sent = send(&way, "ines@shop.example", "Subject: x\r\n\r\n.dot\r\nend\r\n").await;
    (sent, heard.await.unwrap())
}

#[tokio::test]
async fn a_mail_goes_through_starttls_and_what_was_offered_before_is_asked_again() {
    let (sent, heard) = mailed(Security::StartTls, Some("pager"), &[]).await;
    assert_eq!(sent, Ok(()));
    assert_eq!(
        heard,
        [
            "EHLO [127.0.0.1]",
            "STARTTLS",
            "(TLS)",
            "EHLO [127.0.0.1]",
            "AUTH PLAIN AHBhZ2VyAG9wZW4gc2VzYW1l",
            "MAIL FROM:<pager@shop.example>",
            "RCPT TO:<ines@shop.example>",
            "DATA",
            "Subject: x",
            "",
            "..dot",
            "end",
            ".",
            "QUIT",
        ]
    );
}

#[tokio::test]
async fn tls_from_the_first_byte_and_none_at_all() {
    let (sent, heard) = mailed(Security::Tls, None, &[]).await;
    assert_eq!((sent, heard[0].as_str()), (Ok(()), "EHLO [127.0.0.1]"));
    let (sent, heard) = mailed(Security::None, None, &[]).await;
    assert_eq!(sent, Ok(()));
    assert!(!heard.iter().any(|line| line == "STARTTLS" || line.starts_with("AUTH")), "{heard:?}");
}

#[tokio::test]
async fn each_answer_is_for_now_or_for_good() {
    use Security::{None as Plain, StartTls};
    let rows: &[(Security, Odd, &str, bool)] = &[
        (Plain, &[("", "554 no service\r\n")], "answered 554 to our call", false),
        (Plain, &[("", "421 4.3.2 closing\r\n")], "answered 421 4.3.2 to our call", true),
        (Plain, &[("", "")], "broke off", true),
        (Plain, &[("", "SSH-2.0-OpenSSH_9.2\r\n")], "does not speak SMTP", false),
        (Plain, &[("EHLO", "502 what\r\n")], "answered 502 to EHLO", false),
        (Plain, &[("MAIL", "550 5.7.1 <pager@shop.example> denied\r\n")], "answered 550 5.7.1 to the sender", false),
        (Plain, &[("RCPT", "550 5.1.1 <ines@shop.example> unknown\r\n")], "answered 550 5.1.1 to the recipient", false),
        (Plain, &[("RCPT", "450 4.2.0 greylisted\r\n")], "answered 450 4.2.0 to the recipient", true),
        (Plain, &[("DATA", "452 4.3.1 full\r\n")], "answered 452 4.3.1 to DATA", true),
        (Plain, &[(".", "554 5.7.1 spam\r\n")], "answered 554 5.7.1 to the mail", false),
        (Plain, &[(".", "")], "broke off", true),
        (StartTls, &[("EHLO", "250-relay.test\r\n250 8BITMIME\r\n")], "offers no STARTTLS", false),
        (StartTls, &[("STARTTLS", "454 4.7.0 not now\r\n")], "answered 454 4.7.0 to STARTTLS", true),
        (StartTls, &[("STARTTLS", "220 go\r\n250 injected\r\n")], "spoke on before TLS", false),
    ];
    for (security, odd, why, again) in rows {
        let (sent, _) = mailed(*security, None, odd).await;
        let not = sent.expect_err(why);
        assert!(not.why.contains(why), "{} does not say {why}", not.why);
        assert!(!not.why.contains("shop.example"), "{}", not.why);
        assert_eq!(not.again, *again, "{why}");
    }
}

#[tokio::test]
async fn signing_in_by_the_way_that_is_offered() {
    let login: Odd = &[
        ("EHLO", "250-relay.test\r\n250-STARTTLS\r\n250 AUTH LOGIN\r\n"),
        ("AUTH LOGIN", "334 VXNlcm5hbWU6\r\n"),
        ("cGFnZXI=", "334 UGFzc3dvcmQ6\r\n"),
        ("b3BlbiBzZXNhbWU=", "235 welcome\r\n"),
    ];
    assert_eq!(mailed(Security::StartTls, Some("pager"), login).await.0, Ok(()));
    for (odd, why) in [
        (&[("AUTH", "535 5.7.8 pager is unknown\r\n")] as Odd, "answered 535 5.7.8 to our sign-in"),
        (&[("EHLO", "250-relay.test\r\n250-STARTTLS\r\n250 AUTH GSSAPI\r\n")], "no way to sign in"),
    ] {
        let not = mailed(Security::StartTls, Some("pager"), odd).await.0.expect_err(why);
        assert!(not.why.contains(why) && !not.again && !not.why.contains("pager"), "{}", not.why);
    }
}

#[tokio::test]
async fn a_certificate_that_is_over_or_of_nobody_gets_no_mail() {
    for (tls, why) in
        [(connector("2026-11-21T00:00:00Z"), "has ended"), (trusting("other.pem", "2026-03-01T00:00:00Z"), "issuer")]
    {
        let (relay, heard) = relay(Security::StartTls, &[]).await;
        let way = Way { relay: &relay, password: None, tls: &tls };
        let not = send(&way, "ines@shop.example", "x\r\n").await.expect_err(why);
        assert!(!not.again && not.why.contains(why), "{}", not.why);
        assert!(!heard.await.unwrap().iter().any(|line| line.starts_with("MAIL")));
    }
}

#[tokio::test]
async fn nobody_there_is_for_now_and_a_mailbox_that_is_none_is_for_good() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let relay = Relay::parse(&format!("smtp-plain://127.0.0.1:{port}"), "a@b").unwrap();
    let tls = connector("2026-03-01T00:00:00Z");
    let way = Way { relay: &relay, password: None, tls: &tls };
    let gone = send(&way, "ines@shop.example", "x\r\n").await.expect_err("nobody listens");
    assert!(gone.again, "{}", gone.why);
    for odd in ["ines@shop.example>\r\nRCPT TO:<x@y", "ínes@shop.example", "ines"] {
        assert!(!send(&way, odd, "x\r\n").await.expect_err(odd).again);
    }
}

#[tokio::test]
async fn a_relay_that_never_answers_has_its_time() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let relay = Relay::parse(&format!("smtp-plain://{}", listener.local_addr().unwrap()), "a@b").unwrap();
    let tls = connector("2026-03-01T00:00:00Z");
    let way = Way { relay: &relay, password: None, tls: &tls };
    let not = within(Duration::from_millis(50), &way, "ines@shop.example", "x\r\n").await.expect_err("it hangs");
    assert!(not.again && not.why.contains("50 ms"), "{}", not.why);
}
