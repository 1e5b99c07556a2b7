//! The rules by which files are read: one id for each kind of mistake, documented in `docs/files.md`.

macro_rules! rules {
    ($($(#[$doc:meta])* $name:ident = $id:literal,)*) => {
        /// What a diagnostic is about.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Rule { $($(#[$doc])* $name,)* }

        impl Rule {
            /// Returns the id that people see: it is never given to another rule.
            pub fn id(self) -> &'static str {
                match self { $(Self::$name => $id,)* }
            }
        }

        /// Ids of all rules.
        pub const RULES: &[&str] = &[$($id,)*];
    };
}

rules! {
    /// A file or directory cannot be read.
    Unreadable = "unreadable",
    /// A file, a tree or the number of things is over a limit.
    Limit = "limit",
    /// The text is not YAML.
    Syntax = "yaml-syntax",
    /// A mapping has a key twice.
    DuplicateKey = "duplicate-key",
    /// The directory holds nothing for a catalogue.
    NothingFound = "nothing-found",
    /// A document has no apiVersion, or one that is not known.
    ApiVersion = "api-version",
    /// A kind that does not exist, or is not read.
    Kind = "kind",
    /// A template, to be filled in before it says something.
    Templated = "templated",
    /// The value comes from another file or address.
    Substitution = "substitution",
    /// Another tool's ownership file.
    OtherFormat = "other-format",
    /// A required field is absent or empty.
    MissingField = "missing-field",
    /// A field that does not exist.
    UnknownKey = "unknown-key",
    /// A text where a list should be, and the like.
    WrongType = "wrong-type",
    /// A value out of its range or list.
    BadValue = "bad-value",
    /// A name with characters that do not fit.
    BadName = "bad-name",
    /// A name is written otherwise here.
    Renamed = "renamed",
    /// A duration is not a number with a unit.
    BadDuration = "bad-duration",
    /// Rollout steps do not grow to 100%.
    RolloutSteps = "rollout-steps",
    /// A variable in a command that no shell expands.
    NotExpanded = "not-expanded",
    /// A variable in a command that nobody sets.
    UnknownVariable = "unknown-variable",
    /// A service without an owner (OWN-09).
    NoOwner = "service-without-owner",
    /// A service with two owners (OWN-09).
    OneOwner = "one-owner",
    /// An entity is declared twice.
    DeclaredTwice = "declared-twice",
    /// A service is owned by a person.
    OwnerIsPerson = "owner-is-person",
    /// The owner is nowhere declared.
    OwnerNotDeclared = "owner-not-declared",
    /// A reference to a team, person or rotation that is nowhere declared.
    UnknownReference = "unknown-reference",
    /// A service needs something that is nowhere declared.
    UnknownDependency = "unknown-dependency",
    /// Two services on one host and path.
    RouteOverlap = "route-overlap",
    /// Nobody would be paged for a service (OWN-16).
    NobodyOnCall = "nobody-on-call",
    /// A team has several rotations and a service does not say which.
    WhichRotation = "which-rotation",
    /// An escalation policy comes back to itself.
    EscalationCircle = "escalation-circle",
    /// A rotation has not started yet.
    RotationInFuture = "rotation-in-future",
    /// A person on call who cannot be reached.
    Unreachable = "person-unreachable",
    /// A target of 100%, of nothing, or of more.
    ObjectiveTarget = "objective-target",
    /// A tier that burns faster than total failure does.
    TierNeverFires = "tier-never-fires",
    /// An indicator in a system that is not asked.
    NotMeasured = "not-measured",
    /// Read as the nearest thing that there is.
    Approximated = "approximated",
    /// Something that only the program it was written for can do.
    NotSupported = "not-supported",
}
