//! Who holds a credential: a person, a team or a workload, how surely, and what tells.

use std::fmt;

/// To what a credential was issued.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// One person's account: it stops when the person leaves.
    Person,
    /// An organisation or a group, whoever is in it.
    Team,
    /// A program's own account.
    Workload,
    /// Nothing tells.
    Unknown,
}

impl Class {
    /// All of them, in the order in which they worry.
    pub const ALL: [Self; 4] = [Self::Person, Self::Unknown, Self::Team, Self::Workload];

    /// Returns the word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::Team => "team",
            Self::Workload => "workload",
            Self::Unknown => "unknown",
        }
    }

    /// Reads [`Self::word`].
    pub fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|class| class.word() == word)
    }
}

impl fmt::Display for Class {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// How surely.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sure {
    /// The issuer gives this kind to nobody else.
    Certain,
    /// Mostly so; the issuer knows better.
    Likely,
    /// It cannot be told from what was read.
    No,
}

impl Sure {
    /// Returns the word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Certain => "certain",
            Self::Likely => "likely",
            Self::No => "not known",
        }
    }
}

/// Who holds a credential, as far as its text and its place tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Holder {
    /// The class.
    pub class: Class,
    /// How surely.
    pub sure: Sure,
    /// What tells; a sentence without names.
    pub why: &'static str,
}

impl Holder {
    /// Nothing tells.
    pub const UNKNOWN: Self = Self { class: Class::Unknown, sure: Sure::No, why: "nothing in the text tells" };

    /// Reads a login: an address or two names are a person's, the names of machines are a workload's.
    pub(crate) fn of_login(login: &str) -> Self {
        let login = login.to_ascii_lowercase();
        let word = |class, why| Self { class, sure: Sure::Likely, why };
        let machine = login.split(['-', '_', '.', '@']).any(|part| MACHINES.contains(&part));
        if machine || login.ends_with("gserviceaccount.com") {
            return word(Class::Workload, "its login is one that programs have");
        }
        let host = login.split_once('@').map(|(_, host)| host);
        if host.is_some_and(|host| host.contains('.')) {
            return word(Class::Person, "its login is a mail address");
        }
        let two = login.split_once('.').is_some_and(|(first, last)| is_name(first) && is_name(last));
        if two { word(Class::Person, "its login is a first and a last name") } else { Self::UNKNOWN }
    }
}

fn is_name(part: &str) -> bool {
    part.len() > 1 && part.bytes().all(|byte| byte.is_ascii_lowercase())
}

/// Logins and parts of logins that programs have.
const MACHINES: &[&str] = &[
    "app",
    "application",
    "api",
    "backend",
    "backup",
    "bot",
    "build",
    "ci",
    "cd",
    "db",
    "deploy",
    "deployer",
    "deployment",
    "exporter",
    "mongo",
    "mysql",
    "noreply",
    "oauth2",
    "postgres",
    "prometheus",
    "rabbitmq",
    "readonly",
    "redis",
    "replication",
    "replicator",
    "robot",
    "rw",
    "ro",
    "sa",
    "service",
    "svc",
    "system",
    "token",
    "__token__",
    "web",
    "worker",
    "x-access-token",
    "x-token-auth",
];
