//! The supervisor on real processes: this test binary, started again, plays the supervisor, the server, the gateway
//! and the versions; every test kills something.

#[cfg(test)]
mod fakes;
#[cfg(test)]
mod files;
#[cfg(test)]
mod rig;
#[cfg(test)]
mod roles;
#[cfg(test)]
mod told;
#[cfg(test)]
mod versions;
