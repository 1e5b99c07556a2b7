//! Every page in every state: snapshots of what carries meaning, and rules that hold for all of them.

#[path = "../examples/render/data.rs"]
mod data;

mod pages;
mod rules;
mod tokens;
