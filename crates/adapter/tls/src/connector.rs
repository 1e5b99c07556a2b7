//! The connector: roots are read once, then a handshake for each stream.

use std::fmt;
use std::path::Path;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use jiff::Timestamp;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::time_provider::TimeProvider;
use rustls::{ClientConfig, RootCertStore};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use crate::{TlsError, TlsStream};

/// What certificates are held against.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// Makes streams secure. Clones share everything.
#[derive(Clone)]
pub struct Connector {
    tls: TlsConnector,
    roots: usize,
}

impl Connector {
    /// Trusts whom the machine trusts, and the roots in this PEM file. Without any, every handshake fails and says so.
    ///
    /// # Errors
    /// When the file cannot be read or holds no certificate.
    pub fn new(more_roots: Option<&Path>, clock: Clock) -> Result<Self, TlsError> {
        let mut roots = RootCertStore::empty();
        // What of the machine's own cannot be read is left out, as every other program does.
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        if let Some(path) = more_roots {
            add_file(&mut roots, path)?;
        }
        Ok(Self::of(roots, clock))
    }

    /// Returns the connector of this process, which trusts whom the machine trusts. It is made when first asked for: that
    /// reads some hundred files or one long one.
    pub fn shared() -> &'static Self {
        static SHARED: OnceLock<Connector> = OnceLock::new();
        SHARED.get_or_init(|| {
            Self::new(None, Arc::new(Timestamp::now)).expect("only a file that is named can be missing")
        })
    }

    pub(crate) fn of(roots: RootCertStore, clock: Clock) -> Self {
        let count = roots.len();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ClientConfig::builder_with_details(provider, Arc::new(Time(clock)))
            .with_safe_default_protocol_versions()
            .expect("ring has the cipher suites of TLS 1.2 and 1.3");
        let mut config = config.with_root_certificates(roots).with_no_client_auth();
        // HTTP/2 is not spoken.
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Self { tls: TlsConnector::from(Arc::new(config)), roots: count }
    }

    /// Returns the same connector without a word of what is spoken inside: for mail, whose relays may take another
    /// protocol's name for a wrong door.
    #[must_use]
    pub fn without_alpn(&self) -> Self {
        let mut config = ClientConfig::clone(self.tls.config());
        config.alpn_protocols = Vec::new();
        Self { tls: TlsConnector::from(Arc::new(config)), roots: self.roots }
    }

    /// Returns how many roots are trusted.
    pub fn roots(&self) -> usize {
        self.roots
    }

    /// Makes a stream secure, once the other side has shown a certificate for this name (or address) that is valid now.
    /// It takes as long as the other side takes: put a timeout around it.
    ///
    /// # Errors
    /// When there are no roots, the name is none, the certificate is not good, or the other side does not speak TLS.
    pub async fn connect(&self, name: &str, stream: TcpStream) -> Result<TlsStream, TlsError> {
        if self.roots == 0 {
            return Err(TlsError::NoRoots);
        }
        let server = ServerName::try_from(name.to_owned()).map_err(|_| TlsError::Name(name.to_owned()))?;
        match self.tls.connect(server, stream).await {
            Ok(stream) => Ok(TlsStream::new(stream)),
            Err(error) => Err(TlsError::of(name, error)),
        }
    }
}

fn add_file(roots: &mut RootCertStore, path: &Path) -> Result<(), TlsError> {
    let fail = |why: String| TlsError::Roots { path: path.to_owned(), why };
    let found = CertificateDer::pem_file_iter(path).map_err(|error| fail(error.to_string()))?;
    let before = roots.len();
    for root in found {
        let root = root.map_err(|error| fail(error.to_string()))?;
        roots.add(root).map_err(|error| fail(error.to_string()))?;
    }
    if roots.len() == before {
        return Err(fail("it holds no certificate".to_owned()));
    }
    Ok(())
}

impl fmt::Debug for Connector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connector").field("roots", &self.roots).finish_non_exhaustive()
    }
}

/// A clock, as the library wants it.
struct Time(Clock);

impl TimeProvider for Time {
    fn current_time(&self) -> Option<UnixTime> {
        let seconds = u64::try_from((self.0)().as_second()).ok()?;
        Some(UnixTime::since_unix_epoch(Duration::from_secs(seconds)))
    }
}

impl fmt::Debug for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Time")
    }
}
