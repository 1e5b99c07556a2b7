//! Reads a repository's history and ownership files; changes nothing, sends nothing.
//!
//! [`look`] asks git for facts and turns them into a [`Report`]. Reading ([`LookError`]) and judging are apart: all
//! that parses or decides is pure and is fed with bytes and `now`.

pub mod catalogue;
pub mod codeowners;
mod command;
mod commit;
mod error;
pub mod finding;
pub mod folders;
pub mod history;
mod look;
mod read;
pub mod release;
pub mod report;
mod seen;

pub use commit::changed_by;
pub use error::LookError;
pub use look::{Options, Progress, look};
pub use report::{Emails, Report};
pub use seen::{OwnersSeen, ReleaseSeen, Seen, seen};
