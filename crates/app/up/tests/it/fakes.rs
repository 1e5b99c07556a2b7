//! What this binary plays when it is started again with `SEAWORTHY_PLAYS`: each fake does the least that its part of
//! the contract asks, one thread a connection.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use seaworthy_contract::process::{EXIT_CONFIG, GatewayBoot, Ready, Secret, ServerBoot};
use seaworthy_process::handover::{self, FromParent};
use seaworthy_up::{AtStop, Commands, Format, Pulse, Pulses, Stdin, UpOptions, printer, run};

use crate::rig::{PATIENCE, Play};

/// Short enough to wait for, long enough for fakes on a loaded machine.
const PULSE: Pulse = Pulse { answer_max: Duration::from_secs(1), misses_max: 3 };

/// Not a test by itself: see above.
#[test]
fn play() {
    let Ok(part) = std::env::var("SEAWORTHY_PLAYS") else { return };
    match part.split_once(' ').unwrap_or((&part, "")) {
        ("up", play) => up(&serde_json::from_str(play).unwrap()),
        ("server", _) => server(),
        ("gateway", _) => gateway(),
        ("version", mode) => version(mode),
        (other, _) => panic!("nobody plays {other:?}"),
    }
}

fn up(play: &Play) {
    let any = "127.0.0.1:0".parse().unwrap();
    let files = play.directory.join("files.json");
    let mut last = fs::read(&files).unwrap();
    let options = UpOptions {
        directory: play.directory.clone(),
        data: play.directory.join("data"),
        portal: play.portal.unwrap_or(any),
        gateway: any,
        outbound: None,
        commands: Commands { server: play.server.clone(), gateway: play.gateway.clone() },
        catalogue: serde_json::from_slice(&last).unwrap(),
        reload: Box::new(move || {
            let now = fs::read(&files).unwrap();
            let changed = std::mem::replace(&mut last, now.clone()) != now;
            changed.then(|| serde_json::from_slice(&now).map_err(|error| format!("files.json: {error}")))
        }),
        pulses: Pulses { server: PULSE, gateway: PULSE },
        at_stop: if play.keep { AtStop::KeepVersions } else { AtStop::StopVersions },
        stdin: if play.stdin { Stdin::EndStops } else { Stdin::Ignored },
        on_event: printer(Format::Json),
    };
    std::process::exit(i32::from(run(options).is_err()));
}

fn server() {
    let FromParent { boot, fds, parent } = handover::from_parent::<ServerBoot>().unwrap();
    let knobs = boot.data.parent().unwrap().to_owned();
    if let Ok(said) = fs::read_to_string(knobs.join("server-ends")) {
        eprintln!("{said}");
        std::process::exit(if said.contains("config") { EXIT_CONFIG.into() } else { 1 });
    }
    handover::serve(&boot.handover, &boot, copies(&fds)).unwrap();
    let token = boot.supervisor_token.expose().to_owned();
    let listener = listen(fds.into_iter().next().unwrap());
    parent.ready(&Ready { admin_token: Some(Secret::new("sw_admin".into())) });
    accept(&listener, move |request, stream| answer(&knobs, &token, &request, stream));
}

fn answer(knobs: &Path, token: &str, request: &Request, mut stream: TcpStream) {
    if request.head.starts_with("GET /healthz ") {
        // The supervisor may be gone by now.
        return drop(respond(&mut stream, "200 OK", "ok"));
    }
    assert!(request.head.contains(&format!("authorization: Bearer {token}")), "{}", request.head);
    let (status, body) = match request.head.split(' ').nth(1).unwrap() {
        "/v1/agents/local/desired" => return desired(&knobs.join("desired.json"), stream),
        "/v1/agents/local/observed" => {
            replace(&knobs.join("observed.json"), &request.body);
            ("204 No Content", String::new())
        }
        "/v1/catalogue/apply" if request.body.contains("refused") => {
            let why = r#"{"code":"refused","message":"the owner is unknown","hint":"write a Team"}"#;
            ("409 Conflict", why.to_owned())
        }
        "/v1/catalogue/apply" => {
            replace(&knobs.join("applied.json"), &request.body);
            let kept =
                |reason, name| format!(r#"{{"kind":"service","name":"{name}","reason":"{reason}","why":"so it is"}}"#);
            let kept = match request.body.contains("holding") {
                true => format!("{},{}", kept("users", "checkout"), kept("other-source", "theirs")),
                false => String::new(),
            };
            let change = r#"{"change":"declare","kind":"team","name":"a","details":[]}"#;
            ("200 OK", format!(r#"{{"changes":[{change}],"kept":[{kept}],"position":1}}"#))
        }
        path if path.starts_with("/v1/ledger") => ("200 OK", ledger(knobs, path)),
        path if path.starts_with("/v1/rollouts/") => {
            ("200 OK", fs::read_to_string(knobs.join("rollout.json")).unwrap())
        }
        path if path.starts_with("/v1/services/") => match fs::read_to_string(knobs.join("service.json")) {
            Ok(service) => ("200 OK", service),
            Err(_) => ("500 Internal Server Error", String::new()),
        },
        "/v1/sign-in-links" => ("200 OK", r#"{"url":"http://x/sign-in/1","expires_at":"2026-01-01T00:00:00Z"}"#.into()),
        other => panic!("nobody answers {other}"),
    };
    // The supervisor may be gone by now.
    drop(write!(stream, "HTTP/1.1 {status}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}", body.len()));
}

/// The rows that the file `ledger.json` holds, from the position that is asked for.
fn ledger(knobs: &Path, path: &str) -> String {
    let rows: Vec<serde_json::Value> =
        fs::read(knobs.join("ledger.json")).map_or_else(|_| Vec::new(), |text| serde_json::from_slice(&text).unwrap());
    let head = rows.len();
    replace(&knobs.join("ledger-asked"), "");
    let from = path.split_once("from=").map(|(_, rest)| rest.split('&').next().unwrap().parse::<usize>().unwrap());
    let rows: Vec<_> = rows.into_iter().skip(from.map_or(head, |from| from - 1)).collect();
    serde_json::json!({ "rows": rows, "head": head }).to_string()
}

/// Sends what the file says, at once when it changes and as a heartbeat.
fn desired(path: &Path, mut stream: TcpStream) {
    if write!(stream, "HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n").is_err() {
        return;
    }
    let (mut sent, mut at) = (String::new(), Instant::now());
    loop {
        let now = fs::read_to_string(path).unwrap();
        if now != sent || at.elapsed() > Duration::from_secs(1) {
            if writeln!(stream, "{}", now.trim()).is_err() {
                return;
            }
            (sent, at) = (now, Instant::now());
        }
        std::thread::sleep(Duration::from_millis(10));
    }
}

fn gateway() {
    let FromParent { boot, fds, parent } = handover::from_parent::<GatewayBoot>().unwrap();
    assert_eq!(fds.len(), 2);
    if boot.data.ancestors().nth(2).unwrap().join("gateway-ends").exists() {
        std::process::exit(1);
    }
    handover::serve(&boot.handover, &boot, copies(&fds)).unwrap();
    let mut fds = fds.into_iter().map(listen);
    let (listener, outbound) = (fds.next().unwrap(), fds.next().unwrap());
    std::thread::spawn(move || {
        accept(&outbound, |request, mut stream| {
            assert!(request.head.starts_with("GET /-/healthz "), "{}", request.head);
            drop(respond(&mut stream, "200 OK", "ok"));
        })
    });
    parent.ready(&Ready::default());
    accept(&listener, |_, mut stream| drop(respond(&mut stream, "200 OK", &std::process::id().to_string())));
}

/// A version: `healthy`, `never` (its health path says 503), `switch` (as the file `health` beside it says), and
/// programs that the tests write in shell.
fn version(mode: &str) {
    let port: u16 = std::env::var("PORT").unwrap().parse().unwrap();
    let listener = TcpListener::bind(("127.0.0.1", port)).unwrap();
    let mode = mode.to_owned();
    accept(&listener, move |_, mut stream| {
        let status = match mode.as_str() {
            "never" => "503 Service Unavailable".to_owned(),
            "switch" => fs::read_to_string("health").unwrap(),
            _ => "200 OK".to_owned(),
        };
        let body = std::env::var("PAYMENTS_URL").unwrap_or_default();
        drop(respond(&mut stream, status.trim(), &body));
    });
}

struct Request {
    head: String,
    body: String,
}

fn accept(listener: &TcpListener, answer: impl Fn(Request, TcpStream) + Send + Sync + 'static) -> ! {
    let answer = std::sync::Arc::new(answer);
    loop {
        let (stream, _) = listener.accept().unwrap();
        let answer = answer.clone();
        std::thread::spawn(move || {
            // Health checks of an open port send nothing.
            if let Some(request) = read(&stream) {
                answer(request, stream);
            }
        });
    }
}

fn read(stream: &TcpStream) -> Option<Request> {
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    let mut reader = BufReader::new(stream);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if reader.read_line(&mut head).ok()? == 0 {
            return None;
        }
    }
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok());
    let mut body = vec![0; length.unwrap_or(0)];
    reader.read_exact(&mut body).ok()?;
    Some(Request { head, body: String::from_utf8(body).unwrap() })
}

fn respond(stream: &mut TcpStream, status: &str, body: &str) -> std::io::Result<()> {
    write!(stream, "HTTP/1.1 {status}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}", body.len())
}

fn listen(fd: OwnedFd) -> TcpListener {
    let listener = TcpListener::from(fd);
    listener.set_nonblocking(false).unwrap();
    listener
}

fn copies(fds: &[OwnedFd]) -> Vec<OwnedFd> {
    fds.iter().map(|fd| fd.try_clone().unwrap()).collect()
}

fn replace(path: &Path, text: &str) {
    let new = PathBuf::from(format!("{}.{:?}", path.display(), std::thread::current().id()));
    fs::write(&new, text).unwrap();
    fs::rename(new, path).unwrap();
}
