//! What is known of the images a plan uses.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::image::Reference;

/// Images by the reference the plan has, for one platform.
///
/// An image that is not here is used by its tag and without its environment,
/// which is right for reading a graph and wrong for building it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Images(BTreeMap<String, KnownImage>);

/// What a registry said about an image.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KnownImage {
    /// The reference with its digest.
    pub pinned: String,
    /// Its environment, `NAME=value`.
    #[serde(default)]
    pub env: Vec<String>,
}

impl Images {
    /// Adds what is known of an image.
    pub fn insert(&mut self, reference: &Reference, image: KnownImage) {
        self.0.insert(reference.to_string(), image);
    }

    /// What is known of an image.
    pub fn get(&self, reference: &Reference) -> Option<&KnownImage> {
        self.0.get(&reference.to_string())
    }
}
