//! Rules that hold for every page in every state.

use std::collections::BTreeMap;

use seaworthy_contract::api::{Code, LedgerRow, Page, PageState, Reach, Rollout, Status};
use sha2::{Digest as _, Sha256};

use super::{data, shown};
use crate::view::{ErrorPage, HomeFacts, HomePage, LedgerView, PagesPage, RolloutsPage, ServicesPage, WhoPage};
use crate::{Flash, assets, render, render_part};

/// Largest document, in bytes: what a slow phone loads in two seconds, with the rest.
const HTML_BYTES_MAX: usize = 60 * 1024;

/// Largest screen: document, style and scripts, unpacked.
const SCREEN_BYTES_MAX: usize = 150 * 1024;

/// The tags of a document, without what is between them.
fn tags(html: &str) -> impl Iterator<Item = &str> {
    html.split('<').skip(1).map(|rest| rest.split_once('>').map_or(rest, |(tag, _)| tag))
}

fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    let from = tag.find(&format!(" {name}=\""))? + name.len() + 3;
    tag[from..].split('"').next()
}

/// The names of a tag's attributes: what stands outside of quotes.
fn names(tag: &str) -> impl Iterator<Item = &str> {
    tag.split('"').step_by(2).flat_map(str::split_whitespace).filter_map(|word| word.split('=').next())
}

#[test]
fn nothing_inline_that_the_security_policy_forbids() {
    for (name, html) in shown::pages() {
        for tag in tags(&html) {
            let element = tag.split_whitespace().next().unwrap_or_default();
            assert_ne!(element, "style", "{name}");
            assert!(attribute(tag, "style").is_none(), "{name}: {tag}");
            assert!(element != "script" || attribute(tag, "src").is_some(), "{name}: {tag}");
            for attribute in names(tag) {
                let evaluated = attribute.starts_with("on") || attribute.starts_with("hx-on");
                assert!(!evaluated, "{name}: {attribute} in {tag}");
            }
            assert!(!tag.contains("javascript:") && !tag.contains("js:"), "{name}: {tag}");
            for place in ["src", "href"] {
                let away = attribute(tag, place).is_some_and(|to| !to.starts_with(['/', '#']));
                // A runbook's link leads away when it is followed, and tells nobody where from.
                let led = element == "a" && tag.contains("rel=\"noreferrer\"") && tag.contains("href=\"http");
                assert!(!away || led, "{name}: nothing is loaded from elsewhere: {tag}");
            }
        }
    }
}

/// Pages that no session is behind: nothing else of the portal is around them.
const ANONYMOUS: [&str; 3] = ["sign-in", "sign-in-refused", "ask"];

#[test]
fn every_page_has_its_landmarks_once() {
    for (name, html) in shown::pages() {
        let count = |text: &str| html.matches(text).count();
        assert_eq!((count("<h1"), count("<main "), count("</main>")), (1, 1, 1), "{name}");
        assert_eq!(count("<title>"), 1 + count("<svg class=\"life"), "{name}: life lines have titles of their own");
        assert!(
            count("<nav ") == usize::from(!ANONYMOUS.contains(&name)) && count("aria-label=\"Main\"") == count("<nav ")
        );
        assert_eq!(count("href=\"#main\""), 1, "{name} has a way past the masthead");
        assert!(count("aria-current=\"page\"") <= 1, "{name}");
        let mut ids = BTreeMap::new();
        tags(&html).filter_map(|tag| attribute(tag, "id")).for_each(|id| *ids.entry(id).or_insert(0) += 1);
        let twice: Vec<_> = ids.iter().filter(|(_, n)| **n > 1).collect();
        assert!(twice.is_empty(), "{name}: {twice:?}");
        for tag in tags(&html) {
            let named = attribute(tag, "aria-labelledby").or(attribute(tag, "for"));
            assert!(named.is_none_or(|id| ids.contains_key(id)), "{name}: {tag} names nothing");
        }
    }
}

#[test]
fn elements_close_in_order() {
    const VOID: [&str; 4] = ["meta", "link", "input", "br"];
    for (name, html) in shown::pages() {
        let mut open = Vec::new();
        for tag in tags(&html).filter(|tag| !tag.starts_with('!') && !tag.ends_with('/')) {
            let element = tag.split_whitespace().next().unwrap_or_default();
            match element.strip_prefix('/') {
                Some(closed) => assert_eq!(open.pop(), Some(closed), "{name}: </{closed}>"),
                None if VOID.contains(&element) => {}
                None => open.push(element),
            }
        }
        assert!(open.is_empty(), "{name}: {open:?} left open");
    }
}

#[test]
fn forms_work_without_script() {
    let mut forms = 0;
    for (name, html) in shown::pages() {
        for form in html.split("<form").skip(1).map(|rest| rest.split("</form>").next().unwrap_or(rest)) {
            assert!(form.contains("action=\"/"), "{name}: a form says where it goes");
            assert!(form.contains("<button") || form.contains("role=\"search\""), "{name}: and can be sent");
            if form.contains("method=\"post\"") && !ANONYMOUS.contains(&name) {
                assert!(form.contains("name=\"csrf\" value=\"c5f0"), "{name}: with the session's token");
                forms += 1;
            }
        }
        assert!(!html.contains("hx-post"), "{name}: no act needs script");
    }
    assert!(forms > 20, "forms were looked at: {forms}");
}

#[test]
fn pages_are_light() {
    let shared: usize = assets().iter().map(|asset| asset.bytes.len()).sum();
    for (name, html) in shown::pages() {
        assert!(html.len() <= HTML_BYTES_MAX, "{name}: {} bytes", html.len());
        assert!(html.len() + shared <= SCREEN_BYTES_MAX, "{name}: {} bytes with assets", html.len() + shared);
    }
}

#[test]
fn every_time_says_its_zone_and_unknown_is_a_word() {
    for (name, html) in shown::pages() {
        for tag in tags(&html).filter(|tag| tag.starts_with("time ")) {
            assert!(attribute(tag, "title").is_some_and(|title| title.ends_with(" UTC")), "{name}: {tag}");
            assert!(attribute(tag, "datetime").is_some_and(|time| time.ends_with('Z')), "{name}: {tag}");
        }
        for chip in html.split("<span class=\"chip ").skip(1) {
            let word = chip.split_once('>').map(|(_, rest)| rest.split("</span>").next().unwrap_or_default());
            let word = word.map(|word| word.rsplit("</svg>").next().unwrap_or_default().trim());
            assert!(word.is_some_and(|word| !word.is_empty()), "{name}: a chip without a word");
        }
    }
}

const HOSTILE: &str = "<script>alert(1)</script>\"'&";

#[test]
fn what_strangers_write_is_never_markup() {
    let rollout = Rollout {
        sentence: HOSTILE.to_owned(),
        reason: Some(HOSTILE.to_owned()),
        by: format!("person/{HOSTILE}"),
        ..data::held()
    };
    let page =
        Page { sentence: HOSTILE.to_owned(), to_name: Some(HOSTILE.to_owned()), ..data::page(PageState::Requested) };
    let mut service = data::checkout();
    (service.description, service.source) = (Some(HOSTILE.to_owned()), HOSTILE.to_owned());
    service.on_call = service.on_call.map(|mut on_call| {
        on_call.display_name = Some(HOSTILE.to_owned());
        on_call
    });
    let mut ledger = data::ledger(1, 1, 1);
    let row: &mut LedgerRow = &mut ledger.rows[0];
    (row.sentence, row.actor, row.stream) = (HOSTILE.to_owned(), HOSTILE.to_owned(), format!("service/{HOSTILE}"));
    row.payload = serde_json::json!({ "why": HOSTILE });
    let answer = seaworthy_contract::api::WhoAnswer { query: HOSTILE.to_owned(), candidates: Vec::new() };
    let error = seaworthy_contract::api::ApiError {
        code: Code::NotFound,
        message: HOSTILE.to_owned(),
        hint: Some(format!("`{HOSTILE}`")),
    };
    let flash = Flash { refused: true, text: HOSTILE.to_owned(), hint: Some(format!("`{HOSTILE}`")) };
    let mut chrome = shown::chrome(&format!("/who?q={HOSTILE}"));
    chrome.flash = Some(flash);
    let shown = [
        render(&chrome, &shown::rollout_page(&rollout, None, &shown::rights())),
        render(&chrome, &RolloutsPage::new(std::slice::from_ref(&rollout), data::now())),
        render(&chrome, &PagesPage::new(std::slice::from_ref(&page), data::now())),
        render(&chrome, &shown::page_page(&page, &rollout, &shown::rights(), true)),
        render(&chrome, &ServicesPage::new(&[service])),
        render(&chrome, &LedgerView::new(&ledger, Some(1), 40, None)),
        render(&chrome, &WhoPage::new(&answer, None)),
        render(&chrome, &ErrorPage::new(404, HOSTILE, &error, HOSTILE)),
    ];
    for html in shown {
        assert!(!html.contains("<script>"), "markup came through");
        assert!(html.contains("&#60;script&#62;alert(1)"), "and it is shown as it was written");
        assert!(!tags(&html).any(|tag| tag.contains("alert") && !tag.contains('"')), "not even in a tag");
    }
}

#[test]
fn whoever_has_no_contact_is_not_said_to_be_on_call_and_no_more() {
    let said = |status: &Status| {
        let home = HomePage::new(&HomeFacts { status, series: &BTreeMap::new(), finished: &[], objectives: &[] });
        home.proofs.iter().map(|proof| proof.title.clone()).collect::<Vec<_>>().join("; ")
    };
    let mut status = data::calm();
    assert!(said(&status).contains("Every service has somebody on call"), "{}", said(&status));
    status.services[0].on_call.as_mut().expect("somebody is").reach = Reach::None;
    assert!(said(&status).contains("Nobody who is on call has a contact"), "{}", said(&status));
    let mut other = status.services[0].clone();
    other.on_call.as_mut().expect("somebody is").reach = Reach::Confirmed;
    status.services.push(other);
    assert!(said(&status).contains("Who is on call for 1 of 2"), "{}", said(&status));
    status.services[1].on_call = None;
    assert!(said(&status).contains("have somebody on call, 1 of these without"), "{}", said(&status));
}

#[test]
fn a_part_is_the_same_bytes_as_in_the_whole() {
    let chrome = shown::chrome("/rollouts/1");
    let page = shown::rollout_page(&data::live(), None, &shown::rights());
    let part = render_part(&chrome, &page);
    assert!(render(&chrome, &page).contains(&part), "a refreshed page is the page");
    assert!(part.starts_with("<main ") && !part.contains("<html"));
}

#[test]
fn before_sign_in_nothing_of_the_state_is_shown() {
    let pages = shown::pages();
    let (_, html) = pages.iter().find(|(name, _)| *name == "sign-in").expect("rendered");
    for secret in ["/v1/events", "48,213", "checkout", "<nav", "csrf"] {
        assert!(!html.contains(secret), "{secret}");
    }
}

#[test]
fn vendored_scripts_are_what_the_table_says() {
    let table = include_str!("../../static/vendor/README.md");
    for (name, bytes) in [
        ("htmx.min.js", include_bytes!("../../static/vendor/htmx.min.js").as_slice()),
        ("hx-sse.min.js", include_bytes!("../../static/vendor/hx-sse.min.js").as_slice()),
    ] {
        let hash: String = Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect();
        let line = table.lines().find(|line| line.starts_with(&format!("| `{name}`"))).expect("named");
        assert!(line.contains(&hash), "{name} is {hash}");
    }
}

#[test]
fn an_asset_is_found_by_its_own_hash_only() {
    for asset in assets() {
        assert_eq!(crate::asset_at(&asset.hash, asset.name), Some(asset));
        assert_eq!(crate::asset_at("0000000000000000", asset.name), None, "an old address never serves new bytes");
    }
    assert_eq!(crate::asset_at(&assets()[0].hash, "../tokens.css"), None);
}
