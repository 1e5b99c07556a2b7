//! Bodies that are compressed by gzip, as collectors send them unless told otherwise.
//!
//! A kilobyte on the wire can be a megabyte in memory, so no more comes out than a plain body may have.

use std::io::Read;

use flate2::read::MultiGzDecoder;

use super::BODY_BYTES_MAX;

/// Most bytes that come out of a compressed body: as many as one may have that is not compressed.
pub const INFLATED_BYTES_MAX: usize = BODY_BYTES_MAX;

/// Why a compressed body was not taken.
#[derive(Debug, thiserror::Error)]
pub enum InflateError {
    /// More comes out than is taken.
    #[error("the body inflates to more than {INFLATED_BYTES_MAX} bytes; export smaller batches (send_batch_max_size)")]
    TooLarge,
    /// It is cut off, changed on its way, or not gzip.
    #[error("could not read the body as gzip: {0}; send it whole, or without content-encoding")]
    Broken(#[from] std::io::Error),
}

/// Returns what was compressed by gzip.
///
/// # Errors
/// When it is no whole gzip, or when more than [`INFLATED_BYTES_MAX`] bytes come out; no more than that are held.
pub fn inflate(body: &[u8]) -> Result<Vec<u8>, InflateError> {
    let mut plain = Vec::new();
    // One more shows that there would be more.
    MultiGzDecoder::new(body).take(INFLATED_BYTES_MAX as u64 + 1).read_to_end(&mut plain)?;
    match plain.len() <= INFLATED_BYTES_MAX {
        true => Ok(plain),
        false => Err(InflateError::TooLarge),
    }
}
