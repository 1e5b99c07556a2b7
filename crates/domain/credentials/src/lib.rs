//! Finds credentials in text and says of what kind they are, who holds them and when they end.
//!
//! Pure: text in, places out. A [`Secret`] shows itself to nobody but the one caller that makes a fingerprint of it; it has
//! no `Display` and its `Debug` is empty, so that no log, error or panic can hold one.

mod encoded;
mod find;
mod format;
mod holder;
mod kind;
mod line;
mod name;
mod pem;
mod secret;
mod shape;
mod special;
mod text;
mod value;

pub use encoded::base64;
pub use find::{FOUND_MAX, Found, Founds, find};
pub use format::Standing;
pub use holder::{Class, Holder, Sure};
pub use kind::{Guess, Kind};
pub use pem::certificates;
pub use secret::Secret;

#[cfg(test)]
mod tests;
