//! The audit chain: an append-only record of who asked, who approved and what ran.

use crate::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};

/// One link of the chain.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AuditRecord {
    /// Its place, from 1, without holes.
    pub seq: u64,
    /// When it was written.
    pub at: Timestamp,
    /// Who did it: an account, or `wheelhouse` itself.
    pub who: String,
    /// What was done: `plan.approved`, `job.finished`, …
    pub what: String,
    /// The particulars.
    pub detail: Value,
    /// The hash of the record before it; 64 zeros for the first.
    pub previous: String,
    /// SHA-256 of this record, see [`AuditRecord::compute_hash`].
    pub hash: String,
}

/// What the first record's `previous` holds.
pub const GENESIS: &str = "0000000000000000000000000000000000000000000000000000000000000000";

impl AuditRecord {
    /// SHA-256 over the record's fields, each preceded by its length in bytes (8 bytes, big endian),
    /// so that no two different records have the same input: previous, seq, at in microseconds,
    /// who, what, detail as stored.
    ///
    /// `detail_text` is the stored text of `detail`, byte for byte.
    pub fn compute_hash(previous: &str, seq: u64, at: Timestamp, who: &str, what: &str, detail_text: &str) -> String {
        let mut hasher = Sha256::new();
        let seq = seq.to_string();
        let at = at.as_microsecond().to_string();
        for part in [previous, &seq, &at, who, what, detail_text] {
            hasher.update((part.len() as u64).to_be_bytes());
            hasher.update(part.as_bytes());
        }
        hasher.finalize().iter().map(|b| format!("{b:02x}")).collect()
    }
}

/// What checking the chain found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditReport {
    /// How many records there are.
    pub records: u64,
    /// The hash of the last one.
    pub head: String,
    /// The first place where it does not hold; absent when it holds.
    pub broken_at: Option<u64>,
    /// What is wrong there, in words.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
}

/// Lists records, newest first.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct ListAudit {
    /// At most so many; 200 when 0.
    #[serde(default)]
    pub limit: u32,
    /// Only those before this one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<u64>,
    /// Only those whose particulars mention this text: a job's id, a host, a hash.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub text: String,
}
crate::command!(ListAudit, "audit.list", Viewer, false => Vec<AuditRecord>);

/// Recomputes every hash and says where the chain first breaks.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct VerifyAudit {}
crate::command!(VerifyAudit, "audit.verify", Viewer, false => AuditReport);
