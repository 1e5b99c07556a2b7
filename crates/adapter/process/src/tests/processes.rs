//! Starting, seeing the end, adopting, stopping.

use std::fs;
use std::os::unix::net::UnixStream;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};

use super::{Folder, PATIENCE, line_of, shell, until};
use crate::health::Unwell;
use crate::{Environment, Exit, Identity, LOG_MAX, Launch, Process, Stopped, bound, health, tail};

/// Short enough to wait for, long enough that a shell which wants to end in time can.
const SHORT: Duration = Duration::from_millis(100);

fn signal(pid: u32, signal: Signal) {
    kill_process(Pid::from_raw(pid.cast_signed()).unwrap(), signal).unwrap();
}

fn is_gone(pid: u32) -> Option<()> {
    Identity::of(pid).is_none().then_some(())
}

#[tokio::test]
async fn the_end_of_a_child_is_seen() {
    for (script, want) in [
        ("exit 0", Exit::Code(0)),
        ("exit 3", Exit::Code(3)),
        ("kill -9 $$", Exit::Signal(9)),
        ("exec no-such-program", Exit::Code(127)),
    ] {
        let mut process = shell(&Folder::new(), script).start().unwrap();
        assert_eq!(process.exited().await, want, "{script}");
        assert_eq!(process.exited().await, want, "asked again");
        assert_eq!(process.stop(PATIENCE).await, Stopped::InTime, "stopping the dead");
    }
    assert_eq!([Exit::Code(1), Exit::Signal(9)].map(|exit| exit.to_string()), ["exit 1", "signal 9"]);
}

#[tokio::test]
async fn what_a_killed_child_leaves_behind_is_killed() {
    let folder = Folder::new();
    let mut process = shell(&folder, "sleep 1000 & echo $! > left; wait").start().unwrap();
    let left: u32 = line_of(&folder.path("left")).parse().unwrap();
    signal(process.identity().pid, Signal::KILL);
    assert_eq!(process.exited().await, Exit::Signal(9));
    until(|| is_gone(left));
}

#[tokio::test]
async fn a_child_that_ends_when_asked_is_not_killed() {
    let folder = Folder::new();
    let script = "trap 'echo bye > bye; exit 0' TERM; echo up > up; while :; do sleep 0.01; done";
    let mut process = shell(&folder, script).start().unwrap();
    line_of(&folder.path("up"));
    assert_eq!(process.stop(PATIENCE).await, Stopped::InTime);
    assert_eq!(line_of(&folder.path("bye")), "bye");
}

#[tokio::test]
async fn a_child_that_does_not_end_is_killed_with_all_it_started() {
    let folder = Folder::new();
    let script = "trap '' TERM; sleep 1000 & echo $! > left; wait; while :; do sleep 1; done";
    let mut process = shell(&folder, script).start().unwrap();
    let left: u32 = line_of(&folder.path("left")).parse().unwrap();
    assert_eq!(process.stop(SHORT).await, Stopped::Killed);
    assert!(!process.identity().is_alive());
    until(|| is_gone(left));
}

#[tokio::test]
async fn a_server_may_finish_after_the_shell_that_started_it() {
    let folder = Folder::new();
    let server = "trap 'sleep 0.2; echo done > done; exit' TERM; echo up > up; while :; do sleep 0.01; done";
    let mut process = shell(&folder, &format!("sh -c \"{server}\" & wait")).start().unwrap();
    line_of(&folder.path("up"));
    assert_eq!(process.stop(PATIENCE).await, Stopped::InTime);
    assert_eq!(fs::read_to_string(folder.path("done")).unwrap(), "done\n", "it was waited for");
}

#[tokio::test]
async fn a_dropped_process_goes_on_and_is_adopted() {
    let folder = Folder::new();
    let identity = shell(&folder, "sleep 1000").start().unwrap().identity();
    assert!(Process::adopt(Identity { start_time: identity.start_time + 1, ..identity }).is_none());
    let mut adopted = Process::adopt(identity).unwrap();
    assert_eq!(adopted.identity(), identity);
    signal(identity.pid, Signal::KILL);
    assert_eq!(adopted.exited().await, Exit::Unknown);
    assert!(Process::adopt(identity).is_none(), "the dead are not adopted");
}

#[tokio::test]
async fn an_adopted_process_is_stopped() {
    let folder = Folder::new();
    let identity = shell(&folder, "trap '' TERM; echo up > up; while :; do sleep 1; done").start().unwrap().identity();
    line_of(&folder.path("up"));
    assert_eq!(Process::adopt(identity).unwrap().stop(SHORT).await, Stopped::Killed);
    assert!(!identity.is_alive());
}

#[tokio::test]
async fn a_version_gets_a_minimal_environment() {
    let folder = Folder::new();
    let mut launch = shell(&folder, "env > env; pwd > pwd; echo out; echo err >&2");
    launch.env.insert("PORT".to_owned(), "20001".to_owned());
    launch.start().unwrap().exited().await;
    let env = fs::read_to_string(folder.path("env")).unwrap();
    assert!(env.contains("PORT=20001\n") && env.contains("PATH="), "{env}");
    assert!(std::env::var_os("CARGO_MANIFEST_DIR").is_some() && !env.contains("CARGO"), "{env}");
    assert_eq!(tail(&folder.path("log"), 9), ["out", "err"]);
    let launch = Launch { environment: Environment::Whole, ..shell(&folder, "env > env") };
    launch.start().unwrap().exited().await;
    assert!(fs::read_to_string(folder.path("env")).unwrap().contains("CARGO_MANIFEST_DIR="));
}

#[test]
fn what_cannot_be_started_says_why() {
    let folder = Folder::new();
    let command = |command: &[&str]| command.iter().map(|part| (*part).to_owned()).collect::<Vec<_>>();
    let launch = || shell(&folder, "true");
    fs::write(folder.path("file"), "").unwrap();
    for (launch, want) in [
        (Launch { command: Vec::new(), ..launch() }, "the command is empty"),
        (
            Launch { command: command(&["no-such-program"]), ..launch() },
            "could not start \"no-such-program\": No such file",
        ),
        (Launch { command: command(&["./file"]), ..launch() }, "could not start \"./file\": Permission denied"),
        (Launch { directory: Some(folder.path("none")), ..launch() }, "there is no directory"),
        (Launch { log: folder.path("file/log"), ..launch() }, "could not open the log"),
    ] {
        let text = launch.start().unwrap_err().to_string();
        assert!(text.contains(want), "{text}");
    }
}

#[test]
fn a_log_is_kept_small() {
    let folder = Folder::new();
    let (log, old) = (folder.path("log"), folder.path("log.1"));
    bound(&log).unwrap();
    fs::write(&log, "a\n\nb\nc\n").unwrap();
    bound(&log).unwrap();
    assert_eq!(tail(&log, 2), ["b", "c"]);
    assert!(!old.exists() && tail(&folder.path("none"), 2).is_empty());
    let mut long = vec![b'x'; usize::try_from(LOG_MAX).unwrap()];
    long.extend_from_slice(b"\nlast\n");
    fs::write(&log, long).unwrap();
    bound(&log).unwrap();
    assert_eq!((fs::metadata(&log).unwrap().len(), fs::metadata(&old).unwrap().len()), (0, LOG_MAX));
    assert_eq!(tail(&old, 1), ["last"]);
}

#[tokio::test]
async fn health_is_an_open_port_or_a_good_answer() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    for (answer, path, want) in [
        ("HTTP/1.1 200 OK\r\n\r\n", Some("/healthz"), Ok(())),
        ("HTTP/1.1 204 No Content\r\n\r\n", Some("/healthz"), Ok(())),
        ("", None, Ok(())),
        ("HTTP/1.1 503 Unavailable\r\n\r\n", Some("/healthz"), Err("/healthz of HERE answered 503")),
        ("HTTP/1.1 302 Found\r\n\r\n", Some("/"), Err("/ of HERE answered 302")),
        ("SSH-2.0\r\n", Some("/"), Err("/ of HERE did not answer in HTTP/1")),
        ("", Some("/"), Err("/ of HERE did not answer in HTTP/1")),
    ] {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let server = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            drop(stream.read(&mut [0; 512]).await);
            drop(stream.write_all(answer.as_bytes()).await);
        });
        let want = want.map_err(|text| text.replace("HERE", &address));
        assert_eq!(health::check(&address, path).await.map_err(Unwell::into_reason), want);
        server.await.unwrap();
        assert!(health::check(&address, path).await.unwrap_err().into_reason().starts_with("no connection to "));
    }
}

#[tokio::test]
async fn only_who_says_nothing_is_silent() {
    use tokio::io::AsyncWriteExt;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    // The kernel opens the connection, and nobody takes it.
    assert!(!health::answers(&address, "/healthz", SHORT).await);
    let server = tokio::spawn(async move {
        // The one that nobody took above comes first.
        for answer in ["", "HTTP/1.1 503 Unavailable\r\n\r\n", "", "SSH-2.0\r\n"] {
            let (mut stream, _) = listener.accept().await.unwrap();
            drop(stream.write_all(answer.as_bytes()).await);
        }
    });
    for what in ["refuses", "hangs up", "speaks something else"] {
        assert!(health::answers(&address, "/healthz", PATIENCE).await, "it {what}");
    }
    server.await.unwrap();
    assert!(health::answers(&address, "/healthz", PATIENCE).await, "nobody listens there, which is known at once");
}

#[tokio::test]
async fn a_standard_input_can_be_given() {
    let folder = Folder::new();
    let (ours, theirs) = UnixStream::pair().unwrap();
    let launch = Launch { stdin: Some(theirs.into()), ..shell(&folder, "read line; echo \"$line\" > line") };
    let mut process = launch.start().unwrap();
    std::io::Write::write_all(&mut &ours, b"hello\n").unwrap();
    process.exited().await;
    assert_eq!(line_of(&folder.path("line")), "hello");
}
