//! Channels a page leaves by, one file each.
