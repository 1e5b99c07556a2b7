//! A note in words, for channels that people read: a subject and a body in plain text.
//!
//! The subject says what customers cannot do, because that is all a phone shows at night. Nothing is fetched when a
//! message is opened, and nobody learns that it was.

use jiff::tz::TimeZone;

use crate::{Kind, Note};

/// Longest subject, in characters: more is cut by every phone.
const SUBJECT_CHARS_MAX: usize = 150;

/// Returns the subject, on one line.
pub(crate) fn subject(note: &Note) -> String {
    let subject = match note.kind {
        Kind::Page => format!("[{}] {}", note.service, note.sentence),
        // Programs put an answer beside what it answers.
        Kind::Taken | Kind::Resolved => format!("Re: [{}] {}", note.service, note.sentence),
        Kind::Confirm => "Confirm that pages may come here".to_owned(),
        Kind::Test => "A test: a page would come here".to_owned(),
        Kind::Ask => note.sentence.clone(),
        Kind::Shadow => format!("You are shadowing: [{}] {}", note.service, note.sentence),
    };
    cut(&line(&subject), SUBJECT_CHARS_MAX)
}

/// Returns the body: paragraphs of plain text, lines ending in a line feed.
pub(crate) fn body(note: &Note) -> String {
    let mut parts = vec![opening(note)];
    if let Some(take) = &note.take {
        parts.push(format!("Take it:  {take}"));
    }
    if let Some(confirm) = &note.confirm {
        parts.push(format!("Confirm:  {confirm}"));
    }
    if let Some(answer) = &note.answer {
        parts.push(format!("Read and answer: {answer}"));
    }
    if !note.link.is_empty() {
        let what = match (note.kind, note.page.is_empty()) {
            (Kind::Ask, _) => "To leave later",
            (_, true) => "Contacts",
            (_, false) => "The page",
        };
        parts.push(format!("{what}: {}", note.link));
    }
    parts.push(closing(note));
    let mut body = parts.join("\n\n");
    body.push('\n');
    body
}

/// What it is about.
fn opening(note: &Note) -> String {
    let sentence = line(&note.sentence);
    match (note.kind, note.began_at) {
        (Kind::Page | Kind::Shadow, Some(began)) => {
            let began = began.to_zoned(TimeZone::UTC).strftime("%-d %b %Y %H:%M:%S UTC");
            format!("{sentence}\nSince {began}.")
        }
        _ => sentence,
    }
}

/// Why it comes, and to whom.
fn closing(note: &Note) -> String {
    let Note { to, team, service, .. } = note;
    match note.kind {
        Kind::Page => format!("You, {to}, are called for team {team}, which owns {service}."),
        Kind::Taken | Kind::Resolved => format!("You, {to}, were called for team {team}. Nothing is asked of you now."),
        Kind::Confirm => format!("Are you not {to}? Then do nothing: the link ends by itself in a day."),
        Kind::Test => format!("This goes to {to} and asks nothing of you."),
        Kind::Ask => format!("This goes to {to} alone. You need not answer, and nobody is told whether you read it."),
        Kind::Shadow => format!("You, {to}, are shadowing: there is nothing to do. Team {team} has been called."),
    }
}

/// Puts a text on one line: no line feed or other control character that a header or a terminal would act on.
pub(crate) fn line(text: &str) -> String {
    let shown = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect::<String>();
    shown.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Cuts a text to so many characters, the last of them an ellipsis where something is missing.
pub(crate) fn cut(text: &str, chars_max: usize) -> String {
    match text.char_indices().nth(chars_max) {
        None => text.to_owned(),
        Some(_) => {
            let kept: String = text.chars().take(chars_max - 1).collect();
            format!("{}…", kept.trim_end())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::page;

    #[test]
    fn a_page_says_what_customers_cannot_do_and_how_to_take_it() {
        assert_eq!(subject(&page()), "[checkout] 1 in 3 orders fails");
        assert_eq!(
            body(&page()),
            "1 in 3 orders fails\nSince 21 Nov 2026 02:01:09 UTC.\n\nTake it:  http://portal.test/take/1/2/3\n\n\
             The page: http://portal.test/pages/1\n\nYou, ines, are called for team shop, which owns checkout.\n"
        );
    }

    #[test]
    fn each_kind_says_what_it_asks() {
        let of = |kind| Note { kind, page: String::new(), take: None, ..page() };
        let taken = Note { sentence: "Taken by omar 02:04 UTC".to_owned(), ..of(Kind::Taken) };
        assert_eq!(subject(&taken), "Re: [checkout] Taken by omar 02:04 UTC");
        assert!(body(&taken).starts_with("Taken by omar 02:04 UTC\n\n"), "no \"since\" of the outage");
        let confirm = Note { confirm: Some("http://portal.test/confirm/x".to_owned()), ..of(Kind::Confirm) };
        assert!(body(&confirm).contains("Confirm:  http://portal.test/confirm/x\n\nContacts: "), "{}", body(&confirm));
        assert!(body(&of(Kind::Test)).contains("asks nothing of you"));
        let shadow = of(Kind::Shadow);
        assert!(subject(&shadow).starts_with("You are shadowing: ") && body(&shadow).contains("nothing to do"));
        let ask = Note { answer: Some("http://portal.test/accept/x".to_owned()), ..of(Kind::Ask) };
        assert!(
            body(&ask).contains("Read and answer: http://portal.test/accept/x\n\nTo leave later: "),
            "{}",
            body(&ask)
        );
    }

    #[test]
    fn no_header_comes_out_of_a_sentence() {
        let note = Note { sentence: "x\r\nBcc: a@b\u{1b}[2J\u{0}".to_owned(), ..page() };
        assert_eq!(subject(&note), "[checkout] x Bcc: a@b [2J");
        let long = Note { sentence: "é".repeat(1_000), ..page() };
        assert_eq!(subject(&long).chars().count(), SUBJECT_CHARS_MAX);
    }
}
