//! Looks at real repositories made by git in a temporary directory, with fixed dates and names.

mod edges;
mod repository;
mod story;
