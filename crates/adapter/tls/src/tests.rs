//! Handshakes over real sockets with certificates of our own, at a time of our own.
//!
//! `ca.pem` signs `leaf.pem` (`localhost` and 127.0.0.1, from 2026-01-01 to 2026-07-01); `leaf.key` is for tests only.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;
use proptest::prelude::*;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{RootCertStore, ServerConfig};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::{Clock, Connector, TlsError, Validity};

const LEAF: &[u8] = include_bytes!("tests/leaf.pem");
const KEY: &[u8] = include_bytes!("tests/leaf.key");

fn file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src/tests").join(name)
}

fn clock(at: &str) -> Clock {
    let at: Timestamp = at.parse().unwrap();
    Arc::new(move || at)
}

fn leaf() -> CertificateDer<'static> {
    CertificateDer::from_pem_slice(LEAF).unwrap()
}

/// Accepts one stream and answers with what it is sent.
async fn echo() -> std::net::SocketAddr {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let key = PrivateKeyDer::from_pem_slice(KEY).unwrap();
    let config = config.with_no_client_auth().with_single_cert(vec![leaf()], key).unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        // A client that refuses the certificate breaks off: then there is nothing to echo.
        if let Ok(mut stream) = tokio_rustls::TlsAcceptor::from(Arc::new(config)).accept(stream).await {
            let mut byte = [0];
            stream.read_exact(&mut byte).await.unwrap();
            stream.write_all(&byte).await.unwrap();
            stream.shutdown().await.unwrap();
        }
    });
    address
}

async fn connect(name: &str, roots: Option<&Path>, at: &str) -> Result<crate::TlsStream, TlsError> {
    let stream = TcpStream::connect(echo().await).await.unwrap();
    Connector::new(roots, clock(at)).unwrap().connect(name, stream).await
}

#[tokio::test]
async fn a_good_certificate_makes_a_secure_stream() {
    for name in ["localhost", "127.0.0.1"] {
        let mut stream = connect(name, Some(&file("ca.pem")), "2026-05-31T12:00:00Z").await.unwrap();
        stream.write_all(b"x").await.unwrap();
        stream.flush().await.unwrap();
        let mut got = Vec::new();
        stream.read_to_end(&mut got).await.unwrap();
        assert_eq!(got, b"x");
        assert_eq!(stream.validity().unwrap().days_left("2026-05-31T12:00:00Z".parse().unwrap()), 30);
    }
}

#[tokio::test]
async fn a_certificate_that_is_not_good_says_why() {
    let ca = file("ca.pem");
    for (name, roots, at, want) in [
        ("localhost", Some(&*ca), "2026-07-02T00:00:00Z", "has ended at 2026-07-01T00:00:00Z"),
        ("localhost", Some(&*ca), "2025-07-02T00:00:00Z", "is not valid before 2026-01-01T00:00:00Z"),
        ("shop.example", Some(&*ca), "2026-05-01T00:00:00Z", "is not for \"shop.example\" but for"),
        // Its own word is no root.
        ("localhost", Some(&*file("other.pem")), "2026-05-01T00:00:00Z", "issuer that is not trusted here"),
    ] {
        let error = connect(name, roots, at).await.unwrap_err();
        assert!(matches!(error, TlsError::Certificate(_)) && error.to_string().contains(want), "{error}");
    }
    let error = connect("a b", Some(&ca), "2026-05-01T00:00:00Z").await.unwrap_err();
    assert!(matches!(error, TlsError::Name(_)), "{error}");
}

#[tokio::test]
async fn a_server_without_tls_is_told_from_one_that_breaks_off() {
    for (says, want) in [(&b"SSH-2.0-OpenSSH\r\n"[..], "no TLS"), (b"", "broke off")] {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            // What the client says is read, so that the end is an end and no reset.
            let mut hello = [0; 64];
            stream.read_exact(&mut hello).await.unwrap();
            stream.write_all(says).await.unwrap();
            stream.shutdown().await.unwrap();
        });
        let stream = TcpStream::connect(address).await.unwrap();
        let connector = Connector::new(Some(&file("ca.pem")), clock("2026-05-01T00:00:00Z")).unwrap();
        let error = connector.connect("localhost", stream).await.unwrap_err();
        assert!(error.to_string().contains(want), "{error}");
    }
}

#[tokio::test]
async fn who_trusts_nobody_says_so() {
    let stream = TcpStream::connect(echo().await).await.unwrap();
    let nobody = Connector::of(RootCertStore::empty(), clock("2026-05-01T00:00:00Z"));
    assert!(matches!(nobody.connect("localhost", stream).await, Err(TlsError::NoRoots)));
}

#[test]
fn files_of_roots_are_checked() {
    for (name, want) in [("none.pem", "none.pem"), ("leaf.key", "holds no certificate")] {
        let error = Connector::new(Some(&file(name)), clock("2026-05-01T00:00:00Z")).unwrap_err();
        assert!(error.to_string().contains(want), "{error}");
    }
}

#[test]
fn validity_is_read_in_both_forms_of_time() {
    let read = |pem: &[u8]| Validity::of(&CertificateDer::from_pem_slice(pem).unwrap()).unwrap().not_after.to_string();
    assert_eq!(read(LEAF), "2026-07-01T00:00:00Z");
    // Behind 2049 the longer form is used.
    assert_eq!(read(include_bytes!("tests/ca.pem")), "2055-12-31T00:00:00Z");
    let ended = Validity::of(&leaf()).unwrap().days_left("2026-07-01T00:00:01Z".parse().unwrap());
    assert_eq!(ended, -1);
}

proptest! {
    #[test]
    fn no_bytes_make_the_reader_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = Validity::of(&bytes);
    }

    #[test]
    fn a_damaged_certificate_is_read_or_not(at in 0_usize..300, byte: u8, length in 0_usize..600) {
        let mut der = leaf().to_vec();
        let at = at % der.len();
        der[at] = byte;
        der.truncate(length);
        let _ = Validity::of(&der);
    }
}
