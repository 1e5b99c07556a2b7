//! An answer: what may be meant, whose it is by each source, and whether they agree.

use crate::thing::{Format, Kind, OwnerKind, Place};

/// How sure it is that something is meant, best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sure {
    /// It is.
    Certain,
    /// Probably: another could be meant.
    Likely,
    /// Perhaps.
    Possible,
}

impl Sure {
    /// Returns its name, as answers give it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Certain => "certain",
            Self::Likely => "likely",
            Self::Possible => "possible",
        }
    }
}

/// One source's word on the owner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Says {
    /// Whose file says so.
    pub format: Format,
    /// The owner as written.
    pub owner: String,
    /// Whether it is a team, as written.
    pub kind: OwnerKind,
    /// Where it stands.
    pub place: Place,
    /// Whether it is the owner that the answer gives.
    pub agrees: bool,
}

/// Something that may be meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// What it is.
    pub kind: Kind,
    /// Its name.
    pub name: String,
    /// The owner that most sources name, without kind and namespace; none when no source names one.
    pub team: Option<String>,
    /// Whether that owner is one person.
    pub is_person: bool,
    /// How sure it is that this is meant.
    pub sure: Sure,
    /// What matched, in words.
    pub because: String,
    /// Where what matched stands.
    pub matched: Place,
    /// Where it is declared, each place once.
    pub declared: Vec<Place>,
    /// Every source's word on its owner.
    pub says: Vec<Says>,
    /// What it says that it needs, as written.
    pub depends_on: Vec<String>,
    /// Names of what says that it needs it.
    pub used_by: Vec<String>,
}

impl Candidate {
    /// Returns how many sources name the owner that the answer gives.
    pub fn agreed(&self) -> usize {
        self.says.iter().filter(|says| says.agrees).count()
    }

    /// Returns whether any source names another owner.
    pub fn is_disputed(&self) -> bool {
        self.says.iter().any(|says| !says.agrees)
    }
}

/// What a question means.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Answer {
    /// What may be meant, best first.
    pub candidates: Vec<Candidate>,
}
