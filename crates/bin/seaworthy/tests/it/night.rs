//! The night that a full disk makes: a version has half of the users, somebody is being paged, and the store takes no
//! more writes. What is read is answered for as long as that lasts, however long the log has had no room either.

use std::fs;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use seaworthy_contract::api::{Page, Rollout};
use serde_json::{Value, json};

use crate::disk::Disk;
use crate::kit::{Api, QUOTE, Scratch, Up, get, is_alive, until, write_quotes};

/// A contact that has the message and does not say so yet: what it came to meets the full disk.
const CONTACT: &str = "displayName: Ines
  contacts:
    - command: \"cat >> pages.jsonl; until [ -e told ]; do sleep 0.05; done\"";

/// Commands that are refused: their lines are several times what the log had room for.
const REFUSED: u32 = 60;

/// A data directory on a small disk, with one of its own for the gateway. Disks go after what runs on them.
pub(crate) struct Night {
    pub(crate) up: Up,
    pub(crate) api: Api,
    disk: Disk,
    _gateway: Disk,
    pub(crate) scratch: Scratch,
}

impl Night {
    /// It begins: v2 of quotes has half of the users, and Ines has her page but did not say so; none where nobody may
    /// mount a disk.
    pub(crate) fn begin() -> Option<Self> {
        let scratch = Scratch::new();
        let data = scratch.tmp().with_file_name("disk");
        let Some((disk, gateway)) =
            Disk::mount(&data).and_then(|disk| Some((disk, Disk::mount(&data.join("gateway"))?)))
        else {
            eprintln!("SKIPPED: a night with a full disk. Only root can mount a small one.");
            return None;
        };
        let files = write_quotes(&scratch).replace("displayName: Ines", CONTACT);
        scratch.write("quotes.yaml", &files);
        let up = Up::start_with(&scratch, &["--data", data.to_str().unwrap()]);
        let api = Api::new(&up);
        up.cli(&scratch, &["ship", "quotes", "v1"]).done();
        up.cli(&scratch, &["ship", "quotes", "v2", "--no-wait", "--steps", "50", "--dwell", "10m"]).done();
        let night = Self { up, api, disk, _gateway: gateway, scratch };
        until("v2 has half of the users", || (night.newest().share > 0.4).then_some(()));
        let _: Value = night.api.post("/v1/alerts/alertmanager", &alert()).unwrap();
        until("Ines is paged", || night.messages().pop());
        Some(night)
    }

    /// Fills the disk; returns what fills it, and a command that is refused for that alone.
    pub(crate) fn fill(&self) -> (PathBuf, &'static str) {
        let ballast = self.disk.fill();
        // Where one still fitted, its opposite is next.
        let mut commands = ["hold", "resume"].into_iter().cycle();
        let refused = until("the disk is full for the ledger too", || {
            commands.next().filter(|command| self.up.cli(&self.scratch, &[command, "quotes"]).code != 0)
        });
        (ballast, refused)
    }

    pub(crate) fn newest(&self) -> Rollout {
        self.api.get::<Vec<Rollout>>("/v1/rollouts").unwrap().remove(0)
    }

    /// Says whether it is on record that the contact took the page.
    fn noted(&self) -> bool {
        let page = self.api.get::<Vec<Page>>("/v1/pages").unwrap().remove(0);
        page.channels.iter().any(|channel| channel.channel == "contacts" && channel.state == "delivered")
    }

    /// Whole messages that the contact got.
    pub(crate) fn messages(&self) -> Vec<Value> {
        self.scratch.read("pages.jsonl").lines().map_while(|line| serde_json::from_str(line).ok()).collect()
    }

    fn ready(&self) -> u16 {
        get(&self.up.portal, "/readyz", "").unwrap().status
    }

    /// Fails unless what is there can be read and users are served; returns the longest that anybody waited.
    fn goes_on(&self) -> Duration {
        let waited = [
            timed(|| assert!(!self.api.status().store_writable)),
            timed(|| assert_eq!(self.ready(), 503)),
            timed(|| assert_eq!(get(&self.up.gateway, QUOTE, "").unwrap().status, 200, "users notice nothing")),
        ];
        waited.into_iter().max().unwrap_or_default()
    }
}

fn timed(work: impl FnOnce()) -> Duration {
    let start = Instant::now();
    work();
    start.elapsed()
}

/// What Alertmanager says of an alert that fires.
fn alert() -> Value {
    json!({
        "version": "4", "groupKey": "{}:{}", "truncatedAlerts": 0, "status": "firing", "receiver": "seaworthy",
        "groupLabels": {}, "commonLabels": {}, "commonAnnotations": {}, "externalURL": "http://alertmanager:9093",
        "alerts": [{
            "status": "firing", "labels": {"alertname": "HighErrorRate", "severity": "critical", "service": "quotes"},
            "annotations": {"summary": "Quotes fail"}, "startsAt": "2026-03-02T11:57:00.5Z",
            "endsAt": "0001-01-01T00:00:00Z", "generatorURL": "", "fingerprint": "00000000000000a1"
        }]
    })
}

#[test]
fn a_night_on_a_full_disk_is_answered_to_its_end() {
    let Some(mut night) = Night::begin() else { return };
    let (ballast, command) = night.fill();
    night.scratch.write("told", "");
    let mut longest = Duration::ZERO;
    for number in 0..REFUSED {
        night.up.cli(&night.scratch, &[command, "quotes"]).refused(4, &["hint:", "disk"]);
        assert!(is_alive(night.up.server_pid), "the server ended after {number} refusals");
        longest = longest.max(night.goes_on());
    }
    eprintln!("{REFUSED} refusals; the longest wait for an answer was {longest:?}");
    assert_eq!((night.messages().len(), night.noted()), (1, false), "sent, and not on record");

    // There is room, and what waited goes on by itself.
    fs::remove_file(ballast).unwrap();
    until("the note is written", || night.noted().then_some(()));
    assert_eq!((night.ready(), night.messages().len()), (200, 1), "nobody is woken twice because a disk is full");

    // Whoever dies on a full disk starts on one.
    let (ballast, command) = night.fill();
    for role in ["server", "gateway"] {
        night.up.kill_role(role);
        night.up.wait_for_role(role);
    }
    night.up.cli(&night.scratch, &[command, "quotes"]).refused(4, &["hint:", "disk"]);
    night.goes_on();
    fs::remove_file(ballast).unwrap();
    until("writes go on", || (night.up.cli(&night.scratch, &["revert", "quotes"]).code == 0).then_some(()));
    night.api.verify();
    let Night { up, scratch, .. } = night;
    up.stop(&scratch);
}
