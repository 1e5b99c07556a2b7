//! Local processes and sockets: start, health-check, adopt, stop, hand over.
