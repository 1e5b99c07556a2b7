//! TLS towards others: who is trusted, a connector, and how long a certificate is valid.
//!
//! Trusted is whom the machine trusts (`SSL_CERT_FILE` and `SSL_CERT_DIR` name others), and one more file of roots where
//! it is given: nobody can switch the check off. Users' TLS ends before the gateway and has nothing to do with this.

mod connector;
mod error;
mod stream;
mod validity;

pub use connector::{Clock, Connector};
pub use error::TlsError;
pub use stream::TlsStream;
pub use validity::Validity;

#[cfg(test)]
mod tests;
