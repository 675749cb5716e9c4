//! The canonical bytes of an operation, over which its digest is taken.
//!
//! Daemons re-encode every operation with the Go client's field order and digest
//! *those* bytes: all plain fields first, the operation itself last. prost writes
//! strictly by field number. A vertex whose bytes differ still builds, but its
//! digest no longer matches what metadata and source locations are keyed by.

use prost::Message;
use sha2::{Digest, Sha256};

use crate::pb;

/// Encodes an operation with its `op` member after all other fields.
#[must_use]
pub fn encode_op(op: &pb::Op) -> Vec<u8> {
    let plain = pb::Op {
        op: None,
        ..op.clone()
    };
    let last = pb::Op {
        op: op.op.clone(),
        ..pb::Op::default()
    };
    let mut bytes = Vec::with_capacity(plain.encoded_len() + last.encoded_len());
    plain.encode_raw(&mut bytes);
    last.encode_raw(&mut bytes);
    bytes
}

/// The digest by which an encoded operation is known: `sha256:` and 64 hex digits.
#[must_use]
pub fn digest(bytes: &[u8]) -> String {
    let mut text = String::with_capacity("sha256:".len() + 64);
    text.push_str("sha256:");
    for byte in Sha256::digest(bytes) {
        for nibble in [byte >> 4, byte & 0xf] {
            text.push(char::from(b"0123456789abcdef"[usize::from(nibble)]));
        }
    }
    text
}
