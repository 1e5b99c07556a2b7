//! Laws and decision tables.
