//! A server that says what a test wants: a real socket, one canned answer a request.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc;
use std::thread;

use seaworthy_client::Client;

use crate::context::Context;
use crate::view::View;
use crate::{Exit, Failure, fixture};

/// What a command did.
pub(crate) struct Ran {
    pub(crate) done: Result<Exit, Failure>,
    pub(crate) out: String,
    pub(crate) err: String,
    /// `METHOD path body` of each request that came.
    pub(crate) requests: Vec<String>,
}

/// Runs a command against a server that gives these answers, status and body, one a request.
pub(crate) fn ran(
    json: bool,
    answers: &[(u16, &str)],
    command: impl AsyncFnOnce(&mut Context<'_>) -> Result<Exit, Failure>,
) -> Ran {
    let (base, came) = serve(answers.iter().map(|(status, body)| (*status, (*body).to_owned())).collect());
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let api = Client::new(&base, Some("sw_test".to_owned())).expect("its address is one");
    let mut cx = Context { api, view: View { json, ..fixture::view() }, out: &mut out, err: &mut err };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let done = runtime.block_on(command(&mut cx));
    let text = |bytes| String::from_utf8(bytes).expect("it is text");
    Ran { done, out: text(out), err: text(err), requests: came.try_iter().collect() }
}

fn serve(answers: Vec<(u16, String)>) -> (String, mpsc::Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let base = format!("http://{}", listener.local_addr().expect("it is bound"));
    let (told, came) = mpsc::channel();
    if answers.is_empty() {
        // Closed before anybody asks: a thread would race the first request.
        drop(listener);
        return (base, came);
    }
    // It ends with its last answer; a further request meets a closed port.
    thread::spawn(move || {
        for (status, body) in answers {
            let (stream, _) = listener.accept().expect("a connection");
            let (request, mut stream) = read(stream);
            // Before the answer: with it the command may end, and the test look at what came.
            told.send(request).expect("the test waits for the answer");
            let head = format!("HTTP/1.1 {status} X\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", body.len());
            stream.write_all((head + &body).as_bytes()).expect("it is read");
        }
    });
    (base, came)
}

fn read(stream: TcpStream) -> (String, TcpStream) {
    let mut reader = BufReader::new(stream);
    let (mut line, mut length) = (String::new(), 0);
    reader.read_line(&mut line).expect("a request line");
    let head = line.trim_end().trim_end_matches(" HTTP/1.1").to_owned();
    loop {
        line.clear();
        reader.read_line(&mut line).expect("a header");
        let header = line.trim_end().to_ascii_lowercase();
        if header.is_empty() {
            break;
        }
        if let Some(value) = header.strip_prefix("content-length:") {
            length = value.trim().parse().expect("a length");
        }
    }
    let mut sent = vec![0; length];
    reader.read_exact(&mut sent).expect("a body");
    let request = format!("{head} {}", String::from_utf8_lossy(&sent)).trim_end().to_owned();
    (request, reader.into_inner())
}
