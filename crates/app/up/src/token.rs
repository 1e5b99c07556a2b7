//! Credentials of our own processes, made anew by each supervisor.

use std::io;

use jiff::Timestamp;
use seaworthy_contract::process::Secret;
use seaworthy_model::{Entropy, TokenId};

/// Bytes of the secret part: 256 bits cannot be guessed.
const SECRET_BYTES: usize = 32;

/// Makes a credential: `sw_<token id>_<secret in hex>`.
pub(crate) fn generate(now: Timestamp) -> io::Result<Secret> {
    let mut random = [0; 16 + SECRET_BYTES];
    getrandom::fill(&mut random).map_err(|error| io::Error::other(error.to_string()))?;
    let (seed, secret) = random.split_at(16);
    let seed = u128::from_le_bytes(seed.try_into().expect("split at 16 bytes"));
    let id = TokenId::new(now, &mut Entropy::new(seed));
    let hex: String = secret.iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(Secret::new(format!("sw_{id}_{hex}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_credential_has_an_id_and_a_secret() {
        let [one, two] = [0, 0].map(|_| generate(Timestamp::UNIX_EPOCH).expect("there is randomness"));
        assert_ne!(one, two);
        let parts: Vec<_> = one.expose().split('_').collect();
        assert_eq!((parts.len(), parts[0], parts[2].len()), (3, "sw", 64));
        assert!(parts[1].parse::<TokenId>().is_ok());
    }
}
