//! One file's word on one thing: what it is, whose it is, and by which words somebody may ask for it.

use std::fmt;

/// Where something stands.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// Relative to the directory that was read, with `/`.
    pub file: String,
    /// From 1.
    pub line: u32,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file, self.line)
    }
}

/// Who wrote a file's format; in the order in which they are believed where as many say one thing as the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Format {
    /// Ours.
    Seaworthy,
    /// Backstage entities.
    Backstage,
    /// OpsLevel's `opslevel.yml`.
    Opslevel,
    /// Atlassian Compass.
    Compass,
    /// Datadog's service definitions.
    Datadog,
    /// CODEOWNERS, as the forge reads it.
    Codeowners,
    /// Labels and annotations of Kubernetes manifests.
    Kubernetes,
    /// Labels of Prometheus rules.
    Prometheus,
    /// Flag definitions as flagd reads them.
    Flags,
}

impl Format {
    /// Returns its name, as answers give it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Seaworthy => "seaworthy",
            Self::Backstage => "backstage",
            Self::Opslevel => "opslevel",
            Self::Compass => "compass",
            Self::Datadog => "datadog",
            Self::Codeowners => "codeowners",
            Self::Kubernetes => "kubernetes",
            Self::Prometheus => "prometheus",
            Self::Flags => "flags",
        }
    }
}

/// What a thing is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// What a team runs; also what runs in a cluster.
    Service,
    /// Code that is no service: a library, a tool, a plugin.
    Component,
    /// An interface.
    Api,
    /// What services use: a database, a queue, a bucket, a pipeline.
    Resource,
    /// Services that belong together.
    System,
    /// A team.
    Team,
    /// A person.
    Person,
    /// An alerting rule.
    Alert,
    /// Files by a pattern, a path or a commit.
    Files,
    /// A pointer to other files.
    Location,
}

impl Kind {
    /// Returns its name, as answers give it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Service => "service",
            Self::Component => "component",
            Self::Api => "api",
            Self::Resource => "resource",
            Self::System => "system",
            Self::Team => "team",
            Self::Person => "person",
            Self::Alert => "alert",
            Self::Files => "files",
            Self::Location => "location",
        }
    }

    /// Returns whether it should have an owner.
    pub fn is_owned(self) -> bool {
        matches!(self, Self::Service | Self::Component | Self::Api | Self::Resource | Self::System)
    }
}

/// Whether a file says that an owner is a team.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OwnerKind {
    /// A team.
    Team,
    /// One person.
    Person,
    /// It does not say.
    Unsaid,
}

/// One file's word on who owns something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Owner {
    /// As written.
    pub text: String,
    /// Whether it is a team, as written.
    pub kind: OwnerKind,
    /// Whose file says so.
    pub format: Format,
    /// Where it stands.
    pub place: Place,
}

/// What a word of a thing stands for; the order is how much a match means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum What {
    /// Its name.
    Name,
    /// An address: host and path.
    Link,
    /// A host that serves it.
    Host,
    /// A path that it serves on any host.
    Route,
    /// Its repository.
    Repository,
    /// A container image.
    Image,
    /// A flag.
    Flag,
    /// A file or commit.
    Path,
    /// Another tool's name for it.
    Alias,
    /// Its title.
    Title,
    /// A queue, table, topic, bucket or database that it names.
    Resource,
    /// The team that owns it.
    Team,
    /// A person of that team.
    Person,
    /// Something it says that it needs.
    Dependency,
    /// Any other word of it.
    Word,
}

/// A word by which somebody may ask for a thing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Term {
    /// What it stands for.
    pub what: What,
    /// In lower case.
    pub text: String,
    /// Where it stands.
    pub place: Place,
}

/// Where a reference stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    /// It needs what is named.
    DependsOn,
    /// It belongs to what is named.
    System,
    /// It points to a file.
    Target,
    /// It is about a service, such as an alert's label.
    About,
}

/// A reference to another thing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// What the reference is.
    pub field: Field,
    /// As written.
    pub text: String,
    /// Where it stands.
    pub place: Place,
}

/// One file's word on one thing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Thing {
    /// What it is.
    pub kind: Kind,
    /// Its name, as written.
    pub name: String,
    /// Whose file it is in.
    pub format: Format,
    /// Where its name stands.
    pub place: Place,
    /// Who owns it, by each file that says so.
    pub owners: Vec<Owner>,
    /// By which words it may be asked for, its name among them.
    pub terms: Vec<Term>,
    /// What it names.
    pub references: Vec<Reference>,
    /// The handles of a team's members, in lower case.
    pub members: Vec<String>,
}

/// All that files say.
#[derive(Debug, Clone, Default)]
pub struct Known {
    /// Every file's word, in the order of files.
    pub things: Vec<Thing>,
    /// Files that were read, by which targets are resolved.
    pub files: Vec<String>,
}

impl Known {
    /// Returns whether any file declares a team of this slug.
    pub fn has_team(&self, wanted: &str) -> bool {
        self.things.iter().any(|thing| thing.kind == Kind::Team && slug(&thing.name) == wanted)
    }

    /// Returns whether any file declares a person of this slug, or names one as owner.
    pub fn has_person(&self, wanted: &str) -> bool {
        self.things.iter().any(|thing| {
            let names = thing.owners.iter().any(|owner| owner.kind == OwnerKind::Person && slug(&owner.text) == wanted);
            names || (thing.kind == Kind::Person && slug(&thing.name) == wanted)
        })
    }

    /// Returns the file or folder that a path means: itself, or what is left of it when directories of another machine
    /// are taken off its front. At least one directory must be left.
    pub fn existing<'a>(&self, path: &'a str) -> Option<&'a str> {
        let mut rest = path.trim_matches('/');
        while rest.contains('/') {
            let at = self.files.partition_point(|file| file.as_str() < rest);
            let is_below =
                |file: &String| file.strip_prefix(rest).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
            // Files whose names go on with a character before "/" may lie between.
            if self.files[at..].iter().take_while(|file| file.starts_with(rest)).any(is_below) {
                return Some(rest);
            }
            rest = rest.split_once('/').map_or("", |(_, rest)| rest);
        }
        None
    }
}

/// Returns what two files that mean the same thing have in common: the last part of a reference in lower case, without
/// kind, namespace, organisation and `@`. An address of a person stays whole.
pub fn slug(reference: &str) -> String {
    let text = reference.trim().trim_start_matches('@');
    let is_address = text.contains('@') && !text.contains('/');
    let name = if is_address { text } else { text.rsplit(['/', ':']).next().unwrap_or(text) };
    name.trim().to_lowercase()
}
