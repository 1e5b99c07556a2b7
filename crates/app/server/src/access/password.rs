//! Passwords: what is kept of one, how long one takes to try, and how many are tried at once.
//!
//! Argon2id on threads of its own, with a short queue: trying passwords takes memory and time from nobody else. For
//! somebody who does not exist the same work is done, so that the answer's time does not tell.

use std::sync::atomic::{AtomicUsize, Ordering};

use argon2::{Algorithm, Argon2, Params, Version};
use serde::{Deserialize, Serialize};
use tokio::sync::Semaphore;

use super::{Digest, Secret};

/// Memory, passes and lanes of a hash: the first choice of the OWASP Password Storage Cheat Sheet for argon2id, 19 MiB.
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;

/// Hashes made at once: what signing in may take of a small machine, 38 MiB and two cores for some 30 ms.
const AT_ONCE: usize = 2;

/// Most who wait for their turn, about half a second of work. One more is asked to come again.
const WAITING_MAX: usize = 32;

/// Shortest password, in characters: NIST SP 800-63B-4, section 3.1.1.2, where it is all that is asked for.
pub(crate) const CHARS_MIN: usize = 15;

/// Longest password, in bytes: longer than any sentence that somebody types, and short enough to be hashed at once.
pub(crate) const BYTES_MAX: usize = 512;

/// Fewest different characters: a key that is held down is no password.
const DIFFERENT_MIN: usize = 5;

/// What is kept of a password.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Kept {
    memory_kib: u32,
    passes: u32,
    lanes: u32,
    /// 256 random bits, in hex; hashed as text.
    salt: String,
    /// In hex.
    hash: String,
}

/// As many wait as may.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Busy;

/// The queue that passwords are tried in.
pub(crate) struct Passwords {
    turns: Semaphore,
    waiting: AtomicUsize,
    /// What nobody's password is compared with.
    nobodys: Kept,
}

impl Default for Passwords {
    fn default() -> Self {
        let salt = Secret::random().reveal().to_owned();
        let nobodys = Kept { hash: "0".repeat(64), salt, memory_kib: MEMORY_KIB, passes: PASSES, lanes: LANES };
        Self { turns: Semaphore::new(AT_ONCE), waiting: AtomicUsize::new(0), nobodys }
    }
}

impl Passwords {
    /// Returns what to keep of a password.
    pub(crate) async fn keep(&self, password: String) -> Result<Kept, Busy> {
        let salt = Secret::random().reveal().to_owned();
        let empty = Kept { hash: String::new(), salt, memory_kib: MEMORY_KIB, passes: PASSES, lanes: LANES };
        let hash = self.hashed(empty.clone(), password).await?;
        let hash = hash.expect("the parameters are constants within argon2's bounds");
        Ok(Kept { hash: hash.hex(), ..empty })
    }

    /// Returns whether a password is the one of which this was kept; of nobody, it is none, after the same work.
    pub(crate) async fn is(&self, kept: Option<&Kept>, password: String) -> Result<bool, Busy> {
        let known = kept.unwrap_or(&self.nobodys);
        let made = self.hashed(known.clone(), password).await?;
        let same = made.zip(Digest::from_hex(&known.hash)).is_some_and(|(made, known)| made.equals(&known));
        Ok(same && kept.is_some())
    }

    /// Hashes when it is its turn; none where what was kept makes no sense.
    async fn hashed(&self, by: Kept, password: String) -> Result<Option<Digest>, Busy> {
        let _waits = Waits::one_more(&self.waiting)?;
        let _turn = self.turns.acquire().await.expect("nobody closes it");
        let made = tokio::task::spawn_blocking(move || hash(&by, &password)).await;
        Ok(made.expect("hashing does not panic"))
    }
}

/// Somebody who waits, until dropped.
struct Waits<'a>(&'a AtomicUsize);

impl<'a> Waits<'a> {
    fn one_more(waiting: &'a AtomicUsize) -> Result<Self, Busy> {
        let waits = Self(waiting);
        match waiting.fetch_add(1, Ordering::Relaxed) >= AT_ONCE + WAITING_MAX {
            true => Err(Busy),
            false => Ok(waits),
        }
    }
}

impl Drop for Waits<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

fn hash(by: &Kept, password: &str) -> Option<Digest> {
    let params = Params::new(by.memory_kib, by.passes, by.lanes, Some(32)).ok()?;
    let mut out = [0; 32];
    let argon = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    argon.hash_password_into(password.as_bytes(), by.salt.as_bytes(), &mut out).ok()?;
    Digest::from_bytes(&out)
}

/// Says what is wrong with a new password of somebody.
pub(crate) fn fault(handle: &str, password: &str) -> Option<String> {
    let different: std::collections::BTreeSet<char> = password.chars().collect();
    if password.len() > BYTES_MAX {
        return Some(format!("a password has at most {BYTES_MAX} bytes"));
    }
    if password.chars().count() < CHARS_MIN {
        return Some(format!("a password has at least {CHARS_MIN} characters; four words that you make up are enough"));
    }
    if different.len() < DIFFERENT_MIN || password.replace(handle, "").chars().count() < CHARS_MIN / 2 {
        return Some("this password is one that others would try: make up four words".to_owned());
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_password_is_known_again_and_no_other_is() {
        let passwords = Passwords::default();
        let kept = passwords.keep("four odd green boats".to_owned()).await.expect("a turn");
        assert!(!serde_json::to_string(&kept).expect("JSON").contains("green"), "it is not kept itself");
        for (password, want) in [("four odd green boats", true), ("four odd green goats", false), ("", false)] {
            assert_eq!(passwords.is(Some(&kept), password.to_owned()).await, Ok(want), "{password}");
        }
        assert_eq!(passwords.is(None, "four odd green boats".to_owned()).await, Ok(false), "nobody's");
        let broken = [
            Kept { memory_kib: 0, ..kept.clone() },
            Kept { hash: "zz".to_owned(), ..kept.clone() },
            Kept { salt: String::new(), ..kept.clone() },
            Kept { passes: 1, ..kept.clone() },
        ];
        for broken in broken {
            assert_eq!(passwords.is(Some(&broken), "four odd green boats".to_owned()).await, Ok(false));
        }
        let again = passwords.keep("four odd green boats".to_owned()).await.expect("a turn");
        assert_ne!(again.hash, kept.hash, "each has a salt of its own");
    }

    #[test]
    fn the_hash_is_argon2id() {
        // By the reference implementation: echo -n password | argon2 somesalt -id -v 13 -t 2 -m 16 -p 1 -l 32 -r
        let by = Kept { memory_kib: 65_536, passes: 2, lanes: 1, salt: "somesalt".to_owned(), hash: String::new() };
        let want = "09316115d5cf24ed5a15a31a3ba326e5cf32edc24702987c02b6566f61913cf7";
        assert_eq!(hash(&by, "password").map(|hash| hash.hex()).as_deref(), Some(want));
    }

    #[test]
    fn one_more_than_may_wait_is_asked_to_come_again() {
        let waiting = AtomicUsize::new(0);
        let mut all: Vec<_> = (0..AT_ONCE + WAITING_MAX).map(|_| Waits::one_more(&waiting).expect("room")).collect();
        assert!(Waits::one_more(&waiting).is_err());
        all.pop();
        assert!(Waits::one_more(&waiting).is_ok(), "whoever was sent away takes no room");
    }

    #[test]
    fn what_others_would_try_is_no_password() {
        for (password, wrong) in [
            ("", true),
            ("short and so so", false),
            ("fourteen chars", true),
            ("aaaaaaaaaaaaaaaaaaaaaa", true),
            ("abababababababab", true),
            ("inesinesinesinesines", true),
            ("ines likes to sail a boat", false),
            ("ünï cödé is fïné", false),
            (&"long words ".repeat(60), true),
        ] {
            assert_eq!(fault("ines", password).is_some(), wrong, "{password}");
        }
    }
}
