//! `bench up`: how soon a control plane with a grown ledger is ready, and what the three processes weigh.

use std::fs::File;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::Child;
use std::time::{Duration, Instant};

use super::child;
use crate::args::Args;
use crate::figures::{Figure, verdict};
use crate::shell::{Outcome, Profile, command, run as start, seaworthy, target};

/// Where `up` keeps its data, in the directory of files it is given.
const DATA: &str = ".seaworthy";

/// Events in the ledger before it starts.
const EVENTS: &str = "10000";

/// From starting the supervisor to the first 200 at `/readyz`.
const READY_SECONDS_MAX: f64 = 1.0;

/// Proportional set size of supervisor, server and gateway; services are not counted.
const MEBIBYTES_MAX: f64 = 60.0;

/// When the memory is weighed, counted from ready.
const SETTLE: Duration = Duration::from_secs(60);

/// When waiting for ready is given up.
const READY_WITHIN: Duration = Duration::from_secs(30);

/// How often readiness is asked for; the figure is no finer than this.
const ASK_EVERY: Duration = Duration::from_millis(5);

/// Fills a ledger, starts `up` on it, times it and weighs it.
///
/// # Errors
/// When it does not become ready or a figure is missed.
pub(super) fn run(args: Args) -> Outcome {
    args.finish()?;
    let binary = seaworthy(Profile::Release)?;
    let folder = target().join("bench/up");
    drop(std::fs::remove_dir_all(&folder));
    let data = folder.join(DATA);
    std::fs::create_dir_all(&data).map_err(|error| format!("could not make \"{}\": {error}", data.display()))?;
    start(command(&binary).args(["ledger-fill", "--events", EVENTS, "--path"]).arg(&data))?;
    let address = free_address()?;
    let log = target().join("bench/up.log");
    let clock = Instant::now();
    let mut supervisor = spawn(&binary, &folder, address, &log)?;
    let measured = measure(&mut supervisor, address, clock);
    child::stop(&mut supervisor);
    let (ready, weights) = measured.map_err(|error| format!("{error}\nhint: what it said is in {}", log.display()))?;
    for (name, mebibytes) in &weights {
        println!("{name:<12} {mebibytes:>7.1} MiB");
    }
    // Three, or somebody was not found and the sum would flatter.
    let sum = (weights.len() == 3).then(|| weights.iter().map(|(_, mebibytes)| mebibytes).sum());
    verdict(&[
        Figure::at_most("ready with 10,000 events", Some(ready), READY_SECONDS_MAX, "s"),
        Figure::at_most("supervisor, server and gateway, PSS", sum, MEBIBYTES_MAX, "MiB"),
    ])
}

/// A port that was free a moment ago.
fn free_address() -> Outcome<SocketAddr> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).and_then(|listener| listener.local_addr());
    listener.map_err(|error| format!("could not find a free port: {error}"))
}

fn spawn(binary: &Path, folder: &Path, portal: SocketAddr, log: &Path) -> Outcome<Child> {
    let failed = |error| format!("could not write \"{}\": {error}", log.display());
    let out = File::create(log).map_err(failed)?;
    let copy = out.try_clone().map_err(failed)?;
    let mut up = command(binary);
    up.arg("up").arg(folder).args(["--portal", &portal.to_string(), "--gateway", "127.0.0.1:0"]);
    up.stdout(out).stderr(copy).spawn().map_err(|error| format!("could not start \"seaworthy up\": {error}"))
}

/// Seconds until ready, and the weight of each process a minute later.
fn measure(supervisor: &mut Child, address: SocketAddr, clock: Instant) -> Outcome<(f64, Vec<(String, f64)>)> {
    while !is_ready(address) {
        if clock.elapsed() > READY_WITHIN {
            return Err(format!("\"seaworthy up\" was not ready within {READY_WITHIN:?}"));
        }
        if child::wait(supervisor, Duration::ZERO).is_some() {
            return Err("\"seaworthy up\" ended before it was ready".into());
        }
        std::thread::sleep(ASK_EVERY);
    }
    let ready = clock.elapsed().as_secs_f64();
    println!("ready after {ready:.3} s; weighing in {SETTLE:?}");
    std::thread::sleep(SETTLE);
    Ok((ready, weights(supervisor.id())))
}

/// True when `/readyz` answers 200.
fn is_ready(address: SocketAddr) -> bool {
    let ask = || -> std::io::Result<bool> {
        let mut stream = TcpStream::connect_timeout(&address, Duration::from_secs(1))?;
        stream.set_read_timeout(Some(Duration::from_secs(1)))?;
        write!(stream, "GET /readyz HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n")?;
        let mut start = [0; 12];
        stream.read_exact(&mut start)?;
        Ok(&start == b"HTTP/1.1 200")
    };
    ask().unwrap_or(false)
}

/// Name and mebibytes of the supervisor and of the two roles it started.
fn weights(supervisor: u32) -> Vec<(String, f64)> {
    let processes = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    let pids = processes.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    let roles = pids.filter_map(|pid| Some((role(pid, supervisor)?, pid)));
    roles.filter_map(|(name, pid)| Some((name, pss(&read(pid, "smaps_rollup")?)?))).collect()
}

fn role(pid: u32, supervisor: u32) -> Option<String> {
    if pid == supervisor {
        return Some("supervisor".into());
    }
    let child = parent(&read(pid, "stat")?) == Some(supervisor);
    let word = read(pid, "cmdline")?.split('\0').nth(1)?.to_owned();
    (child && ["server", "gateway"].contains(&word.as_str())).then_some(word)
}

/// A file of a process; none when the process has ended meanwhile.
fn read(pid: u32, file: &str) -> Option<String> {
    std::fs::read_to_string(format!("/proc/{pid}/{file}")).ok()
}

/// The parent's id: the second word after the name, which stands in brackets and may hold anything.
fn parent(stat: &str) -> Option<u32> {
    stat.rsplit_once(')')?.1.split_whitespace().nth(1)?.parse().ok()
}

/// Mebibytes of the `Pss:` line, which counts in kibibytes.
fn pss(rollup: &str) -> Option<f64> {
    let line = rollup.lines().find_map(|line| line.strip_prefix("Pss:"))?;
    let kibibytes: f64 = line.split_whitespace().next()?.parse().ok()?;
    Some(kibibytes / 1024.0)
}

#[cfg(test)]
mod tests {
    use super::{parent, pss};

    #[test]
    fn reads_what_the_kernel_writes() {
        assert_eq!(pss("Rss:  9 kB\nPss:    2048 kB\nPss_Dirty: 4 kB\n"), Some(2.0));
        assert_eq!(pss(""), None);
        assert_eq!(parent("17 (a ) b) S 4 17 17 0"), Some(4));
        assert_eq!(parent("17"), None);
    }
}
