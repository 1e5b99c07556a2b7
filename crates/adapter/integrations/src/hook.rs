//! Command hooks: a program of a team's own with a time it has, or a signed call of another system. Once, never again: what
//! could not be seen to end is said to be so.
//!
//! What it printed is kept to its end, cleaned, and with what looks like a secret taken out; it goes to whoever ran it.

use std::collections::VecDeque;
use std::process::{ExitStatus, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use seaworthy_contract::events::action::ActionOutcomeV1;
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::process::Command;
use tokio::time::{Instant, timeout};

use crate::command::Group;
use crate::exchange::Receiver;
use crate::signature::{HEADER, header};
use crate::{Channels, NotTaken};

/// Bytes of output that are kept: the last screenful.
const TAIL_BYTES: usize = 4 * 1024;

/// How long output is waited for after its program has ended: what it left running may hold the pipe for ever.
const LAST_WORDS: Duration = Duration::from_millis(500);

/// Variables of the server that a program is given. The others may be secrets.
const PASSED: [&str; 4] = ["PATH", "HOME", "LANG", "TZ"];

/// Words behind which a secret stands.
const SECRET_WORDS: [&str; 8] =
    ["password", "passwd", "secret", "token", "authorization", "api_key", "apikey", "api-key"];

/// How a run ended, and the end of what it printed.
#[derive(Debug, Clone, PartialEq)]
pub struct Ran {
    /// How it ended.
    pub outcome: ActionOutcomeV1,
    /// How long it took, in seconds; none where it never began.
    pub took_s: Option<f64>,
    /// The end of what it printed or answered, without secrets.
    pub tail: String,
}

impl Ran {
    fn never(why: impl Into<String>) -> Self {
        Self { outcome: ActionOutcomeV1::NotStarted { why: why.into() }, took_s: None, tail: String::new() }
    }
}

/// Runs a program and returns once it has ended, or was ended at its time with everything it started.
pub async fn run_program(arguments: &[String], variables: &[(&str, String)], within: Duration) -> Ran {
    let [program, rest @ ..] = arguments else { return Ran::never("the command is empty") };
    let passed = PASSED.iter().filter_map(|name| Some((*name, std::env::var(name).ok()?)));
    let spawned = Command::new(program)
        .args(rest)
        .env_clear()
        .envs(passed)
        .envs(variables.iter().map(|(name, value)| (*name, value)))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .process_group(0)
        .kill_on_drop(true)
        .spawn();
    let mut child = match spawned {
        Ok(child) => child,
        Err(error) => return Ran::never(format!("the program could not be started: {}", error.kind())),
    };
    let (mut group, began) = (Group::of(&child), Instant::now());
    let tail = Tail::default();
    let reading = tokio::spawn(tail.clone().read_both(child.stdout.take(), child.stderr.take()));
    let ended = timeout(within, child.wait()).await;
    let took_s = Some(began.elapsed().as_secs_f64());
    let outcome = match ended {
        Ok(Ok(status)) => {
            group.leave();
            said(status)
        }
        Ok(Err(_)) => ActionOutcomeV1::Unknown,
        Err(_) => ActionOutcomeV1::TimedOut,
    };
    // With the group goes what it started, where it was ended at its time.
    drop(group);
    // Whoever still holds its output is not waited for.
    timeout(LAST_WORDS, reading).await.ok();
    Ran { outcome, took_s, tail: cleaned(&tail.text()) }
}

fn said(status: ExitStatus) -> ActionOutcomeV1 {
    match status.success() {
        true => ActionOutcomeV1::Succeeded,
        false => ActionOutcomeV1::Failed { how: status.to_string() },
    }
}

/// The end of what was printed, of both streams as they came.
#[derive(Clone, Default)]
struct Tail(Arc<Mutex<VecDeque<u8>>>);

impl Tail {
    async fn read_both(self, one: Option<impl AsyncRead + Unpin>, other: Option<impl AsyncRead + Unpin>) {
        tokio::join!(self.read(one), self.read(other));
    }

    async fn read(&self, stream: Option<impl AsyncRead + Unpin>) {
        let Some(mut stream) = stream else { return };
        let mut bytes = [0; 4_096];
        while let Ok(read @ 1..) = stream.read(&mut bytes).await {
            let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            kept.extend(&bytes[..read]);
            let over = kept.len().saturating_sub(TAIL_BYTES);
            kept.drain(..over);
        }
    }

    fn text(&self) -> String {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        String::from_utf8_lossy(&kept.iter().copied().collect::<Vec<_>>()).into_owned()
    }
}

/// What could move a cursor is gone, and what follows a word such as `password`, or stands before the `@` of an address.
fn cleaned(text: &str) -> String {
    let plain: String = text.chars().filter(|c| !c.is_control() || *c == '\n').collect();
    plain.lines().map(without_secrets).collect::<Vec<_>>().join("\n").trim_end().to_owned()
}

fn without_secrets(line: &str) -> String {
    let lower = line.to_ascii_lowercase();
    let after = |word: &&str| {
        let end = lower.find(*word)? + word.len();
        // `token: x`, `token=x`, `"token": "x"`; a sentence that only has the word in it stays.
        let rest = lower.get(end..)?.trim_start_matches(['"', '\'', ' ']);
        rest.starts_with([':', '=']).then_some(end)
    };
    if let Some(end) = SECRET_WORDS.iter().filter_map(after).min() {
        return format!("{}: [taken out]", &line[..end]);
    }
    match (line.find("://"), line.find('@')) {
        (Some(scheme), Some(at)) if scheme < at && !line[scheme + 3..at].contains(['/', ' ']) => {
            format!("{}://[taken out]{}", &line[..scheme], &line[at..])
        }
        _ => line.to_owned(),
    }
}

impl Channels {
    /// Calls another system to do something, once, and returns its answer.
    pub async fn call_hook(
        &self,
        url: &str,
        secret: Option<&seaworthy_contract::catalogue::SecretName>,
        (key, body): (&str, Vec<u8>),
        within: Duration,
    ) -> Ran {
        let secret = match secret.map(|name| self.secret(name)).transpose() {
            Ok(secret) => secret,
            Err(not) => return Ran::never(not.why),
        };
        let receiver = match Receiver::at(url, "the other system") {
            Ok(receiver) => receiver.within(within),
            Err(not) => return Ran::never(not.why),
        };
        let signature = secret.map(|secret| header(&secret, &body, self.now()));
        let mut headers = vec![("idempotency-key", key)];
        headers.extend(signature.as_deref().map(|signature| (HEADER, signature)));
        let began = Instant::now();
        let answer = receiver.post(body, &headers).await;
        answered(answer, began.elapsed(), within)
    }
}

fn answered(answer: Result<seaworthy_client::Response, NotTaken>, took: Duration, within: Duration) -> Ran {
    let took_s = Some(took.as_secs_f64());
    let answer = match answer {
        Ok(answer) => answer,
        Err(_) if took >= within => return Ran { outcome: ActionOutcomeV1::TimedOut, took_s, tail: String::new() },
        // It may have been heard before the connection broke.
        Err(not) => {
            let how = format!("{}; whether it heard is not known", not.why);
            return Ran { outcome: ActionOutcomeV1::Failed { how }, took_s, tail: String::new() };
        }
    };
    let end = answer.body.len().saturating_sub(TAIL_BYTES);
    let tail = cleaned(&String::from_utf8_lossy(&answer.body[end..]));
    let outcome = match answer.status.is_success() {
        true => ActionOutcomeV1::Succeeded,
        false => ActionOutcomeV1::Failed { how: format!("the other system answered {}", answer.status.as_u16()) },
    };
    Ran { outcome, took_s, tail }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn shell(script: &str, within: Duration) -> Ran {
        let arguments = ["sh", "-c", script].map(str::to_owned);
        run_program(&arguments, &[("SEAWORTHY_SERVICE", "checkout".to_owned())], within).await
    }

    const LONG: Duration = Duration::from_secs(60);

    #[tokio::test]
    async fn its_exit_says_how_it_ended_and_its_end_is_kept() {
        let ran = shell("echo $SEAWORTHY_SERVICE; echo again >&2", LONG).await;
        assert!(ran.outcome == ActionOutcomeV1::Succeeded && ran.took_s.is_some(), "{ran:?}");
        assert!(ran.tail.contains("checkout") && ran.tail.contains("again"), "{ran:?}");
        let ran = shell("exit 3", LONG).await;
        assert_eq!(ran.outcome, ActionOutcomeV1::Failed { how: "exit status: 3".to_owned() });
        let ran = shell("head -c 1000000 /dev/zero | tr '\\0' x; echo; echo the end", LONG).await;
        assert!(ran.tail.len() <= TAIL_BYTES && ran.tail.ends_with("the end"), "{} bytes", ran.tail.len());
    }

    #[tokio::test]
    async fn what_cannot_begin_never_began() {
        for arguments in [vec![], vec!["/no/such/program".to_owned()], vec!["nul\0".to_owned()]] {
            let ran = run_program(&arguments, &[], LONG).await;
            assert!(matches!(ran.outcome, ActionOutcomeV1::NotStarted { .. }) && ran.took_s.is_none(), "{ran:?}");
        }
    }

    #[tokio::test]
    async fn one_that_hangs_is_ended_at_its_time() {
        let ran = shell("echo began; sleep 1000 & wait", Duration::from_millis(300)).await;
        assert_eq!((ran.outcome, ran.tail.as_str()), (ActionOutcomeV1::TimedOut, "began"));
    }

    #[tokio::test]
    async fn the_servers_own_variables_stay_its_own() {
        let ran =
            shell("env | cut -d= -f1 | grep -v -x -e PATH -e HOME -e LANG -e TZ -e PWD -e SHLVL -e _ -e OLDPWD", LONG);
        assert_eq!(ran.await.tail, "SEAWORTHY_SERVICE");
    }

    #[test]
    fn what_looks_like_a_secret_is_taken_out() {
        for (line, want) in [
            ("password=hunter2", "password: [taken out]"),
            ("x \"api_key\": \"hunter2\" y", "x \"api_key: [taken out]"),
            ("Authorization: Bearer hunter2", "Authorization: [taken out]"),
            ("the token was renewed", "the token was renewed"),
            ("postgres://shop:hunter2@db/x", "postgres://[taken out]@db/x"),
            ("https://shop.example/a@b", "https://shop.example/a@b"),
            ("\u{1b}[31mred\u{1b}[0m\ttab", "[31mred[0mtab"),
        ] {
            assert_eq!(cleaned(line), want);
        }
    }
}
