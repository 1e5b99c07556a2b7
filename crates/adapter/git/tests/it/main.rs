//! Looks at real repositories made by git in a temporary directory, with fixed dates and names.

#![expect(clippy::unwrap_used, reason = "a helper of a test fails the test")]

mod edges;
mod repository;
mod story;
