//! From a passphrase to a key: Argon2id (RFC 9106).

use crate::cipher::{KEY_BYTES, Key};
use crate::{Result, VaultError};
use argon2::{Algorithm, Argon2, Params, Version};
use serde::{Deserialize, Serialize};
use wheelhouse_protocol::SecretInput;

/// What one guess at the passphrase costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KdfCost {
    /// Memory in KiB.
    pub memory_kib: u32,
    /// Passes over it.
    pub passes: u32,
    /// Lanes worked on in parallel.
    pub lanes: u32,
}

impl KdfCost {
    /// The least memory ever accepted: 64 MiB (RFC 9106's second recommended option), so that nobody who
    /// can write the file makes guessing cheap.
    pub const FLOOR_KIB: u32 = 64 * 1024;
    /// The most memory ever accepted: 1 GiB, so that nobody who can write the file makes unlocking impossible.
    pub const CEILING_KIB: u32 = 1024 * 1024;
    /// The most passes ever accepted.
    pub const MAX_PASSES: u32 = 16;
    /// The most lanes ever accepted.
    pub const MAX_LANES: u32 = 16;

    /// The cheapest that is accepted: for tests.
    pub const FLOOR: Self = Self { memory_kib: Self::FLOOR_KIB, passes: 1, lanes: 4 };

    /// Whether it is within the bounds.
    pub(crate) fn check(self) -> Result<Self> {
        let fits = (Self::FLOOR_KIB..=Self::CEILING_KIB).contains(&self.memory_kib)
            && (1..=Self::MAX_PASSES).contains(&self.passes)
            && (1..=Self::MAX_LANES).contains(&self.lanes);
        if fits { Ok(self) } else { Err(VaultError::Cost { found: self }) }
    }
}

impl Default for KdfCost {
    /// 256 MiB, three passes, four lanes: a third of a second to a second on a desktop.
    fn default() -> Self {
        Self { memory_kib: 256 * 1024, passes: 3, lanes: 4 }
    }
}

/// Derives a key. It takes as long as `cost` says, so call it on a thread that may block.
pub(crate) fn derive(passphrase: &SecretInput, salt: &[u8], cost: KdfCost) -> Result<Key> {
    let cost = cost.check()?;
    let parameters = Params::new(cost.memory_kib, cost.passes, cost.lanes, Some(KEY_BYTES))
        .map_err(|e| VaultError::Internal(format!("Argon2 refuses its parameters: {e}")))?;
    let mut key = Key::empty();
    // The working memory is larger than what allocators keep: it goes back to the system when this returns.
    Argon2::new(Algorithm::Argon2id, Version::V0x13, parameters)
        .hash_password_into(passphrase.expose().as_bytes(), salt, key.expose_mut())
        .map_err(|error| match error {
            argon2::Error::OutOfMemory => VaultError::Memory { mib: cost.memory_kib / 1024 },
            other => VaultError::Internal(format!("Argon2 failed: {other}")),
        })?;
    Ok(key)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test says so by failing")]
    use super::*;

    #[test]
    fn every_bound_is_kept() {
        let fine = KdfCost::FLOOR;
        for (cost, accepted) in [
            (KdfCost::default(), true),
            (fine, true),
            (KdfCost { memory_kib: KdfCost::FLOOR_KIB - 1, ..fine }, false),
            (KdfCost { memory_kib: KdfCost::CEILING_KIB, ..fine }, true),
            (KdfCost { memory_kib: KdfCost::CEILING_KIB + 1, ..fine }, false),
            (KdfCost { passes: 0, ..fine }, false),
            (KdfCost { passes: 17, ..fine }, false),
            (KdfCost { lanes: 0, ..fine }, false),
            (KdfCost { lanes: 17, ..fine }, false),
        ] {
            assert_eq!(cost.check().is_ok(), accepted, "{cost:?}");
        }
        let weak = KdfCost { memory_kib: 8, passes: 1, lanes: 1 };
        assert!(
            matches!(derive(&"x".into(), &[0; 16], weak), Err(VaultError::Cost { .. })),
            "deriving checks for itself, whoever calls it"
        );
    }

    /// Made with the reference implementation, as with
    /// `printf 'correct horse' | argon2 'wheelhouse salt!' -id -v 13 -m 16 -t 1 -p 4 -l 32 -r`
    #[test]
    fn it_is_the_published_algorithm() {
        let key = derive(&"correct horse".into(), b"wheelhouse salt!", KdfCost::FLOOR).unwrap();
        assert_eq!(hex::encode(key.expose()), "da1dd004c616d1b59a682857d4c11f1d8ea762d04aab72ba652c102c4bf8b1b0");
    }
}
