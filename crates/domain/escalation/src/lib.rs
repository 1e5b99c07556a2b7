//! Says whom a page calls next while nobody has taken it.
//!
//! A [`Policy`] is what a team writes: steps, each with whom it calls and how long it waits, and how often all of it is
//! repeated. A [`Ladder`] is that, made flat: a policy may hand over to another one, and one that comes back to itself is
//! refused with the way it takes. [`next`] looks at the ladder, at what was done, and at the time.
//!
//! Waits count from when a step was really taken, not from the page: a control plane that was away for an hour calls one
//! step when it is back, not all that it missed.

mod ladder;
mod next;
mod policy;

pub use ladder::{Ladder, Problem, Rung};
pub use next::{Next, Progress, Reach, next};
pub use policy::{Limits, Policy, Step, Target, standard};
