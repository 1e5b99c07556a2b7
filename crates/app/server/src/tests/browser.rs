//! The portal in a real browser: under our own security policy it loads, changes by itself, fits a phone, and works
//! with scripts switched off.

use std::path::PathBuf;
use std::time::Duration;

use seaworthy_browser::{Page, Scheme, Scripts};
use seaworthy_contract::api::{Rollout, SignInLink};

use super::app::{SUPERVISOR, TestApp};

/// How long a page may take to show what happened: events come four times a second.
const SOON: Duration = Duration::from_secs(10);

fn browser() -> Page {
    let program = std::env::var_os("SEAWORTHY_CHROMIUM").map_or("/usr/bin/chromium".into(), PathBuf::from);
    Page::start(&program).expect("Chromium starts; `cargo xtask test` installs it")
}

async fn link(app: &TestApp) -> String {
    let link: SignInLink = app.client(SUPERVISOR).post_json("/v1/sign-in-links", &()).await.expect("a link");
    link.url
}

async fn ship(app: &TestApp, version: &str) -> Rollout {
    let request = serde_json::json!({ "version": version });
    let _: serde_json::Value =
        app.as_admin().post_json("/v1/services/checkout/rollouts", &request).await.expect("shipped");
    let rollouts: Vec<Rollout> = app.as_admin().get_json("/v1/rollouts").await.expect("rollouts");
    rollouts[0].clone()
}

/// Runs what blocks beside the server.
async fn with_browser<T: Send + 'static>(page: Page, act: impl FnOnce(&mut Page) -> T + Send + 'static) -> (Page, T) {
    let blocking = tokio::task::spawn_blocking(move || {
        let mut page = page;
        let done = act(&mut page);
        (page, done)
    });
    blocking.await.expect("the browser did what it was told")
}

#[tokio::test]
async fn an_open_page_changes_by_itself_and_keeps_what_the_reader_did() {
    let app = TestApp::start().await;
    app.ship("v1").await;
    let (base, link) = (app.base.clone(), link(&app).await);
    let rollout = ship(&app, "v2").await;
    let path = format!("{base}/rollouts/{}", rollout.id);
    let (page, ()) = with_browser(browser(), move |page| {
        page.open(&link).expect("signed in");
        page.open(&path).expect("a rollout");
        page.wait_for("document.body.innerText.includes('no user has met it')", SOON).expect("it starts");
        page.evaluate("document.querySelector('input[name=reason]').focus()").expect("a field");
        page.evaluate("document.querySelector('input[name=reason]').value = 'half a sent'").expect("typed");
    })
    .await;
    app.observe("v2").await;
    let (_, complaints) = with_browser(page, |page| {
        page.wait_for("document.querySelector('h1').innerText.includes('serves 5% of users')", SOON).expect("live");
        let kept = "document.activeElement.name === 'reason' && document.activeElement.value === 'half a sent'";
        page.wait_for(kept, SOON).expect("what was typed is still there, and the caret in it");
        page.complaints().to_vec()
    })
    .await;
    assert_eq!(complaints, Vec::<String>::new(), "the security policy refused nothing");
}

#[tokio::test]
async fn every_page_fits_a_narrow_phone_and_a_desk_without_complaint() {
    let app = TestApp::start().await;
    app.ship("v1").await;
    let rollout = ship(&app, "v2").await;
    app.observe("v2").await;
    let (base, link) = (app.base.clone(), link(&app).await);
    with_browser(browser(), move |page| {
        page.open(&link).expect("signed in");
        let shown = format!("/rollouts/{}", rollout.id);
        for path in [
            "/",
            "/services/checkout",
            "/services/checkout/ready",
            "/rollouts",
            &shown,
            "/pages",
            "/ledger?from=1",
            "/who?q=checkout",
            "/nothing",
        ] {
            for (width, scheme) in [(320, Scheme::Light), (390, Scheme::Dark), (1_280, Scheme::Light)] {
                page.look(width, 800, scheme).expect("a window");
                page.open(&format!("{base}{path}")).expect("a page");
                let wide = page.evaluate("document.documentElement.scrollWidth").expect("a width");
                assert!(wide.as_u64().is_some_and(|wide| wide <= width.into()), "{path} at {width}: {wide} wide");
                // An error page's own status is logged by the browser as one.
                let complaints: Vec<_> = page.complaints().iter().filter(|c| !c.contains("/nothing")).collect();
                assert_eq!(complaints, Vec::<&String>::new(), "{path} at {width}");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn without_scripts_a_version_is_reverted_by_two_presses() {
    let app = TestApp::start().await;
    app.ship("v1").await;
    let rollout = ship(&app, "v2").await;
    app.observe("v2").await;
    let (base, link) = (app.base.clone(), link(&app).await);
    with_browser(browser(), move |page| {
        page.scripts(Scripts::Off).expect("switched off");
        page.open(&link).expect("signed in");
        page.open(&format!("{base}/rollouts/{}", rollout.id)).expect("a rollout");
        page.press("a[href='#revert']").expect("the way to the form");
        page.press("#revert form button").expect("the confirmation");
        page.wait_for("document.querySelector('.flash-ok') !== null", SOON).expect("it says what came of it");
        let text = page.text().expect("text");
        assert!(text.contains("Being taken off") || text.contains("Taken off"), "{text}");
    })
    .await;
}
