//! A definition as a JSON document, in the form of the request
//! `frontend.convertllb`: for programs that lay graphs side by side.
//!
//! Owns the document. How a message becomes JSON is `message`'s business.

mod message;
#[cfg(test)]
mod tests;

use buildkit_proto::{PB_DESCRIPTORS, canonical};
use prost::{DecodeError, Message};
use prost_reflect::{DescriptorPool, DynamicMessage};
use serde_json::{Map, Value, json};

use crate::definition::Definition;
use message::{Form, to_value};

/// The document: `def` and `metadata` by the digests of the operations, and
/// `source`, which says where they come from.
///
/// Operations and places have the JSON form of Protocol Buffers. Metadata has the
/// form of the Go client, which has a type of its own for it.
///
/// ```
/// use buildkit_llb::{Image, MarshalOptions, json, marshal};
///
/// let image = Image::new("docker.io/library/debian:12").output();
/// let definition = marshal(&image, &MarshalOptions::default())?.definition;
/// let document = json::document(&definition)?;
/// let digest = definition.head().expect("one operation");
/// assert_eq!(
///     document["def"][digest]["source"]["identifier"],
///     "docker-image://docker.io/library/debian:12",
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[expect(
    clippy::missing_panics_doc,
    reason = "the description is part of this program and never changes"
)]
pub fn document(definition: &Definition) -> Result<Value, DecodeError> {
    let pool = DescriptorPool::decode(PB_DESCRIPTORS)
        .expect("the description is the compiler's own and says it all");
    let ops = definition.ops().iter().map(|bytes| {
        let op = write(&pool, "pb.Op", bytes, Form::Protobuf)?;
        Ok((canonical::digest(bytes), op))
    });
    let metadata = definition.as_pb().metadata.iter().map(|(digest, one)| {
        let one = write(&pool, "pb.OpMetadata", &one.encode_to_vec(), Form::Go)?;
        Ok((digest.clone(), one))
    });
    let source = definition.as_pb().source.clone().unwrap_or_default();
    let source = write(&pool, "pb.Source", &source.encode_to_vec(), Form::Protobuf)?;
    Ok(json!({
        "def": ops.collect::<Result<Map<_, _>, DecodeError>>()?,
        "metadata": metadata.collect::<Result<Map<_, _>, DecodeError>>()?,
        "source": source,
    }))
}

/// One encoded message as JSON.
fn write(
    pool: &DescriptorPool,
    name: &str,
    bytes: &[u8],
    form: Form,
) -> Result<Value, DecodeError> {
    let descriptor = pool
        .get_message_by_name(name)
        .expect("the messages of a definition are in the description of it");
    Ok(to_value(&DynamicMessage::decode(descriptor, bytes)?, form))
}
