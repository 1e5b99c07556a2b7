//! Everything that is asked and everything that is pushed, by decision tables.
