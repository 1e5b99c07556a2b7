//! Sockets that pass from process to process.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::os::fd::AsFd;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::{Folder, PATIENCE, shell, until};
use crate::handover::{self, FDS_MAX, MESSAGE_MAX, receive_fds, send_fds};
use crate::{Environment, Exit, Launch, Process, bind};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Boot {
    word: String,
    offer: PathBuf,
}

/// Not a test by itself: the child of the tests below. It answers each connection with its word, and ends on `end`.
#[test]
fn child() {
    if std::env::var_os("SEAWORTHY_CHILD").is_none() {
        return;
    }
    let from = handover::from_parent::<Boot>().unwrap();
    let kept = from.fds.iter().map(|fd| fd.try_clone().unwrap()).collect();
    handover::serve(&from.boot.offer, &from.boot, kept).unwrap();
    let listener = TcpListener::from(from.fds.into_iter().next().unwrap());
    listener.set_nonblocking(false).unwrap();
    from.parent.ready(&"up");
    for stream in listener.incoming() {
        let mut stream = stream.unwrap();
        let mut asked = [0; 3];
        stream.read_exact(&mut asked).unwrap();
        stream.write_all(from.boot.word.as_bytes()).unwrap();
        if &asked == b"end" {
            return;
        }
    }
}

/// Starts this test binary again as [`child`] and waits until it serves.
fn start(folder: &Folder, boot: &Boot, listener: &TcpListener) -> Process {
    let (channel, stdin) = handover::channel().unwrap();
    let this = std::env::current_exe().unwrap().display().to_string();
    let launch = Launch {
        command: vec![this, "--exact".into(), "tests::handover::child".into()],
        env: [("SEAWORTHY_CHILD".into(), "1".into())].into(),
        environment: Environment::Whole,
        stdin: Some(stdin),
        ..shell(folder, "")
    };
    let process = launch.start().unwrap();
    channel.boot(boot, &[listener.as_fd()]).unwrap();
    let answer = channel.into_answer();
    answer.set_read_timeout(Some(PATIENCE)).unwrap();
    let mut line = String::new();
    std::io::BufRead::read_line(&mut std::io::BufReader::new(answer), &mut line).unwrap();
    assert_eq!(line, "\"up\"\n");
    process
}

fn ask(mut stream: &TcpStream, what: &[u8]) -> String {
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream.write_all(what).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

fn any() -> (TcpListener, SocketAddr) {
    bind(SocketAddr::from(([127, 0, 0, 1], 0))).unwrap()
}

#[tokio::test]
async fn connections_wait_while_the_child_is_dead() {
    let folder = Folder::new();
    let (listener, address) = any();
    let boot = |word: &str| Boot { word: word.into(), offer: folder.path("offer") };
    let mut first = start(&folder, &boot("first"), &listener);
    assert_eq!(ask(&TcpStream::connect(address).unwrap(), b"end"), "first");
    assert_eq!(first.exited().await, Exit::Code(0));
    let waiting = TcpStream::connect(address).expect("the socket is open in us");
    let mut second = start(&folder, &boot("second"), &listener);
    assert_eq!(ask(&waiting, b"ask"), "second");
    second.kill().await;
}

#[tokio::test]
async fn the_next_supervisor_gets_sockets_message_and_process() {
    let folder = Folder::new();
    // Deeper than an address of a unix socket may be long.
    let deep = folder.path(&"d".repeat(120));
    std::fs::create_dir(&deep).unwrap();
    let boot = Boot { word: "first".into(), offer: deep.join("offer") };
    let (listener, address) = any();
    let mut process = start(&folder, &boot, &listener);
    drop(listener);
    for _ in 0..2 {
        let taken = handover::take::<Boot>(&boot.offer).unwrap().expect("it is there");
        assert_eq!((taken.boot, taken.pid), (boot.clone(), process.identity().pid));
        let ours = TcpListener::from(taken.fds.into_iter().next().unwrap());
        assert_eq!(ours.local_addr().unwrap(), address);
    }
    process.kill().await;
    assert!(handover::take::<Boot>(&boot.offer).unwrap().is_none(), "the file is there, the process is not");
    let (listener, _) = any();
    start(&folder, &boot, &listener).kill().await;
}

#[test]
fn nobody_offers() {
    let folder = Folder::new();
    assert!(handover::take::<Boot>(&folder.path("none")).unwrap().is_none());
    assert!(handover::take::<Boot>(&folder.path("no/directory")).unwrap().is_none());
    let listener = UnixListener::bind(folder.path("odd")).unwrap();
    std::thread::spawn(move || listener.accept().unwrap().0.write_all(b"hello\n"));
    let error = handover::take::<Boot>(&folder.path("odd")).unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::InvalidData, "{error}");
}

#[test]
fn an_offer_is_private() {
    use std::os::unix::fs::PermissionsExt;
    let folder = Folder::new();
    handover::serve(&folder.path("offer"), &1, Vec::new()).unwrap();
    assert_eq!(std::fs::metadata(folder.path("offer")).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(handover::take::<u8>(&folder.path("offer")).unwrap().unwrap().boot, 1);
}

#[test]
fn a_message_is_whole_or_an_error() {
    let long = "x".repeat(MESSAGE_MAX / 2);
    let (ours, theirs) = UnixStream::pair().unwrap();
    send_fds(&ours, &long, &[ours.as_fd(), theirs.as_fd()]).unwrap();
    let (text, fds) = receive_fds::<String>(&theirs).unwrap();
    assert_eq!((text.len(), fds.len()), (long.len(), 2));
    let flags = fds.iter().map(|fd| rustix::io::fcntl_getfd(fd).unwrap());
    assert!(flags.into_iter().all(|flags| flags.contains(rustix::io::FdFlags::CLOEXEC)));

    let sender = ours.try_clone().unwrap();
    let flood = std::thread::spawn(move || send_fds(&sender, &"x".repeat(2 * MESSAGE_MAX), &[]));
    assert!(receive_fds::<String>(&theirs).unwrap_err().to_string().contains("longer than"));
    drop((theirs, fds));
    drop(flood.join());
    assert!(send_fds(&ours, &1, &[]).is_err(), "the other side is gone");

    let (ours, theirs) = UnixStream::pair().unwrap();
    assert!(send_fds(&ours, &1, &[theirs.as_fd(); FDS_MAX + 1]).is_err());
    (&ours).write_all(b"[1").unwrap();
    drop(ours);
    let error = receive_fds::<Vec<u8>>(&theirs).unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::UnexpectedEof);
}

#[test]
fn a_process_without_supervisor_says_who_starts_it() {
    let folder = Folder::new();
    let this = std::env::current_exe().unwrap();
    let script = format!("SEAWORTHY_CHILD=1 {} --exact tests::handover::child", this.display());
    let process = shell(&folder, &script).start().unwrap();
    // Read once it has ended: what it says last is what matters.
    let seen = until(|| (!process.identity().is_alive()).then(|| std::fs::read_to_string(folder.path("log")).unwrap()));
    assert!(seen.contains("`seaworthy up DIR` starts this process"), "{seen}");
}
