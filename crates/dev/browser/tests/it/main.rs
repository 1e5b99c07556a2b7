//! The driver against a real browser and a small server; `cargo xtask test` leaves these out where there is none.

#[cfg(test)]
mod browser;
