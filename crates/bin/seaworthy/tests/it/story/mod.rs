//! Stories that take whole processes, real users and some seconds each.

mod death;
mod demo;
mod glass;
mod strangers;
