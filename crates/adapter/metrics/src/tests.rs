//! Everything that is asked and every plain count that is pushed, by decision tables.

mod kpi;
mod promql;
mod source;
