//! What can go wrong before a stream is secure.

use std::io;
use std::path::PathBuf;

use jiff::Timestamp;
use rustls::pki_types::UnixTime;
use rustls::{CertificateError, Error};

/// Why a stream is not secure. `Display` says all of it.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file of roots cannot be used.
    #[error("could not read roots from \"{}\": {why}", .path.display())]
    Roots {
        /// The file.
        path: PathBuf,
        /// Why not.
        why: String,
    },
    /// This machine trusts nobody.
    #[error("no root certificates on this machine: install ca-certificates, or name a file of roots")]
    NoRoots,
    /// This can stand in no certificate.
    #[error("\"{0}\" is neither a host name nor an address")]
    Name(String),
    /// The certificate is not good.
    #[error("the certificate {0}")]
    Certificate(String),
    /// The other side does not speak TLS, or not as we do.
    #[error("no TLS ({0})")]
    Handshake(String),
    /// The connection broke.
    #[error("the connection broke off ({0})")]
    Broken(io::Error),
}

impl TlsError {
    /// Tells which it was.
    pub(crate) fn of(name: &str, error: io::Error) -> Self {
        match error.get_ref().and_then(|inner| inner.downcast_ref::<Error>()) {
            Some(Error::InvalidCertificate(why)) => Self::Certificate(certificate(name, why)),
            Some(other) => Self::Handshake(other.to_string()),
            None => Self::Broken(error),
        }
    }
}

fn certificate(name: &str, why: &CertificateError) -> String {
    match why {
        CertificateError::Expired => "has ended".to_owned(),
        CertificateError::ExpiredContext { not_after, .. } => format!("has ended at {}", instant(*not_after)),
        CertificateError::NotValidYet => "is not valid yet".to_owned(),
        CertificateError::NotValidYetContext { not_before, .. } => {
            format!("is not valid before {}", instant(*not_before))
        }
        CertificateError::UnknownIssuer => "is of an issuer that is not trusted here".to_owned(),
        CertificateError::NotValidForName => format!("is not for \"{name}\""),
        CertificateError::NotValidForNameContext { presented, .. } => {
            format!("is not for \"{name}\" but for {}", presented.join(", "))
        }
        CertificateError::Revoked => "was revoked".to_owned(),
        other => format!("is not good: {other}"),
    }
}

fn instant(at: UnixTime) -> String {
    let at = i64::try_from(at.as_secs()).ok().and_then(|seconds| Timestamp::from_second(seconds).ok());
    at.map_or_else(|| "an unknown time".to_owned(), |at| at.to_string())
}
