//! A note as a mail (RFC 5322, 2045 to 2047): plain text, nothing to fetch, nothing that tells who read it.
//!
//! The `Message-ID` is made from the note's key and the mailbox, so that a mail which was sent twice is the same mail, and
//! what follows a page stands below it.

mod encoding;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use sha2::{Digest, Sha256};

use crate::signature::hex;
use crate::text::{body, line, subject};
use crate::{Kind, Note};

/// Digits of a message's id: 128 bits tell any two apart.
const ID_DIGITS: usize = 32;

/// Returns the mail, lines ending in CR LF.
pub(crate) fn mail(note: &Note, (from, domain, to): (&str, &str, &str), now: Timestamp) -> String {
    let date = jiff::fmt::rfc2822::to_string(&now.to_zoned(TimeZone::UTC)).unwrap_or_default();
    let mut headers = vec![
        format!("From: Seaworthy <{from}>"),
        format!("To: <{to}>"),
        format!("Subject: {}", encoding::header(&subject(note), "Subject: ".len())),
        format!("Date: {date}"),
        format!("Message-ID: {}", id(&note.key, to, domain)),
    ];
    if let Some(call) = &note.follows {
        let call = id(call, to, domain);
        headers.extend([format!("In-Reply-To: {call}"), format!("References: {call}")]);
    }
    if note.kind == Kind::Page {
        headers.push("Importance: high".to_owned());
    }
    headers.extend([
        format!("Seaworthy-Key: {}", encoding::header(&line(&note.key), "Seaworthy-Key: ".len())),
        // No holiday answers, please (RFC 3834).
        "Auto-Submitted: auto-generated".to_owned(),
        "MIME-Version: 1.0".to_owned(),
        "Content-Type: text/plain; charset=utf-8".to_owned(),
        "Content-Transfer-Encoding: quoted-printable".to_owned(),
    ]);
    format!("{}\r\n\r\n{}", headers.join("\r\n"), encoding::quoted_printable(&body(note)))
}

/// Two mailboxes of one person get two mails, and neither id says whose it is.
fn id(key: &str, to: &str, domain: &str) -> String {
    let digest = hex(&Sha256::new().chain_update(key).chain_update([0]).chain_update(to).finalize());
    format!("<{}@{domain}>", &digest[..ID_DIGITS])
}

pub(crate) use encoding::base64;

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::tests::page;

    fn of(note: &Note) -> String {
        let now = "2026-11-21T02:01:30Z".parse().expect("a time");
        mail(note, ("pager@shop.example", "shop.example", "ines@shop.example"), now)
    }

    #[test]
    fn a_page_as_it_leaves() {
        expect![[r#"
            From: Seaworthy <pager@shop.example>
            To: <ines@shop.example>
            Subject: [checkout] 1 in 3 orders fails
            Date: Sat, 21 Nov 2026 02:01:30 +0000
            Message-ID: <ID@shop.example>
            Importance: high
            Seaworthy-Key: page/1/contacts
            Auto-Submitted: auto-generated
            MIME-Version: 1.0
            Content-Type: text/plain; charset=utf-8
            Content-Transfer-Encoding: quoted-printable

            1 in 3 orders fails
            Since 21 Nov 2026 02:01:09 UTC.

            Take it:  http://portal.test/take/1/2/3

            The page: http://portal.test/pages/1

            You, ines, are called for team shop, which owns checkout.
        "#]]
        .assert_eq(
            &of(&page()).replace("\r\n", "\n").replace(&id("page/1/contacts", "ines@shop.example", "x")[1..33], "ID"),
        );
    }

    #[test]
    fn what_follows_stands_below_the_page() {
        let taken = Note {
            kind: Kind::Taken,
            key: "page/1/contacts/taken".to_owned(),
            follows: Some("page/1/contacts".to_owned()),
            ..page()
        };
        let (call, taken) = (of(&page()), of(&taken));
        let header = |mail: &str, name: &str| {
            mail.lines().find_map(|line| line.strip_prefix(name).map(str::to_owned)).expect("a header")
        };
        assert_eq!(header(&taken, "In-Reply-To: "), header(&call, "Message-ID: "));
        assert_ne!(header(&taken, "Message-ID: "), header(&call, "Message-ID: "));
        assert!(!taken.contains("Importance"), "nobody is woken by it");
    }

    #[test]
    fn every_line_is_short_and_of_seven_bits_whatever_is_said() {
        let note = Note { sentence: "é例\r\nBcc: a@b =?x?= ".repeat(60), service: "ß".to_owned(), ..page() };
        let mail = of(&note);
        assert!(mail.is_ascii());
        for line in mail.split("\r\n") {
            assert!(line.len() <= 78 && !line.contains(['\r', '\n']), "{line:?}");
            assert!(!line.starts_with("Bcc"), "{line:?}");
        }
    }
}
