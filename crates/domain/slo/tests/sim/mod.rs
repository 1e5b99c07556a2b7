//! Simulations of objectives, small as tests and whole as examples.

pub(crate) mod false_pages;
pub(crate) mod missed_faults;
pub(crate) mod oracle;
pub(crate) mod random;
