//! Services that nobody here wrote: the directory in `examples/`, with the web server that comes with python3.

use std::io::{Read, Write};
use std::net::TcpListener;

use seaworthy_contract::api::{PageState, RolloutState, ShipRequest};
use serde_json::Value;

use crate::kit::{Api, Scratch, Up, Visitors, get, until};

/// A version by the address of its server, for visitors without its own command.
const ELSEWHERE: &str = "Hello from elsewhere.";

/// A server that a stranger wrote and that is well, as long as nobody signs in.
const FLAKY: &str = "
import http.server, os
class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'
    def do_GET(self):
        body = b'Hello.'
        self.send_response(500 if 'session' in self.headers.get('cookie', '') else 200)
        self.send_header('content-length', str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def log_message(self, *args):
        pass
http.server.ThreadingHTTPServer(('127.0.0.1', int(os.environ['PORT'])), Handler).serve_forever()
";

/// A server of this very process: to `up` it is as strange as any.
fn elsewhere() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().map_while(Result::ok) {
            let length = ELSEWHERE.len();
            let answer = format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{ELSEWHERE}");
            // Who asked may have gone away; then nobody waits for this answer.
            drop(stream.read(&mut [0; 4096]).and_then(|_| stream.write_all(answer.as_bytes())));
        }
    });
    address
}

/// The example as somebody copies it, with its first version serving.
fn hello() -> (Scratch, Up) {
    let scratch = Scratch::new();
    scratch.copy("examples/hello");
    let up = Up::start(&scratch);
    let said = up.cli(&scratch, &["ship", "hello", "v1"]).done();
    assert!(said.contains("hello v1 serves everybody"), "{said}");
    (scratch, up)
}

fn page(up: &Up) -> String {
    get(&up.gateway, "/", "").unwrap().body
}

/// Pages in a row that are enough to say that all visitors meet one version.
const IN_A_ROW: u32 = 30;

/// Waits until visitors meet one version and no other.
fn until_all_meet(visitors: &Visitors, version: &str) {
    let mut row = 0;
    until(&format!("all visitors meet {version}"), || {
        let seen = visitors.seen();
        assert_eq!(seen.failures, [""; 0]);
        let only = seen.versions.keys().all(|met| met == version);
        row = if only { row + seen.pages } else { 0 };
        (row >= IN_A_ROW).then_some(())
    });
}

#[test]
fn the_example_is_shipped_moved_to_another_server_and_back() {
    let (scratch, up) = hello();
    assert!(page(&up).contains("Hello from version 1."));
    let visitors = Visitors::start(&up.gateway);
    let said = up.cli(&scratch, &["ship", "hello", "v2", "--steps", "50", "--dwell", "1s"]).done();
    assert!(said.contains("hello v2 serves everybody"), "{said}");
    until_all_meet(&visitors, "v2");
    assert!(page(&up).contains("Hello from version 2."));
    let address = elsewhere();
    let ship = ["ship", "hello", "v3", "--address", &address, "--steps", "50", "--dwell", "1s"];
    up.cli(&scratch, &ship).done();
    until_all_meet(&visitors, "v3");
    assert_eq!(page(&up), ELSEWHERE);
    let said = up.cli(&scratch, &["revert", "hello", "--reason", "we wanted to see it"]).done();
    assert!(said.contains("hello v3 was taken off"), "{said}");
    until_all_meet(&visitors, "v2");
    assert!(page(&up).contains("Hello from version 2."));
    let status = up.cli(&scratch, &["status"]).done();
    assert!(status.contains("hello") && status.contains("v2"), "{status}");
    drop(visitors);
    Api::new(&up).verify();
    up.stop(&scratch);
}

#[test]
fn a_page_reaches_a_strangers_command() {
    let (scratch, up) = hello();
    let api = Api::new(&up);
    scratch.write("flaky.py", FLAKY);
    let visitors = Visitors::start(&up.gateway);
    let command = ["python3", "flaky.py"].map(str::to_owned).to_vec();
    let request = ShipRequest {
        version: "v2".to_owned(),
        command: Some(command),
        steps: Some(vec![0.2]),
        ..ShipRequest::default()
    };
    let id = api.ship("hello", &request);
    let reverted = api.until(id, RolloutState::Reverted);
    assert!(reverted.canary.failures >= 1 && reverted.canary.failures == reverted.canary.rescued, "{reverted:#?}");
    // The contact is `cat >> pages.jsonl`: it runs in the directory of files, and gets the page on its standard input.
    let line = until("the page was written", || Some(scratch.read("pages.jsonl")).filter(|text| text.ends_with('\n')));
    let page: Value = serde_json::from_str(line.trim()).unwrap_or_else(|error| panic!("{error}: {line:?}"));
    assert!(page.to_string().contains("hello v2 was taken off 20% of users"), "{page}");
    let shown = until("the page is delivered", || api.page_of(id).filter(|page| page.state == PageState::Delivered));
    assert_eq!(shown.to.unwrap().to_string(), "ann");
    let seen = visitors.seen();
    assert_eq!(seen.failures, [""; 0], "GETs were answered by stable");
    drop(visitors);
    up.stop(&scratch);
}
