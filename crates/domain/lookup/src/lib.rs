//! One box: what a question means among the claims that many files make, who owns that, and who says otherwise.
//!
//! A [`Thing`] is one file's word on one thing; several of them may be about the same. Nothing is merged: an [`Answer`]
//! names every source beside the other, and [`judge`] says what in them cannot be trusted. Reading files is others' work.

mod answer;
mod find;
mod judge;
mod question;
mod thing;

pub use answer::{Answer, Candidate, Says, Sure};
pub use find::{CANDIDATES_MAX, find};
pub use judge::{FINDINGS_MAX, Finding, Rule, judge};
pub use question::{QUESTION_MAX, host_and_path};
pub use thing::{Field, Format, Kind, Known, Owner, OwnerKind, Place, Reference, Term, Thing, What, slug};

#[cfg(test)]
mod tests;
