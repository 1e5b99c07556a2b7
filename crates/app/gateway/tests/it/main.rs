//! The gateway on real sockets: users, versions and a control plane that can be told to misbehave.

#[cfg(test)]
mod kit;

#[cfg(test)]
mod alone;
#[cfg(test)]
mod carrying;
#[cfg(test)]
mod control_plane;
#[cfg(test)]
mod controls;
#[cfg(test)]
mod counting;
#[cfg(test)]
mod failing;
#[cfg(test)]
mod glass;
#[cfg(test)]
mod smuggling;
#[cfg(test)]
mod split;
