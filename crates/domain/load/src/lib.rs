//! Says what being on call costs people.
//!
//! A page that calls somebody in their own night wakes them; what follows within half an hour does not wake them again.
//! [`loads`] tells it person by person, [`total`] for all of them at once, where nobody stands by name. A [`line`](crossed)
//! that a year crosses is a question to whoever leads, never to the team; after a broken night, the [`Night`] that follows
//! is the one to sleep through.

mod load;
mod night;
mod wake;

pub use load::{Called, Load, Page, Total, Verdict, Worth, loads, total};
pub use night::{NIGHT_BEGINS, NIGHT_ENDS, Night, is_night, night_after};
pub use wake::{CLUSTER, LINE, YEAR, crossed, in_year, wakes};
