//! What the driver promises, each promise on a page of a few lines.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::path::PathBuf;
use std::time::Duration;

use seaworthy_browser::{Page, Scheme, Scripts};

/// Longer than any of these pages needs.
const SOON: Duration = Duration::from_secs(10);

fn page() -> Page {
    let program = std::env::var_os("SEAWORTHY_CHROMIUM").map_or("/usr/bin/chromium".into(), PathBuf::from);
    Page::start(&program).unwrap()
}

/// Serves `answer` for every path but the icon; the answer is written out, head and all.
fn serve(answer: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().map_while(Result::ok) {
            let mut request = [0; 4096];
            let length = stream.read(&mut request).unwrap_or(0);
            let icon = request[..length].starts_with(b"GET /favicon");
            let body = if icon { "HTTP/1.1 204 No Content\r\n\r\n" } else { answer };
            // The browser may have gone away; then nobody waits for this answer.
            drop(stream.write_all(body.as_bytes()));
        }
    });
    format!("http://{address}/")
}

#[test]
fn reads_and_waits() {
    let url = serve(
        "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\nconnection: close\r\n\r\n\
        <p>early</p><script>setTimeout(() => document.querySelector('p').textContent = 'late', 100)</script>",
    );
    let mut page = page();
    page.open(&url).unwrap();
    page.wait_for("document.body.innerText === 'late'", SOON).unwrap();
    assert_eq!(page.text().unwrap(), "late");
    let error = page.wait_for("document.body.innerText === 'never'", Duration::ZERO).unwrap_err();
    assert!(error.to_string().contains("late"), "{error}");
}

#[test]
fn sends_a_form_without_scripts() {
    let url = serve(
        "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\nconnection: close\r\n\r\n\
        <form action=/sent><button>Send</button></form><script>document.title = 'ran'</script>",
    );
    let mut page = page();
    page.scripts(Scripts::Off).unwrap();
    page.open(&url).unwrap();
    assert_eq!(page.evaluate("document.title").unwrap(), "");
    page.press("button").unwrap();
    page.wait_for("location.pathname === '/sent'", SOON).unwrap();
    assert!(page.press("#absent").is_err());
}

#[test]
fn sees_the_scheme_and_the_width() {
    let url = serve("HTTP/1.1 200 OK\r\ncontent-type: text/html\r\nconnection: close\r\n\r\n<p>x</p>");
    let mut page = page();
    page.look(390, 844, Scheme::Dark).unwrap();
    page.open(&url).unwrap();
    assert_eq!(page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches").unwrap(), true);
    assert_eq!(page.evaluate("innerWidth").unwrap(), 390);
    assert!(page.picture().unwrap().starts_with(b"\x89PNG"));
}

#[test]
fn keeps_the_browsers_complaints() {
    let url = serve(
        "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-security-policy: script-src 'self'\r\n\
        connection: close\r\n\r\n<p>x</p><script>document.title = 'ran'</script>",
    );
    let mut page = page();
    page.open(&url).unwrap();
    assert!(
        page.complaints().iter().any(|complaint| complaint.contains("Content Security Policy")),
        "{:?}",
        page.complaints()
    );
    let clean = serve("HTTP/1.1 200 OK\r\ncontent-type: text/html\r\nconnection: close\r\n\r\n<p>x</p>");
    page.open(&clean).unwrap();
    assert_eq!(page.complaints(), [""; 0]);
}

#[test]
fn a_dead_address_is_an_error() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let error = page().open(&format!("http://127.0.0.1:{port}/")).unwrap_err();
    assert!(error.to_string().contains("ERR_CONNECTION_REFUSED"), "{error}");
    assert!(Page::start("/nonexistent/chromium".as_ref()).is_err());
}
