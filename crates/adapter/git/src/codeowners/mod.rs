//! CODEOWNERS files: what they say, whom they give each file, and what is wrong with them.
//!
//! Sources: GitHub, "About code owners"; GitLab, "Code Owners syntax" and "Advanced Code Owners configuration".

mod assign;
mod check;
mod owner;
mod parse;
mod pattern;
#[cfg(test)]
mod tests;

pub use assign::{Assignment, Tree};
pub use check::check;
pub use owner::{Owner, OwnerKind};
pub use parse::{Codeowners, Entry, parse};
pub use pattern::{Dialect, Pattern};

/// Where GitHub looks, in this order; only the first that exists counts.
pub const GITHUB_PLACES: [&str; 3] = [".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS"];
/// Where GitLab looks, in this order; only the first that exists counts.
pub const GITLAB_PLACES: [&str; 3] = ["CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS"];
/// GitHub does not load a larger file.
pub const GITHUB_MAX_BYTES: usize = 3 * 1024 * 1024;
