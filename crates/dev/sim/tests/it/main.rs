//! Simulated worlds: hundreds of seeds, stories that people can read, laws of the core.

#[cfg(test)]
mod paging;
#[cfg(test)]
mod seeds;
#[cfg(test)]
mod stories;
#[cfg(test)]
mod watch;
#[cfg(test)]
mod year;
