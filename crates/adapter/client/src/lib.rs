//! A small HTTP/1.1 client over cleartext: one exchange or one long-lived stream of lines.
