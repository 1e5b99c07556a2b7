//! The pages people look at: view structs made from API types, and the templates that print them.
//!
//! A page is one struct whose `new` takes API values and the time and leaves display-ready strings and coordinates;
//! its template only prints. [`render`] puts the layout around it, [`render_part`] gives what changes while a page is
//! open: both hold the same bytes of the page itself. Nothing here reads a clock, a store or a request.

mod asset;
mod chrome;
pub mod part;
mod series;
mod text;
pub mod view;

pub use asset::{Asset, asset_at, assets};
pub use chrome::{Chrome, Flash, Nav, PageView, Rights, State, render, render_part};

// Test data is shared with the example, which sees this crate by its name.
#[cfg(test)]
extern crate self as seaworthy_portal;

#[cfg(test)]
mod tests;
