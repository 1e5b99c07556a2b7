//! The supervisor: owns the sockets, runs server, gateway and versions on one machine.
