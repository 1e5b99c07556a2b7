//! The demo's story as a person reads it: the portal of a running shop, in a real browser, with scripts and without.
//!
//! What a page must show is asked of the API at the same moment; how it shows it is the portal's own business.

use std::fs;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use rustix::process::Signal;
use seaworthy_browser::{Page, Scheme, Scripts};
use seaworthy_contract::api::{PageState, RolloutState, Verdict, Verification};
use seaworthy_model::RolloutId;

use crate::kit::{Offer, QUOTE, Shop, get, kill, until};
use crate::night::Night;

/// How long a page may take to show what happened: events come each second, a loaded machine is slower.
const SOON: Duration = Duration::from_secs(15);

/// The row that a revert turns into evidence.
const ROW: &str = "DEP-12";

/// A version that fails seldom enough to be read about while it is on trial.
const SELDOM: Offer = Offer { version: "v2", fail: Some("0.04"), steps: &[0.2], dwell_ms: 1_000 };

/// Taps that somebody who was just woken has until a version is off its users, the one on the message's link among them.
const TAPS_MAX: u32 = 3;

/// And how long, from that first tap on.
const RESTORES_WITHIN: Duration = Duration::from_secs(10);

/// Most bytes of a page about a page, with everything it loads: a phone in a cellar loads it in seconds.
const PAGE_BYTES_MAX: u64 = 150_000;

/// A reader: one page in one browser.
struct Reader {
    page: Page,
    portal: String,
}

impl Reader {
    /// Opens the browser; none where there is none.
    fn start(portal: &str, scripts: Scripts) -> Option<Self> {
        let program = std::env::var_os("SEAWORTHY_CHROMIUM").map_or("/usr/bin/chromium".into(), PathBuf::from);
        if !program.exists() {
            eprintln!("SKIPPED: there is no browser at \"{}\"; SEAWORTHY_CHROMIUM names another", program.display());
            return None;
        }
        let mut reader = Self { page: Page::start(&program).unwrap(), portal: portal.to_owned() };
        reader.page.scripts(scripts).unwrap();
        reader.page.look(1280, 900, Scheme::Light).unwrap();
        Some(reader)
    }

    /// Opens the browser and signs in by a link that works once.
    fn sign_in(shop: &Shop, link: &str, scripts: Scripts) -> Option<Self> {
        let mut reader = Self::start(&shop.up.portal, scripts)?;
        reader.page.open(link).unwrap();
        reader.is_at("/");
        Some(reader)
    }

    fn open(&mut self, path: &str) {
        self.page.open(&format!("{}{path}", self.portal)).unwrap();
        self.is_at(path);
    }

    /// Follows the first link or presses the first button that `selector` finds.
    fn press(&mut self, selector: &str) {
        self.page.press(selector).unwrap_or_else(|error| panic!("{selector}: {error}"));
    }

    fn is_at(&mut self, path: &str) {
        self.wait_for(&format!("document.readyState === 'complete' && location.pathname === '{path}'"));
    }

    fn wait_for(&mut self, script: &str) {
        self.page.wait_for(script, SOON).unwrap_or_else(|error| panic!("{error}"));
    }

    /// Waits until the page says something in its main heading.
    fn is_headed(&mut self, text: &str) {
        self.wait_for(&format!("document.querySelector('h1').innerText.includes({text:?})"));
    }

    /// Waits until the page says something anywhere.
    fn says(&mut self, text: &str) {
        self.wait_for(&format!("document.body.innerText.includes({text:?})"));
    }

    /// Leaves a mark that a reload would lose.
    fn mark(&mut self) {
        self.page.evaluate("window.sameDocument = true").unwrap();
    }

    fn was_never_reloaded(&mut self) {
        assert_eq!(self.page.evaluate("window.sameDocument === true").unwrap(), true, "the page was loaded again");
    }

    /// Fails where the page is wider than a narrow phone, a phone or a desk, or the browser complained about it.
    fn fits_everywhere(&mut self) {
        for (width, height) in [(320, 640), (390, 844), (1280, 900)] {
            self.page.look(width, height, Scheme::Light).unwrap();
            let wide = self.page.evaluate("document.documentElement.scrollWidth").unwrap();
            let path = self.page.evaluate("location.pathname").unwrap();
            assert!(wide.as_u64().is_some_and(|wide| wide <= width.into()), "{path} is {wide} wide at {width}");
        }
        self.nobody_complained();
    }

    /// Opens a page about a page and what it offers first; returns how many taps that took, and the page's bytes.
    fn sees_what_restores(&mut self, url: &str) -> (u32, u64) {
        self.page.open(url).unwrap();
        self.says("The store takes no writes");
        // What came from the browser's own cache counts as well: somebody's first page has none.
        let loaded = "performance.getEntries().map(one => Math.max(one.transferSize || 0, one.encodedBodySize || 0)) \
                      .reduce((all, one) => all + one, 0)";
        let bytes = self.page.evaluate(loaded).unwrap().as_u64().unwrap();
        let seen = "document.querySelector('details.act li')?.checkVisibility() === true";
        if self.page.evaluate(seen).unwrap() == true {
            return (1, bytes);
        }
        self.press("details.act summary");
        self.wait_for(seen);
        (2, bytes)
    }

    fn nobody_complained(&self) {
        assert_eq!(self.page.complaints(), [""; 0]);
    }
}

fn path(id: RolloutId) -> String {
    format!("/rollouts/{id}")
}

/// The text of the list entry or section that names a readiness row.
fn row_text() -> String {
    format!("[...document.querySelectorAll('li')].find(row => row.innerText.includes('{ROW}')).innerText")
}

fn both_arms() -> String {
    let drawn = |arm: &str| {
        format!(
            "[...document.querySelectorAll('svg [class*={arm}]')].some(line => line.getAttribute('points')?.includes(' '))"
        )
    };
    format!("{} && {}", drawn("canary"), drawn("stable"))
}

#[test]
fn the_story_is_read_while_it_happens() {
    let shop = Shop::open();
    let Some(mut reader) = Reader::sign_in(&shop, &shop.up.sign_in, Scripts::Run) else { return };
    reader.says("checkout");
    reader.fits_everywhere();

    // Before: the row is unknown, by the service's own page.
    reader.press("main a[href='/services/checkout'], #view a[href='/services/checkout']");
    reader.is_at("/services/checkout");
    reader.fits_everywhere();
    reader.press("a[href='/services/checkout/ready']");
    reader.is_at("/services/checkout/ready");
    assert_eq!(shop.api.finding("checkout", ROW).verdict, Verdict::Unknown);
    let before = reader.page.evaluate(&row_text()).unwrap();
    assert!(before.as_str().unwrap().contains("Unknown"), "{before}");
    reader.fits_everywhere();

    // The bad version is on trial: an open home page shows it by itself, and leads to it.
    reader.open("/");
    reader.mark();
    let id = shop.ship(&SELDOM);
    reader.wait_for(&format!("document.querySelector(\"a[href='{}']\") !== null", path(id)));
    reader.was_never_reloaded();
    reader.press(&format!("a[href='{}']", path(id)));
    reader.is_at(&path(id));
    reader.mark();
    reader.is_headed("checkout v2 serves 20% of users");
    reader.wait_for(&both_arms());

    // It is caught, and the open page says so.
    let reverted = shop.api.until(id, RolloutState::Reverted);
    reader.is_headed(&reverted.sentence);
    reader.says("How fast it was off");
    reader.was_never_reloaded();
    reader.page.look(390, 844, Scheme::Dark).unwrap();
    let text = reader.page.text().unwrap();
    assert!(text.contains("Users are on v1") && text.contains("checkout v2 was taken off 20% of users"), "{text}");
    assert!(text.contains(&format!("#{}", reverted.revert.unwrap().position)), "where it is proven: {text}");
    reader.fits_everywhere();

    // The failure has become evidence.
    reader.open("/services/checkout/ready");
    let finding = shop.api.finding("checkout", ROW);
    let after = reader.page.evaluate(&row_text()).unwrap();
    let after = after.as_str().unwrap();
    assert!(finding.verdict == Verdict::Holds && after.contains(&finding.title), "{finding:?} {after}");
    assert!(after.contains(&format!("#{}", finding.evidence.unwrap().position)), "{after}");
    reader.fits_everywhere();

    // Somebody takes the page.
    let page = until("the page is there", || shop.api.page_of(id));
    reader.open(&format!("/pages/{}", page.id));
    reader.is_headed("checkout v2 was taken off 20% of users");
    reader.fits_everywhere();
    reader.press("form[action$='/acknowledge'] button");
    until("it is acknowledged", || shop.api.page_of(id).filter(|page| page.state == PageState::Acknowledged));
    reader.says("has it");

    // The ledger, and its proof.
    reader.open("/ledger");
    for kind in ["rollout.reverted", "rollout.revert_confirmed", "page.requested"] {
        reader.says(kind);
    }
    reader.fits_everywhere();
    reader.press("a[href='/ledger?check=chain']");
    reader.wait_for("location.search === '?check=chain' && document.readyState === 'complete'");
    let proven: Verification = shop.api.get("/v1/ledger/verify").unwrap();
    assert!(proven.verified, "{proven:?}");
    reader.says(&format!("{} of {}", proven.events, proven.events));
    reader.says(&proven.head_hash);
    reader.nobody_complained();

    // Another version is reverted by hand.
    let id = shop.ship(&Offer::lingering("v3"));
    shop.api.until_met(id);
    reader.open(&path(id));
    reader.is_headed("checkout v3 serves 50% of users");
    reader.press(&format!("form[action='{}/revert'] button", path(id)));
    let reverted = shop.api.until(id, RolloutState::Reverted);
    reader.is_headed(&reverted.sentence);
    reader.nobody_complained();

    reader.press("form[action='/sign-out'] button");
    reader.is_at("/sign-in");
    reader.fits_everywhere();
    reader.page.open(&format!("{}/", reader.portal)).unwrap();
    reader.is_at("/sign-in");
    reader.nobody_complained();
    assert_eq!(shop.load.total().failed_idempotent, 0, "{:#?}", shop.load.total());
    drop(reader);
    shop.close();
}

#[test]
fn without_scripts_forms_and_reloads_are_enough() {
    let shop = Shop::open();
    let link = shop.up.cli(&shop.scratch, &["sign-in"]).done();
    let Some(mut reader) = Reader::sign_in(&shop, link.trim(), Scripts::Off) else { return };
    let id = shop.ship(&Offer::lingering("v2"));
    shop.api.until_met(id);
    reader.open("/");
    reader.press(&format!("a[href='{}']", path(id)));
    reader.is_at(&path(id));
    reader.is_headed("checkout v2 serves 50% of users");
    reader.press(&format!("form[action='{}/hold'] button", path(id)));
    reader.is_headed("checkout v2 is held at 50% of users");
    assert_eq!(shop.api.rollout(id).state, RolloutState::Held);
    reader.press(&format!("form[action='{}/resume'] button", path(id)));
    reader.is_headed("checkout v2 serves 50% of users");
    until("both arms are counted", || Some(shop.api.rollout(id)).filter(|it| it.canary.requests > 200).map(drop));
    reader.open(&path(id));
    reader.wait_for(&both_arms());
    reader.page.evaluate("document.querySelector('input[name=reason]').value = 'it looks odd'").unwrap();
    reader.press(&format!("form[action='{}/revert'] button", path(id)));
    let reverted = shop.api.until(id, RolloutState::Reverted);
    reader.open(&path(id));
    reader.is_headed(&reverted.sentence);
    reader.says("it looks odd");
    reader.fits_everywhere();

    // A canary that dies makes a page; it is taken with a form as well.
    let id = shop.ship(&Offer::lingering("v3"));
    shop.api.until_met(id);
    kill(shop.versions()["checkout v3"], Signal::KILL);
    let page = until("the page is there", || shop.api.page_of(id));
    reader.open(&format!("/pages/{}", page.id));
    reader.press("form[action$='/acknowledge'] button");
    reader.says("has it");
    assert_eq!(shop.api.page_of(id).unwrap().state, PageState::Acknowledged);
    reader.fits_everywhere();
    reader.press("form[action='/sign-out'] button");
    reader.is_at("/sign-in");
    // A link works once.
    reader.page.open(link.trim()).unwrap();
    reader.is_at("/sign-in");
    assert_eq!(shop.load.total().failed_idempotent, 0, "{:#?}", shop.load.total());
    drop(reader);
    shop.close();
}

/// Whoever was woken has a phone with the message, and no session.
#[test]
fn one_is_off_its_users_in_three_taps_while_no_store_answers() {
    let Some(night) = Night::begin() else { return };
    let Some(mut phone) = Reader::start(&night.up.portal, Scripts::Off) else { return };
    let Some(mut desk) = Reader::start(&night.up.portal, Scripts::Run) else { return };
    desk.page.open(&night.up.sign_in).unwrap();
    desk.is_at("/");
    let (ballast, _) = night.fill();
    let message = &night.messages()[0];

    let url = message["link"].as_str().unwrap();
    let (taps, bytes) = desk.sees_what_restores(url);
    eprintln!("signed in, with scripts: {taps} taps to the preview, {bytes} bytes with all it loads");
    assert!(taps < TAPS_MAX && (1..PAGE_BYTES_MAX).contains(&bytes));
    desk.fits_everywhere();

    phone.page.look(390, 844, Scheme::Dark).unwrap();
    let woken = Instant::now();
    let (taps, bytes) = phone.sees_what_restores(message["take"].as_str().unwrap());
    let previewed = woken.elapsed();
    phone.says("v2");
    phone.press("details.act form.confirm button");
    phone.says("The gateway has taken v2 off");
    let (taps, restored) = (taps + 1, woken.elapsed());
    eprintln!(
        "by the link, without scripts: preview after {previewed:?}, off its users after {taps} taps and {restored:?}, {bytes} bytes"
    );
    assert!(taps <= TAPS_MAX && restored < RESTORES_WITHIN && (1..PAGE_BYTES_MAX).contains(&bytes));
    for _ in 0..20 {
        assert_eq!(get(&night.up.gateway, QUOTE, "").unwrap().header("x-seaworthy-version"), "v1");
    }
    phone.fits_everywhere();

    // The ledger hears of it when there is room, and who did it.
    fs::remove_file(ballast).unwrap();
    until("it is on record", || (night.newest().state == RolloutState::Reverted).then_some(()));
    drop((phone, desk));
    night.api.verify();
    let Night { up, scratch, .. } = night;
    up.stop(&scratch);
}
