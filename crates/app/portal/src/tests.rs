//! Every page in every state: snapshots of what carries meaning, and rules that hold for all of them.

#[path = "../examples/render/data.rs"]
mod data;
#[path = "../examples/render/shown.rs"]
mod shown;

mod pages;
mod rules;
mod tokens;
