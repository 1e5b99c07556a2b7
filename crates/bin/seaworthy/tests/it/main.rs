//! The whole of it on real processes and sockets: `seaworthy` is started as people start it, users send real requests,
//! and what is killed is killed with -9. A test leaves no process and no file behind, whether it passes or not.

#[cfg(test)]
mod browser;
#[cfg(test)]
mod disk;
#[cfg(test)]
mod kit;
#[cfg(test)]
mod night;
#[cfg(test)]
mod refusals;
#[cfg(test)]
mod story;
